/*
 * Inside the PostgreSQL backend: the types that a statement's parameters have for the server, which decide
 * what a list, a map or bytes become. Other parameters are sent as text, which the server reads by itself.
 */
#ifndef LYGER_QUERY_PQ_DESCRIBE_H
#define LYGER_QUERY_PQ_DESCRIBE_H

#include "pq_param.h"
#include "pq_wire.h"

typedef enum lyger_pq_form {
    LYGER_PQ_AS_TEXT,
    LYGER_PQ_AS_ARRAY,
    LYGER_PQ_AS_JSON,
    LYGER_PQ_AS_BYTES, /* in binary format */
} lyger_pq_form;

typedef struct lyger_pq_wanted {
    uint32_t type; /* OID to send the parameter with, 0: as the server infers it */
    lyger_pq_form form;
    lyger_pq_array array; /* of LYGER_PQ_AS_ARRAY */
} lyger_pq_wanted;

/* Whether the server has to be asked. */
bool lyger_pq_must_describe(const lyger_param *params, size_t count);

/*
 * Asks the server, in one turn and without running the statement, whose placeholders are numbered, and
 * decides the form of each parameter. LYGER_E_ARGUMENT names a parameter whose value has no form in its type.
 * When the server refuses the statement, *refusal is its answer, which the caller clears. With libpq 13,
 * which cannot ask in one turn, a list is an array and a map an error.
 */
lyger_status lyger_pq_describe(pq_connection *connection, const char *sql, const lyger_param *params,
                               size_t count, const lyger_limits *limits, lyger_pq_wanted *wanted,
                               PGresult **refusal, lyger_error *error);

#endif
