--TEST--
In an FPM pool one request at a time has a session, until it closes it, ends or is killed
--EXTENSIONS--
lyger
posix
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_fpm.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/fpm.inc';
require __DIR__ . '/../inc/session_requests.inc';
$fpm = new Fpm(['one' => ['user' => 'nobody', 'group' => 'nogroup', 'pm.max_children' => '4']],
    ['session.save_handler' => 'lyger', 'session.save_path' => 'an application', 'lyger.cache_size' => '8M', 'display_errors' => '0']);
copy(__DIR__ . '/../inc/session_app.php', "$fpm->directory/app.php"); // where every user reads it
sessions_are_used_by_one_at_a_time(fn(string $do) => $fpm->ask('one', "require '$fpm->directory/app.php'; echo answer('$do');"));
?>
--EXPECT--
161st: 161
closed early: met met met met 
does not wait for ever: [false,"session_start(): The session is in use by another request, which did not end in time",true]
before it is killed: 
holder killed: taken []
exit: 1
throw: 2
fatal: 3
memory: 4
time: 5
regenerate: 6
abort: 6
handler: 7
