#include "params.h"

#include "jsonout/jsonout.h"

#include <stdio.h>

#define HIGHEST_NUMBER 65536 /* above the protocol's limit of 65535, so that the server says it */

typedef enum piece { PIECE_END, PIECE_OTHER, PIECE_BLANK, PIECE_NUMBERED, PIECE_MARK, PIECE_DOUBLED } piece;

typedef struct lexer {
    const char *at, *end;
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
 * Moves behind the next opening quote and returns true when the one just closed goes on. */
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
    lexer lex = {sql, sql + len, standard_strings, 0};
    for (;;) {
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
        default:
            break;
        }
    }
}

bool lyger_placeholders_number(const char *sql, size_t len, bool standard_strings, lyger_sink *sink)
{
    lexer lex = {sql, sql + len, standard_strings, 0};
    uint64_t number = 0;
    bool ok = true;
    while (ok) {
        const char *start = lex.at;
        piece kind = next_piece(&lex);
        if (kind == PIECE_END) {
            return true;
        }
        if (kind == PIECE_MARK) {
            char text[LYGER_INT_SIZE];
            ok = lyger_sink_put_char(sink, '$') &&
                 lyger_sink_put(sink, text, lyger_format_uint(text, ++number));
        } else if (kind == PIECE_DOUBLED) {
            ok = lyger_sink_put_char(sink, '?');
        } else {
            ok = lyger_sink_put(sink, start, (size_t)(lex.at - start));
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

int lyger_placeholders_origin(const char *sql, size_t len, bool standard_strings, int position)
{
    lexer lex = {sql, sql + len, standard_strings, 0};
    uint64_t number = 0;
    int given = 0, numbered = 0; /* characters before lex.at in either text */
    for (;;) {
        const char *start = lex.at;
        piece kind = next_piece(&lex);
        if (kind == PIECE_END) {
            return given + 1;
        }
        int width = lyger_sql_characters(start, lex.at), written = width;
        if (kind == PIECE_MARK) {
            char text[LYGER_INT_SIZE];
            written = 1 + (int)lyger_format_uint(text, ++number);
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

size_t lyger_sql_first_word(const char *sql, size_t len)
{
    lexer lex = {sql, sql + len, true, 0};
    for (;;) {
        const char *start = lex.at;
        if (next_piece(&lex) != PIECE_BLANK) {
            return (size_t)(start - sql);
        }
    }
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

/* A text or a list, down to the texts in it. */
static lyger_status check_value(const lyger_param *param, lyger_param_place *place, lyger_error *error)
{
    char text[LYGER_PLACE_SIZE];
    if (param->type == LYGER_PARAM_TEXT && memchr(param->text.bytes, '\0', param->text.len)) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s holds a NUL byte, which no text in a database can",
                          lyger_param_place_text(place, text));
    }
    if (param->type != LYGER_PARAM_LIST) {
        return LYGER_OK;
    }
    if (place->depth == LYGER_LIST_DEPTH) {
        return lyger_fail(error, LYGER_E_ARGUMENT, "%s nests more than %d lists", place->label,
                          LYGER_LIST_DEPTH);
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
    return LYGER_OK;
}
