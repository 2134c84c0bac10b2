#include "check.h"
#include "http_limits.h"

#include "http/message.h"

static lyger_http_request request;

/* Parses text as it is, from memory that ends where the text does, so that ASan sees a read past it. */
static lyger_http_parsed parse_bytes(lyger_http_request *r, const char *text, size_t len,
                                     const lyger_http_limits *limits)
{
    char *copy = malloc(len ? len : 1);
    memcpy(copy, text, len);
    lyger_http_parsed parsed = lyger_http_parse(r, copy, len, limits);
    free(copy);
    return parsed;
}

static lyger_http_parsed parse_whole(const char *text, size_t len, const lyger_http_limits *limits)
{
    lyger_http_request_init(&request);
    return parse_bytes(&request, text, len, limits);
}

/* First text[0..at), then all of it. */
static lyger_http_parsed parse_split(lyger_http_request *r, const char *text, size_t len, size_t at,
                                     const lyger_http_limits *limits)
{
    lyger_http_request_init(r);
    lyger_http_parsed parsed = parse_bytes(r, text, at, limits);
    return parsed == LYGER_HTTP_MORE ? parse_bytes(r, text, len, limits) : parsed;
}

static lyger_http_parsed parse_byte_by_byte(lyger_http_request *r, const char *text, size_t len,
                                            const lyger_http_limits *limits)
{
    lyger_http_parsed parsed = LYGER_HTTP_MORE;
    lyger_http_request_init(r);
    for (size_t i = 0; i <= len && parsed == LYGER_HTTP_MORE; i++) {
        parsed = parse_bytes(r, text, i, limits);
    }
    return parsed;
}

static bool same_span(lyger_http_span a, lyger_http_span b)
{
    return a.at == b.at && a.len == b.len;
}

static bool same_request(const lyger_http_request *a, const lyger_http_request *b)
{
    if (a->status != 0 || b->status != 0) {
        return a->status == b->status && a->reason == b->reason;
    }
    bool same = a->method == b->method && a->form == b->form && a->minor == b->minor &&
                same_span(a->method_name, b->method_name) && same_span(a->target, b->target) &&
                same_span(a->path, b->path) && same_span(a->query, b->query) &&
                same_span(a->authority, b->authority) && a->content_length == b->content_length &&
                a->head_len == b->head_len && a->field_count == b->field_count &&
                a->has_query == b->has_query && a->has_length == b->has_length && a->chunked == b->chunked &&
                a->keep_alive == b->keep_alive && a->expect_continue == b->expect_continue;
    for (uint32_t i = 0; same && i < a->field_count; i++) {
        same = same_span(a->fields[i].name, b->fields[i].name) &&
               same_span(a->fields[i].value, b->fields[i].value);
    }
    return same;
}

static bool same_however_split(const char *text, size_t len, const lyger_http_limits *limits)
{
    static lyger_http_request other;
    lyger_http_parsed whole = parse_whole(text, len, limits);
    for (size_t at = 0; at <= len; at++) {
        if (parse_split(&other, text, len, at, limits) != whole || !same_request(&request, &other)) {
            printf("# differs when split at %zu\n", at);
            return false;
        }
    }
    return parse_byte_by_byte(&other, text, len, limits) == whole && same_request(&request, &other);
}

static void check_span(const char *text, lyger_http_span span, const char *expected)
{
    char found[256];
    snprintf(found, sizeof found, "%.*s", (int)span.len, text + span.at);
    CHECK_STR(found, expected);
}

/* ---- good requests ---- */

typedef struct good {
    const char *text; /* whatever follows the first empty line is body */
    const char *method, *path, *query, *authority;
    int fields;
    bool keep_alive;
} good;

static const good goods[] = {
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/", NULL, "a", 1, true},
    {"GET / HTTP/1.0\r\n\r\n", "GET", "/", NULL, "", 0, false},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET", "/", NULL, "", 1, true},
    {"GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", "GET", "/", NULL, "", 1, false},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", "GET", "/", NULL, "a", 2, false},
    {"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade , close\r\n\r\n", "GET", "/", NULL, "a", 2, false},
    {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "GET", "/", NULL, "a", 1, true},
    {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/", NULL, "a", 1, true},
    {"GET /a/b%20c?x[]=1&y={2|3}^`\\ HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/a/b%20c", "x[]=1&y={2|3}^`\\",
     "a", 1, true},
    {"GET /? HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/", "", "a", 1, true},
    {"GET /?q=100%&r=a?b HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/", "q=100%&r=a?b", "a", 1, true},
    {"GET //evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "//evil.example/", NULL, "a", 1, true},
    {"GET / HTTP/1.1\r\nHost: example.org:8080\r\n\r\n", "GET", "/", NULL, "example.org:8080", 1, true},
    {"GET / HTTP/1.1\r\nHost: a:\r\n\r\n", "GET", "/", NULL, "a:", 1, true},
    {"GET / HTTP/1.1\r\nHost: !$&'()*+,;=:80\r\n\r\n", "GET", "/", NULL, "!$&'()*+,;=:80", 1, true},
    {"GET / HTTP/1.1\r\nHost: %c3%BC.example\r\n\r\n", "GET", "/", NULL, "%c3%BC.example", 1, true},
    {"GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "GET", "/", NULL, "[::1]:80", 1, true},
    {"GET / HTTP/1.1\r\nHost: [0000:0000:0000:0000:0000:ffff:255.255.255.255]\r\n\r\n", "GET", "/", NULL,
     "[0000:0000:0000:0000:0000:ffff:255.255.255.255]", 1, true}, /* no address is longer */
    {"GET / HTTP/1.1\r\nhOsT:\t 127.0.0.1 \t\r\n\r\n", "GET", "/", NULL, "127.0.0.1", 1, true},
    {"GET http://b.example/x?y HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/x", "y", "b.example", 1, true},
    {"GET HTTPS://b.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "", NULL, "b.example:443", 1, true},
    {"GET http://b?y HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "", "y", "b", 1, true},
    {"CONNECT b.example:443 HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT", "", NULL, "b.example:443", 1, true},
    {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS", "*", NULL, "a", 1, true},
    {"OPTIONS /x HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS", "/x", NULL, "a", 1, true},
    {"M-SEARCH / HTTP/1.1\r\nHost: a\r\n\r\n", "M-SEARCH", "/", NULL, "a", 1, true},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF / HTTP/1.1\r\nHost: a\r\n\r\n", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF",
     "/", NULL, "a", 1, true},
    {"get / HTTP/1.1\r\nHost: a\r\n\r\n", "get", "/", NULL, "a", 1, true},
    {"GET / HTTP/1.1\r\nHost: a\r\nEmpty:\r\nBlank: \t \r\nTab: a\tb\r\nByte: \xC3\xA9\xFF ~\r\nlong: "
     "0123456789abcdef\t\r\n\r\n",
     "GET", "/", NULL, "a", 6, true},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET", "POST", "/", NULL, "a", 2, true},
    {"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\nHost: a\r\n\r\n0\r\n\r\n", "POST", "/", NULL, "a", 2,
     true},
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\n", "GET", "/", NULL, "a", 1, true},
};

static void good_requests_are_taken_apart(void)
{
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        const good *g = &goods[i];
        size_t head = (size_t)(strstr(g->text, "\r\n\r\n") - g->text) + 4;
        CHECK_INT(parse_whole(g->text, strlen(g->text), &default_limits), LYGER_HTTP_DONE);
        if (request.status != 0) {
            printf("# %s: %s\n", g->text, request.reason);
            continue;
        }
        CHECK_INT(request.head_len, head);
        CHECK_INT(request.field_count, g->fields);
        CHECK_INT(request.keep_alive, g->keep_alive);
        CHECK_INT(request.has_query, g->query != NULL);
        check_span(g->text, request.method_name, g->method);
        check_span(g->text, request.path, g->path);
        check_span(g->text, request.query, g->query ? g->query : "");
        check_span(g->text, request.authority, g->authority);
    }
}

static void good_requests_do_not_depend_on_how_they_are_split(void)
{
    for (size_t i = 0; i < sizeof goods / sizeof *goods; i++) {
        CHECK(same_however_split(goods[i].text, strlen(goods[i].text), &default_limits));
    }
}

static void fields_are_found_without_their_whitespace(void)
{
    const char *text = "GET / HTTP/1.1\r\nHost: a\r\nX-One:\t two words \r\nX-Two:\r\n\r\n";
    CHECK_INT(parse_whole(text, strlen(text), &default_limits), LYGER_HTTP_DONE);
    CHECK_INT(request.field_count, 3);
    check_span(text, request.fields[1].name, "X-One");
    check_span(text, request.fields[1].value, "two words");
    check_span(text, request.fields[2].name, "X-Two");
    CHECK_INT(request.fields[2].value.len, 0);
}

static void absolute_target_is_what_host_says(void)
{
    lyger_http_request request;
    const char *text = "GET http://b.example:8/x HTTP/1.1\r\nA: b\r\nhOST: a\r\n\r\n";
    lyger_http_request_init(&request);
    CHECK_INT(lyger_http_parse(&request, text, strlen(text), &default_limits), LYGER_HTTP_DONE);
    CHECK_INT(request.fields[1].value.len, 11);
    CHECK(memcmp(text + request.fields[1].value.at, "b.example:8", 11) == 0);
    CHECK(request.fields[0].value.len == 1 && text[request.fields[0].value.at] == 'b');
}

static void framing_is_reported(void)
{
    const char *length = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n";
    CHECK_INT(parse_whole(length, strlen(length), &default_limits), LYGER_HTTP_DONE);
    CHECK(request.has_length && !request.chunked && request.content_length == INT64_MAX);
    const char *zeros = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0000000000000000000000000012\r\n\r\n";
    CHECK_INT(parse_whole(zeros, strlen(zeros), &default_limits), LYGER_HTTP_DONE);
    CHECK(request.content_length == 12);
    const char *chunked =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-Continue\r\n\r\n";
    CHECK_INT(parse_whole(chunked, strlen(chunked), &default_limits), LYGER_HTTP_DONE);
    CHECK(request.chunked && !request.has_length && request.content_length == 0 && request.expect_continue);
    const char *old = "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n";
    CHECK_INT(parse_whole(old, strlen(old), &default_limits), LYGER_HTTP_DONE);
    CHECK(!request.expect_continue);
}

/* ---- bad requests ---- */

typedef struct bad {
    int status;
    size_t len; /* 0: up to the NUL */
    const char *text;
} bad;

#define BAD(status, text)                                                                                    \
    {                                                                                                        \
        status, sizeof(text) - 1, text                                                                       \
    }
#define LINE(status, line) BAD(status, line "\r\nHost: a\r\n\r\n")
#define FIELDS(status, fields) BAD(status, "POST / HTTP/1.1\r\nHost: a\r\n" fields "\r\n\r\n")

static const bad bads[] = {
    /* request lines */
    LINE(400, "GET /"),
    LINE(400, "GET"),
    LINE(400, "GET  / HTTP/1.1"),
    LINE(400, "GET /  HTTP/1.1"),
    LINE(400, "GET / HTTP/1.1 "),
    LINE(400, " GET / HTTP/1.1"),
    LINE(400, "GET\t/ HTTP/1.1"),
    LINE(400, "GET /\tHTTP/1.1"),
    LINE(400, "GET / x HTTP/1.1"),
    LINE(400, "G@T / HTTP/1.1"),
    LINE(400, "G\x80T / HTTP/1.1"),
    LINE(400, "GET /\rHTTP/1.1"),
    LINE(400, "\r\n\r\nGET / HTTP/1.1"),
    LINE(400, "\rGET / HTTP/1.1"),
    LINE(400, "\nGET / HTTP/1.1"),
    LINE(501, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1"), /* 33 bytes */
    BAD(400, "\x16\x03\x01"),
    BAD(400, ":"),
    BAD(400, "\0"),
    /* versions */
    LINE(400, "GET / HTTP/1"),
    LINE(400, "GET / HTTP/1.10"),
    LINE(400, "GET / HTTP/11.1"),
    LINE(400, "GET / HTTP/1,1"),
    LINE(400, "GET / http/1.1"),
    LINE(400, "GET / HTTP 1.1"),
    LINE(400, "GET / HTTP/a.1"),
    LINE(400, "GET / ICE/1.0"),
    LINE(505, "GET / HTTP/0.9"),
    LINE(505, "GET / HTTP/2.0"),
    BAD(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    /* targets */
    LINE(400, "GET x HTTP/1.1"),
    LINE(400, "GET * HTTP/1.1"),
    LINE(400, "OPTIONS ** HTTP/1.1"),
    LINE(400, "GET /# HTTP/1.1"),
    LINE(400, "GET /?a#b HTTP/1.1"),
    LINE(400, "GET /% HTTP/1.1"),
    LINE(400, "GET /%4 HTTP/1.1"),
    LINE(400, "GET /%zz HTTP/1.1"),
    LINE(400, "GET /\\ HTTP/1.1"),
    LINE(400, "GET /\"x\" HTTP/1.1"),
    LINE(400, "GET /<x> HTTP/1.1"),
    LINE(400, "GET /?<x> HTTP/1.1"),
    LINE(400, "GET /\xC3\xA9 HTTP/1.1"),
    LINE(400, "GET /\0 HTTP/1.1"),
    LINE(400, "GET /\x7F HTTP/1.1"),
    LINE(400, "GET /?\x01 HTTP/1.1"),
    LINE(400, "GET a:80 HTTP/1.1"),
    LINE(400, "GET ftp://a/ HTTP/1.1"),
    LINE(400, "GET http:// HTTP/1.1"),
    LINE(400, "GET http:///x HTTP/1.1"),
    LINE(400, "GET http://user@a/ HTTP/1.1"),
    LINE(400, "GET http://a:x/ HTTP/1.1"),
    LINE(400, "GET http://a:65536/ HTTP/1.1"),
    LINE(400, "GET http://a#b HTTP/1.1"),
    LINE(400, "GET http://[::1/ HTTP/1.1"),
    LINE(400, "CONNECT /x HTTP/1.1"),
    LINE(400, "CONNECT a HTTP/1.1"),
    LINE(400, "CONNECT a: HTTP/1.1"),
    LINE(400, "CONNECT http://a:80 HTTP/1.1"),
    LINE(400, "CONNECT a:80/x HTTP/1.1"),
    /* Host */
    BAD(400, "GET / HTTP/1.1\r\n\r\n"),
    BAD(400, "GET http://a/ HTTP/1.1\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n"),
    BAD(400, "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a%2\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a%zz\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: %\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a#b\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a?b\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: http://a\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a:000080\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: []\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: [::g]\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: [v1.x]\r\n\r\n"),
    BAD(400,
        "GET / HTTP/1.1\r\nHost: [0000:0000:0000:0000:0000:ffff:255.255.255.2550]\r\n\r\n"), /* 46 bytes */
    BAD(400, "GET / HTTP/1.1\r\nHost: a\"b\r\n\r\n"),
    /* lines and fields */
    BAD(400, "GET / HTTP/1.1\nHost: a\n\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a\n\r\n"),
    BAD(400, "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    FIELDS(400, "A: b\rC: d"),
    FIELDS(400, "A: b\r\r\nC: d"),
    FIELDS(400, "A: b\nC: d"),
    FIELDS(400, "A: b\r\n c"),
    FIELDS(400, "A: b\r\n\tc"),
    FIELDS(400, "A:\r\n Content-Length: 5"),
    BAD(400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    FIELDS(400, "A : b"),
    FIELDS(400, "A\t: b"),
    FIELDS(400, "A b: c"),
    FIELDS(400, ": b"),
    FIELDS(400, "A"),
    FIELDS(400, "A\x01: b"),
    FIELDS(400, "A\x80: b"),
    FIELDS(400, "A(): b"),
    FIELDS(400, "A\0: b"),
    FIELDS(400, "A: b\0c"),
    FIELDS(400, "A: \x01"),
    FIELDS(400, "A: 0123456789abcde\x7F"),
    FIELDS(400, "A: 01234567\x0B"
                "9abcdef"),
    FIELDS(400, "A: 01234\t\t\x1F"
                "9abcdef"),
    FIELDS(400, "A: \x08"),
    /* Content-Length */
    FIELDS(400, "Content-Length: 5\r\nContent-Length: 5"),
    FIELDS(400, "Content-Length: 5\r\ncontent-length: 6"),
    FIELDS(400, "Content-Length: 5, 5"),
    FIELDS(400, "Content-Length: 5,6"),
    FIELDS(400, "Content-Length:"),
    FIELDS(400, "Content-Length: +5"),
    FIELDS(400, "Content-Length: -5"),
    FIELDS(400, "Content-Length: 0x5"),
    FIELDS(400, "Content-Length: 5 5"),
    FIELDS(400, "Content-Length: 5."),
    FIELDS(400, "Content-Length: 5e1"),
    FIELDS(400, "Content-Length: \"5\""),
    FIELDS(400, "Content-Length: \xB2"),
    FIELDS(400, "Content-Length: 9223372036854775808"),
    FIELDS(400, "Content-Length: 18446744073709551621"),
    FIELDS(400, "Content-Length: 99999999999999999999999999999"),
    FIELDS(400, "Content-Length : 5"),
    /* Transfer-Encoding */
    FIELDS(400, "Transfer-Encoding: chunked\r\nContent-Length: 5"),
    FIELDS(400, "Content-Length: 5\r\nTransfer-Encoding: chunked"),
    FIELDS(400, "Content-Length: 0\r\nTransfer-Encoding: chunked"),
    FIELDS(400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
    FIELDS(400, "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
    FIELDS(400, "Transfer-Encoding: chunked, chunked"),
    FIELDS(400, "Transfer-Encoding: chunked, gzip"),
    FIELDS(400, "Transfer-Encoding: chunked,"),
    FIELDS(400, "Transfer-Encoding: , chunked"),
    FIELDS(400, "Transfer-Encoding:"),
    FIELDS(400, "Transfer-Encoding: chunked;q=1"),
    FIELDS(400, "Transfer-Encoding: chunked x"),
    FIELDS(400, "Transfer-Encoding: \"chunked\""),
    FIELDS(400, "Transfer-Encoding: \x0B"
                "chunked"),
    FIELDS(400, "Transfer-Encoding:\r\n chunked"),
    FIELDS(400, "Transfer-Encoding : chunked"),
    FIELDS(501, "Transfer-Encoding: gzip"),
    FIELDS(501, "Transfer-Encoding: gzip, chunked"),
    FIELDS(501, "Transfer-Encoding: gzip;level=1"),
    FIELDS(501, "Transfer-Encoding: identity"),
    FIELDS(501, "Transfer-Encoding: xchunked"),
    FIELDS(501, "Transfer-Encoding: chunkedx"),
    BAD(400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"),
};

static void bad_requests_are_refused_with_their_status(void)
{
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        lyger_http_parsed parsed = parse_whole(bads[i].text, bads[i].len, &default_limits);
        if (parsed != LYGER_HTTP_BAD || request.status != bads[i].status || !request.reason) {
            printf("# %s -> %d %d %s\n", bads[i].text, parsed, request.status,
                   request.reason ? request.reason : "");
            CHECK(false);
        }
    }
}

static void refusals_do_not_depend_on_how_they_are_split(void)
{
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        if (!same_however_split(bads[i].text, bads[i].len, &default_limits)) {
            printf("# %s\n", bads[i].text);
            CHECK(false);
        }
    }
}

static void every_control_byte_is_refused_everywhere(void)
{
    static const char *const templates[] = {
        "G?T / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /? HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHo?st: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nA: 1234567?9\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nA: 123?567890abcdef\r\n\r\n", /* within eight bytes that are looked at
                                                                       together */
        "GET / HTTP/1.1\r\nHost: a\r\nA: ?x\r\n\r\n"};
    for (size_t t = 0; t < sizeof templates / sizeof *templates; t++) {
        for (int byte = 0; byte < 0x80; byte++) {
            char text[128];
            size_t len = strlen(templates[t]);
            memcpy(text, templates[t], len);
            *(char *)memchr(text, '?', len) = (char)byte;
            bool control = (byte < 0x20 && byte != '\t') || byte == 0x7F;
            lyger_http_parsed parsed = parse_whole(text, len, &default_limits);
            CHECK(!control || parsed == LYGER_HTTP_BAD);
            CHECK(t < 3 || control || parsed == LYGER_HTTP_DONE);
        }
    }
}

static void incomplete_requests_ask_for_more(void)
{
    const char *text = "POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
    for (size_t len = 0; len < strlen(text); len++) {
        CHECK_INT(parse_whole(text, len, &default_limits), LYGER_HTTP_MORE);
    }
}

/* ---- limits ---- */

static int status_with(const lyger_http_limits *limits, const char *text)
{
    CHECK(same_however_split(text, strlen(text), limits));
    return parse_whole(text, strlen(text), limits) == LYGER_HTTP_DONE ? 200 : request.status;
}

static void limits_are_exact(void)
{
    const char *text = "GET /123 HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n"; /* a line of 17, a head of 36 */
    CHECK_INT(strlen(text), 36);
    CHECK_INT(status_with(&(lyger_http_limits){17, 36, 2}, text), 200);
    CHECK_INT(status_with(&(lyger_http_limits){16, 36, 2}, text), 414);
    CHECK_INT(status_with(&(lyger_http_limits){17, 35, 2}, text), 431);
    CHECK_INT(status_with(&(lyger_http_limits){17, 20, 2}, text), 431);
    CHECK_INT(status_with(&(lyger_http_limits){17, 36, 1}, text), 431);
    CHECK_INT(status_with(&(lyger_http_limits){17, 36, 0}, text), 431);
}

static void endless_lines_are_refused_at_the_limit(void)
{
    lyger_http_limits limits = {100, 300, 10};
    char text[400];
    memset(text, 'a', sizeof text);
    CHECK_INT(parse_whole(text, 101, &limits), LYGER_HTTP_MORE);
    CHECK_INT(parse_whole(text, 102, &limits), LYGER_HTTP_BAD);
    CHECK_INT(request.status, 414);
    memcpy(text, "GET / HTTP/1.1\r\n", 16);
    CHECK_INT(parse_whole(text, 299, &limits), LYGER_HTTP_MORE);
    CHECK_INT(parse_whole(text, 300, &limits), LYGER_HTTP_BAD);
    CHECK_INT(request.status, 431);
}

static void as_many_fields_as_there_is_room_for(void)
{
    char text[4096];
    for (int fields = 99; fields <= 101; fields++) {
        int len = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (int i = 1; i < fields; i++) {
            len += snprintf(text + len, sizeof text - (size_t)len, "A: %d\r\n", i);
        }
        len += snprintf(text + len, sizeof text - (size_t)len, "\r\n");
        lyger_http_limits limits = {8192, 32768, 1000};
        bool fits = fields <= (int)LYGER_HTTP_FIELDS_MAX;
        CHECK_INT(parse_whole(text, (size_t)len, &limits), fits ? LYGER_HTTP_DONE : LYGER_HTTP_BAD);
        CHECK_INT(fits ? (int)request.field_count : request.status, fits ? fields : 431);
    }
}

/* ---- chunked ---- */

/* Decodes text given in pieces of at most step bytes; the data is put together in body. */
static lyger_http_chunk decode(const char *text, size_t len, size_t step, char *body, size_t *body_len,
                               size_t *end)
{
    lyger_http_chunked decoder = {0};
    size_t at = 0;
    *body_len = 0;
    while (at < len) {
        size_t piece = len - at < step ? len - at : step, data_at, used;
        char *copy = malloc(piece);
        memcpy(copy, text + at, piece);
        lyger_http_chunk chunk = lyger_http_chunked_next(&decoder, copy, piece, &data_at, &used);
        if (chunk == LYGER_HTTP_CHUNK_DATA) {
            memcpy(body + *body_len, copy + data_at, used - data_at);
            *body_len += used - data_at;
        }
        free(copy);
        at += used;
        *end = at;
        if (chunk == LYGER_HTTP_CHUNK_BAD || chunk == LYGER_HTTP_CHUNK_END) {
            return chunk;
        }
    }
    return LYGER_HTTP_CHUNK_MORE;
}

static void good_chunked_bodies_decode_however_split(void)
{
    static const char *const texts[][2] = {
        {"0\r\n\r\n", ""},
        {"3\r\nabc\r\n0\r\n\r\n", "abc"},
        {"3\r\nabc\r\n0A\r\n0123456789\r\n000\r\n\r\nNEXT", "abc0123456789"},
        {"3;a\r\nabc\r\n1 ; b = c ;d=\"e\\\"\t;\"\r\nd\r\n0;x\r\nTrailer: yes\r\nOther:\r\n\r\nNEXT", "abcd"},
        {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t len = strlen(texts[i][0]);
        const char *next = strstr(texts[i][0], "NEXT");
        for (size_t step = 1; step <= len; step++) {
            char body[64];
            size_t body_len, end;
            CHECK_INT(decode(texts[i][0], len, step, body, &body_len, &end), LYGER_HTTP_CHUNK_END);
            CHECK_INT(body_len, strlen(texts[i][1]));
            CHECK(memcmp(body, texts[i][1], body_len) == 0);
            CHECK_INT(end, next ? (size_t)(next - texts[i][0]) : len);
        }
    }
}

static void bad_chunked_bodies_are_refused(void)
{
    static const bad texts[] = {
        BAD(400, "\r\n"),
        BAD(400, "g\r\n"),
        BAD(400, " 3\r\nabc\r\n"),
        BAD(400, "0x3\r\nabc\r\n"),
        BAD(400, "-3\r\nabc\r\n"),
        BAD(400, "+3\r\nabc\r\n"),
        BAD(400, "3 \r\nabc\r\n"),
        BAD(400, "3\nabc\n"),
        BAD(400, "3\r\nabcd\r\n"),
        BAD(400, "3\r\nabc\n0"),
        BAD(400, "3\r\nabc\rx"),
        BAD(400, "3\rabc"),
        BAD(400, "3;\r\nabc\r\n"),
        BAD(400, "3;=b\r\nabc"),
        BAD(400, "3;a=\r\nabc"),
        BAD(400, "3;a=\"\r\n"),
        BAD(400, "3;a=\"\n\""),
        BAD(400, "3;a b\r\n"),
        BAD(400, "3;a\n"),
        BAD(400, "3;a=b\x7F\r\n"),
        BAD(400, "3;a=\"\\\x01"),
        BAD(400, "3;a=\"b\"c\r\n"),
        BAD(400, "3,a\r\nabc\r\n"),
        BAD(400, "3_0\r\n"),
        BAD(400, "3\0\r\n"),
        BAD(400, "0\r\n\n"),
        BAD(400, "0\r\n x: y\r\n"),
        BAD(400, "0\r\nA : b\r\n"),
        BAD(400, "0\r\nA: b\n"),
        BAD(400, "0\r\nA: \x01"),
        BAD(400, "0\r\nA\r\n"),
        BAD(400, "0\r\n: b\r\n"),
        BAD(400, "0\r\nA: b\rx"),
        BAD(400, "0\r\n\rx"),
        BAD(400, "FFFFFFFFFFFFFFFF\r\n"),
        BAD(400, "0000000000000003\r\n"),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (size_t step = 1; step <= texts[i].len; step++) {
            char body[64];
            size_t body_len, end;
            if (decode(texts[i].text, texts[i].len, step, body, &body_len, &end) != LYGER_HTTP_CHUNK_BAD) {
                printf("# %s accepted in pieces of %zu\n", texts[i].text, step);
                CHECK(false);
            }
        }
    }
}

static void endless_extensions_and_trailers_are_refused(void)
{
    static char text[20000], body[8];
    size_t body_len, end;
    memset(text, 'a', sizeof text);
    memcpy(text, "1;", 2);
    CHECK_INT(decode(text, sizeof text, 1000, body, &body_len, &end), LYGER_HTTP_CHUNK_BAD);
    CHECK_INT(end, 2 + LYGER_HTTP_CHUNK_EXTENSIONS_MAX + 1);
    memcpy(text, "0\r\nA:", 5);
    CHECK_INT(decode(text, sizeof text, 1000, body, &body_len, &end), LYGER_HTTP_CHUNK_BAD);
    CHECK_INT(end, 3 + LYGER_HTTP_TRAILERS_MAX + 1);
}

static void ended_decoder_takes_no_more(void)
{
    lyger_http_chunked decoder = {0};
    size_t data_at, used;
    CHECK_INT(lyger_http_chunked_next(&decoder, "0\r\n\r\n", 5, &data_at, &used), LYGER_HTTP_CHUNK_END);
    CHECK_INT(lyger_http_chunked_next(&decoder, "0", 1, &data_at, &used), LYGER_HTTP_CHUNK_BAD);
    CHECK_INT(lyger_http_chunked_next(&decoder, "", 0, &data_at, &used), LYGER_HTTP_CHUNK_BAD);
}

int main(void)
{
    RUN(good_requests_are_taken_apart);
    RUN(good_requests_do_not_depend_on_how_they_are_split);
    RUN(fields_are_found_without_their_whitespace);
    RUN(absolute_target_is_what_host_says);
    RUN(framing_is_reported);
    RUN(bad_requests_are_refused_with_their_status);
    RUN(refusals_do_not_depend_on_how_they_are_split);
    RUN(every_control_byte_is_refused_everywhere);
    RUN(incomplete_requests_ask_for_more);
    RUN(limits_are_exact);
    RUN(endless_lines_are_refused_at_the_limit);
    RUN(as_many_fields_as_there_is_room_for);
    RUN(good_chunked_bodies_decode_however_split);
    RUN(bad_chunked_bodies_are_refused);
    RUN(endless_extensions_and_trailers_are_refused);
    RUN(ended_decoder_takes_no_more);
    return finish();
}
