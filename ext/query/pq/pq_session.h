/*
 * Inside the PostgreSQL backend: what a statement leaves in the session, settings above all, which the
 * request's further statements must see.
 */
#ifndef LYGER_QUERY_PQ_SESSION_H
#define LYGER_QUERY_PQ_SESSION_H

#include "pq_wire.h"

/* Whether the text says that the statement changes the session, or tells what was done in it: SET and its
 * like, set_config(), advisory locks, temporary tables, lastval(). What functions of users do is not seen. */
bool lyger_pq_needs_session(const char *sql);

/* Refuses LISTEN, whose notifications no part of lyger would read. */
lyger_status lyger_pq_refuse_listen(const char *sql, lyger_error *error);

#endif
