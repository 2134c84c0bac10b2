/*
 * Any text of lyger.cache_far_prefixes, and a key behind a zero byte: read or refused, and the answer for the
 * key is that of another search, which looks at all prefixes.
 */
#include "far/far.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lyger_far_prefixes prefixes;
    lyger_error error;
    const uint8_t *zero = size ? memchr(data, '\0', size) : NULL;
    size_t len = zero ? (size_t)(zero - data) : size;
    const char *key = zero ? (const char *)zero + 1 : "";
    size_t key_len = zero ? size - len - 1 : 0;
    char *text = malloc(len + 1);
    memcpy(text, data, len);
    lyger_status status = lyger_far_prefixes_read(text, len, &prefixes, &error);
    free(text);
    if (status != LYGER_OK) {
        return 0;
    }
    int best = -1;
    bool far = false;
    for (uint32_t i = 0; i < prefixes.count; i++) {
        const lyger_far_prefix *prefix = &prefixes.list[i];
        if ((size_t)prefix->at + prefix->len > sizeof prefixes.text) {
            abort();
        }
        if (prefix->len <= key_len && prefix->len > best &&
            memcmp(prefixes.text + prefix->at, key, prefix->len) == 0) {
            best = prefix->len;
            far = prefix->far;
        }
    }
    if (lyger_far_claims(&prefixes, key, key_len) != far) {
        abort();
    }
    return 0;
}
