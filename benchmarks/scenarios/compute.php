<?php

/** lyger_heavy_computation() at growing lengths. LYGER_SIMD=base|avx2|avx512 chooses the kernel's path. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

return [new Scenario(
    name: 'compute-heavy',
    title: 'A sum of √i·sin(i)',
    group: 'compute',
    about: 'Arithmetic in a loop: the work that a JIT is for. The bound takes the same square roots, four at a time, and'
        . ' does nothing else with them but add them up.',
    sizes: [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000],
    unit: 'terms',
    same: static fn(float $a, float $b, int $size): bool => abs($a - $b) <= 1e-9 * (1 + sqrt($size)),
    uncompared: ['bare square roots'],
    doors: [
        'php' => static fn(Context $c, int $size): Closure => static function (int $n) use ($size): float {
            for ($i = 0; $i < $n; $i++) {
                $sum = 0.0;
                for ($term = 0; $term < $size; $term++) {
                    $sum += sqrt($term) * sin($term);
                }
            }
            return $sum;
        },
        'ffi' => static function (Context $c, int $size): Closure {
            $ffi = $c->ffi();
            return static function (int $n) use ($ffi, $size): float {
                for ($i = 0; $i < $n; $i++) {
                    $sum = $ffi->lyger_heavy_computation($size);
                }
                return $sum;
            };
        },
        'native' => static fn(Context $c, int $size): Closure => static function (int $n) use ($size): float {
            for ($i = 0; $i < $n; $i++) {
                $sum = lyger_heavy_computation($size);
            }
            return $sum;
        },
        'method' => static function (Context $c, int $size): Closure {
            $engine = Lyger\Engine::getInstance();
            return static function (int $n) use ($engine, $size): float {
                for ($i = 0; $i < $n; $i++) {
                    $sum = $engine->heavyComputation($size);
                }
                return $sum;
            };
        },
        'bare square roots' => static function (Context $c, int $size): Closure {
            $size >= 1000 || $c->skip('an FFI call of its own would cost more than what it bounds');
            $bounds = $c->bounds();
            return static function (int $n) use ($bounds, $size): float {
                for ($i = 0; $i < $n; $i++) {
                    $sum = $bounds->bound_square_roots($size);
                }
                return $sum;
            };
        },
    ],
)];
