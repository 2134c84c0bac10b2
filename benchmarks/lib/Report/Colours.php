<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Ways;

/**
 * One colour for each way in every plot, table and legend: PHP's are blues, FFI's orange, native ones green. Okabe and
 * Ito's rule holds (Color Universal Design, 2008): neighbours also differ in lightness, so that they stay apart in every
 * kind of colour vision and in print.
 *
 * gnuplot is given a stand-in, rgb(1, 1, index), which becomes a CSS variable: the page follows the reader's theme.
 */
final class Colours
{
    /** name => light theme, dark theme */
    private const PALETTE = [
        'php' => ['#a9b1d6', '#c3cae8'],
        'php-opcache' => ['#7480b8', '#96a2dc'],
        'php-jit' => ['#3d4a8a', '#6b7bd0'],
        'ffi' => ['#d9480f', '#ff8a4c'],
        'ffi-preload' => ['#f2a33c', '#ffc46b'],
        'rust' => ['#8a4b2d', '#c98a66'],
        'native' => ['#087f5b', '#2fc08f'],
        'method' => ['#38b48b', '#8ce0c4'],
        'frameless' => ['#5c940d', '#a6d64a'],
        'peer-1' => ['#868e96', '#a6adb5'],
        'peer-2' => ['#c2255c', '#f06595'],
        'peer-3' => ['#7048e8', '#a68cff'],
        'peer-4' => ['#1098ad', '#66d9e8'],
        'part-call' => ['#495057', '#adb5bd'],
        'part-in' => ['#1971c2', '#6bb0f0'],
        'part-work' => ['#2b8a3e', '#69c57c'],
        'part-out' => ['#e8590c', '#ff9a5c'],
        'part-clean-up' => ['#ae3ec9', '#da8cf0'],
        'part-call-out' => ['#7d8590', '#8d96a0'],
        'part-merged-1' => ['#a5c8e4', '#3f678a'],
        'part-merged-2' => ['#d9cba3', '#8a7a45'],
        'part-merged-3' => ['#e3b9a0', '#8a5a40'],
        'part-merged-4' => ['#d3bde0', '#75557f'],
        'text' => ['#1c1f23', '#e8eaed'],
        'muted' => ['#5c636a', '#a2a9b0'],
        'grid' => ['#dfe3e6', '#3a4047'],
        'page' => ['#ffffff', '#16191d'],
        'card' => ['#fbfbfc', '#1b1f24'],
    ];

    /** The name of a way's colour; $peers are the scenario's, in order. */
    public static function of(string $way, array $ways): string
    {
        if (isset(self::PALETTE[$way])) {
            return $way;
        }
        if ($way === 'lyger') {
            return 'native';
        }
        $peers = array_values(array_filter($ways, static fn(string $one): bool => !isset(Ways::ALL[$one])));
        return 'peer-' . (1 + (int) array_search($way, $peers, true) % 4);
    }

    /** What stands for a colour in a gnuplot script. */
    public static function standIn(string $name): string
    {
        return sprintf("'#0101%02x'", 1 + (int) array_search($name, array_keys(self::PALETTE), true));
    }

    /** Stand-ins become variables. */
    public static function inSvg(string $svg): string
    {
        $names = array_keys(self::PALETTE);
        return preg_replace_callback(
            '/rgb\(\s*1,\s*1,\s*(\d+)\)/',
            static fn(array $found): string => 'var(--' . ($names[(int) $found[1] - 1] ?? 'text') . ')',
            $svg
        );
    }

    /** The variables of both themes. */
    public static function css(): string
    {
        $themes = ['', ''];
        foreach (self::PALETTE as $name => $pair) {
            foreach ($pair as $i => $colour) {
                $themes[$i] .= "--$name:$colour;";
            }
        }
        return ":root{color-scheme:light dark;{$themes[0]}}@media screen and (prefers-color-scheme:dark){:root{{$themes[1]}}}";
    }
}
