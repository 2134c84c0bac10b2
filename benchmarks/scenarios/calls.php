<?php

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

return [new Scenario(
    name: 'nothing-old',
    title: 'A call that does nothing',
    group: 'crossings',
    about: 'The door alone: no argument, no result.',
    doors: [
        'php' => static function (): Closure {
            $f = null;
            eval('function plain_nothing_old() {}');
            return static function (int $n): void {
                for ($i = 0; $i < $n; $i++) {
                    plain_nothing_old();
                }
            };
        },
        'ffi' => static function (Context $c): Closure {
            $ffi = $c->ffi();
            return static function (int $n) use ($ffi): void {
                for ($i = 0; $i < $n; $i++) {
                    $ffi->lyger_probe_nothing();
                }
            };
        },
        'native' => static fn(): Closure => static function (int $n): void {
            for ($i = 0; $i < $n; $i++) {
                lyger_probe_nothing();
            }
        },
    ],
)];
