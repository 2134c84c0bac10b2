#include "check.h"

#include "query/params.h"
#include "query/pq/pq_param.h"

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
    const lyger_numbering numbering = {.sql = sql, .len = strlen(sql), .standard_strings = true};
    CHECK(lyger_placeholders_number(&numbering, &buffer.sink));
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
    const lyger_numbering by_mark = {.sql = sql, .len = strlen(sql), .standard_strings = true};
    CHECK_INT(lyger_placeholders_origin(&by_mark, 1), 1);
    CHECK_INT(lyger_placeholders_origin(&by_mark, 8), 8);     /* $1 */
    CHECK_INT(lyger_placeholders_origin(&by_mark, 9), 8);     /* its second character */
    CHECK_INT(lyger_placeholders_origin(&by_mark, 10), 9);    /* the comma */
    CHECK_INT(lyger_placeholders_origin(&by_mark, 21), 21);   /* nosuch: one less, one more */
    CHECK_INT(lyger_placeholders_origin(&by_mark, 1000), 30); /* behind the end */
}

static lyger_error error;

/* ---- names ---- */

/* The statement with numbers for these names, or the error's message. */
static const char *with_names(const char *sql, const char *const *names, size_t count)
{
    static char text[512];
    lyger_param params[8];
    lyger_buffer buffer;
    for (size_t i = 0; i < count; i++) {
        params[i] = (lyger_param){.name = names[i], .name_len = strlen(names[i]), .type = LYGER_PARAM_NULL};
    }
    const lyger_numbering numbering = {sql, strlen(sql), true, params, count};
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    lyger_status status = lyger_params_check(params, count, &error);
    if (status == LYGER_OK) {
        status = lyger_placeholders_check_names(&numbering, &error);
    }
    bool ok = status == LYGER_OK && lyger_placeholders_number(&numbering, &buffer.sink);
    lyger_copy_text(text, sizeof text, ok ? buffer.start : error.message,
                    ok ? lyger_buffer_length(&buffer) : strlen(error.message));
    lyger_buffer_free(&buffer);
    return text;
}

static void names_become_numbers(void)
{
    static const char *const a_b[] = {"a", ":b"};
    CHECK_STR(with_names("select :a, :b, :a", a_b, 2), "select $1, $2, $1");
    CHECK_STR(with_names("select :b::int, :a::text[]", a_b, 2), "select $2::int, $1::text[]");
    CHECK_STR(with_names("select ':a', \":b\", $$:a$$, E'\\':a' /* :a */, :a, :b -- :x", a_b, 2),
              "select ':a', \":b\", $$:a$$, E'\\':a' /* :a */, $1, $2 -- :x");
    CHECK_STR(with_names("select x[1:2], x[lo:hi], x[n+1:f(y):z], x[:a : :b], x[\"q\":c]", a_b, 2),
              "select x[1:2], x[lo:hi], x[n+1:f(y):z], x[$1 : $2], x[\"q\":c]");
    CHECK_STR(with_names("select f(x := :a, y=>:b)", a_b, 2), "select f(x := $1, y=>$2)");
    CHECK_STR(with_names("select j ? 'k', j ?? 'k', j ??| :a from t where n=:b", a_b, 2),
              "select j ? 'k', j ? 'k', j ?| $1 from t where n=$2");
    CHECK_STR(with_names("(:a)::int,(:b)", a_b, 2), "($1)::int,($2)");
    static const char *const others[] = {"name", "name_2", "\u00e9t\u00e9"};
    CHECK_STR(with_names(":name,:name_2,:\u00e9t\u00e9,: name,:1", others, 3), "$1,$2,$3,: name,:1");
}

static void names_that_do_not_fit_are_named(void)
{
    static const char *const names[] = {"a", "b", ":b"};
    CHECK_STR(with_names("select :a", names, 2), "the query has no parameter \":b\"");
    CHECK_STR(with_names("select :a, :c, :b", names, 2), "the query's parameter \":c\" has no value");
    CHECK_STR(with_names("select :a, :b", names, 3),
              "parameter \":b\" is given twice, with a colon and without");
    CHECK_STR(with_names("select :A", names, 1), "the query's parameter \":A\" has no value");
    lyger_placeholders found = lyger_placeholders_find("select :a, ':x', b::int, :bc", 28, true);
    CHECK_INT(found.names, 2);
    CHECK(found.name_len == 1 && *found.name == 'a');
}

static void positions_are_traced_back_through_names(void)
{
    lyger_param names[] = {{.name = "customer", .name_len = 8}, {.name = ":x", .name_len = 2}};
    const char *sql = "select :customer, nosuch, :x";
    const lyger_numbering numbering = {sql, strlen(sql), true, names, 2};
    /* select $1, nosuch, $2 */
    CHECK_INT(lyger_placeholders_origin(&numbering, 12), 19);
    CHECK_INT(lyger_placeholders_origin(&numbering, 20), 27);
}

static bool keeps(const char *sql)
{
    return lyger_sql_keeps_numbers(sql, strlen(sql));
}

static void statements_with_parameters_of_their_own_are_known(void)
{
    CHECK(keeps("prepare p as select $1"));
    CHECK(keeps(" /* x */ -- y\n PREPARE p(int) AS SELECT $1"));
    CHECK(keeps("CREATE FUNCTION f(int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT $1; END"));
    CHECK(keeps("create or replace procedure p(int) begin atomic insert into t values ($1); end"));
    CHECK(!keeps("create table t as select $1"));
    CHECK(!keeps("select 'prepare', $1"));
    CHECK(!keeps("prepared"));
    CHECK(!keeps(""));
}

/* ---- times ---- */

static const char *time_text(int64_t seconds, uint32_t microseconds, int32_t offset, lyger_time_style style)
{
    static char text[LYGER_TIME_SIZE + 1];
    const lyger_param param = {.type = LYGER_PARAM_TIME, .time = {seconds, microseconds, offset}};
    text[lyger_param_time_text(&param, style, text)] = '\0';
    return text;
}

static void times_are_what_their_clock_shows(void)
{
    CHECK_STR(time_text(0, 0, 0, LYGER_TIME_SQL), "1970-01-01 00:00:00+00:00");
    CHECK_STR(time_text(-1, 500000, 3600, LYGER_TIME_SQL), "1970-01-01 00:59:59.500000+01:00");
    CHECK_STR(time_text(1709206200, 7, 3600, LYGER_TIME_SQL), "2024-02-29 12:30:00.000007+01:00");
    CHECK_STR(time_text(1709206200, 7, 3600, LYGER_TIME_JSON), "2024-02-29T12:30:00.000007+01:00");
    CHECK_STR(time_text(1709206200, 0, 3600, LYGER_TIME_UTC), "2024-02-29 11:30:00+00:00");
    CHECK_STR(time_text(1709206200, 0, -12600, LYGER_TIME_SQL), "2024-02-29 08:00:00-03:30");
    CHECK_STR(time_text(-2208988800, 0, 1172, LYGER_TIME_SQL), "1900-01-01 00:19:32+00:19:32");
    CHECK_STR(time_text(-62135596801, 0, 0, LYGER_TIME_SQL), "0001-12-31 23:59:59+00:00 BC");
    CHECK_STR(time_text(-62135596801, 0, 0, LYGER_TIME_UTC), "0000-12-31 23:59:59+00:00");
    CHECK_STR(time_text(253402300800, 0, 0, LYGER_TIME_SQL), "10000-01-01 00:00:00+00:00");
    CHECK_STR(time_text(253402300800, 0, 0, LYGER_TIME_UTC), "");
    CHECK_STR(time_text(INT64_MAX, 0, 1, LYGER_TIME_SQL), "");
    CHECK(strlen(time_text(INT64_MIN + 86400, 999999, -86399, LYGER_TIME_SQL)) < LYGER_TIME_SIZE);
}

/* ---- what is refused ---- */

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
        status = lyger_pq_put_list(&param, 1, (lyger_pq_array){',', false}, &buffer.sink, &error);
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
    CHECK_STR(literal(list_of(others, 4)), "{NULL,true,false,\"NULL\"}");
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
    CHECK_STR(literal(deep[7]), "parameter 2 nests more than 6 lists");
    deep[0] = list_of(NULL, 0);
    CHECK_STR(literal(deep[5]), "{}");
    CHECK_STR(literal(deep[6]), "parameter 2 nests more than 6 lists");
}

/* ---- JSON ---- */

static const char *json(lyger_param param)
{
    static char text[512];
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    bool ok = lyger_pq_put_json(&param, 0, &buffer.sink, &error) == LYGER_OK;
    lyger_copy_text(text, sizeof text, ok ? buffer.start : error.message,
                    strlen(ok ? buffer.start : error.message));
    lyger_buffer_free(&buffer);
    return text;
}

static void lists_and_maps_are_json(void)
{
    lyger_param members[] = {int_of(1),
                             text_of("x \"y\""),
                             float_of(0.5),
                             {.type = LYGER_PARAM_NULL},
                             {.type = LYGER_PARAM_TIME, .time = {0, 0, 0}}};
    static const char *const names[] = {"a", "b\n", "", "n", "t"};
    CHECK_STR(json(list_of(NULL, 0)), "[]");
    CHECK_STR(json(list_of(members, 4)), "[1,\"x \\\"y\\\"\",0.5,null]");
    for (size_t i = 0; i < 5; i++) {
        members[i].name = *names[i] ? names[i] : NULL;
        members[i].name_len = strlen(names[i]);
    }
    lyger_param map = {.type = LYGER_PARAM_MAP, .list = {members, 5}};
    CHECK_STR(json(map),
              "{\"a\":1,\"b\\n\":\"x \\\"y\\\"\",\"\":0.5,\"n\":null,\"t\":\"1970-01-01T00:00:00+00:00\"}");
    lyger_param nested[] = {map, list_of(members, 1)};
    nested[0].list.count = 1;
    CHECK_STR(json(list_of(nested, 2)), "[{\"a\":1},[1]]");
    members[0] = float_of(INFINITY);
    CHECK_STR(json(list_of(nested, 2)), "parameter 1, element [0][0] is a number that JSON does not have");
    members[0] = text_of("\xff");
    CHECK_STR(json(list_of(members, 1)), "parameter 1, element [0] is not UTF-8");
    members[0] = (lyger_param){.type = LYGER_PARAM_BYTES, .text = {"a", 1}};
    CHECK(strstr(json(list_of(members, 1)), "parameter 1, element [0] is of bytes"));
    CHECK_STR(literal(list_of(members, 1)),
              "parameter 2, element [0] is of bytes, which this array cannot hold");
    CHECK_STR(literal(list_of(nested, 1)),
              "parameter 2, element [0] is an array with names, which this array cannot hold");
}

int main(void)
{
    RUN(names_become_numbers);
    RUN(names_that_do_not_fit_are_named);
    RUN(positions_are_traced_back_through_names);
    RUN(statements_with_parameters_of_their_own_are_known);
    RUN(times_are_what_their_clock_shows);
    RUN(lists_and_maps_are_json);
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
