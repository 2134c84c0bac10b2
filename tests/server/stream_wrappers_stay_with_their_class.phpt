--TEST--
A stream wrapper of a new scheme stays for libraries that note that they have registered theirs, may be registered again, and replaces none of PHP's
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';

$server = new Server(<<<'PHP'
    static $registered = false;
    set_error_handler(function ($level, $message) { throw new ErrorException($message); });
    switch ($data['path']) {
        case '/once': // as laravel/serializable-closure does
            $registered = $registered || stream_wrapper_register('kept', 'Wrapper');
            return file_get_contents('kept://' . $data['query']['n']);
        case '/always':
            stream_wrapper_register('again', 'Wrapper');
            return file_get_contents('again://x');
        case '/twice':
            stream_wrapper_register('again', 'Wrapper');
            return stream_wrapper_register('again', 'Wrapper');
        case '/file':
            stream_wrapper_unregister('file');
            stream_wrapper_register('file', 'Wrapper');
            stream_wrapper_register('beside', 'Wrapper');
            return file_get_contents('file:///x');
        case '/away':
            stream_wrapper_unregister('beside');
            return (string) in_array('beside', stream_get_wrappers());
    }
    return implode(' ', array_intersect(['kept', 'again', 'beside', 'file'], stream_get_wrappers()));
    PHP, boot: <<<'PHP'
    class Wrapper {
        public $context; private $text;
        function stream_open($path) { $this->text = $path; return true; }
        function stream_read($count) { $all = $this->text; $this->text = ''; return $all; }
        function stream_eof() { return $this->text === ''; }
        function stream_stat() { return []; }
    }
    PHP, ini: ['display_errors' => 0]);
foreach (['/once?n=1', '/once?n=2', '/always', '/always', '/twice', '/always', '/file', '/once?n=3', '/away', '/away', '/file', '/always', '/'] as $target) {
    $answer = $server->get($target);
    echo "$target $answer->status $answer->body\n";
}
$server->stop();
?>
--EXPECT--
/once?n=1 200 kept://1
/once?n=2 200 kept://2
/always 200 again://x
/always 200 again://x
/twice 500 
/always 200 again://x
/file 200 /x
/once?n=3 200 kept://3
/away 200 
/away 500 
/file 200 /x
/always 200 again://x
/ 200 kept again beside file
