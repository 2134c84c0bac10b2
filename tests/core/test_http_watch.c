/*
 * What counts as a change of the source, through inotify and without it.
 */
#include "check.h"
#include "server/hub/hub.h"
#include "server/supervisor/watch.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char root[64];
static lyger_error error;

static const char *below(const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(below(name), "a");
    if (file) {
        fputs(text, file);
        fclose(file);
    }
}

static void sleep_ms(long milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

/* Whether a change is told within so many milliseconds. */
static bool told(lyger_watch *watch, long milliseconds)
{
    uint64_t due, end = lyger_hub_now() + (uint64_t)milliseconds * 1000000;
    while (lyger_hub_now() < end) {
        if (lyger_watch_changed(watch, lyger_hub_now(), &due)) {
            return true;
        }
        sleep_ms(10);
    }
    return false;
}

static void clear(void)
{
    char command[96];
    if (strncmp(root, "/tmp/lyger-watch-", 17) == 0) {
        snprintf(command, sizeof command, "rm -rf '%s'", root);
        CHECK_INT(system(command), 0);
    }
    root[0] = '\0';
}

static void begin(void)
{
    clear();
    snprintf(root, sizeof root, "/tmp/lyger-watch-XXXXXX");
    CHECK(mkdtemp(root) != NULL);
    mkdir(below("src"), 0700);
    mkdir(below("vendor"), 0700);
    mkdir(below("var"), 0700);
    mkdir(below("src/cache"), 0700);
    mkdir(below("src/var"), 0700);
    mkdir(below(".tool"), 0700);
    write_file("src/a.php", "1");
}

static void what_is_written_is_told_once(void)
{
    lyger_watch *watch;
    begin();
    CHECK_INT(lyger_watch_new(root, &watch, &error), LYGER_OK);
    CHECK(!lyger_watch_polls(watch));
    CHECK(!told(watch, 200));
    write_file("src/a.php", "2");
    CHECK(told(watch, 1000));
    CHECK(!told(watch, 300));
    unlink(below("src/a.php"));
    CHECK(told(watch, 1000));
    mkdir(below("src/deep"), 0700);
    CHECK(told(watch, 1000));
    write_file("src/deep/b.php", "1");
    CHECK(told(watch, 1000));
    char from[160];
    snprintf(from, sizeof from, "%s", below("src/deep"));
    rename(from, below("lib"));
    CHECK(told(watch, 1000));
    write_file("lib/b.php", "2"); /* it is followed */
    CHECK(told(watch, 1000));
    write_file(".env", "A=b");
    CHECK(told(watch, 1000));
    lyger_watch_free(watch);
}

static void a_burst_is_told_when_it_is_over(void)
{
    lyger_watch *watch;
    uint64_t due;
    begin();
    CHECK_INT(lyger_watch_new(root, &watch, &error), LYGER_OK);
    for (int i = 0; i < 10; i++) {
        write_file("src/a.php", "2");
        CHECK(!lyger_watch_changed(watch, lyger_hub_now(), &due));
        CHECK(due > lyger_hub_now());
        sleep_ms(20);
    }
    CHECK(told(watch, 1000));
    CHECK(!told(watch, 300));
    lyger_watch_free(watch);
}

static void what_is_not_source_does_not_count(void)
{
    static const char *const names[] = {
        "src/.a.php.swp", "src/4913", "src/a.php~",  "src/#a.php#",     "src/.#a.php",     "vendor/a.php",
        "var/cache.php",  "app.log",  "data.sqlite", "data.sqlite-wal", "src/cache/a.php", ".tool/a.php"};
    lyger_watch *watch;
    begin();
    CHECK_INT(lyger_watch_new(root, &watch, &error), LYGER_OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        write_file(names[i], "x");
    }
    CHECK(!told(watch, 400));
    write_file("src/var/a.php", "x"); /* only at the top is it an application's */
    CHECK(told(watch, 1000));
    lyger_watch_free(watch);
}

static void without_inotify_everything_is_looked_at(void)
{
    lyger_watch *watch;
    struct rlimit limit, low;
    begin();
    getrlimit(RLIMIT_NOFILE, &limit);
    int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(lowest);
    low = limit;
    low.rlim_cur = (rlim_t)lowest; /* no descriptor more, for inotify_init1() */
    setrlimit(RLIMIT_NOFILE, &low);
    lyger_status status = lyger_watch_new(root, &watch, &error);
    setrlimit(RLIMIT_NOFILE, &limit);
    CHECK_INT(status, LYGER_OK);
    CHECK(lyger_watch_polls(watch));
    told(watch, 1300); /* the first look saw nothing for want of descriptors */
    CHECK(!told(watch, 1300));
    write_file("src/a.php", "2");
    CHECK(told(watch, 2500));
    write_file("app.log", "2");
    write_file("vendor/a.php", "2");
    CHECK(!told(watch, 1300));
    lyger_watch_free(watch);
}

static void a_directory_that_is_not_there_is_named(void)
{
    lyger_watch *watch;
    CHECK_INT(lyger_watch_new("/no/such/directory", &watch, &error), LYGER_E_SERVER);
    CHECK_STR(error.message, "cannot watch /no/such/directory: No such file or directory");
    begin();
    CHECK_INT(lyger_watch_new(below("src/a.php"), &watch, &error), LYGER_E_SERVER);
    CHECK(strstr(error.message, "Not a directory") != NULL);
}

int main(void)
{
    RUN(what_is_written_is_told_once);
    RUN(a_burst_is_told_when_it_is_over);
    RUN(what_is_not_source_does_not_count);
    RUN(without_inotify_everything_is_looked_at);
    RUN(a_directory_that_is_not_there_is_named);
    clear();
    return finish();
}
