--TEST--
lyger serve runs a loop's file at global scope, as PHP runs a script: its variables are globals, and so are those of what it requires
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    $own = 'a global';
    file_put_contents(__DIR__ . '/required.php', '<?php $required = "a global too";');
    require __DIR__ . '/required.php';
    $before = array_keys(array_diff_key($GLOBALS, array_flip(['_GET', '_POST', '_COOKIE', '_FILES', '_SERVER', '_REQUEST', '_ENV', 'GLOBALS'])));
    $script = [$_SERVER['SCRIPT_FILENAME'] === __FILE__, $_SERVER['SCRIPT_NAME'] === __FILE__, $argv === [__FILE__], $argc, $_SERVER['argv'] === [__FILE__],
        count(debug_backtrace()), get_included_files()[0] === __FILE__, __FUNCTION__];
    function f(): string { global $own; return "$own, {$GLOBALS['required']}"; }
    while (frankenphp_handle_request(function () use ($before, $script) {
        global $count;
        $count++;
        $trace = array_map(fn($frame) => str_starts_with($frame['function'], '{closure') ? 'closure' : $frame['function'], debug_backtrace());
        echo json_encode([f(), $count, $before, $script, $trace, isset($GLOBALS['handler']), PHP_SAPI, $_SERVER['SCRIPT_FILENAME'] === __FILE__, ini_get('lyger.frankenphp_api')]);
    })) { }
    PHP, whole: true, served: true);
$server->get('/');
echo str_replace([',"', ',['], [",\n\"", ",\n["], $server->get('/')->body), "\n";
$server->stop(expected: '~^ *(lyger \d|/)~');
?>
--EXPECT--
["a global, a global too",2,
["argv",
"argc",
"own",
"required"],
[true,true,true,1,true,1,false,
""],
["closure",
"frankenphp_handle_request",
"require"],false,
"lyger",true,
"0"]
