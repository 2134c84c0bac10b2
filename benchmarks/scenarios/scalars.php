<?php

/** Crossings with nothing, or with a number. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

require_once __DIR__ . '/../lib/plain.php';

$nothing = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi): void {
        for ($i = 0; $i < $n; $i++) {
            $ffi->lyger_probe_nothing();
        }
    };
};

$double = static function (FFI $ffi, int $size, mixed $data): Closure {
    $value = 21;
    return static function (int $n) use ($ffi, $value): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_double($value);
        }
        return $result;
    };
};

$halve = static function (FFI $ffi, int $size, mixed $data): Closure {
    $value = 21.5;
    return static function (int $n) use ($ffi, $value): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_halve($value);
        }
        return $result;
    };
};

return [
    new Scenario(
        name: 'nothing',
        title: 'A call that does nothing',
        group: 'crossings',
        about: 'The door alone: no argument, no result. abs() is what PHP\'s own functions cost.',
        doors: [
            'php' => static fn(): Closure => static function (int $n): void {
                for ($i = 0; $i < $n; $i++) {
                    plain_nothing();
                }
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $nothing($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $nothing($c->rust(), $size, $data),
            'native' => static fn(): Closure => static function (int $n): void {
                for ($i = 0; $i < $n; $i++) {
                    lyger_probe_nothing();
                }
            },
            'method' => static function (): Closure {
                $probe = new Lyger\Probe();
                return static function (int $n) use ($probe): void {
                    for ($i = 0; $i < $n; $i++) {
                        $probe->nothing();
                    }
                };
            },
            'frameless' => static fn(): Closure => static function (int $n): void {
                for ($i = 0; $i < $n; $i++) {
                    lyger_probe_frameless_nothing();
                }
            },
            'abs()' => static function (): Closure {
                $one = 1;
                return static function (int $n) use ($one): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = abs($one);
                    }
                    return $result;
                };
            },
        ],
        uncompared: ['abs()'],
    ),
    new Scenario(
        name: 'scalar',
        title: 'An integer in and out',
        group: 'crossings',
        about: 'Twice the argument.',
        doors: [
            'php' => static function (Context $c, int $size, mixed $data): Closure {
                $value = 21;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = plain_double($value);
                    }
                    return $result;
                };
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $double($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $double($c->rust(), $size, $data),
            'native' => static function (Context $c, int $size, mixed $data): Closure {
                $value = 21;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = lyger_probe_double($value);
                    }
                    return $result;
                };
            },
            'method' => static function (Context $c, int $size, mixed $data): Closure {
                $probe = new Lyger\Probe();
                $value = 21;
                return static function (int $n) use ($probe, $value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = $probe->double($value);
                    }
                    return $result;
                };
            },
            'frameless' => static function (Context $c, int $size, mixed $data): Closure {
                $value = 21;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = lyger_probe_frameless_double($value);
                    }
                    return $result;
                };
            },
        ],
        parts: [
            'ffi' => [
                'call' => static fn(Context $c, int $size, mixed $data): Closure => $nothing($c->ffi(), $size, $data),
                'in' => static fn(Context $c, int $size, mixed $data): Closure => $double($c->ffi(), $size, $data),
            ],
            'native' => [
                'call' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n): void {
                    for ($i = 0; $i < $n; $i++) {
                        lyger_probe_nothing();
                    }
                },
                'in' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($size): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = lyger_probe_double($size);
                    }
                    return $result;
                },
            ],
        ],
    ),
    new Scenario(
        name: 'float',
        title: 'A float in and out',
        group: 'crossings',
        about: 'Half of the argument.',
        doors: [
            'php' => static function (Context $c, int $size, mixed $data): Closure {
                $value = 21.5;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = plain_halve($value);
                    }
                    return $result;
                };
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $halve($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $halve($c->rust(), $size, $data),
            'native' => static function (Context $c, int $size, mixed $data): Closure {
                $value = 21.5;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = lyger_probe_halve($value);
                    }
                    return $result;
                };
            },
        ],
    ),
];
