/*
 * Any list as an array's literal: what lyger_pq_put_list() writes, the project's own parser of arrays
 * (pq_json.c) reads as the same elements, and what it refuses is no box.
 */
#include "query/params.h"
#include "query/pq/pq_json.h"
#include "query/pq/pq_param.h"

#include <stdlib.h>

#define TEXT_ARRAY 1009 /* _text, pg_type.dat */
#define MOST 256

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

typedef struct source {
    const uint8_t *at, *end;
    lyger_param params[MOST];
    size_t used;
} source;

static unsigned take(source *source)
{
    return source->at < source->end ? *source->at++ : 0;
}

static void make(source *source, lyger_param *param, int depth);

static void make_list(source *source, lyger_param *param, int depth)
{
    size_t count = take(source) % 5;
    count = count > MOST - source->used ? 0 : count;
    param->type = LYGER_PARAM_LIST;
    param->list.items = source->params + source->used;
    param->list.count = count;
    source->used += count;
    for (size_t i = 0; i < count; i++) {
        make(source, (lyger_param *)&param->list.items[i], depth + 1);
    }
}

static void make_text(source *source, lyger_param *param)
{
    size_t len = take(source) % 16, left = (size_t)(source->end - source->at);
    len = len > left ? left : len;
    char *copy = malloc(len + 1); /* its end is where ASan looks */
    memcpy(copy, source->at, len);
    copy[len] = '\0';
    source->at += len;
    param->type = LYGER_PARAM_TEXT;
    param->text.bytes = copy;
    param->text.len = len;
}

static void make(source *source, lyger_param *param, int depth)
{
    unsigned kind = take(source) % 8;
    uint64_t bits = 0;
    *param = (lyger_param){.type = LYGER_PARAM_NULL};
    if (depth <= LYGER_LIST_DEPTH && (depth == 0 || kind > 4)) {
        make_list(source, param, depth);
    } else if (kind == 1) {
        param->type = LYGER_PARAM_BOOL;
        param->boolean = take(source) & 1;
    } else if (kind == 2 || kind == 3) {
        for (int i = 0; i < 8; i++) {
            bits = bits << 8 | take(source);
        }
        param->type = kind == 2 ? LYGER_PARAM_INT : LYGER_PARAM_FLOAT;
        memcpy(kind == 2 ? (void *)&param->integer : (void *)&param->real, &bits, sizeof bits);
    } else if (kind >= 4) {
        make_text(source, param);
    }
}

/* The JSON that text[] gives for it; *bad: a text is not UTF-8. */
static void expect(const lyger_param *param, lyger_sink *sink, bool *bad)
{
    char number[LYGER_PQ_NUMBER_SIZE];
    size_t offset;
    if (param->type == LYGER_PARAM_LIST) {
        require(lyger_sink_put_char(sink, '['));
        for (size_t i = 0; i < param->list.count; i++) {
            require(i == 0 || lyger_sink_put_char(sink, ','));
            expect(&param->list.items[i], sink, bad);
        }
        require(lyger_sink_put_char(sink, ']'));
        return;
    }
    const char *text = lyger_pq_param_text(param, number);
    size_t len = param->type == LYGER_PARAM_TEXT ? param->text.len : text ? strlen(text) : 0;
    if (!text) {
        require(lyger_sink_put_literal(sink, "null"));
    } else {
        *bad = *bad || lyger_json_put_string(sink, text, len, &offset) != LYGER_JSON_OK;
    }
}

/* Written another way than the writer's: two neighbours must look alike. Around the list are depth others. */
static bool is_box(const lyger_param *param, int depth)
{
    const lyger_param *items = param->list.items;
    if (param->type != LYGER_PARAM_LIST) {
        return true;
    }
    if (depth == LYGER_LIST_DEPTH) {
        return false;
    }
    for (size_t i = 0; i < param->list.count; i++) {
        if (!is_box(&items[i], depth + 1)) {
            return false;
        }
        const lyger_param *a = &items[i > 0 ? i - 1 : 0], *b = &items[i];
        while (a->type == LYGER_PARAM_LIST && b->type == LYGER_PARAM_LIST && a->list.count == b->list.count &&
               a->list.count > 0) {
            a = a->list.items;
            b = b->list.items;
        }
        if ((a->type == LYGER_PARAM_LIST) != (b->type == LYGER_PARAM_LIST) ||
            (a->type == LYGER_PARAM_LIST && a->list.count != b->list.count)) {
            return false;
        }
    }
    return true;
}

static bool has_elements(const lyger_param *param)
{
    return param->type != LYGER_PARAM_LIST || (param->list.count > 0 && has_elements(param->list.items));
}

static void compare(const lyger_param *list, const char *literal, size_t len)
{
    static const lyger_query_options options;
    lyger_buffer json, expected;
    lyger_pq_scratch scratch;
    size_t offset;
    bool bad = false;
    lyger_buffer_init(&json, &lyger_malloc_allocator);
    lyger_buffer_init(&expected, &lyger_malloc_allocator);
    lyger_pq_scratch_init(&scratch);
    lyger_pq_outcome outcome =
        lyger_pq_write(lyger_pq_type_of(TEXT_ARRAY), &options, literal, len, &json.sink, &scratch, &offset);
    if (has_elements(list)) {
        expect(list, &expected.sink, &bad);
    } else {
        require(lyger_sink_put_literal(&expected.sink, "[]"));
    }
    require(outcome == (bad ? LYGER_PQ_BAD_UTF8 : LYGER_PQ_OK));
    size_t size = lyger_buffer_length(&expected);
    require(bad || (lyger_buffer_length(&json) == size && memcmp(json.start, expected.start, size) == 0));
    lyger_buffer_free(&json);
    lyger_buffer_free(&expected);
    lyger_pq_scratch_free(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    source source = {.at = data, .end = data + size};
    lyger_param list;
    lyger_error error;
    lyger_buffer literal;
    make(&source, &list, 0);
    if (lyger_params_check(&list, 1, &error) == LYGER_OK) {
        lyger_buffer_init(&literal, &lyger_malloc_allocator);
        lyger_status status =
            lyger_pq_put_list(&list, 0, (lyger_pq_array){',', false}, &literal.sink, &error);
        require(status == (is_box(&list, 0) ? LYGER_OK : LYGER_E_ARGUMENT));
        if (status == LYGER_OK) {
            size_t len = lyger_buffer_length(&literal) - 1;
            require(strlen(literal.start) == len);
            compare(&list, literal.start, len);
        }
        lyger_buffer_free(&literal);
    }
    for (size_t i = 0; i < source.used; i++) {
        if (source.params[i].type == LYGER_PARAM_TEXT) {
            free((char *)source.params[i].text.bytes);
        }
    }
    return 0;
}
