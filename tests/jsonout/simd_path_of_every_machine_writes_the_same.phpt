--TEST--
Without AVX2 strings are written as json_encode writes them too
--EXTENSIONS--
lyger
--ENV--
LYGER_SIMD=base
--FILE--
<?php
require __DIR__ . '/../inc/json_bytes.inc';
require __DIR__ . '/../inc/json_utf8.inc';
?>
--EXPECT--
all agree
all agree
