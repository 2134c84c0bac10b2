/*
 * What proxies say of a client: Forwarded (RFC 7239) and X-Forwarded-For, -Proto, -Host, -Port; and the
 * networks whose word counts. Pure functions over a parsed head.
 *
 * Anybody may send these fields, and a proxy may pass on what it does not know. So a member of a list counts
 * only when whoever added it is trusted: the last one was added by the connected peer, the one before by the
 * address that the last one names, and so on. The client is the first address from the right that is not
 * trusted, and what the fields say of scheme, host and port is believed only from there to the right.
 */
#ifndef LYGER_HTTP_FORWARDED_H
#define LYGER_HTTP_FORWARDED_H

#include "message.h"

#define LYGER_NETWORKS_MAX 64u         /* networks in a list */
#define LYGER_FORWARDED_HOPS_MAX 100u  /* members of a field that are looked at; more is an error */
#define LYGER_FORWARDED_HOST_SIZE 256u /* bytes of a host with its port, NUL included */

typedef struct lyger_network {
    uint8_t address[16]; /* of IPv6, or of IPv4 mapped into it (RFC 4291, section 2.5.5.2) */
    uint8_t bits;        /* of it that count */
} lyger_network;

typedef struct lyger_networks {
    uint32_t count;
    bool local; /* peers behind a Unix socket belong to it */
    lyger_network all[LYGER_NETWORKS_MAX];
} lyger_networks;

/* Reads a list with commas: addresses, networks such as 10.0.0.0/8 or fd00::/8, and the words "unix" (peers
 * behind a Unix socket), "loopback" (127.0.0.0/8, ::1) and "private" (RFC 1918, RFC 4193, link-local). NULL
 * and "" are empty lists. An error begins with "trust_proxy", the option's name. */
lyger_status lyger_networks_read(const char *text, lyger_networks *to, lyger_error *error);

/* Whether an address, "" behind a Unix socket, belongs to the list. */
bool lyger_networks_have(const lyger_networks *networks, const char *address);

typedef enum lyger_scheme { LYGER_SCHEME_UNSAID, LYGER_SCHEME_HTTP, LYGER_SCHEME_HTTPS } lyger_scheme;

typedef struct lyger_forwarded {
    bool has_client;
    lyger_http_address client; /* has_client: the client, "" when a trusted proxy hides or does not know it;
                                * port 0: not said */
    lyger_scheme scheme;
    uint16_t port;                        /* that the client connected to; 0: not said */
    char host[LYGER_FORWARDED_HOST_SIZE]; /* that the client named, with its port; "": not said */
} lyger_forwarded;

/*
 * Reads the fields of a request whose peer is trusted. False when they cannot be believed, and the request is
 * to be refused with 400: a Forwarded that is malformed, too many members, or Forwarded and X-Forwarded-…
 * that say different things. The client may have sent one of the two, and which one is not known.
 */
bool lyger_forwarded_read(const lyger_http_request *request, const char *head, const lyger_networks *trusted,
                          lyger_forwarded *to);

#endif
