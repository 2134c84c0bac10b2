/*
 * Loads the core as PHP loads an extension, with dlopen(), and uses the cache of it: what a C library does
 * not load is seen here, and not by programs that the core is linked into. load_cache LIBRARY
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "cache/cache.h"

int main(int argc, char **argv)
{
    void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library) {
        printf("not ok the core is loaded\n# %s\n", argc == 2 ? dlerror() : "which library?");
        return 1;
    }
    lyger_cache *(*open)(size_t, const char *, lyger_error *) = NULL;
    uint64_t (*count)(lyger_cache *) = NULL;
    *(void **)&open = dlsym(library, "lyger_cache_open");
    *(void **)&count = dlsym(library, "lyger_cache_count");
    lyger_error error = {0};
    lyger_cache *cache = open && count ? open((size_t)1 << 20, NULL, &error) : NULL;
    if (!cache || count(cache) != 0) {
        printf("not ok the core that was loaded has a cache\n# %s\n", error.message);
        return 1;
    }
    printf("ok the core is loaded and has a cache\n");
    return 0;
}
