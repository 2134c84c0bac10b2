/*
 * What a handler is called with: (string $uri, string $method, array $data), or one request object where the
 * handler's first parameter asks for that.
 *
 * A parameter with a class as its type gets what the class's own static method makes of the superglobals,
 * which are filled by then. `fn($request) => $router->dispatch($request)`, as applications of the Lyger
 * framework have it, says its type by its name: it gets a Lyger\Http\Request where there is that class.
 */
#include "php_worker.h"
#include "lyger_error.h"

#define FRAMEWORK_REQUEST "Lyger\\Http\\Request"

static zend_function *maker; /* of the request object; NULL: the handler is called with three arguments */
static zend_class_entry *maker_class;

/* The class's static method that makes a request of the superglobals; NULL when the class has none. */
static zend_function *find_maker(zend_class_entry *class_entry)
{
    static const char *const names[] = {"capture", "createfromglobals", "fromglobals"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        zend_function *found =
            zend_hash_str_find_ptr(&class_entry->function_table, names[i], strlen(names[i]));
        uint32_t wanted = ZEND_ACC_STATIC | ZEND_ACC_PUBLIC;
        if (found && (found->common.fn_flags & (wanted | ZEND_ACC_ABSTRACT)) == wanted &&
            found->common.required_num_args == 0) {
            return found;
        }
    }
    return NULL;
}

/* The class that the parameter's type is, apart from null; NULL for every other type. */
static zend_string *class_of_type(const zend_arg_info *parameter)
{
    uint32_t others = ZEND_TYPE_PURE_MASK(parameter->type) & ~(uint32_t)MAY_BE_NULL;
    return ZEND_TYPE_HAS_NAME(parameter->type) && others == 0 ? ZEND_TYPE_NAME(parameter->type) : NULL;
}

/* Whether it is the untyped $request of a function that takes nothing else. */
static bool is_named_request(const zend_function *function, const zend_arg_info *parameter)
{
    return !ZEND_TYPE_IS_SET(parameter->type) && function->common.num_args == 1 &&
           zend_string_equals_literal(parameter->name, "request");
}

static bool use_class(zend_class_entry *class_entry)
{
    maker = find_maker(class_entry);
    maker_class = class_entry;
    if (!maker) {
        zend_argument_type_error(
            1,
            "must be a function of (string $uri, string $method, array $data), or of a "
            "request whose class makes it with a static capture(), createFromGlobals() or "
            "fromGlobals(), which %s does not have",
            ZSTR_VAL(class_entry->name));
    }
    return maker != NULL;
}

bool php_lyger_handler_look(const zend_fcall_info_cache *cache)
{
    const zend_function *function = cache->function_handler;
    maker = NULL;
    if (function->type != ZEND_USER_FUNCTION || function->common.num_args == 0) {
        return true;
    }
    const zend_arg_info *parameter = &function->common.arg_info[0];
    zend_string *name = class_of_type(parameter);
    if (name) {
        zend_class_entry *class_entry = zend_fetch_class_by_name(name, NULL, ZEND_FETCH_CLASS_EXCEPTION);
        return class_entry && use_class(class_entry);
    }
    if (is_named_request(function, parameter)) {
        name = zend_string_init(ZEND_STRL(FRAMEWORK_REQUEST), false);
        zend_class_entry *class_entry = zend_lookup_class(name);
        zend_string_release(name);
        return !EG(exception) && (!class_entry || use_class(class_entry));
    }
    return true;
}

uint32_t php_lyger_handler_arguments(zval arguments[3])
{
    ZVAL_UNDEF(&arguments[0]);
    if (maker) {
        zend_call_known_function(maker, NULL, maker_class, &arguments[0], 0, NULL, NULL);
        return 1;
    }
    ZVAL_STR_COPY(&arguments[0], php_lyger_current.uri);
    ZVAL_STR_COPY(&arguments[1], php_lyger_current.method);
    php_lyger_data_handler(&arguments[2]);
    return 3;
}
