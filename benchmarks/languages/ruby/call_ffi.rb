# frozen_string_literal: true

# The crossings of benchmarks/languages from Ruby, through the gem ffi: ruby call_ffi.rb LIBRARY
require 'ffi'
require_relative 'answer'

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
  made.read_string.bytesize
end

answer(
  'loop' => ->(calls) { added(calls) { 0 } },
  'nothing' => ->(calls) { added(calls) { Lib.lyger_probe_nothing; 0 } },
  'integer' => ->(calls) { added(calls) { |i| Lib.lyger_probe_double(i) } },
  'string-in' => ->(calls) { added(calls) { Lib.lyger_probe_text_in(TEXT, TEXT.bytesize) } },
  'string-out' => ->(calls) { added(calls) { made = Lib.lyger_probe_text_out(100); taken(made).tap { Lib.lyger_probe_free(made) } } },
  'array' => ->(calls) { added(calls) { Lib.lyger_probe_sum(INTEGERS, 1000) } },
  'callback' => ->(calls) { added(calls) { Lib.lyger_probe_each(FOLLOWING, 100) } },
  'cache-get' => ->(calls) { added(calls) { BUFFER.read_bytes(Lib.lyger_ffi_cache_get_into('languages', 9, BUFFER, 256)).bytesize } },
  'cache-get-copy' => ->(calls) { added(calls) { made = Lib.lyger_cache_get('languages'); taken(made).tap { Lib.lyger_free_string(made) } } },
  'compute' => ->(calls) { r = 0.0; added(calls) { r = Lib.lyger_heavy_computation(1000); 0 }; r }
)
