/*
 * Fuzzes the request parser and the chunked decoder. Beyond not crashing: the result must be the same whole,
 * split in two and byte by byte; every span must lie in the head; what was accepted must hold no control
 * bytes. The first two bytes of the input choose the split.
 */
#define _GNU_SOURCE /* memmem */

#include "http/message.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const lyger_http_limits limits = {200, 600, 12};

static void demand(bool condition)
{
    if (!condition) {
        abort();
    }
}

static lyger_http_parsed parse_to(lyger_http_request *request, const char *bytes, size_t len)
{
    char *copy = malloc(len ? len : 1); /* its end is where ASan looks */
    memcpy(copy, bytes, len);
    lyger_http_parsed parsed = lyger_http_parse(request, copy, len, &limits);
    free(copy);
    return parsed;
}

static void check_span(const lyger_http_request *request, lyger_http_span span)
{
    demand((uint64_t)span.at + span.len <= request->head_len);
}

static void check_accepted(const lyger_http_request *request, const char *bytes, size_t len)
{
    demand(request->head_len <= len && request->head_len <= limits.head &&
           request->field_count <= limits.fields);
    demand(memcmp(bytes + request->head_len - 4, "\r\n\r\n", 4) == 0);
    demand(!(request->chunked && request->has_length));
    check_span(request, request->method_name);
    check_span(request, request->target);
    check_span(request, request->path);
    check_span(request, request->query);
    check_span(request, request->authority);
    for (uint32_t i = 0; i < request->field_count; i++) {
        check_span(request, request->fields[i].name);
        check_span(request, request->fields[i].value);
    }
    uint32_t ends = 0;
    for (uint32_t i = 0; i < request->head_len; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        demand(byte != 0x7F && (byte >= 0x20 || byte == '\t' || byte == '\r' || byte == '\n'));
        demand((byte == '\r') == (i + 1 < request->head_len && bytes[i + 1] == '\n'));
        ends += byte == '\n';
    }
    demand(ends == request->field_count + 2 + (bytes[0] == '\r'));
}

/* Everything up to the fields array is comparable but `searched`, which depends on the calls. */
static void check_same(lyger_http_request a, lyger_http_request b)
{
    demand(a.status == b.status && a.reason == b.reason);
    if (a.status == 0) {
        demand(a.field_count == b.field_count && a.line == b.line && a.phase == b.phase);
        demand(memcmp(a.fields, b.fields, a.field_count * sizeof *a.fields) == 0);
        demand(a.head_len == b.head_len && a.keep_alive == b.keep_alive && a.chunked == b.chunked &&
               a.content_length == b.content_length && a.path.at == b.path.at && a.path.len == b.path.len);
    }
}

static void parse_three_ways(const char *bytes, size_t len, size_t split)
{
    lyger_http_request whole, halves, single;
    lyger_http_request_init(&whole);
    lyger_http_request_init(&halves);
    lyger_http_request_init(&single);
    lyger_http_parsed parsed = parse_to(&whole, bytes, len), other = parse_to(&halves, bytes, split);
    if (other == LYGER_HTTP_MORE) {
        other = parse_to(&halves, bytes, len);
    }
    demand(parsed == other);
    check_same(whole, halves);
    other = LYGER_HTTP_MORE;
    for (size_t i = 1; i <= len && other == LYGER_HTTP_MORE; i++) {
        other = parse_to(&single, bytes, i);
    }
    demand(parsed == other);
    check_same(whole, single);
    if (parsed == LYGER_HTTP_DONE) {
        check_accepted(&whole, bytes, len);
    }
}

/* Returns how far the body went and puts its data together. */
static lyger_http_chunk decode(const char *bytes, size_t len, size_t step, char *body, size_t *body_len,
                               size_t *at)
{
    lyger_http_chunked decoder = {0};
    lyger_http_chunk chunk = LYGER_HTTP_CHUNK_MORE;
    *body_len = *at = 0;
    while (*at < len && chunk != LYGER_HTTP_CHUNK_BAD && chunk != LYGER_HTTP_CHUNK_END) {
        size_t piece = len - *at < step ? len - *at : step, data_at, used;
        chunk = lyger_http_chunked_next(&decoder, bytes + *at, piece, &data_at, &used);
        demand(data_at <= used && used <= piece && used > 0);
        if (chunk == LYGER_HTTP_CHUNK_DATA) {
            memcpy(body + *body_len, bytes + *at + data_at, used - data_at);
            *body_len += used - data_at;
        }
        *at += used;
    }
    return chunk == LYGER_HTTP_CHUNK_DATA ? LYGER_HTTP_CHUNK_MORE : chunk;
}

static void decode_two_ways(const char *bytes, size_t len, size_t step)
{
    char *first = malloc(len + 1), *second = malloc(len + 1);
    size_t first_len, second_len, first_at, second_at;
    lyger_http_chunk a = decode(bytes, len, len ? len : 1, first, &first_len, &first_at);
    lyger_http_chunk b = decode(bytes, len, step, second, &second_len, &second_at);
    demand(a == b && first_len == second_len && first_at == second_at &&
           memcmp(first, second, first_len) == 0);
    free(first);
    free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 4096) {
        return 0;
    }
    size_t choice = (size_t)data[0] << 8 | data[1];
    const char *bytes = (const char *)data + 2;
    parse_three_ways(bytes, size - 2, choice % (size - 1));
    decode_two_ways(bytes, size - 2, choice % 7 + 1);
    const char *body = memmem(bytes, size - 2, "\r\n\r\n", 4);
    if (body) {
        decode_two_ways(body + 4, (size_t)(bytes + size - 2 - body - 4), choice % 5 + 1);
    }
    return 0;
}
