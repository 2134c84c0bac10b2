<?php
/*
 * What libraries do under the SAPI "lyger", each asked at a path; the handler that scripts/test-libraries serves.
 */
require getenv('LIBRARIES') . '/vendor/autoload.php';
require __DIR__ . '/../../packages/psr15/src/Handler.php';
require __DIR__ . '/../../packages/symfony/src/KernelHandler.php';

use Symfony\Component\ErrorHandler\ErrorHandler;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\HttpFoundation as Foundation;
use Symfony\Component\HttpKernel as Kernel;

$_SERVER['FROM_DOTENV'] = $_ENV['FROM_DOTENV'] = 'as Dotenv sets it';

// A Slim application, which is PSR-15's.
$slim = Slim\Factory\AppFactory::create(new Nyholm\Psr7\Factory\Psr17Factory());
$slim->addErrorMiddleware(false, false, false);
$slim->get('/slim/{name}', function ($request, $response, array $arguments) {
    $response->getBody()->write("hello $arguments[name] " . ($request->getQueryParams()['q'] ?? '') . ' ' . $request->getHeaderLine('X-Asked'));
    return $response->withStatus(203, 'Own Reason')->withAddedHeader('X-Two', 'one')->withAddedHeader('X-Two', 'two');
});
$slim->post('/slim/body', function ($request, $response) {
    $file = $request->getUploadedFiles()['file'] ?? null;
    $moved = sys_get_temp_dir() . '/lyger-libraries-' . getmypid();
    $file?->moveTo($moved);
    $response->getBody()->write(json_encode([$request->getParsedBody(), $file ? file_get_contents($moved) : (string) $request->getBody()]));
    $file && unlink($moved);
    return $response;
});
$psr15 = Lyger\Psr15\Handler::with($slim, new Nyholm\Psr7\Factory\Psr17Factory());

// A kernel of HttpKernel alone, whose controller counts, and that says when it terminates.
final class Controllers implements Kernel\Controller\ControllerResolverInterface
{
    public int $count = 0;
    public function getController(Foundation\Request $request): callable|false
    {
        return match ($request->getPathInfo()) {
            '/kernel/json' => fn() => new Foundation\JsonResponse(['count' => ++$this->count, 'dotenv' => $_SERVER['FROM_DOTENV'] ?? null, 'locale' => $request->getLocale()]),
            '/kernel/stream' => fn() => new Foundation\StreamedResponse(function () { foreach (['a', 'b'] as $part) { echo $part; flush(); } }),
            '/kernel/file' => fn() => new Foundation\BinaryFileResponse(__FILE__, headers: ['Content-Type' => 'text/plain']),
            '/kernel/terminated' => fn() => new Foundation\Response($GLOBALS['terminated'] ?? 'never'),
            default => false,
        };
    }
}
$dispatcher = new EventDispatcher;
$dispatcher->addSubscriber(new Kernel\EventListener\ResponseListener('UTF-8'));
$dispatcher->addListener(Kernel\KernelEvents::TERMINATE, function ($event) {
    $GLOBALS['terminated'] = $event->getRequest()->getPathInfo() . ', ' . (lyger_finish_request() ? 'before' : 'after') . ' the answer';
});
$kernel = new Lyger\Symfony\KernelHandler(new Kernel\HttpKernel($dispatcher, new Controllers));

/** The same response by each implementation of PSR-7. */
function psr7(string $which): object
{
    $body = str_repeat('0123456789', 20000);
    return match ($which) {
        'nyholm' => new Nyholm\Psr7\Response(201, ['X-A' => ['1', '2'], 'Set-Cookie' => ['a=1', 'b=2']], $body, reason: 'Made'),
        'guzzle' => new GuzzleHttp\Psr7\Response(201, ['X-A' => ['1', '2'], 'Set-Cookie' => ['a=1', 'b=2']], $body, reason: 'Made'),
        'laminas' => (function () use ($body) {
            $response = (new Laminas\Diactoros\Response('php://memory', 201, ['X-A' => ['1', '2'], 'Set-Cookie' => ['a=1', 'b=2']]))->withStatus(201, 'Made');
            $response->getBody()->write($body);
            return $response;
        })(),
        'pump' => new GuzzleHttp\Psr7\Response(201, ['X-A' => ['1', '2'], 'Set-Cookie' => ['a=1', 'b=2']], GuzzleHttp\Psr7\Utils::streamFor((function () use ($body) {
            foreach (str_split($body, 10000) as $part) {
                yield $part;
            }
        })()), reason: 'Made'),
        'callback' => (new Laminas\Diactoros\Response(new Laminas\Diactoros\CallbackStream(fn() => $body), 201, ['X-A' => ['1', '2'], 'Set-Cookie' => ['a=1', 'b=2']]))->withStatus(201, 'Made'),
    };
}

return function (string $uri, string $method, array $data) use ($psr15, $kernel): mixed {
    $path = $data['path'];
    if (str_starts_with($path, '/slim')) {
        return $psr15();
    }
    if (str_starts_with($path, '/kernel')) {
        return $kernel();
    }
    if (str_starts_with($path, '/psr7/')) {
        return psr7(substr($path, 6));
    }
    switch ($path) {
        case '/symfony/error': ErrorHandler::register(); throw new LogicException('shown');
        case '/symfony/memory': ini_set('memory_limit', '16M'); ErrorHandler::register(); $all = []; while (true) { $all[] = str_repeat('x', 100000); }
        case '/symfony/dump': dump(['a' => 1]); return null;
        case '/symfony/events':
            (new Foundation\StreamedResponse(function () { echo "data: one\n\n"; flush(); echo "data: two\n\n"; }, 200, ['Content-Type' => 'text/event-stream']))->send();
            return null;
        case '/symfony/events-itself': return new Foundation\EventStreamResponse(function () { yield new Foundation\ServerEvent('one'); yield new Foundation\ServerEvent('two'); });
        case '/whoops': (new Whoops\Run)->pushHandler(new Whoops\Handler\PrettyPageHandler)->register(); throw new LogicException('shown');
        case '/tracy': Tracy\Debugger::enable(Tracy\Debugger::Development); throw new LogicException('shown');
        case '/tracy/console': return var_export(Tracy\Helpers::isCli(), true);
        case '/monolog/console':
            $log = new Monolog\Logger('x', [new Monolog\Handler\BrowserConsoleHandler]);
            $log->warning('in the console');
            header('Content-Type: text/html');
            echo '<html>';
            Monolog\Handler\BrowserConsoleHandler::send();
            return null;
        case '/monolog/stderr': (new Monolog\Logger('x', [new Monolog\Handler\StreamHandler('php://stderr')]))->warning('on standard error'); return 'logged';
        case '/monolog/web':
            $record = new Monolog\LogRecord(new DateTimeImmutable, 'x', Monolog\Level::Info, 'm');
            return (new Monolog\Processor\WebProcessor)($record)->extra;
        case '/twig': return twig_dump();
        default: http_response_code(404); return null;
    }
};

function twig_dump(): string
{
    $twig = new Twig\Environment(new Twig\Loader\ArrayLoader(['x' => '{{ dump(a) }}']), ['debug' => true]);
    $twig->addExtension(new Twig\Extension\DebugExtension);
    return $twig->render('x', ['a' => '<b>']);
}
