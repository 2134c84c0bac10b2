<?php

declare(strict_types=1);

/*
 * One set of cases for the four stores of packages/cache: cases/*.php each return name => closure(Store $store, Check
 * $check), and know nothing of the store. The phpt files beside this one run a file of cases over one store; scripts/test-packages
 * runs those of PSR-6 and PSR-16 again with the interfaces that Composer fetches:
 *     php run.php AUTOLOADER ROOM STORE
 */

require __DIR__ . '/../conformance/check.php';
require __DIR__ . '/../../packages/cache/autoload.php';

/** Runs cases/$room.php over the store; prints a line for each that failed, or for all. */
function run_store_cases(string $room, string $name, bool $each = false): void
{
    $library = getenv('LYGER_TEST_LIB');
    if (is_string($library) && $library !== '') {
        putenv("LYGER_LIBRARY=$library");
    }
    $store = Lyger\Cache\StoreFactory::create($name);
    $cases = require __DIR__ . "/cases/$room.php";
    $failed = 0;
    foreach ($cases as $case => $run) {
        $check = new Check();
        $store->clear();
        try {
            $run($store, $check);
        } catch (Throwable $thrown) {
            $check->failures[] = $thrown::class . ": {$thrown->getMessage()} ({$thrown->getFile()}:{$thrown->getLine()})";
        }
        if ($check->checks === 0 && $check->failures === []) {
            $check->failures[] = 'nothing was checked';
        }
        $failed += (int) ($check->failures !== []);
        if ($each) {
            echo $check->failures === [] ? 'ok ' : 'not ok ', "$room, $name: $case\n",
                implode('', array_map(static fn(string $failure): string => "#   $failure\n", $check->failures));
        } elseif ($check->failures !== []) {
            echo "$case:\n  ", implode("\n  ", $check->failures), "\n";
        }
    }
    if (!$each) {
        $count = count($cases);
        echo $failed === 0 && $count > 0 ? "$count cases agree\n" : "$failed of $count cases disagree\n";
    }
}

if (isset($argv[3]) && realpath($argv[0]) === __FILE__) {
    require $argv[1];
    run_store_cases($argv[2], $argv[3], true);
}
