<?php

declare(strict_types=1);

/** The conformance cases' whole framework: checks that note what was wrong and let the case go on. */
final class Check
{
    /** @var list<string> */
    public array $failures = [];

    public int $checks = 0;

    /** A path for this run's SQLite database; the runner removes it. */
    public readonly string $file;

    public function __construct()
    {
        $this->file = sys_get_temp_dir() . '/lyger-conformance-' . getmypid() . '.sqlite';
    }

    /** $actual === $expected; objects are compared by value. */
    public function same(mixed $expected, mixed $actual, string $about = ''): void
    {
        $this->that(
            $expected === $actual || (is_object($expected) && $expected == $actual),
            ($about === '' ? '' : "$about: ") . 'expected ' . self::show($expected) . ', got ' . self::show($actual),
        );
    }

    public function that(bool $holds, string $failure): void
    {
        $this->checks++;
        if (!$holds) {
            $this->failures[] = $failure;
        }
    }

    /**
     * $call throws $class, with each of $words in its message; what was thrown comes back.
     *
     * @param class-string<Throwable> $class
     */
    public function throws(string $class, Closure $call, string ...$words): ?Throwable
    {
        try {
            $result = $call();
        } catch (Throwable $thrown) {
            $this->that($thrown instanceof $class, "expected $class, got " . $thrown::class . ": {$thrown->getMessage()}");
            foreach ($words as $word) {
                $this->that(
                    stripos($thrown->getMessage(), $word) !== false,
                    "\"{$thrown->getMessage()}\" does not say \"$word\"",
                );
            }
            return $thrown;
        }
        $this->that(false, "expected $class, got the result " . self::show($result));
        return null;
    }

    /** Polls until $holds is true, for ten seconds at most. */
    public function eventually(Closure $holds, string $failure): void
    {
        $end = hrtime(true) + 10_000_000_000;
        do {
            if ($holds()) {
                $this->checks++;
                return;
            }
            usleep(2_000);
        } while (hrtime(true) < $end);
        $this->that(false, $failure);
    }

    private static function show(mixed $value): string
    {
        $text = is_object($value) ? $value::class . ' ' . serialize($value) : var_export($value, true);
        return strlen($text) > 400 ? substr($text, 0, 400) . '…' : $text;
    }
}
