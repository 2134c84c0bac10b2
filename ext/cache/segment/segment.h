/*
 * Making, checking and opening segments.
 */
#ifndef LYGER_CACHE_SEGMENT_H
#define LYGER_CACHE_SEGMENT_H

#include "layout.h"

/* Lays out a zeroed mapping and sets the magic last. */
lyger_status lyger_segment_format(void *base, size_t size, lyger_error *error);

typedef enum segment_state {
    SEGMENT_SOUND,
    SEGMENT_FOREIGN,  /* no segment */
    SEGMENT_DAMAGED,  /* its header says what cannot be */
    SEGMENT_OBSOLETE, /* unfinished, or of another layout, machine start, C library, pid namespace or size */
} segment_state;

/* What the header of a mapping says, for a caller that wants a segment of `wanted` bytes. The contents behind
 * the header are checked by lyger_cache_verify(). */
segment_state lyger_segment_check(const void *base, size_t size, size_t wanted);

/* Fills the pointers of a view from the segment's header. */
void lyger_segment_view(lyger_cache *cache, void *base);

#endif
