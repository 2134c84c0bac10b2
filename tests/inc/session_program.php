<?php
/*
 * Random programs of session functions: php session_program.php SEED PROGRAMS [wrapped]. Prints what each call
 * returned, warned and left in $_SESSION, with ids as names in the order in which they appeared, so that two save
 * handlers print the same. `wrapped`: through a class that extends SessionHandler, as frameworks do.
 */
declare(strict_types=1);

ob_start();
$output = '';
$names = [];

function say(string $line): void
{
    global $output;
    $output .= "$line\n";
}

/** The same name for the same id. */
function name_of(string|false $id): string
{
    global $names;
    return $id === '' || $id === false ? '-' : ($names[$id] ??= 'id' . count($names));
}

/** What is the same for every handler. */
function plain(string $text): string
{
    global $names;
    $text = strtr($text, $names);
    return str_replace([ini_get('session.save_path'), '"' . ini_get('session.save_handler') . '"', ': ' . ini_get('session.save_handler') . ' (', '(' . ini_get('session.save_handler') . ')'],
        ['PATH', '"HANDLER"', ': HANDLER (', '(HANDLER)'], $text);
}

set_error_handler(function (int $level, string $message): bool {
    say("  warning $level: " . plain($message));
    return true;
});

/** A value that sessions keep. */
function some_value(): mixed
{
    return match (mt_rand(0, 8)) {
        0 => null,
        1 => mt_rand() - mt_rand(),
        2 => mt_rand() / 7,
        3 => str_repeat(chr(mt_rand(0, 255)), mt_rand(0, 40)),
        4 => str_repeat("|;{}\"\0", mt_rand(0, 2000)),
        5 => ['a' => mt_rand(0, 3), 'b' => [true, false, 'c|d']],
        6 => new ArrayObject([mt_rand(0, 9)]),
        7 => str_repeat('long', mt_rand(10_000, 60_000)),
        8 => mt_rand(0, 1) === 1,
    };
}

function chosen_id(): string
{
    global $names;
    $generated = array_map('strval', array_keys($names));
    return match (mt_rand(0, 9)) {
        0 => 'fixed-' . mt_rand(0, 3),
        1 => 'UPPER,lower-0',
        2 => ['a.b', 'a/../b', str_repeat('x', 257), 'ümlaut', ' ', 'a|b'][mt_rand(0, 5)],
        3 => str_repeat('y', 256 - 40),
        4 => '',
        default => $generated ? $generated[mt_rand(0, count($generated) - 1)] : 'first',
    };
}

function configure(): void
{
    ini_set('session.use_strict_mode', (string) mt_rand(0, 1));
    ini_set('session.lazy_write', (string) mt_rand(0, 1));
    ini_set('session.serialize_handler', ['php', 'php', 'php_serialize', 'php_binary'][mt_rand(0, 3)]);
}

$calls = [
    'start' => fn() => session_start(),
    'start ' => function () { configure(); session_id(chosen_id()); return session_start(); },
    'open another' => function () { session_write_close(); session_id(chosen_id()); return session_start(); },
    'read and close' => fn() => session_start(['read_and_close' => true]),
    'set' => function () { if (isset($_SESSION)) { $_SESSION['key' . mt_rand(0, 3)] = some_value(); } },
    'set more' => function () { if (isset($_SESSION)) { $_SESSION['key' . mt_rand(0, 3)] = some_value(); } },
    'unset' => function () { if (isset($_SESSION)) { unset($_SESSION['key' . mt_rand(0, 3)]); } },
    'unset all' => fn() => session_unset(),
    'close' => fn() => session_write_close(),
    'close and start' => fn() => [session_write_close(), session_start()],
    'abort' => fn() => session_abort(),
    'reset' => fn() => session_reset(),
    'destroy' => fn() => session_destroy(),
    'destroy and start' => fn() => [session_destroy(), session_start()],
    'regenerate' => fn() => session_regenerate_id(false),
    'regenerate, delete' => fn() => session_regenerate_id(true),
    'create id' => fn() => strlen((string) session_create_id(['', 'prefix-', 'bad.'][mt_rand(0, 2)])),
    'gc' => fn() => session_gc(),
    'encode' => fn() => session_status() === PHP_SESSION_ACTIVE ? md5((string) session_encode()) : null,
    'decode' => fn() => session_decode(['', 'a|i:1;', 'nonsense', "\0"][mt_rand(0, 3)]),
    'status' => fn() => session_status(),
    'configure' => function () { if (session_status() !== PHP_SESSION_ACTIVE) { configure(); } },
];

function forget(): void
{
    if (session_status() === PHP_SESSION_ACTIVE) {
        session_abort();
    }
    unset($GLOBALS['_SESSION']);
    session_id('');
}

[, $seed, $programs] = $argv;
if (($argv[3] ?? '') === 'wrapped') {
    session_set_save_handler(new class extends SessionHandler {}, false);
}
for ($program = 0; $program < (int) $programs; $program++) {
    mt_srand((int) $seed + $program);
    say('program ' . ((int) $seed + $program));
    forget();
    for ($step = 0; $step < 40; $step++) {
        $call = array_rand($calls); // from the seed, too
        try {
            $result = json_encode($calls[$call]());
        } catch (Throwable $thrown) {
            $result = get_class($thrown) . ': ' . plain($thrown->getMessage());
        }
        say("$call: $result, " . session_status() . ' ' . name_of(session_id()) . ' '
            . (isset($_SESSION) ? strlen(serialize($_SESSION)) . ' ' . md5(serialize($_SESSION)) : 'none'));
    }
}
forget();
ob_end_clean();
echo $output;
