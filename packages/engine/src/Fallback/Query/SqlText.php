<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Binary;
use Lyger\Internal\Failure;
use Lyger\Internal\QueryParams;

/**
 * Reads SQL just far enough to tell placeholders from literals, quoted names and comments.
 *
 * @internal
 */
final class SqlText
{
    /** SQLite (sqlite.org/lang.html): [name], `name`, comments do not nest. */
    private const SQLITE = <<<'R'
        ~   --[^\n]*+
        |   /\*.*?(?:\*/|\z)
        |   '(?:[^']++|'')*+'
        |   "(?:[^"]++|"")*+"
        |   `(?:[^`]++|``)*+`
        |   \[[^\]]*+\]
        |   [A-Za-z_\x80-\xff][\w$\x80-\xff]*+
        |   [?$](?<number>[0-9]++)
        |   (?<mark>\?)
        |   (?<name>[:@$][A-Za-z_0-9\x80-\xff]++)
        |   (?<end>;)
        ~xs
        R;

    /**
     * The statement in a form that PDO can bind by number, and what to bind. Placeholders are numbered as SQLite does it
     * (sqlite.org/lang_expr.html, "Parameters"), except that $1 is ?1. A float is written into the statement, for PDO
     * would bind it as text; its literal has no affinity, as a parameter has none.
     *
     * @return array{string, array<int, null|bool|int|string|Binary>}
     */
    public static function forSqlite(string $method, string $sql, array $params): array
    {
        $highest = 0;
        $names = $values = [];
        $positional = array_is_list($params);
        $floats = array_filter($params, \is_float(...)) !== []; // then numbers shift, and are written out
        $read = static function (array $token) use (&$highest, &$names, &$values, $method, $params, $positional, $floats): string {
            if (isset($token['number'])) {
                $number = (int) $token['number'];
            } elseif (isset($token['mark'])) {
                $number = $highest + 1;
            } elseif (isset($token['name'])) {
                $number = $names[$token[0]] ??= $highest + 1;
            } else {
                return $token[0];
            }
            $highest = max($highest, $number);
            $key = $positional ? $number - 1 : self::nameOf($token, $params);
            if (($positional && isset($token['name'])) || !\array_key_exists($key, $params)) {
                throw new \ValueError("Lyger\\Engine::$method(): Argument #3 (\$params) has no value for $token[0]");
            }
            if (\is_array($params[$key])) {
                throw new \ValueError(
                    "Lyger\\Engine::$method(): Argument #3 (\$params) does not fit: " . QueryParams::label($key)
                    . ' is a list: SQLite has no arrays (a JSON text and json_each() do instead)'
                );
            }
            $values[$number] = [$key, $params[$key]];
            if ($params[$key] instanceof \DateTimeImmutable) {
                $values[$number][1] = Time::inUtc($params[$key]) ?? throw new \ValueError(
                    "Lyger\\Engine::$method(): Argument #3 (\$params) does not fit: " . QueryParams::label($key)
                    . " is not of the years 0 to 9999 that SQLite's dates have"
                );
            }
            if (\is_float($params[$key])) {
                return self::sqliteFloat($params[$key]);
            }
            return $floats || isset($token['number']) ? "?$number" : $token[0];
        };
        $rewritten = self::scan(self::SQLITE, $sql, $read);
        $unused = array_diff(array_keys($params), array_column($values, 0));
        if ($unused !== []) {
            throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #3 (\$params) has element " . current($unused)
                . ', for which the statement has no placeholder'
            );
        }
        $bind = array_filter(array_map(static fn(array $value): mixed => $value[1], $values), static fn($value) => !\is_float($value));
        return [$rewritten, $bind];
    }

    /** The element of $params that a placeholder :name asks for; names may be given with or without the colon. */
    private static function nameOf(array $token, array $params): string
    {
        $bare = substr($token[0], 1);
        return \array_key_exists($bare, $params) ? $bare : ":$bare";
    }

    /** Whether something follows the statement's end; a trigger has semicolons of its own. */
    public static function hasSecond(string $sql): bool
    {
        if (preg_match('/^\s*create\s+(?:temp\s+|temporary\s+)?trigger\b/i', $sql) === 1) {
            return false;
        }
        $end = null;
        self::scan(self::SQLITE, $sql, static function (array $token) use (&$end): string {
            if (isset($token['end'])) {
                $end ??= $token['at'];
            }
            return $token[0];
        });
        return $end !== null && !self::isBlank(substr($sql, $end));
    }

    /** Nothing but white space, comments and semicolons. */
    public static function isBlank(string $sql): bool
    {
        return trim((string) preg_replace('~--[^\n]*|/\*.*?(?:\*/|\z)|;~s', '', $sql)) === '';
    }

    private static function sqliteFloat(float $value): string
    {
        if (is_nan($value)) {
            return 'NULL';
        }
        return is_infinite($value) ? ($value > 0 ? '9e999' : '-9e999') : var_export($value, true);
    }

    /** @param \Closure(array<int|string, string|int>): string $each gets a token's groups, those that matched, and 'at' */
    public static function scan(string $pattern, string $sql, \Closure $each): string
    {
        $result = preg_replace_callback(
            $pattern,
            static function (array $groups) use ($each): string {
                $token = ['at' => $groups[0][1]];
                foreach ($groups as $name => [$part, $at]) {
                    if ($part !== null && $at >= 0) {
                        $token[$name] = $part;
                    }
                }
                return $each($token);
            },
            $sql,
            flags: PREG_UNMATCHED_AS_NULL | PREG_OFFSET_CAPTURE,
        );
        return $result ?? throw Failure::query('the statement cannot be read: ' . preg_last_error_msg());
    }
}
