--TEST--
Options are checked by name, type and range before anything starts
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
$try = function (array $options, mixed $port = 0, mixed $handler = 'strlen') {
    try {
        lyger_start_server($handler, $port, $options);
        echo "started\n";
    } catch (Throwable $thrown) {
        echo get_class($thrown), ': ', preg_replace('/(known are host, port, backlog).*/i', '$1, …', $thrown->getMessage()), "\n";
    }
};
$try(['worker' => 4]);
$try([4]);
$try(['wrokers' => 4]);
$try(['wrokes' => 4]);
$try(['workers' => '4']);
$try(['workers' => 4.0]);
$try(['workers' => 0]);
$try(['workers' => 100000]);
$try(['workers' => PHP_INT_MAX]);
$try(['request_timeout' => -1]);
$try(['request_timeout' => NAN]);
$try(['request_timeout' => '5']);
$try(['grace' => INF]);
$try(['max_body_size' => '8X']);
$try(['max_body_size' => '']);
$try(['max_body_size' => -1]);
$try(['max_body_size' => []]);
$try(['compress' => 1]);
$try(['host' => 5]);
$try(['host' => "a\0b"]);
$try(['document_root' => 5]);
$try(['access_log_format' => 'xml']);
$try(['health_path' => 'health']);
$try(['health_path' => '/health?all']);
$try(['max_fields' => 101]);
foreach ([['max_fields' => 1, 'request_timeout' => 0, 'socket_mode' => 0], ['max_fields' => 100, 'request_timeout' => 86400, 'socket_mode' => 0777],
    ['max_fields' => 0], ['request_timeout' => 86401], ['request_timeout' => 86400.5]] as $limits) {
    $try($limits + ['check_only' => true]);
}
$try([], 65536);
$try([], -1);
$try([], 'http');
$try([], 0, 'no_such_function');
putenv('LYGER_OPTIONS={"workers": "many"}');
$try([]);
putenv('LYGER_OPTIONS={"wrokers": 1}');
$try([]);
putenv('LYGER_OPTIONS=[1');
$try([]);
putenv('LYGER_OPTIONS={"user": "nobodyx"}');
$try([]);
putenv('LYGER_OPTIONS');
$try(['socket_mode' => '0888']);
$try(['socket_mode' => 01000]);
$try(['max_body_size' => '64MB', 'socket_mode' => '0660', 'body_in_memory' => '64KiB', 'check_only' => true]);
$taken = stream_socket_server('tcp://127.0.0.1:0');
try {
    lyger_start_server('strlen', (int) substr(strrchr(stream_socket_get_name($taken, false), ':'), 1), ['host' => '127.0.0.1']);
} catch (Lyger\Exception\ServerException $refused) {
    echo get_class($refused), ': ', preg_replace('/\d{4,}/', 'PORT', $refused->getMessage()), "\n";
}
$method = new ReflectionMethod(Lyger\Engine::class, 'startServer');
var_dump($method->isStatic(), (string) $method->getReturnType(), function_exists('fastcgi_finish_request'));
?>
--EXPECT--
ValueError: lyger_start_server(): Argument #3 ($options) has the unknown option "worker"; did you mean "workers"? Known are host, port, backlog, …
ValueError: lyger_start_server(): Argument #3 ($options) has the unknown option "0"; known are host, port, backlog, …
ValueError: lyger_start_server(): Argument #3 ($options) has the unknown option "wrokers"; did you mean "workers"? Known are host, port, backlog, …
ValueError: lyger_start_server(): Argument #3 ($options) has the unknown option "wrokes"; known are host, port, backlog, …
TypeError: lyger_start_server(): Argument #3 ($options) must be an int for option "workers", string given
TypeError: lyger_start_server(): Argument #3 ($options) must be an int for option "workers", float given
ValueError: lyger_start_server(): Argument #3 ($options) must be between 1 and 508 for option "workers", 0 given
ValueError: lyger_start_server(): Argument #3 ($options) must be between 1 and 508 for option "workers", 100000 given
ValueError: lyger_start_server(): Argument #3 ($options) must be between 1 and 508 for option "workers", 9223372036854775807 given
ValueError: lyger_start_server(): Argument #3 ($options) must be between 0 and 86400 seconds for option "request_timeout", -1 given
ValueError: lyger_start_server(): Argument #3 ($options) must be between 0 and 86400 seconds for option "request_timeout", NAN given
TypeError: lyger_start_server(): Argument #3 ($options) must be a number of seconds (int or float) for option "request_timeout", string given
ValueError: lyger_start_server(): Argument #3 ($options) must be between 0 and 86400 seconds for option "grace", INF given
ValueError: lyger_start_server(): Argument #3 ($options) must be a number of bytes, such as 65536, "64K" or "8M" for option "max_body_size", "8X" given
ValueError: lyger_start_server(): Argument #3 ($options) must be a number of bytes, such as 65536, "64K" or "8M" for option "max_body_size", "" given
ValueError: lyger_start_server(): Argument #3 ($options) must be between 0 and 1000000000000000 bytes for option "max_body_size", -1 given
TypeError: lyger_start_server(): Argument #3 ($options) must be a number of bytes, such as 65536, "64K" or "8M" for option "max_body_size", array given
TypeError: lyger_start_server(): Argument #3 ($options) must be true or false for option "compress", int given
TypeError: lyger_start_server(): Argument #3 ($options) must be a string or null for option "host", int given
ValueError: lyger_start_server(): Argument #3 ($options) must have no NUL byte for option "host", one given
TypeError: lyger_start_server(): Argument #3 ($options) must be a string or null for option "document_root", int given
ValueError: lyger_start_server(): Argument #3 ($options) must be "combined", "json" or "terminal" for option "access_log_format", "xml" given
ValueError: health_path must be a path such as /health, "health" given
ValueError: health_path must be a path such as /health, "/health?all" given
ValueError: lyger_start_server(): Argument #3 ($options) must be between 1 and 100 for option "max_fields", 101 given
started
started
ValueError: lyger_start_server(): Argument #3 ($options) must be between 1 and 100 for option "max_fields", 0 given
ValueError: lyger_start_server(): Argument #3 ($options) must be between 0 and 86400 seconds for option "request_timeout", 86401 given
ValueError: lyger_start_server(): Argument #3 ($options) must be between 0 and 86400 seconds for option "request_timeout", 86400.5 given
ValueError: lyger_start_server(): Argument #2 ($port) must be between 0 and 65535, 65536 given
ValueError: lyger_start_server(): Argument #2 ($port) must be between 0 and 65535, -1 given
TypeError: lyger_start_server(): Argument #2 ($port) must be of type int, string given
TypeError: lyger_start_server(): Argument #1 ($handler) must be a valid callback, function "no_such_function" not found or invalid function name
Lyger\Exception\ServerException: The environment variable LYGER_OPTIONS: option "workers" must be an int, "many" given
Lyger\Exception\ServerException: The environment variable LYGER_OPTIONS has the unknown option "wrokers"; did you mean "workers"? Known are host, port, backlog, …
Lyger\Exception\ServerException: The environment variable LYGER_OPTIONS must be a JSON object of server options, such as {"port": 8000, "workers": 4}
ValueError: user must be a name or number that this system knows, "nobodyx" given
ValueError: lyger_start_server(): Argument #3 ($options) must be permissions between 0 and 0777, such as 0660 for option "socket_mode", "0888" given
ValueError: lyger_start_server(): Argument #3 ($options) must be permissions between 0 and 0777, such as 0660 for option "socket_mode", 512 given
started
Lyger\Exception\ServerException: cannot listen on 127.0.0.1 port PORT: Address already in use; another process listens there, and port 0 picks a free one
bool(true)
string(4) "void"
bool(false)
