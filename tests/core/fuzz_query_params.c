/*
 * Any statement through the placeholder lexer: its passes agree with each other, and no byte outside the
 * statement is read.
 */
#include "query/params.h"

#include <stdlib.h>
#include <string.h>

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    bool standard = data[0] & 1;
    size_t len = size - 1;
    char *sql = malloc(len ? len : 1);
    memcpy(sql, data + 1, len);
    lyger_placeholders found = lyger_placeholders_find(sql, len, standard);
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    require(lyger_placeholders_number(sql, len, standard, &buffer.sink));
    size_t numbered = lyger_buffer_length(&buffer);
    if (found.marks == 0 && found.doubled == 0) {
        require(numbered == len && (len == 0 || memcmp(buffer.start, sql, len) == 0));
    } else if (found.doubled == 0 && found.marks < 10) {
        require(numbered == len + found.marks); /* each ? became $n */
    } else if (found.marks == 0) {
        require(numbered == len - found.doubled);
    }
    int last = lyger_sql_characters(sql, sql + len) + 1, before = 0;
    int end = lyger_sql_characters(buffer.start ? buffer.start : sql,
                                   buffer.start ? buffer.start + numbered : sql) +
              1;
    for (int position = 1; position <= end && position < 200; position++) {
        int origin = lyger_placeholders_origin(sql, len, standard, position);
        require(origin >= before && origin <= last);
        before = origin;
    }
    require(lyger_sql_first_word(sql, len) <= len);
    lyger_buffer_free(&buffer);
    free(sql);
    return 0;
}
