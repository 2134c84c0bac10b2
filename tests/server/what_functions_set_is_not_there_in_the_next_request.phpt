--TEST--
What PHP's own functions can set in one request, found by reflection, is not there in the next
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
// scripts/test-state does this for every extension that Debian packages, and compares with PHP-FPM.
require __DIR__ . '/../inc/php.inc';
$settings = [];
if (extension_loaded('Zend OPcache') && ini_get('opcache.enable_cli')) {
    $settings = [...array_map(fn($name) => "zend_extension=$name", array_values(load_opcache())), 'opcache.enable_cli=1', 'opcache.jit=' . ini_get('opcache.jit'), 'opcache.jit_buffer_size=' . ini_get('opcache.jit_buffer_size')];
}
passthru(implode(' ', array_map('escapeshellarg', [PHP_BINARY, '-n', __DIR__ . '/../inc/state_server.php', ini_get('extension_dir') . '/lyger.so',
    '--base', '--no-fpm', '--brief', ...$settings])));
?>
--EXPECTF--
%d answers are steady, %d are not
%d calls; %d findings are documented, 0 stay in PHP-FPM too, 0 ended the worker
state: %d passed, 0 failed, 0 skipped
