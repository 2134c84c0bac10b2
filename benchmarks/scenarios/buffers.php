<?php

/** Crossings with bytes that C reads where PHP has them. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

require_once __DIR__ . '/../lib/plain.php';

$call = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi): void {
        for ($i = 0; $i < $n; $i++) {
            $ffi->lyger_probe_nothing();
        }
    };
};

$textIn = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_text_in($data, strlen($data));
        }
        return $result;
    };
};

$digits = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_digits($data, strlen($data));
        }
        return $result;
    };
};

$threads = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_threads($data, strlen($data), 8);
        }
        return $result;
    };
};

$batch = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $bytes = implode('', $data);
            $result = $ffi->lyger_probe_digits($bytes, strlen($bytes));
        }
        return $result;
    };
};

return [
    new Scenario(
        name: 'bytes-borrowed',
        title: 'Bytes, borrowed',
        group: 'crossings',
        about: 'The digits of a buffer are counted where PHP has it; nothing is copied.',
        sizes: [1, 10, 100, 1_000, 10_000, 100_000],
        unit: 'bytes',
        prepare: static fn(Context $c, int $size): string => plain_bytes($size),
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = plain_digits($data);
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $digits($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $digits($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_digits($data);
                }
                return $result;
            },
            'method' => static function (Context $c, int $size, mixed $data): Closure {
                $probe = new Lyger\Probe();
                return static function (int $n) use ($probe, $data): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = $probe->digits($data);
                    }
                    return $result;
                };
            },
            'count_chars()' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = array_sum(array_slice(count_chars($data), 48, 10));
                }
                return $result;
            },
        ],
        parts: [
            'ffi' => [
                'call' => static fn(Context $c, int $size, mixed $data): Closure => $call($c->ffi(), $size, $data),
                'in' => static fn(Context $c, int $size, mixed $data): Closure => $textIn($c->ffi(), $size, $data),
                'work' => static fn(Context $c, int $size, mixed $data): Closure => $digits($c->ffi(), $size, $data),
            ],
            'native' => [
                'call' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n): void {
                    for ($i = 0; $i < $n; $i++) {
                        lyger_probe_nothing();
                    }
                },
                'in' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = lyger_probe_text_in($data);
                    }
                    return $result;
                },
                'work' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = lyger_probe_digits($data);
                    }
                    return $result;
                },
            ],
        ],
    ),
    new Scenario(
        name: 'threads',
        title: 'Eight threads inside one call',
        group: 'crossings',
        about: 'The same count by eight threads that start and end within the call: what they cost, and from where on a call may hide them.',
        sizes: [1_000, 100_000, 10_000_000],
        unit: 'bytes',
        prepare: static fn(Context $c, int $size): string => plain_bytes($size),
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = plain_digits($data);
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $threads($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $threads($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_threads($data, 8);
                }
                return $result;
            },
            'one thread' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_digits($data);
                }
                return $result;
            },
        ],
    ),
    new Scenario(
        name: 'batching',
        title: 'Many strings in one call',
        group: 'crossings',
        about: 'Strings of 32 bytes, joined and counted in one call of so many items: the time per item is what batching buys.',
        sizes: [1, 10, 100, 1_000, 10_000],
        unit: 'items',
        prepare: static fn(Context $c, int $size): array => array_fill(0, $size, plain_bytes(32)),
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = 0;
                    foreach ($data as $bytes) {
                        $result += plain_digits($bytes);
                    }
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $batch($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $batch($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_digits(implode('', $data));
                }
                return $result;
            },
        ],
        batching: true,
    ),
];
