--TEST--
Random programs of session functions print what they print with the files handler
--EXTENSIONS--
lyger
session
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';

/** What a random program prints with a handler. */
function printed(string $handler, string $path, int $seed, string $mode): string
{
    $code = '$argv = ' . var_export(['', (string) $seed, '150', $mode], true) . ';require ' . var_export(__DIR__ . '/../inc/session_program.php', true) . ';';
    return run_php($code, ['session.save_handler' => $handler, 'session.save_path' => $path, 'session.use_cookies' => 0,
        'session.gc_probability' => 0, 'memory_limit' => '1G'], $status, extension_loaded('session') && !is_file(ini_get('extension_dir') . '/session.so') ? [] : ['session']);
}

foreach (['plain', 'wrapped'] as $mode) {
    $path = sys_get_temp_dir() . '/lyger-sessions-' . getmypid();
    mkdir($path);
    $seed = random_int(0, 1_000_000_000);
    $expected = explode("\n", printed('files', $path, $seed, $mode));
    $seen = explode("\n", printed('lyger', $path, $seed, $mode));
    array_map('unlink', glob("$path/*"));
    rmdir($path);
    $at = 0;
    while ($at < count($expected) && $expected[$at] === ($seen[$at] ?? null)) {
        $at++;
    }
    if ($at < count($expected)) {
        echo "$mode, seed $seed, line $at\n", implode("\n", array_slice($expected, max(0, $at - 8), 10)), "\n-- with lyger:\n",
            implode("\n", array_slice($seen, max(0, $at - 8), 10)), "\n";
    }
    echo $mode, ': ', count($expected) > 6000 ? 'many' : implode("\n", $expected), " lines\n";
}
?>
--EXPECT--
plain: many lines
wrapped: many lines
