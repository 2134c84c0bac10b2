/*
 * memory.h where the system cannot be told: Windows has no call for it.
 */
#include "memory.h"

void lyger_memory_expect(void *from, size_t size)
{
    (void)from, (void)size;
}
