/*
 * The hub with real processes: workers that are killed at any moment, a front process that is killed too, and
 * what must hold then. This program is the front process and the parent of the workers, unless it says
 * otherwise.
 */
#include "hub_help.h"

static char byte_of(uint64_t id, uint64_t at)
{
    return (char)('a' + (id * 7 + at * 31 + at / 251) % 26);
}

/* So many bytes that depend on the request, in pieces of any size. */
static bool write_body(lyger_worker *worker, uint64_t id, size_t len)
{
    static char piece[8192];
    for (size_t at = 0; at < len;) {
        size_t take = 1 + draw(sizeof piece);
        take = take < len - at ? take : len - at;
        for (size_t i = 0; i < take; i++) {
            piece[i] = byte_of(id, at + i);
        }
        if (!lyger_hub_data(worker, piece, take)) {
            return false;
        }
        if (draw(8) == 0) {
            lyger_hub_flush(worker);
        }
        at += take;
    }
    return true;
}

static size_t wanted_size(const lyger_hub_request *request)
{
    return (size_t)strtoul(request->head + request->parsed->target.at + 1, NULL, 10);
}

static void answer_much(lyger_worker *worker, const lyger_hub_request *request)
{
    size_t len = wanted_size(request);
    lyger_hub_head(worker, 200, len, "", 0);
    write_body(worker, request->id, len);
    lyger_hub_complete(worker);
}

/* Everything that an application may do. */
static void answer_anyhow(lyger_worker *worker, const lyger_hub_request *request)
{
    size_t len = wanted_size(request);
    if (draw(40) == 0) {
        _exit(1);
    }
    if (draw(20) == 0) {
        return; /* no answer: LOST */
    }
    while (draw(3) == 0) {
        lyger_hub_interim(worker, 103, "L: h\r\n", 6);
    }
    bool whole = lyger_hub_head(worker, 200, LYGER_HUB_LENGTH_UNKNOWN, "A: b\r\n", 6) &&
                 write_body(worker, request->id, len);
    if (draw(20) == 0) {
        return; /* cut off */
    }
    if (whole && draw(4) == 0) {
        lyger_hub_end(worker);
        if (draw(2)) {
            sleep_us(draw(2000)); /* work after the answer */
        }
    } else {
        lyger_hub_complete(worker);
    }
}

/* ---- in order ---- */

static void an_answer_comes_as_it_was_written(void)
{
    lyger_hub_frame frame;
    uint32_t place;
    make_hub(2, 4, 65536);
    pid_t pid = hire(answer_ok, &place);
    for (int i = 0; i < 20000 && !case_failed; i++) { /* the ring wraps a few times */
        lyger_hub_slot *slot = queue("/a", i % 100);
        CHECK(next(&frame) && frame.kind == LYGER_HUB_HEAD && frame.slot == slot && frame.status == 200);
        CHECK(frame.content_length == 2 && frame.len == 6 && memcmp(frame.bytes, "A: b\r\n", 6) == 0);
        lyger_hub_consume(hub, &frame, frame.len);
        CHECK(next(&frame) && frame.kind == LYGER_HUB_DATA && frame.len == 2);
        lyger_hub_consume(hub, &frame, 1);
        CHECK(next(&frame) && frame.kind == LYGER_HUB_DATA && frame.len == 1 && *frame.bytes == 'k');
        lyger_hub_consume(hub, &frame, 1);
        CHECK(next(&frame) && frame.kind == LYGER_HUB_END && frame.slot == slot);
        lyger_hub_consume(hub, &frame, 0);
    }
    CHECK(all_free());
    dismiss(pid, place, 0);
    lyger_hub_free(hub);
}

/* Consumes an answer in pieces of any size and checks its bytes; the number of them. */
static size_t swallow(uint64_t id)
{
    lyger_hub_frame frame;
    size_t at = 0;
    while (next(&frame)) {
        lyger_hub_kind kind = frame.kind;
        size_t take = frame.len;
        if (kind == LYGER_HUB_DATA && draw(2)) {
            take = draw((uint32_t)frame.len + 1);
        }
        for (size_t i = 0; kind == LYGER_HUB_DATA && i < take; i++, at++) {
            if (frame.bytes[i] != byte_of(id, at)) {
                CHECK(!"a byte is wrong");
                return at;
            }
        }
        lyger_hub_consume(hub, &frame, take);
        if (kind == LYGER_HUB_END || kind == LYGER_HUB_LOST) {
            CHECK_INT(kind, LYGER_HUB_END);
            return at;
        }
    }
    CHECK(!"the answer does not end");
    return at;
}

static void answer_in_steps(lyger_worker *worker, const lyger_hub_request *request)
{
    static char long_fields[40000];
    (void)request;
    bool sent = lyger_hub_interim(worker, 103, "L: 1\r\n", 6) && lyger_hub_interim(worker, 102, "", 0) &&
                !lyger_hub_interim(worker, 103, long_fields, sizeof long_fields);
    lyger_hub_head(worker, 200, sent ? 2 : 0, "", 0);
    sent = sent && !lyger_hub_interim(worker, 103, "L: 2\r\n", 6);
    lyger_hub_data(worker, sent ? "ok" : "no", 2);
    lyger_hub_complete(worker);
}

static void interim_answers_come_before_the_head(void)
{
    lyger_hub_frame frame;
    uint32_t place;
    make_hub(1, 4, 65536);
    pid_t pid = hire(answer_in_steps, &place);
    queue("/a", 0);
    CHECK(next(&frame) && frame.kind == LYGER_HUB_INTERIM && frame.status == 103 && frame.len == 6 &&
          memcmp(frame.bytes, "L: 1\r\n", 6) == 0 && !frame.last);
    lyger_hub_consume(hub, &frame, frame.len);
    CHECK(next(&frame) && frame.kind == LYGER_HUB_INTERIM && frame.status == 102 && frame.len == 0);
    lyger_hub_consume(hub, &frame, 0);
    CHECK(next(&frame) && frame.kind == LYGER_HUB_HEAD && frame.content_length == 2);
    lyger_hub_consume(hub, &frame, 0);
    CHECK(next(&frame) && frame.kind == LYGER_HUB_DATA && memcmp(frame.bytes, "ok", 2) == 0);
    lyger_hub_consume(hub, &frame, 2);
    CHECK(next(&frame) && frame.kind == LYGER_HUB_END);
    lyger_hub_consume(hub, &frame, 0);
    CHECK(all_free());
    dismiss(pid, place, 0);
    lyger_hub_free(hub);
}

static void answers_larger_than_the_ring_wait_for_room(void)
{
    uint32_t place;
    char target[32];
    make_hub(1, 4, 65536);
    pid_t pid = hire(answer_much, &place);
    for (uint64_t id = 1; id <= 40; id++) {
        size_t len = draw(400000);
        snprintf(target, sizeof target, "/%zu", len);
        CHECK(queue(target, 0) != NULL);
        CHECK_INT(swallow(id), len);
    }
    CHECK(all_free());
    dismiss(pid, place, 0);
    lyger_hub_free(hub);
}

static void a_slow_client_holds_up_its_worker_only(void)
{
    lyger_hub_frame frame;
    uint32_t places[2];
    pid_t pids[2];
    make_hub(2, 8, 65536);
    for (int i = 0; i < 2; i++) {
        pids[i] = hire(answer_much, &places[i]);
    }
    queue("/1000000", 0);
    CHECK(next(&frame) && frame.kind == LYGER_HUB_HEAD);
    uint32_t slow = frame.worker;
    lyger_hub_slot *slot = frame.slot;
    lyger_hub_suspend(hub, slow);
    for (int i = 0; i < 20; i++) {
        queue("/10", 0);
        do {
            CHECK(next(&frame) && frame.worker != slow);
            lyger_hub_consume(hub, &frame, frame.len);
        } while (frame.kind != LYGER_HUB_END && !case_failed);
    }
    CHECK(!lyger_hub_cancel(hub, slot)); /* it goes away: the worker is free again */
    CHECK(all_free());
    for (int i = 0; i < 2; i++) {
        dismiss(pids[i], places[i], 0);
    }
    lyger_hub_free(hub);
}

/* ---- cancelling ---- */

static _Atomic int *noticed; /* shared with workers */

static void wait_for_cancel(lyger_worker *worker, const lyger_hub_request *request)
{
    (void)request;
    for (int i = 0; i < 5000 && !lyger_hub_client_gone(worker); i++) {
        sleep_us(1000);
    }
    atomic_fetch_add(noticed, lyger_hub_client_gone(worker));
}

static void a_cancelled_request_gives_no_frames(void)
{
    lyger_hub_frame frame;
    uint32_t place;
    make_hub(1, 4, 65536);
    atomic_store(noticed, 0);
    pid_t pid = hire(wait_for_cancel, &place);
    lyger_hub_slot *running = queue("/", 0), *queued = queue("/", 0);
    for (int i = 0; i < 5000 && lyger_hub_worker_of(hub, running) < 0; i++) {
        sleep_us(1000);
    }
    CHECK_INT(lyger_hub_worker_of(hub, running), place);
    CHECK_INT(lyger_hub_worker_of(hub, queued), -1);
    CHECK(lyger_hub_cancel(hub, queued));
    CHECK(!lyger_hub_cancel(hub, running));
    for (uint64_t end = now_ms() + 5000; now_ms() < end && atomic_load(noticed) == 0;) {
        CHECK(!lyger_hub_next(hub, &frame));
        listen_for(10);
    }
    CHECK_INT(atomic_load(noticed), 1);
    CHECK(all_free());
    dismiss(pid, place, 0);
    lyger_hub_free(hub);
}

/* ---- everything at once ---- */

enum { CREW = 4, SLOTS = 32 };

typedef struct flight {
    bool used, headed, cancelled;
    uint64_t id, at, begun;
} flight;

typedef struct crowd {
    uint32_t places[CREW];
    pid_t pids[CREW];
    flight flights[SLOTS];
    lyger_hub_slot *slots[SLOTS];
    int queued, ended, lost, cancelled, kills;
    uint32_t suspended;
} crowd;

static void fly(crowd *all, uint64_t *ids)
{
    char target[32];
    snprintf(target, sizeof target, "/%u", draw(4) ? draw(3000) : draw(200000));
    lyger_hub_slot *slot = queue(target, draw(100));
    if (!slot) {
        return;
    }
    uint32_t number = lyger_hub_slot_number(hub, slot);
    CHECK(!all->flights[number].used); /* one request in one slot */
    all->flights[number] = (flight){.used = true, .id = ++*ids, .begun = now_ms()};
    all->slots[number] = slot;
    all->queued++;
}

static void land(crowd *all, const lyger_hub_frame *frame)
{
    flight *flight = &all->flights[lyger_hub_slot_number(hub, frame->slot)];
    size_t take = frame->len;
    CHECK(flight->used);
    if (frame->kind == LYGER_HUB_HEAD) {
        CHECK(!flight->headed);
        flight->headed = true;
    } else if (frame->kind == LYGER_HUB_DATA) {
        CHECK(flight->headed);
        take = draw(3) ? take : draw((uint32_t)take + 1);
        for (size_t i = 0; i < take; i++) {
            if (frame->bytes[i] != byte_of(flight->id, flight->at++)) {
                CHECK(!"a byte is wrong");
                break;
            }
        }
    } else if (frame->kind == LYGER_HUB_INTERIM) {
        CHECK(!flight->headed && frame->status == 103);
    } else {
        all->ended += frame->kind == LYGER_HUB_END;
        all->lost += frame->kind == LYGER_HUB_LOST;
        flight->used = false;
    }
    lyger_hub_consume(hub, frame, take);
}

static void disturb(crowd *all)
{
    uint32_t i = draw(CREW), number = draw(SLOTS);
    if (draw(30) == 0 && all->pids[i] > 0) {
        signal_one(all->pids[i], SIGKILL);
        all->kills++;
    }
    if (draw(20) == 0) {
        lyger_hub_suspend(hub, i);
        all->suspended |= 1u << i;
    }
    if (draw(5) == 0) {
        lyger_hub_resume(hub, i);
    }
    if (draw(10) == 0 && all->flights[number].used) {
        lyger_hub_cancel(hub, all->slots[number]);
        all->flights[number].used = false;
        all->cancelled++;
    }
}

static void keep_crew(crowd *all)
{
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
        for (int i = 0; i < CREW; i++) {
            if (all->pids[i] == pid) {
                lyger_hub_bury(hub, all->places[i]);
                all->pids[i] = -1;
            }
        }
    }
    for (int i = 0; i < CREW; i++) {
        if (all->pids[i] <= 0) {
            all->pids[i] = hire(answer_anyhow, &all->places[i]);
        }
    }
}

static void every_request_ends_once_whoever_is_killed(void)
{
    static crowd all;
    lyger_hub_frame frame;
    uint64_t ids = 0, begin = now_ms();
    int left = 0;
    memset(&all, 0, sizeof all);
    make_hub(CREW + 4, SLOTS, 65536);
    while (now_ms() - begin < 6000 && !case_failed) {
        keep_crew(&all);
        for (uint32_t n = draw(6); n > 0; n--) {
            fly(&all, &ids);
        }
        for (int n = 0; n < 50 && lyger_hub_next(hub, &frame); n++) {
            land(&all, &frame);
        }
        disturb(&all);
        listen_for(1);
    }
    for (uint32_t i = 0; i < CREW + 4; i++) {
        lyger_hub_resume(hub, i);
    }
    for (uint64_t end = now_ms() + 20000; now_ms() < end;) {
        keep_crew(&all);
        while (lyger_hub_next(hub, &frame)) {
            land(&all, &frame);
        }
        left = 0;
        for (int i = 0; i < SLOTS; i++) {
            left += all.flights[i].used;
        }
        if (left == 0 || case_failed) {
            break;
        }
        listen_for(20);
    }
    printf("# %d requests: %d ended, %d lost, %d cancelled; %d workers killed\n", all.queued, all.ended,
           all.lost, all.cancelled, all.kills);
    CHECK_INT(left, 0);
    CHECK_INT(all.ended + all.lost + all.cancelled, all.queued);
    CHECK(all.ended > 100 && all.kills > 10);
    for (int i = 0; i < CREW; i++) {
        if (all.pids[i] > 0) {
            dismiss(all.pids[i], all.places[i], SIGKILL);
        }
    }
    CHECK(all_free());
    for (uint32_t i = 0; i < CREW + 4; i++) { /* and no place leaks */
        CHECK(lyger_hub_place(hub, 1) >= 0);
    }
    CHECK_INT(lyger_hub_place(hub, 1), -1);
    lyger_hub_free(hub);
}

/* ---- another front process ---- */

/* Serves until it is killed; says in *rounds that it works. */
static _Noreturn void be_front(_Atomic int *rounds)
{
    lyger_hub_frame frame;
    char target[32];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    seed ^= (uint64_t)getpid() * 0x9E3779B97F4A7C15u;
    if (lyger_hub_serve(hub, &error) != LYGER_OK) {
        _exit(1);
    }
    for (;;) {
        for (uint32_t n = draw(8); n > 0; n--) {
            snprintf(target, sizeof target, "/%u", draw(4) ? draw(200) : draw(100000));
            lyger_hub_slot *slot = queue(target, 0);
            if (slot && draw(8) == 0) {
                lyger_hub_cancel(hub, slot);
            }
        }
        while (lyger_hub_next(hub, &frame)) {
            bool whole = frame.kind != LYGER_HUB_DATA || draw(2);
            lyger_hub_consume(hub, &frame, whole ? frame.len : draw((uint32_t)frame.len + 1));
        }
        if (case_failed) {
            _exit(1);
        }
        atomic_fetch_add(rounds, 1);
        listen_for(2);
    }
}

static void a_killed_front_process_is_followed_by_another(void)
{
    lyger_hub_frame frame;
    uint32_t places[CREW];
    pid_t pids[CREW];
    make_hub(CREW, 16, 65536);
    for (int i = 0; i < CREW; i++) {
        pids[i] = hire(answer_much, &places[i]);
    }
    for (int round = 0; round < 400 && !case_failed; round++) {
        int status = 0;
        atomic_store(noticed, 0);
        pid_t io = fork();
        if (io == 0) {
            be_front(noticed);
        }
        for (uint64_t end = now_ms() + 10000; now_ms() < end && atomic_load(noticed) < 3;) {
            sleep_us(100);
        }
        CHECK(atomic_load(noticed) >= 3);
        sleep_us(draw(2000));
        signal_one(io, SIGKILL);
        waitpid(io, &status, 0);
        CHECK_INT(WIFSIGNALED(status) ? WTERMSIG(status) : -1, SIGKILL); /* it has not crashed before */
    }
    CHECK_INT(lyger_hub_serve(hub, &error), LYGER_OK);
    CHECK(all_free());
    for (int i = 0; i < 50; i++) {
        queue("/5", 0);
        do {
            CHECK(next(&frame));
            lyger_hub_consume(hub, &frame, frame.len);
        } while (frame.kind != LYGER_HUB_END && !case_failed);
    }
    CHECK(all_free());
    for (int i = 0; i < CREW; i++) {
        dismiss(pids[i], places[i], 0);
    }
    lyger_hub_free(hub);
}

/* ---- another program ---- */

static int be_worker_of(int descriptor, int bell, uint32_t place)
{
    if (lyger_hub_open(descriptor, bell, &hub, &error) != LYGER_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    if (fcntl(descriptor, F_GETFD) != FD_CLOEXEC || fcntl(lyger_hub_doorbell(hub), F_GETFD) != FD_CLOEXEC) {
        return 2;
    }
    work(place, answer_ok);
}

static void an_executed_child_opens_the_hub(void)
{
    lyger_hub_frame frame;
    make_hub(1, 4, 65536);
    int place = lyger_hub_place(hub, 2);
    pid_t pid = fork();
    if (pid == 0) {
        char descriptor[16], bell[16], number[16];
        snprintf(descriptor, sizeof descriptor, "%d", lyger_hub_descriptor(hub));
        snprintf(bell, sizeof bell, "%d", lyger_hub_doorbell(hub));
        snprintf(number, sizeof number, "%d", place);
        lyger_hub_keep_over_exec(hub);
        execl("/proc/self/exe", "test_http_hub", "worker", descriptor, bell, number, (char *)NULL);
        _exit(127);
    }
    lyger_hub_placed(hub, (uint32_t)place, pid);
    queue("/", 0);
    CHECK(next(&frame) && frame.kind == LYGER_HUB_HEAD);
    lyger_hub_consume(hub, &frame, frame.len);
    CHECK(all_free());
    lyger_hub_worker seen;
    lyger_hub_look(hub, (uint32_t)place, &seen);
    CHECK_INT(seen.pid, pid);
    CHECK_INT(seen.generation, 2);
    CHECK_INT(seen.requests, 1);
    dismiss(pid, (uint32_t)place, 0);
    lyger_hub_free(hub);
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK_INT(lyger_hub_open(nothing, -1, &hub, &error), LYGER_E_SERVER);
    close(nothing);
}

/* What processes with fewer rights than the supervisor's can write in it must not lead it astray. */
static void a_spoilt_hub_is_not_believed(void)
{
    lyger_hub_worker seen;
    lyger_hub *again;
    make_hub(2, 4, 65536);
    int descriptor = lyger_hub_descriptor(hub);
    CHECK(ftruncate(descriptor, 4096) != 0); /* sealed */
    lyger_hub_settings lie = {
        .workers = LYGER_HUB_WORKERS_MAX, .requests = 65536, .room = 4096, .ring = 65536};
    for (int which = 0; which < 2; which++) {
        char *whole = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        /* The header's beginning: magic, layout, settings. */
        memcpy(whole + 12, &lie, sizeof lie);
        munmap(whole, 65536);
        CHECK_INT(lyger_hub_places(hub), 2);
        CHECK_INT(lyger_hub_open(descriptor, -1, &again, &error), LYGER_E_SERVER);
        lie.workers = 0;
    }
    char *whole = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    memset(whole, 0xFF, 65536);
    munmap(whole, 65536);
    lyger_hub_wake(hub);
    for (uint32_t place = 0; place < lyger_hub_places(hub); place++) {
        lyger_hub_look(hub, place, &seen);
        lyger_hub_retire(hub, place);
        lyger_hub_bury(hub, place);
    }
    CHECK(lyger_hub_place(hub, 1) < 2);
    lyger_hub_free(hub);
}

static void limits_are_named(void)
{
    lyger_hub_settings settings = {.workers = 0, .requests = 1, .room = 4096, .ring = 65536};
    CHECK_INT(lyger_hub_new(&settings, &hub, &error), LYGER_E_ARGUMENT);
    settings.workers = 1;
    settings.ring = 65537;
    CHECK_INT(lyger_hub_new(&settings, &hub, &error), LYGER_E_ARGUMENT);
    CHECK(strstr(error.message, "power of two") != NULL);
}

int main(int count, char **arguments)
{
    if (count == 5 && strcmp(arguments[1], "worker") == 0) {
        return be_worker_of(atoi(arguments[2]), atoi(arguments[3]), (uint32_t)atoi(arguments[4]));
    }
    noticed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    RUN(an_answer_comes_as_it_was_written);
    RUN(interim_answers_come_before_the_head);
    RUN(answers_larger_than_the_ring_wait_for_room);
    RUN(a_slow_client_holds_up_its_worker_only);
    RUN(a_cancelled_request_gives_no_frames);
    RUN(every_request_ends_once_whoever_is_killed);
    RUN(a_killed_front_process_is_followed_by_another);
    RUN(an_executed_child_opens_the_hub);
    RUN(a_spoilt_hub_is_not_believed);
    RUN(limits_are_named);
    return finish();
}
