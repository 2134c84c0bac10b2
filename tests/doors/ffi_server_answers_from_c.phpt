--TEST--
lyger_start_server() through FFI serves / and /health from C while PHP does something else, until it is stopped
--EXTENSIONS--
ffi
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_ffi.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/ffi.inc';
$ffi = ffi();
$ffi->lyger_start_server(0);
$port = $ffi->lyger_ffi_server_port();
function get(string $path): array
{
    global $port;
    $answer = fopen("http://127.0.0.1:$port$path", 'r', false, stream_context_create(['http' => ['ignore_errors' => true]]));
    return [stream_get_meta_data($answer)['wrapper_data'][0], json_decode(stream_get_contents($answer), true)];
}
[$status, $health] = get('/health');
echo $status, ' ', $health['status'], ' ', $health['version'] === $ffi->lyger_ffi_version() ? 'same version' : 'other version', "\n";
[$status, $home] = get('/');
echo $status, ' ', $home['name'], ' ', implode(' ', $home['routes']), "\n";
echo get('/nothing')[0], "\n";

$ffi->lyger_start_server(0);
echo preg_replace('/\d+$/', 'PORT', $ffi->lyger_last_error()), "\n";
$ffi->lyger_stop_server();
var_dump($ffi->lyger_ffi_server_port(), @stream_socket_client("tcp://127.0.0.1:$port", $number, $reason, 1));

$taken = stream_socket_server('tcp://0.0.0.0:0');
$ffi->lyger_start_server((int) substr(strrchr(stream_socket_get_name($taken, false), ':'), 1));
echo preg_replace('/ \d+:/', ' PORT:', $ffi->lyger_last_error()), "\n";

// Only who says so opens it to others; 127.0.0.2 is not what it listens on by default.
foreach ([null, '0.0.0.0'] as $host) {
    echo $ffi->lyger_ffi_start_server($host, 0), ' ';
    var_dump((bool) @stream_socket_client('tcp://127.0.0.2:' . $ffi->lyger_ffi_server_port(), $number, $reason, 5));
    $ffi->lyger_stop_server();
}
echo $ffi->lyger_ffi_start_server('localhost', 0), ' ', $ffi->lyger_last_error(), "\n";
?>
--EXPECT--
HTTP/1.1 200 OK ok same version
HTTP/1.1 200 OK lyger / /health
HTTP/1.1 404 Not Found
a server is running in this process already, on port PORT
int(0)
bool(false)
cannot listen on 127.0.0.1 port PORT: address already in use
1 bool(false)
1 bool(true)
-1 "localhost" is no address to listen on
