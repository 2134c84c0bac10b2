--TEST--
Entries of APCu's functions live until the second after their time is over, and are made anew then
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_apcu.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/apcu.inc';
$code = substr(file_get_contents(__DIR__ . '/../inc/apcu_times.php'), strlen('<?php'));
echo both($code), "\n";
?>
--EXPECT--
after the longest of the short ones: store inc for good prolonged / store inc for good prolonged / for good inc prolonged store
[true,"again",7,false,"anew"]
then: store1 inc1 entry1 store inc for good prolonged / store1 inc1 entry1 store inc for good prolonged / entry1 for good inc inc1 prolonged store store1
end
