<?php

/** The application that scripts/stress-server puts under load: every answer can be checked by whoever asked. */

declare(strict_types=1);

[, $options] = $argv;

Lyger\Engine::startServer(static function (string $uri, string $method, array $data): array {
    $id = (int) ($data['query']['id'] ?? 0);
    if ($id % 7 === 0) {
        usleep($id % 5 * 1000);
    }
    return ['id' => $id, 'pid' => getmypid(), 'method' => $method, 'md5' => md5($data['body']), 'pad' => str_repeat('x', $id % 3 === 0 ? $id % 20000 : 5)];
}, 0, json_decode($options, true));
