#include "check.h"

#include "query/params.h"

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
    return finish();
}
