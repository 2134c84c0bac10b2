/*
 * Placeholders of PostgreSQL statements: counting $n, turning ? into $n, skipping what only looks like one.
 * The lexer follows the PostgreSQL manual, chapter 4.1 (lexical structure). No state is kept; any thread may
 * call.
 */
#ifndef LYGER_QUERY_PARAMS_H
#define LYGER_QUERY_PARAMS_H

#include "backend.h"

typedef struct lyger_placeholders {
    unsigned numbered; /* the highest n of $n, 0 when there is none; at most 65536 */
    size_t marks;      /* single ?, outside of literals, identifiers and comments */
    size_t doubled;    /* ?? */
    size_t names;      /* :name, where the colon is not behind a name, a number or a closing bracket, as in an
                          array's slice, [low:high] */
    const char *name;  /* the first :name, in the statement, without the colon */
    size_t name_len;
} lyger_placeholders;

/* standard_strings: standard_conforming_strings is on, so that a backslash is special in E'…' only. */
lyger_placeholders lyger_placeholders_find(const char *sql, size_t len, bool standard_strings);

/* A statement whose placeholders get numbers: with params, which have names, every :name is its parameter's
 * $n; without, every ? is the next $n. ?? is ? in both. */
typedef struct lyger_numbering {
    const char *sql;
    size_t len;
    bool standard_strings;
    const lyger_param *params; /* only their names are looked at; NULL: by position */
    size_t param_count;
} lyger_numbering;

/* Checks that every name has a parameter and every parameter a name; LYGER_E_ARGUMENT says which has none. */
lyger_status lyger_placeholders_check_names(const lyger_numbering *numbering, lyger_error *error);

/* Writes the statement with numbers; false when the sink is full. A name without a parameter stays. */
bool lyger_placeholders_number(const lyger_numbering *numbering, lyger_sink *sink);

/* The position, in characters from 1, in the original statement of what is at `position` in the numbered
 * statement. */
int lyger_placeholders_origin(const lyger_numbering *numbering, int position);

/* Whether the $n in a statement are not its own parameters but those of the object it creates: PREPARE, and
 * CREATE FUNCTION or PROCEDURE, whose body may be SQL (PostgreSQL manual, BEGIN ATOMIC). */
bool lyger_sql_keeps_numbers(const char *sql, size_t len);

/* How many characters of UTF-8 begin in from..to. */
int lyger_sql_characters(const char *from, const char *to);

/* The byte offset of what follows leading white space and comments. */
size_t lyger_sql_first_word(const char *sql, size_t len);

/* LYGER_E_ARGUMENT naming the parameter when a name or text holds a NUL byte, names and positions are mixed,
 * a name comes twice, or lists nest too deep. */
lyger_status lyger_params_check(const lyger_param *params, size_t count, lyger_error *error);

/* "parameter 2" or "parameter \":name\"", for messages. */
#define LYGER_PARAM_LABEL_SIZE 96
const char *lyger_param_label(const lyger_param *param, size_t index, char label[LYGER_PARAM_LABEL_SIZE]);

/* Where in a parameter something is. */
typedef struct lyger_param_place {
    char label[LYGER_PARAM_LABEL_SIZE]; /* of the parameter */
    size_t at[LYGER_PARAM_DEPTH];       /* the element in each list, from the outermost one */
    int depth;                          /* 0: the parameter itself */
} lyger_param_place;

/* "parameter 2" or "parameter 2, element [0][7]". */
#define LYGER_PLACE_SIZE (LYGER_PARAM_LABEL_SIZE + 32 + LYGER_PARAM_DEPTH * 22)
const char *lyger_param_place_text(const lyger_param_place *place, char text[LYGER_PLACE_SIZE]);

typedef enum lyger_time_style {
    LYGER_TIME_SQL,  /* 2024-02-29 12:30:00.5+01:00, years before 1 with " BC" */
    LYGER_TIME_JSON, /* 2024-02-29T12:30:00.5+01:00, years as in LYGER_TIME_SQL */
    LYGER_TIME_UTC,  /* 2024-02-29 11:30:00.5+00:00, of the years 0 to 9999 */
} lyger_time_style;

/* A LYGER_PARAM_TIME as text; microseconds are left out when they are 0, and are six digits otherwise. 0 when
 * the style has no such year. */
#define LYGER_TIME_SIZE 64
size_t lyger_param_time_text(const lyger_param *param, lyger_time_style style, char text[LYGER_TIME_SIZE]);

#endif
