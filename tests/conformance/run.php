<?php

declare(strict_types=1);

/*
 * One set of cases for three engines: cases/*.php each return name => closure(object $engine, Check $check), and know
 * nothing of the door. The phpt files beside this one run a file of cases through one door.
 */

require __DIR__ . '/check.php';
require __DIR__ . '/../../packages/engine/autoload.php';

/** The engine behind a door: native, ffi or fallback. The library is LYGER_TEST_LIB when that is set. */
function engine_behind(string $door): object
{
    $library = getenv('LYGER_TEST_LIB');
    if ($door === 'ffi' && is_string($library) && $library !== '') {
        putenv("LYGER_LIBRARY=$library");
    }
    return Lyger\EngineFactory::create($door);
}

/** Runs cases/$room.php; prints the failures, or that all cases agree. */
function run_cases(string $room, string $door): void
{
    $engine = engine_behind($door);
    $cases = require __DIR__ . "/cases/$room.php";
    $failed = 0;
    foreach ($cases as $name => $case) {
        $check = new Check();
        $engine->cacheClear();
        try {
            $case($engine, $check);
        } catch (Throwable $thrown) {
            $check->failures[] = $thrown::class . ": {$thrown->getMessage()} ({$thrown->getFile()}:{$thrown->getLine()})";
        } finally {
            array_map(unlink(...), glob("$check->file*"));
        }
        if ($check->checks === 0 && $check->failures === []) {
            $check->failures[] = 'nothing was checked';
        }
        if ($check->failures !== []) {
            $failed++;
            echo "$name:\n  ", implode("\n  ", $check->failures), "\n";
        }
    }
    $count = count($cases);
    echo $failed === 0 && $count > 0 ? "$count cases agree\n" : "$failed of $count cases disagree\n";
}
