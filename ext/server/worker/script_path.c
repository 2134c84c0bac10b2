#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "script_path.h"

#include "base/hex.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXTENSION ".php"
#define EXTENSION_LEN (sizeof EXTENSION - 1)
#define INDEX "index.php"

/* ---- paths ---- */

/* The byte at path[*at], decoded; moves *at past it. -1: broken percent-encoding. */
static int decode(const char *path, size_t len, size_t *at)
{
    if (path[*at] != '%') {
        return (unsigned char)path[(*at)++];
    }
    int high = len - *at > 2 ? lyger_hex_digit(path[*at + 1]) : -1,
        low = high >= 0 ? lyger_hex_digit(path[*at + 2]) : -1;
    *at += 3;
    return low < 0 ? -1 : high << 4 | low;
}

/* Ends the segment that begins after to[start]'s slash; returns the new length, or -1 above the root. */
static long end_segment(const char *to, long start, long len)
{
    const char *segment = to + start + 1;
    long segment_len = len - start - 1;
    if (segment_len == 0 || (segment_len == 1 && segment[0] == '.')) {
        return start;
    }
    if (segment_len != 2 || segment[0] != '.' || segment[1] != '.') {
        return len;
    }
    if (start == 0) {
        return -1;
    }
    do {
        start--;
    } while (to[start] != '/');
    return start;
}

bool lyger_script_normalize(const char *path, size_t len, char to[LYGER_SCRIPT_PATH_MAX])
{
    long start = 0, at = 1; /* to[start] is the last slash, to[at] comes next */
    to[0] = '/';
    if (len > 0 && path[0] != '/') {
        return false;
    }
    for (size_t i = 1; i < len;) {
        int byte = decode(path, len, &i);
        if (byte <= 0 || at + 2 >= (long)LYGER_SCRIPT_PATH_MAX) {
            return false;
        }
        if (byte == '/') {
            at = end_segment(to, start, at);
            if (at < 0) {
                return false;
            }
            start = at;
        }
        to[at++] = (char)byte;
    }
    long end = end_segment(to, start, at);
    if (end < 0) {
        return false;
    }
    if (end < at || end == 0) { /* the path ended in a slash, or in a segment that is none */
        to[end++] = '/';
    }
    to[end] = '\0';
    return true;
}

/* Whether a segment of path[0..len) begins with a dot. */
static bool is_hidden(const char *path, size_t len)
{
    static const char known[] = "/.well-known";
    size_t known_len = sizeof known - 1;
    for (const char *at = strstr(path, "/."); at && (size_t)(at - path) + 1 < len;
         at = strstr(at + 1, "/.")) {
        if (at != path || strncmp(path, known, known_len) != 0 ||
            (len > known_len && path[known_len] != '/')) {
            return true;
        }
    }
    return false;
}

/* ---- files ---- */

static bool join(const lyger_scripts *scripts, const char *name, size_t len, const char *more,
                 char to[LYGER_SCRIPT_PATH_MAX])
{
    size_t root = strlen(scripts->root), more_len = strlen(more);
    if (root + len + more_len >= LYGER_SCRIPT_PATH_MAX) {
        return false;
    }
    memcpy(to, scripts->root, root);
    memcpy(to + root, name, len);
    memcpy(to + root + len, more, more_len + 1);
    return true;
}

/* Whether the file root + name + more is there; script->file is its path. */
static bool is_file(const lyger_scripts *scripts, const char *name, size_t len, const char *more,
                    lyger_script *script)
{
    struct stat stat_of;
    if (!join(scripts, name, len, more, script->file) || stat(script->file, &stat_of) != 0 ||
        !S_ISREG(stat_of.st_mode)) {
        return false;
    }
    script->open_to_all = (stat_of.st_mode & S_IROTH) != 0;
    return true;
}

static bool is_directory(const lyger_scripts *scripts, const char *name, size_t len)
{
    char path[LYGER_SCRIPT_PATH_MAX];
    struct stat stat_of;
    return join(scripts, name, len, "", path) && stat(path, &stat_of) == 0 && S_ISDIR(stat_of.st_mode);
}

static lyger_script_kind run(lyger_script *script, const char *name, size_t len, const char *more,
                             const char *info)
{
    memcpy(script->name, name, len);
    memcpy(script->name + len, more, strlen(more) + 1);
    memcpy(script->info, info, strlen(info) + 1);
    return script->open_to_all || access(script->file, R_OK) == 0 ? LYGER_SCRIPT_RUN : LYGER_SCRIPT_FORBIDDEN;
}

/* Writes a path as a client may send it: all but RFC 3986's unreserved bytes and slashes is encoded. Returns
 * where it ends. */
static char *encode(const char *path, char *to)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; *path; path++) {
        unsigned char byte = (unsigned char)*path;
        if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
            memchr("-._~/", byte, 5)) {
            *to++ = (char)byte;
        } else {
            *to++ = '%';
            *to++ = hex[byte >> 4];
            *to++ = hex[byte & 15];
        }
    }
    *to = '\0';
    return to;
}

/* ---- finding ---- */

/* The end of the first segment that ends in ".php" after path[from]; 0: there is none. */
static size_t next_script(const char *path, size_t from)
{
    for (const char *at = path + from; (at = strstr(at, EXTENSION)); at++) {
        const char *end = at + EXTENSION_LEN;
        if ((*end == '/' || *end == '\0') && at[-1] != '/') {
            return (size_t)(end - path);
        }
    }
    return 0;
}

/* A path with a script's name in it. */
static bool find_named(const lyger_scripts *scripts, const char *path, lyger_script *script,
                       lyger_script_kind *kind)
{
    size_t end = 0;
    bool named = false;
    while ((end = next_script(path, end))) {
        named = true;
        if (!is_hidden(path, end) && is_file(scripts, path, end, "", script)) {
            *kind = run(script, path, end, "", path + end);
            return true;
        }
        if (is_directory(scripts, path, end)) {
            named = false;
        }
    }
    *kind = LYGER_SCRIPT_NONE;
    return named;
}

static bool find_index(const lyger_scripts *scripts, const char *path, size_t len, lyger_script *script,
                       lyger_script_kind *kind)
{
    bool complete = path[len - 1] == '/';
    if (is_hidden(path, len) || !is_file(scripts, path, len, complete ? INDEX : "/" INDEX, script)) {
        return false;
    }
    if (complete) {
        *kind = run(script, path, len, INDEX, "");
    } else {
        char *end = encode(path, script->name);
        end[0] = '/';
        end[1] = '\0';
        *kind = LYGER_SCRIPT_SLASH;
    }
    return true;
}

lyger_script_kind lyger_script_find(const lyger_scripts *scripts, const char *path, size_t len,
                                    lyger_script *script)
{
    char normal[LYGER_SCRIPT_PATH_MAX];
    lyger_script_kind kind = LYGER_SCRIPT_NONE;
    if (!lyger_script_normalize(path, len, normal)) {
        return LYGER_SCRIPT_BAD;
    }
    if (find_named(scripts, normal, script, &kind) ||
        find_index(scripts, normal, strlen(normal), script, &kind)) {
        return kind;
    }
    if (scripts->front && *scripts->front && is_file(scripts, "/", 1, scripts->front, script)) {
        return run(script, "/", 1, scripts->front, "");
    }
    return LYGER_SCRIPT_NONE;
}

/* ---- the root ---- */

static bool resolve(lyger_scripts *scripts)
{
    char *path = realpath(scripts->given, NULL);
    if (!path) {
        return false;
    }
    size_t len = strlen(path);
    bool fits = len < LYGER_SCRIPT_PATH_MAX;
    if (fits) {
        memcpy(scripts->root, path, len + 1);
        scripts->root[len == 1 ? 0 : len] = '\0'; /* "/" is the root without a slash at its end */
    } else {
        errno = ENAMETOOLONG;
    }
    free(path);
    return fits;
}

bool lyger_scripts_init(lyger_scripts *scripts, const char *root, const char *front)
{
    memset(scripts, 0, sizeof *scripts);
    scripts->given = root;
    scripts->front = front && front[0] == '/' ? front + 1 : front;
    return resolve(scripts);
}

void lyger_scripts_refresh(lyger_scripts *scripts, time_t now)
{
    if (now != scripts->checked) {
        scripts->checked = now;
        resolve(scripts); /* a path that is gone for a moment leaves the old root */
    }
}
