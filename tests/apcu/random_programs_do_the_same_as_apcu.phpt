--TEST--
Random programs of APCu's functions end the same over lyger's cache as over ext/apcu (scripts/test-apcu runs longer ones)
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_apcu.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/apcu.inc';
$program = __DIR__ . '/../inc/apcu_program.php';
$compare = static function (string $what, int $number, int $calls, array $ini = APCU_SETTINGS) use ($program): void {
    $theirs = php_with('apcu', [$program, "$number", "$calls"], $ini);
    $ours = php_with('lyger', [$program, "$number", "$calls"], $ini);
    echo "$what: ", substr_count($theirs, 'after '), ' ', str_contains($theirs, "\nend ") && $theirs === $ours ? 'the same' : "not the same\n$theirs\n$ours", "\n";
};
foreach ([1, 2, 20261130] as $number) {
    $compare("program $number", $number, 10000);
}
$compare('switched off on the command line', 3, 2000, []);
$compare('switched off', 4, 2000, ['apc.enabled' => '0'] + APCU_SETTINGS);
?>
--EXPECT--
program 1: 10 the same
program 2: 10 the same
program 20261130: 10 the same
switched off on the command line: 2 the same
switched off: 2 the same
