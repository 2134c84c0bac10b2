/*
 * Any bytes as a JSON string: what is written is JSON, says the same, and what is refused is not UTF-8. The
 * checks are made by a plain decoder of its own.
 */
#include "json_check.h"

#include "jsonout/jsonout.h"

#include <stdlib.h>

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Bytes of the well-formed character at the start, 0 when there is none: code point first, then its range. */
static size_t character(const uint8_t *at, size_t left)
{
    size_t len = at[0] < 0x80 ? 1 : at[0] >> 5 == 6 ? 2 : at[0] >> 4 == 14 ? 3 : at[0] >> 3 == 30 ? 4 : 0;
    if (len == 0 || len > left) {
        return 0;
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}, mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t point = at[0] & mask[len];
    for (size_t i = 1; i < len; i++) {
        if (at[i] >> 6 != 2) {
            return 0;
        }
        point = point << 6 | (at[i] & 0x3Fu);
    }
    return point < least[len] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF) ? 0 : len;
}

static uint32_t hex4(const char *digits)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        char digit = digits[i];
        value = value << 4 | (uint32_t)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
    }
    return value;
}

static size_t put_utf8(char *to, uint32_t point)
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    size_t len = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, point >>= 6) {
        to[i] = (char)(0x80 | (point & 0x3F));
    }
    to[0] = (char)((0xF00u >> len & 0xFFu) | point);
    return len;
}

/* Undoes the escapes in place; returns the length. */
static size_t unescape(char *text, size_t len)
{
    static const char letters[] = "btnfr\"\\/", bytes[] = "\b\t\n\f\r\"\\/";
    size_t to = 0;
    for (size_t at = 0; at < len; at++) {
        if (text[at] != '\\') {
            text[to++] = text[at];
        } else if (text[++at] == 'u') {
            uint32_t point = hex4(text + at + 1);
            at += 4;
            if (point >= 0xD800 && point < 0xDC00) {
                require(text[at + 1] == '\\' && text[at + 2] == 'u');
                point = 0x10000 + ((point - 0xD800) << 10) + (hex4(text + at + 3) - 0xDC00);
                at += 6;
            }
            to += put_utf8(text + to, point);
        } else {
            const char *letter = strchr(letters, text[at]);
            require(letter != NULL);
            text[to++] = bytes[letter - letters];
        }
    }
    return to;
}

/* The styles that json_encode's flags give, one for each input. */
static void try_style(const char *exact, size_t size, size_t valid, unsigned style)
{
    size_t bad = 0;
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_json_outcome outcome = lyger_json_put_styled(&buffer.sink, exact, size, style, &bad);
    size_t len = lyger_buffer_length(&buffer);
    if (valid < size && !(style & (LYGER_JSON_SKIP_BAD | LYGER_JSON_REPLACE_BAD))) {
        require(outcome == LYGER_JSON_BAD_UTF8 && bad == valid);
    } else {
        require(outcome == LYGER_JSON_OK && is_json(buffer.start, len));
        if (size <= LYGER_JSON_SHORT) {
            char *room = malloc(size + 2), *end = lyger_json_write_short(room, exact, size, style);
            require(!end || ((size_t)(end - room) == len && memcmp(room, buffer.start, len) == 0));
            free(room);
        }
        size_t plain = unescape(buffer.start + 1, len - 2);
        require(valid < size || (plain == size && (size == 0 || memcmp(buffer.start + 1, exact, size) == 0)));
    }
    lyger_buffer_free(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t valid = 0, bad = 0;
    while (valid < size) {
        size_t step = character(data + valid, size - valid);
        if (step == 0) {
            break;
        }
        valid += step;
    }
    char *exact = malloc(size ? size : 1); /* so that a read beyond the text is found */
    if (size > 0) {
        memcpy(exact, data, size);
    }
    unsigned style = 0;
    for (size_t i = 0; i < size; i++) {
        style = style * 31 + data[i];
    }
    try_style(exact, size, valid, style & 0x7F);
    try_style(exact, size, valid, style >> 7 & 0x37F);
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_json_outcome outcome = lyger_json_put_string(&buffer.sink, exact, size, &bad);
    require(lyger_utf8_valid(exact, size) == valid);
    if (valid < size) {
        require(outcome == LYGER_JSON_BAD_UTF8 && bad == valid);
    } else {
        size_t len = lyger_buffer_length(&buffer);
        require(outcome == LYGER_JSON_OK && is_json(buffer.start, len));
        require(unescape(buffer.start + 1, len - 2) == size &&
                (size == 0 || memcmp(buffer.start + 1, data, size) == 0));
    }
    if (size >= sizeof(double)) {
        double value, back;
        char text[LYGER_DOUBLE_SIZE + 1];
        memcpy(&value, data, sizeof value);
        if (__builtin_isfinite(value)) {
            text[lyger_format_double(text, value, size % 2)] = '\0';
            back = strtod(text, NULL);
            require(memcmp(&value, &back, sizeof value) == 0 && lyger_json_is_number(text, strlen(text)));
        }
    }
    require(lyger_json_is_number(exact, size) ==
            (size > 0 && (exact[0] == '-' || (exact[0] >= '0' && exact[0] <= '9')) &&
             exact[size - 1] >= '0' && exact[size - 1] <= '9' && is_json(exact, size)));
    lyger_buffer_free(&buffer);
    free(exact);
    return 0;
}
