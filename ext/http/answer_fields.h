/*
 * The field lines of an answer as a worker wrote them: checked, cleared of what is the I/O process's
 * business, and looked at for what it has to know. Internal to the HTTP room.
 */
#ifndef LYGER_HTTP_ANSWER_FIELDS_H
#define LYGER_HTTP_ANSWER_FIELDS_H

#include "base/sink.h"
#include "http.h"

typedef struct lyger_answer_fields {
    lyger_buffer text;       /* the lines that are sent, each with CRLF; kept from answer to answer */
    uint64_t content_length; /* as given; UINT64_MAX when it was not, or not as one number */
    size_t etag_at;          /* offset of a strong ETag's first quote in text, SIZE_MAX: none */
    bool coded;              /* has a Content-Encoding */
    bool fixed;              /* Cache-Control: no-transform */
    bool is_text;            /* its Content-Type is one that compresses */
    bool varies;             /* Vary names Accept-Encoding or everything */
} lyger_answer_fields;

void lyger_answer_fields_init(lyger_answer_fields *fields);
void lyger_answer_fields_free(lyger_answer_fields *fields);

/*
 * Reads lines[0..len). Left out are Date, Connection, Keep-Alive, Proxy-Connection, Transfer-Encoding,
 * Trailer, Upgrade and Content-Length, and lines that are no field lines, which could split the answer.
 * False: no memory.
 */
bool lyger_answer_fields_read(lyger_answer_fields *fields, const char *lines, size_t len);

/* Makes a strong ETag weak (RFC 9110, section 8.8.3: another coding, other bytes). False: no memory. */
bool lyger_answer_fields_weaken(lyger_answer_fields *fields);

#endif
