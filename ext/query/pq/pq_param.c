#include "pq_param.h"
#include "query/params.h"

#include <math.h>

const char *lyger_pq_param_text(const lyger_param *param, char number[LYGER_PQ_NUMBER_SIZE])
{
    size_t len;
    switch (param->type) {
    case LYGER_PARAM_BOOL:
        return param->boolean ? "true" : "false"; /* what JSON takes, too */
    case LYGER_PARAM_TEXT:
        return param->text.bytes;
    case LYGER_PARAM_INT:
        len = lyger_format_int(number, param->integer);
        break;
    case LYGER_PARAM_FLOAT:
        if (isnan(param->real)) {
            return "NaN";
        }
        if (isinf(param->real)) {
            return param->real > 0 ? "Infinity" : "-Infinity";
        }
        len = lyger_format_double(number, param->real, false);
        break;
    case LYGER_PARAM_TIME:
        len = lyger_param_time_text(param, LYGER_TIME_SQL, number);
        break;
    default:
        return NULL;
    }
    number[len] = '\0';
    return number;
}

/* ---- lists ---- */

/* The lengths of the lists at each level of nesting, taken from the first list of each level. */
typedef struct shape {
    size_t lengths[LYGER_PARAM_DEPTH];
    int depth;
    bool empty; /* no elements at all */
} shape;

static shape shape_of(const lyger_param *list)
{
    shape shape = {.depth = 0};
    while (list->type == LYGER_PARAM_LIST) {
        shape.lengths[shape.depth++] = list->list.count;
        if (list->list.count == 0) {
            shape.empty = true;
            break;
        }
        list = &list->list.items[0];
    }
    return shape;
}

static lyger_status fail_shape(const lyger_param *param, const shape *shape, const lyger_param_place *place,
                               lyger_error *error)
{
    char text[LYGER_PLACE_SIZE];
    static const char rule[] = "the lists of an array are all of one length";
    lyger_param_place_text(place, text);
    if (param->type != LYGER_PARAM_LIST) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s is no list, but the first one beside it is: %s", text,
                          rule);
    }
    if (place->depth == shape->depth) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s is a list, but the first one beside it is not: %s",
                          text, rule);
    }
    return lyger_fail(error, LYGER_E_ARGUMENT,
                      "%s is a list of %zu, but the first one beside it is of %zu: %s", text,
                      param->list.count, shape->lengths[place->depth], rule);
}

/* The server accepts only lists that are of equal length at each level (its ArrayGetNItems and array_in;
 * manual 8.15.2). */
static lyger_status check_shape(const lyger_param *param, const shape *shape, bool bytes,
                                lyger_param_place *place, lyger_error *error)
{
    char text[LYGER_PLACE_SIZE];
    bool list = param->type == LYGER_PARAM_LIST;
    if (param->type == LYGER_PARAM_MAP || (param->type == LYGER_PARAM_BYTES && !bytes)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s is %s, which this array cannot hold",
                          lyger_param_place_text(place, text),
                          param->type == LYGER_PARAM_MAP ? "an array with names" : "of bytes");
    }
    if (list && place->depth == LYGER_LIST_DEPTH) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s nests more than %d lists", place->label,
                          LYGER_LIST_DEPTH);
    }
    if (list != (place->depth < shape->depth) ||
        (list && param->list.count != shape->lengths[place->depth])) {
        return fail_shape(param, shape, place, error);
    }
    if (!list) {
        return LYGER_OK;
    }
    lyger_status status = LYGER_OK;
    place->depth++;
    for (size_t i = 0; i < param->list.count && status == LYGER_OK; i++) {
        place->at[place->depth - 1] = i;
        status = check_shape(&param->list.items[i], shape, bytes, place, error);
    }
    place->depth--;
    return status;
}

/* Writes an element always in quotes, which spares the rules of what may stand without quotes: nothing empty,
 * no NULL, no white space at an end, no brace, no delimiter (manual 8.15.6). */
static bool put_quoted(const char *text, size_t len, lyger_sink *sink)
{
    const char *end = text + len;
    bool ok = lyger_sink_put_char(sink, '"');
    while (ok && text < end) {
        const char *plain = text;
        while (text < end && *text != '"' && *text != '\\') {
            text++;
        }
        ok = lyger_sink_put(sink, plain, (size_t)(text - plain));
        if (ok && text < end) {
            ok = lyger_sink_put_char(sink, '\\') && lyger_sink_put_char(sink, *text++);
        }
    }
    return ok && lyger_sink_put_char(sink, '"');
}

/* Writes bytes in the hex format (manual 8.4.1), whose backslash is doubled in quotes. */
static bool put_bytes(const lyger_param *param, lyger_sink *sink)
{
    static const char digits[] = "0123456789abcdef";
    bool ok = lyger_sink_put_literal(sink, "\"\\\\x");
    for (size_t i = 0; i < param->text.len && ok; i++) {
        unsigned char byte = (unsigned char)param->text.bytes[i];
        const char pair[2] = {digits[byte >> 4], digits[byte & 15]};
        ok = lyger_sink_put(sink, pair, 2);
    }
    return ok && lyger_sink_put_char(sink, '"');
}

static bool put_element(const lyger_param *param, char delimiter, lyger_sink *sink)
{
    char number[LYGER_PQ_NUMBER_SIZE];
    if (param->type == LYGER_PARAM_TEXT) {
        return put_quoted(param->text.bytes, param->text.len, sink);
    }
    if (param->type == LYGER_PARAM_BYTES) {
        return put_bytes(param, sink);
    }
    if (param->type != LYGER_PARAM_LIST) {
        const char *text = lyger_pq_param_text(param, number);
        if (text && param->type == LYGER_PARAM_TIME) {
            return put_quoted(text, strlen(text), sink);
        }
        return text ? lyger_sink_put(sink, text, strlen(text)) : lyger_sink_put_literal(sink, "NULL");
    }
    bool ok = lyger_sink_put_char(sink, '{');
    for (size_t i = 0; i < param->list.count && ok; i++) {
        ok = (i == 0 || lyger_sink_put_char(sink, delimiter)) &&
             put_element(&param->list.items[i], delimiter, sink);
    }
    return ok && lyger_sink_put_char(sink, '}');
}

lyger_status lyger_pq_put_list(const lyger_param *param, size_t index, lyger_pq_array array, lyger_sink *sink,
                               lyger_error *error)
{
    shape shape = shape_of(param);
    lyger_param_place place = {.depth = 0};
    lyger_param_label(param, index, place.label);
    lyger_status status = check_shape(param, &shape, array.bytes, &place, error);
    if (status != LYGER_OK) {
        return status;
    }
    /* An array without elements has no dimensions: {{},{}} would be read as {} too. */
    bool ok = shape.empty ? lyger_sink_put_literal(sink, "{}") : put_element(param, array.delimiter, sink);
    return ok && lyger_sink_put_char(sink, '\0')
               ? LYGER_OK
               : lyger_fail(error, LYGER_E_MEMORY, "out of memory for %s", place.label);
}

/* ---- JSON ---- */

/* The writer's sink and place, and why the element at the place cannot be written. */
typedef struct json_writer {
    lyger_sink *sink;
    lyger_param_place place;
    const char *problem; /* the reason; NULL when the sink is full */
} json_writer;

static bool put_json_text(json_writer *to, const char *text, size_t len)
{
    size_t bad;
    lyger_json_outcome outcome = lyger_json_put_string(to->sink, text, len, &bad);
    to->problem = outcome == LYGER_JSON_BAD_UTF8 ? "is not UTF-8" : NULL;
    return outcome == LYGER_JSON_OK;
}

static bool put_json_scalar(json_writer *to, const lyger_param *param)
{
    char text[LYGER_PQ_NUMBER_SIZE];
    switch (param->type) {
    case LYGER_PARAM_NULL:
        return lyger_sink_put_literal(to->sink, "null");
    case LYGER_PARAM_TEXT:
        return put_json_text(to, param->text.bytes, param->text.len);
    case LYGER_PARAM_TIME:
        return put_json_text(to, text, lyger_param_time_text(param, LYGER_TIME_JSON, text));
    case LYGER_PARAM_BYTES:
        to->problem = "is of bytes, which JSON has no form for (base64_encode() makes text of them)";
        return false;
    case LYGER_PARAM_FLOAT:
        if (!isfinite(param->real)) {
            to->problem = "is a number that JSON does not have";
            return false;
        }
        break;
    default:
        break;
    }
    const char *number = lyger_pq_param_text(param, text);
    return lyger_sink_put(to->sink, number, strlen(number));
}

static bool put_json(json_writer *to, const lyger_param *param)
{
    bool map = param->type == LYGER_PARAM_MAP;
    if (!map && param->type != LYGER_PARAM_LIST) {
        return put_json_scalar(to, param);
    }
    bool ok = lyger_sink_put_char(to->sink, map ? '{' : '[');
    to->place.depth++;
    for (size_t i = 0; i < param->list.count && ok; i++) {
        const lyger_param *item = &param->list.items[i];
        to->place.at[to->place.depth - 1] = i;
        ok = i == 0 || lyger_sink_put_char(to->sink, ',');
        if (ok && map) {
            ok = put_json_text(to, item->name ? item->name : "", item->name_len) &&
                 lyger_sink_put_char(to->sink, ':');
        }
        ok = ok && put_json(to, item);
    }
    if (!ok) {
        return false; /* the place stays that of the problem */
    }
    to->place.depth--;
    return lyger_sink_put_char(to->sink, map ? '}' : ']');
}

lyger_status lyger_pq_put_json(const lyger_param *param, size_t index, lyger_sink *sink, lyger_error *error)
{
    char text[LYGER_PLACE_SIZE];
    json_writer to = {.sink = sink};
    lyger_param_label(param, index, to.place.label);
    if (put_json(&to, param) && lyger_sink_put_char(sink, '\0')) {
        return LYGER_OK;
    }
    if (to.problem) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s %s", lyger_param_place_text(&to.place, text),
                          to.problem);
    }
    return lyger_fail(error, LYGER_E_MEMORY, "out of memory for %s", to.place.label);
}
