/*
 * PHP's sessions in the cache: session.save_handler=lyger.
 *
 * A session is an entry of the cache's annex, under the text of session.save_path, a NUL byte and the
 * session's id. It is made when its id is first read, and lives for session.gc_maxlifetime seconds after it
 * was last written or touched. Its lock (LYGER_CACHE_SESSION) is held from the reading to the closing, by one
 * thread, and is free as soon as that thread is dead.
 *
 * The session module may be built into PHP, be a library of its own, or not be there, so its functions are
 * looked up by name.
 */
#include "php_cache.h"

#include "lyger_compat.h"
#include "lyger_error.h"
#include "cache/system/os.h"

#include "ext/standard/info.h"

#if __has_include("ext/session/php_session.h")
#include "ext/session/php_session.h"

#ifndef PHP_WIN32
#include <dlfcn.h>
#endif

#define ID_MOST 256u    /* bytes of a session's id: PHP's own limit */
#define COLLISIONS 3    /* ids that are made until one is new; that the first is not does not happen */
#define WAIT_SLICE 100u /* ms of waiting between two looks whether PHP wants to stop */

/* What the module keeps of one request: save_path, and the session that this request has locked. */
typedef struct session {
    zend_string *id; /* of the session that is locked; NULL: none is */
    uint64_t token;  /* of its lock */
    bool
        destroyed; /* while this request waited for it: what is written to it is lost, as in a deleted file */
    bool unread;   /* memory_limit has ended its reading: what $_SESSION has is not it */
    size_t place;  /* bytes of save_path and the NUL byte, with which key begins */
    char key[];
} session;

static struct {
    zend_result (*register_module)(const ps_module *module);
    zend_string *(*create_id)(void **module_data);
} php;

static ZEND_COLD void warn(const lyger_error *error)
{
    php_error_docref(NULL, E_WARNING, "%s", error->message);
}

/* The cache's sessions; NULL with a warning when there is no cache. */
static lyger_cache *sessions(void)
{
    lyger_cache *cache = php_lyger_cache();
    if (EXPECTED(cache)) {
        return lyger_cache_annex(cache);
    }
    php_error_docref(NULL, E_WARNING, "There is nowhere to keep sessions: %s", php_lyger_why_no_cache());
    return NULL;
}

/* The characters that the files handler accepts: an id that it would refuse may be an attempt at something.
 */
static bool id_is_valid(const zend_string *id)
{
    for (size_t i = 0; i < ZSTR_LEN(id); i++) {
        unsigned char c = (unsigned char)ZSTR_VAL(id)[i];
        bool letter = (unsigned)((c | 0x20) - 'a') < 26;
        if (!letter && (unsigned)(c - '0') > 9 && c != ',' && c != '-') {
            return false;
        }
    }
    return ZSTR_LEN(id) > 0 && ZSTR_LEN(id) <= ID_MOST;
}

static bool refuse_bad_id(const zend_string *id)
{
    if (EXPECTED(id_is_valid(id))) {
        return false;
    }
    php_error_docref(
        NULL, E_WARNING,
        "Session ID is too long or contains illegal characters. Only the A-Z, a-z, 0-9, \"-\", and "
        "\",\" characters are allowed");
    return true;
}

/* Writes the key of a session with a valid id; its length. */
static size_t key_of(session *s, const zend_string *id)
{
    memcpy(s->key + s->place, ZSTR_VAL(id), ZSTR_LEN(id));
    return s->place + ZSTR_LEN(id);
}

static bool exists(session *s, lyger_cache *cache, const zend_string *id)
{
    return lyger_cache_contains(cache, s->key, key_of(s, id));
}

static uint32_t seconds_of(zend_long lifetime)
{
    if (lifetime < 1) {
        return 1;
    }
    return (zend_ulong)lifetime > LYGER_CACHE_TTL_MAX ? LYGER_CACHE_TTL_MAX : (uint32_t)lifetime;
}

/* ---- locks ---- */

static void let_go(session *s)
{
    lyger_cache *cache = php_lyger_cache();
    bool held;
    if (!s->id) {
        return;
    }
    if (cache) {
        lyger_cache_give_back(lyger_cache_annex(cache), s->key, key_of(s, s->id), LYGER_CACHE_SESSION,
                              s->token, &held, NULL);
    }
    zend_string_release(s->id);
    s->id = NULL;
    s->destroyed = s->unread = false;
}

/* When a wait that begins now is over; 0: it has no end. */
static uint64_t end_of_wait(void)
{
    zend_long seconds = LYGER_G(cache).session_wait ? LYGER_G(cache).session_wait : EG(timeout_seconds);
    return seconds > 0 ? lyger_os_milliseconds() + (uint64_t)seconds * 1000u : 0;
}

/* Waits a while until the lock may be free. PHP's signal handlers and time limit get their turn in between.
 * False when it must not wait longer, with a warning or exception. */
static bool wait_a_while(lyger_cache *cache, const char *key, size_t len, uint64_t end)
{
    uint64_t now = lyger_os_milliseconds();
    lyger_error error;
    if (end && now >= end) {
        php_error_docref(NULL, E_WARNING,
                         "The session is in use by another request, which did not end in time");
        return false;
    }
    uint32_t slice = end && end - now < WAIT_SLICE ? (uint32_t)(end - now) : WAIT_SLICE;
    if (lyger_cache_wait(cache, key, len, LYGER_CACHE_SESSION, slice, &error) != LYGER_OK) {
        php_error_docref(NULL, E_WARNING,
                         "The request that uses the session waits for a value that this request computes");
        return false;
    }
    if (lyger_interrupted(&php_lyger_interrupt)) {
        lyger_fail(&error, LYGER_E_INTERRUPTED, "interrupted");
        php_lyger_throw(&error);
        return false;
    }
    return true;
}

/* Takes the lock of a session that another request has. */
static bool wait_for_lock(session *s, lyger_cache *cache, const zend_string *id)
{
    uint64_t end = end_of_wait();
    bool there = exists(s, cache, id);
    size_t len = key_of(s, id);
    lyger_error error;
    while (!s->token) {
        if (!wait_a_while(cache, s->key, len, end)) {
            return false;
        }
        if (lyger_cache_lock_session(cache, s->key, len, &s->token, &error) != LYGER_OK) {
            warn(&error);
            return false;
        }
    }
    s->destroyed = there && !exists(s, cache, id);
    return true;
}

/* Makes the session with that id the one that this request has locked. */
static bool lock(session *s, lyger_cache *cache, zend_string *id)
{
    lyger_error error;
    if (s->id && zend_string_equals(s->id, id)) {
        return true;
    }
    let_go(s);
    if (refuse_bad_id(id)) {
        return false;
    }
    if (lyger_cache_lock_session(cache, s->key, key_of(s, id), &s->token, &error) != LYGER_OK) {
        warn(&error);
        return false;
    }
    if (UNEXPECTED(!s->token) && !wait_for_lock(s, cache, id)) {
        return false;
    }
    s->id = zend_string_copy(id);
    return true;
}

/* ---- what PHP calls ---- */

static zend_result store(session *s, lyger_cache *cache, const zend_string *id, const char *bytes, size_t len,
                         zend_long lifetime)
{
    lyger_cache_value value = {.type = LYGER_CACHE_STRING, .bytes = bytes, .len = len};
    lyger_error error;
    bool stored;
    if (lyger_cache_store(cache, s->key, key_of(s, id), &value, seconds_of(lifetime), 0, LYGER_CACHE_REPLACE,
                          &stored, &error) == LYGER_OK) {
        return SUCCESS;
    }
    warn(&error);
    return FAILURE;
}

static zend_result close_sessions(void **data)
{
    let_go(*data);
    efree(*data);
    *data = NULL;
    return SUCCESS;
}

static zend_result open_sessions(void **data, const char *save_path, const char *session_name)
{
    size_t len = strlen(save_path);
    (void)session_name;
    if (*data) {
        close_sessions(data);
    }
    if (len + 1 + ID_MOST > LYGER_CACHE_KEY_MAX) {
        php_error_docref(NULL, E_WARNING, "session.save_path must be shorter than %u bytes",
                         LYGER_CACHE_KEY_MAX - ID_MOST);
        return FAILURE;
    }
    /* session.auto_start comes before this module's own start of a request. Not within a request: a child
     * that the request has forked would open a cache anew while it uses values of this one where they lie. */
    if (!php_lyger_cache() || LYGER_G(request_over)) {
        php_lyger_open_request_start();
    }
    if (!sessions()) {
        return FAILURE;
    }
    session *s = emalloc(sizeof *s + len + 1 + ID_MOST);
    s->id = NULL;
    s->destroyed = s->unread = false;
    s->place = len + 1;
    memcpy(s->key, save_path, len + 1);
    *data = s;
    return SUCCESS;
}

static char *make_string(void *context, size_t len)
{
    zend_string **string = context;
    if (*string) {
        zend_string_efree(*string);
        *string = NULL;
    }
    *string = php_lyger_string_alloc(len);
    if (!*string) {
        return NULL;
    }
    ZSTR_VAL(*string)[len] = '\0';
    return ZSTR_VAL(*string);
}

/* A session that is not there is made, empty, so that its id is one that this application has given. */
static zend_result read_session(void **data, zend_string *id, zend_string **bytes, zend_long lifetime)
{
    session *s = *data;
    lyger_cache *cache = sessions();
    zend_string *string = NULL;
    const lyger_cache_room room = {make_string, &string};
    lyger_cache_value value;
    if (!cache || !lock(s, cache, id)) {
        return FAILURE;
    }
    s->unread = true;
    lyger_cache_found found = lyger_cache_fetch(cache, s->key, key_of(s, id), &value, &room);
    if (found == LYGER_CACHE_NO_ROOM) {
        return FAILURE;
    }
    s->unread = false;
    if (found == LYGER_CACHE_HIT && string) {
        *bytes = string;
        return SUCCESS;
    }
    if (string) {
        zend_string_efree(string);
    }
    *bytes = ZSTR_EMPTY_ALLOC();
    return s->destroyed ? SUCCESS : store(s, cache, id, "", 0, lifetime);
}

static zend_result write_session(void **data, zend_string *id, zend_string *bytes, zend_long lifetime)
{
    session *s = *data;
    lyger_cache *cache = sessions();
    if (!cache || !lock(s, cache, id) || s->unread) {
        return FAILURE;
    }
    return s->destroyed ? SUCCESS : store(s, cache, id, ZSTR_VAL(bytes), ZSTR_LEN(bytes), lifetime);
}

static zend_result touch_session(void **data, zend_string *id, zend_string *bytes, zend_long lifetime)
{
    session *s = *data;
    lyger_cache *cache = sessions();
    lyger_error error;
    bool there;
    if (!cache || refuse_bad_id(id)) {
        return FAILURE;
    }
    if (lyger_cache_retime(cache, s->key, key_of(s, id), seconds_of(lifetime), &there, &error) != LYGER_OK) {
        warn(&error);
        return FAILURE;
    }
    return there ? SUCCESS : write_session(data, id, bytes, lifetime);
}

static zend_result destroy_session(void **data, zend_string *id)
{
    session *s = *data;
    lyger_cache *cache = sessions();
    lyger_error error;
    bool there;
    if (!cache || !id_is_valid(id)) {
        return FAILURE;
    }
    if (lyger_cache_remove(cache, s->key, key_of(s, id), &there, &error) != LYGER_OK) {
        warn(&error);
        return FAILURE;
    }
    let_go(s);
    return SUCCESS;
}

/* The cache forgets sessions whose time is over by itself. */
static zend_long collect_sessions(void **data, zend_long lifetime, zend_long *deleted)
{
    (void)data;
    (void)lifetime;
    *deleted = 0;
    return 0;
}

static zend_string *create_id(void **data)
{
    session *s = *data;
    lyger_cache *cache = php_lyger_cache();
    for (int i = 0;; i++) {
        zend_string *id = php.create_id(data);
        if (!id || !s || !cache || !id_is_valid(id) || !exists(s, lyger_cache_annex(cache), id)) {
            return id;
        }
        zend_string_release(id);
        if (i == COLLISIONS) {
            return NULL;
        }
    }
}

static zend_result validate_id(void **data, zend_string *id)
{
    lyger_cache *cache = php_lyger_cache();
    return cache && id_is_valid(id) && exists(*data, lyger_cache_annex(cache), id) ? SUCCESS : FAILURE;
}

static const ps_module module = {
    .s_name = "lyger",
    .s_open = open_sessions,
    .s_close = close_sessions,
    .s_read = read_session,
    .s_write = write_session,
    .s_destroy = destroy_session,
    .s_gc = collect_sessions,
    .s_create_sid = create_id,
    .s_validate_sid = validate_id,
    .s_update_timestamp = touch_session,
};

/* The session module's functions: false when it is not there. */
static bool find_functions(void)
{
#if defined(PHP_WIN32) || (!defined(COMPILE_DL_LYGER) && !defined(COMPILE_DL_SESSION))
    php.register_module = php_session_register_module;
    php.create_id = php_session_create_id;
#else
    *(void **)&php.register_module = dlsym(RTLD_DEFAULT, "php_session_register_module");
    *(void **)&php.create_id = dlsym(RTLD_DEFAULT, "php_session_create_id");
#endif
    return php.register_module && php.create_id;
}

static bool registered;

LYGER_AT_START void php_lyger_sessions_module_start(void)
{
    registered = zend_hash_str_exists(&module_registry, ZEND_STRL("session")) && find_functions() &&
                 php.register_module(&module) == SUCCESS;
}

void php_lyger_sessions_info(void)
{
    php_info_print_table_row(2, "Session handler",
                             registered ? "lyger" : "none: PHP's session module is not loaded");
}

#else

void php_lyger_sessions_module_start(void) {}

void php_lyger_sessions_info(void)
{
    php_info_print_table_row(2, "Session handler", "none: built without PHP's session module");
}

#endif
