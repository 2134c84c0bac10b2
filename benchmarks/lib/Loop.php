<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use Closure;

/**
 * A factory of a scenario's loop from the statement that it repeats, as Python's timeit has it: the loop around it is the
 * same everywhere and need not be written out in every door. What is made is a PHP file of the run's own, so that opcache
 * and the JIT treat it as any other code (they would leave eval() alone).
 *
 * The statement sees $c (Context), $size, $data, $ffi where the door has one, and what $setup assigns at the beginning of
 * a line; all of it lives as long as the loop. What it assigns to $result is what the door returned.
 */
final class Loop
{
    /** Where the FFI of a door comes from. */
    private const LIBRARIES = ['ffi' => '$ffi = $c->ffi();', 'rust' => '$ffi = $c->rust();'];

    private const REPEATED = <<<'PHP'
        for ($i = 0; $i < $n; $i++) {
                        %s
                    }
        PHP;

    /** @param ?string $library 'ffi' or 'rust': what $ffi is */
    public static function of(string $statement, string $setup = '', ?string $library = null): Closure
    {
        return self::once(sprintf(self::REPEATED, $statement), ($library === null ? '' : self::LIBRARIES[$library] . "\n") . $setup);
    }

    /** The same without a loop around it: $statement does $n operations. */
    public static function once(string $statement, string $setup = ''): Closure
    {
        $source = self::source($statement, $setup);
        return static fn(Context $c, int $size, mixed $data): Closure => self::factory($c, $source)($c, $size, $data);
    }

    private static function source(string $statement, string $setup): string
    {
        preg_match_all('/^\s*\$(\w+) =/m', $setup, $assigned);
        $used = implode(', ', array_map(static fn(string $name): string => "$$name", array_unique(['c', 'size', 'data', ...$assigned[1]])));
        [$type, $return] = str_contains($statement, '$result') ? ['mixed', 'return $result;'] : ['void', ''];
        return <<<PHP
            <?php
            declare(strict_types=1);
            return static function (Lyger\Benchmarks\Context \$c, int \$size, mixed \$data): Closure {
                $setup
                return static function (int \$n) use ($used): $type {
                    $statement
                    $return
                };
            };
            PHP;
    }

    private static function factory(Context $c, string $source): Closure
    {
        $file = $c->directory() . '/loop-' . md5($source) . '.php';
        if (!is_file($file)) {
            $made = tempnam($c->directory(), 'loop');
            file_put_contents($made, $source);
            rename($made, $file); // whole, or not there: the processes share it
        }
        return require $file;
    }
}
