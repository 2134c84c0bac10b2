<?php

/**
 * APCu's functions and class, as lyger.apcu_api=1 provides them over lyger's cache: see docs/apcu.md. The signatures are APCu's, so that reflection
 * sees no difference (tests/apcu/reflection_equals_that_of_apcu.phpt compares).
 *
 * Regenerate stubs/apcu_arginfo.h with scripts/gen-stubs after every change.
 *
 * @generate-class-entries
 */

/**
 * @var int
 * @cvalue PHP_LYGER_APC_LIST_ACTIVE
 */
const APC_LIST_ACTIVE = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_LIST_DELETED
 */
const APC_LIST_DELETED = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_TYPE
 */
const APC_ITER_TYPE = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_KEY
 */
const APC_ITER_KEY = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_VALUE
 */
const APC_ITER_VALUE = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_NUM_HITS
 */
const APC_ITER_NUM_HITS = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_MTIME
 */
const APC_ITER_MTIME = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_CTIME
 */
const APC_ITER_CTIME = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_DTIME
 */
const APC_ITER_DTIME = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_ATIME
 */
const APC_ITER_ATIME = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_REFCOUNT
 */
const APC_ITER_REFCOUNT = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_MEM_SIZE
 */
const APC_ITER_MEM_SIZE = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_TTL
 */
const APC_ITER_TTL = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_NONE
 */
const APC_ITER_NONE = UNKNOWN;
/**
 * @var int
 * @cvalue PHP_LYGER_APC_ITER_ALL
 */
const APC_ITER_ALL = UNKNOWN;

/** Removes every entry that APCu's functions stored; those of lyger_cache_set() and the like stay. */
function apcu_clear_cache(): bool {}

function apcu_cache_info(bool $limited = false): array|false {}

function apcu_key_info(string $key): ?array {}

function apcu_sma_info(bool $limited = false): array|false {}

function apcu_enabled(): bool {}

/** @param array|string $key */
function apcu_store($key, mixed $value = UNKNOWN, int $ttl = 0): array|bool {}

/** @param array|string $key */
function apcu_add($key, mixed $value = UNKNOWN, int $ttl = 0): array|bool {}

/** @param bool $success */
function apcu_inc(string $key, int $step = 1, &$success = null, int $ttl = 0): int|false {}

/** @param bool $success */
function apcu_dec(string $key, int $step = 1, &$success = null, int $ttl = 0): int|false {}

function apcu_cas(string $key, int $old, int $new): bool {}

/**
 * @param array|string $key
 * @param bool $success
 * @frameless-function {"arity": 1}
 */
function apcu_fetch($key, &$success = null): mixed {}

/**
 * @param array|string $key
 * @frameless-function {"arity": 1}
 */
function apcu_exists($key): array|bool {}

/** @param APCUIterator|array|string $key */
function apcu_delete($key): array|bool {}

function apcu_entry(string $key, callable $callback, int $ttl = 0): mixed {}

class APCUIterator implements Iterator
{
    /** @param array|string|null $search a regular expression, or a list of keys */
    public function __construct($search = null, int $format = APC_ITER_ALL, int $chunk_size = 0, int $list = APC_LIST_ACTIVE) {}

    public function rewind(): void {}

    public function next(): void {}

    public function valid(): bool {}

    public function key(): string|int {}

    public function current(): mixed {}

    public function getTotalHits(): int {}

    public function getTotalSize(): int {}

    public function getTotalCount(): int {}
}
