/*
 * Any text of lyger.cache_backend: read or refused, all members ended and within their ranges, and no message
 * shows what may be a password.
 */
#include "far/far.h"

#include <stdlib.h>
#include <string.h>

#define SECRET "hush"

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lyger_far_address address;
    lyger_error error;
    lyger_error_clear(&error);
    char *text = malloc(size + 1); /* of this length, so that a byte more is noticed */
    memcpy(text, data, size);
    lyger_status status = lyger_far_address_read(text, size, &address, &error);
    free(text);
    must(memchr(address.host, '\0', sizeof address.host) && memchr(address.path, '\0', sizeof address.path) &&
         memchr(address.user, '\0', sizeof address.user) &&
         memchr(address.shown, '\0', sizeof address.shown) &&
         memchr(address.password, '\0', sizeof address.password));
    if (status == LYGER_OK) {
        must((address.host[0] != '\0') != (address.path[0] != '\0'));
        must(address.path[0] || (atoi(address.port) >= 1 && atoi(address.port) <= 65535));
        must(address.connect_ms >= 1 && address.connect_ms <= LYGER_FAR_WAIT_MAX);
        must(address.command_ms >= 1 && address.command_ms <= LYGER_FAR_WAIT_MAX);
        must(address.prefix_len == strlen(address.prefix) && address.database <= 65535);
        must(!address.user[0] || address.authenticates);
    } else {
        must(status == LYGER_E_ARGUMENT && error.message[0] && !strstr(error.message, SECRET));
    }
    return 0;
}
