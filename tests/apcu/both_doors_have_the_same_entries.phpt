--TEST--
APCu's functions and lyger's find each other's entries; APCu's list, count and clear only their own
--EXTENSIONS--
lyger
--INI--
lyger.apcu_api=1
apc.enable_cli=1
--FILE--
<?php
lyger_cache_set('session', 'of lyger');
lyger_cache_set('both', 'of lyger');
apcu_store('apcu', ['of', 'apcu']);
apcu_store('both', 1);
apcu_store('', 'the empty key');
var_dump(apcu_fetch('session'), lyger_cache_get('apcu'), lyger_cache_increment('both'), apcu_inc('both', 5));
$keys = iterator_to_array(new APCUIterator(null, APC_ITER_KEY));
ksort($keys);
echo json_encode($keys), (new APCUIterator())->getTotalCount(), ' ', count(apcu_cache_info()['cache_list']), ' ', apcu_cache_info(true)['num_entries'], "\n";
var_dump(apcu_key_info('session')['creation_time']);
lyger_cache_set('apcu', 'now of lyger');
var_dump(apcu_clear_cache(), lyger_cache_has('session'), lyger_cache_get('apcu'), lyger_cache_has('both'), lyger_cache_size());
var_dump(apcu_delete('session'), apcu_store('again', 1));
lyger_cache_clear();
var_dump(apcu_exists('again'));
?>
--EXPECT--
string(8) "of lyger"
array(2) {
  [0]=>
  string(2) "of"
  [1]=>
  string(4) "apcu"
}
int(2)
int(7)
{"":{"key":""},"apcu":{"key":"apcu"},"both":{"key":"both"}}3 3 4
int(0)
bool(true)
bool(true)
string(12) "now of lyger"
bool(false)
int(2)
bool(true)
bool(true)
bool(false)
