/*
 * Where text goes while it is written: a window of writable bytes and a hook that makes more room. The hook
 * decides what the bytes become: a growing malloc buffer (lyger_buffer, below), a growing zend_string
 * (lyger_string.c), a socket that is flushed. Writers only ever reserve and append, so one writer serves all.
 *
 * Ownership: the sink's maker owns the memory behind it; a writer owns nothing. One thread at a time.
 */
#ifndef LYGER_BASE_SINK_H
#define LYGER_BASE_SINK_H

#include "alloc.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct lyger_sink lyger_sink;

struct lyger_sink {
    char *pos; /* next byte to write */
    char *end; /* one past the last byte that may be written without asking */
    /* Makes end - pos >= bytes; false when that fails (then nothing written so far is lost). */
    bool (*more)(lyger_sink *sink, size_t bytes);
};

static inline bool lyger_sink_reserve(lyger_sink *sink, size_t bytes)
{
    return __builtin_expect((size_t)(sink->end - sink->pos) >= bytes, 1) || sink->more(sink, bytes);
}

static inline bool lyger_sink_put(lyger_sink *sink, const char *bytes, size_t len)
{
    if (!lyger_sink_reserve(sink, len)) {
        return false;
    }
    memcpy(sink->pos, bytes, len);
    sink->pos += len;
    return true;
}

static inline bool lyger_sink_put_char(lyger_sink *sink, char byte)
{
    if (!lyger_sink_reserve(sink, 1)) {
        return false;
    }
    *sink->pos++ = byte;
    return true;
}

#define lyger_sink_put_literal(sink, literal) lyger_sink_put((sink), (literal), sizeof(literal) - 1)

/* Writes formatted text; false when the sink refused, and then no part of it was written. */
bool lyger_sink_print(lyger_sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A sink into memory that grows by doubling. */
typedef struct lyger_buffer {
    lyger_sink sink; /* first member: a lyger_buffer is a lyger_sink */
    char *start;     /* owned by the buffer until lyger_buffer_detach */
    const lyger_allocator *allocator;
} lyger_buffer;

void lyger_buffer_init(lyger_buffer *buffer, const lyger_allocator *allocator);

static inline size_t lyger_buffer_length(const lyger_buffer *buffer)
{
    return (size_t)(buffer->sink.pos - buffer->start);
}

/* NUL-terminates and hands the memory to the caller (free with the same allocator); NULL when out of memory,
 * and then the buffer still owns its memory. */
char *lyger_buffer_detach(lyger_buffer *buffer);

/* Forgets the text, keeps the memory. */
void lyger_buffer_reset(lyger_buffer *buffer);

void lyger_buffer_free(lyger_buffer *buffer);

#endif
