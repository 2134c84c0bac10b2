/*
 * Entries with an account: what the files of the cache room share of them. The account lies behind the value,
 * where no reader of the value looks: only the entry's head says that it is there (`extra`).
 */
#ifndef LYGER_CACHE_ACCOUNT_H
#define LYGER_CACHE_ACCOUNT_H

#include "cache.h"
#include "read_fast.h"

/* Describes the entry in sight; what was written is to be believed when still_there() says so afterwards.
 * Until then the lengths may be anything, and nothing behind the segment is read. */
void lyger_account_describe(const lyger_cache *cache, const entry_sight *seen, lyger_cache_details *details);

#endif
