#include "check.h"

#include "query/pq/pq_json.h"

enum {
    BOOL = 16,
    INT8 = 20,
    INT2VECTOR = 22,
    INT4 = 23,
    TEXT = 25,
    OIDVECTOR = 30,
    JSON = 114,
    FLOAT8 = 701,
    INT4S = 1007,
    TEXTS = 1009,
    BOXES = 1020,
    DATE = 1082,
    TIMESTAMP = 1114,
    TIMESTAMPTZ = 1184,
    TIMESTAMPTZS = 1185,
    NUMERIC = 1700,
    JSONS = 199,
    INT8S = 1016,
    BOOLS = 1000
};

static lyger_query_options options;
static lyger_pq_outcome outcome;
static lyger_pq_cast_hook *cast;

static const char *json_of_type(const lyger_pq_type *type, const char *text, size_t len)
{
    static char result[512];
    size_t bad;
    lyger_buffer out;
    lyger_pq_scratch scratch;
    lyger_buffer_init(&out, &lyger_malloc_allocator);
    lyger_pq_scratch_init(&scratch);
    scratch.cast = cast;
    char *exact = malloc(len ? len : 1);
    memcpy(exact, text, len);
    outcome = lyger_pq_write(type, &options, exact, len, &out.sink, &scratch, &bad);
    lyger_copy_text(result, sizeof result, out.start ? out.start : "", lyger_buffer_length(&out));
    free(exact);
    lyger_buffer_free(&out);
    lyger_pq_scratch_free(&scratch);
    switch (outcome) {
    case LYGER_PQ_OK:
        return result;
    case LYGER_PQ_BAD_UTF8:
        return "(bad UTF-8)";
    case LYGER_PQ_BAD_ARRAY:
        return "(bad array)";
    case LYGER_PQ_BAD_COMPOSITE:
        return "(bad composite)";
    case LYGER_PQ_UNKNOWN:
        return "(unknown)";
    default:
        return "(full)";
    }
}

static const char *json_of_length(uint32_t oid, const char *text, size_t len)
{
    return json_of_type(lyger_pq_type_of(oid), text, len);
}

static const char *json(uint32_t oid, const char *text)
{
    return json_of_length(oid, text, strlen(text));
}

static void scalars_follow_their_type(void)
{
    options = (lyger_query_options){0};
    CHECK_STR(json(BOOL, "t"), "true");
    CHECK_STR(json(BOOL, "f"), "false");
    CHECK_STR(json(INT4, "-42"), "-42");
    CHECK_STR(json(INT8, "9223372036854775807"), "9223372036854775807");
    CHECK_STR(json(NUMERIC, "1234567890123456789.50"), "1234567890123456789.50");
    CHECK_STR(json(NUMERIC, "NaN"), "\"NaN\"");
    CHECK_STR(json(FLOAT8, "-Infinity"), "\"-Infinity\"");
    CHECK_STR(json(FLOAT8, "1e+300"), "1e+300");
    CHECK_STR(json(TEXT, "42"), "\"42\"");
    CHECK_STR(json(TEXT, ""), "\"\"");
    CHECK_STR(json(JSON, "{\"a\" : [1, 2]}"), "{\"a\" : [1, 2]}");
    CHECK_STR(json(999999, "a\"b"), "\"a\\\"b\"");
}

static void times_become_iso_8601(void)
{
    CHECK_STR(json(DATE, "2020-02-29"), "\"2020-02-29\"");
    CHECK_STR(json(DATE, "infinity"), "\"infinity\"");
    CHECK_STR(json(DATE, "0044-03-15 BC"), "\"0044-03-15 BC\"");
    CHECK_STR(json(TIMESTAMP, "2020-02-29 12:34:56.789"), "\"2020-02-29T12:34:56.789\"");
    CHECK_STR(json(TIMESTAMP, "0044-03-15 00:00:00 BC"), "\"0044-03-15T00:00:00 BC\"");
    CHECK_STR(json(TIMESTAMP, "-infinity"), "\"-infinity\"");
    CHECK_STR(json(TIMESTAMPTZ, "2020-02-29 12:34:56+02"), "\"2020-02-29T12:34:56+02:00\"");
    CHECK_STR(json(TIMESTAMPTZ, "2020-02-29 12:34:56-03:30"), "\"2020-02-29T12:34:56-03:30\"");
    CHECK_STR(json(TIMESTAMPTZ, "1890-01-01 00:00:00+00:19:32"), "\"1890-01-01T00:00:00+00:19:32\"");
    CHECK_STR(json(TIMESTAMPTZ, "0044-03-15 00:00:00+00 BC"), "\"0044-03-15T00:00:00+00:00 BC\"");
    CHECK_STR(json(TIMESTAMPTZ, "infinity"), "\"infinity\"");
}

static void arrays_nest_and_keep_their_elements_type(void)
{
    CHECK_STR(json(INT4S, "{}"), "[]");
    CHECK_STR(json(INT4S, "{1,NULL,3}"), "[1,null,3]");
    CHECK_STR(json(INT4S, "{{1,2},{3,4}}"), "[[1,2],[3,4]]");
    CHECK_STR(json(INT4S, "[2:3]={1,2}"), "[1,2]");
    CHECK_STR(json(INT4S, "[0:0][1:2]={{1,2}}"), "[[1,2]]");
    CHECK_STR(json(TEXTS, "{a,\"b c\",\"\",\"NULL\",\"q\\\"\\\\\",NULL}"),
              "[\"a\",\"b c\",\"\",\"NULL\",\"q\\\"\\\\\",null]");
    CHECK_STR(json(TEXTS, "{\"{}\",\"a,b\"}"), "[\"{}\",\"a,b\"]");
    CHECK_STR(json(BOOLS, "{t,f}"), "[true,false]");
    CHECK_STR(json(BOXES, "{(1,1),(0,0);(2,2),(0,0)}"), "[\"(1,1),(0,0)\",\"(2,2),(0,0)\"]");
    CHECK_STR(json(TIMESTAMPTZS, "{\"2020-01-01 00:00:00+00\"}"), "[\"2020-01-01T00:00:00+00:00\"]");
    CHECK_STR(json(JSONS, "{\"{\\\"a\\\": 1}\",null,\"null\"}"), "[{\"a\": 1},null,null]");
    CHECK_STR(json(INT2VECTOR, "1 2"), "[1,2]");
    CHECK_STR(json(INT2VECTOR, ""), "[]");
    CHECK_STR(json(OIDVECTOR, "25 26"), "[\"25\",\"26\"]");
    CHECK_STR(json(INT2VECTOR, "1 "), "(bad array)");
    CHECK_STR(json(INT2VECTOR, " 1"), "(bad array)");
}

static void text_that_is_no_array_is_refused(void)
{
    static const char *const texts[] = {"",     "1",      "{",    "{1",     "{1,",   "{1,}",
                                        "{,}",  "{1}x",   "}",    "{\"a",   "{\"\\", "{\"a\"b}",
                                        "[1:2", "[1:2]=", "{{1}", "{a\\b}", "{1}}",  "{{{{{{{1}}}}}}}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CHECK_STR(json(TEXTS, texts[i]), "(bad array)");
    }
}

static void text_that_is_not_utf8_is_refused_everywhere(void)
{
    CHECK_STR(json(TEXT, "a\xff"), "(bad UTF-8)");
    CHECK_STR(json(JSON, "\"\xe9\""), "(bad UTF-8)");
    CHECK_STR(json(TEXTS, "{\"\xc3\"}"), "(bad UTF-8)");
    CHECK_STR(json(TEXTS, "{\xc3}"), "(bad UTF-8)");
    CHECK_STR(json(TIMESTAMP, "2020-01-01 \xff"), "(bad UTF-8)");
    CHECK_STR(json(INT4, "\xff"), "(bad UTF-8)");
}

static void styles_of_big_numbers(void)
{
    options = (lyger_query_options){.bigint = LYGER_STRING, .numeric = LYGER_STRING};
    CHECK_STR(json(INT8, "1"), "\"1\"");
    CHECK_STR(json(INT8S, "{1,2}"), "[\"1\",\"2\"]");
    CHECK_STR(json(INT4, "1"), "1");
    CHECK_STR(json(NUMERIC, "1.5"), "\"1.5\"");
    CHECK_STR(json(FLOAT8, "1.5"), "1.5");
    options = (lyger_query_options){.bigint = LYGER_AUTO, .numeric = LYGER_AUTO};
    CHECK_STR(json(INT8, "9007199254740992"), "9007199254740992");
    CHECK_STR(json(INT8, "9007199254740993"), "\"9007199254740993\"");
    CHECK_STR(json(INT8, "-9007199254740992"), "-9007199254740992");
    CHECK_STR(json(INT8, "-9007199254740993"), "\"-9007199254740993\"");
    CHECK_STR(json(INT8, "-9223372036854775808"), "\"-9223372036854775808\"");
    CHECK_STR(json(NUMERIC, "123456789012.345"), "123456789012.345");
    CHECK_STR(json(NUMERIC, "1234567890123.456"), "\"1234567890123.456\"");
    CHECK_STR(json(NUMERIC, "0.000000000000000000001"), "0.000000000000000000001");
    CHECK_STR(json(NUMERIC, "1.10000000000000000000"), "1.10000000000000000000");
    CHECK_STR(json(NUMERIC, "100000000000000000000000"), "100000000000000000000000");
    CHECK_STR(json(NUMERIC, "123456789012345678901234"), "\"123456789012345678901234\"");
    CHECK_STR(json(NUMERIC, "0"), "0");
    CHECK_STR(json(NUMERIC, "NaN"), "\"NaN\"");
    options = (lyger_query_options){0};
}

/* What the backend makes of CREATE TYPE pair AS (n bigint, "t ""x""" text); whole AS (pair pair, pairs
 * pair[], at timestamptz[]); and of a type that has a cast to json. */
static lyger_pq_field pair_fields[2], whole_fields[3];
static const lyger_pq_shape pair_shape = {.fields = pair_fields, .field_count = 2};
static const lyger_pq_shape whole_shape = {.fields = whole_fields, .field_count = 3};
static const lyger_pq_shape no_shape = {.fields = whole_fields, .field_count = 0};
static const lyger_pq_type pair = {1, "pair", LYGER_PQ_COMPOSITE, 0, &pair_shape};
static const lyger_pq_type whole = {2, "whole", LYGER_PQ_COMPOSITE, 0, &whole_shape};
static const lyger_pq_type nothing = {3, "nothing", LYGER_PQ_COMPOSITE, 0, &no_shape};
static const lyger_pq_shape of_pairs = {.element = &pair};
static const lyger_pq_type pairs = {4, "pair[]", LYGER_PQ_COMPOSITE, ',', &of_pairs};
static const lyger_pq_type color = {5, "color", LYGER_PQ_CAST, 0, NULL};
static const lyger_pq_shape of_colors = {.element = &color};
static const lyger_pq_type colors = {6, "color[]", LYGER_PQ_CAST, ',', &of_colors};

static lyger_pq_field field(uint32_t oid, const lyger_pq_type *type, const char *key)
{
    return (lyger_pq_field){type ? type : lyger_pq_type_of(oid), key, strlen(key)};
}

static void make_types(void)
{
    pair_fields[0] = field(INT8, NULL, "\"n\":");
    pair_fields[1] = field(TEXT, NULL, "\"t \\\"x\\\"\":");
    whole_fields[0] = field(0, &pair, "\"pair\":");
    whole_fields[1] = field(0, &pairs, "\"pairs\":");
    whole_fields[2] = field(TIMESTAMPTZS, NULL, "\"at\":");
}

static const char *own(const lyger_pq_type *type, const char *text)
{
    return json_of_type(type, text, strlen(text));
}

static void composites_are_objects_of_their_fields(void)
{
    make_types();
    CHECK_STR(own(&pair, "(1,a)"), "{\"n\":1,\"t \\\"x\\\"\":\"a\"}");
    CHECK_STR(own(&pair, "(,)"), "{\"n\":null,\"t \\\"x\\\"\":null}");
    CHECK_STR(own(&pair, "(,\"\")"), "{\"n\":null,\"t \\\"x\\\"\":\"\"}");
    CHECK_STR(own(&pair, "(,NULL)"), "{\"n\":null,\"t \\\"x\\\"\":\"NULL\"}");
    CHECK_STR(own(&pair, "(,\"a \"\"b\"\" \\\\ (,)\")"),
              "{\"n\":null,\"t \\\"x\\\"\":\"a \\\"b\\\" \\\\ (,)\"}");
    CHECK_STR(own(&nothing, "()"), "{}");
    CHECK_STR(own(&pairs, "{\"(1,\\\"x y\\\")\",NULL}"), "[{\"n\":1,\"t \\\"x\\\"\":\"x y\"},null]");
    CHECK_STR(own(&pairs, "[0:0][1:1]={{\"(,)\"}}"), "[[{\"n\":null,\"t \\\"x\\\"\":null}]]");
    CHECK_STR(
        own(&whole, "(\"(1,\"\"a,b\"\")\",\"{\"\"(,\\\\\"\"\\\\\\\\\\\\\\\\\\\\\"\"\\\\\"\"\\\\\"\")\"\"}\","
                    "\"{\"\"2020-01-01 00:00:00+00\"\"}\")"),
        "{\"pair\":{\"n\":1,\"t \\\"x\\\"\":\"a,b\"},\"pairs\":[{\"n\":null,\"t \\\"x\\\"\":\"\\\\\\\"\"}],"
        "\"at\":[\"2020-01-01T00:00:00+00:00\"]}");
    CHECK_STR(own(&whole, "(,,)"), "{\"pair\":null,\"pairs\":null,\"at\":null}");
}

static void text_that_is_not_of_the_type_is_refused(void)
{
    static const char *const texts[] = {"",        "(",        ")",        "()",         "(1)",
                                        "(1,2,3)", "(1,2",     "1,2",      "(1,2))",     "(1,2)x",
                                        "((1,2)",  "(1,\"a)",  "(1,\"a\\", "(1,\"a\"b)", "(1,a\"",
                                        "(1,a(b)", "(1,a\\b)", "x(1,2)",   "(1;2)"};
    make_types();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CHECK_STR(own(&pair, texts[i]), "(bad composite)");
    }
    CHECK_STR(own(&nothing, "(1)"), "(bad composite)");
    CHECK_STR(own(&pairs, "{\"(1)\"}"), "(bad composite)");
    CHECK_STR(own(&pairs, "(1,2)"), "(bad array)");
    CHECK_STR(own(&whole, "(,(,))"), "(bad composite)");
    CHECK_STR(own(&whole, "(,x,)"), "(bad array)");
    CHECK_STR(own(&pair, "(1,\"\xff\")"), "(bad UTF-8)");
    CHECK_STR(own(&pairs, "{\"(1,\xff)\"}"), "(bad UTF-8)");
}

static void options_hold_inside_of_composites(void)
{
    make_types();
    options = (lyger_query_options){.bigint = LYGER_STRING};
    CHECK_STR(own(&pairs, "{\"(1,)\"}"), "[{\"n\":\"1\",\"t \\\"x\\\"\":null}]");
    options = (lyger_query_options){.bigint = LYGER_AUTO};
    CHECK_STR(own(&pair, "(9007199254740993,)"), "{\"n\":\"9007199254740993\",\"t \\\"x\\\"\":null}");
    options = (lyger_query_options){0};
}

static void types_in_types_are_bounded(void)
{
    static lyger_pq_type types[80];
    static lyger_pq_shape shapes[80];
    for (int i = 0; i < 80; i++) {
        types[i] = (lyger_pq_type){1, "", LYGER_PQ_COMPOSITE, ',', &shapes[i]};
        shapes[i].element = i < 79 ? &types[i + 1] : lyger_pq_type_of(TEXT);
    }
    /* Without quotes, as no server writes it, one brace opens a dimension of the first. */
    CHECK_STR(own(&types[76], "{a}"), "(bad array)");
    CHECK_STR(own(&types[79], "{a}"), "[\"a\"]");
    shapes[79].element = &types[79]; /* made of itself, which no server has */
    CHECK_STR(own(&types[79], "{}"), "[]");
    CHECK_STR(own(&types[79], "{a}"), "(bad array)");
}

static lyger_pq_outcome put_color(lyger_pq_scratch *scratch, const lyger_pq_type *type, const char *text,
                                  size_t len, lyger_sink *sink)
{
    (void)scratch;
    return type == &color && lyger_sink_put_literal(sink, "<") && lyger_sink_put(sink, text, len) &&
                   lyger_sink_put_literal(sink, ">")
               ? LYGER_PQ_OK
               : LYGER_PQ_FULL;
}

static void casts_are_the_servers(void)
{
    CHECK_STR(own(&color, "red"), "(unknown)");
    cast = put_color;
    CHECK_STR(own(&color, "red"), "<red>");
    CHECK_STR(own(&colors, "{red,NULL,\"a\\\"b\"}"), "[<red>,null,<a\"b>]");
    cast = NULL;
}

static void what_the_text_does_not_tell_is_refused(void)
{
    CHECK_STR(json(2249, "(1,a)"), "(unknown)");
    CHECK_STR(json(2287, "{\"(1,a)\"}"), "(unknown)");
    CHECK_STR(json(2287, "{NULL}"), "[null]");
    CHECK_STR(json(2277, "{1,2}"), "(unknown)");
    CHECK_STR(json(1006, "{\"1 2\",3}"), "[[1,2],[3]]");
    CHECK_STR(json(1013, "{\"1 2\"}"), "[[\"1\",\"2\"]]");
}

int main(void)
{
    RUN(scalars_follow_their_type);
    RUN(times_become_iso_8601);
    RUN(arrays_nest_and_keep_their_elements_type);
    RUN(text_that_is_no_array_is_refused);
    RUN(text_that_is_not_utf8_is_refused_everywhere);
    RUN(styles_of_big_numbers);
    RUN(composites_are_objects_of_their_fields);
    RUN(text_that_is_not_of_the_type_is_refused);
    RUN(options_hold_inside_of_composites);
    RUN(types_in_types_are_bounded);
    RUN(casts_are_the_servers);
    RUN(what_the_text_does_not_tell_is_refused);
    return finish();
}
