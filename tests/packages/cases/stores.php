<?php

declare(strict_types=1);

use Lyger\Cache\Store;
use Lyger\Cache\StoreFactory;

/** Its serialisation is its own business. */
final class PackagesPoint
{
    public function __construct(public int $x, private ?self $next = null)
    {
    }
}

final class PackagesSecret
{
    public function __serialize(): array
    {
        throw new LogicException('not to be stored');
    }
}

/** Runs $work in as many processes as there are numbers, with the number, and waits for them. */
function packages_in_processes(int $count, Closure $work): void
{
    $pids = [];
    for ($i = 0; $i < $count; $i++) {
        $pid = pcntl_fork();
        if ($pid === 0) {
            try {
                $work($i);
            } finally {
                posix_kill(posix_getpid(), SIGKILL); // nothing of the parent's runs here
            }
        }
        $pids[] = $pid;
    }
    foreach ($pids as $pid) {
        pcntl_waitpid($pid, $status);
    }
}

/** Whether forked processes have the store in common. */
function packages_shared(Store $store): bool
{
    return $store->name() !== StoreFactory::IN_ARRAY && function_exists('pcntl_fork') && function_exists('posix_kill');
}

return [
    'the factory gives what it was asked for, and says what it is' => static function (Store $store, Check $check): void {
        $check->that(StoreFactory::create($store->name()) === $store, 'another store came for the same name');
        $check->that(in_array($store->name(), StoreFactory::available(), true), 'it is not among those that are available');
        $check->same(['native', 'ffi', 'apcu', 'array'], array_values(array_unique([
            ...array_intersect(['native', 'ffi', 'apcu', 'array'], [...StoreFactory::available(), ...array_keys(StoreFactory::closed())]),
        ])));
        $check->same([], array_intersect(StoreFactory::available(), array_keys(StoreFactory::closed())));
        $check->same(StoreFactory::available()[0], StoreFactory::create()->name());
        StoreFactory::use($store);
        $check->that(StoreFactory::create() === $store, 'use() was not heard');
        StoreFactory::use(null);
        putenv("LYGER_CACHE_STORE={$store->name()}");
        $check->same($store->name(), StoreFactory::create()->name());
        putenv('LYGER_CACHE_STORE=nowhere');
        $check->throws(ValueError::class, static fn() => StoreFactory::create(), 'nowhere', 'apcu');
        putenv('LYGER_CACHE_STORE');
        foreach (StoreFactory::closed() as $name => $reason) {
            $check->throws(Lyger\Exception\RuntimeException::class, static fn() => StoreFactory::create($name), $name, $reason);
        }
    },
    'values of every type come back, and as copies' => static function (Store $store, Check $check): void {
        $values = [null, true, false, 0, -1, PHP_INT_MIN, 0.1, -0.0, INF, '', "\0", '12', str_repeat('long ', 20_000), [], [1, 'x', null],
            ['a' => ['b' => [true]], 7 => 2.5], new PackagesPoint(1, new PackagesPoint(2)), [new PackagesPoint(3)], (object) ['p' => 1]];
        foreach ($values as $i => $value) {
            $check->same(true, $store->set("value.$i", $value), "set $i");
            $check->same(true, $store->has("value.$i"), "has $i");
        }
        foreach ($values as $i => $value) {
            $came = $store->get("value.$i", 'a miss');
            is_array($value) && $value !== [] ? $check->that($came == $value, "value $i") : $check->same($value, $came, "value $i");
        }
        $point = new PackagesPoint(1);
        $store->set('point', $point);
        $point->x = 2;
        $store->get('point')->x = 3;
        $check->same(1, $store->get('point')->x);
    },
    'keys are any bytes, and defaults are for misses only' => static function (Store $store, Check $check): void {
        $keys = ["\0", "a\0b", 'a', '0', '12', '-1', ' ', "\xff\n", str_repeat('k', 65535)];
        foreach ($keys as $i => $key) {
            $store->set($key, $i);
        }
        $check->same(range(0, count($keys) - 1), array_map(static fn(string $key): mixed => $store->get($key), $keys));
        $check->same([null, 'else'], [$store->get('nothing'), $store->get('nothing', 'else')]);
        $store->set('null', null);
        $check->same([null, true], [$store->get('null', 'else'), $store->has('null')]);
        foreach (['', str_repeat('k', 65536)] as $bad) {
            foreach (['get', 'has', 'delete', 'take', 'increment', 'owner'] as $method) {
                $check->throws(ValueError::class, static fn() => $store->$method($bad), 'bytes');
            }
            $check->throws(ValueError::class, static fn() => $store->set($bad, 1), 'bytes');
            $check->throws(ValueError::class, static fn() => $store->getBatch(['a', $bad]), 'bytes');
            $check->throws(ValueError::class, static fn() => $store->setBatch(['a' => 'changed', $bad => 1]), 'bytes');
            $check->throws(ValueError::class, static fn() => $store->deleteBatch(['a', $bad]), 'bytes');
        }
        $check->same(2, $store->get('a'));
        foreach ([-1, 4294967296] as $bad) {
            $check->throws(ValueError::class, static fn() => $store->set('a', 1, $bad), 'between 0 and 4294967295');
            $check->throws(ValueError::class, static fn() => $store->add('new', 1, $bad), 'between 0 and 4294967295');
            $check->throws(ValueError::class, static fn() => $store->touch('a', $bad), 'between 0 and 4294967295');
            $check->throws(ValueError::class, static fn() => $store->lock('a', $bad), 'between 0 and 4294967295');
        }
    },
    'batches keep the order, and store all or nothing' => static function (Store $store, Check $check): void {
        $check->same(4, $store->setBatch(['one' => 1, 12 => 'twelve', 'null' => null, 'list' => [1]]));
        $check->same(0, $store->setBatch([]));
        $batch = $store->getBatch(['list', '12', 'nothing', 'null', 'one', 'list'], 'else');
        $check->same(['list' => [1], 12 => 'twelve', 'nothing' => 'else', 'null' => null, 'one' => 1], $batch);
        $check->same([], $store->getBatch([]));
        $check->throws(TypeError::class, static fn() => $store->setBatch(['one' => 2, 'bad' => [[static fn() => 1]]]), 'closure');
        $check->throws(TypeError::class, static fn() => $store->setBatch(['one' => 2, 'bad' => fopen('php://memory', 'r')]), 'resource');
        $check->throws(LogicException::class, static fn() => $store->setBatch(['one' => 2, 'bad' => [new PackagesSecret()]]), 'not to be stored');
        $check->throws(LogicException::class, static fn() => $store->set('one', new PackagesSecret()), 'not to be stored');
        $check->throws(TypeError::class, static fn() => $store->add('new', static fn() => 1), 'closure');
        $recursive = [1];
        $recursive[] = &$recursive;
        $check->throws(TypeError::class, static fn() => $store->set('one', $recursive), 'recursive');
        $check->same([1, false], [$store->get('one'), $store->has('bad')]);
        $check->same(2, $store->deleteBatch(['one', 'nothing', '12']));
        $check->same([0, 0], [$store->deleteBatch([]), $store->deleteBatch(['one'])]);
        $check->same([false, false, true, true], array_map($store->has(...), ['one', '12', 'null', 'list']));
    },
    'add, delete, take and touch' => static function (Store $store, Check $check): void {
        $check->same([true, false, 1], [$store->add('key', 1), $store->add('key', 2), $store->get('key')]);
        $check->same([true, false], [$store->delete('key'), $store->delete('key')]);
        $check->same(true, $store->add('key', null));
        $check->same([null, 'else', null], [$store->take('key', 'else'), $store->take('key', 'else'), $store->take('key')]);
        $check->same([false, false], [$store->has('key'), $store->touch('key', 60)]);
    },
    'an entry is over when its time is, and touch() gives it another' => static function (Store $store, Check $check): void {
        $store->set('short', 1, 1);
        $store->setBatch(['batch' => 1], 1);
        $store->add('added', 1, 1);
        $store->increment('counted', 1, 1);
        $store->set('compared', 1);
        $store->compareAndSet('compared', 1, 2, 1);
        $store->set('touched', 'x', 1);
        $store->set('lasting', 'x', 1);
        $store->set('longest', 'x', 4294967295);
        $check->same([true, true], [$store->touch('touched', 3600), $store->touch('lasting', 0)]);
        foreach (['short', 'batch', 'added', 'counted', 'compared'] as $key) {
            $check->eventually(static fn() => !$store->has($key), "$key is still there after ten seconds");
            $check->same('over', $store->get($key, 'over'));
        }
        $check->same(['x', 'x', 'x'], array_values($store->getBatch(['touched', 'lasting', 'longest'])));
        $check->same(true, $store->add('short', 2));
    },
    'counters' => static function (Store $store, Check $check): void {
        $check->same([1, 6, 4, 4], [$store->increment('n'), $store->increment('n', 5), $store->increment('n', -2), $store->get('n')]);
        foreach (['text', '12', 1.5, null, [1]] as $value) {
            $store->set('other', $value);
            $check->throws(Lyger\Exception::class, static fn() => $store->increment('other'), 'integer');
            $check->same($value, $store->get('other'));
        }
        $store->set('most', PHP_INT_MAX);
        $check->throws(Lyger\Exception::class, static fn() => $store->increment('most'), 'range');
        $check->same(PHP_INT_MAX, $store->get('most'));
    },
    'comparing and setting' => static function (Store $store, Check $check): void {
        $values = [null, false, true, 0, 1, '1', '', 1.0, [], [1], ['1'], ['a' => 1, 'b' => 2], ['b' => 2, 'a' => 1]];
        foreach ($values as $i => $there) {
            $store->set('key', $there);
            foreach ($values as $j => $expected) {
                $check->same($i === $j, $store->compareAndSet('key', $expected, $there), "set $i, expecting $j");
            }
            foreach ($values as $j => $expected) {
                $store->set('key', $there);
                $check->same($i === $j, $store->compareAndDelete('key', $expected), "delete $i, expecting $j");
                $check->same($i !== $j, $store->has('key'), "after deleting $i, expecting $j");
            }
        }
        $store->delete('key');
        $check->same([false, false, false], [$store->compareAndSet('key', null, 1), $store->compareAndDelete('key', null), $store->has('key')]);
        $store->set('key', 'old');
        $check->same([true, 'new'], [$store->compareAndSet('key', 'old', 'new'), $store->get('key')]);
        $check->throws(TypeError::class, static fn() => $store->compareAndSet('key', 'new', static fn() => 1), 'closure');
        $check->same('new', $store->get('key'));
    },
    'clear() takes what begins with the prefix, and no locks' => static function (Store $store, Check $check): void {
        $keys = ['user.1', 'user.2', 'users', 'page', "user.\0", '(.*)', 'uSer.1'];
        $store->setBatch(array_fill_keys($keys, 1));
        $token = $store->lock('user.1', 60);
        $store->clear('user.');
        $check->same([false, false, true, true, false, true, true], array_map($store->has(...), $keys));
        $store->clear('(.');
        $check->same([false, true], [$store->has('(.*)'), $store->has('page')]);
        $store->clear();
        $check->same([], array_filter($keys, $store->has(...)));
        $check->same([$token, true], [$store->owner('user.1'), $store->unlock('user.1', $token)]);
    },
    'locks exclude, are given back, extended, and told' => static function (Store $store, Check $check): void {
        $store->set('key', 'an entry');
        $token = $store->lock('key', 60);
        $check->that(is_string($token) && $token !== '', 'no token');
        $check->same([null, $token, 'an entry'], [$store->lock('key', 60), $store->owner('key'), $store->get('key')]);
        $check->same([false, false], [$store->unlock('key', 'another'), $store->extend('key', 'another', 60)]);
        $check->same([true, true, false, null], [$store->extend('key', $token, 90), $store->unlock('key', $token), $store->unlock('key', $token), $store->owner('key')]);
        $check->same(['mine', 'mine', null, null], [$store->lock('key', 60, 0.0, 'mine'), $store->owner('key'), $store->lock('key', 60), $store->lock('key', 60, 0.0, 'yours')]);
        $check->same('mine', $store->lock('key', 60, 0.0, 'mine'), 'the same holder again');
        $check->same([true, false, null], [$store->unlock('key', null), $store->unlock('key', null), $store->owner('key')]);
        $check->that($store->lock('key', 60) !== $token, 'the same token twice');
        $check->throws(ValueError::class, static fn() => $store->lock('other', 60, 0.0, ''), 'token');
        $check->throws(ValueError::class, static fn() => $store->lock('other', 60, 0.0, str_repeat('t', 65)), 'token');
        $check->throws(ValueError::class, static fn() => $store->lock('other', 60, -1.0), '86400');
        $check->same(null, $store->owner('other'));
        $store->unlock('key', null);
    },
    'a lock is free when its time is over, and is waited for' => static function (Store $store, Check $check): void {
        $first = $store->lock('key', 1);
        $store->lock('extended', 1, 0.0, 'mine');
        $check->same([true, 'mine'], [$store->extend('extended', 'mine', 0), $store->lock('endless', 0, 0.0, 'mine')]);
        $second = $store->lock('key', 60, 60.0);
        $check->that(is_string($second) && $second !== $first, 'it was not waited for');
        $check->same([false, $second], [$store->unlock('key', $first), $store->owner('key')]);
        $check->same(['mine', 'mine'], [$store->owner('extended'), $store->owner('endless')]);
        foreach (['key', 'extended', 'endless'] as $key) {
            $check->same(true, $store->unlock($key, null));
        }
    },
    'calls of several processes do not get between each other' => static function (Store $store, Check $check): void {
        if (!packages_shared($store)) {
            $store->set('key', 1);
            $check->same(1, $store->get('key'));
            return;
        }
        $store->setBatch(['compared' => [0], 'locked' => 0, 'prize' => 'one']);
        packages_in_processes(4, static function (int $number) use ($store): void {
            for ($i = 0; $i < 200; $i++) {
                $store->increment('counted');
                do {
                    [$seen] = $store->get('compared');
                } while (!$store->compareAndSet('compared', [$seen], [$seen + 1]));
                $token = $store->lock('lock', 600, 600.0);
                $store->set('locked', $store->get('locked') + 1);
                $store->unlock('lock', $token);
                if ($store->add("first.$i", $number)) {
                    $store->increment('firsts');
                }
            }
            if ($store->take('prize') !== null) {
                $store->increment('taken');
            }
        });
        $check->same([800, [800], 800, 200, 1], array_values($store->getBatch(['counted', 'compared', 'locked', 'firsts', 'taken'])));
        // A holder that is killed.
        packages_in_processes(1, static fn() => $store->lock('killed', 600));
        packages_in_processes(1, static fn() => $store->lock('named', 600, 0.0, 'a name'));
        $taken = $store->lock('killed', 600);
        $check->same($store->name() !== StoreFactory::APCU, is_string($taken), 'the lock of a killed process');
        $check->same(['a name', true], [$store->owner('named'), $store->unlock('named', 'a name')]);
        $store->unlock('killed', null);
    },
];
