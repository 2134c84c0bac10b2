/*
 * Fuzzes what is read beside requests: the field lines of an application's answer, and Accept-Encoding. The
 * first byte says which. What is passed on of an answer must be field lines and nothing else, none of them
 * the front process's own; a coding that is chosen must be one that the client takes.
 */
#include "server/front/answer_fields.h"
#include "server/front/compress.h"
#include "http/conditions.h"
#include "http_limits.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void demand(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_line(const char *line, size_t len)
{
    static const char *const ours[] = {
        "date",    "connection",     "keep-alive", "transfer-encoding", "trailer",
        "upgrade", "content-length", "x-sendfile", "x-accel-redirect"};
    const char *colon = memchr(line, ':', len);
    demand(colon && colon > line);
    for (const char *at = line; at < colon; at++) {
        demand(lyger_http_is_token_byte((unsigned char)*at));
    }
    for (const char *at = colon + 1; at < line + len; at++) {
        demand(lyger_http_is_value_byte((unsigned char)*at));
    }
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        demand(!lyger_http_equals_ignoring_case(line, (size_t)(colon - line), ours[i]));
    }
}

static void check_fields(const char *bytes, size_t len)
{
    lyger_answer_fields fields;
    lyger_answer_fields_init(&fields);
    fields.takes_file = true;
    demand(lyger_answer_fields_read(&fields, bytes, len));
    demand(fields.names_file || lyger_buffer_length(&fields.file) == 0);
    for (int round = 0; round < 2; round++) {
        const char *at = fields.text.start, *end = at + lyger_buffer_length(&fields.text);
        while (at < end) {
            const char *lf = memchr(at, '\n', (size_t)(end - at));
            demand(lf && lf > at && lf[-1] == '\r');
            check_line(at, (size_t)(lf - at) - 1);
            at = lf + 1;
        }
        demand(lyger_answer_fields_recode(&fields));
    }
    lyger_answer_fields_drop(&fields, "x");
    demand(!lyger_answer_fields_find(&fields, "x", &len));
    lyger_answer_fields_free(&fields);
}

static void check_coding(const char *bytes, size_t len)
{
    char head[1200];
    lyger_http_request request;
    if (len > 1000) {
        return;
    }
    int head_len = snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: ");
    memcpy(head + head_len, bytes, len);
    memcpy(head + head_len + len, "\r\n\r\n", 4);
    char *copy = malloc((size_t)head_len + len + 4); /* its end is where ASan looks */
    memcpy(copy, head, (size_t)head_len + len + 4);
    lyger_http_request_init(&request);
    if (lyger_http_parse(&request, copy, (size_t)head_len + len + 4, &default_limits) == LYGER_HTTP_DONE) {
        lyger_coding coding = lyger_compress_choose(&request, copy);
        demand(coding == LYGER_CODING_NONE ||
               (lyger_compress_available(coding) &&
                lyger_http_coding_weight(&request, copy, lyger_compress_name(coding)) > 0));
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0 && data[0] % 2) {
        check_fields((const char *)data + 1, size - 1);
    } else if (size > 0) {
        check_coding((const char *)data + 1, size - 1);
    }
    return 0;
}
