/*
 * Watching a source tree for changes, for development: inotify(7), or looking at the whole tree once a second
 * where the limits on watches are too low. What an application writes itself (logs, databases, var/,
 * storage/), what others wrote (vendor/, node_modules/, .git) and what editors leave beside a file do not
 * count.
 */
#ifndef LYGER_SUPERVISOR_WATCH_H
#define LYGER_SUPERVISOR_WATCH_H

#include "base/error.h"

#include <stdint.h>

typedef struct lyger_watch lyger_watch;

lyger_status lyger_watch_new(const char *directory, lyger_watch **watch, lyger_error *error);
void lyger_watch_free(lyger_watch *watch);

int lyger_watch_descriptor(const lyger_watch *watch); /* to poll for reading; -1: there is none */
bool lyger_watch_polls(const lyger_watch *watch);     /* inotify's limits were hit */

/* Whether something has changed and the tree has then been quiet for 100 ms. *due is when to ask again though
 * the descriptor is not readable, lyger_hub_now(); 0: never. */
bool lyger_watch_changed(lyger_watch *watch, uint64_t now, uint64_t *due);

#endif
