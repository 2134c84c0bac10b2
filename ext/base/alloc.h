/*
 * Memory by injection: the caller of the core says where a buffer's memory comes from. The FFI door and the C
 * tests inject malloc, a test of allocation failure injects an allocator that refuses; the native door writes
 * into PHP strings instead, through a sink of its own (lyger_string.h), so that memory_limit counts what a
 * script will hold.
 */
#ifndef LYGER_BASE_ALLOC_H
#define LYGER_BASE_ALLOC_H

#include <stddef.h>

typedef struct lyger_allocator {
    /* realloc's contract: pointer NULL allocates, result NULL means failure and leaves pointer as it was. */
    void *(*resize)(void *context, void *pointer, size_t size);
    void (*release)(void *context, void *pointer); /* pointer may be NULL */
    void *context;
} lyger_allocator;

/* malloc, realloc and free of the C library. */
extern const lyger_allocator lyger_malloc_allocator;

static inline void *lyger_resize(const lyger_allocator *allocator, void *pointer, size_t size)
{
    return allocator->resize(allocator->context, pointer, size);
}

static inline void lyger_release(const lyger_allocator *allocator, void *pointer)
{
    allocator->release(allocator->context, pointer);
}

#endif
