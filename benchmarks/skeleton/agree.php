<?php

/** PHP, FFI and the native function return the same: for the inputs that are measured, and for those below. */

declare(strict_types=1);

require __DIR__ . '/my_function.php';

// Add what could go wrong in yours: nothing, one byte, NUL bytes, bytes above 127, the longest you have.
$inputs = ['', 'a', 'aa', "a\0a", "\xFF\x00\xFF", ...array_map(my_function_input(...), [1, 2, 100, 10_000])];
$ffi = my_function_ffi();
$different = 0;
foreach ($inputs as $input) {
    $results = [
        'PHP' => my_function_in_php($input),
        'FFI' => $ffi->my_function_core($input, strlen($input)),
        'native' => my_function($input),
    ];
    if ($results['PHP'] !== $results['FFI'] || $results['PHP'] !== $results['native']) {
        $different++;
        echo 'differ for ', json_encode(substr($input, 0, 40), JSON_INVALID_UTF8_SUBSTITUTE), ': ', json_encode($results), "\n";
    }
}
echo $different === 0 ? 'agree on ' . count($inputs) . " inputs\n" : "$different of " . count($inputs) . " inputs differ\n";
exit($different === 0 ? 0 : 1);
