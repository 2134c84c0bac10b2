--TEST--
Script form: each request runs the script of its path at global scope, from a clean PHP, whatever the one before did
--EXTENSIONS--
lyger
mbstring
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/scripts.inc';

putenv('REMOTE_DB=of the application');
putenv('REMOTE_USER=of nobody');
$server = new Scripts([
    'environment.php' => '<?php echo $_SERVER["REMOTE_DB"], ", ", $_SERVER["REMOTE_USER"] ?? "none";',
    'index.php' => '<?php $kept ??= "first"; function of_global() { global $kept; return $kept; }
        echo PHP_SAPI, " ", php_sapi_name(), " ", of_global(), " ", $_SERVER["SCRIPT_NAME"], " ", $_SERVER["PATH_INFO"] ?? "-", " ", getcwd() === __DIR__ ? "here" : getcwd();
        $kept = "second";',
    'state.php' => '<?php
        echo json_encode([ini_get("precision"), setlocale(LC_NUMERIC, 0), class_exists("Made", false), defined("MADE"), getenv("MADE"), umask(), date_default_timezone_get(),
            mb_internal_encoding(), count(spl_autoload_functions()), http_response_code(), ob_get_level(), error_reporting() === E_ALL, isset($GLOBALS["made"])]);
        if (true) { class Made {} } define("MADE", 1); putenv("MADE=1"); umask(0); date_default_timezone_set("Asia/Tokyo"); mb_internal_encoding("ISO-8859-1"); ini_set("precision", "5");
        spl_autoload_register(fn() => null); http_response_code(201); ob_start(); error_reporting(0); $made = 1; chdir("/"); set_error_handler(fn() => true);',
    'exit.php' => '<?php echo "before"; register_shutdown_function(function () { echo " shutdown"; }); class D { function __destruct() { echo " destructed"; } } $d = new D; exit(3);',
    'fatal.php' => '<?php register_shutdown_function(function () { echo "words: ", error_get_last()["type"]; }); missing();',
    'memory.php' => '<?php ini_set("memory_limit", "8M"); register_shutdown_function(function () { echo "still here ", http_response_code(); }); $x = getenv("USE_ZEND_ALLOC") === "0" ? no_limit_there() : str_repeat("x", 1 << 26);',
    'post.php' => '<?php echo json_encode([$_POST, $_COOKIE, $_SERVER["CONTENT_TYPE"], strlen(file_get_contents("php://input"))]);',
    'finish.php' => '<?php echo "sent"; var_dump(fastcgi_finish_request()); echo "lost"; file_put_contents(__DIR__ . "/after", "done");',
    'static.txt' => 'text',
    'sub/index.php' => '<?php echo "sub ", $_SERVER["PHP_SELF"], " ", $_SERVER["DOCUMENT_URI"];',
    '.hidden/x.php' => '<?php echo "hidden";',
], ini: ['html_errors' => 0, 'log_errors' => 0, 'display_errors' => 0], extensions: ['mbstring']);

$show = static function (Response $answer): void {
    echo $answer->status, ' ', $answer->body, "\n";
};
$show($server->get('/'));
$show($server->get('/index.php'));
$show($server->get('/index.php/some/page'));
$show($server->get('/a/route?x=1'));
$show($server->get('/environment.php'));
$show($server->get('/state.php'));
$show($server->get('/state.php'));
$show($server->get('/exit.php'));
$show($server->get('/fatal.php'));
$show($server->get('/memory.php'));
$show($server->request('POST', '/post.php', ['Content-Type' => 'application/x-www-form-urlencoded', 'Cookie' => 'c=1'], 'a%5B%5D=1&b=2'));
$show($server->get('/finish.php'));
$end = microtime(true) + 30;
while (@file_get_contents("$server->root/after") !== 'done' && microtime(true) < $end) { // it is there before it is written
    usleep(2000);
}
echo file_get_contents("$server->root/after"), "\n";
$show($server->get('/static.txt'));
$show($server->get('/sub/'));
$answer = $server->get('/sub?q=1');
echo $answer->status, ' ', $answer->field('location'), "\n";
$show($server->get('/missing.php'));
$show($server->get('/.hidden/x.php'));
$show($server->get('/%'));
$pids = [];
file_put_contents("$server->root/pid.php", '<?php echo getmypid();');
foreach (range(1, 3) as $i) {
    $server->get('/fatal.php');
    $pids[$server->get('/pid.php')->body] = true;
}
echo 'workers: ', count($pids), "\n";
$server->stop();
?>
--EXPECT--
200 lyger lyger first /index.php - here
200 lyger lyger first /index.php - here
200 lyger lyger first /index.php /some/page here
200 lyger lyger first /index.php - here
200 of the application, none
200 ["14","C",false,false,false,18,"UTC","UTF-8",0,200,0,true,false]
200 ["14","C",false,false,false,18,"UTC","UTF-8",0,200,0,true,false]
200 before shutdown destructed
500 words: 1
500 still here 500
200 [{"a":["1"],"b":"2"},{"c":"1"},"application\/x-www-form-urlencoded",13]
200 sent
done
200 text
200 sub /sub/index.php /sub/index.php
301 /sub/?q=1
404 File not found.

404 File not found.

400 {"status":400,"error":"the target has a broken percent-encoding"}
workers: 1
