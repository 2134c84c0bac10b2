<?php

// The handler form: an application of its own for each request, Laravel's own request and response.
use Illuminate\Contracts\Http\Kernel;
use Illuminate\Http\Request;

define('LARAVEL_START', microtime(true));
require __DIR__ . '/vendor/autoload.php';

return static function (): void {
    $kernel = (require __DIR__ . '/bootstrap/app.php')->make(Kernel::class);
    $response = $kernel->handle($request = Request::capture())->send();
    lyger_finish_request();
    $kernel->terminate($request, $response);
};
