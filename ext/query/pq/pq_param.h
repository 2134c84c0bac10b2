/*
 * Inside the query room: a parameter in PostgreSQL's text format. No libpq here: this part is fuzzed alone.
 */
#ifndef LYGER_QUERY_PQ_PARAM_H
#define LYGER_QUERY_PQ_PARAM_H

#include "jsonout/jsonout.h"
#include "query/query.h"

#define LYGER_PQ_NUMBER_SIZE 64 /* room for a double, an integer and LYGER_TIME_SIZE */

/* The text of anything but a list, a map or bytes: NUL-terminated, in number or the parameter's own; NULL for
 * null. */
const char *lyger_pq_param_text(const lyger_param *param, char number[LYGER_PQ_NUMBER_SIZE]);

/* What an array type is to a list. */
typedef struct lyger_pq_array {
    char delimiter; /* "," of nearly every type */
    bool bytes;     /* the elements are bytea */
} lyger_pq_array;

/*
 * A list as an array's literal (PostgreSQL manual 8.15.6), with a NUL behind it. param is the index'th, from
 * 0, and has passed lyger_params_check(). LYGER_E_ARGUMENT names the element when lists in it are of
 * different lengths or stand beside values, nest too deep, or when there are maps, or bytes where the type
 * has none; LYGER_E_MEMORY when the sink is full.
 */
lyger_status lyger_pq_put_list(const lyger_param *param, size_t index, lyger_pq_array array, lyger_sink *sink,
                               lyger_error *error);

/* A list or a map as JSON, with a NUL behind it. LYGER_E_ARGUMENT names the element that JSON has no form
 * for: bytes, a number that is none, text that is not UTF-8. */
lyger_status lyger_pq_put_json(const lyger_param *param, size_t index, lyger_sink *sink, lyger_error *error);

#endif
