/*
 * Objects that are whole responses: PSR-7's, known by the name of their interface, so that lyger needs none
 * of its libraries, and those that send themselves, as HttpFoundation's, known by their methods.
 */
#include "php_worker.h"
#include "lyger_error.h"

#include "SAPI.h"
#include "php_output.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"
#include "ext/standard/head.h"

#define PIECE 32768 /* bytes asked of a body's read() at once */

/* Calls a method without arguments, or with one; false, with an exception, when it throws. The caller frees
 * the result. */
static bool call(zval *object, const char *method, zval *result, zval *argument)
{
    zend_class_entry *class_entry = Z_OBJCE_P(object);
    ZVAL_UNDEF(result);
    zend_function *function = zend_hash_str_find_ptr(&class_entry->function_table, method, strlen(method));
    if (!function) {
        zend_throw_error(NULL, "%s has no method %s()", ZSTR_VAL(class_entry->name), method);
        return false;
    }
    zend_call_known_function(function, Z_OBJ_P(object), class_entry, result, argument ? 1 : 0, argument,
                             NULL);
    return !EG(exception);
}

/* Calls a method that says yes or no. */
static bool asks(zval *object, const char *method)
{
    zval answer;
    bool yes = call(object, method, &answer, NULL) && zend_is_true(&answer);
    zval_ptr_dtor(&answer);
    return yes;
}

static bool is_a(const zval *object, const char *class_name)
{
    zend_class_entry *class_entry = zend_hash_str_find_ptr(EG(class_table), class_name, strlen(class_name));
    return class_entry && instanceof_function(Z_OBJCE_P(object), class_entry);
}

/* ---- head ---- */

/* Sets the status, with the response's reason phrase where it has one. */
static void take_status(zval *response)
{
    zval code, phrase;
    char line[256];
    sapi_header_line header = {.line = line};
    ZVAL_UNDEF(&phrase);
    if (call(response, "getstatuscode", &code, NULL) && call(response, "getreasonphrase", &phrase, NULL)) {
        zend_long status = zval_get_long(&code);
        zend_string *reason = zval_try_get_string(&phrase);
        if (status < 200 || status > 999) {
            zend_throw_exception_ex(php_lyger_throwable(php_lyger_exception.server), 0,
                                    "The response's status must be between 200 and 999, it is " ZEND_LONG_FMT,
                                    status);
        } else if (reason) {
            header.line_len = (size_t)snprintf(line, sizeof line, "HTTP/1.1 " ZEND_LONG_FMT " %.200s", status,
                                               ZSTR_VAL(reason));
            header.response_code = (long)status;
            sapi_header_op(SAPI_HEADER_REPLACE, &header);
        }
        if (reason) {
            zend_string_release(reason);
        }
    }
    zval_ptr_dtor(&code);
    zval_ptr_dtor(&phrase);
}

/* Adds a value of a field. The first value takes the place of what header() has set, but for cookies, each of
 * which stands for itself. */
static void add_value(zend_string *name, zval *value, bool first)
{
    zend_string *text = zval_try_get_string(value);
    if (!text) {
        return;
    }
    zend_string *line =
        zend_string_concat3(ZSTR_VAL(name), ZSTR_LEN(name), ": ", 2, ZSTR_VAL(text), ZSTR_LEN(text));
    bool replace = first && !zend_string_equals_literal_ci(name, "set-cookie");
    sapi_header_line header = {.line = ZSTR_VAL(line), .line_len = ZSTR_LEN(line)};
    sapi_header_op(replace ? SAPI_HEADER_REPLACE : SAPI_HEADER_ADD, &header);
    zend_string_release(line);
    zend_string_release(text);
}

static void add_field(zend_string *name, zval *values)
{
    bool first = true;
    zval *value;
    ZVAL_DEREF(values);
    if (Z_TYPE_P(values) != IS_ARRAY) {
        add_value(name, values, true);
        return;
    }
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(values), value)
    if (!EG(exception)) {
        add_value(name, value, first);
        first = false;
    }
    ZEND_HASH_FOREACH_END();
}

static void take_fields(zval *response)
{
    zval fields, *values;
    zend_string *name;
    zend_ulong number;
    if (call(response, "getheaders", &fields, NULL) && Z_TYPE(fields) == IS_ARRAY) {
        ZEND_HASH_FOREACH_KEY_VAL(Z_ARRVAL(fields), number, name, values)
        zend_string *text = name ? zend_string_copy(name) : zend_long_to_str((zend_long)number);
        if (!EG(exception)) {
            add_field(text, values);
        }
        zend_string_release(text);
        ZEND_HASH_FOREACH_END();
    }
    zval_ptr_dtor(&fields);
}

/* ---- body ---- */

/* Writes the whole of a body that has no read(), or only a callback behind it. */
static void write_whole(zval *body)
{
    zend_string *text = zval_try_get_string(body);
    if (text) {
        php_lyger_answer_will_have(ZSTR_LEN(text));
        php_output_write(ZSTR_VAL(text), ZSTR_LEN(text));
        zend_string_release(text);
    }
}

/* A body that can be read anew is sent from its beginning, and has a length. */
static void rewind_body(zval *body)
{
    zval ignored, size;
    if (!call(body, "rewind", &ignored, NULL)) {
        return;
    }
    zval_ptr_dtor(&ignored);
    if (call(body, "getsize", &size, NULL) && Z_TYPE(size) == IS_LONG && Z_LVAL(size) > 0) {
        php_lyger_answer_will_have((uint64_t)Z_LVAL(size));
    }
    zval_ptr_dtor(&size);
}

/* Sends the pieces of a body that cannot be rewound (a pipe, a generator behind read()) as they come. */
static void send_pieces(zval *body, bool as_they_come)
{
    zval piece, length;
    while (!EG(exception) && !asks(body, "eof") && !EG(exception)) {
        ZVAL_LONG(&length, PIECE);
        if (!call(body, "read", &piece, &length)) {
            return;
        }
        if (Z_TYPE(piece) == IS_STRING) {
            php_output_write(Z_STRVAL(piece), Z_STRLEN(piece));
        }
        zval_ptr_dtor(&piece);
        if (as_they_come && !EG(exception)) {
            php_lyger_answer_flush();
        }
    }
}

static void send_stream(zval *body)
{
    bool readable = asks(body, "isreadable");
    bool seekable = !EG(exception) && asks(body, "isseekable");
    if (!EG(exception) && !readable) {
        write_whole(body);
        return;
    }
    if (!EG(exception) && seekable) {
        rewind_body(body);
    }
    if (!EG(exception) && !php_lyger_current.asked_head) {
        send_pieces(body, !seekable);
    }
}

static void send_body(zval *response)
{
    zval body;
    if (call(response, "getbody", &body, NULL)) {
        if (Z_TYPE(body) == IS_OBJECT) {
            send_stream(&body);
        } else {
            zend_type_error("%s::getBody() must return a stream, %s returned",
                            ZSTR_VAL(Z_OBJCE_P(response)->name), zend_zval_type_name(&body));
        }
    }
    zval_ptr_dtor(&body);
}

/* ---- both ---- */

/* Refuses to send a head behind output, whose headers have been another's. */
static bool is_too_late(void)
{
    if (!SG(headers_sent)) {
        return false;
    }
    zend_throw_exception_ex(php_lyger_throwable(php_lyger_exception.server), 0,
                            "The response cannot be sent: output has begun before it, at %s:%d",
                            php_output_get_start_filename() ? php_output_get_start_filename() : "Unknown",
                            php_output_get_start_lineno());
    return true;
}

static void answer_psr7(zval *response)
{
    if (is_too_late()) {
        return;
    }
    take_status(response);
    if (!EG(exception)) {
        take_fields(response);
    }
    if (!EG(exception)) {
        send_body(response);
    }
}

static zend_function *public_method(const zval *object, const char *name, size_t len)
{
    zend_function *found = zend_hash_str_find_ptr(&Z_OBJCE_P(object)->function_table, name, len);
    return found && (found->common.fn_flags & (ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)) == ZEND_ACC_PUBLIC ? found
                                                                                                      : NULL;
}

/* Lets a response that can send itself do so, as it would under PHP-FPM: of the Lyger framework, of Symfony,
 * of Laravel. False for another object. */
static bool sends_itself(zval *response)
{
    zend_function *send = public_method(response, ZEND_STRL("send"));
    if (!send || send->common.required_num_args > 0 || !public_method(response, ZEND_STRL("getstatuscode"))) {
        return false;
    }
    zval sent;
    zend_call_known_instance_method(send, Z_OBJ_P(response), &sent, 0, NULL);
    zval_ptr_dtor(&sent);
    return true;
}

bool php_lyger_answer_response(zval *object)
{
    if (is_a(object, "psr\\http\\message\\responseinterface")) {
        answer_psr7(object);
        return true;
    }
    return sends_itself(object);
}
