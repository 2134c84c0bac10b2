<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use RuntimeException;

/** The runner's end of the process of one way. */
final class Worker
{
    /** @var resource */
    private $process;
    private array $pipes = [];

    public function __construct(private readonly string $way, array $options)
    {
        $command = [PHP_BINARY];
        foreach (Ways::settings($way, $options) as $setting) {
            array_push($command, '-d', $setting);
        }
        $command[] = __DIR__ . '/process.php';
        $settings = json_encode(Context::settings($way, $options), JSON_THROW_ON_ERROR);
        $environment = ['LYGER_BENCH_PROCESS' => $settings] + getenv();
        $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], STDERR], $this->pipes, null, $environment);
        $this->process = $process ?: throw new RuntimeException("the process of \"$way\" does not start");
    }

    /** @throws RuntimeException when the process says so, or has died */
    public function ask(array $command): array
    {
        fwrite($this->pipes[0], json_encode($command, JSON_THROW_ON_ERROR) . "\n");
        $line = fgets($this->pipes[1]);
        $answer = $line === false ? null : json_decode($line, true);
        if (!is_array($answer)) {
            throw new RuntimeException("the process of \"$this->way\" died or printed: " . trim((string) $line));
        }
        if (isset($answer['error'])) {
            throw new RuntimeException("$this->way: {$answer['error']}");
        }
        return $answer;
    }

    public function close(): void
    {
        array_map(fclose(...), $this->pipes);
        proc_close($this->process);
    }
}
