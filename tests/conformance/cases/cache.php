<?php

declare(strict_types=1);

use Lyger\Exception\CacheException;

/** An object whose serialisation is its own business. */
final class ConformancePoint
{
    public function __construct(public int $x, private float $y, public ?self $next = null)
    {
    }
}

enum ConformanceCase
{
    case One;
    case Two;
}

final class ConformanceSecret
{
    public function __serialize(): array
    {
        throw new LogicException('not to be stored');
    }
}

final class ConformanceRefuses
{
    public function __wakeup(): void
    {
        throw new LogicException('not read');
    }
}

/** @param callable(array&): void $do is given the warnings, as they come */
function conformance_collect_warnings(callable $do): void
{
    $warnings = [];
    set_error_handler(static function (int $level, string $message) use (&$warnings): bool {
        $warnings[] = $message;
        return true;
    });
    try {
        $do($warnings);
    } finally {
        restore_error_handler();
    }
}

return [
    'values of every type come back as they went in' => static function (object $engine, Check $check): void {
        $values = [
            'null' => null, 'true' => true, 'false' => false, 'zero' => 0, 'one' => 1, 'minus' => -1,
            'max' => PHP_INT_MAX, 'min' => PHP_INT_MIN, 'float' => 0.1, 'negative zero' => -0.0, 'tiny' => 5e-324,
            'huge' => 1.7976931348623157e308, 'infinite' => INF, 'empty' => '', 'byte' => "\0", 'text' => 'grüße',
            'digits' => '12', 'binary' => "\0\xff\x80\r\n'\"", 'long' => str_repeat('lyger ', 40_000), 'list' => [1, 2.5, 'x', null],
            'nested' => ['a' => ['b' => [true, ['c' => '']]], 7 => 'seven'], 'no elements' => [],
            'object' => new ConformancePoint(1, 2.5, new ConformancePoint(3, 4.0)), 'plain object' => (object) ['p' => 1],
        ];
        foreach ($values as $name => $value) {
            $check->same(true, $engine->cacheSet("value $name", $value), "set $name");
        }
        foreach ($values as $name => $value) {
            $check->same($value, $engine->cacheGet("value $name", 'a miss'), $name);
            $check->same(true, $engine->cacheHas("value $name"), "has $name");
        }
        $check->same('-0', (string) $engine->cacheGet('value negative zero'));
        $engine->cacheSet('nan', NAN);
        $check->that(is_nan($engine->cacheGet('nan')), 'NAN is not NAN');
        $check->same(count($values) + 1, $engine->cacheSize());
    },
    'what is fetched is a copy' => static function (object $engine, Check $check): void {
        $point = new ConformancePoint(1, 1.0);
        $engine->cacheSet('point', $point);
        $point->x = 2;
        $check->same(1, $engine->cacheGet('point')->x);
        $engine->cacheGet('point')->x = 3;
        $check->same(1, $engine->cacheGet('point')->x);
        $number = 1;
        $engine->cacheSet('list', [&$number]);
        $number = 2;
        $check->same([1], $engine->cacheGet('list'));
    },
    'keys are any bytes' => static function (object $engine, Check $check): void {
        $keys = ["\0", "a\0b", "a\0c", 'a', '0', '00', '12', '-1', ' ', "\xff\xfe", str_repeat('k', 65535), str_repeat('k', 65534)];
        foreach ($keys as $i => $key) {
            $engine->cacheSet($key, $i);
        }
        foreach ($keys as $i => $key) {
            $check->same($i, $engine->cacheGet($key), 'key ' . bin2hex(substr($key, 0, 9)));
        }
        $check->same(count($keys), $engine->cacheSize());
    },
    'a miss is the default' => static function (object $engine, Check $check): void {
        $check->same('', $engine->cacheGet('nothing'));
        $check->same(null, $engine->cacheGet('nothing', null));
        $check->same([1], $engine->cacheGet('nothing', [1]));
        $check->same(false, $engine->cacheHas('nothing'));
        $check->same(false, $engine->cacheDelete('nothing'));
        $check->same(false, $engine->cacheTouch('nothing', 1));
        $engine->cacheSet('null', null);
        $check->same(null, $engine->cacheGet('null', 'default'));
    },
    'set replaces, delete removes' => static function (object $engine, Check $check): void {
        $engine->cacheSet('key', 'one');
        $engine->cacheSet('key', 2);
        $check->same(2, $engine->cacheGet('key'));
        $check->same(1, $engine->cacheSize());
        $check->same(true, $engine->cacheDelete('key'));
        $check->same(false, $engine->cacheDelete('key'));
        $check->same(0, $engine->cacheSize());
    },
    'clear removes what begins with the prefix' => static function (object $engine, Check $check): void {
        foreach (['user:1', 'user:2', 'users', 'page:1', "user\0"] as $key) {
            $engine->cacheSet($key, 1);
        }
        $engine->cacheClear('user:');
        $check->same([false, false, true, true, true], array_map(
            $engine->cacheHas(...),
            ['user:1', 'user:2', 'users', 'page:1', "user\0"],
        ));
        $engine->cacheClear("user\0");
        $check->same(2, $engine->cacheSize());
        $engine->cacheClear('no such prefix');
        $check->same(2, $engine->cacheSize());
        $engine->cacheClear();
        $check->same(0, $engine->cacheSize());
    },
    'an entry is gone when its time is over' => static function (object $engine, Check $check): void {
        $engine->cacheSet('short', 'x', 1);
        $engine->cacheSet('touched', 'x', 1);
        $engine->cacheSet('made lasting', 'x', 1);
        $engine->cacheSet('longest', 'x', 4294967295);
        $engine->cacheSet('lasting', 'x');
        $check->same(true, $engine->cacheTouch('touched', 3600));
        $check->same(true, $engine->cacheTouch('made lasting', 0));
        $check->same('x', $engine->cacheGet('short'));
        $check->eventually(static fn() => !$engine->cacheHas('short'), 'still there after ten seconds');
        $check->same('', $engine->cacheGet('short'));
        $check->same(false, $engine->cacheTouch('short', 5));
        $check->same(false, $engine->cacheDelete('short'));
        foreach (['touched', 'made lasting', 'longest', 'lasting'] as $key) {
            $check->same('x', $engine->cacheGet($key), $key);
        }
        $check->same(4, $engine->cacheSize());
        $check->same(true, $engine->cacheAdd('short', 'again'));
    },
    'touch can shorten a life' => static function (object $engine, Check $check): void {
        $engine->cacheSet('key', 'x');
        $engine->cacheTouch('key', 1);
        $check->eventually(static fn() => $engine->cacheGet('key') === '', 'still there after ten seconds');
    },
    'add stores only what is absent' => static function (object $engine, Check $check): void {
        $check->same(true, $engine->cacheAdd('key', 'first'));
        $check->same(false, $engine->cacheAdd('key', 'second'));
        $check->same('first', $engine->cacheGet('key'));
        $engine->cacheSet('null', null);
        $check->same(false, $engine->cacheAdd('null', 1));
    },
    'counters count' => static function (object $engine, Check $check): void {
        $check->same(1, $engine->cacheIncrement('hits'));
        $check->same(11, $engine->cacheIncrement('hits', 10));
        $check->same(8, $engine->cacheDecrement('hits', 3));
        $check->same(7, $engine->cacheDecrement('hits'));
        $check->same(5, $engine->cacheIncrement('hits', -2));
        $check->same(5, $engine->cacheGet('hits'));
        $check->same(-1, $engine->cacheDecrement('below'));
        $engine->cacheSet('set', 41);
        $check->same(42, $engine->cacheIncrement('set'));
        $check->same(PHP_INT_MAX, $engine->cacheIncrement('edge', PHP_INT_MAX));
        $check->same(PHP_INT_MIN, $engine->cacheIncrement('other edge', PHP_INT_MIN));
    },
    'a counter keeps its own time to live' => static function (object $engine, Check $check): void {
        $engine->cacheIncrement('window', 1, 1);
        $engine->cacheIncrement('window', 1, 3600);
        $check->eventually(static fn() => !$engine->cacheHas('window'), 'still there after ten seconds');
        $check->same(1, $engine->cacheIncrement('window'));
    },
    'what is no integer or would overflow does not count' => static function (object $engine, Check $check): void {
        foreach (['1', 1.0, true, null, [1]] as $value) {
            $engine->cacheSet('key', $value);
            $check->throws(CacheException::class, static fn() => $engine->cacheIncrement('key'), 'not an integer');
            $check->same($value, $engine->cacheGet('key'));
        }
        $engine->cacheSet('max', PHP_INT_MAX);
        $check->throws(CacheException::class, static fn() => $engine->cacheIncrement('max'), 'range');
        $check->same(PHP_INT_MAX, $engine->cacheGet('max'));
        $engine->cacheSet('min', PHP_INT_MIN);
        $check->throws(CacheException::class, static fn() => $engine->cacheDecrement('min'), 'range');
        $check->throws(ValueError::class, static fn() => $engine->cacheDecrement('min', PHP_INT_MIN), '$by');
        $check->same(PHP_INT_MIN, $engine->cacheGet('min'));
    },
    'batches get in order and fill in the default' => static function (object $engine, Check $check): void {
        $engine->cacheSet('a', 1);
        $engine->cacheSet('12', 'twelve');
        $engine->cacheSet('null', null);
        $check->same(
            ['missing' => null, 'a' => 1, 12 => 'twelve', 'null' => null],
            $engine->cacheGetBatch(['missing', 'a', 12, 'null']),
        );
        $check->same(['x' => [0], 'a' => 1], $engine->cacheGetBatch(['x', 'a', 'x'], [0]));
        $check->same([], $engine->cacheGetBatch([]));
    },
    'batches are deleted, and what was there is counted' => static function (object $engine, Check $check): void {
        $engine->cacheSetBatch(['a' => 1, 'b' => 2, 7 => 3, 'stays' => 4]);
        $check->same(3, $engine->cacheDeleteBatch(['a', 'b', 'a', 7, 'missing']));
        $check->same(['a' => null, 'b' => null, 7 => null, 'stays' => 4], $engine->cacheGetBatch(['a', 'b', 7, 'stays']));
        $check->same([0, 1], [$engine->cacheDeleteBatch([]), $engine->cacheDeleteBatch(['x' => 'stays'])]);
        $engine->cacheSet('a', 1);
        foreach ([[['a', 1.5], TypeError::class, 'float'], [['a', ''], ValueError::class, '0 given'],
            [['a', str_repeat('k', 65536)], ValueError::class, '65536 given']] as [$keys, $class, $word]) {
            $delete = static fn() => $engine->cacheDeleteBatch($keys);
            $check->throws($class, $delete, 'cacheDeleteBatch', '$keys', 'element 1', $word);
        }
        $check->same(1, $engine->cacheGet('a'));
    },
    'what is taken is gone' => static function (object $engine, Check $check): void {
        foreach ([null, true, 0, -1.5, '', 'text', str_repeat('long', 1000), [], [1, ['a' => null]]] as $value) {
            $engine->cacheSet('key', $value);
            $check->same([$value, 'none', false], [$engine->cacheTake('key', 'none'), $engine->cacheTake('key', 'none'),
                $engine->cacheHas('key')]);
        }
        $engine->cacheSet('key', new ConformancePoint(1, 2.0));
        $check->that($engine->cacheTake('key') == new ConformancePoint(1, 2.0), 'another object came');
        $check->same(null, $engine->cacheTake('key'));
        $engine->cacheSet('key', 1, 1);
        $check->eventually(static fn() => !$engine->cacheHas('key'), 'still there after ten seconds');
        $check->same([[1], null], [$engine->cacheTake('key', [1]), $engine->cacheTake('key')]);
        foreach (['', str_repeat('k', 65536)] as $key) {
            $check->throws(ValueError::class, static fn() => $engine->cacheTake($key), 'cacheTake', '$key');
        }
    },
    'what cannot be read is taken with a warning' => static function (object $engine, Check $check): void {
        conformance_collect_warnings(static function (array &$warnings) use ($engine, $check): void {
            $engine->cacheSet('refuses', new ConformanceRefuses());
            $check->same('default', $engine->cacheTake('refuses', 'default'));
            $check->same([false, 1], [$engine->cacheHas('refuses'), count($warnings)]);
            $engine->cacheSet('refuses', new ConformanceRefuses());
            $check->same([false, false], [$engine->cacheCompareAndSet('refuses', null, 1), $engine->cacheCompareAndDelete('refuses', null)]);
            $check->same(3, count($warnings));
        });
    },
    'a value is replaced and deleted where it is identical to what is expected' => static function (object $engine, Check $check): void {
        $values = [null, false, true, 0, 1, -1, 0.0, 1.0, '', '0', '1', 'a', "a\0", 'A', [], [0], ['0'], [1, 2], ['x' => 1], [[]],
            str_repeat('long', 1000), array_fill(0, 500, 'row'), Check::class, INF, PHP_INT_MAX];
        foreach ($values as $i => $value) {
            foreach ($values as $k => $expected) {
                $engine->cacheSet('key', $value);
                $check->same($i === $k, $engine->cacheCompareAndSet('key', $expected, 'new'), "value $i, expected $k");
                $check->same($i === $k ? 'new' : $value, $engine->cacheGet('key'));
                $engine->cacheSet('key', $value);
                $check->same($i === $k, $engine->cacheCompareAndDelete('key', $expected), "value $i, expected $k");
                $check->same($i !== $k, $engine->cacheHas('key'));
            }
        }
    },
    'order and types of an array are compared, and no object but an enum case is identical' => static function (object $engine, Check $check): void {
        $engine->cacheSet('key', ['a' => 1, 'b' => 2]);
        $check->same(false, $engine->cacheCompareAndSet('key', ['b' => 2, 'a' => 1], 0));
        $check->same(false, $engine->cacheCompareAndSet('key', ['a' => 1, 'b' => 2.0], 0));
        $check->same(true, $engine->cacheCompareAndSet('key', ['a' => 1, 'b' => 2], NAN));
        $check->same(false, $engine->cacheCompareAndDelete('key', NAN));
        $object = new ConformancePoint(1, 2.0);
        foreach ([$object, [$object]] as $value) {
            $engine->cacheSet('key', $value);
            $check->same([false, false], [$engine->cacheCompareAndSet('key', $value, 1), $engine->cacheCompareAndDelete('key', $value)]);
        }
        $engine->cacheSet('key', [ConformanceCase::One, 'x']);
        $check->same(false, $engine->cacheCompareAndSet('key', [ConformanceCase::Two, 'x'], 1));
        $check->same(true, $engine->cacheCompareAndSet('key', [ConformanceCase::One, 'x'], ConformanceCase::Two));
        $check->same(true, $engine->cacheCompareAndDelete('key', ConformanceCase::Two));
    },
    'what is not there is identical to nothing' => static function (object $engine, Check $check): void {
        foreach ([null, '', false] as $expected) {
            $check->same([false, false], [$engine->cacheCompareAndSet('key', $expected, 1), $engine->cacheCompareAndDelete('key', $expected)]);
        }
        $engine->cacheSet('key', 1, 1);
        $check->eventually(static fn() => !$engine->cacheHas('key'), 'still there after ten seconds');
        $check->same([false, false, false], [$engine->cacheCompareAndSet('key', 1, 2), $engine->cacheCompareAndDelete('key', 1),
            $engine->cacheHas('key')]);
    },
    'a counter can be compared, and counts on' => static function (object $engine, Check $check): void {
        $engine->cacheIncrement('key', 5);
        $engine->cacheIncrement('key');
        $check->same([false, true], [$engine->cacheCompareAndSet('key', 5, 0), $engine->cacheCompareAndSet('key', 6, 40)]);
        $check->same([42, true], [$engine->cacheIncrement('key', 2), $engine->cacheCompareAndDelete('key', 42)]);
    },
    'a value that replaces another lives as long as it is told' => static function (object $engine, Check $check): void {
        $engine->cacheSet('key', 1, 1);
        $check->same(true, $engine->cacheCompareAndSet('key', 1, 2));
        $check->same(0, $engine->cacheEntry('key')['ttl']);
        $check->same(true, $engine->cacheCompareAndSet('key', 2, 3, 1));
        $check->eventually(static fn() => !$engine->cacheHas('key'), 'still there after ten seconds');
        foreach ([-1, 4294967296] as $ttl) {
            $check->throws(ValueError::class, static fn() => $engine->cacheCompareAndSet('k', 1, 2, $ttl), 'cacheCompareAndSet', '$ttl');
        }
        foreach (['', str_repeat('k', 65536)] as $key) {
            $check->throws(ValueError::class, static fn() => $engine->cacheCompareAndSet($key, 1, 2), '$key');
            $check->throws(ValueError::class, static fn() => $engine->cacheCompareAndDelete($key, 1), '$key');
            $check->throws(ValueError::class, static fn() => $engine->cacheEntry($key), 'cacheEntry', '$key');
        }
        $engine->cacheSet('key', 1);
        $set = static fn() => $engine->cacheCompareAndSet('key', 1, static fn() => 1);
        $check->throws(TypeError::class, $set, 'cacheCompareAndSet', '$value', 'a closure');
        $check->same(1, $engine->cacheGet('key'));
    },
    'an entry is told without its value' => static function (object $engine, Check $check): void {
        $check->same(null, $engine->cacheEntry('key'));
        $values = ['null' => null, 'bool' => false, 'int' => 1, 'float' => 1.5, 'string' => 'text', 'array' => [1]];
        foreach ($values + ['object' => new ConformancePoint(1, 2.0)] as $type => $value) {
            $engine->cacheSet('key', $value);
            $entry = $engine->cacheEntry('key');
            $check->same([$type, ['type', 'bytes', 'ttl', 'age', 'hits']], [$entry['type'], array_keys($entry)]);
        }
        $engine->cacheSet('key', [ConformanceCase::One], 4294967295);
        $entry = $engine->cacheEntry('key');
        $check->same(['array', true], [$entry['type'], $entry['ttl'] > 4294967200 && $entry['ttl'] <= 4294967295]);
        $engine->cacheSet('key', str_repeat('x', 5000), 3600);
        $entry = $engine->cacheEntry('key');
        $check->same([true, true, true], [$entry['bytes'] > 5000, $entry['bytes'] < 5300, $entry['ttl'] > 3000]);
        $engine->cacheIncrement('old');
        $engine->cacheSet('gone', 1, 1);
        $check->eventually(static fn() => $engine->cacheEntry('gone') === null, 'still there after ten seconds');
        $engine->cacheIncrement('old');
        $check->that($engine->cacheEntry('old')['age'] >= 1 && $engine->cacheEntry('key')['age'] < 3600, 'the age is wrong');
        $before = $engine->cacheInfo();
        $engine->cacheEntry('old');
        $engine->cacheEntry('missing');
        $engine->cacheCompareAndSet('old', 'another', 1);
        $after = $engine->cacheInfo();
        $check->same([$before['hits'], $before['misses']], [$after['hits'], $after['misses']]);
        $engine->cacheTake('old');
        $engine->cacheTake('old');
        $after = $engine->cacheInfo();
        $check->same([1, 1, 1], [$after['hits'] - $before['hits'], $after['misses'] - $before['misses'],
            $after['deletes'] - $before['deletes']]);
    },
    'batches store maps, pairs and JSON' => static function (object $engine, Check $check): void {
        $check->same(3, $engine->cacheSetBatch(['a' => 1, 7 => [1], 'o' => new ConformancePoint(1, 2.0)]));
        $check->same(['a' => 1, 7 => [1]], $engine->cacheGetBatch(['a', '7']));
        $check->same(2, $engine->cacheSetBatch('[{"key": "p", "value": null}, {"value": "v", "key": 5}]'));
        $check->same(['p' => null, 5 => 'v'], $engine->cacheGetBatch(['p', '5'], 'miss'));
        $check->same(2, $engine->cacheSetBatch(' {"j": {"k": [1, 2.5]}, "ü": "\u00fc"} '));
        $check->same(['j' => ['k' => [1, 2.5]], 'ü' => 'ü'], $engine->cacheGetBatch(['j', 'ü']));
        $check->same(1, $engine->cacheSetBatch('[{"key": "q", "value": false}]'));
        $check->same(false, $engine->cacheGet('q'));
        $check->same(0, $engine->cacheSetBatch([]));
        $check->same(0, $engine->cacheSetBatch('{}'));
        $check->same(0, $engine->cacheSetBatch('[]'));
        $check->same(1, $engine->cacheSetBatch(['same' => 1]));
        $check->same(2, $engine->cacheSetBatch('[{"key": "same", "value": 2}, {"key": "same", "value": 3}]'));
        $check->same(3, $engine->cacheGet('same'));
    },
    'an array is a map whatever its values are' => static function (object $engine, Check $check): void {
        $pair = ['key' => 'chosen by data', 'value' => 1];
        $check->same(2, $engine->cacheSetBatch([$pair, 'text']));
        $check->same([0 => $pair, 1 => 'text', 'chosen by data' => null], $engine->cacheGetBatch(['0', '1', 'chosen by data']));
    },
    'an entry that cannot be read is a miss with a warning' => static function (object $engine, Check $check): void {
        conformance_collect_warnings(static function (array &$warnings) use ($engine, $check): void {
            $engine->cacheSet('refuses', new ConformanceRefuses());
            $check->same('default', $engine->cacheGet('refuses', 'default'));
            $check->same(true, str_contains(implode($warnings), 'The entry "refuses" cannot be read and counts as a miss: LogicException: not read'));
            $check->same('computed', $engine->cacheRemember('refuses', static fn() => 'computed'));
            $check->same('computed', $engine->cacheGet('refuses'));
            $check->same(2, count($warnings));
        });
    },
    'a JSON object is a map whatever its keys are' => static function (object $engine, Check $check): void {
        $check->same(2, $engine->cacheSetBatch('{"0": "zero", "1": "one"}'));
        $check->same([0 => 'zero', 1 => 'one'], $engine->cacheGetBatch(['0', '1']));
    },
    'batches live as long as they are told' => static function (object $engine, Check $check): void {
        $engine->cacheSetBatch(['a' => 1, 'b' => 2], 1);
        $check->eventually(static fn() => $engine->cacheSize() === 0, 'still there after ten seconds');
    },
    'a bad element of a batch is named and nothing is stored' => static function (object $engine, Check $check): void {
        $check->throws(TypeError::class, static fn() => $engine->cacheGetBatch(['a', 1.5]), '$keys', 'float', 'element 1');
        $check->throws(ValueError::class, static fn() => $engine->cacheGetBatch(['a', 'b', '']), '$keys', 'element 2');
        $check->throws(ValueError::class, static fn() => $engine->cacheSetBatch(['a' => 1, '' => 2]), '$items', 'element 1');
        $check->throws(ValueError::class, static fn() => $engine->cacheSetBatch('["a", "b"]'), '$items', 'element 0');
        $check->throws(TypeError::class, static fn() => $engine->cacheSetBatch(['a' => 1, 'b' => static fn() => 1]), '$items', 'a closure', 'element 1');
        $check->throws(
            ValueError::class,
            static fn() => $engine->cacheSetBatch('[{"key": "a", "value": 1}, {"key": "b"}]'),
            '$items',
            'element 1',
        );
        $check->throws(
            TypeError::class,
            static fn() => $engine->cacheSetBatch('[{"key": "a", "value": 1}, {"key": null, "value": 1}]'),
            '$items',
            'null',
            'element 1',
        );
        $check->throws(ValueError::class, static fn() => $engine->cacheSetBatch('{"a": 1'), '$items', 'JSON', 'syntax');
        $check->throws(ValueError::class, static fn() => $engine->cacheSetBatch(''), '$items', 'JSON');
        $check->throws(ValueError::class, static fn() => $engine->cacheSetBatch('"text"'), '$items', 'string');
        $check->throws(ValueError::class, static fn() => $engine->cacheSetBatch("\"\xff\""), '$items');
        $check->throws(ValueError::class, static fn() => $engine->cacheSetBatch(['a' => 1], -1), '$ttl');
        $check->same(0, $engine->cacheSize());
    },
    'keys and times out of range are ValueErrors' => static function (object $engine, Check $check): void {
        foreach (['', str_repeat('k', 65536)] as $key) {
            $length = (string) strlen($key);
            $check->throws(ValueError::class, static fn() => $engine->cacheSet($key, 1), '$key', "$length given");
            $check->throws(ValueError::class, static fn() => $engine->cacheGet($key), '$key', '65535', "$length given");
            $check->throws(ValueError::class, static fn() => $engine->cacheAdd($key, 1), '$key');
            $check->throws(ValueError::class, static fn() => $engine->cacheHas($key), '$key');
            $check->throws(ValueError::class, static fn() => $engine->cacheDelete($key), '$key');
            $check->throws(ValueError::class, static fn() => $engine->cacheTouch($key, 1), '$key');
            $check->throws(ValueError::class, static fn() => $engine->cacheIncrement($key), '$key');
            $check->throws(ValueError::class, static fn() => $engine->cacheDecrement($key), '$key');
        }
        foreach ([-1, 4294967296, PHP_INT_MIN, PHP_INT_MAX] as $ttl) {
            $check->throws(ValueError::class, static fn() => $engine->cacheSet('k', 1, $ttl), '$ttl', "$ttl given");
            $check->throws(ValueError::class, static fn() => $engine->cacheAdd('k', 1, $ttl), '$ttl');
            $check->throws(ValueError::class, static fn() => $engine->cacheTouch('k', $ttl), '$ttl');
            $check->throws(ValueError::class, static fn() => $engine->cacheIncrement('k', 1, $ttl), '$ttl');
            $check->throws(ValueError::class, static fn() => $engine->cacheDecrement('k', 1, $ttl), '$ttl');
        }
        $check->same(0, $engine->cacheSize());
    },
    'what cannot be stored is an error and leaves the entry alone' => static function (object $engine, Check $check): void {
        $engine->cacheSet('key', 'before');
        $closed = fopen('php://memory', 'r');
        fclose($closed);
        $recursive = [1];
        $recursive['self'] = &$recursive;
        foreach (['resource' => STDERR, 'Resource' => [1, [STDERR]], 'closure' => static fn() => 1, 'recursive' => $recursive] as $word => $value) {
            $check->throws(TypeError::class, static fn() => $engine->cacheSet('key', $value), '$value', $word);
            $check->throws(TypeError::class, static fn() => $engine->cacheAdd('other', $value), '$value', $word);
            $check->throws(TypeError::class, static fn() => $engine->cacheSetBatch(['key' => $value]), '$items', $word);
        }
        $check->throws(TypeError::class, static fn() => $engine->cacheSet('key', $closed), 'resource');
        $check->throws(Exception::class, static fn() => $engine->cacheSet('key', (object) ['f' => static fn() => 1]));
        $check->throws(LogicException::class, static fn() => $engine->cacheSet('key', new ConformanceSecret()), 'not to be stored');
        $check->same('before', $engine->cacheGet('key'));
        $check->same(1, $engine->cacheSize());
    },
    'information has the same members and counts' => static function (object $engine, Check $check): void {
        $before = $engine->cacheInfo();
        $names = ['enabled', 'path', 'shards', 'entries', 'bytes_total', 'bytes_capacity', 'bytes_used', 'bytes_held',
            'bytes_free', 'regions', 'regions_unused', 'hits', 'misses', 'sets', 'deletes', 'evictions', 'expirations', 'lock_recoveries',
            'sessions', 'session_evictions'];
        $given = array_keys($before);
        sort($names);
        sort($given);
        $check->same($names, $given);
        $check->same(true, $before['enabled']);
        $check->same(0, $before['entries']);
        $engine->cacheSet('a', str_repeat('x', 1000));
        $engine->cacheSet('b', 1);
        $engine->cacheGet('a');
        $engine->cacheGet('nothing');
        $engine->cacheDelete('b');
        $after = $engine->cacheInfo();
        $check->same(1, $after['entries']);
        $check->same(
            [1, 1, 2, 1],
            array_map(static fn(string $name): int => $after[$name] - $before[$name], ['hits', 'misses', 'sets', 'deletes']),
        );
        $check->that($after['bytes_used'] >= $before['bytes_used'] + 1000, 'a thousand bytes do not show in bytes_used');
    },
    'detailed information adds up' => static function (object $engine, Check $check): void {
        for ($i = 0; $i < 200; $i++) {
            $engine->cacheSet("key $i", str_repeat('x', $i * 100));
        }
        $info = $engine->cacheInfo(true);
        $check->same(array_keys($engine->cacheInfo()), array_slice(array_keys($info), 0, -2));
        $check->same(['shard_list', 'size_classes'], array_slice(array_keys($info), -2));
        $check->same($info['shards'], count($info['shard_list']));
        $check->same(true, array_is_list($info['shard_list']) && array_is_list($info['size_classes']));
        $check->same(
            ['entries', 'bytes_capacity', 'bytes_used', 'bytes_held', 'bytes_small', 'bytes_main', 'buckets', 'regions'],
            array_keys($info['shard_list'][0]),
        );
        $check->same(
            ['least', 'most', 'entries', 'bytes_used', 'free_blocks', 'bytes_free'],
            array_keys($info['size_classes'][0]),
        );
        foreach (['shard_list', 'size_classes'] as $list) {
            foreach (['entries', 'bytes_used'] as $figure) {
                $check->same($info[$figure], array_sum(array_column($info[$list], $figure)), "$figure in $list");
            }
        }
        foreach ($info['size_classes'] as $class) {
            $check->same(2 * $class['least'] - 1, $class['most']);
            $fits = $class['bytes_used'] >= $class['entries'] * $class['least']
                && $class['bytes_used'] <= $class['entries'] * $class['most'];
            $check->that($fits, "entries outside of {$class['least']} to {$class['most']} bytes");
            $check->that($class['entries'] + $class['free_blocks'] > 0, 'an empty class is listed');
        }
    },
];
