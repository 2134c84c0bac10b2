#include "http_front_help.h"

#include "server/front/compress.h"

#include <sys/stat.h>

static void requests_reach_workers_and_come_back(void)
{
    configure();
    serve();
    get("/");
    CHECK_INT(status_of(), 200);
    CHECK(strstr(answer, "\r\nDate: ") && strstr(answer, "\r\nContent-Length: 5\r\n"));
    CHECK_STR(body_start(), "hello");
    exchange("POST /echo?x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody");
    CHECK(strstr(answer, "X-Method: POST\r\nX-Client: 127.0.0.1\r\nX-Where: memory\r\n"));
    CHECK_STR(body_start(), "body");
    exchange("PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
             "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: dropped\r\n\r\n");
    CHECK_STR(body_start(), "abcdefg");
    exchange("POST /echo HTTP/1.0\r\nContent-Length: 3\r\n\r\nold");
    CHECK_STR(body_start(), "old");
    get("/silent");
    CHECK_INT(status_of(), 502);
    stop();
}

/* What nobody asked for is the application's, and so are figures for who may not see them. */
static void paths_of_ours_have_to_be_asked_for(void)
{
    configure();
    config.metrics_public = false;
    serve();
    get("/metrics"); /* from here, but under a name, as a browser that was led astray would */
    CHECK_STR(body_start(), "hello");
    exchange("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: a\r\n\r\n");
    CHECK_STR(body_start(), "hello");
    exchange("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    CHECK(strstr(body_start(), "\nlyger_http_connections 1\n") != NULL);
    stop();
    lyger_server_config defaults;
    lyger_server_defaults(&defaults);
    config.health_path = defaults.health_path;
    config.metrics_path = defaults.metrics_path;
    serve();
    exchange("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    CHECK_STR(body_start(), "hello");
    get("/health");
    CHECK_STR(body_start(), "hello");
    stop();
}

static void interim_answer_asks_for_the_body(void)
{
    configure();
    serve();
    int fd = dial();
    say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"
            "Connection: close\r\n\r\n");
    CHECK(hear_until(fd, "\r\n\r\n"));
    CHECK_STR(answer, "HTTP/1.1 100 Continue\r\n\r\n");
    say(fd, "abc");
    CHECK(hear_all(fd));
    CHECK_STR(body_start(), "abc");
    close(fd);
    stop();
}

static void pipelined_requests_are_answered_in_order(void)
{
    configure();
    serve();
    exchange("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n(1)"
             "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
             "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
             "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\n(2)");
    CHECK_INT(times("HTTP/1.1 200 OK"), 4);
    const char *first = strstr(answer, "(1)"), *second = strstr(answer, "slow"),
               *third = strstr(answer, "\"ok\""), *fourth = strstr(answer, "(2)");
    CHECK(first && second > first && third > second && fourth > third);
    stop();
}

/* ---- bodies ---- */

static void large_bodies_go_through_a_file_that_is_removed(void)
{
    static const size_t sizes[] = {16384, 16385, 40000, 3000000};
    configure();
    serve();
    for (size_t i = 0; i < 8; i++) {
        size_t size = sizes[i / 2];
        post("/echo", size, i % 2);
        CHECK_INT(status_of(), 200);
        CHECK(strstr(answer, size > 16384 ? "X-Where: file" : "X-Where: memory") != NULL);
        CHECK(body_len() == size && is_stream(body_start(), size));
    }
    CHECK_INT(files_in_directory("lyger-body"), 0);
    post("/echo", 5000000, true);
    CHECK_INT(status_of(), 413);
    post("/echo", 5000000, false);
    CHECK_INT(status_of(), 413);
    CHECK_INT(files_in_directory("lyger-body"), 0);
    stop();
}

static void body_that_a_slot_cannot_hold_goes_through_a_file_too(void)
{
    configure();
    config.body_in_memory = 1 << 20;
    serve();
    post("/echo", 500000, false);
    CHECK(strstr(answer, "X-Where: file") && is_stream(body_start(), 500000));
    CHECK_INT(files_in_directory("lyger-body"), 0);
    stop();
    config.body_directory = "/nonexistent";
    serve();
    post("/echo", 500000, false);
    CHECK_INT(status_of(), 500);
    stop();
}

static void bodies_go_through_files_when_all_connections_have_too_much(void)
{
    for (int enough = 0; enough < 2; enough++) {
        configure();
        config.body_in_memory = 1 << 20;
        config.http.memory = enough ? 100000 : 20000; /* bytes */
        serve();
        post("/echo", 30000, false);
        CHECK(strstr(answer, enough ? "X-Where: memory" : "X-Where: file") != NULL);
        CHECK(body_len() == 30000 && is_stream(body_start(), 30000));
        stop();
    }
}

/* ---- workers that fail ---- */

static void worker_that_dies_costs_its_own_request_only(void)
{
    configure();
    serve();
    for (int i = 0; i < 3; i++) {
        get("/die");
        CHECK_INT(status_of(), 502);
        int fd = dial();
        say(fd, "GET /die-late HTTP/1.1\r\nHost: a\r\n\r\n");
        hear_all(fd);
        close(fd);
        CHECK_INT(status_of(), 200);
        CHECK(strstr(answer, "half") && dechunk() < 0); /* no end of the body */
        fd = dial();
        say(fd, "GET /die-late HTTP/1.0\r\n\r\n");
        CHECK(!hear_all(fd)); /* a reset, or nobody could tell */
        close(fd);
        get("/");
        CHECK_INT(status_of(), 200);
    }
    int fd = dial();
    say(fd, "GET /short HTTP/1.1\r\nHost: a\r\n\r\n");
    hear_all(fd);
    CHECK_STR(body_start(), "not a hundred");
    close(fd);
    stop();
}

static void answer_that_lacks_only_its_end_costs_no_other_request(void)
{
    configure();
    serve();
    for (int i = 0; i < 3; i++) {
        int fd = dial();
        say(fd, "GET /die-whole HTTP/1.1\r\nHost: a\r\n\r\n"
                "GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        hear_all(fd);
        close(fd);
        CHECK_INT(status_of(), 200);
        const char *second = strstr(body_start(), "HTTP/1.1 200");
        CHECK(strncmp(body_start(), "whole", 5) == 0 && second == body_start() + 5);
    }
    stop();
}

static void too_many_requests_are_sent_away(void)
{
    configure();
    config.workers = 1;
    config.queue_limit = 2;
    serve();
    int fds[5], refused = 0, served = 0;
    get("/");
    for (int i = 0; i < 5; i++) {
        fds[i] = dial();
        say(fds[i], "GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        sleep_ms(30);
    }
    get("/health");
    CHECK_INT(status_of(), 200);
    CHECK(strstr(answer, "\"busy\":1") && strstr(answer, "\"queued\":2"));
    for (int i = 0; i < 5; i++) {
        CHECK(hear_all(fds[i]));
        refused += status_of() == 503 && strstr(answer, "Retry-After: 1\r\n");
        served += status_of() == 200;
        close(fds[i]);
    }
    CHECK_INT(served, 3);
    CHECK_INT(refused, 2);
    stop();
}

static void worker_is_told_that_its_client_has_gone(void)
{
    configure();
    config.workers = 1;
    serve();
    int fd = dial();
    say(fd, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    sleep_ms(100);
    int queued = dial();
    say(queued, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    sleep_ms(50);
    close(queued); /* never reaches the worker */
    sleep_ms(50);
    close(fd);
    CHECK(becomes(&shared->gone, 1));
    get("/");
    CHECK(becomes(&shared->done, 2));
    CHECK_INT(shared->done, 2);
    stop();
    config.cancel_on_disconnect = false;
    serve();
    fd = dial();
    say(fd, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    sleep_ms(100);
    close(fd);
    CHECK(becomes(&shared->done, 1));
    CHECK_INT(shared->gone, 0);
    get("/");
    CHECK_INT(status_of(), 200);
    stop();
}

/* ---- heads and bodies ---- */

static void fields_of_an_application_cannot_break_the_framing(void)
{
    configure();
    serve();
    get("/fields");
    CHECK(strstr(answer, "HTTP/1.1 203 Non-Authoritative Information\r\n") == answer);
    CHECK_INT(times("\r\nDate: "), 1);
    CHECK_INT(times("\r\nConnection: "), 1);
    CHECK(strstr(answer, "\r\nContent-Length: 6\r\n") && strstr(answer, "\r\nX-Good: yes\r\n"));
    CHECK_INT(times("Set-Cookie: "), 2);
    CHECK(!strstr(answer, "never") && !strstr(answer, "chunked") && !strstr(answer, "no field") &&
          !strstr(answer, "X-Bad") && !strstr(answer, "X-Split"));
    CHECK_STR(body_start(), "fields");
    get("/empty");
    CHECK(strstr(answer, "HTTP/1.1 204 No Content\r\n") == answer && !strstr(answer, "Content-Length"));
    CHECK_STR(body_start(), "");
    exchange("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(strstr(answer, "Content-Length: 5\r\n") != NULL);
    CHECK_STR(body_start(), "");
    exchange("HEAD /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK_STR(body_start(), "");
    exchange("OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK_INT(status_of(), 204);
    exchange("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nConnection: close\r\n\r\n");
    CHECK_INT(status_of(), 405);
    stop();
}

static void text_is_compressed_for_who_wants_it(void)
{
    static const struct {
        const char *wish;
        lyger_coding coding;
    } wishes[] = {
        {"gzip", LYGER_CODING_GZIP},
        {"br", LYGER_CODING_BROTLI},
        {"zstd", LYGER_CODING_ZSTD},
        {"gzip;q=0.5, zstd;q=0, br;q=0", LYGER_CODING_GZIP},
        {"GZIP, identity;q=0.1", LYGER_CODING_GZIP},
        {"gzip, br;q=0.9", LYGER_CODING_GZIP},
    };
    static char plain[30000];
    configure();
    serve();
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        char field[128];
        bool there = lyger_compress_available(wishes[i].coding);
        snprintf(field, sizeof field, "Accept-Encoding: %s\r\n", wishes[i].wish);
        get_with("/page", field);
        snprintf(field, sizeof field, "\r\nContent-Encoding: %s\r\n", lyger_compress_name(wishes[i].coding));
        CHECK((strstr(answer, field) != NULL) == there);
        CHECK_INT(times("\r\nVary: Accept-Encoding\r\n"), 1);
        CHECK((strstr(answer, "\r\nETag: W/\"abc\"\r\n") != NULL) == there);
        CHECK(!there || body_len() < 2000);
        if (there) {
            CHECK_INT(decode(wishes[i].coding, body_start(), body_len(), plain, sizeof plain), 20000);
            CHECK(memcmp(plain, page(), 20000) == 0);
        }
    }
    stop();
}

static void coded_answer_says_nothing_of_other_bytes(void)
{
    configure();
    serve();
    get_with("/digests", "Accept-Encoding: gzip\r\n");
    CHECK(strstr(answer, "\r\nContent-Encoding: gzip\r\n") && strstr(answer, "\r\nETag: W/\"abc\"\r\n"));
    CHECK(strstr(answer, "\r\nX-A: b\r\n") != NULL);
    CHECK(!strstr(answer, "Accept-Ranges") && !strstr(answer, "igest") && !strstr(answer, "md5"));
    get("/digests");
    CHECK(strstr(answer, "Accept-Ranges") && strstr(answer, "Repr-Digest") &&
          strstr(answer, "\r\nDigest: y") && strstr(answer, "content-md5") &&
          strstr(answer, "Content-Digest") && strstr(answer, "ETag: \"abc\""));
    stop();
}

static void reason_phrase_is_the_applications(void)
{
    configure();
    serve();
    get("/phrase");
    CHECK(strncmp(answer, "HTTP/1.1 404 Not Here\r\n", 23) == 0);
    CHECK(strstr(answer, "\r\nX-A: b\r\n") && !strstr(answer, "Status:"));
    get("/wrong-phrase");
    CHECK(strncmp(answer, "HTTP/1.1 500 Internal Server Error\r\n", 36) == 0);
    stop();
}

static void other_bodies_are_left_as_they_are(void)
{
    static const char *const others[] = {"", "Accept-Encoding: gzip;q=0\r\n",
                                         "Accept-Encoding: identity, gzip;q=0.5\r\n", "Accept-Encoding:\r\n"};
    configure();
    serve();
    for (int i = 0; i < 4; i++) {
        get_with("/page", others[i]);
        CHECK(!strstr(answer, "Content-Encoding") && strstr(answer, "ETag: \"abc\"") &&
              strstr(answer, "Vary:"));
        CHECK(strcmp(body_start(), page()) == 0);
    }
    get_with("/", "Accept-Encoding: gzip\r\n");
    CHECK(!strstr(answer, "Content-Encoding")); /* too short */
    get_with("/stream", "Accept-Encoding: gzip\r\n");
    CHECK(!strstr(answer, "Content-Encoding")); /* no text */
    stop();
}

static void streams_are_not_delayed(void)
{
    static const char *const wishes[] = {"", "gzip", "br", "zstd"}; /* in lyger_coding's order */
    static char plain[1000];
    configure();
    serve();
    for (int i = 0; i < 4; i++) {
        char text[200];
        int steps = 0, fd = dial();
        snprintf(text, sizeof text,
                 "GET /steps HTTP/1.1\r\nHost: a\r\nAccept-Encoding: %s\r\nConnection: close\r\n\r\n",
                 wishes[i]);
        say(fd, text);
        CHECK(hear_until(fd, "\r\n\r\n"));
        CHECK_STR(body_start(), ""); /* the head comes alone */
        for (ssize_t count; (count = hear_some(fd)) != 0 && count != -1;) {
            steps += count > 0;
        }
        CHECK(steps >= 3);
        ssize_t len = dechunk();
        CHECK(len > 0);
        if (len > 0 && strstr(answer, "Content-Encoding")) {
            memmove(plain, body_start(), (size_t)len);
            len = (ssize_t)decode((lyger_coding)i, plain, (size_t)len, body_start(), 1000);
        }
        CHECK(len == 42 && memcmp(body_start(), "data: step 0\n\ndata: step 1\n\ndata: step 2\n\n", 42) == 0);
        close(fd);
    }
    stop();
}

/* ---- operation ---- */

static void unix_sockets_are_served(void)
{
    configure();
    serve();
    int fd = dial_path();
    say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
    CHECK(hear_all(fd));
    CHECK(strstr(answer, "X-Client: \r\n") != NULL);
    CHECK_STR(body_start(), "hi");
    close(fd);
    stop();
}

static void draining_answers_what_there_is_and_leaves(void)
{
    configure();
    serve();
    int idle = dial(), fresh = dial(), running = dial();
    say(idle, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(hear_until(idle, "hello"));
    say(running, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    sleep_ms(100);
    CHECK_INT(write(control[1], "d", 1), 1);
    CHECK(hear_all(idle));
    CHECK_INT(answer_len, 0);
    CHECK(hear_all(fresh));
    CHECK(hear_all(running));
    CHECK_INT(status_of(), 200);
    CHECK(strstr(answer, "Connection: close\r\n") && strstr(answer, "slow"));
    close(idle);
    close(fresh);
    close(running);
    CHECK_INT(front_ended(), 0);
    stop();
}

static void end_of_the_control_pipe_ends_everything(void)
{
    static const char *const requests[] = {
        "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\nx",
        "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHo",
    };
    configure();
    serve();
    int fds[4];
    for (int i = 0; i < 4; i++) {
        fds[i] = dial();
        say(fds[i], requests[i]);
    }
    sleep_ms(200);
    stop();
    for (int i = 0; i < 4; i++) {
        close(fds[i]);
    }
    CHECK_INT(files_in_directory("lyger-body"), 0);
}

/* ---- the access log ---- */

/* The log, when the text is in it. */
static char *log_with(const char *path, const char *wanted)
{
    static char text[65536];
    size_t len = 0;
    text[0] = '\0';
    for (int i = 0; i < PATIENCE / 10 && !strstr(text, wanted); i++) { /* it is written every 100 ms */
        FILE *file = fopen(path, "r");
        len = file ? fread(text, 1, sizeof text - 1, file) : 0;
        if (file) {
            fclose(file);
        }
        text[len] = '\0';
        sleep_ms(10);
    }
    return text;
}

static char *log_text(const char *path)
{
    return log_with(path, "\n");
}

static void combined_log_cannot_be_forged_and_is_reopened(void)
{
    char path[96], old[110];
    configure();
    snprintf(path, sizeof path, "%s/log", directory);
    snprintf(old, sizeof old, "%s.1", path);
    config.access_log = path;
    config.access_log_format = LYGER_LOG_COMBINED;
    serve();
    get_with("/a?b", "Referer: http://x/\"\r\nUser-Agent: a\"b\\c\200\td\r\n");
    char *text = log_text(path);
    CHECK(strstr(text, "127.0.0.1 - - [") == text);
    CHECK(strstr(text, "] \"GET /a?b HTTP/1.1\" 200 5 \"http://x/\\x22\" \"a\\x22b\\x5Cc\\x80\\x09d\"\n"));
    rename(path, old);
    CHECK_INT(write(control[1], "l", 1), 1);
    for (int i = 0; i < 500 && access(path, F_OK) != 0; i++) {
        sleep_ms(10);
    }
    exchange("nonsense\r\n\r\n");
    text = log_text(path);
    CHECK(strstr(text, "] \"nonsense\" 400 ") && strstr(text, " \"-\" \"-\"\n"));
    exchange("\x16\x03\x01\"\r\n\r\n");
    exchange("GET /refused?a=b HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    exchange("GET /\"x HTTP/1.1\r\nHost: a\r\n\r\n");
    text = log_with(path, "x22x HTTP");
    CHECK(strstr(text, "] \"\\x16\\x03\\x01\\x22\" 400 ") &&
          strstr(text, "] \"GET /refused?a=b HTTP/1.1\" 400 "));
    CHECK(strstr(text, "] \"GET /\\x22x HTTP/1.1\" 400 ") != NULL);
    post("/upload", 5000000, false);
    text = log_with(path, " 413 ");
    CHECK(strstr(text, "] \"POST /upload HTTP/1.1\" 413 ") != NULL);
    CHECK_STR(shared->said,
              "413: a body of more than max_body_size (4194304 bytes) was refused: POST /upload\n");
    stop();
    unlink(path);
    unlink(old);
}

static void log_is_json_or_for_a_terminal(void)
{
    char path[96];
    configure();
    snprintf(path, sizeof path, "%s/log", directory);
    config.access_log = path;
    config.access_log_format = LYGER_LOG_JSON;
    serve();
    get_with("/a", "User-Agent: a\"b\377\r\n");
    char *text = log_text(path);
    CHECK(strstr(text, "{\"time\":\"20") == text && strstr(text, "Z\",\"status\":200,\"bytes\":5,\"ms\":"));
    CHECK(strstr(text, ",\"address\":\"127.0.0.1\",\"method\":\"GET\",\"target\":\"/a\",\"version\":\"1.1\","
                       "\"agent\":\"a\\\"b\xEF\xBF\xBD\"}\n"));
    stop();
    unlink(path);
    config.access_log_format = LYGER_LOG_TERMINAL;
    serve();
    get("/a");
    text = log_text(path);
    CHECK(strstr(text, " 200 GET  /a ") && strstr(text, " ms  5 B\n") && !strchr(text, '\033'));
    stop();
    unlink(path);
}

/* ---- everything at once ---- */

static const char *storm_request(unsigned pick)
{
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /stream HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n",
        "GET /page HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabcdef",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "0\r\n\r\nGET /short HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /die HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /die-late HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\nExpect: 100-continue\r\n\r\nx",
        "GET /steps HTTP/1.0\r\n\r\n",
        "HEAD /page HTTP/1.1\r\nHost: a\r\nAccept-Encoding: zstd\r\n\r\n",
        "POST /hea",
        "GET /silent HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /empty HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\nshort",
        "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n",
    };
    return requests[pick % (sizeof requests / sizeof *requests)];
}

/* One thing that a client may do; returns the socket it goes on with. */
static int storm_step(int fd, unsigned pick)
{
    static char sink[65536];
    if (fd < 0) {
        return pick % 3 ? dial() : dial_slowly();
    }
    switch (pick % 16) {
    case 0: {
        struct linger reset = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
        return -1;
    }
    case 1:
        close(fd);
        return -1;
    case 2:
        shutdown(fd, SHUT_WR);
        return fd;
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
        return recv(fd, sink, pick % 2 ? sizeof sink : 100, MSG_DONTWAIT) == 0 ? (close(fd), -1) : fd;
    default: {
        const char *request = storm_request(pick / 16);
        send(fd, request, strlen(request), MSG_DONTWAIT | MSG_NOSIGNAL);
        return fd;
    }
    }
}

static void storm_leaves_nothing_behind(bool cancel)
{
    configure();
    config.workers = 3;
    config.cancel_on_disconnect = cancel;
    config.request_timeout = 500;
    config.http.write_timeout = 500;
    config.http.body_timeout = 500;
    serve();
    int fds[24];
    unsigned seed = cancel ? 1 : 2;
    memset(fds, -1, sizeof fds);
    for (int i = 0; i < 6000; i++) {
        int which = rand_r(&seed) % 24;
        fds[which] = storm_step(fds[which], (unsigned)rand_r(&seed));
        if (i % 16 == 0) {
            sleep_ms(1);
            tend();
        }
    }
    for (int i = 0; i < 24; i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    bool calm = false;
    for (int i = 0; i < 100 && !calm; i++) {
        sleep_ms(50);
        get("/metrics");
        calm = strstr(answer, "lyger_http_requests_in_flight 1\n") &&
               strstr(answer, "lyger_http_connections 1\n");
        get("/health");
        calm = calm && strstr(answer, "\"busy\":0") && strstr(answer, "\"queued\":0");
    }
    CHECK(calm);
    for (int i = 0; i < 100; i++) { /* no slot was lost */
        get("/");
        CHECK_INT(status_of(), 200);
    }
    CHECK_INT(files_in_directory("lyger-body"), 0);
    stop();
}

static void storm_with_cancelling_leaves_nothing_behind(void)
{
    storm_leaves_nothing_behind(true);
}

static void storm_without_cancelling_leaves_nothing_behind(void)
{
    storm_leaves_nothing_behind(false);
}

int main(void)
{
    snprintf(directory, sizeof directory, "/tmp/lyger-front-XXXXXX");
    if (!mkdtemp(directory)) {
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    RUN(requests_reach_workers_and_come_back);
    RUN(paths_of_ours_have_to_be_asked_for);
    RUN(interim_answer_asks_for_the_body);
    RUN(pipelined_requests_are_answered_in_order);
    RUN(large_bodies_go_through_a_file_that_is_removed);
    RUN(body_that_a_slot_cannot_hold_goes_through_a_file_too);
    RUN(bodies_go_through_files_when_all_connections_have_too_much);
    RUN(worker_that_dies_costs_its_own_request_only);
    RUN(answer_that_lacks_only_its_end_costs_no_other_request);
    RUN(too_many_requests_are_sent_away);
    RUN(worker_is_told_that_its_client_has_gone);
    RUN(fields_of_an_application_cannot_break_the_framing);
    RUN(text_is_compressed_for_who_wants_it);
    RUN(coded_answer_says_nothing_of_other_bytes);
    RUN(reason_phrase_is_the_applications);
    RUN(other_bodies_are_left_as_they_are);
    RUN(streams_are_not_delayed);
    RUN(unix_sockets_are_served);
    RUN(draining_answers_what_there_is_and_leaves);
    RUN(end_of_the_control_pipe_ends_everything);
    RUN(combined_log_cannot_be_forged_and_is_reopened);
    RUN(log_is_json_or_for_a_terminal);
    RUN(storm_with_cancelling_leaves_nothing_behind);
    RUN(storm_without_cancelling_leaves_nothing_behind);
    rmdir(directory);
    return finish();
}
