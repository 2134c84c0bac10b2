--TEST--
Streams that PHP closes after the request use the cache, the engine and queries; nothing of it reaches the next request
--EXTENSIONS--
lyger
--SKIPIF--
<?php
if (!function_exists('proc_open')) {
    exit('skip without proc_open');
}
?>
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
$directory = sys_get_temp_dir() . '/lyger-late-' . getmypid();
mkdir($directory);
copy(__DIR__ . '/../inc/late.php', "$directory/router.php");
lyger_db_execute("sqlite:$directory/database?mode=rwc", 'CREATE TABLE journal (line TEXT)');
$socket = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($socket, false);
fclose($socket);
$command = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=lyger', '-d', 'display_errors=1', '-d', 'html_errors=0',
    ...with_neighbours(), '-S', $address, "$directory/router.php"];
$process = proc_open($command, [1 => ['file', "$directory/log", 'a'], 2 => ['file', "$directory/log", 'a']], $pipes, $directory, ['PHP_CLI_SERVER_WORKERS' => ''] + getenv());
$end = hrtime(true) + 60_000_000_000;
while (!($try = @stream_socket_client("tcp://$address")) && hrtime(true) < $end) {
    usleep(2_000);
}
foreach ([0, 1, 0, 0, 1, 1, 0] as $late) {
    echo $late ? 'late: ' : 'plain: ', @file_get_contents("http://$address/" . ($late ? '?make=late' : '')) ?: "no answer\n";
}
$running = proc_get_status($process)['running'];
proc_terminate($process);
proc_close($process);
$journal = array_count_values(file("$directory/journal", FILE_IGNORE_NEW_LINES));
ksort($journal);
print_r($journal);
echo $running ? '' : file_get_contents("$directory/log");
exec('rm -rf ' . escapeshellarg($directory));
?>
--EXPECT--
plain: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
late: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
plain: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
plain: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
late: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
late: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
plain: {"same":true,"class":"Lyger\\Engine","wrong":0,"handle 1":"refused","rows":[{"n":0}]}
Array
(
    [onClose: [true,"[{\"three\":3}]",true]] => 6
    [stream_close: [true,"[{\"three\":3}]",true]] => 6
)
