#include "alloc.h"

#include <stdlib.h>

static void *malloc_resize(void *context, void *pointer, size_t size)
{
    (void)context;
    return realloc(pointer, size);
}

static void malloc_release(void *context, void *pointer)
{
    (void)context;
    free(pointer);
}

const lyger_allocator lyger_malloc_allocator = {malloc_resize, malloc_release, NULL};
