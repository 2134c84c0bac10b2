--TEST--
An observer sees lyger's functions and methods, and every call it sees begin ends, also by an exception
--EXTENSIONS--
lyger
observer
--FILE--
<?php
function counted(string $name): string
{
    return implode('/', observer_counts()[$name] ?? [0, 0]);
}

$dsn = 'sqlite:' . sys_get_temp_dir() . '/lyger-observer-' . getmypid();
touch(substr($dsn, 7));
lyger_db_execute($dsn, 'CREATE TABLE t (a INTEGER)');

// In a loop, so that a JIT compiles the calls.
function work(string $dsn): void
{
    for ($i = 0; $i < 300; $i++) {
        lyger_cache_set("observed $i", $i);
        lyger_cache_get("observed $i");
        lyger_cache_has("observed $i");
        Lyger\Engine::getInstance()->cacheGet("observed $i");
        lyger_cache_remember("computed $i", static fn() => compute($i));
        try {
            lyger_cache_remember("failed $i", static function () { fails(); });
        } catch (DomainException) {
        }
        lyger_json_encode(new Encoded);
    }
    for ($i = 0; $i < 20; $i++) {
        lyger_db_transaction($dsn, static function () use ($dsn) {
            lyger_db_execute($dsn, 'INSERT INTO t VALUES (1)');
            try {
                lyger_db_transaction($dsn, static fn() => fails());
            } catch (DomainException) {
            }
        });
        try {
            lyger_db_transaction($dsn, fails(...));
        } catch (DomainException) {
        }
        foreach (Lyger\Engine::getInstance()->query($dsn, 'SELECT a FROM t LIMIT 2') as $row) {
            break;
        }
        try {
            lyger_db_query($dsn, 'not a statement');
        } catch (Lyger\Exception\QueryException) {
        }
        try {
            lyger_cache_get('');
        } catch (ValueError) {
        }
        try {
            lyger_cache_increment([]);
        } catch (TypeError) {
        }
    }
}

function compute(int $i): int
{
    return $i * 2;
}

function fails(): never
{
    throw new DomainException;
}

final class Encoded implements JsonSerializable
{
    public function jsonSerialize(): mixed
    {
        return lyger_cache_size() >= 0;
    }
}

work($dsn);
foreach (['lyger_cache_set', 'lyger_cache_get', 'lyger_cache_has', 'Lyger\Engine::cacheGet', 'lyger_cache_remember', 'compute', 'fails',
    'lyger_json_encode', 'Encoded::jsonSerialize', 'lyger_db_transaction', 'lyger_db_execute', 'Lyger\Engine::query', 'lyger_db_query',
    'lyger_cache_increment'] as $name) {
    echo $name, ': ', counted($name), "\n";
}
foreach (observer_counts() as $name => [$begun, $ended]) {
    if ($begun !== $ended && !in_array($name, ['main', 'observer_counts'], true)) {
        echo "$name: begun $begun times, ended $ended times\n";
    }
}
var_dump(observer_open(), observer_unmatched());
unlink(substr($dsn, 7));
?>
--EXPECT--
lyger_cache_set: 300/300
lyger_cache_get: 320/320
lyger_cache_has: 300/300
Lyger\Engine::cacheGet: 300/300
lyger_cache_remember: 600/600
compute: 300/300
fails: 340/340
lyger_json_encode: 300/300
Encoded::jsonSerialize: 300/300
lyger_db_transaction: 60/60
lyger_db_execute: 21/21
Lyger\Engine::query: 20/20
lyger_db_query: 20/20
lyger_cache_increment: 20/20
array(2) {
  [0]=>
  string(4) "main"
  [1]=>
  string(13) "observer_open"
}
int(0)
