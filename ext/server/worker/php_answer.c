/*
 * What a handler's return value becomes: text, JSON, or the rows of a result.
 */
#include "php_worker.h"
#include "lyger_error.h"
#include "jsonout/php_json.h"
#include "query/php_query.h"

#include "SAPI.h"
#include "php_output.h"
#include "zend_exceptions.h"
#include "ext/json/php_json.h"
#include "ext/standard/basic_functions.h"
#include "ext/standard/head.h"

#define JSON_DEPTH 512
#define JSON_TYPE "Content-Type: application/json"

/* Writes the body through the output layer, as echo does. When no output can follow, the body's length is
 * known now, and a long body need not be chunked. */
static void write_body(const char *bytes, size_t len)
{
    if (php_output_get_level() == 0 && !BG(user_shutdown_function_names)) {
        php_lyger_answer_foresee(len);
    }
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

static zend_function *public_method(const zend_object *object, const char *name, size_t len)
{
    zend_function *found = zend_hash_str_find_ptr(&object->ce->function_table, name, len);
    return found && (found->common.fn_flags & (ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)) == ZEND_ACC_PUBLIC ? found
                                                                                                      : NULL;
}

/* Lets a response that can send itself do so, as it would under PHP-FPM: of the Lyger framework, of Symfony,
 * of Laravel. False for another object. */
static bool answer_response(zend_object *object)
{
    zend_function *send = public_method(object, ZEND_STRL("send"));
    if (!send || send->common.required_num_args > 0 || !public_method(object, ZEND_STRL("getstatuscode"))) {
        return false;
    }
    zval sent;
    zend_call_known_instance_method(send, object, &sent, 0, NULL);
    zval_ptr_dtor(&sent);
    return true;
}

void php_lyger_answer_value(zval *value)
{
    lyger_result *result;
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
        result = php_lyger_result_of(Z_OBJ_P(value));
        if (result) {
            answer_result(result);
            return;
        }
        if (answer_response(Z_OBJ_P(value))) {
            return;
        }
        break;
    default:
        break;
    }
    zend_throw_exception_ex(zend_ce_type_error, 0,
                            "The handler must return string, array, Lyger\\Result or null, %s returned",
                            zend_zval_type_name(value));
}
