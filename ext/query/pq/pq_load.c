#include "pq.h"

#include "base/library.h"

#include <dlfcn.h>
#include <pg_config.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#ifdef LYGER_LIBPQ /* config.m4: where it is called otherwise */
#define LIBRARY LYGER_LIBPQ
#else
#define LIBRARY "libpq.so.5"
#endif
#define OLDEST 130000 /* PQlibVersion() of libpq 13 */

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static lyger_pq loaded;
static char loaded_version[16];
static bool is_loaded; /* atomic; loaded and loaded_version do not change any more once it is true */

#define SYMBOL(member)                                                                                       \
    {                                                                                                        \
        "PQ" #member, offsetof(lyger_pq, member)                                                             \
    }

static const lyger_symbol symbols[] = {
    SYMBOL(libVersion),
    SYMBOL(conninfoParse),
    SYMBOL(conninfoFree),
    SYMBOL(freemem),
    SYMBOL(connectStartParams),
    SYMBOL(connectPoll),
    SYMBOL(finish),
    SYMBOL(status),
    SYMBOL(transactionStatus),
    SYMBOL(parameterStatus),
    SYMBOL(errorMessage),
    SYMBOL(socket),
    SYMBOL(setnonblocking),
    SYMBOL(setNoticeReceiver),
    SYMBOL(sendQuery),
    SYMBOL(sendQueryParams),
    SYMBOL(sendPrepare),
    SYMBOL(sendQueryPrepared),
    SYMBOL(sendDescribePrepared),
    SYMBOL(nparams),
    SYMBOL(paramtype),
    SYMBOL(backendPID),
    SYMBOL(flush),
    SYMBOL(consumeInput),
    SYMBOL(isBusy),
    SYMBOL(getResult),
    SYMBOL(notifies),
    SYMBOL(getCancel),
    SYMBOL(freeCancel),
    SYMBOL(resultStatus),
    SYMBOL(resultErrorField),
    SYMBOL(resultErrorMessage),
    SYMBOL(clear),
    SYMBOL(ntuples),
    SYMBOL(nfields),
    SYMBOL(fname),
    SYMBOL(ftype),
    SYMBOL(getvalue),
    SYMBOL(getlength),
    SYMBOL(getisnull),
    SYMBOL(cmdStatus),
    SYMBOL(cmdTuples),
    SYMBOL(setSingleRowMode),
};

/* What newer ones have besides. */
static const lyger_symbol newer[] = {
    SYMBOL(enterPipelineMode),  SYMBOL(exitPipelineMode), SYMBOL(pipelineSync),
    SYMBOL(setChunkedRowsMode), SYMBOL(cancelCreate),     SYMBOL(cancelStart),
    SYMBOL(cancelPoll),         SYMBOL(cancelSocket),     SYMBOL(cancelFinish),
};

static const lyger_library library = {
    "PostgreSQL needs libpq",        "libpq", "13", "libpq5", LYGER_E_QUERY, symbols,
    sizeof symbols / sizeof *symbols};

lyger_status lyger_pq_load_from(const char *file, lyger_pq *pq, lyger_error *error)
{
    void *handle = lyger_library_load(&library, file, pq, error);
    if (!handle) {
        return library.status;
    }
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++) {
        void *symbol = dlsym(handle, newer[i].name);
        memcpy((char *)pq + newer[i].offset, &symbol, sizeof symbol);
    }
    int version = pq->libVersion();
    if (version < OLDEST) {
        dlclose(handle);
        return lyger_fail(error, LYGER_E_QUERY,
                          "%s is libpq %d; libpq 13 or newer is needed (Debian: apt-get install libpq5)",
                          file, version / 10000);
    }
    return LYGER_OK;
}

const lyger_pq *lyger_pq_load(lyger_error *error)
{
    if (__atomic_load_n(&is_loaded, __ATOMIC_ACQUIRE)) {
        return &loaded;
    }
    pthread_mutex_lock(&loading);
    if (!is_loaded && lyger_pq_load_from(LIBRARY, &loaded, error) == LYGER_OK) {
        int version = loaded.libVersion();
        snprintf(loaded_version, sizeof loaded_version, "%d.%d", version / 10000, version % 10000);
        __atomic_store_n(&is_loaded, true, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&loading);
    return is_loaded ? &loaded : NULL;
}

const char *lyger_pq_version(lyger_query_version_of which)
{
    if (which == LYGER_QUERY_HEADER) {
        return PG_VERSION;
    }
    return __atomic_load_n(&is_loaded, __ATOMIC_ACQUIRE) ? loaded_version : NULL;
}
