/*
 * Inside the PostgreSQL backend: statements that the server has parsed and planned already, per connection.
 *
 * A text that comes a third time is prepared under a name of lyger's; from then on only its values are sent.
 * Behind a pooler that gives each transaction another server connection (PgBouncer), such a name may be
 * unknown or another client's: nothing is prepared or used by name inside a transaction, where an error could
 * not be undone, and outside of one the server's refusal makes the statement run without a name, and the
 * connection forget its names.
 */
#ifndef LYGER_QUERY_PQ_PLANS_H
#define LYGER_QUERY_PQ_PLANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LYGER_PQ_PLAN_NAME_SIZE 32

typedef struct lyger_pq_plans lyger_pq_plans;

typedef enum lyger_pq_plan_advice {
    LYGER_PQ_PLAN_NONE,    /* send the text */
    LYGER_PQ_PLAN_PREPARE, /* prepare it under this name, then say so */
    LYGER_PQ_PLAN_USE      /* it is prepared under this name */
} lyger_pq_plan_advice;

/* Counts a use of the text and says what to do; name is written unless it is NONE. *plans is made on first
 * use and the caller's to free. Out of memory means NONE. */
lyger_pq_plan_advice lyger_pq_plan(lyger_pq_plans **plans, const char *sql, size_t len,
                                   char name[LYGER_PQ_PLAN_NAME_SIZE]);

/* The text was prepared, or cannot be and is not to be tried again. */
void lyger_pq_plan_made(lyger_pq_plans *plans, const char *sql, size_t len, bool made);

/* Of a statement's text. */
uint64_t lyger_pq_text_hash(const char *sql, size_t len);

/* Forgets every name; plans may be NULL. */
void lyger_pq_plans_forget(lyger_pq_plans *plans);

void lyger_pq_plans_free(lyger_pq_plans *plans);

#endif
