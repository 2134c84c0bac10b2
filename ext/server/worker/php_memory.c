/*
 * Memory that PHP gives back at the end of its own request, which for a worker is the end of the process.
 *
 * PHP interns strings of which it expects few: names of fields, cookies and query arguments, of classes that
 * unserialize() is asked for, "class::method". In a worker clients write these strings, and an interned
 * string is never freed, because references to it are not counted. While a worker serves, strings that are
 * interned already are found, and no new one is added. Every caller copes with a string that is not interned,
 * because with opcache, whose table is shared and full at some time, PHP never adds one while it runs scripts
 * (ZendAccelerator.c).
 */
#include "php_worker.h"

#include "zend_alloc.h"

static struct {
    zend_new_interned_string_func_t find_or_add;
    zend_string_init_interned_func_t init;
    zend_string_init_existing_interned_func_t init_existing;
} interning; /* PHP's own; NULL: not replaced */

/* Finds an interned string and adds none; a permanent string, which dl() adds, is left to PHP's own
 * handler. */
static zend_string *ZEND_FASTCALL find(zend_string *string)
{
    if (ZSTR_IS_INTERNED(string)) {
        return string;
    }
    if (GC_FLAGS(string) & GC_PERSISTENT) {
        return interning.find_or_add(string);
    }
    zend_string *found = zend_interned_string_find_permanent(string);
    if (!found) {
        zval *added = zend_hash_find_known_hash(&CG(interned_strings), string);
        if (!added) {
            return string;
        }
        found = Z_STR_P(added);
    }
    zend_string_release(string);
    return found;
}

static zend_string *ZEND_FASTCALL init(const char *text, size_t len, bool permanent)
{
    return permanent ? interning.init(text, len, true) : interning.init_existing(text, len, false);
}

/* Whether the present handlers add strings: opcache's do not. */
static bool strings_are_added(void)
{
    zend_string *probe =
        zend_string_init_interned(ZEND_STRL("\0lyger looks whether this is interned"), false);
    bool added = ZSTR_IS_INTERNED(probe);
    zend_string_release(probe);
    return added;
}

static void stop_interning(void)
{
    if (!strings_are_added()) {
        return;
    }
    interning.find_or_add = zend_new_interned_string;
    interning.init = zend_string_init_interned;
    interning.init_existing = zend_string_init_existing_interned;
    zend_interned_strings_set_request_storage_handlers(find, init, interning.init_existing);
    zend_interned_strings_switch_storage(true);
}

static void intern_again(void)
{
    if (interning.init) {
        zend_interned_strings_set_request_storage_handlers(interning.find_or_add, interning.init,
                                                           interning.init_existing);
        zend_interned_strings_switch_storage(true);
        memset(&interning, 0, sizeof interning);
    }
}

/* ---- the heap ---- */

#define SLACK_MAX (8u << 20) /* bytes that the heap may keep for blocks that are free */

static size_t slack; /* bytes that could not be given back the last time */

/*
 * Gives back pages of the heap in which no block is in use. Freed blocks stay with the heap, ordered by size,
 * for the next block of that size: after one request with many megabytes of small strings they would be most
 * of a worker's memory.
 */
void php_lyger_memory_trim(void)
{
    size_t free = zend_memory_usage(true) - zend_memory_usage(false);
    if (UNEXPECTED(free > slack + SLACK_MAX)) {
        zend_mm_gc(zend_mm_get_heap());
        slack = zend_memory_usage(true) - zend_memory_usage(false);
    } else if (free < slack) {
        slack = free;
    }
}

void php_lyger_memory_keep(void)
{
    stop_interning();
    slack = zend_memory_usage(true) - zend_memory_usage(false);
}

void php_lyger_memory_release(void)
{
    intern_again();
}
