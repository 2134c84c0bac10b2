<?php

// The loop form, which `lyger serve` runs: Octane's worker around lyger's requests.
use Laravel\Octane\ApplicationFactory;
use Laravel\Octane\RequestContext;
use Laravel\Octane\Worker;
use Lyger\Octane\Client;
use Lyger\Octane\Connections;

$base = $_SERVER['APP_BASE_PATH'] ?? getcwd();
$_ENV['APP_RUNNING_IN_CONSOLE'] = false; // Laravel asks before it asks PHP_SAPI
require_once "$base/vendor/autoload.php";

$client = new Client();
$worker = new Worker(new ApplicationFactory($base), $client);
$worker->boot();
Connections::close($worker->application());

$handle = static function () use ($worker, $client): void {
    [$request, $context] = $client->marshalRequest(new RequestContext());
    $worker->handle($request, $context);
};
try {
    while (!$client->isStopped() && lyger_handle_request($handle)) {
    }
} finally {
    $worker->terminate();
}
