/*
 * What /metrics and the status page tell of the cache; without PHP, because the front process writes it.
 */
#ifndef LYGER_WORKER_CACHE_METRICS_H
#define LYGER_WORKER_CACHE_METRICS_H

#include "base/sink.h"
#include "cache/cache.h"

/* Writes the cache's families in Prometheus' text format 0.0.4, for lyger_server_config.metrics; the status
 * page draws them by their names. False when the sink refused. */
bool lyger_cache_write_metrics(lyger_cache *cache, lyger_sink *sink);

#endif
