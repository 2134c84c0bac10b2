# frozen_string_literal: true

# The crossings of benchmarks/languages from Ruby, through the gem ffi: ruby call_ffi.rb LIBRARY
require 'ffi'

module Lib
  extend FFI::Library
  ffi_lib ARGV[0]
  callback :following, [:int64], :int64
  # A result of :string would copy the text and lose the address that must be freed.
  attach_function :lyger_probe_nothing, [], :void
  attach_function :lyger_probe_double, [:int64], :int64
  attach_function :lyger_probe_text_in, %i[buffer_in size_t], :int64
  attach_function :lyger_probe_text_out, [:size_t], :pointer
  attach_function :lyger_probe_free, [:pointer], :void
  attach_function :lyger_probe_sum, %i[pointer size_t], :int64
  attach_function :lyger_probe_each, %i[following size_t], :int64
  attach_function :lyger_cache_set, %i[string string], :void
  attach_function :lyger_cache_get, [:string], :pointer
  attach_function :lyger_free_string, [:pointer], :void
  attach_function :lyger_ffi_cache_get_into, %i[buffer_in size_t pointer size_t], :long_long
  attach_function :lyger_heavy_computation, [:ulong], :double
end

TEXT = 'x' * 100
INTEGERS = FFI::MemoryPointer.new(:int64, 1000).write_array_of_int64((0...1000).to_a)
FOLLOWING = FFI::Function.new(:int64, [:int64]) { |value| value + 1 }
BUFFER = FFI::MemoryPointer.new(:char, 256)
Lib.lyger_cache_set('languages', TEXT)

def taken(made)
  made.read_string
end

CROSSINGS = {
  'loop' => ->(calls) { s = 0; i = 0; while i < calls; s += 0; i += 1; end; s },
  'nothing' => ->(calls) { i = 0; while i < calls; Lib.lyger_probe_nothing; i += 1; end; 0 },
  'integer' => ->(calls) { s = 0; i = 0; while i < calls; s += Lib.lyger_probe_double(i); i += 1; end; s },
  'string-in' => ->(calls) { s = 0; i = 0; while i < calls; s += Lib.lyger_probe_text_in(TEXT, TEXT.bytesize); i += 1; end; s },
  'string-out' => lambda do |calls|
    s = 0
    i = 0
    while i < calls
      made = Lib.lyger_probe_text_out(100)
      s += taken(made).bytesize
      Lib.lyger_probe_free(made)
      i += 1
    end
    s
  end,
  'array' => ->(calls) { s = 0; i = 0; while i < calls; s += Lib.lyger_probe_sum(INTEGERS, 1000); i += 1; end; s },
  'callback' => ->(calls) { s = 0; i = 0; while i < calls; s += Lib.lyger_probe_each(FOLLOWING, 100); i += 1; end; s },
  'cache-get' => lambda do |calls|
    s = 0
    i = 0
    while i < calls
      s += BUFFER.read_bytes(Lib.lyger_ffi_cache_get_into('languages', 9, BUFFER, 256)).bytesize
      i += 1
    end
    s
  end,
  'cache-get-copy' => lambda do |calls|
    s = 0
    i = 0
    while i < calls
      made = Lib.lyger_cache_get('languages')
      s += taken(made).bytesize
      Lib.lyger_free_string(made)
      i += 1
    end
    s
  end,
  'compute' => ->(calls) { r = 0.0; i = 0; while i < calls; r = Lib.lyger_heavy_computation(1000); i += 1; end; r }
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
