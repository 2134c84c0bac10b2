/*
 * The least that running a query from C can cost: PQexec() and nothing else, or stepping through SQLite's
 * rows and reading every column in its native type. benchmarks/query.php sends it a line for each run and
 * reads how long it took, so that the runs alternate with its own.
 *
 *     query_bound postgres URI QUERY
 *     query_bound sqlite FILE QUERY
 */
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double cpu_ms(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
}

static void die(const char *why)
{
    fprintf(stderr, "query_bound: %s\n", why);
    exit(EXIT_FAILURE);
}

static void run_postgres(PGconn *server, const char *sql)
{
    PGresult *rows = PQexec(server, sql);
    if (PQresultStatus(rows) != PGRES_TUPLES_OK) {
        die(PQerrorMessage(server));
    }
    PQclear(rows);
}

/* What a reader of every value must do; the sum keeps the compiler from leaving it out. */
static volatile unsigned long touched;

static void run_sqlite(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK) {
        die(sqlite3_errmsg(database));
    }
    unsigned long sum = 0;
    int columns = sqlite3_column_count(statement);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        for (int i = 0; i < columns; i++) {
            switch (sqlite3_column_type(statement, i)) {
            case SQLITE_INTEGER:
                sum += (unsigned long)sqlite3_column_int64(statement, i);
                break;
            case SQLITE_FLOAT:
                sum += sqlite3_column_double(statement, i) > 0;
                break;
            case SQLITE_NULL:
                break;
            default:
                sum += (unsigned long)sqlite3_column_text(statement, i)[0] +
                       (unsigned long)sqlite3_column_bytes(statement, i);
            }
        }
    }
    touched += sum;
    sqlite3_finalize(statement);
}

int main(int argc, char **argv)
{
    PGconn *server = NULL;
    sqlite3 *database = NULL;
    if (argc != 4) {
        die("usage: query_bound postgres|sqlite WHERE QUERY");
    }
    if (strcmp(argv[1], "postgres") == 0) {
        server = PQconnectdb(argv[2]);
        if (PQstatus(server) != CONNECTION_OK) {
            die(PQerrorMessage(server));
        }
    } else if (sqlite3_open_v2(argv[2], &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        die(sqlite3_errmsg(database));
    }
    while (getchar() != EOF) {
        double wall = wall_ms(), cpu = cpu_ms();
        if (server) {
            run_postgres(server, argv[3]);
        } else {
            run_sqlite(database, argv[3]);
        }
        printf("%.4f %.4f\n", wall_ms() - wall, cpu_ms() - cpu);
        fflush(stdout);
    }
    PQfinish(server);
    sqlite3_close(database);
    return 0;
}
