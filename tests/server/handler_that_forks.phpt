--TEST--
A process that a handler forks is no worker: its request, its output and its end are its own
--EXTENSIONS--
lyger
pcntl
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    $note = fn($text) => file_put_contents(__DIR__ . '/notes', "$text, ", FILE_APPEND);
    if ($uri === '/notes') {
        $notes = file_get_contents(__DIR__ . '/notes');
        unlink(__DIR__ . '/notes');
        return $notes;
    }
    $parent = getmypid();
    register_shutdown_function(fn() => $note(getmypid() === $parent ? 'shutdown function of the worker' : 'shutdown function of the child'));
    echo 'before ';
    $child = pcntl_fork();
    if ($child === 0) {
        echo 'output of the child';
        flush();
        switch ($uri) {
            case '/exit': exit(3);
            case '/return': return 'answer of the child';
            case '/throw': throw new Exception('of the child');
        }
    }
    pcntl_waitpid($child, $status);
    return 'after ' . pcntl_wexitstatus($status);
    PHP, extensions: ['pcntl'], ini: ['display_errors' => 0]);
foreach (['/exit', '/return', '/throw', '/exit'] as $path) {
    $response = $server->get($path);
    echo "$path $response->status $response->body: ", $server->get('/notes')->body, "\n";
}
$server->stop();
?>
--EXPECT--
/exit 200 before after 3: shutdown function of the child, shutdown function of the worker, 
/return 200 before after 0: shutdown function of the child, shutdown function of the worker, 
/throw 200 before after 255: shutdown function of the child, shutdown function of the worker, 
/exit 200 before after 3: shutdown function of the child, shutdown function of the worker,
