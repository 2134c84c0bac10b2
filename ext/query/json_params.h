/*
 * Parameters and statements that come as JSON (RFC 8259), as callers of the C ABI write them: a strict
 * reader.
 *
 * null, true, false, strings, arrays and objects become what lyger_param has for them; a number without
 * fraction and exponent is an integer when 64 bits hold it, and a double otherwise. Strings must be UTF-8.
 * The last of two members with one name counts.
 *
 * Memory: what is read lives in one lyger_json_values, until lyger_json_values_free(). No state, any thread.
 */
#ifndef LYGER_QUERY_JSON_PARAMS_H
#define LYGER_QUERY_JSON_PARAMS_H

#include "query.h"

typedef struct lyger_json_values {
    void *blocks; /* malloc, a list */
} lyger_json_values;

/* Reads text[0..len): an array, whose items are parameters by position, or an object, whose members are
 * parameters by name. text may be NULL: no parameters. LYGER_E_ARGUMENT names what is wrong and the byte
 * where it is, counted from 1. After any outcome, values are to be freed. */
lyger_status lyger_json_read_params(const char *text, size_t len, lyger_json_values *values,
                                    const lyger_param **params, size_t *count, lyger_error *error);

/* Reads a JSON array of statements of one DSN, each an object with "sql", a string, and perhaps "bindings" or
 * "params", as lyger_json_read_params() reads them. options are those of each; dsn and options are borrowed.
 */
lyger_status lyger_json_read_statements(const char *text, size_t len, const char *dsn, size_t dsn_len,
                                        const lyger_query_options *options, lyger_json_values *values,
                                        lyger_query **statements, size_t *count, lyger_error *error);

void lyger_json_values_free(lyger_json_values *values);

#endif
