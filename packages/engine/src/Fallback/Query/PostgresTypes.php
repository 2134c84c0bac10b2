<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Internal\Decimal;
use Lyger\Internal\Failure;
use Lyger\Internal\QueryOptions;

/**
 * PostgreSQL's text form of a value to what row_to_json gives for it (manual, "JSON Functions and Operators": numbers,
 * booleans, json and arrays become JSON, times ISO 8601, everything else its text). Composite types, and types with a
 * cast to json, are sent back for the server to convert, one query a column; but composites are converted here where an
 * option asks for other numbers than the server's.
 *
 * @internal
 */
final class PostgresTypes
{
    private const BOOL = 16;
    private const INT8 = 20;
    private const NUMERIC = 1700;
    private const NUMBERS = [21, 23, 700, 701]; // int2, int4, float4, float8
    private const JSON = [114, 3802];           // json, jsonb
    private const TIMESTAMPS = [1114, 1184];    // timestamp, timestamptz
    private const UNKNOWABLE = [2249, 2287, 2277]; // record, record[], anyarray

    private const LOOK_UP = <<<'S'
        SELECT t.oid, t.typname, format_type(t.oid, NULL), t.typtype, t.typelem, t.typbasetype, t.typdelim,
               t.typcategory = 'A' AND t.typlen = -1 AND t.typelem <> 0,
               t.oid >= 16384 AND EXISTS (SELECT FROM pg_cast c WHERE c.castsource = t.oid AND c.casttarget = 114
                                          AND c.castmethod = 'f')
        FROM pg_type t WHERE t.oid = ANY ($1::oid[])
        S;

    private const FIELDS = <<<'S'
        SELECT a.attname, a.atttypid FROM pg_type t JOIN pg_attribute a ON a.attrelid = t.typrelid
        WHERE t.oid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
        S;

    /** @var array<int, array{name: string, sql: string, kind: string, composite: bool, element: int, base: int, delimiter: string}> */
    private array $known = [];

    /** @var array<int, list<array{string, int}>> names and types of composites' fields, for one result: they can be altered */
    private array $fields = [];

    /** @param \Closure(string, array): list<list<?string>> $ask runs a query on the connection */
    public function __construct(private readonly \Closure $ask)
    {
    }

    /** @return array{string, string} what a parameter of that type takes: "json", "array" with its delimiter, or neither */
    public function forParameter(int $oid): array
    {
        $this->learn([$oid]);
        while (($type = $this->known[$oid] ?? null) !== null && $type['kind'] === 'domain') {
            $oid = $type['base'];
        }
        return match (true) {
            $type === null => ['', ''],
            \in_array($oid, self::JSON, true) => ['json', ''],
            $type['kind'] === 'array' => ['array', $this->known[$type['element']]['delimiter']],
            default => ['', ''],
        };
    }

    public function name(int $oid): string
    {
        $type = $this->known[$oid] ?? ['name' => '', 'kind' => 'plain'];
        return $type['kind'] === 'array' && $type['name'][0] === '_'
            ? $this->known[$type['element']]['name'] . '[]'
            : $type['name'];
    }

    /** A value for PHP; what PHP has no type for stays text. */
    public static function read(int $oid, string $text): mixed
    {
        return match ($oid) {
            self::BOOL => $text === 't',
            self::INT8, 21, 23 => (int) $text, // int2, int4
            700, 701 => Decimal::read($text), // float4, float8
            default => $text,
        };
    }

    /**
     * @param list<int> $oids of the columns
     * @param list<list<?string>> $rows in text form
     * @return list<list<string>> JSON texts
     */
    public function toJson(array $oids, array $rows, QueryOptions $options): array
    {
        $this->learn($oids);
        $this->fields = $convert = [];
        $ours = $options->bigint !== 'number' || $options->numeric !== 'number';
        foreach ($oids as $i => $oid) {
            if ($this->kind($oid) === 'server' && !($ours && $this->isOurs($oid))) {
                $this->convertByServer($rows, $i, $oid);
                $convert[$i] = null;
            } else {
                $convert[$i] = $this->converter($oid, $options);
            }
        }
        foreach ($rows as &$row) {
            foreach ($row as $i => $value) {
                if ($value === null) {
                    $row[$i] = 'null';
                } elseif ($convert[$i] !== null) {
                    $row[$i] = $convert[$i]($value);
                }
            }
        }
        return $rows;
    }

    /** Looks up the types not seen before on this connection, and what they are made of. */
    private function learn(array $oids): void
    {
        while (($new = array_diff(array_unique($oids), array_keys($this->known), [0])) !== []) {
            $oids = [];
            foreach (($this->ask)(self::LOOK_UP, ['{' . implode(',', $new) . '}']) as $type) {
                $this->known[(int) $type[0]] = [
                    'name' => $type[1],
                    'sql' => $type[2],
                    'kind' => match (true) {
                        \in_array((int) $type[0], self::UNKNOWABLE, true) => 'record',
                        $type[3] === 'c' || $type[8] === 't' => 'server',
                        $type[3] === 'd' => 'domain',
                        $type[7] === 't' => 'array',
                        default => 'plain',
                    },
                    'composite' => $type[3] === 'c',
                    'element' => (int) $type[4],
                    'base' => (int) $type[5],
                    'delimiter' => $type[6],
                ];
                array_push($oids, ...array_filter([(int) $type[5], $type[7] === 't' ? (int) $type[4] : 0]));
            }
            foreach (array_diff($new, array_keys($this->known)) as $gone) {
                throw Failure::query("the type with OID $gone is unknown to the server");
            }
        }
    }

    /** Kind of a type: plain, array, record, or server; an array or domain of what the server must convert is so too. */
    private function kind(int $oid): string
    {
        $type = $this->known[$oid];
        return match ($type['kind']) {
            'domain' => $this->kind($type['base']),
            'array' => match ($this->kind($type['element'])) {
                'server', 'array' => 'server',
                'record' => 'record',
                default => 'array',
            },
            default => $type['kind'],
        };
    }

    /** Whether what is in a type can all be converted here: not a cast to json. */
    private function isOurs(int $oid): bool
    {
        $type = $this->known[$oid];
        if ($type['composite']) {
            foreach ($this->fields($oid) as [, $field]) {
                if (!$this->isOurs($field)) {
                    return false;
                }
            }
            return true;
        }
        return match ($type['kind']) {
            'domain' => $this->isOurs($type['base']),
            'array' => $this->isOurs($type['element']),
            default => $type['kind'] !== 'server',
        };
    }

    /** @return list<array{string, int}> */
    private function fields(int $oid): array
    {
        if (!isset($this->fields[$oid])) {
            $this->fields[$oid] = array_map(static fn(array $field): array => [$field[0], (int) $field[1]], ($this->ask)(self::FIELDS, [$oid]));
            $this->learn(array_column($this->fields[$oid], 1));
        }
        return $this->fields[$oid];
    }

    /** @return \Closure(string): string */
    private function converter(int $oid, QueryOptions $options): \Closure
    {
        $type = $this->known[$oid];
        if ($type['kind'] === 'domain') {
            return $this->converter($type['base'], $options);
        }
        if ($this->kind($oid) === 'record') {
            throw Failure::query(
                'a column holds anonymous records, which the fallback engine cannot convert: row_to_json() in the statement can'
            );
        }
        if ($type['composite']) {
            $fields = array_map(fn(array $field): array => [Json::text($field[0]), $this->converter($field[1], $options)], $this->fields($oid));
            return fn(string $text): string => $this->compositeToJson($text, $fields);
        }
        if ($type['kind'] === 'array') {
            $element = $this->converter($type['element'], $options);
            return fn(string $text): string => $this->arrayToJson($text, $type['delimiter'], $element);
        }
        return match (true) {
            $oid === self::BOOL => static fn(string $text): string => $text === 't' ? 'true' : 'false',
            $oid === self::INT8 => static fn(string $text): string => Json::exactNumber($text, $options->bigint),
            $oid === self::NUMERIC => static fn(string $text): string => Json::exactNumber($text, $options->numeric),
            \in_array($oid, self::NUMBERS, true) => Json::number(...),
            \in_array($oid, self::JSON, true) => static fn(string $text): string => $text,
            \in_array($oid, self::TIMESTAMPS, true) => self::timestamp(...),
            default => Json::text(...),
        };
    }

    /** 2024-02-29 12:30:00.5+02 as 2024-02-29T12:30:00.5+02:00; infinity stays as it is. */
    private static function timestamp(string $text): string
    {
        return Json::text(preg_replace(['/^(\d+-\d+-\d+) /', '/(:[\d.]+[-+]\d\d)(?=$| BC)/'], ['$1T', '$1:00'], $text));
    }

    /**
     * PostgreSQL's text form of an array (manual, "Array Input and Output Syntax") as a JSON array.
     *
     * @param \Closure(string): string $element
     */
    private function arrayToJson(string $text, string $delimiter, \Closure $element): string
    {
        if ($text !== '' && $text[0] !== '{' && $text[0] !== '[') { // int2vector, oidvector: numbers and spaces
            return '[' . implode(',', array_map($element, explode(' ', $text))) . ']';
        }
        $text = preg_replace('/^(?:\[[-0-9]+:[-0-9]+\])+=/', '', $text); // lower bounds other than 1
        $delimiter = preg_quote($delimiter, '/');
        $json = preg_replace_callback(
            "/[{}]|$delimiter|\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^{}$delimiter\"]++)/s",
            static fn(array $token): string => match (true) {
                $token[0] === '{' => '[',
                $token[0] === '}' => ']',
                isset($token[2]) => $token[2] === 'NULL' ? 'null' : $element($token[2]),
                isset($token[1]) || $token[0] === '""' => $element(preg_replace('/\\\\(.)/s', '$1', $token[1] ?? '')),
                default => ',',
            },
            $text,
        );
        return $json ?? throw Failure::query('an array cannot be read: ' . preg_last_error_msg());
    }

    /**
     * PostgreSQL's text form of a composite value (manual, "Composite Type Input and Output Syntax") as a JSON object.
     *
     * @param list<array{string, \Closure(string): string}> $fields their keys and how they are converted
     */
    private function compositeToJson(string $text, array $fields): string
    {
        $found = preg_match_all('/\G(?:^\(|(?<!^),)(?:"((?:[^"\\\\]|""|\\\\.)*+)"|([^,()"\\\\]*+))/s', $text, $values, PREG_SET_ORDER | PREG_UNMATCHED_AS_NULL);
        if ($fields === [] && $text === '()') {
            return '{}';
        }
        if ($found !== \count($fields) || \strlen(implode('', array_column($values, 0))) + 1 !== \strlen($text) || $text[-1] !== ')') {
            throw Failure::query('a value has other fields than its composite type, which was altered meanwhile');
        }
        $json = [];
        foreach ($values as $i => [, $quoted, $bare]) {
            [$key, $convert] = $fields[$i];
            $value = $quoted === null ? $bare : preg_replace('/["\\\\](.)/s', '$1', $quoted);
            $json[] = $key . ':' . ($quoted === null && $bare === '' ? 'null' : $convert($value));
        }
        return '{' . implode(',', $json) . '}';
    }

    /** Replaces the values of one column with the server's to_json of them. */
    private function convertByServer(array &$rows, int $column, int $oid): void
    {
        $places = $literal = [];
        foreach ($rows as $at => $row) {
            if ($row[$column] !== null) {
                $places[] = $at;
                $literal[] = '"' . addcslashes($row[$column], '"\\') . '"';
            }
        }
        if ($places === []) {
            return;
        }
        $query = 'SELECT to_json(CAST(v AS ' . $this->known[$oid]['sql'] . '))::text '
            . 'FROM unnest($1::text[]) WITH ORDINALITY AS u (v, n) ORDER BY n';
        foreach (($this->ask)($query, ['{' . implode(',', $literal) . '}']) as $i => [$json]) {
            $rows[$places[$i]][$column] = $json;
        }
    }
}
