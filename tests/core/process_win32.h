/*
 * process.h on Windows. What it has no like of (fork, signals) is declared so that a program with a case that
 * needs it can be built for its other cases; a call ends the program.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <aclapi.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

typedef HANDLE other_process;

static inline const char *temporary_directory(void)
{
    const char *name = getenv("TEMP");
    return name ? name : ".";
}

static inline other_process begin_other(const char *program, const char *what, const char *argument)
{
    char line[1024];
    STARTUPINFOA start = {.cb = sizeof start};
    PROCESS_INFORMATION begun;
    snprintf(line, sizeof line, "\"%s\" %s \"%s\"", program, what, argument);
    fflush(stdout);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &start, &begun)) {
        printf("# cannot begin %s: error %lu\n", line, GetLastError());
        exit(EXIT_FAILURE);
    }
    CloseHandle(begun.hThread);
    return begun.hProcess;
}

#define KILLED 9999u /* the exit status that kill_other() gives */

static inline int end_of_other(other_process other)
{
    DWORD status = KILLED;
    WaitForSingleObject(other, INFINITE);
    GetExitCodeProcess(other, &status);
    CloseHandle(other);
    return status == KILLED ? -1 : (int)status;
}

static inline void kill_other(other_process other)
{
    TerminateProcess(other, KILLED);
    end_of_other(other);
}

static inline bool let_everybody_read(const char *path)
{
    char name[1024];
    unsigned char everybody[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof everybody;
    PACL before, after;
    PSECURITY_DESCRIPTOR descriptor;
    snprintf(name, sizeof name, "%s", path);
    if (!CreateWellKnownSid(WinWorldSid, NULL, everybody, &size) ||
        GetNamedSecurityInfoA(name, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &before, NULL,
                              &descriptor) != ERROR_SUCCESS) {
        return false;
    }
    EXPLICIT_ACCESSA access = {.grfAccessPermissions = GENERIC_READ,
                               .grfAccessMode = GRANT_ACCESS,
                               .Trustee = {.TrusteeForm = TRUSTEE_IS_SID, .ptstrName = (char *)everybody}};
    bool done = SetEntriesInAclA(1, &access, before, &after) == ERROR_SUCCESS &&
                SetNamedSecurityInfoA(name, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, after,
                                      NULL) == ERROR_SUCCESS;
    LocalFree(descriptor);
    return done;
}

/* A linear congruential generator with 31 bits, as others have it; the numbers are from Knuth's MMIX. */
static inline int own_rand_r(unsigned *seed)
{
    uint64_t next = *seed * 6364136223846793005u + 1442695040888963407u;
    *seed = (unsigned)(next >> 32);
    return (int)(*seed >> 1);
}
#undef rand_r
#define rand_r own_rand_r

/* ---- what there is not ---- */

typedef int id_t;
typedef struct siginfo_t {
    int si_pid;
} siginfo_t;

enum {
    SIGKILL = 9,
    SIGCONT = 18,
    SIGSTOP = 19,
    WNOHANG = 1,
    WUNTRACED = 2,
    WEXITED = 4,
    WNOWAIT = 8,
    P_PID = 1,
    F_SETFD = 2,
    FD_CLOEXEC = 1
};

static inline _Noreturn int needs_posix(const char *call)
{
    printf("# this case needs %s(), which Windows has not\n", call);
    fflush(stdout);
    exit(EXIT_FAILURE);
}

#define fork() needs_posix("fork")
#define kill(pid, signal) ((void)(pid), (void)(signal), needs_posix("kill"))
#define wait(status) ((void)(status), needs_posix("wait"))
#define waitpid(pid, status, options) ((void)(pid), (void)(status), (void)(options), needs_posix("waitpid"))
#define waitid(type, id, info, options)                                                                      \
    ((void)(type), (void)(id), (void)(info), (void)(options), needs_posix("waitid"))
#define pipe(ends) ((void)(ends), needs_posix("pipe"))
#define fcntl(file, command, value) ((void)(file), (void)(command), (void)(value), needs_posix("fcntl"))
#define execlp(file, ...) ((void)(file), needs_posix("execlp"))
#define alarm(seconds) ((void)(seconds), needs_posix("alarm"))
#define symlink(to, path) ((void)(to), (void)(path), needs_posix("symlink"))
#define pwrite(file, bytes, size, at)                                                                        \
    ((void)(file), (void)(bytes), (void)(size), (void)(at), needs_posix("pwrite"))
#define WIFEXITED(status) ((void)(status), needs_posix("waitpid"))
#define WEXITSTATUS(status) ((void)(status), needs_posix("waitpid"))
