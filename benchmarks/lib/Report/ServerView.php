<?php

declare(strict_types=1);

namespace Lyger\Benchmarks\Report;

use Lyger\Benchmarks\Text;

/** What benchmarks/server measured in a run of its own. */
final class ServerView
{
    public static function html(?array $server): string
    {
        if (!$server) {
            return '';
        }
        $html = '<section id="server"><h2>Server</h2><p class="about">HTTP servers beside each other, from benchmarks/server.</p>';
        $facts = array_filter($server, is_scalar(...));
        foreach (array_filter($server, is_array(...)) as $title => $table) {
            $rows = self::rows($table);
            $heading = '<h3>' . Page::escaped(ucfirst((string) $title)) . '</h3>';
            $html .= $rows ? $heading . self::bars($table) . Page::table($rows) : '';
        }
        $said = implode(', ', array_map(static fn(string $name, mixed $value): string => "$name $value", array_keys($facts), $facts));
        return $html . '<p class="small muted">' . Page::escaped($said) . '</p></section>';
    }

    /** A plot for every column of numbers. */
    private static function bars(array $table): string
    {
        $html = '';
        $columns = array_filter(reset($table) ?: [], static fn(mixed $value): bool => is_int($value) || is_float($value));
        foreach (array_keys(is_array(reset($table)) ? $columns : []) as $column) {
            $bars = [];
            foreach (array_filter(array_column($table, $column), is_numeric(...)) as $i => $value) {
                $name = (string) array_keys($table)[$i];
                $text = $value >= 1000 ? number_format($value) : Text::digits((float) $value);
                $colour = str_contains($name, 'lyger') ? 'native' : 'peer-1';
                $bars[] = ['label' => $name, 'colour' => $colour, 'text' => $text] + array_fill_keys(['median', 'low', 'high'], $value);
            }
            $title = strtr((string) $column, '_', ' ');
            $html .= '<div class="scenario"><figure><figcaption class="small">' . Page::escaped($title) . '</figcaption>'
                . Plot::figure($title, Plots::bars($bars), 480) . '</figure></div>';
        }
        return $html === '' ? '' : "<div class=\"scenarios\">$html</div>";
    }

    /** A table of name => column => number. */
    private static function rows(array $table): array
    {
        $rows = [];
        foreach ($table as $name => $row) {
            $row = array_filter(is_array($row) ? $row : ['' => $row], is_scalar(...));
            if (!$row) {
                continue;
            }
            $rows = $rows ?: [['', ...array_map(static fn($column): string => Page::escaped(strtr((string) $column, '_', ' ')), array_keys($row))]];
            $rows[] = [Page::escaped((string) $name), ...array_map(self::cell(...), array_values($row))];
        }
        return $rows;
    }

    private static function cell(mixed $value): string
    {
        return is_float($value) ? Text::digits($value) : (is_int($value) ? number_format($value) : Page::escaped((string) $value));
    }
}
