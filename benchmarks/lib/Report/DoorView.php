<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

/** "Which door?": profiling first, then the break-even points of this run, then advice. docs/which-door.md says more. */
final class DoorView
{
    public static function html(array $results): string
    {
        $rows = [];
        foreach ($results['scenarios'] as $name => $scenario) {
            $points = $scenario['break_even'];
            if ($points) {
                $title = '<a href="#' . $name . '">' . Page::escaped($scenario['title']) . '</a> <small>' . Page::escaped($scenario['unit']) . '</small>';
                $cells = array_map(
                    static fn(string $pair): string => Page::escaped(Advice::cell($points[$pair] ?? null, $scenario)),
                    ['php-opcache > native', 'php-opcache > ffi', 'php-jit > native', 'php-jit > ffi']
                );
                $rows[] = [$title, ...$cells];
            }
        }
        $heading = ['amount of work in one call', 'native beats PHP', 'FFI beats PHP', 'native beats PHP with JIT', 'FFI beats PHP with JIT'];
        return '<section id="door"><h2>Which door?</h2><ol class="steps">'
            . '<li><b>Profile first.</b> Sample production with Excimer or php-spx, look at one request with Xdebug, and use <code>perf</code> when'
            . ' the time is below PHP. Code that takes 2 % of a request can give back 2 %, through whichever door.</li>'
            . '<li><b>Try what needs no door.</b> A better query, a cache, a built-in function, opcache, the JIT.</li>'
            . '<li><b>Count the work in one call.</b> The boundary is paid per call; find your row below. Below its number stay in PHP, or gather more'
            . ' work into one call.</li>'
            . '<li><b>Then choose.</b> Where you cannot install an extension, FFI pays from its number on. Where you can, a native function pays'
            . ' earlier, checks its arguments, and cannot be handed a pointer that is gone.</li></ol>'
            . ($rows ? Page::table([$heading, ...$rows]) : '') . '</section>';
    }
}
