-- The crossings of benchmarks/languages from Lua 5.4, through the module in C beside this file: lua5.4 call.lua DIRECTORY-OF-MODULE
package.cpath = arg[1] .. '/?.so'
local lib = require 'module'
local text = ('x'):rep(100)
local packed = {}
for i = 0, 999 do packed[#packed + 1] = string.pack('i8', i) end
packed = table.concat(packed)
local function following(value) return value + 1 end
lib.cache_set('languages', text)

local crossings = {
    ['loop'] = function(calls) local s = 0 for i = 1, calls do s = s + 0 end return s end,
    ['nothing'] = function(calls) for i = 1, calls do lib.nothing() end return 0 end,
    ['integer'] = function(calls) local s = 0 for i = 0, calls - 1 do s = s + lib.double(i) end return s end,
    ['string-in'] = function(calls) local s = 0 for i = 1, calls do s = s + lib.text_in(text) end return s end,
    ['string-out'] = function(calls) local s = 0 for i = 1, calls do s = s + #lib.text_out(100) end return s end,
    ['array'] = function(calls) local s = 0 for i = 1, calls do s = s + lib.sum(packed) end return s end,
    ['callback'] = function(calls) local s = 0 for i = 1, calls do s = s + lib.each(following, 100) end return s end,
    ['cache-get'] = function(calls) local s = 0 for i = 1, calls do s = s + #lib.cache_get('languages') end return s end,
    ['cache-get-copy'] = function(calls) local s = 0 for i = 1, calls do s = s + #lib.cache_get_copy('languages') end return s end,
    ['compute'] = function(calls) local r = 0 for i = 1, calls do r = lib.compute(1000) end return r end,
}

for line in io.lines() do
    local crossing, calls = line:match('^(%S+) (%d+)$')
    if crossings[crossing] then
        local begun = lib.cpu_nanoseconds()
        local value = crossings[crossing](tonumber(calls))
        local took = lib.cpu_nanoseconds() - begun
        io.write(took, ' ', crossing == 'compute' and ('%.17g'):format(value) or tostring(value), '\n')
    else
        io.write('-\n')
    end
    io.flush()
end
