/*
 * Formatted text into a sink. Internal to the HTTP room.
 */
#ifndef LYGER_HTTP_TEXT_H
#define LYGER_HTTP_TEXT_H

#include "base/sink.h"

/* False when the sink refused, and then nothing of it was written. */
bool lyger_http_print(lyger_sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
