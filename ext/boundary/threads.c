/* Many threads within one call, which PHP code cannot have, and which a call can hide. */
#include "boundary.h"

#include <pthread.h>

#define STACK ((size_t)256 * 1024) /* the default of 8 MB is more than glibc keeps for the next call */

typedef struct share {
    const char *bytes;
    size_t len;
    size_t digits;
    pthread_t thread;
    bool started;
} share;

static void *count_share(void *argument)
{
    share *mine = argument;
    mine->digits = lyger_boundary_digits(mine->bytes, mine->len);
    return NULL;
}

lyger_status lyger_boundary_threads(const char *bytes, size_t len, int threads, size_t *digits,
                                    lyger_error *error)
{
    if (threads < 1 || threads > LYGER_BOUNDARY_THREADS_MAX) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the number of threads must be 1 to %d, not %d",
                          LYGER_BOUNDARY_THREADS_MAX, threads);
    }
    share shares[LYGER_BOUNDARY_THREADS_MAX];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK);
    size_t each = len / (size_t)threads;
    for (int i = 0; i < threads; i++) {
        bool last = i == threads - 1;
        shares[i] = (share){.bytes = bytes + (size_t)i * each, .len = last ? len - (size_t)i * each : each};
        shares[i].started = pthread_create(&shares[i].thread, &attributes, count_share, &shares[i]) == 0;
    }
    pthread_attr_destroy(&attributes);
    *digits = 0;
    for (int i = 0; i < threads; i++) {
        if (shares[i].started) {
            pthread_join(shares[i].thread, NULL);
        } else {
            count_share(&shares[i]);
        }
        *digits += shares[i].digits;
    }
    return LYGER_OK;
}
