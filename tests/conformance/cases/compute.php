<?php

declare(strict_types=1);

return [
    'sums are right for none, one, few, odd and many' => static function (object $engine, Check $check): void {
        // The exactly rounded sums, from tests/core/heavy_reference.py.
        $known = [
            0 => 0.0,
            1 => 0.0,
            2 => 0.8414709848078965,
            3 => 2.1274117380557325,
            9 => 2.5661393668827244,
            1023 => 3.530030627537406,
            1024 => -25.783177703400447,
            1025 => -30.85624586480832,
            99991 => -327.15396087538295,
            1000000 => -681.7596643537232,
            10000019 => 2336.809210826189,
        ];
        foreach ($known as $iterations => $sum) {
            $off = abs($engine->heavyComputation($iterations) - $sum);
            $check->that($off <= 1e-12 * (1 + sqrt($iterations)), "$iterations iterations are off by $off");
        }
    },
    'a million is the default' => static function (object $engine, Check $check): void {
        $check->same($engine->heavyComputation(1_000_000), $engine->heavyComputation());
    },
    'the same sum twice' => static function (object $engine, Check $check): void {
        $check->same($engine->heavyComputation(54_321), $engine->heavyComputation(54_321));
    },
    'a negative count is a ValueError' => static function (object $engine, Check $check): void {
        $check->throws(ValueError::class, static fn() => $engine->heavyComputation(-1), '$iterations', '0');
        $check->throws(ValueError::class, static fn() => $engine->heavyComputation(PHP_INT_MIN), '$iterations');
    },
];
