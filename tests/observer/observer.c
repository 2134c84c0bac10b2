/*
 * An observer of calls, as profilers and tracers are (zend_observer): counts where each function, internal
 * ones included, begins and ends, and sees an end without its beginning. Built by scripts/test-php, for tests
 * only.
 *
 *   observer_counts(): array     name => [begun, ended]
 *   observer_open(): array       names of the calls that have begun and not ended, outermost first
 *   observer_unmatched(): int    ends that had no beginning
 *   observer.report=1            a line on stderr when the request ends, with what begun and ended
 */
#include "php.h"
#include "php_ini.h"
#include "zend_observer.h"
#include "zend_smart_str.h"

typedef struct {
    zend_long begun;
    zend_long ended;
    char name[];
} counted;

typedef struct {
    const zend_execute_data *frame;
    counted *of;
} opened;

/* Of the process: a PHP with threads is not what this looks at. */
static HashTable counts;
static opened *stack;
static size_t depth, room;
static zend_long unmatched;

static counted *counted_of(const zend_execute_data *frame)
{
    const zend_function *function = frame->func;
    smart_str name = {NULL, 0};
    counted *entry;

    if (function->common.scope && function->common.function_name) {
        smart_str_append(&name, function->common.scope->name);
        smart_str_appends(&name, "::");
    }
    if (function->common.function_name) {
        smart_str_append(&name, function->common.function_name);
    } else {
        smart_str_appends(&name, "main");
    }
    smart_str_0(&name);
    entry = zend_hash_str_find_ptr(&counts, ZSTR_VAL(name.s), ZSTR_LEN(name.s));
    if (!entry) {
        entry = pecalloc(1, sizeof(*entry) + ZSTR_LEN(name.s) + 1, true);
        memcpy(entry->name, ZSTR_VAL(name.s), ZSTR_LEN(name.s));
        zend_hash_str_add_ptr(&counts, ZSTR_VAL(name.s), ZSTR_LEN(name.s), entry);
    }
    smart_str_free(&name);
    return entry;
}

static void begin(zend_execute_data *frame)
{
    if (depth == room) {
        room = room ? room * 2 : 64;
        stack = perealloc(stack, room * sizeof(*stack), true);
    }
    stack[depth].frame = frame;
    stack[depth].of = counted_of(frame);
    stack[depth++].of->begun++;
}

/* Fibers and generators end in another order than they began, so the frame is looked for. */
static void end(zend_execute_data *frame, zval *result)
{
    size_t i = depth;

    while (i > 0 && stack[i - 1].frame != frame) {
        i--;
    }
    if (i == 0) {
        unmatched++;
        return;
    }
    /* What an observer may do with a result is to look at it. */
    if (result && !Z_ISUNDEF_P(result) && Z_TYPE_P(result) > IS_CONSTANT_AST) {
        unmatched++;
    }
    stack[i - 1].of->ended++;
    memmove(stack + i - 1, stack + i, (depth - i) * sizeof(*stack));
    depth--;
}

static zend_observer_fcall_handlers observe(zend_execute_data *frame)
{
    (void)frame;
    return (zend_observer_fcall_handlers){begin, end};
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_array, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()
ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_int, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()

static ZEND_FUNCTION(observer_counts)
{
    zend_string *name;
    counted *entry;

    ZEND_PARSE_PARAMETERS_NONE();
    array_init(return_value);
    ZEND_HASH_FOREACH_STR_KEY_PTR(&counts, name, entry)
    {
        zval pair;
        array_init(&pair);
        add_next_index_long(&pair, entry->begun);
        add_next_index_long(&pair, entry->ended);
        add_assoc_zval(return_value, ZSTR_VAL(name), &pair);
    }
    ZEND_HASH_FOREACH_END();
}

static ZEND_FUNCTION(observer_open)
{
    ZEND_PARSE_PARAMETERS_NONE();
    array_init(return_value);
    for (size_t i = 0; i < depth; i++) {
        add_next_index_string(return_value, stack[i].of->name);
    }
}

static ZEND_FUNCTION(observer_unmatched)
{
    ZEND_PARSE_PARAMETERS_NONE();
    RETURN_LONG(unmatched);
}

static const zend_function_entry functions[] = {ZEND_FE(observer_counts, arginfo_array) ZEND_FE(
    observer_open, arginfo_array) ZEND_FE(observer_unmatched, arginfo_int) ZEND_FE_END};

PHP_INI_BEGIN()
    PHP_INI_ENTRY("observer.report", "0", PHP_INI_SYSTEM, NULL)
PHP_INI_END()

static PHP_MINIT_FUNCTION(observer)
{
    (void)type;
    zend_hash_init(&counts, 64, NULL, NULL, true);
    zend_observer_fcall_register(observe);
    REGISTER_INI_ENTRIES();
    return SUCCESS;
}

static PHP_MSHUTDOWN_FUNCTION(observer)
{
    counted *entry;

    (void)type;
    ZEND_HASH_FOREACH_PTR(&counts, entry)
    {
        pefree(entry, true);
    }
    ZEND_HASH_FOREACH_END();
    zend_hash_destroy(&counts);
    free(stack);
    UNREGISTER_INI_ENTRIES();
    return SUCCESS;
}

static PHP_RSHUTDOWN_FUNCTION(observer)
{
    zend_long begun = 0, ended = 0;
    counted *entry;

    (void)type;
    (void)module_number;
    if (!INI_BOOL("observer.report")) {
        return SUCCESS;
    }
    ZEND_HASH_FOREACH_PTR(&counts, entry)
    {
        begun += entry->begun;
        ended += entry->ended;
    }
    ZEND_HASH_FOREACH_END();
    fprintf(stderr, "observer: %s, %zu open, " ZEND_LONG_FMT " unmatched",
            begun == ended ? "balanced" : "not balanced", depth, unmatched);
    for (size_t i = 0; i < depth; i++) {
        fprintf(stderr, " %s", stack[i].of->name);
    }
    fputc('\n', stderr);
    return SUCCESS;
}

zend_module_entry observer_module_entry = {
    STANDARD_MODULE_HEADER,  "observer", functions, PHP_MINIT(observer),       PHP_MSHUTDOWN(observer), NULL,
    PHP_RSHUTDOWN(observer), NULL,       "1",       STANDARD_MODULE_PROPERTIES};

ZEND_GET_MODULE(observer)
