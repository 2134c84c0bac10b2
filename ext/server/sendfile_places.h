/*
 * The text of the option `sendfile`: the directories whose files an application may have sent by naming them
 * in a field of its answer, X-Sendfile or X-Accel-Redirect. Pure functions over the text.
 *
 *   /srv/files                  X-Sendfile: /srv/files/a.pdf
 *   /protected/=/srv/files      that, and X-Accel-Redirect: /protected/a.pdf
 *   one,another                 several
 */
#ifndef LYGER_SERVER_SENDFILE_PLACES_H
#define LYGER_SERVER_SENDFILE_PLACES_H

#include "base/error.h"
#include "base/sink.h"

/* One directory; both texts point into the option's. */
typedef struct lyger_sendfile_place {
    const char *uri; /* begins and ends with a slash; uri_len is 0 where the option names none */
    size_t uri_len;
    const char *directory;
    size_t directory_len; /* without slashes at its end */
} lyger_sendfile_place;

/* Reads the place that *text begins with and moves *text behind it and its comma; false at the text's end. */
bool lyger_sendfile_next(const char **text, lyger_sendfile_place *place);

/* LYGER_OK, or an error that begins with "sendfile" for the first place that is wrong. Whether directories
 * exist is looked at too. */
lyger_status lyger_sendfile_check(const char *text, lyger_error *error);

/* Writes the places as X-Accel-Mapping has them, "/srv/files/=/protected/" with commas between, for libraries
 * that turn the path of a file into what X-Accel-Redirect is to say (Symfony's BinaryFileResponse). They know
 * files by their real paths, so that is what stands there. A place without a URI is mapped to itself. False:
 * no memory. */
bool lyger_sendfile_map(const char *text, lyger_sink *to);

#define LYGER_SENDFILE_PATH_SIZE 4096u /* bytes of a directory or of a file's path, NUL included */

/* The directory as a text of its own. */
void lyger_sendfile_directory(const lyger_sendfile_place *place, char to[LYGER_SENDFILE_PATH_SIZE]);

#endif
