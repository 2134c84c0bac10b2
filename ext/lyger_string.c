#include "lyger_string.h"
#include "lyger_compat.h"

#include "base/memory.h"

#define FIRST_CAPACITY 256
#define MEDIUM (4u << 20) /* bytes; up to here a string has at most STEP more than it needs */
#define STEP (192u << 10) /* bytes */
/* Bytes of the largest memory that PHP does not map on its own. */
#define RUN_MOST (LYGER_MEMORY_LARGE - 4096)

/* How much more room to ask for: half as much again, but the heap must not peak far above the finished text.
 */
static size_t growth(size_t capacity)
{
    return capacity <= MEDIUM ? MIN(capacity / 2, STEP) : capacity / 8;
}

/* Where a text waits while it moves; not touched before the first one does. Threads would need a place each,
 * and do without. */
#ifdef ZTS
#define ASIDE_SIZE ((size_t)1)
#else
#define ASIDE_SIZE LYGER_MEMORY_LARGE
#endif
static char aside[ASIDE_SIZE];

/* Whether PHP maps a string with room for so many bytes on its own. */
static bool is_mapped(size_t capacity)
{
    return _ZSTR_STRUCT_SIZE(capacity) > RUN_MOST;
}

/*
 * Moves a text into a string of LYGER_MEMORY_LARGE bytes or more. PHP maps such a string on its own, and
 * unmaps it with the string: every page of every such string is fresh from the system, and touching one page
 * after the other can take longer than to write the text, on virtual machines many times as long. So the
 * memory is asked for at once, before anything is written into it. The old string is freed first, since both
 * together would be the peak of PHP's heap; when there is no memory, the text goes back into a string of its
 * size.
 */
static zend_string *move(php_lyger_string *text, size_t used, size_t wanted)
{
    size_t capacity = ZSTR_LEN(text->string);
    if (used > sizeof aside) {
        return php_lyger_string_extend(text->string, wanted);
    }
    memcpy(aside, ZSTR_VAL(text->string), used);
    zend_string_efree(text->string);
    text->string = NULL; /* what follows may leave by longjmp */
    void *memory = php_lyger_alloc(PHP_LYGER_STRING_SIZE(wanted));
    if (memory) {
        lyger_memory_expect(memory, PHP_LYGER_STRING_SIZE(wanted)); /* before a page of it is touched */
        zend_string *moved = php_lyger_string_in(memory, wanted);
        memcpy(ZSTR_VAL(moved), aside, used);
        return moved;
    }
    text->string = php_lyger_string_alloc(capacity);
    if (text->string) {
        memcpy(ZSTR_VAL(text->string), aside, used);
        text->sink.pos = ZSTR_VAL(text->string) + used;
        text->sink.end = ZSTR_VAL(text->string) + capacity;
    }
    return NULL;
}

/* NULL, and the text as it was, when there is no memory. */
static zend_string *extend(php_lyger_string *text, size_t used, size_t wanted)
{
    bool was_mapped = is_mapped(ZSTR_LEN(text->string));
    if (is_mapped(wanted) && !was_mapped) {
        return move(text, used, wanted);
    }
    zend_string *extended = php_lyger_string_extend(text->string, wanted);
    if (extended && was_mapped) {
        lyger_memory_expect(ZSTR_VAL(extended) + used, wanted - used);
    }
    return extended;
}

static bool string_more(lyger_sink *sink, size_t bytes)
{
    php_lyger_string *text = (php_lyger_string *)sink;
    size_t used = (size_t)(sink->pos - ZSTR_VAL(text->string));
    size_t capacity = ZSTR_LEN(text->string);
    size_t wanted = MAX(capacity + growth(capacity), used + bytes);
    wanted = is_mapped(wanted) ? MAX(wanted, LYGER_MEMORY_LARGE) : wanted;
    zend_string *extended = extend(text, used, wanted);
    if (!extended) {
        return false;
    }
    text->string = extended;
    sink->pos = ZSTR_VAL(text->string) + used;
    sink->end = ZSTR_VAL(text->string) + wanted;
    return true;
}

void php_lyger_string_init(php_lyger_string *text)
{
    text->string = zend_string_alloc(FIRST_CAPACITY, 0);
    text->sink.pos = ZSTR_VAL(text->string);
    text->sink.end = text->sink.pos + FIRST_CAPACITY;
    text->sink.more = string_more;
}

zend_string *php_lyger_string_finish(php_lyger_string *text)
{
    size_t used = (size_t)(text->sink.pos - ZSTR_VAL(text->string));
    zend_string *string = text->string;
    if (is_mapped(ZSTR_LEN(string)) && !is_mapped(used)) {
        ZSTR_LEN(string) = used; /* PHP would copy what has just become too short for a mapping of its own */
    } else {
        string = zend_string_truncate(string, used, 0);
    }
    ZSTR_VAL(string)[used] = '\0';
    text->string = NULL;
    return string;
}

void php_lyger_string_free(php_lyger_string *text)
{
    if (text->string) {
        zend_string_efree(text->string);
        text->string = NULL;
    }
}
