# frozen_string_literal: true

# The crossings of benchmarks/languages from Ruby, through Fiddle, which Ruby has: ruby call_fiddle.rb LIBRARY
require 'fiddle'

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

CROSSINGS = {
  'loop' => ->(calls) { s = 0; i = 0; while i < calls; s += 0; i += 1; end; s },
  'nothing' => ->(calls) { i = 0; while i < calls; NOTHING.call; i += 1; end; 0 },
  'integer' => ->(calls) { s = 0; i = 0; while i < calls; s += DOUBLE.call(i); i += 1; end; s },
  'string-in' => ->(calls) { s = 0; i = 0; while i < calls; s += TEXT_IN.call(TEXT, TEXT.bytesize); i += 1; end; s },
  'string-out' => lambda do |calls|
    s = 0
    i = 0
    while i < calls
      made = TEXT_OUT.call(100)
      s += made.to_s.bytesize
      PROBE_FREE.call(made)
      i += 1
    end
    s
  end,
  'array' => ->(calls) { s = 0; i = 0; while i < calls; s += SUM.call(INTEGERS, 1000); i += 1; end; s },
  'callback' => ->(calls) { s = 0; i = 0; while i < calls; s += EACH.call(FOLLOWING, 100); i += 1; end; s },
  'cache-get' => lambda do |calls|
    s = 0
    i = 0
    while i < calls
      s += BUFFER[0, GET_INTO.call('languages', 9, BUFFER, 256)].bytesize
      i += 1
    end
    s
  end,
  'cache-get-copy' => lambda do |calls|
    s = 0
    i = 0
    while i < calls
      made = CACHE_GET.call('languages')
      s += made.to_s.bytesize
      FREE_STRING.call(made)
      i += 1
    end
    s
  end,
  'compute' => ->(calls) { r = 0.0; i = 0; while i < calls; r = COMPUTE.call(1000); i += 1; end; r }
}.freeze

$stdout.sync = true
$stdin.each_line do |line|
  crossing, calls = line.split
  if CROSSINGS.key?(crossing)
    begun = Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID, :nanosecond)
    value = CROSSINGS[crossing].call(calls.to_i)
    puts "#{Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID, :nanosecond) - begun} #{value}"
  else
    puts '-'
  end
end
