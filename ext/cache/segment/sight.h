/*
 * A look at an entry without a lock, and whether what was read is the entry's.
 */
#ifndef LYGER_CACHE_SIGHT_H
#define LYGER_CACHE_SIGHT_H

#include "layout.h"
#include "step.h"

#define READ_INLINE inline __attribute__((always_inline))

/* What was seen of an entry, and what tells whether it is still there. */
typedef struct entry_sight {
    const entry *e;
    index_slot *slot;
    uint64_t word, stamp, lens, expires;
} entry_sight;

/*
 * When true, everything that was read between reading the stamp and this call was the entry's own, provided
 * the stamp was set (stamp_is_set()), and entry and slot are unchanged. The comparison alone does not tell:
 * memory without an entry has no stamp before and none after, while an entry that was filled in meanwhile is
 * published under the very same slot word, because it has the same place. tests/model/read.pml is this
 * protocol.
 */
static READ_INLINE bool still_there(const entry_sight *seen)
{
    atomic_thread_fence(memory_order_acquire);
    bool same_entry = atomic_load_explicit(&seen->e->stamp, memory_order_relaxed) == seen->stamp;
    lyger_step(STEP_STAMP_COMPARED);
    return same_entry && atomic_load_explicit(seen->slot, memory_order_relaxed) == seen->word;
}

/* still_there() for what a caller was given to look at. */
static inline bool sight_is_whole(const lyger_cache_sight *sight)
{
    entry_sight seen = {.e = sight->entry,
                        .slot = (index_slot *)(uintptr_t)sight->slot,
                        .word = sight->word,
                        .stamp = sight->stamp};
    return still_there(&seen);
}

#endif
