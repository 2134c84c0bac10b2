/*
 * What APCu's functions tell about the cache and its entries.
 */
#include "php_apcu.h"

ZEND_FUNCTION(apcu_enabled)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_BOOL(php_lyger_apcu_cache() != NULL);
}

ZEND_FUNCTION(apcu_clear_cache)
{
    lyger_error error;

    ZEND_PARSE_PARAMETERS_NONE();

    lyger_cache *cache = php_lyger_apcu_cache();
    if (cache && lyger_cache_purge_accounts(cache, php_lyger_apcu_now(), &error) != LYGER_OK) {
        php_lyger_apcu_warn(&error);
    }
    RETURN_TRUE;
}

ZEND_FUNCTION(apcu_key_info)
{
    zend_string *key;
    lyger_cache_details details;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(key)
    ZEND_PARSE_PARAMETERS_END();

    lyger_cache *cache = php_lyger_apcu_cache();
    const zend_string *name = php_lyger_apcu_key(key);
    if (!cache || !name || !lyger_cache_inspect(cache, ZSTR_VAL(name), ZSTR_LEN(name), &details)) {
        RETURN_NULL();
    }
    array_init(return_value);
    add_assoc_long(return_value, "hits", details.hits);
    add_assoc_long(return_value, "access_time", details.account.modified);
    add_assoc_long(return_value, "mtime", details.account.modified);
    add_assoc_long(return_value, "creation_time", details.account.created);
    add_assoc_long(return_value, "deletion_time", 0);
    add_assoc_long(return_value, "ttl", (zend_long)details.account.ttl);
    add_assoc_long(return_value, "refs", 0);
}

/* ---- the list of entries ---- */

typedef struct entry_lists {
    zval entries, slots;
} entry_lists;

static bool add_entry(const char *key, size_t key_len, const lyger_cache_details *details, void *context)
{
    entry_lists *lists = context;
    zval item, one, *count;
    array_init(&item);
    add_assoc_str(&item, "info", php_lyger_apcu_key_shown(key, key_len));
    add_assoc_long(&item, "ttl", (zend_long)details->account.ttl);
    add_assoc_double(&item, "num_hits", details->hits);
    add_assoc_long(&item, "mtime", details->account.modified);
    add_assoc_long(&item, "creation_time", details->account.created);
    add_assoc_long(&item, "deletion_time", 0);
    add_assoc_long(&item, "access_time", details->account.modified);
    add_assoc_long(&item, "ref_count", 0);
    add_assoc_long(&item, "mem_size", (zend_long)details->bytes);
    add_next_index_zval(&lists->entries, &item);
    count = zend_hash_index_find(Z_ARRVAL(lists->slots), details->slot);
    if (count) {
        Z_LVAL_P(count)++;
    } else {
        ZVAL_LONG(&one, 1);
        zend_hash_index_add_new(Z_ARRVAL(lists->slots), details->slot, &one);
    }
    return true;
}

static void add_lists(lyger_cache *cache, zval *info)
{
    entry_lists lists;
    lyger_cache_walk walk = {0};
    zval deleted;
    array_init(&lists.entries);
    array_init(&lists.slots);
    array_init(&deleted);
    while (lyger_cache_walk_accounts(cache, &walk, add_entry, &lists)) {
    }
    add_assoc_zval(info, "cache_list", &lists.entries);
    add_assoc_zval(info, "deleted_list", &deleted);
    add_assoc_zval(info, "slot_distribution", &lists.slots);
}

static uint64_t count_slots(lyger_cache *cache, uint32_t shards)
{
    uint64_t buckets = 0;
    for (uint32_t i = 0; i < shards; i++) {
        lyger_cache_shard_facts facts;
        lyger_cache_describe_shard(cache, i, &facts);
        buckets += facts.buckets;
    }
    return buckets;
}

ZEND_FUNCTION(apcu_cache_info)
{
    bool limited = false;

    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_BOOL(limited)
    ZEND_PARSE_PARAMETERS_END();

    lyger_cache *cache = php_lyger_apcu_cache();
    if (!cache) {
        php_error_docref(
            NULL, E_WARNING,
            "No APC info available.  Perhaps APC is not enabled? Check apc.enabled in your ini file");
        RETURN_FALSE;
    }
    lyger_cache_facts facts;
    lyger_cache_tally tally;
    lyger_cache_describe(cache, &facts);
    lyger_cache_tell(cache, &tally);
    array_init(return_value);
    add_assoc_long(return_value, "num_slots", (zend_long)count_slots(cache, facts.shards));
    add_assoc_long(return_value, "ttl", LYGER_G(apcu).ttl);
    add_assoc_double(return_value, "num_hits", (double)tally.hits);
    add_assoc_double(return_value, "num_misses", (double)tally.misses);
    add_assoc_double(return_value, "num_inserts", (double)tally.sets);
    add_assoc_long(return_value, "num_entries", (zend_long)facts.entries);
    add_assoc_double(return_value, "expunges", (double)tally.evictions);
    add_assoc_long(return_value, "start_time", (zend_long)tally.began);
    add_assoc_double(return_value, "mem_size", (double)facts.bytes_used);
    add_assoc_string(return_value, "memory_type", "mmap");
    if (!limited) {
        add_lists(cache, return_value);
    }
}

/* ---- memory ---- */

static bool add_block(uint64_t offset, uint64_t bytes, void *context)
{
    zval block;
    array_init(&block);
    add_assoc_long(&block, "size", (zend_long)bytes);
    add_assoc_long(&block, "offset", (zend_long)offset);
    add_next_index_zval(context, &block);
    return true;
}

typedef struct free_blocks {
    uint64_t *places; /* pairs of offset and bytes */
    size_t count, room;
} free_blocks;

/* Called while a shard is locked: allocates by malloc(), whose failure does not leave by longjmp. */
static bool note_block(uint64_t offset, uint64_t bytes, void *context)
{
    free_blocks *blocks = context;
    if (blocks->count == blocks->room) {
        size_t room = blocks->room ? blocks->room * 2 : 256;
        uint64_t *places = realloc(blocks->places, room * 2 * sizeof *places);
        if (!places) {
            return false;
        }
        blocks->places = places;
        blocks->room = room;
    }
    blocks->places[blocks->count * 2] = offset;
    blocks->places[blocks->count * 2 + 1] = bytes;
    blocks->count++;
    return true;
}

static void add_blocks(lyger_cache *cache, zval *info)
{
    free_blocks blocks = {0};
    lyger_error error;
    zval segments, list;
    if (lyger_cache_each_free(cache, note_block, &blocks, &error) != LYGER_OK) {
        php_lyger_apcu_warn(&error);
    }
    array_init(&segments);
    array_init(&list);
    for (size_t i = 0; i < blocks.count; i++) {
        add_block(blocks.places[i * 2], blocks.places[i * 2 + 1], &list);
    }
    free(blocks.places);
    add_next_index_zval(&segments, &list);
    add_assoc_zval(info, "block_lists", &segments);
}

ZEND_FUNCTION(apcu_sma_info)
{
    bool limited = false;

    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_BOOL(limited)
    ZEND_PARSE_PARAMETERS_END();

    lyger_cache *cache = php_lyger_apcu_cache();
    if (!cache) {
        php_error_docref(NULL, E_WARNING,
                         "No APC SMA info available.  Perhaps APC is disabled via apc.enabled?");
        RETURN_FALSE;
    }
    lyger_cache_facts facts;
    lyger_cache_describe(cache, &facts);
    array_init(return_value);
    add_assoc_long(return_value, "num_seg", 1);
    add_assoc_double(return_value, "seg_size", (double)facts.bytes_capacity);
    add_assoc_double(return_value, "avail_mem", (double)facts.bytes_free);
    if (!limited) {
        add_blocks(cache, return_value);
    }
}
