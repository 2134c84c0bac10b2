/*
 * Media types of file names: the system's table (/etc/mime.types) over a small one of our own for what the
 * web is made of, so that a page works where the system has no table.
 */
#ifndef LYGER_HTTP_MIME_H
#define LYGER_HTTP_MIME_H

#include "base/error.h"

typedef struct lyger_mime lyger_mime; /* malloc; read-only after it was made */

/* path: a table in the format of /etc/mime.types, NULL for that one; one that cannot be read is an empty one.
 * NULL: no memory. */
lyger_mime *lyger_mime_new(const char *path);
void lyger_mime_free(lyger_mime *mime);

/* The value for Content-Type of a file of that name (with or without directories); text is UTF-8. Never NULL,
 * application/octet-stream for what is not known. */
const char *lyger_mime_of(const lyger_mime *mime, const char *name);

/* Whether it pays to compress what has this type. */
bool lyger_mime_is_text(const char *type);

#endif
