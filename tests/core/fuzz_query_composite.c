/*
 * Composite types, arrays and scalars in each other, of a shape that the first bytes choose. The rest is, by
 * the first byte, either any text, which must not be read outside of and becomes JSON or an error; or it
 * chooses values, which are written here as record_out and array_out do (the rules of manual 8.15.6
 * and 8.16.6) and must come out as the JSON that is made beside.
 */
#include "json_check.h"

#include "query/pq/pq_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define TYPES_MOST 40
#define FIELDS_MOST 4

typedef struct node {
    lyger_pq_type type;
    lyger_pq_shape shape;
    lyger_pq_field fields[FIELDS_MOST];
} node;

typedef struct input {
    const uint8_t *at, *end;
    node nodes[TYPES_MOST];
    int used;
} input;

static unsigned next_byte(input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

static const lyger_pq_type *make_type(input *input, int depth)
{
    static const lyger_pq_kind scalars[] = {LYGER_PQ_TEXT, LYGER_PQ_NUMBER, LYGER_PQ_BOOL, LYGER_PQ_BIGINT,
                                            LYGER_PQ_TIMESTAMPTZ};
    static const char *const keys[FIELDS_MOST] = {"\"a\":", "\"b\\\"\":", "\"\":", "\"d\":"};
    unsigned choice = depth > 6 || input->used > TYPES_MOST - 8 ? 0 : next_byte(input) % 8;
    node *node = &input->nodes[input->used++];
    *node = (struct node){.type = {.oid = 1, .name = ""}};
    if (choice < 3) { /* a scalar, or an array of them */
        node->type.kind = scalars[next_byte(input) % 5];
        node->type.delimiter = choice == 2 ? ',' : 0;
    } else if (choice < 5) {
        const lyger_pq_type *element = make_type(input, depth + 1);
        node->type.kind = element->kind;
        node->type.delimiter = next_byte(input) % 4 ? ',' : ';';
        node->shape.element = element;
        node->type.shape = &node->shape;
    } else {
        node->type.kind = LYGER_PQ_COMPOSITE;
        node->shape.fields = node->fields;
        node->shape.field_count = next_byte(input) % (FIELDS_MOST + 1);
        node->type.shape = &node->shape;
        for (size_t i = 0; i < node->shape.field_count; i++) {
            const lyger_pq_type *type =
                input->used < TYPES_MOST ? make_type(input, depth + 1) : lyger_pq_type_of(25);
            node->fields[i] = (lyger_pq_field){type, keys[i], strlen(keys[i])};
        }
    }
    return &node->type;
}

/* ---- values, and what they must become ---- */

static void put(lyger_buffer *to, const char *text, size_t len)
{
    if (len > 0 && !lyger_sink_put(&to->sink, text, len)) {
        abort();
    }
}

static void put_scalar(input *input, lyger_pq_kind kind, lyger_buffer *text, lyger_buffer *json)
{
    static const char letters[] = "\"\\(){},; aNULnul'";
    char value[8];
    unsigned len;
    switch (kind) {
    case LYGER_PQ_BOOL:
        len = next_byte(input) % 2;
        put(text, len ? "t" : "f", 1);
        put(json, len ? "true" : "false", len ? 4 : 5);
        return;
    case LYGER_PQ_NUMBER:
    case LYGER_PQ_BIGINT:
        len = (unsigned)snprintf(value, sizeof value, "%d", (int)next_byte(input) - 128);
        put(text, value, len);
        put(json, value, len);
        return;
    case LYGER_PQ_TIMESTAMPTZ:
        put(text, "2020-01-02 03:04:05+00", 22);
        put(json, "\"2020-01-02T03:04:05+00:00\"", 27);
        return;
    default:
        len = next_byte(input) % 6;
        put(json, "\"", 1);
        for (unsigned i = 0; i < len; i++) {
            char letter = letters[next_byte(input) % (sizeof letters - 1)];
            put(text, &letter, 1);
            put(json, "\\", letter == '"' || letter == '\\');
            put(json, &letter, 1);
        }
        put(json, "\"", 1);
    }
}

static bool needs_quotes(const char *text, size_t len, const char *special)
{
    bool null = len == 4 && strncasecmp(text, "NULL", 4) == 0;
    return len == 0 || (null && special[0] == '{') || strcspn(text, special) < len;
}

/* A part of an array, escaped with backslashes, or of a composite, by doubling. */
static void put_part(lyger_buffer *to, lyger_buffer *part, const char *special)
{
    size_t len = lyger_buffer_length(part);
    put(part, "", 1);
    bool quoted = needs_quotes(part->start, len, special);
    put(to, "\"", quoted);
    for (size_t i = 0; i < len; i++) {
        char byte = part->start[i];
        put(to, special[0] == '(' ? &byte : "\\", byte == '"' || byte == '\\');
        put(to, &byte, 1);
    }
    put(to, "\"", quoted);
    lyger_buffer_free(part);
}

static void put_value(input *input, const lyger_pq_type *type, lyger_buffer *text, lyger_buffer *json);

static void put_array(input *input, const lyger_pq_type *type, lyger_buffer *text, lyger_buffer *json)
{
    char special[] = "{}\"\\ ,";
    unsigned count = next_byte(input) % 4;
    special[5] = type->delimiter;
    put(text, "[0:2]={", count == 3 ? 6 : 0);
    put(text, "{", 1);
    put(json, "[", 1);
    for (unsigned i = 0; i < count; i++) {
        lyger_buffer part;
        lyger_buffer_init(&part, &lyger_malloc_allocator);
        put(text, &type->delimiter, i > 0);
        put(json, ",", i > 0);
        if (next_byte(input) % 4 == 0) {
            put(text, "NULL", 4);
            put(json, "null", 4);
            continue;
        }
        if (type->shape) {
            put_value(input, type->shape->element, &part, json);
        } else {
            put_scalar(input, type->kind, &part, json);
        }
        put_part(text, &part, special);
    }
    put(text, "}", 1);
    put(json, "]", 1);
}

static void put_value(input *input, const lyger_pq_type *type, lyger_buffer *text, lyger_buffer *json)
{
    if (type->delimiter) {
        put_array(input, type, text, json);
        return;
    }
    if (type->kind != LYGER_PQ_COMPOSITE) {
        put_scalar(input, type->kind, text, json);
        return;
    }
    put(text, "(", 1);
    put(json, "{", 1);
    for (size_t i = 0; i < type->shape->field_count; i++) {
        lyger_buffer part;
        lyger_buffer_init(&part, &lyger_malloc_allocator);
        put(text, ",", i > 0);
        put(json, ",", i > 0);
        put(json, type->shape->fields[i].key, type->shape->fields[i].key_len);
        if (next_byte(input) % 4 == 0) {
            put(json, "null", 4);
            continue;
        }
        put_value(input, type->shape->fields[i].type, &part, json);
        put_part(text, &part, "(),\"\\ ");
    }
    put(text, ")", 1);
    put(json, "}", 1);
}

static void check_any_text(const lyger_pq_type *type, const char *text, size_t len)
{
    const lyger_query_options options = {0};
    lyger_pq_scratch scratch;
    lyger_buffer out;
    size_t bad = 0;
    lyger_pq_scratch_init(&scratch);
    lyger_buffer_init(&out, &lyger_malloc_allocator);
    lyger_pq_outcome outcome = lyger_pq_write(type, &options, text, len, &out.sink, &scratch, &bad);
    size_t made = lyger_buffer_length(&out);
    if (outcome == LYGER_PQ_FULL || outcome == LYGER_PQ_UNKNOWN ||
        (outcome == LYGER_PQ_BAD_UTF8 && bad >= len) ||
        (outcome == LYGER_PQ_OK &&
         (!is_json(out.start, made) || lyger_utf8_valid(out.start, made) != made))) {
        abort();
    }
    lyger_buffer_free(&out);
    lyger_pq_scratch_free(&scratch);
}

static void check_value(input *input, const lyger_pq_type *type)
{
    const lyger_query_options options = {0};
    lyger_pq_scratch scratch;
    lyger_buffer out, text, json;
    size_t bad = 0;
    lyger_pq_scratch_init(&scratch);
    lyger_buffer_init(&out, &lyger_malloc_allocator);
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    lyger_buffer_init(&json, &lyger_malloc_allocator);
    put(&text, "", 1); /* so that there is memory */
    lyger_buffer_reset(&text);
    put_value(input, type, &text, &json);
    lyger_pq_outcome outcome =
        lyger_pq_write(type, &options, text.start, lyger_buffer_length(&text), &out.sink, &scratch, &bad);
    if (outcome != LYGER_PQ_OK || lyger_buffer_length(&out) != lyger_buffer_length(&json) ||
        memcmp(out.start, json.start, lyger_buffer_length(&out)) != 0) {
        fprintf(stderr, "text     %.*s\nexpected %.*s\ngot %d    %.*s\n", (int)lyger_buffer_length(&text),
                text.start, (int)lyger_buffer_length(&json), json.start, outcome,
                (int)lyger_buffer_length(&out), out.start ? out.start : "");
        abort();
    }
    lyger_buffer_free(&out);
    lyger_buffer_free(&text);
    lyger_buffer_free(&json);
    lyger_pq_scratch_free(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input *input = calloc(1, sizeof *input);
    input->at = data;
    input->end = data + size;
    bool any = next_byte(input) % 2;
    const lyger_pq_type *type = make_type(input, 0);
    if (any) {
        size_t len = (size_t)(input->end - input->at);
        char *text = malloc(len ? len : 1);
        memcpy(text, input->at, len);
        check_any_text(type, text, len);
        free(text);
    } else {
        check_value(input, type);
    }
    free(input);
    return 0;
}
