/*
 * Inside the PostgreSQL backend: rows that libpq holds, as results and as JSON. A stream is the same thing
 * for rows that are written while they arrive: it owns one portion of them at a time.
 *
 * Columns of types that are not built in need the server once more: to look the types up (pq_catalog.h), and
 * to convert values that have a cast to json (pq_casts.h). That is done when all rows are in, on the same
 * connection: another one would not see types that an open transaction made, may not exist, and may be a
 * limit too much. So a stream keeps rows with such types until its end, unless this connection knows the
 * types.
 */
#ifndef LYGER_QUERY_PQ_RESULT_H
#define LYGER_QUERY_PQ_RESULT_H

#include "pq_wire.h"
#include "query/result.h"

/* Takes rows over, also when it fails; *made may be set then too, and is the caller's to free. */
lyger_status lyger_pq_make_result(const lyger_pq *pq, PGresult *rows, const lyger_query_options *options,
                                  lyger_result **made, lyger_error *error);

/* Readies the result for being written, when its statement is over. What the server refuses is told when the
 * result is written: its rows can be read without. */
lyger_status lyger_pq_complete(lyger_result *result, pq_connection *connection, const lyger_limits *limits,
                               lyger_error *error);

/* Whether a stream has columns of types that are not built in. */
bool lyger_pq_stream_is_own(const lyger_result *stream);

/* Writes the first portion of a stream that lyger_pq_make_result() made of it: '[' and its rows. */
lyger_status lyger_pq_stream_begin(lyger_result *stream, pq_connection *connection, lyger_sink *sink,
                                   lyger_error *error);

/* Takes the next portion over in place of the last one and writes its rows. */
lyger_status lyger_pq_stream_next(lyger_result *stream, PGresult *rows, lyger_sink *sink, lyger_error *error);

/* Writes the rows that were kept, and ']'. */
lyger_status lyger_pq_stream_end(lyger_result *stream, pq_connection *connection, const lyger_limits *limits,
                                 lyger_sink *sink, lyger_error *error);

#endif
