<?php

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Loop;
use Lyger\Benchmarks\Scenario;

require_once __DIR__ . '/my_function.php';

return [
    new Scenario(
        name: 'my-function',
        title: 'my_function',
        group: 'own',
        about: 'Your own hot path.',
        sizes: [1, 10, 100, 1_000, 10_000, 100_000], // amounts of work, smallest to largest that you have
        unit: 'bytes',
        prepare: static fn(Context $c, int $size): string => my_function_input($size),
        doors: [ // the statement that is repeated; what it assigns to $result is compared
            'php' => Loop::of('$result = my_function_in_php($data);'),
            'ffi' => Loop::of('$result = $ffi->my_function_core($data, strlen($data));', <<<'PHP'
                $c->way() === 'ffi' || $c->skip('measured with FFI::cdef() only');
                $ffi = my_function_ffi();
                PHP),
            'native' => Loop::of('$result = my_function($data);'),
        ],
    ),
];
