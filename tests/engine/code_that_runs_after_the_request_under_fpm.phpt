--TEST--
Streams that PHP-FPM closes after the request use the cache, the engine and queries; nothing of it reaches the worker's next request
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_fpm.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/fpm.inc';
$directory = sys_get_temp_dir() . '/lyger-late-fpm-' . getmypid();
mkdir($directory);
copy(__DIR__ . '/../inc/late.php', "$directory/router.php");
lyger_db_execute("sqlite:$directory/database?mode=rwc", 'CREATE TABLE journal (line TEXT)');
array_map(fn($path) => chown($path, 'nobody'), [$directory, "$directory/database"]);
$fpm = new Fpm(['pool' => ['user' => 'nobody', 'group' => 'nogroup', 'pm.max_children' => '1']]);
$workers = [];
foreach ([0, 1, 0, 0, 1, 1, 0] as $late) {
    $make = $late ? '$_GET["make"] = "late";' : '';
    [$worker, $answer] = explode(' ', $fpm->ask('pool', "echo getmypid(), ' '; $make require '$directory/router.php';"), 2);
    $workers[$worker] = true;
    echo $late ? 'late: ' : 'plain: ', $answer;
}
echo count($workers), " worker\n";
unset($fpm);
$journal = array_count_values(file("$directory/journal", FILE_IGNORE_NEW_LINES));
ksort($journal);
print_r($journal);
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
1 worker
Array
(
    [onClose: [true,"[{\"three\":3}]",true]] => 6
    [stream_close: [true,"[{\"three\":3}]",true]] => 6
)
