# frozen_string_literal: true

# The crossings of benchmarks/languages from Ruby, through Fiddle, which Ruby has: ruby call_fiddle.rb LIBRARY
require 'fiddle'
require_relative 'answer'

LIBRARY = Fiddle.dlopen(ARGV[0])
INT64 = Fiddle::TYPE_LONG_LONG
SIZE = Fiddle::TYPE_SIZE_T
POINTER = Fiddle::TYPE_VOIDP

def function(name, arguments, result)
  Fiddle::Function.new(LIBRARY[name], arguments, result)
end

NOTHING = function('lyger_probe_nothing', [], Fiddle::TYPE_VOID)
DOUBLE = function('lyger_probe_double', [INT64], INT64)
TEXT_IN = function('lyger_probe_text_in', [POINTER, SIZE], INT64)
TEXT_OUT = function('lyger_probe_text_out', [SIZE], POINTER)
PROBE_FREE = function('lyger_probe_free', [POINTER], Fiddle::TYPE_VOID)
SUM = function('lyger_probe_sum', [POINTER, SIZE], INT64)
EACH = function('lyger_probe_each', [POINTER, SIZE], INT64)
CACHE_SET = function('lyger_cache_set', [POINTER, POINTER], Fiddle::TYPE_VOID)
CACHE_GET = function('lyger_cache_get', [POINTER], POINTER)
FREE_STRING = function('lyger_free_string', [POINTER], Fiddle::TYPE_VOID)
GET_INTO = function('lyger_ffi_cache_get_into', [POINTER, SIZE, POINTER, SIZE], INT64)
COMPUTE = function('lyger_heavy_computation', [-Fiddle::TYPE_LONG], Fiddle::TYPE_DOUBLE)

TEXT = 'x' * 100
INTEGERS = (0...1000).to_a.pack('q*')
FOLLOWING = Class.new(Fiddle::Closure) { def call(value) = value + 1 }.new(INT64, [INT64])
BUFFER = Fiddle::Pointer.malloc(256, Fiddle::RUBY_FREE)
CACHE_SET.call('languages', TEXT)

# The bytes of a copy, which is then freed.
def taken(made, free)
  made.to_s.bytesize.tap { free.call(made) }
end

answer(
  'loop' => ->(calls) { added(calls) { 0 } },
  'nothing' => ->(calls) { added(calls) { NOTHING.call; 0 } },
  'integer' => ->(calls) { added(calls) { |i| DOUBLE.call(i) } },
  'string-in' => ->(calls) { added(calls) { TEXT_IN.call(TEXT, TEXT.bytesize) } },
  'string-out' => ->(calls) { added(calls) { taken(TEXT_OUT.call(100), PROBE_FREE) } },
  'array' => ->(calls) { added(calls) { SUM.call(INTEGERS, 1000) } },
  'callback' => ->(calls) { added(calls) { EACH.call(FOLLOWING, 100) } },
  'cache-get' => ->(calls) { added(calls) { BUFFER[0, GET_INTO.call('languages', 9, BUFFER, 256)].bytesize } },
  'cache-get-copy' => ->(calls) { added(calls) { taken(CACHE_GET.call('languages'), FREE_STRING) } },
  'compute' => ->(calls) { r = 0.0; added(calls) { r = COMPUTE.call(1000); 0 }; r }
)
