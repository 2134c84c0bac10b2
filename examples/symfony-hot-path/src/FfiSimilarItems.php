<?php

declare(strict_types=1);

namespace HotPath;

use FFI;

/** Through FFI: native/similar_items.c or similar_items.rs, whichever library is given; both have the same header. */
final class FfiSimilarItems implements SimilarItems
{
    private FFI $ffi;
    private FFI\CData $index;

    public function __construct(string $path, string $library)
    {
        $this->ffi = FFI::cdef((string) file_get_contents(dirname(__DIR__) . '/native/similar_items.h'), $library);
        $this->index = $this->ffi->similar_items_open($path) ?? throw new \RuntimeException("$path is no catalogue");
    }

    public function __destruct()
    {
        if (isset($this->index)) {
            $this->ffi->similar_items_close($this->index);
        }
    }

    public function nearest(int $item, int $count): array
    {
        $items = $this->ffi->new("uint32_t[$count]");
        $scores = $this->ffi->new("float[$count]");
        $found = $item < 0 ? -1 : $this->ffi->similar_items_nearest($this->index, $item, $count, $items, $scores);
        if ($found < 0) {
            throw new \OutOfRangeException("there is no item $item");
        }
        $nearest = [];
        for ($i = 0; $i < $found; $i++) {
            $nearest[$items[$i]] = $scores[$i];
        }
        return $nearest;
    }
}
