<?php

declare(strict_types=1);

namespace HotPath;

/** Over the extension similar_items: native/php_similar_items.c. */
final class NativeSimilarItems implements SimilarItems
{
    private \SimilarItemsIndex $index;

    public function __construct(string $path)
    {
        $this->index = new \SimilarItemsIndex($path);
    }

    public function nearest(int $item, int $count): array
    {
        return $this->index->nearest($item, $count);
    }
}
