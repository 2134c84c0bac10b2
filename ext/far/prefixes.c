/*
 * The text of lyger.cache_far_prefixes, and %XX in this and lyger.cache_backend.
 */
#include "far.h"

#include "percent.h"

#include <string.h>

static int digit_of(char byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

bool lyger_far_percent(const char *bytes, size_t len, char *to, size_t most, size_t *to_len)
{
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        char byte = bytes[i];
        if (used == most) {
            return false;
        }
        if (byte == '%') {
            int high = i + 1 < len ? digit_of(bytes[i + 1]) : -1,
                low = i + 2 < len ? digit_of(bytes[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return false;
            }
            byte = (char)(high * 16 + low);
            i += 2;
        }
        to[used++] = byte;
    }
    *to_len = used;
    return true;
}

static bool separates(char byte)
{
    return byte == ' ' || byte == ',' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Puts a prefix before those that are shorter. False when it is there already. */
static bool insert(lyger_far_prefixes *prefixes, lyger_far_prefix prefix)
{
    uint32_t at = 0;
    for (; at < prefixes->count && prefixes->list[at].len >= prefix.len; at++) {
        const lyger_far_prefix *other = &prefixes->list[at];
        if (other->len == prefix.len &&
            memcmp(prefixes->text + other->at, prefixes->text + prefix.at, prefix.len) == 0) {
            return false;
        }
    }
    memmove(&prefixes->list[at + 1], &prefixes->list[at], (prefixes->count - at) * sizeof prefix);
    prefixes->list[at] = prefix;
    prefixes->count++;
    return true;
}

/* Reads the word behind a prefix's last "=", if there is one: *len becomes the prefix's. */
static lyger_status read_word(const char *item, size_t *len, bool *far, lyger_error *error)
{
    size_t equals = *len;
    while (equals > 0 && item[equals - 1] != '=') {
        equals--;
    }
    *far = true;
    if (equals == 0) {
        return LYGER_OK;
    }
    size_t word = *len - equals;
    *far = word == 3 && memcmp(item + equals, "far", 3) == 0;
    if (!*far && (word != 4 || memcmp(item + equals, "near", 4) != 0)) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "behind the = of a prefix must come far or near (%%3D is an = in a prefix)");
    }
    *len = equals - 1;
    return LYGER_OK;
}

static lyger_status read_item(const char *item, size_t len, lyger_far_prefixes *prefixes, size_t *used,
                              lyger_error *error)
{
    lyger_far_prefix prefix;
    size_t decoded = 0;
    lyger_status status = read_word(item, &len, &prefix.far, error);
    if (status != LYGER_OK) {
        return status;
    }
    bool every = len == 1 && item[0] == '*';
    if (!every && memchr(item, '*', len)) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "a * stands alone, for every key; a prefix needs none (%%2A is a * in a prefix)");
    }
    if (prefixes->count == LYGER_FAR_PREFIXES_MAX) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "it has more than %u prefixes", LYGER_FAR_PREFIXES_MAX);
    }
    if (!every &&
        (!lyger_far_percent(item, len, prefixes->text + *used, sizeof prefixes->text - *used, &decoded) ||
         decoded == 0)) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "a prefix is empty, or has a %% without two hexadecimal digits, or all are longer "
                          "than %zu bytes",
                          sizeof prefixes->text);
    }
    prefix.at = (uint16_t)*used;
    prefix.len = (uint16_t)decoded;
    *used += decoded;
    return insert(prefixes, prefix) ? LYGER_OK
                                    : lyger_fail(error, LYGER_E_ARGUMENT, "it names a prefix twice");
}

lyger_status lyger_far_prefixes_read(const char *text, size_t len, lyger_far_prefixes *prefixes,
                                     lyger_error *error)
{
    size_t used = 0;
    lyger_status status = LYGER_OK;
    memset(prefixes, 0, sizeof *prefixes);
    for (size_t i = 0; i < len && status == LYGER_OK;) {
        size_t end = i;
        while (end < len && !separates(text[end])) {
            end++;
        }
        if (end > i) {
            status = read_item(text + i, end - i, prefixes, &used, error);
        }
        i = end + 1;
    }
    return status;
}

bool lyger_far_claims(const lyger_far_prefixes *prefixes, const char *key, size_t len)
{
    for (uint32_t i = 0; i < prefixes->count; i++) {
        const lyger_far_prefix *prefix = &prefixes->list[i];
        if (prefix->len <= len && memcmp(prefixes->text + prefix->at, key, prefix->len) == 0) {
            return prefix->far;
        }
    }
    return false;
}
