/*
 * Inside run.c, supervisor.c and booted.c: the supervisor's state. One per process, used by one thread.
 */
#ifndef LYGER_SUPERVISOR_SUPERVISOR_H
#define LYGER_SUPERVISOR_SUPERVISOR_H

#include "crew.h"
#include "listen.h"
#include "notify.h"
#include "server/process.h"
#include "watch.h"

#define LYGER_MILLISECOND 1000000ull /* of lyger_hub_now() */
#define LYGER_SECOND (1000 * LYGER_MILLISECOND)

typedef enum lyger_booted_state {
    LYGER_BOOTED_BOOTING, /* none of its workers has asked for a request yet */
    LYGER_BOOTED_SERVING, /* its workers serve; at most one booted parent is in this state */
    LYGER_BOOTED_RETIRING,
    LYGER_BOOTED_DEAD, /* until the workers that it left behind have been looked at */
} lyger_booted_state;

/* A child that executed the command anew. */
typedef struct lyger_booted {
    struct lyger_booted *next;
    pid_t pid;
    int control; /* -1: closed */
    uint32_t generation;
    lyger_booted_state state;
    uint64_t since; /* of the state, lyger_hub_now() */
    bool killed;    /* the supervisor killed it after boot_timeout */
    int exec_error; /* errno of a failed exec(), 0: none */
} lyger_booted;

typedef enum lyger_phase {
    LYGER_PHASE_SERVING,
    LYGER_PHASE_DRAINING, /* the front process answers what it has, workers take what is queued */
    LYGER_PHASE_RETIRING, /* the front process has ended; workers end their current requests */
    LYGER_PHASE_ENDING,   /* `grace` is over: SIGTERM to the workers */
    LYGER_PHASE_KILLING,  /* kill_timeout is over, too */
} lyger_phase;

typedef struct lyger_supervisor {
    const lyger_server_config *config;
    lyger_identity identity; /* of the front process and the workers */
    lyger_hub *hub;
    lyger_signals signals;
    lyger_pid_file pid_file;
    lyger_listening listening;
    lyger_notify notify;
    lyger_watch *watch; /* NULL: none */
    lyger_crew crew;    /* the first generation, and workers of booted parents that died */
    lyger_booted *booted;

    pid_t front; /* 0: there is none */
    int front_control;
    uint64_t front_started, front_not_before;
    uint64_t changes; /* for browsers, see front/browser_reload.h */
    bool change_failed;
    uint32_t front_failures; /* in a row, within a second of the start */

    uint32_t generation; /* the last generation that was begun */
    bool reload_wanted;
    uint64_t boot_not_before; /* no boot before that time, while no worker serves; lyger_hub_now() */
    uint32_t boot_failures;

    lyger_phase phase;
    uint64_t deadline;    /* of the phase, lyger_hub_now(); 0: none */
    bool ready;           /* the first worker has asked for a request */
    uint64_t watchdog_at; /* when the next sign of life is due, lyger_hub_now() */
    bool strangers;       /* the application had children before, which are not to be reaped */
    int subreaper;        /* PR_SET_CHILD_SUBREAPER as it was before */
    lyger_status failure;
    lyger_error *error;
} lyger_supervisor;

/* Runs the server until all its processes have ended. True in a worker, whose place is *place. */
bool lyger_supervisor_loop(lyger_supervisor *supervisor, uint32_t *place);

/* With watch: tells browsers of a change; false: the application did not come up after it. */
void lyger_supervisor_tell_change(lyger_supervisor *supervisor, bool served);

/* In a forked child: closes the supervisor's descriptors. listening: keeps the sockets that the front process
 * needs. */
void lyger_supervisor_leave(lyger_supervisor *supervisor, bool listening);

/* ---- booted.c ---- */

/* Asks for a reload; a reload that is under way is followed by another. */
void lyger_boot_ask(lyger_supervisor *supervisor, const char *why);
/* Begins a reload that is wanted, ends booted parents that take too long. */
void lyger_boot_tick(lyger_supervisor *supervisor);
/* When lyger_boot_tick() has something to do, lyger_hub_now(); 0: nothing is planned. */
uint64_t lyger_boot_due(const lyger_supervisor *supervisor);
void lyger_boot_hear(lyger_supervisor *supervisor, lyger_booted *booted);
bool lyger_boot_reaped(lyger_supervisor *supervisor, pid_t pid, int status);
void lyger_boot_tell(lyger_supervisor *supervisor, char command); /* to all booted parents */
void lyger_boot_kill(lyger_supervisor *supervisor);
void lyger_boot_abandon(lyger_supervisor *supervisor); /* ends a reload that is under way */
/* Whether no booted parent lives. */
bool lyger_boot_none(const lyger_supervisor *supervisor);
/* A child was reaped that is in no list: perhaps a worker of a booted parent that died, which is then
 * buried. */
void lyger_boot_stray(lyger_supervisor *supervisor, pid_t pid);
void lyger_boot_free(lyger_supervisor *supervisor);

#endif
