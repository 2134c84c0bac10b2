#include "jsonout.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char digit_pairs[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

/* Writes value backwards, ending before end; returns its first character. */
static char *digits_before(char *end, uint64_t value)
{
    while (value >= 100) {
        end -= 2;
        memcpy(end, digit_pairs + value % 100 * 2, 2);
        value /= 100;
    }
    if (value >= 10) {
        end -= 2;
        memcpy(end, digit_pairs + value * 2, 2);
    } else {
        *--end = (char)('0' + value);
    }
    return end;
}

size_t lyger_format_uint(char *to, uint64_t value)
{
    char digits[LYGER_INT_SIZE];
    char *first = digits_before(digits + sizeof digits, value);
    size_t len = (size_t)(digits + sizeof digits - first);
    memcpy(to, first, len);
    return len;
}

size_t lyger_format_int(char *to, int64_t value)
{
    if (value >= 0) {
        return lyger_format_uint(to, (uint64_t)value);
    }
    *to = '-';
    return 1 + lyger_format_uint(to + 1, 0 - (uint64_t)value);
}

#define MOST_DIGITS 17 /* enough for every double (IEEE 754-2008, 5.12.2) */

/* 0.d1d2d3… × 10^point */
typedef struct decimal {
    char digits[MOST_DIGITS];
    int count;
    int point;
} decimal;

/*
 * The shortest decimal of a value that has few: value = n / 10^k with n below 10^15 and k at most 22 is
 * computed by one correctly rounded division (Clinger, "How to Read Floating Point Numbers Accurately",
 * 1990), so the quotient being the value proves that the text reads back as it. Up to 15 digits are unique,
 * and the smallest k is tried first, so no shorter text exists.
 */
static bool short_decimal(double value, decimal *out)
{
    static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
    if (value >= 1e15 || value < 1e-4) {
        return false;
    }
    for (int k = 0; k < (int)(sizeof power / sizeof *power); k++) {
        double scaled = value * power[k];
        if (scaled >= 1e15) {
            return false;
        }
        uint64_t n = (uint64_t)(scaled + 0.5);
        if ((double)n / power[k] == value) {
            char text[LYGER_INT_SIZE];
            size_t len = lyger_format_uint(text, n);
            out->point = (int)len - k;
            while (len > 1 && text[len - 1] == '0') {
                len--;
            }
            memcpy(out->digits, text, len);
            out->count = (int)len;
            return true;
        }
    }
    return false;
}

/* The C library finds the digits. Its decimal point depends on the locale: only digits are taken from its
 * text, and strtod reads the text back in the same locale. */
static void library_decimal(double value, decimal *out)
{
    char text[64];
    /* 15 digits hold every shorter text of a normal number; subnormals have fewer that mean anything. */
    for (int precision = value < DBL_MIN ? 0 : 14; precision < MOST_DIGITS; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    const char *at = text;
    out->count = 0;
    for (; *at && *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9' && out->count < MOST_DIGITS) {
            out->digits[out->count++] = *at;
        }
    }
    out->point = (*at ? atoi(at + 1) : 0) + 1;
    while (out->count > 1 && out->digits[out->count - 1] == '0') {
        out->count--;
    }
}

static char *put_exponent_form(char *to, const decimal *number, bool with_point)
{
    int exponent = number->point - 1;
    *to++ = number->digits[0];
    if (number->count > 1 || with_point) {
        *to++ = '.';
        memcpy(to, number->digits + 1, (size_t)number->count - 1);
        to += number->count - 1;
        if (number->count == 1) {
            *to++ = '0';
        }
    }
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    return to + lyger_format_uint(to, (uint64_t)(exponent < 0 ? -exponent : exponent));
}

static char *put_plain_form(char *to, const decimal *number, bool with_point)
{
    int whole = number->point > 0 ? number->point : 0;
    for (int i = 0; i < whole; i++) {
        *to++ = i < number->count ? number->digits[i] : '0';
    }
    if (whole == 0) {
        *to++ = '0';
    }
    if (number->count <= whole) {
        if (with_point) {
            memcpy(to, ".0", 2);
            to += 2;
        }
        return to;
    }
    *to++ = '.';
    for (int i = number->point; i < 0; i++) {
        *to++ = '0';
    }
    memcpy(to, number->digits + whole, (size_t)(number->count - whole));
    return to + (number->count - whole);
}

size_t lyger_format_double(char *to, double value, bool with_point)
{
    decimal number = {.digits = "0", .count = 1, .point = 1};
    char *at = to;
    if (signbit(value)) {
        *at++ = '-';
        value = -value;
    }
    if (value != 0 && !short_decimal(value, &number)) {
        library_decimal(value, &number);
    }
    at = number.point > 15 || number.point < -3 ? put_exponent_form(at, &number, with_point)
                                                : put_plain_form(at, &number, with_point);
    return (size_t)(at - to);
}

bool lyger_json_put_double(lyger_sink *sink, double value)
{
    if (isnan(value)) {
        return lyger_sink_put_literal(sink, "\"NaN\"");
    }
    if (isinf(value)) {
        return value > 0 ? lyger_sink_put_literal(sink, "\"Infinity\"")
                         : lyger_sink_put_literal(sink, "\"-Infinity\"");
    }
    if (!lyger_sink_reserve(sink, LYGER_DOUBLE_SIZE)) {
        return false;
    }
    sink->pos += lyger_format_double(sink->pos, value, true);
    return true;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

bool lyger_json_is_number(const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    if (at < end && *at == '-') {
        at++;
    }
    const char *whole = at;
    at = skip_digits(at, end);
    if (at == whole || (*whole == '0' && at - whole > 1)) {
        return false;
    }
    if (at < end && *at == '.') {
        const char *fraction = ++at;
        at = skip_digits(at, end);
        if (at == fraction) {
            return false;
        }
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-')) {
            at++;
        }
        const char *exponent = at;
        at = skip_digits(at, end);
        if (at == exponent) {
            return false;
        }
    }
    return at == end;
}
