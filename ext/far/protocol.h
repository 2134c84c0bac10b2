/*
 * Inside the far room: hiredis, loaded on first use, of which the reader of replies is used; the sockets are
 * our own, for the sake of exact time limits.
 *
 * hiredis does not keep its structures from one soname to the next (a reply got a member in the middle with
 * 1.0), so the soname that was loaded says how a reply lies in memory, and no header of hiredis is needed to
 * build lyger: the same binary takes the 0.14 of Debian 12 and the 1.2 of Debian 13.
 */
#ifndef LYGER_FAR_PROTOCOL_H
#define LYGER_FAR_PROTOCOL_H

#include "base/error.h"

#include <stdint.h>

/* Numbers of the protocol's kinds, hiredis's own. */
typedef enum lyger_far_kind {
    LYGER_FAR_STRING = 1,
    LYGER_FAR_ARRAY = 2,
    LYGER_FAR_INTEGER = 3,
    LYGER_FAR_NIL = 4,
    LYGER_FAR_STATUS = 5,
    LYGER_FAR_ERROR = 6,
} lyger_far_kind;

/* hiredis's functions, without "redisReader". */
#define LYGER_FAR_FUNCTIONS(X) X(Create) X(Free) X(Feed) X(GetReply)

typedef struct lyger_far_protocol {
    void *(*Create)(void);
    void (*Free)(void *reader);
    int (*Feed)(void *reader, const char *bytes, size_t len);
    int (*GetReply)(void *reader, void **reply);
    void (*free_reply)(void *reply);
    const char *soname;
    bool has_double; /* whether a reply has a double in it: since 1.0 */
} lyger_far_protocol;

/* What a reply says. bytes and elements belong to the reply. */
typedef struct lyger_far_reply {
    int kind; /* lyger_far_kind, or one that only RESP3 has */
    int64_t integer;
    const char *bytes;
    size_t len;
    size_t count; /* of elements */
    void *const *elements;
} lyger_far_reply;

/* The functions, or NULL with LYGER_E_CACHE that names the package. Any thread. */
const lyger_far_protocol *lyger_far_protocol_load(lyger_error *error);

/* Fills *protocol from a library of that name: for tests with libraries that are missing or wrong. */
lyger_status lyger_far_load_from(const char *soname, lyger_far_protocol *protocol, lyger_error *error);

void lyger_far_reply_read(const lyger_far_protocol *protocol, const void *raw, lyger_far_reply *reply);

#endif
