<?php

/** Crossings with a string. */

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

$text_in = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_text_in($data, strlen($data));
        }
        return $result;
    };
};

$nul_scan = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_nul_scan($data);
        }
        return $result;
    };
};

$utf8 = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_utf8($data, strlen($data)) === 1;
        }
        return $result;
    };
};

$textOut = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $size): mixed {
        for ($i = 0; $i < $n; $i++) {
            $p = $ffi->lyger_probe_text_out($size);
            $result = FFI::string($p);
            $ffi->lyger_probe_free($p);
        }
        return $result;
    };
};

$textOutSize = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $size): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_double($size);
        }
        return $result;
    };
};

$textOutWork = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $size): void {
        for ($i = 0; $i < $n; $i++) {
            $p = $ffi->lyger_probe_text_out($size);
            $ffi->lyger_probe_free($p);
        }
    };
};

$reverse = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): mixed {
        for ($i = 0; $i < $n; $i++) {
            $p = $ffi->lyger_probe_reverse($data);
            $result = FFI::string($p);
            $ffi->lyger_probe_free($p);
        }
        return $result;
    };
};

$reverseWork = static function (FFI $ffi, int $size, mixed $data): Closure {
    return static function (int $n) use ($ffi, $data): void {
        for ($i = 0; $i < $n; $i++) {
            $p = $ffi->lyger_probe_reverse($data);
            $ffi->lyger_probe_free($p);
        }
    };
};

return [
    new Scenario(
        name: 'string-in',
        title: 'A string in',
        group: 'crossings',
        about: 'The string crosses and one byte of it is read: PHP strings know their length, and FFI lends them as they are.',
        sizes: [1, 10_000],
        unit: 'bytes',
        prepare: static fn(Context $c, int $size): string => plain_bytes($size),
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = plain_text_in($data);
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $text_in($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $text_in($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_text_in($data);
                }
                return $result;
            },
        ],
    ),
    new Scenario(
        name: 'string-in-nul-scan',
        title: 'A string in, as a C string',
        group: 'crossings',
        about: 'What a receiver adds that is given no length: it looks for the NUL.',
        sizes: [10, 100, 1_000, 10_000, 100_000],
        unit: 'bytes',
        prepare: static fn(Context $c, int $size): string => plain_bytes($size),
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = plain_nul_scan($data);
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $nul_scan($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $nul_scan($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_nul_scan($data);
                }
                return $result;
            },
            'strlen()' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = strlen($data);
                }
                return $result;
            },
        ],
    ),
    new Scenario(
        name: 'string-in-utf8',
        title: 'A string in, as Rust\'s &str',
        group: 'crossings',
        about: 'What a receiver adds that must know it has UTF-8. One character in 28 is not ASCII. (preg_match() with /u is no peer: it keeps its answer with the string.)',
        sizes: [10, 100, 1_000, 10_000, 100_000],
        unit: 'bytes',
        prepare: static fn(Context $c, int $size): string => str_repeat('x', $size % 29) . str_repeat("id,17,name,Ad\u{e9} 3,price,9.50\n", intdiv($size, 29)),
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = plain_utf8($data);
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $utf8($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $utf8($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_utf8($data);
                }
                return $result;
            },
        ],
    ),
    new Scenario(
        name: 'string-out',
        title: 'A string out',
        group: 'crossings',
        about: 'A string made in C. Natively it is made where PHP keeps it; through FFI it is copied by FFI::string() and freed by another call.',
        sizes: [10, 100, 1_000, 10_000, 100_000],
        unit: 'bytes',
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($size): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = str_repeat('x', $size);
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $textOut($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $textOut($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($size): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_text_out($size);
                }
                return $result;
            },
        ],
        parts: [
            'ffi' => [
                'call' => static fn(Context $c, int $size, mixed $data): Closure => $call($c->ffi(), $size, $data),
                'in' => static fn(Context $c, int $size, mixed $data): Closure => $textOutSize($c->ffi(), $size, $data),
                'work' => static fn(Context $c, int $size, mixed $data): Closure => $textOutWork($c->ffi(), $size, $data),
                'out' => static fn(Context $c, int $size, mixed $data): Closure => $textOut($c->ffi(), $size, $data),
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
                'work' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($size): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = lyger_probe_text_out($size);
                    }
                    return $result;
                },
            ],
        ],
        note: 'Of the parts, "work" is malloc, the text, and the second call, which frees it.',
    ),
    new Scenario(
        name: 'string-reverse',
        title: 'A string in and out',
        group: 'crossings',
        about: 'The bytes in reverse.',
        sizes: [10, 100, 1_000, 10_000, 100_000],
        unit: 'bytes',
        prepare: static fn(Context $c, int $size): string => plain_bytes($size),
        doors: [
            'php' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = plain_reverse($data);
                }
                return $result;
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $reverse($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $reverse($c->rust(), $size, $data),
            'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = lyger_probe_reverse($data);
                }
                return $result;
            },
            'method' => static function (Context $c, int $size, mixed $data): Closure {
                $probe = new Lyger\Probe();
                return static function (int $n) use ($probe, $data): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = $probe->reverse($data);
                    }
                    return $result;
                };
            },
            'strrev()' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data): mixed {
                for ($i = 0; $i < $n; $i++) {
                    $result = strrev($data);
                }
                return $result;
            },
        ],
        parts: [
            'ffi' => [
                'call' => static fn(Context $c, int $size, mixed $data): Closure => $call($c->ffi(), $size, $data),
                'in' => static fn(Context $c, int $size, mixed $data): Closure => $nul_scan($c->ffi(), $size, $data),
                'work' => static fn(Context $c, int $size, mixed $data): Closure => $reverseWork($c->ffi(), $size, $data),
                'out' => static fn(Context $c, int $size, mixed $data): Closure => $reverse($c->ffi(), $size, $data),
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
                        $result = lyger_probe_reverse($data);
                    }
                    return $result;
                },
            ],
        ],
        note: 'Of the parts, "in" has the search for the NUL, "work" malloc, the loop, and the second call, which frees.',
    ),
];
