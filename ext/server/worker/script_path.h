/*
 * Which script answers a request's path, as nginx with PHP-FPM is usually set up: try_files $uri $uri/
 * /index.php, with fastcgi_split_path_info "^(.+?\.php)(/.*)$". Static files are not looked for here: the
 * front process has answered those (server/front/static.h).
 *
 *   /blog/post.php         the file of that name below the root; none: not found, as nginx's "=404"
 *   /index.php/some/page   the file, and PATH_INFO "/some/page"
 *   /blog/                 its index.php
 *   /blog                  when it has an index.php: the address with a slash (301)
 *   anything else          the front controller; none: not found
 *
 * A path is decoded once and then normalized: repeated slashes are one, "." and ".." are resolved. A script
 * in a hidden directory, or of a hidden name, does not exist (but below /.well-known/, RFC 8615). Only files
 * named *.php are scripts. Symbolic links are followed wherever they lead, as PHP-FPM does: open_basedir is
 * what confines PHP.
 *
 * A root that is a symbolic link (a deployment's "current") is resolved once a second, so that each request
 * runs with the paths of one deployment, and opcache does not take one for another.
 *
 * Used by one thread.
 */
#ifndef LYGER_WORKER_SCRIPT_PATH_H
#define LYGER_WORKER_SCRIPT_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define LYGER_SCRIPT_PATH_MAX 4096u /* bytes, NUL included */

typedef struct lyger_scripts {
    const char *given; /* the root as configured; borrowed */
    const char *front; /* the front controller below the root, "index.php"; NULL or "": none; borrowed */
    char root[LYGER_SCRIPT_PATH_MAX]; /* resolved, without a slash at its end */
    time_t checked;                   /* second in which the root was resolved */
} lyger_scripts;

typedef enum lyger_script_kind {
    LYGER_SCRIPT_RUN,       /* name, info and file are set */
    LYGER_SCRIPT_SLASH,     /* name is the address to go to, percent-encoded, without the query */
    LYGER_SCRIPT_NONE,      /* 404 */
    LYGER_SCRIPT_FORBIDDEN, /* 403: the script exists, but this process may not read it */
    LYGER_SCRIPT_BAD,       /* 400: broken percent-encoding, a NUL, a path that leads above the root */
} lyger_script_kind;

typedef struct lyger_script {
    char name[3 * LYGER_SCRIPT_PATH_MAX]; /* SCRIPT_NAME, "/blog/post.php" */
    char info[LYGER_SCRIPT_PATH_MAX];     /* PATH_INFO, "" for none */
    char file[LYGER_SCRIPT_PATH_MAX];     /* SCRIPT_FILENAME, absolute */
    bool open_to_all;                     /* every user may read it */
} lyger_script;

/* root must be an existing directory. False, with errno, when it cannot be resolved. */
bool lyger_scripts_init(lyger_scripts *scripts, const char *root, const char *front);

/* Resolves the root again when a second has passed since the last time; now: seconds since 1970. */
void lyger_scripts_refresh(lyger_scripts *scripts, time_t now);

/* path: of a request target, still encoded, such as "/blog/post.php"; "" is "/". */
lyger_script_kind lyger_script_find(const lyger_scripts *scripts, const char *path, size_t len,
                                    lyger_script *script);

/* Decodes and normalizes a path; false for one that is LYGER_SCRIPT_BAD. For tests. */
bool lyger_script_normalize(const char *path, size_t len, char to[LYGER_SCRIPT_PATH_MAX]);

#endif
