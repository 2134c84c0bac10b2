/*
 * Fuzzes what is read of proxies: the option trust_proxy (first byte even), and the fields of a request,
 * whose lines are the input (first byte odd). Whatever they say, a client is an address of a family or "",
 * never a trusted one unless all are, and a host has only the bytes of hosts.
 */
#include "http/forwarded.h"
#include "http_limits.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void demand(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void check_address(const char *address)
{
    uint8_t bytes[16];
    demand(memchr(address, '\0', LYGER_HTTP_ADDRESS_SIZE));
    demand(address[0] == '\0' || inet_pton(AF_INET, address, bytes) == 1 ||
           inet_pton(AF_INET6, address, bytes) == 1);
}

static void read_fields(const char *bytes, size_t len)
{
    static const char begin[] = "GET / HTTP/1.1\r\nHost: a\r\n";
    lyger_http_request request;
    lyger_networks trusted;
    lyger_forwarded said;
    size_t size = sizeof begin - 1 + len + 4;
    char *head = malloc(size); /* its end is where ASan looks */
    memcpy(head, begin, sizeof begin - 1);
    memcpy(head + sizeof begin - 1, bytes, len);
    memcpy(head + size - 4, "\r\n\r\n", 4);
    demand(lyger_networks_read("loopback,private", &trusted, NULL) == LYGER_OK);
    lyger_http_request_init(&request);
    if (lyger_http_parse(&request, head, size, &default_limits) == LYGER_HTTP_DONE &&
        lyger_forwarded_read(&request, head, &trusted, &said)) {
        demand(memchr(said.host, '\0', sizeof said.host));
        demand(strspn(said.host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._:[]") ==
               strlen(said.host));
        demand(said.has_client || said.client.address[0] == '\0');
        check_address(said.client.address);
    }
    free(head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lyger_networks networks;
    lyger_error error;
    if (size > 0 && data[0] % 2) {
        read_fields((const char *)data + 1, size - 1);
    } else if (size > 0) {
        char *text = malloc(size);
        memcpy(text, data + 1, size - 1);
        text[size - 1] = '\0';
        if (lyger_networks_read(text, &networks, &error) == LYGER_OK) {
            demand(networks.count <= LYGER_NETWORKS_MAX);
            lyger_networks_have(&networks, "203.0.113.9");
            lyger_networks_have(&networks, "2001:db8::1");
        } else {
            demand(strncmp(error.message, "trust_proxy ", 12) == 0);
        }
        free(text);
    }
    return 0;
}
