#include "watch.h"

#include "server/hub/hub.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define MILLISECOND 1000000ull          /* of lyger_hub_now() */
#define QUIET (100 * MILLISECOND)       /* time without a change; an editor or a checkout writes many files */
#define LOOK_EVERY (1000 * MILLISECOND) /* without inotify */
#define DEPTH_MAX 32                    /* directories below the root */

typedef struct watched {
    int number;     /* inotify's */
    unsigned depth; /* below the root */
    char *path;
} watched;

struct lyger_watch {
    int descriptor; /* inotify, -1: the watch looks at the whole tree every second instead */
    char *root;
    watched *directories;
    size_t count, room;
    uint64_t changed_at; /* when something last changed; 0: nothing has */
    uint64_t look_at;
    uint64_t seen; /* what the tree looked like: a sum over names, sizes and times */
};

/* ---- what counts ---- */

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);
    return len >= end_len && memcmp(name + len - end_len, end, end_len) == 0;
}

static bool one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0) {
        names++;
    }
    return *names != NULL;
}

/* Directories of other people's code, of tools (hidden ones), and of files that applications write, by the
 * conventions of Composer, Symfony, Laravel, CakePHP, Nette, CodeIgniter, Yii, Magento and WordPress. What an
 * application writes while it answers must not count, or the browser that is told of it would ask again. */
static bool skipped_directory(const char *name, unsigned depth)
{
    static const char *const anywhere[] = {"vendor",  "node_modules", "bower_components", "cache", "caches",
                                           "uploads", "sessions",     "__pycache__",      NULL};
    static const char *const at_the_top[] = {"var",  "storage", "logs",     "log",       "tmp",
                                             "temp", "runtime", "writable", "generated", NULL};
    return name[0] == '.' || one_of(name, anywhere) || (depth == 0 && one_of(name, at_the_top));
}

/* Files that do not count: Vim's .swp and 4913, Emacs' .#name and #name#, backups, JetBrains' ___jb_tmp___;
 * logs, locks, databases. */
static bool skipped_file(const char *name)
{
    static const char *const ends[] = {"~",        ".swp", ".swo",    ".swx",     ".swpx", ".tmp", ".bak",
                                       "___",      ".log", ".sqlite", ".sqlite3", ".db",   "-wal", "-shm",
                                       "-journal", ".pid", ".lock",   ".sock",    NULL};
    for (const char *const *end = ends; *end; end++) {
        if (ends_with(name, *end)) {
            return strcmp(name, "composer.lock") != 0;
        }
    }
    return strncmp(name, ".#", 2) == 0 || name[0] == '#' || strcmp(name, "4913") == 0;
}

/* ---- looking at everything ---- */

static uint64_t mix(uint64_t sum, uint64_t value)
{
    sum = (sum ^ value) * 0x9E3779B97F4A7C15u;
    return sum ^ (sum >> 29);
}

static uint64_t look_at_file(const char *name, const struct stat *is)
{
    uint64_t sum = mix((uint64_t)is->st_ino, (uint64_t)is->st_size);
    sum = mix(sum, (uint64_t)is->st_mtim.tv_sec * 1000000000u + (uint64_t)is->st_mtim.tv_nsec);
    for (; *name; name++) {
        sum = mix(sum, (unsigned char)*name);
    }
    return sum;
}

/* A sum over the tree, to which the order of a directory's entries does not matter. */
static uint64_t look_at_tree(int parent, const char *name, unsigned depth)
{
    uint64_t sum = 0;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0));
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (!directory) {
        if (fd >= 0) {
            close(fd);
        }
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct stat is;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            fstatat(fd, entry->d_name, &is, AT_SYMLINK_NOFOLLOW) != 0) {
            continue;
        }
        if (S_ISDIR(is.st_mode) && depth < DEPTH_MAX && !skipped_directory(entry->d_name, depth)) {
            sum += mix(look_at_tree(fd, entry->d_name, depth + 1), depth);
        } else if (S_ISREG(is.st_mode) && !skipped_file(entry->d_name)) {
            sum += look_at_file(entry->d_name, &is);
        }
    }
    closedir(directory);
    return sum;
}

/* ---- inotify ---- */

static void forget(lyger_watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        free(watch->directories[i].path);
    }
    watch->count = 0;
}

static void look_instead(lyger_watch *watch, uint64_t now)
{
    if (watch->descriptor >= 0) {
        close(watch->descriptor);
    }
    watch->descriptor = -1;
    forget(watch);
    watch->seen = look_at_tree(AT_FDCWD, watch->root, 0);
    watch->look_at = now + LOOK_EVERY;
}

static watched *find_watched(lyger_watch *watch, int number)
{
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->directories[i].number == number) {
            return &watch->directories[i];
        }
    }
    return NULL;
}

/* Notes which directory an inotify number stands for. False: no memory. */
static bool remember(lyger_watch *watch, int number, const char *path, unsigned depth)
{
    watched *known = find_watched(watch, number);
    char *copy = strdup(path);
    if (!copy) {
        return false;
    }
    if (known) { /* the directory was moved */
        free(known->path);
        *known = (watched){number, depth, copy};
        return true;
    }
    if (watch->count == watch->room) {
        size_t room = watch->room ? watch->room * 2 : 64;
        watched *more = realloc(watch->directories, room * sizeof *more);
        if (!more) {
            free(copy);
            return false;
        }
        watch->directories = more;
        watch->room = room;
    }
    watch->directories[watch->count++] = (watched){number, depth, copy};
    return true;
}

/* Watches a directory and the directories below it; false when a limit was hit. Directories that cannot be
 * read are left out. */
static bool add_tree(lyger_watch *watch, const char *path, unsigned depth)
{
    uint32_t events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR |
                      IN_EXCL_UNLINK | (depth ? IN_DONT_FOLLOW : 0);
    bool done = true;
    int number = inotify_add_watch(watch->descriptor, path, events);
    if (number < 0) {
        return errno != ENOSPC && errno != ENOMEM;
    }
    if (!remember(watch, number, path, depth)) {
        return false;
    }
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory && done && (entry = readdir(directory));) {
        char below[4096];
        bool unknown = entry->d_type == DT_UNKNOWN; /* IN_ONLYDIR and IN_DONT_FOLLOW tell */
        if ((entry->d_type != DT_DIR && !unknown) || strcmp(entry->d_name, ".") == 0 ||
            strcmp(entry->d_name, "..") == 0 || depth >= DEPTH_MAX ||
            skipped_directory(entry->d_name, depth) ||
            snprintf(below, sizeof below, "%s/%s", path, entry->d_name) >= (int)sizeof below) {
            continue;
        }
        done = add_tree(watch, below, depth + 1);
    }
    if (directory) {
        closedir(directory);
    }
    return done;
}

static void drop(lyger_watch *watch, int number)
{
    watched *known = find_watched(watch, number);
    if (known) {
        free(known->path);
        *known = watch->directories[--watch->count];
    }
}

/* Whether an event is a change of the source; *going_on becomes false when inotify cannot follow the tree any
 * more. */
static bool matters(lyger_watch *watch, const struct inotify_event *event, bool *going_on)
{
    const watched *in = find_watched(watch, event->wd);
    if (event->mask & IN_Q_OVERFLOW) {
        return true;
    }
    if (event->mask & IN_IGNORED) {
        drop(watch, event->wd);
        return false;
    }
    if (!in || event->len == 0) {
        return false;
    }
    if (event->mask & IN_ISDIR) {
        char below[4096];
        if (in->depth >= DEPTH_MAX || skipped_directory(event->name, in->depth)) {
            return false;
        }
        if ((event->mask & (IN_CREATE | IN_MOVED_TO)) &&
            snprintf(below, sizeof below, "%s/%s", in->path, event->name) < (int)sizeof below) {
            *going_on = add_tree(watch, below, in->depth + 1);
        }
        return true; /* files may have been written in the directory before it was watched */
    }
    /* A new file counts when it was written and closed; links and such are never written. */
    return !skipped_file(event->name) &&
           (event->mask & (IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO));
}

static void read_events(lyger_watch *watch, uint64_t now)
{
    _Alignas(struct inotify_event) char events[8192];
    bool going_on = true;
    ssize_t got;
    while (going_on && (got = read(watch->descriptor, events, sizeof events)) > 0) {
        for (char *at = events; at < events + got;) {
            const struct inotify_event *event = (const struct inotify_event *)at;
            if (going_on && matters(watch, event, &going_on)) {
                watch->changed_at = now;
            }
            at += sizeof *event + event->len;
        }
    }
    if (!going_on) {
        look_instead(watch, now);
    }
}

/* ---- the watch ---- */

lyger_status lyger_watch_new(const char *directory, lyger_watch **result, lyger_error *error)
{
    struct stat is;
    int reason = stat(directory, &is) != 0 ? errno : S_ISDIR(is.st_mode) ? 0 : ENOTDIR;
    if (reason) {
        return lyger_fail(error, LYGER_E_SERVER, "cannot watch %s: %s", directory, strerror(reason));
    }
    lyger_watch *watch = calloc(1, sizeof *watch);
    if (watch) {
        watch->root = realpath(directory, NULL); /* the working directory may change */
    }
    if (!watch || !watch->root) {
        free(watch);
        return lyger_fail(error, LYGER_E_MEMORY, "no memory for watching %s", directory);
    }
    watch->descriptor = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch->descriptor < 0 || !add_tree(watch, watch->root, 0)) {
        look_instead(watch, lyger_hub_now());
    }
    *result = watch;
    return LYGER_OK;
}

void lyger_watch_free(lyger_watch *watch)
{
    if (!watch) {
        return;
    }
    if (watch->descriptor >= 0) {
        close(watch->descriptor);
    }
    forget(watch);
    free(watch->directories);
    free(watch->root);
    free(watch);
}

int lyger_watch_descriptor(const lyger_watch *watch)
{
    return watch->descriptor;
}

bool lyger_watch_polls(const lyger_watch *watch)
{
    return watch->descriptor < 0;
}

bool lyger_watch_changed(lyger_watch *watch, uint64_t now, uint64_t *due)
{
    if (watch->descriptor >= 0) {
        read_events(watch, now);
    } else if (now >= watch->look_at) {
        uint64_t seen = look_at_tree(AT_FDCWD, watch->root, 0);
        watch->changed_at = seen != watch->seen ? now : watch->changed_at;
        watch->seen = seen;
        watch->look_at = now + LOOK_EVERY;
    }
    bool quiet = watch->changed_at && now - watch->changed_at >= QUIET;
    if (quiet) {
        watch->changed_at = 0;
    }
    uint64_t looks = watch->descriptor < 0 ? watch->look_at : 0;
    *due = watch->changed_at ? watch->changed_at + QUIET : looks;
    return quiet;
}
