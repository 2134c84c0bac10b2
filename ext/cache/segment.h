/*
 * Making, checking and opening segments.
 */
#ifndef LYGER_CACHE_SEGMENT_H
#define LYGER_CACHE_SEGMENT_H

#include "layout.h"

/* Lays out a zeroed mapping and sets the magic last. */
lyger_status lyger_segment_format(void *base, size_t size, lyger_error *error);

/* LYGER_OK when the mapping is a finished segment of this layout, machine start and C library. */
lyger_status lyger_segment_check(const void *base, size_t size, const char *path, lyger_error *error);

/* Fills the pointers of a view from the segment's header. */
void lyger_segment_view(lyger_cache *cache, void *base);

#endif
