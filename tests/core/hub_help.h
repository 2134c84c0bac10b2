/* A hub whose front process and parent of workers is this program, and workers that do small jobs. */
#ifndef HUB_HELP_H
#define HUB_HELP_H

#include "check.h"
#include "server/hub/hub.h"
#include "http_limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LONG 60000u /* ms; nobody may be helped by a timeout */

static lyger_hub *hub;
static lyger_error error;

/* ---- help ---- */

static uint64_t now_ms(void)
{
    return lyger_hub_now() / 1000000;
}

static void sleep_us(long microseconds)
{
    struct timespec time = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&time, NULL);
}

static uint64_t seed = 88172645463325252u;

static uint32_t draw(uint32_t below) /* xorshift64, Marsaglia 2003 */
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 16) % below);
}

/* kill() for one process: 0 and -1 mean many others (kill(2)), which a failure before must never come to. */
static void signal_one(pid_t pid, int number)
{
    if (pid <= 1) {
        printf("# a signal for process %ld\n", (long)pid);
        abort();
    }
    kill(pid, number);
}

static void make_hub(uint32_t workers, uint32_t requests, uint32_t ring)
{
    lyger_hub_settings settings = {.workers = workers, .requests = requests, .room = 8192, .ring = ring};
    CHECK_INT(lyger_hub_new(&settings, &hub, &error), LYGER_OK);
    CHECK_INT(lyger_hub_serve(hub, &error), LYGER_OK);
}

/* A request for the target; body_len bytes of 'b'. NULL: no slot. */
static lyger_hub_slot *queue(const char *target, size_t body_len)
{
    char head[256], *body;
    size_t room;
    lyger_http_request parsed;
    lyger_hub_slot *slot = lyger_hub_reserve(hub);
    int len = snprintf(head, sizeof head, "POST %s HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
                       target, body_len);
    if (!slot) {
        return NULL;
    }
    lyger_http_request_init(&parsed);
    CHECK_INT(lyger_http_parse(&parsed, head, (size_t)len, &default_limits), LYGER_HTTP_DONE);
    CHECK(lyger_hub_fill(hub, slot, &parsed, head, body_len, &body, &room));
    CHECK_INT(room, body_len);
    memset(body, 'b', room);
    if (!lyger_hub_submit(hub, slot)) {
        lyger_hub_release(hub, slot);
        return NULL;
    }
    lyger_hub_wake(hub);
    return slot;
}

typedef void job(lyger_worker *worker, const lyger_hub_request *request);

static _Noreturn void work(uint32_t place, job *what)
{
    const lyger_hub_request *request;
    lyger_worker *worker = lyger_hub_join(hub, place);
    for (;;) {
        switch (lyger_hub_take(worker, LONG, &request)) {
        case LYGER_TAKEN:
            what(worker, request);
            lyger_hub_finish(worker);
            break;
        case LYGER_TAKEN_STOP:
            lyger_hub_leave(worker);
            _exit(0);
        case LYGER_TAKEN_LATER:
            break;
        }
    }
}

/* The worker's number, and its place in *place; -1: there is none. */
static pid_t hire(job *what, uint32_t *place)
{
    int taken = lyger_hub_place(hub, 1);
    if (taken < 0) {
        return -1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        seed ^= (uint64_t)getpid() * 0x9E3779B97F4A7C15u;
        work((uint32_t)taken, what);
    }
    *place = (uint32_t)taken;
    lyger_hub_placed(hub, *place, pid);
    return pid;
}

static void dismiss(pid_t pid, uint32_t place, int number)
{
    if (number) {
        signal_one(pid, number);
    } else {
        lyger_hub_retire(hub, place);
    }
    waitpid(pid, NULL, 0);
    lyger_hub_bury(hub, place);
}

/* Waits for the doorbell as the front process does; false when it was not rung in time. */
static bool listen_for(int milliseconds)
{
    struct pollfd bell = {.fd = lyger_hub_doorbell(hub), .events = POLLIN};
    bool rung = true;
    if (lyger_hub_sleep(hub)) {
        rung = poll(&bell, 1, milliseconds) > 0;
    }
    lyger_hub_awake(hub);
    if (bell.revents) {
        lyger_hub_hear(hub);
    }
    return rung;
}

/* The next frame within ten seconds. */
static bool next(lyger_hub_frame *frame)
{
    for (uint64_t end = now_ms() + 10000; now_ms() < end;) {
        if (lyger_hub_next(hub, frame)) {
            return true;
        }
        listen_for(1000);
    }
    return false;
}

static bool all_free(void)
{
    lyger_hub_frame frame;
    lyger_hub_load load;
    for (uint64_t end = now_ms() + 10000; now_ms() < end;) {
        while (lyger_hub_next(hub, &frame)) {
            lyger_hub_consume(hub, &frame, frame.len);
        }
        lyger_hub_measure(hub, &load);
        if (load.free == load.slots) {
            break;
        }
        listen_for(20);
    }
    if (load.free != load.slots) {
        printf("# %u of %u slots are free, %u running\n", load.free, load.slots, load.running);
    }
    return load.free == load.slots;
}

/* ---- jobs ---- */

static void answer_ok(lyger_worker *worker, const lyger_hub_request *request)
{
    (void)request;
    lyger_hub_head(worker, 200, 2, "A: b\r\n", 6);
    lyger_hub_data(worker, "ok", 2);
    lyger_hub_complete(worker);
}

#endif
