<?php

declare(strict_types=1);

namespace Lyger\Laravel;

use Illuminate\Cache\TagSet;

/**
 * The versions of tags: what is stored with tags has a key made of their versions, so that a new version of one is the end of all
 * that has the tag, in one atomic step and without lists of keys that grow. What nobody can reach any more is evicted when the
 * room is needed.
 */
class LygerTagSet extends TagSet
{
    /** @return void */
    public function reset()
    {
        $versions = [];
        foreach ($this->names as $name) {
            $versions[$this->store->getPrefix() . $this->tagKey($name)] = bin2hex(random_bytes(8));
        }
        \lyger_cache_set_batch($versions);
    }

    /**
     * @param string $name
     * @return string
     */
    public function resetTag($name)
    {
        $this->store->forever($this->tagKey($name), $version = bin2hex(random_bytes(8)));
        return $version;
    }

    /**
     * The version of a tag; when it has none, all processes that ask at the same time get the same new one.
     *
     * @param string $name
     * @return string
     */
    public function tagId($name)
    {
        $key = $this->store->getPrefix() . $this->tagKey($name);
        $version = \lyger_cache_get($key, null);
        if ($version !== null) {
            return $version;
        }
        $new = bin2hex(random_bytes(8));
        return \lyger_cache_add($key, $new) ? $new : \lyger_cache_get($key, $new);
    }

    /** @return array<string> */
    protected function tagIds()
    {
        $keys = array_map(fn($name): string => $this->store->getPrefix() . $this->tagKey($name), array_values($this->names));
        $versions = $keys === [] ? [] : \lyger_cache_get_batch($keys);
        $ids = [];
        foreach (array_values($this->names) as $i => $name) {
            $ids[] = $versions[$keys[$i]] ?? $this->tagId($name);
        }
        return $ids;
    }
}
