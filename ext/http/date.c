#include "date.h"

#include <stdio.h>
#include <string.h>

static const char *const day_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void lyger_http_date_write(time_t time, char to[LYGER_HTTP_DATE_SIZE])
{
    const time_t first = -62167219200, last = 253402300799; /* 0000-01-01 and 9999-12-31 23:59:59 */
    struct tm tm;
    time = time < first ? first : time > last ? last : time;
    gmtime_r(&time, &tm);
    /* Not strftime(), whose names follow the locale. The remainders change nothing: they tell the compiler
     * the ranges. */
    snprintf(to, LYGER_HTTP_DATE_SIZE, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", day_names[tm.tm_wday],
             (unsigned)tm.tm_mday % 100, month_names + 3 * tm.tm_mon, (unsigned)(tm.tm_year + 1900) % 10000,
             (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

/* The text that is still to be read. */
typedef struct cursor {
    const char *at, *end;
} cursor;

static bool take(cursor *c, const char *literal)
{
    size_t len = strlen(literal);
    if ((size_t)(c->end - c->at) < len || memcmp(c->at, literal, len) != 0) {
        return false;
    }
    c->at += len;
    return true;
}

/* A number of exactly so many digits. */
static bool take_digits(cursor *c, int digits, int *number)
{
    *number = 0;
    for (; digits > 0; digits--, c->at++) {
        if (c->at == c->end || *c->at < '0' || *c->at > '9') {
            return false;
        }
        *number = *number * 10 + (*c->at - '0');
    }
    return true;
}

/* The name of a day, whole or its first three letters. */
static bool take_day_name(cursor *c, bool whole)
{
    for (int i = 0; i < 7; i++) {
        char name[10];
        snprintf(name, sizeof name, "%.*s", whole ? 9 : 3, day_names[i]);
        if (take(c, name)) {
            return true;
        }
    }
    return false;
}

static bool take_month(cursor *c, struct tm *tm)
{
    for (tm->tm_mon = 0; tm->tm_mon < 12; tm->tm_mon++) {
        const char name[4] = {month_names[3 * tm->tm_mon], month_names[3 * tm->tm_mon + 1],
                              month_names[3 * tm->tm_mon + 2], '\0'};
        if (take(c, name)) {
            return true;
        }
    }
    return false;
}

static bool take_clock(cursor *c, struct tm *tm)
{
    return take_digits(c, 2, &tm->tm_hour) && take(c, ":") && take_digits(c, 2, &tm->tm_min) &&
           take(c, ":") && take_digits(c, 2, &tm->tm_sec);
}

/* Sun, 06 Nov 1994 08:49:37 GMT */
static bool take_fixdate(cursor c, struct tm *tm)
{
    return take_day_name(&c, false) && take(&c, ", ") && take_digits(&c, 2, &tm->tm_mday) && take(&c, " ") &&
           take_month(&c, tm) && take(&c, " ") && take_digits(&c, 4, &tm->tm_year) && take(&c, " ") &&
           take_clock(&c, tm) && take(&c, " GMT") && c.at == c.end;
}

/* Sunday, 06-Nov-94 08:49:37 GMT. A year that seems to be more than 50 years ahead is taken for the latest
 * past year with the same two digits. */
static bool take_rfc850(cursor c, time_t now, struct tm *tm)
{
    struct tm today;
    if (!(take_day_name(&c, true) && take(&c, ", ") && take_digits(&c, 2, &tm->tm_mday) && take(&c, "-") &&
          take_month(&c, tm) && take(&c, "-") && take_digits(&c, 2, &tm->tm_year) && take(&c, " ") &&
          take_clock(&c, tm) && take(&c, " GMT") && c.at == c.end && gmtime_r(&now, &today))) {
        return false;
    }
    int this_year = today.tm_year + 1900;
    tm->tm_year += this_year - this_year % 100;
    if (tm->tm_year > this_year + 50) {
        tm->tm_year -= 100;
    } else if (tm->tm_year <= this_year - 50) {
        tm->tm_year += 100;
    }
    return true;
}

/* Sun Nov  6 08:49:37 1994 */
static bool take_asctime(cursor c, struct tm *tm)
{
    if (!(take_day_name(&c, false) && take(&c, " ") && take_month(&c, tm) && take(&c, " "))) {
        return false;
    }
    return take_digits(&c, take(&c, " ") ? 1 : 2, &tm->tm_mday) && take(&c, " ") && take_clock(&c, tm) &&
           take(&c, " ") && take_digits(&c, 4, &tm->tm_year) && c.at == c.end;
}

/* Whether the calendar has such a time; second 60 is a leap second. */
static bool exists(const struct tm *tm)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = tm->tm_year;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return tm->tm_mday >= 1 && tm->tm_mday <= days[tm->tm_mon] + (leap && tm->tm_mon == 1) &&
           tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60;
}

bool lyger_http_date_read(const char *text, size_t len, time_t now, time_t *time)
{
    cursor c = {text, text + len};
    struct tm tm = {0};
    if (!(take_fixdate(c, &tm) || take_rfc850(c, now, &tm) || take_asctime(c, &tm)) || !exists(&tm)) {
        return false;
    }
    tm.tm_year -= 1900;
    *time = timegm(&tm);
    return true;
}
