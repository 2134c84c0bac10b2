/*
 * Arrays and composite types, in each other to any depth: PostgreSQL's text to JSON (manual 8.15.6 and
 * 8.16.6, the server's array_out and record_out; array_to_json and composite_to_json for the JSON).
 *
 * Without its escapes a quoted part is not longer than with them, so it is unescaped in place: a value with
 * parts in parts is copied once, and every level reads what the level above has unescaped in that copy.
 */
#include "pq_json.h"

#define MOST_DIMENSIONS 6 /* MAXDIM of the server */
#define DEEPEST 64        /* types in types: quotes double at each level, so no value nests this deep */

/* What is the same for a value and its parts. */
typedef struct writing {
    const lyger_query_options *options;
    lyger_sink *sink;
    lyger_pq_scratch *scratch;
    size_t *bad;
    bool in_place; /* the text is a copy that may be changed */
} writing;

typedef struct reader {
    const writing *writing;
    const lyger_pq_type *type;
    const char *text, *at, *end;
    int depth;
} reader;

static lyger_pq_outcome put_value(const writing *writing, const lyger_pq_type *type, const char *text,
                                  size_t len, int depth);

static lyger_pq_outcome from_bool(bool ok)
{
    return ok ? LYGER_PQ_OK : LYGER_PQ_FULL;
}

/*
 * A part between quotes, without its escapes: in arrays a backslash stands before each quote and backslash,
 * in composites (`doubled`) they are doubled instead. False when there is no closing quote; *part is NULL
 * when out of memory.
 */
static bool unquote(reader *reader, bool doubled, const char **part, size_t *len)
{
    const char *at = reader->at + 1, *end = reader->end;
    lyger_buffer *buffer = &reader->writing->scratch->text;
    char *to = (char *)at; /* at is in a copy that this file made */
    if (!reader->writing->in_place) {
        lyger_buffer_reset(buffer);
        to = lyger_sink_reserve(&buffer->sink, (size_t)(end - at) + 1) ? buffer->start : NULL;
    }
    *part = to;
    while (to && at < end) {
        char byte = *at++;
        if (byte == '"') {
            if (!doubled || at == end || *at != '"') {
                reader->at = at;
                *len = (size_t)(to - *part);
                return true;
            }
            at++;
        } else if (byte == '\\') {
            if (at == end) {
                return false;
            }
            byte = *at++;
        }
        *to++ = byte;
    }
    return false;
}

/* The error gives the part's start, because offsets in an unescaped part mean nothing to its reader. */
static lyger_pq_outcome at_part(const reader *reader, const char *start, lyger_pq_outcome outcome)
{
    *reader->writing->bad = (size_t)(start - reader->text);
    return outcome;
}

/* ---- arrays ---- */

/* Manual 8.15.6: "[2:4]={…}" where a lower bound is not 1. */
static bool skip_bounds(reader *array)
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

static lyger_pq_outcome put_element(const reader *array, const char *text, size_t len)
{
    const writing *writing = array->writing;
    if (array->type->shape) {
        return put_value(writing, array->type->shape->element, text, len, array->depth);
    }
    if (array->type->kind == LYGER_PQ_UNKNOWABLE) {
        return LYGER_PQ_UNKNOWN;
    }
    return lyger_pq_put_scalar(array->type->kind, writing->options, text, len, writing->sink, writing->bad);
}

static lyger_pq_outcome put_quoted_element(reader *array)
{
    const char *start = array->at + 1, *part;
    size_t len;
    if (!unquote(array, false, &part, &len)) {
        return part ? LYGER_PQ_BAD_ARRAY : LYGER_PQ_FULL;
    }
    return at_part(array, start, put_element(array, part, len));
}

static bool is_null(const char *text, size_t len)
{
    return len == 4 && (text[0] | 32) == 'n' && (text[1] | 32) == 'u' && (text[2] | 32) == 'l' &&
           (text[3] | 32) == 'l';
}

static lyger_pq_outcome put_bare_element(reader *array)
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
        return from_bool(lyger_sink_put_literal(array->writing->sink, "null"));
    }
    return at_part(array, start, put_element(array, start, len));
}

/* What may follow an element: the delimiter, or as many closing braces as are open. */
static lyger_pq_outcome after_element(reader *array, int *braces, bool *another)
{
    *another = false;
    while (array->at < array->end && *array->at == '}' && *braces > 0) {
        array->at++;
        --*braces;
        if (!lyger_sink_put_char(array->writing->sink, ']')) {
            return LYGER_PQ_FULL;
        }
    }
    if (*braces == 0) {
        return array->at == array->end ? LYGER_PQ_OK : LYGER_PQ_BAD_ARRAY;
    }
    if (array->at == array->end || *array->at != array->type->delimiter) {
        return LYGER_PQ_BAD_ARRAY;
    }
    array->at++;
    *another = true;
    return from_bool(lyger_sink_put_char(array->writing->sink, ','));
}

static lyger_pq_outcome put_array(reader *array)
{
    lyger_sink *sink = array->writing->sink;
    int braces = 0;
    bool another = true;
    if (!skip_bounds(array) || array->at == array->end || *array->at != '{') {
        return LYGER_PQ_BAD_ARRAY;
    }
    if (array->end - array->at == 2 && array->at[1] == '}') {
        return from_bool(lyger_sink_put_literal(sink, "[]"));
    }
    while (another) {
        for (; array->at < array->end && *array->at == '{'; array->at++) {
            if (++braces > MOST_DIMENSIONS) {
                return LYGER_PQ_BAD_ARRAY;
            }
            if (!lyger_sink_put_char(sink, '[')) {
                return LYGER_PQ_FULL;
            }
        }
        bool quoted = array->at < array->end && *array->at == '"';
        lyger_pq_outcome outcome = quoted ? put_quoted_element(array) : put_bare_element(array);
        if (outcome == LYGER_PQ_OK) {
            outcome = after_element(array, &braces, &another);
        }
        if (outcome != LYGER_PQ_OK) {
            return outcome;
        }
    }
    return LYGER_PQ_OK;
}

/* int2vector and oidvector: elements between spaces. */
static lyger_pq_outcome put_vector(reader *vector)
{
    lyger_sink *sink = vector->writing->sink;
    bool ok = lyger_sink_put_char(sink, '[');
    while (ok && vector->at < vector->end) {
        const char *space = memchr(vector->at, ' ', (size_t)(vector->end - vector->at));
        const char *stop = space ? space : vector->end;
        if (stop == vector->at || (space && space + 1 == vector->end)) {
            return LYGER_PQ_BAD_ARRAY; /* nothing before or behind a space */
        }
        lyger_pq_outcome outcome = put_element(vector, vector->at, (size_t)(stop - vector->at));
        if (outcome != LYGER_PQ_OK) {
            return outcome;
        }
        ok = !space || lyger_sink_put_char(sink, ',');
        vector->at = space ? space + 1 : vector->end;
    }
    return from_bool(ok && lyger_sink_put_char(sink, ']'));
}

/* ---- composites ---- */

static lyger_pq_outcome put_bare_field(reader *composite, const lyger_pq_type *type)
{
    const char *start = composite->at;
    while (composite->at < composite->end && !memchr(",()\"\\", *composite->at, 5)) {
        composite->at++;
    }
    size_t len = (size_t)(composite->at - start);
    if (len == 0) { /* record_out: an empty text has quotes */
        return from_bool(lyger_sink_put_literal(composite->writing->sink, "null"));
    }
    return at_part(composite, start, put_value(composite->writing, type, start, len, composite->depth));
}

static lyger_pq_outcome put_quoted_field(reader *composite, const lyger_pq_type *type)
{
    const char *start = composite->at + 1, *part;
    size_t len;
    if (!unquote(composite, true, &part, &len)) {
        return part ? LYGER_PQ_BAD_COMPOSITE : LYGER_PQ_FULL;
    }
    return at_part(composite, start, put_value(composite->writing, type, part, len, composite->depth));
}

/* (1,"two words",,"") with exactly the fields of the type: a NULL is nothing, not even quotes. */
static lyger_pq_outcome put_composite(reader *composite)
{
    const lyger_pq_shape *shape = composite->type->shape;
    lyger_sink *sink = composite->writing->sink;
    if (composite->at == composite->end || *composite->at++ != '(') {
        return LYGER_PQ_BAD_COMPOSITE;
    }
    if (!lyger_sink_put_char(sink, '{')) {
        return LYGER_PQ_FULL;
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): every composite type has a shape */
    for (size_t i = 0; i < shape->field_count; i++) {
        const lyger_pq_field *field = &shape->fields[i];
        if (i > 0 && (composite->at == composite->end || *composite->at++ != ',')) {
            return LYGER_PQ_BAD_COMPOSITE;
        }
        if ((i > 0 && !lyger_sink_put_char(sink, ',')) || !lyger_sink_put(sink, field->key, field->key_len)) {
            return LYGER_PQ_FULL;
        }
        bool quoted = composite->at < composite->end && *composite->at == '"';
        lyger_pq_outcome outcome =
            quoted ? put_quoted_field(composite, field->type) : put_bare_field(composite, field->type);
        if (outcome != LYGER_PQ_OK) {
            return outcome;
        }
    }
    if (composite->end - composite->at != 1 || *composite->at != ')') {
        return LYGER_PQ_BAD_COMPOSITE;
    }
    return from_bool(lyger_sink_put_char(sink, '}'));
}

/* ---- any value ---- */

static lyger_pq_outcome put_value(const writing *writing, const lyger_pq_type *type, const char *text,
                                  size_t len, int depth)
{
    lyger_pq_scratch *scratch = writing->scratch;
    reader reader = {writing, type, text, text, text + len, depth + 1};
    if (depth > DEEPEST) {
        return LYGER_PQ_BAD_COMPOSITE;
    }
    if (type->delimiter) {
        return type->delimiter == ' ' ? put_vector(&reader) : put_array(&reader);
    }
    switch (type->kind) {
    case LYGER_PQ_COMPOSITE:
        return put_composite(&reader);
    case LYGER_PQ_CAST:
        return scratch->cast ? scratch->cast(scratch, type, text, len, writing->sink) : LYGER_PQ_UNKNOWN;
    case LYGER_PQ_UNKNOWABLE:
        return LYGER_PQ_UNKNOWN;
    default:
        return lyger_pq_put_scalar(type->kind, writing->options, text, len, writing->sink, writing->bad);
    }
}

lyger_pq_outcome lyger_pq_put_nested(const lyger_pq_type *type, const lyger_query_options *options,
                                     const char *text, size_t len, lyger_sink *sink,
                                     lyger_pq_scratch *scratch, size_t *bad)
{
    writing writing = {options, sink, scratch, bad, type->shape != NULL};
    *bad = 0;
    if (writing.in_place) {
        lyger_buffer_reset(&scratch->text);
        if (!lyger_sink_reserve(&scratch->text.sink, len + 1) ||
            !lyger_sink_put(&scratch->text.sink, text, len)) {
            return LYGER_PQ_FULL;
        }
        text = scratch->text.start;
    }
    return put_value(&writing, type, text, len, 0);
}
