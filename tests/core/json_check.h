/*
 * Whether a text is JSON by the grammar of RFC 8259: a checker of its own, so that what the writers make is
 * not judged by themselves. UTF-8 is not looked at.
 */
#ifndef LYGER_TESTS_JSON_CHECK_H
#define LYGER_TESTS_JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct json_check {
    const char *at, *end;
    int depth;
} json_check;

static bool json_value(json_check *check);

static void json_space(json_check *check)
{
    while (check->at < check->end && strchr(" \t\r\n", *check->at) && *check->at) {
        check->at++;
    }
}

static bool json_take(json_check *check, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(check->end - check->at) < len || memcmp(check->at, word, len) != 0) {
        return false;
    }
    check->at += len;
    return true;
}

static bool json_hex(json_check *check)
{
    for (int i = 0; i < 4; i++, check->at++) {
        if (check->at == check->end || !*check->at || !strchr("0123456789abcdefABCDEF", *check->at)) {
            return false;
        }
    }
    return true;
}

static bool json_string(json_check *check)
{
    if (!json_take(check, "\"")) {
        return false;
    }
    while (check->at < check->end) {
        unsigned char byte = (unsigned char)*check->at++;
        if (byte == '"') {
            return true;
        }
        if (byte < 0x20) {
            return false;
        }
        if (byte == '\\') {
            if (check->at == check->end || !*check->at || !strchr("\"\\/bfnrtu", *check->at) ||
                (*check->at++ == 'u' && !json_hex(check))) {
                return false;
            }
        }
    }
    return false;
}

static bool json_digits(json_check *check)
{
    const char *start = check->at;
    while (check->at < check->end && *check->at >= '0' && *check->at <= '9') {
        check->at++;
    }
    return check->at > start;
}

static bool json_number(json_check *check)
{
    json_take(check, "-");
    if (!json_take(check, "0") && !json_digits(check)) {
        return false;
    }
    if (json_take(check, ".") && !json_digits(check)) {
        return false;
    }
    if (json_take(check, "e") || json_take(check, "E")) {
        if (!json_take(check, "+")) {
            json_take(check, "-");
        }
        return json_digits(check);
    }
    return true;
}

static bool json_members(json_check *check, const char *close, bool named)
{
    json_space(check);
    if (json_take(check, close)) {
        return true;
    }
    do {
        json_space(check);
        if (named && (!json_string(check) || (json_space(check), !json_take(check, ":")))) {
            return false;
        }
        if (!json_value(check)) {
            return false;
        }
        json_space(check);
    } while (json_take(check, ","));
    return json_take(check, close);
}

static bool json_value(json_check *check)
{
    json_space(check);
    if (check->at == check->end || ++check->depth > 600) {
        return false;
    }
    bool ok;
    switch (*check->at) {
    case '{':
        check->at++;
        ok = json_members(check, "}", true);
        break;
    case '[':
        check->at++;
        ok = json_members(check, "]", false);
        break;
    case '"':
        ok = json_string(check);
        break;
    default:
        ok = json_take(check, "true") || json_take(check, "false") || json_take(check, "null") ||
             json_number(check);
    }
    check->depth--;
    return ok;
}

static bool is_json(const char *text, size_t len)
{
    json_check check = {text, text + len, 0};
    if (!json_value(&check)) {
        return false;
    }
    json_space(&check);
    return check.at == check.end;
}

#endif
