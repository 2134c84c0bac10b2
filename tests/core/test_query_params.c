#include "check.h"

#include "query/params.h"
#include "query/pq_param.h"

#include <math.h>

static bool finds(const char *sql, unsigned numbered, size_t marks)
{
    lyger_placeholders found = lyger_placeholders_find(sql, strlen(sql), true);
    if (found.numbered != numbered || found.marks != marks) {
        printf("# %s: $%u and %zu marks\n", sql, found.numbered, found.marks);
    }
    return found.numbered == numbered && found.marks == marks;
}

static const char *numbered(const char *sql)
{
    static char text[512];
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    CHECK(lyger_placeholders_number(sql, strlen(sql), true, &buffer.sink));
    lyger_copy_text(text, sizeof text, buffer.start ? buffer.start : "", lyger_buffer_length(&buffer));
    lyger_buffer_free(&buffer);
    return text;
}

static void marks_become_numbers(void)
{
    CHECK_STR(numbered("select ?, ?"), "select $1, $2");
    CHECK_STR(numbered("?"), "$1");
    CHECK_STR(numbered(""), "");
    CHECK_STR(numbered("select ?,?,?,?,?,?,?,?,?,?"), "select $1,$2,$3,$4,$5,$6,$7,$8,$9,$10");
    CHECK_STR(numbered("a ?? b, c ??| d, e ??& ?"), "a ? b, c ?| d, e ?& $1");
    CHECK_STR(numbered("select ???"), "select ?$1");
}

static void literals_names_and_comments_are_left_alone(void)
{
    CHECK(finds("select '?' || ?", 0, 1));
    CHECK(finds("select 'it''s ?' || ?", 0, 1));
    CHECK(finds("select \"a?\"\"b?\" from t where x = ?", 0, 1));
    CHECK(finds("select ? -- ? $9\n, ?", 0, 2));
    CHECK(finds("select ? /* ? /* nested ? */ ? */ , ?", 0, 2));
    CHECK(finds("select $$ ? $1 $$, $a$ ? $$ ? $a$, ?", 0, 1));
    CHECK(finds("select $_x1$ ? $_x1$, $1", 1, 0));
    CHECK(finds("select a$1 from t", 0, 0)); /* a dollar inside a name */
    CHECK(finds("select $1, $12, $3", 12, 0));
    CHECK(finds("select '", 0, 0));
    CHECK(finds("select $a$ ? ", 0, 0));
    CHECK(finds("/* ? ", 0, 0));
}

static void backslashes_count_where_the_manual_says(void)
{
    CHECK(finds("select 'a\\' || ?", 0, 1));
    CHECK(finds("select E'a\\'?' || ?", 0, 1));
    CHECK(finds("select e'a\\\\' || ?", 0, 1));
    CHECK(finds("select name'a\\' || ?", 0, 1)); /* not an E of its own */
    CHECK(finds("select U&'\\00e9?', N'?', B'1', ?", 0, 1));
    CHECK(finds("select E'a' \n 'b\\'?' || ?", 0, 1)); /* one literal, continued */
    CHECK(finds("select E'a' -- why\n 'b\\'?' || ?", 0, 1));
    CHECK(finds("select E'a''\\'?' || ?", 0, 1));
    lyger_placeholders old = lyger_placeholders_find("'a\\'?' || ?", 11, false);
    CHECK_INT(old.marks, 1);
}

static void absurd_numbers_stay_in_range(void)
{
    CHECK(finds("select $99999999999999999999", 65536, 0));
}

static void positions_are_traced_back(void)
{
    const char *sql = "select ?, '\u00e9', ?? , nosuch, ?";
    /* select $1, 'é', ? , nosuch, $2 */
    CHECK_STR(numbered(sql), "select $1, '\u00e9', ? , nosuch, $2");
    CHECK_INT(lyger_placeholders_origin(sql, strlen(sql), true, 1), 1);
    CHECK_INT(lyger_placeholders_origin(sql, strlen(sql), true, 8), 8);     /* $1 */
    CHECK_INT(lyger_placeholders_origin(sql, strlen(sql), true, 9), 8);     /* its second character */
    CHECK_INT(lyger_placeholders_origin(sql, strlen(sql), true, 10), 9);    /* the comma */
    CHECK_INT(lyger_placeholders_origin(sql, strlen(sql), true, 21), 21);   /* nosuch: one less, one more */
    CHECK_INT(lyger_placeholders_origin(sql, strlen(sql), true, 1000), 30); /* behind the end */
}

static lyger_error error;

static void parameters_with_nul_bytes_are_refused_by_name(void)
{
    lyger_param params[2] = {{.type = LYGER_PARAM_INT, .integer = 1},
                             {.type = LYGER_PARAM_TEXT, .text = {"a\0b", 3}}};
    CHECK_INT(lyger_params_check(params, 1, &error), LYGER_OK);
    CHECK_INT(lyger_params_check(params, 2, &error), LYGER_E_ARGUMENT);
    CHECK(strstr(error.message, "parameter 2 holds a NUL byte"));
    lyger_param named = {.name = ":x\0y", .name_len = 4, .type = LYGER_PARAM_NULL};
    CHECK_INT(lyger_params_check(&named, 1, &error), LYGER_E_ARGUMENT);
    CHECK(strstr(error.message, "name of parameter \":x\""));
}

static void names_and_positions_do_not_mix(void)
{
    lyger_param params[2] = {{.type = LYGER_PARAM_NULL},
                             {.name = "x", .name_len = 1, .type = LYGER_PARAM_NULL}};
    CHECK_INT(lyger_params_check(params, 2, &error), LYGER_E_ARGUMENT);
    CHECK(strstr(error.message, "parameter \":x\""));
}

static void first_word_is_behind_comments(void)
{
    const char *sql = " -- hello\n /* a */ select";
    CHECK_STR(sql + lyger_sql_first_word(sql, strlen(sql)), "select");
    CHECK_INT(lyger_sql_first_word(" -- x", 5), 5);
}

/* ---- lists ---- */

static lyger_param text_of(const char *text)
{
    return (lyger_param){.type = LYGER_PARAM_TEXT, .text = {text, strlen(text)}};
}

static lyger_param int_of(int64_t value)
{
    return (lyger_param){.type = LYGER_PARAM_INT, .integer = value};
}

static lyger_param float_of(double value)
{
    return (lyger_param){.type = LYGER_PARAM_FLOAT, .real = value};
}

static lyger_param list_of(const lyger_param *items, size_t count)
{
    return (lyger_param){.type = LYGER_PARAM_LIST, .list = {items, count}};
}

/* The literal, or the error's message. */
static const char *literal(lyger_param param)
{
    static char text[512];
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_status status = lyger_params_check(&param, 1, &error);
    if (status == LYGER_OK) {
        status = lyger_pq_put_list(&param, 1, &buffer.sink, &error);
    }
    CHECK(status == LYGER_OK || status == LYGER_E_ARGUMENT);
    lyger_copy_text(text, sizeof text, status == LYGER_OK ? buffer.start : error.message,
                    strlen(status == LYGER_OK ? buffer.start : error.message));
    lyger_buffer_free(&buffer);
    return text;
}

static void lists_are_array_literals(void)
{
    lyger_param numbers[] = {int_of(1), int_of(INT64_MIN), float_of(0.1), float_of(NAN), float_of(-INFINITY)};
    CHECK_STR(literal(list_of(numbers, 5)), "{1,-9223372036854775808,0.1,NaN,-Infinity}");
    lyger_param others[] = {{.type = LYGER_PARAM_NULL},
                            {.type = LYGER_PARAM_BOOL, .boolean = true},
                            {.type = LYGER_PARAM_BOOL, .boolean = false},
                            text_of("NULL")};
    CHECK_STR(literal(list_of(others, 4)), "{NULL,t,f,\"NULL\"}");
    CHECK_STR(literal(list_of(NULL, 0)), "{}");
    lyger_param texts[] = {text_of(""), text_of("a\"b"), text_of("\\"), text_of(" {x,y} "),
                           text_of("\u00e9\n")};
    CHECK_STR(literal(list_of(texts, 5)), "{\"\",\"a\\\"b\",\"\\\\\",\" {x,y} \",\"\u00e9\n\"}");
}

static void lists_in_lists_are_boxes(void)
{
    lyger_param values[] = {int_of(1), int_of(2), int_of(3), int_of(4)};
    lyger_param rows[] = {list_of(values, 2), list_of(values + 2, 2)};
    CHECK_STR(literal(list_of(rows, 2)), "{{1,2},{3,4}}");
    rows[1] = list_of(values + 2, 1);
    CHECK_STR(literal(list_of(rows, 2)),
              "parameter 2, element [1] is a list of 1, but the first one beside it "
              "is of 2: the lists of an array are all of one length");
    rows[1] = int_of(5);
    CHECK(strstr(literal(list_of(rows, 2)), "parameter 2, element [1] is no list"));
    values[1] = list_of(values + 2, 2);
    CHECK(strstr(literal(list_of(rows, 1)), "parameter 2, element [0][1] is a list, but"));
    rows[0] = rows[1] = list_of(NULL, 0);
    CHECK_STR(literal(list_of(rows, 2)), "{}");
    rows[1] = list_of(values, 1);
    CHECK(
        strstr(literal(list_of(rows, 2)), "element [1] is a list of 1, but the first one beside it is of 0"));
}

static void lists_are_checked_down_to_their_texts(void)
{
    lyger_param texts[] = {text_of("a"), {.type = LYGER_PARAM_TEXT, .text = {"b\0", 2}}};
    lyger_param deep[8] = {list_of(texts, 2)};
    CHECK(strstr(literal(list_of(deep, 1)), "parameter 1, element [0][1] holds a NUL byte"));
    deep[0] = int_of(1);
    for (int i = 1; i < 8; i++) {
        deep[i] = list_of(&deep[i - 1], 1);
    }
    CHECK_STR(literal(deep[6]), "{{{{{{1}}}}}}");
    CHECK_STR(literal(deep[7]), "parameter 1 nests more than 6 lists");
}

int main(void)
{
    RUN(marks_become_numbers);
    RUN(literals_names_and_comments_are_left_alone);
    RUN(backslashes_count_where_the_manual_says);
    RUN(absurd_numbers_stay_in_range);
    RUN(positions_are_traced_back);
    RUN(parameters_with_nul_bytes_are_refused_by_name);
    RUN(names_and_positions_do_not_mix);
    RUN(first_word_is_behind_comments);
    RUN(lists_are_array_literals);
    RUN(lists_in_lists_are_boxes);
    RUN(lists_are_checked_down_to_their_texts);
    return finish();
}
