<?php

declare(strict_types=1);

namespace Lyger\Octane\Commands;

use Laravel\Octane\Commands\StatusCommand as OctanesStatusCommand;
use Lyger\Octane\ServerProcessInspector;
use Symfony\Component\Console\Attribute\AsCommand;

/** Octane's command, which knows lyger, too. */
#[AsCommand(name: 'octane:status')]
final class StatusCommand extends OctanesStatusCommand
{
    protected function invalidServer(string $server)
    {
        return $server === 'lyger' ? app(ServerProcessInspector::class)->serverIsRunning() : parent::invalidServer($server);
    }
}
