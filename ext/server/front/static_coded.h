/*
 * Files that were compressed for a client, kept for the next one. Internal to static files.
 *
 * The front process has one thread, so a file is compressed at most once while it does not change, and only
 * when that takes a few milliseconds at most; larger files are sent as they are, or as the compressed
 * neighbour that was put beside them. A file that does not get smaller is remembered as well.
 */
#ifndef LYGER_FRONT_STATIC_CODED_H
#define LYGER_FRONT_STATIC_CODED_H

#include "compress.h"

#include <sys/stat.h>

#define LYGER_CODED_FILE_MAX 262144u    /* bytes of a file that is compressed */
#define LYGER_CODED_BYTES_MAX 16777216u /* of compressed files that are kept, together */
#define LYGER_CODED_COUNT 256u          /* files kept */

typedef struct lyger_coded {
    dev_t device; /* device, inode, size and time say which content it is */
    ino_t inode;
    off_t size;
    struct timespec modified;
    lyger_coding coding;
    char *bytes; /* owned; NULL: compressing the file does not pay */
    uint32_t len;
    uint64_t used; /* when the file was last asked for, counted in calls of lyger_coded_get() */
} lyger_coded;

typedef struct lyger_coded_files {
    lyger_coded files[LYGER_CODED_COUNT]; /* count of them */
    uint32_t count;
    size_t bytes;
    uint64_t questions;
} lyger_coded_files;

/* To be called first. */
void lyger_coded_init(lyger_coded_files *kept);
void lyger_coded_free(lyger_coded_files *kept);

/* The content of an open file in that coding, valid until the next call; NULL when the file is to be sent as
 * it is. */
const lyger_coded *lyger_coded_get(lyger_coded_files *kept, int descriptor, const struct stat *stat,
                                   lyger_coding coding);

#endif
