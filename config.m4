dnl lyger: one core, two doors. lyger.so is the PHP extension; liblyger.so is the same objects behind the C ABI
dnl of ext/abi/lyger.h, for FFI. Sources are listed here and in config.w32; tests/packaging compares the two.

PHP_ARG_ENABLE([lyger],
  [whether to enable lyger],
  [AS_HELP_STRING([--enable-lyger], [Enable lyger])])

PHP_ARG_WITH([lyger-pgsql],
  [for PostgreSQL support in lyger],
  [AS_HELP_STRING([--without-lyger-pgsql],
    [lyger: leave out PostgreSQL (needs libpq's header only; the library is loaded on first use)])],
  [yes], [no])

PHP_ARG_WITH([lyger-sqlite],
  [for SQLite support in lyger],
  [AS_HELP_STRING([--without-lyger-sqlite], [lyger: leave out SQLite (needs its header only; the library is loaded on first use)])],
  [yes], [no])

PHP_ARG_WITH([lyger-uv],
  [for the HTTP server in lyger],
  [AS_HELP_STRING([--without-lyger-uv], [lyger: leave out the HTTP server (needs libuv and zlib)])],
  [yes], [no])

PHP_ARG_ENABLE([lyger-boundary],
  [whether to build the boundary probes of lyger],
  [AS_HELP_STRING([--enable-lyger-boundary], [lyger: export lyger_probe_* through both doors, for benchmarks])],
  [no], [no])

if test "$PHP_LYGER" != "no"; then
  AC_PATH_PROG([PKG_CONFIG], [pkg-config], [no])
  if test "$PKG_CONFIG" = "no"; then
    AC_MSG_ERROR([lyger needs pkg-config (Debian: apt-get install pkg-config)])
  fi

  dnl LYGER_NEED(name, pkg-config module, minimum version, Debian package, option that leaves it out)
  m4_define([LYGER_NEED], [
    AC_MSG_CHECKING([for $1 >= $3])
    if $PKG_CONFIG --exists "$2 >= $3"; then
      AC_MSG_RESULT([$($PKG_CONFIG --modversion $2)])
      PHP_EVAL_INCLINE([$($PKG_CONFIG --cflags $2)])
    else
      AC_MSG_RESULT([no])
      AC_MSG_ERROR([lyger needs $1 >= $3 (Debian: apt-get install $4); $5 builds without it])
    fi
  ])

  dnl Which calls of the operating system there are: linux, or what POSIX has. "lyger_cv_os=posix ./configure …" builds on Linux
  dnl what other systems get.
  AC_CACHE_CHECK([which operating system lyger is built for], [lyger_cv_os], [
    case $host_os in
      linux*) lyger_cv_os=linux ;;
      *) lyger_cv_os=posix ;;
    esac
  ])

  lyger_core="ext/about.c ext/base/alloc.c ext/base/cpu.c ext/base/error.c ext/base/handle.c \
    ext/base/library_posix.c ext/base/sink.c \
    ext/compute/heavy.c ext/compute/heavy_avx2.c ext/compute/heavy_avx512.c ext/compute/heavy_base.c \
    ext/cache/account.c ext/cache/cache.c ext/cache/figures.c ext/cache/hold.c ext/cache/inspect.c ext/cache/open.c ext/cache/read.c \
    ext/cache/segment/lane.c ext/cache/segment/lock.c ext/cache/segment/pin.c ext/cache/segment/segment.c \
    ext/cache/shard/arena.c ext/cache/shard/compact.c ext/cache/shard/index.c ext/cache/shard/policy.c ext/cache/shard/region.c \
    ext/cache/shard/shard.c ext/cache/shard/verify.c ext/cache/system/shm_posix.c \
    ext/jsonout/escape.c ext/jsonout/escape_avx2.c ext/jsonout/number.c ext/jsonout/shortest.c \
    ext/query/async.c ext/query/batch.c ext/query/budget.c ext/query/health.c ext/query/json_params.c ext/query/limits.c ext/query/params.c ext/query/pool.c ext/query/query.c ext/query/report.c ext/query/result.c ext/query/transaction.c"
  lyger_glue="ext/lyger.c ext/lyger_engine.c ext/lyger_error.c ext/lyger_functions.c ext/lyger_ini.c \
    ext/lyger_string.c ext/compute/php_compute.c ext/http/php_queue.c ext/jsonout/php_json.c \
    ext/apcu/php_apcu.c ext/apcu/php_entry.c ext/apcu/php_inspection.c ext/apcu/php_iterator.c ext/apcu/php_serialized.c \
    ext/cache/php/php_array.c ext/cache/php/php_batch.c ext/cache/php/php_cache.c ext/cache/php/php_far.c ext/cache/php/php_far_hold.c \
    ext/cache/php/php_far_many.c ext/cache/php/php_hold.c ext/cache/php/php_image.c \
    ext/cache/php/php_inspect.c ext/cache/php/php_open.c ext/cache/php/php_sessions.c ext/cache/php/php_value.c ext/cache/php/php_version.c \
    ext/query/php_handle.c ext/query/php_params.c ext/query/php_query.c ext/query/php_report.c ext/query/php_result.c ext/query/php_transaction.c"
  dnl The cache's backend, which the FFI door does not have: only in lyger.so.
  lyger_far="ext/far/address.c ext/far/form.c ext/far/hold.c ext/far/link.c ext/far/prefixes.c ext/far/protocol.c ext/far/socket.c ext/far/store.c ext/far/walk.c"
  if test "$lyger_cv_os" = "linux"; then
    lyger_core="$lyger_core ext/base/memory_linux.c ext/cache/system/threads_linux.c"
    lyger_far="$lyger_far ext/far/send_linux.c"
  else
    lyger_core="$lyger_core ext/base/memory_posix.c ext/cache/system/threads_posix.c"
    lyger_far="$lyger_far ext/far/send_posix.c"
  fi
  lyger_server=""
  lyger_abi="ext/abi/abi.c ext/abi/abi_cache.c ext/abi/abi_hold.c ext/abi/abi_inspect.c ext/abi/abi_json.c ext/abi/abi_query.c ext/abi/abi_queue.c ext/abi/abi_result.c ext/abi/abi_v2.c"

  if test "$PHP_LYGER_PGSQL" != "no"; then
    LYGER_NEED([libpq], [libpq], [13], [libpq-dev], [--without-lyger-pgsql])
    AC_DEFINE([LYGER_WITH_PGSQL], [1], [PostgreSQL through libpq])
    case $host_os in
      darwin*) AC_DEFINE([LYGER_LIBPQ], ["libpq.5.dylib"], [what libpq is called here]) ;;
    esac
    lyger_core="$lyger_core ext/query/pq/pq.c ext/query/pq/pq_cancel.c ext/query/pq/pq_casts.c ext/query/pq/pq_catalog.c ext/query/pq/pq_describe.c ext/query/pq/pq_json.c ext/query/pq/pq_load.c \
      ext/query/pq/pq_nested.c ext/query/pq/pq_param.c ext/query/pq/pq_plans.c ext/query/pq/pq_prepare.c ext/query/pq/pq_result.c ext/query/pq/pq_session.c ext/query/pq/pq_statement.c ext/query/pq/pq_types.c \
      ext/query/pq/pq_wire.c"
  fi

  if test "$PHP_LYGER_SQLITE" != "no"; then
    LYGER_NEED([SQLite], [sqlite3], [3.38], [libsqlite3-dev], [--without-lyger-sqlite])
    AC_DEFINE([LYGER_WITH_SQLITE], [1], [SQLite])
    case $host_os in
      darwin*) AC_DEFINE([LYGER_LIBSQLITE], ["libsqlite3.dylib"], [what libsqlite3 is called here]) ;;
    esac
    lyger_core="$lyger_core ext/query/sqlite/sqlite.c ext/query/sqlite/sqlite_load.c ext/query/sqlite/sqlite_statement.c"
  fi

  if test "$PHP_LYGER_UV" != "no"; then
    LYGER_NEED([libuv], [libuv], [1.40], [libuv1-dev], [--without-lyger-uv])
    AC_DEFINE([LYGER_WITH_UV], [1], [HTTP server on libuv])
    case $host_os in
      darwin*) AC_DEFINE([LYGER_LIBUV], ["libuv.1.dylib"], [what libuv is called here]) ;;
    esac
    LYGER_NEED([zlib], [zlib], [1.2], [zlib1g-dev], [--without-lyger-uv])
    lyger_core="$lyger_core ext/http/chunked.c ext/http/connection.c ext/http/host.c ext/http/output.c ext/http/parse.c ext/http/response.c \
      ext/http/ffi_server.c ext/http/queue.c ext/http/uv_load.c"
    if test "$lyger_cv_os" = "linux"; then
      dnl Sessions are begun anew for each request of a worker. Without php-config this is built inside of PHP's own tree.
      lyger_session=no
      for lyger_include in $INCLUDES; do
        if test -f "${lyger_include#-I}/ext/session/php_session.h"; then
          lyger_session=yes
        fi
      done
      if test -n "$PHP_CONFIG" && test "$lyger_session" = "no"; then
        AC_MSG_ERROR([lyger's server needs a PHP with ext/session; --without-lyger-uv builds without the server])
      fi
      lyger_core="$lyger_core ext/http/socket_linux.c"
      dnl The server of processes, which the FFI door does not have: only in lyger.so, and only on Linux (futexes, signalfd, openat2,
      dnl its parent's death as a signal).
      lyger_server="ext/http/conditions.c ext/http/date.c ext/http/forwarded.c \
        ext/server/identity.c ext/server/process.c ext/server/sendfile_places.c ext/server/settings.c \
        ext/server/hub/hub.c ext/server/hub/hub_front.c ext/server/hub/hub_worker.c \
        ext/server/front/access_log.c ext/server/front/answer_fields.c ext/server/front/browser_reload.c ext/server/front/compress.c ext/server/front/front.c \
        ext/server/front/front_answer.c ext/server/front/front_request.c ext/server/front/front_spool.c ext/server/front/front_time.c \
        ext/server/front/metrics.c ext/server/front/mime.c ext/server/front/pages.c ext/server/front/sendfile.c \
        ext/server/front/static.c ext/server/front/static_coded.c ext/server/front/static_open.c ext/server/front/status.c \
        ext/server/supervisor/booted.c ext/server/supervisor/crew.c ext/server/supervisor/execute.c ext/server/supervisor/listen.c \
        ext/server/supervisor/notify.c ext/server/supervisor/run.c ext/server/supervisor/supervisor.c ext/server/supervisor/watch.c \
        ext/server/worker/cache_metrics.c ext/server/worker/script_path.c"
      lyger_glue="$lyger_glue ext/server/worker/php_answer.c ext/server/worker/php_answer_chunks.c ext/server/worker/php_answer_response.c ext/server/worker/php_arrays.c ext/server/worker/php_data.c ext/server/worker/php_handler.c ext/server/worker/php_log.c ext/server/worker/php_options.c ext/server/worker/php_request.c \
        ext/server/worker/php_extensions.c ext/server/worker/php_memory.c ext/server/worker/php_reset.c ext/server/worker/php_sapi.c ext/server/worker/php_script.c ext/server/worker/php_serve.c ext/server/worker/php_user_ini.c ext/server/worker/php_web.c"
    else
      lyger_core="$lyger_core ext/http/socket_posix.c"
      lyger_glue="$lyger_glue ext/server/worker/php_noserver.c"
    fi
  else
    lyger_glue="$lyger_glue ext/server/worker/php_noserver.c"
  fi

  if test "$PHP_LYGER_BOUNDARY" != "no"; then
    AC_DEFINE([LYGER_BOUNDARY], [1], [boundary probes])
    lyger_core="$lyger_core ext/boundary/boundary.c ext/boundary/owner.c ext/boundary/tar.c ext/boundary/threads.c"
    lyger_glue="$lyger_glue ext/boundary/php_boundary.c ext/boundary/php_frameless.c ext/boundary/php_owner.c"
    lyger_abi="$lyger_abi ext/abi/abi_boundary.c"
  fi

  PHP_ADD_LIBRARY([m],, [LYGER_SHARED_LIBADD])
  PHP_ADD_LIBRARY([dl],, [LYGER_SHARED_LIBADD])
  PHP_ADD_LIBRARY([pthread],, [LYGER_SHARED_LIBADD])

  dnl The relocations of our tables as bits instead of 24 bytes each: the loader reads one page of them, not eleven. The C library must
  dnl know them (GNU's since 2.36, which the linker notes in the library; others would load the library and leave them out).
  AC_CACHE_CHECK([whether relocations can be packed], [lyger_cv_pack], [
    lyger_ldflags=$LDFLAGS
    LDFLAGS="$LDFLAGS -Wl,-z,pack-relative-relocs -Wl,--fatal-warnings"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <limits.h>
#if !defined(__GLIBC__) || !__GLIBC_PREREQ(2, 36)
#error "no packed relocations"
#endif]], [])], [lyger_cv_pack=yes], [lyger_cv_pack=no])
    LDFLAGS=$lyger_ldflags
  ])
  if test "$lyger_cv_pack" = "yes"; then
    LYGER_SHARED_LIBADD="$LYGER_SHARED_LIBADD -Wl,-z,pack-relative-relocs"
  fi

  lyger_cflags="-std=gnu11 -fvisibility=hidden -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1 -I@ext_srcdir@/ext -I@ext_srcdir@"
  dnl The same bits wherever it is built: no path of the build in debugging information or __FILE__.
  lyger_here=$(cd "${ext_srcdir:-$srcdir}" && pwd)
  AX_CHECK_COMPILE_FLAG([-ffile-prefix-map=$lyger_here=.], [lyger_prefix_map=yes], [lyger_prefix_map=no], [-Werror])
  if test "$lyger_prefix_map" = "yes"; then
    lyger_cflags="$lyger_cflags -ffile-prefix-map=$lyger_here=."
  fi
  PHP_NEW_EXTENSION([lyger], [$lyger_core $lyger_far $lyger_server $lyger_glue], [$ext_shared],, [$lyger_cflags])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/abi])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/apcu])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/base])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/boundary])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/cache])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/cache/php])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/cache/segment])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/cache/shard])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/cache/system])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/compute])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/far])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/http])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/server])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/server/front])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/server/hub])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/server/supervisor])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/server/worker])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/jsonout])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/query])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/query/pq])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext/query/sqlite])
  PHP_SUBST([LYGER_SHARED_LIBADD])
  PHP_INSTALL_HEADERS([ext/lyger], [ext/abi/lyger.h])

  if test "$ext_shared" = "yes"; then
    dnl The FFI door: the core objects of lyger.so, linked again with abi/ in place of the PHP glue.
    lyger_ac_cflags=$(echo "$lyger_cflags" | $SED "s#@ext_srcdir@#$ext_srcdir#g")
    PHP_ADD_SOURCES_X([$ext_dir], [$lyger_abi], [$lyger_ac_cflags], [shared_objects_liblyger], [yes])
    for lyger_source in $lyger_core; do
      shared_objects_liblyger="$shared_objects_liblyger ${lyger_source%.c}.lo"
    done
    dnl Once loaded it stays: its cache outlives the FFI object that loaded it, its serving thread runs in it.
    AC_MSG_CHECKING([whether the linker knows -z nodelete])
    lyger_ldflags=$LDFLAGS
    LDFLAGS="$LDFLAGS -Wl,-z,nodelete"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [lyger_nodelete=yes], [lyger_nodelete=no])
    AC_MSG_RESULT([$lyger_nodelete])
    LDFLAGS=$lyger_ldflags
    if test "$lyger_nodelete" = "yes"; then
      LIBLYGER_LDFLAGS="-Wl,-z,nodelete"
    fi
    PHP_SUBST([LIBLYGER_LDFLAGS])
    PHP_SUBST([shared_objects_liblyger])
    PHP_SUBST([bindir])
    PHP_ADD_MAKEFILE_FRAGMENT([$ext_srcdir/Makefile.frag])
    PHP_MODULES="$PHP_MODULES \$(phplibdir)/liblyger.la"
  fi
fi
