/*
 * The workers of one parent: forked, reaped, replaced. The supervisor and every booted parent have a crew of
 * their own. A crew between bounds (workers_least, workers) doubles while requests wait and every worker is
 * busy, and gives up one worker a second when more than one has been idle for a while. Only children of this
 * process are in a crew, so that a signal never goes to a process id that another process has got meanwhile.
 */
#ifndef LYGER_SUPERVISOR_CREW_H
#define LYGER_SUPERVISOR_CREW_H

#include "server/identity.h"

typedef struct lyger_member {
    pid_t pid;
    uint32_t place; /* in the hub */
    uint32_t generation;
    uint64_t started_at; /* lyger_hub_now() */
    bool retired;
} lyger_member;

typedef struct lyger_crew {
    const lyger_server_config *config;
    const lyger_identity *identity; /* the user that workers become */
    lyger_hub *hub;
    uint32_t generation;  /* of workers that are forked from now on */
    uint32_t wanted;      /* how many workers of that generation, 0: no more */
    uint32_t least, most; /* between these `wanted` follows the queue */
    uint64_t look_at;     /* when the queue is looked at next, lyger_hub_now(); 0: never */
    uint64_t calm_since;  /* since then more than one worker was idle whenever it was looked */
    lyger_member *members;
    uint32_t count, room;
    bool came_up;          /* a worker of this generation has asked for a request */
    uint32_t failures;     /* workers in a row that died within a second of their start */
    bool booting;          /* the last of these failures was before the worker asked for a request */
    uint64_t failed_at;    /* when the last of these workers died */
    uint64_t not_before;   /* no fork before that time, 0: at once */
    int last_status;       /* waitpid()'s status of the last of these workers */
    uint64_t said_at;      /* start of the time in which `said` lines were said */
    uint32_t said, unsaid; /* about deaths */
} lyger_crew;

lyger_status lyger_crew_init(lyger_crew *crew, const lyger_server_config *config,
                             const lyger_identity *identity, lyger_hub *hub, uint32_t generation,
                             lyger_error *error);
void lyger_crew_free(lyger_crew *crew);

/* Forks the workers that are missing. True in a worker, whose place in the hub is *place; false in the
 * parent. */
bool lyger_crew_fill(lyger_crew *crew, uint32_t *place);

/* A child was reaped; false when it is not in the crew. */
bool lyger_crew_reaped(lyger_crew *crew, pid_t pid, int status);

/* Takes a worker into the crew that became a child of this process when its booted parent died. */
void lyger_crew_adopt(lyger_crew *crew, uint32_t place, const lyger_hub_worker *worker);

void lyger_crew_retire(lyger_crew *crew); /* every worker ends after its current request; forks no more */
void lyger_crew_signal(lyger_crew *crew, int number);

/* Whether a worker of the current generation has asked for a request. */
bool lyger_crew_up(lyger_crew *crew);

/* Whether so many workers in a row died, before any of this generation asked for a request, that the
 * application will not come up. */
bool lyger_crew_hopeless(const lyger_crew *crew);

/* When lyger_crew_fill() has something to do, lyger_hub_now(); 0: nothing is planned. */
uint64_t lyger_crew_due(const lyger_crew *crew);

#endif
