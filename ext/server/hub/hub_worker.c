/*
 * A worker's side of the hub: taking requests, answering them.
 */
#include "hub_layout.h"

#include <stdlib.h>
#include <string.h>

/* Bytes that wait in the ring before they are published without a flush: enough to save the system call for
 * most pages, little enough that a long body is on its way while it is written. */
#define PUBLISH_BYTES 16384u
#define PATIENCE_TIME 100u /* ms between two questions to the patience hook */

struct lyger_worker {
    lyger_hub *hub;
    hub_cell *cell;
    char *ring;
    uint32_t place;
    uint32_t ring_size;
    lyger_hub_slot *slot; /* the slot of the current request */
    hub_record *last;     /* an unpublished DATA record that can grow, or NULL */
    uint64_t at;          /* where the next record goes: bytes written so far, published or not */
    uint64_t published;
    uint64_t requests;
    bool head_sent, ended, given_up;
    const lyger_interrupt *patience;
};

lyger_worker *lyger_hub_join(lyger_hub *hub, uint32_t place)
{
    lyger_worker *worker = calloc(1, sizeof *worker);
    if (worker) {
        worker->hub = hub;
        worker->cell = &hub->cells[place];
        worker->place = place;
        worker->ring = hub_ring(hub, place);
        worker->ring_size = hub->settings.ring;
        worker->at = worker->published = atomic_load(&worker->cell->written);
    }
    return worker;
}

static void become(lyger_worker *worker, lyger_worker_state state)
{
    atomic_store_explicit(&worker->cell->since, lyger_hub_now(), memory_order_relaxed);
    atomic_store_explicit(&worker->cell->state, state, memory_order_release);
}

/* ---- taking requests ---- */

/*
 * Claims the first queued slot. The slot's owner decides: the worker that changes it from queued has the
 * request. `next` only says where to look; every worker that finds the slot claimed moves it on, so it does
 * not matter when a worker is killed before moving it. An entry may point to a slot that was taken back and
 * queued again since: claiming that slot is right too.
 */
static lyger_hub_slot *claim(lyger_worker *worker)
{
    lyger_hub *hub = worker->hub;
    for (;;) {
        uint64_t ticket = atomic_load(&hub->header->next);
        if (ticket == atomic_load(&hub->header->tail)) {
            return NULL;
        }
        uint32_t number = atomic_load(&hub->entries[ticket & hub->entry_mask]);
        lyger_hub_slot *slot = hub_slot(hub, number);
        uint32_t queued = OWNER_QUEUED;
        bool won = atomic_compare_exchange_strong(&slot->owner, &queued, worker->place + 1);
        atomic_compare_exchange_strong(&hub->header->next, &ticket, ticket + 1);
        if (won) {
            return slot;
        }
    }
}

static const lyger_hub_request *begin_request(lyger_worker *worker, lyger_hub_slot *slot)
{
    lyger_hub_request *request = &slot->request;
    uint64_t now = lyger_hub_now();
    worker->slot = slot;
    worker->last = NULL;
    worker->head_sent = worker->ended = worker->given_up = false;
    atomic_store_explicit(&slot->taken_at, now, memory_order_relaxed);
    request->taken_at = now;
    request->head = slot->bytes;
    request->parsed = &slot->parsed;
    request->body = request->body_file[0] ? NULL : slot->bytes + request->head_len + 1;
    atomic_store_explicit(&worker->cell->slot, slot->number + 1, memory_order_relaxed);
    atomic_store_explicit(&worker->cell->since, now, memory_order_relaxed);
    atomic_store_explicit(&worker->cell->state, LYGER_WORKER_BUSY, memory_order_release);
    return request;
}

lyger_taken lyger_hub_take(lyger_worker *worker, uint32_t milliseconds, const lyger_hub_request **request)
{
    lyger_hub *hub = worker->hub;
    hub_cell *cell = worker->cell;
    lyger_hub_slot *slot = NULL;
    uint64_t bit = hub_bit(worker->place);
    _Atomic uint64_t *idle = &hub->header->idle[worker->place / 64];
    bool woken = true;
    if (atomic_load_explicit(&cell->retire, memory_order_relaxed)) {
        return LYGER_TAKEN_STOP;
    }
    slot = claim(worker);
    if (!slot) {
        if (atomic_load_explicit(&cell->state, memory_order_relaxed) != LYGER_WORKER_IDLE) {
            become(worker, LYGER_WORKER_IDLE);
        }
        /* The worker says that it sleeps, then looks once more: it sees a request that was queued before, and
         * is woken for a request that is queued after. */
        uint32_t seen = atomic_load(&cell->wake);
        atomic_fetch_or(idle, bit);
        slot = claim(worker);
        if (!slot && !atomic_load(&cell->retire)) {
            woken = hub_futex_wait(&cell->wake, seen, milliseconds);
        }
        bool meant = !(atomic_fetch_and(idle, ~bit) & bit);
        if (!slot && (woken || meant)) {
            slot = claim(worker);
        }
        if (meant) {
            atomic_store(&hub->header->waking, 0);
            lyger_hub_wake(hub);
        }
    }
    if (slot) {
        *request = begin_request(worker, slot);
        return LYGER_TAKEN;
    }
    return atomic_load(&cell->retire) ? LYGER_TAKEN_STOP : LYGER_TAKEN_LATER;
}

bool lyger_hub_client_gone(const lyger_worker *worker)
{
    return worker->slot && atomic_load_explicit(&worker->slot->cancelled, memory_order_relaxed);
}

void lyger_hub_allow(lyger_worker *worker, uint64_t nanoseconds)
{
    if (worker->slot) {
        atomic_store_explicit(&worker->slot->allowed_at, lyger_hub_now(), memory_order_relaxed);
        atomic_store_explicit(&worker->slot->allowed, nanoseconds, memory_order_release);
    }
}

/* ---- answering ---- */

static void publish(lyger_worker *worker)
{
    if (worker->at != worker->published) {
        worker->published = worker->at;
        worker->last = NULL;
        atomic_store(&worker->cell->written, worker->at);
        hub_ring_bell(worker->hub, worker->place);
    }
}

void lyger_hub_flush(lyger_worker *worker)
{
    publish(worker);
}

void lyger_hub_set_patience(lyger_worker *worker, const lyger_interrupt *patience)
{
    worker->patience = patience;
}

static uint64_t room(const lyger_worker *worker)
{
    return worker->ring_size - (worker->at - atomic_load(&worker->cell->read));
}

/* Waits until the ring has so many free bytes; false when the answer is given up or its client has gone. */
static bool wait_for_room(lyger_worker *worker, uint64_t bytes, bool may_give_up)
{
    hub_cell *cell = worker->cell;
    while (room(worker) < bytes) {
        if (may_give_up && worker->given_up) {
            return false;
        }
        publish(worker);
        uint32_t seen = atomic_load(&cell->room);
        atomic_store(&cell->full, 1);
        if (room(worker) < bytes) {
            hub_futex_wait(&cell->room, seen, PATIENCE_TIME);
        }
        atomic_store(&cell->full, 0);
        if (may_give_up && lyger_interrupted(worker->patience)) {
            worker->given_up = true;
        }
    }
    return true;
}

static hub_record *add_record(lyger_worker *worker, unsigned kind, const char *bytes, size_t len)
{
    hub_record *record = (hub_record *)(worker->ring + (worker->at & (worker->ring_size - 1)));
    *record = (hub_record){.len = (uint32_t)len, .kind = (uint8_t)kind, .slot = worker->slot->number};
    memcpy(record + 1, bytes, len);
    worker->at += hub_record_size((uint32_t)len);
    worker->last = NULL;
    return record;
}

static bool wanted(const lyger_worker *worker)
{
    return worker->slot && !worker->ended && !worker->given_up && !lyger_hub_client_gone(worker);
}

/* Adds a record of field lines; NULL when the client has gone, the head was sent, or there is no room for so
 * many bytes. */
static hub_record *add_fields(lyger_worker *worker, unsigned kind, int status, const char *fields, size_t len)
{
    if (!wanted(worker) || worker->head_sent || len > worker->ring_size / 2 ||
        !wait_for_room(worker, hub_record_size((uint32_t)len), true)) {
        return NULL;
    }
    hub_record *record = add_record(worker, kind, fields, len);
    record->status = (uint16_t)status;
    return record;
}

bool lyger_hub_interim(lyger_worker *worker, int status, const char *fields, size_t len)
{
    if (!add_fields(worker, LYGER_HUB_INTERIM, status, fields, len)) {
        return false;
    }
    publish(worker);
    return true;
}

bool lyger_hub_head(lyger_worker *worker, int status, uint64_t content_length, const char *fields, size_t len)
{
    hub_record *record = add_fields(worker, LYGER_HUB_HEAD, status, fields, len);
    if (!record) {
        return false;
    }
    record->content_length = content_length;
    worker->head_sent = true;
    return true;
}

/* Adds bytes to the record that was written last, as far as it may grow; returns how many. */
static size_t grow(lyger_worker *worker, const char *bytes, size_t len)
{
    hub_record *last = worker->last;
    if (!last) {
        return 0;
    }
    uint64_t before = hub_record_size(last->len);
    uint64_t most = before + room(worker) - sizeof *last - last->len;
    size_t take = len < most ? len : (size_t)most;
    take = take < UINT32_MAX / 2 - last->len ? take : 0;
    take &= take == len ? SIZE_MAX : ~(size_t)7;
    memcpy((char *)(last + 1) + last->len, bytes, take);
    last->len += (uint32_t)take;
    worker->at += hub_record_size(last->len) - before;
    return take;
}

bool lyger_hub_data(lyger_worker *worker, const char *bytes, size_t len)
{
    size_t most = worker->ring_size / 4;
    while (len > 0) {
        if (!wanted(worker)) {
            return false;
        }
        size_t piece = grow(worker, bytes, len < most ? len : most);
        if (piece == 0) {
            piece = len < most ? len : most;
            if (!wait_for_room(worker, hub_record_size((uint32_t)piece), true)) {
                return false;
            }
            worker->last = add_record(worker, LYGER_HUB_DATA, bytes, piece);
        }
        bytes += piece;
        len -= piece;
        if (worker->at - worker->published >= PUBLISH_BYTES) {
            publish(worker);
        }
    }
    return wanted(worker);
}

void lyger_hub_end(lyger_worker *worker)
{
    if (!worker->slot || worker->ended || worker->given_up) {
        return;
    }
    wait_for_room(worker, hub_record_size(0), false);
    add_record(worker, LYGER_HUB_END, "", 0);
    worker->ended = true;
    publish(worker);
}

/* Writes the last record of a request, which gives its slot back to the front process. */
static void let_go(lyger_worker *worker, unsigned kind)
{
    wait_for_room(worker, hub_record_size(0), false);
    add_record(worker, kind, "", 0)->finish = 1;
    atomic_store_explicit(&worker->cell->requests, ++worker->requests, memory_order_relaxed);
    atomic_store_explicit(&worker->cell->slot, 0, memory_order_relaxed);
    worker->slot = NULL;
    publish(worker);
}

void lyger_hub_finish(lyger_worker *worker)
{
    if (worker->slot) {
        let_go(worker, worker->ended ? RECORD_FINISH : LYGER_HUB_LOST);
    }
}

void lyger_hub_complete(lyger_worker *worker)
{
    if (!worker->slot || worker->ended || worker->given_up) {
        lyger_hub_finish(worker);
    } else {
        let_go(worker, LYGER_HUB_END);
    }
}

void lyger_hub_tell(lyger_worker *worker, uint64_t memory, uint32_t connections)
{
    atomic_store_explicit(&worker->cell->memory, memory, memory_order_relaxed);
    atomic_store_explicit(&worker->cell->connections, connections, memory_order_relaxed);
}

void lyger_hub_leave(lyger_worker *worker)
{
    if (worker->slot) {
        lyger_hub_finish(worker);
    }
    become(worker, LYGER_WORKER_LEFT);
    free(worker);
}

void lyger_hub_disown(lyger_worker *worker)
{
    free(worker);
}

uint64_t lyger_hub_finished(const lyger_worker *worker)
{
    return worker->requests;
}
