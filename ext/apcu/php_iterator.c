/*
 * APCUIterator. It walks over the index piece by piece: each piece gives keys, of which the wanted ones
 * become items, chunk_size at a time. No lock is held in between, and none while values are unserialised.
 */
#include "php_apcu.h"

#include "lyger_error.h"

#include "ext/pcre/php_pcre.h"

#define CHUNK 100u /* items at a time, when the application does not say */

typedef struct item {
    zend_string *key;
    zval value;
} item;

/* An entry that the walk came by. */
typedef struct found_entry {
    zend_string *key; /* as APCu has it */
    lyger_cache_details details;
} found_entry;

typedef struct iterator {
    bool ready;   /* constructed */
    bool deleted; /* of what is deleted and still used, which lyger has no list of */
    zend_long format;
    size_t chunk;
    zend_string *regex;
    pcre_cache_entry *pattern;
    pcre2_match_data *match;
    HashTable *search; /* keys; NULL when all are wanted */
    lyger_cache_walk walk;
    bool at_end; /* the walk is; found entries may be left */
    found_entry *found;
    size_t found_count, found_room, found_at;
    item *items;
    size_t item_count, item_room, item_at;
    bool has_totals;
    zend_long hits, size, count;
    zend_object std;
} iterator;

static zend_class_entry *iterator_class;
static zend_object_handlers iterator_handlers;

static iterator *iterator_of(zend_object *object)
{
    return (iterator *)((char *)object - XtOffsetOf(iterator, std));
}

/* ---- life ---- */

static zend_object *iterator_create(zend_class_entry *class_entry)
{
    iterator *it = zend_object_alloc(sizeof *it, class_entry);
    zend_object_std_init(&it->std, class_entry);
    object_properties_init(&it->std, class_entry);
    it->std.handlers = &iterator_handlers;
    return &it->std;
}

static void forget_items(iterator *it)
{
    while (it->item_count > 0) {
        item *last = &it->items[--it->item_count];
        zend_string_release(last->key);
        zval_ptr_dtor(&last->value);
    }
    it->item_at = 0;
}

static void forget_found(iterator *it)
{
    for (; it->found_at < it->found_count; it->found_at++) {
        zend_string_release(it->found[it->found_at].key);
    }
    it->found_at = it->found_count = 0;
}

static void forget_search(iterator *it)
{
    if (it->match) {
        pcre2_match_data_free(it->match);
        it->match = NULL;
    }
    if (it->pattern) {
        php_pcre_pce_decref(it->pattern);
        it->pattern = NULL;
    }
    if (it->regex) {
        zend_string_release(it->regex);
        it->regex = NULL;
    }
    if (it->search) {
        zend_array_destroy(it->search);
        it->search = NULL;
    }
}

static void iterator_free(zend_object *object)
{
    iterator *it = iterator_of(object);
    forget_items(it);
    forget_found(it);
    forget_search(it);
    if (it->items) {
        efree(it->items);
    }
    if (it->found) {
        efree(it->found);
    }
    zend_object_std_dtor(object);
}

void php_lyger_apcu_iterator_register(zend_class_entry *class_entry)
{
    iterator_class = class_entry;
    iterator_class->create_object = iterator_create;
    memcpy(&iterator_handlers, &std_object_handlers, sizeof iterator_handlers);
    iterator_handlers.offset = XtOffsetOf(iterator, std);
    iterator_handlers.free_obj = iterator_free;
    iterator_handlers.clone_obj = NULL;
}

/* ---- the search ---- */

static bool is_wanted(const iterator *it, const zend_string *key)
{
    if (it->pattern) {
        return pcre2_match(php_pcre_pce_re(it->pattern), (PCRE2_SPTR)ZSTR_VAL(key), ZSTR_LEN(key), 0, 0,
                           it->match, php_pcre_mctx()) >= 0;
    }
    return !it->search || zend_hash_exists(it->search, (zend_string *)key);
}

/* Called for an entry of the walk, under no lock. */
static bool take_found(const char *key, size_t key_len, const lyger_cache_details *details, void *context)
{
    iterator *it = context;
    zend_string *name = php_lyger_apcu_key_shown(key, key_len);
    if (!is_wanted(it, name)) {
        zend_string_release(name);
        return true;
    }
    if (it->found_count == it->found_room) {
        it->found_room = it->found_room ? it->found_room * 2 : 64;
        it->found = safe_erealloc(it->found, it->found_room, sizeof *it->found, 0);
    }
    it->found[it->found_count++] = (found_entry){name, *details};
    return true;
}

static bool is_interrupted(void)
{
    if (!lyger_interrupted(&php_lyger_interrupt)) {
        return false;
    }
    lyger_error error;
    lyger_fail(&error, LYGER_E_INTERRUPTED, "interrupted");
    php_lyger_throw(&error);
    return true;
}

/* ---- items ---- */

static void add_long(zval *to, zend_long format, zend_long bit, const char *name, zend_long value)
{
    if (format & bit) {
        add_assoc_long(to, name, value);
    }
}

/* Makes the item of an entry; false when its value is gone meanwhile. */
static bool make_item(lyger_cache *cache, const found_entry *entry, zend_long format, item *made)
{
    const lyger_cache_details *details = &entry->details;
    zval value;
    ZVAL_NULL(&value);
    if ((format & PHP_LYGER_APC_ITER_VALUE) &&
        !php_lyger_apcu_fetch(cache, php_lyger_apcu_key(entry->key), &value, true) && !EG(exception) &&
        !lyger_cache_contains(cache, ZSTR_VAL(php_lyger_apcu_key(entry->key)),
                              ZSTR_LEN(php_lyger_apcu_key(entry->key)))) {
        return false;
    }
    zval *to = &made->value;
    array_init(to);
    if (format & PHP_LYGER_APC_ITER_TYPE) {
        add_assoc_string(to, "type", "user");
    }
    if (format & PHP_LYGER_APC_ITER_KEY) {
        add_assoc_str(to, "key", zend_string_copy(entry->key));
    }
    if (format & PHP_LYGER_APC_ITER_VALUE) {
        add_assoc_zval(to, "value", &value);
    }
    add_long(to, format, PHP_LYGER_APC_ITER_NUM_HITS, "num_hits", details->hits);
    add_long(to, format, PHP_LYGER_APC_ITER_MTIME, "mtime", details->account.modified);
    add_long(to, format, PHP_LYGER_APC_ITER_CTIME, "creation_time", details->account.created);
    add_long(to, format, PHP_LYGER_APC_ITER_DTIME, "deletion_time", 0);
    add_long(to, format, PHP_LYGER_APC_ITER_ATIME, "access_time", details->account.modified);
    add_long(to, format, PHP_LYGER_APC_ITER_REFCOUNT, "ref_count", 0);
    add_long(to, format, PHP_LYGER_APC_ITER_MEM_SIZE, "mem_size", (zend_long)details->bytes);
    add_long(to, format, PHP_LYGER_APC_ITER_TTL, "ttl", (zend_long)details->account.ttl);
    made->key = zend_string_copy(entry->key);
    return true;
}

/* Makes an item of the next entry found. The entry is taken off first: unserialising may run code that uses
 * the iterator. */
static void take_item(iterator *it, lyger_cache *cache, zend_long format)
{
    item made;
    found_entry entry = it->found[it->found_at++];
    if (make_item(cache, &entry, format, &made)) {
        if (it->item_count == it->item_room) {
            it->item_room = it->item_room ? it->item_room * 2 : 16;
            it->items = safe_erealloc(it->items, it->item_room, sizeof *it->items, 0);
        }
        it->items[it->item_count++] = made;
    }
    zend_string_release(entry.key);
}

/* Replaces the items by the next ones; how many there are. */
static size_t next_chunk(iterator *it, zend_long format)
{
    lyger_cache *cache = php_lyger_apcu_cache();
    forget_items(it);
    while (cache && !it->deleted && it->item_count < it->chunk && !EG(exception)) {
        if (it->found_at < it->found_count) {
            take_item(it, cache, format);
            continue;
        }
        if (it->at_end) {
            break;
        }
        it->found_at = it->found_count = 0;
        it->at_end = !lyger_cache_walk_accounts(cache, &it->walk, take_found, it);
        if (is_interrupted()) {
            break;
        }
    }
    return it->item_count;
}

static void begin(iterator *it)
{
    forget_items(it);
    forget_found(it);
    it->walk = (lyger_cache_walk){0};
    it->at_end = false;
}

/* ---- methods ---- */

/* The keys of a list as a set. What is no string is wanted by no key. */
static HashTable *set_of(HashTable *list)
{
    zval *key, yes;
    HashTable *set = zend_new_array(zend_hash_num_elements(list));
    ZVAL_TRUE(&yes);
    ZEND_HASH_FOREACH_VAL(list, key)
    {
        ZVAL_DEREF(key);
        if (Z_TYPE_P(key) == IS_STRING) {
            zend_hash_update(set, Z_STR_P(key), &yes);
        }
    }
    ZEND_HASH_FOREACH_END();
    return set;
}

/* False when the regular expression is none. */
static bool take_search(iterator *it, zval *search)
{
    if (search && Z_TYPE_P(search) == IS_ARRAY) {
        it->search = set_of(Z_ARRVAL_P(search));
    } else if (search && Z_TYPE_P(search) == IS_STRING && Z_STRLEN_P(search) > 0) {
        it->pattern = pcre_get_compiled_regex_cache(Z_STR_P(search));
        if (!it->pattern) {
            php_error_docref(NULL, E_ERROR, "Could not compile regular expression: %s", Z_STRVAL_P(search));
            return false;
        }
        php_pcre_pce_incref(it->pattern);
        it->regex = zend_string_copy(Z_STR_P(search));
        it->match = pcre2_match_data_create_from_pattern(php_pcre_pce_re(it->pattern), php_pcre_gctx());
        return it->match != NULL;
    }
    return true;
}

ZEND_METHOD(APCUIterator, __construct)
{
    zval *search = NULL;
    zend_long format = PHP_LYGER_APC_ITER_ALL, chunk = 0, list = PHP_LYGER_APC_LIST_ACTIVE;

    ZEND_PARSE_PARAMETERS_START(0, 4)
        Z_PARAM_OPTIONAL
        Z_PARAM_ZVAL_OR_NULL(search)
        Z_PARAM_LONG(format)
        Z_PARAM_LONG(chunk)
        Z_PARAM_LONG(list)
    ZEND_PARSE_PARAMETERS_END();

    iterator *it = iterator_of(Z_OBJ_P(ZEND_THIS));
    if (chunk < 0) {
        php_error_docref(NULL, E_ERROR, "APCUIterator chunk size must be 0 or greater");
        return;
    }
    if (!php_lyger_apcu_cache()) {
        zend_throw_error(NULL, "APC must be enabled to use APCUIterator");
        RETURN_THROWS();
    }
    if (format > PHP_LYGER_APC_ITER_ALL) {
        php_error_docref(NULL, E_ERROR, "APCUIterator format is invalid");
        return;
    }
    if (list != PHP_LYGER_APC_LIST_ACTIVE && list != PHP_LYGER_APC_LIST_DELETED) {
        php_error_docref(NULL, E_WARNING, "APCUIterator invalid list type");
        return;
    }
    forget_search(it);
    begin(it);
    it->format = format;
    it->chunk = chunk ? (size_t)chunk : CHUNK;
    it->deleted = list == PHP_LYGER_APC_LIST_DELETED;
    it->has_totals = false;
    it->ready = take_search(it, search);
}

/* The object of a method that takes no argument; NULL with an exception. */
static iterator *ready_iterator(INTERNAL_FUNCTION_PARAMETERS)
{
    (void)return_value;
    if (zend_parse_parameters_none() == FAILURE) {
        return NULL;
    }
    iterator *it = iterator_of(Z_OBJ_P(ZEND_THIS));
    if (!it->ready) {
        zend_throw_error(NULL, "Trying to use uninitialized APCUIterator");
        return NULL;
    }
    return it;
}

ZEND_METHOD(APCUIterator, rewind)
{
    iterator *it = ready_iterator(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    if (it) {
        begin(it);
        next_chunk(it, it->format);
    }
}

/* Whether there is an item under the iterator, of the next chunk when this one is over. */
static bool is_valid(iterator *it)
{
    return it->item_at < it->item_count || next_chunk(it, it->format) > 0;
}

ZEND_METHOD(APCUIterator, valid)
{
    iterator *it = ready_iterator(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    if (it) {
        RETURN_BOOL(is_valid(it));
    }
}

ZEND_METHOD(APCUIterator, current)
{
    iterator *it = ready_iterator(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    if (!it) {
        RETURN_THROWS();
    }
    if (is_valid(it)) {
        RETURN_COPY(&it->items[it->item_at].value);
    }
    if (!EG(exception)) {
        zend_throw_error(NULL, "Cannot call current() on invalid iterator");
    }
}

ZEND_METHOD(APCUIterator, key)
{
    iterator *it = ready_iterator(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    if (!it) {
        RETURN_THROWS();
    }
    if (is_valid(it)) {
        RETURN_STR_COPY(it->items[it->item_at].key);
    }
    if (!EG(exception)) {
        zend_throw_error(NULL, "Cannot call key() on invalid iterator");
    }
}

ZEND_METHOD(APCUIterator, next)
{
    iterator *it = ready_iterator(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    if (it && it->item_at < it->item_count) {
        it->item_at++;
    }
}

/* ---- totals ---- */

static bool add_up(const char *key, size_t key_len, const lyger_cache_details *details, void *context)
{
    iterator *it = context;
    zend_string *name = php_lyger_apcu_key_shown(key, key_len);
    if (is_wanted(it, name)) {
        it->hits += details->hits;
        it->size += (zend_long)details->bytes;
        it->count++;
    }
    zend_string_release(name);
    return true;
}

/* Returns one of the totals, which are counted once. */
static void return_total(INTERNAL_FUNCTION_PARAMETERS, size_t member)
{
    iterator *it = ready_iterator(INTERNAL_FUNCTION_PARAM_PASSTHRU);
    if (!it) {
        RETURN_THROWS();
    }
    lyger_cache *cache = php_lyger_apcu_cache();
    if (!it->has_totals && cache) {
        lyger_cache_walk walk = {0};
        it->hits = it->size = it->count = 0;
        while (lyger_cache_walk_accounts(cache, &walk, add_up, it)) {
            if (is_interrupted()) {
                RETURN_THROWS();
            }
        }
        it->has_totals = true;
    }
    RETURN_LONG(*(zend_long *)(void *)((char *)it + member));
}

ZEND_METHOD(APCUIterator, getTotalHits)
{
    return_total(INTERNAL_FUNCTION_PARAM_PASSTHRU, XtOffsetOf(iterator, hits));
}

ZEND_METHOD(APCUIterator, getTotalSize)
{
    return_total(INTERNAL_FUNCTION_PARAM_PASSTHRU, XtOffsetOf(iterator, size));
}

ZEND_METHOD(APCUIterator, getTotalCount)
{
    return_total(INTERNAL_FUNCTION_PARAM_PASSTHRU, XtOffsetOf(iterator, count));
}

/* ---- deleting ---- */

bool php_lyger_apcu_iterator_delete(zend_object *object)
{
    if (!instanceof_function(object->ce, iterator_class)) {
        php_error_docref(NULL, E_ERROR, "apc_delete object argument must be instance of APCUIterator.");
        return false;
    }
    iterator *it = iterator_of(object);
    if (!it->ready) {
        zend_throw_error(NULL, "Trying to use uninitialized APCUIterator");
        return false;
    }
    while (next_chunk(it, PHP_LYGER_APC_ITER_NONE) > 0) {
        lyger_cache *cache = php_lyger_apcu_cache();
        for (; it->item_at < it->item_count; it->item_at++) {
            php_lyger_apcu_delete(cache, it->items[it->item_at].key);
        }
    }
    return true;
}
