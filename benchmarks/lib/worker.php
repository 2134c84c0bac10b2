<?php

/**
 * One PHP mode's process: takes one JSON command a line from stdin, answers each with one line on stdout.
 *     {"do":"load","file":…}                         {"ok":true}
 *     {"do":"once","door":…}                         {"ok":true,"value":…}   prepares, and runs the body once
 *     {"do":"sample","door":…,"n":…,"flip":…}        {"ok":true,"loop":ns,"empty":ns}
 * A failure is {"ok":false,"error":…}.
 */

declare(strict_types=1);

require __DIR__ . '/prepare.php';

require getenv('LYGER_BENCH_AUTOLOAD');
define('LYGER_BENCH_VERSION', preg_replace('/^.* /', '', lyger_hello_world()));

$doors = [];
while (($line = fgets(STDIN)) !== false) {
    $command = json_decode($line, true, 16, JSON_THROW_ON_ERROR);
    try {
        $door = $doors[$command['door'] ?? ''] ?? null;
        $answer = match ($command['do']) {
            'load' => ['loaded' => ($doors = require $command['file']) !== []],
            'once' => ['value' => $door['once']()],
            'sample' => sample($door, $command['n'], $command['flip']),
            'facts' => facts(),
        };
        $answer['ok'] = true;
    } catch (Throwable $error) {
        $answer = ['ok' => false, 'error' => get_class($error) . ': ' . $error->getMessage()];
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION | JSON_PARTIAL_OUTPUT_ON_ERROR), "\n";
}

/** The loop and the empty loop of the same length, in either order. */
function sample(array $door, int $n, bool $flip): array
{
    if ($flip) {
        $empty = $door['empty']($n);
        return ['loop' => $door['loop']($n), 'empty' => $empty];
    }
    $loop = $door['loop']($n);
    return ['loop' => $loop, 'empty' => $door['empty']($n)];
}

function facts(): array
{
    $status = function_exists('opcache_get_status') ? opcache_get_status(false) : false;
    return [
        'php' => PHP_VERSION . (PHP_ZTS ? ' ZTS' : ' NTS') . (PHP_DEBUG ? ' debug' : ''),
        'jit' => is_array($status) && ($status['jit']['on'] ?? false),
        'lyger' => json_decode(lyger_system_info(), true),
    ];
}
