<?php

declare(strict_types=1);

namespace Lyger\Octane\Commands;

use Laravel\Octane\Commands\ReloadCommand as OctanesReloadCommand;
use Lyger\Octane\ServerProcessInspector;
use Symfony\Component\Console\Attribute\AsCommand;

/** Octane's command, which knows lyger, too. */
#[AsCommand(name: 'octane:reload')]
final class ReloadCommand extends OctanesReloadCommand
{
    protected function invalidServer(string $server)
    {
        if ($server !== 'lyger') {
            return parent::invalidServer($server);
        }
        $inspector = app(ServerProcessInspector::class);
        if (!$inspector->serverIsRunning()) {
            $this->error('Octane server is not running.');
            return self::FAILURE;
        }
        $this->info('Reloading workers...');
        $inspector->reloadServer();
        return self::SUCCESS;
    }
}
