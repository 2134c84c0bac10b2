/*
 * libuv, loaded when a server starts: linking it would be paid for by every PHP process. The functions keep
 * their names; the macros lead to the table that lyger_uv_load() fills. See query/sqlite_api.h.
 */
#ifndef LYGER_HTTP_UV_API_H
#define LYGER_HTTP_UV_API_H

#include "base/error.h"

#include <uv.h>

typedef struct lyger_uv_api {
    __typeof__(uv_accept) *accept;
    __typeof__(uv_async_init) *async_init;
    __typeof__(uv_async_send) *async_send;
    __typeof__(uv_backend_fd) *backend_fd;
    __typeof__(uv_buf_init) *buf_init;
    __typeof__(uv_check_init) *check_init;
    __typeof__(uv_check_start) *check_start;
    __typeof__(uv_close) *close;
    __typeof__(uv_fileno) *fileno;
    __typeof__(uv_hrtime) *hrtime;
    __typeof__(uv_idle_init) *idle_init;
    __typeof__(uv_idle_start) *idle_start;
    __typeof__(uv_idle_stop) *idle_stop;
    __typeof__(uv_ip4_addr) *ip4_addr;
    __typeof__(uv_ip6_addr) *ip6_addr;
    __typeof__(uv_is_closing) *is_closing;
    __typeof__(uv_listen) *listen;
    __typeof__(uv_loop_close) *loop_close;
    __typeof__(uv_loop_init) *loop_init;
    __typeof__(uv_now) *now;
    __typeof__(uv_pipe_init) *pipe_init;
    __typeof__(uv_pipe_open) *pipe_open;
    __typeof__(uv_poll_init) *poll_init;
    __typeof__(uv_poll_start) *poll_start;
    __typeof__(uv_poll_stop) *poll_stop;
    __typeof__(uv_prepare_init) *prepare_init;
    __typeof__(uv_prepare_start) *prepare_start;
    __typeof__(uv_read_start) *read_start;
    __typeof__(uv_read_stop) *read_stop;
    __typeof__(uv_run) *run;
    __typeof__(uv_shutdown) *shutdown;
    __typeof__(uv_stop) *stop;
    __typeof__(uv_stream_get_write_queue_size) *stream_get_write_queue_size;
    __typeof__(uv_strerror) *strerror;
    __typeof__(uv_tcp_bind) *tcp_bind;
    __typeof__(uv_tcp_close_reset) *tcp_close_reset;
    __typeof__(uv_tcp_getpeername) *tcp_getpeername;
    __typeof__(uv_tcp_getsockname) *tcp_getsockname;
    __typeof__(uv_tcp_init) *tcp_init;
    __typeof__(uv_tcp_nodelay) *tcp_nodelay;
    __typeof__(uv_tcp_open) *tcp_open;
    __typeof__(uv_timer_init) *timer_init;
    __typeof__(uv_timer_start) *timer_start;
    __typeof__(uv_try_write) *try_write;
    __typeof__(uv_version_string) *version_string;
    __typeof__(uv_walk) *walk;
    __typeof__(uv_write) *write;
} lyger_uv_api;

extern lyger_uv_api lyger_uv; /* all NULL until it is loaded, constant afterwards */

/* LYGER_E_SERVER with the Debian package's name when it cannot be loaded. Any thread. */
lyger_status lyger_uv_load(lyger_error *error);

/* The same from a file of that name, into a table of the caller's. */
lyger_status lyger_uv_load_from(const char *file, lyger_uv_api *api, lyger_error *error);

#define uv_accept (*lyger_uv.accept)
#define uv_async_init (*lyger_uv.async_init)
#define uv_async_send (*lyger_uv.async_send)
#define uv_backend_fd (*lyger_uv.backend_fd)
#define uv_buf_init (*lyger_uv.buf_init)
#define uv_check_init (*lyger_uv.check_init)
#define uv_check_start (*lyger_uv.check_start)
#define uv_close (*lyger_uv.close)
#define uv_fileno (*lyger_uv.fileno)
#define uv_hrtime (*lyger_uv.hrtime)
#define uv_idle_init (*lyger_uv.idle_init)
#define uv_idle_start (*lyger_uv.idle_start)
#define uv_idle_stop (*lyger_uv.idle_stop)
#define uv_ip4_addr (*lyger_uv.ip4_addr)
#define uv_ip6_addr (*lyger_uv.ip6_addr)
#define uv_is_closing (*lyger_uv.is_closing)
#define uv_listen (*lyger_uv.listen)
#define uv_loop_close (*lyger_uv.loop_close)
#define uv_loop_init (*lyger_uv.loop_init)
#define uv_now (*lyger_uv.now)
#define uv_pipe_init (*lyger_uv.pipe_init)
#define uv_pipe_open (*lyger_uv.pipe_open)
#define uv_poll_init (*lyger_uv.poll_init)
#define uv_poll_start (*lyger_uv.poll_start)
#define uv_poll_stop (*lyger_uv.poll_stop)
#define uv_prepare_init (*lyger_uv.prepare_init)
#define uv_prepare_start (*lyger_uv.prepare_start)
#define uv_read_start (*lyger_uv.read_start)
#define uv_read_stop (*lyger_uv.read_stop)
#define uv_run (*lyger_uv.run)
#define uv_shutdown (*lyger_uv.shutdown)
#define uv_stop (*lyger_uv.stop)
#define uv_stream_get_write_queue_size (*lyger_uv.stream_get_write_queue_size)
#define uv_strerror (*lyger_uv.strerror)
#define uv_tcp_bind (*lyger_uv.tcp_bind)
#define uv_tcp_close_reset (*lyger_uv.tcp_close_reset)
#define uv_tcp_getpeername (*lyger_uv.tcp_getpeername)
#define uv_tcp_getsockname (*lyger_uv.tcp_getsockname)
#define uv_tcp_init (*lyger_uv.tcp_init)
#define uv_tcp_nodelay (*lyger_uv.tcp_nodelay)
#define uv_tcp_open (*lyger_uv.tcp_open)
#define uv_timer_init (*lyger_uv.timer_init)
#define uv_timer_start (*lyger_uv.timer_start)
#define uv_try_write (*lyger_uv.try_write)
#define uv_version_string (*lyger_uv.version_string)
#define uv_walk (*lyger_uv.walk)
#define uv_write (*lyger_uv.write)

#endif
