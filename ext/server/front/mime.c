#include "mime.h"

#include "http/message.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXTENSION_SIZE 24u /* of a known extension, NUL included; longer extensions are unknown */
#define TYPE_SIZE 128u     /* of a type with its charset, NUL included */

typedef struct entry {
    char extension[EXTENSION_SIZE]; /* lower case */
    const char *type;
    uint32_t order; /* a later entry wins */
} entry;

struct lyger_mime {
    entry *entries; /* sorted, no extension twice */
    size_t count, size;
    char **types; /* owned */
    size_t type_count, type_size;
};

/* RFC 9239 (JavaScript), RFC 8081 (fonts) and IANA's registry. */
static const char *const built_in[] = {
    "text/html html htm",
    "text/css css",
    "text/javascript js mjs",
    "text/plain txt text log",
    "text/markdown md",
    "text/csv csv",
    "text/vtt vtt",
    "text/calendar ics",
    "application/json json map",
    "application/ld+json jsonld",
    "application/manifest+json webmanifest",
    "application/xml xml xsl",
    "application/rss+xml rss",
    "application/atom+xml atom",
    "application/xhtml+xml xhtml",
    "application/wasm wasm",
    "application/pdf pdf",
    "application/zip zip",
    "application/gzip gz",
    "application/zstd zst",
    "image/svg+xml svg",
    "image/png png",
    "image/jpeg jpg jpeg",
    "image/gif gif",
    "image/webp webp",
    "image/avif avif",
    "image/jxl jxl",
    "image/x-icon ico",
    "font/woff woff",
    "font/woff2 woff2",
    "font/ttf ttf",
    "font/otf otf",
    "video/mp4 mp4",
    "video/webm webm",
    "audio/mpeg mp3",
    "audio/ogg ogg oga opus",
    "audio/wav wav",
};

static int by_extension(const void *a, const void *b)
{
    const entry *left = a, *right = b;
    int order = strcmp(left->extension, right->extension);
    return order ? order : (left->order > right->order) - (left->order < right->order);
}

/* Writes the extension in lower case; false when it is too long to be known. */
static bool lower_extension(const char *from, size_t len, char to[EXTENSION_SIZE])
{
    if (len == 0 || len >= EXTENSION_SIZE) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        to[i] = from[i] >= 'A' && from[i] <= 'Z' ? (char)(from[i] + 32) : from[i];
    }
    to[len] = '\0';
    return true;
}

/* Whether it is type "/" subtype, both tokens: the table is a file and its words become a field value. */
static bool is_type(const char *word, size_t len)
{
    size_t slashes = 0;
    for (size_t i = 0; i < len; i++) {
        if (word[i] == '/') {
            slashes++;
        } else if (!lyger_http_is_token_byte((unsigned char)word[i])) {
            return false;
        }
    }
    return slashes == 1 && word[0] != '/' && word[len - 1] != '/' && len < TYPE_SIZE - 16;
}

static void *grown(void *list, size_t count, size_t *size, size_t element)
{
    if (count < *size) {
        return list;
    }
    size_t wanted = *size ? *size * 2 : 64;
    void *larger = realloc(list, wanted * element);
    *size = larger ? wanted : *size;
    return larger;
}

/* Keeps a type with its charset; NULL: no memory. */
static const char *keep_type(lyger_mime *mime, const char *word, size_t len)
{
    char **types = grown(mime->types, mime->type_count, &mime->type_size, sizeof *types);
    char *type = types ? malloc(TYPE_SIZE) : NULL;
    mime->types = types ? types : mime->types;
    if (!type) {
        return NULL;
    }
    snprintf(type, TYPE_SIZE, "%.*s%s", (int)len, word,
             strncmp(word, "text/", 5) == 0 ? "; charset=utf-8" : "");
    mime->types[mime->type_count++] = type;
    return type;
}

static bool add_extension(lyger_mime *mime, const char *extension, const char *type)
{
    entry *entries = grown(mime->entries, mime->count, &mime->size, sizeof *entries);
    if (!entries) {
        return false;
    }
    mime->entries = entries;
    entry *new = &entries[mime->count];
    if (lower_extension(extension, strlen(extension), new->extension)) {
        new->type = type;
        new->order = (uint32_t)mime->count++;
    }
    return true;
}

/* "type ext ext…"; words end at blanks, the line at "#". False: no memory. */
static bool add_line(lyger_mime *mime, const char *line)
{
    const char *const blanks = " \t\r\n\v\f", *type = NULL;
    char word[TYPE_SIZE];
    for (;;) {
        line += strspn(line, blanks);
        size_t len = strcspn(line, " \t\r\n\v\f#");
        if (len == 0) {
            return true;
        }
        if (!type) {
            if (!is_type(line, len)) {
                return true;
            }
            if (strspn(line + len, blanks) == strlen(line + len)) {
                return true; /* a type without extensions, as most are */
            }
            type = keep_type(mime, line, len);
            if (!type) {
                return false;
            }
        } else if (len < EXTENSION_SIZE) {
            memcpy(word, line, len);
            word[len] = '\0';
            if (!add_extension(mime, word, type)) {
                return false;
            }
        }
        line += len;
    }
}

static bool add_table(lyger_mime *mime, FILE *table)
{
    char *line = NULL;
    size_t size = 0;
    bool good = true;
    while (good && getline(&line, &size, table) >= 0) {
        good = add_line(mime, line);
    }
    free(line);
    return good;
}

lyger_mime *lyger_mime_new(const char *path)
{
    lyger_mime *mime = calloc(1, sizeof *mime);
    bool good = mime != NULL;
    for (size_t i = 0; good && i < sizeof built_in / sizeof *built_in; i++) {
        good = add_line(mime, built_in[i]);
    }
    FILE *table = good ? fopen(path ? path : "/etc/mime.types", "re") : NULL;
    if (table) {
        good = add_table(mime, table);
        fclose(table);
    }
    if (!good) {
        lyger_mime_free(mime);
        return NULL;
    }
    qsort(mime->entries, mime->count, sizeof *mime->entries, by_extension);
    size_t kept = 0;
    for (size_t i = 0; i < mime->count; i++) { /* of equal extensions the last wins */
        if (i + 1 == mime->count || strcmp(mime->entries[i].extension, mime->entries[i + 1].extension) != 0) {
            mime->entries[kept++] = mime->entries[i];
        }
    }
    mime->count = kept;
    return mime;
}

void lyger_mime_free(lyger_mime *mime)
{
    if (mime) {
        for (size_t i = 0; i < mime->type_count; i++) {
            free(mime->types[i]);
        }
        free(mime->types);
        free(mime->entries);
        free(mime);
    }
}

const char *lyger_mime_of(const lyger_mime *mime, const char *name)
{
    const char *slash = strrchr(name, '/'), *dot = strrchr(slash ? slash : name, '.');
    entry wanted;
    wanted.order = 0;
    if (dot && lower_extension(dot + 1, strlen(dot + 1), wanted.extension)) {
        size_t low = 0, high = mime->count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            int order = strcmp(wanted.extension, mime->entries[middle].extension);
            if (order == 0) {
                return mime->entries[middle].type;
            }
            low = order > 0 ? middle + 1 : low;
            high = order > 0 ? high : middle;
        }
    }
    return "application/octet-stream";
}

bool lyger_mime_is_text(const char *type)
{
    static const char *const others[] = {"application/json",   "application/javascript",
                                         "application/xml",    "application/wasm",
                                         "application/x-font", "application/vnd.ms-fontobject",
                                         "image/x-icon",       "image/bmp",
                                         "font/ttf",           "font/otf"};
    size_t len = strcspn(type, "; ");
    if (strncmp(type, "text/", 5) == 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strlen(others[i]) == len && memcmp(type, others[i], len) == 0) {
            return true;
        }
    }
    return len > 5 && (memcmp(type + len - 4, "+xml", 4) == 0 || memcmp(type + len - 5, "+json", 5) == 0);
}
