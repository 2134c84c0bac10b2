<?php

// The loop form, with FrankenPHP's function.
use Illuminate\Contracts\Http\Kernel;
use Illuminate\Http\Request;

define('LARAVEL_START', microtime(true));
require __DIR__ . '/vendor/autoload.php';

while (frankenphp_handle_request(static function (): void {
    $kernel = (require __DIR__ . '/bootstrap/app.php')->make(Kernel::class);
    $response = $kernel->handle($request = Request::capture())->send();
    $kernel->terminate($request, $response);
})) {
}
