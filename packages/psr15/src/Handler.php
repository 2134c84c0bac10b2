<?php

declare(strict_types=1);

namespace Lyger\Psr15;

use Nyholm\Psr7Server\ServerRequestCreator;
use Nyholm\Psr7Server\ServerRequestCreatorInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Server\RequestHandlerInterface;

/**
 * A PSR-15 application (Slim, Mezzio, Yii, …) as lyger's handler; lyger sends the response, its body in pieces.
 *
 *     return Lyger\Psr15\Handler::with($application, new Nyholm\Psr7\Factory\Psr17Factory());
 */
final class Handler
{
    public function __construct(private RequestHandlerInterface $application, private ServerRequestCreatorInterface $requests)
    {
    }

    /** @param object $factory one that makes all of PSR-17, as Nyholm's Psr17Factory and Guzzle's HttpFactory do */
    public static function with(RequestHandlerInterface $application, object $factory): self
    {
        return new self($application, new ServerRequestCreator($factory, $factory, $factory, $factory));
    }

    public function __invoke(): ResponseInterface
    {
        return $this->application->handle($this->requests->fromGlobals());
    }
}
