/*
 * Any DSN: a backend claims it or the error lists what there is; SQLite's part is parsed without opening
 * anything, because the gate says no; the message never holds what stands behind the scheme.
 */
#include "query/backend.h"

#include <stdlib.h>
#include <string.h>

static bool nothing_allowed(void *context, const char *path)
{
    size_t *length = context;
    *length = path ? strlen(path) : 0;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (memchr(data, '\0', size)) {
        return 0; /* refused before any backend sees it */
    }
    char *dsn = malloc(size + 1);
    memcpy(dsn, data, size);
    dsn[size] = '\0';
    size_t path = 0;
    lyger_error error;
    const lyger_path_gate gate = {nothing_allowed, &path};
    const lyger_opening opening = {dsn, size, &gate, 1, NULL};
    const lyger_backend *backend = lyger_backend_for(dsn, size, &error);
    if (!backend) {
        const char *password = strstr(dsn, "hush");
        bool shown = strstr(error.message, "hush") != NULL;
        const char *colon = strchr(dsn, ':');
        if (error.status != LYGER_E_QUERY || (password && colon && password > colon && shown)) {
            abort();
        }
    } else if (backend->permit) {
        lyger_status status = backend->permit(&opening, &error);
        bool memory = backend->exclusive && backend->exclusive(dsn, size);
        if ((status == LYGER_OK) != memory || path > size + 2) {
            abort();
        }
    }
    free(dsn);
    return 0;
}
