<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

use Closure;
use InvalidArgumentException;

/**
 * One thing that is measured through every door. A file in benchmarks/scenarios (or one given with --scenarios) returns
 * a list of these; benchmarks/README.md shows one in full.
 *
 * A door is a factory. It is called once for every size, in the process of its way, not timed, and returns the loop:
 *
 *     'native' => static function (Context $c, int $size, mixed $data): Closure {
 *         return static function (int $n) use ($data): mixed {
 *             for ($i = 0; $i < $n; $i++) {
 *                 $result = \lyger_probe_reverse($data);
 *             }
 *             return $result;
 *         };
 *     },
 *
 * The loop runs the operation $n times (at least once) and returns the last result, which is compared with the other
 * doors'. It is written out in every door, because a call through a variable would cost more than what is measured.
 * A loop that takes something else than "for ($i = 0; $i < $n; $i++)" to get at its data also gives `empty`.
 */
final class Scenario
{
    /** Doors that the harness knows; every other key of `doors` is a peer, measured as it is named ("abs()", "APCu"). */
    public const DOORS = ['php', 'ffi', 'rust', 'native', 'method', 'frameless'];

    /** The parts of a crossing, in the order in which they are drawn. */
    public const PARTS = ['call', 'in', 'work', 'out', 'clean-up'];

    /** Before the label of a step that keeps what it should give back, and therefore is counted and never timed. */
    public const KEEPING = '*';

    /**
     * @param string $name unique, [a-z0-9-]+: the key in the JSON, the anchor in the page, what --only looks at
     * @param string $group the chapter of the report it belongs to, a key of Report::CHAPTERS: 'crossings', 'compute',
     *        'json', 'cache', 'query', 'own'
     * @param string $about one or two sentences below the title: what is done, what is worth looking at
     * @param array<string, Closure> $doors door or peer => factory(Context, int $size, mixed $data): Closure(int $n): mixed.
     *        'php' is measured three times: interpreter, opcache, tracing JIT. 'ffi' twice: FFI::cdef() at run time, and
     *        preloaded; both through $c->ffi(). A factory that cannot work here calls $c->skip('reason').
     * @param list<positive-int> $sizes amounts of work of one operation, ascending. One: bars. More: curves and break-even points
     * @param string $unit what the sizes count, in the plural: 'bytes', 'rows', 'iterations', 'items'
     * @param ?Closure $prepare (Context, int $size): mixed, called once for every process and size before the factories,
     *        not timed; what it returns is their $data. Must give every process the same (seed mt_rand())
     * @param ?Closure $empty (Context, int $size, mixed $data): Closure(int $n): the loop without the operation, whose
     *        time is subtracted; without it, a counting for loop
     * @param ?Closure $same (mixed $a, mixed $b, int $size): bool, compares results; without it, ===
     * @param list<string> $uncompared doors whose result says nothing (peers that do something similar)
     * @param array<string, array<string, Closure>> $parts door => label => factory as in `doors`. A label is one of PARTS, or
     *        several that cannot be told apart, joined by "+". Each step does what the one before does and what its label
     *        says; the last is the whole crossing. The differences are the breakdown, at the smallest and the largest size.
     *        Crossing writes them
     * @param bool $batching the sizes are items taken in one call: the report also draws time per item
     * @param string $against the door that ratios are given against
     * @param array<string, list<string>> $settings door => php.ini settings of its process, "name=value"
     * @param string $note printed below the plots
     */
    public function __construct(
        public readonly string $name,
        public readonly string $title,
        public readonly string $group,
        public readonly string $about,
        public readonly array $doors,
        public readonly array $sizes = [1],
        public readonly string $unit = 'calls',
        public readonly ?Closure $prepare = null,
        public readonly ?Closure $empty = null,
        public readonly ?Closure $same = null,
        public readonly array $uncompared = [],
        public readonly array $parts = [],
        public readonly bool $batching = false,
        public readonly string $against = 'native',
        public readonly array $settings = [],
        public readonly string $note = '',
    ) {
        if (!preg_match('/^[a-z0-9-]+$/D', $name)) {
            throw new InvalidArgumentException("scenario \"$name\": a name is made of a-z, 0-9 and -");
        }
        $ascending = $sizes;
        sort($ascending);
        if ($sizes === [] || $sizes[0] < 1 || array_unique($ascending) !== $sizes) {
            throw new InvalidArgumentException("scenario \"$name\": sizes are positive, ascending, and different");
        }
        foreach ($parts as $door => $steps) {
            foreach (array_keys($steps) as $label) {
                $of = explode('+', ltrim($label, self::KEEPING));
                if (array_values(array_intersect(self::PARTS, $of)) !== $of) {
                    throw new InvalidArgumentException("scenario \"$name\": the parts of $door are of " . implode(', ', self::PARTS));
                }
            }
            if (str_starts_with(array_key_last($steps), self::KEEPING)) {
                throw new InvalidArgumentException("scenario \"$name\": the last step of $door is the crossing, which keeps nothing");
            }
        }
        $doors !== [] || throw new InvalidArgumentException("scenario \"$name\" has no doors");
    }

    /** The steps of a door that can be timed, label => label of the step: one that is left out is part of the next. @return array<string, string> */
    public function timed(string $door): array
    {
        $timed = $before = [];
        foreach (array_keys($this->parts[$door] ?? []) as $label) {
            array_push($before, ...explode('+', ltrim($label, self::KEEPING)));
            if (!str_starts_with($label, self::KEEPING)) {
                $timed[implode('+', array_intersect(self::PARTS, $before))] = $label;
                $before = [];
            }
        }
        return $timed;
    }

    public function same(mixed $a, mixed $b, int $size): bool
    {
        return $this->same ? ($this->same)($a, $b, $size) : $a === $b;
    }
}
