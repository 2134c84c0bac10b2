<?php

declare(strict_types=1);

namespace Lyger\Octane\Commands;

use Laravel\Octane\Commands\StartCommand as OctanesStartCommand;
use Symfony\Component\Console\Attribute\AsCommand;

/** Octane's command, which knows lyger, too. */
#[AsCommand(name: 'octane:start')]
final class StartCommand extends OctanesStartCommand
{
    protected function invalidServer(string $server)
    {
        return $server !== 'lyger' ? parent::invalidServer($server) : $this->call('octane:lyger', ['--host' => $this->getHost(), '--port' => $this->getPort(),
            '--workers' => $this->option('workers'), '--max-requests' => $this->option('max-requests'), '--watch' => $this->option('watch')]);
    }
}
