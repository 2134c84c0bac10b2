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

/* Positions go back to ones that rise, all of them in the statement. */
static void check_positions(const lyger_numbering *numbering, const char *numbered, size_t numbered_len)
{
    int last = lyger_sql_characters(numbering->sql, numbering->sql + numbering->len) + 1, before = 0;
    int end = numbered_len > 0 ? lyger_sql_characters(numbered, numbered + numbered_len) + 1 : 1;
    for (int position = 1; position <= end && position < 200; position++) {
        int origin = lyger_placeholders_origin(numbering, position);
        require(origin >= before && origin <= last);
        before = origin;
    }
}

static void by_mark(const lyger_numbering *numbering)
{
    size_t len = numbering->len;
    lyger_placeholders found = lyger_placeholders_find(numbering->sql, len, numbering->standard_strings);
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    require(lyger_placeholders_number(numbering, &buffer.sink));
    size_t numbered = lyger_buffer_length(&buffer);
    if (found.marks == 0 && found.doubled == 0) {
        require(numbered == len && (len == 0 || memcmp(buffer.start, numbering->sql, len) == 0));
    } else if (found.doubled == 0 && found.marks < 10) {
        require(numbered == len + found.marks); /* each ? became $n */
    } else if (found.marks == 0) {
        require(numbered == len - found.doubled);
    }
    require(!found.name || (found.name_len > 0 && found.name > numbering->sql && found.name[-1] == ':' &&
                            found.name + found.name_len <= numbering->sql + len));
    check_positions(numbering, buffer.start, numbered);
    lyger_buffer_free(&buffer);
}

/* With the first name that the statement has, and one that it may have: each occurrence is replaced, and a
 * statement whose names were all replaced has none left. */
static void by_name(lyger_numbering numbering)
{
    lyger_placeholders found =
        lyger_placeholders_find(numbering.sql, numbering.len, numbering.standard_strings);
    const lyger_param params[] = {{.name = ":b", .name_len = 2},
                                  {.name = found.name, .name_len = found.name_len}};
    lyger_error error;
    lyger_buffer buffer;
    numbering.params = params;
    numbering.param_count = found.name ? 2 : 1;
    bool fits = lyger_placeholders_check_names(&numbering, &error) == LYGER_OK;
    require(fits || error.status == LYGER_E_ARGUMENT);
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    require(lyger_placeholders_number(&numbering, &buffer.sink));
    size_t numbered = lyger_buffer_length(&buffer);
    if (fits) {
        lyger_placeholders left = lyger_placeholders_find(buffer.start, numbered, numbering.standard_strings);
        require(left.names == 0 && left.numbered >= numbering.param_count);
    }
    check_positions(&numbering, buffer.start, numbered);
    lyger_buffer_free(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    size_t len = size - 1;
    char *sql = malloc(len ? len : 1);
    memcpy(sql, data + 1, len);
    const lyger_numbering numbering = {.sql = sql, .len = len, .standard_strings = data[0] & 1};
    by_mark(&numbering);
    by_name(numbering);
    require(lyger_sql_first_word(sql, len) <= len);
    lyger_sql_keeps_numbers(sql, len);
    free(sql);
    return 0;
}
