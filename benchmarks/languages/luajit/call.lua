-- The crossings of benchmarks/languages from LuaJIT, through its FFI: luajit call.lua LIBRARY HEADER...
local ffi = require 'ffi'
for i = 2, #arg do
    ffi.cdef(io.open(arg[i]):read('*a'))
end
ffi.cdef [[
    struct lyger_timespec { long seconds, nanoseconds; };
    int clock_gettime(int clock, struct lyger_timespec *now);
]]
local lib = ffi.load(arg[1])
local now = ffi.new('struct lyger_timespec')

local function cpu_nanoseconds()
    ffi.C.clock_gettime(3, now) -- CLOCK_THREAD_CPUTIME_ID
    return tonumber(now.seconds) * 1e9 + tonumber(now.nanoseconds)
end

local text = ('x'):rep(100)
local integers = ffi.new('int64_t[1000]')
for i = 0, 999 do integers[i] = i end
local callback = ffi.cast('int64_t (*)(int64_t)', function(value) return value + 1 end)
local buffer = ffi.new('char[256]')
lib.lyger_cache_set('languages', text)

-- Sums stay 64-bit integers: converted to a number each time, they would measure the conversion.
local crossings = {
    ['loop'] = function(calls) local s = 0LL for i = 1, calls do s = s + 0 end return s end,
    ['nothing'] = function(calls) for i = 1, calls do lib.lyger_probe_nothing() end return 0LL end,
    ['integer'] = function(calls) local s = 0LL for i = 0, calls - 1 do s = s + lib.lyger_probe_double(i) end return s end,
    ['string-in'] = function(calls) local s = 0LL for i = 1, calls do s = s + lib.lyger_probe_text_in(text, #text) end return s end,
    ['string-out'] = function(calls)
        local s = 0LL
        for i = 1, calls do
            local made = lib.lyger_probe_text_out(100)
            s = s + #ffi.string(made)
            lib.lyger_probe_free(made)
        end
        return s
    end,
    ['array'] = function(calls) local s = 0LL for i = 1, calls do s = s + lib.lyger_probe_sum(integers, 1000) end return s end,
    ['callback'] = function(calls) local s = 0LL for i = 1, calls do s = s + lib.lyger_probe_each(callback, 100) end return s end,
    ['cache-get'] = function(calls)
        local s = 0LL
        for i = 1, calls do
            s = s + #ffi.string(buffer, lib.lyger_ffi_cache_get_into('languages', 9, buffer, 256))
        end
        return s
    end,
    ['cache-get-copy'] = function(calls)
        local s = 0LL
        for i = 1, calls do
            local made = lib.lyger_cache_get('languages')
            s = s + #ffi.string(made)
            lib.lyger_free_string(made)
        end
        return s
    end,
    ['compute'] = function(calls) local r = 0 for i = 1, calls do r = lib.lyger_heavy_computation(1000) end return r end,
}
-- A call that calls back into Lua must not be compiled (LuaJIT, "FFI Semantics").
jit.off(crossings['callback'])

for line in io.lines() do
    local crossing, calls = line:match('^(%S+) (%d+)$')
    if crossings[crossing] then
        local begun = cpu_nanoseconds()
        local value = crossings[crossing](tonumber(calls))
        local took = cpu_nanoseconds() - begun
        local said = crossing == 'compute' and ('%.17g'):format(value) or tostring(value):gsub('LL$', '')
        io.write(('%d '):format(took), said, '\n')
    else
        io.write('-\n')
    end
    io.flush()
end
