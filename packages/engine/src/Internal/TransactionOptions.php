<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * The options of a transaction, checked in the same words by every engine of this package, and by the extension
 * (ext/query/php_transaction.c).
 *
 * @internal
 */
final class TransactionOptions
{
    // Both in the order of lyger.h.
    public const ISOLATIONS = ['read uncommitted', 'read committed', 'repeatable read', 'serializable'];
    public const MODES = ['deferred', 'immediate', 'exclusive'];

    /**
     * @param string $isolation one of ISOLATIONS, '' for what the database's settings say
     * @param string $mode one of MODES, '' when not given
     * @param float $timeout seconds until it has begun, 0 for none
     */
    private function __construct(
        public readonly string $isolation,
        public readonly ?bool $readOnly,
        public readonly ?bool $deferrable,
        public readonly string $mode,
        public readonly float $timeout,
    ) {
    }

    public static function read(string $method, array $options): self
    {
        foreach ($options as $name => $_) {
            if (!\in_array($name, ['isolation', 'read_only', 'deferrable', 'mode', 'timeout'], true)) {
                throw new \ValueError(
                    "Lyger\\Engine::$method(): Argument #3 (\$options) has the unknown option \"$name\"; known are isolation, "
                    . 'read_only, deferrable, mode, timeout'
                );
            }
        }
        return new self(
            self::has($options, 'isolation') ? QueryOptions::word($method, 3, 'isolation', $options['isolation'], self::ISOLATIONS) : '',
            self::choice($method, $options, 'read_only'),
            self::choice($method, $options, 'deferrable'),
            self::has($options, 'mode') ? QueryOptions::word($method, 3, 'mode', $options['mode'], self::MODES) : '',
            QueryOptions::timeout($method, 3, $options),
        );
    }

    public function withMode(string $mode): self
    {
        return new self($this->isolation, $this->readOnly, $this->deferrable, $mode, $this->timeout);
    }

    /** A savepoint has no options of its own: which one asks for what is not so already; null for none. */
    public function differs(self $wanted): ?string
    {
        return match (true) {
            $wanted->isolation !== '' && $wanted->isolation !== $this->isolation => 'isolation',
            $wanted->readOnly !== null && $wanted->readOnly !== $this->readOnly => 'read_only',
            $wanted->deferrable !== null && $wanted->deferrable !== $this->deferrable => 'deferrable',
            $wanted->mode !== '' && $wanted->mode !== $this->mode => 'mode',
            default => null,
        };
    }

    private static function has(array $options, string $name): bool
    {
        return \array_key_exists($name, $options);
    }

    private static function choice(string $method, array $options, string $name): ?bool
    {
        if (!self::has($options, $name)) {
            return null;
        }
        if (!\is_bool($options[$name])) {
            throw new \TypeError(
                "Lyger\\Engine::$method(): Argument #3 (\$options) must have a bool for option \"$name\", "
                . get_debug_type($options[$name]) . ' given'
            );
        }
        return $options[$name];
    }
}
