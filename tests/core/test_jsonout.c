#include "check.h"

#include "jsonout/jsonout.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>

static lyger_buffer out;

/* What a writer left in the buffer, NUL-terminated. */
static const char *written(void)
{
    lyger_sink_put_char(&out.sink, '\0');
    out.sink.pos--;
    return out.start;
}

/* Writes from memory of exactly len bytes, so that a read beyond it is found by ASan. */
static lyger_json_outcome escape(const char *text, size_t len, size_t *bad)
{
    char *exact = malloc(len ? len : 1);
    memcpy(exact, text, len);
    lyger_buffer_reset(&out);
    lyger_json_outcome outcome = lyger_json_put_string(&out.sink, exact, len, bad);
    free(exact);
    return outcome;
}

static const char *escaped(const char *text, size_t len)
{
    size_t bad;
    return escape(text, len, &bad) == LYGER_JSON_OK ? written() : "(bad)";
}

static void every_byte_below_128_is_escaped_as_rfc_8259_says(void)
{
    for (int byte = 0; byte < 128; byte++) {
        /* At every place of a text longer than two SIMD blocks. */
        for (size_t len = 1; len <= 40; len += 13) {
            for (size_t at = 0; at < len; at++) {
                char text[40], expected[64];
                memset(text, 'x', len);
                text[at] = (char)byte;
                static const char shorts[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
                const char *found = byte ? strchr(shorts, byte) : NULL;
                char escape_text[8];
                if (found) {
                    snprintf(escape_text, sizeof escape_text, "\\%c", letters[found - shorts]);
                } else if (byte < 32) {
                    snprintf(escape_text, sizeof escape_text, "\\u%04x", byte);
                } else {
                    snprintf(escape_text, sizeof escape_text, "%c", byte);
                }
                snprintf(expected, sizeof expected, "\"%.*s%s%.*s\"", (int)at, text, escape_text,
                         (int)(len - at - 1), text + at + 1);
                CHECK_STR(escaped(text, len), expected);
            }
        }
    }
}

static void empty_text_is_two_quotes(void)
{
    CHECK_STR(escaped("", 0), "\"\"");
}

static void well_formed_utf8_is_kept(void)
{
    static const char *const texts[] = {"\u00e9",
                                        "\u20ac",
                                        "\U0001F600",
                                        "\x7f",
                                        "\xC2\x80",
                                        "\u07ff",
                                        "\u0800",
                                        "\ud7ff",
                                        "\ue000",
                                        "\uffff",
                                        "\U00010000",
                                        "\U0010FFFF",
                                        "a\u00e9b\u20acc\U0001F600d, seventeen and more bytes"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char expected[128];
        snprintf(expected, sizeof expected, "\"%s\"", texts[i]);
        CHECK_STR(escaped(texts[i], strlen(texts[i])), expected);
        CHECK_INT(lyger_utf8_valid(texts[i], strlen(texts[i])), strlen(texts[i]));
    }
}

/* An independent decoder: is bytes[0..len) one well-formed character? Code point by arithmetic, then the
 * rules. */
static bool is_one_character(const unsigned char *bytes, size_t len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t point = len == 1   ? bytes[0]
                     : len == 2 ? bytes[0] ^ 0xC0u
                     : len == 3 ? bytes[0] ^ 0xE0u
                                : bytes[0] ^ 0xF0u;
    if (len == 1) {
        return bytes[0] < 0x80;
    }
    if (point >= (len == 2 ? 0x20u : len == 3 ? 0x10u : 0x08u)) {
        return false;
    }
    for (size_t i = 1; i < len; i++) {
        if (bytes[i] >> 6 != 2) {
            return false;
        }
        point = point << 6 | (bytes[i] & 0x3F);
    }
    return point >= least[len] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

static size_t reference_valid(const unsigned char *bytes, size_t len)
{
    size_t at = 0;
    while (at < len) {
        size_t step = 1;
        while (step <= 4 && (at + step > len || !is_one_character(bytes + at, step))) {
            step++;
        }
        if (step > 4) {
            return at;
        }
        at += step;
    }
    return len;
}

static void every_pair_and_chosen_quadruples_agree_with_an_independent_decoder(void)
{
    static const unsigned char edges[] = {0x00, 0x22, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                          0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
                                          0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    const size_t count = sizeof edges;
    size_t wrong = 0, bad;
    for (unsigned pair = 0; pair < 65536; pair++) {
        unsigned char bytes[2] = {(unsigned char)(pair >> 8), (unsigned char)pair};
        size_t expected = reference_valid(bytes, 2);
        lyger_json_outcome outcome = escape((char *)bytes, 2, &bad);
        wrong += expected == 2 ? outcome != LYGER_JSON_OK : outcome != LYGER_JSON_BAD_UTF8 || bad != expected;
    }
    for (size_t i = 0; i < count * count * count * count; i++) {
        unsigned char bytes[4] = {edges[i % count], edges[i / count % count],
                                  edges[i / count / count % count], edges[i / count / count / count]};
        wrong += lyger_utf8_valid((char *)bytes, 4) != reference_valid(bytes, 4);
    }
    CHECK_INT(wrong, 0);
}

/* The same quadruples amid text that is long enough for the widest vectors, at every place of a block. */
static void quadruples_in_long_text_agree_with_an_independent_decoder(void)
{
    static const unsigned char bytes[] = {'a',  0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2,
                                          0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5};
    const size_t count = sizeof bytes;
    size_t wrong = 0, bad;
    char text[112];
    for (size_t i = 0; i < count * count * count * count; i++) {
        unsigned char four[4] = {bytes[i % count], bytes[i / count % count], bytes[i / count / count % count],
                                 bytes[i / count / count / count]};
        size_t at = 20 + i % 33, expected = reference_valid(four, 4);
        memset(text, 'a', sizeof text);
        memcpy(text + at, four, 4);
        lyger_buffer_reset(&out);
        lyger_json_outcome outcome = lyger_json_put_string(&out.sink, text, sizeof text, &bad);
        wrong +=
            expected == 4 ? outcome != LYGER_JSON_OK : outcome != LYGER_JSON_BAD_UTF8 || bad != at + expected;
    }
    CHECK_INT(wrong, 0);
}

/* What a style makes of text, written the plain way; the length, or -1 for text that the style refuses. */
static long styled_reference(char *to, const unsigned char *text, size_t len, unsigned style)
{
    static const char shorts[] = "\b\t\n\f\r\"\\/", letters[] = "btnfr\"\\/";
    char *start = to;
    *to++ = '"';
    for (size_t at = 0; at < len;) {
        size_t step = 1;
        while (step <= 4 && (at + step > len || !is_one_character(text + at, step))) {
            step++;
        }
        if (step > 4) {
            if (!(style & (LYGER_JSON_SKIP_BAD | LYGER_JSON_REPLACE_BAD))) {
                return -1;
            }
            size_t wanted = text[at] < 0xC2 || text[at] > 0xF4 ? 1
                            : text[at] < 0xE0                  ? 2
                            : text[at] < 0xF0                  ? 3
                                                               : 4;
            if (!(style & LYGER_JSON_SKIP_BAD)) {
                to += sprintf(to, "%s", style & LYGER_JSON_NON_ASCII ? "\\ufffd" : "\xEF\xBF\xBD");
            }
            at++;
            while (--wanted && at < len && text[at] >= 0x80 && (text[at] < 0xC2 || text[at] > 0xF4)) {
                at++;
            }
            continue;
        }
        uint32_t point = step == 1 ? text[at] : text[at] & (0x7Fu >> step);
        for (size_t i = 1; i < step; i++) {
            point = point << 6 | (text[at + i] & 0x3F);
        }
        const char *found = point && point < 128 ? strchr(shorts, (int)point) : NULL;
        if ((point == '"' && (style & LYGER_JSON_QUOT)) || (point == '&' && (style & LYGER_JSON_AMP)) ||
            (point == '\'' && (style & LYGER_JSON_APOS)) ||
            ((point == '<' || point == '>') && (style & LYGER_JSON_TAG))) {
            to += sprintf(to, "\\u%04X", point);
        } else if (found && (point != '/' || (style & LYGER_JSON_SLASH))) {
            to += sprintf(to, "\\%c", letters[found - shorts]);
        } else if (point >= 0x10000 && (style & LYGER_JSON_NON_ASCII)) {
            to += sprintf(to, "\\u%04x\\u%04x", 0xD800 + ((point - 0x10000) >> 10),
                          0xDC00 + ((point - 0x10000) & 0x3FF));
        } else if (point < 32 || (point > 127 && (style & LYGER_JSON_NON_ASCII)) ||
                   ((point == 0x2028 || point == 0x2029) && (style & LYGER_JSON_LINES))) {
            to += sprintf(to, "\\u%04x", point);
        } else {
            memcpy(to, text + at, step);
            to += step;
        }
        at += step;
    }
    *to++ = '"';
    return to - start;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17; /* xorshift64 */
    return *state;
}

/* Text with long plain stretches, so that every block size is used. */
static size_t random_text(char *text, size_t size, uint64_t *state)
{
    static const char *const pieces[] = {"a",
                                         "plain ASCII text ",
                                         "\"",
                                         "\\",
                                         "/",
                                         "<",
                                         ">",
                                         "&",
                                         "'",
                                         "\n",
                                         "\x01",
                                         "\xC3\xA9",
                                         "\xE8\xAA\x9E",
                                         "\xE2\x80\xA8",
                                         "\xE2\x80\xA9",
                                         "\xE2\x80\xAA",
                                         "\xF0\x9F\x98\x80",
                                         "\x80",
                                         "\xE2\x80",
                                         "\xF0\x9F\x98",
                                         "\xED\xA0\x80",
                                         "\xF4\x90\x80\x80",
                                         "\xC0",
                                         "\xFF"};
    size_t len = 0, wanted = next_random(state) % (size - 20);
    size_t kinds = next_random(state) % 3 ? 17 : sizeof pieces / sizeof *pieces;
    while (len < wanted) {
        const char *piece = pieces[next_random(state) % kinds];
        for (size_t times = next_random(state) % 4 ? 1 : next_random(state) % 12; times > 0 && len < wanted;
             times--) {
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
    }
    return len;
}

static void every_style_agrees_with_a_plain_writer(void)
{
    uint64_t state = 88172645463325252u, wrong = 0;
    for (int i = 0; i < 60000; i++) {
        static char text[220], expected[220 * 12];
        size_t len = random_text(text, i % 3 ? sizeof text : 80, &state), bad;
        unsigned style = (unsigned)next_random(&state) & (i % 2 ? 0x37F : 0x7F);
        long expected_len = styled_reference(expected, (unsigned char *)text, len, style);
        char *exact = malloc(len ? len : 1);
        memcpy(exact, text, len);
        lyger_buffer_reset(&out);
        lyger_json_outcome outcome = lyger_json_put_styled(&out.sink, exact, len, style, &bad);
        if (expected_len < 0) {
            wrong += outcome != LYGER_JSON_BAD_UTF8 || bad != reference_valid((unsigned char *)text, len);
        } else {
            wrong += outcome != LYGER_JSON_OK || lyger_buffer_length(&out) != (size_t)expected_len ||
                     memcmp(out.start, expected, (size_t)expected_len) != 0;
        }
        free(exact);
    }
    CHECK_INT(wrong, 0);
}

static void short_text_is_written_within_its_room(void)
{
    uint64_t state = 1, wrong = 0;
    for (int i = 0; i < 20000; i++) {
        char text[LYGER_JSON_SHORT + 20];
        size_t len = random_text(text, sizeof text, &state), bad;
        len = len > LYGER_JSON_SHORT ? LYGER_JSON_SHORT : len;
        if (i % 2) {
            memset(text, 'x', len);
        }
        unsigned style = (unsigned)next_random(&state) & 0x7F;
        char *exact = malloc(len ? len : 1), *room = malloc(len + 2);
        memcpy(exact, text, len);
        char *end = lyger_json_write_short(room, exact, len, style);
        lyger_buffer_reset(&out);
        lyger_json_outcome outcome = lyger_json_put_styled(&out.sink, exact, len, style, &bad);
        bool plain = outcome == LYGER_JSON_OK && memcmp(out.start + 1, text, len) == 0 &&
                     lyger_buffer_length(&out) == len + 2;
        for (size_t at = 0; at < len; at++) {
            plain = plain && (unsigned char)text[at] < 0x80; /* above, it refuses also what could stand */
        }
        wrong += plain ? end != room + len + 2 || memcmp(room, out.start, len + 2) != 0 : end != NULL;
        free(exact);
        free(room);
    }
    CHECK_INT(wrong, 0);
}

#define CANARY '\xA5'

/* A sink that gives as many bytes as it is asked for and not one more, and sees when more were written. */
typedef struct narrow_sink {
    lyger_sink sink;
    char bytes[8192];
    bool passed; /* its end */
} narrow_sink;

static bool end_was_passed(const narrow_sink *narrow)
{
    bool passed = narrow->sink.pos > narrow->sink.end;
    for (const char *at = narrow->sink.end; at < narrow->bytes + sizeof narrow->bytes; at++) {
        passed = passed || *at != CANARY;
    }
    return passed;
}

static bool give_exactly(lyger_sink *sink, size_t bytes)
{
    narrow_sink *narrow = (narrow_sink *)sink;
    size_t left = (size_t)(narrow->bytes + sizeof narrow->bytes - sink->pos);
    narrow->passed = narrow->passed || end_was_passed(narrow);
    if (bytes > left) {
        return false;
    }
    sink->end = sink->pos + bytes;
    return true;
}

static void begin_narrow(narrow_sink *narrow, size_t bytes)
{
    memset(narrow->bytes, CANARY, sizeof narrow->bytes);
    narrow->sink = (lyger_sink){narrow->bytes, narrow->bytes + bytes, give_exactly};
    narrow->passed = false;
}

/* Whether what was written is text, and nothing lies behind the room that was asked for. */
static bool narrow_has(const narrow_sink *narrow, const char *text, size_t len)
{
    return !narrow->passed && !end_was_passed(narrow) && (size_t)(narrow->sink.pos - narrow->bytes) == len &&
           memcmp(narrow->bytes, text, len) == 0;
}

static void nothing_is_written_beyond_the_room_that_was_asked_for(void)
{
    static narrow_sink narrow;
    static char text[400], expected[400 * 12];
    uint64_t state = 7, wrong = 0;
    size_t bad;
    for (size_t i = 0; i < 8000; i++) {
        size_t len = i % 67, room = next_random(&state) % 80;
        unsigned style = (unsigned)next_random(&state) & 0x7F;
        if (i % 4 == 0) {
            memset(text, 'x', len);
        } else if (i % 4 == 1) { /* the worst: every byte becomes six */
            len = i % sizeof text;
            memset(text, '\x01', len);
            memset(text, 'x', len < 40 ? len : next_random(&state) % 40);
        } else {
            len = random_text(text, i % 4 == 2 ? sizeof text : 90, &state);
            style |= LYGER_JSON_REPLACE_BAD;
        }
        long expected_len = styled_reference(expected, (unsigned char *)text, len, style);
        begin_narrow(&narrow, room);
        wrong += lyger_json_put_styled(&narrow.sink, text, len, style, &bad) != LYGER_JSON_OK ||
                 !narrow_has(&narrow, expected, (size_t)expected_len);
        begin_narrow(&narrow, room);
        wrong += !lyger_json_put_base64(&narrow.sink, text, len) || narrow.passed || end_was_passed(&narrow);
        int64_t number = (int64_t)next_random(&state) >> i % 64;
        begin_narrow(&narrow, i % 24);
        wrong += !lyger_json_put_int(&narrow.sink, number) || narrow.passed || end_was_passed(&narrow);
        begin_narrow(&narrow, i % 44);
        wrong += !lyger_json_put_double(&narrow.sink, (double)number * 1e-30) || narrow.passed ||
                 end_was_passed(&narrow);
    }
    CHECK_INT(wrong, 0);
}

static const char *like_php(double value, bool zero_fraction)
{
    static char text[LYGER_DOUBLE_SIZE + 1];
    text[lyger_format_double_like_php(text, value, zero_fraction)] = '\0';
    return text;
}

static void doubles_have_exponents_where_php_has_them(void)
{
    CHECK_STR(like_php(0, false), "0");
    CHECK_STR(like_php(-0.0, false), "-0");
    CHECK_STR(like_php(-0.0, true), "-0.0");
    CHECK_STR(like_php(100, false), "100");
    CHECK_STR(like_php(100, true), "100.0");
    CHECK_STR(like_php(1e15, false), "1000000000000000");
    CHECK_STR(like_php(1e16, true), "10000000000000000.0");
    CHECK_STR(like_php(1e17, false), "1.0e+17");
    CHECK_STR(like_php(123456789012345678.0, false), "1.2345678901234568e+17");
    CHECK_STR(like_php(12345678901234567.0, true), "12345678901234568.0");
    CHECK_STR(like_php(0.0001, false), "0.0001");
    CHECK_STR(like_php(0.00012345678901234567, false), "0.00012345678901234567");
    CHECK_STR(like_php(0.00001, false), "1.0e-5");
    CHECK_STR(like_php(-5e-324, false), "-5.0e-324");
    CHECK_STR(like_php(-DBL_MAX, false), "-1.7976931348623157e+308");
    CHECK_STR(like_php(2e23, false), "2.0e+23");
    CHECK_STR(like_php(9007199254740993.0, false), "9007199254740992");
}

static void bad_byte_is_found_at_its_offset(void)
{
    for (size_t len = 1; len <= 50; len++) {
        for (size_t at = 0; at < len; at++) {
            char text[50];
            size_t bad = 999;
            memset(text, 'a', len);
            text[at] = (char)0xFF;
            CHECK(escape(text, len, &bad) == LYGER_JSON_BAD_UTF8);
            CHECK_INT(bad, at);
        }
    }
}

static bool refuse(lyger_sink *sink, size_t bytes)
{
    (void)sink, (void)bytes;
    return false;
}

static void full_sink_is_reported(void)
{
    char room[4];
    size_t bad;
    lyger_sink sink = {room, room + sizeof room, refuse};
    CHECK(lyger_json_put_string(&sink, "abcdef", 6, &bad) == LYGER_JSON_FULL);
    sink.pos = room;
    CHECK(!lyger_json_put_int(&sink, 12345));
    CHECK(!lyger_json_put_double(&sink, 1.5));
    CHECK(!lyger_json_put_base64(&sink, "abc", 3));
}

static void integers_are_decimal_to_their_limits(void)
{
    static const int64_t values[] = {0, 1, 9, 10, 99, 100, -1, -10, 12345, 999999999, 1000000000, INT64_MAX,
                                     INT64_MIN, INT64_MIN + 1, 1ll << 53, -(1ll << 53),
                                     /* They are written in eights. */
                                     99999999, 100000000, 100000001, 9999999999999999, 10000000000000000,
                                     10000000000000001};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char expected[32], text[LYGER_INT_SIZE + 1];
        snprintf(expected, sizeof expected, "%lld", (long long)values[i]);
        text[lyger_format_int(text, values[i])] = '\0';
        CHECK_STR(text, expected);
    }
    char text[LYGER_INT_SIZE + 1];
    text[lyger_format_uint(text, UINT64_MAX)] = '\0';
    CHECK_STR(text, "18446744073709551615");
}

static const char *formatted(double value, bool with_point)
{
    static char text[LYGER_DOUBLE_SIZE + 1];
    text[lyger_format_double(text, value, with_point)] = '\0';
    return text;
}

static void doubles_have_their_shortest_text(void)
{
    CHECK_STR(formatted(0, true), "0.0");
    CHECK_STR(formatted(-0.0, true), "-0.0");
    CHECK_STR(formatted(1, true), "1.0");
    CHECK_STR(formatted(1, false), "1");
    CHECK_STR(formatted(0.1, true), "0.1");
    CHECK_STR(formatted(-2.5, true), "-2.5");
    CHECK_STR(formatted(0.30000000000000004, true), "0.30000000000000004");
    CHECK_STR(formatted(1.0 / 3, true), "0.3333333333333333");
    CHECK_STR(formatted(123456.789, true), "123456.789");
    CHECK_STR(formatted(1e14, true), "100000000000000.0");
    CHECK_STR(formatted(1e15, true), "1.0e+15");
    CHECK_STR(formatted(1e15, false), "1e+15");
    CHECK_STR(formatted(1.5e300, true), "1.5e+300");
    CHECK_STR(formatted(0.0001, true), "0.0001");
    CHECK_STR(formatted(0.00001, true), "1.0e-5");
    CHECK_STR(formatted(DBL_MAX, true), "1.7976931348623157e+308");
    CHECK_STR(formatted(DBL_MIN, true), "2.2250738585072014e-308");
    CHECK_STR(formatted(5e-324, true), "5.0e-324");
    CHECK_STR(formatted(9007199254740993.0, true), "9.007199254740992e+15");
    CHECK_STR(formatted(100, false), "100");
    /* An end of the interval is an odd number's neighbour's. */
    CHECK_STR(formatted(36028797018963948.0, true), "3.6028797018963948e+16");
    /* An end of the interval that is its own, and was computed from a power that had to be rounded. */
    CHECK_STR(formatted(7e22, true), "7.0e+22");
    CHECK_STR(formatted(1e23, true), "1.0e+23");
    /* 9000000000000.022 reads back, too, but is not the nearest. */
    CHECK_STR(formatted(9000000000000.021, true), "9000000000000.021");
}

static void doubles_read_back_as_themselves(void)
{
    uint64_t state = 88172645463325252u, wrong = 0;
    for (int i = 0; i < 200000; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17; /* xorshift64 */
        double value, back;
        memcpy(&value, &state, sizeof value);
        if (i % 2) {
            value = (double)(int64_t)(state >> 30) /
                    (double)(state % 8 == 0 ? 1000000 : 100); /* prices and the like */
        }
        if (!isfinite(value)) {
            continue;
        }
        const char *text = formatted(value, i % 3 == 0);
        back = strtod(text, NULL);
        wrong += memcmp(&back, &value, sizeof back) != 0 || !lyger_json_is_number(text, strlen(text));
        char shorter[64];
        size_t digits = 0;
        for (const char *at = text; *at && *at != 'e'; at++) {
            digits += *at >= '0' && *at <= '9';
        }
        /* No text with one digit less reads back (leading and trailing zeros counted make this check weaker
         * only). */
        snprintf(shorter, sizeof shorter, "%.*g", digits > 17 ? 15 : (int)digits - 1, value);
        wrong += digits > 1 && digits < 16 && !strchr(text, '0') && strtod(shorter, NULL) == value;
    }
    CHECK_INT(wrong, 0);
}

/* Their neighbours are not equally far. */
static void powers_of_two_read_back_as_themselves(void)
{
    for (int exponent = -1074; exponent < 1024; exponent++) {
        double value = ldexp(1, exponent);
        const char *text = formatted(value, true);
        char other[64];
        int precision = 1;
        while (snprintf(other, sizeof other, "%.*e", precision - 1, value), strtod(other, NULL) != value) {
            precision++;
        }
        int digits = 0, zeros = 0;
        for (const char *at = text; *at && *at != 'e'; at++) {
            if (*at >= '0' && *at <= '9' && (digits > 0 || *at != '0')) {
                digits++;
                zeros = *at == '0' ? zeros + 1 : 0;
            }
        }
        CHECK(strtod(text, NULL) == value);
        CHECK(digits - zeros <= precision);
    }
}

static void comma_of_a_locale_never_gets_in(void)
{
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR"};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
        setlocale(LC_ALL, locales[i]); /* where the machine has it */
        CHECK_STR(formatted(0.30000000000000004, true), "0.30000000000000004");
        CHECK_STR(formatted(1.5, true), "1.5");
    }
    setlocale(LC_ALL, "C");
}

static void numbers_that_are_not_finite_are_words(void)
{
    lyger_buffer_reset(&out);
    CHECK(lyger_json_put_double(&out.sink, INFINITY) && lyger_json_put_double(&out.sink, -INFINITY) &&
          lyger_json_put_double(&out.sink, NAN));
    CHECK_STR(written(), "\"Infinity\"\"-Infinity\"\"NaN\"");
}

static void base64_follows_rfc_4648(void)
{
    static const char *const expected[] = {"\"\"",         "\"Zg==\"",     "\"Zm8=\"",    "\"Zm9v\"",
                                           "\"Zm9vYg==\"", "\"Zm9vYmE=\"", "\"Zm9vYmFy\""}; /* section 10 */
    for (size_t len = 0; len <= 6; len++) {
        lyger_buffer_reset(&out);
        CHECK(lyger_json_put_base64(&out.sink, "foobar", len));
        CHECK_STR(written(), expected[len]);
    }
    lyger_buffer_reset(&out);
    CHECK(lyger_json_put_base64(&out.sink, "\xff\xfe\x00", 3));
    CHECK_STR(written(), "\"//4A\"");
}

static void json_numbers_are_told_from_other_texts(void)
{
    static const char *const good[] = {"0",   "-0",    "1",      "-12.5",
                                       "1e5", "1E+05", "0.1e-2", "123456789012345678901234567890"};
    static const char *const bad[] = {"",    "-",   "01",       "1.", ".5",  "+1",  "1e",
                                      "1e+", "NaN", "Infinity", "1 ", "0x1", "--1", "1.2.3"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CHECK(lyger_json_is_number(good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!lyger_json_is_number(bad[i], strlen(bad[i])));
    }
}

int main(void)
{
    lyger_buffer_init(&out, &lyger_malloc_allocator);
    RUN(every_byte_below_128_is_escaped_as_rfc_8259_says);
    RUN(empty_text_is_two_quotes);
    RUN(well_formed_utf8_is_kept);
    RUN(every_pair_and_chosen_quadruples_agree_with_an_independent_decoder);
    RUN(quadruples_in_long_text_agree_with_an_independent_decoder);
    RUN(every_style_agrees_with_a_plain_writer);
    RUN(short_text_is_written_within_its_room);
    RUN(nothing_is_written_beyond_the_room_that_was_asked_for);
    RUN(doubles_have_exponents_where_php_has_them);
    RUN(bad_byte_is_found_at_its_offset);
    RUN(full_sink_is_reported);
    RUN(integers_are_decimal_to_their_limits);
    RUN(doubles_have_their_shortest_text);
    RUN(doubles_read_back_as_themselves);
    RUN(powers_of_two_read_back_as_themselves);
    RUN(comma_of_a_locale_never_gets_in);
    RUN(numbers_that_are_not_finite_are_words);
    RUN(base64_follows_rfc_4648);
    RUN(json_numbers_are_told_from_other_texts);
    lyger_buffer_free(&out);
    return finish();
}
