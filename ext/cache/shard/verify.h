/*
 * Looks a whole segment through. A named segment outlives the processes that wrote it, and its file may have
 * been damaged meanwhile; nothing else in this room doubts what it reads.
 */
#ifndef LYGER_CACHE_VERIFY_H
#define LYGER_CACHE_VERIFY_H

#include "cache/segment/layout.h"

/*
 * LYGER_OK, or LYGER_E_CACHE with the first fault. Nothing is repaired, but a shard whose holder died is
 * rebuilt as ever. Other processes may use the segment meanwhile; each shard is locked while it is looked
 * through. Any bytes after the header, which lyger_segment_check() has checked, are endured.
 */
lyger_status lyger_cache_verify(lyger_cache *cache, lyger_error *error);

#endif
