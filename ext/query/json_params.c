#include "json_params.h"

#include "base/hex.h"

#include "jsonout/jsonout.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_LEAST 4096 /* bytes */
#define NUMBER_LONGEST                                                                                       \
    400 /* bytes; what a double can tell has 767 digits at most, and nobody writes them                      \
         */

typedef struct block {
    struct block *next;
    size_t used, size;
    max_align_t bytes[];
} block;

typedef struct reader {
    const char *start, *at, *end;
    lyger_json_values *values;
    lyger_error *error;
    int depth;
    bool failed;
} reader;

/* ---- memory ---- */

static bool refuse(reader *reader, const char *what)
{
    if (!reader->failed) {
        lyger_fail(reader->error, LYGER_E_ARGUMENT, "%s at byte %zu of the JSON", what,
                   (size_t)(reader->at - reader->start) + 1);
        reader->failed = true;
    }
    return false;
}

static void *take(reader *reader, size_t bytes)
{
    size_t aligned = (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    block *last = reader->values->blocks;
    if (!last || last->size - last->used < aligned) {
        size_t size = aligned > BLOCK_LEAST ? aligned : BLOCK_LEAST;
        block *added = malloc(sizeof *added + size);
        if (!added) {
            lyger_fail(reader->error, LYGER_E_MEMORY, "no memory for what the JSON says");
            reader->failed = true;
            return NULL;
        }
        *added = (block){.next = last, .size = size};
        reader->values->blocks = last = added;
    }
    void *taken = (char *)last->bytes + last->used;
    last->used += aligned;
    return taken;
}

void lyger_json_values_free(lyger_json_values *values)
{
    for (block *at = values->blocks, *next; at; at = next) {
        next = at->next;
        free(at);
    }
    values->blocks = NULL;
}

/* ---- scalars ---- */

static void skip_space(reader *reader)
{
    while (reader->at < reader->end &&
           (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\n' || *reader->at == '\r')) {
        reader->at++;
    }
}

static bool is_next(reader *reader, char byte)
{
    bool is = reader->at < reader->end && *reader->at == byte;
    reader->at += is;
    return is;
}

static bool read_word(reader *reader, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, word, len) != 0) {
        return refuse(reader, "an unknown word");
    }
    reader->at += len;
    return true;
}

/* The four digits of \uXXXX, which begin at `at`; -1 when there are none. */
static int hex_unit(const reader *reader, const char *at)
{
    int unit = 0;
    if (reader->end - at < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        int digit = lyger_hex_digit(at[i]);
        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

static char *put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *to++ = (char)(0xE0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    } else {
        *to++ = (char)(0xF0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3F));
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    return to;
}

/* What follows "\u", with a second half where the first is that of a pair; NULL when it is none. */
static char *read_unit(reader *reader, char *to)
{
    int unit = hex_unit(reader, reader->at);
    bool high = unit >= 0xD800 && unit < 0xDC00;
    if (unit < 0 || (unit >= 0xDC00 && unit < 0xE000)) {
        refuse(reader, "a \\u without four digits, or half of a pair");
        return NULL;
    }
    reader->at += 4;
    if (!high) {
        return put_utf8(to, (unsigned)unit);
    }
    int low = reader->end - reader->at >= 6 && memcmp(reader->at, "\\u", 2) == 0
                  ? hex_unit(reader, reader->at + 2)
                  : -1;
    if (low < 0xDC00 || low > 0xDFFF) {
        refuse(reader, "a \\u with half of a pair");
        return NULL;
    }
    reader->at += 6;
    return put_utf8(to, 0x10000u + ((unsigned)(unit - 0xD800) << 10) + (unsigned)(low - 0xDC00));
}

static char *read_escape(reader *reader, char *to)
{
    static const char from[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    char escaped = reader->at < reader->end ? *reader->at : '\0';
    const char *found = escaped ? strchr(from, escaped) : NULL;
    if (escaped == 'u') {
        reader->at++;
        return read_unit(reader, to);
    }
    if (!found) {
        refuse(reader, "an unknown escape");
        return NULL;
    }
    reader->at++;
    *to++ = means[found - from];
    return to;
}

/* Reads a string behind its opening quote. Unescaped it is never longer than as it is written. */
static bool read_text(reader *reader, const char **text, size_t *text_len)
{
    const char *close = reader->at;
    while (close < reader->end && *close != '"') {
        close += *close == '\\' && reader->end - close > 1 ? 2 : 1;
    }
    if (close >= reader->end) {
        return refuse(reader, "a string without its end");
    }
    char *start = take(reader, (size_t)(close - reader->at) + 1), *to = start;
    if (!start) {
        return false;
    }
    while (*reader->at != '"') {
        if ((unsigned char)*reader->at < 0x20) {
            return refuse(reader, "a control character in a string");
        }
        if (*reader->at != '\\') {
            *to++ = *reader->at++;
            continue;
        }
        reader->at++;
        to = read_escape(reader, to);
        if (!to) {
            return false;
        }
    }
    *to = '\0';
    *text = start;
    *text_len = (size_t)(to - start);
    if (lyger_utf8_valid(start, *text_len) != *text_len) {
        return refuse(reader, "a string that is not UTF-8");
    }
    reader->at++;
    return true;
}

static size_t skip_digits(reader *reader)
{
    const char *from = reader->at;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9') {
        reader->at++;
    }
    return (size_t)(reader->at - from);
}

/* Moves behind a number (RFC 8259, section 6); *whole says whether it has neither fraction nor exponent. */
static bool skip_number(reader *reader, bool *whole)
{
    *whole = true;
    is_next(reader, '-');
    bool zero = reader->at < reader->end && *reader->at == '0';
    size_t digits = skip_digits(reader);
    if (digits == 0 || (zero && digits > 1)) {
        return refuse(reader, "no value");
    }
    if (is_next(reader, '.')) {
        *whole = false;
        if (skip_digits(reader) == 0) {
            return refuse(reader, "a number without digits behind its point");
        }
    }
    if (is_next(reader, 'e') || is_next(reader, 'E')) {
        *whole = false;
        if (!is_next(reader, '+')) {
            is_next(reader, '-');
        }
        if (skip_digits(reader) == 0) {
            return refuse(reader, "a number without digits in its exponent");
        }
    }
    return true;
}

/* strtod() reads the point of the process's locale. */
static double read_double(char *text)
{
    char *dot = strchr(text, '.');
    const struct lconv *locale = localeconv();
    if (dot && locale && locale->decimal_point && strlen(locale->decimal_point) == 1) {
        *dot = *locale->decimal_point;
    }
    return strtod(text, NULL);
}

static bool read_number(reader *reader, lyger_param *param)
{
    const char *from = reader->at;
    bool whole;
    char text[NUMBER_LONGEST + 1];
    if (!skip_number(reader, &whole)) {
        return false;
    }
    size_t len = (size_t)(reader->at - from);
    if (len > NUMBER_LONGEST) {
        return refuse(reader, "a number that is too long");
    }
    memcpy(text, from, len);
    text[len] = '\0';
    errno = 0;
    param->type = LYGER_PARAM_INT;
    param->integer = whole ? strtoll(text, NULL, 10) : 0;
    if (!whole || errno == ERANGE) {
        param->type = LYGER_PARAM_FLOAT;
        param->real = read_double(text);
    }
    return true;
}

/* ---- values ---- */

static bool read_value(reader *reader, lyger_param *param);

/* Items while they are read, before how many there are is known. */
typedef struct gathering {
    lyger_param *items;
    size_t count, room;
} gathering;

static bool gather(reader *reader, gathering *all, const lyger_param *item)
{
    for (size_t i = 0; item->name && i < all->count; i++) {
        if (all->items[i].name_len == item->name_len &&
            memcmp(all->items[i].name, item->name, item->name_len) == 0) {
            all->items[i] = *item;
            return true;
        }
    }
    if (all->count == all->room) {
        size_t room = all->room > 0 ? all->room * 2 : 8;
        lyger_param *grown = take(reader, room * sizeof *grown);
        if (!grown) {
            return false;
        }
        if (all->count > 0) {
            memcpy(grown, all->items, all->count * sizeof *grown);
        }
        all->items = grown;
        all->room = room;
    }
    all->items[all->count++] = *item;
    return true;
}

static bool read_member_name(reader *reader, lyger_param *item)
{
    skip_space(reader);
    if (!is_next(reader, '"')) {
        return refuse(reader, "no name of a member");
    }
    if (!read_text(reader, &item->name, &item->name_len)) {
        return false;
    }
    skip_space(reader);
    return is_next(reader, ':') || refuse(reader, "no colon behind a member's name");
}

static bool read_items(reader *reader, lyger_param *param)
{
    bool map = param->type == LYGER_PARAM_MAP;
    char close = map ? '}' : ']';
    gathering all = {0};
    skip_space(reader);
    bool more = !is_next(reader, close);
    while (more) {
        lyger_param item = {0};
        if ((map && !read_member_name(reader, &item)) || !read_value(reader, &item) ||
            !gather(reader, &all, &item)) {
            return false;
        }
        skip_space(reader);
        more = is_next(reader, ',');
        if (!more && !is_next(reader, close)) {
            return refuse(reader, map ? "neither comma nor brace behind a member"
                                      : "neither comma nor bracket behind an item");
        }
    }
    param->list.items = all.items;
    param->list.count = all.count;
    return true;
}

static bool read_list(reader *reader, lyger_param *param, lyger_param_type type)
{
    if (reader->depth == LYGER_PARAM_DEPTH) {
        return refuse(reader, "arrays and objects nested too deeply");
    }
    reader->at++;
    reader->depth++;
    param->type = type;
    bool whole = read_items(reader, param);
    reader->depth--;
    return whole;
}

static bool read_value(reader *reader, lyger_param *param)
{
    skip_space(reader);
    switch (reader->at < reader->end ? *reader->at : '\0') {
    case '[':
        return read_list(reader, param, LYGER_PARAM_LIST);
    case '{':
        return read_list(reader, param, LYGER_PARAM_MAP);
    case '"':
        reader->at++;
        param->type = LYGER_PARAM_TEXT;
        return read_text(reader, &param->text.bytes, &param->text.len);
    case 'n':
        param->type = LYGER_PARAM_NULL;
        return read_word(reader, "null");
    case 't':
    case 'f':
        param->type = LYGER_PARAM_BOOL;
        param->boolean = *reader->at == 't';
        return read_word(reader, param->boolean ? "true" : "false");
    default:
        return read_number(reader, param);
    }
}

static lyger_status read_document(const char *text, size_t len, lyger_json_values *values, lyger_param *root,
                                  lyger_error *error)
{
    reader reader = {text, text, text + len, values, error, 0, false};
    *root = (lyger_param){0};
    if (read_value(&reader, root)) {
        skip_space(&reader);
        if (reader.at < reader.end) {
            refuse(&reader, "more than one value");
        }
    }
    return !reader.failed                             ? LYGER_OK
           : error && error->status == LYGER_E_MEMORY ? LYGER_E_MEMORY
                                                      : LYGER_E_ARGUMENT;
}

/* ---- what the values are ---- */

static bool is_list(const lyger_param *value)
{
    return value->type == LYGER_PARAM_LIST || value->type == LYGER_PARAM_MAP;
}

lyger_status lyger_json_read_params(const char *text, size_t len, lyger_json_values *values,
                                    const lyger_param **params, size_t *count, lyger_error *error)
{
    lyger_param root;
    values->blocks = NULL;
    *params = NULL;
    *count = 0;
    if (!text) {
        return LYGER_OK;
    }
    lyger_status status = read_document(text, len, values, &root, error);
    if (status != LYGER_OK) {
        return status;
    }
    if (!is_list(&root)) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "parameters must be a JSON array, or an object with names");
    }
    *params = root.list.items;
    *count = root.list.count;
    return LYGER_OK;
}

static const lyger_param *member(const lyger_param *map, const char *name)
{
    for (size_t i = 0; i < map->list.count; i++) {
        if (strcmp(map->list.items[i].name, name) == 0) {
            return &map->list.items[i];
        }
    }
    return NULL;
}

static lyger_status read_statement(const lyger_param *from, size_t number, lyger_query *statement,
                                   lyger_error *error)
{
    const lyger_param *sql = from->type == LYGER_PARAM_MAP ? member(from, "sql") : NULL;
    if (!sql || sql->type != LYGER_PARAM_TEXT) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "statement %zu must be an object whose \"sql\" is a string", number);
    }
    const lyger_param *params = member(from, "bindings");
    params = params ? params : member(from, "params");
    if (params && params->type != LYGER_PARAM_NULL && !is_list(params)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "statement %zu: \"%s\" must be an array or an object",
                          number, params->name);
    }
    statement->sql = sql->text.bytes;
    statement->sql_len = sql->text.len;
    if (params && is_list(params)) {
        statement->params = params->list.items;
        statement->param_count = params->list.count;
    }
    return LYGER_OK;
}

lyger_status lyger_json_read_statements(const char *text, size_t len, const char *dsn, size_t dsn_len,
                                        const lyger_query_options *options, lyger_json_values *values,
                                        lyger_query **statements, size_t *count, lyger_error *error)
{
    lyger_param root;
    values->blocks = NULL;
    lyger_status status = read_document(text, len, values, &root, error);
    if (status == LYGER_OK && root.type != LYGER_PARAM_LIST) {
        status = lyger_fail(error, LYGER_E_ARGUMENT, "statements must be a JSON array of objects");
    }
    if (status != LYGER_OK) {
        return status;
    }
    reader reader = {text, text, text, values, error, 0, false};
    *count = root.list.count;
    *statements = take(&reader, (*count + 1) * sizeof **statements);
    if (!*statements) {
        return LYGER_E_MEMORY;
    }
    for (size_t i = 0; i < *count && status == LYGER_OK; i++) {
        (*statements)[i] = (lyger_query){.dsn = dsn, .dsn_len = dsn_len, .options = options};
        status = read_statement(&root.list.items[i], i + 1, &(*statements)[i], error);
    }
    return status;
}
