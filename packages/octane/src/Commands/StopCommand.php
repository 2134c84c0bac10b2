<?php

declare(strict_types=1);

namespace Lyger\Octane\Commands;

use Laravel\Octane\Commands\StopCommand as OctanesStopCommand;
use Lyger\Octane\ServerProcessInspector;
use Symfony\Component\Console\Attribute\AsCommand;

/** Octane's command, which knows lyger, too. */
#[AsCommand(name: 'octane:stop')]
final class StopCommand extends OctanesStopCommand
{
    protected function invalidServer(string $server)
    {
        if ($server !== 'lyger') {
            return parent::invalidServer($server);
        }
        $inspector = app(ServerProcessInspector::class);
        if (!$inspector->serverIsRunning()) {
            $this->error('lyger is not running.');
            return self::FAILURE;
        }
        $this->info('Stopping server...');
        if (!$inspector->stopServer()) {
            $this->error('Failed to stop lyger.');
            return self::FAILURE;
        }
        return self::SUCCESS;
    }
}
