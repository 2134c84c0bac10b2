<?php

declare(strict_types=1);

namespace Lyger\Laravel;

use Illuminate\Cache\TaggableStore;
use Illuminate\Cache\TaggedCache;
use Illuminate\Contracts\Cache\LockProvider;
use Lyger\Exception\CacheException;

/**
 * A store of Laravel's cache in lyger's shared memory.
 *
 * What takes one call here is one atomic step for all processes: add, increment, decrement, touch, the locks, invalidating a tag.
 * Values are stored as lyger stores them, so that only objects pass through serialize().
 */
class LygerStore extends TaggableStore implements LockProvider
{
    /** A value with objects that only some classes may come back from is stored as [MARK, what serialize() gives]. */
    private const MARK = "\0lyger.laravel";

    /** Seconds, 136 years: the longest that lyger takes. */
    private const LONGEST = 4294967295;

    /**
     * @param string $prefix what all keys and locks begin with; with '' flush() empties the cache of all that share it
     * @param array<class-string>|bool|null $serializableClasses the classes that may come back as objects
     *     (cache.serializable_classes); null and true: all
     */
    public function __construct(protected string $prefix = '', protected array|bool|null $serializableClasses = null)
    {
        if (!\function_exists('lyger_cache_get')) {
            throw new \RuntimeException('The cache driver "lyger" needs the extension lyger, which is not loaded');
        }
    }

    /**
     * @param string $key
     * @return mixed
     */
    public function get($key)
    {
        return $this->restored(\lyger_cache_get($this->prefix . $key, null));
    }

    /**
     * @param array<array-key, string> $keys
     * @return array<string, mixed> null for what is not there
     */
    public function many(array $keys)
    {
        $names = [];
        foreach ($keys as $key) {
            $names[$key] = $this->prefix . $key;
        }
        $found = \lyger_cache_get_batch(array_values($names));
        foreach ($names as $key => $name) {
            $names[$key] = $this->restored($found[$name]);
        }
        return $names;
    }

    /**
     * @param string $key
     * @param mixed $value
     * @param int $seconds
     * @return bool
     */
    public function put($key, $value, $seconds)
    {
        return \lyger_cache_set($this->prefix . $key, $this->prepared($value), self::seconds($seconds));
    }

    /**
     * @param array<array-key, mixed> $values
     * @param int $seconds
     * @return bool
     */
    public function putMany(array $values, $seconds)
    {
        $entries = [];
        foreach ($values as $key => $value) {
            $entries[$this->prefix . $key] = $this->prepared($value);
        }
        return \lyger_cache_set_batch($entries, self::seconds($seconds)) === \count($entries);
    }

    /**
     * Stores a value where there is none; of all processes one stores its own.
     *
     * @param string $key
     * @param mixed $value
     * @param int $seconds
     * @return bool
     */
    public function add($key, $value, $seconds)
    {
        return \lyger_cache_add($this->prefix . $key, $this->prepared($value), self::seconds($seconds));
    }

    /**
     * Adds to a number and keeps its time; a missing one counts from 0 and has no end.
     *
     * @param string $key
     * @param mixed $value an integer, or what is one as a string
     * @return int|bool false when what is stored is no whole number
     * @throws \ValueError when $value is no whole number
     */
    public function increment($key, $value = 1)
    {
        $by = self::integer($value) ?? throw new \ValueError('A cached number can be changed by a whole number only, ' . get_debug_type($value) . ' given');
        for ($tries = 0; true; $tries++) {
            try {
                return \lyger_cache_increment($this->prefix . $key, $by);
            } catch (CacheException $refused) {
                $stored = \lyger_cache_get($this->prefix . $key, null);
                if ($tries === 100 || (\is_int($stored) && !\is_int($stored + $by))) { // the cache is off, or it would overflow
                    throw $refused;
                }
                // Other stores keep numbers as text: put('n', '5') counts there, and so it does here.
                $number = self::integer($stored);
                if ($stored !== null && $number === null) {
                    return false;
                }
                $this->exchange($key, $stored, $number);
            }
        }
    }

    /**
     * @param string $key
     * @param mixed $value
     * @return int|bool
     */
    public function decrement($key, $value = 1)
    {
        $by = self::integer($value);
        if ($by === \PHP_INT_MIN) {
            throw new \ValueError('A cached number cannot be changed by that much');
        }
        return $this->increment($key, $by === null ? $value : -$by);
    }

    /**
     * @param string $key
     * @param mixed $value
     * @return bool
     */
    public function forever($key, $value)
    {
        return \lyger_cache_set($this->prefix . $key, $this->prepared($value));
    }

    /**
     * @param string $key
     * @param int $seconds
     * @return bool false when there is no such entry
     */
    public function touch($key, $seconds)
    {
        return \lyger_cache_touch($this->prefix . $key, self::seconds($seconds));
    }

    /**
     * @param string $key
     * @return bool
     */
    public function forget($key)
    {
        return \lyger_cache_delete($this->prefix . $key);
    }

    /**
     * Removes what begins with the prefix; locks stay.
     *
     * @return bool
     */
    public function flush()
    {
        \lyger_cache_clear($this->prefix);
        return true;
    }

    /**
     * @param string $name
     * @param int $seconds 0: until it is released
     * @param string|null $owner
     * @return LygerLock
     */
    public function lock($name, $seconds = 0, $owner = null)
    {
        return new LygerLock($this->prefix . $name, (int) $seconds, $owner);
    }

    /**
     * @param string $name
     * @param string $owner
     * @return LygerLock
     */
    public function restoreLock($name, $owner)
    {
        return $this->lock($name, 0, $owner);
    }

    /**
     * @param mixed $names
     * @return TaggedCache
     */
    public function tags($names)
    {
        return new TaggedCache($this, new LygerTagSet($this, \is_array($names) ? $names : \func_get_args()));
    }

    /** @return string */
    public function getPrefix()
    {
        return $this->prefix;
    }

    /**
     * @param string|null $prefix
     * @return void
     */
    public function setPrefix($prefix)
    {
        $this->prefix = (string) $prefix;
    }

    /** Puts a number in the place of its text, with the time that this has left. */
    private function exchange(string $key, mixed $stored, ?int $number): void
    {
        $entry = $stored === null || \is_int($stored) ? null : \lyger_cache_entry($this->prefix . $key);
        if ($entry !== null) { // else another process was faster
            \lyger_cache_compare_and_set($this->prefix . $key, $stored, $number, $entry['ttl']);
        }
    }

    /** As Laravel's stores have it: nothing is stored for less than a second. */
    private static function seconds(mixed $seconds): int
    {
        return (int) min(max(1, $seconds), self::LONGEST);
    }

    private static function integer(mixed $value): ?int
    {
        if (\is_float($value)) {
            return $value === floor($value) && abs($value) < 2 ** 53 ? (int) $value : null;
        }
        $integer = \is_int($value) || \is_string($value) ? filter_var($value, \FILTER_VALIDATE_INT) : false;
        return $integer === false ? null : $integer;
    }

    /** A value as it is stored. */
    private function prepared(mixed $value): mixed
    {
        if (!\is_array($value) && !\is_object($value)) {
            return $value;
        }
        $some = $this->serializableClasses !== null && $this->serializableClasses !== true;
        if (($some && self::hasObject($value)) || (\is_array($value) && ($value[0] ?? null) === self::MARK)) {
            return [self::MARK, serialize($value)];
        }
        return $value;
    }

    /** A stored value as it was. */
    private function restored(mixed $value): mixed
    {
        if (\is_array($value) && ($value[0] ?? null) === self::MARK) {
            return unserialize($value[1], ['allowed_classes' => $this->serializableClasses ?? true]);
        }
        return $value;
    }

    private static function hasObject(mixed $value, int $depth = 0): bool
    {
        if (!\is_array($value)) {
            return \is_object($value);
        }
        if ($depth > 100) { // perhaps an array in itself, which serialize() knows
            return true;
        }
        foreach ($value as $one) {
            if (\is_object($one) || (\is_array($one) && self::hasObject($one, $depth + 1))) {
                return true;
            }
        }
        return false;
    }
}
