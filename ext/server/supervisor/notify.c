#include "notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Half of the time that systemd waits, ns, as sd_watchdog_enabled(3) advises; 0 when the setting is not for
 * this process. */
static uint64_t watchdog_interval(void)
{
    const char *microseconds = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (!microseconds || (pid && strtol(pid, NULL, 10) != (long)getpid())) {
        return 0;
    }
    return strtoull(microseconds, NULL, 10) * 1000 / 2;
}

void lyger_notify_open(lyger_notify *notify)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    notify->descriptor = -1;
    notify->watchdog = 0;
    size_t len = path ? strlen(path) : 0;
    if (len < 2 || len >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) {
        return;
    }
    memcpy(address.sun_path, path, len);
    if (path[0] == '@') {
        address.sun_path[0] = '\0'; /* abstract namespace, unix(7) */
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, size) != 0) {
        close(fd);
        return;
    }
    notify->descriptor = fd;
    notify->watchdog = fd >= 0 ? watchdog_interval() : 0;
}

void lyger_notify_send(const lyger_notify *notify, const char *lines)
{
    if (notify->descriptor >= 0) {
        ssize_t ignored = send(notify->descriptor, lines, strlen(lines), MSG_NOSIGNAL | MSG_DONTWAIT);
        (void)ignored;
    }
}

/* Type=notify-reload wants the time at which the reload began (sd_notify(3), MONOTONIC_USEC). */
void lyger_notify_reloading(const lyger_notify *notify)
{
    char lines[80];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(lines, sizeof lines, "RELOADING=1\nMONOTONIC_USEC=%llu",
             (unsigned long long)now.tv_sec * 1000000 + (unsigned long long)now.tv_nsec / 1000);
    lyger_notify_send(notify, lines);
}

void lyger_notify_close(lyger_notify *notify)
{
    if (notify->descriptor >= 0) {
        close(notify->descriptor);
    }
    notify->descriptor = -1;
}
