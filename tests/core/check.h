/*
 * The C tests' whole framework: named cases, checks that say where and what, one closing line per program.
 *
 *     static void empty_table_knows_no_handle(void) { CHECK(lyger_handle_get(&table, 1) == NULL); }
 *     int main(void) { RUN(empty_table_knows_no_handle); return finish(); }
 *
 * A program prints "ok NAME" or "not ok NAME" per case and exits 1 when a case failed. scripts/test-core
 * builds every tests/core/test_*.c with the PHP-free core under ASan and UBSan and adds the counts up. Cases
 * whose names are words of the environment's LYGER_LEFT_OUT do not run: "left out NAME"
 * (scripts/test-platforms, which says why).
 */
#ifndef LYGER_TESTS_CHECK_H
#define LYGER_TESTS_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int cases_failed;
static bool case_failed;

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            case_failed = true;                                                                              \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);                                         \
        }                                                                                                    \
    } while (0)

#define CHECK_INT(actual, expected)                                                                          \
    do {                                                                                                     \
        long long check_a = (long long)(actual), check_e = (long long)(expected);                            \
        if (check_a != check_e) {                                                                            \
            case_failed = true;                                                                              \
            printf("# %s:%d: %s is %lld, expected %lld\n", __FILE__, __LINE__, #actual, check_a, check_e);   \
        }                                                                                                    \
    } while (0)

#define CHECK_STR(actual, expected)                                                                          \
    do {                                                                                                     \
        const char *check_a = (actual), *check_e = (expected);                                               \
        if (!check_a || strcmp(check_a, check_e) != 0) {                                                     \
            case_failed = true;                                                                              \
            printf("# %s:%d: %s is \"%s\", expected \"%s\"\n", __FILE__, __LINE__, #actual,                  \
                   check_a ? check_a : "(null)", check_e);                                                   \
        }                                                                                                    \
    } while (0)

static inline bool case_left_out(const char *name)
{
    const char *names = getenv("LYGER_LEFT_OUT");
    size_t len = strlen(name);
    for (const char *at = names; at && (at = strstr(at, name)); at += len) {
        if ((at == names || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0')) {
            return true;
        }
    }
    return false;
}

#define RUN(name)                                                                                            \
    do {                                                                                                     \
        if (case_left_out(#name)) {                                                                          \
            printf("left out %s\n", #name);                                                                  \
            break;                                                                                           \
        }                                                                                                    \
        case_failed = false;                                                                                 \
        name();                                                                                              \
        printf("%s %s\n", case_failed ? "not ok" : "ok", #name);                                             \
        fflush(stdout);                                                                                      \
        cases_failed += case_failed;                                                                         \
    } while (0)

static int finish(void)
{
    return cases_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
