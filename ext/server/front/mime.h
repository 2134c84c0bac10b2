/*
 * Media types of file names: the system's table (/etc/mime.types) over lyger's own small table of what the
 * web is made of, so that a page works where the system has no table.
 */
#ifndef LYGER_FRONT_MIME_H
#define LYGER_FRONT_MIME_H

#include "base/error.h"

typedef struct lyger_mime lyger_mime; /* malloc; read-only after it was made */

/* path: a table in the format of /etc/mime.types, NULL for /etc/mime.types; a table that cannot be read
 * counts as empty. NULL: no memory. */
lyger_mime *lyger_mime_new(const char *path);
void lyger_mime_free(lyger_mime *mime);

/* The value for Content-Type of a file of that name (with or without directories); text is UTF-8. Never NULL,
 * application/octet-stream for an unknown extension. */
const char *lyger_mime_of(const lyger_mime *mime, const char *name);

/* Whether it pays to compress a body of this type. */
bool lyger_mime_is_text(const char *type);

#endif
