#include "text.h"

#include <stdarg.h>
#include <stdio.h>

bool lyger_http_print(lyger_sink *sink, const char *format, ...)
{
    for (size_t room = 64;;) { /* a guess that is mostly right; the second time it is known */
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
