/* What lyger says about itself, the same through every door. */
#ifndef LYGER_ABOUT_H
#define LYGER_ABOUT_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/sink.h"
#include "cache/cache.h"

extern const char lyger_greeting[]; /* NUL-terminated ASCII */
extern const size_t lyger_greeting_length;

typedef struct lyger_about {
    const char *door;        /* "native" or "ffi" */
    const char *php_version; /* NULL when the door does not know PHP's version */
    lyger_cache *cache;      /* NULL when switched off or not opened yet */
    bool answers;            /* the process answers requests */
    unsigned port;           /* that this process listens on, 0: none */
    const char *server;      /* "off", "listening", or "worker" in a process that answers requests */
} lyger_about;

/* A JSON object; false when the sink is full. */
bool lyger_about_write(const lyger_about *about, lyger_sink *sink);

#endif
