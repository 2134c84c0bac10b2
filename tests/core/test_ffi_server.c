#define _GNU_SOURCE /* strptime, timegm */
#include "check.h"

#include "http/ffi_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE 10000 /* ms before an answer that does not come is a failure */

static char answer[1 << 20];

static void serve_with(const lyger_http_options *options)
{
    lyger_error error;
    lyger_error_clear(&error);
    CHECK_INT(lyger_http_start(NULL, 0, options, &error), LYGER_OK);
    CHECK_STR(error.message, "");
    CHECK(lyger_http_port() > 0);
}

static int dial_port(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return fd;
}

static int dial(void)
{
    int fd = dial_port(lyger_http_port());
    CHECK(fd >= 0);
    return fd;
}

static void say(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, text, len, MSG_NOSIGNAL);
        if (sent <= 0) {
            CHECK_INT(sent, (ssize_t)len);
            return;
        }
        text += sent;
        len -= (size_t)sent;
    }
}

/* Reads into answer until the peer closes (true) or nothing came for the time given (false). */
static bool hear_all(int fd, int milliseconds, size_t *len)
{
    *len = 0;
    for (;;) {
        struct pollfd wait = {fd, POLLIN, 0};
        if (poll(&wait, 1, milliseconds) != 1) {
            answer[*len] = '\0';
            return false;
        }
        ssize_t count = recv(fd, answer + *len, sizeof answer - 1 - *len, 0);
        if (count <= 0) {
            answer[*len] = '\0';
            return count == 0;
        }
        *len += (size_t)count;
    }
}

/* Reads until answer holds text. */
static bool hear_until(int fd, const char *text)
{
    size_t len = 0;
    answer[0] = '\0';
    while (!strstr(answer, text)) {
        struct pollfd wait = {fd, POLLIN, 0};
        ssize_t count =
            poll(&wait, 1, PATIENCE) == 1 ? recv(fd, answer + len, sizeof answer - 1 - len, 0) : -1;
        if (count <= 0) {
            return false;
        }
        len += (size_t)count;
        answer[len] = '\0';
    }
    return true;
}

/* Sends everything on a new connection and reads to the end; the server has to close. */
static const char *exchange(const char *text)
{
    size_t len;
    int fd = dial();
    say(fd, text, strlen(text));
    CHECK(hear_all(fd, PATIENCE, &len));
    close(fd);
    return answer;
}

static int status_of(const char *text)
{
    return strncmp(text, "HTTP/1.1 ", 9) == 0 ? atoi(text + 9) : -1;
}

static int times(const char *text, const char *word)
{
    int found = 0;
    while ((text = strstr(text, word))) {
        found++;
        text++;
    }
    return found;
}

static const char *body_of(const char *text)
{
    const char *body = strstr(text, "\r\n\r\n");
    return body ? body + 4 : "";
}

static void health_and_home_are_answered(void)
{
    serve_with(NULL);
    exchange("GET /health?now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK_INT(status_of(answer), 200);
    CHECK(strncmp(body_of(answer), "{\"status\":\"ok\",\"version\":\"", 26) == 0);
    CHECK(strstr(answer, "\r\nContent-Type: application/json\r\n"));
    CHECK(strstr(answer, "\r\nConnection: close\r\n"));
    const char *length = strstr(answer, "\r\nContent-Length: ");
    CHECK(length && strtoul(length + 18, NULL, 10) == strlen(body_of(answer)));
    exchange("GET http://a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK_INT(status_of(answer), 200);
    CHECK(strncmp(body_of(answer), "{\"name\":\"lyger\",", 16) == 0);
    CHECK(strstr(answer, "\"requests\":1,\"connections\":1,"));
    lyger_http_stop();
}

static void date_is_the_time_in_the_form_of_rfc_9110(void)
{
    serve_with(NULL);
    time_t before = time(NULL);
    exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    time_t after = time(NULL);
    const char *date = strstr(answer, "\r\nDate: ");
    struct tm tm = {0};
    CHECK(date && strptime(date + 8, "%a, %d %b %Y %H:%M:%S GMT\r\n", &tm));
    time_t found = timegm(&tm);
    CHECK(found >= before && found <= after);
    lyger_http_stop();
}

static void other_paths_and_methods_are_refused(void)
{
    serve_with(NULL);
    CHECK_INT(status_of(exchange("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), 404);
    CHECK_INT(status_of(exchange("GET /health/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), 404);
    CHECK_INT(status_of(exchange("DELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), 405);
    CHECK(strstr(answer, "\r\nAllow: GET, HEAD, OPTIONS\r\n"));
    CHECK_INT(status_of(exchange("CONNECT a:1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), 405);
    CHECK_INT(status_of(exchange("BREW /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), 405);
    CHECK_INT(status_of(exchange("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), 204);
    CHECK(!strstr(answer, "Content-Length"));
    CHECK_STR(body_of(answer), "");
    lyger_http_stop();
}

static void invalid_requests_are_refused_and_closed(void)
{
    serve_with(NULL);
    CHECK_INT(status_of(exchange("GET / HTTP/1.1\r\n\r\n")), 400);
    CHECK(strstr(answer, "HTTP/1.1 needs a Host"));
    CHECK(strstr(answer, "\r\nConnection: close\r\n"));
    CHECK_INT(status_of(exchange("GET / HTTP/3.0\r\n\r\n")), 505);
    CHECK_INT(status_of(exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n")), 501);
    /* what follows an invalid request is never taken for another one */
    exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
             "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK_INT(status_of(answer), 400);
    CHECK_INT(times(answer, "HTTP/1.1 "), 1);
    lyger_http_stop();
}

static void head_has_the_header_of_get_and_no_body(void)
{
    serve_with(NULL);
    exchange("HEAD /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK_INT(status_of(answer), 200);
    CHECK_STR(body_of(answer), "");
    const char *length = strstr(answer, "\r\nContent-Length: ");
    CHECK(length && strtoul(length + 18, NULL, 10) > 20);
    exchange("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK_INT(status_of(answer), 404);
    CHECK_STR(body_of(answer), "");
    lyger_http_stop();
}

static void version_1_0_closes_unless_asked_to_keep(void)
{
    serve_with(NULL);
    exchange("GET /health HTTP/1.0\r\n\r\n");
    CHECK_INT(status_of(answer), 200);
    int fd = dial();
    for (int i = 0; i < 3; i++) {
        const char *text = "GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
        say(fd, text, strlen(text));
        CHECK(hear_until(fd, "}"));
        CHECK(strstr(answer, "\r\nConnection: keep-alive\r\n"));
    }
    close(fd);
    lyger_http_stop();
}

static void pipelined_requests_are_answered_in_order(void)
{
    serve_with(NULL);
    exchange("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
             "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345"
             "\r\nPOST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
             "chunked\r\n\r\n3;x\r\nabc\r\n0\r\nT: 1\r\n\r\n"
             "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
             "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
             "GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
    static const int expected[] = {200, 404, 405, 200, 200};
    const char *at = answer;
    for (size_t i = 0; i < 5; i++) {
        CHECK(at && status_of(at) == expected[i]);
        at = at ? strstr(at + 1, "HTTP/1.1 ") : NULL;
    }
    CHECK(at == NULL);
    lyger_http_stop();
}

static void thousands_of_pipelined_requests_come_back(void)
{
    enum { COUNT = 3000 };
    const char *text = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n", *last = "GET /x HTTP/1.0\r\n\r\n";
    serve_with(NULL);
    int fd = dial();
    pid_t writer = fork();
    if (writer == 0) { /* the answers do not fit the sockets' buffers: someone else has to write */
        for (int i = 0; i < COUNT; i++) {
            say(fd, text, strlen(text));
        }
        say(fd, last, strlen(last));
        _exit(case_failed);
    }
    int status;
    waitpid(writer, &status, WNOHANG);
    size_t len;
    CHECK(hear_all(fd, PATIENCE, &len));
    CHECK_INT(times(answer, "HTTP/1.1 200 OK"), COUNT);
    CHECK_INT(times(answer, "HTTP/1.1 404 Not Found"), 1);
    waitpid(writer, &status, 0);
    close(fd);
    lyger_http_stop();
}

/* A connection with small buffers, so that either side is soon told to wait. */
static int dial_narrow(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(lyger_http_port())};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK_INT(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static size_t say_what_fits(int fd, const char *text, size_t len)
{
    ssize_t count = send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    return count > 0 ? (size_t)count : 0;
}

#define MANY 60000
static char many_requests[MANY * 32];

/* Requests enough that their answers fit no socket buffer. Sends without reading until the server stops
 * reading too; returns how many bytes it took. */
static size_t flood(int fd, size_t *len)
{
    size_t sent = 0;
    struct pollfd wait = {fd, POLLOUT, 0};
    *len = 0;
    for (int i = 0; i < MANY; i++) {
        const char *text = i < MANY - 1 ? "GET / HTTP/1.1\r\nHost: a\r\n\r\n" : "GET / HTTP/1.0\r\n\r\n";
        memcpy(many_requests + *len, text, strlen(text));
        *len += strlen(text);
    }
    while (sent < *len && poll(&wait, 1, 300) == 1 && !(wait.revents & (POLLERR | POLLHUP))) {
        sent += say_what_fits(fd, many_requests + sent, *len - sent);
    }
    return sent;
}

static void slow_reader_holds_the_server_back_and_gets_everything(void)
{
    static const char line[] = "HTTP/1.1 200 OK\r\nDate: ";
    const size_t tail = sizeof line - 2; /* too short to hold the line */
    size_t len, heard = 0;
    int found = 0;
    ssize_t count = 1;
    serve_with(NULL);
    int fd = dial_narrow();
    size_t sent = flood(fd, &len);
    CHECK(sent < len);
    while (count > 0) {
        struct pollfd wait = {fd, (short)(POLLIN | (sent < len ? POLLOUT : 0)), 0};
        if (poll(&wait, 1, PATIENCE) != 1) {
            CHECK(false);
            break;
        }
        if (wait.revents & POLLOUT) {
            sent += say_what_fits(fd, many_requests + sent, len - sent);
        }
        if (wait.revents & POLLIN) {
            count = recv(fd, answer + heard, 65536, 0);
            heard += count > 0 ? (size_t)count : 0;
            answer[heard] = '\0';
            if (heard > tail) {
                found += times(answer, line);
                memmove(answer, answer + heard - tail, tail);
                heard = tail;
            }
        }
    }
    CHECK_INT(count, 0);
    CHECK_INT(found, MANY);
    close(fd);
    lyger_http_stop();
}

static void reader_that_never_reads_is_let_go(void)
{
    lyger_http_options options = lyger_http_default_options;
    options.write_timeout = 40;
    size_t len;
    serve_with(&options);
    int fd = dial_narrow();
    CHECK(flood(fd, &len) < len);
    while (hear_all(fd, PATIENCE, &len) == false && len == sizeof answer - 1) {
    }
    CHECK(strstr(exchange("GET / HTTP/1.0\r\n\r\n"), "\"connections\":1,"));
    close(fd);
    lyger_http_stop();
}

static void refused_client_can_read_why_while_it_still_sends(void)
{
    static char body[200000];
    serve_with(NULL);
    int fd = dial();
    size_t len;
    const char *head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n";
    memset(body, 'x', sizeof body);
    say(fd, head, strlen(head));
    say(fd, body, sizeof body);
    CHECK(hear_all(fd, PATIENCE, &len));
    CHECK_INT(status_of(answer), 413);
    CHECK_STR(body_of(answer), "{\"status\":413,\"error\":\"the request body is too large\"}");
    close(fd);
    lyger_http_stop();
}

static void dribbled_requests_are_put_together(void)
{
    const char *text =
        "POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
        "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    serve_with(NULL);
    int fd = dial();
    size_t len;
    for (size_t i = 0; i < strlen(text); i++) {
        struct timespec pause = {
            0, 500000}; /* gives each byte a chance to be read alone; the result is the same */
        say(fd, text + i, 1);
        nanosleep(&pause, NULL);
    }
    CHECK(hear_all(fd, PATIENCE, &len));
    CHECK_INT(status_of(answer), 405);
    CHECK_INT(times(answer, "HTTP/1.1 200"), 1);
    close(fd);
    lyger_http_stop();
}

static void requests_do_not_depend_on_how_they_are_split(void)
{
    const char *text =
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd"
        "POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
        "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    serve_with(NULL);
    for (size_t at = 1; at < strlen(text); at++) {
        int fd = dial();
        size_t len;
        say(fd, text, at);
        sched_yield();
        say(fd, text + at, strlen(text) - at);
        CHECK(hear_all(fd, PATIENCE, &len));
        CHECK_INT(times(answer, "HTTP/1.1 404"), 1);
        CHECK_INT(times(answer, "HTTP/1.1 405"), 1);
        CHECK_INT(times(answer, "HTTP/1.1 200"), 1);
        close(fd);
    }
    lyger_http_stop();
}

static void expected_continue_is_given_before_the_body(void)
{
    serve_with(NULL);
    int fd = dial();
    const char *head =
        "POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    say(fd, head, strlen(head));
    CHECK(hear_until(fd, "\r\n\r\n"));
    CHECK_STR(answer, "HTTP/1.1 100 Continue\r\n\r\n");
    say(fd, "abcd", 4);
    CHECK(hear_until(fd, "}"));
    CHECK_INT(status_of(answer), 405);
    close(fd);
    lyger_http_stop();
}

static void too_large_bodies_are_refused(void)
{
    lyger_http_options options = lyger_http_default_options;
    options.max_body = 10;
    serve_with(&options);
    exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789");
    CHECK_INT(status_of(answer), 405);
    exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n0123456789a");
    CHECK_INT(status_of(answer), 413);
    exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");
    CHECK_INT(status_of(answer), 413);
    exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
             "chunked\r\n\r\n6\r\n012345\r\n5\r\n67890\r\n0\r\n\r\n");
    CHECK_INT(status_of(answer), 413);
    exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nabcde\n0\n\n");
    CHECK_INT(status_of(answer), 400);
    lyger_http_stop();
}

static void slow_clients_are_let_go(void)
{
    lyger_http_options options = lyger_http_default_options;
    options.header_timeout = options.body_timeout = options.idle_timeout = 40;
    serve_with(&options);
    exchange("GET / HT");
    CHECK_INT(status_of(answer), 408);
    exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc");
    CHECK_INT(status_of(answer), 408);
    CHECK_STR(exchange(""), "");
    exchange("GET /health HTTP/1.1\r\nHost: a\r\n\r\n"); /* kept, then idle */
    CHECK_INT(status_of(answer), 200);
    CHECK_INT(times(answer, "HTTP/1.1 "), 1);
    lyger_http_stop();
}

static void one_connection_too_many_is_told_so(void)
{
    lyger_http_options options = lyger_http_default_options;
    options.max_connections = 2;
    serve_with(&options);
    const char *text = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
    int first = dial(), second = dial(), third;
    size_t len;
    say(first, text, strlen(text));
    CHECK(hear_until(first, "}"));
    say(second, text, strlen(text));
    CHECK(hear_until(second, "}"));
    third = dial();
    CHECK(hear_all(third, PATIENCE, &len));
    CHECK_INT(status_of(answer), 503);
    CHECK(strstr(answer, "\r\nRetry-After: 1\r\n"));
    close(third);
    close(first);
    int status = 503; /* the server learns of the free place in its own time */
    for (int i = 0; i < 1000 && status == 503; i++) {
        third = dial();
        send(third, text, strlen(text), MSG_NOSIGNAL);
        status = hear_until(third, "}") ? status_of(answer) : 503;
        close(third);
    }
    CHECK_INT(status, 200);
    close(second);
    lyger_http_stop();
}

static void second_server_and_taken_port_are_errors(void)
{
    lyger_error error;
    serve_with(NULL);
    CHECK_INT(lyger_http_start(NULL, 0, NULL, &error), LYGER_E_SERVER);
    CHECK(strstr(error.message, "running"));
    lyger_http_stop();
    CHECK_INT(lyger_http_port(), 0);

    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in any = {.sin_family = AF_INET};
    socklen_t size = sizeof any;
    CHECK_INT(bind(fd, (struct sockaddr *)&any, sizeof any), 0);
    CHECK_INT(listen(fd, 1), 0);
    getsockname(fd, (struct sockaddr *)&any, &size);
    CHECK_INT(lyger_http_start(NULL, ntohs(any.sin_port), NULL, &error), LYGER_E_SERVER);
    CHECK(strstr(error.message, "cannot listen on 127.0.0.1 port"));
    CHECK_INT(lyger_http_port(), 0);
    close(fd);
}

/* 127.0.0.2 is this machine too, but nothing that is listened on without being asked for. */
static bool answers_at(uint32_t address)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(lyger_http_port())};
    to.sin_addr.s_addr = htonl(address);
    bool connected = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
    close(fd);
    return connected;
}

static void opening_it_to_others_is_said(void)
{
    static const struct {
        const char *host;
        bool everywhere;
    } hosts[] = {{NULL, false}, {"127.0.0.1", false}, {"0.0.0.0", true}, {"::", true}};
    lyger_error error;
    for (int i = 0; i < 4; i++) {
        if (lyger_http_start(hosts[i].host, 0, NULL, &error) != LYGER_OK && i == 3) {
            break; /* no IPv6 here */
        }
        CHECK(answers_at(INADDR_LOOPBACK));
        CHECK(answers_at(INADDR_LOOPBACK + 1) == hosts[i].everywhere);
        lyger_http_stop();
    }
    CHECK_INT(lyger_http_start("localhost", 0, NULL, &error), LYGER_E_ARGUMENT);
    CHECK_INT(lyger_http_start("", 0, NULL, &error), LYGER_E_ARGUMENT);
}

static void stopping_closes_everything_and_starting_again_works(void)
{
    lyger_http_stop(); /* nothing runs */
    for (int i = 0; i < 20; i++) {
        serve_with(NULL);
        uint16_t port = lyger_http_port();
        int idle = dial(), half = dial();
        say(half, "GET / HTTP", 10);
        size_t len;
        CHECK_INT(status_of(exchange("GET /health HTTP/1.0\r\n\r\n")), 200);
        lyger_http_stop();
        struct pollfd wait = {idle, POLLIN, 0};
        CHECK_INT(poll(&wait, 1, PATIENCE), 1);
        hear_all(half, PATIENCE, &len);
        CHECK_STR(answer, "");
        CHECK_INT(dial_port(port), -1);
        close(idle);
        close(half);
    }
}

static volatile sig_atomic_t signals_here;
static pthread_t main_thread;

static void count_signal(int number)
{
    (void)number;
    signals_here += pthread_equal(pthread_self(), main_thread) ? 1 : 1000;
}

static void signals_never_arrive_in_the_serving_thread(void)
{
    serve_with(NULL);
    main_thread = pthread_self();
    signals_here = 0;
    signal(SIGUSR1, count_signal);
    sigset_t usr1, before;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, &before);
    kill(getpid(), SIGUSR1); /* would be delivered to any thread that lets it in */
    CHECK_INT(status_of(exchange("GET /health HTTP/1.0\r\n\r\n")), 200);
    CHECK_INT(signals_here, 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    CHECK_INT(signals_here, 1);
    signal(SIGUSR1, SIG_DFL);
    lyger_http_stop();
}

/* The child's part of the case below; what is not 0 says what was wrong. */
static int child_without_a_server(void)
{
    lyger_error error;
    if (lyger_http_port() != 0) {
        return 1;
    }
    lyger_http_stop();
    if (lyger_http_start(NULL, 0, NULL, &error) != LYGER_OK) {
        return 2;
    }
    int fd = dial_port(lyger_http_port());
    const char *text = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
    if (fd < 0 || send(fd, text, strlen(text), MSG_NOSIGNAL) <= 0 || !hear_until(fd, "}")) {
        return 3;
    }
    close(fd);
    lyger_http_stop();
    return 0;
}

static void forked_child_has_no_server_and_holds_no_socket(void)
{
    serve_with(NULL);
    uint16_t port = lyger_http_port();
    int ready[2], done[2], status;
    CHECK(pipe(ready) == 0 && pipe(done) == 0);
    int kept = dial();
    const char *text = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
    say(kept, text, strlen(text));
    CHECK(hear_until(kept, "}"));
    pid_t child = fork();
    if (child == 0) {
        char byte = (char)child_without_a_server();
        close(kept);
        (void)!write(ready[1], &byte, 1);
        (void)!read(done[0], &byte, 1); /* lives on while the parent stops its server */
        _exit(0);
    }
    close(ready[1]); /* a child that dies ends the wait */
    char result = -1;
    CHECK_INT(read(ready[0], &result, 1), 1);
    CHECK_INT(result, 0);
    CHECK_INT(lyger_http_port(), port);
    say(kept, text, strlen(text));
    CHECK(hear_until(kept, "}"));
    lyger_http_stop();
    size_t len;
    CHECK(hear_all(kept, PATIENCE, &len)); /* closed although the child lives */
    CHECK_INT(dial_port(port), -1);
    close(kept);
    CHECK_INT(write(done[1], "x", 1), 1);
    waitpid(child, &status, 0);
    close(ready[0]), close(done[0]), close(done[1]);
}

static void both_address_families_are_served(void)
{
    lyger_error error;
    if (lyger_http_start("::", 0, NULL, &error) != LYGER_OK) {
        return; /* a machine without IPv6 */
    }
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(lyger_http_port())};
    to.sin6_addr = in6addr_loopback;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        CHECK(errno == EADDRNOTAVAIL || errno == ENETUNREACH); /* a machine without IPv6 */
    } else if (fd >= 0) {
        const char *text = "GET /health HTTP/1.1\r\nHost: [::1]\r\n\r\n";
        say(fd, text, strlen(text));
        CHECK(hear_until(fd, "}"));
    }
    close(fd);
    CHECK_INT(status_of(exchange("GET /health HTTP/1.0\r\n\r\n")), 200);
    lyger_http_stop();
}

static void abrupt_and_half_closed_clients_are_survived(void)
{
    serve_with(NULL);
    const char *text = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";
    for (int i = 0; i < 200; i++) {
        int fd = dial();
        struct linger reset = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        send(fd, text, strlen(text) - (size_t)(i % 10), MSG_NOSIGNAL);
        close(fd); /* by RST */
    }
    int fd = dial();
    size_t len;
    say(fd, text, strlen(text));
    shutdown(fd, SHUT_WR);
    CHECK(hear_all(fd, PATIENCE, &len));
    CHECK_INT(status_of(answer), 200);
    close(fd);
    lyger_http_stop();
}

int main(void)
{
    RUN(health_and_home_are_answered);
    RUN(date_is_the_time_in_the_form_of_rfc_9110);
    RUN(other_paths_and_methods_are_refused);
    RUN(invalid_requests_are_refused_and_closed);
    RUN(head_has_the_header_of_get_and_no_body);
    RUN(version_1_0_closes_unless_asked_to_keep);
    RUN(pipelined_requests_are_answered_in_order);
    RUN(thousands_of_pipelined_requests_come_back);
    RUN(slow_reader_holds_the_server_back_and_gets_everything);
    RUN(reader_that_never_reads_is_let_go);
    RUN(refused_client_can_read_why_while_it_still_sends);
    RUN(dribbled_requests_are_put_together);
    RUN(requests_do_not_depend_on_how_they_are_split);
    RUN(expected_continue_is_given_before_the_body);
    RUN(too_large_bodies_are_refused);
    RUN(slow_clients_are_let_go);
    RUN(one_connection_too_many_is_told_so);
    RUN(second_server_and_taken_port_are_errors);
    RUN(opening_it_to_others_is_said);
    RUN(stopping_closes_everything_and_starting_again_works);
    RUN(signals_never_arrive_in_the_serving_thread);
    RUN(forked_child_has_no_server_and_holds_no_socket);
    RUN(both_address_families_are_served);
    RUN(abrupt_and_half_closed_clients_are_survived);
    return finish();
}
