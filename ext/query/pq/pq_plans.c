#include "pq_plans.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define SETS 64u /* power of two */
#define WAYS 4u  /* texts in one set; the least used text without a name gives way to a new one */
#define PLANS (SETS * WAYS)
#define TEXT_LONGEST 8192 /* bytes; a longer text is never prepared: planning is a small part of its time */

typedef struct plan {
    char *sql; /* NULL when unused */
    size_t len;
    uint64_t hash;
    int64_t since; /* when the uses are counted from, lyger_now_ms() */
    uint32_t uses;
    uint32_t number; /* the number in the text's name, 0 while it has no name */
    bool hopeless;   /* the text cannot be prepared, or should not be */
} plan;

typedef struct dropped {
    uint64_t hash;
    uint32_t number;
} dropped;

struct lyger_pq_plans {
    plan plans[SETS][WAYS];
    dropped dropped[PLANS]; /* names of dropped plans that the server still has */
    uint32_t dropped_count;
    uint32_t last_number; /* names are not used again */
    uint64_t connection;  /* random; part of the names */
    uint64_t generation;
};

/* FNV-1a (Fowler, Noll, Vo): the texts are the program's own, no attacker chooses them to collide. */
uint64_t lyger_pq_text_hash(const char *sql, size_t len)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char)sql[i]) * 1099511628211u;
    }
    return hash;
}

static plan *find_plan(lyger_pq_plans *plans, const char *sql, size_t len, uint64_t hash)
{
    plan *set = plans->plans[hash % SETS];
    for (uint32_t i = 0; i < WAYS; i++) {
        if (set[i].sql && set[i].hash == hash && set[i].len == len && memcmp(set[i].sql, sql, len) == 0) {
            return &set[i];
        }
    }
    return NULL;
}

/* Takes a plan out of use and notes its name for removal. There is room for the name, because new names are
 * made only after the dropped ones are removed from the server. */
static void drop(lyger_pq_plans *plans, plan *of)
{
    if (of->number && plans->dropped_count < PLANS) {
        plans->dropped[plans->dropped_count++] = (dropped){of->hash, of->number};
    }
    of->number = 0;
    of->uses = 0;
    of->hopeless = false;
}

static void drop_when_old(lyger_pq_plans *plans, plan *of, int64_t now)
{
    if (of->since + LYGER_PQ_PLAN_LIFETIME_MS <= now) {
        drop(plans, of);
        of->since = now;
    }
}

/* A place for a new text: an unused one, or that of the least used text without a name; NULL when every text
 * of the set has a name. */
static plan *place_for(lyger_pq_plans *plans, uint64_t hash, int64_t now)
{
    plan *set = plans->plans[hash % SETS], *least = NULL;
    for (uint32_t i = 0; i < WAYS; i++) {
        if (!set[i].sql) {
            return &set[i];
        }
        drop_when_old(plans, &set[i], now);
        if (!set[i].number && (!least || set[i].uses < least->uses)) {
            least = &set[i];
        }
    }
    return least;
}

static plan *add_plan(lyger_pq_plans *plans, const char *sql, size_t len, uint64_t hash, int64_t now)
{
    plan *place = place_for(plans, hash, now);
    char *copy = place ? malloc(len + 1) : NULL;
    if (!copy) {
        return NULL;
    }
    memcpy(copy, sql, len);
    copy[len] = '\0';
    free(place->sql);
    *place = (plan){.sql = copy, .len = len, .hash = hash, .since = now};
    return place;
}

static int write_name(const lyger_pq_plans *plans, uint64_t hash, uint32_t number,
                      char name[LYGER_PQ_PLAN_NAME_SIZE])
{
    return snprintf(name, LYGER_PQ_PLAN_NAME_SIZE, "lyger_%016" PRIx64 "_%016" PRIx64 "_%" PRIu32,
                    plans->connection, hash, number);
}

static lyger_pq_plans *new_plans(uint64_t generation)
{
    lyger_pq_plans *made = calloc(1, sizeof *made);
    if (made && getentropy(&made->connection, sizeof made->connection) != 0) {
        free(made);
        return NULL;
    }
    if (made) {
        made->generation = generation;
    }
    return made;
}

static void drop_all(lyger_pq_plans *plans)
{
    for (uint32_t i = 0; i < PLANS; i++) {
        drop(plans, &plans->plans[i / WAYS][i % WAYS]);
    }
}

lyger_pq_plan_advice lyger_pq_plan(lyger_pq_plans **made, const char *sql, size_t len, int64_t now,
                                   uint64_t generation, char name[LYGER_PQ_PLAN_NAME_SIZE])
{
    if (len > TEXT_LONGEST || (!*made && !(*made = new_plans(generation)))) {
        return LYGER_PQ_PLAN_NONE;
    }
    lyger_pq_plans *plans = *made;
    if (plans->generation != generation) {
        drop_all(plans);
        plans->generation = generation;
    }
    uint64_t hash = lyger_pq_text_hash(sql, len);
    plan *found = find_plan(plans, sql, len, hash);
    if (found) {
        drop_when_old(plans, found, now);
    } else {
        found = add_plan(plans, sql, len, hash, now);
    }
    if (!found || found->hopeless || ++found->uses <= LYGER_PQ_PLAN_AFTER) {
        return LYGER_PQ_PLAN_NONE;
    }
    write_name(plans, hash, found->number ? found->number : plans->last_number + 1, name);
    return found->number ? LYGER_PQ_PLAN_USE : LYGER_PQ_PLAN_PREPARE;
}

void lyger_pq_plan_made(lyger_pq_plans *plans, const char *sql, size_t len, bool made, bool of_use)
{
    plan *found = find_plan(plans, sql, len, lyger_pq_text_hash(sql, len));
    plans->last_number++;
    if (found) {
        found->number = made ? plans->last_number : 0;
        if (!of_use) {
            drop(plans, found);
            found->hopeless = true;
        }
    }
}

void lyger_pq_plan_drop(lyger_pq_plans *plans, const char *name)
{
    for (uint32_t i = 0; plans && i < PLANS; i++) {
        char own[LYGER_PQ_PLAN_NAME_SIZE];
        plan *at = &plans->plans[i / WAYS][i % WAYS];
        write_name(plans, at->hash, at->number, own);
        if (at->number && strcmp(own, name) == 0) {
            drop(plans, at);
        }
    }
}

bool lyger_pq_plans_put_dropped(lyger_pq_plans *plans, lyger_sink *sink)
{
    bool ok = true;
    uint32_t count = plans->dropped_count;
    plans->dropped_count = 0;
    for (uint32_t i = 0; ok && i < count; i++) {
        char name[LYGER_PQ_PLAN_NAME_SIZE];
        int len = write_name(plans, plans->dropped[i].hash, plans->dropped[i].number, name);
        ok = lyger_sink_put_literal(sink, "DEALLOCATE ") && lyger_sink_put(sink, name, (size_t)len) &&
             lyger_sink_put_char(sink, i + 1 < count ? ';' : '\0');
    }
    return ok;
}

void lyger_pq_plans_forget(lyger_pq_plans *plans)
{
    if (plans) {
        drop_all(plans);
        plans->dropped_count = 0;
    }
}

void lyger_pq_plans_free(lyger_pq_plans *plans)
{
    for (uint32_t i = 0; plans && i < PLANS; i++) {
        free(plans->plans[i / WAYS][i % WAYS].sql);
    }
    free(plans);
}
