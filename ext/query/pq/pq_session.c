#include "pq_session.h"

#include <string.h>
#include <strings.h>

/* The first word, behind white space, comments (which nest) and opening parentheses, as in the server's
 * scan.l. */
static const char *first_word(const char *sql)
{
    unsigned depth = 0;
    for (;;) {
        if (sql[0] == '/' && sql[1] == '*') {
            depth++;
            sql += 2;
        } else if (depth > 0 && sql[0] == '*' && sql[1] == '/') {
            depth--;
            sql += 2;
        } else if (depth == 0 && sql[0] == '-' && sql[1] == '-') {
            sql += strcspn(sql, "\n\r");
        } else if (*sql && (depth > 0 || strchr(" \t\n\r\f\v(;", *sql))) {
            sql++;
        } else {
            return sql;
        }
    }
}

static bool begins_with(const char *text, const char *word)
{
    size_t len = strlen(word);
    char next = strncasecmp(text, word, len) == 0 ? text[len] : 'x';
    return !((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || (next >= '0' && next <= '9') ||
             next == '_' || next == '$' || (unsigned char)next >= 128);
}

/* Where the text has the part, in whatever case; NULL: nowhere. */
static const char *find_part(const char *sql, const char *part)
{
    const char first[] = {*part, (char)(*part - 'a' + 'A'), '\0'};
    size_t len = strlen(part);
    while ((sql = strpbrk(sql, first)) && strncasecmp(sql, part, len) != 0) {
        sql++;
    }
    return sql;
}

static bool holds(const char *sql, const char *part)
{
    return find_part(sql, part) != NULL;
}

/* Whether it is SELECT … INTO TEMP; in an INSERT, TEMP would be a table's name. */
static bool selects_into_temporary(const char *text)
{
    static const char *const words[] = {"temp", "temporary", "local", "global"};
    if (!begins_with(text, "select") && !begins_with(text, "with")) {
        return false;
    }
    for (text = find_part(text, "into"); text; text = find_part(text + 4, "into")) {
        const char *next = begins_with(text, "into") ? first_word(text + 4) : "";
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (begins_with(next, words[i])) {
                return true;
            }
        }
    }
    return false;
}

bool lyger_pq_needs_session(const char *sql)
{
    static const char *const words[] = {"set",     "reset", "discard", "prepare",
                                        "declare", "load",  "do",      "call"};
    const char *text = first_word(sql);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (begins_with(text, words[i])) {
            return true;
        }
    }
    if (begins_with(text, "create")) {
        return holds(text, "temp");
    }
    return selects_into_temporary(text) || holds(text, "set_config") || holds(text, "pg_advisory") ||
           holds(text, "pg_try_advisory") || holds(text, "currval") || holds(text, "lastval");
}

lyger_status lyger_pq_refuse_listen(const char *sql, lyger_error *error)
{
    if (!begins_with(first_word(sql), "listen")) {
        return LYGER_OK;
    }
    lyger_fail(
        error, LYGER_E_QUERY,
        "LISTEN is not supported: its notifications would reach nobody, since connections go back to the "
        "others after each request");
    return lyger_with_state(error, LYGER_E_QUERY, "0A000");
}
