<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Text;
use RuntimeException;

/** Runs gnuplot, and makes of its SVG what can stand inside of a page: no fixed colours, no ids that occur twice. */
final class Plot
{
    /** Widths in CSS pixels: text keeps its size on a phone, because a second drawing is made for it. */
    public const WIDE = 720;
    public const NARROW = 350;

    private const DRAWN = '# drawn';

    private static int $count = 0;
    /** @var ?array{resource, array<int, resource>, resource} */
    private static ?array $gnuplot = null;

    /**
     * Both drawings of a plot, of which the page shows the one that fits.
     *
     * @param \Closure(int $width): array{int, string} $script height and gnuplot commands for a width
     */
    public static function figure(string $label, \Closure $script, int $wide = self::WIDE): string
    {
        $html = '';
        foreach (['wide' => $wide, 'narrow' => self::NARROW] as $class => $width) {
            $svg = self::svg($label, $width, ...$script($width));
            $html .= "<div class=\"$class\" style=\"max-width:{$width}px\">$svg</div>";
        }
        return $html;
    }

    public static function available(): bool
    {
        return trim((string) shell_exec('command -v gnuplot')) !== '';
    }

    /**
     * A file that can be shown by itself, by a README for example.
     *
     * @param array<string, string> $legend text => colour
     */
    public static function file(string $label, \Closure $script, array $legend): string
    {
        [$height, $commands] = $script(self::WIDE);
        $svg = self::svg($label, self::WIDE, $height, $commands);
        $items = '';
        [$x, $y] = [14, $height + 14];
        foreach ($legend as $text => $colour) {
            $width = 26 + (int) (7.2 * Text::width($text));
            if ($x + $width > self::WIDE) {
                [$x, $y] = [14, $y + 22];
            }
            $items .= "<rect x=\"$x\" y=\"" . ($y - 10) . "\" width=\"11\" height=\"11\" rx=\"3\" fill=\"var(--$colour)\"/>"
                . '<text x="' . ($x + 17) . "\" y=\"$y\" font-size=\"13\" fill=\"var(--text)\">" . Page::escaped($text) . '</text>';
            $x += $width + 10;
        }
        $head = '><style>' . Colours::css() . '</style><rect width="100%" height="100%" fill="var(--page)"/>';
        $svg = preg_replace('/viewBox="[^"]*"/', sprintf('viewBox="0 0 %d %d"', self::WIDE, $y + 12), $svg);
        return str_replace('</svg>', "$items</svg>", preg_replace('/>/', $head, $svg, 1));
    }

    private static function svg(string $label, int $width, int $height, string $script): string
    {
        $name = 'p' . ++self::$count;
        $text = Colours::standIn('text');
        $head = "set encoding utf8\nset terminal svg size $width,$height dynamic font 'system-ui,sans-serif,13' name '$name'\n"
            . "set border 0\nset tics nomirror scale 0 textcolor rgb $text\nset key off\n"
            . 'set grid back linetype 1 linewidth 1 linecolor rgb ' . Colours::standIn('grid') . "\n";
        $svg = self::run($head . $script);
        return self::cleaned($svg, $name, $label);
    }

    /** One gnuplot draws all plots of a page: to start it takes longer than to draw. */
    private static function run(string $script): string
    {
        [, $pipes, $said] = self::$gnuplot ??= self::started();
        fwrite($pipes[0], "reset session\nset output\n{$script}set output\nprint \"\\n" . self::DRAWN . "\"\n");
        $svg = '';
        do {
            $line = fgets($pipes[1]);
            $svg .= $line;
        } while ($line !== false && $line !== self::DRAWN . "\n");
        if ($line === false || !str_contains($svg, '</svg>')) {
            $errors = trim((string) file_get_contents(stream_get_meta_data($said)['uri'])); // the stream itself stands at its end
            self::$gnuplot = null; // another plot gets another process
            throw new RuntimeException("gnuplot: $errors");
        }
        return substr($svg, 0, -strlen(self::DRAWN) - 1);
    }

    /** @return array{resource, array<int, resource>, resource} the process, its pipes, what it says on stderr */
    private static function started(): array
    {
        $said = tmpfile();
        $process = $said ? proc_open(['gnuplot'], [['pipe', 'r'], ['pipe', 'w'], $said], $pipes) : false;
        $process || throw new RuntimeException('gnuplot does not start (Debian: apt-get install gnuplot-nox)');
        fwrite($pipes[0], "set print '-'\n");
        return [$process, $pipes, $said];
    }

    private static function cleaned(string $svg, string $name, string $label): string
    {
        $svg = substr($svg, strpos($svg, '<svg'));
        preg_match_all("/href='#(gpPt\d+|gpDot)'/", $svg, $used);
        $needed = implode('|', ['gpPt5', ...array_unique($used[1])]);
        $svg = preg_replace([
            '~<desc>.*?</desc>|<title>.*?</title>|<filter.*?</filter>~s',
            '~<g [^>]*>\s*</g>~',
            "~<(circle|path|rect|use)[^>]*id='(?!($needed)')gp\w+'[^>]*/>~",
            '~ xmlns:xlink="[^"]*"| font-family="[^"]*"| stroke-linecap="butt"| stroke-linejoin="miter"| class="gridline"~',
            '~<tspan\s*>(.*?)</tspan>~',
            '~\s*\n\s*~',
            "~(id='|href='#)gp~",
            '~xlink:href~',
            '~(fill|color)="black"~',
            '~<svg~',
        ], [
            '', '', '', '', '$1', "\n", "\$1{$name}gp", 'href', '$1="var(--text)"',
            '<svg role="img" aria-label="' . htmlspecialchars($label) . '" font-family="system-ui,sans-serif"',
        ], $svg);
        $shorter = static fn(array $found): string => preg_replace('/(\d\.\d)\d+/', '$1', $found[0]);
        return Colours::inSvg(preg_replace_callback("~ (d|points) ?= ?'[^']*'~", $shorter, $svg));
    }
}
