--TEST--
A handler of one request object gets what its class makes of the request; a response that it returns sends itself
--EXTENSIONS--
lyger
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_without_server.inc'; ?>
--FILE--
<?php
require __DIR__ . '/../inc/server.inc';

// Small classes with the calls of the Lyger framework's, and one with Symfony's names.
$classes = <<<'PHP'
    namespace Lyger\Http {
        final class Request
        {
            private function __construct(public readonly string $method, public readonly string $path, public readonly array $input) {}
            public static function capture(): self
            {
                return new self($_SERVER['REQUEST_METHOD'], strtok($_SERVER['REQUEST_URI'], '?'), $_GET + $_POST);
            }
        }
        final class Response
        {
            public function __construct(private string $content, private int $status, private array $headers) {}
            public function getStatusCode(): int { return $this->status; }
            public function send(): void
            {
                if ($this->status === 599) {
                    throw new \LogicException('this response cannot be sent');
                }
                http_response_code($this->status);
                foreach ($this->headers as $name => $value) {
                    header("$name: $value");
                }
                echo $this->content;
            }
        }
        final class Router
        {
            public function dispatch(Request $request): Response
            {
                return match ($request->path) {
                    '/' => new Response("$request->method " . json_encode($request->input), 200, ['Content-Type' => 'application/json']),
                    '/bad' => new Response('', 599, []),
                    default => new Response("no $request->path", 404, ['Content-Type' => 'text/plain', 'X-Router' => 'yes']),
                };
            }
        }
    }
    namespace Other {
        class Request
        {
            public string $uri;
            public static function createFromGlobals(bool $trusted = false): static
            {
                $made = new static;
                $made->uri = $_SERVER['REQUEST_URI'];
                return $made;
            }
        }
        class Fussy extends Request
        {
            public static function createFromGlobals(bool $trusted = false): static
            {
                throw new \DomainException('this request is not for me');
            }
        }
        class Bare {}
    }
    PHP;
$show = function (string $title, string $handler, array $targets, array $post = []) use ($classes): void {
    $server = new Server("lyger_start_server($handler, 0);", [], [], 'eval(' . var_export($classes, true) . ');', true);
    foreach ($targets as $target) {
        $response = $post
            ? $server->request('POST', $target, ['Content-Type' => 'application/x-www-form-urlencoded'], http_build_query($post))
            : $server->get($target);
        echo "$title: $target $response->status {$response->field('content-type')} {$response->field('x-router')} ",
            json_encode(preg_replace('~ in /.*~s', '', $response->body), JSON_UNESCAPED_SLASHES), "\n";
    }
    $server->stop();
};
$router = 'fn($request) => (new Lyger\Http\Router)->dispatch($request)';
$show('named', $router, ['/?a=1', '/away', '/bad', '/?b=2']);
$show('named, posted', $router, ['/?a=1'], ['c' => 3]);
$show('typed', 'fn(Lyger\Http\Request $r) => (new Lyger\Http\Router)->dispatch($r)', ['/?a=1']);
$show('nullable', 'fn(?Other\Request $r) => get_class($r) . $r->uri', ['/x?y']);
$show('other', 'fn(Other\Request $r) => $r->uri', ['/x?y']);
$show('fussy', 'fn(Other\Fussy $r) => $r->uri', ['/x']);
$show('three', 'fn($uri, $method, $data) => "$uri $method " . count($data["query"])', ['/x?y']);
$show('untyped', 'fn($uri) => $uri', ['/x?y']);
$show('more than a request', 'fn($request, $method) => "$request $method"', ['/x?y']);

// What cannot be made is said before anything is served.
eval($classes);
foreach ([fn(Other\Bare $r) => '', fn(Nowhere\Request $r) => ''] as $handler) {
    try {
        lyger_start_server($handler, 0);
    } catch (Error $error) {
        echo get_class($error), ': ', $error->getMessage(), "\n";
    }
}
?>
--EXPECT--
named: /?a=1 200 application/json  "GET {\"a\":\"1\"}"
named: /away 404 text/plain;charset=UTF-8 yes "no /away"
named: /bad 500 text/html; charset=UTF-8  "\nFatal error: Uncaught LogicException: this response cannot be sent"
named: /?b=2 200 application/json  "GET {\"b\":\"2\"}"
named, posted: /?a=1 200 application/json  "POST {\"a\":\"1\",\"c\":\"3\"}"
typed: /?a=1 200 application/json  "GET {\"a\":\"1\"}"
nullable: /x?y 200 text/html; charset=UTF-8  "Other\\Request/x?y"
other: /x?y 200 text/html; charset=UTF-8  "/x?y"
fussy: /x 500 text/html; charset=UTF-8  "\nFatal error: Uncaught DomainException: this request is not for me"
three: /x?y 200 text/html; charset=UTF-8  "/x?y GET 1"
untyped: /x?y 200 text/html; charset=UTF-8  "/x?y"
more than a request: /x?y 200 text/html; charset=UTF-8  "/x?y GET"
TypeError: lyger_start_server(): Argument #1 ($handler) must be a function of (string $uri, string $method, array $data), or of a request whose class makes it with a static capture(), createFromGlobals() or fromGlobals(), which Other\Bare does not have
Error: Class "Nowhere\Request" not found
