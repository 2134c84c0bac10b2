#include "check.h"

#include "http/connection.h"

#include <arpa/inet.h>
#include <errno.h>
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
    CHECK_INT(lyger_uv_load(NULL), LYGER_OK);
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

/* ---- the same thread on both sides: what a service sees and a client gets ---- */

static char events[512]; /* b: begin, d: body, c: complete, l: logged, a: abandoned, ~: drained */
static char body_seen[256];
static size_t left_to_send;
static int last_status;
static uint64_t last_bytes;

static void event(const char *what)
{
    strncat(events, what, sizeof events - strlen(events) - 1);
}

static void respond(lyger_http_connection *connection, int status, const char *body)
{
    lyger_http_response response = {status, "", "text/plain", body, strlen(body)};
    lyger_http_respond(connection, &response);
}

static void send_more(lyger_http_connection *connection)
{
    static char block[10000];
    memset(block, 'x', sizeof block);
    for (bool room = true; room && left_to_send > 0; left_to_send -= sizeof block) {
        room = lyger_http_send(connection, block, sizeof block);
    }
    if (left_to_send == 0) {
        lyger_http_end_response(connection);
    }
}

static void turn_begin(lyger_http_connection *connection, const lyger_http_request *request, const char *head)
{
    event("b");
    CHECK(lyger_http_kept(connection) == NULL && lyger_http_current(connection) == request);
    lyger_http_set_kept(connection, (void *)(uintptr_t)head[request->path.at + 1]);
    body_seen[0] = '\0';
    if (head[request->path.at + 1] == 'e') { /* /early */
        respond(connection, 200, "early");
    }
}

static void turn_body(lyger_http_connection *connection, const char *bytes, size_t len)
{
    event("d");
    strncat(body_seen, bytes, len < 100 ? len : 100);
    if ((uintptr_t)lyger_http_kept(connection) == 'm') { /* /mid */
        respond(connection, 200, "mid");
    }
}

static void turn_complete(lyger_http_connection *connection)
{
    char what = (char)(uintptr_t)lyger_http_kept(connection);
    event("c");
    if (what == 's') {           /* /send */
        left_to_send = 12000000; /* more than the kernel keeps for both ends (tcp_wmem) */
        lyger_http_begin_response(connection, 200, "", 0, LYGER_HTTP_LENGTH_UNKNOWN);
        send_more(connection);
    } else if (what == 'o') { /* /over */
        lyger_http_begin_response(connection, 200, "", 0, 3);
        lyger_http_send(connection, "overlong", 8);
        lyger_http_end_response(connection);
    } else if (what == 'u') { /* /under */
        lyger_http_begin_response(connection, 200, "", 0, 30);
        lyger_http_send(connection, "short", 5);
        lyger_http_end_response(connection);
    } else if (what >= '2' && what <= '5') {
        static const int statuses[] = {204, 304, 205, 999};
        lyger_http_begin_response(connection, statuses[what - '2'], "A: b\r\n", 6, 4);
        lyger_http_send(connection, "body", 4);
        lyger_http_end_response(connection);
    } else if (what != 'n') { /* /never */
        respond(connection, 200, body_seen);
    }
}

static void turn_drained(lyger_http_connection *connection)
{
    event("~");
    send_more(connection);
}

static void turn_abandoned(lyger_http_connection *connection)
{
    event("a");
    CHECK(lyger_http_kept(connection) != NULL);
}

static void turn_logged(lyger_http_connection *connection, int status, uint64_t bytes)
{
    (void)connection;
    event("l");
    last_status = status;
    last_bytes = bytes;
}

static const lyger_http_service turns = {turn_begin,   turn_body,      turn_complete,
                                         turn_drained, turn_abandoned, turn_logged};

static void open_host(void)
{
    struct sockaddr_in any, bound;
    int size = sizeof bound;
    memset(&host, 0, sizeof host);
    events[0] = '\0';
    CHECK_INT(lyger_uv_load(NULL), LYGER_OK);
    CHECK_INT(uv_loop_init(&loop), 0);
    host.loop = &loop;
    host.service = &turns;
    host.options = lyger_http_default_options;
    host.options.response_buffer = 50000;
    lyger_http_host_init(&host);
    uv_tcp_init(&loop, &listener);
    uv_ip4_addr("127.0.0.1", 0, &any);
    uv_tcp_bind(&listener, (const struct sockaddr *)&any, 0);
    CHECK_INT(uv_listen((uv_stream_t *)&listener, 10, on_client), 0);
    uv_tcp_getsockname(&listener, (struct sockaddr *)&bound, &size);
    port = ntohs(bound.sin_port);
}

static void close_host(void)
{
    lyger_http_close_all(&host);
    uv_close((uv_handle_t *)&listener, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    CHECK_INT(uv_loop_close(&loop), 0);
    CHECK_INT(host.connections, 0);
    lyger_http_host_free(&host);
}

static int call(const char *text)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    CHECK(send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
    return fd;
}

/* Lets the loop work until nothing comes for 50 ms; 0 when the server closed, 1 when not, -1 for a reset.
 * What came stands in heard, as far as it fits. */
static int listen_to(int fd, size_t *total)
{
    static char bytes[100000];
    size_t len = 0;
    *total = 0;
    for (int quiet = 0; quiet < 50;) {
        uv_run(&loop, UV_RUN_NOWAIT);
        ssize_t count = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        if (count == 0 || (count < 0 && errno != EAGAIN)) {
            heard[len] = '\0';
            return count == 0 ? 0 : -1;
        }
        if (count < 0) {
            quiet++;
            poll(NULL, 0, 1);
            continue;
        }
        quiet = 0;
        size_t keep = len + (size_t)count < sizeof heard ? (size_t)count : sizeof heard - 1 - len;
        memcpy(heard + len, bytes, keep);
        len += keep;
        *total += (size_t)count;
    }
    heard[len] = '\0';
    return 1;
}

static int ask(const char *text)
{
    size_t total;
    events[0] = '\0';
    int fd = call(text), state = listen_to(fd, &total);
    close(fd);
    for (int i = 0; i < 5000 && host.connections > 0; i++) { /* until it was seen that the client has gone */
        uv_run(&loop, UV_RUN_NOWAIT);
        lyger_http_sweep(&host);
        poll(NULL, 0, 1);
    }
    CHECK_INT(host.connections, 0);
    return state;
}

static void bodies_are_given_and_early_answers_drop_them(void)
{
    open_host();
    CHECK_INT(ask("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "2\r\nab\r\n3;x\r\ncde\r\n0\r\nT: v\r\n\r\n"),
              1);
    CHECK_STR(events, "bddcl");
    CHECK_STR(body_seen, "abcde");
    /* The rest of a short body is read and the connection goes on. */
    CHECK_INT(ask("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcdeGET /x HTTP/1.1\r\nHost: "
                  "a\r\n\r\n"),
              1);
    CHECK_STR(events, "blbcl");
    CHECK_INT(count_of(heard, "HTTP/1.1 200"), 2);
    CHECK_INT(ask("POST /mid HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcdeGET /x HTTP/1.1\r\nHost: "
                  "a\r\n\r\n"),
              1);
    CHECK_STR(events, "bdlbcl");
    /* A long one, one of unknown length, or one that is waited for is not. */
    CHECK_INT(ask("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\nabc"), 0);
    CHECK(strstr(heard, "Connection: close\r\n") != NULL);
    CHECK_STR(events, "bl");
    CHECK_INT(ask("POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), 0);
    CHECK_INT(ask("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"), 0);
    CHECK(!strstr(heard, " 100 "));
    CHECK_INT(ask("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"), 1);
    CHECK_STR(heard, "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK_STR(events, "ba");
    close_host();
}

static void every_request_ends_once(void)
{
    open_host();
    CHECK_INT(ask("nonsense\r\n"), 0);
    CHECK_STR(events, "l");
    CHECK_INT(last_status, 400);
    CHECK_INT(ask("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), 0);
    CHECK_STR(events, "bl");
    CHECK_INT(last_status, 400);
    CHECK_INT(ask("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n"), 0);
    CHECK_STR(events, "bl");
    CHECK_INT(last_status, 413);
    CHECK_INT(ask("GET /never HTTP/1.1\r\nHost: a\r\n\r\n"), 1);
    CHECK_STR(events, "bca");
    CHECK_INT(ask("GET /under HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    CHECK_STR(events, "bca");
    CHECK(strstr(heard, "\r\n\r\nshort") != NULL);
    CHECK_INT(ask("GET /over HTTP/1.1\r\nHost: a\r\n\r\n"), 1);
    CHECK_STR(events, "bcl");
    CHECK_INT(last_bytes, 3);
    CHECK(strstr(heard, "\r\n\r\nove") && !strstr(heard, "over"));
    close_host();
}

static void answers_without_a_body_have_none(void)
{
    open_host();
    CHECK_INT(ask("GET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n"), 1);
    CHECK(strstr(heard, "HTTP/1.1 204 No Content\r\n") && strstr(heard, "HTTP/1.1 304 Not Modified\r\n"));
    CHECK(!strstr(heard, "Content-Length") && !strstr(heard, "body"));
    CHECK_INT(ask("GET /4 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /5 HTTP/1.1\r\nHost: a\r\n\r\n"), 1);
    CHECK(strstr(heard, "HTTP/1.1 205 Reset Content\r\n") && strstr(heard, "Content-Length: 0\r\n"));
    CHECK(strstr(heard, "HTTP/1.1 999 \r\n") && strstr(heard, "Content-Length: 4\r\n") &&
          !strstr(heard, "body"));
    close_host();
}

static void slow_client_makes_its_service_wait(void)
{
    size_t total;
    open_host();
    int small = 4096, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    CHECK_INT(send(fd, "GET /send HTTP/1.0\r\n\r\n", 22, 0), 22);
    for (int i = 0; i < 50; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        poll(NULL, 0, 1);
    }
    CHECK(left_to_send > 0); /* it was told to stop, and the rest stays with it */
    CHECK_INT(listen_to(fd, &total), 0);
    CHECK_INT(left_to_send, 0);
    CHECK(total > 12000000 && total < 12001000);
    CHECK(strchr(events, '~') && strchr(events, 'l'));
    CHECK_INT(last_bytes, 12000000);
    close(fd);
    close_host();
}

static void half_closed_client_gets_what_is_on_its_way(void)
{
    size_t total;
    open_host();
    int fd = call("GET /x HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    shutdown(fd, SHUT_WR);
    CHECK_INT(listen_to(fd, &total), 0);
    CHECK_INT(count_of(heard, "HTTP/1.1 2"), 2);
    close(fd);
    close_host();
}

static bool loop_until_gone(int milliseconds)
{
    for (int i = 0; i < milliseconds && host.connections > 0; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
        lyger_http_sweep(&host);
        poll(NULL, 0, 1);
    }
    return host.connections == 0;
}

static void half_closed_client_gets_a_late_answer(void)
{
    static const char *const minors[] = {"1.0", "1.1"};
    size_t total;
    open_host();
    for (int i = 0; i < 2; i++) {
        char text[80];
        snprintf(text, sizeof text, "GET /never HTTP/%s\r\nHost: a\r\n\r\n", minors[i]);
        int fd = call(text);
        shutdown(fd, SHUT_WR);
        CHECK_INT(listen_to(fd, &total), 1);
        CHECK_STR(heard, i ? "HTTP/1.1 100 Continue\r\n\r\n" : "");
        lyger_http_sweep(&host);
        CHECK_INT(host.connections, 1);
        respond(host.first, 200, "late");
        CHECK_INT(listen_to(fd, &total), 0);
        CHECK(strstr(heard, "\r\n\r\nlate") != NULL);
        close(fd);
        CHECK(loop_until_gone(5000));
    }
    close_host();
}

static void client_that_has_gone_is_seen_while_it_waits(void)
{
    open_host();
    int fd = call("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
    while (!strchr(events, 'c')) {
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    close(fd);
    CHECK(loop_until_gone(5000));
    CHECK_STR(events, "bca");
    close_host();
}

/* Sends so much more, as the server takes it; how much went. */
static size_t push(int fd, size_t bytes)
{
    static char block[50000];
    size_t sent = 0;
    for (int stuck = 0; sent < bytes && stuck < 2000;) {
        size_t len = bytes - sent < sizeof block ? bytes - sent : sizeof block;
        ssize_t count = send(fd, block, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN) {
            break;
        }
        sent += count > 0 ? (size_t)count : 0;
        stuck = count > 0 ? 0 : stuck + 1;
        uv_run(&loop, UV_RUN_NOWAIT);
        if (count < 0) {
            poll(NULL, 0, 1);
        }
    }
    return sent;
}

static void refused_client_may_send_its_whole_body_first(void)
{
    static const char *const heads[] = {
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n",
        "POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: a, b\r\nContent-Length: 20000000\r\n\r\n",
    };
    static const char *const starts[] = {"HTTP/1.1 413 ", "HTTP/1.1 200 ", "HTTP/1.1 400 "};
    size_t total;
    open_host();
    for (int i = 0; i < 3; i++) {
        int fd = call(heads[i]);
        CHECK_INT(push(fd, 20000000), 20000000);
        CHECK_INT(listen_to(fd, &total), 0);
        CHECK(strncmp(heard, starts[i], 13) == 0);
        close(fd);
        CHECK(loop_until_gone(5000));
    }
    host.options.linger_bytes = 1000000; /* from there on it is cut */
    int fd = call(heads[0]);
    CHECK(push(fd, 20000000) < 20000000);
    CHECK_INT(host.connections, 0);
    close(fd);
    host.options.linger_quiet = 100;
    fd = call(heads[0]);
    CHECK_INT(listen_to(fd, &total), 0);
    CHECK_INT(host.connections, 1);
    CHECK(loop_until_gone(5000)); /* nothing comes */
    close(fd);
    host.options.linger_quiet = 1000;
    host.options.linger_time = 200;
    fd = call(heads[0]);
    for (int i = 0; i < 5000 && host.connections > 0; i++) {
        send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        loop_until_gone(1);
    }
    CHECK_INT(host.connections, 0); /* a byte now and then does not make it longer */
    close(fd);
    host.options.max_connections = 0;
    fd = call(heads[0]);
    CHECK_INT(push(fd, 500000), 500000);
    CHECK_INT(listen_to(fd, &total), 0);
    CHECK(strncmp(heard, "HTTP/1.1 503 ", 13) == 0);
    close(fd);
    CHECK(loop_until_gone(5000));
    close_host();
}

static void long_heads_are_taken_up_to_their_limit(void)
{
    static char text[200100], value[200001];
    size_t total;
    open_host();
    host.options.limits.head = 200000;
    memset(value, 'v', 200000);
    for (int over = 0; over < 2; over++) {
        size_t len = (size_t)snprintf(text, sizeof text, "GET /x HTTP/1.1\r\nHost: a\r\nV: ");
        size_t fill = 200000 - len - 4 + (size_t)over;
        memcpy(text + len, value, fill);
        memcpy(text + len + fill, "\r\n\r\n", 5);
        int fd = call(""), sent = 0;
        while (text[sent]) {
            ssize_t count = send(fd, text + sent, strlen(text + sent), MSG_DONTWAIT | MSG_NOSIGNAL);
            sent += count > 0 ? (int)count : 0;
            uv_run(&loop, UV_RUN_NOWAIT);
        }
        CHECK_INT(listen_to(fd, &total), !over);
        CHECK(strncmp(heard, over ? "HTTP/1.1 431 " : "HTTP/1.1 200 ", 13) == 0);
        close(fd);
        CHECK(loop_until_gone(5000));
    }
    close_host();
}

static void head_has_to_be_there_in_time(void)
{
    size_t total;
    open_host();
    host.options.header_timeout = 300;
    int fd = call("GET /");
    CHECK_INT(listen_to(fd, &total), 1);
    for (int i = 0; i < 5000 && !strchr(events, 'l'); i++) { /* a byte now and then makes it no longer */
        send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        loop_until_gone(1);
    }
    CHECK_INT(last_status, 408);
    close(fd);
    CHECK(loop_until_gone(10000));
    close_host();
}

static void body_has_to_come_in_at_a_rate(void)
{
    open_host();
    host.options.body_timeout = 300;
    host.options.body_rate = 10000;
    int fd = call("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");
    CHECK_INT(push(fd, 800000), 800000); /* earns 80 s, but not to do nothing */
    for (int i = 0; i < 5000 && !strchr(events, 'l'); i++) {
        loop_until_gone(1);
    }
    CHECK_INT(last_status, 408);
    close(fd);
    CHECK(loop_until_gone(10000));
    events[0] = '\0';
    fd = call("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");
    for (int i = 0; i < 5000 && !strchr(events, 'l'); i++) { /* a byte now and then is too little */
        send(fd, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
        loop_until_gone(1);
    }
    CHECK_INT(last_status, 408);
    close(fd);
    CHECK(loop_until_gone(10000));
    close_host();
}

static void clients_share_a_bound_of_memory(void)
{
    static char head[30000];
    int fds[40], refused = 0;
    size_t total;
    open_host();
    host.options.memory = 300000;
    snprintf(head, sizeof head, "GET /x HTTP/1.1\r\nHost: a\r\nV: %020000d", 7);
    for (int i = 0; i < 40; i++) {
        fds[i] = call(head);
        listen_to(fds[i], &total);
        CHECK(host.held <= 300000);
        refused += strncmp(heard, "HTTP/1.1 503 ", 13) == 0;
    }
    CHECK(refused >= 20 && refused <= 30);
    for (int i = 0; i < 40; i++) {
        close(fds[i]);
    }
    CHECK(loop_until_gone(5000));
    CHECK_INT(host.held, 0);
    close_host();
}

static void draining_host_lets_idle_clients_go(void)
{
    size_t total;
    open_host();
    int idle = call("GET /x HTTP/1.1\r\nHost: a\r\n\r\n"), busy = call("GET /x HTTP/1.1\r\nHo");
    CHECK_INT(listen_to(idle, &total), 1);
    CHECK_INT(host.connections, 2);
    lyger_http_drain(&host);
    CHECK_INT(listen_to(idle, &total), 0);
    CHECK_INT(send(busy, "st: a\r\n\r\n", 9, 0), 9);
    CHECK_INT(listen_to(busy, &total), 0);
    CHECK(strstr(heard, "HTTP/1.1 200") && strstr(heard, "Connection: close\r\n"));
    close(idle);
    close(busy);
    close_host();
}

int main(void)
{
    RUN(late_answers_come_in_order_and_one_at_a_time);
    RUN(unanswered_request_is_abandoned_when_its_connection_closes);
    RUN(bodies_are_given_and_early_answers_drop_them);
    RUN(every_request_ends_once);
    RUN(answers_without_a_body_have_none);
    RUN(slow_client_makes_its_service_wait);
    RUN(half_closed_client_gets_what_is_on_its_way);
    RUN(half_closed_client_gets_a_late_answer);
    RUN(client_that_has_gone_is_seen_while_it_waits);
    RUN(refused_client_may_send_its_whole_body_first);
    RUN(long_heads_are_taken_up_to_their_limit);
    RUN(head_has_to_be_there_in_time);
    RUN(body_has_to_come_in_at_a_rate);
    RUN(clients_share_a_bound_of_memory);
    RUN(draining_host_lets_idle_clients_go);
    return finish();
}
