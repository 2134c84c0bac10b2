/*
 * The server of the FFI door, which answers `/` and `/health`. There is at most one per process, in one
 * thread that owns a libuv loop and every connection. Any other thread may call start, stop and port. A
 * forked child has no server: it closes its copies of the sockets and may start one of its own.
 */
#ifndef LYGER_HTTP_FFI_SERVER_H
#define LYGER_HTTP_FFI_SERVER_H

#include "options.h"

/*
 * Listens on an address and serves in a thread of its own, with signals blocked; returns when it listens.
 * NULL is this machine only, 0.0.0.0 every IPv4 interface, :: every interface. Port 0 picks a free one.
 * options NULL means the defaults. LYGER_E_SERVER when listening fails or a server is running in this process
 * already; LYGER_E_ARGUMENT when host is no address.
 */
lyger_status lyger_http_start(const char *host, uint16_t port, const lyger_http_options *options,
                              lyger_error *error);

/* Closes every socket, ends the thread, frees everything. Without a server it does nothing. */
void lyger_http_stop(void);

/* The port that the server listens on, 0 without a server. */
uint16_t lyger_http_port(void);

#endif
