--TEST--
What a handler returns is the body: text, JSON, rows, or what was echoed
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
$server = new Server(<<<'PHP'
    switch (rawurldecode($data["path"])) {
        case '/text': return 'text';
        case '/empty': return '';
        case '/null': echo 'echoed'; return null;
        case '/nothing': return;
        case '/both': echo 'echoed '; return 'returned';
        case '/array': return ['a' => [1, 2.5, null], 'ü' => true];
        case '/list': return [];
        case "/own%20type": header('Content-Type: text/plain'); return 'plain';
        case '/large': return str_repeat('0123456789', 100000);
        case '/echoed%20large': for ($i = 0; $i < 1000; $i++) { echo str_repeat('0123456789', 100); } return;
        case '/bytes': return "\0\xff\r\n";
        case '/rows': return Lyger\Engine::getInstance()->query('sqlite::memory:', 'SELECT 1 AS a UNION SELECT 2');
        case '/many': return Lyger\Engine::getInstance()->query('sqlite::memory:',
            'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n');
        case '/float': return 1.5;
        case '/object': return new stdClass;
        case '/integer': return 1;
        case '/true': return true;
        case '/stringable': return new class { function __toString(): string { return 'stringable'; } };
        case '/throws': return new class { function __toString(): string { throw new Exception('no text'); } };
        case '/both ways': return new SplFileObject(__FILE__);
        case '/json': return ["\xff"];
    }
    PHP);
foreach (['/text', '/empty', '/null', '/nothing', '/both', '/array', '/list', '/bytes', '/rows', '/stringable', '/float', '/object', '/integer', '/true', '/throws', '/both ways', '/json'] as $path) {
    $response = $server->get(str_replace(' ', '%20', $path));
    echo $path, ' ', $response->status, ' ', $response->field('content-type'), ' ',
        json_encode(preg_replace('~ in /.*~s', '', $response->body), JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES), "\n";
}
foreach (['/large', '/echoed large', '/many'] as $path) {
    $response = $server->get(str_replace(' ', '%20', $path));
    echo $path, ' ', $response->field('content-length') ?? 'chunked', ' ', strlen($response->body), ' ', md5($response->body), "\n";
}
echo md5(str_repeat('0123456789', 100000)), "\n";
echo md5('[' . implode(',', array_map(fn($i) => "{\"i\":$i}", range(1, 100000))) . ']'), "\n";
$head = $server->request('HEAD', '/text');
echo $head->status, ' ', $head->field('content-length'), ' ', json_encode($head->body), "\n";
$server->stop();
?>
--EXPECT--
/text 200 text/html; charset=UTF-8 "text"
/empty 200 text/html; charset=UTF-8 ""
/null 200 text/html; charset=UTF-8 "echoed"
/nothing 200 text/html; charset=UTF-8 ""
/both 200 text/html; charset=UTF-8 "echoed returned"
/array 200 application/json "{\"a\":[1,2.5,null],\"\\u00fc\":true}"
/list 200 application/json "[]"
/bytes 200 text/html; charset=UTF-8 "\u0000\ufffd\r\n"
/rows 200 application/json "[{\"a\":1},{\"a\":2}]"
/stringable 200 text/html; charset=UTF-8 "stringable"
/float 500 text/html; charset=UTF-8 "\nFatal error: Uncaught TypeError: The handler must return string, Stringable, array, Traversable, stream, Lyger\\Result, PSR-7 response or null, float returned"
/object 500 text/html; charset=UTF-8 "\nFatal error: Uncaught TypeError: The handler must return string, Stringable, array, Traversable, stream, Lyger\\Result, PSR-7 response or null, stdClass returned"
/integer 500 text/html; charset=UTF-8 "\nFatal error: Uncaught TypeError: The handler must return string, Stringable, array, Traversable, stream, Lyger\\Result, PSR-7 response or null, int returned"
/true 500 text/html; charset=UTF-8 "\nFatal error: Uncaught TypeError: The handler must return string, Stringable, array, Traversable, stream, Lyger\\Result, PSR-7 response or null, bool returned"
/throws 500 text/html; charset=UTF-8 "\nFatal error: Uncaught Exception: no text"
/both ways 500 text/html; charset=UTF-8 "\nFatal error: Uncaught TypeError: The handler returned SplFileObject, which is both Stringable and Traversable: return its text, or a generator of its elements"
/json 500 text/html; charset=UTF-8 "\nFatal error: Uncaught Lyger\\Exception\\ServerException: The handler's array cannot be sent as JSON (json_last_error() is 5)"
/large 1000000 1000000 174ac9a4f023a557a68ab0417355970e
/echoed large 0 0 d41d8cd98f00b204e9800998ecf8427e
/many chunked 1188896 aeeaa4f75d65c153f4f146e2ddded82c
174ac9a4f023a557a68ab0417355970e
aeeaa4f75d65c153f4f146e2ddded82c
200 4 ""
