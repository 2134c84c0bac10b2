--TEST--
Every probe returns the same through FFI and natively
--EXTENSIONS--
ffi
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_probes.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/probes.inc';
require __DIR__ . '/doors_agree.inc';
compare_results(results_of_ffi(probes()), results_of_native());
?>
--EXPECT--
compared
