<?php

declare(strict_types=1);

use Lyger\Exception\QueryException;

enum ConformanceNumber: int
{
    case Two = 2;
}

enum ConformanceWord: string
{
    case Hello = 'hello';
}

enum ConformanceBare
{
    case Case;
}

/** Runs PHP code that has $engine and $dsn in a process of its own, through the door of $engine; what it printed. */
function run_elsewhere(object $engine, string $dsn, string $code): string
{
    $door = json_decode($engine->systemInfo())->door;
    $door = $door === 'php' ? 'fallback' : $door;
    $command = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'ffi.enable=1',
        '-d', 'display_errors=1', '-d', 'html_errors=0', '-d', 'fatal_error_backtraces=0'];
    foreach (['pdo', 'pdo_sqlite', 'pgsql', 'ffi', 'lyger'] as $extension) {
        if (extension_loaded($extension) && is_file(ini_get('extension_dir') . "/$extension.so")) {
            array_push($command, '-d', "extension=$extension");
        }
    }
    $start = 'require ' . var_export(__DIR__ . '/run.php', true) . ";\n"
        . '$engine = engine_behind(' . var_export($door, true) . ');$dsn = ' . var_export($dsn, true) . ";\n";
    $process = proc_open([...$command, '-r', $start . $code], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    $output = stream_get_contents($pipes[1]);
    proc_close($process);
    return $output;
}

/**
 * What results, statements that are sent, and transactions do with every database.
 *
 * @param Closure(Check): string $source a DSN for a case; a file of SQLite is made
 * @param string $table a name that no other run has
 */
return static function (Closure $source, string $table): array {
    $fresh = static function (object $engine, Check $check) use ($source, $table): string {
        $dsn = $source($check);
        $engine->dbExecute($dsn, "DROP TABLE IF EXISTS $table");
        $engine->dbExecute($dsn, "CREATE TABLE $table (id INTEGER PRIMARY KEY, t TEXT)");
        return $dsn;
    };
    $ids = static fn(object $engine, string $dsn): string
        => $engine->dbQueryJson($dsn, "SELECT id FROM $table ORDER BY id", [], ['rows' => 'array']);
    $insert = static fn(object $engine, string $dsn, int $id): int => $engine->dbExecute($dsn, "INSERT INTO $table (id) VALUES ($id)");

    return [
        'rows are read one by one, as often as wanted' => static function (object $engine, Check $check) use ($source): void {
            $result = $engine->query($source($check), "SELECT 1 AS n, 'x' AS t UNION ALL SELECT 2, NULL ORDER BY n");
            $rows = [['n' => 1, 't' => 'x'], ['n' => 2, 't' => null]];
            $check->that($result instanceof Lyger\Result, 'it is a ' . $result::class);
            $check->same(2, count($result));
            $check->same($rows, iterator_to_array($result));
            $check->same($rows, iterator_to_array($result));
            $pairs = '';
            foreach ($result as $i => $one) {
                foreach ($result as $j => $two) {
                    $pairs .= "$i$one[n]$j$two[n] ";
                }
            }
            $check->same('0101 0112 1201 1212 ', $pairs);
            $iterator = $result->getIterator();
            unset($result);
            $check->same($rows, iterator_to_array($iterator));
            $check->same($rows, iterator_to_array($iterator));
            $iterator->rewind();
            $iterator->next();
            $check->same([1, $rows[1], true], [$iterator->key(), $iterator->current(), $iterator->valid()]);
            $iterator->next();
            $check->same(false, $iterator->valid());
        },
        'a result is described and written' => static function (object $engine, Check $check) use ($fresh, $table): void {
            $dsn = $fresh($engine, $check);
            $insert = $engine->query($dsn, "INSERT INTO $table VALUES (1, 'a'), (2, 'b'), (3, ?)", ['c']);
            $check->same([3, 0, [], '[]', [], []], [$insert->affected(), count($insert), $insert->columns(), $insert->toJson(),
                $insert->jsonSerialize(), iterator_to_array($insert)]);
            $result = $engine->query($dsn, "SELECT id, t FROM $table ORDER BY id");
            $check->same([0, 3, ['id', 't']], [$result->affected(), count($result), array_keys($result->columns())]);
            $handle = $engine->dbQuery($dsn, "SELECT id, t FROM $table ORDER BY id");
            $check->same(array_column($engine->resultInfo($handle)['columns'], 'type', 'name'), $result->columns());
            $engine->dbExecute($dsn, "DELETE FROM $table");
            $check->same('[{"id":1,"t":"a"},{"id":2,"t":"b"},{"id":3,"t":"c"}]', $result->toJson());
            $check->same($result->toJson(), json_encode($result));
        },
        'rows come as reports and in chunks' => static function (object $engine, Check $check) use ($fresh, $table): void {
            $dsn = $fresh($engine, $check);
            $made = $engine->dbQueryJsonV2($dsn, "INSERT INTO $table (id, t) VALUES (?, ?), (?, ?)", [1, 'a', 2, null]);
            $check->same([[], [], 2], [$made['rows'], $made['columns'], $made['affected_rows']]);
            $returned = $engine->dbQueryJsonV2($dsn, "INSERT INTO $table (id, t) VALUES (:id, :t) RETURNING id, t", ['id' => 3, 't' => 'grüße']);
            $check->same([[['id' => 3, 't' => 'grüße']], ['id', 't'], 1], [$returned['rows'], $returned['columns'], $returned['affected_rows']]);
            $rows = $engine->dbTransaction($dsn, [
                ['sql' => "DELETE FROM $table WHERE id = ?", 'bindings' => [1]],
                ['sql' => "SELECT id FROM $table ORDER BY id"],
            ])['rows'];
            $check->same([['id' => 2], ['id' => 3]], $rows);
            $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, [['sql' => "DELETE FROM $table"], ['sql' => 'nonsense']]), 'statement 2');
            $check->same(2, $engine->dbQueryJsonV2($dsn, "SELECT count(*) AS n FROM $table")['rows'][0]['n']);
            $handle = $engine->dbQuery($dsn, 'WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 250) SELECT n FROM r ORDER BY n');
            $check->same(range(1, 250), array_column(iterator_to_array($engine->streamResult($handle, 7)), 'n'));
            $check->same([['n' => 200], ['n' => 201]], $engine->resultChunk($handle, 199, 2)['rows']);
            $check->same([['n' => 5]], $engine->resultChunk($handle, 4, 1)['rows']);
            $check->same(true, $engine->dbHealth($dsn));
        },
        'options of a result are those of every query' => static function (object $engine, Check $check) use ($source): void {
            $dsn = $source($check);
            $result = $engine->query($dsn, 'SELECT 1 AS a, 2 AS a', [], ['rows' => 'array']);
            $check->same('[[1,2]]', $result->toJson());
            $check->same('[[1,2]]', json_encode($result));
            $check->same([[1, 2]], iterator_to_array($result));
            $both = $engine->query($dsn, 'SELECT 1 AS a, 2 AS a');
            $check->same([['a' => 2]], iterator_to_array($both));
            $check->same('[{"a":1,"a":2}]', $both->toJson());
            $check->same('[{"0":1,"1":2}]', json_encode($engine->query($dsn, 'SELECT 1 AS "0", 2 AS "1"')));
            $check->same(
                '[{"b":"9007199254740993"}]',
                $engine->query($dsn, 'SELECT 9007199254740993 AS b', [], ['bigint' => 'string'])->toJson(),
            );
            $check->throws(ValueError::class, static fn() => $engine->query($dsn, 'SELECT 1', [], ['x' => 1]), '$options');
            $check->throws(QueryException::class, static fn() => $engine->query($dsn, 'SELECT nothing'), 'nothing');
        },
        'a result is made by the engine only, and neither copied nor stored' => static function (object $engine, Check $check) use ($source): void {
            $result = $engine->query($source($check), 'SELECT 1 AS a');
            $check->that((new ReflectionClass($result))->isFinal(), 'the class is not final');
            $check->throws(Error::class, static fn() => new (Lyger\Result::class)(), 'private');
            $check->throws(Error::class, static fn() => clone $result);
            $check->throws(Exception::class, static fn() => serialize($result), 'serializ', 'Lyger\Result');
            $check->throws(Error::class, static function () use ($result): void {
                $result->anything = 1;
            });
            $check->throws(Error::class, static function () use ($result): void {
                foreach ($result as &$row) {
                    $row = null;
                }
            });
        },
        'large results are read to their end' => static function (object $engine, Check $check) use ($source): void {
            $result = $engine->query($source($check), "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5000)
                SELECT n, CAST(n AS TEXT) || 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' AS t FROM r");
            $other = $result->getIterator();
            $other->rewind();
            $sum = 0;
            foreach ($result as $number => $row) {
                $sum += $number + $row['n'] + strlen($row['t']);
                if ($number % 1000 === 0) {
                    $other->next();
                    $sum += $other->key() + 1 - $other->current()['n'];
                }
            }
            $check->same(5000 * 4999 / 2 + 5000 * 5001 / 2 + 40 * 5000 + 9 + 2 * 90 + 3 * 900 + 4 * 4001, $sum);
        },
        'a statement that was sent is told when it is asked for' => static function (object $engine, Check $check) use ($source): void {
            $dsn = $source($check);
            $good = $engine->dbQueryAsync($dsn, 'SELECT ? AS a', ['x'], ['rows' => 'array']);
            $bad = $engine->dbQueryAsync($dsn, 'SELECT nothing');
            $wrong = $engine->dbQueryAsync($dsn, 'SELECT ?');
            $info = $engine->dbQueryAsync($dsn, 'SELECT 1 AS a WHERE 1 = 0');
            $check->same('[["x"]]', $engine->jsonifyResult($good));
            $check->same('[["x"]]', $engine->jsonifyResult($good));
            $first = $check->throws(QueryException::class, static fn() => $engine->jsonifyResult($bad), 'nothing');
            $again = $check->throws(QueryException::class, static fn() => $engine->resultInfo($bad), 'nothing');
            $check->same($first?->getSqlState(), $again?->getSqlState());
            $check->throws(ValueError::class, static fn() => $engine->resultInfo($wrong));
            $check->same(['rows' => 0, 'tag' => 'SELECT 0'], array_intersect_key($engine->resultInfo($info), ['rows' => 0, 'tag' => 0]));
            foreach ([$good, $bad, $wrong, $info] as $handle) {
                $engine->freeResult($handle);
                $check->throws(QueryException::class, static fn() => $engine->jsonifyResult($handle), (string) $handle);
                $check->throws(QueryException::class, static fn() => $engine->freeResult($handle));
            }
            $check->throws(ValueError::class, static fn() => $engine->dbQueryAsync($dsn, 'SELECT 1', [], ['x' => 1]), '$options');
            $check->throws(QueryException::class, static fn() => $engine->dbQueryAsync('mysql:x', 'SELECT 1'), 'mysql');
            $check->same('[{"a":1}]', $engine->dbQueryJson($dsn, 'SELECT 1 AS a'));
        },
        'a transaction keeps what its function did, and gives its value' => static function (object $engine, Check $check) use ($fresh, $insert, $ids): void {
            $dsn = $fresh($engine, $check);
            $given = null;
            $value = $engine->dbTransaction($dsn, static function (mixed ...$arguments) use ($engine, $dsn, $insert, $ids, &$given): string {
                $given = $arguments;
                $insert($engine, $dsn, 1);
                $insert($engine, $dsn, 2);
                return $ids($engine, $dsn);
            });
            $check->same(['[[1],[2]]', []], [$value, $given]);
            $check->same('[[1],[2]]', $ids($engine, $dsn));
            $check->same(null, $engine->dbTransaction($dsn, static fn() => null));
        },
        'an exception rolls back and goes on' => static function (object $engine, Check $check) use ($fresh, $insert, $ids): void {
            $dsn = $fresh($engine, $check);
            $reason = new LogicException('enough');
            $thrown = $check->throws(LogicException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $insert, $reason): void {
                $insert($engine, $dsn, 1);
                throw $reason;
            }));
            $check->that($thrown === $reason && $thrown->getPrevious() === null, 'it is another exception');
            $check->same('[]', $ids($engine, $dsn));
            $check->throws(TypeError::class, static fn() => $engine->dbTransaction($dsn, 'no such function'), '$fn');
            $check->throws(QueryException::class, static fn() => $engine->dbTransaction('mysql:x', static fn() => 1), 'mysql');
        },
        'transactions within are savepoints' => static function (object $engine, Check $check) use ($fresh, $insert, $ids): void {
            $dsn = $fresh($engine, $check);
            $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $insert, $check): void {
                $insert($engine, $dsn, 1);
                $engine->dbTransaction($dsn, static fn() => $insert($engine, $dsn, 2));
                $check->throws(LogicException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $insert): void {
                    $insert($engine, $dsn, 3);
                    $engine->dbTransaction($dsn, static fn() => $insert($engine, $dsn, 4));
                    throw new LogicException();
                }));
                $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static fn() => $insert($engine, $dsn, 1)));
                $insert($engine, $dsn, 5);
            });
            $check->same('[[1],[2],[5]]', $ids($engine, $dsn));
            $check->throws(LogicException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $insert): void {
                $engine->dbTransaction($dsn, static fn() => $insert($engine, $dsn, 6));
                throw new LogicException();
            }));
            $check->same('[[1],[2],[5]]', $ids($engine, $dsn));
        },
        'a statement that ends the transaction leaves none' => static function (object $engine, Check $check) use ($fresh, $insert, $ids): void {
            $dsn = $fresh($engine, $check);
            $thrown = $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $insert, $check): void {
                $insert($engine, $dsn, 1);
                $engine->dbExecute($dsn, 'ROLLBACK');
                $after = $check->throws(QueryException::class, static fn() => $insert($engine, $dsn, 2), 'transaction');
                $check->same('25000', $after?->getSqlState());
            }), 'transaction');
            $check->same('25000', $thrown?->getSqlState());
            $check->same('[]', $ids($engine, $dsn));
            $insert($engine, $dsn, 3);
            $check->same('[[3]]', $ids($engine, $dsn));
        },
        'what was to be undone and cannot be is lost with its transaction' => static function (object $engine, Check $check) use ($fresh, $insert, $ids): void {
            $dsn = $fresh($engine, $check);
            $thrown = $check->throws(QueryException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $insert, $check): void {
                $insert($engine, $dsn, 1);
                $check->throws(LogicException::class, static fn() => $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $insert): void {
                    $insert($engine, $dsn, 2);
                    $engine->dbExecute($dsn, 'RELEASE SAVEPOINT lyger_2');
                    throw new LogicException();
                }));
            }), 'transaction');
            $check->same('25000', $thrown?->getSqlState());
            $check->same('[]', $ids($engine, $dsn));
        },
        'names are bound wherever they stand' => static function (object $engine, Check $check) use ($fresh, $table): void {
            $dsn = $fresh($engine, $check);
            $run = static fn(string $query, array $params): string => $engine->dbQueryJson($dsn, $query, $params, ['rows' => 'array']);
            $check->same(2, $engine->dbExecute($dsn, "INSERT INTO $table (id, t) VALUES (:id, :name), (:other, :name)", ['id' => 1, ':name' => 'a', 'other' => 2]));
            $check->same('[[1,"a"]]', $run("SELECT id, t FROM $table WHERE t = :name AND id=:id", ['id' => 1, 'name' => 'a']));
            $check->same('[[":id","a",3]]', $run("SELECT ':id' AS x, t /* :no */, 3 AS \":y\" -- :z\n FROM $table WHERE id = (:id)", [':id' => 2]));
            $thrown = $check->throws(ValueError::class, static fn() => $run("SELECT :id, :name FROM $table", ['id' => 1]), ':name');
            $check->throws(ValueError::class, static fn() => $run("SELECT :id FROM $table", ['id' => 1, 'extra' => 2]), 'extra');
            $check->throws(ValueError::class, static fn() => $run("SELECT :id FROM $table", ['Id' => 1]), 'd');
            $check->throws(ValueError::class, static fn() => $run("SELECT :id FROM $table", [1]), ':id');
            $check->throws(ValueError::class, static fn() => $run("SELECT :id FROM $table", []), ':id');
            $check->throws(ValueError::class, static fn() => $run("SELECT id FROM $table WHERE id = ?", ['id' => 1]));
            $check->throws(ValueError::class, static fn() => $run("SELECT id FROM $table WHERE id = :id", ['id' => 1, ':id' => 2]), ':id');
            $check->throws(ValueError::class, static fn() => $run("SELECT id FROM $table WHERE id = :id", ['id' => 1, 2]), '$params');
        },
        'enums, dates and what has a text are bound' => static function (object $engine, Check $check) use ($fresh, $table): void {
            $dsn = $fresh($engine, $check);
            $engine->dbExecute($dsn, "INSERT INTO $table (id, t) VALUES (?, ?)", [ConformanceNumber::Two, ConformanceWord::Hello]);
            $check->same('[[2,"hello"]]', $engine->dbQueryJson($dsn, "SELECT id, t FROM $table WHERE id = :id", ['id' => ConformanceNumber::Two], ['rows' => 'array']));
            $engine->dbExecute($dsn, "UPDATE $table SET t = :t", ['t' => new class {
                public function __toString(): string
                {
                    return 'text';
                }
            }]);
            $check->same('[[2,"text"]]', $engine->dbQueryJson($dsn, "SELECT id, t FROM $table", [], ['rows' => 'array']));
            $check->throws(TypeError::class, static fn() => $engine->dbQuery($dsn, 'SELECT ?', [ConformanceBare::Case]), 'ConformanceBare', 'parameter 1');
            $check->throws(TypeError::class, static fn() => $engine->dbQuery($dsn, 'SELECT ?', [new stdClass()]), 'stdClass', 'parameter 1');
            $check->throws(TypeError::class, static fn() => new Lyger\Binary());
            $check->same("a\0b", (new Lyger\Binary("a\0b"))->bytes);
            $check->throws(Error::class, static function (): void {
                $binary = new Lyger\Binary('a');
                $binary->bytes = 'b';
            }, 'readonly');
        },
        'a transaction has the options that it was given' => static function (object $engine, Check $check) use ($fresh, $insert, $ids): void {
            $dsn = $fresh($engine, $check);
            $reads = static fn(): string => $ids($engine, $dsn);
            $writes = static fn(): int => $insert($engine, $dsn, 1);
            $run = static fn(Closure $do, array $options): Closure => static fn() => $engine->dbTransaction($dsn, $do, $options);
            foreach (['read uncommitted', 'read committed', 'repeatable read', 'serializable'] as $isolation) {
                $check->same('[]', $run($reads, ['isolation' => $isolation, 'read_only' => true, 'deferrable' => true, 'timeout' => 5])());
            }
            $thrown = $check->throws(QueryException::class, $run($writes, ['read_only' => true]), 'read-only');
            $check->same('25006', $thrown?->getSqlState());
            $check->same(1, $run($writes, ['read_only' => false, 'deferrable' => false])());
            $check->same('[[1]]', $run(static fn() => $engine->dbTransaction($dsn, $reads, ['isolation' => 'serializable']), ['isolation' => 'serializable'])());
            $thrown = $check->throws(QueryException::class, $run($run($reads, ['read_only' => true]), []), 'savepoint', 'read_only');
            $check->same('25001', $thrown?->getSqlState());
            $check->throws(ValueError::class, $run($reads, ['isolation' => 'none']), '$options', 'isolation', 'serializable');
            $check->throws(ValueError::class, $run($reads, ['mode' => 'write']), '$options', 'mode', 'immediate');
            $check->throws(ValueError::class, $run($reads, ['readonly' => true]), '$options', 'readonly', 'read_only');
            $check->throws(ValueError::class, $run($reads, [true]), '$options');
            $check->throws(ValueError::class, $run($reads, ['timeout' => -1]), '$options', 'timeout');
            $check->throws(TypeError::class, $run($reads, ['read_only' => 1]), '$options', 'read_only', 'int');
            $check->throws(TypeError::class, $run($reads, ['isolation' => null]), '$options', 'isolation', 'null');
            $check->same('[[1]]', $reads());
        },
        'a transaction that is begun by hand is refused, and the error names what does it' => static function (object $engine, Check $check) use ($source): void {
            $dsn = $source($check);
            $thrown = $check->throws(QueryException::class, static fn() => $engine->dbExecute($dsn, 'BEGIN'), 'ransaction()', 'isolation', 'mode');
            $check->same('25000', $thrown?->getSqlState());
        },
        'statements that were sent belong to the transaction' => static function (object $engine, Check $check) use ($fresh, $ids, $table): void {
            $dsn = $fresh($engine, $check);
            $sent = [];
            $check->throws(LogicException::class, static function () use ($engine, $dsn, $table, &$sent): void {
                $engine->dbTransaction($dsn, static function () use ($engine, $dsn, $table, &$sent): void {
                    $sent[] = $engine->dbQueryAsync($dsn, "INSERT INTO $table (id) VALUES (1)");
                    $sent[] = $engine->dbQueryAsync($dsn, "SELECT count(*) AS n FROM $table");
                    throw new LogicException();
                });
            });
            $check->same('INSERT 0 1', $engine->resultInfo($sent[0])['tag']);
            $check->same('[{"n":1}]', $engine->jsonifyResult($sent[1]));
            $check->same('[]', $ids($engine, $dsn));
            array_map($engine->freeResult(...), $sent);
        },
        'exit() rolls back before anything else runs' => static function (object $engine, Check $check) use ($fresh, $ids, $insert, $table): void {
            $dsn = $fresh($engine, $check);
            $insert($engine, $dsn, 1);
            $check->same('[[1]]end', run_elsewhere($engine, $dsn, <<<PHP
                register_shutdown_function(static function () use (\$engine, \$dsn): void {
                    echo \$engine->dbQueryJson(\$dsn, 'SELECT id FROM $table', [], ['rows' => 'array']);
                    \$engine->dbExecute(\$dsn, 'INSERT INTO $table (id) VALUES (4)');
                });
                \$engine->dbTransaction(\$dsn, static function () use (\$engine, \$dsn): void {
                    \$engine->dbExecute(\$dsn, 'INSERT INTO $table (id) VALUES (2)');
                    \$engine->dbTransaction(\$dsn, static function () use (\$engine, \$dsn): void {
                        \$engine->dbExecute(\$dsn, 'INSERT INTO $table (id) VALUES (3)');
                        ob_start(static fn(string \$text): string => \$text . 'end');
                        exit();
                    });
                });
                PHP));
            $check->same('[[1],[4]]', $ids($engine, $dsn));
        },
        'a fatal error rolls back' => static function (object $engine, Check $check) use ($fresh, $ids, $table): void {
            $dsn = $fresh($engine, $check);
            $output = run_elsewhere($engine, $dsn, <<<PHP
                \$engine->dbTransaction(\$dsn, static function () use (\$engine, \$dsn): void {
                    register_shutdown_function(static function () use (\$engine, \$dsn): void {
                        echo 'then ', \$engine->dbExecute(\$dsn, 'INSERT INTO $table (id) VALUES (2)');
                    });
                    \$engine->dbExecute(\$dsn, 'INSERT INTO $table (id) VALUES (1)');
                    trigger_error('the end', E_USER_ERROR);
                });
                PHP);
            $check->that(str_contains($output, 'the end') && str_ends_with($output, 'then 1'), $output);
            $check->same('[[2]]', $ids($engine, $dsn));
        },
    ];
};
