--TEST--
apcu_entry() computes in one process while others wait, which go on when that one is killed; apcu_inc() and apcu_cas() are atomic
--EXTENSIONS--
lyger
pcntl
posix
--INI--
lyger.apcu_api=1
apc.enable_cli=1
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
$workers = [];
for ($i = 0; $i < 6; $i++) {
    $workers[] = start(function () {
        $value = apcu_entry('slow', function (string $key): string {
            apcu_inc('computed');
            until(fn() => apcu_fetch('asked') >= 5, 'all have asked');
            usleep(20_000);
            return "value of $key";
        });
        apcu_inc($value);
    });
    apcu_inc('asked');
}
wait_for_all(...$workers);
var_dump(apcu_fetch('computed'), apcu_fetch('value of slow'));

$killed = start(fn() => apcu_entry('dies', function () {
    apcu_store('computing', true);
    sleep(600);
}));
until(fn() => apcu_exists('computing'), 'it computes');
$waiting = start(fn() => apcu_store('waited', apcu_entry('dies', fn() => 'computed by another')));
usleep(50_000);
var_dump(apcu_exists('waited'), apcu_exists('dies'));
posix_kill($killed, SIGKILL);
wait_for_all($killed, $waiting);
var_dump(apcu_fetch('waited'), apcu_fetch('dies'));

// Two that need each other's value both get one.
$pair = [];
foreach ([['one', 'two'], ['two', 'one']] as [$mine, $other]) {
    $pair[] = start(function () use ($mine, $other) {
        apcu_entry($mine, function () use ($mine, $other) {
            apcu_store("in $mine", 1);
            until(fn() => apcu_exists("in $other"), 'the other computes');
            return $mine . apcu_entry($other, fn() => ' alone');
        });
    });
}
wait_for_all(...$pair);
var_dump(apcu_exists('one') && apcu_exists('two'));

$workers = [];
for ($i = 0; $i < 4; $i++) {
    $workers[] = start(function () {
        for ($n = 0; $n < 3000; $n++) {
            apcu_inc('total', 3);
            apcu_dec('total');
            do {
                $old = apcu_fetch('swapped') ?: 0;
            } while (!apcu_add('swapped', 1) && !apcu_cas('swapped', $old, $old + 1));
        }
    });
}
wait_for_all(...$workers);
var_dump(apcu_fetch('total'), apcu_fetch('swapped'));
?>
--EXPECT--
int(1)
int(6)
bool(false)
bool(false)
string(19) "computed by another"
string(19) "computed by another"
bool(true)
int(24000)
int(12000)
