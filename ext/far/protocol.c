#include "protocol.h"

#include "far.h"
#include "base/library.h"

#include <stddef.h>
#include <string.h>

/* The newest first; what hiredis names HIREDIS_SONAME. */
static const char *const sonames[] = {"libhiredis.so.1.3.0", "libhiredis.so.1.1.0", "libhiredis.so.1.0.0",
                                      "libhiredis.so.0.14"};

static lyger_far_protocol loaded;

#define X(name) {"redisReader" #name, offsetof(lyger_far_protocol, name)},
static const lyger_symbol symbols[] = {
    LYGER_FAR_FUNCTIONS(X){"freeReplyObject", offsetof(lyger_far_protocol, free_reply)}};
#undef X

static const lyger_library library = {"lyger.cache_backend needs hiredis",
                                      "hiredis",
                                      "0.14",
                                      "libhiredis0.14, on Debian 13 libhiredis1.1.0",
                                      LYGER_E_CACHE,
                                      symbols,
                                      sizeof symbols / sizeof *symbols};

/* redisReply of hiredis 0.14, and since 1.0. */
typedef struct reply_of_0 {
    int type;
    long long integer;
    size_t len;
    char *str;
    size_t elements;
    void **element;
} reply_of_0;

typedef struct reply_of_1 {
    int type;
    long long integer;
    double dval;
    size_t len;
    char *str;
    char vtype[4];
    size_t elements;
    void **element;
} reply_of_1;

lyger_status lyger_far_load_from(const char *soname, lyger_far_protocol *protocol, lyger_error *error)
{
    if (!lyger_library_load(&library, soname, protocol, error)) {
        return library.status;
    }
    protocol->soname = soname;
    protocol->has_double = strstr(soname, ".so.0.") == NULL;
    return LYGER_OK;
}

static lyger_status load(lyger_error *error)
{
    lyger_status status = LYGER_E_CACHE;
    for (size_t i = 0; status != LYGER_OK && i < sizeof sonames / sizeof *sonames; i++) {
        status = lyger_far_load_from(sonames[i], &loaded, error);
    }
    return status;
}

static lyger_loading loading = LYGER_LOADING(load);

const lyger_far_protocol *lyger_far_protocol_load(lyger_error *error)
{
    return lyger_library_once(&loading, error) == LYGER_OK ? &loaded : NULL;
}

const char *lyger_far_hiredis(void)
{
    return lyger_library_is_loaded(&loading) ? loaded.soname : NULL;
}

void lyger_far_reply_read(const lyger_far_protocol *protocol, const void *raw, lyger_far_reply *reply)
{
    if (protocol->has_double) {
        const reply_of_1 *r = raw;
        *reply = (lyger_far_reply){r->type, r->integer, r->str, r->len, r->elements, r->element};
    } else {
        const reply_of_0 *r = raw;
        *reply = (lyger_far_reply){r->type, r->integer, r->str, r->len, r->elements, r->element};
    }
}
