#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif

#include "hub_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define WAKE_PATIENCE 500000u /* ns for a woken worker to come */

uint64_t lyger_hub_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void hub_futex_wake(_Atomic uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

bool hub_futex_wait(_Atomic uint32_t *word, uint32_t seen, uint32_t milliseconds)
{
    struct timespec time = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
    return syscall(SYS_futex, word, FUTEX_WAIT, seen, &time, NULL, 0) == 0 || errno != EINTR;
}

/* ---- mapping ---- */

static uint64_t round_up(uint64_t value, uint64_t to)
{
    return (value + to - 1) & ~(to - 1);
}

static void lay_out(hub_header *header, const lyger_hub_settings *settings)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    header->settings = *settings;
    header->layout = HUB_LAYOUT;
    /* Requests that were taken back leave their entries behind until workers pass them. */
    header->entries = 64;
    while (header->entries < settings->requests * 8) {
        header->entries *= 2;
    }
    header->slot_stride = round_up(sizeof(lyger_hub_slot) + settings->room + 2, 64);
    header->cells_at = round_up(sizeof *header, 128);
    header->entries_at = header->cells_at + settings->workers * sizeof(hub_cell);
    header->slots_at = round_up(header->entries_at + header->entries * sizeof(uint32_t), page);
    header->rings_at = round_up(header->slots_at + settings->requests * header->slot_stride, page);
    header->size = header->rings_at + (uint64_t)settings->workers * settings->ring;
}

static bool map_at(char *at, size_t size, int descriptor, uint64_t offset)
{
    return mmap(at, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor, (off_t)offset) !=
           MAP_FAILED;
}

/* Maps the hub, and each ring twice in a row. plan says where the parts are, because the header may not be
 * written yet. */
static bool map_hub(lyger_hub *hub, const hub_header *plan)
{
    size_t ring = plan->settings.ring;
    hub->mapped = plan->rings_at + (size_t)plan->settings.workers * 2 * ring;
    char *base = mmap(NULL, hub->mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) {
        return false;
    }
    bool done = map_at(base, plan->rings_at, hub->descriptor, 0);
    for (uint32_t i = 0; done && i < plan->settings.workers; i++) {
        char *at = base + plan->rings_at + (size_t)i * 2 * ring;
        uint64_t offset = plan->rings_at + (uint64_t)i * ring;
        done = map_at(at, ring, hub->descriptor, offset) && map_at(at + ring, ring, hub->descriptor, offset);
    }
    if (!done) {
        munmap(base, hub->mapped);
        return false;
    }
    hub->header = (hub_header *)base;
    hub->cells = (hub_cell *)(base + plan->cells_at);
    hub->entries = (_Atomic uint32_t *)(base + plan->entries_at);
    hub->slots = base + plan->slots_at;
    hub->rings = base + plan->rings_at;
    hub->settings = plan->settings;
    hub->entry_mask = plan->entries - 1;
    hub->slot_stride = plan->slot_stride;
    return true;
}

static lyger_status check_settings(const lyger_hub_settings *settings, lyger_error *error)
{
    if (settings->workers < 1 || settings->workers > LYGER_HUB_WORKERS_MAX) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "a hub has 1 to %u workers, not %u", LYGER_HUB_WORKERS_MAX,
                          settings->workers);
    }
    if (settings->requests < 1 || settings->requests > 65536) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "a hub has 1 to 65536 requests, not %u",
                          settings->requests);
    }
    if (settings->room < 4096 || settings->room > 1048576) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "a hub's slots have 4096 to 1048576 bytes, not %u",
                          settings->room);
    }
    if (settings->ring < 65536 || settings->ring > 16777216 || (settings->ring & (settings->ring - 1))) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "a hub's rings have a power of two of bytes, 65536 to 16777216, not %u",
                          settings->ring);
    }
    return LYGER_OK;
}

static void set_up(lyger_hub *hub, const hub_header *plan)
{
    hub_header *header = hub->header;
    header->settings = plan->settings;
    header->layout = plan->layout;
    header->entries = plan->entries;
    header->slot_stride = plan->slot_stride;
    header->cells_at = plan->cells_at;
    header->entries_at = plan->entries_at;
    header->slots_at = plan->slots_at;
    header->rings_at = plan->rings_at;
    header->size = plan->size;
    for (uint32_t i = 0; i < plan->settings.requests; i++) {
        lyger_hub_slot *slot = hub_slot(hub, i);
        slot->number = i;
        atomic_store(&slot->owner, OWNER_FREE);
    }
    header->magic = HUB_MAGIC;
}

lyger_status lyger_hub_new(const lyger_hub_settings *settings, lyger_hub **result, lyger_error *error)
{
    lyger_status status = check_settings(settings, error);
    if (status != LYGER_OK) {
        return status;
    }
    hub_header plan = {0};
    lay_out(&plan, settings);
    lyger_hub *hub = calloc(1, sizeof *hub);
    if (!hub) {
        return lyger_fail(error, LYGER_E_MEMORY, "no memory for the server's hub");
    }
    hub->descriptor = memfd_create("lyger-hub", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    hub->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (hub->descriptor < 0 || hub->bell < 0 || ftruncate(hub->descriptor, (off_t)plan.size) < 0 ||
        /* If a worker could shrink the memory, the processes that read it would die of SIGBUS. */
        fcntl(hub->descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0 ||
        !map_hub(hub, &plan)) {
        status =
            lyger_fail(error, LYGER_E_SERVER, "cannot make %llu bytes of shared memory for the server: %s",
                       (unsigned long long)plan.size, strerror(errno));
        lyger_hub_free(hub);
        return status;
    }
    set_up(hub, &plan);
    *result = hub;
    return LYGER_OK;
}

lyger_status lyger_hub_open(int descriptor, int bell, lyger_hub **result, lyger_error *error)
{
    hub_header found, plan = {0};
    struct stat is;
    if (pread(descriptor, &found, sizeof found, 0) != (ssize_t)sizeof found || found.magic != HUB_MAGIC ||
        found.layout != HUB_LAYOUT) {
        return lyger_fail(error, LYGER_E_SERVER, "descriptor %d is no hub of this version of lyger",
                          descriptor);
    }
    /* The layout is computed again from the settings, because another process may have overwritten the
     * header's. */
    if (check_settings(&found.settings, error) != LYGER_OK) {
        return LYGER_E_SERVER;
    }
    lay_out(&plan, &found.settings);
    if (fstat(descriptor, &is) != 0 || (uint64_t)is.st_size != plan.size) {
        return lyger_fail(error, LYGER_E_SERVER, "descriptor %d is a hub of another size than it says",
                          descriptor);
    }
    lyger_hub *hub = calloc(1, sizeof *hub);
    if (!hub) {
        return lyger_fail(error, LYGER_E_MEMORY, "no memory for the server's hub");
    }
    hub->descriptor = descriptor;
    hub->bell = bell;
    if (!map_hub(hub, &plan)) {
        free(hub);
        return lyger_fail(error, LYGER_E_SERVER, "cannot map the server's shared memory: %s",
                          strerror(errno));
    }
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    fcntl(hub->bell, F_SETFD, FD_CLOEXEC);
    *result = hub;
    return LYGER_OK;
}

int lyger_hub_descriptor(const lyger_hub *hub)
{
    return hub->descriptor;
}

void lyger_hub_keep_over_exec(const lyger_hub *hub)
{
    fcntl(hub->descriptor, F_SETFD, 0);
    fcntl(hub->bell, F_SETFD, 0);
}

void lyger_hub_free(lyger_hub *hub)
{
    if (!hub) {
        return;
    }
    if (hub->header) {
        munmap(hub->header, hub->mapped);
    }
    if (hub->descriptor >= 0) {
        close(hub->descriptor);
    }
    if (hub->bell >= 0) {
        close(hub->bell);
    }
    free(hub->free_slots);
    free(hub->taken);
    free(hub);
}

/* ---- waking ---- */

/*
 * Workers are woken one after the other: a woken worker wakes the next when it finds more requests than the
 * one it takes. So a burst does not start eight workers for requests that the first would have finished
 * before the others had begun. A woken worker may be killed or stopped before it looks at the queue; after
 * WAKE_PATIENCE the next call wakes another one.
 */
void hub_wake_one(lyger_hub *hub, uint64_t now)
{
    uint64_t waking = atomic_load(&hub->header->waking);
    if (waking && now - waking < WAKE_PATIENCE) {
        return;
    }
    for (uint32_t word = 0; word < HUB_WORDS; word++) {
        uint64_t idle;
        while ((idle = atomic_load(&hub->header->idle[word]))) {
            uint32_t place = word * 64 + (uint32_t)__builtin_ctzll(idle);
            if (place >= hub->settings.workers) {
                break; /* a bit without a place, written by a faulty worker */
            }
            /* Only the process that clears the bit wakes the worker. */
            if (atomic_fetch_and(&hub->header->idle[word], ~hub_bit(place)) & hub_bit(place)) {
                atomic_store(&hub->header->waking, now);
                atomic_fetch_add(&hub->cells[place].wake, 1);
                hub_futex_wake(&hub->cells[place].wake);
                return;
            }
        }
    }
}

void lyger_hub_wake(lyger_hub *hub)
{
    if (hub_is_queued(hub)) {
        hub_wake_one(hub, lyger_hub_now());
    }
}

static void wake_front(lyger_hub *hub)
{
    if (atomic_load(&hub->header->sleeping) && atomic_exchange(&hub->header->sleeping, 0)) {
        uint64_t one = 1;
        ssize_t written = write(hub->bell, &one, sizeof one);
        (void)written; /* EAGAIN: the eventfd's counter is full, and so readable */
    }
}

void hub_ring_bell(lyger_hub *hub, uint32_t place)
{
    atomic_fetch_or(&hub->header->ready[place / 64], hub_bit(place));
    wake_front(hub);
}

void lyger_hub_ask_end(lyger_hub *hub)
{
    atomic_store(&hub->header->stop, 1);
    wake_front(hub);
}

bool lyger_hub_end_asked(const lyger_hub *hub)
{
    return atomic_load_explicit(&hub->header->stop, memory_order_relaxed) != 0;
}

/* ---- parents of workers ---- */

int lyger_hub_place(lyger_hub *hub, uint32_t generation)
{
    for (uint32_t i = 0; i < hub->settings.workers; i++) {
        hub_cell *cell = &hub->cells[i];
        uint32_t none = LYGER_WORKER_NONE;
        if (atomic_compare_exchange_strong(&cell->state, &none, LYGER_WORKER_BOOTING)) {
            uint64_t now = lyger_hub_now();
            cell->generation = generation;
            atomic_store(&cell->pid, 0);
            atomic_store(&cell->retire, 0);
            atomic_store(&cell->slot, 0);
            atomic_store(&cell->requests, 0);
            atomic_store(&cell->memory, 0);
            atomic_store(&cell->connections, 0);
            atomic_store(&cell->started_at, now);
            atomic_store(&cell->since, now);
            return (int)i;
        }
    }
    return -1;
}

void lyger_hub_placed(lyger_hub *hub, uint32_t place, pid_t pid)
{
    atomic_store(&hub->cells[place].pid, (int32_t)pid);
    if (pid == 0) {
        atomic_store(&hub->cells[place].state, LYGER_WORKER_NONE);
    }
}

uint32_t lyger_hub_waiting(const lyger_hub *hub)
{
    uint64_t next = atomic_load(&hub->header->next), tail = atomic_load(&hub->header->tail);
    return tail - next <= hub->settings.requests ? (uint32_t)(tail - next) : 0;
}

void lyger_hub_bury(lyger_hub *hub, uint32_t place)
{
    hub_cell *cell = &hub->cells[place];
    /* The bit is cleared first: once the state is dead the front process may free the place, and the bit
     * belongs to the next worker there. */
    atomic_fetch_and(&hub->header->idle[place / 64], ~hub_bit(place));
    atomic_store(&cell->since, lyger_hub_now());
    atomic_store(&cell->state, LYGER_WORKER_DEAD);
    hub_ring_bell(hub, place);
    /* The worker may have been woken for a request that it did not live to take. */
    atomic_store(&hub->header->waking, 0);
    lyger_hub_wake(hub);
}

void lyger_hub_retire(lyger_hub *hub, uint32_t place)
{
    hub_cell *cell = &hub->cells[place];
    atomic_store(&cell->retire, 1);
    atomic_fetch_add(&cell->wake, 1);
    hub_futex_wake(&cell->wake);
}

/* ---- a look ---- */

uint32_t lyger_hub_places(const lyger_hub *hub)
{
    return hub->settings.workers;
}

/* Copies a request's method and target. When the slot is written over meanwhile, the text is nonsense, but
 * nothing is read out of bounds. */
void lyger_hub_describe(const lyger_hub *hub, const lyger_hub_slot *slot, char text[LYGER_HUB_DOING_SIZE])
{
    const lyger_http_span target = slot->parsed.target,
                          method = slot->parsed.method_name; /* copied, then checked */
    size_t room = hub->settings.room;
    size_t end = (size_t)target.at + target.len, len;
    text[0] = '\0';
    if (method.at > end || end > room) {
        return;
    }
    len = end - method.at < LYGER_HUB_DOING_SIZE - 1 ? end - method.at : LYGER_HUB_DOING_SIZE - 1;
    memcpy(text, slot->bytes + method.at, len);
    text[len] = '\0';
}

void lyger_hub_look(const lyger_hub *hub, uint32_t place, lyger_hub_worker *worker)
{
    const hub_cell *cell = &hub->cells[place];
    memset(worker, 0, sizeof *worker);
    worker->state = (lyger_worker_state)atomic_load(&cell->state);
    worker->pid = atomic_load(&cell->pid);
    worker->generation = cell->generation;
    worker->retiring = atomic_load(&cell->retire);
    worker->started_at = atomic_load(&cell->started_at);
    worker->since = atomic_load(&cell->since);
    worker->requests = atomic_load(&cell->requests);
    worker->memory = atomic_load(&cell->memory);
    worker->connections = atomic_load(&cell->connections);
    uint32_t number = atomic_load(&cell->slot);
    if (worker->state == LYGER_WORKER_BUSY && number > 0 && number <= hub->settings.requests) {
        const lyger_hub_slot *slot = hub_slot(hub, number - 1);
        if (atomic_load(&slot->owner) == place + 1) {
            worker->request = slot->request.id;
            lyger_hub_describe(hub, slot, worker->doing);
        }
    }
}
