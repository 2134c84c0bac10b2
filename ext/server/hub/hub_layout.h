/*
 * Inside hub*.c: what the shared memory looks like. Offsets, not pointers, because every process maps the hub
 * at another address.
 *
 *   header | cells | queue entries | slots | rings (each mapped twice in a row, so that a frame never wraps)
 */
#ifndef LYGER_HUB_HUB_LAYOUT_H
#define LYGER_HUB_HUB_LAYOUT_H

#include "hub.h"

#include <stdatomic.h>

#define HUB_MAGIC 0x6c79676572687562u /* "lygerhub" */
#define HUB_LAYOUT 6u                 /* changes with this file and with lyger_hub_kind */
#define HUB_WORDS (LYGER_HUB_WORKERS_MAX / 64)

/* Values of lyger_hub_slot.owner; any other value is a worker's place + 1. */
#define OWNER_QUEUED 0u
#define OWNER_RESERVED (UINT32_MAX - 1)
#define OWNER_FREE UINT32_MAX

/* A ring is a sequence of these records, each followed by len bytes and padding to a multiple of 8. */
typedef struct hub_record {
    uint32_t len;
    uint8_t kind; /* lyger_hub_kind, or RECORD_FINISH */
    uint8_t finish;
    uint16_t status;
    uint32_t slot;
    uint32_t unused;
    uint64_t content_length;
} hub_record;

#define RECORD_FINISH 255

typedef struct hub_cell {
    /* The worker and its parent write these … */
    _Alignas(128) _Atomic uint32_t state; /* lyger_worker_state */
    _Atomic int32_t pid;
    uint32_t generation;
    _Atomic uint32_t retire;
    _Atomic uint32_t wake; /* futex: counts what the worker is woken for */
    _Atomic uint32_t room; /* futex: counts what was read from a full ring */
    _Atomic uint32_t full; /* the worker waits for room */
    _Atomic uint32_t slot; /* number + 1 of the worker's slot; for looking only, the slot's owner decides */
    _Atomic uint64_t since, started_at, requests, memory; /* as in lyger_hub_worker */
    _Atomic uint32_t connections;
    _Atomic uint64_t written; /* bytes ever published in the ring */
    /* … and the front process this. */
    _Alignas(128) _Atomic uint64_t read; /* bytes ever consumed */
} hub_cell;

struct lyger_hub_slot {
    _Alignas(64) _Atomic uint32_t owner;
    _Atomic uint32_t cancelled; /* the client has gone: the answer is swallowed */
    uint32_t ended;             /* END was consumed */
    uint32_t number;
    _Atomic uint64_t submitted_at, taken_at; /* lyger_hub_now() */
    _Atomic uint64_t allowed, allowed_at;    /* lyger_hub_allow() */
    lyger_hub_request request;               /* pointers are set by the worker, in its own mapping */
    lyger_http_request parsed;
    char bytes[]; /* head, NUL, body, NUL */
};

typedef struct hub_header {
    uint64_t magic;
    uint32_t layout;
    lyger_hub_settings settings;
    uint32_t entries; /* a power of two */
    uint64_t cells_at, entries_at, slots_at, rings_at, size, slot_stride;
    uint64_t next_id;      /* only the front process uses it */
    _Atomic uint32_t stop; /* a worker wants the server to end */

    _Alignas(128) _Atomic uint64_t tail; /* tickets ever queued */
    _Alignas(128) _Atomic uint64_t next; /* the first ticket that may not be claimed yet */
    /* When a worker was woken that has not looked at the queue yet, 0: none. That worker wakes the next
     * itself when it finds more requests. */
    _Alignas(128) _Atomic uint64_t waking;
    _Alignas(128) _Atomic uint32_t sleeping;         /* the front process waits for the bell */
    _Alignas(128) _Atomic uint64_t ready[HUB_WORDS]; /* workers that have published something, or died */
    _Alignas(128) _Atomic uint64_t idle[HUB_WORDS];  /* workers that sleep */
} hub_header;

struct lyger_hub {
    hub_header *header;
    hub_cell *cells;
    _Atomic uint32_t *entries;
    char *slots;
    char *rings; /* in this mapping: worker n's ring begins at rings + n * 2 * settings.ring */
    size_t mapped;
    /* Copies of the header's settings, which another process may have overwritten: with the option `user`,
     * the processes that map the hub have different rights. */
    lyger_hub_settings settings;
    uint32_t entry_mask;
    uint64_t slot_stride;
    int descriptor, bell;
    /* Used by the front process only. */
    uint32_t *free_slots;
    uint32_t *taken; /* per worker: bytes that were consumed of the DATA record at `read` */
    uint32_t free_count, reserved;
    uint64_t pending[HUB_WORDS], suspended[HUB_WORDS];
};

static inline lyger_hub_slot *hub_slot(const lyger_hub *hub, uint32_t number)
{
    return (lyger_hub_slot *)(hub->slots + number * hub->slot_stride);
}

static inline char *hub_ring(const lyger_hub *hub, uint32_t place)
{
    return hub->rings + (size_t)place * 2 * hub->settings.ring;
}

static inline uint64_t hub_bit(uint32_t place)
{
    return (uint64_t)1 << (place % 64);
}

/* Bytes of a record with its padding. */
static inline uint64_t hub_record_size(uint32_t len)
{
    return sizeof(hub_record) + (((uint64_t)len + 7) & ~(uint64_t)7);
}

void hub_futex_wake(_Atomic uint32_t *word);
/* Waits while *word is seen, at most so long; false when a signal came. */
bool hub_futex_wait(_Atomic uint32_t *word, uint32_t seen, uint32_t milliseconds);

/* Wakes the first worker that sleeps, when a request is queued and no woken worker is on its way. */
void hub_wake_one(lyger_hub *hub, uint64_t now);

static inline bool hub_is_queued(const lyger_hub *hub)
{
    return atomic_load(&hub->header->tail) != atomic_load(&hub->header->next);
}

/* Tells the front process that this worker has published something or died, and wakes it when it sleeps. */
void hub_ring_bell(lyger_hub *hub, uint32_t place);

#endif
