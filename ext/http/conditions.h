/*
 * What a GET or HEAD asks of the representation that would answer it: preconditions, a range, codings (RFC
 * 9110, sections 12 to 14). Pure functions over a parsed head.
 */
#ifndef LYGER_HTTP_CONDITIONS_H
#define LYGER_HTTP_CONDITIONS_H

#include "message.h"

#include <time.h>

/* The value of the first field line of that name (lower case) from the index *at on, which is moved behind
 * the line; NULL when there is none. *len is the value's length. */
const char *lyger_http_next_value(const lyger_http_request *request, const char *head, const char *name,
                                  uint32_t *at, size_t *len);

/* What is known of the representation. */
typedef struct lyger_http_validators {
    const char *etag; /* a strong one with its quotes, NUL-terminated */
    time_t modified;  /* seconds since 1970, as now */
    time_t now;       /* the answer's Date */
    uint64_t size;    /* bytes of the whole */
} lyger_http_validators;

typedef struct lyger_http_range {
    uint64_t first, len; /* len is at least 1 */
} lyger_http_range;

/* 200, 206 (*range is set), 304, 412 or 416. Several ranges are answered with the whole representation, which
 * section 14.2 allows: so no client can ask for more bytes than there are, and no part has to be framed. */
int lyger_http_judge(const lyger_http_request *request, const char *head,
                     const lyger_http_validators *validators, lyger_http_range *range);

typedef enum lyger_http_ranges {
    LYGER_HTTP_RANGE_NONE = 200,          /* malformed, of another unit, or more than one: to be ignored */
    LYGER_HTTP_RANGE_ONE = 206,           /* *range is set */
    LYGER_HTTP_RANGE_UNSATISFIABLE = 416, /* the range begins behind the end */
} lyger_http_ranges;

/* Reads the value of Range for size bytes (section 14.1.2). */
lyger_http_ranges lyger_http_range_read(const char *value, size_t len, uint64_t size,
                                        lyger_http_range *range);

/* The weight in thousandths that Accept-Encoding gives a coding (lower case), its "*" included; 0: not to be
 * used, also without the field (section 12.5.3). */
uint32_t lyger_http_coding_weight(const lyger_http_request *request, const char *head, const char *coding);

#endif
