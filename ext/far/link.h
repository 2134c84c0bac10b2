/*
 * Inside the far room: commands to the server and its replies. lyger_far_begin(), then lyger_far_command()
 * and as many lyger_far_word() as it says, any number of times, then lyger_far_exchange() for all of them.
 */
#ifndef LYGER_FAR_LINK_H
#define LYGER_FAR_LINK_H

#include "far.h"
#include "protocol.h"
#include "base/sink.h"

#define LYGER_FAR_PIECE ((size_t)65536) /* bytes that are received at a time */

struct lyger_far {
    const lyger_far_address *address;
    const lyger_far_protocol *protocol;
    int socket;       /* -1: none */
    long process;     /* whose connection it is */
    void *reader;     /* hiredis's, of this connection */
    lyger_buffer out; /* the commands that were begun */
    bool out_failed;  /* not all of them fit into memory */
    void **replies;   /* to the last commands */
    size_t reply_count, reply_room;
    uint32_t failed;   /* attempts since the last that did not fail */
    uint64_t retry_at; /* lyger_os_milliseconds() before which the server is left alone */
    char reason[256];  /* why the last attempt failed */
    uint64_t connections, commands, failures;
    char piece[LYGER_FAR_PIECE];
};

/* Forgets the commands and replies before. */
void lyger_far_begin(lyger_far *far);

/* A command of so many words. */
void lyger_far_command(lyger_far *far, size_t words);
void lyger_far_word(lyger_far *far, const char *bytes, size_t len);
void lyger_far_word_of_two(lyger_far *far, const char *first, size_t first_len, const char *then,
                           size_t then_len);
void lyger_far_text(lyger_far *far, const char *text);
void lyger_far_number(lyger_far *far, int64_t number);

/* What a key is called on the server; `space` is "" or one of those below. */
#define LYGER_FAR_LOCKS "lyger:lock:"
#define LYGER_FAR_LEASES "lyger:lease:"
void lyger_far_name(lyger_far *far, const char *space, lyger_far_key key);

/* LYGER_E_ARGUMENT for a key that would be a lock's or lease's. */
lyger_status lyger_far_key_allowed(lyger_far_key key, lyger_error *error);

/* Sends the commands and awaits `count` replies. `reads`: the commands change nothing, and are sent once more
 * when the connection was lost. A reply may be an error of the server: lyger_far_reply_at() tells. */
lyger_status lyger_far_exchange_all(lyger_far *far, size_t count, bool reads, lyger_error *error);

/* The reply of that number; LYGER_E_CACHE with the server's message when it is an error. */
lyger_status lyger_far_reply_at(lyger_far *far, size_t number, lyger_far_reply *reply, lyger_error *error);

/* LYGER_E_CACHE with what the server says in an error. */
lyger_status lyger_far_refused(lyger_far *far, const lyger_far_reply *reply, lyger_error *error);

/* Both for one reply. */
lyger_status lyger_far_ask(lyger_far *far, bool reads, lyger_far_reply *reply, lyger_error *error);

/* LYGER_E_CACHE for a reply of a kind that the command does not have. */
lyger_status lyger_far_strange(lyger_far *far, lyger_error *error);

#endif
