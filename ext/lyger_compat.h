/*
 * Differences between PHP versions, all of them, in one place.
 */
#ifndef LYGER_COMPAT_H
#define LYGER_COMPAT_H

#include "php.h"

#include "ext/standard/basic_functions.h"

#if PHP_VERSION_ID < 80200
#error "lyger needs PHP 8.2 or newer"
#endif

/*
 * Calls without a frame, since 8.4: the compiler takes ZEND_FRAMELESS_FUNCTION(name, arity) for a call with
 * so many arguments. The arguments are the caller's own variables: code of the application that runs during
 * the call may change them.
 */
#if PHP_VERSION_ID >= 80400
#include "zend_frameless_function.h"
#define PHP_LYGER_FRAMELESS 1
#endif

/*
 * memory_limit. Until 8.2.34 the allocator leaves by longjmp when the limit is reached. From 8.2.35 on the
 * allocator gives the memory, notes that the script is to end when the internal function returns, and kills
 * the process at twice the limit; an allocation that may fail is refused instead.
 */

/* Whether memory_limit was passed and PHP is about to end the script; older versions end it at once. */
static inline bool php_lyger_memory_limit_reached(void)
{
#ifdef ZEND_HAS_OOM
    return ZEND_HAS_OOM();
#else
    return false;
#endif
}

/* php_lyger_memory_limit_reached(), which also clears PHP's note of it: for the caller that ends the script
 * itself. */
static inline bool php_lyger_take_memory_limit(void)
{
#ifdef ZEND_HAS_OOM
    if (ZEND_HAS_OOM()) {
        if (EG(delayed_oom).state == ZEND_OOM_STATE_PENDING) {
            zend_handle_delayed_oom();
        }
        EG(delayed_oom).state = ZEND_OOM_STATE_NONE;
        return true;
    }
#endif
    return false;
}

/* zend_string_extend() for a string of this request that is not shared; NULL, and string as it was, when
 * memory_limit does not allow it. */
static inline zend_string *php_lyger_string_extend(zend_string *string, size_t len)
{
#ifdef ZEND_HAS_OOM
    zend_string *extended = ferealloc2(string, ZEND_MM_ALIGNED_SIZE(_ZSTR_STRUCT_SIZE(len)),
                                       ZEND_MM_ALIGNED_SIZE(_ZSTR_STRUCT_SIZE(ZSTR_LEN(string))), true);
    if (extended) {
        ZSTR_LEN(extended) = len;
        zend_string_forget_hash_val(extended);
    }
    return extended;
#else
    return zend_string_extend(string, len, false);
#endif
}

/* emalloc(); NULL when memory_limit does not allow it. */
static inline void *php_lyger_alloc(size_t size)
{
#ifdef ZEND_HAS_OOM
    return femalloc(size, true);
#else
    return emalloc(size);
#endif
}

#define PHP_LYGER_STRING_SIZE(len) ZEND_MM_ALIGNED_SIZE(_ZSTR_STRUCT_SIZE(len)) /* bytes of memory */

/* Makes a string of such memory; its bytes are still to be written. */
static inline zend_string *php_lyger_string_in(void *memory, size_t len)
{
    zend_string *string = memory;
    GC_SET_REFCOUNT(string, 1);
    GC_TYPE_INFO(string) = GC_STRING;
    ZSTR_H(string) = 0;
    ZSTR_LEN(string) = len;
    return string;
}

/* zend_string_alloc() of this request's memory; NULL when memory_limit does not allow it. */
static inline zend_string *php_lyger_string_alloc(size_t len)
{
    void *memory = php_lyger_alloc(PHP_LYGER_STRING_SIZE(len));
    return memory ? php_lyger_string_in(memory, len) : NULL;
}

/* Whether memory_limit allows so many bytes more; if not, PHP has noted that it was reached. */
static inline bool php_lyger_memory_allows(size_t size)
{
#ifdef ZEND_HAS_OOM
    void *memory = femalloc(size, true);
    if (!memory) {
        return false;
    }
    efree(memory);
#else
    (void)size;
#endif
    return true;
}

/* php_lyger_memory_allows() for a new array of so many elements; small arrays are always allowed. */
static inline bool php_lyger_memory_allows_array(uint32_t count, bool packed)
{
    size_t size = 1024;
    if (EXPECTED(count <= size)) {
        return true;
    }
    while (size < count) {
        size *= 2;
    }
    return php_lyger_memory_allows(size * (packed ? sizeof(zval) : sizeof(Bucket) + sizeof(uint32_t)));
}

/*
 * What json_encode minds of an object. Property hooks and lazy objects came with 8.4.
 */
static inline bool php_lyger_has_hooks(const zend_class_entry *class_entry)
{
#if PHP_VERSION_ID >= 80400
    return class_entry->num_hooked_props > 0;
#else
    (void)class_entry;
    return false;
#endif
}

static inline bool php_lyger_is_lazy(zend_object *object)
{
#if PHP_VERSION_ID >= 80400
    return zend_object_is_lazy(object);
#else
    (void)object;
    return false;
#endif
}

/* Reads *element of the table that zend_get_properties_for() gave for object. Where it stands for a property
 * with hooks, *element becomes that property's value, held by *holder where it has to be held. False when
 * there is nothing to read, or the hook threw. */
static inline bool php_lyger_read_hook(zend_object *object, zval **element, zval *holder)
{
#if PHP_VERSION_ID >= 80400
    if (UNEXPECTED(Z_TYPE_P(*element) == IS_PTR)) {
        zend_property_info *property = Z_PTR_P(*element);
        if ((property->flags & ZEND_ACC_VIRTUAL) && !property->hooks[ZEND_PROPERTY_HOOK_GET]) {
            return false;
        }
        *element = zend_read_property_ex(property->ce, object, property->name, true, holder);
        return !EG(exception);
    }
#else
    (void)object, (void)element, (void)holder;
#endif
    return true;
}

/* Whether the C stack is nearly used up (zend.max_allowed_stack_size, since 8.3). */
static inline bool php_lyger_stack_is_low(void)
{
#ifdef ZEND_CHECK_STACK_LIMIT
    return zend_call_stack_overflowed(EG(stack_limit));
#else
    return false;
#endif
}

/*
 * Where json_encode notes that it is inside an object's jsonSerialize(): since 8.3 in the object's guard,
 * before in the table of its properties.
 */
#if PHP_VERSION_ID >= 80300
typedef uint32_t php_lyger_json_mark;

static inline php_lyger_json_mark *php_lyger_json_mark_of(zval *object)
{
    return zend_get_recursion_guard(Z_OBJ_P(object));
}

static inline bool php_lyger_json_marked(const php_lyger_json_mark *mark)
{
    return ZEND_GUARD_IS_RECURSIVE(mark, JSON);
}

static inline void php_lyger_json_set_mark(php_lyger_json_mark *mark)
{
    ZEND_GUARD_PROTECT_RECURSION(mark, JSON);
}

static inline void php_lyger_json_clear_mark(php_lyger_json_mark *mark)
{
    ZEND_GUARD_UNPROTECT_RECURSION(mark, JSON);
}
#else
typedef zend_array php_lyger_json_mark;

static inline php_lyger_json_mark *php_lyger_json_mark_of(zval *object)
{
    return Z_OBJPROP_P(object); /* may be NULL */
}

static inline bool php_lyger_json_marked(const php_lyger_json_mark *mark)
{
    return mark && GC_IS_RECURSIVE(mark);
}

static inline void php_lyger_json_set_mark(php_lyger_json_mark *mark)
{
    if (mark) {
        GC_TRY_PROTECT_RECURSION(mark);
    }
}

static inline void php_lyger_json_clear_mark(php_lyger_json_mark *mark)
{
    if (mark) {
        GC_TRY_UNPROTECT_RECURSION(mark);
    }
}
#endif

/* Calls a function that register_shutdown_function() was given. */
static inline void php_lyger_call_shutdown_function(php_shutdown_function_entry *entry, zval *result)
{
#if PHP_VERSION_ID >= 80500
    zend_call_known_fcc(&entry->fci_cache, result, entry->param_count, entry->params, NULL);
#else
    entry->fci.retval = result;
    zend_call_function(&entry->fci, &entry->fci_cache);
#endif
}

#endif
