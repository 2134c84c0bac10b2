/* Archives for tests: what ext/boundary/tar.c reads, written. */
#ifndef LYGER_TESTS_BOUNDARY_TAR_H
#define LYGER_TESTS_BOUNDARY_TAR_H

#include <stdio.h>
#include <string.h>

/* The checksum of the 512 bytes of a header, put where it belongs. */
static inline void set_tar_checksum(char *header)
{
    unsigned sum = 0;
    memset(header + 148, ' ', 8);
    for (int i = 0; i < 512; i++) {
        sum += (unsigned char)header[i];
    }
    snprintf(header + 148, 8, "%06o", sum);
}

/* A regular file, header and data; how many bytes that was. */
static inline size_t put_tar_file(char *to, const char *name, const char *data, size_t len)
{
    size_t padded = (len + 511) / 512 * 512;
    memset(to, 0, 512 + padded);
    snprintf(to, 100, "%s", name);
    snprintf(to + 124, 12, "%011o", (unsigned)len & 0x3FFFFFFF);
    to[156] = '0';
    memcpy(to + 257, "ustar\00000", 8);
    set_tar_checksum(to);
    memcpy(to + 512, data, len);
    return 512 + padded;
}

#endif
