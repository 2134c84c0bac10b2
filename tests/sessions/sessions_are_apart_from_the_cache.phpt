--TEST--
Sessions have keys of their own: by save_path and id, not found, counted or cleared as the cache's are
--EXTENSIONS--
lyger
session
pcntl
posix
--INI--
session.save_handler=lyger
session.save_path=shop
session.use_cookies=0
session.cache_limiter=
session.use_strict_mode=0
lyger.apcu_api=1
apc.enable_cli=1
--SKIPIF--
<?php if (extension_loaded('apcu')) { exit('skip ext/apcu is loaded'); } ?>
--FILE--
<?php
require __DIR__ . '/../inc/processes.inc';
ob_start();
function open(string $id): array|false
{
    session_id($id);
    return session_start() ? $_SESSION : false;
}
/** What a session has; it is closed then. */
function look(string $id): string
{
    $has = json_encode(open($id));
    session_abort();
    return $has;
}
open('one');
$_SESSION['user'] = 'ann';
session_write_close();
var_dump(lyger_cache_size(), iterator_to_array(lyger_cache_keys()), lyger_cache_has("shop\0one"), lyger_cache_delete("shop\0one"), lyger_cache_info()['entries'],
    lyger_cache_info()['sessions'], apcu_exists("shop\0one"), apcu_cache_info()['num_entries'] ?? null);
lyger_cache_set("shop\0one", 'of the cache');
lyger_cache_lock("shop\0one", 100);
apcu_store('a', 1);
echo look('one'), ' ', lyger_cache_get("shop\0one"), ' ', lyger_cache_size(), ' ', lyger_cache_info()['sessions'], "\n";
apcu_clear_cache();
lyger_cache_clear('shop');
lyger_cache_clear();
echo look('one'), ' ', lyger_cache_size(), "\n";

ini_set('session.save_path', 'forum');
echo look('one'), "\n";
open('one');
$_SESSION['user'] = 'bob';
session_write_close();
ini_set('session.save_path', 'shop');
echo look('one'), ' ', lyger_cache_info()['sessions'], "\n";
ini_set('session.save_path', '');
echo look('one'), "\n";
ini_set('session.save_path', 'shop');

// Another request waits for the session, which is then destroyed: it stays so.
open('logged-out');
$_SESSION['user'] = 'eve';
session_write_close();
$pid = start(function (): void {
    ob_clean();
    until(fn() => lyger_cache_has('locked'), 'the other has it');
    lyger_cache_set('waits', true);
    lyger_cache_set('got', open('logged-out'));
    $_SESSION['user'] = 'still eve';
    session_write_close();
});
open('logged-out');
lyger_cache_set('locked', true);
until(fn() => lyger_cache_has('waits'), 'the other waits');
usleep(200_000);
session_destroy();
wait_for_all($pid);
ini_set('session.use_strict_mode', '1');
echo json_encode(lyger_cache_get('got')), ' ', look('logged-out'), ' ', session_id() === 'logged-out' ? 'the old id' : 'a new id', "\n";
ini_set('session.use_strict_mode', '0');

// This process computes what the holder of the session waits for, and wants the session: one of the two is told.
$pid = start(function (): void {
    ob_clean();
    open('circle');
    lyger_cache_set('in session', true);
    until(fn() => lyger_cache_has('computes'), 'the other computes');
    try {
        lyger_cache_remember('value', fn() => 1, wait: 60);
    } catch (Lyger\Exception\CacheException) {
        lyger_cache_increment('told');
    }
});
until(fn() => lyger_cache_has('in session'), 'the other has the session');
lyger_cache_remember('value', function (): int {
    lyger_cache_set('computes', true);
    if (@open('circle') === false) {
        lyger_cache_increment('told');
        echo error_get_last()['message'] === 'session_start(): Failed to read session data: lyger (path: shop)' ? 'told' : error_get_last()['message'], ', ';
    } else {
        echo 'told, ';
        session_abort();
    }
    return 2;
});
wait_for_all($pid);
echo lyger_cache_get('told'), " of two\n";
?>
--EXPECT--
int(0)
array(0) {
}
bool(false)
bool(false)
int(0)
int(1)
bool(false)
int(0)
{"user":"ann"} of the cache 2 1
{"user":"ann"} 0
[]
{"user":"ann"} 2
[]
[] [] a new id
told, 1 of two
