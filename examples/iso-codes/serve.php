<?php

/**
 * The same data as a small HTTP service: rows go from SQLite to the client's socket in C.
 *
 *     LYGER_DEMO_DATABASE=FILE.sqlite bin/lyger serve examples/iso-codes/serve.php
 *
 *     curl 'http://localhost:8000/countries?like=Fran'      curl http://localhost:8000/languages
 *
 * FILE.sqlite is what demo.php has written.
 */

declare(strict_types=1);

use Lyger\Engine;

$dsn = 'sqlite:' . (getenv('LYGER_DEMO_DATABASE') ?: exit("LYGER_DEMO_DATABASE is not set\n")) . '?mode=ro';
$tables = [
    '/countries' => 'SELECT alpha_2, alpha_3, name, flag FROM countries WHERE name LIKE ? ORDER BY name',
    '/languages' => 'SELECT alpha_3, name FROM languages WHERE name LIKE ? ORDER BY name',
];

return static function (string $uri, string $method, array $data) use ($dsn, $tables): Lyger\Result|array {
    $query = $tables[$data['path']] ?? null;
    if ($query === null) {
        http_response_code(404);
        return ['error' => 'there is nothing here', 'try' => array_keys($tables)];
    }
    // A Lyger\Result is written as JSON from C while it is sent; its rows are never PHP values.
    return Engine::getInstance()->query($dsn, $query, [($data['query']['like'] ?? '') . '%']);
};
