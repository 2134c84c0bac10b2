<?php

declare(strict_types=1);

namespace Lyger\Octane\Commands;

use Laravel\Octane\Commands\Command;
use Laravel\Octane\Commands\Concerns\InteractsWithEnvironmentVariables;
use Lyger\Octane\ServerProcessInspector;
use Symfony\Component\Console\Attribute\AsCommand;

#[AsCommand(name: 'octane:lyger')]
final class StartLygerCommand extends Command
{
    use InteractsWithEnvironmentVariables;

    public $signature = 'octane:lyger
        {--host= : The address that the server listens on}
        {--port= : The port that the server listens on}
        {--workers=auto : How many workers handle requests}
        {--max-requests=500 : How many requests a worker handles before another takes its place}
        {--watch : Reload when a file of the application changes}';

    public $description = 'Start the Octane server on lyger';

    protected $hidden = true;

    public function handle(ServerProcessInspector $inspector): int
    {
        if (!\extension_loaded('lyger')) {
            $this->error('The extension lyger is not loaded in ' . PHP_BINARY . '.');
            return self::FAILURE;
        }
        if ($inspector->serverIsRunning()) {
            $this->error('The server is already running.');
            return self::FAILURE;
        }
        $command = $this->command($inspector);
        $environment = ['APP_BASE_PATH' => base_path(), 'LARAVEL_OCTANE' => '1'];
        chdir(base_path());
        $this->forgetEnvironmentVariables(); // what .env says is read by the application, also by the one of a reload
        $environment += getenv();
        if (\function_exists('pcntl_exec')) { // the server takes this process, and its signals
            pcntl_exec(PHP_BINARY, $command, $environment);
        }
        $process = proc_open([PHP_BINARY, ...$command], [STDIN, STDOUT, STDERR], $pipes, base_path(), $environment);
        return $process === false ? self::FAILURE : proc_close($process);
    }

    /** @return list<string> the arguments of PHP */
    private function command(ServerProcessInspector $inspector): array
    {
        $config = config('octane.lyger', []);
        $options = ['--host=' . ($this->option('host') ?? config('octane.host') ?? '127.0.0.1'), '--port=' . ($this->option('port') ?? config('octane.port') ?? '8000'),
            '--max-requests=' . $this->option('max-requests'), '--timeout=' . config('octane.max_execution_time', 30), '--root=' . public_path(),
            "--pid-file=$inspector->pidFile"];
        if ($this->option('workers') !== 'auto') {
            $options[] = '--workers=' . $this->option('workers');
        }
        if ($this->option('watch')) {
            $options[] = '--watch=' . base_path();
        }
        return [...$this->settings(), $config['command'] ?? base_path('vendor/bin/lyger'), 'serve', ...$options, ...$config['options'] ?? [], \dirname(__DIR__, 2) . '/worker.php'];
    }

    /** @return list<string> where this PHP has the extension from, when php.ini is not it */
    private function settings(): array
    {
        $arguments = [];
        foreach (explode("\0", (string) @file_get_contents('/proc/self/cmdline')) as $place => $argument) {
            if ($place > 0 && !str_starts_with($argument, '-') && !($take ?? false)) {
                break; // the script
            }
            if ($place > 0) {
                $arguments[] = $argument;
            }
            $take = \in_array($argument, ['-d', '-c'], true);
        }
        return $arguments;
    }
}
