/*
 * The queue server: requests taken and answered by this thread, clients that leave, times that are over,
 * stops and forks.
 */
#include "check.h"

#include "http/ffi_server.h"
#include "http/queue.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 20000 /* ms before what does not come is a failure */

static char answer[1 << 16];
static lyger_error error;

static void start(uint32_t waiting, uint32_t timeout, uint64_t body)
{
    const lyger_queue_options options = {NULL, waiting, timeout, body};
    lyger_error_clear(&error);
    CHECK_INT(lyger_queue_start(0, &options, &error), LYGER_OK);
    CHECK_STR(error.message, "");
}

static int dial(const char *request)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(lyger_http_port())};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK_INT(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    CHECK_INT(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    return fd;
}

/* Everything until the server closes. */
static const char *hear(int fd)
{
    size_t len = 0;
    for (;;) {
        struct pollfd entry = {fd, POLLIN, 0};
        if (poll(&entry, 1, PATIENCE) != 1) {
            CHECK(!"an answer comes");
            break;
        }
        ssize_t got = recv(fd, answer + len, sizeof answer - 1 - len, 0);
        if (got <= 0) {
            break;
        }
        len += (size_t)got;
    }
    answer[len] = '\0';
    close(fd);
    return answer;
}

static lyger_status reply(uint64_t id, int status, const char *fields, const char *body)
{
    lyger_error_clear(&error);
    return lyger_queue_send(id, &(lyger_queue_answer){status, fields, false, body, strlen(body)}, &error);
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"

static void requests_are_taken_in_order_and_answered_in_any(void)
{
    start(10, 0, 100);
    int one = dial(GET("/one?q")), two = -1;
    const lyger_queue_request *first = lyger_queue_next(PATIENCE);
    CHECK(first);
    two = dial("POST /two HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\nX-A:\r\nCookie: a\r\ncookie: "
               "b\r\nContent-Length: 3\r\n"
               "Connection: close\r\n\r\nabc");
    const lyger_queue_request *second = lyger_queue_next(PATIENCE);
    CHECK(second && second->id == first->id + 1);
    CHECK_STR(first->method.bytes, "GET");
    CHECK_STR(first->uri.bytes, "/one?q");
    CHECK_STR(first->client.address, "127.0.0.1");
    CHECK_INT(first->body.len, 0);
    CHECK_STR(second->body.bytes, "abc");
    CHECK_INT(second->field_count, 5);
    CHECK_STR(second->fields[1].name.bytes, "x-a");
    CHECK_STR(second->fields[1].value.bytes, "1, 2, ");
    CHECK_STR(second->fields[2].value.bytes, "a; b");
    uint64_t id = first->id;
    CHECK_INT(reply(second->id, 201, "X-B: c\r\n", "second"), LYGER_OK);
    CHECK_INT(reply(id, 200, "", "first"), LYGER_OK);
    CHECK(strstr(hear(one), "\r\n\r\nfirst") && strstr(answer, "Content-Type: text/html"));
    CHECK(strstr(hear(two), "201 Created") && strstr(answer, "X-B: c\r\n") &&
          strstr(answer, "Content-Length: 6\r\n"));
    CHECK_INT(reply(id, 200, "", "again"), LYGER_E_SERVER);
    CHECK_INT(reply(id, 199, "", ""), LYGER_E_ARGUMENT);
    CHECK(!lyger_queue_next(0));
    lyger_http_stop();
}

static void what_is_too_much_is_refused(void)
{
    start(1, 0, 2);
    int long_body = dial("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
    CHECK(strstr(hear(long_body), "413"));
    int chunks = dial("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: "
                      "close\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n");
    CHECK(strstr(hear(chunks), "413"));
    int waits = dial(GET("/waits"));
    CHECK(strstr(hear(dial("TRACE / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")), "405"));
    CHECK(strstr(hear(dial("OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")), "204"));
    CHECK(strstr(hear(dial(GET("/too-many"))), "503"));
    const lyger_queue_request *request = lyger_queue_next(PATIENCE);
    CHECK(request);
    CHECK_STR(request->uri.bytes, "/waits");
    CHECK_INT(reply(request->id, 204, "", ""), LYGER_OK);
    CHECK(strstr(hear(waits), "204 No Content") && !strstr(answer, "Content-Type"));
    lyger_http_stop();
}

static void times_that_are_over_are_told(void)
{
    start(10, 50, 2);
    int late = dial(GET("/late"));
    CHECK(strstr(hear(late), "504"));
    CHECK(!lyger_queue_next(0));
    lyger_http_stop();
    start(10, 300, 2);
    late = dial(GET("/taken"));
    const lyger_queue_request *request = lyger_queue_next(PATIENCE);
    CHECK(strstr(hear(late), "504"));
    CHECK(!request || reply(request->id, 200, "", "too late") == LYGER_E_SERVER);
    lyger_http_stop();
}

static void clients_that_leave_are_forgotten(void)
{
    start(10, 0, 2);
    int leaves = dial(GET("/leaves"));
    const lyger_queue_request *request = lyger_queue_next(PATIENCE);
    CHECK(request);
    struct linger hard = {1, 0};
    setsockopt(leaves, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(leaves);
    /* Whether the server has seen it go or not, the answer is no error beyond that. */
    lyger_status status = reply(request->id, 200, "", "nobody");
    CHECK(status == LYGER_OK || status == LYGER_E_SERVER);
    int half = dial("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
    close(half);
    int stays = dial(GET("/stays"));
    request = lyger_queue_next(PATIENCE);
    CHECK(request && strcmp(request->uri.bytes, "/stays") == 0);
    CHECK_INT(reply(request->id, 200, "", "here"), LYGER_OK);
    CHECK(strstr(hear(stays), "here"));
    lyger_http_stop();
}

static void server_stops_under_its_requests(void)
{
    start(10, 0, 2);
    int taken = dial(GET("/taken")), waits = -1;
    const lyger_queue_request *request = lyger_queue_next(PATIENCE);
    waits = dial(GET("/waits"));
    CHECK(request);
    lyger_http_stop();
    hear(taken);
    hear(waits);
    CHECK_STR(request->uri.bytes, "/taken");
    CHECK_INT(reply(request->id, 200, "", "too late"), LYGER_E_SERVER);
    CHECK(!lyger_queue_next(0));
    start(10, 0, 2);
    int again = dial(GET("/again"));
    request = lyger_queue_next(PATIENCE);
    CHECK(request && reply(request->id, 200, "", "last") == LYGER_OK);
    lyger_http_stop(); /* what was answered before is written */
    CHECK(strstr(hear(again), "last"));
}

static void forked_child_has_no_requests(void)
{
    start(10, 0, 2);
    int waits = dial(GET("/waits"));
    const lyger_queue_request *request = lyger_queue_next(PATIENCE);
    CHECK(request);
    pid_t child = fork();
    if (child == 0) {
        _exit(lyger_queue_next(0) == NULL && lyger_http_port() == 0 ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK_INT(WEXITSTATUS(status), 0);
    CHECK_INT(reply(request->id, 200, "", "parent"), LYGER_OK);
    CHECK(strstr(hear(waits), "parent"));
    lyger_http_stop();
}

#define CLIENTS 8
#define ROUNDS 50

static void *ask_often(void *number)
{
    char request[200], wanted[40], heard[4096];
    for (int i = 0; i < ROUNDS; i++) {
        snprintf(wanted, sizeof wanted, "/client-%d-%d", *(int *)number, i);
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", wanted);
        int fd = dial(request);
        size_t len = 0;
        for (ssize_t got; (got = recv(fd, heard + len, sizeof heard - 1 - len, 0)) > 0;) {
            len += (size_t)got;
        }
        heard[len] = '\0';
        close(fd);
        *(int *)number += strstr(heard, wanted) ? 0 : 1000;
    }
    return NULL;
}

static void *answer_often(void *unused)
{
    (void)unused;
    while (lyger_http_port() != 0) {
        const lyger_queue_request *request = lyger_queue_next(20);
        lyger_error mine;
        if (request) {
            lyger_queue_send(request->id,
                             &(lyger_queue_answer){200, "", false, request->uri.bytes, request->uri.len},
                             &mine);
        }
    }
    return NULL;
}

static void threads_take_and_answer_side_by_side(void)
{
    start(100, 0, 2);
    pthread_t clients[CLIENTS], takers[2];
    int numbers[CLIENTS];
    pthread_create(&takers[0], NULL, answer_often, NULL);
    pthread_create(&takers[1], NULL, answer_often, NULL);
    for (int i = 0; i < CLIENTS; i++) {
        numbers[i] = i;
        pthread_create(&clients[i], NULL, ask_often, &numbers[i]);
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(clients[i], NULL);
        CHECK_INT(numbers[i], i);
    }
    lyger_http_stop();
    pthread_join(takers[0], NULL);
    pthread_join(takers[1], NULL);
}

static void fields_that_cannot_be_are_named(void)
{
    lyger_buffer lines;
    bool typed = false;
    lyger_buffer_init(&lines, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    CHECK_INT(lyger_queue_put_field(&lines.sink, "A", 1, "b", 1, &typed, &error), LYGER_OK);
    CHECK_INT(lyger_queue_put_field(&lines.sink, "CONTENT-LENGTH", 14, "9", 1, &typed, &error), LYGER_OK);
    CHECK_INT(lyger_queue_put_field(&lines.sink, "Upgrade", 7, "h2", 2, &typed, &error), LYGER_OK);
    CHECK(!typed);
    CHECK_INT(lyger_queue_put_field(&lines.sink, "content-type", 12, "", 0, &typed, &error), LYGER_OK);
    CHECK(typed && lyger_sink_put(&lines.sink, "", 1));
    CHECK_STR(lines.start, "A: b\r\ncontent-type: \r\n");
    CHECK_INT(lyger_queue_put_field(&lines.sink, "", 0, "b", 1, &typed, &error), LYGER_E_ARGUMENT);
    CHECK_INT(lyger_queue_put_field(&lines.sink, "a:", 2, "b", 1, &typed, &error), LYGER_E_ARGUMENT);
    CHECK_INT(lyger_queue_put_field(&lines.sink, "named", 5, "b\nc", 3, &typed, &error), LYGER_E_ARGUMENT);
    CHECK(strstr(error.message, "named"));
    lyger_buffer_free(&lines);
}

static void environment_is_read_and_checked(void)
{
    lyger_queue_options options;
    CHECK_INT(lyger_queue_defaults(&options, &error), LYGER_OK);
    CHECK(!options.host && options.waiting == 1000 && options.answer_timeout == 30000 &&
          options.max_body == 1048576);
    setenv("LYGER_BIND_ADDRESS", "::1", 1);
    setenv("LYGER_PHP_RESPONSE_TIMEOUT_MS", "7", 1);
    setenv("LYGER_MAX_BODY_BYTES", "8", 1);
    CHECK_INT(lyger_queue_defaults(&options, &error), LYGER_OK);
    CHECK_STR(options.host, "::1");
    CHECK(options.answer_timeout == 7 && options.max_body == 8);
    setenv("LYGER_MAX_BODY_BYTES", "8k", 1);
    CHECK_INT(lyger_queue_defaults(&options, &error), LYGER_E_SERVER);
    CHECK(strstr(error.message, "LYGER_MAX_BODY_BYTES") && strstr(error.message, "8k"));
    unsetenv("LYGER_BIND_ADDRESS");
    unsetenv("LYGER_PHP_RESPONSE_TIMEOUT_MS");
    unsetenv("LYGER_MAX_BODY_BYTES");
}

int main(void)
{
    RUN(requests_are_taken_in_order_and_answered_in_any);
    RUN(what_is_too_much_is_refused);
    RUN(times_that_are_over_are_told);
    RUN(clients_that_leave_are_forgotten);
    RUN(server_stops_under_its_requests);
    RUN(forked_child_has_no_requests);
    RUN(threads_take_and_answer_side_by_side);
    RUN(fields_that_cannot_be_are_named);
    RUN(environment_is_read_and_checked);
    return finish();
}
