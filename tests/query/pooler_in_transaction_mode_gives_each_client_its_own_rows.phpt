--TEST--
Clients of a PgBouncer in transaction mode get their own rows, also two with equal pids; with and without plans
--EXTENSIONS--
lyger
--SKIPIF--
<?php
require __DIR__ . '/../inc/skip_without_postgres.inc';
if (!is_executable('/usr/sbin/pgbouncer') && trim((string) shell_exec('command -v pgbouncer')) === '') {
    echo 'skip no pgbouncer (Debian: apt-get install pgbouncer)';
}
?>
--FILE--
<?php
foreach (['auto', 'off'] as $prepare) {
    $command = escapeshellarg(__DIR__ . '/../../scripts/stress-pgbouncer') . ' 6 1200 ' . escapeshellarg(dirname(ini_get('extension_dir')));
    putenv("PREPARE=$prepare");
    putenv('PATH=' . getenv('PATH') . ':/usr/sbin');
    passthru("$command 2>&1");
}
?>
--EXPECTF--
# %d answers for 6 clients, 0 wrong
ok every client of a pooler in transaction mode gets its own rows
stress: 1 passed, 0 failed, 0 skipped
# %d answers for 6 clients, 0 wrong
ok every client of a pooler in transaction mode gets its own rows
stress: 1 passed, 0 failed, 0 skipped
