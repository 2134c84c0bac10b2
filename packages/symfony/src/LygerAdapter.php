<?php

declare(strict_types=1);

namespace Lyger\Symfony;

use Symfony\Component\Cache\Adapter\AbstractAdapter;
use Symfony\Component\Cache\Exception\CacheException;
use Symfony\Component\Cache\Marshaller\MarshallerInterface;

/**
 * A pool of Symfony's cache in lyger's shared memory:
 *
 *     $pool = new Lyger\Symfony\LygerAdapter('app');
 *
 * Values are stored as lyger stores them, so that arrays and strings never pass through serialize() and, with
 * lyger.cache_zero_copy=1, are used where they lie. get() computes a missing value in one process only (ComputesOnce).
 * Clearing the pool removes what its namespace begins, without a list of keys; nothing has to be pruned.
 */
class LygerAdapter extends AbstractAdapter
{
    /** An item with metadata is stored as [MARK, value, metadata], which is an array like any other for lyger. */
    private const MARK = "\xA9lyger";

    /** Symfony's own box for a value with metadata: an object, that would make lyger serialise the whole value. */
    private const BOX = "\xA9";

    /** Seconds, 136 years: the longest that lyger takes. */
    private const LONGEST = 4294967295;

    /**
     * @param string $namespace what all keys of the pool begin with; '' shares everything with everybody
     * @param int $defaultLifetime seconds, 0 for no end
     * @param MarshallerInterface|null $marshaller makes strings of the values, for encryption or compression;
     *     null leaves them to lyger
     * @throws CacheException when lyger is not loaded or its cache is switched off
     */
    public function __construct(
        string $namespace = '',
        int $defaultLifetime = 0,
        private ?MarshallerInterface $marshaller = null,
    ) {
        if (!static::isSupported()) {
            throw new CacheException('The extension lyger is not loaded, or lyger.cache_size is 0.');
        }
        $this->maxIdLength = 65535;
        parent::__construct($namespace, $defaultLifetime);
        $this->setCallbackWrapper(ComputesOnce::wrapper($namespace));
    }

    public static function isSupported(): bool
    {
        return \function_exists('lyger_cache_get') && ini_parse_quantity((string) \ini_get('lyger.cache_size')) !== 0;
    }

    protected function doFetch(array $ids): iterable
    {
        static $missing = new \stdClass();
        try {
            $found = \count($ids) === 1
                ? [($id = reset($ids)) => \lyger_cache_get($id, $missing)]
                : \lyger_cache_get_batch($ids, $missing);
        } catch (\Error $error) { // thrown by what a class does when it is unserialised; Symfony catches exceptions
            throw new \ErrorException($error->getMessage(), (int) $error->getCode(), \E_ERROR, $error->getFile(), $error->getLine(), $error);
        }
        foreach ($found as $id => $value) {
            if ($value === $missing) {
                unset($found[$id]);
            } elseif ($this->marshaller !== null) {
                if (\is_string($value)) {
                    $found[$id] = $this->marshaller->unmarshall($value);
                } else { // from before there was a marshaller
                    unset($found[$id]);
                }
            } elseif (\is_array($value) && ($value[0] ?? null) === self::MARK) {
                $box = self::BOX;
                $found[$id] = $value[2] === [] ? $value[1] : new $box($value[1], $value[2]);
            }
        }
        return $found;
    }

    protected function doHave(string $id): bool
    {
        return \lyger_cache_has($id);
    }

    protected function doClear(string $namespace): bool
    {
        \lyger_cache_clear($namespace);
        return true;
    }

    protected function doDelete(array $ids): bool
    {
        \lyger_cache_delete_batch($ids);
        return true;
    }

    protected function doSave(array $values, int $lifetime): array|bool
    {
        $failed = [];
        $values = $this->marshaller === null ? array_map(self::unboxed(...), $values) : $this->marshaller->marshall($values, $failed);
        $lifetime = min($lifetime, self::LONGEST);
        try {
            if (\count($values) === 1) {
                $stored = \lyger_cache_set((string) array_key_first($values), reset($values), $lifetime);
            } else {
                $stored = \lyger_cache_set_batch($values, $lifetime) === \count($values);
            }
        } catch (\Error $error) { // a value that cannot be stored; of several, Symfony then tries each
            throw new \ErrorException($error->getMessage(), (int) $error->getCode(), \E_ERROR, $error->getFile(), $error->getLine(), $error);
        }
        return $stored ? $failed : array_merge($failed, array_keys($values));
    }

    /** The value as it is stored. */
    private static function unboxed(mixed $value): mixed
    {
        if (\is_array($value)) {
            return ($value[0] ?? null) === self::MARK ? [self::MARK, $value, []] : $value;
        }
        $box = self::BOX;
        if (!$value instanceof $box) {
            return $value;
        }
        $metadata = array_filter($value->metadata, static fn(mixed $one): bool => $one !== null);
        if (isset($metadata['expiry'])) {
            $metadata['expiry'] = (int) (0.1 + $metadata['expiry']); // whole seconds, as Symfony keeps them
        }
        return [self::MARK, $value->value, $metadata];
    }
}
