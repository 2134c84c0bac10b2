--TEST--
An entry is there until its time is over, then it is a miss, for every function
--EXTENSIONS--
lyger
--FILE--
<?php
lyger_cache_set('short', 'x', 2);
lyger_cache_set('touched', 'y', 2);
lyger_cache_set('long', 'z', 1000);
lyger_cache_increment('counter', 5, 2);
$start = hrtime(true);
var_dump(lyger_cache_get('short'), lyger_cache_touch('touched', 1000), lyger_cache_touch('none', 5));
do {
    $gone = !lyger_cache_has('short') && !lyger_cache_has('counter');
    $elapsed = (hrtime(true) - $start) / 1e9;
} while (!$gone && $elapsed < 10);
var_dump($elapsed > 1.9 && $elapsed < 2.5);
var_dump(lyger_cache_get('short', 'default'), lyger_cache_delete('short'), lyger_cache_size());
var_dump(lyger_cache_add('short', 'again'), lyger_cache_increment('counter'));
var_dump(lyger_cache_get('touched'), lyger_cache_get('long'), lyger_cache_info()['expirations']);
?>
--EXPECT--
string(1) "x"
bool(true)
bool(false)
bool(true)
string(7) "default"
bool(false)
int(2)
bool(true)
int(1)
string(1) "y"
string(1) "z"
int(2)
