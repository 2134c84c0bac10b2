<?php

declare(strict_types=1);

use Lyger\Exception\CacheException;

/** A callable that counts its calls and returns how many there were. */
final class ConformanceCounter
{
    public int $calls = 0;

    public function __invoke(): int
    {
        return ++$this->calls;
    }
}

final class ConformanceSecretLock
{
    public function __serialize(): array
    {
        throw new LogicException('not to be stored');
    }
}

/** @return list<string> sorted */
function conformance_keys(iterable $keys): array
{
    $list = iterator_to_array($keys, false);
    sort($list, SORT_STRING);
    return $list;
}

return [
    'remember computes once and stores' => static function (object $engine, Check $check): void {
        $counter = new ConformanceCounter();
        $check->same(1, $engine->cacheRemember('key', $counter));
        $check->same(1, $engine->cacheRemember('key', $counter));
        $check->same(1, $engine->cacheGet('key'));
        $engine->cacheDelete('key');
        $check->same(2, $engine->cacheRemember('key', $counter, 60, 60, 0));
        $check->same([3, 0], [$engine->cacheRemember('12', $counter), strlen($engine->cacheGet('1'))]);
    },
    'remember stores values of every type' => static function (object $engine, Check $check): void {
        foreach ([null, false, 0, '', [], [1, ['a' => 2.5]], new ArrayObject([1]), NAN] as $i => $value) {
            $calls = 0;
            $compute = static function () use ($value, &$calls): mixed {
                $calls++;
                return $value;
            };
            $engine->cacheRemember("key $i", $compute);
            $remembered = $engine->cacheRemember("key $i", $compute);
            $check->that(is_float($value) ? is_nan($remembered) : $value == $remembered, "value $i came back changed");
            $check->same(get_debug_type($value), get_debug_type($remembered));
            $check->same(1, $calls, "value $i");
        }
    },
    'what was computed is given out as it is' => static function (object $engine, Check $check): void {
        $object = new ArrayObject([1]);
        $check->that($engine->cacheRemember('key', static fn() => $object) === $object, 'a copy came back');
        $check->that($engine->cacheRemember('key', static fn() => 0) !== $object, 'no copy came back');
    },
    'every kind of callable computes, and gets no arguments' => static function (object $engine, Check $check): void {
        $given = static fn(mixed ...$arguments): array => $arguments;
        $check->same([], $engine->cacheRemember('closure', $given));
        $check->same(PHP_VERSION, $engine->cacheRemember('function', 'phpversion'));
        $check->same(getmypid(), $engine->cacheRemember('internal without arguments', 'getmypid'));
        $check->same(1, $engine->cacheRemember('method', [new ConformanceCounter(), '__invoke']));
        $check->throws(TypeError::class, static fn() => $engine->cacheRemember('key', 'no_such_function'), '$compute');
        $check->same(false, $engine->cacheHas('key'));
    },
    'a remembered value expires' => static function (object $engine, Check $check): void {
        $counter = new ConformanceCounter();
        $engine->cacheRemember('key', $counter, 1);
        $check->eventually(static fn() => $engine->cacheRemember('key', $counter, 1) > 1, 'still there after ten seconds');
    },
    'a stale value is for others, and none of get' => static function (object $engine, Check $check): void {
        $counter = new ConformanceCounter();
        $engine->cacheRemember('key', $counter, 1, 3600);
        $check->eventually(static fn() => !$engine->cacheHas('key'), 'still there after ten seconds');
        $check->same('', $engine->cacheGet('key'));
        $check->same(2, $engine->cacheRemember('key', $counter, 3600, 3600));
        $check->same(2, $engine->cacheGet('key'));
    },
    'an exception of compute passes and stores nothing' => static function (object $engine, Check $check): void {
        $throw = static fn() => throw new DomainException('not today');
        for ($i = 0; $i < 3; $i++) {
            $check->throws(DomainException::class, static fn() => $engine->cacheRemember('key', $throw, 60, 60), 'not today');
            $check->same(false, $engine->cacheHas('key'));
        }
        $check->same(1, $engine->cacheRemember('key', new ConformanceCounter()));
    },
    'remember may be nested, but not in the same key' => static function (object $engine, Check $check): void {
        $inner = static fn() => $engine->cacheRemember('inner', static fn() => $engine->cacheIncrement('count'));
        $check->same(2, $engine->cacheRemember('outer', static fn() => 1 + $inner()));
        $check->same([1, 2], [$engine->cacheGet('inner'), $engine->cacheGet('outer')]);
        $same = static fn() => $engine->cacheRemember('same', static fn() => $engine->cacheRemember('same', static fn() => 1));
        $check->throws(CacheException::class, $same, 'already');
        $check->throws(CacheException::class, $same, 'already');
        $check->same(1, $engine->cacheRemember('same', static fn() => 1));
    },
    'compute may store the value itself' => static function (object $engine, Check $check): void {
        $value = $engine->cacheRemember('key', static fn() => $engine->cacheSet('key', 'set') ? 'returned' : '');
        $check->same(['returned', 'returned'], [$value, $engine->cacheGet('key')]);
    },
    'what cannot be stored must not be returned' => static function (object $engine, Check $check): void {
        foreach (['a closure' => static fn() => 1, 'a resource' => [STDERR]] as $word => $value) {
            $remember = static fn() => $engine->cacheRemember('key', static fn() => $value);
            $check->throws(TypeError::class, $remember, 'cacheRemember', '$compute', 'return', $word);
            $check->throws(TypeError::class, $remember, '$compute');
            $check->same(false, $engine->cacheHas('key'));
        }
        $own = static fn() => $engine->cacheRemember('key', static fn() => throw new TypeError('must not be or contain fun'));
        $check->same('must not be or contain fun', $check->throws(TypeError::class, $own)->getMessage());
        $secret = static fn() => $engine->cacheRemember('key', static fn() => new ConformanceSecretLock());
        $check->throws(LogicException::class, $secret, 'not to be stored');
        $check->same(1, $engine->cacheRemember('key', static fn() => 1));
    },
    'arguments out of range are ValueErrors, before anything is computed' => static function (object $engine, Check $check): void {
        $counter = new ConformanceCounter();
        $refused = [
            '$key' => [['', $counter], [str_repeat('k', 65536), $counter]],
            '$ttl' => [['k', $counter, -1], ['k', $counter, 4294967296]],
            '$stale' => [['k', $counter, 1, -1], ['k', $counter, 1, 1000001], ['k', $counter, 0, 1]],
            '$wait' => [['k', $counter, 1, 1, -0.1], ['k', $counter, 1, 1, 86400.5], ['k', $counter, 1, 1, NAN],
                ['k', $counter, 1, 1, INF]],
        ];
        foreach ($refused as $name => $calls) {
            foreach ($calls as $arguments) {
                $check->throws(ValueError::class, static fn() => $engine->cacheRemember(...$arguments), 'cacheRemember', $name);
            }
        }
        $check->same(0, $counter->calls);
        $check->same(1, $engine->cacheRemember('k', $counter, 4294967295, 1000000, 86400));
        foreach ([-1, 4294967296, PHP_INT_MIN] as $ttl) {
            $check->throws(ValueError::class, static fn() => $engine->cacheLock('k', $ttl), 'cacheLock', '$ttl', "$ttl given");
            $check->throws(ValueError::class, static fn() => $engine->cacheLockExtend('k', 't', $ttl), 'cacheLockExtend', '$ttl');
        }
        foreach (['', str_repeat('t', 65)] as $token) {
            $lock = static fn() => $engine->cacheLock('k', 1, 0, $token);
            $check->throws(ValueError::class, $lock, 'cacheLock', '$token', strlen($token) . ' given');
        }
        foreach ([-1.0, 86400.5, NAN, -INF] as $wait) {
            $check->throws(ValueError::class, static fn() => $engine->cacheLock('k', 1, $wait), 'cacheLock', '$wait');
        }
        foreach (['', str_repeat('k', 65536)] as $key) {
            $check->throws(ValueError::class, static fn() => $engine->cacheLock($key, 1), '$key');
            $check->throws(ValueError::class, static fn() => $engine->cacheUnlock($key, ''), '$key');
            $check->throws(ValueError::class, static fn() => $engine->cacheLockExtend($key, 't', 1), '$key');
            $check->throws(ValueError::class, static fn() => $engine->cacheLockOwner($key), '$key');
        }
    },
    'a lock is held by its token' => static function (object $engine, Check $check): void {
        $token = $engine->cacheLock('lock', 60);
        $check->that(preg_match('/^[0-9a-f]{16}$/D', (string) $token) === 1, "$token is no token");
        $check->same(null, $engine->cacheLock('lock', 60));
        $check->same(null, $engine->cacheLock('lock', 60, 0.05));
        $other = $engine->cacheLock('other', 60);
        $check->that($other !== $token && $other !== null, 'two locks have one token');
        $wrong = ['', $other, substr($token, 1), "$token ", "$token\n", strtoupper("fffffffffffffff$token[0]"), "\0$token",
            str_repeat('0', 16), str_repeat('g', 16), '0x' . substr($token, 2)];
        foreach ($wrong as $text) {
            $check->same(false, $engine->cacheUnlock('lock', $text), bin2hex($text));
        }
        $check->same(false, $engine->cacheUnlock('no such lock', $token));
        $check->same(null, $engine->cacheLock('lock', 60));
        $check->same(true, $engine->cacheUnlock('lock', $token));
        $check->same(false, $engine->cacheUnlock('lock', $token));
        $next = $engine->cacheLock('lock', 60);
        $check->that($next !== null && $next !== $token, 'the lock is not free, or has its old token');
        $check->same([true, true], [$engine->cacheUnlock('lock', $next), $engine->cacheUnlock('other', $other)]);
    },
    'a lock may be held by a token of the caller\'s own' => static function (object $engine, Check $check): void {
        foreach (['t', 'ü', "\0", "t\0", ' ', '12', str_repeat("\xff", 64), 'fedcba9876543210', 'INF'] as $i => $token) {
            $key = "lock $i";
            $check->same(null, $engine->cacheLockOwner($key));
            $check->same($token, $engine->cacheLock($key, 60, 0, $token));
            $check->same([$token, null], [$engine->cacheLockOwner($key), $engine->cacheLock($key, 60)]);
            $others = ['', "$token ", "$token\0", "\0$token", substr($token, 1), $token ^ "\1", str_repeat('x', 100)];
            foreach ($others as $other) {
                $check->same(false, $engine->cacheUnlock($key, $other), bin2hex($other));
                $check->same(false, $engine->cacheLockExtend($key, $other, 60), bin2hex($other));
            }
            $check->same(null, $engine->cacheLock($key, 60, 0.01, $token ^ "\1"));
            $check->same(true, $engine->cacheUnlock($key, $token));
            $check->same([false, null], [$engine->cacheUnlock($key, $token), $engine->cacheLockOwner($key)]);
        }
    },
    'a lock that was made for the caller tells its token' => static function (object $engine, Check $check): void {
        $token = $engine->cacheLock('lock', 60);
        $check->same($token, $engine->cacheLockOwner('lock'));
        $check->same(true, $engine->cacheLockExtend('lock', $token, 60));
        $check->same($token, $engine->cacheLock('lock', 60, 0, $token));
        $check->same([null, $token], [$engine->cacheLock('lock', 60), $engine->cacheLockOwner('lock')]);
        $check->same([true, null], [$engine->cacheUnlock('lock', $token), $engine->cacheLockOwner('lock')]);
    },
    'whoever has a lock can lose it' => static function (object $engine, Check $check): void {
        $check->same(false, $engine->cacheUnlock('lock', null));
        $token = $engine->cacheLock('lock', 60);
        $check->same([true, false], [$engine->cacheUnlock('lock', null), $engine->cacheUnlock('lock', $token)]);
        $engine->cacheLock('lock', 60, 0, 'own');
        $check->same([true, false, null], [$engine->cacheUnlock('lock', null), $engine->cacheLockExtend('lock', 'own', 60),
            $engine->cacheLockOwner('lock')]);
    },
    'the time of a lock begins anew when it is extended or taken again' => static function (object $engine, Check $check): void {
        $engine->cacheLock('over', 1, 0, 'own');
        $made = $engine->cacheLock('made', 1);
        $engine->cacheLock('again', 1, 0, 'own');
        $engine->cacheLock('extended', 1, 0, 'own');
        $engine->cacheLock('endless', 1, 0, 'own');
        $engine->cacheLock('never', 0);
        $check->same([true, 'own', true, true], [$engine->cacheLockExtend('made', $made, 3600),
            $engine->cacheLock('again', 3600, 0, 'own'), $engine->cacheLockExtend('extended', 'own', 4294967295),
            $engine->cacheLockExtend('endless', 'own', 0)]);
        $check->eventually(static fn() => $engine->cacheLockOwner('over') === null, 'still held after ten seconds');
        $check->same([false, false], [$engine->cacheLockExtend('over', 'own', 60), $engine->cacheUnlock('over', 'own')]);
        foreach (['made', 'again', 'extended', 'endless', 'never'] as $key) {
            $check->same(null, $engine->cacheLock($key, 60), $key);
        }
        $check->same(true, $engine->cacheLockExtend('endless', 'own', 1));
        $check->same('other', $engine->cacheLock('endless', 60, 10, 'other'));
    },
    'a lock is no entry, and an entry no lock' => static function (object $engine, Check $check): void {
        $engine->cacheSet('name', 'value');
        $token = $engine->cacheLock('name', 60);
        $check->same(['value', 1], [$engine->cacheGet('name'), $engine->cacheSize()]);
        $check->same(true, $engine->cacheDelete('name'));
        $check->same('computed', $engine->cacheRemember('name', static fn() => 'computed'));
        $engine->cacheClear();
        $check->same(null, $engine->cacheLock('name', 60));
        $check->same(true, $engine->cacheUnlock('name', $token));
    },
    'a lock is free when its time is over' => static function (object $engine, Check $check): void {
        $first = $engine->cacheLock('lock', 1);
        $check->same(null, $engine->cacheLock('lock', 60));
        $second = $engine->cacheLock('lock', 60, 10);
        $check->that($second !== null && $second !== $first, 'the lock did not become free');
        $check->same(false, $engine->cacheUnlock('lock', $first));
        $check->same(true, $engine->cacheUnlock('lock', $second));
    },
    'keys come by prefix, as strings of any bytes' => static function (object $engine, Check $check): void {
        $check->same([], conformance_keys($engine->cacheKeys()));
        $keys = ['12', '-1', '0', 'user:1', 'user:2', 'users', "user\0", "\0", "\xff\xfe", 'ü', str_repeat('k', 65535)];
        foreach ($keys as $key) {
            $engine->cacheSet($key, 1);
        }
        $sorted = $keys;
        sort($sorted, SORT_STRING);
        $check->same($sorted, conformance_keys($engine->cacheKeys()));
        $check->same(['user:1', 'user:2'], conformance_keys($engine->cacheKeys('user:')));
        $check->same(["user\0"], conformance_keys($engine->cacheKeys("user\0")));
        $check->same(['12'], conformance_keys($engine->cacheKeys('1')));
        $check->same([], conformance_keys($engine->cacheKeys('no such')));
        $check->same([], conformance_keys($engine->cacheKeys(str_repeat('k', 70000))));
    },
    'keys are those of entries that have not expired' => static function (object $engine, Check $check): void {
        $engine->cacheSet('lasting', 1);
        $engine->cacheSet('gone', 1, 1);
        $engine->cacheSet('deleted', 1);
        $engine->cacheDelete('deleted');
        $engine->cacheLock('locked', 1);
        $check->eventually(
            static fn() => conformance_keys($engine->cacheKeys()) === ['lasting'],
            'an expired key is still there after ten seconds',
        );
    },
    'keys are an iterator that can begin anew' => static function (object $engine, Check $check): void {
        for ($i = 0; $i < 5000; $i++) {
            $engine->cacheSet("key $i", $i);
        }
        $keys = $engine->cacheKeys('key ');
        $check->that($keys instanceof Iterator, 'no Iterator');
        $first = $keys->current();
        $check->same([true, 0, $first], [$keys->valid(), $keys->key(), $keys->current()]);
        $keys->next();
        $check->same(1, $keys->key());
        $check->that($keys->current() !== $first, 'the same key twice');
        $numbers = [];
        $seen = [];
        foreach ($keys as $number => $key) {
            $numbers[] = $number;
            $seen[$key] = true;
        }
        $check->same(range(0, 4999), $numbers);
        $check->same(5000, count($seen));
        $check->same([false, null, null], [$keys->valid(), $keys->key(), $keys->current()]);
        $keys->next();
        $check->same(false, $keys->valid());
        $check->same(5000, iterator_count($keys));
        $check->throws(Throwable::class, static fn() => clone $keys);
        $check->throws(Exception::class, static fn() => serialize($keys), 'CacheKeys');
    },
    'the cache may change while its keys are read' => static function (object $engine, Check $check): void {
        for ($i = 0; $i < 1000; $i++) {
            $engine->cacheSet("old $i", $i);
        }
        $seen = [];
        foreach ($engine->cacheKeys('old ') as $number => $key) {
            $seen[$key] = true;
            $engine->cacheSet("new $number", 1);
            $engine->cacheDelete($key);
        }
        $check->same(1000, count($seen));
        $check->same([], conformance_keys($engine->cacheKeys('old ')));
        $check->that(count(conformance_keys($engine->cacheKeys('new '))) >= 1000, 'new keys are missing');
    },
];
