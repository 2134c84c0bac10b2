/* What has an owner: a counter, and rows. */
#include "boundary.h"

#include <stdlib.h>
#include <string.h>

struct lyger_probe_owner {
    int64_t value;
};

lyger_probe_owner *lyger_boundary_owner_new(int64_t value)
{
    lyger_probe_owner *owner = malloc(sizeof *owner);
    if (owner) {
        owner->value = value;
    }
    return owner;
}

int64_t lyger_boundary_owner_use(lyger_probe_owner *owner)
{
    owner->value = (int64_t)((uint64_t)owner->value + 1);
    return owner->value;
}

void lyger_boundary_owner_free(lyger_probe_owner *owner)
{
    free(owner);
}

/* ---- rows ---- */

typedef struct stored_row {
    int64_t id;
    double price;
    uint32_t name_len;
    char name[28]; /* "row " and the digits of a size_t need 24 */
} stored_row;

static void name_row(stored_row *row, size_t number)
{
    char digits[20];
    size_t count = 0;
    do {
        digits[sizeof digits - ++count] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(row->name, "row ", 4);
    memcpy(row->name + 4, digits + sizeof digits - count, count);
    row->name_len = (uint32_t)(4 + count);
}

struct lyger_probe_rows {
    size_t count;
    stored_row rows[];
};

lyger_probe_rows *lyger_boundary_rows_new(size_t count)
{
    if (count > (SIZE_MAX - sizeof(lyger_probe_rows)) / sizeof(stored_row)) {
        return NULL;
    }
    lyger_probe_rows *rows = malloc(sizeof *rows + count * sizeof(stored_row));
    if (!rows) {
        return NULL;
    }
    rows->count = count;
    for (size_t i = 0; i < count; i++) {
        stored_row *row = &rows->rows[i];
        row->id = (int64_t)i + 1;
        row->price = (double)row->id * 0.25;
        name_row(row, i + 1);
    }
    return rows;
}

size_t lyger_boundary_rows_count(const lyger_probe_rows *rows)
{
    return rows->count;
}

bool lyger_boundary_rows_read(const lyger_probe_rows *rows, size_t index, lyger_probe_row *row)
{
    if (index >= rows->count) {
        return false;
    }
    const stored_row *stored = &rows->rows[index];
    *row = (lyger_probe_row){stored->id, stored->price, stored->name, stored->name_len};
    return true;
}

double lyger_boundary_rows_total(const lyger_probe_rows *rows)
{
    double total = 0;
    for (size_t i = 0; i < rows->count; i++) {
        total += rows->rows[i].price;
    }
    return total;
}

void lyger_boundary_rows_free(lyger_probe_rows *rows)
{
    free(rows);
}
