#!/usr/bin/env php
<?php

/**
 * lyger_json_encode beside json_encode, in one alternating run.
 *
 *     php -d extension=/path/to/lyger.so benchmarks/json.php [--quick] [--json]
 *
 * Median microseconds per call over many rounds, the two in turns, and the quotient. Both texts are compared first.
 * The goals: 1,000 objects of 99 KB in at most 0.33 of json_encode's time, long strings in at most 0.15.
 */

declare(strict_types=1);

if (!extension_loaded('lyger')) {
    fwrite(STDERR, "benchmarks/json.php needs the extension lyger\n");
    exit(2);
}
$quick = in_array('--quick', $argv, true);
$rounds = $quick ? 15 : 101;
mt_srand(4);

/** Words as a text has them; $alphabet is a list of characters. */
function words(array $alphabet, int $bytes): string
{
    $text = '';
    while (strlen($text) < $bytes) {
        for ($i = mt_rand(2, 9); $i > 0; $i--) {
            $text .= $alphabet[mt_rand(0, count($alphabet) - 1)];
        }
        $text .= mt_rand(0, 11) ? ' ' : '. ';
    }
    return $text;
}

$latin = range('a', 'z');
$cyrillic = mb_chars('абвгдежзийклмнопрстуфхцчшщыэюя');
$chinese = mb_chars('的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年');

/** @return list<string> */
function mb_chars(string $text): array
{
    return preg_split('//u', $text, -1, PREG_SPLIT_NO_EMPTY);
}

$records = $objects = [];
for ($i = 0; $i < 1000; $i++) {
    $records[] = [
        'id' => $i,
        'name' => "User number $i",
        'email' => "user$i@example.com",
        'active' => $i % 3 > 0,
        'score' => round(mt_rand() / mt_getrandmax() * 100, 2),
        'note' => $i % 5 ? null : "first line\nsecond line",
    ];
    $objects[] = (object) $records[$i];
}
class Row
{
    public function __construct(public int $id, public string $name, public string $email, public bool $active, public float $score, public ?string $note)
    {
    }
}
$rows = array_map(static fn (array $record): Row => new Row(...$record), $records);

$long = [];
foreach ([$latin, $cyrillic, $chinese] as $alphabet) {
    for ($i = 0; $i < 8; $i++) {
        $long[] = words($alphabet, 24000);
    }
}
$escapes = array_map(static fn (int $i): string => str_replace('. ', "\",\n\t\"", words($latin, 24000)), range(1, 24));
$nested = 1;
for ($i = 0; $i < 400; $i++) {
    $nested = $i % 2 ? ['value' => $nested, 'depth' => $i] : [$nested, $i];
}
$numbers = range(1, 10000);
array_walk($numbers, static fn (int &$n) => $n = mt_rand(0, 2) ? mt_rand() : mt_rand(0, 99999) - 50000);
$prices = array_map(static fn (int $n): float => mt_rand(0, 999999) / 100, $numbers);
$fractions = array_map(static fn (int $n): float => mt_rand() / mt_getrandmax(), $numbers);

$scenarios = [
    '1,000 arrays with keys' => [$records, 0],
    '1,000 stdClass objects' => [$objects, 0],
    '1,000 objects of a class' => [$rows, 0],
    '1,000 arrays, pretty' => [$records, JSON_PRETTY_PRINT],
    'one small array' => [$records[0], 0],
    'long strings, ASCII and UTF-8' => [$long, JSON_UNESCAPED_UNICODE],
    'long strings, ASCII' => [array_merge(array_slice($long, 0, 8), array_slice($long, 0, 8), array_slice($long, 0, 8)), 0],
    'long strings, UTF-8' => [array_slice($long, 8), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS],
    'long strings, UTF-8 escaped' => [array_slice($long, 8), 0],
    'long strings with many escapes' => [$escapes, 0],
    '10,000 integers' => [$numbers, 0],
    '10,000 prices' => [$prices, 0],
    '10,000 fractions of 16 digits' => [$fractions, 0],
    '400 levels deep' => [$nested, 0],
];

/** Nanoseconds of one call, the mean of as many as take about a millisecond. */
function nanoseconds(callable $loop, mixed $value, int $flags, int $calls): float
{
    $start = hrtime(true);
    $loop($value, $flags, $calls);
    return (hrtime(true) - $start) / $calls;
}

/** Each loop is written out: a call through a variable would cost more than what is measured. */
$php = static function (mixed $value, int $flags, int $calls): void { while ($calls-- > 0) { json_encode($value, $flags); } };
$lyger = static function (mixed $value, int $flags, int $calls): void { while ($calls-- > 0) { lyger_json_encode($value, $flags); } };

function median(array $values): float
{
    sort($values);
    return $values[intdiv(count($values), 2)];
}

$report = [];
foreach ($scenarios as $name => [$value, $flags]) {
    $text = json_encode($value, $flags);
    if ($text === false || lyger_json_encode($value, $flags) !== $text) {
        fwrite(STDERR, "the two texts of \"$name\" differ\n");
        exit(1);
    }
    $calls = max(1, (int) (1e6 / nanoseconds($php, $value, $flags, 3)));
    $times = ['php' => [], 'lyger' => []];
    for ($round = 0; $round < $rounds; $round++) {
        $times['php'][] = nanoseconds($php, $value, $flags, $calls);
        $times['lyger'][] = nanoseconds($lyger, $value, $flags, $calls);
    }
    $report[$name] = ['bytes' => strlen($text), 'php' => median($times['php']), 'lyger' => median($times['lyger'])];
}

if (in_array('--json', $argv, true)) {
    echo lyger_json_encode(['php' => PHP_VERSION, 'ns' => $report], JSON_PRETTY_PRINT), "\n";
    exit;
}
printf("%-32s %9s %14s %14s %9s\n", 'PHP ' . PHP_VERSION . ', median of ' . $rounds, 'bytes', 'json_encode', 'lyger', 'quotient');
foreach ($report as $name => $row) {
    $times = array_map(static fn (float $ns): string => sprintf('%.2f us', $ns / 1000), [$row['php'], $row['lyger']]);
    printf("%-32s %9d %14s %14s %9.3f\n", $name, $row['bytes'], ...[...$times, $row['lyger'] / $row['php']]);
}
