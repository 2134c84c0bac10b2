/*
 * Inside the PostgreSQL backend: rows that libpq holds, as results and as JSON. A stream is the same thing
 * for rows that are written while they arrive: it owns one portion of them at a time.
 */
#ifndef LYGER_QUERY_PQ_RESULT_H
#define LYGER_QUERY_PQ_RESULT_H

#include "pq.h"
#include "result.h"

/* Takes rows over, also when it fails; *made may be set then too, and is the caller's to free. */
lyger_status lyger_pq_make_result(const lyger_pq *pq, PGresult *rows, const lyger_query_options *options,
                                  lyger_result **made, lyger_error *error);

/* Writes the first portion of a stream that lyger_pq_make_result() made of it: '[' and its rows. */
lyger_status lyger_pq_stream_begin(lyger_result *stream, lyger_sink *sink, lyger_error *error);

/* Takes the next portion over in place of the last one and writes its rows. */
lyger_status lyger_pq_stream_next(lyger_result *stream, PGresult *rows, lyger_sink *sink, lyger_error *error);

/* ']' */
lyger_status lyger_pq_stream_end(lyger_result *stream, lyger_sink *sink, lyger_error *error);

#endif
