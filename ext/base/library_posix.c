/*
 * library.h with dlopen(3).
 */
#include "library.h"

#include <dlfcn.h>
#include <string.h>

void *lyger_library_load(const lyger_library *library, const char *file, void *table, lyger_error *error)
{
    void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        lyger_fail(error, library->status, "%s, which cannot be loaded (Debian: apt-get install %s): %s",
                   library->needed, library->package, dlerror());
        return NULL;
    }
    for (size_t i = 0; i < library->symbol_count; i++) {
        void *function = dlsym(handle, library->symbols[i].name);
        if (!function) {
            dlclose(handle);
            lyger_fail(
                error, library->status,
                "%s is no usable %s: it has no %s; %s %s or newer is needed (Debian: apt-get install %s)",
                file, library->name, library->symbols[i].name, library->name, library->oldest,
                library->package);
            return NULL;
        }
        memcpy((char *)table + library->symbols[i].offset, &function, sizeof function);
    }
    return handle;
}

lyger_status lyger_library_once(lyger_loading *loading, lyger_error *error)
{
    lyger_status status = LYGER_OK;
    if (lyger_library_is_loaded(loading)) {
        return status;
    }
    pthread_mutex_lock(&loading->mutex);
    if (!loading->done) {
        status = loading->load(error);
        __atomic_store_n(&loading->done, status == LYGER_OK, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&loading->mutex);
    return status;
}
