/*
 * When a crew starts its next worker after others have died: deaths that are only told, none of them a
 * process.
 */
#include "check.h"
#include "server/supervisor/crew.h"

#include <signal.h>

#define DEATHS 24
#define WANTED 2u
#define MILLISECOND 1000000ull

static lyger_hub *hub;
static lyger_crew crew;
static lyger_server_config config;
static lyger_identity identity;
static lyger_error error;
static char said[256]; /* the last line */
static int lines;

static void hear_line(void *context, const char *line)
{
    (void)context;
    snprintf(said, sizeof said, "%s", line);
    lines++;
}

static void begin(void)
{
    lyger_hub_settings settings = {.workers = DEATHS, .requests = 8, .room = 4096, .ring = 65536};
    lyger_server_defaults(&config);
    config.workers = WANTED;
    config.say = hear_line;
    lines = 0;
    CHECK_INT(lyger_hub_new(&settings, &hub, &error), LYGER_OK);
    CHECK_INT(lyger_crew_init(&crew, &config, &identity, hub, 1, &error), LYGER_OK);
}

static void end(void)
{
    lyger_crew_free(&crew);
    lyger_hub_free(hub);
}

/* Whether none is started for exactly so many milliseconds after the death of a worker of that age, which has
 * asked for requests or has not. */
static bool pauses(bool at_work, uint64_t age, uint64_t expected)
{
    int place = lyger_hub_place(hub, 1);
    pid_t pid = 1 << 30; /* nobody's */
    if (place < 0) {
        return false;
    }
    lyger_hub_placed(hub, (uint32_t)place, pid);
    if (at_work) {
        const lyger_hub_request *request;
        lyger_worker *worker = lyger_hub_join(hub, (uint32_t)place);
        CHECK_INT(lyger_hub_take(worker, 1, &request), LYGER_TAKEN_LATER);
        free(worker); /* as its process's end would */
    }
    crew.members[crew.count++] = (lyger_member){.pid = pid,
                                                .place = (uint32_t)place,
                                                .generation = 1,
                                                .started_at = lyger_hub_now() - age * MILLISECOND};
    crew.not_before = 0;
    uint64_t before = lyger_hub_now();
    CHECK(lyger_crew_reaped(&crew, pid, SIGSEGV));
    uint64_t after = lyger_hub_now();
    return expected == 0 ? crew.not_before == 0
                         : crew.not_before >= before + expected * MILLISECOND &&
                               crew.not_before <= after + expected * MILLISECOND;
}

static void pauses_double_up_to_five_seconds_while_booting(void)
{
    uint64_t expected = 50;
    begin();
    for (int i = 0; i < 2; i++) {
        CHECK(pauses(false, 0, 0));
    }
    for (int i = 2; i < DEATHS; i++) {
        CHECK(pauses(false, 0, expected));
        expected = expected * 2 < 5000 ? expected * 2 : 5000;
    }
    CHECK_INT(expected, 5000);
    end();
}

static void pauses_are_a_second_at_most_at_work(void)
{
    uint64_t expected = 50;
    begin();
    for (uint32_t i = 0; i < WANTED + 3; i++) {
        CHECK(pauses(true, 0, 0));
    }
    for (uint32_t i = WANTED + 3; i < DEATHS; i++) {
        CHECK(pauses(true, 0, expected));
        expected = expected * 2 < 1000 ? expected * 2 : 1000;
    }
    CHECK_INT(expected, 1000);
    end();
}

static void worker_that_lived_a_second_ends_the_row(void)
{
    begin();
    for (int i = 0; i < 4; i++) {
        CHECK(pauses(false, 0, i < 2 ? 0 : 50u << (i - 2)));
    }
    CHECK_INT(crew.failures, 4);
    CHECK(pauses(true, 1000, 0));
    CHECK_INT(crew.failures, 0);
    CHECK(pauses(false, 0, 0));
    CHECK_INT(crew.failures, 1);
    end();
}

static void row_ends_when_no_worker_has_died_for_long(void)
{
    static const uint64_t longest[] = {5000, 1000}; /* ms: the pause while booting, at work */
    for (int at_work = 0; at_work < 2; at_work++) {
        begin();
        pauses(at_work > 0, 0, 0);
        crew.failed_at = lyger_hub_now() - (2000 + longest[at_work] - 2000) * MILLISECOND;
        pauses(at_work > 0, 0, 0);
        CHECK_INT(crew.failures, 2);
        crew.failed_at = lyger_hub_now() - (2000 + longest[at_work] + 1) * MILLISECOND;
        pauses(at_work > 0, 0, 0);
        CHECK_INT(crew.failures, 1);
        end();
    }
}

static void workers_that_never_come_up_are_hopeless_after_a_few(void)
{
    begin();
    for (uint32_t i = 1; i <= WANTED + 4; i++) {
        CHECK(!lyger_crew_hopeless(&crew));
        pauses(false, 0, 0);
    }
    CHECK(lyger_crew_hopeless(&crew));
    pauses(true, 0, 0); /* one has come up: it is not the application that cannot boot */
    CHECK(!lyger_crew_hopeless(&crew));
    pauses(false, 0, 0);
    CHECK(!lyger_crew_hopeless(&crew));
    end();
}

static void eight_deaths_are_told_in_ten_seconds(void)
{
    begin();
    for (int i = 0; i < 11; i++) {
        pauses(false, 0, 0);
    }
    CHECK_INT(lines, 8);
    CHECK(strstr(said, "died of signal 11 (SIGSEGV), ") &&
          strstr(said, ", 8 in a row; the next one starts in "));
    crew.said_at = lyger_hub_now() - 10001 * MILLISECOND;
    pauses(false, 0, 0);
    CHECK_INT(lines, 9);
    CHECK(strstr(said, ", 12 in a row; ") && strstr(said, " (3 more deaths were not reported)"));
    pauses(false, 0, 0);
    CHECK_INT(lines, 10);
    CHECK(!strstr(said, "not reported"));
    end();
}

/* An idle worker in the next place, and in the crew. */
static lyger_worker *idle_worker(void)
{
    const lyger_hub_request *request;
    int place = lyger_hub_place(hub, 1);
    pid_t pid = (1 << 30) + place; /* nobody's */
    lyger_hub_placed(hub, (uint32_t)place, pid);
    lyger_worker *worker = lyger_hub_join(hub, (uint32_t)place);
    CHECK_INT(lyger_hub_take(worker, 1, &request), LYGER_TAKEN_LATER);
    crew.members[crew.count++] = (lyger_member){.pid = pid, .place = (uint32_t)place, .generation = 1};
    return worker;
}

static void look(uint64_t calm)
{
    uint32_t place;
    crew.look_at = 1;
    crew.calm_since = lyger_hub_now() - calm * MILLISECOND;
    CHECK(!lyger_crew_fill(&crew, &place));
}

static void idle_workers_are_given_up_one_by_one_down_to_the_least(void)
{
    lyger_worker *workers[3];
    begin();
    crew.least = 1;
    crew.most = 4;
    crew.wanted = 3;
    for (int i = 0; i < 3; i++) {
        workers[i] = idle_worker();
    }
    look(9900);
    CHECK_INT(crew.wanted, 3);
    look(10001);
    CHECK_INT(crew.wanted, 2);
    CHECK(crew.members[2].retired && !crew.members[1].retired);
    CHECK(lyger_hub_now() - crew.calm_since < 10000 * MILLISECOND); /* the next in a second */
    look(10001);
    CHECK_INT(crew.wanted, 1);
    look(10001);
    CHECK_INT(crew.wanted, 1);
    CHECK(!crew.members[0].retired);
    for (int i = 0; i < 3; i++) {
        free(workers[i]);
    }
    crew.count = 0;
    end();
}

static void bounds_are_those_of_the_configuration(void)
{
    begin();
    CHECK(crew.least == WANTED && crew.most == WANTED && crew.wanted == WANTED && crew.look_at == 0);
    lyger_crew_free(&crew);
    config.workers = 6;
    config.workers_least = 2;
    CHECK_INT(lyger_crew_init(&crew, &config, &identity, hub, 1, &error), LYGER_OK);
    CHECK(crew.least == 2 && crew.most == 6 && crew.wanted == 2 && crew.look_at != 0);
    config.workers_least = 7;
    CHECK_INT(lyger_server_check(&config, &error), LYGER_E_ARGUMENT);
    end();
}

int main(void)
{
    RUN(pauses_double_up_to_five_seconds_while_booting);
    RUN(pauses_are_a_second_at_most_at_work);
    RUN(worker_that_lived_a_second_ends_the_row);
    RUN(row_ends_when_no_worker_has_died_for_long);
    RUN(workers_that_never_come_up_are_hopeless_after_a_few);
    RUN(eight_deaths_are_told_in_ten_seconds);
    RUN(idle_workers_are_given_up_one_by_one_down_to_the_least);
    RUN(bounds_are_those_of_the_configuration);
    return finish();
}
