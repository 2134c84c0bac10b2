/*
 * Memory that is about to be written, told to the operating system before.
 *
 * No memory is owned. Any thread may call.
 */
#ifndef LYGER_BASE_MEMORY_H
#define LYGER_BASE_MEMORY_H

#include <stddef.h>

#define LYGER_MEMORY_LARGE ((size_t)2 << 20) /* bytes; a large page of x86-64 and of most ARM64 */

/* Says that all of these bytes, whose values do not matter yet, are about to be written. A system that can
 * gives the memory at once, in large pages where these fit, instead of page by page as each is first touched;
 * one that cannot does nothing. It pays for memory that is fresh from the system; errno stays. */
void lyger_memory_expect(void *from, size_t size);

#endif
