/*
 * The native door's look inside the cache: figures and keys.
 */
#include "php_cache.h"

#include "cache/figures.h"
#include "lyger_error.h"
#include "php_far.h"

/* ---- figures ---- */

static void add_figures(zval *array, const lyger_cache_figure *figures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_assoc_long(array, figures[i].name, (zend_long)figures[i].value);
    }
}

static void add_facts(zval *array, const lyger_cache_facts *facts)
{
    lyger_cache_figure figures[LYGER_CACHE_FIGURES];
    add_figures(array, figures, lyger_cache_name_facts(facts, figures));
}

static void add_list_item(zval *list, const lyger_cache_figure *figures, size_t count)
{
    zval item;
    array_init(&item);
    add_figures(&item, figures, count);
    add_next_index_zval(list, &item);
}

static void add_shards(zval *list, lyger_cache *cache, uint32_t count)
{
    lyger_cache_figure figures[LYGER_CACHE_FIGURES];
    for (uint32_t i = 0; i < count; i++) {
        lyger_cache_shard_facts facts;
        lyger_cache_describe_shard(cache, i, &facts);
        add_list_item(list, figures, lyger_cache_name_shard(&facts, figures));
    }
}

static void add_classes(zval *list, const lyger_cache_class_facts classes[LYGER_CACHE_CLASSES])
{
    lyger_cache_figure figures[LYGER_CACHE_FIGURES];
    for (uint32_t i = 0; i < LYGER_CACHE_CLASSES; i++) {
        size_t count = lyger_cache_name_class(&classes[i], i, figures);
        if (count) {
            add_list_item(list, figures, count);
        }
    }
}

/* cache may be NULL: then the lists are empty. */
static void add_details(zval *array, lyger_cache *cache, uint32_t shard_count)
{
    lyger_cache_class_facts classes[LYGER_CACHE_CLASSES] = {0};
    lyger_error error;
    zval shards, size_classes;
    if (cache && lyger_cache_describe_classes(cache, classes, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        return;
    }
    array_init(&shards);
    array_init(&size_classes);
    add_shards(&shards, cache, shard_count);
    add_classes(&size_classes, classes);
    add_assoc_zval(array, "shard_list", &shards);
    add_assoc_zval(array, "size_classes", &size_classes);
}

ZEND_FUNCTION(lyger_cache_info)
{
    bool detailed = false;

    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_BOOL(detailed)
    ZEND_PARSE_PARAMETERS_END();

    lyger_cache *cache = php_lyger_usable_cache();
    lyger_cache_facts facts = {.path = ""};
    if (cache) {
        lyger_cache_describe(cache, &facts);
    }
    array_init(return_value);
    add_assoc_bool(return_value, "enabled", cache != NULL);
    add_assoc_string(return_value, "path", facts.path);
    add_facts(return_value, &facts);
    php_lyger_far_add_info(return_value);
    if (detailed) {
        add_details(return_value, cache, facts.shards);
    }
}

/* ---- keys ---- */

/* An object of Lyger\CacheKeys: a walk and the keys of its last step. */
typedef struct cache_keys {
    zend_string *prefix;
    lyger_cache_walk walk;
    lyger_far_walk far_walk; /* over the server's, when this is over */
    bool at_end;             /* both are over; keys of the last step may be left */
    zend_string **keys;
    uint32_t count, room;
    uint32_t at;       /* the iterator's index among the keys */
    zend_long earlier; /* keys of earlier steps */
    zend_object std;
} cache_keys;

static LYGER_SET_AT_START zend_class_entry *keys_class;
static LYGER_SET_AT_START zend_object_handlers keys_handlers;

static cache_keys *keys_of(zend_object *object)
{
    return (cache_keys *)((char *)object - XtOffsetOf(cache_keys, std));
}

static zend_object *keys_create(zend_class_entry *class_entry)
{
    cache_keys *k = zend_object_alloc(sizeof *k, class_entry);
    zend_object_std_init(&k->std, class_entry);
    object_properties_init(&k->std, class_entry);
    k->std.handlers = &keys_handlers;
    return &k->std;
}

static void forget_step(cache_keys *k)
{
    k->earlier += k->count;
    while (k->count > 0) {
        zend_string_release(k->keys[--k->count]);
    }
    k->at = 0;
}

static void keys_free(zend_object *object)
{
    cache_keys *k = keys_of(object);
    forget_step(k);
    if (k->keys) {
        efree(k->keys);
    }
    if (k->prefix) {
        zend_string_release(k->prefix);
    }
    zend_object_std_dtor(object);
}

LYGER_AT_START void php_lyger_cache_keys_register(zend_class_entry *class_entry)
{
    keys_class = class_entry;
    keys_class->create_object = keys_create;
    memcpy(&keys_handlers, &std_object_handlers, sizeof keys_handlers);
    keys_handlers.offset = XtOffsetOf(cache_keys, std);
    keys_handlers.free_obj = keys_free;
    keys_handlers.clone_obj = NULL;
}

static bool take_key(const char *key, size_t key_len, void *context)
{
    cache_keys *k = context;
    if (k->count == k->room) {
        uint32_t room = k->room ? k->room * 2 : 64;
        k->keys = safe_erealloc(k->keys, room, sizeof *k->keys, 0);
        k->room = room;
    }
    k->keys[k->count] = zend_string_init(key, key_len, 0);
    k->count++;
    return true;
}

static void take_far_key(lyger_far_key key, void *context)
{
    take_key(key.bytes, key.len, context);
}

/* A step over the server's keys: false at the end, when there is no server, or with an exception. */
static bool walk_far(cache_keys *k)
{
    lyger_far *far = php_lyger_far_prefixes ? php_lyger_far() : NULL;
    lyger_error error;
    bool more = false;
    return far &&
           php_lyger_far_went_well(lyger_far_walk_on(far, php_lyger_far_prefixes,
                                                     php_lyger_far_key(k->prefix), &k->far_walk, take_far_key,
                                                     k, &more, &error),
                                   &error) &&
           more;
}

/* Steps on until there is a key under the iterator; false at the end. A signal handler, which may run between
 * two steps, may use the iterator too. */
static bool move_to_a_key(cache_keys *k)
{
    lyger_cache *cache = php_lyger_cache();
    while (k->at == k->count && !k->at_end) {
        forget_step(k);
        bool there =
            cache && !k->far_walk.begun &&
            lyger_cache_walk_on(cache, &k->walk, ZSTR_VAL(k->prefix), ZSTR_LEN(k->prefix), take_key, k);
        k->at_end = !there && !walk_far(k);
        if (EG(exception)) {
            return false;
        }
        if (lyger_interrupted(&php_lyger_interrupt)) {
            lyger_error error;
            lyger_fail(&error, LYGER_E_INTERRUPTED, "interrupted");
            php_lyger_throw(&error);
            return false;
        }
    }
    return k->at < k->count;
}

ZEND_FUNCTION(lyger_cache_keys)
{
    zend_string *prefix = NULL;

    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_STR(prefix)
    ZEND_PARSE_PARAMETERS_END();

    php_lyger_usable_cache();
    if (EG(exception)) {
        RETURN_THROWS();
    }
    if (!php_lyger_object(return_value, keys_class, keys_create)) {
        RETURN_THROWS();
    }
    keys_of(Z_OBJ_P(return_value))->prefix = prefix ? zend_string_copy(prefix) : ZSTR_EMPTY_ALLOC();
}

ZEND_METHOD(Lyger_CacheKeys, __construct)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_METHOD(Lyger_CacheKeys, current)
{
    ZEND_PARSE_PARAMETERS_NONE();

    cache_keys *k = keys_of(Z_OBJ_P(ZEND_THIS));
    if (move_to_a_key(k)) {
        RETURN_STR_COPY(k->keys[k->at]);
    }
}

ZEND_METHOD(Lyger_CacheKeys, key)
{
    ZEND_PARSE_PARAMETERS_NONE();

    cache_keys *k = keys_of(Z_OBJ_P(ZEND_THIS));
    if (move_to_a_key(k)) {
        RETURN_LONG(k->earlier + k->at);
    }
}

ZEND_METHOD(Lyger_CacheKeys, next)
{
    ZEND_PARSE_PARAMETERS_NONE();

    cache_keys *k = keys_of(Z_OBJ_P(ZEND_THIS));
    if (move_to_a_key(k)) {
        k->at++;
    }
}

ZEND_METHOD(Lyger_CacheKeys, rewind)
{
    ZEND_PARSE_PARAMETERS_NONE();

    cache_keys *k = keys_of(Z_OBJ_P(ZEND_THIS));
    forget_step(k);
    k->walk = (lyger_cache_walk){0};
    k->far_walk = (lyger_far_walk){0};
    k->at_end = false;
    k->earlier = 0;
}

ZEND_METHOD(Lyger_CacheKeys, valid)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_BOOL(move_to_a_key(keys_of(Z_OBJ_P(ZEND_THIS))));
}
