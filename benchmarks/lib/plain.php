<?php

/**
 * What the probes do, in plain PHP: the same algorithm, written as one writes PHP. Where PHP has a function of its own
 * for it, that function is a peer in the scenario instead, because it is C.
 */

declare(strict_types=1);

function plain_nothing(): void
{
}

function plain_double(int $value): int
{
    return $value * 2;
}

function plain_halve(float $value): float
{
    return $value * 0.5;
}

function plain_text_in(string $text): int
{
    return strlen($text) + ord($text[0]);
}

function plain_nul_scan(string $text): int
{
    for ($i = 0, $len = strlen($text); $i < $len && $text[$i] !== "\0"; $i++);
    return $i;
}

/** RFC 3629, section 4. */
function plain_utf8(string $text): bool
{
    for ($i = 0, $len = strlen($text); $i < $len; $i += $length) {
        $first = ord($text[$i]);
        $length = match (true) {
            $first < 0x80 => 1,
            $first >= 0xC2 && $first <= 0xDF => 2,
            $first >= 0xE0 && $first <= 0xEF => 3,
            $first >= 0xF0 && $first <= 0xF4 => 4,
            default => 0,
        };
        if ($length === 0 || $i + $length > $len) {
            return false;
        }
        for ($k = 1; $k < $length; $k++) {
            if ((ord($text[$i + $k]) & 0xC0) !== 0x80) {
                return false;
            }
        }
        $second = $length > 2 ? ord($text[$i + 1]) : 0;
        if (
            ($first === 0xE0 && $second < 0xA0) || ($first === 0xED && $second > 0x9F)
            || ($first === 0xF0 && $second < 0x90) || ($first === 0xF4 && $second > 0x8F)
        ) {
            return false;
        }
    }
    return true;
}

function plain_reverse(string $text): string
{
    $reversed = '';
    for ($i = strlen($text); $i-- > 0;) {
        $reversed .= $text[$i];
    }
    return $reversed;
}

function plain_digits(string $bytes): int
{
    $digits = 0;
    for ($i = 0, $len = strlen($bytes); $i < $len; $i++) {
        if ($bytes[$i] >= '0' && $bytes[$i] <= '9') {
            $digits++;
        }
    }
    return $digits;
}

/** @param int[] $numbers */
function plain_sum(array $numbers): int
{
    $sum = 0;
    foreach ($numbers as $number) {
        $sum += $number;
    }
    return $sum;
}

/** @param array{id: int, value: float, flag: int} $record */
function plain_record(array $record): array
{
    return ['id' => $record['id'] + 1, 'value' => $record['value'] * 2, 'flag' => $record['flag'] ^ 1];
}

function plain_each(callable $callback, int $count): int
{
    $sum = 0;
    for ($i = 0; $i < $count; $i++) {
        $sum += $callback($i);
    }
    return $sum;
}

function plain_status(int $value): int
{
    return $value < 0 ? 2 : 0;
}

function plain_check(int $value): int
{
    return $value < 0 ? throw new ValueError("$value is below 0") : 0;
}

/** @return list<array{id: int, price: float, name: string}> */
function plain_rows(int $count): array
{
    $rows = [];
    for ($i = 1; $i <= $count; $i++) {
        $rows[] = ['id' => $i, 'price' => $i * 0.25, 'name' => "row $i"];
    }
    return $rows;
}

final class PlainOwner
{
    public function __construct(private int $value)
    {
    }

    public function use(): int
    {
        return ++$this->value;
    }
}

/** A ustar archive: the directory is read once, a file is copied out. */
final class PlainArchive
{
    /** @var list<array{string, int, int}> name, offset, length */
    private array $files = [];

    public function __construct(private readonly string $bytes)
    {
        for ($at = 0; $at + 512 <= strlen($bytes) && $bytes[$at] !== "\0"; $at += 512 + ($len + 511 & ~511)) {
            $len = octdec(rtrim(substr($bytes, $at + 124, 12), "\0 "));
            $this->files[] = [rtrim(substr($bytes, $at, 100), "\0"), $at + 512, $len];
        }
    }

    public function file(int $index): string
    {
        [, $offset, $len] = $this->files[$index];
        return substr($this->bytes, $offset, $len);
    }
}

/** @param array<string, string> $files what they are named => what is in them */
function plain_ustar(array $files): string
{
    $archive = '';
    foreach ($files as $name => $data) {
        $head = str_pad($name, 100, "\0") . "0000644\0" . "0000000\0" . "0000000\0" . sprintf("%011o\0", strlen($data))
            . "00000000000\0" . '        ' . '0' . str_repeat("\0", 100) . "ustar\00000" . str_repeat("\0", 247);
        $head = substr_replace($head, sprintf("%06o\0 ", array_sum(array_map('ord', str_split($head)))), 148, 8);
        $archive .= $head . $data . str_repeat("\0", -strlen($data) & 511);
    }
    return $archive . str_repeat("\0", 1024);
}

/** Bytes of which a third are digits, the same in every process. */
function plain_bytes(int $len): string
{
    return substr(str_repeat("id,17,name,Ada 3,price,9.50\n", intdiv($len, 28) + 1), 0, $len);
}
