<?php

declare(strict_types=1);

namespace HotPath;

/** The file of vectors: count and dimensions (32 bits each, little-endian), then count × dimensions floats of 32 bits, each vector of length 1. */
final class Catalogue
{
    /** Writes one from a seed: vectors in clusters, as those of products are. */
    public static function make(string $path, int $count, int $dimensions, int $seed): void
    {
        mt_srand($seed);
        $random = static fn(): float => mt_rand() / mt_getrandmax() - 0.5;
        $centres = [];
        for ($i = 0; $i < 50; $i++) {
            $centres[] = array_map($random, range(1, $dimensions));
        }
        @mkdir(dirname($path), 0777, true);
        $file = fopen($path, 'wb') ?: throw new \RuntimeException("$path cannot be written");
        fwrite($file, pack('VV', $count, $dimensions));
        for ($i = 0; $i < $count; $i++) {
            $vector = array_map(static fn(float $of): float => $of + 0.6 * $random(), $centres[$i % 50]);
            $length = sqrt(array_sum(array_map(static fn(float $x): float => $x * $x, $vector)));
            fwrite($file, pack('g*', ...array_map(static fn(float $x): float => $x / $length, $vector)));
        }
        fclose($file);
    }
}
