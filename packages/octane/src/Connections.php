<?php

declare(strict_types=1);

namespace Lyger\Octane;

use Illuminate\Contracts\Container\Container;

/** What an application opened while it booted, and no two workers may share. */
final class Connections
{
    public static function close(Container $application): void
    {
        if ($application->resolved('db')) {
            $databases = $application->make('db');
            foreach (array_keys($databases->getConnections()) as $name) {
                $databases->purge($name);
            }
        }
        if ($application->resolved('redis')) {
            $redis = $application->make('redis');
            foreach (array_keys($redis->connections() ?? []) as $name) {
                $redis->purge($name);
            }
        }
    }
}
