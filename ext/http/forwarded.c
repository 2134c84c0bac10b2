#include "forwarded.h"

#include "conditions.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- networks ---- */

static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};

/* Reads an address of either family into 16 bytes. */
static bool read_address(const char *text, uint8_t to[16])
{
    struct in_addr four;
    if (inet_pton(AF_INET, text, &four) == 1) {
        memcpy(to, mapped, sizeof mapped);
        memcpy(to + sizeof mapped, &four, 4);
        return true;
    }
    return inet_pton(AF_INET6, text, to) == 1;
}

static bool add_network(lyger_networks *to, const char *text)
{
    char address[LYGER_HTTP_ADDRESS_SIZE];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    lyger_network *network = &to->all[to->count];
    if (to->count == LYGER_NETWORKS_MAX || len >= sizeof address) {
        return false;
    }
    memcpy(address, text, len);
    address[len] = '\0';
    if (!read_address(address, network->address)) {
        return false;
    }
    unsigned base = strchr(address, ':') ? 0 : 96, bits = 128 - base;
    if (slash) {
        size_t digits = strspn(slash + 1, "0123456789");
        bits = digits > 0 && digits < 4 ? (unsigned)atoi(slash + 1) : 999;
        if (slash[1 + digits] != '\0' || bits > 128 - base) {
            return false;
        }
    }
    network->bits = (uint8_t)(base + bits);
    to->count++;
    return true;
}

static bool add_words(lyger_networks *to, const char *text)
{
    static const char *const loopback[] = {"127.0.0.0/8", "::1", NULL}, *const private[] = {"10.0.0.0/8",
                                                                                            "172.16.0.0/12",
                                                                                            "192.168.0.0/16",
                                                                                            "169.254.0.0/16",
                                                                                            "fc00::/7",
                                                                                            "fe80::/10",
                                                                                            NULL};
    const char *const *all = strcmp(text, "loopback") == 0  ? loopback
                             : strcmp(text, "private") == 0 ? private
                                                            : NULL;
    if (strcmp(text, "unix") == 0) {
        to->local = true;
        return true;
    }
    bool good = all != NULL;
    for (; good && *all; all++) {
        good = add_network(to, *all);
    }
    return good;
}

lyger_status lyger_networks_read(const char *text, lyger_networks *to, lyger_error *error)
{
    char one[LYGER_HTTP_ADDRESS_SIZE];
    to->count = 0;
    to->local = false;
    while (text && *text) {
        size_t len = strcspn(text, ","), from = 0, end = len;
        while (from < end && text[from] == ' ') {
            from++;
        }
        while (end > from && text[end - 1] == ' ') {
            end--;
        }
        lyger_copy_text(one, sizeof one, text + from, end - from);
        if (to->count + 6 > LYGER_NETWORKS_MAX) {
            return lyger_fail(error, LYGER_E_ARGUMENT, "trust_proxy must be fewer than %u networks",
                              LYGER_NETWORKS_MAX - 6);
        }
        if (end - from >= sizeof one || (!add_words(to, one) && !add_network(to, one))) {
            return lyger_fail(
                error, LYGER_E_ARGUMENT,
                "trust_proxy must be addresses, networks such as 10.0.0.0/8, or the words unix, loopback "
                "and private, with commas between them, \"%s\" given",
                one);
        }
        text += len + (text[len] == ',');
    }
    return LYGER_OK;
}

static bool is_in(const lyger_network *network, const uint8_t address[16])
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    return memcmp(network->address, address, whole) == 0 &&
           (rest == 0 || ((network->address[whole] ^ address[whole]) & (0xFF << (8 - rest) & 0xFF)) == 0);
}

bool lyger_networks_have(const lyger_networks *networks, const char *address)
{
    uint8_t bytes[16];
    if (address[0] == '\0') {
        return networks->local;
    }
    if (!read_address(address, bytes)) {
        return false;
    }
    for (uint32_t i = 0; i < networks->count; i++) {
        if (is_in(&networks->all[i], bytes)) {
            return true;
        }
    }
    return false;
}

/* ---- pieces ---- */

typedef struct text {
    const char *at;
    size_t len;
} text;

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t';
}

static text trim(text of)
{
    while (of.len > 0 && is_space(of.at[0])) {
        of.at++;
        of.len--;
    }
    while (of.len > 0 && is_space(of.at[of.len - 1])) {
        of.len--;
    }
    return of;
}

/* A port of 1 to 65,535; 0 for anything else. */
static uint16_t read_port(text of)
{
    uint32_t port = 0;
    for (size_t i = 0; i < of.len; i++) {
        unsigned digit = (unsigned)(of.at[i] - '0');
        if (digit > 9 || i == 5) {
            return 0;
        }
        port = port * 10 + digit;
    }
    return port <= 65535 ? (uint16_t)port : 0;
}

/* Reads a node (RFC 7239, section 6): an address, in brackets or not, with a port or not. False, with an
 * empty address, for "unknown", a name that hides the node, and anything else. */
static bool read_node(text of, lyger_http_address *to)
{
    char address[LYGER_HTTP_ADDRESS_SIZE];
    uint8_t bytes[16];
    const char *close = of.len > 0 && of.at[0] == '[' ? memchr(of.at, ']', of.len) : NULL;
    const char *colon = memchr(of.at, ':', of.len);
    text host = of, port = {of.at, 0};
    *to = (lyger_http_address){.port = 0};
    if (close) {
        host = (text){of.at + 1, (size_t)(close - of.at) - 1};
        port = (text){close + 1, of.len - host.len - 2};
        if (port.len > 0 && *port.at != ':') {
            return false;
        }
    } else if (colon && !memchr(colon + 1, ':', of.len - (size_t)(colon - of.at) - 1)) { /* 192.0.2.1:80 */
        host.len = (size_t)(colon - of.at);
        port = (text){colon, of.len - host.len};
    }
    if (host.len == 0 || host.len >= sizeof address) {
        return false;
    }
    memcpy(address, host.at, host.len);
    address[host.len] = '\0';
    if (!read_address(address, bytes) || (close && !strchr(address, ':'))) {
        return false;
    }
    bool four = memcmp(bytes, mapped, sizeof mapped) == 0;
    inet_ntop(four ? AF_INET : AF_INET6, four ? bytes + sizeof mapped : bytes, to->address,
              sizeof to->address);
    to->port = port.len > 1 ? read_port((text){port.at + 1, port.len - 1}) : 0;
    return true;
}

static lyger_scheme read_scheme(text of)
{
    return lyger_http_equals_ignoring_case(of.at, of.len, "https")  ? LYGER_SCHEME_HTTPS
           : lyger_http_equals_ignoring_case(of.at, of.len, "http") ? LYGER_SCHEME_HTTP
                                                                    : LYGER_SCHEME_UNSAID;
}

/* Copies a host with its port (RFC 9110, section 4.2.3) made of the bytes that names and addresses have;
 * leaves "" for anything else, which an application might put into a page or a link. */
static void read_host(text of, char to[LYGER_FORWARDED_HOST_SIZE])
{
    bool brackets = of.len > 0 && of.at[0] == '[';
    const char *close = brackets ? memchr(of.at, ']', of.len) : NULL;
    size_t name = close ? (size_t)(close - of.at) + 1 : 0;
    to[0] = '\0';
    if (of.len == 0 || of.len >= LYGER_FORWARDED_HOST_SIZE || (brackets && !close)) {
        return;
    }
    for (size_t i = brackets; i + 1 < name; i++) {
        if (!strchr("0123456789abcdefABCDEF:.", of.at[i]) || of.at[i] == '\0') {
            return;
        }
    }
    for (; !brackets && name < of.len && of.at[name] != ':'; name++) {
        char byte = of.at[name];
        bool letter = ((byte | 32) >= 'a' && (byte | 32) <= 'z') || (byte >= '0' && byte <= '9');
        if (!letter && byte != '-' && byte != '.' && byte != '_') {
            return;
        }
    }
    if (name == 0 || name == 2u * brackets ||
        (name < of.len &&
         (of.at[name] != ':' || read_port((text){of.at + name + 1, of.len - name - 1}) == 0))) {
        return;
    }
    memcpy(to, of.at, of.len);
    to[of.len] = '\0';
}

static uint16_t port_of_host(const char *host)
{
    const char *colon = strrchr(host, ':');
    return colon && !strchr(colon, ']') ? read_port((text){colon + 1, strlen(colon + 1)}) : 0;
}

/* ---- X-Forwarded-… ---- */

typedef struct list {
    text members[LYGER_FORWARDED_HOPS_MAX];
    uint32_t count;
} list;

/* Reads a list whose members have commas between them, over all lines of the field; false when it has too
 * many. */
static bool read_list(const lyger_http_request *request, const char *head, const char *name, list *to)
{
    uint32_t line = 0;
    text rest;
    to->count = 0;
    while ((rest.at = lyger_http_next_value(request, head, name, &line, &rest.len))) {
        while (rest.len > 0) {
            const char *comma = memchr(rest.at, ',', rest.len);
            size_t len = comma ? (size_t)(comma - rest.at) : rest.len, used = len + (comma ? 1 : 0);
            text member = trim((text){rest.at, len});
            if (member.len > 0 && to->count == LYGER_FORWARDED_HOPS_MAX) {
                return false;
            }
            if (member.len > 0) {
                to->members[to->count++] = member;
            }
            rest = (text){rest.at + used, rest.len - used};
        }
    }
    return true;
}

/* The member of a list that belongs to the hop `at` of `count`: where the lists are of different lengths, the
 * last one, which the connected proxy has written. Empty: there is none. */
static text member_at(const list *of, uint32_t at, uint32_t count)
{
    return of->count == 0 ? (text){"", 0} : of->members[of->count == count ? at : of->count - 1];
}

/* The hop of the client in a list of nodes: the first from the right that is not trusted, or the first of
 * all. */
static uint32_t client_of(const list *nodes, const lyger_networks *trusted, lyger_http_address *client)
{
    uint32_t at = nodes->count;
    while (at > 0) {
        at--;
        if (!read_node(nodes->members[at], client) || !lyger_networks_have(trusted, client->address)) {
            break;
        }
    }
    return at;
}

static bool read_x(const lyger_http_request *request, const char *head, const lyger_networks *trusted,
                   lyger_forwarded *to)
{
    list nodes, others;
    if (!read_list(request, head, "x-forwarded-for", &nodes)) {
        return false;
    }
    to->has_client = nodes.count > 0;
    uint32_t at = client_of(&nodes, trusted, &to->client);
    if (!read_list(request, head, "x-forwarded-proto", &others)) {
        return false;
    }
    to->scheme = read_scheme(member_at(&others, at, nodes.count));
    if (!read_list(request, head, "x-forwarded-host", &others)) {
        return false;
    }
    read_host(member_at(&others, at, nodes.count), to->host);
    if (!read_list(request, head, "x-forwarded-port", &others)) {
        return false;
    }
    to->port = read_port(member_at(&others, at, nodes.count));
    return true;
}

/* ---- Forwarded ---- */

typedef struct element {
    text node, scheme, host;
} element;

typedef struct elements {
    element all[LYGER_FORWARDED_HOPS_MAX];
    uint32_t count;
} elements;

/* Takes a token or a quoted string; a string with backslashes is no node, scheme or host, and is refused. */
static bool take_value(text *rest, text *value)
{
    if (rest->len > 0 && rest->at[0] == '"') {
        const char *close = memchr(rest->at + 1, '"', rest->len - 1);
        if (!close) {
            return false;
        }
        *value = (text){rest->at + 1, (size_t)(close - rest->at) - 1};
        *rest = (text){close + 1, rest->len - value->len - 2};
        return !memchr(value->at, '\\', value->len);
    }
    size_t len = 0;
    /* More than a token, as proxies forget the quotes around addresses of IPv6 and hosts with ports. */
    while (len < rest->len && !strchr(" \t;,\"\\=", rest->at[len])) {
        len++;
    }
    *value = (text){rest->at, len};
    *rest = (text){rest->at + len, rest->len - len};
    return len > 0;
}

/* Takes name "=" value; false when that is not there, or the element had the name before. */
static bool take_pair(text *rest, element *to)
{
    size_t len = 0;
    text value;
    while (len < rest->len && lyger_http_is_token_byte((unsigned char)rest->at[len])) {
        len++;
    }
    text name = {rest->at, len};
    if (len == 0 || len == rest->len || rest->at[len] != '=') {
        return false;
    }
    *rest = (text){rest->at + len + 1, rest->len - len - 1};
    if (!take_value(rest, &value)) {
        return false;
    }
    text *place = lyger_http_equals_ignoring_case(name.at, len, "for")     ? &to->node
                  : lyger_http_equals_ignoring_case(name.at, len, "proto") ? &to->scheme
                  : lyger_http_equals_ignoring_case(name.at, len, "host")  ? &to->host
                                                                           : NULL;
    if (place && place->at) {
        return false;
    }
    if (place) {
        *place = value;
    }
    return true;
}

static bool read_line(text rest, elements *to)
{
    element *current = NULL;
    for (rest = trim(rest); rest.len > 0; rest = trim(rest)) {
        if (rest.at[0] == ',' || rest.at[0] == ';') { /* a comma ends an element; empty ones are allowed */
            current = rest.at[0] == ',' ? NULL : current;
            rest = (text){rest.at + 1, rest.len - 1};
            continue;
        }
        if (!current) {
            if (to->count == LYGER_FORWARDED_HOPS_MAX) {
                return false;
            }
            current = &to->all[to->count++];
            *current = (element){{NULL, 0}, {NULL, 0}, {NULL, 0}};
        }
        if (!take_pair(&rest, current)) {
            return false;
        }
        rest = trim(rest);
        if (rest.len > 0 && rest.at[0] != ',' && rest.at[0] != ';') {
            return false;
        }
    }
    return true;
}

static bool read_standard(const lyger_http_request *request, const char *head, const lyger_networks *trusted,
                          lyger_forwarded *to)
{
    elements elements = {.count = 0};
    uint32_t line = 0, at;
    text value;
    while ((value.at = lyger_http_next_value(request, head, "forwarded", &line, &value.len))) {
        if (!read_line(value, &elements)) {
            return false;
        }
    }
    for (at = elements.count; at > 0;) {
        at--;
        text node = elements.all[at].node;
        if (!node.at && at + 1 == elements.count) { /* the connected proxy does not speak of its client */
            break;
        }
        to->has_client = true;
        if (!read_node(node.at ? node : (text){"", 0}, &to->client) ||
            !lyger_networks_have(trusted, to->client.address)) {
            break;
        }
    }
    for (; at < elements.count; at++) { /* the outermost trusted proxy knows best how the client came */
        const element *one = &elements.all[at];
        if (to->scheme == LYGER_SCHEME_UNSAID && one->scheme.at) {
            to->scheme = read_scheme(one->scheme);
        }
        if (!to->host[0] && one->host.at) {
            read_host(one->host, to->host);
        }
    }
    return true;
}

/* ---- both ---- */

static bool agree(const lyger_forwarded *one, const lyger_forwarded *other)
{
    return (!one->has_client || !other->has_client ||
            strcmp(one->client.address, other->client.address) == 0) &&
           (!one->scheme || !other->scheme || one->scheme == other->scheme) &&
           (!one->host[0] || !other->host[0] ||
            (strlen(one->host) == strlen(other->host) && strcasecmp(one->host, other->host) == 0));
}

bool lyger_forwarded_read(const lyger_http_request *request, const char *head, const lyger_networks *trusted,
                          lyger_forwarded *to)
{
    lyger_forwarded other = {.has_client = false};
    *to = other;
    if (!read_standard(request, head, trusted, to) || !read_x(request, head, trusted, &other) ||
        !agree(to, &other)) {
        return false;
    }
    if (!to->has_client) {
        to->has_client = other.has_client;
        to->client = other.client;
    }
    to->scheme = to->scheme ? to->scheme : other.scheme;
    if (!to->host[0]) {
        memcpy(to->host, other.host, sizeof to->host);
    }
    to->port = other.port ? other.port : port_of_host(to->host);
    if (to->port == 0 && to->scheme != LYGER_SCHEME_UNSAID) {
        to->port = to->scheme == LYGER_SCHEME_HTTPS ? 443 : 80;
    }
    return true;
}
