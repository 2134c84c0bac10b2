<?php

declare(strict_types=1);

/** What you have today, in plain PHP, under a name of its own: the extension's function is my_function(). */
function my_function_in_php(string $data): int
{
    $changes = 0;
    for ($i = 1, $len = strlen($data); $i < $len; $i++) {
        if ($data[$i] !== $data[$i - 1]) {
            $changes++;
        }
    }
    return $changes;
}

/** An input of so much work, the same on every call: as close to what you really have as you can make it. */
function my_function_input(int $size): string
{
    return substr(str_repeat("2024-11-07 12:03:55 GET /products/1789 200\n", intdiv($size, 43) + 1), 0, $size);
}

/** The FFI door. */
function my_function_ffi(): FFI
{
    return FFI::cdef((string) file_get_contents(__DIR__ . '/my_function.h'), __DIR__ . '/build/libmy_function.so');
}
