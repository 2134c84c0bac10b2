--TEST--
The run of another machine is put beside the committed one: figures become ranges, ratios that differ say so, and what is no whole run is refused
--SKIPIF--
<?php
is_file((getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2)) . '/docs/boundary/php-8.4.json') || die('skip the report is not part of this tree');
?>
--FILE--
<?php
declare(strict_types=1);

namespace Lyger\Benchmarks;

$root = getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2);
require "$root/benchmarks/lib/autoload.php";

$directory = sys_get_temp_dir() . '/lyger-machines-' . getmypid();
mkdir($directory);
// A real run of this machine, called another one's here: nothing of it reaches a page.
$first = Options::json("$root/docs/boundary/report.json");
$second = Options::json("$root/docs/boundary/php-8.4.json");
$second['machine'] = ['cpu' => 'Intel(R) Xeon(R) CPU @ 2.80GHz', 'cores' => 4, 'php' => $first['machine']['php'], 'os' => 'Debian GNU/Linux 13 (trixie)'] + $second['machine'];
// In one row the doors change places, in one the ratio is three times as far, and one was not measured there.
$point = &$second['scenarios']['nothing']['points'][1]['samples'];
[$point['ffi'], $point['native']] = [$point['native'], $point['ffi']];
$point = &$second['scenarios']['scalar']['points'][1]['samples'];
$point['ffi'] = array_map(static fn(float $ns): float => $ns * 3, $point['ffi']);
unset($second['scenarios']['cache-get'], $point);
copy("$root/docs/boundary/report.json", "$directory/report.json");
$file = "$directory/theirs";
$run = static function (string $program, string ...$arguments) use ($root): array {
    $process = proc_open([PHP_BINARY, '-n', "$root/benchmarks/$program", ...$arguments], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    $said = stream_get_contents($pipes[1]);
    return [proc_close($process), $said];
};
$add = static function (string $name, array|string $results, string ...$more) use ($run, $file, $directory): void {
    file_put_contents($file, is_string($results) ? $results : json_encode($results, JSON_UNESCAPED_UNICODE));
    [$status, $said] = $run('machines', '--add', $file, '--in', $directory, ...$more);
    echo "$name: $status, ", str_replace([$directory, "\n"], ['DIR', ''], $said), "\n";
};
$page = "$directory/page.md";
$figures = static function (string $text, bool $write = false) use ($run, $page, $directory): string {
    file_put_contents($page, $text);
    [$status, $said] = $run('figures', ...($write ? ['--write'] : []), ...['--report', "$directory/report.json", $page]);
    return $write ? file_get_contents($page) : "$status " . preg_replace('/.*, (\d+) are wrong.*/s', '$1 wrong', $said);
};
$text = "<!--nothing:ffi/native-->1× and <!--scalar:ffi/native-->1× and <!--cache-get:native-->1 ns and <!--compute-heavy@1000000:ffi/native-->no difference seen,"
    . " <!--string-in@1:ffi-->1 ns, <!--machines-->?<!--/machines-->.\n";
$alone = $figures($text, true);

$add('quick', ['effort' => ['sessions' => 2] + $second['effort']] + $second);
$add('a part', array_diff_key($second, ['loading' => 0]));
$add('failed', ['self_check' => [['name' => 'it is so', 'ok' => false, 'detail' => 'it is not']]] + $second);
$add('no report', ['scenarios' => []]);
$add('no JSON', '{');
$add('the same', $first);
$add('a bad name', $second, '--name', '../else');
echo is_dir("$directory/machines") ? "something was written\n" : "nothing was written\n";
$add('added', $second);
$add('again', $second);
$add('in its place', ['machine' => ['date' => '2026-11-30T01:02:03Z'] + $second['machine']] + $second);
echo preg_replace('/\d{4}-.*/', '…', $run('machines', '--in', $directory)[1]);

$both = $figures($text, true);
$row = static fn(string $name, string $of): string => preg_match('~<!--' . preg_quote($name, '~') . '-->(.*?)(?= and <|, <|\.$)~m', $of, $found) ? $found[1] : "no $name";
$number = '\d[\d.,]*';
foreach ([
    'nothing:ffi/native' => "$number to {$number}× \(machines disagree\)",
    'scalar:ffi/native' => "$number to {$number}× \(machines disagree\)",
    'cache-get:native' => "$number ns",
    'compute-heavy@1000000:ffi/native' => 'no difference seen',
    'string-in@1:ffi' => "$number to $number ns",
] as $name => $pattern) {
    echo "$name: ", preg_match("/^$pattern$/D", $row($name, $both)) ? 'as it should be' : $row($name, $both), "\n";
}
echo preg_match('~<!--machines-->(.*?)<!--~', $both, $found) ? $found[1] : 'no machines', "\n";
echo 'the page as it was before: ', $figures($alone), "\n";
echo 'the page with ranges: ', $figures($both), "\n";
echo 'a range that is another: ', $figures(preg_replace_callback('/(<!--string-in@1:ffi-->)([\d.]+)/', static fn(array $of): string => $of[1] . ($of[2] / 2), $both)), "\n";
echo 'one that hides it: ', $figures(str_replace(' (machines disagree)', '', $both)), "\n";
// The page has a table of those rows.
$machines = array_map(static fn(array $one): array => ['scenarios' => array_map(Analysis::of(...), array_intersect_key($one['scenarios'], ['nothing' => 0, 'scalar' => 0]))] + $one,
    Machines::with($first, $directory));
$view = new Report\MachinesView($machines);
preg_match_all('/^\| (.*?): FFI against native function \| .*? \| (.*?) \|$/m', $view->markdown(), $found);
echo implode('; ', array_map(static fn(string $what, string $say): string => "$what: $say", $found[1], preg_replace('/.*\| /', '', $found[2]))), "\n";
echo substr_count($view->html(), 'Intel Xeon'), ' times on the page, alone ', var_export((new Report\MachinesView(array_slice($machines, 0, 1)))->html(), true), "\n";
// The rule itself.
foreach ([[[2, 3], [0.4, 0.5]], [[2, 3], [0.9, 1.1]], [[2, 3], [3.1, 5]], [[2, 3], [4.6, 5]], [[0.2, 0.25], [0.4, 0.5]]] as $pair) {
    $ratios = array_map(static fn(array $ends): array => ['low' => $ends[0], 'high' => $ends[1]], $pair);
    echo json_encode($pair), ' ', Machines::disagreement($ratios) ?? 'agree', "\n";
}
array_map('unlink', [...glob("$directory/machines/*"), ...glob("$directory/*.*"), $file]);
rmdir("$directory/machines");
rmdir($directory);
?>
--EXPECTF--
quick: 2, benchmarks/machines: DIR/theirs: a quick run; a machine is judged by a whole one (scripts/report, without --quick)
a part: 2, benchmarks/machines: DIR/theirs: only a part of the report (--only)
failed: 2, benchmarks/machines: DIR/theirs: its self-check failed: it is so (it is not)
no report: 2, benchmarks/machines: DIR/theirs: no report.json of benchmarks/run
no JSON: 2, benchmarks/machines: DIR/theirs: Syntax error
the same: 2, benchmarks/machines: DIR/theirs: that run is there already, as DIR/report.json
a bad name: 2, benchmarks/machines: ../else: a machine's name is made of a-z, 0-9, . and -
nothing was written
added: 0, added Intel Xeon, 4 cores, Debian 13, PHP 8.2: DIR/machines/intel-xeon-4-php-8.2.json
again: 2, benchmarks/machines: DIR/theirs: that run is there already, as DIR/machines/intel-xeon-4-php-8.2.json
in its place: 0, added Intel Xeon, 4 cores, Debian 13, PHP 8.2: DIR/machines/intel-xeon-4-php-8.2.json in place of the run of %s
AMD EPYC, 2 cores, Debian 12, PHP 8.2, …
Intel Xeon, 4 cores, Debian 13, PHP 8.2, …
nothing:ffi/native: as it should be
scalar:ffi/native: as it should be
cache-get:native: as it should be
compute-heavy@1000000:ffi/native: as it should be
string-in@1:ffi: as it should be
AMD EPYC, 2 cores, Debian 12, PHP 8.2; Intel Xeon, 4 cores, Debian 13, PHP 8.2
the page as it was before: 1 %d wrong
the page with ranges: 0 0 wrong
a range that is another: 1 1 wrong
one that hides it: 1 2 wrong
A call that does nothing: faster on one, slower on another; An integer in and out: far apart
2 times on the page, alone ''
[[2,3],[0.4,0.5]] direction
[[2,3],[0.9,1.1]] far
[[2,3],[3.1,5]] agree
[[2,3],[4.6,5]] far
[[0.2,0.25],[0.4,0.5]] far
