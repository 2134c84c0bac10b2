<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

/**
 * A statement of PostgreSQL with numbers for its placeholders, as ext/query/params.c reads and writes it.
 *
 * @internal
 */
final class PostgresText
{
    /**
     * PostgreSQL (manual, "Lexical Structure"): comments nest, E'' has backslashes, $tag$…$tag$ quotes. A name swallows
     * its dollar signs, so that a$1 is no parameter. A colon directly behind a name, a number or a bracket is that of
     * an array's slice.
     */
    private const TOKENS = <<<'R'
        ~   --[^\n]*+
        |   (?<nest>/\*(?:[^*/]++|\*(?!/)|/(?!\*)|(?&nest))*+\*/)
        |   [eE]'(?:[^'\\]++|\\.|'')*+'
        |   '(?:[^']++|'')*+'
        |   "(?:[^"]++|"")*+"
        |   \$(?<tag>(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*+)?)\$.*?\$\k<tag>\$
        |   [A-Za-z_\x80-\xff][\w$\x80-\xff]*+
        |   \$(?<number>[0-9]++)
        |   ::|:=
        |   (?<![\w)\]"'$\x80-\xff]):(?<name>[A-Za-z_\x80-\xff][\w\x80-\xff]*+)
        |   (?<both>\?\?)
        |   (?<mark>\?)
        ~xs
        R;

    private const MOST = 65535; // the protocol counts parameters in 16 bits

    public readonly string $sql;

    private readonly bool $numbered;

    /** @var array<string, int> the number of each name, where parameters have names */
    private array $names = [];

    private int $marks = 0;

    /** @throws \ValueError for parameters that the statement does not have, or has besides */
    public function __construct(private readonly string $method, private readonly string $given, array $params)
    {
        $named = \is_string(array_key_first($params));
        $found = ['number' => 0, 'marks' => 0, 'both' => 0, 'names' => []];
        if (preg_match('~^(?:\s|--[^\n]*\n|/\*.*?\*/)*+(?:prepare|create\s+(?:or\s+replace\s+)?(?:function|procedure))\b~is', $given)) {
            if ($params !== []) {
                throw $this->refuse('must be empty: PREPARE and CREATE FUNCTION take no parameters, those in their text belong to what they make');
            }
            [$this->sql, $this->numbered] = [$given, false];
            return;
        }
        if (strpbrk($given, '?$:') !== false) {
            SqlText::scan(self::TOKENS, $given, static function (array $token) use (&$found): string {
                $found['number'] = max($found['number'], (int) ($token['number'] ?? 0));
                $found['marks'] += (int) isset($token['mark']);
                $found['both'] += (int) isset($token['both']);
                if (isset($token['name'])) {
                    $found['names'][$token['name']] = true;
                }
                return $token[0];
            });
        }
        if (max($found['number'], $found['marks'], \count($params)) > self::MOST) {
            throw $this->refuse('must have at most ' . self::MOST . " elements, which is PostgreSQL's limit; a list as one of them holds any number: = ANY(\$1)");
        }
        if ($named) {
            $this->checkNames($params, $found);
        } else {
            $this->checkPositions(\count($params), $found);
        }
        $this->numbered = $named || ($found['number'] === 0 && $found['marks'] + $found['both'] > 0);
        $this->sql = $this->numbered
            ? SqlText::scan(self::TOKENS, $given, fn(array $token): string => $this->replace($token))
            : $given;
    }

    private function checkNames(array $params, array $found): void
    {
        if ($found['number'] > 0 || ($found['names'] === [] && $found['marks'] > 0)) {
            throw $this->refuse('must be a list: the statement takes its parameters by position (' . ($found['number'] > 0 ? '$1' : '?') . ')');
        }
        foreach (array_keys($params) as $i => $key) {
            $name = str_starts_with((string) $key, ':') ? substr($key, 1) : $key;
            if (!isset($found['names'][$name])) {
                throw $this->refuse("has parameter \":$name\", which the statement does not have");
            }
            $this->names[$name] = $i + 1;
        }
        foreach (array_keys($found['names']) as $name) {
            if (!isset($this->names[$name])) {
                throw $this->refuse("has no value for the statement's parameter \":$name\"");
            }
        }
    }

    private function checkPositions(int $given, array $found): void
    {
        if ($found['names'] !== [] && $found['number'] === 0) {
            throw $this->refuse("has no value for the statement's parameter \":" . array_key_first($found['names']) . '"');
        }
        $wanted = $found['number'] ?: $found['marks'];
        if ($wanted !== $given) {
            throw $this->refuse("must have $wanted elements for this statement, $given given");
        }
    }

    private function refuse(string $what): \ValueError
    {
        return new \ValueError("Lyger\\Engine::$this->method(): Argument #3 (\$params) $what");
    }

    private function replace(array $token): string
    {
        return match (true) {
            isset($token['both']) => '?',
            isset($token['name']) && $this->names !== [] => '$' . $this->names[$token['name']],
            isset($token['mark']) && $this->names === [] => '$' . ++$this->marks,
            default => $token[0],
        };
    }

    /** Where in the statement as it was written the position is that PostgreSQL gave; characters from 1, 0 unknown. */
    public function original(int $position): int
    {
        $shift = $this->marks = 0;
        if ($position > 0 && $this->numbered) {
            SqlText::scan(self::TOKENS, $this->given, function (array $token) use ($position, &$shift): string {
                $start = (int) preg_match_all('/[^\x80-\xbf]/', substr($this->given, 0, $token['at'])) + 1; // in UTF-8
                $written = $this->replace($token);
                if ($start + $shift < $position) {
                    $shift += \strlen($written) - (int) preg_match_all('/[^\x80-\xbf]/', $token[0]);
                }
                return $token[0];
            });
        }
        return $position - $shift;
    }
}
