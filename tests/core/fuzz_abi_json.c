/*
 * Any bytes as a stored value of either form of arrays: what is written is JSON, and what is not has an
 * error. The first byte says which form; the bytes behind it end where the memory does.
 */
#include "json_check.h"

#include "abi/abi_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    char *bytes = malloc(size);
    memcpy(bytes, data + 1, size - 1);
    char *exact = realloc(bytes, size > 1 ? size - 1 : 1);
    lyger_cache_value value = {
        .type = data[0] & 1 ? LYGER_CACHE_ARRAY : LYGER_CACHE_SERIALIZED, .bytes = exact, .len = size - 1};
    lyger_buffer buffer;
    lyger_error error;
    lyger_error_clear(&error);
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    bool whole = lyger_abi_put_json(&buffer.sink, &value, &error);
    if (whole != (error.status == LYGER_OK) ||
        (whole && !is_json(buffer.start, lyger_buffer_length(&buffer)))) {
        abort();
    }
    lyger_buffer_free(&buffer);
    free(exact);
    return 0;
}
