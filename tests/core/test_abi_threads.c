/*
 * The FFI door from several threads at once: queries, results that another thread frees, forks. Also built
 * under TSan (scripts/test), where a race that happens not to hurt is seen.
 */
#include "check.h"
#include "pg_server.h"

#include "abi/lyger.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 3
#define HANDLES 8

static char dsn[500];
static _Atomic unsigned long handed[HANDLES]; /* results on their way to the thread that frees them */
static _Atomic bool done;
static _Atomic int wrong;

static void *query_composites(void *argument)
{
    (void)argument;
    static const char sql[] =
        "SELECT ROW(i, 'n' || i)::abi_pair AS pair, ARRAY[ROW(i, 'x')::abi_pair] AS pairs"
        " FROM generate_series(1, 3) AS i";
    for (int i = 0; i < 150; i++) {
        unsigned long handle = lyger_db_query(dsn, sql);
        if (handle == 0) {
            wrong++;
            continue;
        }
        unsigned long before = atomic_exchange(&handed[i % HANDLES], handle);
        if (before) {
            lyger_free_result(before);
        }
        if (i % 10 == 0) { /* the types are looked up anew */
            lyger_free_result(lyger_db_query(dsn, "COMMENT ON TYPE abi_pair IS 'changed'"));
        }
    }
    return NULL;
}

static void *read_and_free(void *argument)
{
    (void)argument;
    while (!done) {
        for (int i = 0; i < HANDLES; i++) {
            unsigned long handle = atomic_exchange(&handed[i], 0);
            if (handle) {
                char *json = lyger_jsonify_result(handle);
                if (strncmp(json, "[{\"pair\":{\"a\":1,\"b\":\"n1\"},\"pairs\":[{\"a\":1,\"b\":\"x\"}]},",
                            52) != 0) {
                    wrong++;
                }
                lyger_free_string(json);
                lyger_free_result(handle);
            }
        }
    }
    return NULL;
}

static void results_are_freed_while_other_threads_query_their_types(void)
{
    lyger_free_result(lyger_db_query(dsn, "DROP TYPE IF EXISTS abi_pair CASCADE"));
    lyger_free_result(lyger_db_query(dsn, "CREATE TYPE abi_pair AS (a int, b text)"));
    pthread_t queries[2], readers[2];
    for (int i = 0; i < 2; i++) {
        CHECK_INT(pthread_create(&queries[i], NULL, query_composites, NULL), 0);
        CHECK_INT(pthread_create(&readers[i], NULL, read_and_free, NULL), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(queries[i], NULL);
    }
    done = true;
    for (int i = 0; i < 2; i++) {
        pthread_join(readers[i], NULL);
    }
    for (int i = 0; i < HANDLES; i++) {
        lyger_free_result(handed[i]);
    }
    CHECK_INT(wrong, 0);
    lyger_free_result(lyger_db_query(dsn, "DROP TYPE abi_pair"));
}

static void *fork_often(void *argument)
{
    (void)argument;
    for (int i = 0; i < 100; i++) {
        pid_t child = fork();
        if (child == 0) {
            _exit(0);
        }
        int status = -1;
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
            wrong++;
        }
    }
    return NULL;
}

static void *query_sqlite(void *argument)
{
    (void)argument;
    while (!done) {
        unsigned long handle = lyger_db_query("sqlite::memory:", "SELECT 1 AS one");
        char *json = lyger_jsonify_result(handle);
        if (strcmp(json, "[{\"one\":1}]") != 0) {
            wrong++;
        }
        lyger_free_string(json);
        lyger_free_result(handle);
    }
    return NULL;
}

/* A fork takes the door's locks for as long as it lasts: those of another fork must not be given back for it.
 */
static void threads_that_fork_at_once_do_not_stop_each_other(void)
{
    pthread_t forks[THREADS], query;
    done = false;
    alarm(280); /* a deadlock ends the program, before the test's own time limit does */
    CHECK_INT(pthread_create(&query, NULL, query_sqlite, NULL), 0);
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(pthread_create(&forks[i], NULL, fork_often, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(forks[i], NULL);
    }
    done = true;
    pthread_join(query, NULL);
    alarm(0);
    CHECK_INT(wrong, 0);
    unsigned long handle = lyger_db_query("sqlite::memory:", "SELECT 2 AS two"); /* the pool's lock is free */
    CHECK(handle != 0);
    lyger_free_result(handle);
}

int main(void)
{
    if (!pg_server_start(dsn, sizeof dsn)) {
        return 1;
    }
    RUN(results_are_freed_while_other_threads_query_their_types);
    RUN(threads_that_fork_at_once_do_not_stop_each_other);
    lyger_ffi_close();
    pg_server_stop();
    return finish();
}
