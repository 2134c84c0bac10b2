/*
 * Any bytes as a stored value, and as a string to store: what is read is within the bytes, and every string
 * comes back as it was.
 */
#include "far/far.h"

#include <stdlib.h>
#include <string.h>

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void comes_back(const lyger_cache_value *value)
{
    lyger_far_form form;
    lyger_cache_value back;
    lyger_far_encode(value, &form);
    must(form.head_len <= sizeof form.head);
    char *stored = malloc(form.head_len + form.len + 1);
    memcpy(stored, form.head, form.head_len);
    memcpy(stored + form.head_len, form.bytes, form.len);
    must(lyger_far_decode(stored, form.head_len + form.len, &back) == NULL && back.type == value->type);
    if (value->type == LYGER_CACHE_INT) {
        must(back.as.integer == value->as.integer);
    } else {
        must(back.len == value->len && memcmp(back.bytes, value->bytes, back.len) == 0);
    }
    free(stored);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = malloc(size + 1);
    lyger_cache_value value;
    memcpy(bytes, data, size);
    if (!lyger_far_decode(bytes, size, &value)) {
        must(value.type == LYGER_CACHE_INT ||
             (value.bytes >= bytes && value.bytes + value.len == bytes + size));
        comes_back(&value);
    }
    value = (lyger_cache_value){.type = LYGER_CACHE_STRING, .bytes = bytes, .len = size};
    comes_back(&value);
    value.type = LYGER_CACHE_SERIALIZED;
    comes_back(&value);
    free(bytes);
    return 0;
}
