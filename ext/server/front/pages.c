#include "pages.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *lyger_pages_worker_state(uint32_t state)
{
    static const char *const names[] = {"none", "booting", "idle", "busy", "leaving", "dead"};
    return state < sizeof names / sizeof *names ? names[state] : "none";
}

bool lyger_pages_worker_alive(uint32_t state)
{
    return state == LYGER_WORKER_BOOTING || state == LYGER_WORKER_IDLE || state == LYGER_WORKER_BUSY ||
           state == LYGER_WORKER_LEFT;
}

/* Reads the second number of /proc/PID/statm, which is in pages (proc(5)). */
uint64_t lyger_pages_resident(pid_t pid)
{
    char path[40], text[128];
    snprintf(path, sizeof path, pid > 0 ? "/proc/%ld/statm" : "/proc/self/statm", (long)pid);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return 0;
    }
    ssize_t len = read(descriptor, text, sizeof text - 1);
    close(descriptor);
    text[len > 0 ? len : 0] = '\0';
    const char *second = strchr(text, ' ');
    return second ? strtoull(second + 1, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

bool lyger_pages_is_for(const lyger_http_request *request, const char *head, const char *path,
                        const char *suffix)
{
    if (!path || path[0] == '\0' ||
        (request->method != LYGER_HTTP_GET && request->method != LYGER_HTTP_HEAD)) {
        return false;
    }
    size_t len = strlen(path), suffix_len = strlen(suffix);
    return request->path.len == len + suffix_len && memcmp(head + request->path.at, path, len) == 0 &&
           memcmp(head + request->path.at + len, suffix, suffix_len) == 0;
}
