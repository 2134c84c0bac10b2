/*
 * Compression of answers. gzip is always there (zlib); Brotli and Zstandard are there when their shared
 * library is found at the first use, for they are not worth a dependency.
 *
 * A compressor is a malloc'ed state of up to some megabytes; finished compressors are kept for the next
 * answer. Used by one thread.
 */
#ifndef LYGER_FRONT_COMPRESS_H
#define LYGER_FRONT_COMPRESS_H

#include "base/sink.h"
#include "http/message.h"

#define LYGER_COMPRESS_MIN 1024u /* bytes; a shorter body is not worth compressing */

typedef enum lyger_coding {
    LYGER_CODING_NONE,
    LYGER_CODING_GZIP,
    LYGER_CODING_BROTLI,
    LYGER_CODING_ZSTD,
    LYGER_CODINGS,
} lyger_coding;

/* The coding that the request's Accept-Encoding prefers among those that are there; of equally preferred
 * codings the one that costs least time. */
lyger_coding lyger_compress_choose(const lyger_http_request *request, const char *head);

/* The name in Content-Encoding; "identity" for NONE. */
const char *lyger_compress_name(lyger_coding coding);

bool lyger_compress_available(lyger_coding coding);

typedef struct lyger_compressor lyger_compressor;

/* A compressor for one answer; NULL when memory ran out or the coding is not there. */
lyger_compressor *lyger_compress_begin(lyger_coding coding);

typedef enum lyger_compress_how {
    LYGER_COMPRESS_MORE,  /* the compressor may keep bytes back */
    LYGER_COMPRESS_FLUSH, /* everything so far can be read by the client */
    LYGER_COMPRESS_END,
} lyger_compress_how;

/* Compresses bytes[0..len) and appends the result to the sink; false when that failed. */
bool lyger_compress_run(lyger_compressor *compressor, const char *bytes, size_t len, lyger_compress_how how,
                        lyger_sink *to);

/* Gives a compressor back, finished or not; NULL does nothing. */
void lyger_compress_end(lyger_compressor *compressor);

/* Frees the compressors that are kept. */
void lyger_compress_forget(void);

#endif
