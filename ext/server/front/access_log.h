/*
 * The access log: a line for each request, gathered and written now and then. No byte that a client sent ends
 * a line or a text in it. Used by one thread.
 */
#ifndef LYGER_FRONT_ACCESS_LOG_H
#define LYGER_FRONT_ACCESS_LOG_H

#include "base/error.h"
#include "base/sink.h"
#include "server/config.h"

typedef struct lyger_access_log lyger_access_log; /* malloc */

/* *log is NULL, and that is no error, when the configuration names no log. descriptor: the file, already
 * open, which the log then owns; -1: the log opens the file. */
lyger_status lyger_access_log_open(const lyger_server_config *config, int descriptor, lyger_access_log **log,
                                   lyger_error *error);

/*
 * Opens the file for a process that may not: -1 when no file is named (errno 0), or with errno. A symbolic
 * link is not followed: the user that serves might have put it there for root to write through.
 */
int lyger_access_log_descriptor(const lyger_server_config *config);

/* Checks that the file can be opened, before a server starts: without its log every front process would end
 * at its start, again and again. link: whether the file may be a symbolic link. */
lyger_status lyger_access_log_check(const lyger_server_config *config, bool link, lyger_error *error);
void lyger_access_log_close(lyger_access_log *log); /* writes what is left; NULL does nothing */

/* What a line tells. Texts are as the client sent them. */
typedef struct lyger_access_text {
    const char *at;
    size_t len;
} lyger_access_text;

typedef struct lyger_access_entry {
    const char *address; /* "" behind a Unix socket */
    lyger_access_text method, target, referer, agent;
    lyger_access_text line; /* the request line of a request that did not parse, as far as it is known */
    int minor;              /* the version's; -1: the request did not parse, method and target are empty */
    int status;
    uint64_t bytes;       /* of the body */
    uint64_t nanoseconds; /* from the head to the end of the answer */
} lyger_access_entry;

void lyger_access_log_add(lyger_access_log *log, const lyger_access_entry *entry);

/* Writes what was gathered; to be called about every 100 ms. */
void lyger_access_log_flush(lyger_access_log *log);

/* Opens the log's file by its name again, after logs were rotated; or takes it as descriptor. */
void lyger_access_log_reopen(lyger_access_log *log, int descriptor);

#endif
