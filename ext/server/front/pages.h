/*
 * What /metrics and the status page share. Internal to the front process.
 */
#ifndef LYGER_FRONT_PAGES_H
#define LYGER_FRONT_PAGES_H

#include "http/message.h"
#include "server/hub/hub.h"

/* "booting", "idle", "busy", "leaving", "dead", or "none". */
const char *lyger_pages_worker_state(uint32_t state);

/* Whether a worker in that state has a process. */
bool lyger_pages_worker_alive(uint32_t state);

/* Bytes of memory that a process has resident, shared memory included; pid 0: this process. 0 when they are
 * not known. */
uint64_t lyger_pages_resident(pid_t pid);

/* Whether the request is a GET or HEAD of path followed by suffix; never when path is NULL or "". */
bool lyger_pages_is_for(const lyger_http_request *request, const char *head, const char *path,
                        const char *suffix);

#endif
