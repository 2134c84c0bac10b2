#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "static_open.h"

#include "base/hex.h"

#include "static.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SEGMENT_MAX 255u /* NAME_MAX */

/* ---- paths ---- */

static bool begins_with(const char *text, size_t len, const char *word)
{
    size_t word_len = strlen(word);
    return len >= word_len && lyger_http_equals_ignoring_case(text, word_len, word);
}

static bool is_letter(char byte)
{
    return (byte | 32) >= 'a' && (byte | 32) <= 'z';
}

/* Whether text[0..len) is, in either case, the extension of a file that PHP would run, or of a copy of such a
 * file: php, php5, phps, php~, php#, php_old, php-bak, phpold, inc~. */
static bool is_source_extension(const char *text, size_t len)
{
    return begins_with(text, len, "php") || begins_with(text, len, "phtml") ||
           begins_with(text, len, "phar") || begins_with(text, len, "pht") ||
           (begins_with(text, len, "inc") && (len == 3 || !is_letter(text[3])));
}

/* Whether it is an extension that editors and people give to copies of a file, whatever its own extension
 * was; "~" and digits at the end number copies. */
static bool is_copy_extension(const char *text, size_t len)
{
    static const char *const words[] = {"bak", "backup", "old", "orig", "save",
                                        "swp", "swo",    "swn", "rej",  "tmp"};
    while (len > 0 && (text[len - 1] == '~' || (text[len - 1] >= '0' && text[len - 1] <= '9'))) {
        len--;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (lyger_http_equals_ignoring_case(text, len, words[i])) {
            return true;
        }
    }
    return false;
}

/*
 * Every extension counts, not only the last: config.php.bak is a source as config.php is. Of names without
 * PHP's extension, those that only copies have count as sources too: config~, #config#, config.bak.
 */
bool lyger_static_is_source(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    size_t base_len = strlen(base);
    if (strcmp(base, "lyger.ini") == 0) { /* the options of `lyger serve`, where the project is the root */
        return true;
    }
    if (base_len > 0 && (base[0] == '#' || base[base_len - 1] == '#' || base[base_len - 1] == '~')) {
        return true;
    }
    for (const char *dot = strchr(base, '.'); dot;) {
        const char *next = strchr(dot + 1, '.');
        size_t len = next ? (size_t)(next - dot - 1) : strlen(dot + 1);
        if (is_source_extension(dot + 1, len) || (!next && is_copy_extension(dot + 1, len))) {
            return true;
        }
        dot = next;
    }
    return false;
}

/* Whether one segment of a decoded path is public. Hidden names, and with them "." and "..", are not, but for
 * RFC 8615's .well-known. */
static bool is_public(const char *segment, size_t len, bool first)
{
    if (len == 0 || len > SEGMENT_MAX) {
        return false;
    }
    return segment[0] != '.' || (first && len == 11 && memcmp(segment, ".well-known", 11) == 0);
}

/* Decodes a path once. False for an encoded slash, which is no separator and in no file's name, and for a
 * backslash, which other systems take for a separator. */
static bool decode(const char *path, size_t len, char to[LYGER_STATIC_PATH_MAX], size_t *to_len)
{
    *to_len = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)path[i];
        if (byte == '%') {
            int high = len - i > 2 ? lyger_hex_digit(path[i + 1]) : -1,
                low = high >= 0 ? lyger_hex_digit(path[i + 2]) : -1;
            if (low < 0) {
                return false;
            }
            byte = (unsigned char)(high << 4 | low);
            if (byte == '/') {
                return false;
            }
            i += 2;
        }
        if (byte < ' ' || byte == 0x7F || byte == '\\' || *to_len + 1 >= LYGER_STATIC_PATH_MAX) {
            return false;
        }
        to[(*to_len)++] = (char)byte;
    }
    to[*to_len] = '\0';
    return true;
}

bool lyger_static_path(const char *path, size_t len, char to[LYGER_STATIC_PATH_MAX])
{
    size_t to_len;
    if (len == 0) { /* an absolute target without a path (RFC 9112, section 3.2.2) */
        to[0] = '\0';
        return true;
    }
    if (path[0] != '/' || !decode(path + 1, len - 1, to, &to_len)) {
        return false;
    }
    for (const char *segment = to, *end = to + to_len; segment < end;) {
        const char *slash = memchr(segment, '/', (size_t)(end - segment));
        const char *stop = slash ? slash : end;
        if (!is_public(segment, (size_t)(stop - segment), segment == to)) {
            return false;
        }
        segment = stop + 1;
    }
    return !lyger_static_is_source(to);
}

/* ---- opening ---- */

#define FILE_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) /* a FIFO must not stop the server */
#define ROOT_FLAGS (O_PATH | O_DIRECTORY | O_CLOEXEC)

static int open_one_step(const lyger_root *root, const char *path)
{
    struct open_how how = {.flags = FILE_FLAGS,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS};
    int descriptor;
    do { /* EAGAIN: something was renamed meanwhile (openat2(2)) */
        descriptor = (int)syscall(SYS_openat2, root->descriptor, path, &how, sizeof how);
    } while (descriptor < 0 && (errno == EINTR || errno == EAGAIN));
    return descriptor;
}

/* Opens a path segment by segment, for kernels without openat2() and sandboxes that forbid it. */
static int open_stepwise(const lyger_root *root, const char *path)
{
    char segment[SEGMENT_MAX + 1];
    int at = root->descriptor;
    for (;;) {
        const char *slash = strchr(path, '/');
        size_t len = slash ? (size_t)(slash - path) : strlen(path);
        if (len > SEGMENT_MAX) {
            break;
        }
        memcpy(segment, path, len);
        segment[len] = '\0';
        int next = openat(at, segment, O_NOFOLLOW | (slash ? ROOT_FLAGS : FILE_FLAGS));
        if (at != root->descriptor) {
            close(at);
        }
        if (next < 0 || !slash) {
            return next;
        }
        at = next;
        path = slash + 1;
    }
    if (at != root->descriptor) {
        close(at);
    }
    return -1;
}

int lyger_root_file(const lyger_root *root, const char *path, struct stat *stat)
{
    int descriptor = root->follow     ? openat(root->descriptor, path, FILE_FLAGS)
                     : root->one_step ? open_one_step(root, path)
                                      : open_stepwise(root, path);
    if (descriptor >= 0 && fstat(descriptor, stat) < 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

bool lyger_root_open(lyger_root *root, const char *path, bool follow)
{
    *root = (lyger_root){path, open(path, ROOT_FLAGS), follow, false, 0};
    if (root->descriptor < 0) {
        return false;
    }
    int probe = open_one_step(root, ".");
    root->one_step = probe >= 0;
    if (probe >= 0) {
        close(probe);
    }
    return true;
}

void lyger_root_close(lyger_root *root)
{
    close(root->descriptor);
}

void lyger_root_refresh(lyger_root *root, time_t now)
{
    struct stat old, new;
    if (now == root->checked) {
        return;
    }
    root->checked = now;
    int descriptor = open(root->path, ROOT_FLAGS);
    if (descriptor < 0) {
        return; /* the path is gone for a moment: the old directory goes on being served */
    }
    if (fstat(root->descriptor, &old) == 0 && fstat(descriptor, &new) == 0 &&
        (old.st_dev != new.st_dev || old.st_ino != new.st_ino)) {
        close(root->descriptor);
        root->descriptor = descriptor;
    } else {
        close(descriptor);
    }
}
