/*
 * A small I/O process for the tests of the supervisor while there is no other: one request per connection,
 * the hub's frames copied as they come.
 */
#ifndef LYGER_TESTS_MINI_FRONT_H
#define LYGER_TESTS_MINI_FRONT_H

#include "http/front.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct mini_client {
    int fd;
    char head[8192];
    size_t len;
    lyger_hub_slot *slot;
    bool headed;
} mini_client;

#define MINI_CLIENTS 256

static mini_client mini_clients[MINI_CLIENTS];

static void mini_say(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, text, len, MSG_NOSIGNAL);
        if (sent <= 0) {
            return;
        }
        text += sent;
        len -= (size_t)sent;
    }
}

static void mini_read(lyger_hub *hub, mini_client *client)
{
    ssize_t got = recv(client->fd, client->head + client->len, sizeof client->head - 1 - client->len, 0);
    if (got <= 0) {
        if (got < 0 && errno == EAGAIN) {
            return;
        }
        if (client->slot) {
            lyger_hub_cancel(hub, client->slot);
        }
        close(client->fd);
        client->fd = -1;
        return;
    }
    client->len += (size_t)got;
    client->head[client->len] = '\0';
    lyger_http_request parsed;
    lyger_http_request_init(&parsed);
    if (client->slot ||
        lyger_http_parse(&parsed, client->head, client->len, &lyger_http_default_limits) != LYGER_HTTP_DONE) {
        return;
    }
    char *body;
    size_t room;
    client->slot = lyger_hub_reserve(hub);
    if (!client->slot || !lyger_hub_fill(hub, client->slot, &parsed, client->head, 0, &body, &room) ||
        !lyger_hub_submit(hub, client->slot)) {
        mini_say(client->fd, "HTTP/1.1 503 Busy\r\n\r\n", 21);
        close(client->fd);
        client->fd = -1;
    }
}

static void mini_frames(lyger_hub *hub)
{
    lyger_hub_frame frame;
    while (lyger_hub_next(hub, &frame)) {
        for (int i = 0; i < MINI_CLIENTS; i++) {
            mini_client *client = &mini_clients[i];
            if (client->fd < 0 || client->slot != frame.slot) {
                continue;
            }
            int flags = fcntl(client->fd, F_GETFL);
            fcntl(client->fd, F_SETFL, flags & ~O_NONBLOCK);
            if (frame.kind == LYGER_HUB_HEAD) {
                char line[64];
                mini_say(client->fd, line,
                         (size_t)snprintf(line, sizeof line, "HTTP/1.1 %d Said\r\n", frame.status));
                mini_say(client->fd, frame.bytes, frame.len);
                mini_say(client->fd, "\r\n", 2);
                client->headed = true;
            } else if (frame.kind == LYGER_HUB_DATA) {
                mini_say(client->fd, frame.bytes, frame.len);
            } else {
                if (!client->headed) {
                    mini_say(client->fd, "HTTP/1.1 502 Lost\r\n\r\n", 21);
                }
                close(client->fd);
                client->fd = -1;
            }
        }
        lyger_hub_consume(hub, &frame, frame.len);
    }
}

static void mini_accept(int listener)
{
    for (int i = 0; i < MINI_CLIENTS; i++) {
        if (mini_clients[i].fd < 0) {
            int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (fd < 0) {
                return;
            }
            mini_clients[i] = (mini_client){.fd = fd};
        }
    }
}

static bool mini_idle(void)
{
    for (int i = 0; i < MINI_CLIENTS; i++) {
        if (mini_clients[i].fd >= 0) {
            return false;
        }
    }
    return true;
}

__attribute__((weak)) int lyger_front_run(const lyger_server_config *config, lyger_hub *hub,
                                          const lyger_front_sockets *sockets)
{
    lyger_error error;
    bool draining = false;
    (void)config;
    if (lyger_hub_serve(hub, &error) != LYGER_OK) {
        return 1;
    }
    for (int i = 0; i < MINI_CLIENTS; i++) {
        mini_clients[i].fd = -1;
    }
    for (;;) {
        struct pollfd ready[8 + MINI_CLIENTS];
        nfds_t count = 0;
        ready[count++] = (struct pollfd){.fd = sockets->control, .events = POLLIN};
        ready[count++] = (struct pollfd){.fd = lyger_hub_doorbell(hub), .events = POLLIN};
        for (uint32_t i = 0; i < sockets->count && i < 6; i++) {
            ready[count++] = (struct pollfd){.fd = draining ? -1 : sockets->descriptors[i], .events = POLLIN};
        }
        nfds_t first = count;
        for (int i = 0; i < MINI_CLIENTS; i++) {
            ready[count++] = (struct pollfd){.fd = mini_clients[i].fd, .events = POLLIN};
        }
        poll(ready, count, lyger_hub_sleep(hub) ? 1000 : 0);
        lyger_hub_awake(hub);
        if (ready[1].revents) {
            lyger_hub_hear(hub);
        }
        if (ready[0].revents) {
            char command;
            if (recv(sockets->control, &command, 1, MSG_DONTWAIT) <= 0) {
                return 0;
            }
            draining = draining || command == 'd';
            for (uint32_t i = 0; draining && i < sockets->count; i++) {
                mini_accept(sockets->descriptors[i]); /* those that the system has accepted already */
                close(sockets->descriptors[i]);
            }
        }
        for (nfds_t i = 2; i < first; i++) {
            if (ready[i].revents && !draining) {
                mini_accept(ready[i].fd);
            }
        }
        for (nfds_t i = first; i < count; i++) {
            if (ready[i].revents && mini_clients[i - first].fd >= 0) {
                mini_read(hub, &mini_clients[i - first]);
            }
        }
        mini_frames(hub);
        if (draining && mini_idle()) {
            return 0;
        }
    }
}

#endif
