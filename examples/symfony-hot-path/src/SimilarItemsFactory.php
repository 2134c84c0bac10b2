<?php

declare(strict_types=1);

namespace HotPath;

/** Chooses what this machine has: the extension, the library where FFI may be used, PHP. */
final class SimilarItemsFactory
{
    public function __construct(private readonly string $catalogue, private readonly string $library)
    {
    }

    public function best(): SimilarItems
    {
        return $this->named(match (true) {
            class_exists(\SimilarItemsIndex::class, false) => 'native',
            \extension_loaded('ffi') && filter_var(\ini_get('ffi.enable'), FILTER_VALIDATE_BOOL) && is_file($this->library) => 'ffi',
            default => 'php',
        });
    }

    public function named(string $name): SimilarItems
    {
        return match ($name) {
            'native' => new NativeSimilarItems($this->catalogue),
            'ffi' => new FfiSimilarItems($this->catalogue, $this->library),
            'rust' => new FfiSimilarItems($this->catalogue, dirname($this->library) . '/libsimilar_items_rust.so'),
            'php' => new PhpSimilarItems($this->catalogue),
        };
    }
}
