/*
 * The field lines of an answer as a worker wrote them: checked, cleared of the lines that the front process
 * writes itself, and searched for what it has to know. Internal to the front process.
 */
#ifndef LYGER_FRONT_ANSWER_FIELDS_H
#define LYGER_FRONT_ANSWER_FIELDS_H

#include "base/sink.h"
#include "http/message.h"

#define LYGER_PHRASE_SIZE 128u /* bytes of a reason phrase; a longer one is left out */

typedef struct lyger_answer_fields {
    lyger_buffer text;       /* the lines that are sent, each with CRLF; kept from answer to answer */
    uint64_t content_length; /* as the worker wrote it; UINT64_MAX when it did not, or not as one number */
    bool coded;              /* the answer has a Content-Encoding */
    bool fixed;              /* Cache-Control: no-transform */
    bool is_text;            /* the Content-Type is one that compresses well */
    bool varies;             /* Vary names Accept-Encoding or everything */
    int phrase_status;       /* the status that the phrase is for; 0: there is no phrase */
    size_t phrase_len;
    char phrase[LYGER_PHRASE_SIZE]; /* from a line "Status: 404 Not Here" */
    bool takes_file;   /* set by the caller: X-Sendfile and X-Accel-Redirect are read and left out */
    bool names_file;   /* the answer has one of them: a file takes the place of its body */
    bool file_is_uri;  /* the last of them is X-Accel-Redirect */
    lyger_buffer file; /* its value */
} lyger_answer_fields;

void lyger_answer_fields_init(lyger_answer_fields *fields);
void lyger_answer_fields_free(lyger_answer_fields *fields);

/*
 * Reads lines[0..len). Left out are Date, Connection, Keep-Alive, Proxy-Connection, Transfer-Encoding,
 * Trailer, Upgrade, Content-Length and Status, and lines that are no field lines, which could split the
 * answer. False: no memory.
 */
bool lyger_answer_fields_read(lyger_answer_fields *fields, const char *lines, size_t len);

/* The value of the first line of that name (lower case) among those that are sent; NULL when there is none.
 */
const char *lyger_answer_fields_find(const lyger_answer_fields *fields, const char *name, size_t *len);
/* Leaves out every line of that name. */
void lyger_answer_fields_drop(lyger_answer_fields *fields, const char *name);

/* Changes the lines for a body that will be coded, so that its bytes are others: a strong ETag becomes a weak
 * one (RFC 9110, section 8.8.3), and lines about the bytes are left out: Accept-Ranges, digests (RFC 9530).
 * False: no memory. */
bool lyger_answer_fields_recode(lyger_answer_fields *fields);

#endif
