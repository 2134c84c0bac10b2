/*
 * What a handler's return value becomes: text, JSON, or the rows of a result; php_answer_chunks.c has what
 * comes in pieces, php_answer_response.c the objects that are whole responses.
 */
#include "php_worker.h"
#include "lyger_error.h"
#include "jsonout/php_json.h"
#include "query/php_query.h"

#include "SAPI.h"
#include "php_output.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"
#include "ext/json/php_json.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/head.h"

#define JSON_DEPTH 512
#define JSON_TYPE "Content-Type: application/json"

void php_lyger_answer_will_have(uint64_t len)
{
    if (php_output_get_level() == 0 && !BG(user_shutdown_function_names)) {
        php_lyger_answer_foresee(len);
    }
}

/* Writes the body through the output layer, as echo does. */
static void write_body(const char *bytes, size_t len)
{
    php_lyger_answer_will_have(len);
    php_output_write(bytes, len);
}

/* Sets the Content-Type to JSON, unless the handler has chosen a type. */
static void say_json(void)
{
    if (SG(sapi_headers).send_default_content_type && !SG(headers_sent)) {
        sapi_add_header_ex(JSON_TYPE, sizeof JSON_TYPE - 1, true, true);
    }
}

static void answer_json(zval *value)
{
    int error = 0;
    zend_string *text = php_lyger_json_encode(value, 0, JSON_DEPTH, &error);
    if (error) {
        zend_throw_exception_ex(php_lyger_throwable(php_lyger_exception.server), error,
                                "The handler's array cannot be sent as JSON (json_last_error() is %d)",
                                error);
    } else if (text) {
        say_json();
        write_body(ZSTR_VAL(text), ZSTR_LEN(text));
    }
    if (text) {
        zend_string_release(text);
    }
}

/* Writes a result row by row from C to the client. Output that was echoed before goes first; output handlers
 * do not see the rows. */
static void answer_result(lyger_result *result)
{
    lyger_error error;
    say_json();
    php_output_end_all();
    if (EG(exception) || !php_header() || php_lyger_answer_is_over()) {
        return;
    }
    lyger_status status = lyger_result_write_json(result, php_lyger_answer_sink(), &error);
    php_lyger_answer_sunk();
    if (status != LYGER_OK && !php_lyger_answer_is_over()) {
        php_lyger_throw(&error);
        php_lyger_answer_fail();
    }
}

static void refuse(const zval *value)
{
    zend_throw_exception_ex(zend_ce_type_error, 0,
                            "The handler must return string, Stringable, array, Traversable, stream, "
                            "Lyger\\Result, PSR-7 response or null, %s returned",
                            zend_zval_type_name(value));
}

/*
 * An object. What could be meant in two ways is refused: a SimpleXMLElement's text is not its XML, a
 * SplFileObject's is one line of it, and a collection's is JSON that would be called HTML.
 */
static void answer_object(zval *value)
{
    zend_class_entry *class_entry = Z_OBJCE_P(value);
    lyger_result *result = php_lyger_result_of(Z_OBJ_P(value));
    bool is_text = instanceof_function(class_entry, zend_ce_stringable);
    bool is_iterable = instanceof_function(class_entry, zend_ce_traversable);
    if (result) {
        answer_result(result);
    } else if (php_lyger_answer_response(value)) {
        return;
    } else if (is_text && is_iterable) {
        zend_throw_exception_ex(
            zend_ce_type_error, 0,
            "The handler returned %s, which is both Stringable and Traversable: return its "
            "text, or a generator of its elements",
            ZSTR_VAL(class_entry->name));
    } else if (is_iterable) {
        php_lyger_answer_chunks(value);
    } else if (is_text) {
        zend_string *text = zval_try_get_string(value);
        if (text) {
            write_body(ZSTR_VAL(text), ZSTR_LEN(text));
            zend_string_release(text);
        }
    } else {
        refuse(value);
    }
}

void php_lyger_answer_value(zval *value)
{
    ZVAL_DEREF(value);
    switch (Z_TYPE_P(value)) {
    case IS_UNDEF:
    case IS_NULL:
        return;
    case IS_STRING:
        write_body(Z_STRVAL_P(value), Z_STRLEN_P(value));
        return;
    case IS_ARRAY:
        answer_json(value);
        return;
    case IS_OBJECT:
        answer_object(value);
        return;
    case IS_RESOURCE:
        php_lyger_answer_stream(value);
        return;
    default:
        refuse(value);
    }
}
