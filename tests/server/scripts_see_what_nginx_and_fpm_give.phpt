--TEST--
Script form: status, headers, body and every variable of a request are those of nginx with PHP-FPM, but for the differences named here
--EXTENSIONS--
lyger
posix
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_nginx.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/scripts.inc';
require __DIR__ . '/../inc/nginx.inc';

$dump = '<?php
    foreach (["SERVER_SOFTWARE", "SERVER_PORT", "REMOTE_PORT", "REQUEST_TIME", "REQUEST_TIME_FLOAT"] as $name) { $_SERVER[$name] = get_debug_type($_SERVER[$name]); }
    $environment = getenv();
    foreach (array_keys($environment) as $name) { if (!preg_match("/^(HTTP_|REQUEST_|REMOTE_|SERVER_|SCRIPT_|CONTENT_|QUERY_|PATH_(INFO|TR)|DOCUMENT_|GATEWAY_|REDIRECT_)/", $name)) unset($_SERVER[$name]); }
    /* nginx says these of every request, empty where there is nothing to say */
    foreach (["CONTENT_LENGTH", "CONTENT_TYPE", "PATH_INFO", "REMOTE_USER"] as $name) { if (($_SERVER[$name] ?? "x") === "") unset($_SERVER[$name]); }
    unset($_SERVER["HTTP_CONTENT_LENGTH"], $_SERVER["HTTP_CONTENT_TYPE"]); // which RFC 3875, 4.1.18, leaves out
    unset($_SERVER["FCGI_ROLE"], $_SERVER["HOME"], $_SERVER["USER"], $_SERVER["argv"], $_SERVER["argc"]);
    ksort($_SERVER);
    $files = array_map(function ($file) { $file["tmp_name"] = is_array($file["tmp_name"]) ? "several" : is_uploaded_file($file["tmp_name"]); return $file; }, $_FILES);
    echo json_encode(["get" => $_GET, "post" => $_POST, "cookie" => $_COOKIE, "files" => $files, "request" => $_REQUEST, "server" => $_SERVER, "input" => file_get_contents("php://input"),
        "cwd" => getcwd(), "included" => get_included_files(), "getenv" => [getenv("SCRIPT_NAME"), getenv("HTTP_COOKIE")], "filter" => [filter_input(INPUT_SERVER, "SCRIPT_NAME"), filter_input(INPUT_GET, "a")],
        "ini" => array_map("ini_get", ["html_errors", "implicit_flush", "output_buffering", "max_execution_time", "max_input_time", "display_errors", "register_argc_argv_"]),
        "headers" => headers_list(), "sent" => headers_sent(), "level" => ob_get_level(), "user" => get_current_user(), "self" => basename(__FILE__)], JSON_UNESCAPED_SLASHES | JSON_PRETTY_PRINT);';
$files = [
    'index.php' => $dump, 'blog.php' => $dump, 'admin/index.php' => $dump, 'admin/page.php' => $dump,
    'a b/ü.php' => $dump, 'only/index.html' => '<p>only</p>', 'style.css' => 'p { }',
    'headers.php' => '<?php header("X-One: 1"); header("X-One: 2", false); header("Content-Type: application/json"); http_response_code(418); setcookie("a", "b c", ["path" => "/x", "httponly" => true]); echo "{}";',
    'status.php' => '<?php header("HTTP/1.1 404 Gone Fishing"); echo "x";',
    'redirect.php' => '<?php header("Location: /elsewhere");',
    'software.php' => '<?php echo str_contains($_SERVER["SERVER_SOFTWARE"], "nginx");', // what WordPress asks before it makes permalinks
    'created.php' => '<?php header("Location: /made", true, 201);',
    'empty.php' => '',
    'no.php' => '<?php http_response_code(204);',
    'exit.php' => '<?php exit("bye");',
    'fatal.php' => '<?php echo "before "; missing();',
    'parse.php' => '<?php echo (;',
    'warning.php' => '<?php echo $missing; echo "after";',
    'throws.php' => '<?php throw new DomainException("why");',
    'buffer.php' => '<?php ob_start(fn($x) => strtoupper($x)); echo "upper"; ',
    'type.php' => '<?php ini_set("default_charset", "ISO-8859-1"); ini_set("default_mimetype", "text/plain"); echo "x";',
    'auth.php' => '<?php echo json_encode([$_SERVER["PHP_AUTH_USER"] ?? null, $_SERVER["PHP_AUTH_PW"] ?? null, $_SERVER["PHP_AUTH_DIGEST"] ?? null]);',
    'remove.php' => '<?php header_remove("X-Powered-By"); header("X-A: b"); header_remove(); echo "x";',
    'once.php' => '<?php header("X-Sent: " . var_export(headers_sent(), true)); echo "a"; flush(); echo var_export(headers_sent(), true); @header("X-Late: 1");',
    'user/.user.ini' => "precision=5\nuser_var=1\nhtml_errors=0\noutput_buffering=100\nauto_prepend_file=../prepended.inc\n",
    'prepended.inc' => '<?php echo "prepended ";',
    'user/index.php' => '<?php echo ini_get("precision"), " ", ob_get_level(), " ", var_export(ini_get("html_errors"), true);',
    'user/deep/.user.ini' => "precision=7\n",
    'user/deep/x.php' => '<?php echo ini_get("precision"), " ", ob_get_level();',
];
$ini = ['html_errors' => '1', 'log_errors' => '0', 'display_errors' => '1', 'expose_php' => '1', 'variables_order' => 'GPCS', 'auto_globals_jit' => '1', 'enable_post_data_reading' => '1'];
$lyger = new Scripts($files, ini: $ini);
$reference = new NginxFpm($lyger->root, $ini);

$form = ['Content-Type' => 'application/x-www-form-urlencoded'];
$multipart = "--B\r\nContent-Disposition: form-data; name=\"field\"\r\n\r\nvalue\r\n--B\r\nContent-Disposition: form-data; name=\"up\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\ncontent\r\n"
    . "--B\r\nContent-Disposition: form-data; name=\"many[]\"; filename=\"b\"\r\n\r\n1\r\n--B\r\nContent-Disposition: form-data; name=\"many[]\"; filename=\"\"\r\n\r\n\r\n--B--\r\n";
$requests = [
    ['GET', '/'], ['GET', '/?a=1&b[]=2&b[]=3&c=%20x+y'], ['GET', '/index.php'], ['GET', '/index.php?'], ['GET', '/index.php/some/page?x=1'], ['GET', '/index.php/'],
    ['GET', '/index.php/a%20b/%C3%BC'], ['GET', '/index.php/x.php/y'], ['GET', '/blog.php'], ['GET', '/%62log.php'], ['GET', '/a/route'], ['GET', '/a/route?q=1'], ['GET', '/admin'],
    ['GET', '/admin?x=1'], ['GET', '/admin/'], ['GET', '/admin/?x=1'], ['GET', '/admin/page.php/info'], ['GET', '/admin/../blog.php'], ['GET', '//admin//page.php'], ['GET', '/./blog.php'],
    ['GET', '/a%20b/%C3%BC.php'], ['GET', '/missing.php'], ['GET', '/missing.php/info'], ['GET', '/only/'], ['GET', '/only'], ['GET', '/style.css'],
    ['HEAD', '/'], ['HEAD', '/headers.php'], ['POST', '/index.php?a=1', $form, 'a=2&d%5Bx%5D=1&e'], ['POST', '/', ['Content-Type' => 'multipart/form-data; boundary=B'], $multipart],
    ['POST', '/', ['Content-Type' => 'application/json'], '{"a":1}'], ['PUT', '/blog.php', ['Content-Type' => 'text/plain'], 'body'], ['DELETE', '/a/thing'], ['PATCH', '/a/thing', $form, 'a=1'],
    ['OPTIONS', '/a/thing'], ['POST', '/a/thing', $form, ''], ['GET', '/', ['Cookie' => 'a=1; b=2%203; a=4']], ['GET', '/', ['X-Forwarded-For' => '1.2.3.4', 'Accept' => 'text/html', 'X-Weird_Name' => 'x']],
    ['GET', '/headers.php'], ['GET', '/status.php'], ['GET', '/redirect.php'], ['POST', '/redirect.php', $form, 'a=1'], ['GET', '/created.php'], ['GET', '/software.php'], ['GET', '/empty.php'], ['GET', '/no.php'], ['GET', '/exit.php'], ['GET', '/fatal.php'], ['GET', '/parse.php'],
    ['GET', '/warning.php'], ['GET', '/throws.php'], ['GET', '/buffer.php'], ['GET', '/type.php'], ['GET', '/auth.php', ['Authorization' => 'Basic ' . base64_encode('me:se:cret')]],
    ['GET', '/auth.php', ['Authorization' => 'Digest username="x"']], ['GET', '/auth.php', ['Authorization' => 'Bearer x']], ['GET', '/remove.php'], ['GET', '/once.php'],
    ['GET', '/user/'], ['GET', '/user/deep/x.php'], ['GET', '/blog.php'],
];

/** What is compared: without what names the server, and what one of the two always adds. */
function comparable(Response $answer): array
{
    $fields = $answer->fields;
    foreach (['date', 'server', 'connection', 'transfer-encoding', 'content-length', 'etag', 'accept-ranges', 'x-content-type-options', 'vary', 'last-modified'] as $name) {
        unset($fields[$name]);
    }
    if (isset($fields['content-type'])) {
        $fields['content-type'] = array_map(fn($type) => strtolower(str_replace(' ', '', $type)), $fields['content-type']);
    }
    ksort($fields);
    if (!isset($fields['x-powered-by'])) { // not PHP's answer: pages and Content-Type are each server's own
        $fields['content-type'] = preg_replace('/;.*/', '', $fields['content-type'] ?? []);
        if ($answer->status !== 200) {
            $fields = preg_replace('~^http://test:\d+~', '', $fields['location'] ?? []);
            $answer->body = '';
        }
    }
    return ['status' => $answer->status, 'fields' => $fields, 'body' => json_decode($answer->body, true) ?? $answer->body];
}

function differences(mixed $ours, mixed $theirs, string $at = ''): array
{
    if (is_array($ours) && is_array($theirs)) {
        $all = [];
        foreach ($ours + $theirs as $key => $_) {
            $all += differences($ours[$key] ?? null, $theirs[$key] ?? null, $at === '' ? $key : "$at.$key");
        }
        return $all;
    }
    return $ours === $theirs ? [] : [$at => [$ours, $theirs]];
}

$compared = 0;
foreach ($requests as $request) {
    [$method, $target, $more, $body] = $request + [2 => [], 3 => ''];
    $ours = comparable($lyger->request($method, $target, $more, $body));
    $theirs = comparable($reference->request($method, $target, $more, $body));
    foreach (differences($ours, $theirs) as $at => [$one, $other]) {
        echo "$method $target $at: ", json_encode($one, JSON_UNESCAPED_SLASHES), ' | ', json_encode($other, JSON_UNESCAPED_SLASHES), "\n";
    }
    $compared++;
}
echo "$compared requests\n";
$reference->stop();
$lyger->stop();
?>
--EXPECT--
61 requests
