/*
 * Cancelling a statement without waiting longer than its limits. PQcancel() blocks for as long as the server
 * does not answer: with a stopped server for ever. libpq 17 has a cancellation that can be polled. With older
 * versions this file sends the request (manual 55.2.9, "Canceling Requests in Progress") as PQcancel() does,
 * without TLS: libpq keeps the request's address and key in PGcancel, whose beginning is the same in all of
 * these versions.
 */
#include "pq_wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CANCEL_CODE 80877102u /* 1234 << 16 | 5678 */
#define RETRY_MS 10
#define AGAIN_MS 200 /* until a cancellation is sent again */

/* ---- libpq 17 ---- */

static bool poll_cancel(const lyger_pq *pq, PGconn *server, const lyger_limits *limits)
{
    void *cancel = pq->cancelCreate(server);
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    bool going = cancel && pq->cancelStart(cancel);
    while (going && state != PGRES_POLLING_OK) {
        short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        going = lyger_limits_wait(limits, pq->cancelSocket(cancel), events) == LYGER_OK;
        if (going) {
            state = pq->cancelPoll(cancel);
            going = state != PGRES_POLLING_FAILED;
        }
    }
    pq->cancelFinish(cancel);
    return going;
}

/* ---- libpq 13 to 16 ---- */

/* The beginning of libpq's struct pg_cancel, 13 to 16. */
typedef struct request {
    struct {
        struct sockaddr_storage address;
        socklen_t len;
    } server;
    int process, key;
} request;

/* Copies libpq's request; false when its PGcancel has another beginning after all. */
static bool read_request(const lyger_pq *pq, PGconn *server, request *request)
{
    PGcancel *cancel = pq->getCancel(server);
    if (cancel) {
        memcpy(request, cancel, sizeof *request);
    }
    pq->freeCancel(cancel);
    return cancel && request->process == pq->backendPID(server) && request->server.len > 0 &&
           request->server.len <= sizeof request->server.address;
}

static bool connect_to(int fd, const request *request, const lyger_limits *limits)
{
    const struct sockaddr *address = (const struct sockaddr *)&request->server.address;
    int failed = 0;
    socklen_t size = sizeof failed;
    int connected = connect(fd, address, request->server.len);
    while (connected < 0 && errno == EAGAIN) { /* a Unix socket's queue is full */
        if (lyger_limits_pause(limits, RETRY_MS) != LYGER_OK) {
            return false;
        }
        connected = connect(fd, address, request->server.len);
    }
    if (connected == 0) {
        return true;
    }
    return (errno == EINPROGRESS || errno == EINTR) && lyger_limits_wait(limits, fd, POLLOUT) == LYGER_OK &&
           getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) == 0 && failed == 0;
}

/* Writes without raising SIGPIPE in this process when the server has gone, as libpq does. */
static bool write_quietly(int fd, const void *bytes, size_t len)
{
    sigset_t pipe, before, pending;
    int caught;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigpending(&pending);
    if (pthread_sigmask(SIG_BLOCK, &pipe, &before) != 0) {
        return false;
    }
    bool written = write(fd, bytes, len) == (ssize_t)len;
    if (!written && errno == EPIPE && !sigismember(&pending, SIGPIPE) && sigpending(&pending) == 0 &&
        sigismember(&pending, SIGPIPE)) {
        sigwait(&pipe, &caught);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return written;
}

/* Sends the request and waits until the server closes the request's connection, which says that the
 * statement's process has its signal: only then may the next statement be sent. */
static bool send_request(int fd, const request *request, const lyger_limits *limits)
{
    const uint32_t packet[] = {htonl(16), htonl(CANCEL_CODE), htonl((uint32_t)request->process),
                               htonl((uint32_t)request->key)};
    char nothing;
    ssize_t got;
    if (!connect_to(fd, request, limits) || !write_quietly(fd, packet, sizeof packet)) {
        return false;
    }
    do {
        if (lyger_limits_wait(limits, fd, POLLIN) != LYGER_OK) {
            return false;
        }
        got = recv(fd, &nothing, 1, 0);
    } while (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR)));
    return true;
}

static bool send_cancel(const lyger_pq *pq, PGconn *server, const lyger_limits *limits)
{
    request request;
    if (!read_request(pq, server, &request)) {
        return false;
    }
    int fd = socket(request.server.address.ss_family, SOCK_STREAM, 0);
    if (fd < 0) {
        return false;
    }
    bool sent = fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
                send_request(fd, &request, limits);
    close(fd);
    return sent;
}

/* The server ignores a request that comes before its process has begun the statement, which on a busy machine
 * may take a while: so the request is sent again until the statement has ended. */
void lyger_pq_cancel(pq_connection *connection)
{
    const lyger_pq *pq = connection->pq;
    const lyger_limits limits = lyger_limits_for(NULL, LYGER_PQ_CANCEL_MS / 1000.0);
    PGresult *rest = NULL;
    lyger_status status = LYGER_E_TIMEOUT;
    bool sent = true;
    while (sent && status == LYGER_E_TIMEOUT && lyger_limits_check(&limits) == LYGER_OK) {
        lyger_limits patience = lyger_limits_for(NULL, AGAIN_MS / 1000.0);
        sent = pq->cancelCreate ? poll_cancel(pq, connection->server, &limits)
                                : send_cancel(pq, connection->server, &limits);
        status = sent ? lyger_pq_gather(connection, &patience, &rest, NULL) : LYGER_E_QUERY;
    }
    /* When the statement ended by itself, the cancellation may hit the next statement: the connection is not
     * used again. */
    if (status != LYGER_OK || pq->resultStatus(rest) != PGRES_FATAL_ERROR) {
        connection->broken = true;
    }
    pq->clear(rest);
}
