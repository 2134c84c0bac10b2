/*
 * Any text through the reader of parameters and statements: no byte outside of it is read, what is accepted
 * hangs together, and a refusal says why.
 */
#include "query/json_params.h"

#include <stdlib.h>
#include <string.h>

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void look_at(const lyger_param *params, size_t count, int depth)
{
    require(depth <= LYGER_PARAM_DEPTH);
    for (size_t i = 0; i < count; i++) {
        if (params[i].name) {
            require(params[i].name[params[i].name_len] == '\0');
        }
        if (params[i].type == LYGER_PARAM_TEXT) {
            require(params[i].text.bytes[params[i].text.len] == '\0');
        } else if (params[i].type == LYGER_PARAM_LIST || params[i].type == LYGER_PARAM_MAP) {
            look_at(params[i].list.items, params[i].list.count, depth + 1);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);
    memcpy(text, data, size);
    lyger_error error;
    lyger_json_values values;
    const lyger_param *params;
    lyger_query *statements;
    size_t count;
    lyger_error_clear(&error);
    lyger_status status = lyger_json_read_params(text, size, &values, &params, &count, &error);
    require((status == LYGER_OK) == (error.message[0] == '\0'));
    if (status == LYGER_OK) {
        look_at(params, count, 1);
    }
    lyger_json_values_free(&values);
    lyger_error_clear(&error);
    status = lyger_json_read_statements(text, size, "", 0, NULL, &values, &statements, &count, &error);
    require((status == LYGER_OK) == (error.message[0] == '\0'));
    for (size_t i = 0; status == LYGER_OK && i < count; i++) {
        require(statements[i].sql[statements[i].sql_len] == '\0');
        look_at(statements[i].params, statements[i].param_count, 1);
    }
    lyger_json_values_free(&values);
    free(text);
    return 0;
}
