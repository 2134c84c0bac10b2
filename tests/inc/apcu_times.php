<?php
/*
 * How long entries of APCu's functions live. They end with the second after the one in which their time is over, so that is waited for
 * with some seconds to spare, and what is to be there lives for hours: the outcome does not depend on the machine's load.
 */
declare(strict_types=1);

function look(string $what, array $keys): void
{
    $there = array_keys(apcu_fetch($keys));
    $walked = array_keys(iterator_to_array(new APCUIterator(null, APC_ITER_KEY)));
    sort($walked, SORT_STRING);
    echo "$what: ", implode(' ', $there), ' / ', implode(' ', array_filter($keys, 'apcu_exists')), ' / ', implode(' ', $walked), "\n";
}

apcu_clear_cache();
$short = $long = [];
foreach ([1, 2, 3] as $ttl) {
    apcu_store("store$ttl", $ttl, $ttl);
    apcu_add("add$ttl", [$ttl], $ttl);
    apcu_inc("inc$ttl", 1, $success, $ttl);
    apcu_entry("entry$ttl", fn() => str_repeat('x', 3000), $ttl);
    apcu_store(["list$ttl" => $ttl, "list$ttl-" => $ttl], null, $ttl);
    array_push($short, "store$ttl", "add$ttl", "inc$ttl", "entry$ttl", "list$ttl", "list$ttl-");
}
foreach (['store', 'inc'] as $name) {
    apcu_store($name, 1, 36000);
    $long[] = $name;
}
apcu_store('for good', 1);
apcu_store('prolonged', 1, 1);
apcu_store('prolonged', 2, 36000);
apcu_store('counted', 1, 1);
for ($i = 0; $i < 5; $i++) {
    apcu_inc('counted'); // which does not prolong it
    apcu_cas('counted', 1, 1);
}
$all = [...$short, ...$long, 'for good', 'prolonged', 'counted'];
sleep(6);
look('after the longest of the short ones', $all);
echo json_encode([apcu_add('store1', 'again'), apcu_fetch('store1'), apcu_inc('inc1', 7), apcu_cas('counted', 6, 7), apcu_entry('entry1', fn() => 'anew')]), "\n";
look('then', $all);
echo "end \n";
