#include "compress.h"

#include "http/conditions.h"

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#define KEPT_MAX 8       /* finished compressors of a coding that wait for the next answer */
#define STEP 16384       /* bytes of room that are asked for at a time */
#define GZIP_LEVEL 4     /* between fast and small: the front process has one thread */
#define BROTLI_LEVEL 4   /* the quality that is about as fast as gzip's 4 */
#define BROTLI_WINDOW 18 /* 256 KiB */
#define ZSTD_LEVEL 3

/* ---- libraries ---- */

static struct {
    __typeof__(deflateInit2_) *begin;
    __typeof__(deflate) *run;
    __typeof__(deflateReset) *reset;
    __typeof__(deflateEnd) *end;
} gzip;

/* The stable part of Brotli's encoder API (encode.h: "since 1.0"): names and numbers as its manual gives
 * them. */
static struct {
    void *(*create)(void *(*)(void *, size_t), void (*)(void *, void *), void *);
    void (*destroy)(void *);
    int (*set)(void *, int, uint32_t);
    int (*run)(void *, int, size_t *, const uint8_t **, size_t *, uint8_t **, size_t *);
    int (*has_more)(void *);
    int (*finished)(void *);
} brotli;
enum { BROTLI_QUALITY = 1, BROTLI_LGWIN = 2 };

/* The stable part of Zstandard's API (zstd.h, "stable API", since 1.4.0). */
typedef struct zstd_buffer {
    void *bytes;
    size_t size, at;
} zstd_buffer;
static struct {
    void *(*create)(void);
    size_t (*destroy)(void *);
    size_t (*set)(void *, int, int);
    size_t (*reset)(void *, int);
    size_t (*run)(void *, zstd_buffer *, zstd_buffer *, int);
    unsigned (*is_error)(size_t);
} zstd;
enum { ZSTD_LEVEL_PARAMETER = 100, ZSTD_RESET_SESSION = 1 };

typedef struct symbol {
    const char *name;
    void *to; /* a function pointer */
} symbol;

/* Fills the pointers; false when the library or one of the functions is missing. A loaded library stays. */
static bool load(const char *library, const symbol *symbols)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        return false;
    }
    for (; symbols->name; symbols++) {
        void *found = dlsym(handle, symbols->name);
        if (!found) {
            dlclose(handle);
            return false;
        }
        memcpy(symbols->to, &found, sizeof found); /* POSIX lets a data pointer hold a function's address */
    }
    return true;
}

static bool load_gzip(void)
{
    const symbol symbols[] = {
        {"deflateInit2_", &gzip.begin}, {"deflate", &gzip.run}, {"deflateReset", &gzip.reset},
        {"deflateEnd", &gzip.end},      {NULL, NULL},
    };
    return load("libz.so.1", symbols);
}

static bool load_brotli(void)
{
    const symbol symbols[] = {
        {"BrotliEncoderCreateInstance", &brotli.create},
        {"BrotliEncoderDestroyInstance", &brotli.destroy},
        {"BrotliEncoderSetParameter", &brotli.set},
        {"BrotliEncoderCompressStream", &brotli.run},
        {"BrotliEncoderHasMoreOutput", &brotli.has_more},
        {"BrotliEncoderIsFinished", &brotli.finished},
        {NULL, NULL},
    };
    return load("libbrotlienc.so.1", symbols);
}

static bool load_zstd(void)
{
    const symbol symbols[] = {
        {"ZSTD_createCCtx", &zstd.create},
        {"ZSTD_freeCCtx", &zstd.destroy},
        {"ZSTD_CCtx_setParameter", &zstd.set},
        {"ZSTD_CCtx_reset", &zstd.reset},
        {"ZSTD_compressStream2", &zstd.run},
        {"ZSTD_isError", &zstd.is_error},
        {NULL, NULL},
    };
    return load("libzstd.so.1", symbols);
}

bool lyger_compress_available(lyger_coding coding)
{
    static bool (*const loaders[LYGER_CODINGS])(void) = {NULL, load_gzip, load_brotli, load_zstd};
    static enum { UNKNOWN, MISSING, PRESENT } state[LYGER_CODINGS];
    if (state[coding] == UNKNOWN) {
        state[coding] = loaders[coding] && loaders[coding]() ? PRESENT : MISSING;
    }
    return state[coding] == PRESENT;
}

/* ---- negotiation ---- */

const char *lyger_compress_name(lyger_coding coding)
{
    static const char *const names[LYGER_CODINGS] = {"identity", "gzip", "br", "zstd"};
    return names[coding];
}

lyger_coding lyger_compress_choose(const lyger_http_request *request, const char *head)
{
    lyger_coding best = LYGER_CODING_NONE;
    uint32_t line = 0, best_weight = 0;
    size_t len;
    if (!lyger_http_next_value(request, head, "accept-encoding", &line, &len)) {
        return LYGER_CODING_NONE;
    }
    /* The cheapest coding is the last of the enum. */
    for (lyger_coding coding = LYGER_CODING_GZIP; coding < LYGER_CODINGS; coding++) {
        uint32_t weight = lyger_http_coding_weight(request, head, lyger_compress_name(coding));
        if (weight > 0 && weight >= best_weight && lyger_compress_available(coding)) {
            best = coding;
            best_weight = weight;
        }
    }
    /* A client may prefer the answer uncoded, but only by saying so (RFC 9110, section 12.5.3). */
    return lyger_http_coding_weight(request, head, "identity") > best_weight ? LYGER_CODING_NONE : best;
}

/* ---- compressors ---- */

struct lyger_compressor {
    lyger_compressor *next; /* the next finished compressor that is kept */
    lyger_coding coding;
    void *state; /* of Brotli or Zstandard */
    z_stream gzip;
};

static lyger_compressor *kept[LYGER_CODINGS];
static unsigned kept_count[LYGER_CODINGS];

static void destroy(lyger_compressor *compressor)
{
    if (compressor->coding == LYGER_CODING_GZIP) {
        gzip.end(&compressor->gzip);
    } else if (compressor->state && compressor->coding == LYGER_CODING_BROTLI) {
        brotli.destroy(compressor->state);
    } else if (compressor->state) {
        zstd.destroy(compressor->state);
    }
    free(compressor);
}

static bool prepare(lyger_compressor *compressor)
{
    switch (compressor->coding) {
    case LYGER_CODING_GZIP: /* 16: with gzip's header and trailer */
        return gzip.begin(&compressor->gzip, GZIP_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY,
                          ZLIB_VERSION, (int)sizeof compressor->gzip) == Z_OK;
    case LYGER_CODING_BROTLI:
        compressor->state = brotli.create(NULL, NULL, NULL);
        return compressor->state && brotli.set(compressor->state, BROTLI_QUALITY, BROTLI_LEVEL) &&
               brotli.set(compressor->state, BROTLI_LGWIN, BROTLI_WINDOW);
    default:
        compressor->state = zstd.create();
        return compressor->state &&
               !zstd.is_error(zstd.set(compressor->state, ZSTD_LEVEL_PARAMETER, ZSTD_LEVEL));
    }
}

lyger_compressor *lyger_compress_begin(lyger_coding coding)
{
    lyger_compressor *compressor = kept[coding];
    if (compressor) {
        kept[coding] = compressor->next;
        kept_count[coding]--;
        return compressor;
    }
    if (coding == LYGER_CODING_NONE || !lyger_compress_available(coding) ||
        !(compressor = calloc(1, sizeof *compressor))) {
        return NULL;
    }
    compressor->coding = coding;
    if (!prepare(compressor)) {
        destroy(compressor);
        return NULL;
    }
    return compressor;
}

void lyger_compress_end(lyger_compressor *compressor)
{
    if (!compressor) {
        return;
    }
    lyger_coding coding = compressor->coding;
    bool again =
        kept_count[coding] < KEPT_MAX &&
        (coding == LYGER_CODING_GZIP   ? gzip.reset(&compressor->gzip) == Z_OK
         : coding == LYGER_CODING_ZSTD ? !zstd.is_error(zstd.reset(compressor->state, ZSTD_RESET_SESSION))
                                       : false); /* a Brotli encoder cannot be used again */
    if (!again) {
        destroy(compressor);
        return;
    }
    compressor->next = kept[coding];
    kept[coding] = compressor;
    kept_count[coding]++;
}

void lyger_compress_forget(void)
{
    for (int coding = 0; coding < LYGER_CODINGS; coding++) {
        while (kept[coding]) {
            lyger_compressor *compressor = kept[coding];
            kept[coding] = compressor->next;
            destroy(compressor);
        }
        kept_count[coding] = 0;
    }
}

/* ---- running ---- */

static bool run_gzip(lyger_compressor *compressor, const char *bytes, size_t len, lyger_compress_how how,
                     lyger_sink *to)
{
    static const int flush[] = {Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH};
    z_stream *stream = &compressor->gzip;
    stream->next_in = (Bytef *)bytes;
    stream->avail_in = (uInt)len;
    for (;;) {
        if (!lyger_sink_reserve(to, STEP)) {
            return false;
        }
        size_t room = (size_t)(to->end - to->pos);
        stream->next_out = (Bytef *)to->pos;
        stream->avail_out = (uInt)(room < UINT32_MAX ? room : UINT32_MAX);
        int status = gzip.run(stream, flush[how]);
        to->pos = (char *)stream->next_out;
        if (status == Z_STREAM_END) {
            return true;
        }
        if (status != Z_OK && status != Z_BUF_ERROR) {
            return false;
        }
        if (stream->avail_out > 0 && how != LYGER_COMPRESS_END) {
            return stream->avail_in == 0;
        }
    }
}

static bool run_brotli(lyger_compressor *compressor, const char *bytes, size_t len, lyger_compress_how how,
                       lyger_sink *to)
{
    const uint8_t *in = (const uint8_t *)bytes;
    do {
        if (!lyger_sink_reserve(to, STEP)) {
            return false;
        }
        uint8_t *out = (uint8_t *)to->pos;
        size_t room = (size_t)(to->end - to->pos);
        if (!brotli.run(compressor->state, (int)how, &len, &in, &room, &out, NULL)) {
            return false;
        }
        to->pos = (char *)out;
    } while (len > 0 || brotli.has_more(compressor->state));
    return how != LYGER_COMPRESS_END || brotli.finished(compressor->state);
}

static bool run_zstd(lyger_compressor *compressor, const char *bytes, size_t len, lyger_compress_how how,
                     lyger_sink *to)
{
    zstd_buffer in = {(void *)bytes, len, 0};
    for (;;) {
        if (!lyger_sink_reserve(to, STEP)) {
            return false;
        }
        zstd_buffer out = {to->pos, (size_t)(to->end - to->pos), 0};
        size_t left = zstd.run(compressor->state, &out, &in, (int)how);
        to->pos += out.at;
        if (zstd.is_error(left)) {
            return false;
        }
        if (how == LYGER_COMPRESS_MORE ? in.at == in.size : left == 0) {
            return true;
        }
    }
}

bool lyger_compress_run(lyger_compressor *compressor, const char *bytes, size_t len, lyger_compress_how how,
                        lyger_sink *to)
{
    if (len > UINT32_MAX) {
        return false; /* no caller gives that much at once, and zlib's counters are 32 bits */
    }
    switch (compressor->coding) {
    case LYGER_CODING_GZIP:
        return run_gzip(compressor, bytes, len, how, to);
    case LYGER_CODING_BROTLI:
        return run_brotli(compressor, bytes, len, how, to);
    default:
        return run_zstd(compressor, bytes, len, how, to);
    }
}
