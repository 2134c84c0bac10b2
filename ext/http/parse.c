/*
 * The request parser of message.h.
 */
#include "message.h"

#include <arpa/inet.h>
#include <string.h>

/*
 * The head is parsed line by line, left to right; a line is judged when its LF has arrived, so only the bytes
 * before it decide, and a refusal is the same however the bytes were split.
 */
enum { AT_START, AT_REQUEST_LINE, AT_FIELDS, AT_END, FAILED };

enum {
    TOKEN = 1, /* RFC 9110, section 5.6.2: tchar */
    VALUE = 2, /* RFC 9110, section 5.5: field-vchar, SP, HTAB; obs-text */
    PATH = 4,  /* RFC 3986, section 3.3: pchar and "/"; and see below */
    QUERY = 8, /* RFC 3986, section 3.4; and see below */
    NAME = 16, /* host names, without their percent-encodings */
    DIGIT = 32,
    HEX = 64, /* HEXDIG, either case */
};

/*
 * Targets: RFC 3986 without the characters it never allows raw ( " < > # controls, bytes above 126), but with
 * the characters that browsers leave as they are (WHATWG URL, section 1.3): [ ] | ^ ` { } in path and query,
 * and "\" in the query. PHP's own ?a[]=1 needs them.
 *
 * Host names: reg-name of RFC 3986, section 3.2.2: unreserved characters, sub-delims and percent-encodings.
 */
#define COMMON (TOKEN | VALUE | PATH | QUERY)
static const uint8_t classes[256] = {
    ['\t'] = VALUE,
    [' '] = VALUE,
    ['!'] = COMMON | NAME,
    ['"'] = VALUE,
    ['#'] = TOKEN | VALUE,
    ['$'] = COMMON | NAME,
    ['%'] = COMMON,
    ['&' ... '\''] = COMMON | NAME,
    ['('] = VALUE | PATH | QUERY | NAME,
    [')'] = VALUE | PATH | QUERY | NAME,
    ['*'] = COMMON | NAME,
    ['+'] = COMMON | NAME,
    [','] = VALUE | PATH | QUERY | NAME,
    ['-'] = COMMON | NAME,
    ['.'] = COMMON | NAME,
    ['/'] = VALUE | PATH | QUERY,
    ['0' ... '9'] = COMMON | NAME | DIGIT | HEX,
    [':'] = VALUE | PATH | QUERY,
    [';'] = VALUE | PATH | QUERY | NAME,
    ['<'] = VALUE,
    ['='] = VALUE | PATH | QUERY | NAME,
    ['>'] = VALUE,
    ['?'] = VALUE | QUERY,
    ['@'] = VALUE | PATH | QUERY,
    ['A' ... 'F'] = COMMON | NAME | HEX,
    ['G' ... 'Z'] = COMMON | NAME,
    ['['] = VALUE | PATH | QUERY,
    ['\\'] = VALUE | QUERY,
    [']'] = VALUE | PATH | QUERY,
    ['^'] = COMMON,
    ['_'] = COMMON | NAME,
    ['`'] = COMMON,
    ['a' ... 'f'] = COMMON | NAME | HEX,
    ['g' ... 'z'] = COMMON | NAME,
    ['{'] = VALUE | PATH | QUERY,
    ['|'] = COMMON,
    ['}'] = VALUE | PATH | QUERY,
    ['~'] = COMMON | NAME,
    [0x80 ... 0xFF] = VALUE,
};

static inline bool is(char byte, uint8_t class)
{
    return classes[(unsigned char)byte] & class;
}

bool lyger_http_is_token_byte(unsigned char byte)
{
    return classes[byte] & TOKEN;
}

bool lyger_http_is_value_byte(unsigned char byte)
{
    return classes[byte] & VALUE;
}

bool lyger_http_equals_ignoring_case(const char *text, size_t len, const char *word)
{
    for (size_t i = 0; i < len; i++) {
        char byte = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
        if (byte != word[i] || word[i] == '\0') {
            return false;
        }
    }
    return word[len] == '\0';
}

/* The number of leading bytes of text[0..len) that are all of class. */
static size_t run_of(const char *text, size_t len, uint8_t class)
{
    size_t i = 0;
    while (i < len && is(text[i], class)) {
        i++;
    }
    return i;
}

/*
 * Whether text[0..len) holds only bytes of VALUE: eight at a time, by the table where a word has a byte below
 * SP (which may be HTAB) or DEL. Bit tricks: Anderson, "Bit Twiddling Hacks", "word has a byte less than n".
 */
static bool all_value_bytes(const char *text, size_t len)
{
    const uint64_t ones = 0x0101010101010101u;
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t word;
        memcpy(&word, text + i, 8);
        uint64_t del = word ^ (ones * 0x7F);
        uint64_t bad = ((word - ones * 0x20) & ~word) | ((del - ones) & ~del);
        if ((bad & (ones * 0x80)) && run_of(text + i, 8, VALUE) < 8) {
            return false;
        }
    }
    return run_of(text + i, len - i, VALUE) == len - i;
}

void lyger_http_request_init(lyger_http_request *request)
{
    memset(request, 0, offsetof(lyger_http_request, fields));
}

static bool refuse(lyger_http_request *request, int status, const char *reason)
{
    request->phase = FAILED;
    request->status = status;
    request->reason = reason;
    return false;
}

static lyger_http_span span(const char *base, const char *from, size_t len)
{
    return (lyger_http_span){(uint32_t)(from - base), (uint32_t)len};
}

/* ---- request line ---- */

static lyger_http_method method_named(const char *name, size_t len)
{
    static const struct {
        const char *name;
        lyger_http_method method;
    } methods[] = {
        {"GET", LYGER_HTTP_GET},         {"HEAD", LYGER_HTTP_HEAD},     {"POST", LYGER_HTTP_POST},
        {"PUT", LYGER_HTTP_PUT},         {"DELETE", LYGER_HTTP_DELETE}, {"CONNECT", LYGER_HTTP_CONNECT},
        {"OPTIONS", LYGER_HTTP_OPTIONS}, {"TRACE", LYGER_HTTP_TRACE},   {"PATCH", LYGER_HTTP_PATCH},
    };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (strlen(methods[i].name) == len && memcmp(methods[i].name, name, len) == 0) {
            return methods[i].method;
        }
    }
    return LYGER_HTTP_OTHER;
}

/* HTTP/1.x, RFC 9112, section 2.3; a minor version above 1 is served as HTTP/1.1 (RFC 9110, section 2.5). */
static bool parse_version(lyger_http_request *request, const char *text, size_t len)
{
    if (len != 8 || memcmp(text, "HTTP/", 5) != 0 || !is(text[5], DIGIT) || text[6] != '.' ||
        !is(text[7], DIGIT)) {
        return refuse(request, 400, "the request line does not end in an HTTP version");
    }
    if (text[5] != '1') {
        return refuse(request, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    }
    request->minor = text[7] - '0';
    return true;
}

/* 1*5DIGIT up to 65535, or nothing where that is allowed (RFC 3986, section 3.2.3). */
static bool valid_port(const char *text, size_t len, bool may_be_empty)
{
    unsigned value = 0;
    for (size_t i = 0; i < len; i++) {
        if (!is(text[i], DIGIT) || i == 5) {
            return false;
        }
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    return value <= 65535 && (len > 0 || may_be_empty);
}

/* The number of leading bytes of text[0..len) that a host name may have. */
static size_t run_of_name(const char *text, size_t len)
{
    size_t i = 0;
    for (;;) {
        i += run_of(text + i, len - i, NAME);
        if (len - i < 3 || text[i] != '%' || !is(text[i + 1], HEX) || !is(text[i + 2], HEX)) {
            return i;
        }
        i += 3;
    }
}

/* uri-host [ ":" port ], RFC 9110, section 7.2; user information is refused (section 4.2.4). */
static bool valid_authority(const char *text, size_t len, bool needs_port)
{
    size_t host;
    if (len > 0 && text[0] == '[') {
        const char *end = memchr(text, ']', len);
        char address[INET6_ADDRSTRLEN];
        unsigned char binary[16];
        size_t inside = end ? (size_t)(end - text) - 1 : 0;
        if (inside == 0 || inside >= sizeof address || memchr(text, '\0', len)) {
            return false;
        }
        memcpy(address, text + 1, inside);
        address[inside] = '\0';
        if (inet_pton(AF_INET6, address, binary) != 1) {
            return false;
        }
        host = inside + 2;
    } else {
        host = run_of_name(text, len);
        if (host == 0) {
            return false;
        }
    }
    if (host == len) {
        return !needs_port;
    }
    return text[host] == ':' && valid_port(text + host + 1, len - host - 1, !needs_port);
}

/*
 * path[?query], after the authority when the target is absolute. A "%" in the path must begin an encoded
 * byte; in the query, which the server does not decode, browsers send "%" as it was typed.
 */
static bool parse_path(lyger_http_request *request, const char *base, const char *text, size_t len)
{
    size_t path = run_of(text, len, PATH);
    for (size_t i = 0; i < path; i++) {
        if (text[i] == '%' && (path - i < 3 || !is(text[i + 1], HEX) || !is(text[i + 2], HEX))) {
            return refuse(request, 400, "the target has a broken percent-encoding");
        }
    }
    request->path = span(base, text, path);
    if (path < len && text[path] == '?') {
        request->has_query = true;
        request->query = span(base, text + path + 1, len - path - 1);
        path += 1 + run_of(text + path + 1, len - path - 1, QUERY);
    }
    if (path < len) {
        return refuse(request, 400, "the target has a character that must be percent-encoded");
    }
    return true;
}

/* http://authority[/path][?query]; no other scheme is served. */
static bool parse_absolute(lyger_http_request *request, const char *base, const char *text, size_t len)
{
    size_t scheme = len >= 7 && lyger_http_equals_ignoring_case(text, 7, "http://")    ? 7
                    : len >= 8 && lyger_http_equals_ignoring_case(text, 8, "https://") ? 8
                                                                                       : 0;
    if (scheme == 0) {
        return refuse(request, 400, "the target is neither a path nor an http URI");
    }
    size_t end = scheme;
    while (end < len && text[end] != '/' && text[end] != '?') {
        end++;
    }
    if (!valid_authority(text + scheme, end - scheme, false)) {
        return refuse(request, 400, "the target has an invalid authority");
    }
    request->form = LYGER_HTTP_ABSOLUTE;
    request->authority = span(base, text + scheme, end - scheme);
    return parse_path(request, base, text + end, len - end);
}

static bool parse_target(lyger_http_request *request, const char *base, const char *text, size_t len)
{
    request->target = span(base, text, len);
    if (request->method == LYGER_HTTP_CONNECT) {
        request->form = LYGER_HTTP_AUTHORITY;
        request->authority = request->target;
        return valid_authority(text, len, true) ||
               refuse(request, 400, "the target of CONNECT is not host:port");
    }
    if (len == 1 && text[0] == '*') {
        request->form = LYGER_HTTP_ASTERISK;
        request->path = request->target;
        return request->method == LYGER_HTTP_OPTIONS ||
               refuse(request, 400, "the target * is for OPTIONS only");
    }
    if (len > 0 && text[0] == '/') {
        request->form = LYGER_HTTP_ORIGIN;
        return parse_path(request, base, text, len);
    }
    return parse_absolute(request, base, text, len);
}

/* method SP request-target SP HTTP-version, single spaces (RFC 9112, section 3). */
static bool parse_request_line(lyger_http_request *request, const char *base, const char *text, size_t len)
{
    size_t method = run_of(text, len, TOKEN);
    if (method == 0 || method == len || text[method] != ' ') {
        return refuse(request, 400, "the request line does not begin with a method and a space");
    }
    if (method > LYGER_HTTP_METHOD_MAX) {
        return refuse(request, 501, "the method is not known");
    }
    request->method_name = span(base, text, method);
    request->method = method_named(text, method);
    const char *target = text + method + 1;
    size_t rest = len - method - 1;
    const char *space = memchr(target, ' ', rest);
    if (!space || space == target) {
        return refuse(request, 400, "the request line is not a method, a target and a version");
    }
    size_t target_len = (size_t)(space - target);
    return parse_version(request, space + 1, rest - target_len - 1) &&
           parse_target(request, base, target, target_len);
}

/* ---- field lines ---- */

static bool see_host(lyger_http_request *request, const char *base, const char *value, size_t len)
{
    if (request->has_host) {
        return refuse(request, 400, "Host is given more than once");
    }
    if (!valid_authority(value, len, false)) {
        return refuse(request, 400, "Host is not a valid host and port");
    }
    request->has_host = true;
    if (request->form == LYGER_HTTP_ORIGIN || request->form == LYGER_HTTP_ASTERISK) {
        request->authority = span(base, value, len);
    }
    return true;
}

/* 1*DIGIT; lists, even of equal numbers, are refused (RFC 9112, section 6.3, rule 5 allows either). */
static bool see_content_length(lyger_http_request *request, const char *value, size_t len)
{
    if (request->has_length) {
        return refuse(request, 400, "Content-Length is given more than once");
    }
    uint64_t length = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned digit = (unsigned)(value[i] - '0');
        if (!is(value[i], DIGIT) || length > ((uint64_t)INT64_MAX - digit) / 10) {
            return refuse(request, 400, "Content-Length is not a number in range");
        }
        length = length * 10 + digit;
    }
    if (len == 0) {
        return refuse(request, 400, "Content-Length is empty");
    }
    request->has_length = true;
    request->content_length = length;
    return true;
}

/* The next element of a comma-separated list, without whitespace around it; false at the end. */
static bool next_element(const char **at, const char *end, const char **element, size_t *len)
{
    if (*at > end) {
        return false;
    }
    const char *comma = memchr(*at, ',', (size_t)(end - *at));
    const char *stop = comma ? comma : end;
    const char *from = *at;
    *at = stop + 1;
    while (from < stop && (*from == ' ' || *from == '\t')) {
        from++;
    }
    while (stop > from && (stop[-1] == ' ' || stop[-1] == '\t')) {
        stop--;
    }
    *element = from;
    *len = (size_t)(stop - from);
    return true;
}

/*
 * Only a single "chunked" is supported. An unknown coding is 501; chunked twice, with a parameter, or
 * followed by anything leaves the length of the body open and is 400 (RFC 9112, sections 6.1 and 6.3, rule
 * 4).
 */
static bool see_transfer_encoding(lyger_http_request *request, const char *value, size_t len)
{
    if (request->has_coding) {
        return refuse(request, 400, "Transfer-Encoding is given more than once");
    }
    request->has_coding = true;
    const char *at = value, *element;
    size_t element_len, unknown = 0;
    while (next_element(&at, value + len, &element, &element_len)) {
        if (request->chunked) {
            return refuse(request, 400, "chunked is not the last transfer coding");
        }
        size_t name = run_of(element, element_len, TOKEN);
        if (name == 0 ||
            (name < element_len && element[name] != ';' && element[name] != ' ' && element[name] != '\t')) {
            return refuse(request, 400, "Transfer-Encoding is malformed");
        }
        if (!lyger_http_equals_ignoring_case(element, name, "chunked")) {
            unknown++;
        } else if (name != element_len) {
            return refuse(request, 400, "chunked takes no parameters");
        } else {
            request->chunked = true;
        }
    }
    return unknown == 0 || refuse(request, 501, "the transfer coding is not known");
}

static void see_connection(lyger_http_request *request, const char *value, size_t len)
{
    const char *at = value, *element;
    size_t element_len;
    while (next_element(&at, value + len, &element, &element_len)) {
        if (lyger_http_equals_ignoring_case(element, element_len, "close")) {
            request->close_asked = true;
        } else if (lyger_http_equals_ignoring_case(element, element_len, "keep-alive")) {
            request->keep_asked = true;
        }
    }
}

/* Reads the fields that decide where the request ends and which host it is for. */
static bool see_field(lyger_http_request *request, const char *base, const lyger_http_field *field)
{
    const char *name = base + field->name.at, *value = base + field->value.at;
    size_t len = field->name.len;
    if (len == 4 && lyger_http_equals_ignoring_case(name, len, "host")) {
        return see_host(request, base, value, field->value.len);
    }
    if (len == 14 && lyger_http_equals_ignoring_case(name, len, "content-length")) {
        return see_content_length(request, value, field->value.len);
    }
    if (len == 17 && lyger_http_equals_ignoring_case(name, len, "transfer-encoding")) {
        return see_transfer_encoding(request, value, field->value.len);
    }
    if (len == 10 && lyger_http_equals_ignoring_case(name, len, "connection")) {
        see_connection(request, value, field->value.len);
    } else if (len == 6 && lyger_http_equals_ignoring_case(name, len, "expect")) {
        request->continue_asked |= lyger_http_equals_ignoring_case(value, field->value.len, "100-continue");
    }
    return true;
}

/* field-name ":" OWS field-value OWS (RFC 9112, section 5). */
static bool parse_field(lyger_http_request *request, const char *base, const char *text, size_t len,
                        const lyger_http_limits *limits)
{
    if (text[0] == ' ' || text[0] == '\t') {
        return refuse(request, 400, "a field line begins with whitespace");
    }
    if (request->field_count >= limits->fields || request->field_count >= LYGER_HTTP_FIELDS_MAX) {
        return refuse(request, 431, "too many field lines");
    }
    size_t name = run_of(text, len, TOKEN);
    if (name == 0 || name == len || text[name] != ':') {
        return refuse(request, 400, "a field line is not a name directly followed by a colon");
    }
    const char *value = text + name + 1, *end = text + len;
    if (!all_value_bytes(value, (size_t)(end - value))) {
        return refuse(request, 400, "a field value has a control character");
    }
    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }
    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    lyger_http_field *field = &request->fields[request->field_count++];
    field->name = span(base, text, name);
    field->value = span(base, value, (size_t)(end - value));
    return see_field(request, base, field);
}

/* An absolute target says which host the request is for, and Host is changed to say the same (RFC 9112,
 * section 3.2.2). */
static void correct_host(lyger_http_request *request, const char *base)
{
    for (uint32_t i = 0; i < request->field_count; i++) {
        lyger_http_field *field = &request->fields[i];
        if (field->name.len == 4 && lyger_http_equals_ignoring_case(base + field->name.at, 4, "host")) {
            field->value = request->authority;
        }
    }
}

/* At the empty line: checks what only the whole head can tell. */
static bool finish_head(lyger_http_request *request, const char *base)
{
    if (!request->has_host && request->minor > 0) {
        return refuse(request, 400, "HTTP/1.1 needs a Host");
    }
    if (request->has_coding && request->has_length) {
        return refuse(request, 400, "Content-Length and Transfer-Encoding exclude each other");
    }
    if (request->has_coding && request->minor == 0) {
        return refuse(request, 400, "HTTP/1.0 has no Transfer-Encoding");
    }
    request->keep_alive = !request->close_asked && (request->minor > 0 || request->keep_asked);
    request->expect_continue = request->continue_asked && request->minor > 0;
    if (request->form == LYGER_HTTP_ABSOLUTE) {
        correct_host(request, base);
    }
    request->head_len = request->line;
    request->phase = AT_END;
    return true;
}

/* ---- lines ---- */

/*
 * One empty line before the request line is skipped (RFC 9112, section 2.2). A first byte that cannot begin a
 * method, such as that of a TLS handshake, is refused without waiting for a line. False: more bytes or
 * refused.
 */
static bool begin_head(lyger_http_request *request, const char *bytes, size_t len)
{
    if (request->line == 0 && len > 0 && bytes[0] == '\r') {
        if (len == 1) {
            return false;
        }
        if (bytes[1] != '\n') {
            return refuse(request, 400, "a CR without LF");
        }
        request->line = request->searched = 2;
    }
    if (len == request->line) {
        return false;
    }
    if (!is(bytes[request->line], TOKEN)) {
        return refuse(request, 400, "the request line does not begin with a method");
    }
    request->phase = AT_REQUEST_LINE;
    return true;
}

/* Finds the end of the current line; the line must end before bound. False: more bytes or refused. */
static bool find_line(lyger_http_request *request, const char *bytes, size_t len, size_t bound,
                      size_t *line_len)
{
    size_t stop = len < bound ? len : bound;
    const char *lf =
        stop > request->searched ? memchr(bytes + request->searched, '\n', stop - request->searched) : NULL;
    if (!lf) {
        request->searched = (uint32_t)stop;
        if (len < bound) {
            return false;
        }
        return request->phase == AT_REQUEST_LINE ? refuse(request, 414, "the request line is too long")
                                                 : refuse(request, 431, "the request head is too large");
    }
    size_t end = (size_t)(lf - bytes);
    if (end == request->line || lf[-1] != '\r') {
        return refuse(request, 400, "an LF without CR");
    }
    *line_len = end - request->line - 1;
    return true;
}

/* Parses the next line; false when no whole line is there yet, the head has ended or was refused. */
static bool parse_line(lyger_http_request *request, const char *bytes, size_t len,
                       const lyger_http_limits *limits)
{
    size_t bound = limits->head, line_len;
    if (request->phase == AT_REQUEST_LINE) {
        size_t line_bound = (size_t)request->line + limits->request_line + 2;
        bound = line_bound < bound ? line_bound : bound;
    }
    if (!find_line(request, bytes, len, bound, &line_len)) {
        return false;
    }
    const char *text = bytes + request->line;
    request->line += (uint32_t)line_len + 2;
    request->searched = request->line;
    if (request->phase == AT_REQUEST_LINE) {
        request->phase = AT_FIELDS;
        return parse_request_line(request, bytes, text, line_len);
    }
    if (line_len == 0) {
        finish_head(request, bytes);
        return false;
    }
    return parse_field(request, bytes, text, line_len, limits);
}

lyger_http_parsed lyger_http_parse(lyger_http_request *request, const char *bytes, size_t len,
                                   const lyger_http_limits *limits)
{
    if (request->phase == AT_START && !begin_head(request, bytes, len)) {
        return request->phase == FAILED ? LYGER_HTTP_BAD : LYGER_HTTP_MORE;
    }
    while (request->phase < AT_END && parse_line(request, bytes, len, limits)) {
    }
    if (request->phase == FAILED) {
        return LYGER_HTTP_BAD;
    }
    return request->phase == AT_END ? LYGER_HTTP_DONE : LYGER_HTTP_MORE;
}
