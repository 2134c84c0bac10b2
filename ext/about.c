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
           lyger_sink_put_char(sink, '}');
}
