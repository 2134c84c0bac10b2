/*
 * Any text as a value of any built-in type of PostgreSQL: what is accepted is JSON (values of json itself are
 * the server's), and nothing is read outside the text.
 */
#include "json_check.h"

#include "query/pq/pq_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t oids[] = {16,   20,   21,   22,   23,   25,   30,   114,  199,  701,
                                    1000, 1007, 1009, 1016, 1020, 1022, 1082, 1114, 1115, 1182,
                                    1184, 1185, 1231, 1700, 2951, 3802, 3807, 3904, 99999};
    if (size < 2) {
        return 0;
    }
    const lyger_pq_type *type = lyger_pq_type_of(oids[data[0] % (sizeof oids / sizeof *oids)]);
    lyger_query_options options = {.bigint = (lyger_number_style)(data[1] % 3),
                                   .numeric = (lyger_number_style)(data[1] / 3 % 3)};
    size_t len = size - 2, bad = 0;
    char *text = malloc(len ? len : 1);
    memcpy(text, data + 2, len);
    lyger_buffer out;
    lyger_pq_scratch scratch;
    lyger_buffer_init(&out, &lyger_malloc_allocator);
    lyger_pq_scratch_init(&scratch);
    lyger_pq_outcome outcome = lyger_pq_write(type, &options, text, len, &out.sink, &scratch, &bad);
    if (outcome == LYGER_PQ_FULL || (outcome == LYGER_PQ_BAD_UTF8 && bad >= len)) {
        abort();
    }
    if (outcome == LYGER_PQ_OK && type->kind != LYGER_PQ_JSON &&
        !is_json(out.start, lyger_buffer_length(&out))) {
        abort();
    }
    if (outcome == LYGER_PQ_OK && lyger_utf8_valid(out.start ? out.start : "", lyger_buffer_length(&out)) !=
                                      lyger_buffer_length(&out)) {
        abort();
    }
    lyger_buffer_free(&out);
    lyger_pq_scratch_free(&scratch);
    free(text);
    return 0;
}
