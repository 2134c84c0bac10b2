/*
 * A server to test from outside: this program executed anew with "serve" and options, its standard error read
 * line by line. The application is what serve() below does; its version, and whether it boots, are in a file.
 */
#ifndef LYGER_TESTS_HTTP_SERVER_HELP_H
#define LYGER_TESTS_HTTP_SERVER_HELP_H

#include "check.h"
#include "server/supervisor/run.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char scratch[64]; /* a directory of this run */

/* ---- the application ---- */

static char app_version[64] = "one";

static const char *option(char **arguments, const char *name)
{
    size_t len = strlen(name);
    for (; *arguments; arguments++) {
        if (strncmp(*arguments, name, len) == 0 && (*arguments)[len] == '=') {
            return *arguments + len + 1;
        }
    }
    return NULL;
}

static uint32_t number(char **arguments, const char *name, uint32_t otherwise)
{
    const char *text = option(arguments, name);
    return text ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

/* "fail" does not boot, "hang" takes for ever, "die" boots and its workers die; anything else is a version.
 */
static void boot(char **arguments)
{
    const char *path = option(arguments, "app");
    FILE *file = path ? fopen(path, "r") : NULL;
    if (file) {
        if (fscanf(file, "%63s", app_version) != 1) {
            _exit(9);
        }
        fclose(file);
    }
    if (strcmp(app_version, "fail") == 0) {
        _exit(7);
    }
    while (strcmp(app_version, "hang") == 0) {
        pause();
    }
}

static void answer(lyger_worker *worker, const lyger_hub_request *request)
{
    char text[160], target[64];
    const lyger_http_span *span = &request->parsed->target;
    snprintf(target, sizeof target, "%.*s", (int)(span->len < 60 ? span->len : 60), request->head + span->at);
    if (strcmp(target, "/crash") == 0) {
        signal(SIGSEGV, SIG_DFL); /* without the sanitizer's report */
        raise(SIGSEGV);
    }
    if (strcmp(target, "/exit") == 0) {
        _exit(3);
    }
    if (strcmp(target, "/stop") == 0) {
        lyger_server_stop();
    }
    if (strncmp(target, "/sleep/", 7) == 0) {
        struct timespec time = {0, 0};
        long milliseconds = strtol(target + 7, NULL, 10);
        time.tv_sec = milliseconds / 1000;
        time.tv_nsec = milliseconds % 1000 * 1000000;
        nanosleep(&time, NULL);
    }
    int len = snprintf(text, sizeof text, "%s %ld %ld %u", app_version, (long)getpid(), (long)getppid(),
                       (unsigned)lyger_server_port());
    lyger_hub_head(worker, 200, (uint64_t)len, "X-Test: 1\r\n", 11);
    lyger_hub_data(worker, text, (size_t)len);
    lyger_hub_complete(worker);
}

static void work(const lyger_server_config *config, lyger_worker *worker)
{
    const lyger_hub_request *request;
    if (strcmp(app_version, "die") == 0) {
        _exit(5);
    }
    for (;;) {
        lyger_taken taken = lyger_hub_take(worker, 1000, &request);
        if (taken == LYGER_TAKEN_STOP) {
            break;
        }
        if (taken == LYGER_TAKEN) {
            answer(worker, request);
            if (lyger_server_worn(config, worker, 0)) {
                break;
            }
        }
    }
    lyger_hub_leave(worker);
    _exit(0);
}

static int count_descriptors(void);

static void *second_thread(void *unused)
{
    pause();
    return unused;
}

/* Ends with 0 when the server has ended as asked and has left this process as it was. */
static int serve(char **arguments)
{
    lyger_server_config config;
    lyger_server_role role;
    lyger_worker *worker;
    lyger_error error;
    sigset_t before, after;
    lyger_server_remember();
    snprintf(scratch, sizeof scratch, "%s",
             option(arguments, "scratch") ? option(arguments, "scratch") : "/tmp");
    boot(arguments);
    lyger_server_defaults(&config);
    config.host = option(arguments, "host") ? option(arguments, "host") : "127.0.0.1";
    config.port = (uint16_t)number(arguments, "port", 0);
    config.workers = number(arguments, "workers", 2);
    config.grace = number(arguments, "grace", 20000);
    config.kill_timeout = number(arguments, "kill", 2000);
    config.boot_timeout = number(arguments, "boot", 20000);
    config.max_requests = number(arguments, "max", 0);
    config.socket_mode = number(arguments, "mode", 0);
    config.pid_file = option(arguments, "pid");
    config.watch = option(arguments, "watch");
    config.access_log = option(arguments, "log");
    config.user = option(arguments, "user");
    config.group = option(arguments, "group");
    config.body_directory = scratch;
    pid_t other = 0;
    if (option(arguments, "child")) { /* the application has a child of its own, which ends meanwhile */
        other = fork();
        if (other == 0) {
            _exit(42);
        }
    }
    pthread_t thread;
    if (option(arguments, "thread")) {
        pthread_create(&thread, NULL, second_thread, NULL);
    }
    int descriptors = count_descriptors();
    sigprocmask(SIG_BLOCK, NULL, &before);
    lyger_status status = lyger_server_run(&config, &role, &worker, &error);
    if (status == LYGER_OK && role == LYGER_ROLE_WORKER) {
        work(&config, worker);
    }
    sigprocmask(SIG_BLOCK, NULL, &after);
    int ended = 0;
    if (other && (waitpid(other, &ended, 0) != other || WEXITSTATUS(ended) != 42)) {
        fprintf(stderr, "error: a child of the application was taken away\n");
        return 6;
    }
    if (status != LYGER_OK) {
        fprintf(stderr, "error: %s\n", error.message);
        return 4;
    }
    /* A booted parent was handed descriptors that are closed now; nobody may have more than before. */
    bool same = sigismember(&before, SIGTERM) == sigismember(&after, SIGTERM) &&
                sigismember(&before, SIGCHLD) == sigismember(&after, SIGCHLD);
    if (!same || count_descriptors() > descriptors) {
        fprintf(stderr, "error: %d descriptors before, %d after, signals %s\n", descriptors,
                count_descriptors(), same ? "as before" : "changed");
        return 5;
    }
    return 0;
}

/* ---- time ---- */

static void sleep_ms(long milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static uint64_t now_ms(void)
{
    return lyger_hub_now() / 1000000;
}

/* The condition is evaluated no more once it was true: it may be a request. */
#define UNTIL(condition)                                                                                     \
    do {                                                                                                     \
        bool until_met = false;                                                                              \
        for (uint64_t until_end = now_ms() + 15000; !until_met && now_ms() < until_end;) {                   \
            until_met = (condition);                                                                         \
            sleep_ms(until_met ? 0 : 5);                                                                     \
        }                                                                                                    \
        if (!until_met) {                                                                                    \
            CHECK(!"in time: " #condition);                                                                  \
        }                                                                                                    \
    } while (0)

/* kill() for one process: 0 and -1 mean many others (kill(2)), which a failure before must never come to. */
static void signal_one(pid_t pid, int number)
{
    if (pid <= 1) {
        printf("# a signal for process %ld\n", (long)pid);
        abort();
    }
    kill(pid, number);
}

/* ---- the server from outside ---- */

typedef struct served {
    pid_t pid;
    int said; /* its standard error */
    char text[65536];
    size_t len;
    uint16_t port;
} served;

static void listen_to(served *server)
{
    ssize_t got;
    while (server->len < sizeof server->text - 1 && (got = read(server->said, server->text + server->len,
                                                                sizeof server->text - 1 - server->len)) > 0) {
        server->len += (size_t)got;
    }
    server->text[server->len] = '\0';
}

static bool said(served *server, const char *words)
{
    listen_to(server);
    return strstr(server->text, words) != NULL;
}

__attribute__((unused)) static int times_said(served *server, const char *words)
{
    int count = 0;
    listen_to(server);
    for (const char *at = server->text; (at = strstr(at, words)); at += strlen(words)) {
        count++;
    }
    return count;
}

/* Options end with NULL. before: called in the child, for what a service manager would set up; may be NULL.
 */
static void launch_with(served *server, void (*before)(void), const char *const *options)
{
    char directory[80], *arguments[32] = {"/proc/self/exe", "serve", directory};
    int ends[2], count = 3;
    snprintf(directory, sizeof directory, "scratch=%s", scratch);
    memset(server, 0, sizeof *server);
    while (*options && count < 31) {
        arguments[count++] = (char *)*options++;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return;
    }
    server->pid = fork();
    if (server->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(ends[1], 2);
        if (before) {
            before();
        }
        execv("/proc/self/exe", arguments);
        _exit(127);
    }
    close(ends[1]);
    server->said = ends[0];
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    UNTIL(said(server, "listening on ") || said(server, "error: "));
    const char *port = strstr(server->text, "http://");
    port = port ? strchr(port, ',') : NULL;
    while (port && port[-1] >= '0' && port[-1] <= '9') {
        port--;
    }
    server->port = port ? (uint16_t)atoi(port) : 0;
}

#define launch(server, ...) launch_with((server), NULL, (const char *const[]){__VA_ARGS__, NULL})

/* waitpid()'s status when it ended within so many milliseconds, -1 otherwise; then it is killed. */
static int ends(served *server, long milliseconds)
{
    int status = -1;
    pid_t got = 0;
    for (uint64_t end = now_ms() + (uint64_t)milliseconds; now_ms() < end; sleep_ms(2)) {
        if ((got = waitpid(server->pid, &status, WNOHANG)) != 0) {
            break;
        }
    }
    if (got == 0) {
        printf("# it does not end:\n");
        signal_one(server->pid, SIGKILL);
        waitpid(server->pid, &status, 0);
        status = -1;
    }
    listen_to(server);
    close(server->said);
    if (case_failed || status != 0) {
        printf("# it said:\n%s# and ended with %x\n", server->text, (unsigned)status);
    }
    return status;
}

static int connect_to(const served *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(server->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool ask(int fd, const char *path)
{
    char text[160];
    int len = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", path);
    return fd >= 0 && send(fd, text, (size_t)len, MSG_NOSIGNAL) == len;
}

/* Status of the answer, 0 when there is none; its body in *body. Closes. */
static int hear(int fd, char body[256])
{
    char text[4096];
    size_t len = 0;
    ssize_t got;
    struct timeval time = {30, 0};
    body[0] = '\0';
    if (fd < 0) {
        return 0;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    while (len < sizeof text - 1 && (got = recv(fd, text + len, sizeof text - 1 - len, 0)) > 0) {
        len += (size_t)got;
    }
    close(fd);
    text[len] = '\0';
    const char *end = strstr(text, "\r\n\r\n");
    if (len < 12 || !end) {
        return 0;
    }
    snprintf(body, 256, "%.255s", end + 4);
    return atoi(text + 9);
}

static int get(const served *server, const char *path, char body[256])
{
    int fd = connect_to(server);
    return ask(fd, path) ? hear(fd, body) : 0;
}

/* ---- processes ---- */

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++) {
        count += fcntl(fd, F_GETFD) >= 0;
    }
    return count;
}

__attribute__((unused)) static int open_files(pid_t pid)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    DIR *files = opendir(path);
    while (files && readdir(files)) {
        count++;
    }
    if (files) {
        closedir(files);
    }
    return count;
}

/* Children of a process, by /proc; at most most of them. */
static int children(pid_t parent, pid_t *found, int most)
{
    char path[64];
    int count = 0;
    long pid;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)parent, (long)parent);
    FILE *file = fopen(path, "re");
    while (file && count < most && fscanf(file, "%ld", &pid) == 1) {
        found[count++] = (pid_t)pid;
    }
    if (file) {
        fclose(file);
    }
    return count;
}

static bool lives(pid_t pid)
{
    char path[64], state = 'X';
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "re");
    if (file) {
        if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) {
            state = 'X';
        }
        fclose(file);
    }
    return state != 'X' && state != 'Z';
}

/* The front process is the first child that was forked; it holds the listening socket, workers do not. */
static pid_t front_process(pid_t supervisor)
{
    pid_t found[64];
    int count = children(supervisor, found, 64);
    for (int i = 0; i < count; i++) {
        for (int fd = 3; fd < 64; fd++) {
            char path[64], target[128];
            snprintf(path, sizeof path, "/proc/%ld/fd/%d", (long)found[i], fd);
            ssize_t len = readlink(path, target, sizeof target - 1);
            if (len > 7 && memcmp(target, "socket:", 7) == 0) {
                return found[i];
            }
        }
    }
    return 0;
}

static void write_file(const char *path, const char *text)
{
    char temporary[160];
    snprintf(temporary, sizeof temporary, "%s~", path);
    FILE *file = fopen(temporary, "w");
    if (file) {
        fputs(text, file);
        fclose(file);
        rename(temporary, path);
    }
}

static bool exists(const char *path)
{
    struct stat is;
    return lstat(path, &is) == 0;
}

static const char *in_scratch(const char *name)
{
    static char paths[8][128];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", scratch, name);
    return path;
}

#endif
