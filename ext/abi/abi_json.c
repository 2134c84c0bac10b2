#include "abi_json.h"

#include "cache/array_form.h"
#include "jsonout/jsonout.h"

#include <math.h>
#include <string.h>

/* What stands next in a stored value, of either form. */
typedef struct item {
    enum { LITERAL, STRING, ARRAY } kind;
    const char *text; /* the literal, the string's bytes */
    size_t len;
    uint64_t count; /* of an array's elements */
    bool packed;    /* the array's keys are 0, 1, 2, … and not written */
    char digits[LYGER_DOUBLE_SIZE];
} item;

typedef struct reader reader;

struct reader {
    const char *at, *end;
    /* Reads one element of an array; *index is its key when that is a number, else *name. */
    bool (*element)(reader *from, bool packed, item *name, int64_t *index, item *value);
    char closing; /* what stands behind the elements, '\0' for nothing */
    lyger_error *error;
};

static bool damaged(reader *from)
{
    lyger_fail(from->error, LYGER_E_CACHE, "the value is damaged");
    return false;
}

static bool has_no_json(reader *from, const char *what)
{
    lyger_fail(from->error, LYGER_E_CACHE, "the value holds %s, for which JSON has no form", what);
    return false;
}

static const char *take(reader *from, uint64_t len)
{
    if (len > (size_t)(from->end - from->at)) {
        damaged(from);
        return NULL;
    }
    from->at += len;
    return from->at - len;
}

static bool set_literal(item *to, const char *text)
{
    to->kind = LITERAL;
    to->text = text;
    to->len = strlen(text);
    return true;
}

static bool set_float(reader *from, item *to, double number)
{
    if (!isfinite(number)) {
        return has_no_json(from, "an infinity or NAN");
    }
    to->kind = LITERAL;
    to->text = to->digits;
    to->len = lyger_format_double_like_php(to->digits, number, true);
    return true;
}

static bool set_int(item *to, int64_t number)
{
    to->kind = LITERAL;
    to->text = to->digits;
    to->len = lyger_format_int(to->digits, number);
    return true;
}

/* ---- the flat form ---- */

static const char *take_words(reader *from, uint64_t len)
{
    return len > (size_t)(from->end - from->at) ? take(from, len) : take(from, aligned_to_word((size_t)len));
}

static bool take_flat_array(reader *from, item *value)
{
    array_head head;
    const char *bytes = take(from, sizeof head);
    if (!bytes) {
        return false;
    }
    memcpy(&head, bytes, sizeof head);
    if (head.kind > KIND_MIXED) {
        return damaged(from);
    }
    *value = (item){.kind = ARRAY, .count = head.count, .packed = head.kind == KIND_PACKED};
    return true;
}

static bool take_flat_value(reader *from, const element_head *head, item *value)
{
    double number;
    switch (head->tag & ~KEY_IS_NAME) {
    case TAG_NULL:
        return set_literal(value, "null");
    case TAG_FALSE:
        return set_literal(value, "false");
    case TAG_TRUE:
        return set_literal(value, "true");
    case TAG_INT:
        return set_int(value, (int64_t)head->payload);
    case TAG_FLOAT:
        memcpy(&number, &head->payload, sizeof number);
        return set_float(from, value, number);
    case TAG_STRING:
        *value =
            (item){.kind = STRING, .text = take_words(from, head->payload), .len = (size_t)head->payload};
        return value->text != NULL;
    case TAG_ARRAY:
        return take_flat_array(from, value);
    default:
        return damaged(from);
    }
}

static bool flat_element(reader *from, bool packed, item *name, int64_t *index, item *value)
{
    element_head head = {0};
    size_t len = packed ? PACKED_HEAD : sizeof head;
    const char *bytes = take(from, len);
    if (!bytes) {
        return false;
    }
    memcpy(&head, bytes, len);
    *name = (item){.kind = LITERAL};
    *index = (int64_t)head.key;
    if (head.tag & KEY_IS_NAME) {
        *name = (item){.kind = STRING, .text = take_words(from, head.name_len), .len = head.name_len};
        if (!name->text) {
            return false;
        }
    }
    return take_flat_value(from, &head, value);
}

/* ---- PHP's serialize() ---- */

static bool take_byte(reader *from, char byte)
{
    const char *bytes = take(from, 1);
    return bytes && (*bytes == byte || damaged(from));
}

/* The text before `until`, and passes that. */
static bool take_until(reader *from, char until, item *text)
{
    const char *end = memchr(from->at, until, (size_t)(from->end - from->at));
    if (!end) {
        return damaged(from);
    }
    *text = (item){.kind = LITERAL, .text = from->at, .len = (size_t)(end - from->at)};
    from->at = end + 1;
    return true;
}

static bool take_number(reader *from, char until, item *text, int64_t *number)
{
    if (!take_until(from, until, text)) {
        return false;
    }
    bool minus = text->len > 0 && text->text[0] == '-';
    uint64_t sum = 0;
    for (size_t i = minus; i < text->len; i++) {
        uint64_t digit = (uint64_t)(unsigned char)text->text[i] - '0';
        if (digit > 9 || __builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, digit, &sum)) {
            return damaged(from);
        }
    }
    *number = (int64_t)(minus ? 0 - sum : sum);
    return (lyger_json_is_number(text->text, text->len) && sum <= (uint64_t)INT64_MAX + minus) ||
           damaged(from);
}

/* Behind "d:": a number that JSON takes as it stands, with a point, so that it stays a float. */
static bool take_serialized_float(reader *from, item *value)
{
    if (!take_until(from, ';', value)) {
        return false;
    }
    if (value->len <= 4 && value->len >= 3 && memchr(value->text, 'N', value->len)) { /* NAN, INF, -INF */
        return has_no_json(from, "an infinity or NAN");
    }
    if (!lyger_json_is_number(value->text, value->len)) {
        return damaged(from);
    }
    bool whole = !memchr(value->text, '.', value->len) && !memchr(value->text, 'E', value->len) &&
                 !memchr(value->text, 'e', value->len);
    if (whole && value->len + 2 <= sizeof value->digits) {
        memcpy(value->digits, value->text, value->len);
        memcpy(value->digits + value->len, ".0", 2);
        value->text = value->digits;
        value->len += 2;
    }
    return true;
}

/* Behind "s:": 5:"hello"; */
static bool take_serialized_string(reader *from, item *value)
{
    item len;
    int64_t number;
    if (!take_number(from, ':', &len, &number) || !take_byte(from, '"')) {
        return false;
    }
    *value = (item){.kind = STRING, .text = take(from, (uint64_t)number), .len = (size_t)number};
    return value->text && take_byte(from, '"') && take_byte(from, ';');
}

static bool take_serialized_array(reader *from, item *value)
{
    item len;
    int64_t number;
    if (!take_number(from, ':', &len, &number) || !take_byte(from, '{')) {
        return false;
    }
    *value = (item){.kind = ARRAY, .count = (uint64_t)number};
    return true;
}

static bool take_serialized(reader *from, item *value, int64_t *number)
{
    const char *tag = take(from, 2);
    if (!tag) {
        return false;
    }
    if (tag[0] == 'N' && tag[1] == ';') {
        return set_literal(value, "null");
    }
    if (tag[1] != ':') {
        return damaged(from);
    }
    switch (tag[0]) {
    case 'b':
        if (!take_number(from, ';', value, number)) {
            return false;
        }
        return set_literal(value, *number ? "true" : "false");
    case 'i':
        return take_number(from, ';', value, number);
    case 'd':
        return take_serialized_float(from, value);
    case 's':
        return take_serialized_string(from, value);
    case 'a':
        return take_serialized_array(from, value);
    case 'O':
    case 'C':
    case 'E':
        return has_no_json(from, "an object");
    case 'r':
    case 'R':
        return has_no_json(from, "a reference");
    default:
        return damaged(from);
    }
}

static bool serialized_element(reader *from, bool packed, item *name, int64_t *index, item *value)
{
    int64_t number;
    (void)packed;
    *index = 0;
    if (from->at < from->end && *from->at != 'i' && *from->at != 's') {
        return damaged(from);
    }
    return take_serialized(from, name, index) && take_serialized(from, value, &number);
}

/* ---- JSON ---- */

static bool too_deep(reader *from, unsigned depth)
{
    if (depth > DEPTH_MAX) {
        lyger_fail(from->error, LYGER_E_CACHE, "the value's arrays are nested deeper than %d", DEPTH_MAX);
    }
    return depth > DEPTH_MAX;
}

static bool close_array(reader *from)
{
    return !from->closing || take_byte(from, from->closing);
}

static bool skip_array(reader *from, const item *array, unsigned depth)
{
    item name, value;
    int64_t index;
    if (too_deep(from, depth)) {
        return false;
    }
    for (uint64_t i = 0; i < array->count; i++) {
        if (!from->element(from, array->packed, &name, &index, &value) ||
            (value.kind == ARRAY && !skip_array(from, &value, depth + 1))) {
            return false;
        }
    }
    return close_array(from);
}

/* Whether the keys are 0, 1, 2, … in this order. What cannot be read is found when it is written. */
static bool is_list(reader ahead, const item *array, unsigned depth)
{
    lyger_error ignored;
    item name, value;
    int64_t index;
    ahead.error = &ignored;
    for (uint64_t i = 0; i < array->count && !array->packed; i++) {
        if (!ahead.element(&ahead, false, &name, &index, &value) || name.kind == STRING ||
            index != (int64_t)i || (value.kind == ARRAY && !skip_array(&ahead, &value, depth + 1))) {
            return false;
        }
    }
    return true;
}

static bool put_text(lyger_sink *sink, reader *from, const char *text, size_t len)
{
    size_t bad;
    lyger_json_outcome outcome = lyger_json_put_string(sink, text, len, &bad);
    if (outcome == LYGER_JSON_BAD_UTF8) {
        lyger_fail(from->error, LYGER_E_CACHE,
                   "the value holds text that is not UTF-8 (at byte %zu of %zu), for which JSON has no form",
                   bad, len);
    }
    return outcome == LYGER_JSON_OK;
}

static bool put_key(lyger_sink *sink, reader *from, const item *name, int64_t index)
{
    bool put = name->kind == STRING ? put_text(sink, from, name->text, name->len)
                                    : lyger_sink_put_char(sink, '"') && lyger_json_put_int(sink, index) &&
                                          lyger_sink_put_char(sink, '"');
    return put && lyger_sink_put_char(sink, ':');
}

static bool put_item(lyger_sink *sink, reader *from, const item *value, unsigned depth);

static bool put_array(lyger_sink *sink, reader *from, const item *array, unsigned depth)
{
    if (too_deep(from, depth)) {
        return false;
    }
    bool list = is_list(*from, array, depth);
    if (!lyger_sink_put_char(sink, list ? '[' : '{')) {
        return false;
    }
    for (uint64_t i = 0; i < array->count; i++) {
        item name, value;
        int64_t index;
        if (!from->element(from, array->packed, &name, &index, &value) ||
            (i > 0 && !lyger_sink_put_char(sink, ',')) || (!list && !put_key(sink, from, &name, index)) ||
            !put_item(sink, from, &value, depth)) {
            return false;
        }
    }
    return close_array(from) && lyger_sink_put_char(sink, list ? ']' : '}');
}

static bool put_item(lyger_sink *sink, reader *from, const item *value, unsigned depth)
{
    switch (value->kind) {
    case ARRAY:
        return put_array(sink, from, value, depth + 1);
    case STRING:
        return put_text(sink, from, value->text, value->len);
    default:
        return lyger_sink_put(sink, value->text, value->len);
    }
}

/* The value as the first item, and what stands behind it. */
static bool begin(reader *from, const lyger_cache_value *value, item *first)
{
    int64_t number;
    switch (value->type) {
    case LYGER_CACHE_NULL:
        return set_literal(first, "null");
    case LYGER_CACHE_BOOL:
        return set_literal(first, value->as.integer ? "true" : "false");
    case LYGER_CACHE_INT:
        return set_int(first, value->as.integer);
    case LYGER_CACHE_FLOAT:
        return set_float(from, first, value->as.number);
    case LYGER_CACHE_STRING:
        *first = (item){.kind = STRING, .text = value->bytes, .len = value->len};
        from->at = from->end;
        return true;
    case LYGER_CACHE_SERIALIZED:
        from->element = serialized_element;
        from->closing = '}';
        return take_serialized(from, first, &number);
    case LYGER_CACHE_ARRAY:
        return take_flat_array(from, first);
    default:
        lyger_fail(from->error, LYGER_E_CACHE, "the value is in a form that only PHP reads");
        return false;
    }
}

bool lyger_abi_put_json(lyger_sink *sink, const lyger_cache_value *value, lyger_error *error)
{
    bool bytes = value->type >= LYGER_CACHE_STRING;
    reader from = {.at = bytes ? value->bytes : "", .element = flat_element, .error = error};
    from.end = from.at + (bytes ? value->len : 0);
    item first;
    if (!begin(&from, value, &first) || !put_item(sink, &from, &first, 0)) {
        return false;
    }
    return from.at == from.end || damaged(&from);
}
