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
    static const int64_t values[] = {
        0,     1,         9,          10,        99,        100,           -1,        -10,
        12345, 999999999, 1000000000, INT64_MAX, INT64_MIN, INT64_MIN + 1, 1ll << 53, -(1ll << 53)};
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
    RUN(bad_byte_is_found_at_its_offset);
    RUN(full_sink_is_reported);
    RUN(integers_are_decimal_to_their_limits);
    RUN(doubles_have_their_shortest_text);
    RUN(doubles_read_back_as_themselves);
    RUN(comma_of_a_locale_never_gets_in);
    RUN(numbers_that_are_not_finite_are_words);
    RUN(base64_follows_rfc_4648);
    RUN(json_numbers_are_told_from_other_texts);
    lyger_buffer_free(&out);
    return finish();
}
