#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* setresuid */
#endif

#include "identity.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether the text is digits only, of a number that a process can have: the highest number means "leave it"
 * (setresuid(2)). */
static bool is_number(const char *text, uint32_t *number)
{
    char *end;
    if (!*text || text[strspn(text, "0123456789")]) {
        return false;
    }
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    *number = (uint32_t)value;
    return errno == 0 && value < UINT32_MAX;
}

static lyger_status unknown(const char *member, const char *name, lyger_error *error)
{
    return lyger_fail(error, LYGER_E_ARGUMENT,
                      "%s must be a name or number that this system knows, \"%s\" given", member, name);
}

static lyger_status find_group(const char *name, gid_t *group, lyger_error *error)
{
    uint32_t number;
    if (is_number(name, &number)) {
        *group = (gid_t)number;
        return LYGER_OK;
    }
    const struct group *found = getgrnam(name);
    if (!found) {
        return unknown("group", name, error);
    }
    *group = found->gr_gid;
    return LYGER_OK;
}

/* Finds the user. A number need not be in the user database, as in containers; then it has no groups but the
 * configured one. */
static lyger_status find_user(const lyger_server_config *config, lyger_identity *identity, lyger_error *error)
{
    uint32_t number;
    bool numeric = is_number(config->user, &number), grouped = config->group && *config->group;
    const struct passwd *found = numeric ? getpwuid((uid_t)number) : getpwnam(config->user);
    if (!found && !numeric) {
        return unknown("user", config->user, error);
    }
    if (!found && !grouped) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "group must be given with the user %u, whom the user database does not have",
                          (unsigned)number);
    }
    identity->user = found ? found->pw_uid : (uid_t)number;
    identity->group = found ? found->pw_gid : 0;
    if (identity->user == 0) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "user must not be root: leave it out to serve as root");
    }
    lyger_status status = grouped ? find_group(config->group, &identity->group, error) : LYGER_OK;
    identity->groups[0] = identity->group;
    identity->count = found ? LYGER_IDENTITY_GROUPS : 1;
    if (status == LYGER_OK && found &&
        getgrouplist(found->pw_name, identity->group, identity->groups, &identity->count) < 0) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "user %s is in more than %d groups", config->user,
                          LYGER_IDENTITY_GROUPS);
    }
    return status;
}

/* Whether this process's real, effective and saved ids are that user's: then there is nothing to give up. */
static bool is_already(const lyger_identity *identity)
{
    uid_t real, effective, saved;
    gid_t real_group, effective_group, saved_group;
    return getresuid(&real, &effective, &saved) == 0 &&
           getresgid(&real_group, &effective_group, &saved_group) == 0 && real == identity->user &&
           effective == identity->user && saved == identity->user && real_group == identity->group &&
           effective_group == identity->group && saved_group == identity->group;
}

lyger_status lyger_identity_find(const lyger_server_config *config, lyger_identity *identity,
                                 lyger_error *error)
{
    memset(identity, 0, sizeof *identity);
    if (!config->user || !*config->user) {
        return LYGER_OK; /* lyger_server_check() refuses a group without a user */
    }
    lyger_status status = find_user(config, identity, error);
    if (status != LYGER_OK || is_already(identity)) {
        return status;
    }
    if (geteuid() != 0) {
        return lyger_fail(error, LYGER_E_SERVER,
                          "user cannot be %s: only root can become another user, and this process is user "
                          "%ld",
                          config->user, (long)geteuid());
    }
    identity->other = true;
    return LYGER_OK;
}

static bool same_groups(const lyger_identity *identity)
{
    gid_t have[LYGER_IDENTITY_GROUPS];
    int count = getgroups(LYGER_IDENTITY_GROUPS, have);
    for (int i = 0; i < count; i++) {
        bool known = false;
        for (int k = 0; k < identity->count && !known; k++) {
            known = identity->groups[k] == have[i];
        }
        if (!known) {
            return false;
        }
    }
    return count >= 0;
}

lyger_status lyger_identity_assume(const lyger_identity *identity, lyger_error *error)
{
    if (!identity->other) {
        return LYGER_OK;
    }
    if (setgroups((size_t)identity->count, identity->groups) != 0 ||
        setresgid(identity->group, identity->group, identity->group) != 0 ||
        setresuid(identity->user, identity->user, identity->user) != 0) {
        return lyger_fail(error, LYGER_E_SERVER, "cannot become user %ld, group %ld: %s",
                          (long)identity->user, (long)identity->group, strerror(errno));
    }
    /* Kept capabilities (securebits) would leave a way back without an error. */
    if (!is_already(identity) || !same_groups(identity) || setresuid((uid_t)-1, 0, (uid_t)-1) == 0) {
        return lyger_fail(error, LYGER_E_SERVER, "did not give up the rights of root as user %ld, group %ld",
                          (long)identity->user, (long)identity->group);
    }
    return LYGER_OK;
}
