/*
 * Pins: how a value handed out in place stays where it is. A pin names an entry in the reader's lane; memory
 * of an entry that is replaced, removed or evicted is not used again while any living thread's lane names it
 * (hazard pointers: Michael, "Hazard pointers: safe memory reclamation for lock-free objects", IEEE TPDS
 * 2004). A reader pins, then looks whether the entry is still published; a writer withdraws the entry, then
 * looks for pins: one of the two sees the other.
 *
 * A thread keeps its pins until lyger_cache_unpin(), which PHP's door calls when a request's values are gone.
 * All pins together may hold a quarter of the memory, one thread's pins pin_count entries less a quarter; a
 * reader that finds no room copies. So a process that never ends its request, such as a worker that runs for
 * hours, fetches in place until its share is used, and copies from then on; the same entry counts once.
 */
#ifndef LYGER_CACHE_PIN_H
#define LYGER_CACHE_PIN_H

#include "layout.h"

/* Pins may hold 1/4 of the memory, given out in 256 chunks. */
#define PIN_CHUNKS 256u
#define PIN_CHUNK_GRANULES(cache)                                                                            \
    ((uint32_t)((uint64_t)(cache)->header->region_count * (cache)->header->region_granules / 4 / PIN_CHUNKS))

/* lyger_cache_pin(). */
bool lyger_pin_take(lyger_cache *cache, const lyger_cache_sight *sight);

/* Whether any living thread pins the entry. Called after the entry was withdrawn. */
bool lyger_pin_holds(lyger_cache *cache, granule at);

/* Whether this thread pins anything. */
bool lyger_pin_any(void);

/* Releases every pin of this thread. */
void lyger_pin_release(lyger_cache *cache);

/* Forgets this thread's pins without releasing them. */
void lyger_pin_abandon(void);

/* Empties the pins of a lane that is this thread's now. */
void lyger_pin_clear(lyger_cache *cache, lane *l);

/* Copies the pins of this thread's lane to another lane. */
void lyger_pin_copy(lyger_cache *cache, const lane *from, lane *to);

/* Calls visit with every granule that any lane names, once or more. */
void lyger_pin_each(lyger_cache *cache, void (*visit)(granule at, void *context), void *context);

#endif
