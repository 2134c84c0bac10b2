<?php

/**
 * The process of Instructions: runs two loops of every part of a crossing, and calls lyger_hello_world() before each and
 * after the last, which is where callgrind writes its profiles.
 *     instructions_probe.php SETTINGS ORDER     (both JSON)
 * Prints the parts it could open.
 */

declare(strict_types=1);

namespace Lyger\Benchmarks;

require __DIR__ . '/autoload.php';

$context = new Context(json_decode($argv[1], true, 16, JSON_THROW_ON_ERROR));
$order = json_decode($argv[2], true, 16, JSON_THROW_ON_ERROR);
['file' => $file, 'scenario' => $name, 'door' => $door, 'size' => $size, 'lengths' => $lengths] = $order;
$scenario = array_column(require $file, null, 'name')[$name];
$loops = [];
try {
    $data = $scenario->prepare ? ($scenario->prepare)($context, $size) : null;
    foreach ($scenario->parts[$door] as $part => $factory) {
        $loops[$part] = $factory($context, $size, $data);
        $loops[$part](100); // symbols are bound, memory is there
    }
} catch (Skipped) {
    $loops = [];
}
foreach ($loops as $loop) {
    foreach ($lengths as $length) {
        \lyger_hello_world();
        $loop($length);
    }
}
\lyger_hello_world();
echo json_encode(array_keys($loops));
