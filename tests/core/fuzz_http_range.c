/*
 * Fuzzes the readers of Range, of dates and of the preconditions: a range that is granted lies in the file; a
 * date that was read is written and read again as the same one; a status is one of those that there are. The
 * first byte chooses the size and which fields there are, the rest is their value.
 */
#include "http/conditions.h"
#include "http/date.h"
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

static void check_range(lyger_http_range range, uint64_t size)
{
    demand(range.len >= 1 && range.first < size && range.len <= size - range.first);
}

static void check_dates(const char *text, size_t len)
{
    time_t date, again;
    char written[LYGER_HTTP_DATE_SIZE];
    if (lyger_http_date_read(text, len, 1784111777, &date)) {
        lyger_http_date_write(date, written);
        demand(strlen(written) == 29);
        demand(lyger_http_date_read(written, 29, 0, &again));
        demand(again == date || date > 253402300799); /* the last leap second of all */
    }
}

/* The fields of four masks have that text: of all 127 for every input there would be few inputs. */
static void check_judging(const char *text, size_t len, uint64_t size, unsigned chosen)
{
    static const char *const fields[] = {"if-match",          "if-none-match", "if-unmodified-since",
                                         "if-modified-since", "if-range",      "range",
                                         "accept-encoding"};
    static char head[9000];
    lyger_http_request request;
    const lyger_http_validators validators = {"\"1-2\"", 784111777, 784111778, size};
    lyger_http_range range;
    for (unsigned mask = chosen % 32; mask < 128; mask += 32) {
        int at = snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: x\r\n");
        for (int i = 0; i < 7; i++) {
            if (mask & 1u << i) {
                at +=
                    snprintf(head + at, sizeof head - (size_t)at, "%s: %.*s\r\n", fields[i], (int)len, text);
            }
        }
        at += snprintf(head + at, sizeof head - (size_t)at, "\r\n");
        lyger_http_request_init(&request);
        if (lyger_http_parse(&request, head, (size_t)at, &default_limits) != LYGER_HTTP_DONE) {
            return;
        }
        int status = lyger_http_judge(&request, head, &validators, &range);
        demand(status == 200 || status == 206 || status == 304 || status == 412 || status == 416);
        if (status == 206) {
            check_range(range, size);
        }
        demand(lyger_http_coding_weight(&request, head, "gzip") <= 1000);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t sizes[] = {0, 1, 2, 12, 1000, UINT32_MAX, INT64_MAX, UINT64_MAX};
    if (size < 1 || size > 1000) {
        return 0;
    }
    uint64_t file = sizes[data[0] % 8];
    lyger_http_range range;
    size_t len = size - 1;
    char *copy = malloc(len ? len : 1); /* its end is where ASan looks */
    memcpy(copy, data + 1, len);
    if (lyger_http_range_read(copy, len, file, &range) == LYGER_HTTP_RANGE_ONE) {
        check_range(range, file);
    }
    check_dates(copy, len);
    check_judging(copy, len, file, data[0] / 8);
    free(copy);
    return 0;
}
