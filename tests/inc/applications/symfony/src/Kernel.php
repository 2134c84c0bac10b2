<?php

namespace App;

use Symfony\Bundle\FrameworkBundle\Kernel\MicroKernelTrait;
use Symfony\Component\DependencyInjection\Loader\Configurator\ContainerConfigurator;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\RedirectResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpFoundation\StreamedResponse;
use Symfony\Component\HttpKernel\Exception\HttpException;
use Symfony\Component\HttpKernel\Kernel as BaseKernel;
use Symfony\Component\Routing\Loader\Configurator\RoutingConfigurator;

/** What tests/inc/stress_applications.php asks for. */
final class Kernel extends BaseKernel
{
    use MicroKernelTrait;

    protected function configureContainer(ContainerConfigurator $container): void
    {
        $container->extension('framework', ['secret' => 'of a test', 'session' => ['handler_id' => null, 'save_path' => null],
            'http_method_override' => false, 'handle_all_throwables' => true, 'php_errors' => ['log' => true]]);
    }

    protected function configureRoutes(RoutingConfigurator $routes): void
    {
        foreach (['sapi', 'visit', 'json', 'post', 'upload', 'stream', 'redirect', 'refuse', 'large'] as $action) {
            $routes->add($action, "/$action")->controller([$this, $action]);
        }
    }

    public function registerBundles(): iterable
    {
        yield new \Symfony\Bundle\FrameworkBundle\FrameworkBundle;
    }

    public function sapi(): Response
    {
        return new Response(\PHP_SAPI . ' ' . php_sapi_name());
    }

    public function visit(Request $request): Response
    {
        $session = $request->getSession();
        $session->set('user', $session->get('user') ?? $request->query->get('user'));
        $session->set('visits', $session->get('visits', 0) + 1);
        return new Response($session->get('user') . ' ' . $session->get('visits'));
    }

    public function json(Request $request): Response
    {
        return new JsonResponse(['query' => $request->query->all(), 'cookies' => $request->cookies->count(), 'list' => range(1, 100)]);
    }

    public function post(Request $request): Response
    {
        return new Response(md5($request->getContent()) . ' ' . $request->request->get('field'));
    }

    public function upload(Request $request): Response
    {
        return new Response(md5($request->files->get('file')->getContent()));
    }

    public function stream(): Response
    {
        return new StreamedResponse(function () {
            foreach (range(1, 5) as $part) {
                echo "part $part\n";
                flush();
            }
        });
    }

    public function redirect(): Response
    {
        return new RedirectResponse('/json');
    }

    public function refuse(): Response
    {
        throw new HttpException(418, 'a teapot');
    }

    public function large(): Response
    {
        return new Response(str_repeat('0123456789abcdef', 20_000));
    }
}
