#include "static_coded.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void lyger_coded_init(lyger_coded_files *kept)
{
    kept->count = 0;
    kept->bytes = 0;
    kept->questions = 0;
}

void lyger_coded_free(lyger_coded_files *kept)
{
    for (uint32_t i = 0; i < kept->count; i++) {
        free(kept->files[i].bytes);
    }
    lyger_coded_init(kept);
}

static bool is_that(const lyger_coded *file, const struct stat *stat, lyger_coding coding)
{
    return file->inode == stat->st_ino && file->coding == coding && file->device == stat->st_dev &&
           file->size == stat->st_size && file->modified.tv_sec == stat->st_mtim.tv_sec &&
           file->modified.tv_nsec == stat->st_mtim.tv_nsec;
}

/* Forgets the file that was not asked for for the longest time. */
static void forget_one(lyger_coded_files *kept)
{
    uint32_t oldest = 0;
    for (uint32_t i = 1; i < kept->count; i++) {
        if (kept->files[i].used < kept->files[oldest].used) {
            oldest = i;
        }
    }
    kept->bytes -= kept->files[oldest].len;
    free(kept->files[oldest].bytes);
    kept->files[oldest] = kept->files[--kept->count];
}

/* Compresses size bytes; false when that fails or does not pay. */
static bool compress(const char *bytes, size_t size, lyger_coding coding, lyger_coded *to)
{
    lyger_buffer out;
    lyger_buffer_init(&out, &lyger_malloc_allocator);
    lyger_compressor *compressor = lyger_compress_begin(coding);
    bool good = compressor && lyger_compress_run(compressor, bytes, size, LYGER_COMPRESS_END, &out.sink);
    lyger_compress_end(compressor);
    size_t len = lyger_buffer_length(&out);
    char *exact = good && len < size - size / 16 ? realloc(out.start, len) : NULL;
    if (!exact) {
        lyger_buffer_free(&out);
        return false;
    }
    to->bytes = exact;
    to->len = (uint32_t)len;
    return true;
}

const lyger_coded *lyger_coded_get(lyger_coded_files *kept, int descriptor, const struct stat *stat,
                                   lyger_coding coding)
{
    size_t size = (size_t)stat->st_size;
    kept->questions++;
    for (uint32_t i = 0; i < kept->count; i++) {
        if (is_that(&kept->files[i], stat, coding)) {
            kept->files[i].used = kept->questions;
            return kept->files[i].bytes ? &kept->files[i] : NULL;
        }
    }
    if (stat->st_size < (off_t)LYGER_COMPRESS_MIN || stat->st_size > (off_t)LYGER_CODED_FILE_MAX) {
        return NULL;
    }
    char *bytes = malloc(size);
    if (!bytes || pread(descriptor, bytes, size, 0) != (ssize_t)size) {
        free(bytes);
        return NULL; /* the file is being changed */
    }
    lyger_coded new = {.device = stat->st_dev,
                       .inode = stat->st_ino,
                       .size = stat->st_size,
                       .modified = stat->st_mtim,
                       .coding = coding,
                       .used = kept->questions};
    bool pays = compress(bytes, size, coding, &new);
    free(bytes);
    while (kept->count == LYGER_CODED_COUNT ||
           (kept->count > 0 && kept->bytes + new.len > LYGER_CODED_BYTES_MAX)) {
        forget_one(kept);
    }
    kept->files[kept->count++] = new;
    kept->bytes += new.len;
    return pays ? &kept->files[kept->count - 1] : NULL;
}
