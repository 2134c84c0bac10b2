#include "link.h"

#include "socket.h"
#include "cache/system/os.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LEAVE_ALONE_FIRST 50u       /* ms after the first failure; doubles with each */
#define LEAVE_ALONE_MOST 10000u     /* ms */
#define KEPT_MOST ((size_t)1 << 20) /* bytes that are kept for the next commands */

/* ---- building ---- */

static void drop_replies(lyger_far *far)
{
    while (far->reply_count > 0) {
        far->protocol->free_reply(far->replies[--far->reply_count]);
    }
}

void lyger_far_begin(lyger_far *far)
{
    drop_replies(far);
    if (far->out.start && (size_t)(far->out.sink.end - far->out.start) > KEPT_MOST) {
        lyger_buffer_free(&far->out);
    }
    lyger_buffer_reset(&far->out);
    far->out_failed = false;
}

static void put(lyger_far *far, const char *bytes, size_t len)
{
    far->out_failed = far->out_failed || !lyger_sink_put(&far->out.sink, bytes, len);
}

static void put_length(lyger_far *far, char kind, size_t len)
{
    char line[32];
    put(far, line, (size_t)snprintf(line, sizeof line, "%c%zu\r\n", kind, len));
}

void lyger_far_command(lyger_far *far, size_t words)
{
    put_length(far, '*', words);
}

void lyger_far_word_of_two(lyger_far *far, const char *first, size_t first_len, const char *then,
                           size_t then_len)
{
    put_length(far, '$', first_len + then_len);
    put(far, first, first_len);
    put(far, then, then_len);
    put(far, "\r\n", 2);
}

void lyger_far_word(lyger_far *far, const char *bytes, size_t len)
{
    lyger_far_word_of_two(far, bytes, len, "", 0);
}

void lyger_far_text(lyger_far *far, const char *text)
{
    lyger_far_word(far, text, strlen(text));
}

void lyger_far_number(lyger_far *far, int64_t number)
{
    char digits[24];
    lyger_far_word(far, digits, (size_t)snprintf(digits, sizeof digits, "%" PRId64, number));
}

void lyger_far_name(lyger_far *far, const char *space, lyger_far_key key)
{
    size_t space_len = strlen(space);
    put_length(far, '$', far->address->prefix_len + space_len + key.len);
    put(far, far->address->prefix, far->address->prefix_len);
    put(far, space, space_len);
    put(far, key.bytes, key.len);
    put(far, "\r\n", 2);
}

static bool begins(lyger_far_key key, const char *space)
{
    size_t len = strlen(space);
    return key.len >= len && memcmp(key.bytes, space, len) == 0;
}

lyger_status lyger_far_key_allowed(lyger_far_key key, lyger_error *error)
{
    return begins(key, LYGER_FAR_LOCKS) || begins(key, LYGER_FAR_LEASES)
               ? lyger_fail(error, LYGER_E_ARGUMENT,
                            "a key that is on the server (lyger.cache_backend) must not begin "
                            "with " LYGER_FAR_LOCKS " or " LYGER_FAR_LEASES)
               : LYGER_OK;
}

/* ---- the connection ---- */

static void disconnect(lyger_far *far)
{
    if (far->socket >= 0) {
        close(far->socket); /* also of a parent's connection: the parent's end stays */
        far->socket = -1;
    }
    if (far->reader) {
        far->protocol->Free(far->reader);
        far->reader = NULL;
    }
}

/* Notes that the server cannot be used, and when it is tried again: each time twice as long after, within a
 * half of that by chance, so that many processes do not come back at once. */
static void leave_alone(lyger_far *far)
{
    uint32_t wait = LEAVE_ALONE_FIRST, chance = 0;
    for (uint32_t i = 0; i < far->failed && wait < LEAVE_ALONE_MOST; i++) {
        wait *= 2;
    }
    wait = wait < LEAVE_ALONE_MOST ? wait : LEAVE_ALONE_MOST;
    if (lyger_os_random(&chance, sizeof chance, NULL) != LYGER_OK) {
        chance = (uint32_t)far->process;
    }
    far->failed++;
    far->retry_at = lyger_os_milliseconds() + wait / 2 + chance % (wait / 2 + 1);
}

static lyger_status fail(lyger_far *far, lyger_error *error)
{
    far->failures++;
    return lyger_fail(error, LYGER_E_CACHE, "lyger.cache_backend %s: %s", far->address->shown, far->reason);
}

typedef enum outcome {
    DONE,
    LOST,    /* the connection */
    LATE,    /* there was no reply in time */
    GARBLED, /* the server does not speak the protocol, or memory is full */
} outcome;

static void say(lyger_far *far, const char *reason)
{
    snprintf(far->reason, sizeof far->reason, "%s", reason);
}

static bool keep_reply(lyger_far *far, void *reply)
{
    if (far->reply_count == far->reply_room) {
        size_t room = far->reply_room ? far->reply_room * 2 : 16;
        void **more = realloc(far->replies, room * sizeof *more);
        if (!more) {
            far->protocol->free_reply(reply);
            return false;
        }
        far->replies = more;
        far->reply_room = room;
    }
    far->replies[far->reply_count++] = reply;
    return true;
}

/* Takes the replies that are whole. */
static outcome take_replies(lyger_far *far, size_t count)
{
    void *reply = NULL;
    while (far->reply_count < count) {
        if (far->protocol->GetReply(far->reader, &reply) != 0) {
            say(far, "its answer is not Redis's protocol, or does not fit into memory");
            return GARBLED;
        }
        if (!reply) {
            break;
        }
        if (!keep_reply(far, reply)) {
            say(far, "out of memory");
            return GARBLED;
        }
    }
    return DONE;
}

/* Reads what has come. */
static outcome receive(lyger_far *far, size_t count)
{
    ssize_t got = recv(far->socket, far->piece, sizeof far->piece, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return DONE;
    }
    if (got <= 0) {
        snprintf(far->reason, sizeof far->reason, "the connection was lost%s%s", got < 0 ? ": " : "",
                 got < 0 ? strerror(errno) : "");
        return LOST;
    }
    if (far->protocol->Feed(far->reader, far->piece, (size_t)got) != 0) {
        say(far, "out of memory");
        return GARBLED;
    }
    return take_replies(far, count);
}

/* Sends the bytes and receives until there are `count` replies more than before. Replies are read while the
 * commands are still being sent, or both sides would wait for each other. */
static outcome converse(lyger_far *far, const char *bytes, size_t len, size_t count, uint64_t end)
{
    size_t sent = 0;
    outcome result = DONE;
    count += far->reply_count;
    while (result == DONE && far->reply_count < count) {
        ssize_t more = sent < len ? lyger_far_send(far->socket, bytes + sent, len - sent) : 0;
        if (more < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
            snprintf(far->reason, sizeof far->reason, "the connection was lost: %s", strerror(errno));
            return LOST;
        }
        sent += more > 0 ? (size_t)more : 0;
        if (!lyger_far_await(far->socket, (short)(POLLIN | (sent < len ? POLLOUT : 0)), end)) {
            snprintf(far->reason, sizeof far->reason, "it did not answer in time");
            return LATE;
        }
        result = receive(far, count);
    }
    return result;
}

/* ---- connecting ---- */

static size_t put_greeting(lyger_far *far)
{
    const lyger_far_address *address = far->address;
    size_t count = 0;
    if (address->authenticates) {
        lyger_far_command(far, address->user[0] ? 3 : 2);
        lyger_far_text(far, "AUTH");
        if (address->user[0]) {
            lyger_far_text(far, address->user);
        }
        lyger_far_text(far, address->password);
        count++;
    }
    if (address->database) {
        lyger_far_command(far, 2);
        lyger_far_text(far, "SELECT");
        lyger_far_number(far, address->database);
        count++;
    }
    return count;
}

/* Whether the server took user and database; drops those replies. */
static bool greeting_taken(lyger_far *far)
{
    bool taken = true;
    while (far->reply_count > 0) {
        lyger_far_reply reply;
        void *raw = far->replies[--far->reply_count];
        lyger_far_reply_read(far->protocol, raw, &reply);
        if (reply.kind == LYGER_FAR_ERROR) {
            taken = false;
            snprintf(far->reason, sizeof far->reason, "it refuses user, password or database: %.*s",
                     (int)(reply.len < 150 ? reply.len : 150), reply.bytes);
        }
        far->protocol->free_reply(raw);
    }
    return taken;
}

/* Tells the server who is there and which database it is about. `out` holds the caller's commands: the
 * greeting is put behind them, and taken off again. */
static bool greet(lyger_far *far)
{
    uint64_t end = lyger_os_milliseconds() + far->address->connect_ms;
    size_t before = lyger_buffer_length(&far->out);
    size_t count = put_greeting(far);
    bool greeted = !far->out_failed;
    if (greeted && count) {
        size_t len = lyger_buffer_length(&far->out) - before;
        outcome result = converse(far, far->out.start + before, len, count, end);
        greeted = greeting_taken(far) && result == DONE;
    }
    if (far->out.start) {
        far->out.sink.pos = far->out.start + before;
    }
    return greeted;
}

static bool connect_now(lyger_far *far)
{
    far->socket = lyger_far_connect(far->address, far->reason, sizeof far->reason);
    far->reader = far->socket >= 0 ? far->protocol->Create() : NULL;
    far->process = (long)getpid();
    if (far->socket >= 0 && !far->reader) {
        say(far, "out of memory");
    }
    if (!far->reader || !greet(far)) {
        disconnect(far);
        leave_alone(far);
        return false;
    }
    far->connections++;
    return true;
}

/* Whether something came that nobody waits for: above all, that the server has closed the connection. */
static bool is_stale(const lyger_far *far)
{
    struct pollfd entry = {.fd = far->socket, .events = POLLIN};
    return poll(&entry, 1, 0) > 0;
}

/* Makes sure of a connection; *fresh says that it was made just now. */
static lyger_status be_connected(lyger_far *far, bool reads, bool *fresh, lyger_error *error)
{
    if (far->socket >= 0 && (far->process != (long)getpid() || (!reads && is_stale(far)))) {
        disconnect(far);
    }
    *fresh = far->socket < 0;
    if (!*fresh) {
        return LYGER_OK;
    }
    uint64_t now = lyger_os_milliseconds();
    if (far->failed && now < far->retry_at) {
        far->failures++;
        return lyger_fail(error, LYGER_E_CACHE,
                          "lyger.cache_backend %s: %s; it is not asked again for %" PRIu64 " ms",
                          far->address->shown, far->reason, far->retry_at - now);
    }
    return connect_now(far) ? LYGER_OK : fail(far, error);
}

lyger_status lyger_far_exchange_all(lyger_far *far, size_t count, bool reads, lyger_error *error)
{
    outcome result = LOST;
    bool fresh = false;
    for (int attempt = 0; result == LOST && attempt < (reads ? 2 : 1) && !fresh; attempt++) {
        lyger_status status = be_connected(far, reads, &fresh, error);
        if (status == LYGER_OK && far->out_failed) {
            status = lyger_fail(error, LYGER_E_MEMORY, "out of memory for a command to the server");
        }
        if (status != LYGER_OK) {
            return status;
        }
        result = converse(far, far->out.start, lyger_buffer_length(&far->out), count,
                          lyger_os_milliseconds() + far->address->command_ms);
        if (result == LOST) {
            drop_replies(far); /* of the commands' first half: all are sent anew */
            disconnect(far);
        }
    }
    far->commands += count;
    if (result == DONE) {
        far->failed = 0;
        return LYGER_OK;
    }
    disconnect(far); /* a late reply must not become that of the next command */
    if (result != LOST) {
        leave_alone(far);
    }
    return fail(far, error);
}

/* ---- replies ---- */

/* Whether the server says that this connection is of no use: it is a replica now, or loads its data. */
static bool is_useless(const lyger_far_reply *reply)
{
    static const char *const codes[] = {"READONLY", "LOADING", "MASTERDOWN", "NOAUTH"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (reply->len > strlen(codes[i]) && memcmp(reply->bytes, codes[i], strlen(codes[i])) == 0) {
            return true;
        }
    }
    return false;
}

lyger_status lyger_far_refused(lyger_far *far, const lyger_far_reply *reply, lyger_error *error)
{
    if (is_useless(reply)) {
        disconnect(far);
    }
    snprintf(far->reason, sizeof far->reason, "it refuses: %.*s", (int)(reply->len < 200 ? reply->len : 200),
             reply->bytes);
    return fail(far, error);
}

lyger_status lyger_far_reply_at(lyger_far *far, size_t number, lyger_far_reply *reply, lyger_error *error)
{
    lyger_far_reply_read(far->protocol, far->replies[number], reply);
    return reply->kind == LYGER_FAR_ERROR ? lyger_far_refused(far, reply, error) : LYGER_OK;
}

lyger_status lyger_far_ask(lyger_far *far, bool reads, lyger_far_reply *reply, lyger_error *error)
{
    lyger_status status = lyger_far_exchange_all(far, 1, reads, error);
    return status == LYGER_OK ? lyger_far_reply_at(far, 0, reply, error) : status;
}

lyger_status lyger_far_strange(lyger_far *far, lyger_error *error)
{
    say(far, "it gave an answer that Redis does not give");
    disconnect(far);
    return fail(far, error);
}

/* ---- life ---- */

lyger_far *lyger_far_make(const lyger_far_address *address, lyger_error *error)
{
    const lyger_far_protocol *protocol = lyger_far_protocol_load(error);
    lyger_far *far = protocol ? calloc(1, sizeof *far) : NULL;
    if (!far) {
        if (protocol) {
            lyger_fail(error, LYGER_E_MEMORY, "out of memory for a connection to %s", address->shown);
        }
        return NULL;
    }
    far->address = address;
    far->protocol = protocol;
    far->socket = -1;
    lyger_buffer_init(&far->out, &lyger_malloc_allocator);
    return far;
}

void lyger_far_free(lyger_far *far)
{
    if (far) {
        lyger_far_begin(far);
        disconnect(far);
        lyger_buffer_free(&far->out);
        free(far->replies);
        free(far);
    }
}

void lyger_far_rest(lyger_far *far)
{
    lyger_far_begin(far);
}

void lyger_far_describe(const lyger_far *far, lyger_far_figures *figures)
{
    uint64_t now = lyger_os_milliseconds();
    *figures = (lyger_far_figures){
        .connections = far->connections,
        .commands = far->commands,
        .failures = far->failures,
        .connected = far->socket >= 0,
        .waits_ms = far->failed && far->retry_at > now ? far->retry_at - now : 0,
    };
}
