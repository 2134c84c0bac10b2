<?php

/** The shared cache beside APCu. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Crowd;
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
], array_flip($only ?: ['native', 'method', 'ffi', 'APCu']));

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
$inPlace = static fn(array $doors): array => $doors + ['in place' => $doors['native']];
$zeroCopy = ['in place' => ['lyger.cache_zero_copy=1']];

return [
    $scenario('get', 'Get, 100 bytes', '10,000 keys, in the order in which they were stored.', $reading($text, true)),
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
        sizes: [1, 2, 4],
        unit: 'processes',
        prepare: static fn(): array => $keys('mix'),
        doors: [
            'native' => static function (Context $c, int $size, array $keys) use ($text): Closure {
                array_map(static fn(string $key) => lyger_cache_set($key, $text), $keys);
                return (new Crowd($size, static function (int $n, int $at) use ($keys, $text): void {
                    for ($i = 0; $i < $n; $i++) {
                        $key = $keys[($at + $i) % 10_000];
                        $i % 10 ? lyger_cache_get($key) : lyger_cache_set($key, $text);
                    }
                }))->run(...);
            },
            'APCu' => static function (Context $c, int $size, array $keys) use ($text, $apcu): Closure {
                $apcu($c);
                array_map(static fn(string $key) => apcu_store($key, $text), $keys);
                return (new Crowd($size, static function (int $n, int $at) use ($keys, $text): void {
                    for ($i = 0; $i < $n; $i++) {
                        $key = $keys[($at + $i) % 10_000];
                        $i % 10 ? apcu_fetch($key) : apcu_store($key, $text);
                    }
                }))->run(...);
            },
        ],
        empty: static fn(Context $c, int $size, array $keys): Closure => (new Crowd($size, static function (int $n, int $at) use ($keys): void {
            for ($i = 0; $i < $n; $i++) {
                $key = $keys[($at + $i) % 10_000];
            }
        }))->run(...),
        against: 'APCu',
    ),
];
