<?php

declare(strict_types=1);

namespace Lyger\Internal;

/**
 * What a Result is made of.
 *
 * @internal
 */
interface Rows
{
    public function json(): string;

    /** @return array{rows: int, columns: list<array{name: string, type: string}>, affected: int, tag: string} */
    public function info(): array;

    /** @return \Generator<int, list<mixed>> the values of one row after the other */
    public function values(): \Generator;
}
