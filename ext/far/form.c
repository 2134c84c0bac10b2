/*
 * How values are stored on the server: see LYGER_FAR_MARK.
 */
#include "far.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MARK_LEN (sizeof LYGER_FAR_MARK - 1)
#define HEAD_LEN (MARK_LEN + 2) /* mark, form, letter */

/* Whether the bytes are the decimal digits of an int64_t, as INCRBY writes and takes them: no sign but a
 * minus, no zeros before, no -0. */
static bool is_integer(const char *bytes, size_t len, int64_t *integer)
{
    size_t i = len > 0 && bytes[0] == '-';
    uint64_t value = 0, most = (uint64_t)INT64_MAX + i;
    if (len - i < 1 || len - i > 19 || len == 0 || (bytes[i] == '0' && len > 1)) {
        return false;
    }
    bool negative = i == 1;
    for (; i < len; i++) {
        if (bytes[i] < '0' || bytes[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(bytes[i] - '0'); /* 19 digits fit */
    }
    *integer = (int64_t)(negative ? 0 - value : value);
    return value <= most;
}

static bool is_marked(const char *bytes, size_t len)
{
    return len >= MARK_LEN && memcmp(bytes, LYGER_FAR_MARK, MARK_LEN) == 0;
}

static void mark(lyger_far_form *form, char letter)
{
    memcpy(form->head, LYGER_FAR_MARK, MARK_LEN);
    form->head[MARK_LEN] = LYGER_FAR_FORM;
    form->head[MARK_LEN + 1] = letter;
    form->head_len = HEAD_LEN;
}

void lyger_far_encode(const lyger_cache_value *value, lyger_far_form *form)
{
    int64_t integer;
    form->head_len = 0;
    form->bytes = value->bytes;
    form->len = value->len;
    if (value->type == LYGER_CACHE_INT) {
        form->head_len = (size_t)snprintf(form->head, sizeof form->head, "%" PRId64, value->as.integer);
        form->bytes = "";
        form->len = 0;
    } else if (value->type == LYGER_CACHE_SERIALIZED) {
        mark(form, 'p');
    } else if (is_integer(value->bytes, value->len, &integer) || is_marked(value->bytes, value->len)) {
        mark(form, 's');
    }
}

const char *lyger_far_decode(const char *bytes, size_t len, lyger_cache_value *value)
{
    memset(value, 0, sizeof *value);
    value->bytes = bytes;
    value->len = len;
    if (is_integer(bytes, len, &value->as.integer)) {
        value->type = LYGER_CACHE_INT;
        return NULL;
    }
    value->as.integer = 0;
    value->type = LYGER_CACHE_STRING;
    if (!is_marked(bytes, len)) {
        return NULL;
    }
    if (len < HEAD_LEN || bytes[MARK_LEN] != LYGER_FAR_FORM) {
        return "it was stored in a form of another version of lyger";
    }
    value->bytes += HEAD_LEN;
    value->len -= HEAD_LEN;
    if (bytes[MARK_LEN + 1] == 'p') {
        value->type = LYGER_CACHE_SERIALIZED;
    } else if (bytes[MARK_LEN + 1] != 's') {
        return "it is of a kind that this version of lyger does not know";
    }
    return NULL;
}
