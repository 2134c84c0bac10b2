/*
 * Handles: numbers that stand for objects, checked on every use. A handle holds a slot index and the slot's
 * generation; freeing the object advances the generation, so a stale, forged or freed handle is looked up,
 * found wrong and reported, and never dereferenced. After 2^31 - 1 reuses (2^15 - 1 where unsigned long has
 * 32 bits) a slot is retired instead of repeating a number.
 *
 * A table belongs to one process and one thread; a door that is entered by several threads locks around it
 * (abi/ does). The table owns its slots, not the objects.
 */
#ifndef LYGER_BASE_HANDLE_H
#define LYGER_BASE_HANDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lyger_handle_slot {
    void *object;        /* NULL when the slot is free */
    uint32_t generation; /* of the object in the slot, or of the next object */
    uint32_t next_free;  /* index + 1 of the next free slot, 0 ends the list */
} lyger_handle_slot;

typedef struct lyger_handle_table {
    lyger_handle_slot *slots;
    uint32_t used; /* slots ever handed out */
    uint32_t capacity;
    uint32_t first_free; /* index + 1, 0 when none */
    uint32_t live;       /* objects in the table now */
    /* Handles are below 2^31, for callers that keep them in an int: 65,535 objects, and a slot's numbers
     * repeat after 32,767 reuses instead of retiring it. */
    bool narrow;
} lyger_handle_table;

/* A zeroed table is an empty one. */
#define LYGER_HANDLE_TABLE_EMPTY ((lyger_handle_table){0})

/* A handle >= 1 for object (not NULL), or 0 when memory or handles ran out. */
unsigned long lyger_handle_open(lyger_handle_table *table, void *object);

/* The object, or NULL for a handle that is not live. */
void *lyger_handle_get(const lyger_handle_table *table, unsigned long handle);

/* Takes the object out and returns it, or NULL for a handle that is not live. */
void *lyger_handle_close(lyger_handle_table *table, unsigned long handle);

/* Calls destroy for each live object; the slots stay, so that handles given out before stay stale. */
void lyger_handle_table_clear(lyger_handle_table *table, void (*destroy)(void *object));

/* lyger_handle_table_clear(), and frees the slots: for the end of the process or thread. */
void lyger_handle_table_free(lyger_handle_table *table, void (*destroy)(void *object));

#endif
