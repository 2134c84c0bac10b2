/* The same functions as a module of Lua 5.4, as C modules are written: each pushes what it returns. */
#include <lauxlib.h>
#include <stdint.h>
#include <time.h>

#include "lyger.h"
#include "lyger_probe.h"

static int nothing(lua_State *L)
{
    (void)L;
    lyger_probe_nothing();
    return 0;
}

static int twice(lua_State *L)
{
    lua_pushinteger(L, lyger_probe_double(luaL_checkinteger(L, 1)));
    return 1;
}

static int text_in(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    lua_pushinteger(L, lyger_probe_text_in(text, len));
    return 1;
}

static int text_out(lua_State *L)
{
    char *made = lyger_probe_text_out((size_t)luaL_checkinteger(L, 1));
    lua_pushstring(L, made);
    lyger_probe_free(made);
    return 1;
}

/* Of integers as string.pack() packs them. */
static int sum(lua_State *L)
{
    size_t len;
    const char *packed = luaL_checklstring(L, 1, &len);
    lua_pushinteger(L, lyger_probe_sum(packed, len / sizeof(int64_t)));
    return 1;
}

static lua_State *calling; /* lyger_probe_each() passes no pointer on */

static int64_t call_back(int64_t value)
{
    lua_pushvalue(calling, 1);
    lua_pushinteger(calling, value);
    lua_call(calling, 1, 1);
    int64_t result = lua_tointeger(calling, -1);
    lua_pop(calling, 1);
    return result;
}

static int each(lua_State *L)
{
    calling = L;
    lua_pushinteger(L, lyger_probe_each(call_back, (size_t)luaL_checkinteger(L, 2)));
    return 1;
}

static int cache_get(lua_State *L)
{
    size_t len;
    const char *key = luaL_checklstring(L, 1, &len);
    char buffer[256];
    long long got = lyger_ffi_cache_get_into(key, len, buffer, sizeof buffer);
    if (got < 0 || (size_t)got > sizeof buffer) {
        return 0;
    }
    lua_pushlstring(L, buffer, (size_t)got);
    return 1;
}

static int cache_get_copy(lua_State *L)
{
    char *value = lyger_cache_get(luaL_checkstring(L, 1));
    lua_pushstring(L, value);
    lyger_free_string(value);
    return 1;
}

static int cache_set(lua_State *L)
{
    lyger_cache_set(luaL_checkstring(L, 1), luaL_checkstring(L, 2));
    return 0;
}

static int compute(lua_State *L)
{
    lua_pushnumber(L, lyger_heavy_computation((unsigned long)luaL_checkinteger(L, 1)));
    return 1;
}

static int cpu_nanoseconds(lua_State *L)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    lua_pushinteger(L, now.tv_sec * INT64_C(1000000000) + now.tv_nsec);
    return 1;
}

int luaopen_module(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"nothing", nothing},
        {"double", twice},
        {"text_in", text_in},
        {"text_out", text_out},
        {"sum", sum},
        {"each", each},
        {"cache_get", cache_get},
        {"cache_get_copy", cache_get_copy},
        {"cache_set", cache_set},
        {"compute", compute},
        {"cpu_nanoseconds", cpu_nanoseconds},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
    return 1;
}
