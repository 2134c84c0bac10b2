<?php

declare(strict_types=1);

namespace Lyger\Ffi;

use FFI;
use Lyger\Internal\Decimal;

/**
 * A result of the library, freed with this object.
 *
 * @internal
 */
final class Rows implements \Lyger\Internal\Rows
{
    // Types of ext/abi/lyger.h.
    private const NULL = 0;
    private const BOOL = 1;
    private const INTEGER = 2;
    private const FLOAT = 3;
    private const STRING = 4;
    private const DECIMAL = 6;

    /** @param \Closure(int): bool $yes reads an answer of the library, or throws its error */
    public function __construct(
        private readonly Engine $engine,
        private readonly FFI $library,
        private readonly int $handle,
        private readonly \Closure $yes,
    ) {
    }

    public function __destruct()
    {
        $this->library->lyger_free_result($this->handle);
    }

    public function json(): string
    {
        return $this->engine->jsonifyResult($this->handle);
    }

    public function info(): array
    {
        return $this->engine->resultInfo($this->handle);
    }

    public function values(): \Generator
    {
        // Of this iterator alone: others go on between its steps.
        $row = $this->library->new('unsigned long long');
        $bytes = $this->library->new('char *');
        $length = $this->library->new('size_t');
        $width = \count($this->info()['columns']);
        $number = 0;
        while (($this->yes)($this->library->lyger_ffi_result_rows(
            $this->handle,
            FFI::addr($row),
            FFI::addr($bytes),
            FFI::addr($length),
        ))) {
            $rows = FFI::string($bytes, $length->cdata);
            $this->library->lyger_free_string($bytes);
            for ($at = 0; $number < $row->cdata; $number++) {
                $values = [];
                for ($i = 0; $i < $width; $i++) {
                    $values[] = self::read($rows, $at);
                }
                yield $number => $values;
            }
        }
    }

    /** The value that begins at $at, which moves behind it. */
    private static function read(string $rows, int &$at): mixed
    {
        $type = \ord($rows[$at]);
        [$head, $size] = match ($type) {
            self::NULL => [1, 0],
            self::BOOL => [1, 1],
            self::INTEGER, self::FLOAT => [1, 8],
            self::STRING, self::DECIMAL => [5, unpack('V', $rows, $at + 1)[1]],
        };
        $bytes = substr($rows, $at + $head, $size);
        $at += $head + $size;
        return match ($type) {
            self::NULL => null,
            self::BOOL => $bytes === "\1",
            self::INTEGER => unpack('P', $bytes)[1],
            self::FLOAT => unpack('e', $bytes)[1],
            self::STRING => $bytes,
            self::DECIMAL => Decimal::read($bytes),
        };
    }
}
