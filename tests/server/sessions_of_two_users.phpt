--TEST--
Sessions, logins and cookies of two users in one worker
--EXTENSIONS--
lyger
session
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    switch ($data['path']) {
        case '/visit':
            session_start();
            $_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
            $_SESSION['name'] ??= $_GET['name'];
            return $_SESSION['name'] . ' ' . $_SESSION['visits'];
        case '/look': return [isset($_SESSION), session_status() === PHP_SESSION_NONE, session_id(), $_COOKIE === [], $_SERVER['PHP_AUTH_USER'] ?? null];
        case '/exit': session_start(); $_SESSION['name'] = 'changed before exit'; exit;
        case '/throw': session_start(); $_SESSION['name'] = 'changed before throw'; throw new Exception('x');
        case '/login': return [$_SERVER['PHP_AUTH_USER'] ?? null, $_SERVER['PHP_AUTH_PW'] ?? null, $_SERVER['PHP_AUTH_DIGEST'] ?? null];
        case '/own':
            session_set_save_handler(new class implements SessionHandlerInterface {
                function open($path, $name): bool { return true; }
                function close(): bool { return true; }
                function read($id): string { return 'own|s:5:"value";'; }
                function write($id, $text): bool { file_put_contents(__DIR__ . '/written', $text); return true; }
                function destroy($id): bool { return true; }
                function gc($age): int { return 0; }
            });
            session_start();
            return $_SESSION['own'];
        case '/name': session_name('OTHER'); session_start(); return session_name();
        case '/plain name': return session_name();
    }
    PHP, boot: 'ini_set("session.save_path", __DIR__);', ini: ['display_errors' => 0]);
$cookie = fn($response) => ['Cookie' => strtok($response->field('set-cookie'), ';')];
$first = $server->get('/visit?name=ann');
$ann = $cookie($first);
echo $first->body, "\n", $server->get('/look')->body, "\n";
$second = $server->get('/visit?name=bob');
$bob = $cookie($second);
echo $second->body, "\n";
var_dump($ann !== $bob);
echo $server->get('/visit', $ann)->body, ', ', $server->get('/visit', $bob)->body, ', ', $server->get('/visit', $ann)->body, "\n";
echo $server->get('/look')->body, "\n";
$server->get('/exit', $ann);
$server->get('/throw', $bob);
echo $server->get('/visit', $ann)->body, ', ', $server->get('/visit', $bob)->body, "\n";
echo $server->get('/login', ['Authorization' => 'Basic ' . base64_encode('user:pass:word')])->body, "\n";
echo $server->get('/login')->body, "\n";
echo $server->get('/login', ['Authorization' => 'Digest username="u"'])->body, "\n";
echo $server->get('/own')->body, ' ', file_get_contents("$server->directory/written"), "\n";
echo $server->get('/visit', $ann)->body, "\n";
echo $server->get('/name')->body, ' ', $server->get('/visit', $ann)->body, "\n";
$server->stop();
?>
--EXPECT--
ann 1
[false,true,"",true,null]
bob 1
bool(true)
ann 2, bob 2, ann 3
[false,true,"",true,null]
changed before exit 4, changed before throw 3
["user","pass:word",null]
[null,null,null]
[null,null,"username=\"u\""]
value own|s:5:"value";
changed before exit 5
OTHER changed before exit 6
