/*
 * Telling systemd (sd_notify(3), without its library): a datagram of lines to the socket that NOTIFY_SOCKET
 * names. Without that variable these functions do nothing.
 */
#ifndef LYGER_SUPERVISOR_NOTIFY_H
#define LYGER_SUPERVISOR_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lyger_notify {
    int descriptor;    /* -1: systemd does not listen */
    uint64_t watchdog; /* nanoseconds between two signs of life, 0: none are asked for */
} lyger_notify;

/* Reads the environment; a socket that cannot be reached counts as none (sd_notify(3) says to ignore
 * that). */
void lyger_notify_open(lyger_notify *notify);
void lyger_notify_send(const lyger_notify *notify, const char *lines);
void lyger_notify_reloading(const lyger_notify *notify);
void lyger_notify_close(lyger_notify *notify);

#endif
