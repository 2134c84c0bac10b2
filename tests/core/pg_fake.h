/*
 * A PostgreSQL server that is none: it speaks the protocol (manual 55.7, "Message Formats") from a process of
 * its own and answers each statement as a test wants. One client at a time; requests to cancel are taken as
 * they come.
 */
#ifndef TESTS_CORE_PG_FAKE_H
#define TESTS_CORE_PG_FAKE_H

#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct fake {
    int listener, client;
    pid_t process;
    char out[1 << 16];
    size_t used;
    char parsed[8192];    /* text of the statement that was parsed last */
    bool executed;        /* Execute came, not only Parse or Describe */
    char describes;       /* 'S' when a statement's description was asked for */
    bool answers_cancels; /* with the end of what runs */
} fake;

/* Answers a statement up to and without ReadyForQuery; false: nothing more is said. */
typedef bool fake_answer(fake *server, const char *sql, bool simple);

static void fake_bytes(fake *server, const void *bytes, size_t len)
{
    if (len > 0 && server->used + len <= sizeof server->out) {
        memcpy(server->out + server->used, bytes, len);
        server->used += len;
    }
}

static void fake_int(fake *server, uint32_t value, int size)
{
    unsigned char bytes[4] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                              (unsigned char)(value >> 8), (unsigned char)value};
    fake_bytes(server, bytes + 4 - size, (size_t)size);
}

static void fake_text(fake *server, const char *text)
{
    fake_bytes(server, text, strlen(text) + 1);
}

static size_t fake_begin(fake *server, char type)
{
    fake_bytes(server, &type, 1);
    fake_int(server, 0, 4);
    return server->used - 4;
}

static void fake_end(fake *server, size_t at)
{
    size_t end = server->used;
    server->used = at;
    fake_int(server, (uint32_t)(end - at), 4);
    server->used = end;
}

static bool fake_flush(fake *server)
{
    size_t at = 0;
    while (at < server->used) {
        ssize_t sent = send(server->client, server->out + at, server->used - at, MSG_NOSIGNAL);
        if (sent <= 0) {
            break;
        }
        at += (size_t)sent;
    }
    server->used = 0;
    return true;
}

static void fake_ready(fake *server, char state)
{
    size_t at = fake_begin(server, 'Z');
    fake_bytes(server, &state, 1);
    fake_end(server, at);
}

static void fake_complete(fake *server, const char *tag)
{
    size_t at = fake_begin(server, 'C');
    fake_text(server, tag);
    fake_end(server, at);
}

/* A description of rows whose columns all have that type. */
static void fake_columns(fake *server, int count, uint32_t oid)
{
    size_t at = fake_begin(server, 'T');
    fake_int(server, (uint32_t)count, 2);
    for (int i = 0; i < count; i++) {
        fake_text(server, "c");
        fake_int(server, 0, 4);
        fake_int(server, 0, 2);
        fake_int(server, oid, 4);
        fake_int(server, 0xffff, 2);
        fake_int(server, 0xffffffff, 4);
        fake_int(server, 0, 2);
    }
    fake_end(server, at);
}

/* A row of texts; NULL is one. */
static void fake_row(fake *server, int count, const char *const *texts)
{
    size_t at = fake_begin(server, 'D');
    fake_int(server, (uint32_t)count, 2);
    for (int i = 0; i < count; i++) {
        fake_int(server, texts[i] ? (uint32_t)strlen(texts[i]) : 0xffffffff, 4);
        fake_bytes(server, texts[i], texts[i] ? strlen(texts[i]) : 0);
    }
    fake_end(server, at);
}

/* fields: letter and text, in pairs, NULL at the end. */
static void fake_error(fake *server, const char *state, const char *message, ...)
{
    const char *letter;
    va_list more;
    size_t at = fake_begin(server, 'E');
    fake_text(server, "SERROR");
    fake_text(server, "VERROR");
    fake_bytes(server, "C", 1);
    fake_text(server, state);
    fake_bytes(server, "M", 1);
    fake_text(server, message);
    va_start(more, message);
    while ((letter = va_arg(more, const char *))) {
        fake_bytes(server, letter, 1);
        fake_text(server, va_arg(more, const char *));
    }
    va_end(more);
    fake_bytes(server, "", 1);
    fake_end(server, at);
}

static bool fake_read(int fd, void *to, size_t len)
{
    char *at = to;
    while (len > 0) {
        ssize_t got = recv(fd, at, len, 0);
        if (got <= 0) {
            return false;
        }
        at += got;
        len -= (size_t)got;
    }
    return true;
}

static uint32_t fake_number(const void *bytes)
{
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return ntohl(number);
}

static void fake_parameter(fake *server, const char *name, const char *value)
{
    size_t at = fake_begin(server, 'S');
    fake_text(server, name);
    fake_text(server, value);
    fake_end(server, at);
}

/* The start of a session; false when it is a request to cancel, or the client has gone. */
static bool fake_start(fake *server)
{
    unsigned char head[8], rest[4096];
    for (;;) {
        if (!fake_read(server->client, head, 8)) {
            return false;
        }
        uint32_t len = fake_number(head), code = fake_number(head + 4);
        if (code == 80877103 || code == 80877104) { /* TLS, GSSAPI: no */
            fake_bytes(server, "N", 1);
            fake_flush(server);
            continue;
        }
        if (code != 196608 || len < 8 || len - 8 > sizeof rest || !fake_read(server->client, rest, len - 8)) {
            return false;
        }
        break;
    }
    size_t at = fake_begin(server, 'R');
    fake_int(server, 0, 4);
    fake_end(server, at);
    fake_parameter(server, "server_version", "15.0");
    fake_parameter(server, "client_encoding", "UTF8");
    fake_parameter(server, "DateStyle", "ISO, MDY");
    fake_parameter(server, "standard_conforming_strings", "on");
    at = fake_begin(server, 'K');
    fake_int(server, 4711, 4);
    fake_int(server, 42, 4);
    fake_end(server, at);
    fake_ready(server, 'I');
    return fake_flush(server);
}

static bool fake_speak(fake *server, fake_answer *answer, const char *sql, bool simple)
{
    size_t kept = server->used;
    if (!answer(server, sql, simple)) {
        return fake_flush(server);
    }
    if (server->used == kept || server->used < 6 || server->out[server->used - 6] != 'Z') {
        fake_ready(server, 'I');
    }
    return fake_flush(server);
}

/* One message of the client; false when it has gone. */
static bool fake_message(fake *server, fake_answer *answer)
{
    static char body[1 << 16];
    unsigned char head[5];
    if (!fake_read(server->client, head, 5)) {
        return false;
    }
    size_t len = fake_number(head + 1) - 4;
    if (len >= sizeof body || !fake_read(server->client, body, len)) {
        return false;
    }
    body[len] = '\0';
    size_t at;
    switch (head[0]) {
    case 'Q':
        return fake_speak(server, answer, body, true);
    case 'P':
        snprintf(server->parsed, sizeof server->parsed, "%s", body + strlen(body) + 1);
        at = fake_begin(server, '1');
        fake_end(server, at);
        server->executed = false;
        server->describes = 0;
        return true;
    case 'B':
        at = fake_begin(server, '2');
        fake_end(server, at);
        return true;
    case 'D':
        server->describes = body[0];
        return true;
    case 'E':
        server->executed = true;
        return true;
    case 'S': {
        bool said = fake_speak(server, answer, server->parsed, false);
        server->executed = false;
        server->describes = 0;
        return said;
    }
    case 'X':
        return false;
    default:
        return true;
    }
}

/* A client that comes while another one is served wants to cancel. */
static void fake_cancel(fake *server)
{
    int other = accept(server->listener, NULL, NULL);
    char packet[16];
    bool got = fake_read(other, packet, sizeof packet);
    if (got && server->answers_cancels) {
        fake_error(server, "57014", "canceling statement due to user request", NULL);
        fake_ready(server, 'I');
        fake_flush(server);
    }
    close(other);
}

static void fake_serve(fake *server, fake_answer *answer)
{
    for (;;) {
        server->client = accept(server->listener, NULL, NULL);
        server->used = 0;
        bool here = server->client >= 0 && fake_start(server);
        while (here) {
            struct pollfd entries[] = {{server->client, POLLIN, 0},
                                       {server->answers_cancels ? server->listener : -1, POLLIN, 0}};
            poll(entries, 2, -1);
            if (entries[1].revents) {
                fake_cancel(server);
            }
            here = !entries[0].revents || fake_message(server, answer);
        }
        close(server->client);
    }
}

/* Starts the server and writes its DSN. */
static void fake_start_server(fake *server, fake_answer *answer, bool answers_cancels, char *dsn, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    server->answers_cancels = answers_cancels;
    CHECK_INT(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    CHECK_INT(listen(server->listener, 16), 0);
    CHECK_INT(getsockname(server->listener, (struct sockaddr *)&address, &len), 0);
    snprintf(dsn, size, "host=127.0.0.1 port=%d user=fake dbname=fake gssencmode=disable sslmode=disable",
             ntohs(address.sin_port));
    fflush(stdout);
    server->process = fork();
    if (server->process == 0) {
        signal(SIGPIPE, SIG_IGN);
        fake_serve(server, answer);
        _exit(0);
    }
    close(server->listener);
}

static void fake_stop(fake *server)
{
    kill(server->process, SIGKILL);
    waitpid(server->process, NULL, 0);
}

#endif
