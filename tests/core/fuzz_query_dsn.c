/*
 * Any DSN: a backend claims it or the error lists what there is; SQLite's part is parsed without opening
 * anything, because the gate says no. Of a DSN that no backend claims the message holds the scheme and, of
 * PDO's form, host, port and database, and nothing else: not what may be a password.
 */
#define _GNU_SOURCE /* memmem() */
#include "query/backend.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SECRET "hush"

static bool nothing_allowed(void *context, const char *path)
{
    size_t *length = context;
    *length = path ? strlen(path) : 0;
    return false;
}

/* Whether a pair of PDO's form is host, port or database with the secret in it, which is none there. */
static bool pair_is_shown(const char *pair)
{
    static const char *const keywords[] = {"host=", "port=", "dbname="};
    pair += strspn(pair, " ");
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        size_t len = strlen(keywords[i]);
        if (strncasecmp(pair, keywords[i], len) == 0) {
            return strstr(pair + len, SECRET) && !strpbrk(pair + len, " \t\r\n=:@?&,\"\\");
        }
    }
    return false;
}

/* Written another way than the message's: whether the secret stands where it is shown. */
static bool may_show(const char *dsn)
{
    const char *colon = strchr(dsn, ':');
    size_t scheme = colon ? (size_t)(colon - dsn) : 0;
    bool shown = scheme <= 32 && memmem(dsn, scheme, SECRET, strlen(SECRET)) && !memchr(dsn, '=', scheme);
    if (scheme != 5 || (memcmp(dsn, "mysql", 5) != 0 && memcmp(dsn, "pgsql", 5) != 0) ||
        strchr(colon, '\'') || strstr(colon, ";;")) {
        return shown;
    }
    char *pairs = strdup(colon + 1), *rest = NULL;
    for (char *pair = strtok_r(pairs, ";", &rest); pair; pair = strtok_r(NULL, ";", &rest)) {
        shown = shown || pair_is_shown(pair);
    }
    free(pairs);
    return shown;
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
    const lyger_opening opening = {.dsn = dsn, .dsn_len = size, .gate = &gate, .connect_timeout = 1};
    const lyger_backend *backend = lyger_backend_for(dsn, size, &error);
    if (!backend) {
        if (error.status != LYGER_E_QUERY || (strstr(error.message, SECRET) && !may_show(dsn))) {
            abort();
        }
    } else if (backend->permit) {
        lyger_status status = backend->permit(&opening, &error);
        bool memory = backend->exclusive && backend->exclusive(dsn, size);
        /* Only a database in memory is permitted; one that is not may have an option that is unknown. */
        bool refused = memory && status != LYGER_OK && !strchr(dsn, '?');
        if ((status == LYGER_OK && !memory) || refused || path > size + 2) {
            abort();
        }
    }
    free(dsn);
    return 0;
}
