--TEST--
Names that clients write, of whatever kind, leave nothing in a worker's memory
--EXTENSIONS--
lyger
mbstring
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
require __DIR__ . '/../inc/names.inc';
$server = new Server(NAMES_HANDLER, ini: ['max_file_uploads' => 1000, 'display_errors' => 1, 'log_errors' => 0], extensions: ['mbstring']);
const MANY = 200;
$round = function (int $first, string $kind) use ($server): string {
    return names_request($kind, range($first, $first + MANY - 1));
};
$used = fn() => (int) $server->get('/memory')->body;
// What is remembered of many requests has a bound: it is reached first.
for ($i = 0; $i < 6; $i++) {
    $server->raw($round(1_000_000 + $i * MANY, 'fields'));
    $server->raw($round(2_000_000 + $i * MANY, 'form')); // its stream is a resource: their list has its final form
}
$number = 9_000_000;
$before = null;
foreach (NAMES_KINDS as $kind) {
    $answers = [];
    for ($i = 0; $i < 4; $i++) {
        $answers[] = Server::parse($server->raw($round($number, $kind)))->body;
        $number += MANY;
        $before ??= $used(); // after one of this kind: what the last request of each had is kept
    }
    echo str_pad($kind, 12), ' ', implode(' ', array_unique($answers)), ', ', $used() - $before, " bytes more\n";
    $before = null;
}
$server->stop();
?>
--EXPECT--
query        200, 0 bytes more
cookies      200, 0 bytes more
form         200, 0 bytes more
parts        200, 0 bytes more
files        200, 0 bytes more
fields       50, 0 bytes more
method       1, 0 bytes more
target       1, 0 bytes more
parse_str    200, 0 bytes more
classes      200, 0 bytes more
callables    200, 0 bytes more
constants    200, 0 bytes more
json         200, 0 bytes more
properties   200, 0 bytes more
code         200, 0 bytes more
patterns     200, 0 bytes more
