#include "check.h"

#include "http/connection.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Connections whose service answers later, as one that hands requests to other processes does. The loop runs
 * in this thread; a client thread talks to it and says when it is done.
 */
static uv_loop_t loop;
static uv_tcp_t listener;
static uv_async_t client_done;
static uv_timer_t later;
static lyger_http_host host;
static lyger_http_connection *waiting;
static int begun, abandoned;
static _Atomic int completed; /* read by the client thread */
static bool answer_at_all;
static uint16_t port;
static char heard[4096];
static const char *said;
static int said_until; /* answers to wait for; 0: closes without reading */

static void begin(lyger_http_connection *connection, const lyger_http_request *request, const char *head)
{
    begun++;
    CHECK(lyger_http_kept(connection) == NULL && head[request->path.at] == '/');
    lyger_http_set_kept(connection, &waiting);
}

static void complete(lyger_http_connection *connection)
{
    CHECK(lyger_http_kept(connection) == &waiting);
    CHECK(waiting == NULL); /* one at a time, pipelined or not */
    completed++;
    waiting = connection;
    uv_timer_again(&later);
}

static void forget(lyger_http_connection *connection)
{
    CHECK(waiting == connection);
    waiting = NULL;
    abandoned++;
}

static void answer(uv_timer_t *timer)
{
    static int count;
    char body[16];
    if (!waiting || !answer_at_all) {
        return;
    }
    uv_timer_stop(timer);
    lyger_http_connection *connection = waiting;
    waiting = NULL;
    int len = snprintf(body, sizeof body, "answer %d.", ++count % 10);
    lyger_http_response response = {200, "", "text/plain", body, (size_t)len};
    lyger_http_respond(connection, &response);
}

static void on_client(uv_stream_t *stream, int status)
{
    CHECK_INT(status, 0);
    lyger_http_accept(&host, stream);
}

static void on_client_done(uv_async_t *async)
{
    (void)async;
    lyger_http_close_all(&host);
    uv_close((uv_handle_t *)&listener, NULL);
    uv_close((uv_handle_t *)&client_done, NULL);
    uv_close((uv_handle_t *)&later, NULL);
}

static int count_of(const char *text, const char *word)
{
    int found = 0;
    while ((text = strstr(text, word))) {
        found++;
        text++;
    }
    return found;
}

static void *talk(void *unused)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    size_t len = 0;
    heard[0] = '\0';
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
        ssize_t count = send(fd, said, strlen(said), MSG_NOSIGNAL);
        while (count > 0 && count_of(heard, "\r\n\r\nanswer") < said_until) {
            struct pollfd wait = {fd, POLLIN, 0};
            count = poll(&wait, 1, 10000) == 1 ? recv(fd, heard + len, sizeof heard - 1 - len, 0) : -1;
            len += count > 0 ? (size_t)count : 0;
            heard[len] = '\0';
        }
    }
    for (int i = 0; !said_until && completed == 0 && i < 10000;
         i++) { /* leaves when the request has arrived */
        poll(NULL, 0, 1);
    }
    close(fd);
    uv_async_send(&client_done);
    return unused;
}

static void converse(const char *text, int answers)
{
    static const lyger_http_service service = {.begin = begin, .complete = complete, .abandoned = forget};
    struct sockaddr_in any, bound;
    int size = sizeof bound;
    pthread_t client;
    begun = abandoned = 0;
    completed = 0;
    answer_at_all = answers > 0;
    said = text;
    said_until = answers;
    memset(&host, 0, sizeof host);
    CHECK_INT(uv_loop_init(&loop), 0);
    host.loop = &loop;
    host.service = &service;
    host.options = lyger_http_default_options;
    lyger_http_host_init(&host);
    uv_tcp_init(&loop, &listener);
    uv_async_init(&loop, &client_done, on_client_done);
    uv_timer_init(&loop, &later);
    uv_timer_start(&later, answer, 5, 5);
    uv_timer_stop(&later);
    uv_timer_set_repeat(&later, 5);
    uv_ip4_addr("127.0.0.1", 0, &any);
    uv_tcp_bind(&listener, (const struct sockaddr *)&any, 0);
    CHECK_INT(uv_listen((uv_stream_t *)&listener, 10, on_client), 0);
    uv_tcp_getsockname(&listener, (struct sockaddr *)&bound, &size);
    port = ntohs(bound.sin_port);
    CHECK_INT(pthread_create(&client, NULL, talk, NULL), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    pthread_join(client, NULL);
    CHECK_INT(uv_loop_close(&loop), 0);
    lyger_http_host_free(&host);
    waiting = NULL;
}

static void late_answers_come_in_order_and_one_at_a_time(void)
{
    converse("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
             "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
             "GET /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
             "GET /d HTTP/1.1\r\nHost: a\r\n\r\n",
             3);
    CHECK_INT(begun, 3);
    CHECK_INT(completed, 3);
    CHECK_INT(abandoned, 0);
    CHECK_INT(count_of(heard, "HTTP/1.1 200 OK"), 3);
    const char *first = strstr(heard, "answer 1."), *second = strstr(heard, "answer 2."),
               *third = strstr(heard, "answer 3.");
    CHECK(first && second > first && third > second);
    CHECK_INT(count_of(heard, "Connection: close"), 1);
}

static void unanswered_request_is_abandoned_when_its_connection_closes(void)
{
    converse("GET /a HTTP/1.1\r\nHost: a\r\n\r\n", 0);
    CHECK_INT(completed, 1);
    CHECK_INT(abandoned, 1);
}

int main(void)
{
    RUN(late_answers_come_in_order_and_one_at_a_time);
    RUN(unanswered_request_is_abandoned_when_its_connection_closes);
    return finish();
}
