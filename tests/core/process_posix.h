/* process.h on POSIX systems. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef pid_t other_process;

static inline const char *temporary_directory(void)
{
    return "/tmp";
}

/* This program once more, with two arguments; by what LYGER_TEST_RUNNER names when this machine cannot run it
 * itself. */
static inline other_process begin_other(const char *program, const char *what, const char *argument)
{
    const char *runner = getenv("LYGER_TEST_RUNNER");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (runner) {
            execlp(runner, runner, program, what, argument, (char *)NULL);
        }
        execl(program, program, what, argument, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* Its exit status once it has ended; -1 when something killed it. */
static inline int end_of_other(other_process other)
{
    int status;
    while (waitpid(other, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void kill_other(other_process other)
{
    kill(other, SIGKILL);
    end_of_other(other);
}

static inline bool let_everybody_read(const char *path)
{
    return chmod(path, 0644) == 0;
}
