<?php

declare(strict_types=1);

use Lyger\Cache\Exception\CacheException;
use Lyger\Cache\SimpleCache;
use Lyger\Cache\Store;
use Psr\SimpleCache\CacheInterface;
use Psr\SimpleCache\InvalidArgumentException;

require_once __DIR__ . '/../values.php';

const PACKAGES_BAD_KEYS = ['', '{a', 'a}', '(a', 'a)', 'a/b', 'a\\b', 'a@b', 'a:b'];

return [
    'values come back as they are, and what is missing is the default' => static function (Store $store, Check $check): void {
        $cache = new SimpleCache($store);
        $check->that($cache instanceof CacheInterface, 'it is no CacheInterface');
        foreach (packages_values() as $name => $value) {
            $check->same(true, $cache->set("value.$name", $value));
            $came = $cache->get("value.$name", 'else');
            is_object($value) && !$value instanceof UnitEnum ? $check->that($came == $value && $came !== $value, $name) : $check->same($value, $came, $name);
            $check->same(true, $cache->has("value.$name"), $name);
        }
        $default = new stdClass();
        $check->same([null, 'else'], [$cache->get('nothing'), $cache->get('nothing', 'else')]);
        $check->that($cache->get('nothing', $default) === $default, 'the default is another object');
        $check->same(null, $cache->get('value.null', 'else'));
        $cache->set('value.int', null);
        $check->same([null, true], [$cache->get('value.int', 'else'), $cache->has('value.int')]);
    },
    'what is fetched is a copy' => static function (Store $store, Check $check): void {
        $cache = new SimpleCache($store);
        $object = (object) ['list' => [1]];
        $cache->set('object', $object);
        $object->list[] = 2;
        $cache->get('object')->list[] = 3;
        $check->same([1], $cache->get('object')->list);
        $list = array_fill(0, 1000, str_repeat('x', 100));
        $cache->set('list', $list);
        $came = $cache->get('list');
        $came[] = $came[7] .= 'changed';
        $check->same($list, $cache->get('list'));
    },
    'deleting' => static function (Store $store, Check $check): void {
        $cache = new SimpleCache($store);
        $cache->setMultiple(['a' => 1, 'b' => 2, 'c' => 3]);
        $check->same([true, true, false], [$cache->delete('a'), $cache->delete('a'), $cache->has('a')]);
        $check->same([true, true, true], [$cache->deleteMultiple(['b', 'nothing', 'b']), $cache->deleteMultiple([]), $cache->has('c')]);
        $check->same(true, $cache->deleteMultiple((static function () {
            yield 1 => 'c';
            yield 1 => 'd';
        })()));
        $check->same(false, $cache->has('c'));
    },
    'a time to live is seconds, an interval, nothing, or over already' => static function (Store $store, Check $check): void {
        $cache = new SimpleCache($store);
        $month = new DateInterval('P1M');
        $past = new DateInterval('PT5S');
        $past->invert = 1;
        $long = new DateInterval('P292277026596Y');
        $long->invert = 1;
        $halfASecond = DateInterval::createFromDateString('500 milliseconds');
        foreach ([null, 1000, PHP_INT_MAX, 4294967296, $month, new DateInterval('P99999Y'), new DateInterval('P292277026596Y'), new DateInterval('PT9223372036S'), $halfASecond] as $i => $ttl) {
            $check->same([true, 'x'], [$cache->set("lives.$i", 'x', $ttl), $cache->get("lives.$i")], "lives $i");
            $check->same([true, 'x'], [$cache->setMultiple(["live.$i" => 'x'], $ttl), $cache->get("live.$i")], "live $i");
        }
        foreach ([0, -1, PHP_INT_MIN, $past, $long, new DateInterval('PT0S'), DateInterval::createFromDateString('-1 day')] as $i => $ttl) {
            $cache->setMultiple(['over' => 1, 'over too' => 2]);
            $check->same([true, false], [$cache->set('over', 'x', $ttl), $cache->has('over')], "over $i");
            $cache->set('over', 1);
            $check->same([true, false, false], [$cache->setMultiple(['over' => 'x', 'over too' => 'x'], $ttl), $cache->has('over'), $cache->has('over too')], "over $i");
        }
        $cache->set('short', 'x', 1);
        $cache->setMultiple(['shorts' => 'x'], new DateInterval('PT1S'));
        (new SimpleCache($store, '', 1))->set('default', 'x');
        (new SimpleCache($store, '', 1))->set('said', 'x', 1000);
        foreach (['short', 'shorts', 'default'] as $key) {
            $check->eventually(static fn() => $cache->get($key, 'over') === 'over', "$key is still there after ten seconds");
        }
        $check->same(['x', false], [$cache->get('said'), (new SimpleCache($store, '', 0))->set('said', 'y') && $cache->has('said')]);
        foreach ([2.5, '12', true, [], new stdClass()] as $bad) {
            $check->throws(TypeError::class, static fn() => $cache->set('key', 1, $bad));
            $check->throws(TypeError::class, static fn() => $cache->setMultiple(['key' => 1], $bad));
        }
        $check->same(false, $cache->has('key'));
    },
    'several at once, from anything that can be iterated' => static function (Store $store, Check $check): void {
        $cache = new SimpleCache($store);
        $check->same(true, $cache->setMultiple((static function () {
            yield 'a' => 1;
            yield 'twice' => 'first';
            yield 12 => 'twelve';
            yield 'twice' => 'last';
        })()));
        $check->same(true, $cache->setMultiple(new ArrayIterator(['b' => null])));
        $came = $cache->getMultiple((static function () {
            yield 1 => 'twice';
            yield 1 => '12';
            yield 2 => 'nothing';
            yield 2 => 'b';
            yield 3 => 'twice';
        })(), 'else');
        $keys = $values = [];
        foreach ($came as $key => $value) {
            $keys[] = $key;
            $values[] = $value;
        }
        $check->same([['twice', '12', 'nothing', 'b'], ['last', 'twelve', 'else', null], 4], [$keys, $values, count($came)]);
        $check->same(['twice' => 'last', 12 => 'twelve', 'nothing' => 'else', 'b' => null], iterator_to_array($came), 'a second time');
        $check->same([], iterator_to_array($cache->getMultiple([])));
        $check->same([true, 'twelve'], [$cache->setMultiple([]), $cache->get('12')]);
    },
    'keys are looked at, in batches each before anything is done' => static function (Store $store, Check $check): void {
        $cache = new SimpleCache($store);
        $cache->set('a', 1);
        foreach (PACKAGES_BAD_KEYS as $bad) {
            foreach ([static fn() => $cache->get($bad), static fn() => $cache->set($bad, 1), static fn() => $cache->delete($bad), static fn() => $cache->has($bad),
                static fn() => $cache->getMultiple(['a', $bad]), static fn() => $cache->deleteMultiple(['a', $bad]),
                static fn() => $cache->setMultiple(['a' => 2, $bad => 1])] as $call) {
                $check->throws(InvalidArgumentException::class, $call, $bad === '' ? 'empty' : $bad);
            }
        }
        foreach ([null, true, 12, 1.5, [], new stdClass()] as $bad) {
            $check->throws(InvalidArgumentException::class, static fn() => $cache->getMultiple(['a', $bad]), get_debug_type($bad));
            $check->throws(InvalidArgumentException::class, static fn() => $cache->deleteMultiple(['a', $bad]), get_debug_type($bad));
            $check->throws(TypeError::class, static fn() => $cache->get($bad));
            if ($bad !== 12) {
                $check->throws(InvalidArgumentException::class, static fn() => $cache->setMultiple((static function () use ($bad) {
                    yield 'a' => 2;
                    yield $bad => 1;
                })()), get_debug_type($bad));
            }
        }
        foreach (['key', null, 12, new stdClass()] as $bad) {
            foreach (['getMultiple', 'setMultiple', 'deleteMultiple'] as $method) {
                $check->throws(TypeError::class, static fn() => $cache->$method($bad));
            }
        }
        $check->same(1, $cache->get('a'));
        foreach (['AbC19_.', '0', ' ', "b\xffytes", 'größe', str_repeat('k', 64), str_repeat('k', 60_000)] as $good) {
            $check->same([true, 'x'], [$cache->set($good, 'x'), $cache->get($good)]);
        }
        $check->throws(InvalidArgumentException::class, static fn() => $cache->set(str_repeat('k', 65535), 1), 'room');
    },
    'what cannot be stored is an exception, and what was there stays' => static function (Store $store, Check $check): void {
        $cache = new SimpleCache($store);
        $cache->set('a', 1);
        foreach (packages_unstorable() as $what => $bad) {
            $thrown = $check->throws(InvalidArgumentException::class, static fn() => $cache->set('a', $bad), '"a"');
            $check->that($thrown?->getPrevious() !== null, "$what: nothing tells where it comes from");
            $check->throws(InvalidArgumentException::class, static fn() => $cache->setMultiple(['a' => 2, 'b' => $bad, 'c' => 3]));
            $check->same([1, false, false], [$cache->get('a'), $cache->has('b'), $cache->has('c')], $what);
        }
    },
    'namespaces are apart' => static function (Store $store, Check $check): void {
        $caches = array_map(static fn(string $name) => new SimpleCache($store, $name), ['', 'a', 'ab', 'a.b', '0']);
        $store->set('a', 'of another');
        $store->set('psr16', 'of another');
        foreach ($caches as $i => $cache) {
            $cache->set('key', $i);
            $cache->set('b.key', $i);
        }
        foreach ($caches as $i => $cache) {
            $check->same([$i, true, false], [$cache->get('key'), $cache->clear(), $cache->has('b.key')]);
            $check->same(array_fill(0, count($caches) - $i - 1, true), array_map(static fn($other) => $other->has('key') && $other->has('b.key'), array_slice($caches, $i + 1)));
        }
        $check->same(['of another', 'of another', true], [$store->get('a'), $store->get('psr16'), $caches[0]->clear()]);
        foreach (['a:b', '{', 'a/b'] as $bad) {
            $check->throws(InvalidArgumentException::class, static fn() => new SimpleCache($store, $bad), $bad);
        }
    },
    'a store that fails is an exception of PSR' => static function (Store $store, Check $check): void {
        $cache = new SimpleCache(packages_failing_store($store));
        foreach ([static fn() => $cache->get('a'), static fn() => $cache->set('a', 1), static fn() => $cache->set('a', 1, 0), static fn() => $cache->delete('a'),
            static fn() => $cache->has('a'), static fn() => $cache->clear(), static fn() => $cache->getMultiple(['a']),
            static fn() => $cache->setMultiple(['a' => 1]), static fn() => $cache->deleteMultiple(['a'])] as $call) {
            $thrown = $check->throws(CacheException::class, $call, 'out of order');
            $check->that($thrown instanceof Psr\SimpleCache\CacheException && $thrown instanceof Psr\Cache\CacheException, 'it is not one of PSR');
        }
    },
];
