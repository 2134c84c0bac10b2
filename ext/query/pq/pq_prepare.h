/*
 * Inside the PostgreSQL backend: when a statement is sent by the name of a plan, and when it is sent again.
 *
 * Names are for a server that is met directly, outside of transactions: behind a pooler that gives each
 * transaction another server connection, names would be unknown there and pile up, and in a transaction an
 * error could not be undone. The server's own process id tells whether a pooler stands between.
 *
 * A plan keeps the types that its parameters had when it was made: after another session's ALTER TABLE a
 * value would be read as the old type and converted to the new one. So only types whose values survive that,
 * or are refused, may be parameters of a plan. (The exception that remains is a value that becomes text:
 * '007' given for a column that was an integer until then is stored as '7', for as long as the plan lives.)
 */
#ifndef LYGER_QUERY_PQ_PREPARE_H
#define LYGER_QUERY_PQ_PREPARE_H

#include "pq_wire.h"

/* Whether the text may be sent by name now, and the name; makes the plan when it is due. Any status but
 * LYGER_OK: the caller is to stop. */
lyger_status lyger_pq_name_for(pq_connection *connection, const char *sql, const lyger_limits *limits,
                               bool *named, char name[LYGER_PQ_PLAN_NAME_SIZE], lyger_error *error);

/*
 * Whether the error's own fields prove that the server ran nothing of a statement with `params` parameters
 * that was sent by that name: the name is unknown to it, the plan would give other columns, a parameter could
 * not be read, or has a type that its column does not take any more. Outside of a transaction the statement
 * can then be sent again, without the name.
 */
bool lyger_pq_ran_nothing(const lyger_pq *pq, const PGresult *error, const char *name, size_t params);

/* After an error of a statement that was sent by that name: the plan, and the types that are known, may be
 * the reason. */
void lyger_pq_distrust(pq_connection *connection, const char *name, const char *sqlstate);

#endif
