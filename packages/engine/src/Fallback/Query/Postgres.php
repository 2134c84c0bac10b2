<?php

declare(strict_types=1);

namespace Lyger\Fallback\Query;

use Lyger\Binary;
use Lyger\Internal\Failure;
use Lyger\Internal\QueryOptions;
use Lyger\Internal\QueryParams;
use Lyger\Internal\TransactionOptions;

/**
 * PostgreSQL through ext/pgsql. Not through PDO, whose own parser reads the statement for placeholders without knowing
 * PostgreSQL's literals, and which hides the position of an error and the command tag.
 *
 * @internal
 */
final class Postgres implements Connection
{
    private const IDLE = 30; // seconds after which the server is asked whether it is still there

    private readonly \PgSql\Connection $link;
    private readonly PostgresTypes $types;
    private bool $stateful = false; // the session was told something that the next user must not see
    private bool $broken = false;
    private bool $limited = false; // the session has a statement_timeout of ours
    private bool $keepsTransactions = false;

    public function __construct(Dsn $dsn)
    {
        if (!\extension_loaded('pgsql')) {
            throw Failure::query('The fallback engine needs the extension pgsql for PostgreSQL (Debian: php-pgsql)');
        }
        $reason = 'unknown reason';
        set_error_handler(static function (int $level, string $message) use (&$reason): bool {
            $reason = preg_replace('/^pg_connect\(\): Unable to connect to PostgreSQL server: /', '', $message);
            return true;
        });
        try {
            $link = pg_connect($dsn->target, PGSQL_CONNECT_FORCE_NEW);
        } finally {
            restore_error_handler();
        }
        if ($link === false) {
            if (preg_match('/URI|percent-encoded|missing "="|connection (?:option|info)/', $reason)) { // what libpq quotes then
                $reason = 'the DSN is not a valid PostgreSQL connection string (not shown: it may hold a password)';
            }
            throw Failure::query("cannot connect to PostgreSQL: $reason", '08001'); // sqlclient_unable_to_establish_sqlconnection
        }
        $this->link = $link;
        $this->prepareSession();
        $this->types = new PostgresTypes(fn(string $query, array $params): array => $this->ask($query, $params));
    }

    /** What row_to_json does not depend on, but the text of a value does. */
    private function prepareSession(): void
    {
        pg_set_client_encoding($this->link, 'UTF8');
        $this->ask("SELECT set_config('datestyle', 'ISO', false), set_config('extra_float_digits', '1', false)", []);
    }

    /** A query of our own. @return list<list<?string>> */
    private function ask(string $query, array $params): array
    {
        $this->start($query, $params);
        return pg_fetch_all($this->receive(null), PGSQL_NUM);
    }

    public function send(string $method, string $query, array $params, QueryOptions $options): \Closure
    {
        $text = new PostgresText($method, $query, $params);
        $sql = $text->sql;
        if (!preg_match('/^\s*(?:select|insert|update|delete|values|with|merge|table|show)\b/i', $sql)
            || preg_match('/\b(?:set_config|pg_\w*lock\w*|temp|temporary)\b/i', $sql)) {
            $this->stateful = true;
        }
        if (preg_match('~^(?:[\s(;]|--[^\r\n]*|/\*.*?\*/)*listen\b~is', $query)) {
            throw Failure::query(
                'LISTEN is not supported: its notifications would reach nobody, since connections go back to the '
                . 'others after each request',
                '0A000', // feature_not_supported
            );
        }
        $this->limit($options->timeout);
        $this->start($sql, $this->texts($method, $text, $params));
        return fn(): Result => $this->end($text, $options);
    }

    private function limit(float $seconds): void
    {
        if ($seconds > 0 || $this->limited) {
            $milliseconds = (int) min(2147483647, ceil($seconds * 1000)); // the setting's largest value
            $this->ask('SELECT set_config($1, $2, false)', ['statement_timeout', $seconds > 0 ? (string) $milliseconds : null]);
            $this->limited = $seconds > 0;
            $this->stateful = true;
        }
    }

    /** Waits for the statement that was started, and ends what it left open. */
    private function end(PostgresText $text, QueryOptions $options): Result
    {
        $open = false;
        try {
            $result = $this->read($this->receive($text), $options);
        } finally {
            if (!$this->keepsTransactions && !$this->broken) {
                $open = $this->inTransaction();
                if ($open) {
                    @pg_query($this->link, 'ROLLBACK');
                }
            }
        }
        return $open ? throw Failure::openTransaction() : $result;
    }

    /** @return list<?string> the parameters in PostgreSQL's text form */
    private function texts(string $method, PostgresText $text, array $params): array
    {
        $types = null;
        $texts = [];
        foreach ($params as $name => $value) {
            if (\is_array($value) || $value instanceof Binary) {
                $types ??= $this->describe($text);
                $texts[] = $this->typed($method, QueryParams::label($name), $types[\count($texts)] ?? 0, $value);
            } else {
                $texts[] = self::text($value);
            }
        }
        return $texts;
    }

    /**
     * The types of the statement's parameters, which decide what an array becomes. ext/pgsql cannot ask for them: the server's
     * list of prepared statements has them.
     *
     * @return list<int>
     */
    private function describe(PostgresText $text): array
    {
        $name = 'lyger_' . bin2hex(random_bytes(8));
        if (!@pg_send_prepare($this->link, $name, $text->sql)) {
            throw Failure::query('PostgreSQL: ' . pg_last_error($this->link), '08006');
        }
        $this->receive($text);
        $types = $this->ask(
            'SELECT array_to_string(parameter_types::oid[], $2) FROM pg_prepared_statements WHERE name = $1',
            [$name, ' '],
        );
        $this->ask("DEALLOCATE $name", []);
        return array_map(\intval(...), explode(' ', $types[0][0] ?? ''));
    }

    /** What an array or bytes are for a parameter of that type. */
    private function typed(string $method, string $label, int $oid, array|Binary $value): string
    {
        [$type, $delimiter] = $this->types->forParameter($oid);
        return match (true) {
            $value instanceof Binary && $oid === 17 => '\\x' . bin2hex($value->bytes), // bytea
            \is_array($value) && $type === 'json' => JsonParam::of($method, $label, $value),
            \is_array($value) && $type === 'array' && array_is_list($value)
                => ArrayLiteral::of($method, $label, $value, $delimiter, $oid === 1001), // bytea[]
            default => throw new \ValueError(
                "Lyger\\Engine::$method(): Argument #3 (\$params) does not fit: $label is " . match (true) {
                    $value instanceof Binary => 'of bytes',
                    array_is_list($value) => 'a list',
                    default => 'an array with names',
                } . ', but the statement takes "' . $this->types->name($oid) . '" there: ' . match (true) {
                    $value instanceof Binary => '::bytea would take them',
                    array_is_list($value) => 'an array (::int[]) or json (::jsonb) would take it',
                    default => 'json (::jsonb) would take it',
                }
            ),
        };
    }

    /** A parameter that is no array, or an array's element. */
    public static function text(null|bool|int|float|string|\DateTimeImmutable $value): ?string
    {
        return match (true) {
            $value instanceof \DateTimeImmutable => Time::inItsZone($value),
            \is_bool($value) => $value ? 'true' : 'false', // what JSON takes, too
            \is_float($value) => is_finite($value) ? var_export($value, true) : trim(Json::double($value), '"'),
            $value === null => null,
            default => (string) $value,
        };
    }

    private function start(string $sql, array $params): void
    {
        if (!@pg_send_query_params($this->link, $sql, $params)) {
            throw Failure::query('PostgreSQL: ' . pg_last_error($this->link), '08006');
        }
    }

    /** @param ?PostgresText $text of the user's statement, null for our own */
    private function receive(?PostgresText $text): \PgSql\Result
    {
        $last = null;
        while (($result = pg_get_result($this->link)) !== false) {
            $last = $result;
            if (\in_array(pg_result_status($result), [PGSQL_COPY_IN, PGSQL_COPY_OUT], true)) {
                // Until the copy is over, libpq gives this result again and again, and closing would wait for its end.
                pg_end_copy($this->link);
                $this->broken = true;
                throw Failure::query('COPY from or to the client is not a query', '0A000');
            }
        }
        return match ($last === null ? null : pg_result_status($last)) {
            PGSQL_TUPLES_OK, PGSQL_COMMAND_OK => $last,
            PGSQL_EMPTY_QUERY => throw Failure::query('the statement is empty', '42601'),
            null => throw Failure::query('PostgreSQL: ' . pg_last_error($this->link), '08006'),
            default => throw self::failure($last, $text),
        };
    }

    private static function failure(\PgSql\Result $result, ?PostgresText $text): \Throwable
    {
        $field = static fn(int $code): string => trim((string) pg_result_error_field($result, $code));
        $message = $field(PGSQL_DIAG_MESSAGE_PRIMARY) ?: trim((string) pg_result_error($result));
        foreach (['DETAIL' => PGSQL_DIAG_MESSAGE_DETAIL, 'HINT' => PGSQL_DIAG_MESSAGE_HINT] as $name => $code) {
            $message .= $field($code) === '' ? '' : "\n$name: " . $field($code);
        }
        return Failure::query(
            $message,
            $field(PGSQL_DIAG_SQLSTATE) ?: '08006',
            $text === null ? 0 : $text->original((int) $field(PGSQL_DIAG_STATEMENT_POSITION)),
        );
    }

    private function read(\PgSql\Result $result, QueryOptions $options): Result
    {
        $names = $oids = [];
        for ($i = 0, $width = pg_num_fields($result); $i < $width; $i++) {
            $names[] = pg_field_name($result, $i);
            $oids[] = (int) pg_field_type_oid($result, $i);
        }
        $count = pg_num_rows($result);
        $rows = $width === 0 ? array_fill(0, max(0, $count), []) : pg_fetch_all($result, PGSQL_NUM);
        $tag = (string) pg_result_status($result, PGSQL_STATUS_STRING);
        $affected = preg_match('/^(?:INSERT|UPDATE|DELETE|MERGE)\b/', $tag) ? pg_affected_rows($result) : 0;
        $texts = $rows;
        $rows = $this->types->toJson($oids, $rows, $options);
        $columns = array_map(
            fn(string $name, int $oid): array => ['name' => $name, 'type' => $this->types->name($oid)],
            $names,
            $oids,
        );
        $values = static fn(): \Generator => self::values($oids, $texts);
        return new Result(Json::rows($names, $rows, $options->named), $count, $columns, $affected, $tag, $values, $options->named);
    }

    /**
     * @param list<int> $oids
     * @param list<list<?string>> $rows
     * @return \Generator<int, list<mixed>>
     */
    private static function values(array $oids, array $rows): \Generator
    {
        foreach ($rows as $number => $row) {
            foreach ($row as $i => $text) {
                $row[$i] = $text === null ? null : PostgresTypes::read($oids[$i], $text);
            }
            yield $number => $row;
        }
    }

    public function cancel(): void
    {
        @pg_cancel_query($this->link);
    }

    /** Manual, BEGIN. */
    public function begin(TransactionOptions $options): array
    {
        if ($options->mode !== '') {
            throw new \ValueError('the option "mode" is SQLite\'s; PostgreSQL has "isolation"');
        }
        return ['BEGIN'
            . ($options->isolation === '' ? '' : ' ISOLATION LEVEL ' . strtoupper($options->isolation))
            . match ($options->readOnly) {
                null => '',
                true => ' READ ONLY',
                false => ' READ WRITE',
            }
            . match ($options->deferrable) {
                null => '',
                true => ' DEFERRABLE',
                false => ' NOT DEFERRABLE',
            }, $options];
    }

    public function command(string $sql, float $timeout = 0): string
    {
        $this->limit($timeout);
        $this->start($sql, []);
        return (string) pg_result_status($this->receive(null), PGSQL_STATUS_STRING);
    }

    public function keepTransactions(bool $keep): void
    {
        $this->keepsTransactions = $keep;
    }

    public function inTransaction(): bool
    {
        return \in_array(pg_transaction_status($this->link), [PGSQL_TRANSACTION_INTRANS, PGSQL_TRANSACTION_INERROR], true);
    }

    public static function needsSession(string $query): bool
    {
        $text = preg_replace('~^(?:[\s(;]|--[^\r\n]*|/\*.*?\*/)+~s', '', $query);
        return preg_match('/^(?:set|reset|discard|prepare|declare|load|do|call|create\b(?=.*temp))\b/is', $text) === 1
            || preg_match('/set_config|pg_(?:try_)?advisory|currval|lastval/i', $text) === 1;
    }

    public function clean(bool $discard): bool
    {
        try {
            if ($this->broken || pg_connection_status($this->link) !== PGSQL_CONNECTION_OK) {
                return false;
            }
            if ($discard && $this->stateful) {
                $this->ask('DISCARD ALL', []);
                $this->prepareSession();
                $this->stateful = $this->limited = false;
            } elseif ($this->stateful && !str_starts_with((string) pg_parameter_status($this->link, 'DateStyle'), 'ISO')) {
                $this->prepareSession();
            }
            return true;
        } catch (\Throwable) {
            return false;
        }
    }

    public function isAlive(int $idle): bool
    {
        try {
            return $idle < self::IDLE || $this->ask('SELECT 1', []) !== [];
        } catch (\Throwable) {
            return false;
        }
    }
}
