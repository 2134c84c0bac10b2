<?php

declare(strict_types=1);

namespace Lyger\Octane;

use Illuminate\Support\ServiceProvider;

/** Makes lyger a server of Octane's commands. */
final class OctaneProvider extends ServiceProvider
{
    public function register(): void
    {
        $this->app->bind(ServerProcessInspector::class, fn() => new ServerProcessInspector(storage_path('logs/octane-lyger.pid')));
    }

    public function boot(): void
    {
        if ($this->app->runningInConsole()) {
            $this->app->booted(fn() => $this->commands([ // after Octane's, which have the same names
                Commands\StartLygerCommand::class, Commands\StartCommand::class, Commands\ReloadCommand::class, Commands\StopCommand::class, Commands\StatusCommand::class,
            ]));
        }
    }
}
