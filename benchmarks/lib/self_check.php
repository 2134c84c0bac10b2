<?php

/** What SelfCheck measures: delays of a known length, two ways that are the same, and one that lies. */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

/** Waits for so many nanoseconds in every operation. */
$wait = static fn(int $nanoseconds): Closure => static fn(Context $c): Closure => static function (int $n) use ($nanoseconds): int {
    for ($i = 0; $i < $n; $i++) {
        $end = hrtime(true) + $nanoseconds;
        while (hrtime(true) < $end) {
        }
    }
    return 1;
};
$returns = static fn(int $value): Closure => static fn(Context $c): Closure => static function (int $n) use ($value): int {
    for ($i = 0; $i < $n; $i++) {
        $result = abs($value);
    }
    return $result;
};

return [
    new Scenario(
        name: 'delay',
        title: 'A known delay',
        group: 'self-check',
        about: '',
        doors: ['none' => $wait(0), '2 µs' => $wait(2000), '50 µs' => $wait(50_000)],
        against: 'none',
    ),
    new Scenario(
        name: 'twins',
        title: 'The same twice',
        group: 'self-check',
        about: '',
        doors: ['one' => $returns(1), 'two' => $returns(1)],
        against: 'one',
    ),
    new Scenario(
        name: 'lie',
        title: 'A door that returns something else',
        group: 'self-check',
        about: '',
        doors: ['honest' => $returns(1), 'lying' => $returns(2)],
        against: 'honest',
    ),
];
