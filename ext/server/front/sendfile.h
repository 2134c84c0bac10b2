/*
 * Files that an application has sent in place of a body, by naming them in a field of its answer: X-Sendfile
 * with a path, or X-Accel-Redirect with a URI of the option `sendfile`. Internal to the front process.
 *
 * The front process opens the file with its own rights, below the directories of the option and nowhere else
 * (static_open.h), and judges by fstat() what it opened. The application's fields stay, but for those that
 * say how long and which part of the file the body is. Conditions and ranges are the front process's business
 * when the application's status is 200 or 206; with another one the file is its body as a whole.
 *
 * Used by one thread.
 */
#ifndef LYGER_FRONT_SENDFILE_H
#define LYGER_FRONT_SENDFILE_H

#include "answer_fields.h"
#include "server/config.h"

typedef struct lyger_sendfile lyger_sendfile; /* malloc */

/* *files is NULL, and that is no error, when the configuration names no directory. The configuration is
 * borrowed until lyger_sendfile_free(). LYGER_E_SERVER when a directory cannot be opened. */
lyger_status lyger_sendfile_new(const lyger_server_config *config, lyger_sendfile **files,
                                lyger_error *error);
void lyger_sendfile_free(lyger_sendfile *files); /* NULL does nothing */

/* The answer that will be sent; its fields are those that were given to lyger_sendfile_decide(). */
typedef struct lyger_sendfile_plan {
    int status;
    const char *refused; /* why no file is sent: status is 403, 404 or 503; NULL: one is, or none is due */
    int descriptor;      /* of the file, owned by the caller; -1: none */
    uint64_t offset, len;
    uint64_t content_length; /* of the answer; differs from len for HEAD */
} lyger_sendfile_plan;

/* Decides about an answer of that status whose fields name a file, and changes the fields to those of the
 * answer. now: seconds since 1970. False: no memory. */
bool lyger_sendfile_decide(lyger_sendfile *files, const lyger_http_request *request, const char *head,
                           lyger_answer_fields *fields, int status, time_t now, lyger_sendfile_plan *plan);

#endif
