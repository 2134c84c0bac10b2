/*
 * Opening files below a root and nowhere else. Internal to static files.
 */
#ifndef LYGER_FRONT_STATIC_OPEN_H
#define LYGER_FRONT_STATIC_OPEN_H

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

typedef struct lyger_root {
    const char *path; /* borrowed */
    int descriptor;
    bool follow;    /* follow symbolic links, wherever they lead */
    bool one_step;  /* the kernel has openat2() (Linux 5.6) and lets this process call it */
    time_t checked; /* second in which the path was compared with the descriptor */
} lyger_root;

/* Opens the root. False with errno. */
bool lyger_root_open(lyger_root *root, const char *path, bool follow);
void lyger_root_close(lyger_root *root);

/* Opens the root again when its path leads to another directory than before; looks at most once a second. */
void lyger_root_refresh(lyger_root *root, time_t now);

/* Opens the file at that path below the root for reading, without ever waiting (for a FIFO's writer), and
 * fills *stat; -1 when it cannot be opened. path: from lyger_static_path(), or the path of an index file or
 * neighbour made from it. */
int lyger_root_file(const lyger_root *root, const char *path, struct stat *stat);

/* Whether a file of that name is a PHP source, or may be a copy of one. */
bool lyger_static_is_source(const char *name);

#endif
