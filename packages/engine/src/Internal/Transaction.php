<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * One level of a transaction, from its begin to its end: dbTransaction() of the engines in this package.
 *
 * exit() unwinds the stack without a catch or finally, but destroys this object on its way. A fatal error does not even
 * do that: then a shutdown function ends what is open.
 *
 * @internal
 */
final class Transaction
{
    /** @var ?\WeakMap<self, true> the open ones, the innermost last; null until the first */
    private static ?\WeakMap $open = null;

    /** @param \Closure(bool): void $end commits or rolls back */
    private function __construct(private ?\Closure $end)
    {
        if (self::$open === null) {
            self::$open = new \WeakMap();
            register_shutdown_function(self::endAll(...));
        }
        self::$open[$this] = true;
    }

    /**
     * @param \Closure(): void $begin
     * @param \Closure(bool): void $end
     */
    public static function run(\Closure $begin, \Closure $end, callable $fn): mixed
    {
        $begin();
        $level = new self($end);
        try {
            $value = $fn();
        } catch (\Throwable $thrown) {
            $level->rollBack();
            throw $thrown;
        }
        $level->finish(true);
        return $value;
    }

    private function finish(bool $keep): void
    {
        [$end, $this->end] = [$this->end, null];
        unset(self::$open[$this]);
        if ($end !== null) {
            $end($keep);
        }
    }

    /** What stops it closes the connection too, and that rolls back; the reason to roll back tells more. */
    private function rollBack(): void
    {
        try {
            $this->finish(false);
        } catch (\Throwable) {
        }
    }

    public function __destruct()
    {
        $this->rollBack();
    }

    private static function endAll(): void
    {
        $levels = [];
        foreach (self::$open as $level => $_) {
            $levels[] = $level;
        }
        foreach (array_reverse($levels) as $level) {
            $level->rollBack();
        }
    }
}
