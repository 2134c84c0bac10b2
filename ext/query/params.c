#include "params.h"

#include "jsonout/jsonout.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HIGHEST_NUMBER 65536 /* above the protocol's limit of 65535, so that the server reports the error */

typedef enum piece {
    PIECE_END,
    PIECE_OTHER,
    PIECE_BLANK,
    PIECE_NUMBERED,
    PIECE_MARK,
    PIECE_DOUBLED,
    PIECE_NAMED
} piece;

typedef struct lexer {
    const char *at, *end, *begin;
    bool standard_strings;
    unsigned number; /* of the last PIECE_NUMBERED */
} lexer;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool next_is(const lexer *lex, size_t ahead, char c)
{
    return (size_t)(lex->end - lex->at) > ahead && lex->at[ahead] == c;
}

static void skip_line(lexer *lex)
{
    while (lex->at < lex->end && *lex->at != '\n' && *lex->at != '\r') {
        lex->at++;
    }
}

/* 4.1.5: block comments nest. */
static void skip_comment(lexer *lex)
{
    int depth = 0;
    do {
        if (next_is(lex, 0, '/') && next_is(lex, 1, '*')) {
            depth++;
            lex->at += 2;
        } else if (next_is(lex, 0, '*') && next_is(lex, 1, '/')) {
            depth--;
            lex->at += 2;
        } else {
            lex->at++;
        }
    } while (depth > 0 && lex->at < lex->end);
}

/* 4.1.2.1: literals separated by white space (or line comments) with at least one newline are one literal.
 * Moves behind the next opening quote and returns true when the literal just closed goes on there. */
static bool literal_goes_on(lexer *lex)
{
    lexer ahead = *lex;
    bool newline = false;
    while (ahead.at < ahead.end) {
        if (is_space(*ahead.at)) {
            newline = newline || *ahead.at == '\n' || *ahead.at == '\r';
            ahead.at++;
        } else if (next_is(&ahead, 0, '-') && next_is(&ahead, 1, '-')) {
            skip_line(&ahead);
        } else {
            break;
        }
    }
    if (!newline || !next_is(&ahead, 0, '\'')) {
        return false;
    }
    lex->at = ahead.at + 1;
    return true;
}

/* From the opening quote to behind the closing one; a doubled quote is part of the text. */
static void skip_quoted(lexer *lex, char quote, bool backslashes)
{
    lex->at++;
    while (lex->at < lex->end) {
        if (backslashes && *lex->at == '\\') {
            lex->at += lex->end - lex->at > 1 ? 2 : 1;
        } else if (*lex->at != quote) {
            lex->at++;
        } else if (next_is(lex, 1, quote)) {
            lex->at += 2;
        } else {
            lex->at++;
            if (quote != '\'' || !literal_goes_on(lex)) {
                return;
            }
        }
    }
}

/* A name or key word; N'…', B'…' and U&'…' need nothing special, E'…' takes backslashes. */
static void skip_name(lexer *lex)
{
    const char *start = lex->at;
    while (lex->at < lex->end && (begins_name(*lex->at) || is_digit(*lex->at) || *lex->at == '$')) {
        lex->at++;
    }
    if (lex->at - start == 1 && (*start == 'e' || *start == 'E') && next_is(lex, 0, '\'')) {
        skip_quoted(lex, '\'', true);
    }
}

/* 4.1.2.4: $tag$…$tag$. False when there is no opening tag here. */
static bool skip_dollar_quoted(lexer *lex)
{
    const char *tag = lex->at, *at = tag + 1;
    while (at < lex->end && (begins_name(*at) || (at > tag + 1 && is_digit(*at)))) {
        at++;
    }
    if (at == lex->end || *at != '$') {
        return false;
    }
    size_t size = (size_t)(at + 1 - tag);
    for (at++; (at = memchr(at, '$', (size_t)(lex->end - at))); at++) {
        if ((size_t)(lex->end - at) >= size && memcmp(at, tag, size) == 0) {
            lex->at = at + size;
            return true;
        }
    }
    lex->at = lex->end;
    return true;
}

static piece dollar(lexer *lex)
{
    if (lex->end - lex->at > 1 && is_digit(lex->at[1])) {
        lex->number = 0;
        for (lex->at++; lex->at < lex->end && is_digit(*lex->at); lex->at++) {
            lex->number = lex->number * 10 + (unsigned)(*lex->at - '0');
            lex->number = lex->number > HIGHEST_NUMBER ? HIGHEST_NUMBER : lex->number;
        }
        return PIECE_NUMBERED;
    }
    if (!skip_dollar_quoted(lex)) {
        lex->at++;
    }
    return PIECE_OTHER;
}

/* ":name", but not the colons of "::", ":=" and of a slice. */
static piece colon(lexer *lex)
{
    char before = lex->at > lex->begin ? lex->at[-1] : ' ';
    bool behind_operand =
        begins_name(before) || is_digit(before) || (before != '\0' && strchr(")]\"'$", before));
    if (next_is(lex, 1, ':') || next_is(lex, 1, '=')) {
        lex->at += 2;
        return PIECE_OTHER;
    }
    lex->at++;
    if (behind_operand || lex->at == lex->end || !begins_name(*lex->at)) {
        return PIECE_OTHER;
    }
    while (lex->at < lex->end && (begins_name(*lex->at) || is_digit(*lex->at))) {
        lex->at++;
    }
    return PIECE_NAMED;
}

static piece next_piece(lexer *lex)
{
    if (lex->at == lex->end) {
        return PIECE_END;
    }
    char c = *lex->at;
    if (is_space(c)) {
        lex->at++;
        return PIECE_BLANK;
    }
    if (c == '-' && next_is(lex, 1, '-')) {
        skip_line(lex);
        return PIECE_BLANK;
    }
    if (c == '/' && next_is(lex, 1, '*')) {
        skip_comment(lex);
        return PIECE_BLANK;
    }
    if (c == '?') {
        bool doubled = next_is(lex, 1, '?');
        lex->at += doubled ? 2 : 1;
        return doubled ? PIECE_DOUBLED : PIECE_MARK;
    }
    if (c == '$') {
        return dollar(lex);
    }
    if (c == ':') {
        return colon(lex);
    }
    if (c == '\'' || c == '"') {
        skip_quoted(lex, c, c == '\'' && !lex->standard_strings);
    } else if (begins_name(c)) {
        skip_name(lex);
    } else {
        lex->at++;
    }
    return PIECE_OTHER;
}

lyger_placeholders lyger_placeholders_find(const char *sql, size_t len, bool standard_strings)
{
    lyger_placeholders found = {0};
    lexer lex = {sql, sql + len, sql, standard_strings, 0};
    for (;;) {
        const char *start = lex.at;
        switch (next_piece(&lex)) {
        case PIECE_END:
            return found;
        case PIECE_NUMBERED:
            found.numbered = lex.number > found.numbered ? lex.number : found.numbered;
            break;
        case PIECE_MARK:
            found.marks++;
            break;
        case PIECE_DOUBLED:
            found.doubled++;
            break;
        case PIECE_NAMED:
            if (found.names++ == 0) {
                found.name = start + 1;
                found.name_len = (size_t)(lex.at - start) - 1;
            }
            break;
        default:
            break;
        }
    }
}

/* A position in a statement that is being numbered. */
typedef struct reader {
    lexer lex;
    uint64_t marks; /* ? so far */
    size_t next;    /* the parameter whose name is tried first: names mostly come in the parameters' order */
} reader;

static reader read_from_start(const lyger_numbering *numbering)
{
    const char *sql = numbering->sql;
    return (reader){.lex = {sql, sql + numbering->len, sql, numbering->standard_strings, 0}};
}

static bool has_name(const lyger_param *param, const char *name, size_t len)
{
    size_t skip = param->name_len > 0 && *param->name == ':';
    return param->name_len - skip == len && memcmp(param->name + skip, name, len) == 0;
}

/* The parameter of that name, from 0; param_count when there is none. */
static size_t find_name(const lyger_numbering *numbering, reader *reader, const char *name, size_t len)
{
    size_t count = numbering->param_count;
    for (size_t i = 0; i < count; i++) {
        size_t at = (reader->next + i) % count;
        if (has_name(&numbering->params[at], name, len)) {
            reader->next = at + 1;
            return at;
        }
    }
    return count;
}

/* The next piece; *number is the n of the $n that replaces it, 0 when the piece stays as it is. */
static piece next_numbered(const lyger_numbering *numbering, reader *reader, uint64_t *number)
{
    const char *start = reader->lex.at;
    piece kind = next_piece(&reader->lex);
    *number = 0;
    if (kind == PIECE_MARK && !numbering->params) {
        *number = ++reader->marks;
    } else if (kind == PIECE_NAMED && numbering->params) {
        size_t at = find_name(numbering, reader, start + 1, (size_t)(reader->lex.at - start) - 1);
        *number = at < numbering->param_count ? at + 1 : 0;
    }
    return kind;
}

lyger_status lyger_placeholders_check_names(const lyger_numbering *numbering, lyger_error *error)
{
    reader reader = read_from_start(numbering);
    lyger_status status = LYGER_OK;
    uint64_t number;
    bool *used = calloc(numbering->param_count + 1, sizeof *used);
    if (!used) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a query");
    }
    for (piece kind = PIECE_OTHER; kind != PIECE_END && status == LYGER_OK;) {
        const char *start = reader.lex.at;
        kind = next_numbered(numbering, &reader, &number);
        used[number] = true;
        if (kind == PIECE_NAMED && number == 0) {
            status = lyger_fail(error, LYGER_E_ARGUMENT, "the query's parameter \"%.*s\" has no value",
                                (int)(reader.lex.at - start < 60 ? reader.lex.at - start : 60), start);
        }
    }
    for (size_t i = 0; i < numbering->param_count && status == LYGER_OK; i++) {
        char label[LYGER_PARAM_LABEL_SIZE];
        if (!used[i + 1]) {
            status = lyger_fail(error, LYGER_E_ARGUMENT, "the query has no %s",
                                lyger_param_label(&numbering->params[i], i, label));
        }
    }
    free(used);
    return status;
}

bool lyger_placeholders_number(const lyger_numbering *numbering, lyger_sink *sink)
{
    reader reader = read_from_start(numbering);
    uint64_t number;
    bool ok = true;
    while (ok) {
        const char *start = reader.lex.at;
        piece kind = next_numbered(numbering, &reader, &number);
        if (kind == PIECE_END) {
            return true;
        }
        if (number > 0) {
            char text[LYGER_INT_SIZE];
            ok =
                lyger_sink_put_char(sink, '$') && lyger_sink_put(sink, text, lyger_format_uint(text, number));
        } else if (kind == PIECE_DOUBLED) {
            ok = lyger_sink_put_char(sink, '?');
        } else {
            ok = lyger_sink_put(sink, start, (size_t)(reader.lex.at - start));
        }
    }
    return false;
}

/* Characters are counted as the server counts them: bytes that do not continue a UTF-8 sequence. */
int lyger_sql_characters(const char *from, const char *to)
{
    int count = 0;
    for (; from < to; from++) {
        count += ((unsigned char)*from & 0xC0) != 0x80;
    }
    return count;
}

int lyger_placeholders_origin(const lyger_numbering *numbering, int position)
{
    reader reader = read_from_start(numbering);
    uint64_t number;
    int given = 0, numbered = 0; /* characters before the reader in either text */
    for (;;) {
        const char *start = reader.lex.at;
        piece kind = next_numbered(numbering, &reader, &number);
        if (kind == PIECE_END) {
            return given + 1;
        }
        int width = lyger_sql_characters(start, reader.lex.at), written = width;
        if (number > 0) {
            char text[LYGER_INT_SIZE];
            written = 1 + (int)lyger_format_uint(text, number);
        } else if (kind == PIECE_DOUBLED) {
            written = 1;
        }
        if (position <= numbered + written) {
            int inside = position - numbered;
            return given + (inside < width ? inside : width);
        }
        given += width;
        numbered += written;
    }
}

static lexer read_words(const char *sql, size_t len)
{
    return (lexer){sql, sql + len, sql, true, 0};
}

size_t lyger_sql_first_word(const char *sql, size_t len)
{
    lexer lex = read_words(sql, len);
    for (;;) {
        const char *start = lex.at;
        if (next_piece(&lex) != PIECE_BLANK) {
            return (size_t)(start - sql);
        }
    }
}

/* Whether the next word is `word`, in either case; then moves behind it. */
static bool skip_word(lexer *lex, const char *word)
{
    size_t len = strlen(word);
    lexer ahead = *lex;
    const char *start;
    piece kind;
    do {
        start = ahead.at;
        kind = next_piece(&ahead);
    } while (kind == PIECE_BLANK);
    bool is = kind == PIECE_OTHER && (size_t)(ahead.at - start) == len && strncasecmp(start, word, len) == 0;
    if (is) {
        *lex = ahead;
    }
    return is;
}

bool lyger_sql_keeps_numbers(const char *sql, size_t len)
{
    lexer lex = read_words(sql, len);
    if (!skip_word(&lex, "create")) {
        return skip_word(&lex, "prepare");
    }
    if (skip_word(&lex, "or")) {
        skip_word(&lex, "replace");
    }
    return skip_word(&lex, "function") || skip_word(&lex, "procedure");
}

const char *lyger_param_label(const lyger_param *param, size_t index, char label[LYGER_PARAM_LABEL_SIZE])
{
    if (param->name) {
        char name[64];
        size_t colon = param->name_len > 0 && *param->name == ':';
        lyger_copy_text(name, sizeof name, param->name + colon, param->name_len - colon);
        snprintf(label, LYGER_PARAM_LABEL_SIZE, "parameter \":%s\"", name);
    } else {
        snprintf(label, LYGER_PARAM_LABEL_SIZE, "parameter %zu", index + 1);
    }
    return label;
}

const char *lyger_param_place_text(const lyger_param_place *place, char text[LYGER_PLACE_SIZE])
{
    int used = snprintf(text, LYGER_PLACE_SIZE, "%s%s", place->label, place->depth > 0 ? ", element " : "");
    for (int i = 0; i < place->depth; i++) {
        used += snprintf(text + used, LYGER_PLACE_SIZE - (size_t)used, "[%zu]", place->at[i]);
    }
    return text;
}

/* Checks a text, or a list and everything in it. */
static lyger_status check_value(const lyger_param *param, lyger_param_place *place, lyger_error *error)
{
    char text[LYGER_PLACE_SIZE];
    if (param->type == LYGER_PARAM_TEXT && memchr(param->text.bytes, '\0', param->text.len)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s holds a NUL byte, which no text in a database can",
                          lyger_param_place_text(place, text));
    }
    if (param->type != LYGER_PARAM_LIST && param->type != LYGER_PARAM_MAP) {
        return LYGER_OK;
    }
    if (place->depth == LYGER_PARAM_DEPTH) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s nests more than %d lists", place->label,
                          LYGER_PARAM_DEPTH);
    }
    lyger_status status = LYGER_OK;
    place->depth++;
    for (size_t i = 0; i < param->list.count && status == LYGER_OK; i++) {
        place->at[place->depth - 1] = i;
        status = check_value(&param->list.items[i], place, error);
    }
    place->depth--;
    return status;
}

/* ---- times ---- */

/* Year, month and day of a day since 1970-01-01 in the Gregorian calendar; eras of 400 years have 146097 days
 * and are counted from the first of a March (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
 */
static void civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = years + era * 400 + (*month <= 2);
}

size_t lyger_param_time_text(const lyger_param *param, lyger_time_style style, char text[LYGER_TIME_SIZE])
{
    int offset = style == LYGER_TIME_UTC ? 0 : param->time.offset, east = offset < 0 ? -offset : offset;
    int64_t local, year;
    int month, day;
    if (__builtin_add_overflow(param->time.seconds, offset, &local)) {
        return 0;
    }
    int64_t days = local / 86400;
    int second = (int)(local % 86400);
    if (second < 0) {
        second += 86400;
        days--;
    }
    civil_from_days(days, &year, &month, &day);
    if (style == LYGER_TIME_UTC && (year < 0 || year > 9999)) {
        return 0;
    }
    bool before = style != LYGER_TIME_UTC && year < 1;
    int used = snprintf(text, LYGER_TIME_SIZE, "%04" PRId64 "-%02d-%02d%c%02d:%02d:%02d",
                        before ? 1 - year : year, month, day, style == LYGER_TIME_JSON ? 'T' : ' ',
                        second / 3600, second / 60 % 60, second % 60);
    if (param->time.microseconds > 0) {
        used +=
            snprintf(text + used, (size_t)(LYGER_TIME_SIZE - used), ".%06" PRIu32, param->time.microseconds);
    }
    used += snprintf(text + used, (size_t)(LYGER_TIME_SIZE - used), "%c%02d:%02d", offset < 0 ? '-' : '+',
                     east / 3600, east / 60 % 60);
    if (east % 60 > 0) {
        used += snprintf(text + used, (size_t)(LYGER_TIME_SIZE - used), ":%02d", east % 60);
    }
    used += snprintf(text + used, (size_t)(LYGER_TIME_SIZE - used), "%s", before ? " BC" : "");
    return (size_t)used;
}

/* ---- checks ---- */

/* Refuses a name that comes twice: PHP's array keys differ, but names may have a colon or not. */
static lyger_status check_twice(const lyger_param *params, size_t count, lyger_error *error)
{
    size_t colons = 0;
    for (size_t i = 0; i < count; i++) {
        colons += params[i].name_len > 0 && *params[i].name == ':';
    }
    for (size_t i = 0; i < count && colons > 0 && colons < count; i++) {
        size_t skip = params[i].name_len > 0 && *params[i].name == ':';
        for (size_t j = 0; j < i; j++) {
            if (has_name(&params[j], params[i].name + skip, params[i].name_len - skip)) {
                char label[LYGER_PARAM_LABEL_SIZE];
                return lyger_fail(error, LYGER_E_ARGUMENT, "%s is given twice, with a colon and without",
                                  lyger_param_label(&params[i], i, label));
            }
        }
    }
    return LYGER_OK;
}

lyger_status lyger_params_check(const lyger_param *params, size_t count, lyger_error *error)
{
    for (size_t i = 0; i < count; i++) {
        const lyger_param *param = &params[i];
        lyger_param_place place = {.depth = 0};
        const char *label = lyger_param_label(param, i, place.label);
        if (!param->name != !params[0].name) {
            return lyger_fail(error, LYGER_E_ARGUMENT,
                              "parameters are either all positional or all named; %s is not as the first is",
                              label);
        }
        if (param->name && memchr(param->name, '\0', param->name_len)) {
            return lyger_fail(error, LYGER_E_ARGUMENT, "the name of %s holds a NUL byte", label);
        }
        lyger_status status = check_value(param, &place, error);
        if (status != LYGER_OK) {
            return status;
        }
    }
    return count > 0 && params[0].name ? check_twice(params, count, error) : LYGER_OK;
}
