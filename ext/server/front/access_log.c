#include "access_log.h"

#include "jsonout/jsonout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GATHERED_MAX 32768u /* bytes before they are written */

struct lyger_access_log {
    const char *path; /* NULL: standard output */
    int format;
    int descriptor;
    bool coloured;
    lyger_buffer lines;
    time_t second; /* the second that stamp shows */
    char stamp[40];
};

static int open_file(const char *path, int more)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | more, 0640);
}

int lyger_access_log_descriptor(const lyger_server_config *config)
{
    const char *path = config->access_log;
    bool file = path && *path && strcmp(path, "-") != 0;
    errno = 0;
    return file ? open_file(path, O_NOFOLLOW) : -1;
}

lyger_status lyger_access_log_check(const lyger_server_config *config, bool link, lyger_error *error)
{
    const char *path = config->access_log;
    if (!path || !*path || strcmp(path, "-") == 0) {
        return LYGER_OK;
    }
    int log = open_file(path, O_NONBLOCK | (link ? 0 : O_NOFOLLOW));
    if (log < 0 && errno != ENXIO) { /* ENXIO: a pipe without a reader yet */
        return lyger_fail(error, LYGER_E_SERVER, "cannot open the access log %s: %s", path, strerror(errno));
    }
    if (log >= 0) {
        close(log);
    }
    return LYGER_OK;
}

lyger_status lyger_access_log_open(const lyger_server_config *config, int descriptor, lyger_access_log **log,
                                   lyger_error *error)
{
    *log = NULL;
    if (!config->access_log || !config->access_log[0]) {
        return LYGER_OK;
    }
    bool standard = strcmp(config->access_log, "-") == 0;
    lyger_access_log *made = calloc(1, sizeof *made);
    if (!made) {
        return lyger_fail(error, LYGER_E_MEMORY, "no memory for the access log");
    }
    made->path = standard ? NULL : config->access_log;
    made->format = (int)config->access_log_format;
    made->descriptor = standard          ? STDOUT_FILENO
                       : descriptor >= 0 ? descriptor
                                         : open_file(config->access_log, 0);
    if (made->descriptor < 0) {
        free(made);
        return lyger_fail(error, LYGER_E_SERVER, "cannot open the access log %s: %s", config->access_log,
                          strerror(errno));
    }
    made->coloured = isatty(made->descriptor) && !getenv("NO_COLOR");
    lyger_buffer_init(&made->lines, &lyger_malloc_allocator);
    *log = made;
    return LYGER_OK;
}

void lyger_access_log_flush(lyger_access_log *log)
{
    if (!log) {
        return;
    }
    const char *at = log->lines.start;
    size_t left = lyger_buffer_length(&log->lines);
    while (left > 0) {
        ssize_t count = write(log->descriptor, at, left);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            break; /* a full disk does not stop the server; the lines are lost */
        }
        at += count;
        left -= (size_t)count;
    }
    lyger_buffer_reset(&log->lines);
}

void lyger_access_log_close(lyger_access_log *log)
{
    if (log) {
        lyger_access_log_flush(log);
        if (log->path) {
            close(log->descriptor);
        }
        lyger_buffer_free(&log->lines);
        free(log);
    }
}

void lyger_access_log_reopen(lyger_access_log *log, int descriptor)
{
    if (!log || !log->path) {
        if (descriptor >= 0) {
            close(descriptor);
        }
        return;
    }
    lyger_access_log_flush(log);
    descriptor = descriptor >= 0 ? descriptor : open_file(log->path, 0);
    if (descriptor >= 0) { /* else the old file is better than none */
        close(log->descriptor);
        log->descriptor = descriptor;
    }
}

/* ---- lines ---- */

/* Writes a text for between quotes: bytes that are not printable ASCII, quotes and backslashes become
 * \xXX. */
static bool put_escaped(lyger_sink *sink, lyger_access_text text)
{
    static const char digits[] = "0123456789ABCDEF";
    if (!lyger_sink_reserve(sink, text.len * 4)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte < 0x20 || byte > 0x7E || byte == '"' || byte == '\\') {
            *sink->pos++ = '\\';
            *sink->pos++ = 'x';
            *sink->pos++ = digits[byte >> 4];
            byte = (unsigned char)digits[byte & 15];
        }
        *sink->pos++ = (char)byte;
    }
    return true;
}

static bool put_json(lyger_sink *sink, const char *name, lyger_access_text text)
{
    size_t bad;
    return text.len == 0 ||
           (lyger_sink_print(sink, ",\"%s\":", name) &&
            lyger_json_put_styled(sink, text.at, text.len, LYGER_JSON_REPLACE_BAD, &bad) == LYGER_JSON_OK);
}

/* [21/Nov/2026:16:40:00 +0000], 2026-11-21T16:40:00, 16:40:00; names of months whatever the locale is. */
static const char *stamp_of(lyger_access_log *log, time_t now)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm tm;
    if (now == log->second && log->stamp[0]) {
        return log->stamp;
    }
    log->second = now;
    log->stamp[0] = '\0';
    if (log->format == LYGER_LOG_JSON ? !gmtime_r(&now, &tm) : !localtime_r(&now, &tm)) {
        return log->stamp;
    }
    if (log->format == LYGER_LOG_JSON) {
        strftime(log->stamp, sizeof log->stamp, "%Y-%m-%dT%H:%M:%S", &tm);
    } else if (log->format == LYGER_LOG_TERMINAL) {
        strftime(log->stamp, sizeof log->stamp, "%H:%M:%S", &tm);
    } else {
        char zone[8], rest[24];
        strftime(zone, sizeof zone, "%z", &tm);
        strftime(rest, sizeof rest, "%Y:%H:%M:%S", &tm);
        snprintf(log->stamp, sizeof log->stamp, "%02u/%.3s/%s %s", (unsigned)tm.tm_mday % 100u,
                 months + 3 * tm.tm_mon, rest, zone);
    }
    return log->stamp;
}

static const char *or_dash(const char *text)
{
    return text && text[0] ? text : "-";
}

static bool put_quoted(lyger_sink *sink, lyger_access_text text)
{
    return lyger_sink_put_literal(sink, " \"") &&
           (text.len > 0 ? put_escaped(sink, text) : lyger_sink_put_char(sink, '-')) &&
           lyger_sink_put_char(sink, '"');
}

/* The "combined" format of Apache's mod_log_config, which every log reader knows. */
static bool put_combined(lyger_sink *sink, const char *stamp, const lyger_access_entry *entry)
{
    bool put = lyger_sink_print(sink, "%s - - [%s] \"", or_dash(entry->address), stamp);
    if (entry->minor >= 0) {
        put = put && put_escaped(sink, entry->method) && lyger_sink_put_char(sink, ' ') &&
              put_escaped(sink, entry->target) && lyger_sink_print(sink, " HTTP/1.%d", entry->minor);
    } else if (entry->line.len > 0) {
        put = put && put_escaped(sink, entry->line);
    } else {
        put = put && lyger_sink_put_char(sink, '-');
    }
    return put && lyger_sink_print(sink, "\" %d %llu", entry->status, (unsigned long long)entry->bytes) &&
           put_quoted(sink, entry->referer) && put_quoted(sink, entry->agent) &&
           lyger_sink_put_char(sink, '\n');
}

static bool put_object(lyger_sink *sink, const char *stamp, unsigned milliseconds,
                       const lyger_access_entry *entry)
{
    return lyger_sink_print(sink, "{\"time\":\"%s.%03uZ\",\"status\":%d,\"bytes\":%llu,\"ms\":%.3f", stamp,
                            milliseconds, entry->status, (unsigned long long)entry->bytes,
                            (double)entry->nanoseconds / 1e6) &&
           put_json(sink, "address", (lyger_access_text){entry->address, strlen(entry->address)}) &&
           put_json(sink, "line", entry->line) && put_json(sink, "method", entry->method) &&
           put_json(sink, "target", entry->target) &&
           (entry->minor < 0 || lyger_sink_print(sink, ",\"version\":\"1.%d\"", entry->minor)) &&
           put_json(sink, "referer", entry->referer) && put_json(sink, "agent", entry->agent) &&
           lyger_sink_put_literal(sink, "}\n");
}

/* The line for people at a terminal: green, cyan, yellow, red by the status's class. */
static bool put_line(const lyger_access_log *log, lyger_sink *sink, const char *stamp,
                     const lyger_access_entry *entry)
{
    static const char colours[][8] = {"", "", "\033[32m", "\033[36m", "\033[33m", "\033[31m"};
    int class = entry->status / 100;
    const char *colour = log->coloured && class >= 2 && class <= 5 ? colours[class] : "";
    const char *dim = log->coloured ? "\033[2m" : "", *plain = log->coloured ? "\033[0m" : "";
    lyger_access_text unparsed = {"(not a request)", 15};
    return lyger_sink_print(sink, "%s%s%s %s%d%s %-4.*s ", dim, stamp, plain, colour, entry->status, plain,
                            (int)entry->method.len, entry->method.len ? entry->method.at : "") &&
           put_escaped(sink, entry->minor >= 0     ? entry->target
                             : entry->line.len > 0 ? entry->line
                                                   : unparsed) &&
           lyger_sink_print(sink, " %s%.1f ms  %llu B%s\n", dim, (double)entry->nanoseconds / 1e6,
                            (unsigned long long)entry->bytes, plain);
}

void lyger_access_log_add(lyger_access_log *log, const lyger_access_entry *entry)
{
    struct timespec now;
    lyger_sink *sink = &log->lines.sink;
    size_t before = lyger_buffer_length(&log->lines);
    bool put;
    clock_gettime(CLOCK_REALTIME, &now);
    const char *stamp = stamp_of(log, now.tv_sec);
    if (log->format == LYGER_LOG_JSON) {
        put = put_object(sink, stamp, (unsigned)(now.tv_nsec / 1000000), entry);
    } else if (log->format == LYGER_LOG_TERMINAL) {
        put = put_line(log, sink, stamp, entry);
    } else {
        put = put_combined(sink, stamp, entry);
    }
    if (!put && log->lines.start) {
        sink->pos = log->lines.start + before; /* no half lines */
    }
    if (lyger_buffer_length(&log->lines) >= GATHERED_MAX) {
        lyger_access_log_flush(log);
    }
}
