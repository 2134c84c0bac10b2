#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* O_PATH */
#endif

#include "sendfile_places.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert(LYGER_SENDFILE_PATH_SIZE >= PATH_MAX, "realpath() writes PATH_MAX bytes");

bool lyger_sendfile_next(const char **text, lyger_sendfile_place *place)
{
    const char *at = *text;
    if (!at || *at == '\0') {
        return false;
    }
    size_t len = strcspn(at, ",");
    *text = at[len] == ',' ? at + len + 1 : at + len;
    const char *equals = at[0] == '/' ? memchr(at, '=', len) : NULL;
    size_t uri_len = equals ? (size_t)(equals - at) : 0;
    *place = (lyger_sendfile_place){at, uri_len, equals ? equals + 1 : at, equals ? len - uri_len - 1 : len};
    while (place->directory_len > 1 && place->directory[place->directory_len - 1] == '/') {
        place->directory_len--;
    }
    return true;
}

void lyger_sendfile_directory(const lyger_sendfile_place *place, char to[LYGER_SENDFILE_PATH_SIZE])
{
    size_t len =
        place->directory_len < LYGER_SENDFILE_PATH_SIZE ? place->directory_len : LYGER_SENDFILE_PATH_SIZE - 1;
    memcpy(to, place->directory, len);
    to[len] = '\0';
}

static lyger_status check_place(const lyger_sendfile_place *place, lyger_error *error)
{
    char path[LYGER_SENDFILE_PATH_SIZE];
    if (place->uri != place->directory &&
        (place->uri_len == 0 || place->uri[place->uri_len - 1] != '/' ||
         memchr(place->uri, '?', place->uri_len) || memchr(place->uri, '%', place->uri_len))) {
        return lyger_fail(
            error, LYGER_E_ARGUMENT,
            "sendfile must name a path that begins and ends with a slash before the \"=\", such as "
            "/protected/=/srv/files, \"%.*s\" given",
            (int)place->uri_len, place->uri);
    }
    lyger_sendfile_directory(place, path);
    if (place->directory_len == 0 || place->directory_len >= sizeof path || strcmp(path, "/") == 0 ||
        strpbrk(path, "=\"\\")) {
        return lyger_fail(
            error, LYGER_E_ARGUMENT,
            "sendfile must be directories such as /srv/files or /protected/=/srv/files, with commas "
            "between them, none of them / or with one of =\"\\ in its name, \"%.200s\" given",
            path);
    }
    int descriptor = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return lyger_fail(error, LYGER_E_SERVER, "sendfile must be directories: %.200s cannot be opened: %s",
                          path, strerror(errno));
    }
    close(descriptor);
    return LYGER_OK;
}

lyger_status lyger_sendfile_check(const char *text, lyger_error *error)
{
    lyger_sendfile_place place;
    lyger_status status = LYGER_OK;
    while (status == LYGER_OK && lyger_sendfile_next(&text, &place)) {
        status = check_place(&place, error);
    }
    return status;
}

static bool map_place(const lyger_sendfile_place *place, lyger_sink *to)
{
    char path[LYGER_SENDFILE_PATH_SIZE], real[LYGER_SENDFILE_PATH_SIZE];
    lyger_sendfile_directory(place, path);
    const char *directory = realpath(path, real) ? real : path;
    size_t len = strlen(directory);
    if (!lyger_sink_put(to, directory, len) || !lyger_sink_put_literal(to, "/=")) {
        return false;
    }
    return place->uri_len > 0 ? lyger_sink_put(to, place->uri, place->uri_len)
                              : lyger_sink_put(to, directory, len) && lyger_sink_put_char(to, '/');
}

bool lyger_sendfile_map(const char *text, lyger_sink *to)
{
    lyger_sendfile_place place;
    bool good = true;
    for (bool more = false; good && lyger_sendfile_next(&text, &place); more = true) {
        good = (!more || lyger_sink_put_char(to, ',')) && map_place(&place, to);
    }
    return good;
}
