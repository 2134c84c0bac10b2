/*
 * libuv, loaded when a server starts: linking it would cost every PHP process start-up time. The functions
 * keep their names; the macros lead to the table that lyger_uv_load() fills, as in query/sqlite/sqlite_api.h.
 */
#ifndef LYGER_HTTP_UV_API_H
#define LYGER_HTTP_UV_API_H

#include "base/error.h"

#include <uv.h>

/* libuv's functions, without "uv_". */
/* clang-format off */
#define LYGER_UV_FUNCTIONS(X) \
    X(accept) X(async_init) X(async_send) X(backend_fd) X(buf_init) X(check_init) X(check_start) \
    X(close) X(fileno) X(hrtime) X(idle_init) X(idle_start) X(idle_stop) X(ip4_addr) X(ip6_addr) \
    X(is_closing) X(listen) X(loop_close) X(loop_init) X(now) X(pipe_init) X(pipe_open) \
    X(poll_init) X(poll_start) X(poll_stop) X(prepare_init) X(prepare_start) X(read_start) \
    X(read_stop) X(run) X(shutdown) X(stop) X(stream_get_write_queue_size) X(strerror) X(tcp_bind) \
    X(tcp_close_reset) X(tcp_getpeername) X(tcp_getsockname) X(tcp_init) X(tcp_nodelay) X(tcp_open) \
    X(timer_init) X(timer_start) X(try_write) X(version_string) X(walk) X(write)
/* clang-format on */

typedef struct lyger_uv_api {
#define X(name) __typeof__(uv_##name) *(name);
    LYGER_UV_FUNCTIONS(X)
#undef X
} lyger_uv_api;

extern lyger_uv_api lyger_uv; /* all NULL until it is loaded, constant afterwards */

/* LYGER_E_SERVER with the Debian package's name when libuv cannot be loaded. Any thread may call. */
lyger_status lyger_uv_load(lyger_error *error);

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
