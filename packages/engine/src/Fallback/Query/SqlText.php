<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\Failure;
use Lyger\Internal\QueryParams;

/**
 * Reads SQL just far enough to tell placeholders from literals, quoted names and comments.
 *
 * @internal
 */
final class SqlText
{
    /**
     * PostgreSQL (manual, "Lexical Structure"): comments nest, E'' has backslashes, $tag$…$tag$ quotes. A name swallows
     * its dollar signs, so that a$1 is no parameter.
     */
    private const POSTGRES = <<<'R'
        ~   --[^\n]*+
        |   (?<nest>/\*(?:[^*/]++|\*(?!/)|/(?!\*)|(?&nest))*+\*/)
        |   [eE]'(?:[^'\\]++|\\.|'')*+'
        |   '(?:[^']++|'')*+'
        |   "(?:[^"]++|"")*+"
        |   \$(?<tag>(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*+)?)\$.*?\$\k<tag>\$
        |   [A-Za-z_\x80-\xff][\w$\x80-\xff]*+
        |   \$(?<number>[0-9]++)
        |   (?<both>\?\?)
        |   (?<mark>\?)
        ~xs
        R;

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
     * The statement with ? as $1, $2, … where no $n occurs, and ?? then as the operator ?.
     *
     * @return array{string, int} the statement and the number of parameters it asks for
     */
    public static function forPostgres(string $sql): array
    {
        if (!str_contains($sql, '?') && !str_contains($sql, '$')) {
            return [$sql, 0];
        }
        $highest = $marks = 0;
        self::scan(self::POSTGRES, $sql, static function (array $token) use (&$highest): string {
            $highest = max($highest, (int) ($token['number'] ?? 0));
            return $token[0];
        });
        if ($highest > 0) {
            return [$sql, $highest];
        }
        $sql = self::scan(self::POSTGRES, $sql, static function (array $token) use (&$marks): string {
            return self::numbered($token, $marks);
        });
        return [$sql, $marks];
    }

    private static function numbered(array $token, int &$marks): string
    {
        if (isset($token['both'])) {
            return '?';
        }
        return isset($token['mark']) ? '$' . ++$marks : $token[0];
    }

    /** Where in the statement as it was written the position is that PostgreSQL gave; characters from 1, 0 unknown. */
    public static function originalPosition(string $sql, int $position): int
    {
        $marks = $shift = 0;
        if ($position > 0 && self::forPostgres($sql)[0] !== $sql) {
            self::scan(self::POSTGRES, $sql, static function (array $token) use ($sql, $position, &$marks, &$shift): string {
                $start = (int) preg_match_all('/[^\x80-\xbf]/', substr($sql, 0, $token['at'])) + 1; // in UTF-8
                $written = self::numbered($token, $marks);
                if ($start + $shift < $position) {
                    $shift += \strlen($written) - \strlen($token[0]);
                }
                return $token[0];
            });
        }
        return $position - $shift;
    }

    /**
     * The statement in a form that PDO can bind by number, and what to bind. Placeholders are numbered as SQLite does it
     * (sqlite.org/lang_expr.html, "Parameters"), except that $1 is ?1. A float is written into the statement, for PDO
     * would bind it as text; its literal has no affinity, as a parameter has none.
     *
     * @return array{string, array<int, null|bool|int|string>}
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
            if (!\array_key_exists($key, $params)) {
                throw new \ValueError("Lyger\\Engine::$method(): Argument #3 (\$params) has no value for $token[0]");
            }
            if (\is_array($params[$key])) {
                throw new \ValueError(
                    "Lyger\\Engine::$method(): Argument #3 (\$params) does not fit: " . QueryParams::label($key)
                    . ' is a list: SQLite has no arrays (a JSON text and json_each() do instead)'
                );
            }
            $values[$number] = [$key, $params[$key]];
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
    private static function scan(string $pattern, string $sql, \Closure $each): string
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
