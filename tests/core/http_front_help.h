/*
 * A real hub, the front process in a forked child, workers in forked children that know a few paths, and this
 * process as their parent and as the client.
 */
#ifndef LYGER_TESTS_HTTP_FRONT_HELP_H
#define LYGER_TESTS_HTTP_FRONT_HELP_H

#pragma GCC diagnostic ignored "-Wunused-function" /* each test uses some of it */

#include "check.h"

#include "server/front/compress.h"
#include "http/connection.h"
#include "server/front/front.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define PATIENCE 20000 /* ms before an answer that does not come is a failure */
#define PLACES 8u
#define STREAM_BYTES 6000000u

static struct shared {
    _Atomic int gone, done; /* requests whose worker saw that the client had gone, or that ended */
    _Atomic int read_late;  /* 1: a body was there after the answer's end, 2: not */
    _Atomic size_t part;    /* bytes of /part */
    char said[4096];        /* lines of the front process */
} * shared;

static lyger_server_config config;
static lyger_hub *hub;
static pid_t front_pid, workers[PLACES];
static int control[2], listener = -1;
static uint16_t port;
static char directory[64], socket_path[96];
static char answer[8 << 20];
static size_t answer_len;

/* ---- workers ---- */

static char stream_byte(size_t at)
{
    return (char)('a' + (at ^ (at >> 9)) % 26);
}

static void sleep_ms(int milliseconds)
{
    poll(NULL, 0, milliseconds);
}

static bool path_is(const lyger_hub_request *request, const char *path)
{
    size_t len = strlen(path);
    return request->parsed->path.len == len &&
           memcmp(request->head + request->parsed->path.at, path, len) == 0;
}

static void reply(lyger_worker *worker, int status, const char *fields, const char *body, size_t len)
{
    lyger_hub_head(worker, status, len, fields, strlen(fields));
    lyger_hub_data(worker, body, len);
}

static void echo(lyger_worker *worker, const lyger_hub_request *request)
{
    char fields[256], *bytes = malloc(request->body_len + 1);
    if (request->body) {
        memcpy(bytes, request->body, request->body_len);
    } else {
        struct stat of; /* nobody else may read it */
        FILE *file = fopen(request->body_file, "rb");
        if (!file || fread(bytes, 1, request->body_len, file) != request->body_len ||
            fstat(fileno(file), &of) != 0 || (of.st_mode & 0777) != 0600) {
            memset(bytes, '?', request->body_len);
        }
        if (file) {
            fclose(file);
        }
    }
    snprintf(fields, sizeof fields, "X-Method: %.*s\r\nX-Client: %s\r\nX-Where: %s\r\n",
             (int)request->parsed->method_name.len, request->head + request->parsed->method_name.at,
             request->client.address, request->body ? "memory" : "file");
    reply(worker, 200, fields, bytes, request->body_len);
    free(bytes);
}

static void stream(lyger_worker *worker, const char *fields, size_t len)
{
    char bytes[10000];
    lyger_hub_head(worker, 200, LYGER_HUB_LENGTH_UNKNOWN, fields, strlen(fields));
    for (size_t at = 0; at < len; at += sizeof bytes) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            bytes[i] = stream_byte(at + i);
        }
        if (!lyger_hub_data(worker, bytes, sizeof bytes)) {
            shared->gone++;
            break;
        }
    }
}

/* A sign of life every 300 ms, six times. */
static void drip(lyger_worker *worker)
{
    lyger_hub_head(worker, 200, 6, "", 0);
    for (int i = 0; i < 6; i++) {
        lyger_hub_data(worker, &"drip"[i % 4], 1);
        lyger_hub_flush(worker);
        sleep_ms(300);
    }
}

static void read_late(const lyger_hub_request *request)
{
    static char bytes[100000];
    sleep_ms(300);
    FILE *file = fopen(request->body_file, "rb");
    shared->read_late = file && fread(bytes, 1, sizeof bytes, file) == request->body_len ? 1 : 2;
    if (file) {
        fclose(file);
    }
}

/* What goes on after the answer. */
static void go_on(lyger_worker *worker, const lyger_hub_request *request)
{
    reply(worker, 200, "", "done", 4);
    lyger_hub_end(worker);
    if (path_is(request, "/after-body")) {
        read_late(request);
    } else {
        sleep_ms(path_is(request, "/after-allowed") ? 1600 : 60000);
    }
}

static bool work_long(lyger_worker *worker, const lyger_hub_request *request)
{
    if (path_is(request, "/text")) {
        stream(worker, "Content-Type: text/plain\r\n", STREAM_BYTES);
    } else if (path_is(request, "/drip")) {
        drip(worker);
    } else if (path_is(request, "/allowed")) {
        lyger_hub_allow(worker, UINT64_MAX);
        sleep_ms(1600);
        reply(worker, 200, "", "late", 4);
    } else if (path_is(request, "/after-allowed")) {
        lyger_hub_allow(worker, 60000000000u);
        go_on(worker, request);
    } else if (path_is(request, "/after") || path_is(request, "/after-body")) {
        go_on(worker, request);
    } else {
        return false;
    }
    return true;
}

static void text_in_steps(lyger_worker *worker)
{
    lyger_hub_head(worker, 200, LYGER_HUB_LENGTH_UNKNOWN, "Content-Type: text/html\r\n", 25);
    lyger_hub_flush(worker);
    for (int i = 0; i < 3; i++) {
        char line[32];
        sleep_ms(100);
        lyger_hub_data(worker, line, (size_t)snprintf(line, sizeof line, "data: step %d\n\n", i));
        lyger_hub_flush(worker);
    }
}

static const char *page(void)
{
    static char text[20001];
    for (size_t i = 0; i < 20000; i++) {
        text[i] = "lyger keeps the application loaded. "[i % 36];
    }
    return text;
}

static void die_late(lyger_worker *worker)
{
    lyger_hub_head(worker, 200, LYGER_HUB_LENGTH_UNKNOWN, "", 0);
    lyger_hub_data(worker, "half", 4);
    lyger_hub_flush(worker);
    sleep_ms(50);
    kill(getpid(), SIGKILL);
}

static void die_whole(lyger_worker *worker)
{
    lyger_hub_head(worker, 200, 5, "", 0);
    lyger_hub_data(worker, "whole", 5);
    lyger_hub_flush(worker);
    sleep_ms(50);
    kill(getpid(), SIGKILL);
}

static void wait_for_leaving(lyger_worker *worker)
{
    for (int i = 0; i < 300 && !lyger_hub_client_gone(worker); i++) {
        sleep_ms(10);
    }
    shared->gone += lyger_hub_client_gone(worker);
    reply(worker, 200, "", "waited", 6);
}

static void work(lyger_worker *worker, const lyger_hub_request *request)
{
    if (work_long(worker, request)) {
        return;
    }
    if (path_is(request, "/echo")) {
        echo(worker, request);
    } else if (path_is(request, "/stream")) {
        stream(worker, "X-A: b\r\n", STREAM_BYTES);
    } else if (path_is(request, "/part")) {
        stream(worker, "", shared->part);
    } else if (path_is(request, "/steps")) {
        text_in_steps(worker);
    } else if (path_is(request, "/slow")) {
        sleep_ms(400);
        reply(worker, 200, "", "slow", 4);
    } else if (path_is(request, "/die")) {
        kill(getpid(), SIGKILL);
    } else if (path_is(request, "/die-late")) {
        die_late(worker);
    } else if (path_is(request, "/die-whole")) {
        die_whole(worker);
    } else if (path_is(request, "/hang") || path_is(request, "/hang-hard")) {
        signal(SIGTERM, path_is(request, "/hang") ? SIG_DFL : SIG_IGN);
        sleep_ms(60000);
    } else if (path_is(request, "/wait")) {
        wait_for_leaving(worker);
    } else if (path_is(request, "/page")) {
        reply(worker, 200, "Content-Type: text/html; charset=utf-8\r\nETag: \"abc\"\r\n", page(), 20000);
    } else if (path_is(request, "/fields")) {
        reply(worker, 203,
              "Date: never\r\nConnection: upgrade\r\nTransfer-Encoding: chunked\r\nContent-Length: 99\r\n"
              "X-Good: yes\r\nno field\r\nX-Bad: a\rb\r\nX-Split: a\nX-Evil: b\r\nSet-Cookie: a=b\r\n"
              "Set-Cookie: c=d\r\n",
              "fields", 6);
    } else if (path_is(request, "/digests")) {
        reply(worker, 200,
              "Accept-Ranges: bytes\r\nContent-Type: text/html\r\nRepr-Digest: a=:b:\r\nX-A: b\r\n"
              "ETag: \"abc\"\r\ncontent-md5: x\r\nDigest: y\r\nContent-Digest: z\r\n",
              page(), 20000);
    } else if (path_is(request, "/phrase")) {
        reply(worker, 404, "Status: 404 Not Here\r\nX-A: b\r\n", "gone", 4);
    } else if (path_is(request, "/wrong-phrase")) {
        reply(worker, 500, "Status: 200 Fine\r\n", "gone", 4);
    } else if (path_is(request, "/empty")) {
        reply(worker, 204, "X-A: b\r\n", "", 0);
    } else if (path_is(request, "/short")) {
        lyger_hub_head(worker, 200, 100, "", 0);
        lyger_hub_data(worker, "not a hundred", 13);
    } else if (!path_is(request, "/silent")) {
        reply(worker, 200, "Content-Type: text/plain\r\n", "hello", 5);
    } else {
        lyger_hub_finish(worker); /* no answer at all */
    }
}

static void be_worker(uint32_t place)
{
    const lyger_hub_request *request;
    lyger_worker *worker = lyger_hub_join(hub, place);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(control[1]);
    for (int fd = 3; fd < 256; fd++) { /* the client's, of a worker that was started later */
        struct stat status;
        if (fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode)) {
            close(fd);
        }
    }
    for (;;) {
        lyger_taken taken = lyger_hub_take(worker, 1000, &request);
        if (taken == LYGER_TAKEN_STOP) {
            break;
        }
        if (taken == LYGER_TAKEN) {
            work(worker, request);
            lyger_hub_complete(worker);
            shared->done++;
        }
    }
    lyger_hub_leave(worker);
    _exit(0);
}

static void start_worker(void)
{
    int place = lyger_hub_place(hub, 1);
    if (place < 0) {
        CHECK(place >= 0);
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        be_worker((uint32_t)place);
    }
    lyger_hub_placed(hub, (uint32_t)place, pid > 0 ? pid : 0);
    workers[place] = pid;
}

/* What a supervisor does: buries the dead and replaces them. */
static void tend(void)
{
    int status;
    for (uint32_t place = 0; place < PLACES; place++) {
        if (workers[place] > 0 && waitpid(workers[place], &status, WNOHANG) == workers[place]) {
            workers[place] = 0;
            lyger_hub_bury(hub, place);
            start_worker();
        }
    }
}

/* ---- the server ---- */

static void hear_line(void *context, const char *line)
{
    size_t len = strlen(shared->said);
    (void)context;
    snprintf(shared->said + len, sizeof shared->said - len, "%s\n", line);
}

static void configure(void)
{
    config = (lyger_server_config){
        .say = hear_line,
        .backlog = 128,
        .workers = 2,
        .kill_timeout = 300,
        .queue_limit = 16,
        .cancel_on_disconnect = true,
        .http = lyger_http_default_options,
        .body_in_memory = 16384,
        .body_directory = directory,
        .response_buffer = 65536,
        .response_spool = 64 << 20,
        .spool_limit = 128 << 20,
        .compress = true,
        .health_path = "/health",
        .metrics_path = "/metrics",
        .metrics_public = true,
    };
    config.http.max_body = 4 << 20;
    config.http.idle_timeout = 5000;
}

static int listen_somewhere(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    socklen_t size = sizeof any;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CHECK(bind(fd, (struct sockaddr *)&any, sizeof any) == 0 && listen(fd, 128) == 0);
    getsockname(fd, (struct sockaddr *)&any, &size);
    port = ntohs(any.sin_port);
    return fd;
}

static int listen_at_path(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(socket_path, sizeof socket_path, "%s/socket", directory);
    snprintf(name.sun_path, sizeof name.sun_path, "%s", socket_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CHECK(bind(fd, (struct sockaddr *)&name, sizeof name) == 0 && listen(fd, 128) == 0);
    return fd;
}

static void serve(void)
{
    const lyger_hub_settings settings = {PLACES, 64, 32768, 131072};
    lyger_error error;
    lyger_error_clear(&error);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK_INT(lyger_hub_new(&settings, &hub, &error), LYGER_OK);
    CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, control), 0);
    listener = listen_somewhere();
    int unix_listener = listen_at_path();
    fflush(stdout);
    front_pid = fork();
    if (front_pid == 0) {
        const int descriptors[] = {listener, unix_listener};
        const lyger_front_sockets sockets = {
            .descriptors = descriptors, .count = 2, .control = control[0], .log = -1};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(control[1]);
        int status = lyger_front_run(&config, hub, &sockets);
        lyger_hub_free(hub);
        exit(status); /* with its leaks looked for */
    }
    close(unix_listener);
    close(control[0]);
    for (uint32_t i = 0; i < config.workers; i++) {
        start_worker();
    }
}

static int front_ended(void)
{
    int status = -1;
    for (int i = 0; i < PATIENCE / 10; i++) {
        if (waitpid(front_pid, &status, WNOHANG) == front_pid) {
            front_pid = 0;
            return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
        }
        tend();
        sleep_ms(10);
    }
    kill(front_pid, SIGKILL);
    waitpid(front_pid, &status, 0);
    front_pid = 0;
    return -1;
}

static void end_workers(void)
{
    for (uint32_t place = 0; place < PLACES; place++) {
        if (workers[place] > 0) {
            kill(workers[place], SIGKILL);
            waitpid(workers[place], NULL, 0);
            workers[place] = 0;
        }
    }
}

/* Ends everything; the front process must have left nothing behind. */
static void stop(void)
{
    close(control[1]);
    if (front_pid) {
        CHECK_INT(front_ended(), 0);
    }
    end_workers();
    close(listener);
    unlink(socket_path);
    lyger_hub_free(hub);
    munmap(shared, sizeof *shared);
}

/* ---- the client ---- */

static int dial(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

/* A client whose kernel keeps little for it. */
static int dial_slowly(void)
{
    int small = 4096, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static int dial_path(void)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(to.sun_path, sizeof to.sun_path, "%s", socket_path);
    CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

static void say_bytes(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        struct pollfd wait = {fd, POLLOUT, 0};
        poll(&wait, 1, 10);
        tend();
        ssize_t count = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno != EAGAIN) {
            return;
        }
        bytes += count > 0 ? count : 0;
        len -= count > 0 ? (size_t)count : 0;
    }
}

static void say(int fd, const char *text)
{
    say_bytes(fd, text, strlen(text));
}

/* Reads what there is within 10 ms; 0 at the end, -1 for an error, -2 for nothing yet. */
static ssize_t hear_some(int fd)
{
    struct pollfd wait = {fd, POLLIN, 0};
    tend();
    if (poll(&wait, 1, 10) != 1) {
        return -2;
    }
    ssize_t count = recv(fd, answer + answer_len, sizeof answer - 1 - answer_len, 0);
    answer_len += count > 0 ? (size_t)count : 0;
    answer[answer_len] = '\0';
    return count < 0 ? -1 : count;
}

static bool hear_until(int fd, const char *text)
{
    answer_len = 0;
    answer[0] = '\0';
    for (int i = 0; i < PATIENCE / 10 && !strstr(answer, text); i++) {
        ssize_t count = hear_some(fd);
        if (count == 0 || count == -1) {
            break;
        }
    }
    return strstr(answer, text) != NULL;
}

/* Reads to the end; false when the end is a reset or does not come. */
static bool hear_all(int fd)
{
    answer_len = 0;
    answer[0] = '\0';
    for (int quiet = 0; quiet < PATIENCE / 10;) {
        ssize_t count = hear_some(fd);
        if (count == 0 || count == -1) {
            return count == 0;
        }
        quiet = count == -2 ? quiet + 1 : 0;
    }
    return false;
}

static const char *exchange(const char *text)
{
    int fd = dial();
    say(fd, text);
    CHECK(hear_all(fd));
    close(fd);
    return answer;
}

/* GET with Connection: close and more field lines. */
static const char *get_with(const char *path, const char *fields)
{
    char text[1024];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n", path, fields);
    return exchange(text);
}

static const char *get(const char *path)
{
    return get_with(path, "");
}

static int status_of(void)
{
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? atoi(answer + 9) : -1;
}

static int times(const char *word)
{
    int found = 0;
    for (const char *at = answer; (at = strstr(at, word)); at++) {
        found++;
    }
    return found;
}

static char *body_start(void)
{
    char *body = strstr(answer, "\r\n\r\n");
    CHECK(body != NULL);
    return body ? body + 4 : answer;
}

static size_t body_len(void)
{
    return answer_len - (size_t)(body_start() - answer);
}

/* Takes the chunked coding off the body of the answer; its length, or -1 when it does not end properly. */
static ssize_t dechunk(void)
{
    char *body = body_start(), *to = body;
    lyger_http_chunked decoder = {0};
    size_t at = 0, len = body_len(), data_at, used;
    for (;;) {
        lyger_http_chunk chunk = lyger_http_chunked_next(&decoder, body + at, len - at, &data_at, &used);
        if (chunk == LYGER_HTTP_CHUNK_DATA) {
            memmove(to, body + at + data_at, used - data_at);
            to += used - data_at;
        } else {
            return chunk == LYGER_HTTP_CHUNK_END && at + used == len ? to - body : -1;
        }
        at += used;
    }
}

static bool becomes(_Atomic int *what, int value)
{
    for (int i = 0; i < PATIENCE / 10 && *what < value; i++) {
        tend();
        sleep_ms(10);
    }
    return *what >= value;
}

static int files_in_directory(const char *prefix)
{
    int found = 0;
    DIR *open = opendir(directory);
    for (struct dirent *entry; (entry = readdir(open));) {
        found += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    }
    closedir(open);
    return found;
}

static void post(const char *path, size_t len, bool chunked)
{
    char *text = malloc(len + 4096);
    size_t at = (size_t)snprintf(text, 512, "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n", path);
    at += (size_t)(chunked ? snprintf(text + at, 512, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", len)
                           : snprintf(text + at, 512, "Content-Length: %zu\r\n\r\n", len));
    for (size_t i = 0; i < len; i++) {
        text[at + i] = stream_byte(i);
    }
    at += len;
    at += (size_t)(chunked ? snprintf(text + at, 64, "\r\n0\r\n\r\n") : 0);
    int fd = dial();
    say_bytes(fd, text, at);
    hear_all(fd);
    close(fd);
    free(text);
}

static bool is_stream(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != stream_byte(i)) {
            return false;
        }
    }
    return true;
}

/* Decodes with the libraries' own one-shot functions; the length, 0 when it failed. */
static size_t decode(lyger_coding coding, const char *bytes, size_t len, char *to, size_t room)
{
    if (coding == LYGER_CODING_GZIP) {
        z_stream stream = {.next_in = (Bytef *)bytes, .avail_in = (uInt)len};
        stream.next_out = (Bytef *)to;
        stream.avail_out = (uInt)room;
        bool good = inflateInit2(&stream, 15 + 16) == Z_OK && inflate(&stream, Z_FINISH) == Z_STREAM_END;
        inflateEnd(&stream);
        return good ? stream.total_out : 0;
    }
    void *library =
        dlopen(coding == LYGER_CODING_ZSTD ? "libzstd.so.1" : "libbrotlidec.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        return 0;
    }
    if (coding == LYGER_CODING_ZSTD) {
        size_t (*run)(void *, size_t, const void *, size_t);
        *(void **)&run = dlsym(library, "ZSTD_decompress");
        size_t out = run(to, room, bytes, len);
        return out <= room ? out : 0;
    }
    int (*run)(size_t, const uint8_t *, size_t *, uint8_t *);
    *(void **)&run = dlsym(library, "BrotliDecoderDecompress");
    return run(len, (const uint8_t *)bytes, &room, (uint8_t *)to) == 1 ? room : 0;
}

static bool was_said(const char *text)
{
    for (int i = 0; i < PATIENCE / 10 && !strstr(shared->said, text); i++) {
        sleep_ms(10);
        tend();
    }
    return strstr(shared->said, text) != NULL;
}

#endif
