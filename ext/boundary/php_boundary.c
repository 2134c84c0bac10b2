#include "php_boundary.h"

#include "lyger_error.h"

/* ---- scalars ---- */

ZEND_FUNCTION(lyger_probe_nothing)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_FUNCTION(lyger_probe_take)
{
    zend_long value;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(value)
    ZEND_PARSE_PARAMETERS_END();
    (void)value;
}

ZEND_FUNCTION(lyger_probe_take_float)
{
    double value;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_DOUBLE(value)
    ZEND_PARSE_PARAMETERS_END();
    (void)value;
}

ZEND_FUNCTION(lyger_probe_take_text)
{
    zend_string *text;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(text)
    ZEND_PARSE_PARAMETERS_END();
    (void)text;
}

ZEND_FUNCTION(lyger_probe_take_array)
{
    zend_array *array;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ARRAY_HT(array)
    ZEND_PARSE_PARAMETERS_END();
    (void)array;
}

ZEND_FUNCTION(lyger_probe_double)
{
    zend_long value;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(value)
    ZEND_PARSE_PARAMETERS_END();

    RETURN_LONG(lyger_boundary_double(value));
}

ZEND_FUNCTION(lyger_probe_halve)
{
    double value;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_DOUBLE(value)
    ZEND_PARSE_PARAMETERS_END();

    RETURN_DOUBLE(lyger_boundary_halve(value));
}

/* ---- strings and bytes ---- */

ZEND_FUNCTION(lyger_probe_text_in)
{
    zend_string *text;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(text)
    ZEND_PARSE_PARAMETERS_END();

    RETURN_LONG(lyger_boundary_text_in(ZSTR_VAL(text), ZSTR_LEN(text)));
}

ZEND_FUNCTION(lyger_probe_nul_scan)
{
    zend_string *text;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(text)
    ZEND_PARSE_PARAMETERS_END();

    RETURN_LONG((zend_long)lyger_boundary_nul_scan(ZSTR_VAL(text)));
}

ZEND_FUNCTION(lyger_probe_utf8)
{
    zend_string *text;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(text)
    ZEND_PARSE_PARAMETERS_END();

    RETURN_BOOL(lyger_boundary_utf8(ZSTR_VAL(text), ZSTR_LEN(text)));
}

ZEND_FUNCTION(lyger_probe_text_out)
{
    zend_long length;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(length)
    ZEND_PARSE_PARAMETERS_END();

    if (length < 0) {
        zend_argument_value_error(1, "must be greater than or equal to 0");
        RETURN_THROWS();
    }
    zend_string *text = zend_string_safe_alloc(1, (size_t)length, 0, false);
    lyger_boundary_fill(ZSTR_VAL(text), ZSTR_LEN(text));
    ZSTR_VAL(text)[ZSTR_LEN(text)] = '\0';
    RETURN_NEW_STR(text);
}

ZEND_FUNCTION(lyger_probe_reverse)
{
    zend_string *text;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(text)
    ZEND_PARSE_PARAMETERS_END();

    zend_string *reversed = zend_string_alloc(ZSTR_LEN(text), false);
    lyger_boundary_reverse(ZSTR_VAL(reversed), ZSTR_VAL(text), ZSTR_LEN(text));
    ZSTR_VAL(reversed)[ZSTR_LEN(reversed)] = '\0';
    RETURN_NEW_STR(reversed);
}

ZEND_FUNCTION(lyger_probe_digits)
{
    zend_string *bytes;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(bytes)
    ZEND_PARSE_PARAMETERS_END();

    RETURN_LONG((zend_long)lyger_boundary_digits(ZSTR_VAL(bytes), ZSTR_LEN(bytes)));
}

ZEND_FUNCTION(lyger_probe_threads)
{
    zend_string *bytes;
    zend_long threads;

    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_STR(bytes)
        Z_PARAM_LONG(threads)
    ZEND_PARSE_PARAMETERS_END();

    size_t digits = 0;
    lyger_error error;
    int count = (int)MAX(0, MIN(threads, LYGER_BOUNDARY_THREADS_MAX + 1)); /* out of range stays so */
    if (lyger_boundary_threads(ZSTR_VAL(bytes), ZSTR_LEN(bytes), count, &digits, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_LONG((zend_long)digits);
}

/* ---- arrays ---- */

/* Whether an element, behind its reference if it is one, is an integer; throws when it is not. */
static bool is_integer(const zval *element)
{
    if (EXPECTED(Z_TYPE_P(element) == IS_LONG)) {
        return true;
    }
    zend_argument_type_error(1, "must be an array of int, %s in it", zend_zval_type_name(element));
    return false;
}

/* Reads the elements in place, where PHP has them. */
ZEND_FUNCTION(lyger_probe_sum)
{
    zend_array *numbers;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ARRAY_HT(numbers)
    ZEND_PARSE_PARAMETERS_END();

    zend_ulong sum = 0;
    zval *element;
    ZEND_HASH_FOREACH_VAL(numbers, element)
    {
        ZVAL_DEREF(element);
        if (!is_integer(element)) {
            RETURN_THROWS();
        }
        sum += (zend_ulong)Z_LVAL_P(element);
    }
    ZEND_HASH_FOREACH_END();
    RETURN_LONG((zend_long)sum);
}

/* Copies element by element into an array of C, as an FFI door has to do. */
ZEND_FUNCTION(lyger_probe_sum_copied)
{
    zend_array *numbers;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ARRAY_HT(numbers)
    ZEND_PARSE_PARAMETERS_END();

    size_t count = 0;
    int64_t *copy = safe_emalloc(zend_hash_num_elements(numbers), sizeof *copy, 0);
    zval *element;
    ZEND_HASH_FOREACH_VAL(numbers, element)
    {
        ZVAL_DEREF(element);
        if (!is_integer(element)) {
            efree(copy);
            RETURN_THROWS();
        }
        copy[count++] = Z_LVAL_P(element);
    }
    ZEND_HASH_FOREACH_END();
    RETVAL_LONG(lyger_boundary_sum(copy, count));
    efree(copy);
}

ZEND_FUNCTION(lyger_probe_sum_packed)
{
    zend_string *packed;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(packed)
    ZEND_PARSE_PARAMETERS_END();

    if (ZSTR_LEN(packed) % sizeof(int64_t) != 0) {
        zend_argument_value_error(1, "must have a length that is a multiple of 8");
        RETURN_THROWS();
    }
    RETURN_LONG(lyger_boundary_sum(ZSTR_VAL(packed), ZSTR_LEN(packed) / sizeof(int64_t)));
}

/* ---- a struct, which in PHP is an array with names ---- */

/* Names kept with their hashes, as the engine keeps those of a script. */
static zend_string *id_name, *value_name, *flag_name, *price_name, *name_name;

void php_lyger_boundary_keep_names(void)
{
    id_name = zend_string_init_interned(ZEND_STRL("id"), true);
    value_name = zend_string_init_interned(ZEND_STRL("value"), true);
    flag_name = zend_string_init_interned(ZEND_STRL("flag"), true);
    price_name = zend_string_init_interned(ZEND_STRL("price"), true);
    name_name = zend_string_init_interned(ZEND_STRL("name"), true);
}

static void add_long(zend_array *array, zend_string *name, zend_long value)
{
    zval element;
    ZVAL_LONG(&element, value);
    zend_hash_add_new(array, name, &element);
}

static void add_double(zend_array *array, zend_string *name, double value)
{
    zval element;
    ZVAL_DOUBLE(&element, value);
    zend_hash_add_new(array, name, &element);
}

static zval *member(zend_array *record, zend_string *name, zend_uchar type)
{
    zval *value = zend_hash_find_known_hash(record, name);
    if (value) {
        ZVAL_DEREF(value);
    }
    if (!value || Z_TYPE_P(value) != type) {
        zend_argument_value_error(1, "must have the element \"%s\" of type %s", ZSTR_VAL(name),
                                  zend_get_type_by_const(type));
        return NULL;
    }
    return value;
}

static bool read_record(zend_array *array, lyger_probe_record *record)
{
    zval *id = member(array, id_name, IS_LONG);
    zval *value = id ? member(array, value_name, IS_DOUBLE) : NULL;
    zval *flag = value ? member(array, flag_name, IS_LONG) : NULL;
    if (!flag) {
        return false;
    }
    *record = (lyger_probe_record){(uint32_t)Z_LVAL_P(id), Z_DVAL_P(value), (uint8_t)Z_LVAL_P(flag)};
    return true;
}

ZEND_FUNCTION(lyger_probe_record)
{
    zend_array *array;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_ARRAY_HT(array)
    ZEND_PARSE_PARAMETERS_END();

    lyger_probe_record record;
    if (!read_record(array, &record)) {
        RETURN_THROWS();
    }
    lyger_boundary_next(&record, &record);
    array_init_size(return_value, 3);
    zend_hash_real_init_mixed(Z_ARRVAL_P(return_value));
    add_long(Z_ARRVAL_P(return_value), id_name, record.id);
    add_double(Z_ARRVAL_P(return_value), value_name, record.value);
    add_long(Z_ARRVAL_P(return_value), flag_name, record.flag);
}

/* ---- callbacks and errors ---- */

typedef struct php_callback {
    zend_fcall_info info;
    zend_fcall_info_cache cache;
} php_callback;

static bool call_php(void *context, int64_t value, int64_t *result)
{
    php_callback *callback = context;
    zval argument, returned;
    ZVAL_LONG(&argument, value);
    callback->info.retval = &returned;
    callback->info.params = &argument;
    callback->info.param_count = 1;
    if (zend_call_function(&callback->info, &callback->cache) == FAILURE || EG(exception)) {
        return false;
    }
    *result = zval_get_long(&returned);
    zval_ptr_dtor(&returned);
    return !EG(exception);
}

ZEND_FUNCTION(lyger_probe_each)
{
    php_callback callback;
    zend_long count;

    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_FUNC(callback.info, callback.cache)
        Z_PARAM_LONG(count)
    ZEND_PARSE_PARAMETERS_END();

    if (count < 0) {
        zend_argument_value_error(2, "must be greater than or equal to 0");
        RETURN_THROWS();
    }
    int64_t sum = 0;
    if (!lyger_boundary_each(call_php, &callback, (size_t)count, &sum)) {
        RETURN_THROWS();
    }
    RETURN_LONG(sum);
}

ZEND_FUNCTION(lyger_probe_check)
{
    zend_long value;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(value)
    ZEND_PARSE_PARAMETERS_END();

    lyger_error error;
    if (lyger_boundary_check(value, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_LONG(LYGER_OK);
}

ZEND_FUNCTION(lyger_probe_status)
{
    zend_long value;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(value)
    ZEND_PARSE_PARAMETERS_END();

    lyger_error error;
    RETURN_LONG(lyger_boundary_check(value, &error));
}

/* ---- rows ---- */

void php_lyger_boundary_row(const lyger_probe_row *row, zval *to)
{
    array_init_size(to, 3);
    zend_hash_real_init_mixed(Z_ARRVAL_P(to));
    add_long(Z_ARRVAL_P(to), id_name, row->id);
    add_double(Z_ARRVAL_P(to), price_name, row->price);
    zval name;
    ZVAL_STRINGL(&name, row->name, row->name_len);
    zend_hash_add_new(Z_ARRVAL_P(to), name_name, &name);
}

ZEND_FUNCTION(lyger_probe_rows)
{
    zend_long count;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_LONG(count)
    ZEND_PARSE_PARAMETERS_END();

    lyger_probe_rows *rows = count >= 0 ? lyger_boundary_rows_new((size_t)count) : NULL;
    if (!rows) {
        zend_argument_value_error(
            1, "must be greater than or equal to 0, and there must be memory for the rows");
        RETURN_THROWS();
    }
    array_init_size(return_value, (uint32_t)MIN(count, UINT32_MAX / 2));
    lyger_probe_row row;
    for (size_t i = 0; lyger_boundary_rows_read(rows, i, &row); i++) {
        zval array;
        php_lyger_boundary_row(&row, &array);
        zend_hash_next_index_insert_new(Z_ARRVAL_P(return_value), &array);
    }
    lyger_boundary_rows_free(rows);
}
