/*
 * The front process's side of the hub: slots, frames, the bell.
 */
#include "hub_layout.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- slots ---- */

static void set_free(lyger_hub *hub, lyger_hub_slot *slot)
{
    atomic_store(&slot->owner, OWNER_FREE);
    hub->free_slots[hub->free_count++] = slot->number;
}

lyger_hub_slot *lyger_hub_reserve(lyger_hub *hub)
{
    if (hub->free_count == 0) {
        return NULL;
    }
    lyger_hub_slot *slot = hub_slot(hub, hub->free_slots[--hub->free_count]);
    atomic_store_explicit(&slot->owner, OWNER_RESERVED, memory_order_relaxed);
    atomic_store_explicit(&slot->submitted_at, 0, memory_order_relaxed);
    atomic_store_explicit(&slot->taken_at, 0, memory_order_relaxed);
    atomic_store_explicit(&slot->allowed, 0, memory_order_relaxed);
    slot->request.body_file[0] = slot->request.host[0] = '\0';
    slot->request.scheme = LYGER_SCHEME_UNSAID;
    slot->request.id = ++hub->header->next_id;
    hub->reserved++;
    return slot;
}

uint32_t lyger_hub_slot_number(const lyger_hub *hub, const lyger_hub_slot *slot)
{
    (void)hub;
    return slot->number;
}

bool lyger_hub_fill(lyger_hub *hub, lyger_hub_slot *slot, const lyger_http_request *parsed, const char *head,
                    uint64_t body_len, char **body, size_t *room)
{
    size_t have = hub->settings.room;
    uint32_t head_len = parsed->head_len;
    if (head_len > have) {
        return false;
    }
    memcpy(&slot->parsed, parsed, offsetof(lyger_http_request, fields));
    memcpy(slot->parsed.fields, parsed->fields, parsed->field_count * sizeof *parsed->fields);
    memcpy(slot->bytes, head, head_len);
    slot->bytes[head_len] = '\0';
    slot->request.head_len = head_len;
    slot->request.body_len = body_len;
    *body = slot->bytes + head_len + 1;
    *room = body_len <= have - head_len ? (size_t)body_len : 0;
    (*body)[*room] = '\0';
    return true;
}

void lyger_hub_set_body_file(lyger_hub_slot *slot, const char *path)
{
    strncpy(slot->request.body_file, path, sizeof slot->request.body_file - 1);
    slot->request.body_file[sizeof slot->request.body_file - 1] = '\0';
}

void lyger_hub_set_peers(lyger_hub_slot *slot, const lyger_http_address *client,
                         const lyger_http_address *server, double arrived_at)
{
    slot->request.client = *client;
    slot->request.server = *server;
    slot->request.arrived_at = arrived_at;
}

void lyger_hub_set_forwarded(lyger_hub_slot *slot, const lyger_forwarded *forwarded)
{
    slot->request.scheme = forwarded->scheme;
    memcpy(slot->request.host, forwarded->host, sizeof slot->request.host);
}

bool lyger_hub_submit(lyger_hub *hub, lyger_hub_slot *slot)
{
    hub_header *header = hub->header;
    uint64_t tail = atomic_load_explicit(&header->tail, memory_order_relaxed);
    if (tail - atomic_load(&header->next) > hub->entry_mask) {
        return false;
    }
    uint64_t now = lyger_hub_now();
    slot->ended = 0;
    slot->request.submitted_at = now;
    atomic_store_explicit(&slot->submitted_at, now, memory_order_relaxed);
    atomic_store_explicit(&slot->cancelled, 0, memory_order_relaxed);
    hub->reserved--;
    atomic_store(&hub->entries[tail & hub->entry_mask], slot->number);
    atomic_store(&slot->owner, OWNER_QUEUED);
    atomic_store(&header->tail, tail + 1);
    return true;
}

void lyger_hub_release(lyger_hub *hub, lyger_hub_slot *slot)
{
    hub->reserved--;
    set_free(hub, slot);
}

bool lyger_hub_cancel(lyger_hub *hub, lyger_hub_slot *slot)
{
    uint32_t owner = OWNER_QUEUED;
    if (atomic_compare_exchange_strong(&slot->owner, &owner, OWNER_RESERVED)) {
        set_free(hub, slot);
        return true;
    }
    atomic_store(&slot->cancelled, 1);
    lyger_hub_resume(hub, owner - 1);
    return false;
}

int lyger_hub_worker_of(const lyger_hub *hub, const lyger_hub_slot *slot)
{
    uint32_t owner = atomic_load(&slot->owner);
    return owner >= 1 && owner <= hub->settings.workers ? (int)owner - 1 : -1;
}

uint64_t lyger_hub_submitted_at(const lyger_hub_slot *slot)
{
    return atomic_load_explicit(&slot->submitted_at, memory_order_relaxed);
}

uint64_t lyger_hub_taken_at(const lyger_hub_slot *slot)
{
    return atomic_load_explicit(&slot->taken_at, memory_order_relaxed);
}

uint64_t lyger_hub_id(const lyger_hub_slot *slot)
{
    return slot->request.id;
}

uint64_t lyger_hub_allowed(const lyger_hub_slot *slot, uint64_t *since)
{
    uint64_t allowed = atomic_load_explicit(&slot->allowed, memory_order_acquire);
    *since = atomic_load_explicit(&slot->allowed_at, memory_order_relaxed);
    return allowed;
}

/* ---- frames ---- */

static void move_on(hub_cell *cell, uint64_t bytes)
{
    atomic_store(&cell->read, atomic_load_explicit(&cell->read, memory_order_relaxed) + bytes);
    if (atomic_load(&cell->full)) {
        atomic_store(&cell->full, 0);
        atomic_fetch_add(&cell->room, 1);
        hub_futex_wake(&cell->room);
    }
}

/* Finds a request that the dead worker of a place left behind; true when a LOST frame has to be given for
 * it. */
static bool find_lost(lyger_hub *hub, uint32_t place, lyger_hub_frame *frame)
{
    for (uint32_t i = 0; i < hub->settings.requests; i++) {
        lyger_hub_slot *slot = hub_slot(hub, i);
        if (atomic_load(&slot->owner) != place + 1) {
            continue;
        }
        if (slot->ended || atomic_load(&slot->cancelled)) {
            set_free(hub, slot);
        } else {
            *frame = (lyger_hub_frame){
                .kind = LYGER_HUB_LOST, .worker = place, .slot = slot, .bytes = "", .last = true};
            return true;
        }
    }
    return false;
}

/* Frees the place of a worker that died. */
static void clear_place(lyger_hub *hub, uint32_t place)
{
    hub_cell *cell = &hub->cells[place];
    atomic_store(&cell->written, 0);
    atomic_store(&cell->read, 0);
    atomic_store(&cell->full, 0);
    atomic_store(&cell->state, LYGER_WORKER_NONE);
}

/* The next record of a worker that becomes a frame. Records of cancelled requests, and records that only
 * release a slot, are passed over here. */
static bool next_of(lyger_hub *hub, uint32_t place, lyger_hub_frame *frame)
{
    hub_cell *cell = &hub->cells[place];
    bool dead = atomic_load(&cell->state) == LYGER_WORKER_DEAD; /* read first: written is then final */
    for (;;) {
        uint64_t read = atomic_load_explicit(&cell->read, memory_order_relaxed);
        if (read == atomic_load(&cell->written)) {
            break;
        }
        const hub_record *record =
            (const hub_record *)(hub_ring(hub, place) + (read & (hub->settings.ring - 1)));
        lyger_hub_slot *slot = hub_slot(hub, record->slot);
        if (record->kind != RECORD_FINISH && !slot->ended && !atomic_load(&slot->cancelled)) {
            *frame = (lyger_hub_frame){.kind = (lyger_hub_kind)record->kind,
                                       .worker = place,
                                       .slot = slot,
                                       .bytes = (const char *)(record + 1) + hub->taken[place],
                                       .len = record->len - hub->taken[place],
                                       .status = record->status,
                                       .content_length = record->content_length,
                                       .last = record->finish};
            return true;
        }
        if (record->finish && atomic_load(&slot->owner) == place + 1) {
            set_free(hub, slot);
        }
        hub->taken[place] = 0;
        move_on(cell, hub_record_size(record->len));
    }
    if (dead) {
        if (find_lost(hub, place, frame)) {
            return true;
        }
        clear_place(hub, place);
    }
    return false;
}

/*
 * The earlier front process may have been killed at any instruction, so only the slots' owners say what is
 * where. First every request is cancelled and the queued ones taken back, then the rings are read to their
 * ends: a record whose slot was freed, but which the earlier front process had not passed, must not be met
 * after the slot is used again.
 */
lyger_status lyger_hub_serve(lyger_hub *hub, lyger_error *error)
{
    uint32_t count = hub->settings.requests, workers = hub->settings.workers;
    lyger_hub_frame none;
    if (!hub->free_slots) {
        hub->free_slots = malloc(count * sizeof *hub->free_slots);
    }
    if (!hub->taken) {
        hub->taken = malloc(workers * sizeof *hub->taken);
    }
    if (!hub->free_slots || !hub->taken) {
        return lyger_fail(error, LYGER_E_MEMORY, "no memory for the server's slots");
    }
    memset(hub->taken, 0, workers * sizeof *hub->taken);
    memset(hub->suspended, 0, sizeof hub->suspended);
    memset(hub->pending, 0xFF, sizeof hub->pending); /* look at every worker once */
    for (uint32_t i = 0; i < count; i++) {
        uint32_t queued = OWNER_QUEUED;
        atomic_store(&hub_slot(hub, i)->cancelled, 1);
        atomic_compare_exchange_strong(&hub_slot(hub, i)->owner, &queued, OWNER_RESERVED);
    }
    hub->free_count = 0;
    for (uint32_t i = 0; i < workers; i++) {
        next_of(hub, i, &none);
    }
    hub->free_count = hub->reserved = 0;
    for (uint32_t i = count; i-- > 0;) {
        uint32_t owner = atomic_load(&hub_slot(hub, i)->owner);
        if (owner == OWNER_FREE || owner == OWNER_RESERVED) {
            set_free(hub, hub_slot(hub, i));
        }
    }
    return LYGER_OK;
}

bool lyger_hub_next(lyger_hub *hub, lyger_hub_frame *frame)
{
    uint32_t words = (hub->settings.workers + 63) / 64;
    for (uint32_t word = 0; word < words; word++) {
        if (atomic_load(&hub->header->ready[word])) {
            hub->pending[word] |= atomic_exchange(&hub->header->ready[word], 0);
        }
        uint64_t look;
        while ((look = hub->pending[word] & ~hub->suspended[word])) {
            uint32_t place = word * 64 + (uint32_t)__builtin_ctzll(look);
            if (place < hub->settings.workers && next_of(hub, place, frame)) {
                return true;
            }
            hub->pending[word] &= ~hub_bit(place);
        }
    }
    return false;
}

void lyger_hub_consume(lyger_hub *hub, const lyger_hub_frame *frame, size_t bytes)
{
    hub_cell *cell = &hub->cells[frame->worker];
    uint64_t read = atomic_load_explicit(&cell->read, memory_order_relaxed);
    if (frame->kind == LYGER_HUB_LOST && read == atomic_load(&cell->written)) {
        set_free(hub, frame->slot); /* this LOST came from find_lost(), without a record */
        return;
    }
    hub_record *record = (hub_record *)(hub_ring(hub, frame->worker) + (read & (hub->settings.ring - 1)));
    if (frame->kind == LYGER_HUB_DATA && bytes < frame->len) {
        hub->taken[frame->worker] += (uint32_t)bytes;
        return;
    }
    hub->taken[frame->worker] = 0;
    if (frame->kind == LYGER_HUB_END || frame->kind == LYGER_HUB_LOST) {
        frame->slot->ended = 1;
    }
    if (record->finish) {
        set_free(hub, frame->slot);
    }
    move_on(cell, hub_record_size(record->len));
}

void lyger_hub_suspend(lyger_hub *hub, uint32_t worker)
{
    hub->suspended[worker / 64] |= hub_bit(worker);
}

void lyger_hub_resume(lyger_hub *hub, uint32_t worker)
{
    if (worker < hub->settings.workers) {
        hub->suspended[worker / 64] &= ~hub_bit(worker);
        hub->pending[worker / 64] |= hub_bit(worker);
    }
}

/* ---- the bell ---- */

int lyger_hub_doorbell(const lyger_hub *hub)
{
    return hub->bell;
}

bool lyger_hub_sleep(lyger_hub *hub)
{
    uint32_t words = (hub->settings.workers + 63) / 64;
    atomic_store(&hub->header->sleeping, 1);
    for (uint32_t word = 0; word < words; word++) {
        if (atomic_load(&hub->header->ready[word]) || (hub->pending[word] & ~hub->suspended[word])) {
            atomic_store(&hub->header->sleeping, 0);
            return false;
        }
    }
    return true;
}

void lyger_hub_awake(lyger_hub *hub)
{
    atomic_store(&hub->header->sleeping, 0);
}

void lyger_hub_hear(lyger_hub *hub)
{
    uint64_t rung;
    ssize_t got = read(hub->bell, &rung, sizeof rung);
    (void)got;
}

void lyger_hub_measure(const lyger_hub *hub, lyger_hub_load *load)
{
    uint32_t used;
    load->slots = hub->settings.requests;
    load->free = hub->free_count;
    load->running = 0;
    for (uint32_t i = 0; i < hub->settings.workers; i++) {
        load->running +=
            atomic_load_explicit(&hub->cells[i].state, memory_order_relaxed) == LYGER_WORKER_BUSY;
    }
    used = load->slots - hub->free_count - hub->reserved;
    load->queued = used > load->running ? used - load->running : 0;
}
