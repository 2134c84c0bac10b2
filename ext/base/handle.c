#include "handle.h"

#include <limits.h>
#include <stdlib.h>

/* One bit is kept free so that a handle is a positive PHP integer. */
#if ULONG_MAX > 0xFFFFFFFFul
#define INDEX_BITS 32
#define GENERATION_MAX 0x7FFFFFFFu
#else
#define INDEX_BITS 16
#define GENERATION_MAX 0x7FFFu
#endif
#define NARROW_BITS 16
#define NARROW_MAX 0x7FFFu

static unsigned index_bits(const lyger_handle_table *table)
{
    return table->narrow ? NARROW_BITS : INDEX_BITS;
}

static uint32_t index_max(const lyger_handle_table *table)
{
    return (uint32_t)((1ul << index_bits(table)) - 1);
}

/* The index is stored plus one, so that no handle is 0 and small forged numbers miss. */
static unsigned long make_handle(const lyger_handle_table *table, uint32_t index, uint32_t generation)
{
    return ((unsigned long)generation << index_bits(table)) | (unsigned long)(index + 1);
}

static lyger_handle_slot *find_slot(const lyger_handle_table *table, unsigned long handle)
{
    unsigned long index_plus_one = handle & index_max(table);
    if (index_plus_one == 0 || index_plus_one > table->used) {
        return NULL;
    }
    lyger_handle_slot *slot = &table->slots[index_plus_one - 1];
    return slot->object && slot->generation == handle >> index_bits(table) ? slot : NULL;
}

static lyger_handle_slot *take_slot(lyger_handle_table *table)
{
    if (table->first_free) {
        lyger_handle_slot *slot = &table->slots[table->first_free - 1];
        table->first_free = slot->next_free;
        return slot;
    }
    if (table->used == table->capacity) {
        uint32_t capacity = table->capacity ? table->capacity * 2 : 16;
        if (capacity <= table->capacity || capacity > index_max(table) / 2 + 1) {
            return NULL;
        }
        lyger_handle_slot *slots = realloc(table->slots, capacity * sizeof *slots);
        if (!slots) {
            return NULL;
        }
        table->slots = slots;
        table->capacity = capacity;
    }
    lyger_handle_slot *slot = &table->slots[table->used++];
    *slot = (lyger_handle_slot){NULL, 1, 0};
    return slot;
}

unsigned long lyger_handle_open(lyger_handle_table *table, void *object)
{
    lyger_handle_slot *slot = take_slot(table);
    if (!slot) {
        return 0;
    }
    slot->object = object;
    table->live++;
    return make_handle(table, (uint32_t)(slot - table->slots), slot->generation);
}

void *lyger_handle_get(const lyger_handle_table *table, unsigned long handle)
{
    lyger_handle_slot *slot = find_slot(table, handle);
    return slot ? slot->object : NULL;
}

void *lyger_handle_close(lyger_handle_table *table, unsigned long handle)
{
    lyger_handle_slot *slot = find_slot(table, handle);
    if (!slot) {
        return NULL;
    }
    void *object = slot->object;
    slot->object = NULL;
    table->live--;
    if (table->narrow && slot->generation == NARROW_MAX) {
        slot->generation = 0;
    }
    if (slot->generation < GENERATION_MAX) {
        slot->generation++;
        slot->next_free = table->first_free;
        table->first_free = (uint32_t)(slot - table->slots) + 1;
    }
    return object;
}

void lyger_handle_table_clear(lyger_handle_table *table, void (*destroy)(void *object))
{
    for (uint32_t i = 0; i < table->used && table->live; i++) {
        lyger_handle_slot *slot = &table->slots[i];
        if (slot->object) {
            destroy(lyger_handle_close(table, make_handle(table, i, slot->generation)));
        }
    }
}

void lyger_handle_table_free(lyger_handle_table *table, void (*destroy)(void *object))
{
    lyger_handle_table_clear(table, destroy);
    free(table->slots);
    *table = (lyger_handle_table){.narrow = table->narrow};
}
