#include "figures.h"

#include <string.h>

/* Copies the list to the array at figures; its length. */
#define WRITE(figures, list) (memcpy((figures), (list), sizeof(list)), sizeof(list) / sizeof *(list))

size_t lyger_cache_name_facts(const lyger_cache_facts *facts, lyger_cache_figure figures[LYGER_CACHE_FIGURES])
{
    const lyger_cache_figure list[] = {
        {"shards", facts->shards},
        {"entries", facts->entries},
        {"bytes_total", facts->bytes_total},
        {"bytes_capacity", facts->bytes_capacity},
        {"bytes_used", facts->bytes_used},
        {"bytes_held", facts->bytes_held},
        {"bytes_free", facts->bytes_free},
        {"regions", facts->regions},
        {"regions_unused", facts->regions_unused},
        {"hits", facts->hits},
        {"misses", facts->misses},
        {"sets", facts->sets},
        {"deletes", facts->deletes},
        {"evictions", facts->evictions},
        {"expirations", facts->expirations},
        {"lock_recoveries", facts->lock_recoveries},
        {"sessions", facts->annexed},
        {"session_evictions", facts->annex_evictions},
    };
    _Static_assert(sizeof(list) / sizeof *list <= LYGER_CACHE_FIGURES, "room for the longest list");
    return WRITE(figures, list);
}

size_t lyger_cache_name_shard(const lyger_cache_shard_facts *facts,
                              lyger_cache_figure figures[LYGER_CACHE_FIGURES])
{
    const lyger_cache_figure list[] = {
        {"entries", facts->entries},         {"bytes_capacity", facts->bytes_capacity},
        {"bytes_used", facts->bytes_used},   {"bytes_held", facts->bytes_held},
        {"bytes_small", facts->bytes_small}, {"bytes_main", facts->bytes_main},
        {"buckets", facts->buckets},         {"regions", facts->regions},
    };
    return WRITE(figures, list);
}

size_t lyger_cache_name_class(const lyger_cache_class_facts *facts, uint32_t number,
                              lyger_cache_figure figures[LYGER_CACHE_FIGURES])
{
    if (facts->entries == 0 && facts->free_blocks == 0) {
        return 0;
    }
    const lyger_cache_figure list[] = {
        {"least", (uint64_t)32 << number},   {"most", ((uint64_t)64 << number) - 1},
        {"entries", facts->entries},         {"bytes_used", facts->bytes_used},
        {"free_blocks", facts->free_blocks}, {"bytes_free", facts->bytes_free},
    };
    return WRITE(figures, list);
}
