#include "answer_fields.h"

#include "mime.h"

#include <stdint.h>

#define TYPE_SIZE 128 /* of a media type that is looked at */

void lyger_answer_fields_init(lyger_answer_fields *fields)
{
    memset(fields, 0, sizeof *fields);
    lyger_buffer_init(&fields->text, &lyger_malloc_allocator);
    lyger_buffer_init(&fields->file, &lyger_malloc_allocator);
}

void lyger_answer_fields_free(lyger_answer_fields *fields)
{
    lyger_buffer_free(&fields->text);
    lyger_buffer_free(&fields->file);
}

typedef struct line {
    const char *name, *value;
    size_t name_len, value_len;
} line;

/* name ":" value, without control bytes. */
static bool split(const char *text, size_t len, line *line)
{
    size_t name = 0;
    while (name < len && lyger_http_is_token_byte((unsigned char)text[name])) {
        name++;
    }
    if (name == 0 || name == len || text[name] != ':') {
        return false;
    }
    for (size_t i = name + 1; i < len; i++) {
        if (!lyger_http_is_value_byte((unsigned char)text[i])) {
            return false;
        }
    }
    const char *value = text + name + 1, *end = text + len;
    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }
    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    *line = (struct line){text, value, name, (size_t)(end - value)};
    return true;
}

static bool named(const line *line, const char *name)
{
    return lyger_http_equals_ignoring_case(line->name, line->name_len, name);
}

/* Whether a list has the word as a member, case ignored. */
static bool has_member(const line *line, const char *word)
{
    const char *end = line->value + line->value_len;
    for (const char *at = line->value; at < end;) {
        const char *from = at;
        while (at < end && *at != ',' && *at != ' ' && *at != '\t') {
            at++;
        }
        if (lyger_http_equals_ignoring_case(from, (size_t)(at - from), word)) {
            return true;
        }
        at++;
    }
    return false;
}

static void see_length(lyger_answer_fields *fields, const line *line)
{
    uint64_t length = 0;
    for (size_t i = 0; i < line->value_len; i++) {
        unsigned digit = (unsigned)(line->value[i] - '0');
        if (digit > 9 || length > (uint64_t)INT64_MAX / 10 - 1) {
            return;
        }
        length = length * 10 + digit;
    }
    if (line->value_len > 0) {
        fields->content_length = length;
    }
}

static void see_type(lyger_answer_fields *fields, const line *line)
{
    char type[TYPE_SIZE];
    size_t len = 0;
    while (len < line->value_len && len < TYPE_SIZE - 1 && line->value[len] != ';' &&
           line->value[len] != ' ') {
        char byte = line->value[len];
        type[len++] = byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
    }
    type[len] = '\0';
    fields->is_text = lyger_mime_is_text(type);
}

/* Reads a line "Status: 404 Not Here" as CGI has it (RFC 3875, section 6.3.3). */
static void see_status(lyger_answer_fields *fields, const line *line)
{
    const char *value = line->value;
    if (line->value_len > 4 && value[0] >= '1' && value[0] <= '9' && value[1] >= '0' && value[1] <= '9' &&
        value[2] >= '0' && value[2] <= '9' && value[3] == ' ' && line->value_len - 4 <= LYGER_PHRASE_SIZE) {
        fields->phrase_status = (value[0] - '0') * 100 + (value[1] - '0') * 10 + (value[2] - '0');
        fields->phrase_len = line->value_len - 4;
        memcpy(fields->phrase, value + 4, fields->phrase_len);
    }
}

/* Notes a file that is to be sent; false when the line names one. Without memory for the name it is empty,
 * and no file is found under it. */
static bool see_file(lyger_answer_fields *fields, const line *line)
{
    bool uri = named(line, "x-accel-redirect");
    if (!fields->takes_file || (!uri && !named(line, "x-sendfile"))) {
        return true;
    }
    fields->names_file = true;
    fields->file_is_uri = uri;
    lyger_buffer_reset(&fields->file);
    if (lyger_sink_reserve(&fields->file.sink, line->value_len + 1)) {
        lyger_sink_put(&fields->file.sink, line->value, line->value_len);
    }
    return false;
}

/* Notes what the line says; false when the line is not to be sent. */
static bool see(lyger_answer_fields *fields, const line *line)
{
    switch (line->name[0] | 0x20) {
    case 'c':
        if (named(line, "content-type")) {
            see_type(fields, line);
        } else if (named(line, "content-encoding")) {
            fields->coded = true;
        } else if (named(line, "cache-control")) {
            fields->fixed |= has_member(line, "no-transform");
        } else if (named(line, "content-length")) {
            see_length(fields, line);
            return false;
        } else {
            return !named(line, "connection");
        }
        return true;
    case 'd':
        return !named(line, "date");
    case 'k':
        return !named(line, "keep-alive");
    case 'p':
        return !named(line, "proxy-connection");
    case 's':
        if (named(line, "status")) {
            see_status(fields, line);
            return false;
        }
        return true;
    case 't':
        return !named(line, "transfer-encoding") && !named(line, "trailer");
    case 'u':
        return !named(line, "upgrade");
    case 'v':
        fields->varies |=
            named(line, "vary") && (has_member(line, "accept-encoding") || has_member(line, "*"));
        return true;
    case 'x':
        return see_file(fields, line);
    default:
        return true;
    }
}

bool lyger_answer_fields_read(lyger_answer_fields *fields, const char *lines, size_t len)
{
    const char *end = lines + len;
    lyger_buffer_reset(&fields->text);
    fields->content_length = UINT64_MAX;
    fields->phrase_status = 0;
    fields->coded = fields->fixed = fields->is_text = fields->varies = fields->names_file = false;
    if (!lyger_sink_reserve(&fields->text.sink, len + 1)) {
        return false;
    }
    while (lines < end) {
        const char *lf = memchr(lines, '\n', (size_t)(end - lines));
        const char *next = lf ? lf + 1 : end;
        size_t line_len = lf && lf > lines && lf[-1] == '\r' ? (size_t)(lf - lines) - 1 : 0;
        line line;
        if (line_len > 0 && split(lines, line_len, &line) && see(fields, &line)) {
            lyger_sink_put(&fields->text.sink, lines, line_len + 2); /* room for all lines was reserved */
        }
        lines = next;
    }
    return true;
}

/* The next line of the fields' text from *at on, which is moved behind it; false at the end. Every line was
 * split once before. */
static bool next_line(const lyger_answer_fields *fields, size_t *at, line *line)
{
    size_t len = lyger_buffer_length(&fields->text) - *at;
    const char *text = fields->text.start + *at;
    const char *lf = len > 0 ? memchr(text, '\n', len) : NULL;
    if (!lf) {
        return false;
    }
    *at += (size_t)(lf - text) + 1;
    return split(text, (size_t)(lf - text) - 1, line);
}

const char *lyger_answer_fields_find(const lyger_answer_fields *fields, const char *name, size_t *len)
{
    line line;
    for (size_t at = 0; next_line(fields, &at, &line);) {
        if (named(&line, name)) {
            *len = line.value_len;
            return line.value;
        }
    }
    return NULL;
}

void lyger_answer_fields_drop(lyger_answer_fields *fields, const char *name)
{
    line line;
    size_t begin = 0;
    for (size_t at = 0; next_line(fields, &at, &line); begin = at) {
        if (named(&line, name)) {
            size_t len = lyger_buffer_length(&fields->text);
            memmove(fields->text.start + begin, fields->text.start + at, len - at);
            fields->text.sink.pos -= at - begin;
            at = begin;
        }
    }
}

static bool is_about_bytes(const line *line)
{
    return named(line, "accept-ranges") || named(line, "content-md5") || named(line, "digest") ||
           named(line, "content-digest") || named(line, "repr-digest");
}

/* Changes the lines in place; a weak tag needs two bytes more, for which the sink makes room. */
bool lyger_answer_fields_recode(lyger_answer_fields *fields)
{
    lyger_sink *sink = &fields->text.sink;
    size_t len = lyger_buffer_length(&fields->text);
    for (size_t at = 0; at < len;) {
        line line;
        char *text = fields->text.start + at;
        size_t line_len = (size_t)((char *)memchr(text, '\n', len - at) - text) + 1;
        bool known = split(text, line_len - 2, &line);
        if (known && is_about_bytes(&line)) {
            memmove(text, text + line_len, len - at - line_len);
            len -= line_len;
            sink->pos -= line_len;
            continue;
        }
        if (known && named(&line, "etag") && line.value_len > 0 && line.value[0] == '"') {
            size_t quote = at + (size_t)(line.value - text);
            if (!lyger_sink_reserve(sink, 2)) {
                return false;
            }
            memmove(fields->text.start + quote + 2, fields->text.start + quote, len - quote);
            memcpy(fields->text.start + quote, "W/", 2);
            len += 2;
            sink->pos += 2;
            line_len += 2;
        }
        at += line_len;
    }
    return true;
}
