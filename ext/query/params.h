/*
 * Placeholders of PostgreSQL statements: counting $n, turning ? into $n, skipping what only looks like one.
 * The lexer follows the PostgreSQL manual, chapter 4.1 (lexical structure). Nothing is kept; any thread.
 */
#ifndef LYGER_QUERY_PARAMS_H
#define LYGER_QUERY_PARAMS_H

#include "backend.h"

typedef struct lyger_placeholders {
    unsigned numbered; /* the highest n of $n, 0 when there is none; at most 65536 */
    size_t marks;      /* single ?, outside of literals, identifiers and comments */
    size_t doubled;    /* ?? */
} lyger_placeholders;

/* standard_strings: standard_conforming_strings is on, so that a backslash is special in E'…' only. */
lyger_placeholders lyger_placeholders_find(const char *sql, size_t len, bool standard_strings);

/* Writes the statement with every ? as $1, $2, … and every ?? as ?; false when the sink is full. */
bool lyger_placeholders_number(const char *sql, size_t len, bool standard_strings, lyger_sink *sink);

/* The position, in characters from 1, in the statement as it was given that position has in the numbered one.
 */
int lyger_placeholders_origin(const char *sql, size_t len, bool standard_strings, int position);

/* How many characters of UTF-8 begin in from..to. */
int lyger_sql_characters(const char *from, const char *to);

/* The byte offset of what follows leading white space and comments. */
size_t lyger_sql_first_word(const char *sql, size_t len);

/* LYGER_E_ARGUMENT naming the parameter when a name or text holds a NUL byte, names and positions are mixed,
 * or lists nest too deep. */
lyger_status lyger_params_check(const lyger_param *params, size_t count, lyger_error *error);

/* "parameter 2" or "parameter \":name\"", for messages. */
#define LYGER_PARAM_LABEL_SIZE 96
const char *lyger_param_label(const lyger_param *param, size_t index, char label[LYGER_PARAM_LABEL_SIZE]);

/* Where in a parameter something is. */
typedef struct lyger_param_place {
    char label[LYGER_PARAM_LABEL_SIZE]; /* of the parameter */
    size_t at[LYGER_LIST_DEPTH];        /* the element in each list, from the outermost one */
    int depth;                          /* 0: the parameter itself */
} lyger_param_place;

/* "parameter 2" or "parameter 2, element [0][7]". */
#define LYGER_PLACE_SIZE (LYGER_PARAM_LABEL_SIZE + 32 + LYGER_LIST_DEPTH * 22)
const char *lyger_param_place_text(const lyger_param_place *place, char text[LYGER_PLACE_SIZE]);

#endif
