/*
 * The text of lyger.cache_backend.
 */
#include "far.h"

#include "percent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_MS 1000u
#define COMMAND_MS 1000u
#define DATABASES_MOST 65535u

/* A part of the text. */
typedef struct part {
    const char *at, *end;
} part;

static bool is_empty(part p)
{
    return p.at == p.end;
}

/* Splits what comes before the first such byte off *rest, which then begins behind it; all of it when there
 * is none. */
static part cut(part *rest, char byte)
{
    const char *found = is_empty(*rest) ? NULL : memchr(rest->at, byte, (size_t)(rest->end - rest->at));
    part before = {rest->at, found ? found : rest->end};
    rest->at = found ? found + 1 : rest->end;
    return before;
}

static lyger_status decode(part p, const char *what, char *to, size_t most, lyger_error *error)
{
    size_t len;
    if (!lyger_far_percent(p.at, (size_t)(p.end - p.at), to, most, &len)) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "the %s is longer than %zu bytes, or has a %% without two hexadecimal digits", what,
                          most);
    }
    if (memchr(to, '\0', len)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the %s has a zero byte in it", what);
    }
    to[len] = '\0';
    return LYGER_OK;
}

/* Decimal digits only. */
static bool read_number(part p, uint32_t most, uint32_t *number)
{
    uint32_t value = 0;
    for (const char *at = p.at; at < p.end; at++) {
        if (*at < '0' || *at > '9' || value > most) {
            return false;
        }
        value = value * 10 + (uint32_t)(*at - '0');
    }
    *number = value;
    return !is_empty(p) && p.end - p.at <= 9 && value <= most;
}

static lyger_status read_database(part p, lyger_far_address *address, lyger_error *error)
{
    return read_number(p, DATABASES_MOST, &address->database)
               ? LYGER_OK
               : lyger_fail(error, LYGER_E_ARGUMENT, "the database must be a number from 0 to %u",
                            DATABASES_MOST);
}

/* Seconds with up to three decimals. */
static lyger_status read_wait(part p, const char *what, uint32_t *ms, lyger_error *error)
{
    part whole = cut(&p, '.');
    uint32_t seconds = 0, thousandths = 0, digits = (uint32_t)(p.end - p.at);
    bool right = read_number(whole, LYGER_FAR_WAIT_MAX / 1000, &seconds) && digits <= 3 &&
                 (digits == 0 || read_number(p, 999, &thousandths));
    for (; right && digits < 3 && digits > 0; digits++) {
        thousandths *= 10;
    }
    *ms = seconds * 1000 + thousandths;
    return right && *ms >= 1 && *ms <= LYGER_FAR_WAIT_MAX
               ? LYGER_OK
               : lyger_fail(error, LYGER_E_ARGUMENT, "%s must be seconds from 0.001 to %u, as 0.25", what,
                            LYGER_FAR_WAIT_MAX / 1000);
}

static bool is_named(part p, const char *name)
{
    return (size_t)(p.end - p.at) == strlen(name) && memcmp(p.at, name, strlen(name)) == 0;
}

static lyger_status read_option(part name, part value, lyger_far_address *address, lyger_error *error)
{
    lyger_status status;
    if (is_named(name, "db")) {
        return read_database(value, address, error);
    }
    if (is_named(name, "timeout")) {
        return read_wait(value, "timeout", &address->command_ms, error);
    }
    if (is_named(name, "connect_timeout")) {
        return read_wait(value, "connect_timeout", &address->connect_ms, error);
    }
    if (is_named(name, "user")) {
        return decode(value, "user", address->user, LYGER_FAR_NAME_MAX, error);
    }
    if (is_named(name, "password")) {
        address->authenticates = true;
        return decode(value, "password", address->password, LYGER_FAR_SECRET_MAX, error);
    }
    if (is_named(name, "prefix")) {
        status = decode(value, "prefix", address->prefix, LYGER_FAR_NAME_MAX, error);
        address->prefix_len = status == LYGER_OK ? strlen(address->prefix) : 0;
        return status;
    }
    return lyger_fail(error, LYGER_E_ARGUMENT,
                      "it has an option that there is not; there are db, prefix, timeout, connect_timeout, "
                      "user and password");
}

static lyger_status read_options(part options, lyger_far_address *address, lyger_error *error)
{
    lyger_status status = LYGER_OK;
    while (status == LYGER_OK && !is_empty(options)) {
        part value = cut(&options, '&');
        part name = cut(&value, '=');
        status = read_option(name, value, address, error);
    }
    return status;
}

/* user:password, user, or :password. */
static lyger_status read_credentials(part p, lyger_far_address *address, lyger_error *error)
{
    bool has_password = !is_empty(p) && memchr(p.at, ':', (size_t)(p.end - p.at)) != NULL;
    part user = cut(&p, ':');
    lyger_status status = decode(user, "user", address->user, LYGER_FAR_NAME_MAX, error);
    if (status == LYGER_OK && has_password) {
        address->authenticates = true;
        status = decode(p, "password", address->password, LYGER_FAR_SECRET_MAX, error);
    }
    return status;
}

static lyger_status read_host(part p, lyger_far_address *address, lyger_error *error)
{
    part host, port = {p.end, p.end};
    uint32_t number = 6379;
    if (!is_empty(p) && *p.at == '[') {
        p.at++;
        host = cut(&p, ']');
        if (host.end == p.end || (!is_empty(p) && *p.at != ':')) {
            return lyger_fail(error, LYGER_E_ARGUMENT, "an IPv6 address must be written as [::1]");
        }
        port.at = is_empty(p) ? p.end : p.at + 1;
    } else {
        host = cut(&p, ':');
        port = p;
    }
    if (is_empty(host)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "it names no host");
    }
    if (!is_empty(port) && (!read_number(port, 65535, &number) || number == 0)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "the port must be a number from 1 to 65535");
    }
    snprintf(address->port, sizeof address->port, "%u", number);
    return decode(host, "host", address->host, LYGER_FAR_NAME_MAX, error);
}

static lyger_status read_tcp(part rest, lyger_far_address *address, lyger_error *error)
{
    part options = rest;
    rest = cut(&options, '?');
    part authority = cut(&rest, '/');
    const char *sign = NULL;
    for (const char *at = authority.at; at < authority.end; at++) {
        sign = *at == '@' ? at : sign; /* the last one: a password may hold an unescaped @ */
    }
    lyger_status status = LYGER_OK;
    if (sign) {
        status = read_credentials((part){authority.at, sign}, address, error);
        authority.at = sign + 1;
    }
    if (status == LYGER_OK) {
        status = read_host(authority, address, error);
    }
    if (status == LYGER_OK && !is_empty(rest)) {
        status = read_database(rest, address, error);
    }
    snprintf(address->shown, sizeof address->shown, strchr(address->host, ':') ? "[%s]:%s" : "%s:%s",
             address->host, address->port);
    return status == LYGER_OK ? read_options(options, address, error) : status;
}

static lyger_status read_unix(part rest, lyger_far_address *address, lyger_error *error)
{
    part options = rest;
    rest = cut(&options, '?');
    if (rest.end - rest.at > 2 && rest.at[0] == '/' && rest.at[1] == '/') {
        rest.at += 2; /* unix:///path */
    }
    if (is_empty(rest) || *rest.at != '/') {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "the path of the socket must be absolute: unix:/run/redis/redis.sock");
    }
    lyger_status status = decode(rest, "path of the socket", address->path, LYGER_FAR_PATH_MAX, error);
    snprintf(address->shown, sizeof address->shown, "%s", address->path);
    return status == LYGER_OK ? read_options(options, address, error) : status;
}

lyger_status lyger_far_address_read(const char *text, size_t len, lyger_far_address *address,
                                    lyger_error *error)
{
    static const char tcp[] = "redis://", tls[] = "rediss://", local[] = "unix:";
    part rest = {text, text + len};
    lyger_status status;
    memset(address, 0, sizeof *address);
    address->connect_ms = CONNECT_MS;
    address->command_ms = COMMAND_MS;
    if (len >= sizeof tcp - 1 && strncasecmp(text, tcp, sizeof tcp - 1) == 0) {
        rest.at += sizeof tcp - 1;
        status = read_tcp(rest, address, error);
    } else if (len >= sizeof local - 1 && strncasecmp(text, local, sizeof local - 1) == 0) {
        rest.at += sizeof local - 1;
        status = read_unix(rest, address, error);
    } else if (len >= sizeof tls - 1 && strncasecmp(text, tls, sizeof tls - 1) == 0) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "rediss:// (TLS) is not supported yet; redis:// and unix: are");
    } else {
        return lyger_fail(error, LYGER_E_ARGUMENT, "it must begin with redis:// or unix:");
    }
    if (status == LYGER_OK && address->user[0] && !address->authenticates) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "it names a user without a password");
    }
    return status;
}
