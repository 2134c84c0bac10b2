<?php

/**
 * The process of one way: takes one JSON command a line from stdin, answers each with one line on stdout.
 *     {"do":"open","file":…,"scenario":…,"size":…,"entries":{KEY:{"door":…,"part":…}}}
 *                                                   {"opened":{KEY:{"value":…,"heap":bytes}|{"skipped":…}|{"error":…}}}
 *     {"do":"calibrate","key":…,"block":ns}         {"n":…,"ns":one block}
 *     {"do":"sample","key":…,"n":…,"flip":…}        {"loop":ns,"empty":ns,"cpu":ns}
 *     {"do":"facts"}
 * A value is base64 of serialize(). A failure of a command is {"error":…}.
 */

declare(strict_types=1);

namespace Lyger\Benchmarks;

require __DIR__ . '/autoload.php';

/** The loops that are open, and what runs them. */
final class Process
{
    private Context $context;
    /** @var array<string, array<string, Scenario>> by file and name */
    private array $scenarios = [];
    /** @var array<string, array{\Closure, \Closure}> loop and empty loop by key */
    private array $loops = [];

    public function __construct(array $settings)
    {
        $this->context = new Context($settings);
    }

    public function answer(array $command): array
    {
        return match ($command['do']) {
            'open' => ['opened' => $this->open($command)],
            'calibrate' => $this->calibrate($command['key'], $command['block']),
            'sample' => $this->sample($command['key'], $command['n'], $command['flip']),
            'facts' => self::facts(),
        };
    }

    /** Apart, because a file that is required sees and overwrites the variables around it. */
    private static function scenariosOf(string $file): array
    {
        return require $file;
    }

    private function open(array $command): array
    {
        $this->loops = [];
        $this->scenarios[$command['file']] ??= array_column(self::scenariosOf($command['file']), null, 'name');
        $scenario = $this->scenarios[$command['file']][$command['scenario']];
        $size = $command['size'];
        $opened = [];
        try {
            $data = $scenario->prepare ? ($scenario->prepare)($this->context, $size) : null;
            $empty = $scenario->empty ? ($scenario->empty)($this->context, $size, $data) : static function (int $n): void {
                for ($i = 0; $i < $n; $i++) {
                }
            };
        } catch (\Throwable $error) {
            return array_map(static fn(): array => self::reason($error), $command['entries']);
        }
        foreach ($command['entries'] as $key => ['door' => $door, 'part' => $part]) {
            try {
                $factory = $part === null ? $scenario->doors[$door] : $scenario->parts[$door][$part];
                $loop = $factory($this->context, $size, $data);
                gc_collect_cycles();
                memory_reset_peak_usage();
                $before = memory_get_usage();
                $value = $loop(1);
                $heap = memory_get_peak_usage() - $before;
                $opened[$key] = ['value' => base64_encode(serialize($value)), 'heap' => $heap];
                $this->loops[$key] = [$loop, $empty];
            } catch (\Throwable $error) {
                $opened[$key] = self::reason($error);
            }
        }
        return $opened;
    }

    private static function reason(\Throwable $error): array
    {
        return $error instanceof Skipped
            ? ['skipped' => $error->getMessage()]
            : ['error' => get_class($error) . ': ' . $error->getMessage()];
    }

    /** How many operations take at least $block ns; the doubling on the way is the first warm-up. */
    private function calibrate(string $key, int $block): array
    {
        [$loop, $empty] = $this->loops[$key];
        for ($n = 1;; $n *= $took * 8 < $block ? 4 : 2) {
            $took = PHP_INT_MAX; // the least of two: a first time may meet a cold cache, an interrupt, a page to be copied
            for ($try = 0; $try < 2 && $took >= $block; $try++) {
                $start = hrtime(true);
                $loop($n);
                $took = min($took, hrtime(true) - $start);
            }
            if ($took >= $block) {
                $start = hrtime(true);
                $empty($n);
                return ['n' => $n, 'ns' => $took + hrtime(true) - $start];
            }
        }
    }

    /** The loop and the empty loop of the same length, in either order, each after a quarter of it that is not timed. */
    private function sample(string $key, int $n, bool $flip): array
    {
        $times = $used = [];
        foreach ($flip ? [1, 0] : [0, 1] as $which) {
            $run = $this->loops[$key][$which];
            if ($n > 3) {
                $run($n >> 2); // the other ways have had the processor and its caches meanwhile
            }
            $cpu = self::processorTime();
            $start = hrtime(true);
            $run($n);
            $times[$which] = hrtime(true) - $start;
            $used[$which] = self::processorTime() - $cpu;
        }
        return ['loop' => $times[0], 'empty' => $times[1], 'cpu' => $used[0] - $used[1]];
    }

    /** Nanoseconds of this process, in steps of a microsecond. */
    private static function processorTime(): int
    {
        $used = getrusage();
        $seconds = $used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'];
        return $seconds * 1_000_000_000 + ($used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec']) * 1000;
    }

    private static function facts(): array
    {
        $status = function_exists('opcache_get_status') ? opcache_get_status(false) : false;
        return [
            'php' => PHP_VERSION . (PHP_ZTS ? ' ZTS' : ' NTS') . (PHP_DEBUG ? ' debug' : ''),
            'opcache' => is_array($status) && $status['opcache_enabled'],
            'jit' => is_array($status) && ($status['jit']['on'] ?? false),
            'lyger' => json_decode(lyger_system_info(), true),
            'extensions' => array_filter(['apcu' => phpversion('apcu'), 'pdo_pgsql' => phpversion('pdo_pgsql')]),
        ];
    }
}

$process = new Process(json_decode(getenv('LYGER_BENCH_PROCESS'), true, 16, JSON_THROW_ON_ERROR));
while (($line = fgets(STDIN)) !== false) {
    try {
        $answer = $process->answer(json_decode($line, true, 16, JSON_THROW_ON_ERROR));
    } catch (\Throwable $error) {
        $answer = ['error' => get_class($error) . ': ' . $error->getMessage()];
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
