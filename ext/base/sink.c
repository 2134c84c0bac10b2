#include "sink.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#define FIRST_CAPACITY 256

static bool buffer_more(lyger_sink *sink, size_t bytes)
{
    lyger_buffer *buffer = (lyger_buffer *)sink;
    size_t used = lyger_buffer_length(buffer);
    size_t capacity = buffer->start ? (size_t)(sink->end - buffer->start) : 0;
    if (bytes > SIZE_MAX / 2 - used) {
        return false;
    }
    size_t wanted = capacity < FIRST_CAPACITY ? FIRST_CAPACITY : capacity * 2;
    if (wanted < used + bytes) {
        wanted = used + bytes;
    }
    char *start = lyger_resize(buffer->allocator, buffer->start, wanted);
    if (!start) {
        return false;
    }
    buffer->start = start;
    sink->pos = start + used;
    sink->end = start + wanted;
    return true;
}

bool lyger_sink_print(lyger_sink *sink, const char *format, ...)
{
    for (size_t room = 64;;) { /* a guess that is mostly enough; the second round knows the length */
        va_list arguments;
        if (!lyger_sink_reserve(sink, room)) {
            return false;
        }
        va_start(arguments, format);
        int len = vsnprintf(sink->pos, room, format, arguments);
        va_end(arguments);
        if (len < 0) {
            return false;
        }
        if ((size_t)len < room) {
            sink->pos += len;
            return true;
        }
        room = (size_t)len + 1;
    }
}

void lyger_buffer_init(lyger_buffer *buffer, const lyger_allocator *allocator)
{
    buffer->sink = (lyger_sink){NULL, NULL, buffer_more};
    buffer->start = NULL;
    buffer->allocator = allocator;
}

char *lyger_buffer_detach(lyger_buffer *buffer)
{
    if (!lyger_sink_put_char(&buffer->sink, '\0')) {
        return NULL;
    }
    char *text = buffer->start;
    lyger_buffer_init(buffer, buffer->allocator);
    return text;
}

void lyger_buffer_reset(lyger_buffer *buffer)
{
    buffer->sink.pos = buffer->start;
}

void lyger_buffer_free(lyger_buffer *buffer)
{
    lyger_release(buffer->allocator, buffer->start);
    lyger_buffer_init(buffer, buffer->allocator);
}
