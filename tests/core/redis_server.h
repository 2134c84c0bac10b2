/*
 * A Redis or Valkey of a C test's own (scripts/redis).
 */
#ifndef TESTS_CORE_REDIS_SERVER_H
#define TESTS_CORE_REDIS_SERVER_H

#include "check.h"

#include "far/far.h"

#include <signal.h>
#include <stdarg.h>
#include <sys/types.h>

static char redis_directory[] = "/tmp/lyger-redis-XXXXXX";
static char redis_url[200], redis_socket[200]; /* by TCP, by its Unix socket */

static void redis_take_line(FILE *from, char *to, size_t size)
{
    if (!fgets(to, (int)size, from)) {
        to[0] = '\0';
    }
    to[strcspn(to, "\n")] = '\0';
}

/* options: "" or a server's --options. */
static bool redis_start(const char *options)
{
    char command[300];
    bool made = mkdtemp(redis_directory) != NULL;
    snprintf(command, sizeof command, "scripts/redis start %s %s", redis_directory, options);
    FILE *start = made ? popen(command, "r") : NULL;
    if (start) {
        redis_take_line(start, redis_url, sizeof redis_url);
        redis_take_line(start, redis_socket, sizeof redis_socket);
    }
    if (!start || pclose(start) != 0) {
        printf("not ok a Redis server starts\n");
        return false;
    }
    return true;
}

static void redis_run(const char *what)
{
    char command[300];
    snprintf(command, sizeof command, "scripts/redis %s %s >/dev/null", what, redis_directory);
    CHECK_INT(system(command), 0);
}

static void redis_stop(void)
{
    char command[300];
    redis_run("stop");
    snprintf(command, sizeof command, "rm -rf %s", redis_directory);
    CHECK_INT(system(command), 0);
}

/* Sends the server a signal. */
static void redis_signal(int number)
{
    char path[200];
    long process = 0;
    snprintf(path, sizeof path, "%s/pid", redis_directory);
    FILE *file = fopen(path, "r");
    CHECK(file && fscanf(file, "%ld", &process) == 1 && kill((pid_t)process, number) == 0);
    if (file) {
        fclose(file);
    }
}

/* What redis-cli prints for a command, another client than lyger's: its first line. */
static const char *redis_cli(const char *format, ...)
{
    static char line[400];
    char words[600], command[900];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    snprintf(command, sizeof command,
             "$(command -v redis-cli || command -v valkey-cli) --no-auth-warning -s %s %s",
             redis_socket + strlen("unix:"), words);
    FILE *cli = popen(command, "r");
    line[0] = '\0';
    if (cli) {
        redis_take_line(cli, line, sizeof line);
        CHECK_INT(pclose(cli), 0);
    }
    return line;
}

/* A connection with the options, "" or "?option=…"; up to eight in a program. */
static lyger_far *redis_connect(const char *url, const char *options)
{
    static lyger_far_address addresses[8];
    static int count;
    lyger_far_address *address = &addresses[count++];
    char text[500];
    lyger_error error;
    snprintf(text, sizeof text, "%s%s", url, options);
    lyger_far *far = NULL;
    if (lyger_far_address_read(text, strlen(text), address, &error) == LYGER_OK) {
        far = lyger_far_make(address, &error);
    }
    if (!far) {
        printf("# %s\n", error.message);
    }
    return far;
}

#endif
