--TEST--
docs/reference.md is what scripts/gen-reference makes of the stub, and has every function of it
--SKIPIF--
<?php
is_file((getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2)) . '/scripts/gen-reference') || die('skip scripts/gen-reference is not part of this tree');
?>
--FILE--
<?php
$root = getenv('LYGER_SOURCE') ?: dirname(__DIR__, 2);
passthru(escapeshellarg(PHP_BINARY) . ' -n ' . escapeshellarg("$root/scripts/gen-reference") . ' --check', $status);
echo "status $status\n";
$page = file_get_contents("$root/docs/reference.md");
$stub = preg_replace('/^#ifdef LYGER_BOUNDARY$.*?^#endif$\n/ms', '', file_get_contents("$root/stubs/lyger.stub.php"));
preg_match_all('/function (lyger_\w+)\(|public (?:static )?function (\w+)\(/', $stub, $found);
foreach (array_filter([...$found[1], ...$found[2]]) as $name) {
    if (!in_array($name, ['lyger_restart_to_serve', 'lyger_serve_scripts'], true) && !preg_match("/\b$name\(/", $page)) { // which is for the command only
        echo "$name is not there\n";
    }
}
?>
--EXPECT--
status 0
