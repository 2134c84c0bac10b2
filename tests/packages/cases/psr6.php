<?php

declare(strict_types=1);

use Lyger\Cache\Exception\CacheException;
use Lyger\Cache\Internal\Seconds;
use Lyger\Cache\Item;
use Lyger\Cache\Pool;
use Lyger\Cache\SimpleCache;
use Lyger\Cache\Store;
use Psr\Cache\CacheItemInterface;
use Psr\Cache\CacheItemPoolInterface;
use Psr\Cache\InvalidArgumentException;

require_once __DIR__ . '/../values.php';

/** Saves an item of a pool: whether it said that it did. */
function packages_save(Pool $pool, string $key, mixed $value, array $tags = []): bool
{
    return $pool->save($pool->getItem($key)->set($value)->setTags($tags));
}

/** An item of another library. */
function packages_foreign_item(): CacheItemInterface
{
    return new class implements CacheItemInterface {
        public function getKey(): string
        {
            return 'foreign';
        }

        public function get(): mixed
        {
            return 1;
        }

        public function isHit(): bool
        {
            return true;
        }

        public function set(mixed $value): static
        {
            return $this;
        }

        public function expiresAt(?DateTimeInterface $expiration): static
        {
            return $this;
        }

        public function expiresAfter(int|DateInterval|null $time): static
        {
            return $this;
        }
    };
}

return [
    'an item is a miss until it is saved, and then what was set' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        $check->that($pool instanceof CacheItemPoolInterface, 'it is no CacheItemPoolInterface');
        $item = $pool->getItem('key');
        $check->same(['key', false, null], [$item->getKey(), $item->isHit(), $item->get()]);
        $check->that($item->set('x') === $item && $item->expiresAfter(9) === $item && $item->expiresAt(null) === $item && $item->tag('t') === $item && $item->setTags([]) === $item, 'not the item itself');
        $check->same(['x', false, false, true], [$item->get(), $item->isHit(), $pool->hasItem('key'), $pool->save($item)]);
        $check->same(false, $item->isHit(), 'an item tells what was found');
        foreach (packages_values() as $name => $value) {
            $check->same(true, packages_save($pool, "value.$name", $value));
            $check->same(true, packages_save($pool, "tagged.$name", $value, ['a tag']));
            $check->same(true, $pool->saveDeferred($pool->getItem("deferred.$name")->set($value)));
            foreach (['value', 'tagged', 'deferred'] as $how) {
                $came = $pool->getItem("$how.$name");
                is_object($value) && !$value instanceof UnitEnum ? $check->that($came->get() == $value, $name) : $check->same($value, $came->get(), "$how $name");
                $check->same([true, true], [$came->isHit(), $pool->hasItem("$how.$name")], "$how $name");
            }
        }
        $check->same(true, $pool->commit());
        foreach (packages_values() as $name => $value) {
            $check->that((new Pool($store))->getItem("deferred.$name")->get() == $value, "committed $name");
        }
        $check->same([true, null], [$pool->save($pool->getItem('never set')), $pool->getItem('never set')->get()]);
        $check->same(true, $pool->hasItem('never set'));
    },
    'a value that looks like one with tags is none' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        $forged = ["\0lyger\0tags" => ['tag' => 1], 'value' => 'forged'];
        foreach ([$forged, ["\0lyger\0tags" => 'text'], ["\0lyger\0tags" => []]] as $i => $value) {
            $store->set('psr6::by others', $value);
            $check->same($i > 0, $pool->hasItem('by others'));
        }
        foreach ([$forged, [$forged], ["\0lyger\0tags" => []], ["\0lyger\0tags" => null]] as $value) {
            packages_save($pool, 'key', $value);
            $check->same($value, $pool->getItem('key')->get());
            packages_save($pool, 'key', $value, ['tag']);
            $check->same($value, $pool->getItem('key')->get());
        }
    },
    'several items at once' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        packages_save($pool, 'a', 1);
        packages_save($pool, '12', 'twelve', ['tag']);
        $pool->saveDeferred($pool->getItem('deferred')->set('d'));
        $items = $pool->getItems(['12', 'nothing', 'deferred', 'a', '12']);
        $seen = [];
        foreach ($items as $key => $item) {
            $seen[] = [$key, $item->getKey(), $item->isHit(), $item->get()];
        }
        $check->same([['12', '12', true, 'twelve'], ['nothing', 'nothing', false, null], ['deferred', 'deferred', true, 'd'], ['a', 'a', true, 1]], $seen);
        $check->same([0, 0], [count(iterator_to_array($pool->getItems())), count($pool->getItems([]))]);
        $check->same([true, true], [$pool->deleteItems(['12', 'nothing', 'deferred', '12']), $pool->deleteItems([])]);
        $check->same([false, false, true], [$pool->hasItem('12'), $pool->hasItem('deferred'), $pool->hasItem('a')]);
        $check->same([true, true, false], [$pool->deleteItem('a'), $pool->deleteItem('a'), $pool->hasItem('a')]);
        $check->same([true, false], [$pool->commit(), $pool->hasItem('deferred')]);
    },
    'keys and tags are looked at' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        packages_save($pool, 'a', 1, ['tag']);
        foreach (['', '{a', 'a}', '(a', 'a)', 'a/b', 'a\\b', 'a@b', 'a:b', str_repeat('k', 65535)] as $bad) {
            $word = match (true) {
                $bad === '' => 'empty',
                strlen($bad) > 9 => 'room',
                default => $bad,
            };
            foreach ([static fn() => $pool->getItem($bad), static fn() => $pool->hasItem($bad), static fn() => $pool->deleteItem($bad), static fn() => $pool->getItems(['a', $bad]),
                static fn() => $pool->deleteItems(['a', $bad]), static fn() => $pool->invalidateTags(['tag', $bad]), static fn() => $pool->invalidateTag($bad)] as $call) {
                $check->throws(InvalidArgumentException::class, $call, $word);
            }
            if (strlen($bad) < 9) {
                $check->throws(InvalidArgumentException::class, static fn() => $pool->getItem('a')->tag($bad), 'tag', $word);
                $check->throws(InvalidArgumentException::class, static fn() => $pool->getItem('a')->setTags(['good', $bad]), 'tag', $word);
            }
        }
        foreach ([null, true, 12, 1.5, [], new stdClass()] as $bad) {
            $check->throws(TypeError::class, static fn() => $pool->getItem($bad));
            $check->throws(InvalidArgumentException::class, static fn() => $pool->getItems(['a', $bad]), get_debug_type($bad));
            $check->throws(InvalidArgumentException::class, static fn() => $pool->deleteItems(['a', $bad]), get_debug_type($bad));
            $check->throws(InvalidArgumentException::class, static fn() => $pool->invalidateTags(['tag', $bad]), get_debug_type($bad));
            $check->throws(InvalidArgumentException::class, static fn() => $pool->getItem('a')->setTags([$bad]), get_debug_type($bad));
        }
        $check->same(1, $pool->getItem('a')->get());
        $item = $pool->getItem('new')->tag('kept');
        $check->throws(InvalidArgumentException::class, static fn() => $item->tag(['good', '']));
        $pool->save($item);
        $check->same(['kept' => 'kept'], $pool->getItem('new')->getPreviousTags());
        $check->throws(InvalidArgumentException::class, static fn() => $pool->save(packages_foreign_item()), 'foreign');
        $check->throws(InvalidArgumentException::class, static fn() => $pool->saveDeferred(packages_foreign_item()), 'foreign');
    },
    'items are over when their time is' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        $past = new DateInterval('PT1S');
        $past->invert = 1;
        $set = static fn(string $key, mixed $time): Item => $time instanceof DateTimeInterface
            ? $pool->getItem($key)->set('x')->expiresAt($time) : $pool->getItem($key)->set('x')->expiresAfter($time);
        $lives = [null, 1000, PHP_INT_MAX, new DateInterval('P1D'), new DateInterval('P99999Y'), new DateTime('+1 hour'), new DateTimeImmutable('9999-12-31')];
        foreach ($lives as $i => $time) {
            $check->same([true, true], [$pool->save($set("lives.$i", $time)), $pool->hasItem("lives.$i")], "lives $i");
            $check->same([true, true], [$pool->saveDeferred($set("defer.$i", $time)), $pool->hasItem("defer.$i")], "deferred $i");
        }
        $check->same(true, $pool->commit());
        foreach ($lives as $i => $time) {
            $check->same(true, (new Pool($store))->hasItem("defer.$i"), "committed $i");
        }
        foreach ([0, -1, PHP_INT_MIN, $past, new DateTime('-1 second'), new DateTimeImmutable('@0'), new DateTimeImmutable('0001-01-01')] as $i => $time) {
            packages_save($pool, 'over', 'before');
            $check->same([true, false], [$pool->save($set('over', $time)), $pool->hasItem('over')], "over $i");
            packages_save($pool, 'over', 'before');
            $check->same([true, false, null], [$pool->saveDeferred($set('over', $time)), $pool->hasItem('over'), $pool->getItem('over')->get()], "deferred, over $i");
            $check->same([true, false], [$pool->commit(), (new Pool($store))->hasItem('over')], "committed, over $i");
        }
        $check->eventually(static fn() => Seconds::until(microtime(true) + 0.5) === 1, 'half a second that is left is none');
        $pool->save($set('short', 1));
        $pool->save($set('at', new DateTime('+1 second')));
        $pool->saveDeferred($set('deferred', 1));
        $default = new Pool($store, '', new DateInterval('PT1S'));
        $default->save($default->getItem('default')->set('x'));
        $default->save($default->getItem('said')->set('x')->expiresAfter(1000));
        $default->save($default->getItem('nothing said')->set('x')->expiresAfter(1000)->expiresAfter(null));
        foreach (['short', 'at', 'deferred', 'default', 'nothing said'] as $key) {
            $check->eventually(static fn() => !$pool->getItem($key)->isHit() && $pool->getItem($key)->get() === null, "$key is still there after ten seconds");
        }
        $check->same([true, true, false], [$pool->hasItem('said'), $pool->commit(), $pool->hasItem('deferred')]);
    },
    'deferred items are there for the pool, as they were, and for all after commit()' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        $other = new Pool($store);
        $object = (object) ['list' => [1]];
        $number = 1;
        $item = $pool->getItem('object')->set($object);
        $check->same(true, $pool->saveDeferred($item));
        $check->same(true, $pool->saveDeferred($pool->getItem('reference')->set([&$number])));
        $object->list[] = 2;
        $number = 2;
        $item->set('changed');
        $pool->getItem('object')->get()->list[] = 3;
        foreach ([false, true] as $committed) {
            $check->same([$committed, [1], [1]], [$other->hasItem('object'), $pool->getItem('object')->get()->list, $pool->getItem('reference')->get()]);
            $check->same(true, $pool->commit());
        }
        $pool->saveDeferred($pool->getItem('twice')->set('first'));
        $pool->saveDeferred($pool->getItem('twice')->set('second'));
        $check->same('second', $pool->getItem('twice')->get());
        $pool->commit();
        $check->same('second', $other->getItem('twice')->get());
        $pool->saveDeferred($pool->getItem('twice')->set('deferred'));
        packages_save($pool, 'twice', 'saved');
        $check->same([true, 'saved', 'saved'], [$pool->commit(), $pool->getItem('twice')->get(), $other->getItem('twice')->get()]);
        $pool->saveDeferred($pool->getItem('cleared')->set(1));
        $check->same([true, true, false, false], [$pool->clear(), $pool->commit(), $pool->hasItem('cleared'), $other->hasItem('twice')]);
    },
    'a pool that goes saves what is deferred, once' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        $pool->saveDeferred($pool->getItem('key')->set('x'));
        $copy = clone $pool;
        $check->same([true, false], [$pool->hasItem('key'), $copy->hasItem('key')]);
        unset($copy);
        $check->same(false, (new Pool($store))->hasItem('key'));
        // A process that is forked meanwhile ends, and leaves that to its parent.
        if (function_exists('pcntl_fork') && function_exists('posix_kill')) {
            $pid = pcntl_fork();
            if ($pid === 0) {
                unset($pool);
                posix_kill(posix_getpid(), SIGKILL);
            }
            pcntl_waitpid($pid, $status);
            $check->same(false, (new Pool($store))->hasItem('key'));
        }
        unset($pool);
        $check->same('x', (new Pool($store))->getItem('key')->get());
        foreach ([static fn() => serialize(new Pool($store)), static fn() => unserialize('O:16:"Lyger\Cache\Pool":0:{}')] as $call) {
            $check->throws(LogicException::class, $call, 'pool');
        }
    },
    'an item can be copied and serialised' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        $item = $pool->getItem('key')->set([1])->expiresAfter(1000)->tag(['t']);
        $copy = clone $item;
        $read = unserialize(serialize($item));
        $item->set('changed')->setTags([]);
        $check->same([[1], true, [1], ['t' => 't']], [$copy->get(), $pool->save($copy), $pool->getItem('key')->get(), $pool->getItem('key')->getPreviousTags()]);
        $pool->clear();
        $check->same([[1], true, [1], ['t' => 't']], [$read->get(), $pool->save($read), $pool->getItem('key')->get(), $pool->getItem('key')->getPreviousTags()]);
    },
    'what cannot be stored is an exception, and nothing is lost' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        packages_save($pool, 'saved', 1);
        $pool->saveDeferred($pool->getItem('deferred')->set(2));
        foreach (packages_unstorable() as $what => $bad) {
            foreach (['saved', 'deferred'] as $key) {
                $thrown = $check->throws(InvalidArgumentException::class, static fn() => $pool->save($pool->getItem($key)->set($bad)), "\"$key\"");
                $check->that($thrown?->getPrevious() !== null, "$what: nothing tells where it comes from");
                $check->throws(InvalidArgumentException::class, static fn() => $pool->save($pool->getItem($key)->set($bad)->tag('t')));
                $check->throws(InvalidArgumentException::class, static fn() => $pool->saveDeferred($pool->getItem($key)->set($bad)), "\"$key\"");
            }
            $check->same([1, 2], [$pool->getItem('saved')->get(), $pool->getItem('deferred')->get()], $what);
        }
        $check->same([true, 2], [$pool->commit(), (new Pool($store))->getItem('deferred')->get()]);
        // One that changes its mind after it was deferred keeps no other back.
        $pool->saveDeferred($pool->getItem('first')->set(1));
        $pool->saveDeferred($pool->getItem('changes its mind')->set(new PackagesTimes(1)));
        $pool->saveDeferred($pool->getItem('last')->set(3));
        $check->same([false, true], [$pool->commit(), $pool->commit()]);
        $check->same([true, false, true], array_map((new Pool($store))->hasItem(...), ['first', 'changes its mind', 'last']));
    },
    'a store that fails is an exception of PSR, and deferred items wait for the next commit()' => static function (Store $store, Check $check): void {
        $failing = packages_failing_store($store);
        $pool = new Pool($failing);
        foreach ([static fn() => $pool->getItem('a'), static fn() => $pool->getItems(['a', 'b']), static fn() => $pool->hasItem('a'), static fn() => $pool->clear(),
            static fn() => $pool->deleteItem('a'), static fn() => $pool->deleteItems(['a']), static fn() => $pool->save(new Item('a')),
            static fn() => $pool->invalidateTags(['a'])] as $call) {
            $thrown = $check->throws(CacheException::class, $call, 'out of order');
            $check->that($thrown instanceof Psr\Cache\CacheException && $thrown->getPrevious() instanceof Lyger\Exception, 'it is not one of PSR');
        }
        $pool->saveDeferred(new Item('a', 1));
        $pool->saveDeferred((new Item('b', 2))->expiresAfter(1000));
        $check->throws(CacheException::class, static fn() => $pool->saveDeferred((new Item('c'))->tag('t')), 'out of order');
        $check->throws(CacheException::class, static fn() => $pool->commit(), 'out of order');
        $failing::$works = true;
        $check->same([true, 1, 2], [$pool->commit(), $store->get('psr6::a'), $store->get('psr6::b')]);
        $failing::$works = false;
        $pool->saveDeferred(new Item('lost', 1));
        $warned = '';
        set_error_handler(static function (int $level, string $message) use (&$warned): bool {
            $warned = $message;
            return true;
        });
        unset($pool, $call, $thrown);
        gc_collect_cycles();
        restore_error_handler();
        $check->that(str_contains($warned, '1 deferred') && str_contains($warned, 'out of order'), "\"$warned\" does not tell what is lost");
    },
    'tags are invalidated with everything that has one of them' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        $is = static fn(): string => implode(' ', array_filter(['ab', 'a', 'bc', 'none'], $pool->hasItem(...)));
        $all = static function () use ($pool): void {
            foreach (['ab' => ['a', 'b'], 'a' => ['a'], 'bc' => ['b', 'c'], 'none' => []] as $key => $tags) {
                packages_save($pool, $key, "value $key", $tags);
            }
        };
        foreach ([[['a'], 'bc none'], [['c'], 'ab a none'], [['a', 'c'], 'none'], [['b'], 'a none'], [['z', 'a', 'a'], 'bc none'], [[], 'ab a bc none']] as [$tags, $left]) {
            $all();
            $check->same(['ab a bc none', true, $left], [$is(), $pool->invalidateTags($tags), $is()], implode(' ', $tags));
        }
        $all();
        $check->same([true, 'a none'], [$pool->invalidateTag('b'), $is()]);
        $check->same([false, null, []], [$pool->getItem('ab')->isHit(), $pool->getItem('ab')->get(), $pool->getItem('ab')->getPreviousTags()]);
        $items = iterator_to_array($pool->getItems(['ab', 'none', 'a', 'bc']));
        $check->same([false, true, true, false], array_values(array_map(static fn(Item $item) => $item->isHit(), $items)));
        foreach (['0', '123', '-1', 'with spaces![]?', "\xff"] as $tag) {
            packages_save($pool, 'key', 'x', [$tag, 'other']);
            $check->same([true, true, false], [$pool->hasItem('key'), $pool->invalidateTag($tag), $pool->hasItem('key')], $tag);
        }
    },
    'an item has the tags that it was saved with last' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        $item = $pool->getItem('key')->set('x');
        $item->tag('a')->tag(['b', '12'])->tag(new ArrayIterator(['a']));
        $check->same([[], true, []], [$item->getPreviousTags(), $pool->save($item), $item->getPreviousTags()]);
        $tags = $pool->getItem('key')->getPreviousTags();
        ksort($tags, SORT_STRING);
        $check->same([12 => '12', 'a' => 'a', 'b' => 'b'], $tags);
        $pool->save($pool->getItem('key')->setTags(['c', 'c']));
        $check->same(['c' => 'c'], $pool->getItem('key')->getPreviousTags());
        $pool->invalidateTags(['a', 'b']);
        $check->same(['x', []], [$pool->getItem('key')->get(), $pool->getItem('key')->tags()]);
        $pool->save($pool->getItem('key'));
        $pool->invalidateTags(['c']);
        $check->same([true, []], [$pool->hasItem('key'), $pool->getItem('key')->getPreviousTags()]);
        packages_save($pool, 'key', 'tagged', ['d']);
        $pool->deleteItem('key');
        packages_save($pool, 'key', 'x');
        $pool->invalidateTag('d');
        $check->same(true, $pool->hasItem('key'));
        $pool->save($pool->getItem('key')->set('over')->setTags(['e'])->expiresAfter(-1));
        packages_save($pool, 'key', 'x');
        $pool->invalidateTag('e');
        $check->same(true, $pool->hasItem('key'));
        packages_save($pool, 'key', 'tagged', ['f']);
        $pool->clear();
        packages_save($pool, 'key', 'x');
        $pool->invalidateTag('f');
        $check->same(true, $pool->hasItem('key'));
    },
    'deferred items have tags, too' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        $other = new Pool($store);
        $pool->saveDeferred($pool->getItem('key')->set('x')->tag('a'));
        $check->same([['a' => 'a'], true], [$pool->getItem('key')->getPreviousTags(), $pool->hasItem('key')]);
        // Whoever invalidates after it was deferred means it as well.
        $check->same([true, false, true, false], [$other->invalidateTag('a'), $pool->hasItem('key'), $pool->commit(), $other->hasItem('key')]);
        $pool->saveDeferred($pool->getItem('key')->set('deferred')->tag('b'));
        packages_save($pool, 'key', 'saved', ['c']);
        $pool->invalidateTag('b');
        $check->same(['saved', true, 'saved'], [$pool->getItem('key')->get(), $pool->commit(), $other->getItem('key')->get()]);
        $other->invalidateTag('c');
        $check->same(false, $pool->hasItem('key'));
    },
    'a version that was evicted, or made anew, revives nothing' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        packages_save($pool, 'old', 'x', ['a', 'b']);
        $version = $store->get('psr6tag::a');
        $check->that(is_int($version) && $version !== 0, 'the version is no number');
        $store->delete('psr6tag::a');
        $check->same(false, $pool->hasItem('old'));
        packages_save($pool, 'new', 'x', ['a']);
        $check->same([false, true], [$pool->hasItem('old'), $pool->hasItem('new')]);
        $check->that($store->get('psr6tag::a') !== $version, 'the same version again');
    },
    'namespaces are apart, their tags as well' => static function (Store $store, Check $check): void {
        $pools = array_map(static fn(string $name) => new Pool($store, $name), ['', 'a', 'ab', '0']);
        $simple = new SimpleCache($store, 'a');
        $simple->set('key', 'simple');
        foreach ($pools as $i => $pool) {
            packages_save($pool, 'key', $i, ['tag']);
        }
        $pools[1]->invalidateTag('tag');
        $check->same([true, false, true, true], array_map(static fn(Pool $pool) => $pool->hasItem('key'), $pools));
        $pools[0]->clear();
        packages_save($pools[1], 'key', 1, ['tag']);
        $pools[1]->clear();
        $check->same([false, false, true, true], array_map(static fn(Pool $pool) => $pool->hasItem('key'), $pools));
        $check->same('simple', $simple->get('key'));
        $check->throws(InvalidArgumentException::class, static fn() => new Pool($store, 'a:b'), 'a:b');
    },
    'what one process invalidates, none has any more' => static function (Store $store, Check $check): void {
        $pool = new Pool($store);
        packages_save($pool, 'key', 'x', ['tag']);
        if (!function_exists('pcntl_fork') || !function_exists('posix_kill') || $store->name() === 'array') {
            $check->same(true, $pool->hasItem('key'));
            return;
        }
        // Items of one generation are saved in four processes while a fifth invalidates: in the end none is there.
        $pids = [];
        for ($i = 0; $i < 5; $i++) {
            if (($pids[] = pcntl_fork()) === 0) {
                try {
                    for ($j = 0; $j < 200; $j++) {
                        $i === 4 ? $pool->invalidateTags(["tag.$j", 'tag']) : packages_save($pool, "key.$i.$j", $j, ['tag', "tag.$j"]);
                    }
                } finally {
                    posix_kill(posix_getpid(), SIGKILL);
                }
            }
        }
        array_walk($pids, static fn(int $pid) => pcntl_waitpid($pid, $status));
        $check->same(false, $pool->hasItem('key'));
        $pool->invalidateTag('tag');
        $left = 0;
        for ($i = 0; $i < 800; $i++) {
            $left += (int) $pool->hasItem('key.' . intdiv($i, 200) . '.' . $i % 200);
        }
        $check->same(0, $left);
    },
];
