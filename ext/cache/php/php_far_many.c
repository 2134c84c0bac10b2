/*
 * Many keys of the server in one call.
 */
#include "php_far.h"

#include "lyger_compat.h"
#include "lyger_error.h"

/* Copies what was found before anything is decoded, which may run code that uses the connection. */
static bool copy_found(lyger_far *far, const lyger_far_key *keys, const uint32_t *places, uint32_t count,
                       lyger_far_bytes *found, zend_string **raw)
{
    lyger_error error;
    if (!php_lyger_far_went_well(lyger_far_get_many(far, keys, count, found, &error), &error)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (found[i].bytes) {
            raw[places[i]] = zend_string_init(found[i].bytes, found[i].len, false);
        }
    }
    return true;
}

bool php_lyger_far_prefetch(zend_string **names, uint32_t count, zend_string **raw)
{
    lyger_far_key *keys = safe_emalloc(count + 1, sizeof *keys, 0);
    lyger_far_bytes *found = safe_emalloc(count + 1, sizeof *found, 0);
    uint32_t *places = safe_emalloc(count + 1, sizeof *places, 0), far_count = 0;
    bool right = true;
    for (uint32_t i = 0; i < count; i++) {
        raw[i] = NULL;
        if (php_lyger_is_far(names[i])) {
            keys[far_count] = php_lyger_far_key(names[i]);
            places[far_count++] = i;
        }
    }
    if (far_count) {
        lyger_far *far = php_lyger_far();
        right = far && copy_found(far, keys, places, far_count, found, raw);
    }
    efree(keys);
    efree(found);
    efree(places);
    return right;
}

zend_long php_lyger_far_set_many(const lyger_far_key *keys, const lyger_far_form *forms, size_t count,
                                 uint32_t ttl)
{
    lyger_far *far = count ? php_lyger_far() : NULL;
    lyger_error error;
    uint64_t stored = 0;
    if (far) {
        php_lyger_far_went_well(lyger_far_set_many(far, keys, forms, count, ttl, &stored, &error), &error);
    }
    return (zend_long)stored;
}

zend_long php_lyger_far_delete_many(const lyger_far_key *keys, size_t count)
{
    lyger_far *far = count ? php_lyger_far() : NULL;
    lyger_error error;
    uint64_t there = 0;
    if (far) {
        php_lyger_far_went_well(lyger_far_delete_many(far, keys, count, &there, &error), &error);
    }
    return (zend_long)there;
}

void php_lyger_far_clear(const zend_string *prefix)
{
    lyger_far *far = php_lyger_far();
    lyger_far_key begins = {prefix ? ZSTR_VAL(prefix) : "", prefix ? ZSTR_LEN(prefix) : 0};
    lyger_error error;
    if (far) {
        php_lyger_far_went_well(lyger_far_purge(far, php_lyger_far_prefixes, begins, &error), &error);
    }
}
