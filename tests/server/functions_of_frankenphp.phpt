--TEST--
FrankenPHP's functions of headers and of its log are there when lyger serves, and nowhere else; disable_functions counts
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$names = ['getallheaders', 'apache_request_headers', 'frankenphp_request_headers', 'apache_response_headers', 'frankenphp_response_headers', 'frankenphp_log'];
echo 'without a server: ', implode(' ', array_filter($names, 'function_exists')) ?: 'none', "\n";
$server = new Server(<<<'PHP'
    switch ($data['path']) {
        case '/request': return [frankenphp_request_headers() === getallheaders(), apache_request_headers() === getallheaders(), getallheaders()['X-Asked']];
        case '/response':
            header_remove('X-Powered-By');
            header('X-One: 1');
            header('X-One:  2 ', false);
            header("X-Empty:");
            header('123: number');
            return [apache_response_headers(), frankenphp_response_headers() === apache_response_headers()];
        case '/log':
            frankenphp_log('plain');
            frankenphp_log("of a level, \"quoted\"\nin two lines", FRANKENPHP_LOG_LEVEL_WARN, ['user' => 7, 'msg' => 'taken', 'list' => [1, 2.0], 'ü' => "\xff", 5 => null]);
            foreach ([FRANKENPHP_LOG_LEVEL_DEBUG, -1, FRANKENPHP_LOG_LEVEL_INFO, 3, 7, FRANKENPHP_LOG_LEVEL_ERROR, PHP_INT_MAX] as $level) { frankenphp_log('level', $level); }
            return 'logged';
        case '/wrong': try { frankenphp_log([]); } catch (TypeError $error) { return $error->getMessage(); }
        case '/are': return implode(' ', array_filter($GLOBALS['names'], 'function_exists')) ?: 'none';
        case '/reflection': return (string) new ReflectionFunction('frankenphp_log');
    }
    PHP, boot: '$names = ' . var_export($names, true) . ';', served: true);
echo $server->get('/request', ['X-Asked' => 'yes'])->body, "\n", $server->get('/response')->body, "\n";
echo $server->get('/log')->body, "\n", $server->get('/wrong')->body, "\n", $server->get('/are')->body, "\n";
echo preg_replace('/\s+/', ' ', $server->get('/reflection')->body), "\n";
foreach (explode("\n", $server->output()) as $line) {
    if (str_starts_with($line, '{')) {
        $ts = json_decode($line)->ts;
        echo preg_replace('/"ts":[\d.]+/', '"ts":' . (abs($ts - time()) < 3600 ? 'now' : $ts), $line), "\n";
    }
}
$server->stop(expected: '~^( *(lyger \d|/)|\{)~');
$disabled = new Server('return implode(" ", array_filter($GLOBALS["names"], "function_exists"));', boot: '$names = ' . var_export($names, true) . ';', served: true,
    ini: ['disable_functions' => 'frankenphp_log,apache_response_headers']);
echo 'the rest: ', $disabled->get('/')->body, "\n";
$disabled->stop(expected: '~^ *(lyger \d|/)~');
?>
--EXPECT--
without a server: none
[true,true,"yes"]
[{"X-One":"2","X-Empty":"","123":"number"},true]
logged
frankenphp_log(): Argument #1 ($message) must be of type string, array given
getallheaders apache_request_headers frankenphp_request_headers apache_response_headers frankenphp_response_headers frankenphp_log
Function [ <internal:lyger> function frankenphp_log ] { - Parameters [3] { Parameter #0 [ <required> string $message ] Parameter #1 [ <optional> int $level = 0 ] Parameter #2 [ <optional> array $context = [] ] } - Return [ void ] } 
{"level":"info","ts":now,"msg":"plain"}
{"level":"warn","ts":now,"msg":"of a level, \"quoted\"\nin two lines","user":7,"context.msg":"taken","list":[1,2.0],"ü":"�","5":null}
{"level":"debug","ts":now,"msg":"level"}
{"level":"debug","ts":now,"msg":"level"}
{"level":"info","ts":now,"msg":"level"}
{"level":"info","ts":now,"msg":"level"}
{"level":"warn","ts":now,"msg":"level"}
{"level":"error","ts":now,"msg":"level"}
{"level":"error","ts":now,"msg":"level"}
the rest: getallheaders apache_request_headers frankenphp_request_headers frankenphp_response_headers
