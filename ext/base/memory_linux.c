/*
 * memory.h with madvise(2).
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* madvise */
#endif

#include "memory.h"

#include "start.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* of Linux 5.14; older ones refuse it */
#endif

/*
 * Large pages are asked for up to the last page that is touched, and not only where they fit: the bytes may
 * be a mapping of their own, which must stay one to be made longer in place (mremap(2)).
 */
LYGER_AT_START void lyger_memory_expect(void *from, size_t size)
{
    int before = errno;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)from, end = begin + size;
    uintptr_t first = (begin + page - 1) / page * page, last = end / page * page;
    if (size >= LYGER_MEMORY_LARGE) {
        uintptr_t outer = begin / page * page;
        madvise((void *)outer, (end - outer + page - 1) / page * page, MADV_HUGEPAGE);
    }
    if (first < last) {
        madvise((void *)first, last - first, MADV_POPULATE_WRITE); /* an advice may be refused */
    }
    errno = before;
}
