#include "about.h"

#include "base/cpu.h"
#include "base/version.h"
#include "query/query.h"

#include <inttypes.h>
#include <stdio.h>

const char lyger_greeting[] = "Hello from lyger " LYGER_VERSION;
const size_t lyger_greeting_length = sizeof lyger_greeting - 1;

/* Every string here is a version or a fixed word: nothing in it needs escaping. */
static bool put_member(lyger_sink *sink, const char *name, const char *text)
{
    char line[128];
    int len = text ? snprintf(line, sizeof line, "\"%s\":\"%s\"", name, text)
                   : snprintf(line, sizeof line, "\"%s\":null", name);
    return len > 0 && (size_t)len < sizeof line && lyger_sink_put(sink, line, (size_t)len);
}

static bool put_cache(lyger_sink *sink, lyger_cache *cache)
{
    if (!cache) {
        return lyger_sink_put_literal(sink, "\"cache\":null");
    }
    lyger_cache_facts facts;
    char text[256];
    lyger_cache_describe(cache, &facts);
    int len = snprintf(text, sizeof text,
                       "\"cache\":{\"entries\":%" PRIu64 ",\"bytes_total\":%" PRIu64
                       ",\"bytes_used\":%" PRIu64 ",\"shards\":%" PRIu32 ",\"named\":%s}",
                       facts.entries, facts.bytes_total, facts.bytes_used, facts.shards,
                       facts.path[0] ? "true" : "false");
    return lyger_sink_put(sink, text, (size_t)len);
}

/* What the Lyger framework documents for its systemInfo(). There is no Tokio here. */
static bool put_framework(lyger_sink *sink, const lyger_about *about)
{
    char text[256];
    lyger_results_memory memory;
    lyger_results_weigh(&memory);
    int len = snprintf(
        text, sizeof text,
        "\"framework\":\"lyger " LYGER_VERSION "\",\"mode\":\"%s\",\"status\":\"running\","
        "\"tokio_runtime\":\"none\",\"async_enabled\":%s,\"total_memory\":%" PRIu64 ",\"port\":%u,",
        about->answers || about->port ? "Always-Alive" : "Script",
        lyger_query_version("libpq", LYGER_QUERY_HEADER) ? "true" : "false", memory.total_bytes, about->port);
    return lyger_sink_put(sink, text, (size_t)len) && put_member(sink, "php_version", about->php_version);
}

bool lyger_about_write(const lyger_about *about, lyger_sink *sink)
{
    return lyger_sink_put_literal(sink, "{\"name\":\"lyger\",") &&
           put_member(sink, "version", LYGER_VERSION) && lyger_sink_put_char(sink, ',') &&
           put_member(sink, "door", about->door) && lyger_sink_put_char(sink, ',') &&
           put_member(sink, "php", about->php_version) && lyger_sink_put_literal(sink, ",\"libraries\":{") &&
           put_member(sink, "libpq", lyger_query_version("libpq", LYGER_QUERY_LOADED)) &&
           lyger_sink_put_char(sink, ',') &&
           put_member(sink, "sqlite", lyger_query_version("sqlite", LYGER_QUERY_LOADED)) &&
           lyger_sink_put_literal(sink, "},") &&
           put_member(sink, "simd", lyger_cpu_simd_name(lyger_cpu_simd())) &&
           lyger_sink_put_char(sink, ',') && put_cache(sink, about->cache) &&
           lyger_sink_put_char(sink, ',') && put_member(sink, "server", about->server) &&
           lyger_sink_put_char(sink, ',') && put_framework(sink, about) && lyger_sink_put_char(sink, '}');
}
