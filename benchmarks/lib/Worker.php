<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

/** The runner's end of a worker process. */
final class Worker
{
    private $process;
    private array $pipes = [];

    /** @param list<string> $settings php -d … */
    public function __construct(private string $name, array $settings, array $environment)
    {
        $command = [PHP_BINARY];
        foreach ($settings as $setting) {
            array_push($command, '-d', $setting);
        }
        $command[] = __DIR__ . '/worker.php';
        $streams = [0 => ['pipe', 'r'], 1 => ['pipe', 'w'], 2 => STDERR];
        $this->process = proc_open($command, $streams, $this->pipes, null, $environment + getenv());
        if ($this->process === false) {
            throw new \RuntimeException("the worker \"$name\" does not start");
        }
    }

    /** @throws \RuntimeException when the worker says so, or has died */
    public function ask(array $command): array
    {
        fwrite($this->pipes[0], json_encode($command, JSON_THROW_ON_ERROR) . "\n");
        $line = fgets($this->pipes[1]);
        $answer = $line === false ? null : json_decode($line, true);
        if (!is_array($answer)) {
            throw new \RuntimeException("the worker $this->name died or printed something else: " . trim((string) $line));
        }
        if (!$answer['ok']) {
            throw new \RuntimeException($answer['error']);
        }
        return $answer;
    }

    public function close(): void
    {
        fclose($this->pipes[0]);
        fclose($this->pipes[1]);
        proc_close($this->process);
    }
}
