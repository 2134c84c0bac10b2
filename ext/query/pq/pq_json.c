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
 * Writes a timestamp of DateStyle ISO in XSD style (the server's EncodeDateTime, USE_XSD_DATES): 'T' between
 * date and time, and always minutes in the time zone. "infinity" stays as it is, and so does " BC" at the
 * end.
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
        return put_text(text, len, sink, bad); /* no JSON number, and nothing a server would send */
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

/* ---- any value ---- */

lyger_pq_outcome lyger_pq_put_scalar(lyger_pq_kind kind, const lyger_query_options *options, const char *text,
                                     size_t len, lyger_sink *sink, size_t *bad)
{
    return put_scalar(kind, options, text, len, sink, bad);
}

void lyger_pq_scratch_init(lyger_pq_scratch *scratch)
{
    *scratch = (lyger_pq_scratch){.cast = NULL};
    lyger_buffer_init(&scratch->text, &lyger_malloc_allocator);
}

void lyger_pq_scratch_free(lyger_pq_scratch *scratch)
{
    lyger_buffer_free(&scratch->text);
}

lyger_pq_outcome lyger_pq_write(const lyger_pq_type *type, const lyger_query_options *options,
                                const char *text, size_t len, lyger_sink *sink, lyger_pq_scratch *scratch,
                                size_t *bad)
{
    if (!type->delimiter && type->kind < LYGER_PQ_COMPOSITE) {
        return put_scalar(type->kind, options, text, len, sink, bad);
    }
    return lyger_pq_put_nested(type, options, text, len, sink, scratch, bad);
}
