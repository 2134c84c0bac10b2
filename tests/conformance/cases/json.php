<?php

declare(strict_types=1);

return [
    'a value becomes what json_encode makes of it' => static function (object $engine, Check $check): void {
        $values = [
            null, true, 0, -17, 1.5, 100.0, 1e25, '', 'text / "quoted"', 'é 語 😀', [], [1, [2]], ['k' => 'v', 7 => null],
            (object) ['a' => [(object) []]], new ArrayObject(['x' => 1]), new DateTime('2026-07-18 12:00:00 UTC'),
        ];
        foreach ([0, JSON_PRETTY_PRINT, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE, JSON_PRESERVE_ZERO_FRACTION, JSON_FORCE_OBJECT] as $flags) {
            foreach ($values as $value) {
                $check->same(json_encode($value, $flags), $engine->jsonEncode($value, $flags));
            }
            $check->same(json_encode($values, $flags), $engine->jsonEncode($values, $flags));
        }
    },
    'errors are false, an exception or partial text, and json_last_error tells' => static function (object $engine, Check $check): void {
        $check->same(false, $engine->jsonEncode("\xff"));
        $check->same(JSON_ERROR_UTF8, json_last_error());
        $check->same(false, $engine->jsonEncode([[1]], 0, 1));
        $check->same('Maximum stack depth exceeded', json_last_error_msg());
        $check->same('[0,1]', $engine->jsonEncode([INF, 1], JSON_PARTIAL_OUTPUT_ON_ERROR));
        $check->same(JSON_ERROR_INF_OR_NAN, json_last_error());
        try {
            $engine->jsonEncode(NAN, JSON_THROW_ON_ERROR);
            $check->that(false, 'NaN was encoded');
        } catch (JsonException $exception) {
            $check->same(JSON_ERROR_INF_OR_NAN, $exception->getCode());
        }
        $check->same('1', $engine->jsonEncode(1));
        $check->same(JSON_ERROR_NONE, json_last_error());
    },
];
