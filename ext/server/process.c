#include "process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- signals ---- */

static const int kept[LYGER_SIGNALS_KEPT] = {SIGCHLD, SIGPIPE};

static void taken_signals(sigset_t *set)
{
    static const int numbers[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGQUIT};
    sigemptyset(set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaddset(set, numbers[i]);
    }
}

lyger_status lyger_signals_take(lyger_signals *signals, lyger_error *error)
{
    sigset_t set;
    struct sigaction action = {.sa_handler = SIG_DFL}, hangup;
    taken_signals(&set);
    signals->descriptor = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals->descriptor < 0) {
        return lyger_fail(error, LYGER_E_SERVER, "cannot open a descriptor for signals: %s", strerror(errno));
    }
    sigprocmask(SIG_BLOCK, &set, &signals->mask);
    /* SIGCHLD: if an application ignores it, the kernel reaps the server's children unseen. */
    sigaction(SIGCHLD, &action, &signals->kept[0]);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, &signals->kept[1]);
    signals->nohup = sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler == SIG_IGN;
    return LYGER_OK;
}

bool lyger_signals_next(lyger_signals *signals, lyger_signal *signal)
{
    struct signalfd_siginfo info;
    ssize_t got;
    do {
        got = read(signals->descriptor, &info, sizeof info);
    } while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof info) {
        return false;
    }
    signal->number = (int)info.ssi_signo;
    signal->kernel = info.ssi_code == SI_KERNEL;
    return true;
}

void lyger_signals_restore(lyger_signals *signals)
{
    lyger_signal dropped;
    if (signals->descriptor < 0) {
        return;
    }
    while (lyger_signals_next(signals, &dropped)) {
    }
    close(signals->descriptor);
    signals->descriptor = -1;
    for (int i = 0; i < LYGER_SIGNALS_KEPT; i++) {
        sigaction(kept[i], &signals->kept[i], NULL);
    }
    sigprocmask(SIG_SETMASK, &signals->mask, NULL);
}

void lyger_signals_restore_in_child(lyger_signals *signals, bool serving)
{
    static const int ignored[] = {SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGPIPE};
    struct sigaction action = {.sa_handler = SIG_IGN};
    close(signals->descriptor);
    signals->descriptor = -1;
    for (int i = 0; i < LYGER_SIGNALS_KEPT; i++) {
        sigaction(kept[i], &signals->kept[i], NULL);
    }
    for (size_t i = 0; serving && i < sizeof ignored / sizeof *ignored; i++) {
        sigaction(ignored[i], &action, NULL);
    }
    sigprocmask(SIG_SETMASK, &signals->mask, NULL);
}

bool lyger_process_signal(pid_t pid, int number)
{
    return pid > 0 && kill(pid, number) == 0;
}

/* ---- what is said ---- */

void lyger_server_say(const lyger_server_config *config, const char *format, ...)
{
    char line[LYGER_ERROR_MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    if (config->say) {
        config->say(config->context, line);
        return;
    }
    size_t len = strlen(line);
    line[len++] = '\n';
    /* One write per line: the processes of a server share the descriptor. */
    ssize_t ignored = write(STDERR_FILENO, line, len);
    (void)ignored;
}

static const char *signal_name(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},
        {SIGTRAP, "SIGTRAP"}, {SIGABRT, "SIGABRT"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
        {SIGKILL, "SIGKILL"}, {SIGSEGV, "SIGSEGV"}, {SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"},
        {SIGTERM, "SIGTERM"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"}, {SIGXCPU, "SIGXCPU"},
        {SIGPROF, "SIGPROF"}, {SIGSYS, "SIGSYS"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].number == number) {
            return names[i].name;
        }
    }
    return "unnamed";
}

const char *lyger_process_death(int status, char text[LYGER_DEATH_SIZE])
{
    if (WIFSIGNALED(status)) {
        snprintf(text, LYGER_DEATH_SIZE, "signal %d (%s)", WTERMSIG(status), signal_name(WTERMSIG(status)));
    } else {
        snprintf(text, LYGER_DEATH_SIZE, "exit status %d", WEXITSTATUS(status));
    }
    return text;
}

/* ---- this process ---- */

lyger_status lyger_process_single(lyger_error *error)
{
    DIR *tasks = opendir("/proc/self/task");
    unsigned threads = 0;
    if (!tasks) {
        return LYGER_OK; /* no /proc: the number of threads is unknown */
    }
    for (struct dirent *entry; (entry = readdir(tasks));) {
        threads += entry->d_name[0] != '.';
    }
    closedir(tasks);
    if (threads <= 1) {
        return LYGER_OK;
    }
    return lyger_fail(
        error, LYGER_E_SERVER,
        "the server forks its workers, and this process has %u threads: a fork copies only one of "
        "them; start the server before anything that makes threads",
        threads);
}

void lyger_process_close_on_exec(int first)
{
    DIR *open_ones = opendir("/proc/self/fd");
    if (!open_ones) {
        long limit = sysconf(_SC_OPEN_MAX);
        for (int fd = first; fd < (limit > 0 && limit < 65536 ? limit : 65536); fd++) {
            fcntl(fd, F_SETFD, FD_CLOEXEC);
        }
        return;
    }
    for (struct dirent *entry; (entry = readdir(open_ones));) {
        int fd = entry->d_name[0] == '.' ? -1 : atoi(entry->d_name);
        if (fd >= first) {
            fcntl(fd, F_SETFD, FD_CLOEXEC);
        }
    }
    closedir(open_ones);
}

void lyger_process_remove_files(const char *directory, const char *prefix)
{
    DIR *files = opendir(directory);
    if (!files) {
        return;
    }
    for (struct dirent *entry; (entry = readdir(files));) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0) {
            unlinkat(dirfd(files), entry->d_name, 0);
        }
    }
    closedir(files);
}

/* ---- pid file ---- */

/* Whether path still names the file that is open as descriptor. */
static bool names_it(const char *path, int descriptor)
{
    struct stat named, opened;
    return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0 && named.st_dev == opened.st_dev &&
           named.st_ino == opened.st_ino;
}

static lyger_status held(const char *path, int descriptor, lyger_error *error)
{
    char text[24] = "";
    ssize_t got = pread(descriptor, text, sizeof text - 1, 0);
    long pid = got > 0 ? strtol(text, NULL, 10) : 0;
    close(descriptor);
    if (pid > 0) {
        return lyger_fail(error, LYGER_E_SERVER, "pid file %s is held by a running server, process %ld", path,
                          pid);
    }
    return lyger_fail(error, LYGER_E_SERVER, "pid file %s is held by a running server", path);
}

/* Locks the file that the path names now; makes it when there is none. */
static lyger_status lock_path(const char *path, int *descriptor, lyger_error *error)
{
    for (int tries = 0; tries < 16; tries++) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
        if (fd < 0) {
            return lyger_fail(error, LYGER_E_SERVER, "cannot open pid file %s: %s", path, strerror(errno));
        }
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK) {
                return held(path, fd, error);
            }
            lyger_status status =
                lyger_fail(error, LYGER_E_SERVER, "cannot lock pid file %s: %s", path, strerror(errno));
            close(fd);
            return status;
        }
        if (names_it(path, fd)) {
            *descriptor = fd;
            return LYGER_OK;
        }
        close(fd); /* the file was replaced or removed between open and lock */
    }
    return lyger_fail(error, LYGER_E_SERVER, "pid file %s is being replaced all the time", path);
}

/* Puts a second file with this process's number, locked too, in the place of the locked one: readers see the
 * old content or the new content, never a part. */
static lyger_status replace(lyger_pid_file *file, int locked, lyger_error *error)
{
    char temporary[4096], text[24];
    struct stat is;
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    int fd = -1;
    if (fstat(locked, &is) == 0 && !S_ISREG(is.st_mode)) {
        return lyger_fail(error, LYGER_E_SERVER, "pid file %s is not a regular file", file->path);
    }
    if (snprintf(temporary, sizeof temporary, "%s.%ld", file->path, (long)getpid()) < (int)sizeof temporary) {
        unlink(temporary); /* left by an earlier process with this number */
        fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    } else {
        errno = ENAMETOOLONG;
    }
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && write(fd, text, (size_t)len) == len &&
        rename(temporary, file->path) == 0) {
        file->descriptor = fd;
        return LYGER_OK;
    }
    lyger_status status =
        lyger_fail(error, LYGER_E_SERVER, "cannot write pid file %s: %s", file->path, strerror(errno));
    if (fd >= 0) {
        close(fd);
        unlink(temporary);
    }
    return status;
}

lyger_status lyger_pid_file_take(lyger_pid_file *file, const char *path, lyger_error *error)
{
    int locked = -1;
    file->path = NULL;
    file->descriptor = -1;
    if (!path || !*path) {
        return LYGER_OK;
    }
    lyger_status status = lock_path(path, &locked, error);
    if (status != LYGER_OK) {
        return status;
    }
    file->path = strdup(path);
    status = file->path ? replace(file, locked, error)
                        : lyger_fail(error, LYGER_E_MEMORY, "no memory for the pid file's name");
    if (status != LYGER_OK) {
        struct stat is;
        if (fstat(locked, &is) == 0 && S_ISREG(is.st_mode) && is.st_size == 0 && names_it(path, locked)) {
            unlink(path); /* lock_path() made it */
        }
        free(file->path);
        file->path = NULL;
    }
    close(locked);
    return status;
}

void lyger_pid_file_drop(lyger_pid_file *file)
{
    if (file->descriptor >= 0 && names_it(file->path, file->descriptor)) {
        unlink(file->path);
    }
    lyger_pid_file_in_child(file);
}

void lyger_pid_file_in_child(lyger_pid_file *file)
{
    if (file->descriptor >= 0) {
        close(file->descriptor);
    }
    file->descriptor = -1;
    free(file->path);
    file->path = NULL;
}
