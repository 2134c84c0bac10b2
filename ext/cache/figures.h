/*
 * The figures of cache.h under the names by which both doors tell them (see lyger_cache_info() in the stub).
 */
#ifndef LYGER_CACHE_FIGURES_H
#define LYGER_CACHE_FIGURES_H

#include "cache.h"

typedef struct lyger_cache_figure {
    const char *name;
    uint64_t value;
} lyger_cache_figure;

#define LYGER_CACHE_FIGURES 18u /* the most that one function below writes */

/* Each function writes figures and returns how many. */
size_t lyger_cache_name_facts(const lyger_cache_facts *facts,
                              lyger_cache_figure figures[LYGER_CACHE_FIGURES]);
size_t lyger_cache_name_shard(const lyger_cache_shard_facts *facts,
                              lyger_cache_figure figures[LYGER_CACHE_FIGURES]);

/* number < LYGER_CACHE_CLASSES; no figures for a class without blocks. */
size_t lyger_cache_name_class(const lyger_cache_class_facts *facts, uint32_t number,
                              lyger_cache_figure figures[LYGER_CACHE_FIGURES]);

#endif
