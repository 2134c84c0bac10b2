/*
 * The traces of cache_policy.c: requests for numbered objects, generated from a seed or read from a file.
 */
#ifndef LYGER_BENCHMARKS_CACHE_TRACES_H
#define LYGER_BENCHMARKS_CACHE_TRACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_LEN 16u         /* bytes of every object's key in the cache */
#define VALUE_MAX INT32_MAX /* bytes */
#define SHARES_MOST 4u      /* cache sizes of a trace */

typedef struct request {
    uint32_t object;
    uint32_t size : 31;      /* bytes of the value */
    uint32_t overwrites : 1; /* a set without a get before it */
} request;

typedef struct trace {
    const char *name;
    request *requests; /* owned */
    size_t count, limit;
    uint32_t objects;      /* their numbers are below this */
    uint64_t footprint;    /* bytes that a cache which keeps everything would need */
    uint64_t gets, firsts; /* firsts: gets of what was never requested before, a miss in any cache */
} trace;

struct chance;

typedef struct trace_recipe {
    const char *name;
    void (*make)(trace *t, struct chance *c, double parameter);
    double parameter;
    double shares[SHARES_MOST]; /* cache sizes to try, as shares of the footprint; 0 ends them */
} trace_recipe;

extern const trace_recipe trace_recipes[];
extern const size_t trace_recipe_count;

/* The same recipe, number of requests and seed give the same trace. */
trace trace_made(const trace_recipe *recipe, size_t requests, uint64_t seed);

/* Ends the program with a message when the file cannot be read or holds no request. */
trace trace_from_file(const char *path);

/* What the cache charges for an entry: a head of 48 bytes, the key rounded up to 8, the value; the sum
 * rounded up to 16. */
static inline uint32_t charge_of(uint32_t size)
{
    return (48 + ((KEY_LEN + 7) & ~7u) + size + 15) & ~15u;
}

/* memory; when it is NULL, the end of the program. */
void *need(void *memory);

#endif
