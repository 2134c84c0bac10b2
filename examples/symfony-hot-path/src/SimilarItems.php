<?php

declare(strict_types=1);

namespace HotPath;

/** Items of a catalogue by likeness: the cosine of the angle between their vectors. */
interface SimilarItems
{
    /**
     * The $count items most like $item, without itself, the most similar first; of equals the one with the smaller number.
     *
     * @return array<int, float> likeness (-1 to 1, in single precision) by item
     * @throws \OutOfRangeException when there is no such item
     */
    public function nearest(int $item, int $count): array;
}
