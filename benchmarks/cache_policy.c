/*
 * How often the cache misses, beside the policies of the literature with the same bytes.
 * benchmarks/cache-policy builds and runs this.
 *
 *     cache_policy [--quick] [--seed N] [--requests N] [--only TEXT] [--data FILE] [--trace FILE]...
 *
 * Every trace goes through the production code (an anonymous segment, used as an application does: get, and
 * on a miss set) and through references that are written here in their plainest form: one queue for all keys,
 * no shards, no index, no allocator. What the cache does worse than the reference S3-FIFO is what its shards,
 * its hashed ghosts and its allocator cost.
 *
 * S3-FIFO: Yang, Zhang, Qiu, Yue, Rashmi, "FIFO queues are all you need for cache eviction", SOSP 2023.
 * SIEVE: Zhang, Yang, Yue, Vigfusson, Rashmi, "SIEVE is simpler than LRU: an efficient turn-key eviction
 * algorithm for web caches", NSDI 2024.
 *
 * With the same seed the traces and the references' figures are the same in every run. The cache's own differ
 * in the last digits, because every segment hashes keys in its own way.
 *
 *     --quick       a fifth of the requests, for a fifth of the objects
 *     --requests N  of each generated trace (2000000)
 *     --only TEXT   generated traces whose name contains TEXT
 *     --data FILE   the table for gnuplot
 *     --trace FILE  a trace from a file
 *
 * A file has one request on each line, columns between commas or blanks, and comments behind #:
 *
 *     2 columns  key, size
 *     3 to 5     time, key, size: an OracleGeneral trace as libCacheSim's tracePrint writes it
 *     6 or more  time, key, key size, value size, client, operation, ...: Twitter's cache-trace
 *
 * Sizes are bytes of values. Of Twitter's operations, get and gets read, delete, incr and decr are left out,
 * and all others overwrite.
 */
#include "cache_traces.h"

#include "cache/cache.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- The references ---- */

#define NONE UINT32_MAX

/* Where an object is. Policies with one queue use FIRST, which is S3-FIFO's small one. A ghost is a key
 * without its value. */
enum { AWAY, FIRST, MAIN, GHOST, PLACES };

typedef struct object {
    uint32_t newer, older; /* neighbours in its queue, or NONE */
    uint32_t charge;
    uint8_t place;
    uint8_t hits; /* since it came into the cache or to the main queue, at most 3 */
} object;

typedef struct queue {
    uint32_t newest, oldest;
    uint64_t bytes;
} queue;

typedef struct reference {
    object *objects;
    queue queues[PLACES];
    uint64_t capacity;
    uint32_t hand; /* of SIEVE; NONE: begin with the oldest */
} reference;

/* Puts an object at the newest end of a queue. */
static void push(reference *r, uint32_t number, uint8_t place)
{
    object *o = &r->objects[number];
    queue *q = &r->queues[place];
    o->place = place;
    o->newer = NONE;
    o->older = q->newest;
    *(q->newest == NONE ? &q->oldest : &r->objects[q->newest].newer) = number;
    q->newest = number;
    q->bytes += o->charge;
}

static void pull(reference *r, uint32_t number)
{
    object *o = &r->objects[number];
    queue *q = &r->queues[o->place];
    *(o->newer == NONE ? &q->newest : &r->objects[o->newer].older) = o->older;
    *(o->older == NONE ? &q->oldest : &r->objects[o->older].newer) = o->newer;
    q->bytes -= o->charge;
    o->place = AWAY;
}

static void move(reference *r, uint32_t number, uint8_t place)
{
    pull(r, number);
    push(r, number, place);
}

/* What a hit does, and how one object is evicted. */
typedef struct policy {
    const char *name;
    void (*hit)(reference *r, uint32_t number);
    void (*evict)(reference *r);
} policy;

static void evict_oldest(reference *r)
{
    pull(r, r->queues[FIRST].oldest);
}

static void lru_hit(reference *r, uint32_t number)
{
    move(r, number, FIRST);
}

static void fifo_hit(reference *r, uint32_t number)
{
    (void)r;
    (void)number;
}

static void count_hit(reference *r, uint32_t number)
{
    object *o = &r->objects[number];
    o->hits += o->hits < 3;
}

/* The hand goes towards the newest, spares what was hit since it last came by, and evicts the first other. */
static void sieve_evict(reference *r)
{
    uint32_t oldest = r->queues[FIRST].oldest, at = r->hand == NONE ? oldest : r->hand;
    while (r->objects[at].hits) {
        r->objects[at].hits = 0;
        at = r->objects[at].newer == NONE ? oldest : r->objects[at].newer;
    }
    r->hand = r->objects[at].newer;
    pull(r, at);
}

/* Ghosts stand for at most as many bytes as the main queue has. */
static void s3_remember(reference *r, uint32_t number)
{
    move(r, number, GHOST);
    while (r->queues[GHOST].bytes > r->capacity / 10 * 9) {
        pull(r, r->queues[GHOST].oldest);
    }
}

static void s3_evict(reference *r)
{
    for (;;) {
        const queue *small = &r->queues[FIRST], *main = &r->queues[MAIN];
        bool from_small = main->oldest == NONE || small->bytes >= r->capacity / 10;
        uint32_t at = from_small ? small->oldest : main->oldest;
        object *o = &r->objects[at];
        if (from_small && o->hits <= 1) {
            s3_remember(r, at);
            return;
        }
        if (!from_small && o->hits == 0) {
            pull(r, at);
            return;
        }
        o->hits = from_small ? 0 : o->hits - 1;
        move(r, at, MAIN);
    }
}

static const policy references[] = {
    {"LRU", lru_hit, evict_oldest},
    {"FIFO", fifo_hit, evict_oldest},
    {"SIEVE", count_hit, sieve_evict},
    {"S3-FIFO", count_hit, s3_evict},
};
enum { LRU, FIFO, SIEVE, S3_FIFO, LYGER, POLICIES };

static void make_room(reference *r, const policy *p, uint32_t charge)
{
    while (r->queues[FIRST].bytes + r->queues[MAIN].bytes + charge > r->capacity) {
        p->evict(r);
    }
}

/* An object that is not cached comes in; one that is a ghost goes to the main queue. */
static void insert(reference *r, const policy *p, uint32_t number, uint32_t charge)
{
    object *o = &r->objects[number];
    if (charge > r->capacity) {
        return;
    }
    make_room(r, p, charge);
    uint8_t place = o->place == GHOST ? MAIN : FIRST;
    if (o->place == GHOST) {
        pull(r, number);
    }
    o->charge = charge;
    o->hits = 0;
    push(r, number, place);
}

static bool cached(const object *o)
{
    return o->place == FIRST || o->place == MAIN;
}

/* The new value keeps the place of the old one. */
static void resize(reference *r, const policy *p, uint32_t number, uint32_t charge)
{
    object *o = &r->objects[number];
    r->queues[o->place].bytes += charge - (uint64_t)o->charge;
    o->charge = charge;
    make_room(r, p, 0);
}

static uint64_t misses_of_reference(const trace *t, const policy *p, uint64_t capacity)
{
    reference r = {.capacity = capacity, .hand = NONE, .objects = need(calloc(t->objects, sizeof(object)))};
    uint64_t misses = 0;
    for (int i = 0; i < PLACES; i++) {
        r.queues[i] = (queue){NONE, NONE, 0};
    }
    for (size_t i = 0; i < t->count; i++) {
        const request *wanted = &t->requests[i];
        uint32_t number = wanted->object, charge = charge_of(wanted->size);
        if (cached(&r.objects[number])) {
            p->hit(&r, number);
            if (wanted->overwrites && r.objects[number].charge != charge) {
                resize(&r, p, number, charge);
            }
        } else {
            misses += !wanted->overwrites;
            insert(&r, p, number, charge);
        }
    }
    free(r.objects);
    return misses;
}

/* ---- The cache itself ---- */

static lyger_cache *opened(size_t bytes, lyger_cache_facts *facts)
{
    lyger_error error;
    lyger_cache *cache = lyger_cache_open(bytes, NULL, &error);
    if (!cache) {
        fprintf(stderr, "cache_policy: %s\n", error.message);
        exit(EXIT_FAILURE);
    }
    lyger_cache_describe(cache, facts);
    return cache;
}

/* A cache with about this capacity for entries. A segment also holds its index, whose size goes in steps: a
 * few tries come near enough. */
static lyger_cache *opened_for(uint64_t capacity, lyger_cache_facts *facts)
{
    double bytes = (double)capacity;
    for (int tries = 0;; tries++) {
        if (bytes < LYGER_CACHE_SIZE_MIN) {
            bytes = LYGER_CACHE_SIZE_MIN;
        }
        lyger_cache *cache = opened((size_t)bytes, facts);
        double ratio = (double)capacity / (double)facts->bytes_capacity;
        if (tries == 4 || (ratio > 0.99 && ratio < 1.01) || (ratio < 1 && bytes <= LYGER_CACHE_SIZE_MIN)) {
            return cache;
        }
        lyger_cache_close(cache);
        bytes *= ratio;
    }
}

static void key_of(uint32_t number, char key[KEY_LEN])
{
    memcpy(key, "object:000000000", KEY_LEN);
    for (char *at = key + KEY_LEN; number; number /= 10) {
        *--at = (char)('0' + number % 10);
    }
}

static char *same_room(void *buffer, size_t len)
{
    (void)len;
    return buffer;
}

/* The cache may refuse a value that is too large for it; then every get of it is a miss. */
static void store(lyger_cache *cache, const char key[KEY_LEN], const char *bytes, size_t len)
{
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = len};
    bool stored;
    lyger_cache_store(cache, key, KEY_LEN, &value, 0, 0, LYGER_CACHE_REPLACE, &stored, NULL);
}

static uint64_t misses_of_cache(const trace *t, lyger_cache *cache, uint64_t capacity)
{
    char *from = need(calloc(1, capacity)), *to = need(calloc(1, capacity)), key[KEY_LEN];
    lyger_cache_room room = {same_room, to};
    lyger_cache_value found;
    uint64_t misses = 0;
    for (size_t i = 0; i < t->count; i++) {
        const request *wanted = &t->requests[i];
        key_of(wanted->object, key);
        if (!wanted->overwrites && lyger_cache_fetch(cache, key, KEY_LEN, &found, &room) == LYGER_CACHE_HIT) {
            continue;
        }
        misses += !wanted->overwrites;
        if (wanted->size <= capacity) {
            store(cache, key, from, wanted->size);
        }
    }
    free(from);
    free(to);
    return misses;
}

/* The references must count bytes as the cache does, or the comparison means nothing. */
static void check_charges(void)
{
    lyger_cache_facts facts;
    lyger_cache *cache = opened(LYGER_CACHE_SIZE_MIN, &facts);
    char key[KEY_LEN], bytes[1000] = {0};
    uint64_t charged = 0;
    for (uint32_t size = 0; size <= sizeof bytes; size += 125) {
        key_of(size, key);
        store(cache, key, bytes, size);
        charged += charge_of(size);
    }
    lyger_cache_describe(cache, &facts);
    lyger_cache_close(cache);
    if (facts.bytes_used != charged) {
        fprintf(stderr, "cache_policy: the cache charged %" PRIu64 " bytes, charge_of() says %" PRIu64 "\n",
                facts.bytes_used, charged);
        exit(EXIT_FAILURE);
    }
}

/* ---- The comparison ---- */

typedef struct comparison {
    uint64_t capacity;       /* bytes */
    double share;            /* of the trace's footprint */
    double least;            /* miss ratio of a cache that keeps everything */
    double misses[POLICIES]; /* miss ratios */
    double best;             /* of LRU, SIEVE and S3-FIFO */
    double filled;           /* lyger's bytes in entries / capacity, at the end */
    double usable;           /* the same / the segment's size */
} comparison;

/* Runs of one policy. */
static struct {
    size_t done, all;
} progress;

/* A bar while somebody watches; NULL wipes it. */
static void show_progress(const char *trace_name, const char *policy_name)
{
    enum { WIDTH = 30 };
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    fprintf(stderr, "\r%*s\r", 78, "");
    if (trace_name) {
        int filled = (int)(progress.done++ * WIDTH / progress.all);
        fprintf(stderr, "[%.*s%*s] %s, %s", filled, "##############################", WIDTH - filled, "",
                trace_name, policy_name);
    }
}

static double least_of(double a, double b)
{
    return a < b ? a : b;
}

static comparison compared(const trace *t, double share)
{
    lyger_cache_facts facts;
    lyger_cache *cache = opened_for((uint64_t)((double)t->footprint * share), &facts);
    double gets = (double)t->gets, capacity = (double)facts.bytes_capacity;
    comparison c = {.capacity = facts.bytes_capacity,
                    .share = capacity / (double)t->footprint,
                    .least = (double)t->firsts / gets};
    show_progress(t->name, "lyger");
    c.misses[LYGER] = (double)misses_of_cache(t, cache, c.capacity) / gets;
    lyger_cache_describe(cache, &facts);
    c.filled = (double)facts.bytes_used / capacity;
    c.usable = (double)facts.bytes_used / (double)facts.bytes_total;
    lyger_cache_close(cache);
    for (int p = 0; p < LYGER; p++) {
        show_progress(t->name, references[p].name);
        c.misses[p] = (double)misses_of_reference(t, &references[p], c.capacity) / gets;
    }
    c.best = least_of(c.misses[LRU], least_of(c.misses[SIEVE], c.misses[S3_FIFO]));
    show_progress(NULL, NULL);
    return c;
}

static void print_heading(FILE *data)
{
    printf("%-22s %8s %6s %7s", "misses, %", "capacity", "share", "least");
    fprintf(data, "trace share least");
    for (int p = 0; p < LYGER; p++) {
        printf(" %7s", references[p].name);
        fprintf(data, " %s", references[p].name);
    }
    printf(" %7s %9s %7s %7s %7s %7s %7s\n", "lyger", "- S3-FIFO", "- LRU", "best", "- best", "filled",
           "usable");
    fprintf(data, " lyger filled usable\n");
}

static void print_row(FILE *data, const char *name, const comparison *c)
{
    printf("%-22s %5.1f MB %5.1f%% %7.2f", name, (double)c->capacity / 1e6, c->share * 100, c->least * 100);
    fprintf(data, "\"%s\" %.4f %.4f", name, c->share * 100, c->least * 100);
    for (int p = 0; p < POLICIES; p++) {
        printf(" %7.2f", c->misses[p] * 100);
        fprintf(data, " %.4f", c->misses[p] * 100);
    }
    printf(" %+9.2f %+7.2f %7.2f %+7.2f %6.1f%% %6.1f%%\n", (c->misses[LYGER] - c->misses[S3_FIFO]) * 100,
           (c->misses[LYGER] - c->misses[LRU]) * 100, c->best * 100, (c->misses[LYGER] - c->best) * 100,
           c->filled * 100, c->usable * 100);
    fprintf(data, " %.4f %.4f\n", c->filled * 100, c->usable * 100);
    fflush(stdout);
}

/* Runs a trace at all its cache sizes, and frees it. */
static void run(FILE *data, trace t, const double shares[SHARES_MOST])
{
    for (size_t i = 0; i < SHARES_MOST && shares[i] > 0; i++) {
        comparison c = compared(&t, shares[i]);
        print_row(data, t.name, &c);
    }
    free(t.requests);
}

typedef struct options {
    size_t requests;
    uint64_t seed;
    const char *only, *data;
    const char **files;
    size_t file_count;
} options;

static _Noreturn void usage(void)
{
    fprintf(stderr, "usage: cache_policy [--quick] [--seed N] [--requests N] [--only TEXT] [--data FILE] "
                    "[--trace FILE]...\n");
    exit(2);
}

static options parse_options(int argc, char **argv)
{
    static const struct option known[] = {
        {"quick", no_argument, NULL, 'q'},
        {"seed", required_argument, NULL, 's'},
        {"requests", required_argument, NULL, 'r'},
        {"only", required_argument, NULL, 'o'},
        {"data", required_argument, NULL, 'd'},
        {"trace", required_argument, NULL, 't'},
        {NULL, 0, NULL, 0},
    };
    options o = {.requests = 2000000, .seed = 1, .only = "", .data = "/dev/null"};
    o.files = need(calloc((size_t)argc, sizeof *o.files));
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        switch (option) {
        case 'q':
            o.requests = 400000;
            break;
        case 's':
            o.seed = strtoull(optarg, NULL, 10);
            break;
        case 'r':
            o.requests = strtoull(optarg, NULL, 10);
            break;
        case 'o':
            o.only = optarg;
            break;
        case 'd':
            o.data = optarg;
            break;
        case 't':
            o.files[o.file_count++] = optarg;
            break;
        default:
            usage();
        }
    }
    if (optind != argc || o.requests < 10000 || o.requests > 1000000000) {
        usage();
    }
    return o;
}

static size_t count_of(const double shares[SHARES_MOST])
{
    size_t count = 0;
    while (count < SHARES_MOST && shares[count] > 0) {
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    static const double shares_of_files[SHARES_MOST] = {0.01, 0.03, 0.1, 0.3};
    options o = parse_options(argc, argv);
    FILE *data = fopen(o.data, "w");
    if (!data) {
        fprintf(stderr, "cache_policy: %s: %s\n", o.data, strerror(errno));
        return EXIT_FAILURE;
    }
    check_charges();
    progress.all = o.file_count * SHARES_MOST * POLICIES;
    for (size_t i = 0; i < trace_recipe_count; i++) {
        progress.all +=
            strstr(trace_recipes[i].name, o.only) ? count_of(trace_recipes[i].shares) * POLICIES : 0;
    }
    print_heading(data);
    for (size_t i = 0; i < trace_recipe_count; i++) {
        const trace_recipe *recipe = &trace_recipes[i];
        if (strstr(recipe->name, o.only)) {
            run(data, trace_made(recipe, o.requests, o.seed), recipe->shares);
        }
    }
    for (size_t i = 0; i < o.file_count; i++) {
        run(data, trace_from_file(o.files[i]), shares_of_files);
    }
    free(o.files);
    return fclose(data) ? EXIT_FAILURE : EXIT_SUCCESS;
}
