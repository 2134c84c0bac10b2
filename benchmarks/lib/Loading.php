<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

final class Loading
{
    public function __construct(private readonly array $options)
    {
    }
    public function measured(int $rounds): array
    {
        return [];
    }
}
