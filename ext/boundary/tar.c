/*
 * A reader of ustar archives (IEEE Std 1003.1, pax, "ustar Interchange Format"), strict and small: regular
 * files and directories, names of at most 100 bytes, or 155 and 100 with a prefix, sizes in octal. Any other
 * archive is refused. Only regular files are counted.
 */
#include "boundary.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 512

typedef struct header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
    char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
} header;

_Static_assert(sizeof(header) == BLOCK, "a header is one block");

typedef struct entry {
    size_t name; /* where the names are kept */
    size_t name_len;
    size_t data; /* in the archive */
    size_t len;
} entry;

struct lyger_probe_tar {
    char *bytes; /* the archive, and after it the names: one allocation */
    entry *entries;
    size_t count;
    size_t names; /* where the next name goes */
};

/* Octal digits, then spaces or NULs up to the end; false for anything else, and for no digit. */
static bool octal(const char *field, size_t size, size_t *value)
{
    size_t i = 0;
    *value = 0;
    for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) {
        *value = *value * 8 + (size_t)(field[i] - '0'); /* at most 12 digits: 36 bits */
    }
    bool digits = i > 0;
    for (; i < size; i++) {
        if (field[i] != ' ' && field[i] != '\0') {
            return false;
        }
    }
    return digits;
}

static bool checksum_is_right(const header *head)
{
    const unsigned char *bytes = (const unsigned char *)head;
    size_t stated, sum = 0;
    for (size_t i = 0; i < BLOCK; i++) {
        bool inside = i >= offsetof(header, checksum) && i < offsetof(header, type);
        sum += inside ? ' ' : bytes[i];
    }
    return octal(head->checksum, sizeof head->checksum, &stated) && stated == sum;
}

static bool is_zero(const char *block)
{
    for (size_t i = 0; i < BLOCK; i++) {
        if (block[i] != '\0') {
            return false;
        }
    }
    return true;
}

/* NULL when this reader takes the header, else the reason why not. */
static const char *refusal(const header *head, size_t left, size_t *size)
{
    if (!checksum_is_right(head)) {
        return "its checksum is wrong";
    }
    if (memcmp(head->magic, "ustar", sizeof head->magic) != 0 || memcmp(head->version, "00", 2) != 0) {
        return "it is not ustar";
    }
    if (head->type != '0' && head->type != '\0' && head->type != '5') {
        return "it is neither a regular file nor a directory";
    }
    if (head->name[0] == '\0') {
        return "it has no name";
    }
    if (!octal(head->size, sizeof head->size, size)) {
        return "its size is no octal number";
    }
    if (head->type == '5' && *size != 0) {
        return "it is a directory with a size";
    }
    return *size > left ? "its data is cut off" : NULL;
}

static void append_name(lyger_probe_tar *tar, const char *text, size_t size, entry *to)
{
    size_t len = strnlen(text, size);
    memcpy(tar->bytes + tar->names, text, len);
    tar->names += len;
    to->name_len += len;
}

static void keep(lyger_probe_tar *tar, const header *head, size_t data, size_t size)
{
    entry *file = &tar->entries[tar->count++];
    *file = (entry){.name = tar->names, .data = data, .len = size};
    if (head->prefix[0] != '\0') {
        append_name(tar, head->prefix, sizeof head->prefix, file);
        append_name(tar, "/", 1, file);
    }
    append_name(tar, head->name, sizeof head->name, file);
}

static lyger_status read_directory(lyger_probe_tar *tar, size_t len, lyger_error *error)
{
    for (size_t at = 0; len - at >= BLOCK;) {
        if (is_zero(tar->bytes + at)) {
            return LYGER_OK;
        }
        header head;
        memcpy(&head, tar->bytes + at, BLOCK);
        size_t size = 0;
        const char *reason = refusal(&head, len - at - BLOCK, &size);
        if (reason) {
            return lyger_fail(error, LYGER_E_ARGUMENT,
                              "the archive cannot be read: of the header at byte %zu, %s", at, reason);
        }
        if (head.type != '5') {
            keep(tar, &head, at + BLOCK, size);
        }
        size_t padded = (size + BLOCK - 1) / BLOCK * BLOCK;
        if (padded > len - at - BLOCK) {
            break;
        }
        at += BLOCK + padded;
    }
    return lyger_fail(error, LYGER_E_ARGUMENT, "the archive cannot be read: its end is missing");
}

lyger_status lyger_boundary_tar_open(const char *bytes, size_t len, lyger_probe_tar **tar, lyger_error *error)
{
    /* A block is at most one entry and its name at most 256 bytes, which is less than the block. */
    lyger_probe_tar *made = len < SIZE_MAX / 4 ? calloc(1, sizeof *made) : NULL;
    if (made) {
        made->bytes = malloc(len * 2 + 1);
        made->entries = malloc((len / BLOCK + 1) * sizeof *made->entries);
    }
    if (!made || !made->bytes || !made->entries) {
        lyger_boundary_tar_free(made);
        return lyger_fail(error, LYGER_E_MEMORY, "no memory for an archive of %zu bytes", len);
    }
    memcpy(made->bytes, bytes, len);
    made->names = len;
    lyger_status status = read_directory(made, len, error);
    if (status != LYGER_OK) {
        lyger_boundary_tar_free(made);
        return status;
    }
    *tar = made;
    return LYGER_OK;
}

size_t lyger_boundary_tar_count(const lyger_probe_tar *tar)
{
    return tar->count;
}

bool lyger_boundary_tar_file(const lyger_probe_tar *tar, size_t index, lyger_probe_file *file)
{
    if (index >= tar->count) {
        return false;
    }
    const entry *found = &tar->entries[index];
    *file =
        (lyger_probe_file){tar->bytes + found->name, found->name_len, tar->bytes + found->data, found->len};
    return true;
}

void lyger_boundary_tar_free(lyger_probe_tar *tar)
{
    if (tar) {
        free(tar->entries);
        free(tar->bytes);
        free(tar);
    }
}
