<?php

/** The shared cache beside APCu. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Crowd;
use Lyger\Benchmarks\Loop;
use Lyger\Benchmarks\Scenario;

$keys = static function (string $prefix): array {
    if ($prefix === 'fields') { // one entry, over and over: its size is what is measured, not the number of entries
        return array_fill(0, 10_000, 'fields');
    }
    $keys = array_map(static fn(int $i): string => "$prefix:$i", range(0, 9999));
    mt_srand(1);
    $prefix === 'random' && shuffle($keys);
    return $keys;
};
$text = str_repeat('0123456789', 10);
$fields = [];
for ($i = 0; $i < 50; $i++) {
    $fields["field$i"] = match ($i % 3) {
        0 => $i,
        1 => "value number $i",
        2 => $i * 1.5,
    };
}

/** Every loop walks the keys; the empty loop does the same. */
$walk = static fn(Context $c, int $size, array $keys): Closure => static function (int $n) use ($keys): void {
    for ($i = 0; $i < $n; $i++) {
        $key = $keys[$i % 10_000];
    }
};
$apcu = static function (Context $c): void {
    $c->needsExtension('apcu', 'php-apcu');
    apcu_enabled() || $c->skip('APCu is switched off (apc.enable_cli)');
};
$fill = static fn(string $set): Closure => static function (array $keys, mixed $value) use ($set): void {
    foreach ($keys as $key) {
        $set($key, $value);
    }
};

/** The doors that read the keys, after storing $value under each of them or not. */
$reading = static fn(mixed $value, bool $store, array $only = []): array => array_intersect_key([
    'native' => static function (Context $c, int $size, array $keys) use ($fill, $value, $store): Closure {
        $store && $fill('lyger_cache_set')($keys, $value);
        return static function (int $n) use ($keys): mixed {
            for ($i = 0; $i < $n; $i++) {
                $found = lyger_cache_get($keys[$i % 10_000]);
            }
            return $found;
        };
    },
    'method' => static function (Context $c, int $size, array $keys) use ($fill, $value, $store): Closure {
        $store && $fill('lyger_cache_set')($keys, $value);
        $engine = Lyger\Engine::getInstance();
        return static function (int $n) use ($keys, $engine): mixed {
            for ($i = 0; $i < $n; $i++) {
                $found = $engine->cacheGet($keys[$i % 10_000]);
            }
            return $found;
        };
    },
    'ffi' => static function (Context $c, int $size, array $keys) use ($value): Closure {
        $ffi = $c->ffi();
        foreach ($keys as $key) {
            $ffi->lyger_cache_set($key, $value);
        }
        return static function (int $n) use ($keys, $ffi): string {
            for ($i = 0; $i < $n; $i++) {
                $pointer = $ffi->lyger_cache_get($keys[$i % 10_000]);
                $found = FFI::string($pointer);
                $ffi->lyger_free_string($pointer);
            }
            return $found;
        };
    },
    'APCu' => static function (Context $c, int $size, array $keys) use ($apcu, $fill, $value, $store): Closure {
        $apcu($c);
        $store && $fill('apcu_store')($keys, $value);
        return static function (int $n) use ($keys): mixed {
            for ($i = 0; $i < $n; $i++) {
                $found = apcu_fetch($keys[$i % 10_000]);
            }
            return $found;
        };
    },
    'substr()' => static function (Context $c, int $size, array $keys) use ($value): Closure {
        $longer = $value . '!';
        $length = strlen($value);
        return static function (int $n) use ($keys, $longer, $length): mixed {
            for ($i = 0; $i < $n; $i++) {
                $key = $keys[$i % 10_000];
                $found = substr($longer, 0, $length);
            }
            return $found;
        };
    },
], array_flip($only ?: ['native', 'method', 'ffi', 'APCu', 'substr()']));

$writing = static fn(mixed $value): array => [
    'native' => static fn(Context $c, int $size, array $keys): Closure => static function (int $n) use ($keys, $value): void {
        for ($i = 0; $i < $n; $i++) {
            lyger_cache_set($keys[$i % 10_000], $value);
        }
    },
    'APCu' => static function (Context $c, int $size, array $keys) use ($apcu, $value): Closure {
        $apcu($c);
        return static function (int $n) use ($keys, $value): void {
            for ($i = 0; $i < $n; $i++) {
                apcu_store($keys[$i % 10_000], $value);
            }
        };
    },
];
$ffiSet = static function (Context $c, int $size, array $keys) use ($text): Closure {
    $ffi = $c->ffi();
    return static function (int $n) use ($keys, $ffi, $text): void {
        for ($i = 0; $i < $n; $i++) {
            $ffi->lyger_cache_set($keys[$i % 10_000], $text);
        }
    };
};

$scenario = static fn(string $name, string $title, string $about, array $doors, string $prefix = 'user', array $settings = []): Scenario
    => new Scenario(
        name: "cache-$name",
        title: $title,
        group: 'cache',
        about: $about,
        prepare: static fn(): array => $keys($prefix),
        empty: $walk,
        doors: $doors,
        against: 'APCu',
        settings: $settings,
    );
/** Nine gets and a set by so many processes at once. */
$crowd = static function (string $get, string $set, ?Closure $needs = null, string $setup = '$yac = null;') use ($text): Closure {
    $setup .= <<<PHP

        \$text = '$text';
        foreach (\$data as \$key) { $set; }
        \$crowd = new Lyger\Benchmarks\Crowd(\$size, static function (int \$n, int \$at) use (\$data, \$text, \$yac): void {
            for (\$i = 0; \$i < \$n; \$i++) {
                \$key = \$data[(\$at + \$i) % 10_000];
                \$i % 10 ? $get : $set;
            }
        });
        PHP;
    $run = Loop::once('$crowd->run($n);', $setup);
    return static function (Context $c, int $size, array $keys) use ($needs, $run): Closure {
        $needs && $needs($c);
        return $run($c, $size, $keys);
    };
};
$yac = (string) getenv('LYGER_BENCH_YAC'); // its package cannot be installed beside APCu's: see scripts/report
$inPlace = static fn(array $doors): array => $doors + ['in place' => $doors['native']];
$zeroCopy = ['in place' => ['lyger.cache_zero_copy=1']];

return [
    $scenario('get', 'Get, 100 bytes', '10,000 keys, in the order in which they were stored. substr() has no cache behind it: a call and a new string are what a get takes at least.', $reading($text, true)),
    $scenario('get-random', 'Get, 100 bytes, in a random order', 'The same: now every get also waits for memory.', $reading($text, true), 'random'),
    new Scenario(
        name: 'cache-miss',
        title: 'A miss',
        group: 'cache',
        about: 'Keys that were never stored.',
        prepare: static fn(): array => $keys('missing'),
        empty: $walk,
        doors: $reading(null, false, ['native', 'method', 'APCu']),
        uncompared: ['APCu'], // its miss is false
        against: 'APCu',
    ),
    $scenario('set', 'Set, 100 bytes', '10,000 keys, all of which exist already.', ['ffi' => $ffiSet] + $writing($text)),
    $scenario('get-array', 'Get an array of 50 fields', 'Copied into the request, or used where it lies (lyger.cache_zero_copy).', $inPlace(
        $reading($fields, true, ['native', 'APCu'])
    ), 'fields', $zeroCopy),
    $scenario('set-array', 'Set an array of 50 fields', 'Numbers, strings and floats.', $inPlace($writing($fields)), 'fields', $zeroCopy),
    new Scenario(
        name: 'cache-mix',
        title: '90 % gets, 10 % sets, in several processes at once',
        group: 'cache',
        about: 'Nanoseconds from one operation of a process to its next: a flat line is a cache that scales, up to the number of cores.',
        sizes: [1, 2, 3, 4, 6, 8],
        unit: 'processes',
        prepare: static fn(): array => $keys('mix'),
        doors: [
            'native' => $crowd('lyger_cache_get($key)', 'lyger_cache_set($key, $text)'),
            'APCu' => $crowd('apcu_fetch($key)', 'apcu_store($key, $text)', $apcu),
            'Yac' => $crowd('$yac->get($key)', '$yac->set($key, $text)', static fn(Context $c) => $c->needsExtension('yac', 'php-yac'), '$yac = new Yac();'),
        ],
        settings: $yac === '' ? [] : ['Yac' => ["extension=$yac", 'yac.enable_cli=1']],
        empty: static fn(Context $c, int $size, array $keys): Closure => (new Crowd($size, static function (int $n, int $at) use ($keys): void {
            for ($i = 0; $i < $n; $i++) {
                $key = $keys[($at + $i) % 10_000];
            }
        }))->run(...),
        against: 'APCu',
    ),
];
