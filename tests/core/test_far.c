/*
 * The far room's settings and what it stores, without a server.
 */
#include "check.h"

#include "far/far.h"
#include "far/protocol.h"

static lyger_far_address address;
static lyger_far_prefixes prefixes;
static lyger_error error;

static bool reads(const char *text)
{
    return lyger_far_address_read(text, strlen(text), &address, &error) == LYGER_OK;
}

static void a_whole_address_is_read(void)
{
    CHECK(reads("redis://ann%40x:p%3Aw%2f@cache.example:7000/3?timeout=0.25&connect_timeout=2&prefix=app:"));
    CHECK_STR(address.host, "cache.example");
    CHECK_STR(address.port, "7000");
    CHECK_STR(address.user, "ann@x");
    CHECK_STR(address.password, "p:w/");
    CHECK_STR(address.prefix, "app:");
    CHECK_STR(address.shown, "cache.example:7000");
    CHECK_INT(address.prefix_len, 4);
    CHECK_INT(address.database, 3);
    CHECK_INT(address.command_ms, 250);
    CHECK_INT(address.connect_ms, 2000);
    CHECK(address.authenticates);
}

static void what_is_left_out_has_a_default(void)
{
    CHECK(reads("REDIS://localhost"));
    CHECK_STR(address.host, "localhost");
    CHECK_STR(address.port, "6379");
    CHECK_STR(address.prefix, "");
    CHECK_INT(address.database, 0);
    CHECK_INT(address.command_ms, 1000);
    CHECK_INT(address.connect_ms, 1000);
    CHECK(!address.authenticates);
    CHECK(reads("redis://:secret@[::1]:1/"));
    CHECK_STR(address.host, "::1");
    CHECK_STR(address.port, "1");
    CHECK_STR(address.user, "");
    CHECK_STR(address.password, "secret");
    CHECK_STR(address.shown, "[::1]:1");
    CHECK(reads("redis://u:p@ss@[::1]"));
    CHECK_STR(address.password, "p@ss");
    CHECK_STR(address.host, "::1");
}

static void a_socket_is_read(void)
{
    CHECK(reads("unix:/run/redis.sock?db=2&user=u&password=%31&timeout=0.005"));
    CHECK_STR(address.path, "/run/redis.sock");
    CHECK_STR(address.shown, "/run/redis.sock");
    CHECK_STR(address.host, "");
    CHECK_STR(address.user, "u");
    CHECK_STR(address.password, "1");
    CHECK_INT(address.database, 2);
    CHECK_INT(address.command_ms, 5);
    CHECK(reads("unix:///run/x"));
    CHECK_STR(address.path, "/run/x");
}

static void a_wrong_address_is_refused_with_its_reason(void)
{
    static const char *const cases[][2] = {
        {"", "it must begin with redis:// or unix:"},
        {"memcached://h", "it must begin with redis:// or unix:"},
        {"rediss://h", "rediss:// (TLS) is not supported yet; redis:// and unix: are"},
        {"redis://", "it names no host"},
        {"redis://:1", "it names no host"},
        {"redis://h:0", "the port must be a number from 1 to 65535"},
        {"redis://h:65536", "the port must be a number from 1 to 65535"},
        {"redis://h:1x", "the port must be a number from 1 to 65535"},
        {"redis://h:99999999999", "the port must be a number from 1 to 65535"},
        {"redis://[::1", "an IPv6 address must be written as [::1]"},
        {"redis://[::1]x", "an IPv6 address must be written as [::1]"},
        {"redis://h/x", "the database must be a number from 0 to 65535"},
        {"redis://h/-1", "the database must be a number from 0 to 65535"},
        {"redis://h?db=", "the database must be a number from 0 to 65535"},
        {"redis://h?timeout=0", "timeout must be seconds from 0.001 to 60, as 0.25"},
        {"redis://h?timeout=61", "timeout must be seconds from 0.001 to 60, as 0.25"},
        {"redis://h?timeout=0.0001", "timeout must be seconds from 0.001 to 60, as 0.25"},
        {"redis://h?connect_timeout=.5", "connect_timeout must be seconds from 0.001 to 60, as 0.25"},
        {"redis://hush@h", "it names a user without a password"},
        {"redis://h?frobs=hush",
         "it has an option that there is not; there are db, prefix, timeout, connect_timeout, user and "
         "password"},
        {"redis://h?prefix=%4",
         "the prefix is longer than 255 bytes, or has a % without two hexadecimal digits"},
        {"redis://h%00", "the host has a zero byte in it"},
        {"redis://u:hu%sh@h",
         "the password is longer than 1023 bytes, or has a % without two hexadecimal digits"},
        {"unix:run", "the path of the socket must be absolute: unix:/run/redis/redis.sock"},
        {"unix:", "the path of the socket must be absolute: unix:/run/redis/redis.sock"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK(!reads(cases[i][0]));
        CHECK_STR(error.message, cases[i][1]);
        CHECK_INT(error.status, LYGER_E_ARGUMENT);
    }
}

static bool claims(const char *key)
{
    return lyger_far_claims(&prefixes, key, strlen(key));
}

static bool reads_prefixes(const char *text)
{
    return lyger_far_prefixes_read(text, strlen(text), &prefixes, &error) == LYGER_OK;
}

static void the_longest_prefix_says_where_a_key_lives(void)
{
    CHECK(reads_prefixes("user:local:=near,user: \t*=near  user:local:shared:=far user%3A%25=near"));
    CHECK_INT(prefixes.count, 5);
    CHECK(claims("user:1"));
    CHECK(claims("user:"));
    CHECK(!claims("user"));
    CHECK(!claims("user:local:1"));
    CHECK(claims("user:local:shared:x"));
    CHECK(!claims("user:%1"));
    CHECK(!claims("other"));
    CHECK(reads_prefixes("*"));
    CHECK(claims("x"));
    CHECK(reads_prefixes(" , "));
    CHECK(!claims("x"));
}

static void wrong_prefixes_are_refused_with_their_reason(void)
{
    static const char *const cases[][2] = {
        {"a=both", "behind the = of a prefix must come far or near (%3D is an = in a prefix)"},
        {"a=", "behind the = of a prefix must come far or near (%3D is an = in a prefix)"},
        {"a*", "a * stands alone, for every key; a prefix needs none (%2A is a * in a prefix)"},
        {"a b a=near", "it names a prefix twice"},
        {"* *=near", "it names a prefix twice"},
        {"%4", "a prefix is empty, or has a % without two hexadecimal digits, or all are longer than 4096 "
               "bytes"},
        {"=far", "a prefix is empty, or has a % without two hexadecimal digits, or all are longer than 4096 "
                 "bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK(!reads_prefixes(cases[i][0]));
        CHECK_STR(error.message, cases[i][1]);
    }
    char many[1000] = "";
    for (int i = 0; i < 65; i++) {
        snprintf(many + strlen(many), sizeof many - strlen(many), "p%d ", i);
    }
    CHECK(!reads_prefixes(many));
    CHECK_STR(error.message, "it has more than 64 prefixes");
}

/* Encodes, checks the bytes, and decodes them again. */
static void goes_through(lyger_cache_value value, const char *bytes, size_t len)
{
    char stored[200];
    lyger_far_form form;
    lyger_cache_value back;
    lyger_far_encode(&value, &form);
    CHECK_INT(form.head_len + form.len, len);
    memcpy(stored, form.head, form.head_len);
    memcpy(stored + form.head_len, form.bytes, form.len);
    CHECK(form.head_len + form.len == len && memcmp(stored, bytes, len) == 0);
    CHECK(lyger_far_decode(stored, len, &back) == NULL);
    CHECK_INT(back.type, value.type);
    if (value.type == LYGER_CACHE_INT) {
        CHECK_INT(back.as.integer, value.as.integer);
    } else {
        CHECK(back.len == value.len && memcmp(back.bytes, value.bytes, value.len) == 0);
    }
}

static void integers_are_digits(void)
{
    static const struct {
        int64_t integer;
        const char *digits;
    } cases[] = {
        {0, "0"}, {-1, "-1"}, {INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        goes_through((lyger_cache_value){.type = LYGER_CACHE_INT, .as.integer = cases[i].integer},
                     cases[i].digits, strlen(cases[i].digits));
    }
}

static void strings_are_their_bytes_unless_they_look_like_something_else(void)
{
    static const char *const plain[] = {"",
                                        "a",
                                        "-",
                                        "-0",
                                        "01",
                                        "+1",
                                        "1 ",
                                        "1.5",
                                        "12345678901234567890",
                                        "9223372036854775808",
                                        "-9223372036854775809"};
    static const char *const marked[] = {"0", "7", "-7", "9223372036854775807", "-9223372036854775808"};
    char bytes[100];
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        size_t len = strlen(plain[i]);
        goes_through((lyger_cache_value){.type = LYGER_CACHE_STRING, .bytes = plain[i], .len = len}, plain[i],
                     len);
    }
    goes_through((lyger_cache_value){.type = LYGER_CACHE_STRING, .bytes = "\0lyge", .len = 5}, "\0lyge", 5);
    for (size_t i = 0; i < sizeof marked / sizeof *marked; i++) {
        size_t len = strlen(marked[i]);
        memcpy(bytes, "\0lyger1s", 8);
        memcpy(bytes + 8, marked[i], len);
        goes_through((lyger_cache_value){.type = LYGER_CACHE_STRING, .bytes = marked[i], .len = len}, bytes,
                     len + 8);
    }
    goes_through((lyger_cache_value){.type = LYGER_CACHE_STRING, .bytes = "\0lyger", .len = 6},
                 "\0lyger1s\0lyger", 14);
    goes_through((lyger_cache_value){.type = LYGER_CACHE_SERIALIZED, .bytes = "N;", .len = 2}, "\0lyger1pN;",
                 10);
}

static void what_another_version_wrote_cannot_be_read(void)
{
    lyger_cache_value value;
    CHECK_STR(lyger_far_decode("\0lyger2pN;", 10, &value),
              "it was stored in a form of another version of lyger");
    CHECK_STR(lyger_far_decode("\0lyger", 6, &value), "it was stored in a form of another version of lyger");
    CHECK_STR(lyger_far_decode("\0lyger1", 7, &value), "it was stored in a form of another version of lyger");
    CHECK_STR(lyger_far_decode("\0lyger1z", 8, &value),
              "it is of a kind that this version of lyger does not know");
}

static void a_library_that_is_none_is_named_with_its_package(void)
{
    lyger_far_protocol protocol;
    CHECK_INT(lyger_far_load_from("liblyger-nowhere.so", &protocol, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "lyger.cache_backend needs hiredis, which cannot be loaded (Debian: apt-get "
                                "install libhiredis0.14, on Debian 13 libhiredis1.1.0)"));
    CHECK_INT(lyger_far_load_from("libm.so.6", &protocol, &error), LYGER_E_CACHE);
    CHECK(strstr(error.message, "libm.so.6 is no usable hiredis: it has no redisReaderCreate"));
}

/* Feeds the reader a reply of each kind; the loaded hiredis has the layout that its soname says. */
static void replies_of_each_kind_are_understood(void)
{
    static const char wire[] = "*6\r\n$3\r\na\0b\r\n:-42\r\n$-1\r\n+OK\r\n-ERR no\r\n*1\r\n:7\r\n";
    const lyger_far_protocol *protocol = lyger_far_protocol_load(&error);
    CHECK(protocol != NULL);
    if (!protocol) {
        printf("# %s\n", error.message);
        return;
    }
    void *reader = protocol->Create(), *raw = NULL;
    lyger_far_reply all, one[6], inner;
    CHECK_INT(protocol->Feed(reader, wire, sizeof wire - 1), 0);
    CHECK_INT(protocol->GetReply(reader, &raw), 0);
    lyger_far_reply_read(protocol, raw, &all);
    CHECK_INT(all.kind, LYGER_FAR_ARRAY);
    CHECK_INT(all.count, 6);
    for (size_t i = 0; i < 6; i++) {
        lyger_far_reply_read(protocol, all.elements[i], &one[i]);
    }
    CHECK(one[0].kind == LYGER_FAR_STRING && one[0].len == 3 && memcmp(one[0].bytes, "a\0b", 3) == 0);
    CHECK(one[1].kind == LYGER_FAR_INTEGER && one[1].integer == -42);
    CHECK_INT(one[2].kind, LYGER_FAR_NIL);
    CHECK(one[3].kind == LYGER_FAR_STATUS && one[3].len == 2 && memcmp(one[3].bytes, "OK", 2) == 0);
    CHECK(one[4].kind == LYGER_FAR_ERROR && one[4].len == 6 && memcmp(one[4].bytes, "ERR no", 6) == 0);
    CHECK(one[5].kind == LYGER_FAR_ARRAY && one[5].count == 1);
    lyger_far_reply_read(protocol, one[5].elements[0], &inner);
    CHECK_INT(inner.integer, 7);
    protocol->free_reply(raw);
    protocol->Free(reader);
}

int main(void)
{
    RUN(a_whole_address_is_read);
    RUN(what_is_left_out_has_a_default);
    RUN(a_socket_is_read);
    RUN(a_wrong_address_is_refused_with_its_reason);
    RUN(the_longest_prefix_says_where_a_key_lives);
    RUN(wrong_prefixes_are_refused_with_their_reason);
    RUN(integers_are_digits);
    RUN(strings_are_their_bytes_unless_they_look_like_something_else);
    RUN(what_another_version_wrote_cannot_be_read);
    RUN(a_library_that_is_none_is_named_with_its_package);
    RUN(replies_of_each_kind_are_understood);
    return finish();
}
