#define _GNU_SOURCE /* seteuid */

#include "check.h"
#include "http_limits.h"

#include "server/front/sendfile.h"
#include "server/sendfile_places.h"
#include "static_tree.h"

#include <errno.h>

static lyger_server_config config;
static lyger_sendfile *files;
static lyger_sendfile_plan plan;
static lyger_answer_fields fields;
static char option[512], body[4096];
static time_t now = TREE_TIME + 1000;

/* Decides about an answer of that status and with those lines to a request, and reads into body what would be
 * sent; the status, 0 when there was no memory. */
static int answer(const char *request_line, const char *request_fields, int status, const char *lines)
{
    char head[9000];
    lyger_http_request request;
    snprintf(head, sizeof head, "%s HTTP/1.1\r\nHost: x\r\n%s\r\n", request_line, request_fields);
    lyger_http_request_init(&request);
    body[0] = '\0';
    if (lyger_http_parse(&request, head, strlen(head), &default_limits) != LYGER_HTTP_DONE ||
        !lyger_answer_fields_read(&fields, lines, strlen(lines)) ||
        !lyger_sendfile_decide(files, &request, head, &fields, status, now, &plan)) {
        return 0;
    }
    lyger_sink_reserve(&fields.text.sink, 1);
    *fields.text.sink.pos = '\0';
    if (plan.descriptor >= 0) {
        CHECK(plan.len < sizeof body);
        CHECK_INT(pread(plan.descriptor, body, (size_t)plan.len, (off_t)plan.offset), plan.len);
        body[plan.len] = '\0';
        close(plan.descriptor);
    }
    return plan.status;
}

/* The answer to a GET of an application that names a file in the root, by its path from there. */
static int sendfile(const char *name, const char *request_fields, const char *lines)
{
    static char all[9000];
    snprintf(all, sizeof all, "%sX-Sendfile: %s/%s\r\n", lines, tree_root, name);
    return answer("GET /", request_fields, 200, all);
}

static int accel(const char *uri)
{
    static char all[9000];
    snprintf(all, sizeof all, "X-Accel-Redirect: %s\r\n", uri);
    return answer("GET /", "", 200, all);
}

static bool has(const char *line)
{
    const char *at = strstr(fields.text.start, line);
    return at && (at == fields.text.start || at[-1] == '\n') && strncmp(at + strlen(line), "\r\n", 2) == 0;
}

static bool refused(const char *why)
{
    return plan.refused && strstr(plan.refused, why) && plan.descriptor < 0 && body[0] == '\0';
}

/* ---- what is sent ---- */

static void a_file_takes_the_place_of_the_body(void)
{
    CHECK_INT(sendfile("hello.txt", "",
                       "Set-Cookie: a=b\r\nContent-Disposition: attachment\r\nContent-Length: 99\r\n"),
              200);
    CHECK_STR(body, "Hello, world");
    CHECK_INT(plan.content_length, 12);
    CHECK(has("Set-Cookie: a=b"));
    CHECK(has("Content-Disposition: attachment"));
    CHECK(has("Content-Type: text/plain; charset=utf-8"));
    CHECK(has("X-Content-Type-Options: nosniff"));
    CHECK(has("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"));
    CHECK(has("Accept-Ranges: bytes"));
    CHECK(strstr(fields.text.start, "ETag: \"") != NULL);
    CHECK(!strstr(fields.text.start, "endfile"));
    CHECK(!strstr(fields.text.start, "Content-Length"));
}

static void fields_of_the_application_stay(void)
{
    CHECK_INT(sendfile("hello.txt", "",
                       "content-type: application/pdf\r\nETag: \"mine\"\r\nCache-Control: private\r\n"
                       "Last-Modified: Mon, 07 Nov 1994 08:49:37 GMT\r\nAccept-Ranges: none\r\n"
                       "Content-Range: bytes 1-2/3\r\nX-Accel-Buffering: no\r\n"),
              200);
    CHECK(has("content-type: application/pdf"));
    CHECK(!strstr(fields.text.start, "text/plain"));
    CHECK(!strstr(fields.text.start, "nosniff"));
    CHECK(has("ETag: \"mine\""));
    CHECK(has("Cache-Control: private"));
    CHECK(has("X-Accel-Buffering: no"));
    CHECK(has("Last-Modified: Mon, 07 Nov 1994 08:49:37 GMT"));
    CHECK(!strstr(fields.text.start, "06 Nov"));
    CHECK(has("Accept-Ranges: bytes"));
    CHECK(!strstr(fields.text.start, "Content-Range"));
}

static void conditions_and_ranges_hold(void)
{
    CHECK_INT(sendfile("hello.txt", "Range: bytes=7-\r\n", ""), 206);
    CHECK_STR(body, "world");
    CHECK_INT(plan.content_length, 5);
    CHECK(has("Content-Range: bytes 7-11/12"));
    CHECK_INT(
        sendfile("hello.txt", "Range: bytes=12-\r\n", "Content-Type: text/x\r\nContent-Encoding: gzip\r\n"),
        416);
    CHECK(has("Content-Range: bytes */12"));
    CHECK(!strstr(fields.text.start, "Content-Type") && !strstr(fields.text.start, "Content-Encoding"));
    CHECK_INT(plan.content_length, 0);
    CHECK_INT(plan.descriptor, -1);
    CHECK_INT(sendfile("hello.txt", "If-None-Match: W/\"mine\"\r\n", "ETag: \"mine\"\r\n"), 304);
    CHECK(has("ETag: \"mine\""));
    CHECK_INT(sendfile("hello.txt", "If-None-Match: \"mine\"\r\n", "ETag: W/\"mine\"\r\n"), 304);
    CHECK_INT(sendfile("hello.txt", "If-None-Match: \"other\"\r\n", "ETag: \"mine\"\r\n"), 200);
    CHECK_INT(sendfile("hello.txt", "Range: bytes=0-0\r\nIf-Range: W/\"mine\"\r\n", "ETag: W/\"mine\"\r\n"),
              200);
    CHECK_INT(sendfile("hello.txt", "Range: bytes=0-0\r\nIf-Range: \"mine\"\r\n", "ETag: \"mine\"\r\n"), 206);
    CHECK_INT(sendfile("hello.txt", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", ""), 304);
    CHECK_INT(sendfile("hello.txt", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
                       "Last-Modified: Mon, 07 Nov 1994 08:49:37 GMT\r\n"),
              200);
    CHECK_INT(sendfile("hello.txt", "If-Match: \"other\"\r\n", ""), 412);
    CHECK_INT(plan.descriptor, -1);
}

static void other_methods_get_the_whole(void)
{
    char lines[200];
    snprintf(lines, sizeof lines, "X-Sendfile: %s/hello.txt\r\n", tree_root);
    CHECK_INT(answer("POST /", "Range: bytes=7-\r\nIf-None-Match: *\r\nContent-Length: 0\r\n", 200, lines),
              200);
    CHECK_STR(body, "Hello, world");
    CHECK_INT(answer("HEAD /", "Range: bytes=7-\r\n", 200, lines), 200);
    CHECK_INT(plan.content_length, 12);
    CHECK_INT(plan.descriptor, -1);
}

static void another_status_stays(void)
{
    char lines[200];
    snprintf(lines, sizeof lines, "X-Sendfile: %s/hello.txt\r\n", tree_root);
    CHECK_INT(answer("GET /", "Range: bytes=7-\r\nIf-None-Match: *\r\n", 404, lines), 404);
    CHECK_STR(body, "Hello, world");
    CHECK(!plan.refused && has("Content-Type: text/plain; charset=utf-8"));
    CHECK(!strstr(fields.text.start, "Accept-Ranges"));
    CHECK_INT(answer("GET /", "", 416, lines), 416);
    CHECK_STR(body, "Hello, world");
    CHECK_INT(answer("GET /", "Range: bytes=7-\r\n", 206, lines), 206);
    CHECK_STR(body, "world");
    CHECK_INT(answer("GET /", "", 304, lines), 304);
    CHECK(!plan.refused && plan.descriptor < 0);
    CHECK_INT(answer("GET /", "", 204, "X-Sendfile: /nowhere\r\n"), 204);
    CHECK(!plan.refused);
}

/* ---- which files ---- */

static void only_what_is_below_the_directories_is_found(void)
{
    char lines[300];
    CHECK_INT(sendfile("sub/deep.txt", "", ""), 200);
    CHECK_INT(sendfile("/./sub//deep.txt", "", ""), 200);
    CHECK_STR(body, "deep");
    CHECK_INT(sendfile("../secret.txt", "", ""), 404);
    CHECK(refused("not below"));
    CHECK_INT(sendfile("sub/../hello.txt", "", ""), 404);
    CHECK_INT(sendfile("", "", ""), 404);
    CHECK_INT(sendfile("hello.txt/", "", ""), 404);
    CHECK_INT(sendfile("missing.txt", "", ""), 404);
    CHECK(refused("No such file"));
    CHECK_INT(sendfile("sub", "", ""), 404);
    CHECK(refused("not a regular file"));
    CHECK_INT(sendfile("fifo", "", ""), 404);
    CHECK(refused("not a regular file"));
    CHECK_INT(sendfile("outer.txt", "", ""), 403);
    CHECK(refused("symbolic link"));
    CHECK_INT(sendfile("etc/passwd", "", ""), 403);
    CHECK_INT(sendfile("%68ello.txt", "", ""), 404); /* a path is no URI */
    CHECK_INT(sendfile("100%.txt", "", ""), 200);
    CHECK_INT(sendfile(".env", "", ""), 200); /* what is named is meant */
    CHECK_INT(answer("GET /", "", 200, "X-Sendfile: /etc/passwd\r\n"), 404);
    CHECK_INT(answer("GET /", "", 200, "X-Sendfile: etc/passwd\r\n"), 404);
    CHECK_INT(answer("GET /", "", 200, "X-Sendfile:\r\n"), 404);
    snprintf(lines, sizeof lines, "X-Sendfile: %s-other/hello.txt\r\n", tree_root);
    CHECK_INT(answer("GET /", "", 200, lines), 404);
    snprintf(lines, sizeof lines, "X-Sendfile: %s/outside/secret.txt\r\n", tree);
    CHECK_INT(answer("GET /", "", 200, lines), 200); /* the second directory, which has no URI */
    CHECK_STR(body, "secret");
}

static void uris_lead_to_their_directories(void)
{
    char uri[300];
    CHECK_INT(accel("/protected/hello.txt"), 200);
    CHECK_STR(body, "Hello, world");
    CHECK_INT(accel("%2Fprotected%2Fhello.txt?x=1"), 200); /* as Symfony writes it */
    CHECK_INT(accel("/protected/%2541.txt"), 200);
    CHECK_STR(body, "twice");
    CHECK_INT(accel("/protected/caf%C3%A9.txt"), 200);
    CHECK_INT(accel("/protected/sub/deep.txt"), 200);
    CHECK_INT(accel("/protected/sub/special.txt"), 404);
    CHECK_INT(accel("/protected/deep/deep.txt"), 200); /* the longer of two */
    CHECK_STR(body, "deep");
    CHECK_INT(accel("/protected/"), 404);
    CHECK_INT(accel("/protected"), 404);
    CHECK_INT(accel("/protected../secret.txt"), 404);
    CHECK_INT(accel("/protected/%2e%2e/secret.txt"), 404);
    CHECK(refused("not below"));
    CHECK_INT(accel("/protected/hello.txt%00.png"), 404);
    CHECK(refused("not below"));
    CHECK_INT(accel("/protected/%"), 404);
    CHECK_INT(accel("/protected/%4"), 404);
    CHECK_INT(accel("hello.txt"), 404);
    CHECK_INT(accel("@named"), 404);
    snprintf(uri, sizeof uri, "%s/hello.txt", tree_root); /* has a URI, so its path is none */
    CHECK_INT(accel(uri), 404);
    snprintf(uri, sizeof uri, "%s/outside/secret.txt", tree); /* has none: mapped to itself */
    CHECK_INT(accel(uri), 200);
}

static void a_long_path_is_no_path(void)
{
    static char long_path[8000];
    memset(long_path, 'a', sizeof long_path - 1);
    CHECK_INT(sendfile(long_path, "", ""), 404);
    memcpy(long_path, "/protected/", 11);
    CHECK_INT(accel(long_path), 404);
}

static void the_last_field_counts(void)
{
    char lines[300];
    snprintf(lines, sizeof lines, "X-Accel-Redirect: /protected/hello.txt\r\nX-Sendfile: %s/sub/deep.txt\r\n",
             tree_root);
    CHECK_INT(answer("GET /", "", 200, lines), 200);
    CHECK_STR(body, "deep");
    CHECK(!strstr(fields.text.start, "X-Accel"));
}

static void a_file_that_may_not_be_read_is_forbidden(void)
{
    char path[512];
    tree_file("public/private.txt", "private", 0);
    tree_path(path, sizeof path, "public/private.txt");
    CHECK_INT(chmod(path, 0), 0);
    CHECK_INT(chmod(tree, 0755), 0);
    bool root = geteuid() == 0;
    CHECK(!root || seteuid(65534) == 0);
    CHECK_INT(sendfile("private.txt", "", ""), 403);
    CHECK(refused("Permission denied"));
    CHECK(!root || seteuid(0) == 0);
}

static void a_directory_that_was_exchanged_is_noticed(void)
{
    char path[512], lines[600];
    tree_directory("first");
    tree_directory("second");
    tree_file("first/a.txt", "first", 0);
    tree_file("second/a.txt", "second", 0);
    tree_link("first", "link");
    tree_path(path, sizeof path, "link");
    config.sendfile_places = path;
    lyger_sendfile *outer = files;
    CHECK_INT(lyger_sendfile_new(&config, &files, NULL), LYGER_OK);
    snprintf(lines, sizeof lines, "X-Sendfile: %s/first/a.txt\r\n",
             tree); /* its real path, as libraries name it */
    CHECK_INT(answer("GET /", "", 200, lines), 200);
    CHECK_STR(body, "first");
    unlink(path);
    tree_link("second", "link");
    now += 5;
    snprintf(lines, sizeof lines, "X-Sendfile: %s/second/a.txt\r\n", tree);
    CHECK_INT(answer("GET /", "", 200, lines), 200);
    CHECK_STR(body, "second");
    snprintf(lines, sizeof lines, "X-Sendfile: %s/link/a.txt\r\n", tree);
    CHECK_INT(answer("GET /", "", 200, lines), 200);
    CHECK_STR(body, "second");
    lyger_sendfile_free(files);
    files = outer;
    config.sendfile_places = option;
}

static void links_are_followed_only_when_asked(void)
{
    lyger_sendfile *outer = files;
    config.follow_symlinks = true;
    CHECK_INT(lyger_sendfile_new(&config, &files, NULL), LYGER_OK);
    CHECK_INT(sendfile("outer.txt", "", ""), 200);
    CHECK_STR(body, "secret");
    CHECK_INT(sendfile("../secret.txt", "", ""), 404);
    lyger_sendfile_free(files);
    files = outer;
    config.follow_symlinks = false;
}

static void without_the_option_fields_are_passed_on(void)
{
    lyger_sendfile *none;
    config.sendfile_places = "";
    CHECK_INT(lyger_sendfile_new(&config, &none, NULL), LYGER_OK);
    CHECK(none == NULL);
    config.sendfile_places = option;
    fields.takes_file = false;
    CHECK(lyger_answer_fields_read(&fields, "X-Sendfile: /a\r\n", 16));
    CHECK(!fields.names_file);
    CHECK_INT(lyger_buffer_length(&fields.text), 16);
    fields.takes_file = true;
}

/* ---- the option ---- */

static const char *check(const char *text)
{
    static lyger_error error;
    lyger_error_clear(&error);
    return lyger_sendfile_check(text, &error) == LYGER_OK ? "" : error.message;
}

static void the_option_is_checked(void)
{
    CHECK_STR(check(NULL), "");
    CHECK_STR(check("/tmp,/a/=/tmp/,"), "");
    CHECK(strstr(check("/tmp,,/tmp"), "sendfile must be directories such as"));
    CHECK(strstr(check("/"), "none of them /"));
    CHECK(strstr(check("/a/=/"), "none of them /"));
    CHECK(strstr(check("///"), "none of them /"));
    CHECK(strstr(
        check("/a=/tmp"),
        "begins and ends with a slash before the \"=\", such as /protected/=/srv/files, \"/a\" given"));
    CHECK(strstr(check("a/=/tmp"), "=\"\\ in its name"));
    CHECK(strstr(check("/a/?/=/tmp"), "begins and ends with a slash"));
    CHECK(strstr(check("/a/=/tmp=b"), "=\"\\ in its name"));
    CHECK(strstr(check("/nowhere/at/all"),
                 "sendfile must be directories: /nowhere/at/all cannot be opened: No such file"));
    CHECK(strstr(check("/etc/passwd"), "Not a directory"));
}

static void libraries_are_told_the_places(void)
{
    lyger_buffer text;
    char expected[900], path[512], both[1100];
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    tree_path(path, sizeof path, "current");
    snprintf(both, sizeof both, "/p/=%s,%s/outside", path, tree);
    CHECK(lyger_sendfile_map(both, &text.sink) && lyger_sink_put_char(&text.sink, '\0'));
    snprintf(expected, sizeof expected, "%s/=/p/,%s/outside/=%s/outside/", tree_root, tree, tree);
    CHECK_STR(text.start, expected);
    lyger_buffer_reset(&text);
    CHECK(lyger_sendfile_map(NULL, &text.sink));
    CHECK_INT(lyger_buffer_length(&text), 0);
    lyger_buffer_free(&text);
}

int main(void)
{
    tree_make();
    snprintf(option, sizeof option, "/protected/=%s,%s/outside,/protected/deep/=%s/sub", tree_root, tree,
             tree_root);
    config.sendfile_places = option;
    lyger_answer_fields_init(&fields);
    fields.takes_file = true;
    if (lyger_sendfile_new(&config, &files, NULL) != LYGER_OK) {
        return 1;
    }
    RUN(a_file_takes_the_place_of_the_body);
    RUN(fields_of_the_application_stay);
    RUN(conditions_and_ranges_hold);
    RUN(other_methods_get_the_whole);
    RUN(another_status_stays);
    RUN(only_what_is_below_the_directories_is_found);
    RUN(uris_lead_to_their_directories);
    RUN(a_long_path_is_no_path);
    RUN(the_last_field_counts);
    RUN(a_file_that_may_not_be_read_is_forbidden);
    RUN(a_directory_that_was_exchanged_is_noticed);
    RUN(links_are_followed_only_when_asked);
    RUN(without_the_option_fields_are_passed_on);
    RUN(the_option_is_checked);
    RUN(libraries_are_told_the_places);
    lyger_sendfile_free(files);
    lyger_answer_fields_free(&fields);
    tree_remove();
    return finish();
}
