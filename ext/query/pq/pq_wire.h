/*
 * Inside the PostgreSQL backend: a connection, and what every file of the backend does with it. Every wait is
 * a poll(2) in slices, so that time limits and the interrupt hook are honoured; a statement that must stop is
 * cancelled on the server and the connection drained before it is used again.
 */
#ifndef LYGER_QUERY_PQ_WIRE_H
#define LYGER_QUERY_PQ_WIRE_H

#include "query/backend.h"
#include "pq.h"
#include "pq_plans.h"

#define LYGER_PQ_CANCEL_MS 2000 /* how long a statement may take to stop when it is cancelled */

typedef struct lyger_pq_types lyger_pq_types; /* pq_catalog.h */

/* Whether statements may be prepared under names. */
typedef enum lyger_pq_naming {
    LYGER_PQ_NAMES_UNASKED, /* yes, if the server is met directly, which is not known yet */
    LYGER_PQ_NAMES,
    LYGER_PQ_NO_NAMES, /* lyger.db_prepare=off, or there is a pooler */
} lyger_pq_naming;

typedef struct pq_connection {
    lyger_connection base; /* first member */
    const lyger_pq *pq;
    PGconn *server;
    lyger_result *in_flight; /* a result that is being written */
    struct pq_sent *sent;    /* a statement that was sent and not yet received */
    lyger_pq_plans *plans;   /* made on first use */
    lyger_pq_types *types;   /* types that are not built in, looked up on first use */
    int64_t sent_at;         /* lyger_now_ms() of the last statement; only kept when there are types */
    uint64_t user_texts[32]; /* hashes of statements whose rows had such types, each at hash % 32 */
    bool types_altered;      /* types were altered in a transaction that is not over */
    bool named_by_user;      /* a statement was PREPAREd by its text */
    lyger_pq_naming naming;
    bool broken; /* the connection must not be used again */
} pq_connection;

/* Fails with libpq's message as one line, behind `what`. */
lyger_status lyger_pq_fail(const char *what, const char *message, const char *state, lyger_error *error);

/* Fails because the connection is of no use any more. */
lyger_status lyger_pq_lost(pq_connection *connection, lyger_error *error);

/* Sends what is buffered. */
lyger_status lyger_pq_flush(pq_connection *connection, const lyger_limits *limits, lyger_error *error);

/* The next result of the statement under way, NULL after the last. */
lyger_status lyger_pq_next(pq_connection *connection, const lyger_limits *limits, PGresult **result);

/* Whether the server is now in COPY: it waits for data, or sends data, that is not in results. */
bool lyger_pq_is_copy(const PGresult *result, const lyger_pq *pq);

/* As lyger_pq_collect(), but goes on with the result in *kept, and leaves it there on any status but
 * LYGER_OK, so that it can be called again. */
lyger_status lyger_pq_gather(pq_connection *connection, const lyger_limits *limits, PGresult **kept,
                             lyger_error *error);

/* Flushes, keeps the first result, or the first error if there is one, and throws the others away. */
lyger_status lyger_pq_collect(pq_connection *connection, const lyger_limits *limits, PGresult **kept,
                              lyger_error *error);

/* Runs a statement of lyger's own, whose rows do not matter; when it fails, the connection is broken. */
lyger_status lyger_pq_command(pq_connection *connection, const char *sql, const lyger_limits *limits,
                              lyger_error *error);

/* Runs a query of lyger's own with one parameter, of that type, and gives its rows. In an open transaction
 * the query runs in a savepoint, so that its failure does not end the user's transaction. */
lyger_status lyger_pq_ask(pq_connection *connection, const char *sql, uint32_t type, const char *value,
                          const lyger_limits *limits, PGresult **rows, lyger_error *error);

/* Stops the statement on the server and reads its end; the connection is broken when the statement does not
 * end soon. */
void lyger_pq_cancel(pq_connection *connection);

/* Makes the status that a wait ended with the statement's error. */
lyger_status lyger_pq_stop(pq_connection *connection, lyger_status why, lyger_error *error);

/* The two ways to run a statement, of the backend's vtable. */
lyger_status lyger_pq_run(lyger_connection *base, const lyger_statement *statement,
                          const lyger_limits *limits, lyger_result **result, lyger_error *error);
lyger_status lyger_pq_write_json(lyger_connection *base, const lyger_statement *statement,
                                 const lyger_limits *limits, lyger_sink *sink, lyger_error *error);

/* Sending a statement without waiting for it, of the backend's vtable. */
lyger_status lyger_pq_send(lyger_connection *base, const lyger_statement *statement,
                           const lyger_limits *limits, lyger_error *error);
bool lyger_pq_arrived(lyger_connection *base);
int lyger_pq_descriptor(const lyger_connection *base);
lyger_status lyger_pq_receive(lyger_connection *base, const lyger_limits *limits, lyger_result **result,
                              lyger_error *error);
void lyger_pq_give_up(lyger_connection *base);

#endif
