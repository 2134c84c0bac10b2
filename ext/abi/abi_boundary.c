/*
 * The probes behind the FFI door: each makes one call of the boundary room. Unlike the functions of lyger.h
 * they check no pointer, because a check is a cost, and the probes are there to measure the door's cost.
 */
#include "door.h"

#include "base/handle.h"
#include "boundary/boundary.h"

#include <stdlib.h>
#include <string.h>

static lyger_handle_table handles;

void lyger_probe_nothing(void) {}

int64_t lyger_probe_take_nothing(void)
{
    return 0;
}

int64_t lyger_probe_take(int64_t value)
{
    (void)value;
    return 0;
}

int64_t lyger_probe_take_float(double value)
{
    (void)value;
    return 0;
}

int64_t lyger_probe_take_text(const char *text)
{
    (void)text;
    return 0;
}

int64_t lyger_probe_take_bytes(const void *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    return 0;
}

int64_t lyger_probe_double(int64_t value)
{
    return lyger_boundary_double(value);
}

double lyger_probe_halve(double value)
{
    return lyger_boundary_halve(value);
}

int64_t lyger_probe_text_in(const char *text, size_t len)
{
    return lyger_boundary_text_in(text, len);
}

size_t lyger_probe_nul_scan(const char *text)
{
    return lyger_boundary_nul_scan(text);
}

int lyger_probe_utf8(const char *text, size_t len)
{
    return lyger_boundary_utf8(text, len);
}

char *lyger_probe_text_out(size_t len)
{
    char *text = malloc(len + 1);
    if (text) {
        lyger_boundary_fill(text, len);
        text[len] = '\0';
    }
    return text;
}

char *lyger_probe_reverse(const char *text)
{
    size_t len = strlen(text);
    char *reversed = malloc(len + 1);
    if (reversed) {
        lyger_boundary_reverse(reversed, text, len);
        reversed[len] = '\0';
    }
    return reversed;
}

void lyger_probe_free(void *memory)
{
    free(memory);
}

size_t lyger_probe_digits(const char *bytes, size_t len)
{
    return lyger_boundary_digits(bytes, len);
}

int64_t lyger_probe_sum(const void *packed, size_t count)
{
    return lyger_boundary_sum(packed, count);
}

void lyger_probe_record_next(const lyger_probe_record *in, lyger_probe_record *out)
{
    lyger_boundary_next(in, out);
}

size_t lyger_probe_record_layout(int part)
{
    const size_t parts[] = {sizeof(lyger_probe_record), offsetof(lyger_probe_record, id),
                            offsetof(lyger_probe_record, value), offsetof(lyger_probe_record, flag)};
    return part >= 0 && (size_t)part < sizeof parts / sizeof *parts ? parts[part] : 0;
}

/* ---- owners ---- */

lyger_probe_owner *lyger_probe_owner_new(int64_t value)
{
    return lyger_boundary_owner_new(value);
}

int64_t lyger_probe_owner_use(lyger_probe_owner *owner)
{
    return lyger_boundary_owner_use(owner);
}

void lyger_probe_owner_free(lyger_probe_owner *owner)
{
    lyger_boundary_owner_free(owner);
}

uint64_t lyger_probe_handle_new(int64_t value)
{
    lyger_probe_owner *owner = lyger_boundary_owner_new(value);
    unsigned long handle = owner ? lyger_handle_open(&handles, owner) : 0;
    if (handle == 0) {
        lyger_boundary_owner_free(owner);
    }
    return handle;
}

int lyger_probe_handle_use(uint64_t handle, int64_t *value)
{
    lyger_probe_owner *owner = lyger_handle_get(&handles, (unsigned long)handle);
    if (!owner) {
        return -1;
    }
    *value = lyger_boundary_owner_use(owner);
    return 1;
}

int lyger_probe_handle_free(uint64_t handle)
{
    lyger_probe_owner *owner = lyger_handle_close(&handles, (unsigned long)handle);
    lyger_boundary_owner_free(owner);
    return owner ? 1 : -1;
}

/* ---- views ---- */

lyger_probe_tar *lyger_probe_tar_open(const char *bytes, size_t len)
{
    lyger_probe_tar *tar = NULL;
    lyger_boundary_tar_open(bytes, len, &tar, lyger_abi_enter());
    return tar;
}

size_t lyger_probe_tar_count(const lyger_probe_tar *tar)
{
    return lyger_boundary_tar_count(tar);
}

int lyger_probe_tar_file(const lyger_probe_tar *tar, size_t index, lyger_probe_file *file)
{
    return lyger_boundary_tar_file(tar, index, file);
}

void lyger_probe_tar_free(lyger_probe_tar *tar)
{
    lyger_boundary_tar_free(tar);
}

/* ---- callbacks and errors ---- */

typedef struct plain_callback {
    int64_t (*function)(int64_t);
} plain_callback;

static bool call_plain(void *context, int64_t value, int64_t *result)
{
    const plain_callback *callback = context;
    *result = callback->function(value);
    return true;
}

int64_t lyger_probe_each(int64_t (*callback)(int64_t), size_t count)
{
    plain_callback plain = {callback};
    int64_t sum = 0;
    lyger_boundary_each(call_plain, &plain, count, &sum);
    return sum;
}

int lyger_probe_check(int64_t value)
{
    return (int)lyger_boundary_check(value, lyger_abi_enter());
}

const char *lyger_probe_error(void)
{
    return lyger_last_error();
}

int lyger_probe_panic(int64_t value)
{
    return lyger_boundary_check(value, NULL) == LYGER_OK ? 0 : -1;
}

int64_t lyger_probe_threads(const char *bytes, size_t len, int threads)
{
    size_t digits = 0;
    lyger_status status = lyger_boundary_threads(bytes, len, threads, &digits, lyger_abi_enter());
    return status == LYGER_OK ? (int64_t)digits : -1;
}

/* ---- rows ---- */

lyger_probe_rows *lyger_probe_rows_new(size_t count)
{
    return lyger_boundary_rows_new(count);
}

size_t lyger_probe_rows_count(const lyger_probe_rows *rows)
{
    return lyger_boundary_rows_count(rows);
}

int lyger_probe_rows_read(const lyger_probe_rows *rows, size_t index, lyger_probe_row *row)
{
    return lyger_boundary_rows_read(rows, index, row);
}

double lyger_probe_rows_total(const lyger_probe_rows *rows)
{
    return lyger_boundary_rows_total(rows);
}

void lyger_probe_rows_free(lyger_probe_rows *rows)
{
    lyger_boundary_rows_free(rows);
}
