#include "cache_traces.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *need(void *memory)
{
    if (!memory) {
        fprintf(stderr, "cache_policy: out of memory\n");
        exit(EXIT_FAILURE);
    }
    return memory;
}

/* ---- Chance ---- */

typedef struct chance {
    uint64_t state;
} chance;

/* SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). */
static uint64_t mixed(uint64_t n)
{
    n = (n ^ (n >> 30)) * 0xBF58476D1CE4E5B9u;
    n = (n ^ (n >> 27)) * 0x94D049BB133111EBu;
    return n ^ (n >> 31);
}

/* 0 <= fraction < 1 */
static double fraction_of(uint64_t n)
{
    return (double)(n >> 11) * 0x1p-53;
}

static double draw(chance *c)
{
    return fraction_of(mixed(c->state += 0x9E3779B97F4A7C15u));
}

static uint32_t below(chance *c, uint32_t n)
{
    return (uint32_t)(draw(c) * n);
}

static bool happens(chance *c, double probability)
{
    return draw(c) < probability;
}

/* Ranks 0 to count - 1, each with a probability in proportion to 1 / (rank + 1)^alpha. */
typedef struct zipf {
    uint32_t count;
    double *up_to; /* the probability of a rank or a lower one */
} zipf;

static zipf zipf_of(double alpha, uint32_t count)
{
    zipf z = {count, need(malloc(count * sizeof(double)))};
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        z.up_to[i] = sum += pow(i + 1.0, -alpha);
    }
    for (uint32_t i = 0; i < count; i++) {
        z.up_to[i] /= sum;
    }
    return z;
}

static uint32_t zipf_draw(const zipf *z, chance *c)
{
    double at = draw(c);
    uint32_t low = 0, high = z->count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (z->up_to[middle] > at) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* ---- What the generators share ---- */

static bool full(const trace *t)
{
    return t->count == t->limit;
}

static void add(trace *t, request r)
{
    if (!full(t)) {
        t->requests[t->count++] = r;
    }
}

static void get(trace *t, uint32_t object, uint32_t size)
{
    add(t, (request){.object = object, .size = size});
}

static void set(trace *t, uint32_t object, uint32_t size)
{
    add(t, (request){.object = object, .size = size, .overwrites = 1});
}

static uint32_t new_object(trace *t)
{
    return t->objects++;
}

/* Objects with a rank: a fifth of the requests, so that most are asked for again. Numbers above are free. */
static zipf population(trace *t, double alpha)
{
    t->objects = (uint32_t)(t->limit / 5);
    return zipf_of(alpha, t->objects);
}

#define FIXED_SIZE 448u /* bytes; 512 as an entry */

/* An object keeps its size: what is drawn for it depends on its number alone. */
static double log_normal(uint32_t object, double median, double sigma)
{
    double u = 1 - fraction_of(mixed(object * (uint64_t)2)), v = fraction_of(mixed(object * (uint64_t)2 + 1));
    return median * exp(sigma * sqrt(-2 * log(u)) * cos(2 * M_PI * v)); /* Box, Muller, 1958 */
}

/* Median 400 bytes, mean about 820. */
static uint32_t natural_size(uint32_t object)
{
    double size = log_normal(object, 400, 1.2);
    return size < 8 ? 8 : size > 32768 ? 32768 : (uint32_t)size;
}

/* Pages, pictures, documents: median 16 KiB, mean about 26. */
static uint32_t document_size(uint32_t object)
{
    double size = log_normal(object, 16384, 1);
    return size < 1024 ? 1024 : size > 524288 ? 524288 : (uint32_t)size;
}

/*
 * Reads of a disk: 4 to 256 KiB, mean about 27. Nearly half are one page, the longer ones are the powers of
 * two that read-ahead makes, and one in five of these ends with a sector somewhere before the full length.
 */
static uint32_t block_size(uint32_t object)
{
    static const struct {
        double up_to; /* probability of this or a shorter one */
        uint32_t size;
    } kinds[] = {{0.45, 4096},  {0.60, 8192},   {0.73, 16384}, {0.83, 32768},
                 {0.93, 65536}, {0.97, 131072}, {1.00, 262144}};
    double kind = fraction_of(mixed(object * (uint64_t)2 + 1)), rest = fraction_of(mixed(~(uint64_t)object));
    size_t i = 0;
    while (kinds[i].up_to <= kind) {
        i++;
    }
    uint32_t sectors = kinds[i].size / 512, cut = i > 0 && rest < 0.2 ? (uint32_t)(rest * 2.5 * sectors) : 0;
    return (sectors - cut) * 512;
}

/* ---- The generators ---- */

static void zipf_fixed(trace *t, chance *c, double alpha)
{
    zipf z = population(t, alpha);
    while (!full(t)) {
        get(t, zipf_draw(&z, c), FIXED_SIZE);
    }
    free(z.up_to);
}

static void zipf_natural(trace *t, chance *c, double alpha)
{
    zipf z = population(t, alpha);
    while (!full(t)) {
        uint32_t object = zipf_draw(&z, c);
        get(t, object, natural_size(object));
    }
    free(z.up_to);
}

/* Counters, flags, ids: 16 to 96 bytes. */
static void zipf_small(trace *t, chance *c, double alpha)
{
    zipf z = population(t, alpha);
    while (!full(t)) {
        uint32_t object = zipf_draw(&z, c);
        get(t, object, 16 + object % 6 * 16);
    }
    free(z.up_to);
}

/* Twenty times something reads a twentieth as many new objects as have a rank, once each: a report, a
 * crawler. */
static void zipf_with_scans(trace *t, chance *c, double alpha)
{
    zipf z = population(t, alpha);
    size_t period = t->limit / 20, next = period / 2;
    while (!full(t)) {
        get(t, zipf_draw(&z, c), FIXED_SIZE);
        if (t->count >= next) {
            next += period;
            for (uint32_t i = 0; i < z.count / 20; i++) {
                get(t, new_object(t), FIXED_SIZE);
            }
        }
    }
    free(z.up_to);
}

/* A trace of large objects is shorter, so that it takes no longer. */
static zipf large_population(trace *t, double alpha, double objects)
{
    t->limit = t->limit / 4;
    t->objects = (uint32_t)((double)t->limit * objects);
    return zipf_of(alpha, t->objects);
}

static void documents(trace *t, chance *c, double objects)
{
    zipf z = large_population(t, 0.9, objects);
    while (!full(t)) {
        uint32_t object = zipf_draw(&z, c);
        get(t, object, document_size(object));
    }
    free(z.up_to);
}

/* A disk: popular blocks, and one request in twenty begins to read a file from its beginning to its end,
 * three of four files for the first time. */
static void disk(trace *t, chance *c, double objects)
{
    enum { LENGTH = 16 };
    zipf z = large_population(t, 0.9, objects);
    uint32_t ranked = t->objects;
    while (!full(t)) {
        uint32_t object = zipf_draw(&z, c);
        get(t, object, block_size(object));
        if (happens(c, 0.05)) {
            bool again = t->objects > ranked && happens(c, 0.25);
            uint32_t files = (t->objects - ranked) / LENGTH;
            uint32_t first = again ? ranked + below(c, files) * LENGTH : t->objects;
            t->objects += again ? 0 : LENGTH;
            for (uint32_t i = first; i < first + LENGTH; i++) {
                get(t, i, block_size(i));
            }
        }
    }
    free(z.up_to);
}

/* So many rounds over all objects: LRU and FIFO always throw away what comes next. */
static void loop(trace *t, chance *c, double rounds)
{
    (void)c;
    t->objects = (uint32_t)((double)t->limit / rounds);
    while (!full(t)) {
        get(t, (uint32_t)(t->count % t->objects), FIXED_SIZE);
    }
}

/* A content network as the S3-FIFO paper describes it: three objects in four are requested only once. */
static void one_hit_wonders(trace *t, chance *c, double share)
{
    zipf z = population(t, 0.9);
    while (!full(t)) {
        uint32_t object = happens(c, share) ? new_object(t) : zipf_draw(&z, c);
        get(t, object, natural_size(object));
    }
    free(z.up_to);
}

/* News: an object keeps its rank for about so many requests of it, and changes places with any other one. */
static void shifting(trace *t, chance *c, double requests)
{
    zipf z = population(t, 1.0);
    uint32_t *of_rank = need(malloc(z.count * sizeof *of_rank));
    for (uint32_t i = 0; i < z.count; i++) {
        of_rank[i] = i;
    }
    while (!full(t)) {
        uint32_t rank = zipf_draw(&z, c), object = of_rank[rank];
        get(t, object, FIXED_SIZE);
        if (happens(c, 1 / requests)) {
            uint32_t other = below(c, z.count);
            of_rank[rank] = of_rank[other];
            of_rank[other] = object;
        }
    }
    free(of_rank);
    free(z.up_to);
}

/*
 * Each page reads 8 configuration entries that every page reads, the session of one of 2000 visitors and 6
 * fragments; then it writes the session back. A session lasts about `pages` pages.
 */
static void web_application(trace *t, chance *c, double pages)
{
    enum { CONFIGURATION = 8, FRAGMENTS = 6, VISITORS = 2000 };
    uint32_t configuration[CONFIGURATION], sessions[VISITORS];
    zipf z = population(t, 0.9);
    for (uint32_t i = 0; i < CONFIGURATION; i++) {
        configuration[i] = new_object(t);
    }
    for (uint32_t i = 0; i < VISITORS; i++) {
        sessions[i] = new_object(t);
    }
    while (!full(t)) {
        uint32_t *session = &sessions[below(c, VISITORS)];
        if (happens(c, 1 / pages)) {
            *session = new_object(t);
        }
        for (uint32_t i = 0; i < CONFIGURATION; i++) {
            get(t, configuration[i], 2000);
        }
        get(t, *session, natural_size(*session));
        for (uint32_t i = 0; i < FRAGMENTS; i++) {
            uint32_t fragment = zipf_draw(&z, c);
            get(t, fragment, natural_size(fragment));
        }
        set(t, *session, natural_size(*session));
    }
    free(z.up_to);
}

/* Half of the requests go to one of 500 objects that are asked for about `length` times and then forgotten.
 */
static void bursts(trace *t, chance *c, double length)
{
    enum { AT_ONCE = 500 };
    uint32_t current[AT_ONCE];
    zipf z = population(t, 0.9);
    for (uint32_t i = 0; i < AT_ONCE; i++) {
        current[i] = new_object(t);
    }
    while (!full(t)) {
        uint32_t *object = &current[below(c, AT_ONCE)];
        get(t, *object, FIXED_SIZE);
        get(t, zipf_draw(&z, c), FIXED_SIZE);
        if (happens(c, 1 / length)) {
            *object = new_object(t);
        }
    }
    free(z.up_to);
}

const trace_recipe trace_recipes[] = {
    {"zipf 0.6", zipf_fixed, 0.6, {0.01, 0.1}},
    {"zipf 0.8", zipf_fixed, 0.8, {0.01, 0.1}},
    {"zipf 1.0", zipf_fixed, 1.0, {0.01, 0.1}},
    {"zipf 1.2", zipf_fixed, 1.2, {0.01, 0.1}},
    {"zipf 0.6, log-normal", zipf_natural, 0.6, {0.01, 0.1}},
    {"zipf 0.8, log-normal", zipf_natural, 0.8, {0.01, 0.1}},
    {"zipf 1.0, log-normal", zipf_natural, 1.0, {0.01, 0.1}},
    {"zipf 1.2, log-normal", zipf_natural, 1.2, {0.01, 0.1}},
    {"zipf 0.8, small", zipf_small, 0.8, {0.01, 0.1}},
    {"zipf 0.8, scans", zipf_with_scans, 0.8, {0.01, 0.1}},
    {"documents, many", documents, 0.5, {0.01, 0.03}},
    {"documents, few", documents, 0.05, {0.1, 0.3}},
    {"disk, many", disk, 0.5, {0.005, 0.01}},
    {"disk, few", disk, 0.05, {0.03, 0.1, 0.3}},
    {"loop", loop, 100, {0.8, 0.95}},
    {"one-hit wonders", one_hit_wonders, 0.2, {0.01, 0.1}},
    {"shifting", shifting, 100, {0.01, 0.1}},
    {"web application", web_application, 12, {0.01, 0.1}},
    {"bursts", bursts, 4, {0.01, 0.1}},
};
const size_t trace_recipe_count = sizeof trace_recipes / sizeof trace_recipes[0];

/* Measures what the trace asks for. An object that changes its size counts with its largest. */
static void survey(trace *t)
{
    uint32_t *charges = need(calloc(t->objects, sizeof *charges));
    for (size_t i = 0; i < t->count; i++) {
        const request *r = &t->requests[i];
        uint32_t *known = &charges[r->object], charge = charge_of(r->size);
        t->gets += !r->overwrites;
        t->firsts += !r->overwrites && !*known;
        if (charge > *known) {
            t->footprint += charge - *known;
            *known = charge;
        }
    }
    free(charges);
}

trace trace_made(const trace_recipe *recipe, size_t requests, uint64_t seed)
{
    trace t = {.name = recipe->name, .limit = requests};
    chance c = {seed};
    t.requests = need(malloc(requests * sizeof *t.requests));
    recipe->make(&t, &c, recipe->parameter);
    survey(&t);
    return t;
}

/* ---- Traces from files; what the columns are, the head of cache_policy.c says ---- */

typedef struct file_line {
    const char *key;
    uint64_t size;
    bool reads;
} file_line;

/* Takes a line apart; false when it is no request. */
static bool parse(char *text, file_line *line)
{
    enum { COLUMNS = 7 };
    char *columns[COLUMNS], *rest = NULL;
    size_t count = 0;
    for (char *at = strtok_r(text, ", \t\r\n", &rest); at && count < COLUMNS;
         at = strtok_r(NULL, ", \t\r\n", &rest)) {
        columns[count++] = at;
    }
    if (count < 2 || columns[0][0] == '#') {
        return false;
    }
    const char *operation = count >= 6 ? columns[5] : "get";
    line->key = columns[count == 2 ? 0 : 1];
    line->size = strtoull(columns[count == 2 ? 1 : count < 6 ? 2 : 3], NULL, 10);
    line->reads = strncmp(operation, "get", 3) == 0;
    return line->size <= VALUE_MAX && strcmp(operation, "delete") != 0 && strcmp(operation, "incr") != 0 &&
           strcmp(operation, "decr") != 0;
}

/* FNV-1a (Fowler, Noll, Vo). A hundred million keys all differ in it but for one chance in some thousands. */
static uint64_t key_hash(const char *key)
{
    uint64_t hash = 14695981039346656037u;
    for (; *key; key++) {
        hash = (hash ^ (unsigned char)*key) * 1099511628211u;
    }
    return hash;
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* An object's number is the place of its key's hash among all distinct ones. */
static void number_objects(trace *t, const uint64_t *hashes)
{
    uint64_t *distinct = need(malloc(t->count * sizeof *distinct));
    memcpy(distinct, hashes, t->count * sizeof *distinct);
    qsort(distinct, t->count, sizeof *distinct, ascending);
    for (size_t i = 0; i < t->count; i++) {
        if (!t->objects || distinct[i] != distinct[t->objects - 1]) {
            distinct[t->objects++] = distinct[i];
        }
    }
    for (size_t i = 0; i < t->count; i++) {
        const uint64_t *at = bsearch(&hashes[i], distinct, t->objects, sizeof *distinct, ascending);
        t->requests[i].object = (uint32_t)(at - distinct);
    }
    free(distinct);
}

trace trace_from_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    trace t = {.name = slash ? slash + 1 : path};
    uint64_t *hashes = NULL;
    char *text = NULL;
    size_t room = 0;
    file_line line;
    FILE *file = fopen(path, "r");
    while (file && getline(&text, &room, file) >= 0) {
        if (!parse(text, &line)) {
            continue;
        }
        if (full(&t)) {
            t.limit = t.limit * 2 + 1024;
            t.requests = need(realloc(t.requests, t.limit * sizeof *t.requests));
            hashes = need(realloc(hashes, t.limit * sizeof *hashes));
        }
        hashes[t.count] = key_hash(line.key);
        add(&t, (request){.size = (uint32_t)line.size, .overwrites = !line.reads});
    }
    if (!file || ferror(file) || !t.count) {
        fprintf(stderr, "cache_policy: %s: %s\n", path,
                file && !ferror(file) ? "no requests in it" : strerror(errno));
        exit(EXIT_FAILURE);
    }
    fclose(file);
    free(text);
    number_objects(&t, hashes);
    free(hashes);
    survey(&t);
    return t;
}
