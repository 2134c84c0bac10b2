/*
 * Inside the query room: statements that were sent and not yet waited for.
 */
#ifndef LYGER_QUERY_ASYNC_H
#define LYGER_QUERY_ASYNC_H

#include "pool.h"
#include "result.h"

lyger_status lyger_async_send(lyger_pool *pool, const lyger_call *call, lyger_result **result,
                              lyger_error *error);

#endif
