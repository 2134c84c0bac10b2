/*
 * The status page: config.status_path is one self-contained HTML page (status.html, compiled in as
 * status_page.h), and status_path + "/json" the figures it asks for once a second.
 *
 * It tells what users of the application are doing, so it exists only for who sits at the machine: the peer
 * is a loopback address or a Unix socket, the request came through no proxy that says so, and its Host is
 * "localhost" or a literal address, because a page from elsewhere can make a browser ask a name that it has
 * bound to 127.0.0.1 (DNS rebinding). For everybody else the path is the application's. A proxy on the same
 * machine that hides that it is one defeats this; it must not forward the path.
 *
 * One thread, that of the front process.
 */
#ifndef LYGER_HTTP_STATUS_H
#define LYGER_HTTP_STATUS_H

#include "metrics.h"

/* Answers when the request is for the page and may see it; false, with nothing sent, otherwise. */
bool lyger_status_answer(lyger_metrics *metrics, const lyger_server_config *config, const lyger_hub *hub,
                         lyger_http_connection *connection, const lyger_http_request *request,
                         const char *head, const lyger_http_address *client);

/* ---- the parts of it, for tests ---- */

/* Whether that client may see it with that request. */
bool lyger_status_allowed(const lyger_http_request *request, const char *head,
                          const lyger_http_address *client);

/* The figures as JSON; false when the sink refused. */
bool lyger_status_write(lyger_metrics *metrics, const lyger_server_config *config, const lyger_hub *hub,
                        lyger_sink *sink);

#endif
