<?php

// The loop form, with FrankenPHP's function: an application of its own for each request.
use Illuminate\Contracts\Http\Kernel;
use Illuminate\Http\Request;

define('LARAVEL_START', microtime(true));
require __DIR__ . '/vendor/autoload.php';

do {
    $request = null;
    $kernel = null;
    $answered = frankenphp_handle_request(static function () use (&$kernel, &$request, &$response): void {
        $kernel = (require __DIR__ . '/bootstrap/app.php')->make(Kernel::class);
        $response = $kernel->handle($request = Request::capture())->send();
    });
    if ($request) {
        $kernel->terminate($request, $response); // the answer has left
    }
} while ($answered);
