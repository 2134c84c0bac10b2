<?php

/**
 * The languages, countries and regions of the world, loaded into SQLite by lyger and asked for through its doors.
 *
 *     LYGER_LIBRARY=/path/to/liblyger.so php -d extension=lyger.so -d ffi.enable=1 demo.php FILE.sqlite [SUMMARY]
 *
 * FILE.sqlite is written anew. A second argument names a file for a summary, a line for each chapter. scripts/demo builds lyger and runs this. The data comes from Debian's iso-codes package
 * (/usr/share/iso-codes/json).
 */

declare(strict_types=1);

use Lyger\EngineFactory;

require __DIR__ . '/../../packages/engine/autoload.php';

const DATA = '/usr/share/iso-codes/json';

if ($argc !== 2 && $argc !== 3) {
    fwrite(STDERR, "usage: php examples/iso-codes/demo.php FILE.sqlite [SUMMARY]\n");
    exit(2);
}
$file = $argv[1];
if (is_file($file)) {
    unlink($file);
}
exit(story("sqlite:$file", $argv[2] ?? null));

function story(string $dsn, ?string $summary): int
{
    load(Lyger\Engine::getInstance(), $dsn);
    $doors = doors();
    $differences = 0;
    $lines = '';
    foreach (chapters($dsn) as $name => [$title, $work, $show]) {
        echo "\n$title\n";
        [$others, $times] = tell($doors, $work, $show);
        $differences += $others;
        $lines .= sprintf("%-9s %s (%s)\n", $name, $title, implode(', ', array_map(
            static fn(string $door, float $ns): string => "$door " . time_text($ns), array_keys($times), $times)));
    }
    if ($summary !== null) {
        file_put_contents($summary, $lines);
    }
    echo "\n", Lyger\Engine::getInstance()->systemInfo(), "\n";
    return $differences ? 1 : 0;
}

function time_text(float $ns): string
{
    return $ns < 1e6 ? sprintf('%.1f µs', $ns / 1e3) : sprintf('%.1f ms', $ns / 1e6);
}

/** @return array<string, object> the same methods three times */
function doors(): array
{
    return [
        'plain PHP' => EngineFactory::create(EngineFactory::FALLBACK),
        'FFI' => EngineFactory::create(EngineFactory::FFI),
        'native' => EngineFactory::create(EngineFactory::NATIVE),
    ];
}

/** One statement a table: the whole JSON file is its one parameter, SQLite's json_each() takes it apart. */
function load(object $engine, string $dsn): void
{
    $tables = [
        'countries' => ['3166-1', ['alpha_2', 'alpha_3', 'name', 'numeric', 'flag']],
        'languages' => ['639-3', ['alpha_3', 'name', 'scope', 'type']],
        'subdivisions' => ['3166-2', ['code', 'name', 'type', 'parent']],
    ];
    foreach ($tables as $table => [$standard, $columns]) {
        $json = file_get_contents(DATA . "/iso_$standard.json");
        if ($json === false) {
            throw new RuntimeException(DATA . " has no iso_$standard.json (Debian: apt-get install iso-codes)");
        }
        $definition = implode(', ', array_map(static fn(string $name): string => "\"$name\" TEXT", $columns));
        $values = implode(', ', array_map(static fn(string $name): string => "json_extract(value, '\$.$name')", $columns));
        $insert = "INSERT INTO $table SELECT $values FROM json_each(?, '\$.\"$standard\"')";
        $start = hrtime(true);
        $engine->dbExecute("$dsn?mode=rwc", "CREATE TABLE $table ($definition, PRIMARY KEY ($columns[0]))");
        $rows = $engine->dbExecute($dsn, $insert, [$json]);
        $ms = (hrtime(true) - $start) / 1e6;
        printf("  %-13s %5d rows from %7d bytes of JSON in %4.1f ms\n", $table, $rows, strlen($json), $ms);
    }
}

/** @return array<string, array{string, callable, callable}> what is done, how, and how the result is shown */
function chapters(string $dsn): array
{
    $most = 'SELECT c.name AS country, c.flag, count(*) AS regions FROM subdivisions s'
        . ' JOIN countries c ON c.alpha_2 = substr(s.code, 1, 2)'
        . ' GROUP BY c.alpha_2 ORDER BY regions DESC, country LIMIT 4';
    $all = 'SELECT alpha_3, name, scope, type FROM languages ORDER BY alpha_3';
    $json = static fn(string $sql) => static function (object $engine) use ($dsn, $sql): string {
        $result = $engine->dbQuery($dsn, $sql);
        $text = $engine->jsonifyResult($result);
        $engine->freeResult($result);
        return $text;
    };
    $cached = static function (object $engine): string {
        $engine->cacheSet('country:CH', '{"name":"Switzerland","regions":26}', 60);
        return $engine->cacheGet('country:CH');
    };
    $heavy = static fn(object $engine): float => $engine->heavyComputation(1_000_000);
    $text = static fn(string $text): string => strlen($text) > 200
        ? preg_replace('/^(.{150}).*$/su', '$1 … ', $text) . strlen($text) . ' bytes'
        : $text;
    return [
        'joins' => ['The countries with the most regions, as JSON', $json($most), $text],
        'rows' => ['All languages of ISO 639-3 from SQLite to JSON', $json($all), $text],
        'cache' => ['The shared cache: set with a time to live, and get', $cached, $text],
        'compute' => ['The sum of sqrt(i) * sin(i) for a million i', $heavy, static fn(float $sum) => sprintf('%.9f', $sum)],
    ];
}

/**
 * Runs the work through every door, shows the result once and each door's time.
 *
 * @return array{int, array<string, float>} how many doors differ, and each door's nanoseconds
 */
function tell(array $doors, callable $work, callable $show): array
{
    $differences = 0;
    $medians = [];
    $native = $show($work($doors['native']));
    echo "  $native\n";
    foreach ($doors as $name => $engine) {
        $times = [];
        for ($round = 0; $round < 11; $round++) {
            $start = hrtime(true);
            $result = $work($engine);
            $times[] = hrtime(true) - $start;
        }
        sort($times);
        $medians[$name] = (float) $times[5];
        $same = $show($result) === $native;
        $differences += $same ? 0 : 1;
        $remark = $same ? '' : '   gives something else: ' . $show($result);
        printf("  %-10s %10.1f µs%s\n", $name, $times[5] / 1e3, $remark);
    }
    return [$differences, array_reverse($medians)];
}
