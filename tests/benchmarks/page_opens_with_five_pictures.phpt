--TEST--
The report's page opens with five pictures, each with its data and the command that measures it again; every row's command chooses that row
--SKIPIF--
<?php
is_file((getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2)) . '/docs/boundary/report.json') || die('skip the report is not part of this tree');
trim((string) shell_exec('command -v gnuplot')) !== '' || die('skip gnuplot is not installed');
?>
--FILE--
<?php
declare(strict_types=1);

namespace Lyger\Benchmarks;

$root = getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2);
require "$root/benchmarks/lib/autoload.php";

$results = Options::json("$root/docs/boundary/report.json");
$names = ['nothing', 'scalar', 'array-of-integers', 'compute-heavy', 'cache-mix', 'query-sqlite', 'json-records', 'server'];
$results['scenarios'] = array_map(Analysis::of(...), array_intersect_key($results['scenarios'], array_flip($names)));
$show = static function (array $results): void {
    $html = (new Report\Pictures($results))->html();
    preg_match_all('~<article class="picture" id="picture-(\w+)"><h2>(.*?)</h2>(.*?)</article>~s', $html, $found, PREG_SET_ORDER);
    foreach ($found as [, $name, $title, $rest]) {
        $drawings = preg_match_all('~<svg role="img".*?</svg>~s', $rest);
        preg_match('~<code>(.*?)</code>~', $rest, $command);
        preg_match('~<a download="(.*?)" href="data:text/csv;base64,(.*?)"~', $rest, $data);
        $lines = array_map(static fn(string $line): array => str_getcsv($line, ',', '"', ''), explode("\n", trim(base64_decode($data[2]))));
        $head = array_shift($lines);
        $rows = array_unique(array_column($lines, array_search('row', $head)));
        $same = array_unique(array_map(count(...), $lines)) === [count($head)] ? 'whole' : 'ragged';
        echo "$title: $drawings drawings, $command[1], $data[1], $same: ", implode(' ', $rows), "\n";
    }
    echo preg_match('~(?:src|href)="(?!data:|#)|url\(~', $html) ? "it fetches something\n" : "it fetches nothing\n";
};
$show($results);
// With the languages, the third is theirs; what a run lacks is left out.
$language = $results['scenarios']['server'];
$language['figures'][1] = array_combine(['C, linked', 'PHP, FFI', 'PHP, native', 'Go, cgo'], array_slice($language['figures'][1], 0, 4));
$show(['scenarios' => array_intersect_key($results['scenarios'], ['nothing' => 0, 'compute-heavy' => 0]) + ['language-nothing' => ['group' => 'languages'] + $language]]);
var_dump((new Report\Pictures(['scenarios' => []]))->html());

// A command's --only chooses its row, and no other.
$scenarios = Run::scenarios(['scenarios' => ["$root/benchmarks/scenarios"], 'only' => '']);
foreach ($scenarios as [$scenario]) {
    $command = Report\Sources::command($scenario->name, ['group' => $scenario->group]);
    preg_match('/^benchmarks\/run --only "(.*)"$/D', $command, $only);
    $chosen = array_map(static fn(array $one): string => $one[0]->name, Run::scenarios(['scenarios' => ["$root/benchmarks/scenarios"], 'only' => $only[1]]));
    in_array($scenario->name, $chosen, true) || print "$command: " . implode(', ', $chosen) . "\n";
}
foreach (['server' => 'server', 'server-p99' => 'server', 'language-nothing' => 'languages'] as $name => $group) {
    $command = Report\Sources::command($name, ['group' => $group]);
    echo $command, is_executable("$root/$command") ? '' : ' is no program', "\n";
}
// What gnuplot cannot draw is said, and the next plot is drawn.
$draw = static fn(string $script): string => Report\Plot::figure('a plot', static fn(int $width): array => [100, $script]);
try {
    $draw("plot nothing_like_that\n");
} catch (\RuntimeException $error) {
    echo preg_match('/^gnuplot: .*nothing_like_that/s', $error->getMessage()) ? "gnuplot's words\n" : "{$error->getMessage()}\n";
}
echo substr_count($draw("plot x\n"), '</svg>'), " drawings\n";
putenv('PATH=/nowhere');
echo Report\Printed::page(__FILE__, __FILE__ . '.pdf'), is_file(__FILE__ . '.pdf') ? ', and is there' : '', "\n";
?>
--EXPECT--
What a call costs: 2 drawings, benchmarks/run --only crossings, calls.csv, whole: array-of-integers nothing scalar
How much work a call must carry: 2 drawings, benchmarks/run, doors.csv, whole: array-of-integers compute-heavy query-sqlite
Where the lines cross: 2 drawings, benchmarks/run --only compute-heavy, curve.csv, whole: compute-heavy
One cache, many processes: 2 drawings, benchmarks/run --only cache-mix, processes.csv, whole: cache-mix
Beside what is there: 2 drawings, benchmarks/run, rooms.csv, whole: compute-heavy json-records cache-mix query-sqlite server
it fetches nothing
What a call costs: 2 drawings, benchmarks/run --only crossings, calls.csv, whole: nothing
How much work a call must carry: 2 drawings, benchmarks/run, doors.csv, whole: compute-heavy
The same call from elsewhere: 2 drawings, benchmarks/languages/run, languages.csv, whole: language-nothing
Beside what is there: 2 drawings, benchmarks/run, rooms.csv, whole: compute-heavy
it fetches nothing
string(0) ""
benchmarks/server
benchmarks/server-latency
benchmarks/languages/run
gnuplot's words
2 drawings
it needs chromium (Debian: apt-get install chromium)
