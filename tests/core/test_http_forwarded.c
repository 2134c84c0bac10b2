#include "check.h"
#include "http_limits.h"

#include "http/forwarded.h"

static lyger_networks trusted;
static lyger_forwarded said;

static const char *networks(const char *text)
{
    static lyger_error error;
    lyger_error_clear(&error);
    return lyger_networks_read(text, &trusted, &error) == LYGER_OK ? "" : error.message;
}

/* Reads the fields of a request, lines with CRLF. */
static bool ask(const char *fields)
{
    static char head[40000];
    static lyger_http_request request;
    snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", fields);
    lyger_http_request_init(&request);
    if (lyger_http_parse(&request, head, strlen(head), &default_limits) != LYGER_HTTP_DONE) {
        CHECK(!"the request does not parse");
        return false;
    }
    return lyger_forwarded_read(&request, head, &trusted, &said);
}

/* "address port scheme host port", as far as it is said; "refused" for what cannot be believed. */
static const char *read_of(const char *fields)
{
    static char text[600];
    static const char *const schemes[] = {"-", "http", "https"};
    if (!ask(fields)) {
        return "refused";
    }
    snprintf(text, sizeof text, "%s %u %s %s %u", said.has_client ? said.client.address : "-",
             said.client.port, schemes[said.scheme], said.host[0] ? said.host : "-", said.port);
    return text;
}

static void networks_are_read(void)
{
    CHECK_STR(networks(NULL), "");
    CHECK_INT(trusted.count, 0);
    CHECK_STR(networks("10.0.0.0/8, 192.0.2.7 ,2001:db8::/33,unix"), "");
    CHECK_INT(trusted.count, 3);
    CHECK(lyger_networks_have(&trusted, ""));
    CHECK(lyger_networks_have(&trusted, "10.255.1.2"));
    CHECK(lyger_networks_have(&trusted, "::ffff:10.1.2.3"));
    CHECK(!lyger_networks_have(&trusted, "11.0.0.0"));
    CHECK(lyger_networks_have(&trusted, "192.0.2.7"));
    CHECK(!lyger_networks_have(&trusted, "192.0.2.6"));
    CHECK(lyger_networks_have(&trusted, "2001:db8:7fff::1"));
    CHECK(!lyger_networks_have(&trusted, "2001:db8:8000::1"));
    CHECK(!lyger_networks_have(&trusted, "nonsense"));
    CHECK_STR(networks("loopback,private"), "");
    CHECK(lyger_networks_have(&trusted, "127.9.9.9") && lyger_networks_have(&trusted, "::1"));
    CHECK(lyger_networks_have(&trusted, "172.31.255.255") && !lyger_networks_have(&trusted, "172.32.0.0"));
    CHECK(lyger_networks_have(&trusted, "fd00::1") && !lyger_networks_have(&trusted, "2001::1"));
    CHECK(!lyger_networks_have(&trusted, "") && !lyger_networks_have(&trusted, "8.8.8.8"));
    CHECK_STR(networks("0.0.0.0/0"), "");
    CHECK(lyger_networks_have(&trusted, "8.8.8.8") && !lyger_networks_have(&trusted, "::1"));
    CHECK_STR(networks("::/0"), "");
    CHECK(lyger_networks_have(&trusted, "8.8.8.8") && lyger_networks_have(&trusted, "::1"));
}

static void wrong_networks_are_named(void)
{
    static const char *const wrong[] = {
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0/8",
        "::/129",
        "10.0.0.0/8x",
        "10.0.0.0/-1",
        "10.0.0.0/0000008",
        "proxy.example",
        "",
        "10.0.0.0/8/8",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    char text[256], expected[256], many[2000] = "";
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(text, sizeof text, "127.0.0.1,%s,::1", wrong[i]);
        snprintf(expected, sizeof expected, ", \"%.63s\" given", wrong[i]);
        const char *message = networks(text);
        CHECK(strncmp(message, "trust_proxy must be addresses, networks such as 10.0.0.0/8", 58) == 0);
        CHECK(strstr(message, expected));
    }
    for (int i = 0; i < 70; i++) {
        strcat(many, "127.0.0.1,");
    }
    CHECK_STR(networks(many), "trust_proxy must be fewer than 58 networks");
}

static void the_client_is_the_first_from_the_right_that_is_not_trusted(void)
{
    networks("10.0.0.0/8,fd00::/8");
    CHECK_STR(read_of(""), "- 0 - - 0");
    CHECK_STR(read_of("X-Forwarded-For: 203.0.113.9\r\n"), "203.0.113.9 0 - - 0");
    CHECK_STR(read_of("X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.2\r\n"), "203.0.113.9 0 - - 0");
    CHECK_STR(
        read_of("X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 10.0.0.2,\r\n"),
        "203.0.113.9 0 - - 0");
    CHECK_STR(read_of("X-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n"), "10.0.0.1 0 - - 0"); /* all are trusted */
    CHECK_STR(read_of("Forwarded: for=1.1.1.1, for=203.0.113.9;by=10.0.0.1, For=10.0.0.2\r\n"),
              "203.0.113.9 0 - - 0");
    CHECK_STR(read_of("Forwarded: for=1.1.1.1\r\nForwarded: for=203.0.113.9\r\n"), "203.0.113.9 0 - - 0");
    CHECK_STR(read_of("X-Forwarded-For: nonsense, 203.0.113.9\r\n"), "203.0.113.9 0 - - 0");
}

static void addresses_are_read_in_every_form(void)
{
    networks("10.0.0.0/8,fd00::/8");
    CHECK_STR(read_of("X-Forwarded-For: 203.0.113.9:4711\r\n"), "203.0.113.9 4711 - - 0");
    CHECK_STR(read_of("X-Forwarded-For: 2001:DB8:0::9\r\n"), "2001:db8::9 0 - - 0");
    CHECK_STR(read_of("X-Forwarded-For: [2001:db8::9]\r\n"), "2001:db8::9 0 - - 0");
    CHECK_STR(read_of("X-Forwarded-For: [2001:db8::9]:4711, [fd00::1]:1\r\n"), "2001:db8::9 4711 - - 0");
    CHECK_STR(read_of("X-Forwarded-For: ::ffff:203.0.113.9\r\n"), "203.0.113.9 0 - - 0");
    CHECK_STR(read_of("X-Forwarded-For: 203.0.113.9, ::ffff:10.0.0.1\r\n"), "203.0.113.9 0 - - 0");
    CHECK_STR(read_of("Forwarded: for=\"[2001:db8::9]:4711\"\r\n"), "2001:db8::9 4711 - - 0");
    CHECK_STR(read_of("Forwarded: for=[2001:db8::9]\r\n"), "2001:db8::9 0 - - 0"); /* without its quotes */
    CHECK_STR(read_of("Forwarded: for=\"203.0.113.9:_port\"\r\n"), "203.0.113.9 0 - - 0");
    CHECK_STR(read_of("X-Forwarded-For: 203.0.113.9:99999\r\n"), "203.0.113.9 0 - - 0");
}

/* Never the proxy's own address, which may be one that an application trusts. */
static void what_hides_the_client_leaves_it_unknown(void)
{
    static const char *const hidden[] = {"X-Forwarded-For: unknown\r\n",
                                         "X-Forwarded-For: 1.1.1.1, _hidden\r\n",
                                         "Forwarded: for=unknown\r\n",
                                         "Forwarded: for=1.1.1.1, for=_hidden, for=10.0.0.1\r\n",
                                         "X-Forwarded-For: 1.2.3\r\n",
                                         "X-Forwarded-For: [1.2.3.4]\r\n",
                                         "X-Forwarded-For: [::1\r\n",
                                         "X-Forwarded-For: [::1]80\r\n",
                                         "X-Forwarded-For: fe80::1%eth0\r\n",
                                         "Forwarded: for=\"\"\r\n",
                                         "Forwarded: proto=http, for=10.0.0.1\r\n"};
    networks("10.0.0.0/8");
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        CHECK(ask(hidden[i]) && said.has_client && said.client.address[0] == '\0' && said.client.port == 0);
    }
    CHECK_STR(read_of("Forwarded: proto=https\r\n"), "- 0 https - 443"); /* says nothing of the client */
}

static void scheme_host_and_port_are_those_of_the_clients_hop(void)
{
    networks("10.0.0.0/8");
    CHECK_STR(
        read_of(
            "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: HTTPS\r\nX-Forwarded-Host: shop.example\r\n"),
        "203.0.113.9 0 https shop.example 443");
    CHECK_STR(read_of("X-Forwarded-Proto: http\r\nX-Forwarded-Port: 8080\r\n"), "- 0 http - 8080");
    CHECK_STR(read_of("X-Forwarded-Proto: http\r\n"), "- 0 http - 80");
    CHECK_STR(read_of("X-Forwarded-Proto: gopher\r\nX-Forwarded-Port: 0\r\n"), "- 0 - - 0");
    CHECK_STR(read_of("X-Forwarded-Host: shop.example:8443\r\nX-Forwarded-Proto: https\r\n"),
              "- 0 https shop.example:8443 8443");
    CHECK_STR(read_of("X-Forwarded-Host: [2001:db8::9]:81\r\n"), "- 0 - [2001:db8::9]:81 81");
    CHECK_STR(read_of("X-Forwarded-Host: [2001:db8::9]\r\n"), "- 0 - [2001:db8::9] 0");
    /* A client's own word stands to the left of what the proxy has added. */
    CHECK_STR(
        read_of(
            "X-Forwarded-For: 1.1.1.1, 203.0.113.9, 10.0.0.2\r\nX-Forwarded-Proto: gopher, https, http\r\n"),
        "203.0.113.9 0 https - 443");
    CHECK_STR(read_of("X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https, http\r\n"),
              "203.0.113.9 0 http - 80");
    CHECK_STR(read_of("Forwarded: for=1.1.1.1;proto=gopher;host=evil, for=203.0.113.9;proto=https, "
                      "for=10.0.0.2;proto=http;host=inner.example\r\n"),
              "203.0.113.9 0 https inner.example 443");
    CHECK_STR(read_of("Forwarded: for=203.0.113.9;host=\"shop.example:8443\";proto=https\r\n"),
              "203.0.113.9 0 https shop.example:8443 8443");
}

static void hosts_have_the_bytes_of_hosts(void)
{
    static const char *const wrong[] = {"a/b",  "a b",    "<script>", "a@b", "a:b",     "a:",   ":80",
                                        "[::1", "[::1]x", "[g::1]",   "[]",  "a:99999", "a\"b", "a\\b"};
    char fields[400], long_host[300];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(fields, sizeof fields, "X-Forwarded-Host: %s\r\n", wrong[i]);
        CHECK(ask(fields) && said.host[0] == '\0');
    }
    memset(long_host, 'a', sizeof long_host);
    long_host[256] = '\0';
    snprintf(fields, sizeof fields, "X-Forwarded-Host: %s\r\n", long_host);
    CHECK(ask(fields) && said.host[0] == '\0');
    snprintf(fields, sizeof fields, "X-Forwarded-Host: %s\r\n", long_host + 1);
    CHECK(ask(fields) && strlen(said.host) == 255);
}

static void what_contradicts_is_refused(void)
{
    networks("10.0.0.0/8");
    CHECK_STR(read_of("Forwarded: for=1.1.1.1\r\nX-Forwarded-For: 203.0.113.9\r\n"), "refused");
    CHECK_STR(read_of("Forwarded: for=unknown\r\nX-Forwarded-For: 203.0.113.9\r\n"), "refused");
    CHECK_STR(read_of("Forwarded: proto=https\r\nX-Forwarded-Proto: http\r\n"), "refused");
    CHECK_STR(read_of("Forwarded: host=a.example\r\nX-Forwarded-Host: b.example\r\n"), "refused");
    CHECK_STR(read_of("Forwarded: for=203.0.113.9;proto=https\r\nX-Forwarded-For: 203.0.113.9\r\n"
                      "X-Forwarded-Proto: https\r\nX-Forwarded-Host: a.example\r\n"),
              "203.0.113.9 0 https a.example 443");
    CHECK_STR(read_of("Forwarded: proto=https;host=A.example\r\nX-Forwarded-For: "
                      "203.0.113.9\r\nX-Forwarded-Host: a.example\r\n"),
              "203.0.113.9 0 https A.example 443");
}

static void what_is_malformed_is_refused(void)
{
    static const char *const wrong[] = {"for",
                                        "for=",
                                        "for=\"1.1.1.1",
                                        "for=1.1.1.1 x",
                                        "=1.1.1.1",
                                        "for=1.1.1.1;for=2.2.2.2",
                                        "for=\"a\\\"b\"",
                                        "for =1.1.1.1",
                                        "for=1.1.1.1;proto=https;proto=http",
                                        "for=a=b"};
    char fields[400], *many = calloc(1, 30000);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(fields, sizeof fields, "Forwarded: %s\r\n", wrong[i]);
        CHECK_STR(read_of(fields), "refused");
    }
    CHECK_STR(read_of("Forwarded: ,, ;for=203.0.113.9; ,\r\n"), "203.0.113.9 0 - - 0");
    strcpy(many, "X-Forwarded-For: ");
    for (int i = 0; i < 100; i++) {
        strcat(many, "1.1.1.1,");
    }
    strcat(many, "\r\n");
    CHECK_STR(read_of(many), "1.1.1.1 0 - - 0");
    strcat(many, "X-Forwarded-For: 2.2.2.2\r\n");
    CHECK_STR(read_of(many), "refused");
    strcpy(many, "Forwarded: ");
    for (int i = 0; i < 101; i++) {
        strcat(many, "for=1.1.1.1,");
    }
    strcat(many, "\r\n");
    CHECK_STR(read_of(many), "refused");
    free(many);
}

int main(void)
{
    RUN(networks_are_read);
    RUN(wrong_networks_are_named);
    RUN(the_client_is_the_first_from_the_right_that_is_not_trusted);
    RUN(addresses_are_read_in_every_form);
    RUN(what_hides_the_client_leaves_it_unknown);
    RUN(scheme_host_and_port_are_those_of_the_clients_hop);
    RUN(hosts_have_the_bytes_of_hosts);
    RUN(what_contradicts_is_refused);
    RUN(what_is_malformed_is_refused);
    return finish();
}
