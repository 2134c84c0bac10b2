<?php

declare(strict_types=1);

namespace HotPath;

/** The service that users wait for: what goes with each item of a basket. */
final class Recommendations
{
    public function __construct(private readonly SimilarItems $similar)
    {
    }

    /** @param list<int> $basket @return list<int> at most $count items, the best first */
    public function for(array $basket, int $count = 5): array
    {
        $scores = [];
        foreach ($basket as $item) {
            foreach ($this->similar->nearest($item, 10) as $other => $likeness) {
                $scores[$other] = ($scores[$other] ?? 0.0) + $likeness;
            }
        }
        $scores = array_diff_key($scores, array_flip($basket));
        uksort($scores, static fn(int $a, int $b): int => $scores[$b] <=> $scores[$a] ?: $a <=> $b);
        return array_slice(array_keys($scores), 0, $count);
    }
}
