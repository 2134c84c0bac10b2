/* The same functions as an addon of Node (Node-API), as addons are written. */
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdint.h>
#include <string.h>

#include "lyger.h"
#include "lyger_probe.h"

static napi_value nothing(napi_env env, napi_callback_info info)
{
    (void)env;
    (void)info;
    lyger_probe_nothing();
    return NULL;
}

/* The only argument, or NULL. */
static napi_value argument(napi_env env, napi_callback_info info)
{
    size_t count = 1;
    napi_value value = NULL;
    napi_get_cb_info(env, info, &count, &value, NULL, NULL);
    return value;
}

static napi_value integer(napi_env env, int64_t number)
{
    napi_value value = NULL;
    napi_create_int64(env, number, &value);
    return value;
}

static napi_value string(napi_env env, const char *text, size_t len)
{
    napi_value value = NULL;
    napi_create_string_utf8(env, text, len, &value);
    return value;
}

static napi_value twice(napi_env env, napi_callback_info info)
{
    int64_t number = 0;
    napi_get_value_int64(env, argument(env, info), &number);
    return integer(env, lyger_probe_double(number));
}

static napi_value text_in(napi_env env, napi_callback_info info)
{
    char text[256];
    size_t len = 0;
    napi_get_value_string_utf8(env, argument(env, info), text, sizeof text, &len);
    return integer(env, lyger_probe_text_in(text, len));
}

static napi_value text_out(napi_env env, napi_callback_info info)
{
    int64_t len = 0;
    napi_get_value_int64(env, argument(env, info), &len);
    char *made = lyger_probe_text_out((size_t)len);
    napi_value value = string(env, made, NAPI_AUTO_LENGTH);
    lyger_probe_free(made);
    return value;
}

static napi_value sum(napi_env env, napi_callback_info info)
{
    size_t count = 0;
    void *numbers = NULL;
    napi_get_typedarray_info(env, argument(env, info), NULL, &count, &numbers, NULL, NULL);
    return integer(env, lyger_probe_sum(numbers, count));
}

/* lyger_probe_each() passes no pointer on. */
static napi_env calling;
static napi_value receiver, function;

static int64_t call_back(int64_t value)
{
    napi_handle_scope scope;
    int64_t number = 0;
    napi_value result = NULL;
    napi_open_handle_scope(calling, &scope);
    napi_value given = integer(calling, value);
    napi_call_function(calling, receiver, function, 1, &given, &result);
    napi_get_value_int64(calling, result, &number);
    napi_close_handle_scope(calling, scope);
    return number;
}

static napi_value each(napi_env env, napi_callback_info info)
{
    size_t count = 2;
    napi_value given[2];
    int64_t calls = 0;
    napi_get_cb_info(env, info, &count, given, &receiver, NULL);
    napi_get_value_int64(env, given[1], &calls);
    calling = env;
    function = given[0];
    return integer(env, lyger_probe_each(call_back, (size_t)calls));
}

static napi_value cache_set(napi_env env, napi_callback_info info)
{
    size_t count = 2, len;
    napi_value given[2];
    char key[256], value[256];
    napi_get_cb_info(env, info, &count, given, NULL, NULL);
    napi_get_value_string_utf8(env, given[0], key, sizeof key, &len);
    napi_get_value_string_utf8(env, given[1], value, sizeof value, &len);
    lyger_cache_set(key, value);
    return NULL;
}

static napi_value cache_get(napi_env env, napi_callback_info info)
{
    char key[256], buffer[256];
    size_t len = 0;
    napi_get_value_string_utf8(env, argument(env, info), key, sizeof key, &len);
    long long got = lyger_ffi_cache_get_into(key, len, buffer, sizeof buffer);
    return got < 0 || (size_t)got > sizeof buffer ? NULL : string(env, buffer, (size_t)got);
}

static napi_value cache_get_copy(napi_env env, napi_callback_info info)
{
    char key[256];
    size_t len = 0;
    napi_get_value_string_utf8(env, argument(env, info), key, sizeof key, &len);
    char *got = lyger_cache_get(key);
    napi_value value = string(env, got, strlen(got));
    lyger_free_string(got);
    return value;
}

static napi_value compute(napi_env env, napi_callback_info info)
{
    int64_t iterations = 0;
    napi_value value = NULL;
    napi_get_value_int64(env, argument(env, info), &iterations);
    napi_create_double(env, lyger_heavy_computation((unsigned long)iterations), &value);
    return value;
}

NAPI_MODULE_INIT()
{
    static const struct {
        const char *name;
        napi_callback function;
    } functions[] = {
        {"nothing", nothing},
        {"double", twice},
        {"textIn", text_in},
        {"textOut", text_out},
        {"sum", sum},
        {"each", each},
        {"cacheSet", cache_set},
        {"cacheGet", cache_get},
        {"cacheGetCopy", cache_get_copy},
        {"compute", compute},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        napi_value made;
        napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &made);
        napi_set_named_property(env, exports, functions[i].name, made);
    }
    return exports;
}
