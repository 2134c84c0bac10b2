#include "http_front_help.h"

/* Clients that are slow, requests that take long, and what waits for them. */

static void long_answers_arrive_whole_at_fast_and_slow_clients(void)
{
    configure();
    serve();
    get("/stream");
    CHECK_INT(dechunk(), STREAM_BYTES);
    CHECK(is_stream(body_start(), STREAM_BYTES));
    exchange("GET /stream HTTP/1.0\r\n\r\n");
    CHECK(strstr(answer, "Connection: close\r\n") && !strstr(answer, "chunked"));
    CHECK(body_len() == STREAM_BYTES && is_stream(body_start(), STREAM_BYTES));
    int fd = dial_slowly();
    say(fd, "GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    sleep_ms(500); /* its worker waits for it now */
    for (int i = 0; i < 20; i++) {
        get("/");
        CHECK_INT(status_of(), 200);
    }
    CHECK(hear_all(fd));
    CHECK_INT(dechunk(), STREAM_BYTES);
    CHECK(is_stream(body_start(), STREAM_BYTES));
    close(fd);
    stop();
}

static void client_that_reads_nothing_holds_up_nobody_else(void)
{
    configure();
    config.workers = 1;
    config.response_buffer = 4096;
    serve();
    int fds[3];
    /* What fits into buffers and ring is written to its end, and the worker is free again. */
    for (int i = 0; i < 3; i++) {
        fds[i] = dial_slowly();
        for (int j = 0; j < 40; j++) {
            say(fds[i], "GET /page HTTP/1.1\r\nHost: a\r\n\r\n");
        }
    }
    for (int i = 0; i < 20; i++) {
        get("/");
        CHECK_INT(status_of(), 200);
    }
    for (int i = 0; i < 3; i++) {
        close(fds[i]);
    }
    stop();
}

static void client_that_takes_nothing_in_time_is_let_go(void)
{
    configure();
    config.http.write_timeout = 400;
    config.response_spool = 1;
    serve();
    int fd = dial_slowly();
    say(fd, "GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(becomes(&shared->done, 1)); /* its worker was told that nobody is there */
    get("/metrics");
    CHECK(strstr(answer, "\nlyger_http_timeouts_total{phase=\"write\"} 1\n") != NULL);
    CHECK(!strstr(answer, "drain"));
    hear_all(fd);
    CHECK(dechunk() < 0);
    close(fd);
    stop();
}

/* What a client does not read waits in a file, and no worker with it. */
static void finished_answer_leaves_its_worker(void)
{
    static char plain[STREAM_BYTES + 1];
    int fds[3];
    configure();
    config.workers = 1;
    serve();
    static const char *const lines[] = {"/stream HTTP/1.1", "/stream HTTP/1.0",
                                        "/text HTTP/1.1\r\nAccept-Encoding: gzip"};
    for (int i = 0; i < 3; i++) {
        char text[128];
        fds[i] = dial_slowly();
        snprintf(text, sizeof text, "GET %s\r\nHost: a\r\nConnection: close\r\n\r\n", lines[i]);
        say(fds[i], text);
        CHECK(becomes(&shared->done, i + 1));
    }
    get("/");
    CHECK_INT(status_of(), 200);
    CHECK_INT(files_in_directory("lyger-body"), 0); /* they have no name */
    for (int i = 0; i < 3; i++) {
        CHECK(hear_all(fds[i]));
        close(fds[i]);
        ssize_t len = i == 1 ? (ssize_t)body_len() : dechunk();
        if (i == 2) {
            len = (ssize_t)decode(LYGER_CODING_GZIP, body_start(), (size_t)len, plain, sizeof plain);
        }
        CHECK_INT(len, STREAM_BYTES);
        CHECK(is_stream(i == 2 ? plain : body_start(), STREAM_BYTES));
    }
    stop();
}

static void unread_answers_have_a_limit(void)
{
    configure();
    config.workers = 1;
    config.response_spool = 300000;
    serve();
    int fd = dial_slowly();
    say(fd, "GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    sleep_ms(300);
    CHECK_INT(shared->done, 0);
    CHECK(hear_all(fd));
    CHECK_INT(dechunk(), STREAM_BYTES);
    CHECK(is_stream(body_start(), STREAM_BYTES));
    close(fd);
    stop();
    config.response_spool = 64 << 20;
    config.spool_limit = 300000; /* of all together */
    serve();
    fd = dial_slowly();
    say(fd, "GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    sleep_ms(300);
    CHECK_INT(shared->done, 0);
    close(fd);
    CHECK(becomes(&shared->done, 1));
    post("/echo", 300000, false);
    CHECK_INT(status_of(), 200);
    post("/echo", 300001, false);
    CHECK_INT(status_of(), 503);
    post("/echo", 300000, true); /* what was refused counts no more */
    CHECK_INT(status_of(), 200);
    CHECK_INT(files_in_directory("lyger-body"), 0);
    stop();
}

/*
 * Answers that grow step by step, to a client that reads only when its worker has ended: first its socket
 * takes all of it, then the ring the rest, which is taken over when the worker has ended, and in the end the
 * worker has to wait, though what was taken over last was more than the limit. Of a Unix socket the kernel's
 * buffer does not grow.
 */
static void answer_that_was_taken_over_gives_the_next_one_no_room(void)
{
    configure();
    config.workers = 1;
    config.response_buffer = 4096;
    config.response_spool = 1;
    config.http.write_timeout = 2000;
    serve();
    for (int i = 1; shared->gone == 0 && shared->part < STREAM_BYTES; i++) {
        shared->part += 60000; /* less than the ring has */
        int fd = dial_path();
        say(fd, "GET /part HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        CHECK(becomes(&shared->done, 2 * i - 1));
        get("/"); /* which stands behind it in the ring */
        CHECK(becomes(&shared->done, 2 * i));
        hear_all(fd);
        CHECK(shared->gone > 0 || dechunk() == (ssize_t)shared->part);
        close(fd);
    }
    CHECK_INT(shared->gone, 1);
    stop();
}

static void slow_client_beyond_the_time_limit_costs_no_worker(void)
{
    configure();
    config.workers = 1;
    config.request_timeout = 300;
    config.response_spool = 1;
    config.http.write_timeout = 600;
    serve();
    int fd = dial_slowly();
    pid_t worker = workers[0];
    say(fd, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(becomes(&shared->done, 1));
    get("/");
    CHECK_INT(status_of(), 200);
    CHECK_INT(workers[0], worker);
    close(fd);
    stop();
}

static void requests_that_take_too_long_are_ended(void)
{
    configure();
    config.workers = 1;
    config.request_timeout = 300;
    serve();
    int second = dial(), first = dial();
    say(first, "GET /hang-hard HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    sleep_ms(100);
    say(second, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    CHECK(hear_all(first));
    CHECK_INT(status_of(), 504);
    CHECK(hear_all(second)); /* it waited too long, or got the next worker in time */
    CHECK(status_of() == 503 || status_of() == 200);
    close(first);
    close(second);
    for (int i = 0; i < 50 && (get("/"), status_of() != 200); i++) {
    }
    CHECK_INT(status_of(), 200);
    get("/hang");
    CHECK_INT(status_of(), 504);
    for (int i = 0; i < 50 && (get("/"), status_of() != 200); i++) {
    }
    CHECK_INT(status_of(), 200);
    stop();
}

static void progress_and_permission_lift_the_time_limit(void)
{
    configure();
    config.workers = 1;
    config.request_timeout = 1200;
    serve();
    pid_t worker = workers[0];
    get("/drip");
    CHECK_STR(body_start(), "dripdr");
    get("/allowed");
    CHECK_STR(body_start(), "late");
    CHECK_INT(workers[0], worker);
    CHECK_STR(shared->said, "");
    get("/hang");
    CHECK_INT(status_of(), 504);
    char line[128];
    snprintf(line, sizeof line,
             "worker %ld ended by request_timeout (1.2 s), nothing was written or taken: GET /hang\n",
             (long)worker);
    CHECK(was_said(line));
    stop();
}

static void work_after_the_answer_has_a_limit(void)
{
    char line[128];
    configure();
    config.workers = 1;
    config.request_timeout = 1000;
    serve();
    pid_t worker = workers[0];
    get("/after-allowed");
    CHECK_STR(body_start(), "done");
    CHECK(becomes(&shared->done, 1));
    CHECK_INT(workers[0], worker);
    get("/after");
    CHECK_STR(body_start(), "done");
    snprintf(line, sizeof line,
             "worker %ld ended by request_timeout (1 s), it went on after its answer: GET /after\n",
             (long)worker);
    CHECK(was_said(line));
    get("/");
    CHECK_INT(status_of(), 200);
    CHECK(workers[0] != worker);
    stop();
}

static void body_file_is_there_until_its_worker_is_done(void)
{
    configure();
    config.workers = 1;
    serve();
    post("/after-body", 60000, false);
    CHECK_STR(body_start(), "done");
    CHECK(becomes(&shared->done, 1));
    CHECK_INT(shared->read_late, 1);
    for (int i = 0; i < PATIENCE / 10 && files_in_directory("lyger-body") > 0; i++) {
        sleep_ms(10);
    }
    CHECK_INT(files_in_directory("lyger-body"), 0);
    stop();
}

/* Of the front process, ever (proc(5)). */
static long writes_of_front(void)
{
    char path[64], line[128];
    long count = -1;
    snprintf(path, sizeof path, "/proc/%ld/io", (long)front_pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        sscanf(line, "syscw: %ld", &count);
    }
    if (file) {
        fclose(file);
    }
    CHECK(count >= 0);
    return count;
}

static void small_pieces_of_a_body_are_written_together(void)
{
    static char text[400000];
    configure();
    serve();
    get("/");
    long before = writes_of_front();
    size_t at = (size_t)snprintf(text, sizeof text,
                                 "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n");
    for (size_t i = 0; i < 60000; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "1\r\n%c\r\n", stream_byte(i));
    }
    strcpy(text + at, "0\r\n\r\n");
    exchange(text);
    CHECK(strstr(answer, "X-Where: file") && body_len() == 60000 && is_stream(body_start(), 60000));
    CHECK(writes_of_front() - before < 100);
    stop();
}

int main(void)
{
    snprintf(directory, sizeof directory, "/tmp/lyger-front-XXXXXX");
    if (!mkdtemp(directory)) {
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    RUN(long_answers_arrive_whole_at_fast_and_slow_clients);
    RUN(client_that_reads_nothing_holds_up_nobody_else);
    RUN(client_that_takes_nothing_in_time_is_let_go);
    RUN(finished_answer_leaves_its_worker);
    RUN(unread_answers_have_a_limit);
    RUN(answer_that_was_taken_over_gives_the_next_one_no_room);
    RUN(slow_client_beyond_the_time_limit_costs_no_worker);
    RUN(requests_that_take_too_long_are_ended);
    RUN(progress_and_permission_lift_the_time_limit);
    RUN(work_after_the_answer_has_a_limit);
    RUN(body_file_is_there_until_its_worker_is_done);
    RUN(small_pieces_of_a_body_are_written_together);
    rmdir(directory);
    return finish();
}
