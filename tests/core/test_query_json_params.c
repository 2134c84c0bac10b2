#include "check.h"

#include "query/json_params.h"

#include <locale.h>

static lyger_json_values values;
static const lyger_param *params;
static size_t count;
static lyger_error error;

static lyger_status take(const char *json)
{
    lyger_error_clear(&error);
    lyger_json_values_free(&values);
    return lyger_json_read_params(json, json ? strlen(json) : 0, &values, &params, &count, &error);
}

#define CHECK_REFUSED(json, word)                                                                            \
    do {                                                                                                     \
        CHECK_INT(take(json), LYGER_E_ARGUMENT);                                                             \
        CHECK(strstr(error.message, word));                                                                  \
    } while (0)

static void scalars_are_what_they_say(void)
{
    CHECK_INT(take(" [ null , true,false, 0, -12, 9223372036854775807, 9223372036854775808, 1.5, -2e2, "
                   "\"a\\u00fcb\" ] "),
              LYGER_OK);
    CHECK_INT(count, 10);
    CHECK_INT(params[0].type, LYGER_PARAM_NULL);
    CHECK(params[1].type == LYGER_PARAM_BOOL && params[1].boolean && !params[2].boolean);
    CHECK(params[3].type == LYGER_PARAM_INT && params[3].integer == 0 && params[4].integer == -12);
    CHECK(params[5].type == LYGER_PARAM_INT && params[5].integer == INT64_MAX);
    CHECK(params[6].type == LYGER_PARAM_FLOAT && params[6].real == 9223372036854775808.0);
    CHECK(params[7].type == LYGER_PARAM_FLOAT && params[7].real == 1.5 && params[8].real == -200);
    CHECK_STR(params[9].text.bytes, "a\xc3\xbc"
                                    "b");
    CHECK_INT(params[9].text.len, 4);
    CHECK(!params[0].name);
    CHECK_INT(take("[]"), LYGER_OK);
    CHECK_INT(count, 0);
    CHECK_INT(take(NULL), LYGER_OK);
    CHECK_INT(count, 0);
}

static void doubles_do_not_follow_the_locale(void)
{
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && !setlocale(LC_NUMERIC, "de_DE")) {
        CHECK(setlocale(LC_NUMERIC, "C"));
    }
    CHECK_INT(take("[0.25]"), LYGER_OK);
    CHECK(params[0].real == 0.25);
    setlocale(LC_NUMERIC, "C");
}

static void escapes_become_characters(void)
{
    CHECK_INT(take("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\", \"\\ud83d\\ude00\", \"\\u0000x\", \"\"]"), LYGER_OK);
    CHECK_STR(params[0].text.bytes, "\"\\/\b\f\n\r\t");
    CHECK_STR(params[1].text.bytes, "\xf0\x9f\x98\x80");
    CHECK(params[2].text.len == 2 && memcmp(params[2].text.bytes, "\0x", 3) == 0);
    CHECK(params[3].text.len == 0 && *params[3].text.bytes == '\0');
}

static void objects_have_names_and_lists_nest(void)
{
    CHECK_INT(take("{\"a\": 1, \"b\": [1, [2], {\"c\": \"d\"}], \"a\": 3}"), LYGER_OK);
    CHECK_INT(count, 2);
    CHECK_STR(params[0].name, "a");
    CHECK_INT(params[0].integer, 3);
    CHECK(params[1].type == LYGER_PARAM_LIST && params[1].list.count == 3);
    CHECK(params[1].list.items[1].list.items[0].integer == 2);
    CHECK(params[1].list.items[2].type == LYGER_PARAM_MAP);
    CHECK_STR(params[1].list.items[2].list.items[0].name, "c");
    char many[4000] = "[";
    for (int i = 0; i < 500; i++) {
        sprintf(many + strlen(many), "%s%d", i > 0 ? "," : "", i);
    }
    strcat(many, "]");
    CHECK_INT(take(many), LYGER_OK);
    CHECK_INT(count, 500);
    CHECK_INT(params[499].integer, 499);
}

static void what_is_no_json_is_refused(void)
{
    static const char *const wrong[] = {"",
                                        "[",
                                        "[1",
                                        "[1,]",
                                        "[,1]",
                                        "[1 2]",
                                        "1]",
                                        "[1]]",
                                        "[01]",
                                        "[-]",
                                        "[+1]",
                                        "[.5]",
                                        "[1.]",
                                        "[1e]",
                                        "[nul]",
                                        "[True]",
                                        "[\"a]",
                                        "[\"\\x\"]",
                                        "[\"\\u12\"]",
                                        "[\"\\ud800\"]",
                                        "[\"\\udc00\"]",
                                        "[\"\\ud800\\u0041\"]",
                                        "[\"\n\"]",
                                        "{\"a\"}",
                                        "{a:1}",
                                        "{\"a\":}",
                                        "{\"a\":1,}",
                                        "[\"\xff\"]",
                                        "[\"\\",
                                        "[1]x",
                                        "[0x1]",
                                        "['a']"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_REFUSED(wrong[i], "at byte");
    }
    CHECK_REFUSED("1", "array");
    CHECK_REFUSED("\"a\"", "array");
    CHECK_REFUSED("null", "array");
    CHECK_REFUSED("[1, x]", "byte 5");
    char deep[200] = "";
    memset(deep, '[', 65);
    CHECK_REFUSED(deep, "deep");
    char digits[600] = "[";
    memset(digits + 1, '1', 500);
    strcat(digits, "]");
    CHECK_REFUSED(digits, "too long");
}

static lyger_query *statements;

static lyger_status take_statements(const char *json)
{
    static const lyger_query_options options = {.timeout = 1};
    lyger_error_clear(&error);
    lyger_json_values_free(&values);
    return lyger_json_read_statements(json, strlen(json), "dsn", 3, &options, &values, &statements, &count,
                                      &error);
}

static void statements_have_sql_and_perhaps_bindings(void)
{
    CHECK_INT(take_statements(
                  "[{\"sql\":\"a\"},{\"sql\":\"b\",\"bindings\":[1,2]},{\"sql\":\"c\",\"params\":{\"n\":3}},"
                  "{\"sql\":\"d\",\"bindings\":null}]"),
              LYGER_OK);
    CHECK_INT(count, 4);
    CHECK_STR(statements[0].sql, "a");
    CHECK(statements[0].param_count == 0 && statements[0].dsn_len == 3 &&
          statements[0].options->timeout == 1);
    CHECK(statements[1].param_count == 2 && statements[1].params[1].integer == 2);
    CHECK_STR(statements[2].params[0].name, "n");
    CHECK_INT(statements[3].param_count, 0);
    CHECK_INT(take_statements("[]"), LYGER_OK);
    CHECK_INT(count, 0);
    static const char *const wrong[] = {
        "{}", "[1]", "[{}]", "[{\"sql\":1}]", "[{\"sql\":\"a\",\"bindings\":1}]", "["};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_INT(take_statements(wrong[i]), LYGER_E_ARGUMENT);
        CHECK(error.message[0]);
    }
    CHECK_INT(take_statements("[{\"sql\":\"a\"},{\"bindings\":[]}]"), LYGER_E_ARGUMENT);
    CHECK(strstr(error.message, "statement 2"));
}

int main(void)
{
    RUN(scalars_are_what_they_say);
    RUN(doubles_do_not_follow_the_locale);
    RUN(escapes_become_characters);
    RUN(objects_have_names_and_lists_nest);
    RUN(what_is_no_json_is_refused);
    RUN(statements_have_sql_and_perhaps_bindings);
    lyger_json_values_free(&values);
    return finish();
}
