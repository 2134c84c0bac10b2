#include "pq_plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SETS 64u          /* power of two */
#define WAYS 4u           /* texts with the same set; the least used gives way while it has no name */
#define PREPARE_AFTER 2u  /* uses */
#define TEXT_LONGEST 8192 /* bytes; a longer text is planned anew, which costs it little in proportion */

typedef struct plan {
    char *sql; /* NULL when unused */
    size_t len;
    uint64_t hash;
    uint32_t uses;
    uint32_t number; /* of its name, 0 while it has none */
    bool hopeless;   /* it cannot be prepared */
} plan;

struct lyger_pq_plans {
    plan plans[SETS][WAYS];
    uint32_t last_number; /* names are not used again, so that a forgotten one does no harm */
    uint32_t made_by;     /* process; part of the names */
};

/* FNV-1a (Fowler, Noll, Vo): the texts are the program's own, nobody chooses them to collide. */
uint64_t lyger_pq_text_hash(const char *sql, size_t len)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ (unsigned char)sql[i]) * 1099511628211u;
    }
    return hash;
}

static plan *find(lyger_pq_plans *plans, const char *sql, size_t len, uint64_t hash)
{
    plan *set = plans->plans[hash % SETS];
    for (uint32_t i = 0; i < WAYS; i++) {
        if (set[i].sql && set[i].hash == hash && set[i].len == len && memcmp(set[i].sql, sql, len) == 0) {
            return &set[i];
        }
    }
    return NULL;
}

/* A place for a new text: an unused one, or that of the least used text without a name. */
static plan *place_for(lyger_pq_plans *plans, uint64_t hash)
{
    plan *set = plans->plans[hash % SETS], *least = NULL;
    for (uint32_t i = 0; i < WAYS; i++) {
        if (!set[i].sql) {
            return &set[i];
        }
        if (!set[i].number && (!least || set[i].uses < least->uses)) {
            least = &set[i];
        }
    }
    return least;
}

static plan *add(lyger_pq_plans *plans, const char *sql, size_t len, uint64_t hash)
{
    plan *place = place_for(plans, hash);
    char *copy = place ? malloc(len + 1) : NULL;
    if (!copy) {
        return NULL;
    }
    memcpy(copy, sql, len + 1);
    free(place->sql);
    *place = (plan){.sql = copy, .len = len, .hash = hash};
    return place;
}

static void write_name(const lyger_pq_plans *plans, uint32_t number, char name[LYGER_PQ_PLAN_NAME_SIZE])
{
    snprintf(name, LYGER_PQ_PLAN_NAME_SIZE, "lyger_%x_%u", plans->made_by, number);
}

lyger_pq_plan_advice lyger_pq_plan(lyger_pq_plans **plans, const char *sql, size_t len,
                                   char name[LYGER_PQ_PLAN_NAME_SIZE])
{
    if (len > TEXT_LONGEST || (!*plans && !(*plans = calloc(1, sizeof **plans)))) {
        return LYGER_PQ_PLAN_NONE;
    }
    (*plans)->made_by = (uint32_t)getpid();
    uint64_t hash = lyger_pq_text_hash(sql, len);
    plan *found = find(*plans, sql, len, hash);
    if (!found) {
        found = add(*plans, sql, len, hash);
    }
    if (!found || found->hopeless || ++found->uses <= PREPARE_AFTER) {
        return LYGER_PQ_PLAN_NONE;
    }
    if (found->number) {
        write_name(*plans, found->number, name);
        return LYGER_PQ_PLAN_USE;
    }
    write_name(*plans, (*plans)->last_number + 1, name);
    return LYGER_PQ_PLAN_PREPARE;
}

void lyger_pq_plan_made(lyger_pq_plans *plans, const char *sql, size_t len, bool made)
{
    plan *found = find(plans, sql, len, lyger_pq_text_hash(sql, len));
    if (found) {
        found->number = made ? ++plans->last_number : 0;
        found->hopeless = !made;
    }
}

void lyger_pq_plans_forget(lyger_pq_plans *plans)
{
    for (uint32_t i = 0; plans && i < SETS * WAYS; i++) {
        plan *at = &plans->plans[i / WAYS][i % WAYS];
        at->number = 0;
        at->uses = 0;
    }
}

void lyger_pq_plans_free(lyger_pq_plans *plans)
{
    for (uint32_t i = 0; plans && i < SETS * WAYS; i++) {
        free(plans->plans[i / WAYS][i % WAYS].sql);
    }
    free(plans);
}
