#define _GNU_SOURCE /* memmem */

#include "check.h"
#include "http_limits.h"

#include "http/conditions.h"
#include "http/date.h"
#include "server/front/mime.h"
#include "server/front/static.h"
#include "server/front/static_coded.h"
#include "server/front/static_open.h"
#include "http_exchange.h"
#include "static_tree.h"

#include <sys/resource.h>
#include <zlib.h>

static lyger_server_config config;
static lyger_static *files;
static lyger_static_plan plan;
static char body[65536];
static time_t now = TREE_TIME + 1000;

/* Decides about a request with that first line and those fields ("" or lines with CRLF), reads what would be
 * sent into body; 0 when no file answers, else the status. */
static int ask(const char *line, const char *fields)
{
    char head[9000];
    lyger_http_request request;
    snprintf(head, sizeof head, "%s HTTP/1.1\r\nHost: x\r\n%s\r\n", line, fields);
    lyger_http_request_init(&request);
    body[0] = '\0';
    if (lyger_http_parse(&request, head, strlen(head), &default_limits) != LYGER_HTTP_DONE) {
        return -1;
    }
    if (!lyger_static_decide(files, &request, head, now, &plan)) {
        return 0;
    }
    plan.fields[plan.fields_len] = '\0';
    if (plan.bytes) {
        memcpy(body, plan.bytes, plan.len);
        body[plan.len] = '\0';
    }
    if (plan.descriptor >= 0) {
        ssize_t count = pread(plan.descriptor, body, sizeof body - 1, (off_t)plan.offset);
        CHECK(count >= (ssize_t)plan.len);
        body[plan.len] = '\0';
        close(plan.descriptor);
    }
    return plan.status;
}

static int get(const char *path)
{
    char line[8192];
    snprintf(line, sizeof line, "GET %s", path);
    return ask(line, "");
}

static bool has_field(const char *line)
{
    const char *at = strstr(plan.fields, line);
    return at && (at == plan.fields || at[-1] == '\n') && strncmp(at + strlen(line), "\r\n", 2) == 0;
}

/* The value of a field of the last answer. */
static const char *field(const char *name)
{
    static char value[256];
    const char *at = strstr(plan.fields, name);
    snprintf(value, sizeof value, "%.*s", at ? (int)strcspn(at + strlen(name) + 2, "\r") : 0,
             at ? at + strlen(name) + 2 : "");
    return value;
}

static void a_file_is_sent_with_its_fields(void)
{
    CHECK_INT(get("/hello.txt"), 200);
    CHECK_STR(body, "Hello, world");
    CHECK_INT(plan.content_length, 12);
    CHECK(has_field("Content-Type: text/plain; charset=utf-8"));
    CHECK(has_field("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"));
    CHECK(has_field("X-Content-Type-Options: nosniff"));
    CHECK(has_field("Accept-Ranges: bytes"));
    CHECK(has_field("Cache-Control: max-age=60"));
    CHECK(has_field("Vary: Accept-Encoding"));
    CHECK(strstr(plan.fields, "ETag: \"") != NULL);
    CHECK_INT(get("/hello.txt?v=2"), 200);
    CHECK_INT(ask("GET http://x/hello.txt", ""), 200);
    CHECK_INT(get("/empty.txt"), 200);
    CHECK_INT(plan.content_length, 0);
}

static void head_has_the_length_and_no_body(void)
{
    CHECK_INT(ask("HEAD /hello.txt", "Range: bytes=0-0\r\n"), 200);
    CHECK_INT(plan.content_length, 12);
    CHECK_INT(plan.descriptor, -1);
}

static void other_methods_are_the_applications(void)
{
    CHECK_INT(ask("POST /hello.txt", ""), 0);
    CHECK_INT(ask("DELETE /hello.txt", ""), 0);
    CHECK_INT(ask("OPTIONS /hello.txt", ""), 0);
    CHECK_INT(ask("OPTIONS *", ""), 0);
}

static void a_directory_answers_with_its_index(void)
{
    CHECK_INT(get("/"), 200);
    CHECK_STR(body, "<p>home");
    CHECK(has_field("Content-Type: text/html; charset=utf-8"));
    CHECK_INT(ask("GET http://x", ""), 200);
    CHECK_INT(get("/sub/"), 200);
    CHECK_STR(body, "<p>sub");
    CHECK_INT(get("/sub"), 301);
    CHECK(has_field("Location: /sub/"));
    CHECK_INT(get("/sub?a=1&b=%20"), 301);
    CHECK(has_field("Location: /sub/?a=1&b=%20"));
    CHECK_INT(get("/a%20b"), 301);
    CHECK(has_field("Location: /a%20b/"));
    CHECK_INT(get("/bare"), 0);
    CHECK_INT(get("/bare/"), 0);
    CHECK_INT(get("/hello.txt/"), 0);
    config.index = NULL;
    CHECK_INT(get("/sub"), 0);
    CHECK_INT(get("/"), 0);
    config.index = "index.php";
    CHECK_INT(get("/"), 0);
    config.index = "index.html";
}

static void a_redirect_that_does_not_fit_is_none(void)
{
    char line[8192];
    lyger_http_request request;
    static char head[40000];
    const lyger_http_limits limits = {30000, 32768, 100};
    strcpy(line, "GET /sub?");
    memset(head, 'q', sizeof head);
    memcpy(head, line, strlen(line));
    strcpy(head + 17000, " HTTP/1.1\r\nHost: x\r\n\r\n");
    lyger_http_request_init(&request);
    CHECK_INT(lyger_http_parse(&request, head, strlen(head), &limits), LYGER_HTTP_DONE);
    CHECK(!lyger_static_decide(files, &request, head, now, &plan));
}

static void what_is_not_public_is_not_found(void)
{
    static const char *const paths[] = {
        "/nothing.txt",
        "/.env",
        "/.git/config",
        "/.git",
        "/.git/",
        "/.well-known/.hidden",
        "/sub/.well-known/x",
        "/index.php",
        "/index.php/x",
        "/Old.PHP5",
        "/conf.php.bak",
        "/conf.php~",
        "/index%2Ephp",
        "/index.ph%70",
        "/sub/../hello.txt",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2fsecret.txt",
        "/./hello.txt",
        "/sub%2fdeep.txt",
        "/sub%2Fdeep.txt",
        "/sub%5cdeep.txt",
        "//hello.txt",
        "/sub//deep.txt",
        "/hello.txt%00",
        "/hello.txt%00.png",
        "/%0ahello.txt",
        "/hello.txt%7f",
        "/fifo",
        "/..",
        "/sub/..",
        "/%252e%252e/secret.txt",
        "/hello.txt%20",
        "/HELLO.TXT",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int status = get(paths[i]);
        if (status != 0) {
            printf("# %s: %d\n", paths[i], status);
        }
        CHECK_INT(status, 0);
    }
    for (size_t i = 0; i < sizeof tree_copies / sizeof *tree_copies; i++) {
        char target[64] = "/", *to = target + 1;
        for (const char *at = tree_copies[i]; *at; at++) {
            to += sprintf(to, *at == '#' ? "%%23" : "%c", *at);
        }
        int status = get(target);
        if (status != 0) {
            printf("# %s: %d\n", target, status);
        }
        CHECK_INT(status, 0);
    }
    CHECK_INT(get("/old.income.1"), 200);
    char path[6000] = "GET /";
    memset(path + 5, 'a', 5000);
    CHECK_INT(ask(path, ""), 0);
    path[5 + 256] = '\0';
    CHECK_INT(ask(path, ""), 0);
}

static void a_path_is_decoded_once(void)
{
    char to[LYGER_STATIC_PATH_MAX];
    static const char *const broken[] = {"/a%", "/a%4", "/a%zz", "/a%4z", "/a%%41", "a", "*"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken;
         i++) { /* the parser refuses most of them already */
        CHECK(!lyger_static_path(broken[i], strlen(broken[i]), to));
    }
    CHECK(!lyger_static_path("/a\0b", 4, to));
    CHECK_INT(get("/%68ello.txt"), 200);
    CHECK_INT(get("/100%25.txt"), 200);
    CHECK_STR(body, "percent");
    CHECK_INT(get("/%2541.txt"), 200);
    CHECK_STR(body, "twice");
    CHECK_INT(get("/caf%C3%a9.txt"), 200);
    CHECK_INT(get("/.well-known/acme"), 200);
    CHECK(has_field("Content-Type: application/octet-stream"));
    CHECK_INT(get("/php.txt"), 200);
}

static void without_descriptors_nothing_is_known(void)
{
    struct rlimit old, none;
    int next = dup(0);
    close(next);
    CHECK_INT(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = old;
    none.rlim_cur = (rlim_t)next;
    CHECK_INT(setrlimit(RLIMIT_NOFILE, &none), 0);
    CHECK_INT(get("/hello.txt"), 503);
    CHECK(has_field("Retry-After: 1"));
    CHECK_INT(get("/nothing"), 503);
    CHECK_INT(get("/.env"), 0);
    setrlimit(RLIMIT_NOFILE, &old);
    CHECK_INT(get("/nothing"), 0);
    CHECK_INT(get("/sub"), 301);
}

static void links_are_followed_only_when_asked(void)
{
    static const char *const inside[] = {"/inner.txt"};
    static const char *const outside[] = {"/outer.txt", "/out/secret.txt", "/etc/passwd"};
    for (int way = 0; way < 3; way++) { /* openat2, step by step, following */
        lyger_root root;
        struct stat stat;
        CHECK(lyger_root_open(&root, tree_root, way == 2));
        CHECK(way > 0 || root.one_step);
        root.one_step = way == 0;
        int fd = lyger_root_file(&root, inside[0] + 1, &stat);
        CHECK((fd >= 0) == (way == 2));
        close(fd);
        for (int i = 0; i < 3; i++) {
            fd = lyger_root_file(&root, outside[i] + 1, &stat);
            CHECK((fd >= 0) == (way == 2));
            close(fd);
        }
        CHECK(lyger_root_file(&root, "nothing", &stat) < 0);
        CHECK(lyger_root_file(&root, "hello.txt/x", &stat) < 0);
        fd = lyger_root_file(&root, "sub/deep.txt", &stat);
        CHECK(fd >= 0 && stat.st_size == 4);
        close(fd);
        lyger_root_close(&root);
    }
}

static void a_root_that_was_exchanged_is_noticed(void)
{
    char path[200], other[200];
    lyger_server_config moved = config;
    lyger_static *ours = files;
    tree_path(path, sizeof path, "current");
    moved.document_root = path;
    CHECK_INT(lyger_static_new(&moved, &files, NULL), LYGER_OK);
    CHECK_INT(get("/hello.txt"), 200);
    tree_path(other, sizeof other, "next");
    CHECK_INT(symlink("outside", other), 0);
    CHECK_INT(rename(other, path), 0);
    now++;
    CHECK_INT(get("/hello.txt"), 0);
    CHECK_INT(get("/secret.txt"), 200);
    unlink(path);
    now++;
    CHECK_INT(get("/secret.txt"), 200);
    lyger_static_free(files);
    CHECK_INT(lyger_static_new(&moved, &files, NULL), LYGER_E_SERVER);
    moved.document_root = NULL;
    CHECK_INT(lyger_static_new(&moved, &files, NULL), LYGER_OK);
    CHECK(files == NULL);
    CHECK_INT(get("/hello.txt"), 0);
    files = ours;
}

static int conditional(const char *name, const char *value)
{
    char line[600];
    snprintf(line, sizeof line, "%s: %s\r\n", name, value);
    return ask("GET /hello.txt", line);
}

static void preconditions_are_judged(void)
{
    char etag[100], list[400];
    CHECK_INT(get("/hello.txt"), 200);
    snprintf(etag, sizeof etag, "%s", field("ETag"));
    CHECK_INT(conditional("If-None-Match", etag), 304);
    CHECK_INT(plan.descriptor, -1);
    CHECK(has_field("Cache-Control: max-age=60") && strstr(plan.fields, "ETag: ") &&
          !strstr(plan.fields, "Content-"));
    snprintf(list, sizeof list, "\"a,b\" , W/%s", etag);
    CHECK_INT(conditional("If-None-Match", list), 304);
    CHECK_INT(conditional("If-None-Match", "*"), 304);
    CHECK_INT(conditional("If-None-Match", "\"other\""), 200);
    CHECK_INT(conditional("If-None-Match", "broken"), 200);
    CHECK_INT(conditional("If-Match", etag), 200);
    CHECK_INT(conditional("If-Match", "*"), 200);
    CHECK_INT(conditional("If-Match", "\"other\""), 412);
    snprintf(list, sizeof list, "W/%s", etag);
    CHECK_INT(conditional("If-Match", list), 412);
    CHECK_INT(conditional("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"), 304);
    CHECK_INT(conditional("If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"), 304);
    CHECK_INT(conditional("If-Modified-Since", "Sun Nov  6 08:49:37 1994"), 304);
    CHECK_INT(conditional("If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"), 200);
    CHECK_INT(conditional("If-Modified-Since", "yesterday"), 200);
    CHECK_INT(conditional("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"), 200);
    CHECK_INT(conditional("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT"), 412);
    snprintf(list, sizeof list, "If-None-Match: \"x\"\r\nIf-Modified-Since: %s\r\n",
             "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK_INT(ask("GET /hello.txt", list), 200);
    snprintf(list, sizeof list, "If-None-Match: \"x\"\r\nIf-None-Match: %s\r\n", etag);
    CHECK_INT(ask("HEAD /hello.txt", list), 304);
    snprintf(list, sizeof list, "If-Match: %s\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n",
             etag);
    CHECK_INT(ask("GET /hello.txt", list), 200);
}

static void another_content_has_another_tag(void)
{
    char etag[100];
    CHECK_INT(get("/sub/deep.txt"), 200);
    snprintf(etag, sizeof etag, "%s", field("ETag"));
    tree_file("public/sub/deep.txt", "peed", TREE_TIME + 1);
    CHECK_INT(get("/sub/deep.txt"), 200);
    CHECK(strcmp(field("ETag"), etag) != 0);
    tree_file("public/sub/deep.txt", "ahead", now + 5000);
    CHECK_INT(get("/sub/deep.txt"), 200);
    char date[LYGER_HTTP_DATE_SIZE];
    lyger_http_date_write(now, date);
    CHECK_STR(field("Last-Modified"), date);
    tree_file("public/sub/deep.txt", "deep", TREE_TIME);
}

static int ranged(const char *range, const char *more)
{
    char lines[300];
    snprintf(lines, sizeof lines, "Range: %s\r\n%s", range, more);
    return ask("GET /hello.txt", lines);
}

static void a_range_is_sent(void)
{
    CHECK_INT(ranged("bytes=0-4", ""), 206);
    CHECK_STR(body, "Hello");
    CHECK_INT(plan.content_length, 5);
    CHECK(has_field("Content-Range: bytes 0-4/12"));
    CHECK_INT(ranged("bytes=0-12", ""), 206);
    CHECK_STR(body, "Hello, world");
    CHECK_INT(plan.content_length, 12);
    CHECK_INT(ranged("BYTES=7-", ""), 206);
    CHECK_STR(body, "world");
    CHECK_INT(ranged("bytes=-5", ""), 206);
    CHECK_STR(body, "world");
    CHECK_INT(ranged("bytes=-500", ""), 206);
    CHECK_STR(body, "Hello, world");
    CHECK_INT(ranged("bytes=11-99999999999999999999999", ""), 206);
    CHECK_STR(body, "d");
    CHECK(has_field("Content-Range: bytes 11-11/12"));
    CHECK_INT(ranged("bytes=12-", ""), 416);
    CHECK(has_field("Content-Range: bytes */12"));
    CHECK_INT(plan.content_length, 0);
    CHECK_INT(ranged("bytes=99999999999999999999-", ""), 416);
    CHECK_INT(ranged("bytes=18446744073709551616-", ""), 416); /* 2^64 is not 0 */
    CHECK_INT(ranged("bytes=-0", ""), 416);
    CHECK_INT(ask("GET /empty.txt", "Range: bytes=0-\r\n"), 416);
    CHECK_INT(ask("GET /empty.txt", "Range: bytes=-1\r\n"), 200);
}

static void ranges_that_are_none_get_the_whole(void)
{
    static const char *const ranges[] = {
        "bytes=",    "bytes=-",    "bytes=5-4",     "bytes=a-b",         "lines=0-1",
        "bytes 0-1", "bytes=1 -2", "bytes=0-1,3-4", "bytes=0-0,0-0,0-0", "bytes=0-1x",
        "bytes=--1", "bytes",      "bytes=0"};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        CHECK_INT(ranged(ranges[i], ""), 200);
        CHECK_INT(plan.content_length, 12);
    }
    CHECK_INT(ranged("bytes=0-1", "Range: bytes=0-1\r\n"), 200);
}

static void a_range_depends_on_if_range(void)
{
    char line[200];
    CHECK_INT(get("/hello.txt"), 200);
    snprintf(line, sizeof line, "If-Range: %s\r\n", field("ETag"));
    CHECK_INT(ranged("bytes=0-4", line), 206);
    snprintf(line, sizeof line, "If-Range: W/%s\r\n", field("ETag"));
    CHECK_INT(ranged("bytes=0-4", line), 200);
    CHECK_INT(ranged("bytes=0-4", "If-Range: \"x\"\r\n"), 200);
    CHECK_INT(ranged("bytes=0-4", "If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), 206);
    CHECK_INT(ranged("bytes=0-4", "If-Range: Sun, 06 Nov 1994 08:49:38 GMT\r\n"), 200);
    CHECK_INT(ranged("bytes=0-4", "If-Range: \"x\"\r\nIf-Range: \"x\"\r\n"), 200);
    time_t then = now;
    now = TREE_TIME; /* just written: its date is no strong validator */
    CHECK_INT(ranged("bytes=0-4", "If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), 200);
    now = then;
}

static int coded(const char *accept)
{
    char line[200];
    snprintf(line, sizeof line, "Accept-Encoding: %s\r\n", accept);
    return ask("GET /app.js", line);
}

static void a_compressed_neighbour_is_preferred(void)
{
    char etag[100];
    CHECK_INT(get("/app.js"), 200);
    CHECK(strstr(plan.fields, "Content-Encoding") == NULL && has_field("Vary: Accept-Encoding"));
    snprintf(etag, sizeof etag, "%s", field("ETag"));
    CHECK_INT(coded("gzip, deflate, br"), 200);
    CHECK_STR(body, "BROTLI");
    CHECK(has_field("Content-Encoding: br") && has_field("Vary: Accept-Encoding"));
    CHECK_INT(strncmp(field("Content-Type"), "text/javascript", 15), 0);
    CHECK(strcmp(field("ETag"), etag) != 0);
    CHECK_INT(coded("gzip"), 200);
    CHECK_STR(body, "GZIP");
    CHECK_INT(coded("br;q=0.5, GZIP;Q=1.0"), 200);
    CHECK_STR(body, "GZIP");
    CHECK_INT(coded("*"), 200);
    CHECK_STR(body, "BROTLI");
    CHECK_INT(coded("br;q=0, *;q=0.1"), 200);
    CHECK_STR(body, "GZIP");
    static const char *const none[] = {"zstd",   "identity", "br;q=0", "br;q=2",
                                       "br;q=x", "br x",     "*;q=0",  "brr"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        CHECK_INT(coded(none[i]), 200);
        CHECK(strncmp(body, "let", 3) == 0);
    }
    tree_file("public/late.js", "let late;", TREE_TIME);
    CHECK_INT(ask("GET /late.js", "Accept-Encoding: gzip\r\n"), 200);
    CHECK_STR(body, "let late;");
    tree_file("public/late.js.gz", "LATE", TREE_TIME);
    now++; /* within the second it may go unseen */
    CHECK_INT(ask("GET /late.js", "Accept-Encoding: gzip\r\n"), 200);
    CHECK_STR(body, "LATE");
    config.compress = false;
    CHECK_INT(coded("br"), 200);
    CHECK(strncmp(body, "let", 3) == 0 && !strstr(plan.fields, "Vary"));
    config.compress = true;
    CHECK_INT(get("/app.js.br"), 200);
    CHECK(!strstr(plan.fields, "Content-Encoding"));
}

/* What gzip (RFC 1952) unpacks to; NULL when it is none. */
static const char *unpacked(const char *bytes, size_t len)
{
    static char text[400000];
    z_stream stream = {.next_in = (Bytef *)bytes,
                       .avail_in = (uInt)len,
                       .next_out = (Bytef *)text,
                       .avail_out = sizeof text - 1};
    if (inflateInit2(&stream, 15 + 16) != Z_OK) {
        return NULL;
    }
    bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
    text[stream.total_out] = '\0';
    inflateEnd(&stream);
    return whole ? text : NULL;
}

static void fill(char *text, size_t len, bool random)
{
    uint32_t state = 1;
    for (size_t i = 0; i < len; i++) {
        state = state * 1103515245u + 12345u;
        text[i] = random ? (char)(33 + (state >> 16) % 94) : "lyger { color: red; }\n"[i % 22];
    }
    text[len] = '\0';
}

static void text_is_compressed_once(void)
{
    static char text[400000];
    char etag[100], line[200];
    fill(text, 20000, false);
    tree_file("public/large.css", text, TREE_TIME);
    CHECK_INT(get("/large.css"), 200);
    CHECK(plan.bytes == NULL && !strstr(plan.fields, "Content-Encoding"));
    snprintf(etag, sizeof etag, "%s", field("ETag"));
    CHECK_INT(ask("GET /large.css", "Accept-Encoding: gzip\r\n"), 200);
    CHECK(has_field("Content-Encoding: gzip") && has_field("Vary: Accept-Encoding") && plan.len < 2000);
    CHECK_STR(unpacked(plan.bytes, plan.len), text);
    CHECK(strcmp(field("ETag"), etag) != 0);
    const char *kept = plan.bytes;
    size_t len = plan.len;
    CHECK_INT(ask("HEAD /large.css", "Accept-Encoding: gzip\r\n"), 200);
    CHECK(plan.bytes == NULL && plan.content_length == len);
    snprintf(line, sizeof line, "Accept-Encoding: gzip\r\nIf-None-Match: %s\r\n", field("ETag"));
    CHECK_INT(ask("GET /large.css", line), 304);
    CHECK(plan.bytes == NULL);
    CHECK_INT(ask("GET /large.css", "Accept-Encoding: gzip\r\n"), 200);
    CHECK(plan.bytes == kept);
    CHECK_INT(ask("GET /large.css", "Accept-Encoding: gzip\r\nRange: bytes=0-4\r\n"), 206);
    CHECK_STR(body, "lyger");
    CHECK(strncmp(field("ETag"), etag, strlen(etag)) == 0 && !strstr(plan.fields, "Content-Encoding"));
    text[0] = 'L';
    tree_file("public/large.css", text, TREE_TIME + 1);
    CHECK_INT(ask("GET /large.css", "Accept-Encoding: gzip\r\n"), 200);
    CHECK_STR(unpacked(plan.bytes, plan.len), text);
    fill(text, LYGER_CODED_FILE_MAX + 1, false);
    tree_file("public/large.css", text, TREE_TIME);
    CHECK_INT(ask("HEAD /large.css", "Accept-Encoding: gzip\r\n"), 200);
    CHECK_INT(plan.content_length, LYGER_CODED_FILE_MAX + 1);
    CHECK_INT(ask("GET /hello.txt", "Accept-Encoding: gzip\r\n"), 200); /* too small */
    CHECK_STR(body, "Hello, world");
    fill(text, 3000, true);
    tree_file("public/large.css", text, TREE_TIME + 9);
    CHECK_INT(ask("GET /large.css", "Accept-Encoding: gzip\r\n"), 200);
    CHECK(!!plan.bytes == !!strstr(plan.fields, "Content-Encoding"));
}

static void compressed_files_are_bounded(void)
{
    static char text[LYGER_CODED_FILE_MAX + 1];
    static lyger_coded_files kept;
    char path[200];
    struct stat stat;
    lyger_coded_init(&kept);
    fill(text, LYGER_CODED_FILE_MAX, true); /* 94 of 256 values: shrinks to about four fifths */
    tree_file("random.txt", text, TREE_TIME);
    tree_path(path, sizeof path, "random.txt");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && fstat(fd, &stat) == 0);
    for (int i = 0; i < 100; i++) {
        stat.st_ino = 1000 + (ino_t)i;
        CHECK(lyger_coded_get(&kept, fd, &stat, LYGER_CODING_GZIP) != NULL);
        stat.st_ino = 1000; /* what is asked for again stays */
        uint32_t count = kept.count;
        CHECK(lyger_coded_get(&kept, fd, &stat, LYGER_CODING_GZIP) != NULL);
        CHECK_INT(kept.count, count);
    }
    CHECK(kept.bytes <= LYGER_CODED_BYTES_MAX && kept.count > 50 && kept.count < 100);
    stat.st_size = 2000;
    for (int i = 0; i < 600; i++) {
        stat.st_ino = 5000 + (ino_t)i;
        lyger_coded_get(&kept, fd, &stat, LYGER_CODING_GZIP);
    }
    CHECK_INT(kept.count, LYGER_CODED_COUNT);
    stat.st_size = LYGER_CODED_FILE_MAX + 100; /* shorter than fstat() said */
    stat.st_ino = 1;
    CHECK(lyger_coded_get(&kept, fd, &stat, LYGER_CODING_GZIP) == NULL);
    stat.st_size = LYGER_CODED_FILE_MAX;
    close(fd);
    CHECK(lyger_coded_get(&kept, -1, &stat, LYGER_CODING_GZIP) == NULL);
    lyger_coded_free(&kept);
    CHECK_INT(kept.count, 0);
}

static time_t read_date(const char *text)
{
    time_t date;
    return lyger_http_date_read(text, strlen(text), 1784111777 /* July 2026 */, &date) ? date : -1;
}

static void dates_are_read_and_written(void)
{
    char date[LYGER_HTTP_DATE_SIZE];
    CHECK_INT(read_date("Sun, 06 Nov 1994 08:49:37 GMT"), TREE_TIME);
    CHECK_INT(read_date("Sunday, 06-Nov-94 08:49:37 GMT"), TREE_TIME);
    CHECK_INT(read_date("Sun Nov  6 08:49:37 1994"), TREE_TIME);
    CHECK_INT(read_date("Sun Nov 06 08:49:37 1994"), TREE_TIME);
    CHECK_INT(read_date("Thu, 29 Feb 2024 23:59:60 GMT"), 1709251200);
    CHECK_INT(read_date("Wednesday, 01-Jan-76 00:00:00 GMT"), 3345062400); /* 2076 is 50 years ahead */
    CHECK_INT(read_date("Saturday, 01-Jan-77 00:00:00 GMT"), 220924800);   /* 1977 */
    static const char *const bad[] = {
        "",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 29 Feb 2023 00:00:00 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Son, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "784111777",
        "Sun, 06 Nov 19940 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_INT(read_date(bad[i]), -1);
    }
    for (time_t time = -62167219200; time < 253402300800; time += 86399 * 997) {
        lyger_http_date_write(time, date);
        CHECK_INT(read_date(date), time);
    }
    lyger_http_date_write((time_t)1 << 60, date);
    CHECK_STR(date, "Fri, 31 Dec 9999 23:59:59 GMT");
}

static void types_come_from_the_table(void)
{
    char path[200];
    tree_file("mime.types",
              "# comment\ntext/x-ours ours html # not this\n"
              "bad\x01type/x evil\nnoslash evil\napplication/x-none\n\n"
              "application/toolongextension abcdefghijklmnopqrstuvwxyz0123456789\n",
              0);
    tree_path(path, sizeof path, "mime.types");
    lyger_mime *mime = lyger_mime_new(path);
    CHECK_STR(lyger_mime_of(mime, "a.ours"), "text/x-ours; charset=utf-8");
    CHECK_STR(lyger_mime_of(mime, "a.html"), "text/x-ours; charset=utf-8");
    CHECK_STR(lyger_mime_of(mime, "x.y/a.CSS"), "text/css; charset=utf-8");
    CHECK_STR(lyger_mime_of(mime, "a.png"), "image/png");
    CHECK_STR(lyger_mime_of(mime, "a.evil"), "application/octet-stream");
    CHECK_STR(lyger_mime_of(mime, "a.not"), "application/octet-stream");
    CHECK_STR(lyger_mime_of(mime, "x.html/a"), "application/octet-stream");
    CHECK_STR(lyger_mime_of(mime, "a."), "application/octet-stream");
    CHECK_STR(lyger_mime_of(mime, "a.abcdefghijklmnopqrstuvwxyz0123456789"), "application/octet-stream");
    lyger_mime_free(mime);
    mime = lyger_mime_new("/nonexistent");
    CHECK_STR(lyger_mime_of(mime, "a.svg"), "image/svg+xml");
    lyger_mime_free(mime);
    CHECK(lyger_mime_is_text("text/html; charset=utf-8") && lyger_mime_is_text("application/json") &&
          lyger_mime_is_text("image/svg+xml") && lyger_mime_is_text("application/ld+json"));
    CHECK(!lyger_mime_is_text("image/png") && !lyger_mime_is_text("application/octet-stream"));
}

/* ---- over a socket ---- */

#define LARGE (5u << 20)
static char response[LARGE + 65536];

static void begin(lyger_http_connection *connection, const lyger_http_request *request, const char *head)
{
    if (!lyger_static_answer(files, connection, request, head)) {
        lyger_http_response worker = {404, "", "text/plain", "worker", 6};
        lyger_http_respond(connection, &worker);
    }
}

/* The body of the response to a request of that line and those fields; *len is its length. */
static const char *fetch(const char *line, const char *fields, bool slow, size_t *len)
{
    static const lyger_http_service service = {.begin = begin};
    char said[600];
    snprintf(said, sizeof said, "%s HTTP/1.1\r\nHost: x\r\n%sConnection: close\r\n\r\n", line, fields);
    size_t all = exchange(&service, said, response, sizeof response, slow);
    const char *end = memmem(response, all, "\r\n\r\n", 4);
    *len = end ? all - (size_t)(end + 4 - response) : 0;
    return end ? end + 4 : "";
}

static char pattern(size_t at)
{
    return (char)('a' + at * 2654435761u % 23);
}

static bool is_pattern(const char *bytes, size_t from, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != pattern(from + i)) {
            return false;
        }
    }
    return true;
}

static void answers_come_over_the_wire(void)
{
    size_t len;
    CHECK_STR(fetch("GET /hello.txt", "", false, &len), "Hello, world");
    CHECK(strncmp(response, "HTTP/1.1 200 OK\r\n", 17) == 0 && strstr(response, "Content-Length: 12\r\n"));
    CHECK_STR(fetch("HEAD /hello.txt", "", false, &len), "");
    CHECK(strstr(response, "Content-Length: 12\r\n") != NULL);
    CHECK_STR(fetch("GET /hello.txt", "Range: bytes=-5\r\n", false, &len), "world");
    CHECK(strncmp(response, "HTTP/1.1 206 ", 13) == 0);
    CHECK_STR(fetch("GET /hello.txt", "If-None-Match: *\r\n", false, &len), "");
    CHECK(strncmp(response, "HTTP/1.1 304 ", 13) == 0 && !strstr(response, "Content-Length"));
    CHECK_STR(fetch("GET /hello.txt", "Range: bytes=50-\r\n", false, &len), "");
    CHECK(strncmp(response, "HTTP/1.1 416 ", 13) == 0);
    CHECK_STR(fetch("GET /sub", "", false, &len), "");
    CHECK(strncmp(response, "HTTP/1.1 301 ", 13) == 0 && strstr(response, "Location: /sub/\r\n"));
    CHECK_STR(fetch("GET /empty.txt", "", false, &len), "");
    CHECK(strncmp(response, "HTTP/1.1 200 OK\r\n", 17) == 0 && strstr(response, "Content-Length: 0\r\n"));
    CHECK_STR(fetch("GET /.env", "", false, &len), "worker");
    CHECK_STR(fetch("POST /hello.txt", "Content-Length: 0\r\n", false, &len), "worker");
}

static void compressed_text_comes_over_the_wire(void)
{
    static char text[20001];
    size_t len;
    fill(text, 20000, false);
    tree_file("public/wire.css", text, TREE_TIME);
    const char *sent = fetch("GET /wire.css", "Accept-Encoding: gzip\r\n", false, &len);
    CHECK_STR(unpacked(sent, len), text);
    CHECK(strstr(response, "Content-Encoding: gzip\r\n") != NULL);
}

static void large_files_arrive_whole(void)
{
    char path[200];
    size_t len;
    char *text = malloc(LARGE + 1);
    for (size_t i = 0; i < LARGE; i++) {
        text[i] = pattern(i);
    }
    text[LARGE] = '\0';
    tree_file("public/large.bin", text, 0);
    free(text);
    for (int slow = 0; slow < 2; slow++) {
        const char *sent = fetch("GET /large.bin", "", slow, &len);
        CHECK_INT(len, LARGE);
        CHECK(is_pattern(sent, 0, len));
    }
    const char *sent = fetch("GET /large.bin", "Range: bytes=1000-3000999\r\n", false, &len);
    CHECK_INT(len, 3000000);
    CHECK(is_pattern(sent, 1000, len));
    CHECK_STR(fetch("HEAD /large.bin", "", false, &len), "");
    static const size_t edges[] = {65535, 65536, 65537};
    for (size_t i = 0; i < 3; i++) {
        char range[60];
        snprintf(range, sizeof range, "Range: bytes=7-%zu\r\n", edges[i] + 6);
        sent = fetch("GET /large.bin", range, false, &len);
        CHECK_INT(len, edges[i]);
        CHECK(is_pattern(sent, 7, len));
    }
    tree_path(path, sizeof path, "public/large.bin");
    unlink(path);
}

static void nothing_stays_open(void)
{
    int before = dup(0);
    close(before);
    size_t len;
    static const char *const lines[] = {"GET /hello.txt", "HEAD /hello.txt", "GET /sub",
                                        "GET /nothing",   "GET /fifo",       "GET /app.js",
                                        "GET /bare/",     "GET /outer.txt",  "GET /etc/passwd"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        fetch(lines[i], "Accept-Encoding: br, gzip, zstd\r\n", false, &len);
        fetch(lines[i], "If-None-Match: *\r\n", false, &len);
    }
    int after = dup(0);
    close(after);
    CHECK_INT(after, before);
}

int main(void)
{
    tree_make();
    config.document_root = tree_root;
    config.index = "index.html";
    config.static_caching = "max-age=60";
    config.compress = true;
    if (lyger_static_new(&config, &files, NULL) != LYGER_OK) {
        return 1;
    }
    RUN(a_file_is_sent_with_its_fields);
    RUN(head_has_the_length_and_no_body);
    RUN(other_methods_are_the_applications);
    RUN(a_directory_answers_with_its_index);
    RUN(a_redirect_that_does_not_fit_is_none);
    RUN(what_is_not_public_is_not_found);
    RUN(a_path_is_decoded_once);
    RUN(without_descriptors_nothing_is_known);
    RUN(links_are_followed_only_when_asked);
    RUN(a_root_that_was_exchanged_is_noticed);
    RUN(preconditions_are_judged);
    RUN(another_content_has_another_tag);
    RUN(a_range_is_sent);
    RUN(ranges_that_are_none_get_the_whole);
    RUN(a_range_depends_on_if_range);
    RUN(a_compressed_neighbour_is_preferred);
    RUN(text_is_compressed_once);
    RUN(compressed_files_are_bounded);
    RUN(dates_are_read_and_written);
    RUN(types_come_from_the_table);
    RUN(answers_come_over_the_wire);
    RUN(compressed_text_comes_over_the_wire);
    RUN(large_files_arrive_whole);
    RUN(nothing_stays_open);
    lyger_static_free(files);
    lyger_compress_forget();
    tree_remove();
    return finish();
}
