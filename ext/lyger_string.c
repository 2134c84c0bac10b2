#include "lyger_string.h"
#include "lyger_compat.h"

#define FIRST_CAPACITY 256
#define MEDIUM (4u << 20) /* bytes; up to here a string has at most STEP more than it needs */
#define STEP (192u << 10) /* bytes */

/* How much more room to ask for: half as much again, but the heap must not peak far above the finished text.
 */
static size_t growth(size_t capacity)
{
    return capacity <= MEDIUM ? MIN(capacity / 2, STEP) : capacity / 8;
}

static bool string_more(lyger_sink *sink, size_t bytes)
{
    php_lyger_string *text = (php_lyger_string *)sink;
    size_t used = (size_t)(sink->pos - ZSTR_VAL(text->string));
    size_t capacity = ZSTR_LEN(text->string);
    size_t wanted = MAX(capacity + growth(capacity), used + bytes);
    zend_string *extended = php_lyger_string_extend(text->string, wanted);
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
    zend_string *string = zend_string_truncate(text->string, used, 0);
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
