<?php

/**
 * The crossings of benchmarks/languages from PHP.
 *
 *     php call.php ffi LIBRARY HEADER…     through FFI::cdef()
 *     php call.php native                  through lyger.so
 */

declare(strict_types=1);

$text = str_repeat('x', 100);
$packed = pack('q*', ...range(0, 999));
$following = static fn(int $value): int => $value + 1;

if ($argv[1] === 'ffi') {
    $ffi = FFI::cdef(implode("\n", array_map(file_get_contents(...), array_slice($argv, 3))), $argv[2]);
    $ffi->lyger_cache_set('languages', $text);
    $buffer = $ffi->new('char[256]');
    $crossings = [
        'loop' => static function (int $n): int { for ($i = $s = 0; $i < $n; $i++) { $s += 0; } return $s; },
        'nothing' => static function (int $n) use ($ffi): int { for ($i = 0; $i < $n; $i++) { $ffi->lyger_probe_nothing(); } return 0; },
        'integer' => static function (int $n) use ($ffi): int { for ($i = $s = 0; $i < $n; $i++) { $s += $ffi->lyger_probe_double($i); } return $s; },
        'string-in' => static function (int $n) use ($ffi, $text): int { for ($i = $s = 0; $i < $n; $i++) { $s += $ffi->lyger_probe_text_in($text, strlen($text)); } return $s; },
        'string-out' => static function (int $n) use ($ffi): int {
            for ($i = $s = 0; $i < $n; $i++) {
                $made = $ffi->lyger_probe_text_out(100);
                $s += strlen(FFI::string($made));
                $ffi->lyger_probe_free($made);
            }
            return $s;
        },
        'array' => static function (int $n) use ($ffi, $packed): int { for ($i = $s = 0; $i < $n; $i++) { $s += $ffi->lyger_probe_sum($packed, 1000); } return $s; },
        'callback' => static function (int $n) use ($ffi, $following): int { for ($i = $s = 0; $i < $n; $i++) { $s += $ffi->lyger_probe_each($following, 100); } return $s; },
        'cache-get' => static function (int $n) use ($ffi, $buffer): int {
            for ($i = $s = 0; $i < $n; $i++) {
                $s += strlen(FFI::string($buffer, $ffi->lyger_ffi_cache_get_into('languages', 9, $buffer, 256)));
            }
            return $s;
        },
        'cache-get-copy' => static function (int $n) use ($ffi): int {
            for ($i = $s = 0; $i < $n; $i++) {
                $made = $ffi->lyger_cache_get('languages');
                $s += strlen(FFI::string($made));
                $ffi->lyger_free_string($made);
            }
            return $s;
        },
        'compute' => static function (int $n) use ($ffi): float { for ($i = 0, $r = 0.0; $i < $n; $i++) { $r = $ffi->lyger_heavy_computation(1000); } return $r; },
    ];
} else {
    lyger_cache_set('languages', $text);
    $crossings = [
        'loop' => static function (int $n): int { for ($i = $s = 0; $i < $n; $i++) { $s += 0; } return $s; },
        'nothing' => static function (int $n): int { for ($i = 0; $i < $n; $i++) { lyger_probe_nothing(); } return 0; },
        'integer' => static function (int $n): int { for ($i = $s = 0; $i < $n; $i++) { $s += lyger_probe_double($i); } return $s; },
        'string-in' => static function (int $n) use ($text): int { for ($i = $s = 0; $i < $n; $i++) { $s += lyger_probe_text_in($text); } return $s; },
        'string-out' => static function (int $n): int { for ($i = $s = 0; $i < $n; $i++) { $s += strlen(lyger_probe_text_out(100)); } return $s; },
        'array' => static function (int $n) use ($packed): int { for ($i = $s = 0; $i < $n; $i++) { $s += lyger_probe_sum_packed($packed); } return $s; },
        'callback' => static function (int $n) use ($following): int { for ($i = $s = 0; $i < $n; $i++) { $s += lyger_probe_each($following, 100); } return $s; },
        'cache-get' => static function (int $n): int { for ($i = $s = 0; $i < $n; $i++) { $s += strlen(lyger_cache_get('languages')); } return $s; },
        // The same: it is the only one that there is.
        'cache-get-copy' => static function (int $n): int { for ($i = $s = 0; $i < $n; $i++) { $s += strlen(lyger_cache_get('languages')); } return $s; },
        'compute' => static function (int $n): float { for ($i = 0, $r = 0.0; $i < $n; $i++) { $r = lyger_heavy_computation(1000); } return $r; },
    ];
}

$cpu = static function (): int {
    $usage = getrusage();
    return ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']) * 1_000_000_000 + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) * 1000;
};
while (($line = fgets(STDIN)) !== false) {
    [$crossing, $calls] = explode(' ', trim($line));
    if (isset($crossings[$crossing])) {
        $begun = $cpu();
        $value = $crossings[$crossing]((int) $calls);
        echo $cpu() - $begun, ' ', is_float($value) ? sprintf('%.17g', $value) : $value, "\n";
    } else {
        echo "-\n";
    }
}
