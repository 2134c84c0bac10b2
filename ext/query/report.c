/*
 * A result as JSON with what there is to know beside its rows: the whole of it, or a part.
 */
#include "result.h"

#include "jsonout/jsonout.h"

static lyger_status put_columns(const lyger_result_facts *facts, lyger_sink *sink, lyger_error *error)
{
    bool fits = lyger_sink_put_literal(sink, ",\"columns\":[");
    for (size_t i = 0; fits && i < facts->column_count; i++) {
        const lyger_column *column = &facts->columns[i];
        size_t bad, len = lyger_utf8_valid(column->name, column->name_len);
        fits = (i == 0 || lyger_sink_put_char(sink, ',')) &&
               lyger_json_put_string(sink, column->name, len, &bad) == LYGER_JSON_OK;
    }
    return fits && lyger_sink_put_char(sink, ']') ? LYGER_OK : lyger_sink_is_full(error);
}

static bool put_changes(const lyger_result_facts *facts, lyger_sink *sink)
{
    return lyger_sink_put_literal(sink, ",\"affected_rows\":") &&
           lyger_json_put_int(sink, (int64_t)facts->affected) &&
           lyger_sink_put_literal(sink, ",\"last_insert_id\":") &&
           (facts->inserted ? lyger_json_put_int(sink, facts->insert_id)
                            : lyger_sink_put_literal(sink, "null")) &&
           lyger_sink_put_char(sink, '}');
}

lyger_status lyger_result_write_report(lyger_result *result, lyger_sink *sink, lyger_error *error)
{
    if (!lyger_sink_put_literal(sink, "{\"rows\":")) {
        return lyger_sink_is_full(error);
    }
    lyger_status status = lyger_result_write_json(result, sink, error);
    if (status == LYGER_OK) {
        status = put_columns(&result->facts, sink, error);
    }
    return status != LYGER_OK || put_changes(&result->facts, sink) ? status : lyger_sink_is_full(error);
}

static bool put_place(uint64_t offset, uint64_t end, uint64_t total, lyger_sink *sink)
{
    return lyger_sink_put_literal(sink, ",\"offset\":") && lyger_json_put_int(sink, (int64_t)offset) &&
           lyger_sink_put_literal(sink, ",\"total\":") && lyger_json_put_int(sink, (int64_t)total) &&
           (end < total ? lyger_sink_put_literal(sink, ",\"has_more\":true}")
                        : lyger_sink_put_literal(sink, ",\"has_more\":false}"));
}

lyger_status lyger_result_write_chunk(lyger_result *result, uint64_t offset, uint64_t limit, lyger_sink *sink,
                                      lyger_error *error)
{
    uint64_t total = result->facts.rows;
    uint64_t end = offset < total && limit < total - offset ? offset + limit : total;
    if (!lyger_sink_put_literal(sink, "{\"rows\":")) {
        return lyger_sink_is_full(error);
    }
    lyger_status status = lyger_result_write_window(result, (lyger_window){offset, end}, sink, error);
    return status != LYGER_OK || put_place(offset, end, total, sink) ? status : lyger_sink_is_full(error);
}
