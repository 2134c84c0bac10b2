<?php

declare(strict_types=1);

namespace Lyger\Octane;

use Illuminate\Foundation\Application;
use Illuminate\Http\Request;
use Laravel\Octane\Contracts\StoppableClient;
use Laravel\Octane\Octane;
use Laravel\Octane\OctaneResponse;
use Laravel\Octane\RequestContext;
use Symfony\Component\HttpFoundation\Response;
use Throwable;

/** Between Octane's worker and the request that lyger_handle_request() is in. */
final class Client implements StoppableClient
{
    private bool $stopped = false;

    public function marshalRequest(RequestContext $context): array
    {
        return [Request::createFromGlobals(), $context];
    }

    public function respond(RequestContext $context, OctaneResponse $octaneResponse): void
    {
        $response = $octaneResponse->response;
        if ((string) $octaneResponse->outputBuffer !== '') { // what was echoed stands before what was returned
            $response->headers->remove('Content-Length');
            $response->sendHeaders();
            echo $octaneResponse->outputBuffer;
            $response->sendContent();
        } else {
            $response->send();
        }
        lyger_finish_request(); // what Octane does from here on, nobody waits for
    }

    public function error(Throwable $e, Application $app, Request $request, RequestContext $context): void
    {
        $text = Octane::formatExceptionForClient($e, (bool) $app->make('config')->get('app.debug'));
        (new Response($text, 500, ['Content-Type' => 'text/plain']))->send();
    }

    /** The worker ends after the request that it is in, and another takes its place. */
    public function stop(): void
    {
        $this->stopped = true;
    }

    public function isStopped(): bool
    {
        return $this->stopped;
    }
}
