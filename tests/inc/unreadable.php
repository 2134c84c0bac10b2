<?php
// Two processes with one named segment: the first stores what the second cannot read, as its classes are gone.
require __DIR__ . '/php.inc';

/** @param list<string> $with extensions of both processes */
function unreadable(array $with): void
{
    $path = sys_get_temp_dir() . '/lyger-unreadable-' . getmypid();
    $ini = ['lyger.cache_path' => $path, 'lyger.cache_size' => '4M'];
    echo run_php(<<<'PHP'
        class Gone { public $x = 1; }
        class Changed { public string $x = 'text'; }
        class Refuses { public $x = 1; }
        enum Suit { case Hearts; case Gone; }
        enum Lost { case One; }
        $deep = new ArrayObject();
        for ($i = 0; $i < 5000; $i++) $deep = [$deep];
        foreach (['object' => new Gone, 'within' => [1, [new Gone]], 'case' => Suit::Gone, 'enum' => Lost::One, 'deep' => $deep,
            'changed' => new Changed, 'refuses' => new Refuses, 'fine' => [new ArrayObject([Suit::Hearts, null])]] as $key => $value) {
            lyger_cache_set($key, $value, 100) || print("$key was not stored\n");
        }
        PHP, $ini, $status, $with);
    $report = run_php(<<<'PHP'
        class Changed { public int $x = 0; }
        class Refuses { public function __wakeup(): void { throw new LogicException('not this one'); } }
        enum Suit { case Hearts; }
        $warnings = [];
        set_error_handler(function (int $level, string $message) use (&$warnings) {
            $warnings[] = $message;
            return true;
        });
        $ours = function () use (&$warnings) {
            $found = array_values(array_filter($warnings, fn($text) => str_contains($text, 'counts as a miss')));
            $warnings = [];
            return count($found) === 1 ? $found[0] : json_encode($found);
        };
        foreach (['object', 'within', 'case', 'enum', 'deep', 'changed', 'refuses'] as $key) {
            $value = lyger_cache_get($key, 'default');
            echo "$key: ", is_string($value) ? $value : gettype($value), ', ', $ours(), "\n";
        }
        var_dump(lyger_cache_get('fine', 'default')[0][0] === Suit::Hearts);
        echo json_encode($warnings), "\n";
        echo json_encode(lyger_cache_get_batch(['object', 'case'], 'default')), "\n";
        $warnings = [];
        var_dump(lyger_cache_remember('object', fn() => 'computed', 100), lyger_cache_remember('object', fn() => 'again', 100));
        echo $ours(), "\n";
        var_dump(lyger_cache_set('case', 'set'), lyger_cache_get('case'), $warnings);
        set_error_handler(fn(int $level, string $message) => throw new ErrorException('handled'));
        foreach (['within', 'fine'] as $key) {
            try {
                var_dump(is_array(lyger_cache_get($key, 'default')));
            } catch (ErrorException $e) {
                echo get_class($e), "\n";
            }
        }
        PHP, $ini, $status, $with);
    echo $report, $status === 0 ? '' : "ended with $status\n";
    unlink($path);
}
