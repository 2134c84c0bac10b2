/*
 * Several interpreters in one process: a thread-safe PHP's embed SAPI, a thread for each, and in each thread
 * one request after the other. What lyger keeps per request, per thread and per process is told apart here:
 * connections and handles are a thread's, the cache is everybody's.
 *
 *     threads SCRIPT [THREADS [ROUNDS]]
 *
 * Each request runs SCRIPT with $thread, $round, $threads and $rounds; the one before the first and the one
 * after the last, with $round -1 and $rounds, run while there is no other thread. A script says what is wrong
 * by throwing or printing. php.ini is what PHPRC says. Ends with "threads: N passed, N failed, 0 skipped", a
 * request being one test.
 */
#include <sapi/embed/php_embed.h>

#include <pthread.h>
#include <stdatomic.h>

#ifndef ZTS
#error "this tests a thread-safe PHP"
#endif

ZEND_TSRMLS_CACHE_DEFINE()

#define THREADS_MAX 64

static const char *script;
static int threads = 4, rounds = 6;
static atomic_int passed, failed;
static pthread_barrier_t together;

/* What a request prints is what is wrong with it. */
static __thread size_t printed;

static size_t complain(const char *text, size_t len)
{
    printed += len;
    return fwrite(text, 1, len, stdout);
}

static void set_number(const char *name, int value)
{
    zval number;
    ZVAL_LONG(&number, value);
    zend_hash_str_update(&EG(symbol_table), name, strlen(name), &number);
}

/* Within a request. */
static void run_script(int thread, int round)
{
    zend_file_handle file;
    volatile bool left = true;
    printed = 0;
    zend_first_try
    {
        set_number("thread", thread);
        set_number("round", round);
        set_number("threads", threads);
        set_number("rounds", rounds);
        zend_stream_init_filename(&file, script);
        php_execute_script(&file);
        zend_destroy_file_handle(&file);
        left = false;
    }
    zend_end_try();
    bool ok = !left && EG(exit_status) == 0 && printed == 0;
    atomic_fetch_add(ok ? &passed : &failed, 1);
    if (!ok) {
        printf("\nnot ok thread %d, round %d: exit status %d\n", thread, round, (int)EG(exit_status));
    }
}

static void *interpreter(void *argument)
{
    int thread = *(int *)argument;
    ts_resource(0);
    ZEND_TSRMLS_CACHE_UPDATE();
    pthread_barrier_wait(&together);
    for (int round = 0; round < rounds; round++) {
        if (php_request_startup() == FAILURE) {
            atomic_fetch_add(&failed, 1);
            printf("not ok thread %d, round %d: no request\n", thread, round);
            break;
        }
        SG(headers_sent) = 1;
        SG(request_info).no_headers = 1;
        run_script(thread, round);
        php_request_shutdown(NULL);
    }
    ts_free_thread();
    return NULL;
}

static void run_threads(void)
{
    pthread_t running[THREADS_MAX];
    int numbers[THREADS_MAX];
    pthread_barrier_init(&together, NULL, (unsigned)threads);
    for (int i = 0; i < threads; i++) {
        numbers[i] = i;
        pthread_create(&running[i], NULL, interpreter, &numbers[i]);
    }
    for (int i = 0; i < threads; i++) {
        pthread_join(running[i], NULL);
    }
    pthread_barrier_destroy(&together);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s SCRIPT [THREADS [ROUNDS]]\n", argv[0]);
        return 2;
    }
    script = argv[1];
    threads = argc > 2 ? atoi(argv[2]) : threads;
    rounds = argc > 3 ? atoi(argv[3]) : rounds;
    if (threads < 1 || threads > THREADS_MAX) {
        return 2;
    }
    php_embed_module.ub_write = complain;
    if (php_embed_init(1, argv) == FAILURE) {
        return 1;
    }
    ZEND_TSRMLS_CACHE_UPDATE();
    run_script(-1, -1);
    php_request_shutdown(NULL);
    run_threads();
    run_threads(); /* threads that begin after others have ended */
    if (php_request_startup() == SUCCESS) {
        run_script(-1, rounds);
    }
    php_embed_shutdown();
    printf("threads: %d passed, %d failed, 0 skipped\n", passed, failed);
    return failed ? 1 : 0;
}
