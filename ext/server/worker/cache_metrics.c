#include "cache_metrics.h"

bool lyger_cache_write_metrics(lyger_cache *cache, lyger_sink *sink)
{
    lyger_cache_facts facts;
    lyger_cache_describe(cache, &facts);
    const struct {
        const char *name, *type, *help;
        uint64_t value;
    } metrics[] = {
        {"lyger_cache_entries", "gauge", "Entries that have not expired.", facts.entries},
        {"lyger_cache_capacity_bytes", "gauge", "Room for entries.", facts.bytes_capacity},
        {"lyger_cache_used_bytes", "gauge", "Room that entries take.", facts.bytes_used},
        {"lyger_cache_held_bytes", "gauge", "Room of removed entries that readers still hold.",
         facts.bytes_held},
        {"lyger_cache_hits_total", "counter", "Reads that found an entry.", facts.hits},
        {"lyger_cache_misses_total", "counter", "Reads that found none.", facts.misses},
        {"lyger_cache_sets_total", "counter", "Entries written.", facts.sets},
        {"lyger_cache_deletes_total", "counter", "Entries deleted.", facts.deletes},
        {"lyger_cache_evictions_total", "counter", "Entries removed to make room.", facts.evictions},
        {"lyger_cache_expirations_total", "counter", "Entries removed because their time was over.",
         facts.expirations},
        {"lyger_cache_recoveries_total", "counter", "Shards rebuilt after a process died in them.",
         facts.lock_recoveries},
        {"lyger_sessions", "gauge", "Sessions that are kept in the cache.", facts.annexed},
        {"lyger_session_evictions_total", "counter", "Sessions removed to make room.", facts.annex_evictions},
    };
    bool good = true;
    for (size_t i = 0; good && i < sizeof metrics / sizeof *metrics; i++) {
        good = lyger_sink_print(sink, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", metrics[i].name,
                                metrics[i].help, metrics[i].name, metrics[i].type, metrics[i].name,
                                (unsigned long long)metrics[i].value);
    }
    return good;
}
