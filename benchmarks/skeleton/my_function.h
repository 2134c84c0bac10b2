/*
 * The core of my_function, for C and for FFI::cdef(): plain declarations, without preprocessor lines. C
 * includes <stddef.h> and <stdint.h> first.
 */

/* How often a byte of data differs from the one before it. */
int64_t my_function_core(const char *data, size_t len);
