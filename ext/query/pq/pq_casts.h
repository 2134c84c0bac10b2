/*
 * Inside the PostgreSQL backend: values of types that have a cast to json (hstore, a user's own), which only
 * the server can convert. The values are collected from the rows in their order, sent back in one statement
 * for each type, and taken in the same order when the rows are written.
 */
#ifndef LYGER_QUERY_PQ_CASTS_H
#define LYGER_QUERY_PQ_CASTS_H

#include "pq_catalog.h"

typedef struct lyger_pq_casts lyger_pq_casts;

/* Whether the type has a cast to json, or is made of types that have one. */
bool lyger_pq_has_cast(const lyger_pq_type *type);

/* NULL when out of memory. */
lyger_pq_casts *lyger_pq_casts_new(const lyger_pq *pq);

/* casts may be NULL. */
void lyger_pq_casts_free(lyger_pq_casts *casts);

/* Hooks of a lyger_pq_scratch whose context is the casts: lyger_pq_casts_collect notes values and writes
 * null, lyger_pq_casts_put writes what the server made of them. */
lyger_pq_cast_hook lyger_pq_casts_collect, lyger_pq_casts_put;

/* Has the server convert the collected values. */
lyger_status lyger_pq_casts_convert(lyger_pq_casts *casts, pq_connection *connection,
                                    const lyger_limits *limits, lyger_error *error);

/* Starts lyger_pq_casts_put at the first value again; called before the rows are written. */
void lyger_pq_casts_rewind(lyger_pq_casts *casts);

#endif
