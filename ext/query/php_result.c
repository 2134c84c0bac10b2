/*
 * Lyger\Result: a result in C that lives as long as its object, and as the iterators over its rows.
 */
#include "php_query.h"
#include "lyger_error.h"

#include "zend_interfaces.h"
#include "ext/json/php_json.h"

#include <string.h>

typedef struct result_object {
    lyger_result *result;
    zend_string **names; /* of the columns, from the first row that is read; NULL for rows without names */
    bool rows_as_arrays;
    zend_object std;
} result_object;

static LYGER_SET_AT_START zend_class_entry *result_class;
static LYGER_SET_AT_START zend_object_handlers result_handlers;

static result_object *object_of(zend_object *object)
{
    return (result_object *)((char *)object - XtOffsetOf(result_object, std));
}

static size_t column_count(const result_object *object)
{
    return lyger_result_describe(object->result)->column_count;
}

static zend_object *result_create(zend_class_entry *class_entry)
{
    result_object *object = zend_object_alloc(sizeof *object, class_entry);
    zend_object_std_init(&object->std, class_entry);
    object_properties_init(&object->std, class_entry);
    object->std.handlers = &result_handlers;
    return &object->std;
}

static void result_free(zend_object *std)
{
    result_object *object = object_of(std);
    if (object->names) {
        for (size_t i = column_count(object); i-- > 0;) {
            zend_string_release(object->names[i]);
        }
        efree(object->names);
    }
    php_lyger_result_free(object->result);
    zend_object_std_dtor(std);
}

/* ---- rows ---- */

/* The double of a value that the server wrote as the text of a float8 or float4. */
static double read_decimal(const lyger_value *value)
{
    char text[64]; /* "-1.7976931348623157e+308" has 24 */
    size_t len = MIN(value->text.len, sizeof text - 1);
    memcpy(text, value->text.bytes, len);
    text[len] = '\0';
    switch (text[text[0] == '-']) {
    case 'N':
        return ZEND_NAN;
    case 'I':
        return text[0] == '-' ? -ZEND_INFINITY : ZEND_INFINITY;
    default:
        return zend_strtod(text, NULL);
    }
}

static void read_value(const lyger_value *value, zval *to)
{
    switch (value->kind) {
    case LYGER_VALUE_NULL:
        ZVAL_NULL(to);
        break;
    case LYGER_VALUE_INT:
        ZVAL_LONG(to, (zend_long)value->integer);
        break;
    case LYGER_VALUE_REAL:
        ZVAL_DOUBLE(to, value->real);
        break;
    case LYGER_VALUE_BOOL:
        ZVAL_BOOL(to, value->integer != 0);
        break;
    case LYGER_VALUE_DECIMAL:
        ZVAL_DOUBLE(to, read_decimal(value));
        break;
    case LYGER_VALUE_TEXT:
    case LYGER_VALUE_BLOB:
        ZVAL_STRINGL_FAST(to, value->text.bytes, value->text.len);
        break;
    }
}

static void prepare_names(result_object *object)
{
    const lyger_result_facts *facts = lyger_result_describe(object->result);
    if (object->names || object->rows_as_arrays || facts->column_count == 0) {
        return;
    }
    object->names = safe_emalloc(facts->column_count, sizeof *object->names, 0);
    for (size_t i = 0; i < facts->column_count; i++) {
        object->names[i] = zend_string_init(facts->columns[i].name, facts->columns[i].name_len, false);
    }
}

/* Reads the next row into an array or object; values has room for one row. False at the end. */
static bool read_row(result_object *object, lyger_cursor *cursor, lyger_value *values, zval *row)
{
    if (!lyger_result_read(object->result, cursor, values)) {
        return false;
    }
    size_t count = column_count(object);
    array_init_size(row, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        zval value;
        read_value(&values[i], &value);
        if (object->rows_as_arrays) {
            zend_hash_next_index_insert_new(Z_ARRVAL_P(row), &value);
        } else {
            zend_symtable_update(Z_ARRVAL_P(row), object->names[i], &value);
        }
    }
    return true;
}

/* ---- iterators ---- */

typedef struct rows_iterator {
    zend_object_iterator base; /* base.data keeps the object alive */
    lyger_cursor cursor;
    lyger_value *values;
    zval row; /* undefined at the end */
} rows_iterator;

static void rows_forget(zend_object_iterator *base)
{
    rows_iterator *iterator = (rows_iterator *)base;
    zval_ptr_dtor(&iterator->row);
    ZVAL_UNDEF(&iterator->row);
}

static void rows_free(zend_object_iterator *base)
{
    rows_forget(base);
    efree(((rows_iterator *)base)->values);
    zval_ptr_dtor(&base->data);
}

static int rows_valid(zend_object_iterator *base)
{
    return Z_ISUNDEF(((rows_iterator *)base)->row) ? FAILURE : SUCCESS;
}

static zval *rows_current(zend_object_iterator *base)
{
    return &((rows_iterator *)base)->row;
}

static void rows_key(zend_object_iterator *base, zval *key)
{
    ZVAL_LONG(key, (zend_long)((rows_iterator *)base)->cursor.row - 1);
}

static void rows_next(zend_object_iterator *base)
{
    rows_iterator *iterator = (rows_iterator *)base;
    zval row;
    rows_forget(base);
    if (read_row(object_of(Z_OBJ(base->data)), &iterator->cursor, iterator->values, &row)) {
        ZVAL_COPY_VALUE(&iterator->row, &row);
    }
}

static void rows_rewind(zend_object_iterator *base)
{
    ((rows_iterator *)base)->cursor = (lyger_cursor){0};
    rows_next(base);
}

static const zend_object_iterator_funcs rows_functions = {
    .dtor = rows_free,
    .valid = rows_valid,
    .get_current_data = rows_current,
    .get_current_key = rows_key,
    .move_forward = rows_next,
    .rewind = rows_rewind,
};

static lyger_value *room_for_row(const result_object *object)
{
    return safe_emalloc(MAX(column_count(object), 1), sizeof(lyger_value), 0);
}

static zend_object_iterator *rows_begin(zend_class_entry *class_entry, zval *zobject, int by_ref)
{
    (void)class_entry;
    if (by_ref) {
        zend_throw_error(NULL, "The rows of a Lyger\\Result cannot be iterated by reference");
        return NULL;
    }
    result_object *object = object_of(Z_OBJ_P(zobject));
    prepare_names(object);
    rows_iterator *iterator = emalloc(sizeof *iterator);
    zend_iterator_init(&iterator->base);
    ZVAL_OBJ_COPY(&iterator->base.data, Z_OBJ_P(zobject));
    iterator->base.funcs = &rows_functions;
    iterator->cursor = (lyger_cursor){0};
    iterator->values = room_for_row(object);
    ZVAL_UNDEF(&iterator->row);
    return &iterator->base;
}

/* ---- the class ---- */

LYGER_AT_START void php_lyger_result_register(zend_class_entry *class_entry)
{
    result_class = class_entry;
    result_class->create_object = result_create;
    result_class->get_iterator = rows_begin;
    memcpy(&result_handlers, &std_object_handlers, sizeof result_handlers);
    result_handlers.offset = XtOffsetOf(result_object, std);
    result_handlers.free_obj = result_free;
    result_handlers.clone_obj = NULL;
}

lyger_result *php_lyger_result_of(zend_object *object)
{
    return object->handlers == &result_handlers ? object_of(object)->result : NULL;
}

ZEND_METHOD(Lyger_Engine, query)
{
    php_lyger_query_call call;
    if (!php_lyger_query_parse(INTERNAL_FUNCTION_PARAM_PASSTHRU, &call)) {
        RETURN_THROWS();
    }
    /* The object is made first: when there is no memory for it, there is no result to lose. */
    if (!php_lyger_object(return_value, result_class, result_create)) {
        RETURN_THROWS();
    }
    result_object *object = object_of(Z_OBJ_P(return_value));
    object->rows_as_arrays = call.options.rows_as_arrays;
    object->result = php_lyger_query_result(&call, lyger_query_run);
    if (!object->result) {
        zval_ptr_dtor(return_value);
        RETVAL_NULL();
    }
}

ZEND_METHOD(Lyger_Result, __construct)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_METHOD(Lyger_Result, count)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_LONG((zend_long)lyger_result_describe(object_of(Z_OBJ_P(ZEND_THIS))->result)->rows);
}

ZEND_METHOD(Lyger_Result, affected)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_LONG((zend_long)lyger_result_describe(object_of(Z_OBJ_P(ZEND_THIS))->result)->affected);
}

ZEND_METHOD(Lyger_Result, columns)
{
    ZEND_PARSE_PARAMETERS_NONE();

    const lyger_result_facts *facts = lyger_result_describe(object_of(Z_OBJ_P(ZEND_THIS))->result);
    array_init_size(return_value, (uint32_t)facts->column_count);
    for (size_t i = 0; i < facts->column_count; i++) {
        zval type;
        ZVAL_STRING(&type, facts->columns[i].type);
        zend_symtable_str_update(Z_ARRVAL_P(return_value), facts->columns[i].name, facts->columns[i].name_len,
                                 &type);
    }
}

ZEND_METHOD(Lyger_Result, getIterator)
{
    ZEND_PARSE_PARAMETERS_NONE();

    zend_create_internal_iterator_zval(return_value, ZEND_THIS);
}

ZEND_METHOD(Lyger_Result, toJson)
{
    ZEND_PARSE_PARAMETERS_NONE();

    php_lyger_result_json(object_of(Z_OBJ_P(ZEND_THIS))->result, return_value);
}

/* json_encode() takes an array with the keys 0, 1, 2 … for a list; a row with such names stays an object. */
static void keep_names(zval *row)
{
    if (zend_array_is_list(Z_ARRVAL_P(row))) {
        convert_to_object(row);
    }
}

ZEND_METHOD(Lyger_Result, jsonSerialize)
{
    ZEND_PARSE_PARAMETERS_NONE();

    result_object *object = object_of(Z_OBJ_P(ZEND_THIS));
    lyger_value *values = room_for_row(object);
    lyger_cursor cursor = {0};
    zval row;
    prepare_names(object);
    array_init(return_value);
    while (read_row(object, &cursor, values, &row)) {
        if (!object->rows_as_arrays) {
            keep_names(&row);
        }
        zend_hash_next_index_insert_new(Z_ARRVAL_P(return_value), &row);
    }
    efree(values);
}
