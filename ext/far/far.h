/*
 * The far room: a Redis or Valkey server as the cache of several machines. Keys that lyger.cache_far_prefixes
 * claims live on the server and nowhere else; every call asks the server, so that what it answers is what
 * every machine sees. Nothing is kept here between two calls but the connection.
 *
 * Owners. A lyger_far is one thread's: its connection, its reader, its back-off. It notices a fork and gives
 * the child a connection of its own. Bytes that a function hands out are the lyger_far's and stay until its
 * next call. An address and a list of prefixes are plain memory of their maker; a lyger_far borrows its
 * address.
 *
 * Time. No call takes longer than the address's connect_ms and command_ms together, whatever the server does;
 * resolving a host's name is the system's affair and comes on top. A server that cannot be reached or does
 * not answer in time is left alone for a while that doubles up to ten seconds; calls in that while fail at
 * once.
 *
 * Nothing that may have reached the server is sent again, except what only reads.
 */
#ifndef LYGER_FAR_FAR_H
#define LYGER_FAR_FAR_H

#include "cache/segment/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- where the server is ---- */

#define LYGER_FAR_NAME_MAX 255u    /* bytes of host, user, prefix */
#define LYGER_FAR_SECRET_MAX 1023u /* of the password */
#define LYGER_FAR_PATH_MAX 107u    /* of a Unix socket: sun_path */
#define LYGER_FAR_WAIT_MAX 60000u  /* ms */

typedef struct lyger_far_address {
    char host[LYGER_FAR_NAME_MAX + 1]; /* "" for a Unix socket */
    char path[LYGER_FAR_PATH_MAX + 1]; /* of a Unix socket, or "" */
    char port[6];                      /* decimal, 1 to 65535 */
    uint32_t database;
    char user[LYGER_FAR_NAME_MAX + 1]; /* "" for the default user */
    char password[LYGER_FAR_SECRET_MAX + 1];
    bool authenticates;                  /* whether a password was given */
    char prefix[LYGER_FAR_NAME_MAX + 1]; /* goes before every key */
    size_t prefix_len;
    uint32_t connect_ms, command_ms;     /* 1 to LYGER_FAR_WAIT_MAX */
    char shown[LYGER_FAR_NAME_MAX + 32]; /* for messages: without user, password, options */
} lyger_far_address;

/*
 * Reads redis://[user[:password]@]host[:port][/database][?option=value…] or unix:/path[?option=value…], with
 * the options db, prefix, timeout, connect_timeout (seconds), user, password; %XX stands for a byte. Any
 * bytes are safe. LYGER_E_ARGUMENT with the reason, which shows nothing of user and password.
 */
lyger_status lyger_far_address_read(const char *text, size_t len, lyger_far_address *address,
                                    lyger_error *error);

/* ---- which keys live there ---- */

#define LYGER_FAR_PREFIXES_MAX 64u

typedef struct lyger_far_prefix {
    uint16_t at, len; /* in text */
    bool far;
} lyger_far_prefix;

typedef struct lyger_far_prefixes {
    uint32_t count;
    lyger_far_prefix list[LYGER_FAR_PREFIXES_MAX]; /* the longest first */
    char text[4096];
} lyger_far_prefixes;

/* Reads "cart: user:=far user:local:=near": prefixes between blanks or commas, * for every key, %XX for a
 * byte. Without a word of its own a prefix is far. Any bytes are safe. LYGER_E_ARGUMENT with the reason. */
lyger_status lyger_far_prefixes_read(const char *text, size_t len, lyger_far_prefixes *prefixes,
                                     lyger_error *error);

/* Whether the key lives on the server: as the longest prefix says that the key begins with. */
bool lyger_far_claims(const lyger_far_prefixes *prefixes, const char *key, size_t len);

/* ---- what is stored ---- */

/*
 * The form in which other clients of the server find values: an integer is its decimal digits, a string its
 * bytes. A string that would be taken for one of the other two, and everything else, begins with
 * LYGER_FAR_MARK, the version of the form, and a letter: 's' and the bytes of a string, or 'p' and what PHP's
 * serialize() gives.
 */
#define LYGER_FAR_MARK "\0lyger"
#define LYGER_FAR_FORM '1'
#define LYGER_FAR_HEAD_MAX 24u

typedef struct lyger_far_form {
    char head[LYGER_FAR_HEAD_MAX]; /* comes before the value's bytes; the digits of an integer */
    size_t head_len;
    const char *bytes; /* the value's own */
    size_t len;
} lyger_far_form;

/* value: of type INT, STRING or SERIALIZED. */
void lyger_far_encode(const lyger_cache_value *value, lyger_far_form *form);

/* Any bytes are safe. NULL, or why they cannot be read; value->bytes is inside of the bytes. */
const char *lyger_far_decode(const char *bytes, size_t len, lyger_cache_value *value);

/* ---- the server ---- */

typedef struct lyger_far lyger_far;

/* Loads hiredis; connects to nothing yet. NULL with LYGER_E_CACHE or LYGER_E_MEMORY. */
lyger_far *lyger_far_make(const lyger_far_address *address, lyger_error *error);

/* NULL is allowed. */
void lyger_far_free(lyger_far *far);

/* Gives back the memory of the last call's bytes. */
void lyger_far_rest(lyger_far *far);

typedef struct lyger_far_figures {
    uint64_t connections, commands, failures; /* made, sent, of those that could not be carried out */
    bool connected;
    uint64_t waits_ms; /* until the server is tried again; 0: now */
} lyger_far_figures;

void lyger_far_describe(const lyger_far *far, lyger_far_figures *figures);

/* The soname of hiredis, NULL while it is not loaded. */
const char *lyger_far_hiredis(void);

/* Stored bytes, as the server has them. */
typedef struct lyger_far_bytes {
    const char *bytes; /* NULL: there is no such key */
    size_t len;
} lyger_far_bytes;

/*
 * All of these: LYGER_E_CACHE with the server's name and the reason when the server cannot be asked or
 * refuses, LYGER_E_ARGUMENT for a key in the name space of locks. Keys are 1 to LYGER_CACHE_KEY_MAX bytes;
 * ttl is in seconds, 0 for no end.
 */
typedef struct lyger_far_key {
    const char *bytes;
    size_t len;
} lyger_far_key;

lyger_status lyger_far_get(lyger_far *far, lyger_far_key key, lyger_far_bytes *found, lyger_error *error);
lyger_status lyger_far_has(lyger_far *far, lyger_far_key key, bool *there, lyger_error *error);

/* found has room for count. */
lyger_status lyger_far_get_many(lyger_far *far, const lyger_far_key *keys, size_t count,
                                lyger_far_bytes *found, lyger_error *error);

/* *stored is false when if_absent and the key was there. */
lyger_status lyger_far_set(lyger_far *far, lyger_far_key key, const lyger_far_form *form, uint32_t ttl,
                           bool if_absent, bool *stored, lyger_error *error);

/* Sends all, then awaits the answers; *stored: how many were stored before the first error. */
lyger_status lyger_far_set_many(lyger_far *far, const lyger_far_key *keys, const lyger_far_form *forms,
                                size_t count, uint32_t ttl, uint64_t *stored, lyger_error *error);

/* Removes keys, and the leases of whoever computes their values; *there: how many there were. */
lyger_status lyger_far_delete_many(lyger_far *far, const lyger_far_key *keys, size_t count, uint64_t *there,
                                   lyger_error *error);

/* lyger_far_get() and lyger_far_delete_many() in one step. */
lyger_status lyger_far_take(lyger_far *far, lyger_far_key key, lyger_far_bytes *found, lyger_error *error);

lyger_status lyger_far_touch(lyger_far *far, lyger_far_key key, uint32_t ttl, bool *there,
                             lyger_error *error);

/* ttl only counts for a key that this call makes. */
lyger_status lyger_far_increment(lyger_far *far, lyger_far_key key, int64_t by, uint32_t ttl, int64_t *result,
                                 lyger_error *error);

/* Stores form, or removes the key when form is NULL, if the server still has exactly these bytes. */
lyger_status lyger_far_exchange(lyger_far *far, lyger_far_key key, const lyger_far_bytes *expected,
                                const lyger_far_form *form, uint32_t ttl, bool *done, lyger_error *error);

typedef struct lyger_far_details {
    bool there;
    uint64_t len; /* of the stored bytes */
    int64_t left; /* ms until it expires, -1: it does not */
    char begins[LYGER_FAR_HEAD_MAX];
    size_t begins_len;
} lyger_far_details;

lyger_status lyger_far_inspect(lyger_far *far, lyger_far_key key, lyger_far_details *details,
                               lyger_error *error);

/* A walk over the server's keys; begin with zeros. */
typedef struct lyger_far_walk {
    uint64_t cursor;
    bool begun;
} lyger_far_walk;

/* Calls visit with some of the keys that begin with prefix and that prefixes claims; *more is false at the
 * end. Keys that are there all the time are visited at least once. */
lyger_status lyger_far_walk_on(lyger_far *far, const lyger_far_prefixes *prefixes, lyger_far_key prefix,
                               lyger_far_walk *walk, void (*visit)(lyger_far_key key, void *context),
                               void *context, bool *more, lyger_error *error);

/* Removes the keys that begin with prefix and that prefixes claims. */
lyger_status lyger_far_purge(lyger_far *far, const lyger_far_prefixes *prefixes, lyger_far_key prefix,
                             lyger_error *error);

/* ---- locks ---- */

/* One attempt; *got also when the lock is held with this token already: then its time begins anew. */
lyger_status lyger_far_lock(lyger_far *far, lyger_far_key key, lyger_far_key token, uint32_t ttl, bool *got,
                            lyger_error *error);

/* Whoever has it when token.bytes is NULL; *held: whether it was held, with that token. */
lyger_status lyger_far_unlock(lyger_far *far, lyger_far_key key, lyger_far_key token, bool *held,
                              lyger_error *error);
lyger_status lyger_far_lock_extend(lyger_far *far, lyger_far_key key, lyger_far_key token, uint32_t ttl,
                                   bool *held, lyger_error *error);
lyger_status lyger_far_lock_owner(lyger_far *far, lyger_far_key key, lyger_far_bytes *token,
                                  lyger_error *error);

/* ---- leases: who computes a value (Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013) ---- */

#define LYGER_FAR_LEASE_S 60u /* after which others may compute, when the holder's machine is gone */

/*
 * One attempt at the lease of a key; `machine`, not empty, begins the token. The caller has the machine's own
 * lease of this key (lyger_cache_lease()), so that a lease whose token begins with `machine` is of a thread
 * that is gone, and is taken over.
 */
lyger_status lyger_far_lease(lyger_far *far, lyger_far_key key, lyger_far_key machine, lyger_far_key token,
                             bool *got, lyger_error *error);

/* Stores the value if the lease is still held with the token, and gives it back; *stored is false when the
 * key was deleted meanwhile, or the lease ran out and another machine has it. */
lyger_status lyger_far_lease_store(lyger_far *far, lyger_far_key key, lyger_far_key token,
                                   const lyger_far_form *form, uint32_t ttl, bool *stored,
                                   lyger_error *error);
lyger_status lyger_far_lease_give_back(lyger_far *far, lyger_far_key key, lyger_far_key token,
                                       lyger_error *error);

#endif
