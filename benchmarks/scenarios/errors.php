<?php

/** Crossings that fail. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

require_once __DIR__ . '/../lib/plain.php';

$status = static function (FFI $ffi, int $size, mixed $data): Closure {
    $value = -1;
    return static function (int $n) use ($ffi, $value): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_check($value);
        }
        return $result;
    };
};

$exception = static function (FFI $ffi, int $size, mixed $data): Closure {
    $value = -1;
    return static function (int $n) use ($ffi, $value): mixed {
        for ($i = 0; $i < $n; $i++) {
            try {
                $result = $ffi->lyger_probe_check($value) === 0 ? 0 : throw new ValueError($ffi->lyger_probe_error());
            } catch (ValueError $error) {
                $result = $error->getMessage();
            }
        }
        return $result;
    };
};

$panic = static function (FFI $ffi, int $size, mixed $data): Closure {
    $value = -1;
    return static function (int $n) use ($ffi, $value): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_panic($value);
        }
        return $result;
    };
};

return [
    new Scenario(
        name: 'error-status',
        title: 'An error as a number',
        group: 'crossings',
        about: 'The call fails, and the caller looks at what it returned.',
        doors: [
            'php' => static function (): Closure {
                $value = -1;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = plain_status($value);
                    }
                    return $result;
                };
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $status($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $status($c->rust(), $size, $data),
            'native' => static function (): Closure {
                $value = -1;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = lyger_probe_status($value);
                    }
                    return $result;
                };
            },
        ],
    ),
    new Scenario(
        name: 'error-exception',
        title: 'An error as an exception',
        group: 'crossings',
        about: 'The call fails, and the caller catches. Through FFI the exception is made in PHP, from the message of a second call.',
        doors: [
            'php' => static function (): Closure {
                $value = -1;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        try {
                            $result = plain_check($value);
                        } catch (ValueError $error) {
                            $result = $error->getMessage();
                        }
                    }
                    return $result;
                };
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $exception($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $exception($c->rust(), $size, $data),
            'native' => static function (): Closure {
                $value = -1;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        try {
                            $result = lyger_probe_check($value);
                        } catch (ValueError $error) {
                            $result = $error->getMessage();
                        }
                    }
                    return $result;
                };
            },
        ],
        parts: [
            'ffi' => [
                'work' => static fn(Context $c, int $size, mixed $data): Closure => $status($c->ffi(), $size, $data),
                'out' => static fn(Context $c, int $size, mixed $data): Closure => $exception($c->ffi(), $size, $data),
            ],
        ],
    ),
    new Scenario(
        name: 'error-panic',
        title: 'A panic, caught at the boundary',
        group: 'crossings',
        about: 'In Rust the callee panics, and catch_unwind makes a number of it where the library ends. C returns the number.',
        doors: [
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $panic($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $panic($c->rust(), $size, $data),
        ],
        against: 'ffi',
    ),
];
