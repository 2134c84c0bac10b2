#include "conditions.h"

#include "date.h"

#include <string.h>

const char *lyger_http_next_value(const lyger_http_request *request, const char *head, const char *name,
                                  uint32_t *at, size_t *len)
{
    while (*at < request->field_count) {
        const lyger_http_field *field = &request->fields[(*at)++];
        if (lyger_http_equals_ignoring_case(head + field->name.at, field->name.len, name)) {
            *len = field->value.len;
            return head + field->value.at;
        }
    }
    return NULL;
}

/* The value of a field that may stand only once; NULL when the head has none or several. */
static const char *only_value(const lyger_http_request *request, const char *head, const char *name,
                              size_t *len)
{
    uint32_t at = 0;
    size_t other;
    const char *value = lyger_http_next_value(request, head, name, &at, len);
    return value && !lyger_http_next_value(request, head, name, &at, &other) ? value : NULL;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t';
}

static const char *skip_spaces(const char *at, const char *end)
{
    while (at < end && is_space(*at)) {
        at++;
    }
    return at;
}

/* ---- preconditions ---- */

/* Whether "*" or a list of entity tags (section 8.8.3) has this tag. A weak comparison overlooks "W/"; etag
 * is strong, so in a strong comparison a member with "W/" never equals it. A malformed list ends where it is
 * malformed. */
static bool list_has_tag(const char *at, const char *end, const char *etag, bool weak)
{
    size_t etag_len = strlen(etag);
    at = skip_spaces(at, end);
    if (at < end && *at == '*') {
        return skip_spaces(at + 1, end) == end;
    }
    while (at < end) {
        if (is_space(*at) || *at == ',') {
            at++;
            continue;
        }
        bool is_weak = end - at >= 2 && memcmp(at, "W/", 2) == 0;
        at += is_weak ? 2 : 0;
        if (at == end || *at != '"') {
            return false;
        }
        const char *close = memchr(at + 1, '"', (size_t)(end - at - 1));
        if (!close) {
            return false;
        }
        size_t len = (size_t)(close + 1 - at);
        if (len == etag_len && memcmp(at, etag, len) == 0 && (weak || !is_weak)) {
            return true;
        }
        at = skip_spaces(close + 1, end);
        if (at < end && *at != ',') {
            return false;
        }
    }
    return false;
}

/* -1 when there is no such field; otherwise whether one of the field's lines has the tag. */
static int field_has_tag(const lyger_http_request *request, const char *head, const char *name,
                         const char *etag, bool weak)
{
    uint32_t at = 0;
    size_t len;
    int found = -1;
    const char *value;
    while (found != 1 && (value = lyger_http_next_value(request, head, name, &at, &len))) {
        found = list_has_tag(value, value + len, etag, weak);
    }
    return found;
}

/* The date of a field; false when the field is missing or holds no date, and is ignored (sections 13.1.3,
 * 13.1.4). */
static bool date_of(const lyger_http_request *request, const char *head, const char *name, time_t now,
                    time_t *date)
{
    size_t len;
    const char *value = only_value(request, head, name, &len);
    return value && lyger_http_date_read(value, len, now, date);
}

/* Section 13.1.5. A date is a strong validator only when the file is a second older than the answer (section
 * 8.8.2.2), and it must equal the file's. */
static bool if_range_holds(const lyger_http_request *request, const char *head,
                           const lyger_http_validators *validators)
{
    uint32_t at = 0;
    size_t len;
    time_t date;
    if (!lyger_http_next_value(request, head, "if-range", &at, &len)) {
        return true;
    }
    const char *value = only_value(request, head, "if-range", &len);
    if (!value) {
        return false;
    }
    if (len == strlen(validators->etag) && memcmp(value, validators->etag, len) == 0) {
        return true;
    }
    return lyger_http_date_read(value, len, validators->now, &date) && date == validators->modified &&
           validators->modified < validators->now;
}

/* Judges the preconditions in the order of section 13.2.2. */
int lyger_http_judge(const lyger_http_request *request, const char *head,
                     const lyger_http_validators *validators, lyger_http_range *range)
{
    time_t date;
    int match = field_has_tag(request, head, "if-match", validators->etag, false);
    if (match == 0) {
        return 412;
    }
    if (match < 0 && date_of(request, head, "if-unmodified-since", validators->now, &date) &&
        validators->modified > date) {
        return 412;
    }
    int none_match = field_has_tag(request, head, "if-none-match", validators->etag, true);
    if (none_match == 1) {
        return 304;
    }
    if (none_match < 0 && date_of(request, head, "if-modified-since", validators->now, &date) &&
        validators->modified <= date) {
        return 304;
    }
    size_t len;
    const char *value = request->method == LYGER_HTTP_GET ? only_value(request, head, "range", &len) : NULL;
    if (value && if_range_holds(request, head, validators)) {
        return (int)lyger_http_range_read(value, len, validators->size, range);
    }
    return 200;
}

/* ---- range ---- */

/* Digits as a number, at most UINT64_MAX; false when there are none. */
static bool take_number(const char **at, const char *end, uint64_t *number)
{
    const char *start = *at;
    *number = 0;
    for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
        uint64_t digit = (uint64_t)(**at - '0');
        *number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
    }
    return *at > start;
}

lyger_http_ranges lyger_http_range_read(const char *value, size_t len, uint64_t size, lyger_http_range *range)
{
    const char *end = value + len;
    uint64_t first = 0, last = UINT64_MAX;
    if (len < 6 || !lyger_http_equals_ignoring_case(value, 5, "bytes") || value[5] != '=') {
        return LYGER_HTTP_RANGE_NONE;
    }
    const char *at = skip_spaces(value + 6, end);
    bool has_first = take_number(&at, end, &first);
    if (at == end || *at++ != '-') {
        return LYGER_HTTP_RANGE_NONE;
    }
    bool has_last = take_number(&at, end, &last);
    if (skip_spaces(at, end) != end || (!has_first && !has_last) || (has_first && has_last && last < first)) {
        return LYGER_HTTP_RANGE_NONE;
    }
    if (!has_first) { /* "-500": the last 500 bytes */
        if (last == 0) {
            return LYGER_HTTP_RANGE_UNSATISFIABLE;
        }
        if (size == 0) {
            return LYGER_HTTP_RANGE_NONE; /* satisfiable, but no Content-Range can say so */
        }
        range->len = last < size ? last : size;
        range->first = size - range->len;
        return LYGER_HTTP_RANGE_ONE;
    }
    if (first >= size) {
        return LYGER_HTTP_RANGE_UNSATISFIABLE;
    }
    last = has_last && last < size ? last : size - 1;
    range->first = first;
    range->len = last - first + 1;
    return LYGER_HTTP_RANGE_ONE;
}

/* ---- codings ---- */

/* A qvalue in thousandths (section 12.4.2): "0.5", "1.000"; a malformed one counts as 0. */
static uint32_t weight_of(const char *at, const char *end)
{
    uint32_t weight = 0, unit = 100;
    if (at == end || (*at != '0' && *at != '1')) {
        return 0;
    }
    weight = *at++ == '1' ? 1000 : 0;
    if (at < end && *at == '.') {
        for (at++; at < end && *at >= '0' && *at <= '9'; at++, unit /= 10) {
            weight += unit * (uint32_t)(*at - '0');
        }
    }
    return skip_spaces(at, end) == end && weight <= 1000 ? weight : 0;
}

/* The weight of one list member: coding [ OWS ";" OWS "q=" qvalue ]. */
static uint32_t member_weight(const char *at, const char *end)
{
    at = skip_spaces(at, end);
    if (at == end) {
        return 1000;
    }
    if (*at++ != ';') {
        return 0;
    }
    at = skip_spaces(at, end);
    return end - at >= 3 && (*at == 'q' || *at == 'Q') && at[1] == '=' ? weight_of(at + 2, end) : 0;
}

uint32_t lyger_http_coding_weight(const lyger_http_request *request, const char *head, const char *coding)
{
    uint32_t line = 0, any = 0;
    size_t len;
    const char *value;
    while ((value = lyger_http_next_value(request, head, "accept-encoding", &line, &len))) {
        const char *end = value + len;
        for (const char *at = value, *next; at < end; at = next + 1) {
            next = memchr(at, ',', (size_t)(end - at));
            next = next ? next : end;
            at = skip_spaces(at, next);
            const char *word = at;
            while (at < next && lyger_http_is_token_byte((unsigned char)*at)) {
                at++;
            }
            if (lyger_http_equals_ignoring_case(word, (size_t)(at - word), coding)) {
                return member_weight(at, next);
            }
            if (at - word == 1 && *word == '*') {
                any = member_weight(at, next);
            }
        }
    }
    return any;
}
