/*
 * The native door's parameters: PHP's values as the core takes them.
 */
#include "php_query.h"

#include "query/params.h"

#include "zend_enum.h"
#include "zend_exceptions.h"
#include "ext/date/php_date.h"

static LYGER_SET_AT_START zend_class_entry *binary_class;

static void list_free(const lyger_param *param)
{
    if ((param->type == LYGER_PARAM_LIST || param->type == LYGER_PARAM_MAP) && param->list.items) {
        for (size_t i = 0; i < param->list.count; i++) {
            list_free(&param->list.items[i]);
        }
        efree((void *)param->list.items);
    }
}

void php_lyger_params_free(php_lyger_query_call *call)
{
    for (uint32_t i = 0; i < call->param_count; i++) {
        list_free(&call->params[i]);
    }
    for (size_t i = 0; i < call->text_count; i++) {
        zend_string_release(call->texts[i]);
    }
    if (call->params) {
        efree(call->params);
    }
    if (call->texts) {
        efree(call->texts);
    }
}

/* Makes the text the parameter's value and keeps a reference for the call. */
static void keep_text(php_lyger_query_call *call, zend_string *text, lyger_param *param)
{
    if (call->text_count == call->text_room) {
        call->text_room = call->text_room ? call->text_room * 2 : 8;
        call->texts = safe_erealloc(call->texts, call->text_room, sizeof *call->texts, 0);
    }
    call->texts[call->text_count++] = text;
    param->type = LYGER_PARAM_TEXT;
    param->text.bytes = ZSTR_VAL(text);
    param->text.len = ZSTR_LEN(text);
}

/* Refuses a value of a PHP type that no database has. */
static void refuse_param(const zval *value, const lyger_param_place *place, const php_lyger_query_call *call)
{
    char text[LYGER_PLACE_SIZE];
    zend_argument_type_error(call->argument,
                             "must hold null, bool, int, float, string, DateTimeInterface, backed enums, "
                             "Lyger\\Binary, Stringable or arrays of them; %s given for %s",
                             zend_zval_type_name(value), lyger_param_place_text(place, text));
}

/* Days since 1970-01-01 of a date in the Gregorian calendar; see params.c. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Reads a DateTimeInterface. The offset is the time that the object's clock shows, taken as if it were UTC,
 * less the true time. */
static bool read_time(zend_object *object, lyger_param *param)
{
    const timelib_time *time = php_date_obj_from_obj(object)->time;
    if (!time) {
        zend_throw_error(NULL, "The %s object has not been correctly initialized by its constructor",
                         ZSTR_VAL(object->ce->name));
        return false;
    }
    int64_t shown =
        days_from_civil(time->y, time->m, time->d) * 86400 + time->h * 3600 + time->i * 60 + time->s;
    param->type = LYGER_PARAM_TIME;
    param->time.seconds = time->sse;
    param->time.microseconds = (uint32_t)time->us;
    param->time.offset = (int32_t)(shown - time->sse);
    return true;
}

static bool read_enum(zend_object *object, lyger_param *param, php_lyger_query_call *call)
{
    zval *value = zend_enum_fetch_case_value(object);
    if (Z_TYPE_P(value) == IS_LONG) {
        param->type = LYGER_PARAM_INT;
        param->integer = Z_LVAL_P(value);
    } else {
        keep_text(call, zend_string_copy(Z_STR_P(value)), param);
    }
    return true;
}

static bool read_object(zval *value, const lyger_param_place *place, lyger_param *param,
                        php_lyger_query_call *call)
{
    zend_object *object = Z_OBJ_P(value);
    const zend_class_entry *class_entry = object->ce;
    if (class_entry == binary_class && Z_TYPE_P(OBJ_PROP_NUM(object, 0)) == IS_STRING) {
        keep_text(call, zend_string_copy(Z_STR_P(OBJ_PROP_NUM(object, 0))), param);
        param->type = LYGER_PARAM_BYTES;
        return true;
    }
    if (instanceof_function(class_entry, php_date_get_interface_ce())) {
        return read_time(object, param);
    }
    if ((class_entry->ce_flags & ZEND_ACC_ENUM) && class_entry->enum_backing_type != IS_UNDEF) {
        return read_enum(object, param, call);
    }
    if (!class_entry->__tostring) {
        refuse_param(value, place, call);
        return false;
    }
    zend_string *text = zval_try_get_string(value);
    if (text) {
        keep_text(call, text, param);
    }
    return text != NULL;
}

static bool read_value(zval *value, lyger_param_place *place, lyger_param *param, php_lyger_query_call *call);

/* The key of a map's member, which is the member's name. */
static void read_key(zend_ulong index, zend_string *name, lyger_param *param, php_lyger_query_call *call)
{
    lyger_param text;
    keep_text(call, name ? zend_string_copy(name) : zend_long_to_str((zend_long)index), &text);
    param->name = text.text.bytes;
    param->name_len = text.text.len;
}

/* Reads an array at a place within a parameter: a list, or a map. False with an exception, and nothing to
 * free in param. */
static bool read_array(HashTable *array, lyger_param_place *place, lyger_param *param,
                       php_lyger_query_call *call)
{
    uint32_t count = zend_hash_num_elements(array);
    zend_ulong index;
    zend_string *name;
    zval *value;
    bool ok = true, map = !zend_array_is_list(array);
    if (place->depth == LYGER_PARAM_DEPTH) { /* an array that contains itself ends here, too */
        zend_argument_value_error(call->argument, "must nest at most %d arrays; %s nests more",
                                  LYGER_PARAM_DEPTH, place->label);
        return false;
    }
    lyger_param *items = count > 0 ? safe_emalloc(count, sizeof *items, 0) : NULL;
    param->type = map ? LYGER_PARAM_MAP : LYGER_PARAM_LIST;
    param->list.items = items;
    param->list.count = 0;
    GC_TRY_ADDREF(array); /* a __toString() in the array could change the array through a reference */
    place->depth++;
    ZEND_HASH_FOREACH_KEY_VAL(array, index, name, value)
    place->at[place->depth - 1] = param->list.count;
    ok = read_value(value, place, &items[param->list.count], call);
    if (!ok) {
        break;
    }
    if (map) {
        read_key(index, name, &items[param->list.count], call);
    }
    param->list.count++;
    ZEND_HASH_FOREACH_END();
    place->depth--;
    zend_array_release(array);
    if (!ok) {
        list_free(param);
    }
    return ok;
}

/* Reads one PHP value into param. False with an exception. */
static bool read_value(zval *value, lyger_param_place *place, lyger_param *param, php_lyger_query_call *call)
{
    ZVAL_DEREF(value);
    param->name = NULL;
    param->name_len = 0;
    switch (Z_TYPE_P(value)) {
    case IS_NULL:
        param->type = LYGER_PARAM_NULL;
        return true;
    case IS_FALSE:
    case IS_TRUE:
        param->type = LYGER_PARAM_BOOL;
        param->boolean = Z_TYPE_P(value) == IS_TRUE;
        return true;
    case IS_LONG:
        param->type = LYGER_PARAM_INT;
        param->integer = Z_LVAL_P(value);
        return true;
    case IS_DOUBLE:
        param->type = LYGER_PARAM_FLOAT;
        param->real = Z_DVAL_P(value);
        return true;
    case IS_ARRAY:
        return read_array(Z_ARRVAL_P(value), place, param, call);
    case IS_OBJECT:
        return read_object(value, place, param, call);
    case IS_STRING:
        keep_text(call, zend_string_copy(Z_STR_P(value)), param);
        return true;
    default:
        refuse_param(value, place, call);
        return false;
    }
}

static bool read_param(zval *value, zend_string *name, php_lyger_query_call *call)
{
    lyger_param_place place = {.depth = 0};
    lyger_param *param = &call->params[call->param_count];
    const lyger_param named = {.name = name ? ZSTR_VAL(name) : NULL, .name_len = name ? ZSTR_LEN(name) : 0};
    lyger_param_label(&named, call->param_count, place.label);
    if (!read_value(value, &place, param, call)) {
        return false;
    }
    param->name = named.name;
    param->name_len = named.name_len;
    call->param_count++;
    return true;
}

/* Reads a call's parameters: a list is positional, an array with names only is named. */
bool php_lyger_params_read(HashTable *params, php_lyger_query_call *call)
{
    zend_ulong index;
    zend_string *name;
    zval *value;
    uint32_t count = zend_hash_num_elements(params);
    bool list = zend_array_is_list(params);
    if (count == 0) {
        return true;
    }
    call->params = safe_emalloc(count, sizeof *call->params, 0);
    ZEND_HASH_FOREACH_KEY_VAL(params, index, name, value)
    if (!list && !name) {
        zend_argument_value_error(
            call->argument, "must be a list, or have a name for every value; " ZEND_ULONG_FMT " is no name",
            index);
        return false;
    }
    if (!read_param(value, name, call)) {
        return false;
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

/* ---- Lyger\\Binary ---- */

LYGER_AT_START void php_lyger_binary_register(zend_class_entry *class_entry)
{
    binary_class = class_entry;
}

ZEND_METHOD(Lyger_Binary, __construct)
{
    zend_string *bytes;

    ZEND_PARSE_PARAMETERS_START(1, 1)
        Z_PARAM_STR(bytes)
    ZEND_PARSE_PARAMETERS_END();

    zend_update_property_str(binary_class, Z_OBJ_P(ZEND_THIS), ZEND_STRL("bytes"), bytes);
}
