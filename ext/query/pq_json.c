#include "pq_json.h"

/* ---- scalars ---- */

static lyger_pq_outcome from_json(lyger_json_outcome outcome)
{
    switch (outcome) {
    case LYGER_JSON_OK:
        return LYGER_PQ_OK;
    case LYGER_JSON_FULL:
        return LYGER_PQ_FULL;
    default:
        return LYGER_PQ_BAD_UTF8;
    }
}

static lyger_pq_outcome from_bool(bool ok)
{
    return ok ? LYGER_PQ_OK : LYGER_PQ_FULL;
}

static lyger_pq_outcome put_text(const char *text, size_t len, lyger_sink *sink, size_t *bad)
{
    return from_json(lyger_json_put_string(sink, text, len, bad));
}

/* Whether a double keeps every digit of a JSON number: whole numbers up to 2^53, others up to 15 significant
 * digits (IEEE 754 binary64: DBL_DIG) within a range that no exponent leaves. */
static bool double_keeps(const char *text, size_t len)
{
    size_t at = text[0] == '-', digits = 0, zeros = 0, whole = 0;
    uint64_t value = 0;
    bool point = false;
    for (; at < len; at++) {
        char c = text[at];
        if (c == '.') {
            point = true;
            continue;
        }
        if (c < '0' || c > '9') {
            return false; /* an exponent: numeric and bigint never have one */
        }
        whole += !point;
        value = whole <= 18 ? value * 10 + (uint64_t)(c - '0') : value;
        zeros = c == '0' ? zeros + 1 : 0;
        digits += digits > 0 || c != '0';
    }
    size_t significant = digits - (digits > 0 ? zeros : 0);
    if (!point && whole <= 18) {
        return value <= UINT64_C(1) << 53;
    }
    return significant <= 15 && len < 300;
}

static lyger_pq_outcome put_number(const char *text, size_t len, lyger_number_style style, lyger_sink *sink,
                                   size_t *bad)
{
    bool raw = style != LYGER_STRING && lyger_json_is_number(text, len) &&
               (style != LYGER_AUTO || double_keeps(text, len));
    return raw ? from_bool(lyger_sink_put(sink, text, len)) : put_text(text, len, sink, bad);
}

/* Whether text ends in a time zone of hours only, "+02" or "-11", before at[0..end). */
static bool short_zone(const char *text, size_t end)
{
    return end >= 3 && (text[end - 3] == '+' || text[end - 3] == '-');
}

/*
 * DateStyle ISO to XSD style (the server's EncodeDateTime, USE_XSD_DATES): 'T' between date and time, and
 * minutes in the time zone always. "infinity" has neither. A " BC" stays behind.
 */
static lyger_pq_outcome put_timestamp(const char *text, size_t len, bool zone, lyger_sink *sink, size_t *bad)
{
    const char *gap = memchr(text, ' ', len);
    if (!gap) {
        return put_text(text, len, sink, bad);
    }
    size_t date = (size_t)(gap - text);
    const char *era = memchr(gap + 1, ' ', len - date - 1);
    size_t end = era ? (size_t)(era - text) : len;
    lyger_json_outcome outcome = LYGER_JSON_OK;
    bool ok = lyger_sink_put_char(sink, '"');
    if (ok) {
        outcome = lyger_json_put_escaped(sink, text, date, bad);
        ok = outcome == LYGER_JSON_OK && lyger_sink_put_char(sink, 'T');
    }
    if (ok) {
        outcome = lyger_json_put_escaped(sink, gap + 1, end - date - 1, bad);
        ok = outcome == LYGER_JSON_OK;
        ok = ok && (!zone || !short_zone(gap + 1, end - date - 1) || lyger_sink_put_literal(sink, ":00"));
    }
    if (ok) {
        outcome = lyger_json_put_escaped(sink, text + end, len - end, bad);
        ok = outcome == LYGER_JSON_OK && lyger_sink_put_char(sink, '"');
    }
    return outcome == LYGER_JSON_OK ? from_bool(ok) : from_json(outcome);
}

static lyger_pq_outcome put_json(const char *text, size_t len, lyger_sink *sink, size_t *bad)
{
    if (len == 0) {
        return put_text(text, len, sink, bad); /* no JSON, and nothing a server would send */
    }
    *bad = lyger_utf8_valid(text, len);
    return *bad != len ? LYGER_PQ_BAD_UTF8 : from_bool(lyger_sink_put(sink, text, len));
}

static lyger_pq_outcome put_scalar(lyger_pq_kind kind, const lyger_query_options *options, const char *text,
                                   size_t len, lyger_sink *sink, size_t *bad)
{
    switch (kind) {
    case LYGER_PQ_BOOL:
        if (len == 1 && *text == 't') {
            return from_bool(lyger_sink_put_literal(sink, "true"));
        }
        return from_bool(lyger_sink_put_literal(sink, "false"));
    case LYGER_PQ_NUMBER:
        return put_number(text, len, LYGER_NUMBER, sink, bad);
    case LYGER_PQ_BIGINT:
        return put_number(text, len, options->bigint, sink, bad);
    case LYGER_PQ_NUMERIC:
        return put_number(text, len, options->numeric, sink, bad);
    case LYGER_PQ_TIMESTAMP:
        return put_timestamp(text, len, false, sink, bad);
    case LYGER_PQ_TIMESTAMPTZ:
        return put_timestamp(text, len, true, sink, bad);
    case LYGER_PQ_JSON:
        return put_json(text, len, sink, bad);
    default:
        return put_text(text, len, sink, bad);
    }
}

/* ---- arrays ---- */

#define MOST_DIMENSIONS 6 /* MAXDIM of the server */

typedef struct array {
    const char *text, *at, *end;
    const lyger_pq_type *type;
    const lyger_query_options *options;
    lyger_sink *sink;
    lyger_buffer *scratch;
    size_t *bad;
} array;

/* Manual 8.15.6: "[2:4]={…}" where a lower bound is not 1. */
static bool skip_bounds(array *array)
{
    if (array->at == array->end || *array->at != '[') {
        return true;
    }
    const char *equals = memchr(array->at, '=', (size_t)(array->end - array->at));
    if (!equals) {
        return false;
    }
    array->at = equals + 1;
    return true;
}

/* "…" with a backslash before a quote or a backslash. */
static lyger_pq_outcome put_quoted_element(array *array)
{
    lyger_sink *text = &array->scratch->sink;
    lyger_buffer_reset(array->scratch);
    size_t start = (size_t)(++array->at - array->text);
    while (array->at < array->end && *array->at != '"') {
        array->at += *array->at == '\\';
        if (array->at == array->end) {
            return LYGER_PQ_BAD_ARRAY;
        }
        if (!lyger_sink_put_char(text, *array->at++)) {
            return LYGER_PQ_FULL;
        }
    }
    if (array->at == array->end) {
        return LYGER_PQ_BAD_ARRAY;
    }
    array->at++;
    lyger_pq_outcome outcome =
        put_scalar(array->type->kind, array->options, array->scratch->start ? array->scratch->start : "",
                   lyger_buffer_length(array->scratch), array->sink, array->bad);
    *array->bad = start; /* offsets in the unescaped element mean nothing to the reader */
    return outcome;
}

static bool is_null(const char *text, size_t len)
{
    return len == 4 && (text[0] | 32) == 'n' && (text[1] | 32) == 'u' && (text[2] | 32) == 'l' &&
           (text[3] | 32) == 'l';
}

static lyger_pq_outcome put_bare_element(array *array)
{
    const char *start = array->at;
    while (array->at < array->end && *array->at != array->type->delimiter && *array->at != '}' &&
           *array->at != '{' && *array->at != '"' && *array->at != '\\') {
        array->at++;
    }
    size_t len = (size_t)(array->at - start);
    if (len == 0) {
        return LYGER_PQ_BAD_ARRAY;
    }
    if (is_null(start, len)) {
        return from_bool(lyger_sink_put_literal(array->sink, "null"));
    }
    lyger_pq_outcome outcome =
        put_scalar(array->type->kind, array->options, start, len, array->sink, array->bad);
    *array->bad = (size_t)(start - array->text);
    return outcome;
}

/* What may follow an element: the delimiter, or as many closing braces as are open. */
static lyger_pq_outcome after_element(array *array, int *depth, bool *another)
{
    *another = false;
    while (array->at < array->end && *array->at == '}' && *depth > 0) {
        array->at++;
        --*depth;
        if (!lyger_sink_put_char(array->sink, ']')) {
            return LYGER_PQ_FULL;
        }
    }
    if (*depth == 0) {
        return array->at == array->end ? LYGER_PQ_OK : LYGER_PQ_BAD_ARRAY;
    }
    if (array->at == array->end || *array->at != array->type->delimiter) {
        return LYGER_PQ_BAD_ARRAY;
    }
    array->at++;
    *another = true;
    return from_bool(lyger_sink_put_char(array->sink, ','));
}

static lyger_pq_outcome put_array(array *array)
{
    int depth = 0;
    bool another = true;
    if (!skip_bounds(array) || array->at == array->end || *array->at != '{') {
        return LYGER_PQ_BAD_ARRAY;
    }
    if (array->end - array->at == 2 && array->at[1] == '}') {
        return from_bool(lyger_sink_put_literal(array->sink, "[]"));
    }
    while (another) {
        for (; array->at < array->end && *array->at == '{'; array->at++) {
            if (++depth > MOST_DIMENSIONS) {
                return LYGER_PQ_BAD_ARRAY;
            }
            if (!lyger_sink_put_char(array->sink, '[')) {
                return LYGER_PQ_FULL;
            }
        }
        bool quoted = array->at < array->end && *array->at == '"';
        lyger_pq_outcome outcome = quoted ? put_quoted_element(array) : put_bare_element(array);
        if (outcome == LYGER_PQ_OK) {
            outcome = after_element(array, &depth, &another);
        }
        if (outcome != LYGER_PQ_OK) {
            return outcome;
        }
    }
    return LYGER_PQ_OK;
}

/* int2vector and oidvector: elements between spaces. */
static lyger_pq_outcome put_vector(array *array)
{
    bool ok = lyger_sink_put_char(array->sink, '[');
    while (ok && array->at < array->end) {
        const char *space = memchr(array->at, ' ', (size_t)(array->end - array->at));
        const char *stop = space ? space : array->end;
        if (stop == array->at || (space && space + 1 == array->end)) {
            return LYGER_PQ_BAD_ARRAY; /* nothing before or behind a space */
        }
        lyger_pq_outcome outcome = put_scalar(array->type->kind, array->options, array->at,
                                              (size_t)(stop - array->at), array->sink, array->bad);
        if (outcome != LYGER_PQ_OK) {
            return outcome;
        }
        ok = !space || lyger_sink_put_char(array->sink, ',');
        array->at = space ? space + 1 : array->end;
    }
    return from_bool(ok && lyger_sink_put_char(array->sink, ']'));
}

lyger_pq_outcome lyger_pq_write(const lyger_pq_type *type, const lyger_query_options *options,
                                const char *text, size_t len, lyger_sink *sink, lyger_buffer *scratch,
                                size_t *bad)
{
    if (!type->delimiter) {
        return put_scalar(type->kind, options, text, len, sink, bad);
    }
    array array = {text, text, text + len, type, options, sink, scratch, bad};
    return type->delimiter == ' ' ? put_vector(&array) : put_array(&array);
}
