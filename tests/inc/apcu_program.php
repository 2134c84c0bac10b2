<?php
/*
 * A random program of calls of APCu's functions, the same for the same number: what every call returned, warned and threw, in words. It
 * is run over ext/apcu and over lyger.apcu_api, and what it prints is compared.
 *   php … apcu_program.php NUMBER CALLS           a line for every 1,000 calls: how many there were, and a hash of their outcomes
 *   php … apcu_program.php NUMBER CALLS SKIPPED   after so many calls, also a line for every call; IN_FULL=1 shortens none
 * What docs/apcu.md lists as different is told in words that are the same, or not asked for: each such place says so with "differs:".
 */

declare(strict_types=0);

error_reporting(E_ALL);
ini_set('serialize_precision', '-1');

final class Plain
{
    public $x = 1;
    protected $y = [2];
    private $z = 'three';
}

final class Packed
{
    public function __construct(public mixed $inner = null) {}

    public function __serialize(): array
    {
        return ['inner' => $this->inner];
    }

    public function __unserialize(array $data): void
    {
        $this->inner = $data['inner'];
    }
}

final class Sleeper
{
    public $kept = 'kept';
    public $lost = 'lost';

    public function __sleep(): array
    {
        return ['kept'];
    }

    public function __wakeup(): void
    {
        $this->lost = 'woken';
    }
}

final class Refuses
{
    public function __serialize(): array
    {
        throw new LogicException('not to be stored');
    }
}

final class Breaks
{
    public function __unserialize(array $data): void
    {
        throw new DomainException('not to be read');
    }
}

final class Meddles
{
    public function __serialize(): array
    {
        apcu_store('meddled', 1);
        return [apcu_fetch('meddled')];
    }

    public function __unserialize(array $data): void
    {
        apcu_inc('meddled');
    }
}

final class Name
{
    public function __construct(private string $name) {}

    public function __toString(): string
    {
        return $this->name;
    }
}

final class Typed
{
    public int $number = 0;
    public ?string $text = '';
}

enum Suit: string
{
    case Hearts = 'h';
    case Spades = 's';
}

final class Program
{
    private array $warnings = [];
    private array $keys = ['a', 'b', 'count', 'n', 'x1', 'x2', 'X3', 'list', '7', '07', '-3', '0', '', ' ', "nul\0l", "\0", 'schön', 'a.b.c', 'user:1', 'user:2'];
    /** Between which seconds of the cache's clock a key's entry was made and changed last. */
    private array $made = [], $changed = [];
    /** Keys whose entry was stored with a time to live that was over: differs: APCu keeps such an entry for a while, hidden from some functions only. */
    private array $over = [];
    /** differs: lyger does not count as stored what lives no moment. */
    private bool $countsStores = true;
    /** differs: after an exception, of a key's __toString() too, APCu goes on fetching what apcu_fetch() does not return any more. */
    private bool $countsHits = true;
    private $handle;
    private bool $wallClock;

    public function __construct()
    {
        $this->keys[] = str_repeat('long', 75);
        $this->keys[] = str_repeat('very long', 7000);
        $this->handle = fopen('php://memory', 'r');
        set_error_handler(function (int $level, string $message): bool {
            $this->warnings[] = "$level $message";
            return true;
        });
        apcu_clear_cache();
        apcu_store('clock', 1);
        // differs: up to 5.1.22 APCu's times are seconds since the machine was started, later, and lyger's, those of the wall clock.
        $this->wallClock = abs(apcu_key_info('clock')['creation_time'] - time()) < 100;
        apcu_clear_cache();
    }

    private function now(): int
    {
        return $this->wallClock ? time() : intdiv(hrtime(true), 1_000_000_000);
    }

    // ---- chance ----

    private static function chance(int $one_in): bool
    {
        return mt_rand(1, $one_in) === 1;
    }

    private static function one(array $of): mixed
    {
        return $of[mt_rand(0, count($of) - 1)];
    }

    private function key(): string
    {
        return self::one($this->keys);
    }

    /** Anything in a key's place. */
    private function anyKey(): mixed
    {
        return self::chance(12)
            ? self::one([7, -3, 0, 1.5, 1e100, true, false, null, new Name('a'), new Name(''), new Plain(), fn() => 1, $this->handle, Suit::Hearts])
            : $this->key();
    }

    private function keyList(): array
    {
        $list = [];
        for ($i = mt_rand(0, 6); $i > 0; $i--) {
            $list[] = self::chance(10) ? self::one([7, 1.5, null, true, ['a'], new Name('a')]) : $this->key();
        }
        return self::chance(4) ? array_combine(array_map(static fn($i) => "k$i", array_keys($list)), $list) : $list;
    }

    private function value(int $depth = 0): mixed
    {
        switch (mt_rand(0, 19)) {
            case 0:
            case 1:
            case 2:
                return self::one([0, 1, -1, 5, mt_rand(), PHP_INT_MAX, PHP_INT_MIN, PHP_INT_MAX - 1]);
            case 3:
                return self::one([0.0, -0.0, 1.5, NAN, INF, -INF, 1e308, 0.1 + 0.2, 5e-324, 1e15]);
            case 4:
                return self::one([null, true, false]);
            case 5:
            case 6:
                return self::one(['', 'x', '12', '1.5', "\0", 'text', str_repeat('m', 16), str_repeat('é', 115), str_repeat('s', 231), str_repeat('t', 232)]);
            case 7:
                return random_bytes_of(mt_rand(0, self::chance(20) ? 60000 : 3000));
            case 8:
            case 9:
            case 10:
            case 11:
            case 12:
                return $this->arrayValue($depth);
            case 13:
                return $this->knottedArray();
            case 14:
            case 15:
                return $this->objectValue($depth);
            case 16:
                return self::chance(3) ? $this->handle : 3;
            default:
                return 'value ' . mt_rand(0, 99);
        }
    }

    private function arrayValue(int $depth): array
    {
        $array = [];
        for ($i = mt_rand(0, $depth > 3 ? 1 : 5); $i > 0; $i--) {
            $value = $this->value($depth + 1);
            match (mt_rand(0, 4)) {
                0, 1 => $array[] = $value,
                2 => $array[self::one(['name', 'other', '', "n\0", '12', '-0', 'é'])] = $value,
                3 => $array[self::one([3, -5, 0, 1000, 17])] = $value,
                4 => $array['k' . mt_rand(0, 9)] = $value,
            };
        }
        if (self::chance(6) && $array) {
            unset($array[array_key_last($array)]);
        }
        if (self::chance(3)) {
            next($array);
        }
        return $array;
    }

    /** Arrays whose elements are references: shared, alone, to the array itself. */
    private function knottedArray(): array
    {
        $shared = $this->value(4);
        $array = ['before' => 1];
        switch (mt_rand(0, 4)) {
            case 0:
                return ['one' => &$shared, 'two' => &$shared, 'deep' => [&$shared]];
            case 1:
                $array[] = &$shared;
                unset($shared);
                return $array;
            case 2:
                $array['self'] = &$array;
                return $array;
            case 3:
                $object = new Plain();
                return [$object, $object, 'in' => [$object]];
            default:
                $array['list'] = [1, 2, 3];
                foreach ($array['list'] as &$element) {
                    $element++;
                }
                return $array;
        }
    }

    private function objectValue(int $depth): object
    {
        return match (mt_rand(0, 15)) {
            0 => new Plain(),
            1 => (object) ['a' => 1, '7' => 2],
            2 => new Packed($depth > 3 ? 1 : $this->value($depth + 1)),
            3 => new Sleeper(),
            4 => new Refuses(),
            5 => new Breaks(),
            6 => new Meddles(),
            7 => fn() => 1,
            8 => new class () {},
            9 => self::one(Suit::cases()),
            10 => new ArrayObject([1, 'two' => 2]),
            11 => new DateTimeImmutable('2020-02-29 12:00:00 Europe/Berlin'),
            12 => unserialize('O:7:"Missing":1:{s:1:"x";i:5;}'),
            13 => new SplObjectStorage(),
            14 => new ArrayIterator(['x' => [1]]),
            default => new Name('stored'),
        };
    }

    private function ttl(): int
    {
        $ttl = self::chance(4) ? self::one([1000, 1000, 5000, 86400, 2147483647, -1, -5, -2147483648]) : 0;
        $this->countsStores = $this->countsStores && $ttl >= 0;
        return $ttl;
    }

    // ---- words ----

    private static function words(mixed $value): string
    {
        if (is_array($value)) {
            try {
                $text = serialize($value);
            } catch (Throwable) {
                return 'an array with ' . count($value);
            }
            $copy = $value;
            try {
                $copy[] = 1;
                $next = array_key_last($copy);
            } catch (Throwable $thrown) {
                $next = $thrown->getMessage();
            }
            $next .= ' at ' . json_encode(key($value));
            $keys = implode(',', array_map(static fn($key) => gettype($key)[0], array_keys($value)));
            return strlen($text) > 300 && !getenv('IN_FULL') ? 'array ' . md5($text) . " $keys next $next" : "array $text $keys next $next";
        }
        if (is_object($value)) {
            return 'object ' . ($value instanceof Closure ? 'closure' : ($value instanceof Throwable ? $value::class . ": {$value->getMessage()}" : self::serialized($value)));
        }
        if (is_string($value) && strlen($value) > 100) {
            return 'string ' . strlen($value) . ' ' . md5($value);
        }
        return is_resource($value) ? 'resource' : get_debug_type($value) . ' ' . (is_float($value) ? serialize($value) : addcslashes((string) json_encode($value, JSON_PARTIAL_OUTPUT_ON_ERROR), "\0..\37"));
    }

    private static function serialized(object $value): string
    {
        try {
            return serialize($value);
        } catch (Throwable) {
            return str_contains($value::class, '@anonymous') ? 'anonymous' : $value::class;
        }
    }

    private function when(array $windows, string $key, int $time): string
    {
        if (!isset($windows[$key])) {
            return 'unknown'; // of what only Meddles stores
        }
        [$from, $to] = $windows[$key];
        // A second less: the kernel's clock of seconds may lag by a tick behind the one that PHP asks.
        return $time >= $from - 1 && $time <= $to ? 'right' : "wrong by " . ($time - $from);
    }

    /** An entry's details: times are looked at, and what differs becomes a word. */
    private function details(string $key, array $details): array
    {
        foreach ($details as $name => $value) {
            $details[$name] = match ($name) {
                'creation_time' => $this->when($this->made, $key, $value),
                'mtime' => $this->when($this->changed, $key, $value),
                'access_time', 'hits', 'num_hits', 'mem_size' => gettype($value) . ($value >= 0 ? '' : ' below 0'), // differs
                'value' => $key === 'meddled' ? 'unknown' : self::words($value), // differs: the order, in which Meddles counts
                default => $value,
            };
        }
        return $details;
    }

    // ---- the model: only what the checks of times and of what is over need ----

    private function stored(string $key, int $from, int $ttl): void
    {
        $this->made[$key] = $this->changed[$key] = [$from, $this->now()];
        unset($this->over[$key]);
        if ($ttl < 0) {
            $this->over[$key] = true;
        }
    }

    private function changed(string $key, int $from): void
    {
        $this->changed[$key] = [$from, $this->now()];
    }

    /** After a call of which it is not known what it stored when: stores it anew. */
    private function settle(int $from, string ...$keys): void
    {
        foreach ($keys as $key) {
            try {
                $this->warnings[] = self::words(apcu_fetch($key)); // compared, though it is no warning
            } catch (Throwable $thrown) {
                $this->warnings[] = $thrown::class;
                $this->countsHits = false;
            }
            apcu_store($key, 'settled');
            $this->stored($key, $from, 0);
        }
    }

    /** A key whose entry is not one of those that APCu hides. */
    private function keyNotOver(): string
    {
        do {
            $key = $this->key();
        } while (isset($this->over[$key]));
        return $key;
    }

    // ---- calls ----

    private function storeOrAdd(string $function): string
    {
        $from = $this->now();
        $ttl = $this->ttl();
        if (self::chance(6)) {
            $pairs = [];
            for ($i = mt_rand(0, 5); $i > 0; $i--) {
                $pairs[$this->key()] = $this->value();
            }
            try {
                $failed = $function($pairs, null, $ttl);
            } catch (Throwable $thrown) {
                $this->settle($from, ...array_map('strval', array_keys($pairs)));
                throw $thrown;
            }
            foreach (is_array($failed) ? array_diff_key($pairs, $failed) : [] as $key => $_) {
                $this->stored((string) $key, $from, $ttl);
            }
            return self::words($failed);
        }
        $key = $this->anyKey();
        if (self::chance(50)) {
            return self::words($function($key));
        }
        $done = $function($key, $this->value(), $ttl);
        if ($done === true) {
            $this->stored($key, $from, $ttl);
        }
        return self::words($done);
    }

    private function fetch(): string
    {
        switch (mt_rand(0, 9)) {
            case 0:
                $got = apcu_fetch($this->keyList(), $success);
                break;
            case 1:
                $typed = new Typed();
                $got = apcu_fetch($this->key(), $typed->number);
                $success = $typed->number;
                break;
            case 2:
                $success = ['was' => 'something'];
                $got = apcu_fetch($this->anyKey(), $success['is']);
                break;
            case 3:
                return self::words(apcu_fetch($this->anyKey()));
            default:
                $got = apcu_fetch($this->key(), $success);
        }
        return self::words($got) . ' success ' . self::words($success);
    }

    private function count(): string
    {
        $from = $this->now();
        $key = self::chance(3) ? $this->key() : self::one(['count', 'n']);
        $step = self::one([1, 1, 2, -1, 0, PHP_INT_MAX, PHP_INT_MIN, 1000]);
        $ttl = $this->ttl();
        $function = self::one(['apcu_inc', 'apcu_dec']);
        $there = apcu_exists($key);
        $got = match (mt_rand(0, 3)) {
            0 => $function($key),
            1 => $function($key, $step),
            2 => $function($key, $step, $success),
            3 => $function($key, $step, $success, $ttl),
        };
        $given = func_num_args() < 0 ? 0 : $ttl;
        if (!$there && $got !== false) {
            $this->stored($key, $from, 0);
        } elseif (!$there) {
            $this->stored($key, $from, -1);
        } elseif ($got !== false) {
            $this->changed($key, $from);
        }
        return self::words($got) . ' success ' . self::words($success ?? null) . " of $step " . ($given ? 'ttl' : '');
    }

    private function compareAndSwap(): string
    {
        $from = $this->now();
        $key = self::chance(3) ? $this->key() : self::one(['count', 'n']);
        $old = self::chance(2) ? apcu_fetch($key) : 5;
        $new = self::one([0, 5, -7, PHP_INT_MAX]);
        $is_int = is_int(apcu_fetch($key));
        $done = apcu_cas($key, is_int($old) ? $old : 1, $new);
        if ($is_int) {
            $this->changed($key, $from);
        }
        return self::words($done);
    }

    private function entry(): string
    {
        $key = $this->key();
        $other = $this->key();
        $value = $this->value();
        $ttl = $this->ttl();
        $from = $this->now();
        $calls = [];
        $make = function (int $kind) use (&$calls, $key, $other, $value, $ttl, $from, &$make): callable {
            return function (...$arguments) use (&$calls, $kind, $key, $other, $value, $ttl, $from, $make): mixed {
                $calls[] = "$kind " . self::words($arguments);
                switch ($kind) {
                    case 0:
                        return apcu_entry($other, $make(4), $ttl);
                    case 1:
                        return apcu_entry($key, $make(4)) . '';
                    case 2:
                        throw new UnexpectedValueException("no $kind");
                    case 3:
                        if (apcu_store($key, 'stored inside', 0)) {
                            $this->stored($key, $from, 0);
                        }
                        return 'not stored';
                    case 5:
                        return [apcu_exists($key), apcu_exists($other), apcu_inc('inside')];
                    default:
                        return $value;
                }
            };
        };
        try {
            $got = apcu_entry($key, $make(mt_rand(0, 7)), $ttl);
        } finally {
            $this->settle($from, $key, $other, 'inside');
        }
        return self::words($got) . ' calls ' . implode('; ', $calls);
    }

    private function iterator(): APCUIterator
    {
        return new APCUIterator(
            self::one([null, null, '/^a/', '/\d/', '~x~i', '/./s', '', '/(/' === '' ? 1 : '/user:(1|2)/', ['a', 'b', 'missing', '7'], [], [7, 'a'], ["nul\0l", ''], 5]),
            self::one([APC_ITER_ALL, APC_ITER_ALL, APC_ITER_KEY, APC_ITER_NONE, APC_ITER_VALUE, APC_ITER_KEY | APC_ITER_TTL, APC_ITER_MTIME | APC_ITER_CTIME | APC_ITER_REFCOUNT, 1 << 20]),
            self::one([0, 0, 1, 2, 7, 100, 1000]),
            self::one([APC_LIST_ACTIVE, APC_LIST_ACTIVE, APC_LIST_ACTIVE, APC_LIST_DELETED]),
        );
    }

    private function iterate(): string
    {
        $iterator = $this->iterator();
        $items = [];
        switch (mt_rand(0, 5)) {
            case 0:
                $total = $iterator->getTotalCount();
                return "total $total " . gettype($iterator->getTotalSize()) . gettype($iterator->getTotalHits());
            case 1:
                $list = apcu_delete(new APCUIterator(self::one(['/^user/', '/^x/i', ['a', 'n']]), APC_ITER_KEY, self::one([0, 1, 3])));
                return self::words($list);
            case 2:
                // differs: the order. How far next() goes is all that is the same.
                $iterator->rewind();
                for ($count = 0; $iterator->valid() && $count < 200; $count++) {
                    $iterator->next();
                }
                return "count $count " . self::words($iterator->valid());
            case 3:
                foreach (new APCUIterator('/^(x|list)/', APC_ITER_VALUE) as $key => $item) {
                    $items[$key] = apcu_delete($key);
                }
                break;
            default:
                foreach ($iterator as $key => $item) {
                    $items["=$key"] = $this->details((string) $key, $item);
                }
        }
        ksort($items, SORT_STRING);
        return self::words($items);
    }

    private function inspect(): string
    {
        if (mt_rand(0, 3)) {
            $key = $this->keyNotOver();
            $info = apcu_key_info($key);
            return self::words($info === null ? null : $this->details($key, $info));
        }
        $info = apcu_cache_info(true);
        $list = apcu_cache_info()['cache_list'];
        $entries = [];
        foreach ($list as $item) {
            $entries["=$item[info]"] = $this->details($item['info'], $item);
        }
        foreach (array_keys($this->over) as $key) { // differs: what is over is gone
            unset($entries["=$key"]);
        }
        ksort($entries, SORT_STRING);
        $figures = [...$this->countsHits ? [$info['num_hits'], $info['num_misses']] : [], $this->countsStores ? $info['num_inserts'] : 0, $info['expunges'], $info['ttl'], $info['memory_type']];
        if (!$this->over) {
            $figures[] = $info['num_entries'];
        }
        $memory = apcu_sma_info(self::chance(2));
        return self::words($figures) . self::words($entries) . implode(' ', array_map('get_debug_type', $info)) . implode(' ', array_keys($info)) . implode(' ', array_map('get_debug_type', $memory)) . implode(' ', array_keys($memory));
    }

    private function exists(): string
    {
        $keys = array_unique(array_filter($this->keyList(), 'is_string')); // differs: APCu lists a key twice that it is given twice
        return self::words(self::chance(4) ? apcu_exists(self::chance(3) ? [...$keys, 7, null] : $keys) : apcu_exists($this->anyKey()));
    }

    private function delete(): string
    {
        if (self::chance(5)) {
            $keys = array_filter($this->keyList(), fn($key) => !is_string($key) || !isset($this->over[$key]));
            return self::words(apcu_delete($keys));
        }
        return self::words(apcu_delete(self::chance(15) ? self::one([7, null, 1.5, true, $this->handle]) : $this->keyNotOver()));
    }

    /** Arguments that no function takes, and values in places of others. */
    private function misuse(): string
    {
        return self::words(match (mt_rand(0, 13)) {
            0 => apcu_fetch(),
            1 => apcu_store(),
            2 => apcu_inc([]),
            3 => apcu_inc('n', 'one'),
            4 => apcu_cas('n', 1),
            5 => apcu_cas('n', '5', 1.0),
            6 => apcu_entry('a', 'no function'),
            7 => isset($this->over['']) ? 0 : gettype(apcu_key_info(null)),
            8 => apcu_clear_cache(1),
            9 => apcu_store('a', 1, 'soon'),
            10 => new APCUIterator(null, 'all'),
            11 => clone new APCUIterator(),
            12 => (new APCUIterator(['nothing']))->current(),
            13 => (new APCUIterator(null, APC_ITER_ALL, 0, 5))->valid(),
        });
    }

    private function clear(): string
    {
        $this->over = [];
        $this->countsStores = $this->countsHits = true;
        return self::words(apcu_clear_cache());
    }

    public function call(): string
    {
        $kind = mt_rand(0, 999);
        $this->warnings = [];
        try {
            $said = match (true) {
                $kind < 300 => 'fetch ' . $this->fetch(),
                $kind < 500 => 'store ' . $this->storeOrAdd('apcu_store'),
                $kind < 580 => 'add ' . $this->storeOrAdd('apcu_add'),
                $kind < 660 => 'delete ' . $this->delete(),
                $kind < 720 => 'exists ' . $this->exists(),
                $kind < 820 => 'count ' . $this->count(),
                $kind < 870 => 'cas ' . $this->compareAndSwap(),
                $kind < 920 => 'entry ' . $this->entry(),
                $kind < 945 => 'inspect ' . $this->inspect(),
                $kind < 975 => 'iterate ' . $this->iterate(),
                $kind < 995 => 'misuse ' . $this->misuse(),
                default => 'clear ' . $this->clear(),
            };
        } catch (Throwable $thrown) {
            $this->countsHits = false;
            $said = $thrown::class . ': ' . preg_replace('/@anonymous.*/s', '@anonymous', $thrown->getMessage()) . ($thrown->getPrevious() ? ' after another' : '');
        }
        return $said . ($this->warnings ? ' warned ' . implode(' | ', $this->warnings) : '');
    }
}

function random_bytes_of(int $length): string
{
    return substr(str_repeat(pack('VVV', mt_rand(), mt_rand(), mt_rand()), intdiv($length, 12) + 1), 0, $length);
}

[, $number, $calls] = $argv;
mt_srand((int) $number);
$program = new Program();
$hash = hash_init('xxh128');
for ($call = 1; $call <= (int) $calls; $call++) {
    $said = $program->call();
    hash_update($hash, "$said\n");
    if ($call > (int) ($argv[3] ?? PHP_INT_MAX)) {
        echo "$call $said\n";
    }
    if ($call % 1000 === 0) {
        echo "after $call ", hash_final(hash_copy($hash)), "\n";
    }
}
echo 'end ', hash_final($hash), "\n";
