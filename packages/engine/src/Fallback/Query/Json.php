<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\Failure;

/**
 * Values as JSON text. Every function gives the text of one JSON value.
 *
 * @internal
 */
final class Json
{
    private const NUMBER = '/^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/D'; // RFC 8259, section 6

    public static function text(string $text): string
    {
        $json = json_encode($text, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_LINE_TERMINATORS);
        if ($json === false) {
            throw Failure::query('a text value is not UTF-8', '22021'); // character_not_in_repertoire
        }
        return $json;
    }

    /** Digits as they are; NaN and the infinities, which JSON has no numbers for, as strings. */
    public static function number(string $digits): string
    {
        return preg_match(self::NUMBER, $digits) === 1 ? $digits : self::text($digits);
    }

    /**
     * Digits as a number or a string, as the option says; auto keeps a number only where a double holds its value.
     *
     * @param string $mode number, string or auto
     */
    public static function exactNumber(string $digits, string $mode): string
    {
        if ($mode === 'string' || ($mode === 'auto' && !self::fitsDouble($digits))) {
            return self::text($digits);
        }
        return self::number($digits);
    }

    /** 15 significant decimal digits always survive a double (DBL_DIG); integers do up to 2^53. */
    private static function fitsDouble(string $digits): bool
    {
        if (preg_match('/^-?[0-9]{1,16}$/D', $digits) === 1) {
            return abs((int) $digits) <= 9007199254740992;
        }
        if (preg_match('/^-?([0-9]+)(?:\.([0-9]+))?$/D', $digits, $part) !== 1) {
            return false;
        }
        $significant = trim($part[1] . ($part[2] ?? ''), '0');
        $magnitude = abs((float) $digits);
        return \strlen($significant) <= 15 && ($magnitude === 0.0 || ($magnitude > 1e-300 && $magnitude < 1e300));
    }

    public static function double(float $value): string
    {
        if (is_nan($value)) {
            return '"NaN"';
        }
        if (is_infinite($value)) {
            return $value > 0 ? '"Infinity"' : '"-Infinity"';
        }
        return var_export($value, true); // the shortest digits that give the same double
    }

    /**
     * The rows of a result.
     *
     * @param list<string> $names of the columns
     * @param list<list<string>> $rows JSON texts
     * @param bool $named objects; false: arrays
     */
    public static function rows(array $names, array $rows, bool $named): string
    {
        $lines = [];
        if (!$named) {
            foreach ($rows as $row) {
                $lines[] = '[' . implode(',', $row) . ']';
            }
            return '[' . implode(',', $lines) . ']';
        }
        $names = array_map(static fn(string $name): string => self::text($name) . ':', $names);
        foreach ($rows as $row) {
            $line = '';
            foreach ($row as $i => $value) {
                $line .= ($i === 0 ? '{' : ',') . $names[$i] . $value;
            }
            $lines[] = $line === '' ? '{}' : $line . '}';
        }
        return '[' . implode(',', $lines) . ']';
    }
}
