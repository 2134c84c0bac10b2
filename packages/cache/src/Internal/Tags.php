<?php

declare(strict_types=1);

namespace Lyger\Cache\Internal;

use Lyger\Cache\Store;

/**
 * Versions of tags, and the form of a value that carries some.
 *
 * A version is a random number, made when an item with the tag is saved and none is there, and taken away to invalidate. So
 * one that was taken away or evicted never comes back, and items of before are of no version that there is.
 *
 * @internal
 */
final class Tags
{
    /** The first key of the array that a value with tags is stored as; so is a value that has this key itself. */
    private const MARK = "\0lyger\0tags";
    private const VALUE = 'value';

    /** So many times one makes a version at the same moment and another invalidates it; or there is no room. */
    private const ATTEMPTS = 16;

    private readonly string $prefix;

    public function __construct(private readonly Store $store, string $namespace)
    {
        $this->prefix = Names::prefix('psr6tag', $namespace);
    }

    /** The value as it is stored. */
    public static function seal(mixed $value, array $versions): mixed
    {
        return $versions === [] && !self::isSealed($value) ? $value : [self::MARK => $versions, self::VALUE => $value];
    }

    /** @return array{mixed, array<int>} the value, and version by tag */
    public static function open(mixed $sealed): array
    {
        return self::isSealed($sealed) ? [$sealed[self::VALUE] ?? null, $sealed[self::MARK]] : [$sealed, []];
    }

    private static function isSealed(mixed $value): bool
    {
        return \is_array($value) && \is_array($value[self::MARK] ?? null);
    }

    /** @return array<string> tags by themselves */
    public static function names(array $versions): array
    {
        $names = array_map(strval(...), array_keys($versions));
        return array_combine($names, $names);
    }

    /**
     * The versions to save an item with; new ones for tags that have none.
     *
     * @param array<string> $tags
     * @return ?array<int> version by tag, in an order that is always the same; null when there is no room for one
     */
    public function versions(array $tags): ?array
    {
        if ($tags === []) {
            return [];
        }
        $slots = Names::slots($this->prefix, $tags, 'tag');
        ksort($slots, SORT_STRING);
        $found = $this->store->getBatch(array_keys($slots));
        $versions = [];
        foreach ($slots as $slot => $tag) {
            $version = $found[$slot] ?? $this->make($slot);
            if ($version === null) {
                return null;
            }
            $versions[$tag] = $version;
        }
        return $versions;
    }

    private function make(string $slot): ?int
    {
        for ($attempt = 0; $attempt < self::ATTEMPTS; $attempt++) {
            $version = random_int(1, PHP_INT_MAX);
            if ($this->store->add($slot, $version)) {
                return $version;
            }
            $version = $this->store->get($slot);
            if ($version !== null) {
                return $version;
            }
        }
        return null;
    }

    /**
     * The versions there are now of all tags of some items.
     *
     * @param list<array<int>> $versions version by tag, of each item
     * @return array<int> version by tag
     */
    public function current(array $versions): array
    {
        $tags = array_replace(...[[], ...$versions]);
        if ($tags === []) {
            return [];
        }
        $slots = [];
        foreach ($tags as $tag => $version) {
            $slots[$this->prefix . $tag] = $tag;
        }
        $found = $this->store->getBatch(array_keys($slots));
        $current = [];
        foreach ($slots as $slot => $tag) {
            $current[$tag] = $found[$slot];
        }
        return $current;
    }

    public function invalidate(array $tags): void
    {
        $this->store->deleteBatch(array_keys(Names::slots($this->prefix, $tags, 'tag')));
    }

    public function clear(): void
    {
        $this->store->clear($this->prefix);
    }
}
