/*
 * How much memory results hold, in all pools of the process, and how much they may hold.
 */
#include "backend.h"
#include "result.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define VARIABLE "LYGER_MEMORY_BUDGET_BYTES"
#define SHARE 45 /* percent of the machine's memory, where the variable says nothing */

static uint64_t used, live; /* changed atomically: the FFI door is entered by several threads */

void lyger_result_count(lyger_result *result, uint64_t bytes)
{
    result->counted = bytes + 1;
    __atomic_add_fetch(&used, bytes, __ATOMIC_RELAXED);
    __atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
}

void lyger_result_uncount(lyger_result *result)
{
    if (result->counted > 0) {
        __atomic_sub_fetch(&used, result->counted - 1, __ATOMIC_RELAXED);
        __atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
    }
}

static uint64_t machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
}

/* The variable's value; 0: it does not say. */
static uint64_t read_variable(bool *valid)
{
    const char *text = getenv(VARIABLE);
    char *end;
    *valid = true;
    if (!text || !*text) {
        return 0;
    }
    errno = 0;
    unsigned long long bytes = strtoull(text, &end, 10);
    *valid = *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && bytes > 0;
    return bytes;
}

void lyger_results_weigh(lyger_results_memory *memory)
{
    bool valid;
    memory->total_bytes = machine_memory();
    memory->budget_bytes = read_variable(&valid);
    if (!valid || memory->budget_bytes == 0) {
        memory->budget_bytes = memory->total_bytes / 100 * SHARE;
    }
    memory->used_bytes = __atomic_load_n(&used, __ATOMIC_RELAXED);
    memory->live = __atomic_load_n(&live, __ATOMIC_RELAXED);
}

lyger_status lyger_result_admit(const lyger_result *result, lyger_error *error)
{
    bool valid;
    lyger_results_memory memory;
    if (result->facts.rows == 0) {
        return LYGER_OK; /* what a statement has done is not made undone for a few bytes */
    }
    read_variable(&valid);
    if (!valid) {
        return lyger_fail(error, LYGER_E_QUERY, VARIABLE " is not a number of bytes from 1 on: \"%.100s\"",
                          getenv(VARIABLE));
    }
    lyger_results_weigh(&memory);
    if (memory.budget_bytes == 0 || memory.used_bytes <= memory.budget_bytes) {
        return LYGER_OK;
    }
    lyger_fail(error, LYGER_E_QUERY,
               "the result's %" PRIu64 " bytes are too many: results may hold %" PRIu64 " (" VARIABLE
               ", or 45%% of the machine's memory), and others hold %" PRIu64,
               result->counted - 1, memory.budget_bytes, memory.used_bytes - (result->counted - 1));
    return lyger_with_state(error, LYGER_E_QUERY, "53200"); /* out_of_memory */
}
