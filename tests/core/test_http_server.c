#define _GNU_SOURCE /* pipe2 */

/*
 * The supervisor end to end: this program executes itself as a server with small C workers, and is its client
 * and its service manager.
 */
#include "http_server_help.h"

#include <sys/file.h>

static char body[256];

static long word(int which)
{
    long one = 0, two = 0, three = 0;
    sscanf(body, "%*s %ld %ld %ld", &one, &two, &three);
    return which == 1 ? one : which == 2 ? two : three;
}

/* ---- serving ---- */

static void serves_on_a_port_of_its_own_choice_and_drains(void)
{
    served server;
    launch(&server, "workers=3");
    CHECK(server.port > 0);
    CHECK_INT(get(&server, "/", body), 200);
    CHECK(strncmp(body, "one ", 4) == 0);
    CHECK_INT(word(2), server.pid);
    CHECK_INT(word(3), server.port);
    pid_t found[16];
    UNTIL(children(server.pid, found, 16) == 4);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
    CHECK(connect_to(&server) < 0);
    for (int i = 0; i < 4; i++) {
        CHECK(!lives(found[i]));
    }
}

static void a_running_request_ends_before_the_server_does(void)
{
    served server;
    launch(&server, "workers=1");
    int running = connect_to(&server), queued = connect_to(&server);
    ask(running, "/sleep/500");
    sleep_ms(100);
    ask(queued, "/sleep/100");
    sleep_ms(50);
    signal_one(server.pid, SIGTERM);
    UNTIL(said(&server, "stopping"));
    UNTIL(connect_to(&server) < 0); /* new clients are refused meanwhile */
    CHECK_INT(hear(running, body), 200);
    CHECK_INT(hear(queued, body), 200);
    CHECK_INT(ends(&server, 5000), 0);
}

static void a_client_that_the_system_has_accepted_is_answered(void)
{
    served server;
    launch(&server, "workers=1");
    CHECK_INT(get(&server, "/", body), 200);
    pid_t io = front_process(server.pid);
    signal_one(io, SIGSTOP); /* it is busy, and has not seen the clients when it is told to drain */
    int waiting[3];
    for (int i = 0; i < 3; i++) {
        waiting[i] = connect_to(&server);
        CHECK(ask(waiting[i], "/"));
    }
    signal_one(server.pid, SIGTERM);
    UNTIL(said(&server, "stopping"));
    sleep_ms(50);
    signal_one(io, SIGCONT);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(hear(waiting[i], body), 200);
    }
    CHECK_INT(ends(&server, 5000), 0);
}

static void grace_is_not_for_ever(void)
{
    served server;
    launch(&server, "workers=1", "grace=200");
    int running = connect_to(&server);
    ask(running, "/sleep/20000");
    sleep_ms(100);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 3000), 0);
    CHECK(hear(running, body) != 200);
    CHECK(said(&server, "the time to end is over"));
}

static void a_second_signal_ends_at_once(void)
{
    served server;
    launch(&server, "workers=2");
    int running = connect_to(&server);
    ask(running, "/sleep/20000");
    sleep_ms(100);
    signal_one(server.pid, SIGINT);
    UNTIL(said(&server, "stopping: "));
    signal_one(server.pid, SIGINT);
    CHECK_INT(ends(&server, 2000), 0);
    close(running);
}

static void a_worker_can_ask_for_the_end(void)
{
    served server;
    launch(&server, "workers=2");
    CHECK_INT(get(&server, "/stop", body), 200);
    CHECK_INT(ends(&server, 5000), 0);
}

/* ---- deaths ---- */

static void a_worker_that_dies_costs_its_own_request_only(void)
{
    served server;
    launch(&server, "workers=2");
    int slow = connect_to(&server);
    ask(slow, "/sleep/600");
    sleep_ms(100);
    CHECK_INT(get(&server, "/crash", body), 502);
    CHECK_INT(get(&server, "/exit", body), 502);
    CHECK_INT(get(&server, "/", body), 200);
    CHECK_INT(hear(slow, body), 200);
    UNTIL(said(&server, "signal 11 (SIGSEGV)"));
    UNTIL(said(&server, "exit status 3"));
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void killed_workers_are_replaced(void)
{
    served server;
    pid_t found[16];
    launch(&server, "workers=2");
    for (int round = 0; round < 10; round++) {
        CHECK_INT(get(&server, "/", body), 200);
        pid_t worker = (pid_t)word(1);
        signal_one(worker, SIGKILL);
        UNTIL(!lives(worker) && children(server.pid, found, 16) == 3);
    }
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void a_worker_is_replaced_after_its_number_of_requests(void)
{
    served server;
    int different = 0;
    long before = 0;
    launch(&server, "workers=1", "max=3");
    for (int i = 0; i < 12; i++) {
        CHECK_INT(get(&server, "/", body), 200);
        different += word(1) != before;
        before = word(1);
    }
    CHECK_INT(different, 4);
    CHECK(!said(&server, "died"));
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void nothing_is_refused_while_the_io_process_is_replaced(void)
{
    served server;
    launch(&server, "workers=2");
    CHECK_INT(get(&server, "/", body), 200);
    for (int i = 0; i < 5; i++) {
        pid_t io = front_process(server.pid);
        CHECK(io > 0);
        int running = connect_to(&server);
        ask(running, "/sleep/50");
        sleep_ms(10);
        signal_one(io, SIGKILL);
        CHECK_INT(get(&server, "/", body), 200);
        hear(running, body);
    }
    CHECK(said(&server, "the front process died of signal 9 (SIGKILL)"));
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void a_front_process_that_dies_again_and_again_is_waited_for(void)
{
    served server;
    launch(&server, "workers=1");
    CHECK_INT(get(&server, "/", body), 200);
    uint64_t killed_at = 0;
    pid_t front = front_process(server.pid);
    for (int i = 0; i < 30 && !said(&server, "died of signal 9 (SIGKILL); another one starts shortly\n");
         i++) {
        killed_at = now_ms();
        signal_one(front, SIGKILL);
        UNTIL(!lives(front) && (front = front_process(server.pid)) > 0);
    }
    CHECK(now_ms() - killed_at >= 200);
    CHECK(said(&server, "died of signal 9 (SIGKILL); another one starts\n")); /* after the first, at once */
    CHECK(said(&server, "died of signal 9 (SIGKILL); another one starts shortly\n"));
    CHECK_INT(get(&server, "/", body), 200);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void bodies_of_a_killed_io_process_are_removed(void)
{
    served server;
    char path[160], other[160];
    launch(&server, "workers=1");
    CHECK_INT(get(&server, "/", body), 200);
    pid_t io = front_process(server.pid);
    snprintf(path, sizeof path, "%s/lyger-body-%ld-1", scratch, (long)io);
    snprintf(other, sizeof other, "%s/lyger-body-%ld1-1", scratch, (long)io);
    write_file(path, "body");
    write_file(other, "of another server");
    signal_one(io, SIGKILL);
    UNTIL(!exists(path));
    CHECK(exists(other));
    unlink(other);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void workers_that_never_come_up_are_an_error(void)
{
    served server;
    write_file(in_scratch("app"), "die");
    char app[160];
    snprintf(app, sizeof app, "app=%s/app", scratch);
    uint64_t begin = now_ms();
    launch(&server, "workers=2", app);
    UNTIL(said(&server, "error: "));
    CHECK(now_ms() - begin > 100); /* there were pauses */
    CHECK(said(&server, "the workers die before they ask for a request, the last one of exit status 5"));
    CHECK(times_said(&server, "died of") <= 8);
    CHECK_INT(ends(&server, 5000), 4 << 8);
    write_file(in_scratch("app"), "one");
}

static void children_die_with_a_killed_supervisor(void)
{
    served server;
    pid_t found[16];
    launch(&server, "workers=2");
    CHECK_INT(get(&server, "/", body), 200);
    UNTIL(children(server.pid, found, 16) == 3);
    signal_one(server.pid, SIGKILL);
    for (int i = 0; i < 3; i++) {
        UNTIL(!lives(found[i]));
    }
    CHECK_INT(ends(&server, 1000), SIGKILL);
}

/* ---- reloads ---- */

static char app[160];

static void start_with_app(served *server, const char *version, const char *more)
{
    snprintf(app, sizeof app, "app=%s/app", scratch);
    write_file(in_scratch("app"), version);
    launch(server, "workers=2", app, more);
}

static bool serves(const served *server, const char *version)
{
    size_t len = strlen(version);
    return get(server, "/", body) == 200 && strncmp(body, version, len) == 0 && body[len] == ' ';
}

/* The new workers answer a moment before the old ones are told to end, so both are seen; until these are
 * gone: then the supervisor has two children, the front process and the booted parent. */
static void reload_to(served *server, const char *version)
{
    pid_t found[16];
    write_file(in_scratch("app"), version);
    signal_one(server->pid, SIGHUP);
    UNTIL(serves(server, version));
    UNTIL(children(server->pid, found, 16) == 2);
    CHECK(serves(server, version));
}

static void a_reload_boots_the_application_anew(void)
{
    served server;
    start_with_app(&server, "one", NULL);
    CHECK(serves(&server, "one"));
    int slow = connect_to(&server);
    ask(slow, "/sleep/1000");
    sleep_ms(50);
    write_file(in_scratch("app"), "two");
    signal_one(server.pid, SIGHUP);
    UNTIL(serves(&server, "two"));
    CHECK(word(2) != server.pid);
    CHECK_INT(word(3), server.port);
    CHECK_INT(hear(slow, body), 200);
    CHECK(strncmp(body, "one ", 4) == 0);
    for (int i = 0; i < 10; i++) {
        CHECK(serves(&server, "two"));
    }
    int before = open_files(server.pid);
    reload_to(&server, "three");
    reload_to(&server, "four");
    UNTIL(open_files(server.pid) == before);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
    CHECK(!said(&server, "died"));
}

static void what_does_not_boot_changes_nothing(void)
{
    served server;
    start_with_app(&server, "one", "boot=3000");
    write_file(in_scratch("app"), "fail");
    signal_one(server.pid, SIGHUP);
    UNTIL(said(&server, "the application did not come up: exit status 7; the running one stays"));
    CHECK(serves(&server, "one"));
    write_file(in_scratch("app"), "hang");
    signal_one(server.pid, SIGHUP);
    UNTIL(said(&server, "it took longer than 3000 ms; the running one stays"));
    CHECK(serves(&server, "one"));
    write_file(in_scratch("app"), "die");
    signal_one(server.pid, SIGHUP);
    UNTIL(said(&server, "the workers die before they ask"));
    UNTIL(said(&server, "exit status 4; the running one stays"));
    CHECK(serves(&server, "one"));
    write_file(in_scratch("app"), "two");
    signal_one(server.pid, SIGHUP);
    UNTIL(serves(&server, "two"));
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void a_reload_during_a_reload_comes_after_it(void)
{
    served server;
    start_with_app(&server, "one", NULL);
    write_file(in_scratch("app"), "two");
    signal_one(server.pid, SIGHUP);
    sleep_ms(1);
    write_file(in_scratch("app"), "three");
    signal_one(server.pid, SIGHUP);
    signal_one(server.pid, SIGHUP);
    UNTIL(serves(&server, "three"));
    UNTIL(times_said(&server, "booted anew, process") >= 1);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void a_booted_parent_that_dies_is_booted_again(void)
{
    served server;
    start_with_app(&server, "one", NULL);
    reload_to(&server, "two");
    for (int i = 0; i < 3; i++) {
        pid_t parent = (pid_t)word(2), worker = (pid_t)word(1);
        CHECK(parent != server.pid);
        signal_one(parent, SIGKILL);
        UNTIL(!lives(parent) && !lives(worker));
        UNTIL(serves(&server, "two") && word(2) != parent);
    }
    CHECK(said(&server, "the parent of the workers died of signal 9 (SIGKILL)"));
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void a_second_signal_ends_booted_workers_too(void)
{
    served server;
    start_with_app(&server, "one", NULL);
    reload_to(&server, "two");
    pid_t parent = (pid_t)word(2), worker = (pid_t)word(1);
    int running[2] = {connect_to(&server), connect_to(&server)};
    ask(running[0], "/sleep/20000");
    ask(running[1], "/sleep/20000");
    sleep_ms(100);
    signal_one(server.pid, SIGTERM);
    UNTIL(said(&server, "stopping: "));
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 2000), 0);
    CHECK(!lives(parent) && !lives(worker));
    close(running[0]);
    close(running[1]);
}

/* Reloads and kills while four clients ask: whatever was not in a killed worker is answered. */
static void nothing_is_lost_in_reloads_and_kills(void)
{
    served server;
    int results[2];
    start_with_app(&server, "one", NULL);
    CHECK(serves(&server, "one"));
    CHECK(pipe(results) == 0);
    for (int client = 0; client < 4; client++) {
        if (fork() == 0) {
            unsigned draw = (unsigned)client;
            int counts[3] = {0, 0, 0}; /* answered, 502, anything else */
            for (uint64_t end = now_ms() + 6000; now_ms() < end;) {
                int status = get(&server, draw++ % 8 ? "/" : "/sleep/20", body);
                counts[status == 200 ? 0 : status == 502 ? 1 : 2]++;
            }
            ssize_t ignored = write(results[1], counts, sizeof counts);
            (void)ignored;
            _exit(0);
        }
    }
    int kills = 0;
    for (int round = 0; round < 12; round++) {
        sleep_ms(450);
        if (round % 2 == 0) {
            signal_one(server.pid, SIGHUP);
            continue;
        }
        if (get(&server, "/", body) == 200) {
            sleep_ms(round % 5 * 3); /* it is busy again, perhaps */
            signal_one((pid_t)word(1), SIGKILL);
            kills++;
        }
    }
    int counts[3], sum[3] = {0, 0, 0};
    for (int client = 0; client < 4; client++) {
        CHECK_INT(read(results[0], counts, sizeof counts), sizeof counts);
        for (int i = 0; i < 3; i++) {
            sum[i] += counts[i];
        }
    }
    while (waitpid(0, NULL, WNOHANG) > 0) {
    }
    printf("# %d answered, %d cut off by %d kills, %d lost\n", sum[0], sum[1], kills, sum[2]);
    /* One that a reload had told to end may have ended by itself before it was killed. */
    int died = times_said(&server, "died of signal 9 (SIGKILL)");
    CHECK(died >= 1 && died <= kills);
    CHECK(sum[0] > 100);
    CHECK(sum[1] <= kills);
    CHECK_INT(sum[2], 0);
    close(results[0]);
    close(results[1]);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void a_change_in_the_tree_reloads(void)
{
    served server;
    char watch[160];
    mkdir(in_scratch("src"), 0700);
    mkdir(in_scratch("src/vendor"), 0700);
    snprintf(watch, sizeof watch, "watch=%s/src", scratch);
    start_with_app(&server, "one", watch);
    CHECK(serves(&server, "one"));
    write_file(in_scratch("app"), "two");
    write_file(in_scratch("src/.a.php.swp"), "x");
    write_file(in_scratch("src/vendor/a.php"), "x");
    sleep_ms(400);
    CHECK(serves(&server, "one"));
    mkdir(in_scratch("src/deep"), 0700);
    UNTIL(serves(&server, "two"));
    write_file(in_scratch("app"), "three");
    write_file(in_scratch("src/deep/a.php"), "x");
    UNTIL(serves(&server, "three"));
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

/* ---- sockets ---- */

static void a_port_in_use_is_an_error_that_names_it(void)
{
    served server, second;
    char port[32], expected[96];
    launch(&server, "workers=1");
    snprintf(port, sizeof port, "port=%u", (unsigned)server.port);
    snprintf(expected, sizeof expected, "error: cannot listen on 127.0.0.1 port %u: Address already in use",
             (unsigned)server.port);
    launch(&second, "workers=1", port);
    CHECK(said(&second, expected));
    CHECK_INT(ends(&second, 5000), 4 << 8);
    CHECK_INT(get(&server, "/", body), 200);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
    launch(&second, "workers=1", "host=no.such.name.invalid");
    CHECK(said(&second, "host must be a name or address of this machine without a port, or unix:/path, "
                        "\"no.such.name.invalid\" given: "));
    CHECK_INT(ends(&second, 5000), 4 << 8);
}

static int connect_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void a_unix_socket_is_served_and_removed(void)
{
    served server, second;
    char host[160], path[128];
    struct stat is;
    snprintf(path, sizeof path, "%s/socket", scratch);
    snprintf(host, sizeof host, "host=unix:%s", path);
    for (int round = 0; round < 2; round++) {
        launch(&server, "workers=1", host, "mode=0600");
        int fd = connect_unix(path);
        CHECK(ask(fd, "/"));
        CHECK_INT(hear(fd, body), 200);
        CHECK(lstat(path, &is) == 0 && (is.st_mode & 0777) == 0600);
        unlink(path); /* as a clean-up of /tmp may do */
        signal_one(server.pid, SIGHUP);
        UNTIL(said(&server, " again"));
        int renewed = -1;
        UNTIL((renewed = connect_unix(path)) >= 0);
        CHECK(ask(renewed, "/"));
        CHECK_INT(hear(renewed, body), 200);
        CHECK(lstat(path, &is) == 0 && (is.st_mode & 0777) == 0600);
        launch(&second, "workers=1", host);
        CHECK(said(&second, "another process answers there"));
        CHECK_INT(ends(&second, 5000), 4 << 8);
        CHECK(exists(path));
        signal_one(server.pid, round == 0 ? SIGKILL : SIGTERM); /* the first leaves its socket behind */
        ends(&server, 5000);
        CHECK_INT(exists(path), round == 0);
        if (round == 0) {
            int after;
            UNTIL((after = connect_unix(path)) < 0); /* the front process has ended too */
            (void)after;
        }
    }
    write_file(path, "not a socket");
    launch(&second, "workers=1", host);
    CHECK(said(&second, "it exists and is not a socket"));
    CHECK_INT(ends(&second, 5000), 4 << 8);
    CHECK(exists(path));
    unlink(path);
}

static void names_and_brackets_are_addresses(void)
{
    served server;
    launch(&server, "workers=1", "host=localhost");
    CHECK(said(&server, "http://127.0.0.1:"));
    CHECK_INT(get(&server, "/", body), 200);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
    int six = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
    if (bind(six, (struct sockaddr *)&loopback, sizeof loopback) == 0) {
        launch(&server, "workers=1", "host=[::1]");
        CHECK(said(&server, "listening on http://[::1]:"));
        signal_one(server.pid, SIGTERM);
        CHECK_INT(ends(&server, 5000), 0);
        launch(&server, "workers=1", "host=");
        CHECK(said(&server, "listening on http://127.0.0.1:"));
        signal_one(server.pid, SIGTERM);
        CHECK_INT(ends(&server, 5000), 0);
        launch(&server, "workers=1", "host=::");
        CHECK(said(&server, "listening on http://[::]:"));
        CHECK_INT(get(&server, "/", body), 200); /* IPv4 too */
        signal_one(server.pid, SIGTERM);
        CHECK_INT(ends(&server, 5000), 0);
    }
    close(six);
}

/* ---- service managers ---- */

static void a_pid_file_belongs_to_one_server(void)
{
    served server, second;
    char pid[160], content[32] = "", expected[160];
    const char *path = in_scratch("pid");
    snprintf(pid, sizeof pid, "pid=%s/pid", scratch);
    write_file(path, "123456789\n"); /* of a server that was killed */
    launch(&server, "workers=1", pid);
    FILE *file = fopen(path, "r");
    CHECK(file && fgets(content, sizeof content, file));
    CHECK_INT(atol(content), server.pid);
    if (file) {
        fclose(file);
    }
    launch(&second, "workers=1", pid);
    snprintf(expected, sizeof expected, "pid file %s is held by a running server, process %ld", path,
             (long)server.pid);
    CHECK(said(&second, expected));
    CHECK_INT(ends(&second, 5000), 4 << 8);
    signal_one(server.pid, SIGKILL);
    ends(&server, 1000);
    CHECK(exists(path));
    launch(&server, "workers=1", pid); /* whatever is left of the first holds it no more */
    CHECK_INT(get(&server, "/", body), 200);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
    CHECK(!exists(path));
    launch(&server, "workers=1", pid);
    CHECK_INT(get(&server, "/", body), 200);
    unlink(path);
    write_file(path, "123456789\n"); /* another server's by now */
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
    CHECK(exists(path));
    unlink(path);
}

static int handed_socket;

static void hand_over(void)
{
    char pid[16];
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    dup2(handed_socket, 3);
    fcntl(3, F_SETFD, 0);
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", "1", 1);
    setenv("LISTEN_FDNAMES", "web", 1);
}

static void a_socket_from_systemd_is_used(void)
{
    served server;
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    handed_socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(bind(handed_socket, (struct sockaddr *)&address, sizeof address) == 0);
    launch_with(&server, hand_over, (const char *const[]){"workers=1", "port=1", NULL});
    CHECK(said(&server, "error: LISTEN_FDS hands over descriptor 3, which is not a listening stream socket"));
    CHECK_INT(ends(&server, 5000), 4 << 8);
    CHECK(listen(handed_socket, 16) == 0);
    getsockname(handed_socket, (struct sockaddr *)&address, &size);
    snprintf(app, sizeof app, "app=%s/app", scratch);
    write_file(in_scratch("app"), "one");
    launch_with(&server, hand_over, (const char *const[]){"workers=1", "port=1", app, NULL});
    CHECK_INT(server.port, ntohs(address.sin_port));
    CHECK(serves(&server, "one"));
    write_file(in_scratch("app"), "two");
    signal_one(server.pid, SIGHUP);
    UNTIL(serves(&server, "two"));
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
    close(handed_socket);
}

static void the_access_log_is_opened_again_when_asked(void)
{
    served server;
    char log[160], path[128];
    snprintf(path, sizeof path, "%s/log", scratch);
    snprintf(log, sizeof log, "log=%s", path);
    launch(&server, "workers=1", log);
    CHECK_INT(get(&server, "/", body), 200);
    UNTIL(exists(path));
    rename(path, in_scratch("log.1"));
    signal_one(server.pid, SIGUSR1);
    UNTIL(exists(path));
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void want_notices(void)
{
    setenv("NOTIFY_SOCKET", in_scratch("notify"), 1);
    setenv("WATCHDOG_USEC", "200000", 1);
}

static bool notices(int fd, char *all, size_t size, const char *words)
{
    char one[256];
    ssize_t got;
    while ((got = recv(fd, one, sizeof one - 1, MSG_DONTWAIT)) > 0) {
        one[got] = '\0';
        strncat(all, one, size - strlen(all) - 1);
        strncat(all, "\n", size - strlen(all) - 1);
    }
    return strstr(all, words) != NULL;
}

static void systemd_is_told(void)
{
    served server;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char all[65536] = "";
    snprintf(address.sun_path, sizeof address.sun_path, "%s", in_scratch("notify"));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    launch_with(&server, want_notices, (const char *const[]){"workers=1", NULL});
    UNTIL(notices(fd, all, sizeof all, "READY=1"));
    UNTIL(notices(fd, all, sizeof all, "WATCHDOG=1"));
    CHECK(!notices(fd, all, sizeof all, "RELOADING=1"));
    all[0] = '\0';
    signal_one(server.pid, SIGHUP);
    UNTIL(notices(fd, all, sizeof all, "RELOADING=1\nMONOTONIC_USEC="));
    UNTIL(notices(fd, all, sizeof all, "READY=1"));
    signal_one(server.pid, SIGTERM);
    UNTIL(notices(fd, all, sizeof all, "STOPPING=1"));
    CHECK_INT(ends(&server, 5000), 0);
    close(fd);
    unlink(address.sun_path);
}

/* ---- the application around it ---- */

static void a_second_thread_is_refused_with_the_reason(void)
{
    served server;
    launch(&server, "workers=1", "thread=1");
    CHECK(said(&server, "error: the server forks its workers, and this process has 2 threads"));
    CHECK_INT(ends(&server, 5000), 4 << 8);
}

static void children_of_the_application_stay_its_own(void)
{
    served server;
    launch(&server, "workers=2", "child=1");
    CHECK_INT(get(&server, "/", body), 200);
    CHECK_INT(get(&server, "/crash", body), 502);
    CHECK_INT(get(&server, "/", body), 200);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void settings_out_of_range_are_named(void)
{
    served server;
    launch(&server, "workers=0");
    CHECK(said(&server, "error: workers must be between 1 and 508, 0 given"));
    CHECK_INT(ends(&server, 5000), 4 << 8);
    launch(&server, "workers=509");
    CHECK(said(&server, "error: workers must be between 1 and 508, 509 given"));
    CHECK_INT(ends(&server, 5000), 4 << 8);
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "serve") == 0) {
        return serve(arguments + 2);
    }
    snprintf(scratch, sizeof scratch, "/tmp/lyger-server-XXXXXX");
    if (!mkdtemp(scratch)) {
        return EXIT_FAILURE;
    }
    RUN(serves_on_a_port_of_its_own_choice_and_drains);
    RUN(a_running_request_ends_before_the_server_does);
    RUN(a_client_that_the_system_has_accepted_is_answered);
    RUN(grace_is_not_for_ever);
    RUN(a_second_signal_ends_at_once);
    RUN(a_worker_can_ask_for_the_end);
    RUN(a_worker_that_dies_costs_its_own_request_only);
    RUN(killed_workers_are_replaced);
    RUN(a_worker_is_replaced_after_its_number_of_requests);
    RUN(nothing_is_refused_while_the_io_process_is_replaced);
    RUN(a_front_process_that_dies_again_and_again_is_waited_for);
    RUN(bodies_of_a_killed_io_process_are_removed);
    RUN(workers_that_never_come_up_are_an_error);
    RUN(children_die_with_a_killed_supervisor);
    RUN(a_reload_boots_the_application_anew);
    RUN(what_does_not_boot_changes_nothing);
    RUN(a_reload_during_a_reload_comes_after_it);
    RUN(a_booted_parent_that_dies_is_booted_again);
    RUN(a_second_signal_ends_booted_workers_too);
    RUN(nothing_is_lost_in_reloads_and_kills);
    RUN(a_change_in_the_tree_reloads);
    RUN(a_port_in_use_is_an_error_that_names_it);
    RUN(a_unix_socket_is_served_and_removed);
    RUN(names_and_brackets_are_addresses);
    RUN(a_pid_file_belongs_to_one_server);
    RUN(a_socket_from_systemd_is_used);
    RUN(the_access_log_is_opened_again_when_asked);
    RUN(systemd_is_told);
    RUN(a_second_thread_is_refused_with_the_reason);
    RUN(children_of_the_application_stay_its_own);
    RUN(settings_out_of_range_are_named);
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", scratch);
    return system(command) == 0 ? finish() : EXIT_FAILURE;
}
