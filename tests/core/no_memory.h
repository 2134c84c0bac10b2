/*
 * Out of memory at every point, for C tests: each operation is run with its first allocation failing, then
 * its second, and so on until it gets through; once with only that one failing and once with all from there
 * on. Who includes this is linked with --wrap for the allocating functions.
 */
#ifndef TESTS_CORE_NO_MEMORY_H
#define TESTS_CORE_NO_MEMORY_H

#include "check.h"

#include "base/error.h"

#include <stdlib.h>

/* ---- the failing allocator ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
char *__wrap_strdup(const char *text);

static __thread long countdown; /* the allocation that fails, 0: none; of this thread */
static __thread bool failed;    /* it has come to it */
static bool on_from_there;

static bool fails(void)
{
    if (countdown == 0) {
        return false;
    }
    if (countdown > 1) {
        countdown--;
        return false;
    }
    countdown = on_from_there ? 1 : 0;
    failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
    return fails() ? NULL : __real_realloc(pointer, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}

/* ---- running ---- */

static const char *current;
static long points;

/* Runs it until none of its allocations fails any more. What one attempt may leave behind must not be in the
 * way of the next. */
static void at_every_allocation(void (*operation)(void))
{
    long reached[2];
    for (int mode = 0; mode < 2; mode++) {
        long number = 0;
        on_from_there = mode == 1;
        do {
            number++;
            failed = false;
            countdown = number;
            operation();
            countdown = 0;
            if (case_failed) {
                printf("# allocation %ld%s failed\n", number, on_from_there ? " and all after it" : "");
                return;
            }
        } while (failed && number < 20000);
        reached[mode] = number - 1;
        CHECK(!failed);
    }
    printf("# %s: %ld allocations failed alone, %ld with all after them\n", current, reached[0], reached[1]);
    points += reached[0] + reached[1];
}

/* What does not belong to the operation. */
static inline long pause_failing(void)
{
    long kept = countdown;
    countdown = 0;
    return kept;
}

static lyger_error error;

/* A clean outcome: success, or a status that the error has too, with a text. Failing without having been
 * short of memory is a bug of the test. */
static bool done(lyger_status status)
{
    if (status != LYGER_OK) {
        if (!failed) {
            CHECK_STR(error.message, "");
        }
        CHECK_INT(error.status, status);
        CHECK(error.message[0] != '\0');
    }
    return status == LYGER_OK;
}

#define CASE(name)                                                                                           \
    static void name(void)                                                                                   \
    {                                                                                                        \
        current = #name;                                                                                     \
        at_every_allocation(do_##name);                                                                      \
    }

#endif
