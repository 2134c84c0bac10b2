--TEST--
The fallback works in bare PHP; a database whose extension is missing is an error that names it
--SKIPIF--
<?php require __DIR__ . '/../inc/skip_with_extensions_built_in.inc'; ?>
--FILE--
<?php
require __DIR__ . '/php.inc';

echo run_with([], '$engine = Lyger\EngineFactory::create("fallback");
    $engine->cacheSet("a", [1]);
    echo $engine->helloWorld(), " ", $engine->cacheSize(), " ", round($engine->heavyComputation(100), 6), " ";
    echo json_encode(json_decode($engine->systemInfo())->libraries), "\n";
    foreach (["sqlite::memory:", "postgresql://127.0.0.1:1/x"] as $dsn) {
        try {
            $engine->dbQuery($dsn, "SELECT 1");
        } catch (Lyger\Exception\QueryException $thrown) {
            echo $thrown->getMessage(), "\n";
        }
    }');
?>
--EXPECTF--
Hello from lyger %d.%d.%d 1 %f {"libpq":null,"sqlite":null}
The fallback engine needs the extension pdo_sqlite for sqlite: (Debian: php-sqlite3)
The fallback engine needs the extension pgsql for PostgreSQL (Debian: php-pgsql)
