/*
 * A PostgreSQL server for a C test: the one that LYGER_TEST_PG names, or one of its own (scripts/postgres).
 */
#ifndef TESTS_CORE_PG_SERVER_H
#define TESTS_CORE_PG_SERVER_H

#include "check.h"

#include <stdlib.h>

static char *pg_server_directory; /* of the server that this program started */

static bool pg_server_start(char *dsn, size_t size)
{
    static char directory[] = "/tmp/lyger-pq-XXXXXX";
    const char *given = getenv("LYGER_TEST_PG");
    if (given && *given) {
        snprintf(dsn, size, "%s", given);
        return true;
    }
    char command[200];
    pg_server_directory = mkdtemp(directory);
    snprintf(command, sizeof command, "scripts/postgres start %s", directory);
    FILE *start = pg_server_directory ? popen(command, "r") : NULL;
    if (!start || !fgets(dsn, (int)size, start) || pclose(start) != 0) {
        printf("not ok a PostgreSQL server starts\n");
        return false;
    }
    dsn[strcspn(dsn, "\n")] = '\0';
    return true;
}

static void pg_server_stop(void)
{
    char command[200];
    if (pg_server_directory) {
        snprintf(command, sizeof command, "scripts/postgres stop %s && rm -rf %s", pg_server_directory,
                 pg_server_directory);
        CHECK_INT(system(command), 0);
    }
}

#endif
