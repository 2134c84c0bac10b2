/*
 * Inside the PostgreSQL backend: which statements the server has parsed and planned already, per connection.
 *
 * A text that comes often is prepared under a name of lyger's; from then on only name and values are sent,
 * until the plan is a second old. A name holds a random number of its connection and a hash of its text, and
 * is not used again: on whatever server connection a pooler gives, a name that exists has this text.
 *
 * A plan keeps the types of its parameters, and the columns of "*" and of a function's rows, as they were
 * when it was made, though another session alters them: the limit of a second bounds how long such a plan
 * lives (pq_prepare.h has the rest).
 */
#ifndef LYGER_QUERY_PQ_PLANS_H
#define LYGER_QUERY_PQ_PLANS_H

#include "base/sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LYGER_PQ_PLAN_NAME_SIZE 56     /* below the server's NAMEDATALEN */
#define LYGER_PQ_PLAN_LIFETIME_MS 1000 /* after which a plan is not used again */
#define LYGER_PQ_PLAN_AFTER 8u         /* uses of a text within its lifetime; then it is prepared */

typedef struct lyger_pq_plans lyger_pq_plans;

typedef enum lyger_pq_plan_advice {
    LYGER_PQ_PLAN_NONE,    /* send the text */
    LYGER_PQ_PLAN_PREPARE, /* prepare the text under this name, then call lyger_pq_plan_made() */
    LYGER_PQ_PLAN_USE      /* the text is prepared under this name */
} lyger_pq_plan_advice;

/*
 * Counts a use of the text and says what to do; name is written unless it is NONE. *plans is made on first
 * use; the caller frees it. now: lyger_now_ms(). Plans of another generation (pq_catalog.h) are out of date.
 * Out of memory, or of random numbers, means NONE.
 */
lyger_pq_plan_advice lyger_pq_plan(lyger_pq_plans **plans, const char *sql, size_t len, int64_t now,
                                   uint64_t generation, char name[LYGER_PQ_PLAN_NAME_SIZE]);

/* The text was prepared under the name that it was given, or, when it is not `of_use`, is not to be prepared
 * before it comes often again. */
void lyger_pq_plan_made(lyger_pq_plans *plans, const char *sql, size_t len, bool made, bool of_use);

/* The plan of that name is not to be used again; plans may be NULL. */
void lyger_pq_plan_drop(lyger_pq_plans *plans, const char *name);

/* Writes the statements that take dropped plans from the server, ";" between them and a NUL behind them, and
 * forgets their names. Writes nothing when no plan was dropped; false when the sink is full. */
bool lyger_pq_plans_put_dropped(lyger_pq_plans *plans, lyger_sink *sink);

/* The hash of a statement's text. */
uint64_t lyger_pq_text_hash(const char *sql, size_t len);

/* Forgets every name: the server has none of them any more. plans may be NULL. */
void lyger_pq_plans_forget(lyger_pq_plans *plans);

void lyger_pq_plans_free(lyger_pq_plans *plans);

#endif
