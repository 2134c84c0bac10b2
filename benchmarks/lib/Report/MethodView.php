<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Text;

/** How it was measured, the self-check, the machine. */
final class MethodView
{
    public function __construct(private readonly array $results)
    {
    }

    public function html(): string
    {
        $effort = $this->results['effort'];
        $block = Text::duration($effort['block_ns']);
        $sessions = Text::count($effort['sessions'], 'sessions');
        return <<<HTML
            <section id="method"><h2>How it was measured</h2>{$this->warning()}<ol class="steps">
            <li>Every way is a process of its own, and the processes take turns, so that whatever the machine does meanwhile
            meets all of them. Who goes first changes from round to round.</li>
            <li>Data is prepared before. A block is as many operations as take $block, after a quarter as many that are not
            timed. The loop is written out in each door, and the time of the same loop without the operation, measured beside
            every block, is subtracted (column “empty loop”).</li>
            <li>$sessions of fresh processes with up to {$effort['rounds']} rounds each, after a warm-up. No value is left
            out.</li>
            <li>Figures are medians. Intervals are 95 % bootstrap intervals (Efron and Tibshirani, 1993), drawn over sessions
            first and then over rounds, because the layout of a process moves all its rounds together (Kalibera and Jones,
            ISMM 2013). Ratios are of paired rounds.</li>
            <li>A ratio whose interval spans 1 is not printed: “no difference seen”.</li>
            <li>The parts of a crossing are differences: of statements each of which does what the one before does, and more. They
            are counted in instructions (callgrind), which are the same in every run and say nothing of what caches cost, or timed
            where there is no valgrind. “Work” is what the core's own functions run; what nothing tells apart is one part, named
            after all it is. Making room for a result, and letting go of the last one, belong to “out”.</li>
            <li>PHP, unless the label says otherwise, runs with opcache and without JIT.</li></ol>
            <h3>Self-check of this run</h3>{$this->checks()}<h3>The machine</h3>{$this->machine()}</section>
            HTML;
    }

    private function warning(): string
    {
        $machine = $this->results['machine'];
        $busy = max($machine['load_before'], $machine['load_after'] ?? 0) > 0.75 * $machine['cores'];
        $quick = $this->results['effort']['sessions'] < 3;
        $words = array_filter([
            $quick ? 'This was a quick run: few rounds and sizes, so intervals are wide.' : '',
            $busy ? 'The machine was busy with something else while this was measured.' : '',
        ]);
        return $words ? '<p class="warning">' . implode(' ', $words) . '</p>' : '';
    }

    private function checks(): string
    {
        $items = '';
        foreach ($this->results['self_check'] as $check) {
            [$name, $detail] = [Page::escaped($check['name']), Page::escaped($check['detail'])];
            $class = $check['ok'] ? 'ok' : 'bad';
            $items .= "<li class=\"$class\">$name <span class=\"muted\">($detail)</span></li>";
        }
        return "<ul class=\"checks\">$items</ul>";
    }

    private function machine(): string
    {
        $machine = $this->results['machine'];
        $facts = [
            'processor' => "{$machine['cpu']}, {$machine['cores']} cores" . ($machine['virtual'] ? ', virtual' : ''),
            'governor' => $machine['governor'],
            'memory' => Text::bytes($machine['memory_mb'] * 2 ** 20),
            'system' => "{$machine['os']}, Linux {$machine['kernel']}",
            'load before and after' => "{$machine['load_before']}, " . ($machine['load_after'] ?? '?'),
            'PHP' => $machine['php'],
            'lyger' => "{$machine['lyger']} ({$machine['simd']}), commit {$machine['commit']}",
            'compilers' => trim(($machine['cc'] ?? '') . ", {$machine['rustc']}", ', '),
            'date' => "{$machine['date']}, {$this->results['seconds']} s",
        ];
        $rows = array_map(
            static fn(string $name, string $value): array => [$name, Page::escaped($value)],
            array_keys($facts),
            $facts
        );
        return '<div class="facts">' . Page::table([['', ''], ...$rows]) . '</div>';
    }
}
