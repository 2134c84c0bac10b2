/* Loaded before a sanitizer's runtime into a PHP that was built without one: PHP opens extensions with
 * RTLD_DEEPBIND, by which they would find libc's malloc instead of the sanitizer's, and the runtime refuses
 * it. */
#include <dlfcn.h>

void *dlopen(const char *name, int flags)
{
    void *(*next)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");

    return next(name, flags & ~RTLD_DEEPBIND);
}
