<?php

/** Crossings with something that lives in C. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

require_once __DIR__ . '/../lib/plain.php';

$owner = static function (FFI $ffi, int $size, mixed $data): Closure {
    $value = 41;
    return static function (int $n) use ($ffi, $value): mixed {
        for ($i = 0; $i < $n; $i++) {
            $owner = $ffi->lyger_probe_owner_new($value);
            $result = $ffi->lyger_probe_owner_use($owner);
            $ffi->lyger_probe_owner_free($owner);
        }
        return $result;
    };
};

$use = static function (FFI $ffi, int $size, mixed $data): Closure {
    $owner = $ffi->lyger_probe_owner_new(0);
    return static function (int $n) use ($ffi, $owner): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_owner_use($owner) > 0;
        }
        return $result;
    };
};

$call = static function (FFI $ffi): Closure {
    return static function (int $n) use ($ffi): void {
        for ($i = 0; $i < $n; $i++) {
            $ffi->lyger_probe_nothing();
        }
    };
};

$find = static function (FFI $ffi, int $size, mixed $data): Closure {
    $tar = $ffi->lyger_probe_tar_open($data, strlen($data));
    $file = $ffi->new('lyger_probe_file');
    $at = FFI::addr($file);
    return static function (int $n) use ($ffi, $tar, $at, $file): mixed {
        for ($i = 0; $i < $n; $i++) {
            $result = $ffi->lyger_probe_tar_file($tar, 1, $at);
        }
        return $result;
    };
};

$view = static function (FFI $ffi, int $size, mixed $data): Closure {
    $tar = $ffi->lyger_probe_tar_open($data, strlen($data));
    $file = $ffi->new('lyger_probe_file');
    $at = FFI::addr($file);
    return static function (int $n) use ($ffi, $tar, $at, $file): mixed {
        for ($i = 0; $i < $n; $i++) {
            $ffi->lyger_probe_tar_file($tar, 1, $at);
            $result = $ffi->lyger_probe_digits($file->bytes, $file->len);
        }
        return $result;
    };
};

return [
    new Scenario(
        name: 'owner',
        title: 'An owner: create, use, free',
        group: 'crossings',
        about: 'Memory in C that PHP holds: a pointer through FFI, which nobody checks; a number that C checks on every use; an object natively, which says so when it was freed.',
        doors: [
            'php' => static function (): Closure {
                $value = 41;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $owner = new PlainOwner($value);
                        $result = $owner->use();
                        unset($owner);
                    }
                    return $result;
                };
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $owner($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $owner($c->rust(), $size, $data),
            'native' => static function (): Closure {
                $value = 41;
                return static function (int $n) use ($value): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $owner = new Lyger\ProbeOwner($value);
                        $result = $owner->use();
                        unset($owner);
                    }
                    return $result;
                };
            },
            'FFI, checked handle' => static function (Context $c, int $size, mixed $data): Closure {
                $ffi = $c->ffi();
                $value = 41;
                $out = $ffi->new('int64_t');
                $at = FFI::addr($out);
                return static function (int $n) use ($ffi, $value, $at, $out): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $handle = $ffi->lyger_probe_handle_new($value);
                        $ffi->lyger_probe_handle_use($handle, $at);
                        $result = $out->cdata;
                        $ffi->lyger_probe_handle_free($handle);
                    }
                    return $result;
                };
            },
        ],
        note: 'Use after free: natively an Error; a checked handle answers -1; of a raw pointer FFI reads what the memory holds by then, without a word.',
    ),
    new Scenario(
        name: 'owner-use',
        title: 'An owner, used',
        group: 'crossings',
        about: 'One more use of what exists already.',
        doors: [
            'php' => static function (): Closure {
                $owner = new PlainOwner(0);
                return static function (int $n) use ($owner): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = $owner->use() > 0;
                    }
                    return $result;
                };
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $use($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $use($c->rust(), $size, $data),
            'native' => static function (): Closure {
                $owner = new Lyger\ProbeOwner(0);
                return static function (int $n) use ($owner): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = $owner->use() > 0;
                    }
                    return $result;
                };
            },
            'FFI, checked handle' => static function (Context $c, int $size, mixed $data): Closure {
                $ffi = $c->ffi();
                $handle = $ffi->lyger_probe_handle_new(0);
                $out = $ffi->new('int64_t');
                $at = FFI::addr($out);
                return static function (int $n) use ($ffi, $handle, $at, $out): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = $ffi->lyger_probe_handle_use($handle, $at) === 1;
                    }
                    return $result;
                };
            },
        ],
    ),
    new Scenario(
        name: 'view',
        title: 'A view into an owner',
        group: 'crossings',
        about: 'A file of a tar archive in C, by index; its digits are counted in place. Natively the view keeps the archive alive; through FFI it is a pointer that dangles when the archive goes.',
        sizes: [10, 1_000, 100_000],
        unit: 'bytes',
        prepare: static fn(Context $c, int $size): string => plain_ustar(['a' => 'one', 'b' => plain_bytes($size)]),
        doors: [
            'php' => static function (Context $c, int $size, mixed $data): Closure {
                $archive = new PlainArchive($data);
                return static function (int $n) use ($archive): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = plain_digits($archive->file(1));
                    }
                    return $result;
                };
            },
            'ffi' => static fn(Context $c, int $size, mixed $data): Closure => $view($c->ffi(), $size, $data),
            'rust' => static fn(Context $c, int $size, mixed $data): Closure => $view($c->rust(), $size, $data),
            'native' => static function (Context $c, int $size, mixed $data): Closure {
                $archive = new Lyger\ProbeArchive($data);
                return static function (int $n) use ($archive): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = $archive->file(1)->digits();
                    }
                    return $result;
                };
            },
            'native, copied' => static function (Context $c, int $size, mixed $data): Closure {
                $archive = new Lyger\ProbeArchive($data);
                return static function (int $n) use ($archive): mixed {
                    for ($i = 0; $i < $n; $i++) {
                        $result = lyger_probe_digits($archive->file(1)->contents());
                    }
                    return $result;
                };
            },
        ],
        parts: [
            'ffi' => [
                'call' => static fn(Context $c): Closure => $call($c->ffi()),
                'in' => static fn(Context $c, int $size, mixed $data): Closure => $find($c->ffi(), $size, $data),
                'work' => static fn(Context $c, int $size, mixed $data): Closure => $view($c->ffi(), $size, $data),
            ],
        ],
        note: 'Of the parts, "in" is the call that finds the file, "work" the second call, which counts.',
    ),
];
