/* The limits of a head that a server has by default (lyger_http_default_options), for programs without a
 * server. */
#ifndef HTTP_LIMITS_H
#define HTTP_LIMITS_H

#include "http/message.h"

static const lyger_http_limits default_limits = {8192, 32768, LYGER_HTTP_FIELDS_MAX};

#endif
