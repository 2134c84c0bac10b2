/*
 * Inside the PostgreSQL backend: rows that libpq holds, as results and as JSON. A stream is a result whose
 * rows are written while they arrive: it owns one portion of them at a time.
 *
 * Columns of types that are not built in need the server once more: to look the types up (pq_catalog.h), and
 * to convert values that have a cast to json (pq_casts.h). Both are done when all rows are in, on the same
 * connection: another connection would not see types that an open transaction made, and may exceed the limit
 * of connections. So a stream keeps rows with such types until its end, unless this connection knows the
 * types.
 */
#ifndef LYGER_QUERY_PQ_RESULT_H
#define LYGER_QUERY_PQ_RESULT_H

#include "pq_wire.h"
#include "query/result.h"

/* Makes a result that owns rows. On failure rows belong to it too when *made is set, and are freed otherwise;
 * the caller frees *made. */
lyger_status lyger_pq_make_result(const lyger_pq *pq, PGresult *rows, const lyger_query_options *options,
                                  lyger_result **made, lyger_error *error);

/* Readies the result for being written, when its statement is over. When the server refuses a question about
 * types, the error is told when the result is written: reading rows does not need them. */
lyger_status lyger_pq_complete(lyger_result *result, pq_connection *connection, const lyger_limits *limits,
                               lyger_error *error);

/* Whether a stream has columns of types that are not built in. */
bool lyger_pq_stream_has_user_types(const lyger_result *stream);

/* Writes '[' and the rows of a stream's first portion, of which lyger_pq_make_result() made the stream. */
lyger_status lyger_pq_stream_begin(lyger_result *stream, pq_connection *connection, lyger_sink *sink,
                                   lyger_error *error);

/* Takes the next portion of rows in place of the last one and writes them. */
lyger_status lyger_pq_stream_next(lyger_result *stream, PGresult *rows, lyger_sink *sink, lyger_error *error);

/* Writes the rows that were kept, and ']'. */
lyger_status lyger_pq_stream_end(lyger_result *stream, pq_connection *connection, const lyger_limits *limits,
                                 lyger_sink *sink, lyger_error *error);

#endif
