--TEST--
Uploads come through PHP's own reader, can be moved, and are gone with their request
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';
function form(array $files): array
{
    $body = '';
    foreach ($files as $name => [$file, $content]) {
        $body .= "--edge\r\nContent-Disposition: form-data; name=\"$name\"" . ($file === null ? '' : "; filename=\"$file\"") . "\r\n\r\n$content\r\n";
    }
    return [$body . "--edge--\r\n", ['Content-Type' => 'multipart/form-data; boundary=edge']];
}
$server = new Server(<<<'PHP'
    static $last;
    if ($method === 'GET') {
        return ['files' => count($_FILES), 'last is gone' => !file_exists($last), 'is upload' => is_uploaded_file($last)];
    }
    $last = $data['files']['f']['tmp_name'];
    $moved = __DIR__ . '/moved';
    return [
        'name' => $data['files']['f']['name'], 'size' => $data['files']['f']['size'], 'error' => $data['files']['f']['error'],
        'uploaded' => is_uploaded_file($last), 'forged' => is_uploaded_file('/etc/passwd'),
        'second' => isset($data['files']['g']) ? move_uploaded_file($data['files']['g']['tmp_name'], $moved) . file_get_contents($moved) : null,
        'content' => md5_file($last), 'post' => $_POST, 'body' => $data['body'], 'input' => file_get_contents('php://input')];
    PHP, ['body_in_memory' => 4096]);
$content = random_bytes(50000);
$answer = json_decode($server->post('/', ...form(['f' => ['a.txt', 'small'], 'g' => ['b.txt', 'moved'], 'x' => [null, '1']]))->body, true);
echo json_encode($answer), ' ', $answer['content'] === md5('small') ? 'same' : 'different', "\n";
echo $server->get('/')->body, "\n";
$answer = json_decode($server->post('/', ...form(['f' => ['large', $content]]))->body, true);
echo $answer['size'], ' ', $answer['content'] === md5($content) ? 'same' : 'different', "\n";
echo $server->get('/')->body, "\n";
$server->stop();
?>
--EXPECT--
{"name":"a.txt","size":5,"error":0,"uploaded":true,"forged":false,"second":"1moved","content":"eb5c1399a871211c7e7ed732d15e3a8b","post":{"x":"1"},"body":"","input":""} same
{"files":0,"last is gone":true,"is upload":false}
50000 same
{"files":0,"last is gone":true,"is upload":false}
