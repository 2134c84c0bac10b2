/*
 * Static files: what is under config.document_root is answered by the front process, without a worker.
 *
 * Only GET and HEAD are answered with files, and only when a file is found. Everything else is the
 * application's: a path without a file (front controller), every other method also on a path with a file (an
 * application may take POST /upload.html; static files never answer 405), and every path that could be meant
 * to get at more than the public files: dot segments, hidden names (but /.well-known/, RFC 8615), names of
 * PHP's sources and their backups, "%2F", backslashes, control bytes, empty segments, broken
 * percent-encoding. A path is decoded once. The application then sees the request as it was sent.
 *
 * Files are opened below a descriptor of the root, in one step, and judged by fstat() on what was opened, so
 * nothing can be exchanged between check and use. With follow_symlinks off no symbolic link below the root is
 * followed; the root itself may be a symbolic link, and is looked at again every second, so that a deployment
 * may exchange it.
 *
 * Used by one thread.
 */
#ifndef LYGER_FRONT_STATIC_H
#define LYGER_FRONT_STATIC_H

#include "http/connection.h"
#include "server/config.h"

typedef struct lyger_static lyger_static; /* malloc */

/* *files is NULL, and that is no error, when the configuration names no document_root. The configuration is
 * borrowed until lyger_static_free(). LYGER_E_SERVER when the root is no directory that can be opened. */
lyger_status lyger_static_new(const lyger_server_config *config, lyger_static **files, lyger_error *error);
void lyger_static_free(lyger_static *files); /* NULL does nothing */

/* Answers the request when a file does: 200, 206, 301, 304, 412 or 416, or 503 without descriptors; false,
 * with nothing sent, when no file does. To be called in the service's begin(); files may be NULL. */
bool lyger_static_answer(lyger_static *files, lyger_http_connection *connection,
                         const lyger_http_request *request, const char *head);

/* ---- the parts of it, for tests ---- */

#define LYGER_STATIC_PATH_MAX 4096u    /* bytes of a decoded path, NUL included */
#define LYGER_STATIC_FIELDS_MAX 16384u /* bytes of the field lines of an answer */

/* Decodes the path of a request to one below the root: without the leading slash, "" for the root itself, a
 * trailing slash is kept. False for paths that no file answers, see the first comment. */
bool lyger_static_path(const char *path, size_t len, char to[LYGER_STATIC_PATH_MAX]);

/* The answer that will be sent. */
typedef struct lyger_static_plan {
    int status;
    int descriptor;    /* -1: no file is sent */
    const char *bytes; /* sent in place of a file, valid until the next decision; NULL: none */
    uint64_t offset, len;
    uint64_t content_length; /* of the answer; differs from len for HEAD */
    size_t fields_len;
    char fields[LYGER_STATIC_FIELDS_MAX];
} lyger_static_plan;

/* True when a file answers; the caller closes the descriptor. now: seconds since 1970. */
bool lyger_static_decide(lyger_static *files, const lyger_http_request *request, const char *head, time_t now,
                         lyger_static_plan *plan);

#endif
