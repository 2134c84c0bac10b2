--TEST--
Cycles that requests leave behind are collected between them, long before memory_limit
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$boot = <<<'PHP'
    $destroyed = 0;
    class Knot { public $self; public $load; function __construct() { $this->self = $this; $this->load = str_repeat('x', 200_000); } function __destruct() { $GLOBALS['destroyed']++; } }
    function act() { new Knot; return json_encode(['memory' => memory_get_usage(), 'runs' => gc_status()['runs'], 'destroyed' => $GLOBALS['destroyed']]); }
    PHP;
foreach (['handler' => ['return act();', false], 'loop' => ['while (lyger_handle_request(function () { echo act(); })) { }', true]] as $form => [$code, $whole]) {
    foreach (['on' => 1, 'off' => 0] as $gc => $on) {
        $server = new Server($code, ini: ['zend.enable_gc' => $on, 'memory_limit' => '64M'], boot: $boot, whole: $whole);
        $most = 0;
        for ($i = 0; $i < 200; $i++) {
            $last = json_decode($server->get('/')->body);
            $most = max($most, $last->memory);
        }
        $all = $last->destroyed > 150 && $last->runs > 10;
        echo "$form, collector $gc: ", $on ? ($most < 8 << 20 && $all ? 'flat' : "$most bytes, " . json_encode($last)) : ($last->runs === 0 ? 'left alone' : 'run'), "\n";
        $server->stop();
    }
}
?>
--EXPECT--
handler, collector on: flat
handler, collector off: left alone
loop, collector on: flat
loop, collector off: left alone
