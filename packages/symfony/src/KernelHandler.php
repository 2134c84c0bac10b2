<?php

declare(strict_types=1);

namespace Lyger\Symfony;

use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpKernel\HttpKernelInterface;
use Symfony\Component\HttpKernel\TerminableInterface;

/**
 * A Symfony kernel, or another HttpKernelInterface, as lyger's handler:
 *
 *     return new Lyger\Symfony\KernelHandler(new App\Kernel('prod', false));
 *
 * The kernel resets its services when the next request comes (services_resetter), as it does under every runtime that keeps it.
 */
final class KernelHandler
{
    /** @var array<string, mixed> what Dotenv and the environment have put into $_SERVER, which each request makes anew */
    private array $environment;

    public function __construct(private HttpKernelInterface $kernel)
    {
        $this->environment = array_filter($_SERVER, self::lasts(...), ARRAY_FILTER_USE_KEY);
    }

    public function __invoke(): void
    {
        $_SERVER += $this->environment;
        $request = Request::createFromGlobals();
        $response = $this->kernel->handle($request);
        $response->send();
        if ($this->kernel instanceof TerminableInterface) {
            lyger_finish_request(); // what follows is not the client's: mails, logs, messages
            $this->kernel->terminate($request, $response);
        }
    }

    /** A client could mean HTTP_ and what is the command line's; neither comes from the environment. */
    private static function lasts(int|string $name): bool
    {
        return !str_starts_with((string) $name, 'HTTP_') && $name !== 'argv' && $name !== 'argc';
    }
}
