--TEST--
What cannot be kept is a warning, and the session is what it was; without a cache there are no sessions, and PHP runs on
--EXTENSIONS--
lyger
session
--INI--
session.save_handler=lyger
session.save_path=here
session.use_cookies=0
session.cache_limiter=
lyger.cache_size=2M
memory_limit=256M
--FILE--
<?php
require __DIR__ . '/../inc/php.inc';
ob_start();
set_error_handler(function (int $level, string $message): bool {
    echo preg_replace('~path: \S+?\)~', 'path: …)', $message), "\n";
    return true;
});
function open(string $id): mixed
{
    session_id($id);
    return session_start() ? $_SESSION : false;
}
open('large');
$_SESSION['text'] = 'small';
session_write_close();
open('large');
$_SESSION['text'] = str_repeat('x', 3 << 20);
var_dump(session_write_close());
var_dump(open('large'));
session_abort();
foreach (["nul\0id", 'a.b', str_repeat('x', 257)] as $id) {
    var_dump(open($id), session_status() === PHP_SESSION_NONE);
}
ini_set('session.save_path', str_repeat('/', 65535));
var_dump(open('far'));
ini_set('session.save_path', str_repeat('/', 65535 - 257));
$_SESSION = [];
var_dump(open('near'));
$_SESSION['a'] = 1;
session_write_close();
var_dump(open('near'));
session_abort();

$code = 'ob_start(); var_dump(session_start(), session_status() === PHP_SESSION_NONE, session_module_name());';
$ini = ['session.save_handler' => 'lyger', 'session.use_cookies' => 0, 'session.cache_limiter' => '', 'session.save_path' => 'here'];
$extensions = is_file(ini_get('extension_dir') . '/session.so') ? ['session'] : [];
echo run_php($code, $ini + ['lyger.cache_size' => '0'], extensions: $extensions), "\n";
echo run_php($code, $ini + ['lyger.cache_path' => '/dev/null/cache'], extensions: $extensions), "\n";
// A session that memory_limit does not let in is left as it was.
$path = sys_get_temp_dir() . '/lyger-sessions-' . getmypid();
$use = fn(string $code, string $limit) => run_php("ob_start(); session_id('big'); $code", $ini + ['lyger.cache_path' => $path, 'lyger.cache_size' => '32M', 'memory_limit' => $limit],
    extensions: $extensions);
echo $use('session_start(); $_SESSION["text"] = str_repeat("x", 8 << 20);', '256M');
echo preg_replace('~.* memory .*~s', 'no memory', $use('session_start(); echo "started";', '4M')), "\n";
echo $use('session_start(); echo strlen($_SESSION["text"]);', '256M'), "\n";
unlink($path);
?>
--EXPECTF--
session_write_close(): the value has 3145746 bytes, the whole cache has room for %d
session_write_close(): Failed to write session data (lyger). Please verify that the current setting of session.save_path is correct (here)
bool(true)
array(1) {
  ["text"]=>
  string(5) "small"
}
session_start(): Session ID is too long or contains illegal characters. Only the A-Z, a-z, 0-9, "-", and "," characters are allowed
session_start(): Failed to read session data: lyger (path: …)
bool(false)
bool(true)
session_start(): Session ID is too long or contains illegal characters. Only the A-Z, a-z, 0-9, "-", and "," characters are allowed
session_start(): Failed to read session data: lyger (path: …)
bool(false)
bool(true)
session_start(): Session ID is too long or contains illegal characters. Only the A-Z, a-z, 0-9, "-", and "," characters are allowed
session_start(): Failed to read session data: lyger (path: …)
bool(false)
bool(true)
session_start(): session.save_path must be shorter than 65279 bytes
session_start(): Failed to initialize storage module: lyger (path: …)
bool(false)
array(0) {
}
array(1) {
  ["a"]=>
  int(1)
}
Warning: session_start(): There is nowhere to keep sessions: the cache is switched off (lyger.cache_size=0) in Command line code on line 1

Warning: session_start(): Failed to initialize storage module: lyger (path: here) in Command line code on line 1
bool(false)
bool(true)
string(5) "lyger"

Warning: lyger: cannot open cache path "/dev/null/cache": Not a directory in Unknown on line 0

Warning: session_start(): There is nowhere to keep sessions: cannot open cache path "/dev/null/cache": Not a directory in Command line code on line 1

Warning: session_start(): Failed to initialize storage module: lyger (path: here) in Command line code on line 1
bool(false)
bool(true)
string(5) "lyger"

no memory
8388608
