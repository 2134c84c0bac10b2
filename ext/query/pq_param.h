/*
 * Inside the query room: a parameter in PostgreSQL's text format. No libpq here: it is fuzzed alone.
 */
#ifndef LYGER_QUERY_PQ_PARAM_H
#define LYGER_QUERY_PQ_PARAM_H

#include "jsonout/jsonout.h"
#include "query.h"

#define LYGER_PQ_NUMBER_SIZE (LYGER_DOUBLE_SIZE + 1)

/* The text of anything but a list: NUL-terminated, in number or the parameter's own; NULL for null. */
const char *lyger_pq_param_text(const lyger_param *param, char number[LYGER_PQ_NUMBER_SIZE]);

/*
 * A list as an array's literal (PostgreSQL manual 8.15.6), with a NUL behind it. param is the index'th, from
 * 0, and has passed lyger_params_check(). LYGER_E_ARGUMENT names the element when lists in it are of
 * different lengths or stand beside values; LYGER_E_MEMORY when the sink is full.
 */
lyger_status lyger_pq_put_list(const lyger_param *param, size_t index, lyger_sink *sink, lyger_error *error);

#endif
