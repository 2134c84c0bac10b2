<?php

declare(strict_types=1);

namespace HotPath;

use Symfony\Component\Console\Attribute\AsCommand;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Helper\Table;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

#[AsCommand('hot-path:measure', 'Each way in processes of its own, in turns: time, memory, break-even; and a service for which it is not worth it')]
final class MeasureCommand extends Command
{
    private string $catalogue;
    private string $library;

    public function __construct(private readonly string $root)
    {
        parent::__construct();
        $this->catalogue = getenv('HOT_PATH_CATALOGUE') ?: "$root/var/catalogue.bin";
        $this->library = getenv('HOT_PATH_LIBRARY') ?: "$root/var/libsimilar_items.so";
    }

    protected function configure(): void
    {
        $this->addOption('rounds', null, InputOption::VALUE_REQUIRED, 'of all ways', '5')
            ->addOption('baskets', null, InputOption::VALUE_REQUIRED, 'in each', '5');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $ways = $this->ways();
        $results = [];
        for ($round = 0; $round < (int) $input->getOption('rounds'); $round++) {
            foreach ($ways as $title => [$name, $options]) {
                $results[$title][] = $this->measured($name, $options, $input->getOption('baskets'));
            }
        }
        $wrong = array_filter($results, static fn(array $runs): bool => array_column($runs, 'said') !== array_column($results['PHP'], 'said'));
        if ($wrong) {
            $output->writeln('<error>' . implode(', ', array_keys($wrong)) . ' recommend otherwise than PHP</error>');
            return self::FAILURE;
        }
        $this->table($results)->setStyle('markdown')->render();
        $output->writeln("\nAll recommend the same.\n");
        $this->prices($output);
        return self::SUCCESS;
    }

    /** @return array<string, array{string, list<string>}> name for the factory and options of PHP, by title */
    private function ways(): array
    {
        $jit = ['-d', 'zend_extension=opcache', '-d', 'opcache.enable_cli=1', '-d', 'opcache.jit=tracing', '-d', 'opcache.jit_buffer_size=32M'];
        $ffi = ['-d', 'extension=ffi', '-d', 'ffi.enable=1'];
        $ways = ['PHP' => ['php', []], 'PHP, JIT' => ['php', $jit], 'FFI, C' => ['ffi', $ffi]];
        if (is_file("$this->root/var/libsimilar_items_rust.so")) {
            $ways['FFI, Rust'] = ['rust', $ffi];
        }
        return $ways + ['native' => ['native', ['-d', "extension=$this->root/var/similar_items.so"]]];
    }

    /** @param list<string> $options */
    private function measured(string $name, array $options, string $baskets): array
    {
        $command = [PHP_BINARY, '-n', '-d', 'memory_limit=-1', ...$options, "$this->root/bin/measured", $this->catalogue, $this->library, $name, $baskets];
        exec(implode(' ', array_map(escapeshellarg(...), $command)) . ' 2>&1', $lines, $status);
        return $status === 0 && is_array($result = json_decode(end($lines) ?: '', true)) ? $result
            : throw new \RuntimeException("$name: " . implode("\n", $lines));
    }

    /** @param array<string, list<array>> $results */
    private function table(array $results): Table
    {
        $median = static function (array $numbers): float {
            sort($numbers);
            return (float) $numbers[intdiv(count($numbers), 2)];
        };
        $of = static fn(string $title, string $what): float => $median(array_column($results[$title], $what));
        $table = new Table(new \Symfony\Component\Console\Output\ConsoleOutput);
        $table->setHeaders(['', 'to open', 'a basket of 3', 'times as fast', 'peak memory', 'of PHP\'s', 'pays from']);
        foreach (array_keys($results) as $title) {
            [$open, $basket, $memory] = [$of($title, 'open'), $of($title, 'basket'), $of($title, 'memory')];
            $gained = $of('PHP', 'basket') - $basket;
            $baskets = $gained > 0 ? max(1, (int) ceil(($open - $of('PHP', 'open')) / $gained)) : null;
            $table->addRow([$title, sprintf('%.1f ms', $open), sprintf('%.2f ms', $basket), $title === 'PHP' ? '' : sprintf('%.1f', $of('PHP', 'basket') / $basket),
                sprintf('%.1f MB', $memory / 1e6), sprintf('%.0f %%', $memory / $of('PHP', 'memory') * 100), match (true) {
                    $title === 'PHP' => '',
                    $baskets === null => 'never',
                    default => 'basket ' . $baskets,
                }]);
        }
        return $table;
    }

    /** The service that waits: how much of its time is PHP's, which is the most that native code could win. */
    private function prices(OutputInterface $output): void
    {
        $server = proc_open([PHP_BINARY, '-n', "$this->root/bin/slow-prices"], [['pipe', 'r'], ['pipe', 'w'], STDERR], $pipes);
        $address = trim((string) fgets($pipes[1]));
        $prices = new Prices;
        $cpu = static fn(): float => array_sum(array_map(static fn(string $kind): float => getrusage()["ru_$kind.tv_sec"] + getrusage()["ru_$kind.tv_usec"] / 1e6, ['utime', 'stime']));
        [$begun, $used] = [hrtime(true), $cpu()];
        for ($i = 0; $i < 20; $i++) {
            $prices->of(range($i, $i + 9), $address);
        }
        $wall = (hrtime(true) - $begun) / 20e6;
        $work = ($cpu() - $used) * 1e3 / 20;
        fclose($pipes[0]);
        proc_close($server);
        $output->writeln(sprintf('Prices of 10 items from a server that takes 2 ms for each: %.1f ms, of which PHP and the system work %.2f ms and wait the rest. If its code took no time'
            . ' at all, it would be %.2f times as fast: not worth it. Asking for all ten at once is.', $wall, $work, $wall / max(0.001, $wall - $work)));
    }
}
