<?php

/** lyger_json_encode() beside json_encode(). */

declare(strict_types=1);

use Lyger\Benchmarks\Context;
use Lyger\Benchmarks\Scenario;

/** @var Closure $scenario (name, title, about, Closure(int $size): mixed $value, int $flags, sizes, unit): Scenario */
$scenario = static fn(
    string $name,
    string $title,
    string $about,
    Closure $value,
    int $flags = 0,
    array $sizes = [1],
    string $unit = 'calls',
): Scenario => new Scenario(
    name: "json-$name",
    title: $title,
    group: 'json',
    about: $about,
    sizes: $sizes,
    unit: $unit,
    batching: count($sizes) > 1,
    against: 'json_encode()',
    prepare: static function (Context $c, int $size) use ($value): mixed {
        mt_srand(4);
        return $value($size);
    },
    doors: [
        'native' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data, $flags): string {
            for ($i = 0; $i < $n; $i++) {
                $text = lyger_json_encode($data, $flags);
            }
            return $text;
        },
        'json_encode()' => static fn(Context $c, int $size, mixed $data): Closure => static function (int $n) use ($data, $flags): string {
            for ($i = 0; $i < $n; $i++) {
                $text = json_encode($data, $flags);
            }
            return $text;
        },
    ],
);

$record = static fn(int $i): array => [
    'id' => $i,
    'name' => "User number $i",
    'email' => "user$i@example.com",
    'active' => $i % 3 > 0,
    'score' => round(mt_rand() / mt_getrandmax() * 100, 2),
    'note' => $i % 5 ? null : "first line\nsecond line",
];
$records = static fn(int $size): array => array_map($record, range(0, $size - 1));
/** Words of an alphabet, as a text has them. */
$words = static function (string $alphabet, int $bytes): string {
    $letters = preg_split('//u', $alphabet, -1, PREG_SPLIT_NO_EMPTY);
    $text = '';
    while (strlen($text) < $bytes) {
        for ($i = mt_rand(2, 9); $i > 0; $i--) {
            $text .= $letters[mt_rand(0, count($letters) - 1)];
        }
        $text .= mt_rand(0, 11) ? ' ' : '. ';
    }
    return $text;
};
$texts = static fn(string ...$alphabets): array => array_merge(...array_map(
    static fn(string $alphabet): array => array_map(static fn(): string => $words($alphabet, 24_000), range(1, 8)),
    $alphabets
));
$latin = implode('', range('a', 'z'));
$cyrillic = 'абвгдежзийклмнопрстуфхцчшщыэюя';
$chinese = '的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年';
$numbers = static fn(int $size): array => array_map(
    static fn(): int => mt_rand(0, 2) ? mt_rand() : mt_rand(0, 99_999) - 50_000,
    range(1, $size)
);
$nested = static function (): array {
    $value = 1;
    for ($i = 0; $i < 400; $i++) {
        $value = $i % 2 ? ['value' => $value, 'depth' => $i] : [$value, $i];
    }
    return $value;
};
$typed = static function (int $size) use ($records): array {
    class_exists('LygerBenchmarkRow', false) || eval('final class LygerBenchmarkRow { public function __construct(public int $id,'
        . ' public string $name, public string $email, public bool $active, public float $score, public ?string $note) {} }');
    return array_map(static fn(array $one): object => new LygerBenchmarkRow(...$one), $records($size));
};

return [
    $scenario('records', 'Records', 'Arrays with six named fields, 110 bytes of JSON each.', $records, 0, [1, 10, 100, 1000, 10_000], 'records'),
    $scenario('stdclass', '1,000 stdClass objects', 'The same records as objects.', static fn(): array
        => array_map(static fn(array $one): object => (object) $one, $records(1000))),
    $scenario('class', '1,000 objects of a class', 'The same records with declared, typed properties.', static fn(): array => $typed(1000)),
    $scenario('pretty', '1,000 records, pretty', 'The same with JSON_PRETTY_PRINT.', static fn(): array => $records(1000), JSON_PRETTY_PRINT),
    $scenario('ascii', 'Long strings, ASCII', '24 strings of 24 KB.', static fn(): array => $texts($latin, $latin, $latin)),
    $scenario('utf8', 'Long strings, UTF-8', '16 strings of 24 KB, with JSON_UNESCAPED_UNICODE.', static fn(): array
        => $texts($cyrillic, $chinese), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS),
    $scenario('utf8-escaped', 'Long strings, UTF-8 escaped', 'The same as \uXXXX.', static fn(): array => $texts($cyrillic, $chinese)),
    $scenario('escapes', 'Strings with many escapes', 'Quotes, newlines and tabs in every sentence.', static fn(): array
        => array_map(static fn(string $text): string => str_replace('. ', "\",\n\t\"", $text), $texts($latin, $latin, $latin))),
    $scenario('integers', '10,000 integers', 'Of one to ten digits.', static fn(): array => $numbers(10_000)),
    $scenario('prices', '10,000 prices', 'Floats with two decimals.', static fn(): array
        => array_map(static fn(): float => mt_rand(0, 999_999) / 100, range(1, 10_000))),
    $scenario('fractions', '10,000 fractions', 'Floats of 16 digits.', static fn(): array
        => array_map(static fn(): float => mt_rand() / mt_getrandmax(), range(1, 10_000))),
    $scenario('nested', '400 levels deep', 'Arrays in arrays.', $nested),
];
