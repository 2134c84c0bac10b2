<?php

declare(strict_types=1);

namespace Lyger\Benchmarks;

final class Report
{
    public static function written(array $results, array $options): int
    {
        foreach ($results['scenarios'] as &$s) {
            $s = Analysis::of($s);
            unset($s['points']);
        }
        print_r($results);
        return 0;
    }
}
