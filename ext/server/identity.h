/*
 * Who serves: the supervisor of a server that was started by root keeps its rights, and its front process and
 * workers give theirs up for those of `user` and `group`, for good, before they see the first byte of a
 * client.
 *
 * Names are looked up once, in the supervisor and in each booted parent, before anything is forked: what a
 * name service opens or asks is not for the children. One thread.
 */
#ifndef LYGER_HTTP_IDENTITY_H
#define LYGER_HTTP_IDENTITY_H

#include "server/config.h"

#include <sys/types.h>

#define LYGER_IDENTITY_GROUPS 256

typedef struct lyger_identity {
    bool other; /* false: processes stay what they are, and the rest means nothing */
    uid_t user;
    gid_t group;
    gid_t groups[LYGER_IDENTITY_GROUPS]; /* all of the user's */
    int count;
} lyger_identity;

/*
 * Whom config->user and config->group name. LYGER_E_ARGUMENT: unknown names, root, a group without a user.
 * LYGER_E_SERVER: this process may not become another user; being that user already is fine.
 */
lyger_status lyger_identity_find(const lyger_server_config *config, lyger_identity *identity,
                                 lyger_error *error);

/*
 * Becomes it: supplementary groups, group, user, in this order, as the later ones take away the right to the
 * earlier; then looks whether it is so and there is no way back. The parent-death signal is lost by it
 * (prctl(2)). LYGER_E_SERVER: this process must end.
 */
lyger_status lyger_identity_assume(const lyger_identity *identity, lyger_error *error);

#endif
