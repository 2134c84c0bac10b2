/*
 * lyger_json_encode: walks PHP values as ext/json's json_encode does and writes them with the room's writers.
 *
 * The text it writes, the error it leaves and the order in which it calls methods are json_encode's, also
 * where that is odd: after some errors (an infinity, a key that is not UTF-8) the walk goes on although the
 * text will be thrown away, and the last error counts. The recursion marks are the same bits too, so that
 * each of the two functions, called from jsonSerialize(), sees the other's marks.
 */
#include "php_json.h"
#include "lyger_compat.h"
#include "lyger_error.h"
#include "lyger_string.h"

#include "jsonout/jsonout.h"

#include "ext/json/php_json.h"
#include "zend_enum.h"
#include "zend_exceptions.h"
#include "zend_strtod.h"

extern PHP_JSON_API zend_class_entry *php_json_exception_ce;

typedef struct json_encoder {
    php_lyger_string out;
    unsigned style; /* of strings, LYGER_JSON_… */
    int flags;
    int depth;
    int max_depth;
    php_json_error_code error;
    zend_array *copied; /* objects whose table of properties PHP copied, or NULL */
} json_encoder;

/*
 * The place of the next byte is handed from function to function rather than kept in the sink, so that it
 * stays in a register: every put_… function takes the place and returns the new one. NULL says that the walk
 * ends, because of an error, an exception, or memory_limit. A put_… function may write MARGIN bytes without
 * asking.
 */
#define MARGIN 64 /* a double, punctuation, eight bytes more than an escape */

static zend_never_inline char *more(json_encoder *encoder, char *to, size_t bytes)
{
    encoder->out.sink.pos = to;
    return lyger_sink_reserve(&encoder->out.sink, bytes) ? encoder->out.sink.pos : NULL;
}

/* Makes room for `bytes` and MARGIN. */
static zend_always_inline char *room(json_encoder *encoder, char *to, size_t bytes)
{
    return EXPECTED((size_t)(encoder->out.sink.end - to) >= bytes + MARGIN)
               ? to
               : more(encoder, to, bytes + MARGIN);
}

static unsigned string_style(int flags)
{
    return (flags & PHP_JSON_UNESCAPED_SLASHES ? 0 : LYGER_JSON_SLASH) |
           (flags & PHP_JSON_HEX_TAG ? LYGER_JSON_TAG : 0) | (flags & PHP_JSON_HEX_AMP ? LYGER_JSON_AMP : 0) |
           (flags & PHP_JSON_HEX_APOS ? LYGER_JSON_APOS : 0) |
           (flags & PHP_JSON_HEX_QUOT ? LYGER_JSON_QUOT : 0) |
           (flags & PHP_JSON_UNESCAPED_UNICODE ? 0 : LYGER_JSON_NON_ASCII) |
           (flags & PHP_JSON_UNESCAPED_LINE_TERMINATORS ? 0 : LYGER_JSON_LINES) |
           (flags & PHP_JSON_INVALID_UTF8_IGNORE ? LYGER_JSON_SKIP_BAD : 0) |
           (flags & PHP_JSON_INVALID_UTF8_SUBSTITUTE ? LYGER_JSON_REPLACE_BAD : 0);
}

static zend_always_inline bool is_partial(const json_encoder *encoder)
{
    return (encoder->flags & PHP_JSON_PARTIAL_OUTPUT_ON_ERROR) != 0;
}

static zend_always_inline bool is_pretty(const json_encoder *encoder)
{
    return UNEXPECTED(encoder->flags & PHP_JSON_PRETTY_PRINT);
}

static zend_always_inline char *put_bytes(char *to, const char *bytes, size_t len)
{
    memcpy(to, bytes, len);
    return to + len;
}

#define put_word(to, literal) put_bytes((to), (literal), sizeof(literal) - 1)

/* Notes an error and ends the walk, unless partial output is wanted: then writes a word in the value's
 * place. */
static char *fail(json_encoder *encoder, char *to, php_json_error_code error)
{
    encoder->error = error;
    return is_partial(encoder) ? put_word(to, "null") : NULL;
}

static zend_never_inline char *put_line(json_encoder *encoder, char *to)
{
    size_t indent = 4 * (size_t)encoder->depth;
    to = room(encoder, to, indent + 1);
    if (to) {
        *to++ = '\n';
        memset(to, ' ', indent);
        to += indent;
    }
    return to;
}

/* Writes what comes before an element, and makes room for `bytes`. */
static zend_always_inline char *put_separator(json_encoder *encoder, char *to, bool *some, size_t bytes)
{
    if (*some) {
        *to++ = ',';
    }
    *some = true;
    if (is_pretty(encoder) && !(to = put_line(encoder, to))) {
        return NULL;
    }
    return room(encoder, to, bytes);
}

static zend_always_inline char *put_colon(json_encoder *encoder, char *to)
{
    *to++ = ':';
    if (is_pretty(encoder)) {
        *to++ = ' ';
    }
    return to;
}

static char *put_double(json_encoder *encoder, char *to, double value)
{
    bool zero_fraction = (encoder->flags & PHP_JSON_PRESERVE_ZERO_FRACTION) != 0;
    if (EXPECTED(PG(serialize_precision) == -1)) {
        return to + lyger_format_double_like_php(to, value, zero_fraction);
    }
    char text[ZEND_DOUBLE_MAX_LENGTH];
    zend_gcvt(value, (int)PG(serialize_precision), '.', 'e', text);
    size_t len = strlen(text);
    to = room(encoder, to, len + 2);
    if (!to) {
        return NULL;
    }
    to = put_bytes(to, text, len);
    return zero_fraction && len < ZEND_DOUBLE_MAX_LENGTH - 2 && !strchr(text, '.') ? put_word(to, ".0") : to;
}

/* Writes a text that is long, or not plain. `instead` is what partial output has for a text that is not
 * UTF-8; such a text does not end the walk here. */
static zend_never_inline char *put_any_text(json_encoder *encoder, char *to, const zend_string *text,
                                            const char *instead)
{
    lyger_sink *sink = &encoder->out.sink;
    size_t bad, before = (size_t)(to - ZSTR_VAL(encoder->out.string));
    sink->pos = to;
    switch (lyger_json_put_styled(sink, ZSTR_VAL(text), ZSTR_LEN(text), encoder->style, &bad)) {
    case LYGER_JSON_OK:
        return room(encoder, sink->pos, 0);
    case LYGER_JSON_FULL:
        return NULL;
    default:
        break;
    }
    encoder->error = PHP_JSON_ERROR_UTF8;
    to = room(encoder, ZSTR_VAL(encoder->out.string) + before, 0);
    return to && is_partial(encoder) ? put_bytes(to, instead, strlen(instead)) : to;
}

/* JSON_NUMERIC_CHECK: *to moves on when text was a number and has been written as one. */
static bool put_numeric(json_encoder *encoder, char **to, const zend_string *text)
{
    zend_long whole;
    double real;
    switch (is_numeric_string(ZSTR_VAL(text), ZSTR_LEN(text), &whole, &real, false)) {
    case IS_LONG:
        *to += lyger_format_int(*to, whole);
        return true;
    case IS_DOUBLE:
        if (zend_finite(real)) {
            *to = put_double(encoder, *to, real);
            return true;
        }
        return false;
    default:
        return false;
    }
}

static zend_never_inline char *put_special_string(json_encoder *encoder, char *to, const zend_string *text)
{
    if ((encoder->flags & PHP_JSON_NUMERIC_CHECK) && ZSTR_LEN(text) > 0 && put_numeric(encoder, &to, text)) {
        return to;
    }
    php_json_error_code before = encoder->error;
    encoder->error = PHP_JSON_ERROR_NONE;
    to = put_any_text(encoder, to, text, "null");
    if (EXPECTED(encoder->error == PHP_JSON_ERROR_NONE)) {
        encoder->error = before;
        return to;
    }
    return is_partial(encoder) ? to : NULL;
}

static zend_always_inline char *put_string(json_encoder *encoder, char *to, const zend_string *text)
{
    if (EXPECTED(ZSTR_LEN(text) <= LYGER_JSON_SHORT && !(encoder->flags & PHP_JSON_NUMERIC_CHECK))) {
        to = room(encoder, to, LYGER_JSON_SHORT);
        char *end = to ? lyger_json_write_short(to, ZSTR_VAL(text), ZSTR_LEN(text), encoder->style) : NULL;
        if (EXPECTED(end)) {
            return end;
        }
        if (!to) {
            return NULL;
        }
    }
    return put_special_string(encoder, to, text);
}

/* Writes a key and its colon, with room for MARGIN behind. A key that is not UTF-8 is an error, but does not
 * end the walk. */
static zend_always_inline char *put_key(json_encoder *encoder, char *to, const zend_string *key)
{
    char *end = ZSTR_LEN(key) <= LYGER_JSON_SHORT
                    ? lyger_json_write_short(to, ZSTR_VAL(key), ZSTR_LEN(key), encoder->style)
                    : NULL;
    if (UNEXPECTED(!end)) {
        end = put_any_text(encoder, to, key, "\"\"");
    }
    return end ? put_colon(encoder, end) : NULL;
}

static char *put_index(json_encoder *encoder, char *to, zend_ulong index)
{
    *to++ = '"';
    to += lyger_format_int(to, (zend_long)index);
    *to++ = '"';
    return put_colon(encoder, to);
}

/* The room to ask for before a key: the key's own when it is short, and MARGIN. */
static zend_always_inline size_t key_size(const zend_string *key)
{
    return key && ZSTR_LEN(key) <= LYGER_JSON_SHORT ? ZSTR_LEN(key) + MARGIN : MARGIN;
}

static char *put_container(json_encoder *encoder, char *to, zval *value);
static char *put_object(json_encoder *encoder, char *to, zval *value);

static zend_always_inline char *put_value(json_encoder *encoder, char *to, zval *value)
{
    ZVAL_DEREF(value);
    switch (Z_TYPE_P(value)) {
    case IS_STRING:
        return put_string(encoder, to, Z_STR_P(value));
    case IS_LONG:
        return to + lyger_format_int(to, Z_LVAL_P(value));
    case IS_ARRAY:
        return put_container(encoder, to, value);
    case IS_OBJECT:
        return put_object(encoder, to, value);
    case IS_DOUBLE:
        if (EXPECTED(zend_finite(Z_DVAL_P(value)))) {
            return put_double(encoder, to, Z_DVAL_P(value));
        }
        encoder->error = PHP_JSON_ERROR_INF_OR_NAN; /* and the walk goes on */
        return put_word(to, "0");
    case IS_NULL:
        return put_word(to, "null");
    case IS_TRUE:
        return put_word(to, "true");
    case IS_FALSE:
        return put_word(to, "false");
    default:
        return fail(encoder, to, PHP_JSON_ERROR_UNSUPPORTED_TYPE);
    }
}

static zend_always_inline char *open_container(json_encoder *encoder, char *to, char bracket)
{
    to = room(encoder, to, 0);
    if (to) {
        *to++ = bracket;
        encoder->depth++;
    }
    return to;
}

static zend_always_inline char *close_container(json_encoder *encoder, char *to, char bracket, bool some)
{
    if (UNEXPECTED(encoder->depth > encoder->max_depth)) {
        encoder->error = PHP_JSON_ERROR_DEPTH;
        if (!is_partial(encoder)) {
            return NULL;
        }
    }
    encoder->depth--;
    if (some && is_pretty(encoder) && !(to = put_line(encoder, to))) {
        return NULL;
    }
    to = room(encoder, to, 0);
    if (to) {
        *to++ = bracket;
    }
    return to;
}

static char *put_list(json_encoder *encoder, char *to, zend_array *list)
{
    bool some = false;
    zval *element;
    ZEND_HASH_FOREACH_VAL_IND(list, element)
    {
        to = put_separator(encoder, to, &some, 0);
        if (UNEXPECTED(!to) || UNEXPECTED(!(to = put_value(encoder, to, element)))) {
            return NULL;
        }
    }
    ZEND_HASH_FOREACH_END();
    return close_container(encoder, to, ']', some);
}

static char *put_map(json_encoder *encoder, char *to, zend_array *map)
{
    bool some = false;
    zend_string *key;
    zend_ulong index;
    zval *element;
    ZEND_HASH_FOREACH_KEY_VAL_IND(map, index, key, element)
    {
        to = put_separator(encoder, to, &some, key_size(key));
        if (EXPECTED(to)) {
            to = EXPECTED(key) ? put_key(encoder, to, key) : put_index(encoder, to, index);
        }
        if (UNEXPECTED(!to) || UNEXPECTED(!(to = put_value(encoder, to, element)))) {
            return NULL;
        }
    }
    ZEND_HASH_FOREACH_END();
    return close_container(encoder, to, '}', some);
}

static zend_never_inline char *put_recursion(json_encoder *encoder, char *to)
{
    encoder->error = PHP_JSON_ERROR_RECURSION;
    return is_partial(encoder) ? put_word(to, "null") : NULL;
}

static char *put_array(json_encoder *encoder, char *to, zend_array *array)
{
    bool is_map = (encoder->flags & PHP_JSON_FORCE_OBJECT) || !zend_array_is_list(array);
    if (GC_IS_RECURSIVE(array)) {
        return put_recursion(encoder, to);
    }
    to = open_container(encoder, to, is_map ? '{' : '[');
    if (to) {
        GC_TRY_PROTECT_RECURSION(array);
        to = is_map ? put_map(encoder, to, array) : put_list(encoder, to, array);
        GC_TRY_UNPROTECT_RECURSION(array);
    }
    return to;
}

static bool is_hidden(const zend_string *name)
{
    return ZSTR_VAL(name)[0] == '\0' && ZSTR_LEN(name) > 0; /* "\0*\0name", "\0Class\0name" */
}

/* Writes the public properties of an object that has only the properties that its class declares. */
static char *put_declared_properties(json_encoder *encoder, char *to, zend_object *object)
{
    bool some = false;
    for (int i = 0; i < object->ce->default_properties_count; i++) {
        const zend_property_info *property = object->ce->properties_info_table[i];
        if (!property || is_hidden(property->name)) {
            continue;
        }
        zval *element = OBJ_PROP(object, property->offset);
        if (Z_TYPE_P(element) == IS_UNDEF) {
            continue;
        }
        to = put_separator(encoder, to, &some, key_size(property->name));
        if (!to || !(to = put_key(encoder, to, property->name)) || !(to = put_value(encoder, to, element))) {
            return NULL;
        }
    }
    return close_container(encoder, to, '}', some);
}

/* Writes a property of a table that zend_get_properties_for() gave. */
static zend_always_inline char *put_property(json_encoder *encoder, char *to, zend_string *name,
                                             zend_ulong index, zval *element, bool *some)
{
    to = put_separator(encoder, to, some, key_size(name));
    if (EXPECTED(to)) {
        to = EXPECTED(name) ? put_key(encoder, to, name) : put_index(encoder, to, index);
    }
    return EXPECTED(to) ? put_value(encoder, to, element) : NULL;
}

static char *put_table(json_encoder *encoder, char *to, zend_object *object, zend_array *properties)
{
    bool some = false;
    zend_string *name;
    zend_ulong index;
    zval *element, hooked;
    ZVAL_UNDEF(&hooked);
    ZEND_HASH_FOREACH_KEY_VAL_IND(properties, index, name, element)
    {
        if (name && is_hidden(name)) {
            continue;
        }
        if (!php_lyger_read_hook(object, &element, &hooked)) {
            if (EG(exception)) {
                return is_partial(encoder) ? to : NULL; /* json_encode leaves the brace open, and the depth */
            }
            continue;
        }
        to = put_property(encoder, to, name, index, element, &some);
        if (UNEXPECTED(Z_TYPE(hooked) != IS_UNDEF)) {
            zval_ptr_dtor(&hooked);
            ZVAL_UNDEF(&hooked);
        }
        if (UNEXPECTED(!to)) {
            return NULL;
        }
    }
    ZEND_HASH_FOREACH_END();
    return close_container(encoder, to, '}', some);
}

static bool has_own_properties_only(zend_object *object)
{
    return !object->handlers->get_properties_for &&
           object->handlers->get_properties == zend_std_get_properties && !php_lyger_has_hooks(object->ce) &&
           !php_lyger_is_lazy(object);
}

/* The table of an object's properties, as zend_get_properties_for() gives it; to be released with
 * zend_release_properties(). */
static zend_array *properties_of(zval *value)
{
    zend_object *object = Z_OBJ_P(value);
    if (object->properties && has_own_properties_only(object)) {
        GC_TRY_ADDREF(object->properties);
        return object->properties;
    }
    return zend_get_properties_for(value, ZEND_PROP_PURPOSE_JSON);
}

/*
 * A method that adds a property while the table is held makes PHP copy the table, and the copy has values of
 * the declared properties where it should refer to the object's own (zend_array_dup() follows IS_INDIRECT).
 * Such values are stale after the next assignment, and what they refer to is counted twice, which keeps it
 * from the garbage collector for ever. json_encode() leaves the copy in place; lyger makes the table anew,
 * but only at the end of the text, so that the rest of the text has the same stale values as json_encode()'s.
 */
static void remember_copied(json_encoder *encoder, zend_object *object)
{
    zval held;
    if (!encoder->copied) {
        encoder->copied = zend_new_array(1);
    }
    ZVAL_OBJ_COPY(&held, object);
    zend_hash_index_update(encoder->copied, object->handle, &held);
}

static void refer_to_own_again(zend_object *object)
{
    zend_array *copy = object->properties;
    zend_string *name;
    zend_ulong index;
    zval *value;
    if (!copy || GC_REFCOUNT(copy) > 1 || HT_HAS_ITERATORS(copy)) {
        return; /* other code reads the copy */
    }
    object->properties = NULL;
    zend_array *anew = zend_std_get_properties(object);
    ZEND_HASH_FOREACH_KEY_VAL(copy, index, name, value)
    {
        if (name ? zend_hash_add(anew, name, value) : zend_hash_index_add(anew, index, value)) {
            Z_TRY_ADDREF_P(value);
        }
    }
    ZEND_HASH_FOREACH_END();
    zend_release_properties(copy);
}

static void mend_copied(json_encoder *encoder)
{
    zval *held;
    ZEND_HASH_FOREACH_VAL(encoder->copied, held)
    {
        refer_to_own_again(Z_OBJ_P(held));
    }
    ZEND_HASH_FOREACH_END();
    zend_array_destroy(encoder->copied);
}

/*
 * A table that a handler of the object's own gave and keeps, as ArrayObject does, may be changed in place by
 * a method that runs while the table is written, even though the table is held: of such a table a copy is
 * written.
 */
static char *put_table_of(json_encoder *encoder, char *to, zend_object *object, zend_array *properties)
{
    if (EXPECTED(properties == object->properties || GC_REFCOUNT(properties) == 1)) {
        return put_table(encoder, to, object, properties);
    }
    zend_array *copy = zend_array_dup(properties);
    to = put_table(encoder, to, object, copy);
    zend_array_release(copy);
    return to;
}

static char *put_properties(json_encoder *encoder, char *to, zval *value)
{
    zend_object *object = Z_OBJ_P(value);
    zend_array *properties = properties_of(value);
    bool own = properties && properties == object->properties && has_own_properties_only(object) &&
               object->ce->default_properties_count > 0;
    /* A table with hooks is a temporary one. */
    zend_refcounted *mark =
        php_lyger_has_hooks(object->ce) ? (zend_refcounted *)object : (zend_refcounted *)properties;
    if (mark && GC_IS_RECURSIVE(mark)) {
        to = put_recursion(encoder, to);
    } else if ((to = open_container(encoder, to, '{'))) {
        if (mark) {
            GC_TRY_PROTECT_RECURSION(mark);
        }
        to = properties ? put_table_of(encoder, to, object, properties)
                        : close_container(encoder, to, '}', false);
        if (mark) {
            GC_TRY_UNPROTECT_RECURSION(mark);
        }
    }
    zend_release_properties(properties);
    if (UNEXPECTED(own && object->properties && object->properties != properties)) {
        remember_copied(encoder, object);
    }
    return to;
}

static char *put_plain_object(json_encoder *encoder, char *to, zval *value)
{
    zend_object *object = Z_OBJ_P(value);
    if (object->properties || !has_own_properties_only(object)) {
        return put_properties(encoder, to, value);
    }
    if (GC_IS_RECURSIVE(object)) {
        return put_recursion(encoder, to);
    }
    to = open_container(encoder, to, '{');
    if (to) {
        GC_TRY_PROTECT_RECURSION(object);
        to = put_declared_properties(encoder, to, object);
        GC_TRY_UNPROTECT_RECURSION(object);
    }
    return to;
}

static zend_always_inline char *put_held_container(json_encoder *encoder, char *to, zval *value)
{
    if (UNEXPECTED(php_lyger_memory_limit_reached())) {
        return NULL;
    }
    if (UNEXPECTED(php_lyger_stack_is_low())) {
        return fail(encoder, to, PHP_JSON_ERROR_DEPTH);
    }
    return Z_TYPE_P(value) == IS_ARRAY ? put_array(encoder, to, Z_ARR_P(value))
                                       : put_plain_object(encoder, to, value);
}

/* Writes an array or the properties of an object, holding it while its elements run methods that may release
 * it. */
static char *put_container(json_encoder *encoder, char *to, zval *value)
{
    zval held;
    ZVAL_COPY(&held, value);
    to = put_held_container(encoder, to, &held);
    zval_ptr_dtor_nogc(&held);
    return to;
}

/* Calls jsonSerialize(); false when there is no result because of an exception. */
static bool call_serializer(zend_object *object, zval *result)
{
    zend_function *method = zend_hash_str_find_ptr(&object->ce->function_table, ZEND_STRL("jsonserialize"));
    ZVAL_UNDEF(result);
    zend_call_known_instance_method_with_0_params(method, object, result);
    if (!EG(exception) && Z_TYPE_P(result) != IS_UNDEF) {
        return true;
    }
    zval_ptr_dtor(result);
    return false;
}

static char *put_held_serializable(json_encoder *encoder, char *to, zval *value)
{
    zval replacement;
    php_lyger_json_mark *mark = php_lyger_json_mark_of(value);
    if (php_lyger_json_marked(mark)) {
        return fail(encoder, to, PHP_JSON_ERROR_RECURSION);
    }
    php_lyger_json_set_mark(mark);
    if (!call_serializer(Z_OBJ_P(value), &replacement)) {
        php_lyger_json_clear_mark(mark);
        return fail(encoder, to, encoder->error);
    }
    if (Z_TYPE(replacement) == IS_OBJECT && Z_OBJ(replacement) == Z_OBJ_P(value)) {
        php_lyger_json_clear_mark(mark);
        to = put_held_container(encoder, to, &replacement);
    } else {
        to = put_value(encoder, to, &replacement);
        php_lyger_json_clear_mark(mark);
    }
    zval_ptr_dtor(&replacement);
    return to;
}

/* Writes an object with jsonSerialize(). The object is held while its method runs, which may overwrite the
 * variable that held it. */
static char *put_serializable(json_encoder *encoder, char *to, zval *value)
{
    zval held;
    ZVAL_COPY(&held, value);
    to = put_held_serializable(encoder, to, &held);
    zval_ptr_dtor(&held);
    return to;
}

static char *put_object(json_encoder *encoder, char *to, zval *value)
{
    zend_class_entry *class_entry = Z_OBJCE_P(value);
    if (class_entry->num_interfaces > 0 && instanceof_function(class_entry, php_json_serializable_ce)) {
        return put_serializable(encoder, to, value);
    }
    if (EXPECTED(!(class_entry->ce_flags & ZEND_ACC_ENUM))) {
        return put_container(encoder, to, value);
    }
    if (class_entry->enum_backing_type == IS_UNDEF) {
        encoder->error = PHP_JSON_ERROR_NON_BACKED_ENUM;
        return is_partial(encoder) ? put_word(to, "0") : NULL;
    }
    return put_value(encoder, to, zend_enum_fetch_case_value(Z_OBJ_P(value)));
}

zend_string *php_lyger_json_encode(zval *value, int flags, int depth, int *error)
{
    json_encoder encoder = {.style = string_style(flags), .flags = flags, .max_depth = depth};
    php_lyger_string_init(&encoder.out);
    char *to = put_value(&encoder, encoder.out.sink.pos, value);
    *error = encoder.error;
    if (UNEXPECTED(encoder.copied)) {
        mend_copied(&encoder);
    }
    if (!to) {
        php_lyger_string_free(&encoder.out);
        return NULL;
    }
    encoder.out.sink.pos = to;
    return php_lyger_string_finish(&encoder.out);
}

/* ext/json's own texts, which it does not export. */
static const char *error_text(int error)
{
    switch (error) {
    case PHP_JSON_ERROR_DEPTH:
        return "Maximum stack depth exceeded";
    case PHP_JSON_ERROR_UTF8:
        return "Malformed UTF-8 characters, possibly incorrectly encoded";
    case PHP_JSON_ERROR_RECURSION:
        return "Recursion detected";
    case PHP_JSON_ERROR_INF_OR_NAN:
        return "Inf and NaN cannot be JSON encoded";
    case PHP_JSON_ERROR_UNSUPPORTED_TYPE:
        return "Type is not supported";
    default:
        return "Non-backed enums have no default serialization";
    }
}

ZEND_FUNCTION(lyger_json_encode)
{
    zval *value;
    zend_long flags = 0;
    zend_long depth = PHP_JSON_PARSER_DEFAULT_DEPTH;

    ZEND_PARSE_PARAMETERS_START(1, 3)
        Z_PARAM_ZVAL(value)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(flags)
        Z_PARAM_LONG(depth)
    ZEND_PARSE_PARAMETERS_END();

    int error;
    bool partial = (flags & PHP_JSON_PARTIAL_OUTPUT_ON_ERROR) != 0;
    bool throws = (flags & PHP_JSON_THROW_ON_ERROR) && !partial;
    zend_string *text = php_lyger_json_encode(value, (int)flags, (int)depth, &error);
    if (!throws) {
        JSON_G(error_code) = error;
    }
    if (text && (error == PHP_JSON_ERROR_NONE || partial)) {
        RETURN_STR(text);
    }
    if (text) {
        zend_string_efree(text);
    }
    if (throws && error != PHP_JSON_ERROR_NONE) {
        zend_throw_exception(php_json_exception_ce, error_text(error), error);
    }
    RETURN_FALSE; /* or there is an exception, or PHP ends the script for memory_limit */
}
