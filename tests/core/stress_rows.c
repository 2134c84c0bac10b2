/*
 * Results far larger than memory should have to be: streams JSON of a given size into a sink that only counts
 * it, and looks at the process's peak of resident memory. scripts/stress-rows builds and runs it.
 *
 *     stress_rows MIB [DSN]     SQLite without a DSN
 *
 * It prints one line per property and ends with "stress: N passed, N failed, N skipped".
 */
#include "query/limits.h"
#include "query/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define TEXT 88       /* bytes of each row's text */
#define PEAK_MIB 16.0 /* that the peak may grow by, whatever the size */

static char window[65536];
static uint64_t written;
static lyger_error error;

static bool empty_window(lyger_sink *sink, size_t bytes)
{
    written += (uint64_t)(sink->pos - window);
    sink->pos = window;
    return bytes <= sizeof window;
}

static double peak_mib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

/* [{"n":1,"t":"…"},…] with numbers from 1 to rows. */
static uint64_t expected_bytes(uint64_t rows)
{
    uint64_t bytes = rows * (sizeof "{\"n\":,\"t\":\"\"}," - 1 + TEXT) + 1;
    for (uint64_t from = 1; from <= rows; from *= 10) {
        bytes += rows - from + 1; /* a digit of each number that has it */
    }
    return bytes;
}

static bool stream(lyger_pool *pool, const char *dsn, uint64_t rows)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             strncmp(dsn, "sqlite:", 7) == 0
                 ? "with recursive r(n) as (select 1 union all select n + 1 from r limit %" PRIu64
                   ") select n, printf('%%.*c', %d, 'x') t from r"
                 : "select generate_series(1, %" PRIu64 ") n, repeat('x', %d) t", /* not stored first */
             rows, TEXT);
    lyger_sink sink = {window, window + sizeof window, empty_window};
    written = 0;
    lyger_status status = lyger_query_write_json(
        pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), NULL, 0, NULL}, &sink, &error);
    written += (uint64_t)(sink.pos - window);
    if (status != LYGER_OK) {
        printf("# %s\n", error.message);
    }
    return status == LYGER_OK;
}

static int report(bool ok, const char *property)
{
    printf("%s %s\n", ok ? "ok" : "not ok", property);
    return !ok;
}

int main(int argc, char **argv)
{
    uint64_t mib = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    const char *dsn = argc > 2 ? argv[2] : "sqlite::memory:";
    if (mib == 0) {
        fprintf(stderr, "usage: stress_rows MIB [DSN]\n");
        return 2;
    }
    uint64_t rows = (mib << 20) / (TEXT + 20) + 1;
    lyger_pool *pool = lyger_pool_new(&(lyger_pool_settings){1, 5, NULL, NULL, 0, 0, false});
    bool warm = stream(pool, dsn, 20000); /* libraries and buffers are there, and stay */
    double before = peak_mib();
    int64_t start = lyger_now_ms();
    bool ok = warm && stream(pool, dsn, rows);
    double seconds = (double)(lyger_now_ms() - start) / 1000, grown = peak_mib() - before;
    printf("# %.*s: %" PRIu64 " rows, %.1f MiB of JSON in %.1f s; the peak of %.1f MiB grew by %.1f MiB\n", 6,
           dsn, rows, (double)written / (1 << 20), seconds, before, grown);
    int failed = report(ok && written == expected_bytes(rows), "every byte of the JSON was written");
    failed += report(grown < PEAK_MIB, "memory does not grow with the result");
    lyger_pool_free(pool);
    printf("stress: %d passed, %d failed, 0 skipped\n", 2 - failed, failed);
    return failed > 0;
}
