<?php

declare(strict_types=1);

namespace HotPath;

/** In PHP: what there was before, and what runs where nothing else does. */
final class PhpSimilarItems implements SimilarItems
{
    /** @var list<list<float>> */
    private array $vectors = [];

    public function __construct(string $path)
    {
        $bytes = (string) file_get_contents($path);
        [, $count, $dimensions] = unpack('V2', $bytes);
        for ($i = 0; $i < $count; $i++) {
            $this->vectors[] = array_values(unpack("g$dimensions", $bytes, 8 + $i * $dimensions * 4));
        }
    }

    public function nearest(int $item, int $count): array
    {
        $of = $this->vectors[$item] ?? throw new \OutOfRangeException("there is no item $item");
        $scores = [];
        foreach ($this->vectors as $i => $vector) {
            $scores[$i] = self::dot($of, $vector);
        }
        unset($scores[$item]);
        arsort($scores);
        return array_slice($scores, 0, $count, true);
    }

    /** @param list<float> $a @param list<float> $b */
    private static function dot(array $a, array $b): float
    {
        $sum = 0.0;
        foreach ($a as $k => $x) {
            $sum += $x * $b[$k];
        }
        return $sum;
    }
}
