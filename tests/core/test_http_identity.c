#define _GNU_SOURCE /* pipe2, setresuid */

/*
 * A server that root starts and others serve. As root everything is tested; as anybody else, that it says
 * clearly what it may not do.
 */
#include "http_server_help.h"
#include "server/identity.h"

#include <grp.h>

#define NOBODY 65534u

static char body[256];

static long worker_of_answer(void)
{
    long pid = 0;
    sscanf(body, "%*s %ld", &pid);
    return pid;
}

/* A line of /proc/PID/status such as "Uid:", its four numbers; false when they are not all the same. */
static bool ids(pid_t pid, const char *name, unsigned long *value)
{
    char path[64], line[256];
    unsigned long a = 0, b = 1, c = 2, d = 3;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, name, strlen(name)) == 0) {
            sscanf(line + strlen(name), "%lu %lu %lu %lu", &a, &b, &c, &d);
        }
    }
    if (file) {
        fclose(file);
    }
    *value = a;
    return a == b && b == c && c == d;
}

static bool is_somebody(pid_t pid, unsigned long user, unsigned long group)
{
    unsigned long found_user, found_group;
    return ids(pid, "Uid:", &found_user) && ids(pid, "Gid:", &found_group) && found_user == user &&
           found_group == group;
}

/* The kernel's view of supplementary groups, as text. */
static bool has_groups(pid_t pid, const char *wanted)
{
    char path[64], line[256];
    bool same = false;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, "Groups:", 7) == 0) {
            char *at = line + 7;
            at += strspn(at, " \t");
            at[strcspn(at, "\n")] = '\0';
            at[strlen(at) - (*at && at[strlen(at) - 1] == ' ')] = '\0';
            same = strcmp(at, wanted) == 0;
        }
    }
    if (file) {
        fclose(file);
    }
    return same;
}

static bool has_no_capability(pid_t pid)
{
    char path[64], line[256];
    int none = 0;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) {
        none += strcmp(line, "CapEff:\t0000000000000000\n") == 0 ||
                strcmp(line, "CapPrm:\t0000000000000000\n") == 0;
    }
    if (file) {
        fclose(file);
    }
    return none == 2;
}

/* ---- what is asked for ---- */

static lyger_status find(const char *user, const char *group, lyger_identity *identity, lyger_error *error)
{
    lyger_server_config config;
    lyger_server_defaults(&config);
    config.user = user;
    config.group = group;
    lyger_status status = lyger_server_check(&config, error);
    return status == LYGER_OK ? lyger_identity_find(&config, identity, error) : status;
}

static void what_does_not_exist_is_named(void)
{
    lyger_identity identity;
    lyger_error error;
    CHECK_INT(find("no-such-user", NULL, &identity, &error), LYGER_E_ARGUMENT);
    CHECK_STR(error.message, "user must be a name or number that this system knows, \"no-such-user\" given");
    CHECK_INT(find("nobody", "no-such-group", &identity, &error), LYGER_E_ARGUMENT);
    CHECK(strncmp(error.message, "group must be ", 14) == 0);
    CHECK_INT(find("4294967295", "1", &identity, &error), LYGER_E_ARGUMENT); /* -1: leave it */
    CHECK_INT(find("4123456789", NULL, &identity, &error), LYGER_E_ARGUMENT);
    CHECK(strstr(error.message, "group must be given with the user 4123456789") != NULL);
    CHECK_INT(find(NULL, "nogroup", &identity, &error), LYGER_E_ARGUMENT);
    CHECK(strncmp(error.message, "group needs a user beside it", 28) == 0);
    CHECK_INT(find("root", NULL, &identity, &error), LYGER_E_ARGUMENT);
    CHECK_INT(find("0", NULL, &identity, &error), LYGER_E_ARGUMENT);
    CHECK(strstr(error.message, "must not be root") != NULL);
}

static void nothing_asked_changes_nothing(void)
{
    lyger_identity identity;
    lyger_error error;
    CHECK_INT(find(NULL, NULL, &identity, &error), LYGER_OK);
    CHECK(!identity.other);
    CHECK_INT(find("", "", &identity, &error), LYGER_OK);
    CHECK(!identity.other);
    CHECK_INT(lyger_identity_assume(&identity, &error), LYGER_OK);
}

/* In a child that is nobody, if it can be. */
static int try_as_nobody(void)
{
    lyger_identity identity;
    lyger_error error;
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
                           setresuid(NOBODY, NOBODY, NOBODY) != 0)) {
        return 1;
    }
    if (find("12345", "12345", &identity, &error) != LYGER_E_SERVER ||
        !strstr(error.message, "only root can become another user, and this process is user ")) {
        return 2;
    }
    char own[16], group[16];
    snprintf(own, sizeof own, "%u", (unsigned)getuid());
    snprintf(group, sizeof group, "%u", (unsigned)getgid());
    return find(own, group, &identity, &error) == LYGER_OK && !identity.other ? 0 : 3;
}

static void only_root_becomes_another_user(void)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        _exit(try_as_nobody());
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_INT(status, 0);
}

static void an_identity_is_assumed_for_good(void)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        lyger_identity identity;
        lyger_error error;
        gid_t groups[8];
        if (find("12345", "12346", &identity, &error) != LYGER_OK ||
            lyger_identity_assume(&identity, &error) != LYGER_OK) {
            _exit(1);
        }
        bool kept = getuid() == 12345 && geteuid() == 12345 && getgid() == 12346 &&
                    getgroups(8, groups) == 1 && groups[0] == 12346;
        bool back = setuid(0) == 0 || setgid(0) == 0 || setgroups(0, NULL) == 0;
        _exit(!kept ? 2 : back ? 3 : 0);
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_INT(status, 0);
}

/* ---- a server ---- */

static void root_starts_it_and_others_serve(void)
{
    served server;
    launch(&server, "workers=2", "user=12345", "group=12346");
    CHECK(is_somebody(server.pid, 0, 0));
    CHECK_INT(get(&server, "/", body), 200);
    pid_t worker = (pid_t)worker_of_answer(), io = front_process(server.pid);
    CHECK(is_somebody(worker, 12345, 12346));
    CHECK(has_groups(worker, "12346"));
    CHECK(has_no_capability(worker));
    CHECK(is_somebody(io, 12345, 12346));
    CHECK(has_groups(io, "12346"));
    CHECK(has_no_capability(io));
    /* Those that take the places of the dead, too. */
    signal_one(worker, SIGKILL);
    signal_one(io, SIGKILL);
    UNTIL(said(&server, "the front process died") && front_process(server.pid) > 0 &&
          front_process(server.pid) != io);
    UNTIL(get(&server, "/", body) == 200);
    UNTIL(is_somebody(front_process(server.pid), 12345, 12346));
    pid_t all[16];
    UNTIL(children(server.pid, all, 16) == 3);
    for (int i = 0; i < 3; i++) {
        UNTIL(is_somebody(all[i], 12345, 12346));
    }
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

/* Its groups, when the user database has some. */
static void a_named_user_brings_its_groups(void)
{
    served server;
    launch(&server, "workers=1", "user=nobody");
    CHECK_INT(get(&server, "/", body), 200);
    CHECK(is_somebody((pid_t)worker_of_answer(), NOBODY, NOBODY));
    CHECK(has_groups((pid_t)worker_of_answer(), "65534"));
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
}

static void a_worker_without_rights_can_ask_for_the_end(void)
{
    served server;
    launch(&server, "workers=2", "user=nobody");
    CHECK_INT(get(&server, "/stop", body), 200);
    CHECK_INT(ends(&server, 5000), 0);
}

static void a_worker_that_takes_too_long_is_ended(void)
{
    served server;
    launch(&server, "workers=1", "user=nobody", "grace=100", "kill=300");
    int slow = connect_to(&server);
    ask(slow, "/sleep/20000");
    sleep_ms(100);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
    CHECK(hear(slow, body) != 200);
}

static void it_reloads(void)
{
    served server;
    char app[160];
    snprintf(app, sizeof app, "app=%s", in_scratch("app"));
    write_file(in_scratch("app"), "one");
    launch(&server, "workers=2", "user=nobody", app);
    CHECK_INT(get(&server, "/", body), 200);
    CHECK(strncmp(body, "one ", 4) == 0);
    for (int round = 0; round < 2; round++) {
        write_file(in_scratch("app"), round ? "three" : "two");
        signal_one(server.pid, SIGHUP);
        UNTIL(get(&server, "/", body) == 200 && strncmp(body, round ? "three " : "two ", round ? 6 : 4) == 0);
        CHECK(is_somebody((pid_t)worker_of_answer(), NOBODY, NOBODY));
    }
    /* Workers die with the booted parent, although it was root and they are not. */
    UNTIL(get(&server, "/", body) == 200);
    pid_t worker = (pid_t)worker_of_answer();
    long parent = 0;
    sscanf(body, "%*s %*d %ld", &parent);
    CHECK(parent != server.pid);
    signal_one((pid_t)parent, SIGKILL);
    UNTIL(!lives(worker));
    UNTIL(get(&server, "/", body) == 200);
    CHECK(is_somebody((pid_t)worker_of_answer(), NOBODY, NOBODY));
    CHECK_INT(get(&server, "/stop", body), 200); /* also from a worker of a booted parent */
    CHECK_INT(ends(&server, 5000), 0);
}

static void they_die_with_a_supervisor_that_was_killed(void)
{
    served server;
    pid_t all[16];
    launch(&server, "workers=2", "user=nobody");
    CHECK_INT(get(&server, "/", body), 200);
    UNTIL(children(server.pid, all, 16) == 3);
    signal_one(server.pid, SIGKILL);
    for (int i = 0; i < 3; i++) {
        UNTIL(!lives(all[i]));
    }
    int status;
    waitpid(server.pid, &status, 0);
    close(server.said);
}

static size_t lines_of(const char *path, struct stat *is)
{
    char text[8192];
    FILE *file = fopen(path, "re");
    size_t len = file ? fread(text, 1, sizeof text, file) : 0, lines = 0;
    for (size_t i = 0; i < len; i++) {
        lines += text[i] == '\n';
    }
    if (file) {
        fstat(fileno(file), is);
        fclose(file);
    }
    return lines;
}

/* The directory is root's: the front process may neither make the log nor make it again. */
static void the_log_is_roots_and_rotates(void)
{
    served server;
    struct stat is = {0};
    char log[160], pid[160], *path = strdup(in_scratch("rooted/log"));
    mkdir(in_scratch("rooted"), 0700);
    snprintf(log, sizeof log, "log=%s", path);
    snprintf(pid, sizeof pid, "pid=%s", in_scratch("rooted/pid"));
    launch(&server, "workers=1", "user=nobody", log, pid);
    CHECK_INT(get(&server, "/first", body), 200);
    UNTIL(lines_of(path, &is) == 1);
    CHECK_INT(is.st_uid, 0);
    CHECK_INT(is.st_mode & 0777, 0640);
    CHECK(rename(path, in_scratch("rooted/old")) == 0);
    signal_one(server.pid, SIGUSR1);
    UNTIL(exists(path));
    sleep_ms(50);
    CHECK_INT(get(&server, "/second", body), 200);
    UNTIL(lines_of(path, &is) == 1);
    CHECK_INT(lines_of(in_scratch("rooted/old"), &is), 1);
    /* Root does not write where a link leads that the others may have put there. */
    unlink(path);
    write_file(in_scratch("rooted/secret"), "");
    CHECK(symlink(in_scratch("rooted/secret"), path) == 0);
    signal_one(server.pid, SIGUSR1);
    UNTIL(said(&server, "cannot open the access log"));
    CHECK_INT(get(&server, "/third", body), 200);
    sleep_ms(300);
    CHECK_INT(lines_of(in_scratch("rooted/secret"), &is), 0);
    signal_one(server.pid, SIGTERM);
    CHECK_INT(ends(&server, 5000), 0);
    CHECK(!exists(in_scratch("rooted/pid")));
    free(path);
}

static void it_does_not_start_as_somebody_unknown(void)
{
    served server;
    launch(&server, "workers=1", "user=no-such-user");
    CHECK(said(&server, "error: user must be a name or number that this system knows"));
    int status = -1;
    CHECK(waitpid(server.pid, &status, 0) == server.pid);
    CHECK_INT(WEXITSTATUS(status), 4);
    close(server.said);
}

int main(int count, char **arguments)
{
    if (count > 1 && strcmp(arguments[1], "serve") == 0) {
        return serve(arguments + 2);
    }
    snprintf(scratch, sizeof scratch, "/tmp/lyger-identity-XXXXXX");
    if (!mkdtemp(scratch)) {
        return EXIT_FAILURE;
    }
    RUN(what_does_not_exist_is_named);
    RUN(nothing_asked_changes_nothing);
    RUN(only_root_becomes_another_user);
    RUN(it_does_not_start_as_somebody_unknown);
    if (geteuid() == 0) {
        RUN(an_identity_is_assumed_for_good);
        RUN(root_starts_it_and_others_serve);
        RUN(a_named_user_brings_its_groups);
        RUN(a_worker_without_rights_can_ask_for_the_end);
        RUN(a_worker_that_takes_too_long_is_ended);
        RUN(it_reloads);
        RUN(they_die_with_a_supervisor_that_was_killed);
        RUN(the_log_is_roots_and_rotates);
    }
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", scratch);
    return system(command) == 0 ? finish() : 1;
}
