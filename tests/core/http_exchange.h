/*
 * One request and its response over a real socket: the loop runs in this thread with a service of the test's,
 * a client thread sends the text and reads until the server closes (so the request should ask for that).
 */
#ifndef LYGER_TESTS_HTTP_EXCHANGE_H
#define LYGER_TESTS_HTTP_EXCHANGE_H

#include "http/connection.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct exchange_client {
    const char *said;
    uint16_t port;
    bool slow; /* reads little at a time */
    char *heard;
    size_t len, size;
    uv_async_t done;
} exchange_client;

static lyger_http_host exchange_host;
static uv_tcp_t exchange_listener;

static void *exchange_talk(void *context)
{
    exchange_client *client = context;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(client->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
        ssize_t count = send(fd, client->said, strlen(client->said), MSG_NOSIGNAL);
        while (count > 0 && client->len + 1 < client->size) {
            struct pollfd wait = {fd, POLLIN, 0};
            size_t room = client->size - 1 - client->len;
            room = client->slow && room > 9999 ? 9999 : room;
            count = poll(&wait, 1, 10000) == 1 ? recv(fd, client->heard + client->len, room, 0) : -1;
            client->len += count > 0 ? (size_t)count : 0;
        }
    }
    client->heard[client->len] = '\0';
    close(fd);
    uv_async_send(&client->done);
    return NULL;
}

static void exchange_accept(uv_stream_t *stream, int status)
{
    if (status == 0) {
        lyger_http_accept(&exchange_host, stream);
    }
}

static void exchange_done(uv_async_t *async)
{
    lyger_http_close_all(&exchange_host);
    uv_close((uv_handle_t *)&exchange_listener, NULL);
    uv_close((uv_handle_t *)async, NULL);
}

/* The bytes of the response, NUL-terminated, in heard; their number. */
static size_t exchange(const lyger_http_service *service, const char *said, char *heard, size_t size,
                       bool slow)
{
    uv_loop_t loop;
    pthread_t thread;
    struct sockaddr_in any, bound;
    int bound_size = sizeof bound;
    exchange_client client = {.said = said, .heard = heard, .size = size, .slow = slow};
    memset(&exchange_host, 0, sizeof exchange_host);
    if (lyger_uv_load(NULL) != LYGER_OK || uv_loop_init(&loop) != 0) {
        abort();
    }
    exchange_host.loop = &loop;
    exchange_host.service = service;
    exchange_host.options = lyger_http_default_options;
    lyger_http_host_init(&exchange_host);
    uv_tcp_init(&loop, &exchange_listener);
    uv_async_init(&loop, &client.done, exchange_done);
    uv_ip4_addr("127.0.0.1", 0, &any);
    if (uv_tcp_bind(&exchange_listener, (struct sockaddr *)&any, 0) != 0 ||
        uv_listen((uv_stream_t *)&exchange_listener, 8, exchange_accept) != 0 ||
        uv_tcp_getsockname(&exchange_listener, (struct sockaddr *)&bound, &bound_size) != 0) {
        abort();
    }
    client.port = ntohs(bound.sin_port);
    pthread_create(&thread, NULL, exchange_talk, &client);
    uv_run(&loop, UV_RUN_DEFAULT);
    pthread_join(thread, NULL);
    lyger_http_host_free(&exchange_host);
    if (uv_loop_close(&loop) != 0) {
        abort(); /* something was left open */
    }
    return client.len;
}

#endif
