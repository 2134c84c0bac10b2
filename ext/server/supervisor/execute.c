#include "execute.h"

#include "base/start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define VARIABLE "LYGER_SERVER_TAKEOVER"
/* The variable's value: version of this format, hub, bell, control, generation, supervisor, port, user,
 * group. */
#define FORMAT VARIABLE "=2:%d:%d:%d:%u:%ld:%u:%ld:%ld"

/* The command of this process, as it was started. */
static struct {
    bool done;
    char *program;   /* the file's name, NULL: unknown; after an upgrade another file may have the name */
    char *directory; /* NULL: unknown */
    char *arguments; /* each with its NUL */
    size_t arguments_len;
    char *environment; /* likewise */
    size_t environment_len;
    bool taken_over;
    lyger_takeover takeover;
} command;

/* ---- remembering ---- */

/* A whole file of /proc, whose size is not known before; NULL: it cannot be read. Most are short: every PHP
 * that could serve remembers its command, and should not touch memory for what the command does not have. */
static LYGER_AT_START char *slurp(const char *path, size_t *len)
{
    char portion[2048];
    char *text = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = -1;
    *len = 0;
    while (fd >= 0 && (got = read(fd, portion, sizeof portion)) > 0) {
        char *more = realloc(text, *len + (size_t)got + 1);
        if (!more) {
            break;
        }
        text = more;
        memcpy(text + *len, portion, (size_t)got);
        *len += (size_t)got;
        text[*len] = '\0';
    }
    if (fd >= 0) {
        close(fd);
    }
    if (got > 0) { /* no memory: half a command is none */
        free(text);
        text = NULL;
        *len = 0;
    }
    return text ? text : got == 0 ? calloc(1, 1) : NULL;
}

static LYGER_AT_START void take_over(void)
{
    const char *text = getenv(VARIABLE);
    lyger_takeover *takeover = &command.takeover;
    long supervisor = 0;
    unsigned port = 0;
    if (text && sscanf(text, &FORMAT[sizeof VARIABLE], &takeover->hub, &takeover->bell, &takeover->control,
                       &takeover->generation, &supervisor, &port, &takeover->user, &takeover->group) == 8) {
        takeover->supervisor = (pid_t)supervisor;
        takeover->port = (uint16_t)port;
        /* Only a child of that supervisor takes over: any other process may have a copy of the variable. */
        command.taken_over = getppid() == takeover->supervisor;
    }
    if (command.taken_over) {
        fcntl(takeover->hub, F_SETFD, FD_CLOEXEC);
        fcntl(takeover->bell, F_SETFD, FD_CLOEXEC);
        fcntl(takeover->control, F_SETFD, FD_CLOEXEC);
    }
    if (text) {
        unsetenv(VARIABLE);
    }
}

LYGER_AT_START void lyger_server_remember(void)
{
    char path[PATH_MAX];
    if (command.done) {
        return;
    }
    command.done = true;
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len > 0) {
        path[len] = '\0';
        command.program = strdup(path);
    }
    command.directory = getcwd(path, sizeof path) ? strdup(path) : NULL;
    command.arguments = slurp("/proc/self/cmdline", &command.arguments_len);
    command.environment = slurp("/proc/self/environ", &command.environment_len);
    take_over();
}

bool lyger_server_is_reload(void)
{
    return command.taken_over;
}

bool lyger_reload_takeover(lyger_takeover *takeover)
{
    lyger_server_remember();
    if (!command.taken_over) {
        return false;
    }
    *takeover = command.takeover;
    command.taken_over = false;
    return true;
}

/* ---- booting ---- */

/* An array of pointers to NUL-terminated texts that lie one after the other, with room for `more` pointers
 * and the NULL at the end. */
static char **list(char *texts, size_t len, size_t more, bool (*wanted)(const char *text))
{
    size_t count = 0;
    for (char *at = texts; at < texts + len; at += strlen(at) + 1) {
        count++;
    }
    char **result = calloc(count + more + 1, sizeof *result);
    count = 0;
    for (char *at = texts; result && at < texts + len; at += strlen(at) + 1) {
        if (wanted(at)) {
            result[count++] = at;
        }
    }
    return result;
}

static bool any(const char *text)
{
    (void)text;
    return true;
}

/* Whether the child gets the variable: not those about sockets that systemd handed over, which are the
 * supervisor's, nor VARIABLE, which is written anew. */
static bool inherited(const char *variable)
{
    return strncmp(variable, "LISTEN_PID=", 11) != 0 && strncmp(variable, "LISTEN_FDS=", 11) != 0 &&
           strncmp(variable, "LISTEN_FDNAMES=", 15) != 0 &&
           strncmp(variable, VARIABLE "=", sizeof VARIABLE) != 0;
}

/* Executes the command, in the child. On failure the child writes 'x' and errno to the control socket. */
static void execute(const lyger_hub *hub, char **arguments, char **environment, int control, pid_t parent,
                    lyger_signals *signals)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* while the child boots; later the control socket tells */
    if (getppid() != parent) {
        _exit(0);
    }
    lyger_signals_restore_in_child(signals, false);
    lyger_process_close_on_exec(3);
    fcntl(control, F_SETFD, 0);
    lyger_hub_keep_over_exec(hub);
    if (!command.directory || chdir(command.directory) == 0) {
        if (command.program) {
            execve(command.program, arguments, environment);
        }
        execve("/proc/self/exe", arguments, environment);
    }
    char report[2] = {'x', (char)errno};
    ssize_t ignored = write(control, report, sizeof report);
    (void)ignored;
    _exit(127);
}

lyger_status lyger_reload_boot(lyger_hub *hub, const lyger_takeover *given, lyger_signals *signals,
                               pid_t *pid, int *control, lyger_error *error)
{
    int pair[2];
    char variable[192];
    if (!command.arguments || !command.environment || command.arguments_len == 0) {
        return lyger_fail(error, LYGER_E_SERVER, "/proc does not say what this process's command was");
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return lyger_fail(error, LYGER_E_SERVER, "cannot make a socket pair: %s", strerror(errno));
    }
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    char **arguments = list(command.arguments, command.arguments_len, 0, any);
    char **environment = list(command.environment, command.environment_len, 1, inherited);
    pid_t parent = getpid(), child = -1;
    int reason = ENOMEM;
    if (arguments && environment) {
        size_t count = 0;
        while (environment[count]) {
            count++;
        }
        snprintf(variable, sizeof variable, FORMAT, lyger_hub_descriptor(hub), lyger_hub_doorbell(hub),
                 pair[1], given->generation, (long)parent, (unsigned)given->port, given->user, given->group);
        environment[count] = variable;
        child = fork();
        reason = errno;
        if (child == 0) {
            execute(hub, arguments, environment, pair[1], parent, signals);
        }
    }
    free(arguments);
    free(environment);
    close(pair[1]);
    if (child < 0) {
        close(pair[0]);
        return lyger_fail(error, LYGER_E_SERVER, "cannot fork: %s", strerror(reason));
    }
    *pid = child;
    *control = pair[0];
    return LYGER_OK;
}

/* ---- executing again ---- */

/* Inserts `more` after the first argument; the array's NULL moves with the rest. */
static void insert(char **arguments, const char *const *more, size_t count)
{
    size_t old = 0;
    while (arguments[old]) {
        old++;
    }
    memmove(arguments + 1 + count, arguments + 1, (old - 1) * sizeof *arguments);
    memcpy(arguments + 1, more, count * sizeof *arguments);
}

static bool has_argument(const char *text)
{
    const char *end = command.arguments + command.arguments_len, *at = command.arguments;
    while (at < end && strcmp(at, text) != 0) {
        at += strlen(at) + 1;
    }
    return at < end;
}

lyger_status lyger_server_execute_again(const char *const *more, lyger_error *error)
{
    size_t count = 0;
    while (more[count]) {
        count++;
    }
    lyger_server_remember();
    if (!command.arguments || !command.environment || command.arguments_len == 0 || !command.program) {
        return lyger_fail(error, LYGER_E_SERVER, "/proc does not say what this process's command was");
    }
    if (command.taken_over || has_argument(more[count - 1])) {
        return lyger_fail(error, LYGER_E_SERVER, "this process was executed for serving already");
    }
    char **arguments = list(command.arguments, command.arguments_len, count, any);
    char **environment = list(command.environment, command.environment_len, 0, any);
    int reason = ENOMEM;
    if (arguments && environment) {
        insert(arguments, more, count);
        execve(command.program, arguments, environment);
        reason = errno;
    }
    free(arguments);
    free(environment);
    return lyger_fail(error, LYGER_E_SERVER, "cannot execute %s: %s", command.program, strerror(reason));
}
