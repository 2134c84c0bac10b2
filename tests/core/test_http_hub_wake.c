/*
 * Who sleeps and who is woken at the hub: a worker or the front process that is about to sleep when something
 * comes, and one that is killed after it was woken.
 */
#include "hub_help.h"

static void nobody_sleeps_through_a_request(void)
{
    enum { WORKERS = 4 };
    uint32_t places[WORKERS];
    pid_t pids[WORKERS];
    lyger_hub_frame frame;
    uint64_t longest = 0;
    make_hub(WORKERS, 16, 65536);
    for (int i = 0; i < WORKERS; i++) {
        pids[i] = hire(answer_ok, &places[i]);
    }
    for (int i = 0; i < 4000 && !case_failed; i++) {
        uint64_t begin = now_ms();
        uint32_t burst = 1 + draw(8), ended = 0;
        for (uint32_t n = 0; n < burst; n++) {
            CHECK(queue("/", 0) != NULL);
            if (draw(4) == 0) {
                sleep_us(draw(200));
            }
        }
        while (ended < burst && !case_failed) {
            CHECK(next(&frame));
            ended += frame.kind == LYGER_HUB_END;
            lyger_hub_consume(hub, &frame, frame.len);
        }
        longest = now_ms() - begin > longest ? now_ms() - begin : longest;
    }
    CHECK(longest < 900); /* listen_for()'s second would hide a bell that did not ring */
    CHECK(all_free());
    for (int i = 0; i < WORKERS; i++) {
        uint64_t begin = now_ms();
        dismiss(pids[i], places[i], 0);
        CHECK(now_ms() - begin < 1000);
    }
    lyger_hub_free(hub);
}

/* What the next reading of the clock in this process, lyger_hub_now(), is interrupted by. */
static void (*when_the_clock_is_read)(void);

int clock_gettime(clockid_t clock, struct timespec *now)
{
    void (*then)(void) = when_the_clock_is_read;
    when_the_clock_is_read = NULL;
    if (then) {
        then();
    }
    return (int)syscall(SYS_clock_gettime, clock, now);
}

static void queue_one(void)
{
    CHECK(queue("/", 0) != NULL);
}

/* The request comes after the worker has found nothing, and before it says that it sleeps: nobody wakes it.
 */
static void worker_does_not_sleep_before_a_request(void)
{
    const lyger_hub_request *request;
    make_hub(1, 4, 65536);
    int place = lyger_hub_place(hub, 1);
    lyger_hub_placed(hub, (uint32_t)place, getpid());
    lyger_worker *worker = lyger_hub_join(hub, (uint32_t)place);
    uint64_t begin = now_ms();
    when_the_clock_is_read = queue_one; /* it is read when the worker becomes idle */
    CHECK_INT(lyger_hub_take(worker, 10000, &request), LYGER_TAKEN);
    CHECK(now_ms() - begin < 10000);
    answer_ok(worker, request);
    lyger_hub_leave(worker);
    CHECK(all_free());
    lyger_hub_free(hub);
}

static void front_process_does_not_sleep_before_an_answer(void)
{
    uint32_t place;
    lyger_hub_frame frame = {0};
    bool sleeps = true;
    make_hub(1, 16, 65536);
    pid_t pid = hire(answer_ok, &place);
    CHECK(!lyger_hub_next(hub, &frame)); /* it has looked at all places once */
    CHECK(lyger_hub_sleep(hub));
    lyger_hub_awake(hub);
    CHECK(queue("/", 0) != NULL);
    for (uint64_t end = now_ms() + 20000; sleeps && now_ms() < end;) {
        sleep_us(1000);
        sleeps = lyger_hub_sleep(hub);
        lyger_hub_awake(hub);
    }
    CHECK(!sleeps);
    while (frame.kind != LYGER_HUB_END && !case_failed) {
        CHECK(next(&frame));
        lyger_hub_consume(hub, &frame, frame.len);
    }
    CHECK(all_free());
    dismiss(pid, place, 0);
    lyger_hub_free(hub);
}

/* Workers that sleep are killed just when a request comes. */
static void what_a_killed_sleeper_was_woken_for_goes_to_another(void)
{
    enum { WORKERS = 2 };
    uint32_t places[WORKERS + 1];
    pid_t pids[WORKERS + 1];
    lyger_hub_frame frame;
    make_hub(8, 16, 65536);
    for (int i = 0; i < WORKERS; i++) {
        pids[i] = hire(answer_ok, &places[i]);
    }
    for (int round = 0; round < 150 && !case_failed; round++) {
        int victim = (int)draw(WORKERS);
        if (draw(2)) {
            sleep_us(draw(3000)); /* perhaps it sleeps already */
        }
        signal_one(pids[victim], SIGSTOP); /* woken, it will not look */
        CHECK(queue("/", 0) != NULL);
        signal_one(pids[victim], SIGKILL);
        waitpid(pids[victim], NULL, 0);
        lyger_hub_bury(hub, places[victim]);
        bool done = false;
        while (!done && !case_failed) {
            CHECK(next(&frame));
            done = frame.kind == LYGER_HUB_END || frame.kind == LYGER_HUB_LOST;
            lyger_hub_consume(hub, &frame, frame.len);
        }
        while (lyger_hub_next(hub, &frame)) { /* to the end, or the places of the dead are not given back */
            lyger_hub_consume(hub, &frame, frame.len);
        }
        pids[victim] = hire(answer_ok, &places[victim]);
        CHECK(pids[victim] > 0);
        if (pids[victim] <= 0) {
            break;
        }
    }
    CHECK(all_free());
    for (int i = 0; i < WORKERS; i++) {
        if (pids[i] > 0) {
            dismiss(pids[i], places[i], SIGKILL);
        }
    }
    lyger_hub_free(hub);
}

int main(void)
{
    RUN(nobody_sleeps_through_a_request);
    RUN(worker_does_not_sleep_before_a_request);
    RUN(front_process_does_not_sleep_before_an_answer);
    RUN(what_a_killed_sleeper_was_woken_for_goes_to_another);
    return finish();
}
