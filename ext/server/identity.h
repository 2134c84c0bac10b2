/*
 * The user that serves: the supervisor of a server that root started keeps its rights; its front process and
 * workers give theirs up for those of `user` and `group`, for good, before they see the first byte of a
 * client.
 *
 * Names are looked up once, in the supervisor and in each booted parent, before anything is forked: the
 * children do not inherit what a name service opens. Used by one thread.
 */
#ifndef LYGER_SERVER_IDENTITY_H
#define LYGER_SERVER_IDENTITY_H

#include "server/config.h"

#include <sys/types.h>

#define LYGER_IDENTITY_GROUPS 256

typedef struct lyger_identity {
    bool other; /* false: processes keep their user, and the other members mean nothing */
    uid_t user;
    gid_t group;
    gid_t groups[LYGER_IDENTITY_GROUPS]; /* all of the user's */
    int count;
} lyger_identity;

/*
 * Looks up the user and group that config->user and config->group name. LYGER_E_ARGUMENT: unknown names,
 * root, a group without a user. LYGER_E_SERVER: this process may not become another user. It may be that user
 * already.
 */
lyger_status lyger_identity_find(const lyger_server_config *config, lyger_identity *identity,
                                 lyger_error *error);

/*
 * Becomes that user: sets supplementary groups, group, user, in this order, as each step takes away the right
 * to the steps before; then checks that all are set and there is no way back. The process loses its
 * parent-death signal (prctl(2)). LYGER_E_SERVER: this process must end.
 */
lyger_status lyger_identity_assume(const lyger_identity *identity, lyger_error *error);

#endif
