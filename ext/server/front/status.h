/*
 * The status page: config.status_path is one self-contained HTML page (status.html, compiled in as
 * status_page.h), and status_path + "/json" the figures that the page asks for once a second.
 *
 * The page tells what users of the application are doing, so it exists only for people at the machine: the
 * peer is a loopback address or a Unix socket, the request came through no proxy that says so, and its Host
 * is "localhost" or a literal address, because a page from elsewhere can make a browser ask a name that the
 * page's owner has bound to 127.0.0.1 (DNS rebinding). For all other clients the path is the application's. A
 * proxy on the same machine that adds no field of a proxy defeats this; such a proxy must not forward the
 * path.
 *
 * Used by the front process's one thread.
 */
#ifndef LYGER_FRONT_STATUS_H
#define LYGER_FRONT_STATUS_H

#include "metrics.h"

/* Answers when the request is for the page and the client may see it; false, with nothing sent, otherwise. */
bool lyger_status_answer(lyger_metrics *metrics, const lyger_server_config *config, const lyger_hub *hub,
                         lyger_http_connection *connection, const lyger_http_request *request,
                         const char *head, const lyger_http_address *client);

/* ---- the parts of it, for tests ---- */

/* Whether that client may see the page with that request. */
bool lyger_status_allowed(const lyger_http_request *request, const char *head,
                          const lyger_http_address *client);

/* The figures as JSON; false when the sink refused. */
bool lyger_status_write(lyger_metrics *metrics, const lyger_server_config *config, const lyger_hub *hub,
                        lyger_sink *sink);

#endif
