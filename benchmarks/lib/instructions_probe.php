<?php

/**
 * Runs the steps of crossings through one door for Instructions, under callgrind. lyger_hello_world() is the mark at which
 * callgrind writes a profile: around the loops of each order, and between them.
 *     instructions_probe.php SETTINGS ORDERS     (both JSON; an order: file, scenario, door, size, lengths)
 * Prints, for each order, the labels of the steps it could open, after "loop", the empty one, and before "end".
 */

declare(strict_types=1);

namespace Lyger\Benchmarks;

require __DIR__ . '/autoload.php';

$context = new Context(json_decode($argv[1], true, 16, JSON_THROW_ON_ERROR));
$opened = [];
foreach (json_decode($argv[2], true, 16, JSON_THROW_ON_ERROR) as $order) {
    ['file' => $file, 'scenario' => $name, 'door' => $door, 'size' => $size, 'lengths' => $lengths] = $order;
    $scenario = array_column((static fn(string $file): array => require $file)($file), null, 'name')[$name];
    $loops = [];
    try {
        $data = $scenario->prepare ? ($scenario->prepare)($context, $size) : null;
        $empty = static function (int $n): void {
            for ($i = 0; $i < $n; $i++) {
            }
        };
        $loops['loop'] = $scenario->empty ? ($scenario->empty)($context, $size, $data) : $empty;
        foreach ($scenario->parts[$door] as $label => $factory) {
            $loops[$label] = $factory($context, $size, $data);
        }
        foreach ($loops as $loop) {
            $loop($lengths[0]); // symbols are bound, memory is there
        }
    } catch (Skipped) {
        $loops = [];
    }
    \lyger_hello_world(); // the first of its kind
    $last = $loops ? ['end' => $empty] : []; // what follows a loop is the same for all that count
    foreach ($loops + $last as $loop) {
        foreach ($lengths as $length) {
            \lyger_hello_world();
            $loop($length);
        }
    }
    \lyger_hello_world(); // what comes up to the next loop is nobody's
    $opened[] = array_keys($loops + $last);
}
echo json_encode($opened);
