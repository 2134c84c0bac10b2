<?php

declare(strict_types=1);

namespace Lyger\Internal;

use Lyger\Exception\QueryException;

/**
 * Lists of statements, and the arguments of chunks and of questions about health, in the same words by every engine of this package.
 *
 * @internal
 */
final class Statements
{
    /**
     * Runs the statements in one transaction and returns what dbQueryJsonV2() does for the last one.
     *
     * @param object $engine one of this package
     */
    public static function run(object $engine, #[\SensitiveParameter] string $dsn, array $statements, array $options): array
    {
        $read = self::read($statements);
        return $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $read): array {
            $last = [];
            foreach ($read as $number => [$sql, $params]) {
                try {
                    $last = $engine->dbQueryJsonV2($dsn, $sql, $params);
                } catch (QueryException $failure) {
                    throw Failure::query(
                        'statement ' . $number + 1 . ": {$failure->getMessage()}",
                        $failure->getSqlState(),
                        $failure->getPosition(),
                        $failure,
                        $failure->getCode(),
                    );
                }
            }
            return $last;
        }, $options);
    }

    /** @return list<array{string, array}> */
    private static function read(array $statements): array
    {
        $where = 'Lyger\Engine::dbTransaction(): Argument #2 ($fn)';
        if ($statements === []) {
            throw new \ValueError("$where must hold at least one statement");
        }
        $read = [];
        foreach (array_values($statements) as $number => $statement) {
            $number++;
            if (!\is_array($statement) || !\is_string($statement['sql'] ?? null)) {
                throw new \TypeError(
                    "$where must be callable, or a list of statements, each an array whose \"sql\" is a string; number $number is not"
                );
            }
            $params = $statement['bindings'] ?? $statement['params'] ?? [];
            if (!\is_array($params)) {
                throw new \TypeError(
                    "$where must have an array as \"bindings\" of statement $number, " . get_debug_type($params) . ' given'
                );
            }
            $read[] = [$statement['sql'], $params];
        }
        return $read;
    }

    public static function chunk(int $offset, int $limit): void
    {
        if ($offset < 0) {
            throw new \ValueError(
                "Lyger\Engine::resultChunk(): Argument #2 (\$offset) must be greater than or equal to 0, $offset given"
            );
        }
        self::within('resultChunk', 3, 'limit', $limit, 1, 10000);
    }

    public static function chunkSize(int $size): void
    {
        self::within('streamResult', 2, 'chunkSize', $size, 1, 10000);
    }

    public static function retry(int $attempts, int $backoffMs): void
    {
        self::within('dbHealthWithRetry', 2, 'attempts', $attempts, 1, 1000);
        self::within('dbHealthWithRetry', 3, 'backoffMs', $backoffMs, 0, 60000);
    }

    public static function within(string $method, int $argument, string $name, int $value, int $least, int $most): void
    {
        if ($value < $least || $value > $most) {
            throw new \ValueError(
                "Lyger\Engine::$method(): Argument #$argument (\$$name) must be between $least and $most, $value given"
            );
        }
    }
}
