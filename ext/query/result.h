/*
 * Inside the query room: what every result shares, and the row store of results that were stepped through.
 *
 * lyger_rows describes the columns and writes the frame of the JSON: keys are escaped once and copied for
 * each row. lyger_result is the head of every result; a backend embeds it and supplies two functions.
 */
#ifndef LYGER_QUERY_RESULT_H
#define LYGER_QUERY_RESULT_H

#include "query.h"

typedef struct lyger_rows {
    lyger_column *columns; /* owned, with their texts */
    size_t count;
    bool arrays;      /* rows without names */
    size_t *key_ends; /* where each column's key ends in keys; NULL until lyger_rows_begin() */
    lyger_buffer keys;
    uint64_t row;   /* the row being written, from 1 */
    uint64_t first; /* how many rows come before the first one that is written */
} lyger_rows;

/* An empty description of count columns. LYGER_E_MEMORY leaves rows freed. */
lyger_status lyger_rows_init(lyger_rows *rows, size_t count, bool arrays, lyger_error *error);

/* Copies a column's name and type. */
lyger_status lyger_rows_column(lyger_rows *rows, size_t column, const char *name, const char *type,
                               lyger_error *error);

void lyger_rows_free(lyger_rows *rows);

/* Writes '['; makes the keys on first use. first: how many rows are left out. */
lyger_status lyger_rows_begin(lyger_rows *rows, uint64_t first, lyger_sink *sink, lyger_error *error);

/* Begins a row: writes what separates it from the row before. */
bool lyger_rows_next(lyger_rows *rows, lyger_sink *sink);

/* Writes what stands before a column's value: separator and key. */
static inline bool lyger_rows_key(const lyger_rows *rows, size_t column, lyger_sink *sink)
{
    size_t start = column > 0 ? rows->key_ends[column - 1] : 0;
    return lyger_sink_put(sink, rows->keys.start + start, rows->key_ends[column] - start);
}

static inline bool lyger_rows_close(const lyger_rows *rows, lyger_sink *sink)
{
    return lyger_sink_put_char(sink, rows->arrays ? ']' : '}');
}

/* Writes ']'. */
bool lyger_rows_end(lyger_rows *rows, lyger_sink *sink);

/* Errors of a value that is being written. */
lyger_status lyger_rows_bad_text(const lyger_rows *rows, size_t column, size_t offset, lyger_error *error);
lyger_status lyger_sink_is_full(lyger_error *error);

/* Which rows are written: those from `first` (counted from 0) to before `end`, as far as there are any. */
typedef struct lyger_window {
    uint64_t first, end;
} lyger_window;

#define LYGER_WHOLE ((lyger_window){0, UINT64_MAX})

typedef struct lyger_result_ops {
    lyger_status (*write_json)(lyger_result *result, lyger_window window, lyger_sink *sink,
                               lyger_error *error);
    void (*destroy)(lyger_result *result); /* frees everything but `rows`, and then the result itself */
    lyger_status (*await)(lyger_result *result,
                          lyger_error *error); /* NULL when results of this kind are never pending */
    /* Reads one row; the caller has checked that there is one. */
    void (*read)(lyger_result *result, lyger_cursor *cursor, lyger_value *values);
} lyger_result_ops;

/* Writes a part of the rows as a JSON array. */
lyger_status lyger_result_write_window(lyger_result *result, lyger_window window, lyger_sink *sink,
                                       lyger_error *error);

struct lyger_result {
    const lyger_result_ops *ops;
    lyger_query_options options;
    lyger_rows rows;
    lyger_result_facts facts; /* facts.columns are rows.columns */
    uint64_t counted;         /* bytes that lyger_result_count() has counted, plus 1; 0: none */
};

/* budget.c: says how many bytes the rows of a result take, and that they are given up. */
void lyger_result_count(lyger_result *result, uint64_t bytes);
void lyger_result_uncount(lyger_result *result);

/* LYGER_E_QUERY when results hold more than they may, with this one. */
lyger_status lyger_result_admit(const lyger_result *result, lyger_error *error);

/* Writes a value of the row that lyger_rows_next() began. */
lyger_status lyger_value_write(const lyger_rows *rows, size_t column, const lyger_value *value,
                               lyger_number_style bigint, lyger_sink *sink, lyger_error *error);

/* A result whose values are copied into blocks of memory. */
typedef struct lyger_stored_result lyger_stored_result;

/* NULL when out of memory. Its rows are initialised by the caller through lyger_stored_base(). */
lyger_stored_result *lyger_stored_new(const lyger_query_options *options);
lyger_result *lyger_stored_base(lyger_stored_result *stored);

/* Appends the next value in order of columns and rows; false when out of memory. */
bool lyger_stored_add(lyger_stored_result *stored, const lyger_value *value);

/* Says that all rows are in. tag is copied. */
lyger_status lyger_stored_finish(lyger_stored_result *stored, uint64_t rows, uint64_t affected,
                                 const char *tag, lyger_error *error);

#endif
