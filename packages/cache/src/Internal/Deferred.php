<?php

declare(strict_types=1);

namespace Lyger\Cache\Internal;

use Lyger\Internal\CacheArguments;
use Lyger\Internal\Serialized;

/**
 * A value as it was when it was deferred: what is done to its objects and references later changes nothing here.
 *
 * @internal
 */
final class Deferred
{
    private readonly mixed $value;
    private readonly bool $packed;

    /**
     * @param array<int> $versions by tag
     * @param ?float $expiry in seconds since 1970
     * @throws \TypeError for what cannot be stored, or what the value throws when it is serialised
     */
    public function __construct(mixed $value, public readonly array $versions, public readonly ?float $expiry)
    {
        $reason = CacheArguments::unstorable($value);
        if ($reason !== null) {
            throw new \TypeError("a value must not be or contain $reason");
        }
        $this->packed = \is_array($value) || \is_object($value);
        $this->value = $this->packed ? serialize($value) : $value;
    }

    /** A copy; false, with a warning, when its class cannot be read back. */
    public function read(string $key, mixed &$value): bool
    {
        if (!$this->packed) {
            $value = $this->value;
            return true;
        }
        return Serialized::read('cacheGet', $key, $this->value, $value);
    }
}
