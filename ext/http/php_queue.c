/*
 * The native door of a server whose requests the script asks for: queue.h.
 */
#include "php_queue.h"

#include "lyger_error.h"

#include "zend_exceptions.h"

#ifdef LYGER_WITH_UV

#include "http/ffi_server.h"
#include "http/queue.h"

#include "zend_smart_str.h"

#define SLICE 50              /* ms between looks at signals */
#define TIMEOUT_MOST 86400000 /* ms */

/* ---- starting ---- */

static bool read_number(const zval *value, const char *option, double least, double most, double *number)
{
    if (Z_TYPE_P(value) != IS_LONG && Z_TYPE_P(value) != IS_DOUBLE) {
        zend_argument_type_error(2, "must have a number for option \"%s\", %s given", option,
                                 zend_zval_type_name(value));
        return false;
    }
    *number = zval_get_double((zval *)value);
    if (!(*number >= least && *number <= most)) {
        zend_argument_value_error(2, "must have %g to %g for option \"%s\"", least, most, option);
        return false;
    }
    return true;
}

static bool read_option(const zend_string *name, const zval *value, lyger_queue_options *options)
{
    double number;
    if (name && zend_string_equals_literal(name, "host")) {
        if (Z_TYPE_P(value) != IS_STRING) {
            zend_argument_type_error(2, "must have a string for option \"host\", %s given",
                                     zend_zval_type_name(value));
            return false;
        }
        options->host = Z_STRVAL_P(value);
    } else if (name && zend_string_equals_literal(name, "request_timeout")) {
        if (!read_number(value, "request_timeout", 0, TIMEOUT_MOST / 1000.0, &number)) {
            return false;
        }
        options->answer_timeout = (uint32_t)(number * 1000);
    } else if (name && zend_string_equals_literal(name, "queue_limit")) {
        if (!read_number(value, "queue_limit", 1, 1000000, &number)) {
            return false;
        }
        options->waiting = (uint32_t)number;
    } else if (name && zend_string_equals_literal(name, "max_body_size")) {
        if (!read_number(value, "max_body_size", 0, 1099511627776.0, &number)) {
            return false;
        }
        options->max_body = (uint64_t)number;
    } else {
        zend_argument_value_error(
            2, "has the unknown option \"%s\"; known are host, request_timeout, queue_limit, max_body_size",
            name ? ZSTR_VAL(name) : "0");
        return false;
    }
    return true;
}

static bool read_options(HashTable *given, lyger_queue_options *options)
{
    zend_string *name;
    zval *value;
    if (!given) {
        return true;
    }
    ZEND_HASH_FOREACH_STR_KEY_VAL(given, name, value)
    ZVAL_DEREF(value);
    if (!read_option(name, value, options)) {
        return false;
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

/* What the status means to a function that returns false where the server fails, and throws everything else.
 */
static void answer_status(lyger_status status, const lyger_error *error, zval *return_value)
{
    if (status == LYGER_E_SERVER) {
        php_lyger_remember_error(error->message);
    } else if (status != LYGER_OK) {
        php_lyger_throw(error);
        return;
    }
    ZVAL_BOOL(return_value, status == LYGER_OK);
}

ZEND_FUNCTION(lyger_start_queue_server)
{
    zend_long port = 8000;
    HashTable *given = NULL;
    lyger_queue_options options;
    lyger_error error;

    ZEND_PARSE_PARAMETERS_START(0, 2)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(port)
        Z_PARAM_ARRAY_HT(given)
    ZEND_PARSE_PARAMETERS_END();

    if (port < 0 || port > 65535) {
        zend_argument_value_error(1, "must be between 0 and 65535, " ZEND_LONG_FMT " given", port);
        RETURN_THROWS();
    }
    lyger_status status = lyger_queue_defaults(&options, &error);
    if (!read_options(given, &options)) {
        RETURN_THROWS();
    }
    if (status == LYGER_OK) {
        status = lyger_queue_start((uint16_t)port, &options, &error);
    }
    answer_status(status, &error, return_value);
}

/* ---- requests ---- */

static void add_text(zval *array, const char *name, const lyger_queue_text *text)
{
    add_assoc_stringl(array, name, text->bytes, text->len);
}

static void make_request(const lyger_queue_request *request, zval *array)
{
    zval headers;
    array_init_size(array, 8);
    array_init_size(&headers, (uint32_t)request->field_count);
    for (size_t i = 0; i < request->field_count; i++) {
        const lyger_queue_field *field = &request->fields[i];
        zval value;
        ZVAL_STRINGL(&value, field->value.bytes, field->value.len);
        zend_symtable_str_update(Z_ARRVAL(headers), field->name.bytes, field->name.len, &value);
    }
    add_assoc_long(array, "request_id", (zend_long)request->id);
    add_text(array, "method", &request->method);
    add_text(array, "uri", &request->uri);
    add_assoc_zval(array, "headers", &headers);
    add_text(array, "body", &request->body);
    add_assoc_string(array, "client_ip", request->client.address);
    add_assoc_long(array, "client_port", request->client.port);
}

ZEND_FUNCTION(lyger_next_request)
{
    zend_long left = 100;

    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(left)
    ZEND_PARSE_PARAMETERS_END();

    if (left < 0 || left > TIMEOUT_MOST) {
        zend_argument_value_error(1, "must be between 0 and %d, " ZEND_LONG_FMT " given", TIMEOUT_MOST, left);
        RETURN_THROWS();
    }
    if (lyger_http_port() == 0) {
        zend_throw_exception(php_lyger_throwable(php_lyger_exception.server),
                             "There is no queue server: startQueueServer() starts it", 0);
        RETURN_THROWS();
    }
    do {
        const lyger_queue_request *request = lyger_queue_next((uint64_t)MIN(left, SLICE));
        if (request) {
            make_request(request, return_value);
            return;
        }
        if (lyger_interrupted(&php_lyger_interrupt)) {
            php_lyger_throw(
                &(lyger_error){LYGER_E_INTERRUPTED, .message = "waiting for a request was interrupted"});
            RETURN_THROWS();
        }
        left -= SLICE;
    } while (left > 0 && lyger_http_port() != 0);
}

/* ---- answers ---- */

/* The parts of a response, however it was given. */
typedef struct parts {
    zval status, headers, body; /* owned; undefined: left out */
} parts;

static void free_parts(parts *parts)
{
    zval_ptr_dtor(&parts->status);
    zval_ptr_dtor(&parts->headers);
    zval_ptr_dtor(&parts->body);
}

/* Calls the method if the object has it; false with an exception. */
static bool call_getter(zend_object *object, const char *name, zval *value)
{
    zend_function *method = zend_hash_str_find_ptr_lc(&object->ce->function_table, name, strlen(name));
    if (!method || !(method->common.fn_flags & ZEND_ACC_PUBLIC) || method->common.required_num_args > 0) {
        return true;
    }
    zend_call_known_instance_method(method, object, value, 0, NULL);
    return !EG(exception);
}

static bool read_object(zend_object *object, parts *parts)
{
    if (!call_getter(object, "getStatusCode", &parts->status) ||
        !call_getter(object, "getHeaders", &parts->headers) ||
        !call_getter(object, "getContent", &parts->body) ||
        (Z_ISUNDEF(parts->body) && !call_getter(object, "getBody", &parts->body))) {
        return false;
    }
    if (Z_ISUNDEF(parts->status) || Z_ISUNDEF(parts->body)) {
        zend_argument_type_error(
            2,
            "must be an object with getStatusCode(), getHeaders(), and getContent() or getBody(); %s is not",
            ZSTR_VAL(object->ce->name));
        return false;
    }
    return true;
}

static bool read_array(HashTable *array, parts *parts)
{
    zend_string *name;
    zval *value;
    ZEND_HASH_FOREACH_STR_KEY_VAL(array, name, value)
    zval *to = NULL;
    if (name && zend_string_equals_literal(name, "status")) {
        to = &parts->status;
    } else if (name && zend_string_equals_literal(name, "headers")) {
        to = &parts->headers;
    } else if (name && zend_string_equals_literal(name, "body")) {
        to = &parts->body;
    } else {
        zend_argument_value_error(2, "has the unknown element \"%s\"; known are status, headers, body",
                                  name ? ZSTR_VAL(name) : "0");
        return false;
    }
    ZVAL_COPY_DEREF(to, value);
    ZEND_HASH_FOREACH_END();
    return true;
}

static bool put_header(const zend_string *name, zval *value, lyger_sink *lines, bool *typed)
{
    lyger_error error;
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) == IS_ARRAY || Z_TYPE_P(value) == IS_OBJECT || Z_TYPE_P(value) == IS_RESOURCE) {
        zend_argument_type_error(2, "must have texts as headers, %s given for \"%s\"",
                                 zend_zval_type_name(value), ZSTR_VAL(name));
        return false;
    }
    zend_string *text = zval_get_string(value);
    lyger_status status = lyger_queue_put_field(lines, ZSTR_VAL(name), ZSTR_LEN(name), ZSTR_VAL(text),
                                                ZSTR_LEN(text), typed, &error);
    zend_string_release(text);
    if (status != LYGER_OK) {
        php_lyger_throw(&error);
    }
    return status == LYGER_OK;
}

static bool put_headers(HashTable *headers, lyger_sink *lines, bool *typed)
{
    zend_ulong index;
    zend_string *name;
    zval *value, *one;
    ZEND_HASH_FOREACH_KEY_VAL(headers, index, name, value)
    if (!name) {
        zend_argument_value_error(2, "must have headers as name => value; " ZEND_ULONG_FMT " is no name",
                                  index);
        return false;
    }
    ZVAL_DEREF(value);
    if (Z_TYPE_P(value) != IS_ARRAY) {
        if (!put_header(name, value, lines, typed)) {
            return false;
        }
        continue;
    }
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), one)
    if (!put_header(name, one, lines, typed)) {
        return false;
    }
    ZEND_HASH_FOREACH_END();
    ZEND_HASH_FOREACH_END();
    return true;
}

static bool check_parts(const parts *parts, lyger_queue_answer *answer)
{
    if (!Z_ISUNDEF(parts->status) && Z_TYPE(parts->status) != IS_LONG) {
        zend_argument_type_error(2, "must have an int as status, %s given",
                                 zend_zval_type_name(&parts->status));
        return false;
    }
    if (!Z_ISUNDEF(parts->status) && (Z_LVAL(parts->status) < 200 || Z_LVAL(parts->status) > 599)) {
        zend_argument_value_error(2, "must have a status of 200 to 599, " ZEND_LONG_FMT " given",
                                  Z_LVAL(parts->status));
        return false;
    }
    if (!Z_ISUNDEF(parts->headers) && Z_TYPE(parts->headers) != IS_ARRAY) {
        zend_argument_type_error(2, "must have an array as headers, %s given",
                                 zend_zval_type_name(&parts->headers));
        return false;
    }
    answer->status = Z_ISUNDEF(parts->status) ? 200 : (int)Z_LVAL(parts->status);
    return true;
}

static void send_parts(zend_long id, const parts *parts, zval *return_value)
{
    lyger_queue_answer answer = {.status = 200};
    lyger_error error;
    lyger_buffer lines;
    zend_string *body = NULL;
    lyger_buffer_init(&lines, &lyger_malloc_allocator);
    bool whole =
        check_parts(parts, &answer) &&
        (Z_ISUNDEF(parts->headers) || put_headers(Z_ARRVAL(parts->headers), &lines.sink, &answer.typed));
    if (whole) {
        body = Z_ISUNDEF(parts->body) ? ZSTR_EMPTY_ALLOC() : zval_try_get_string((zval *)&parts->body);
    }
    if (body && !lyger_sink_put(&lines.sink, "", 1)) {
        php_lyger_throw(&(lyger_error){LYGER_E_MEMORY, .message = "no memory for the headers of an answer"});
    } else if (body) {
        answer.fields = lines.start;
        answer.body = ZSTR_VAL(body);
        answer.body_len = ZSTR_LEN(body);
        answer_status(lyger_queue_send((uint64_t)id, &answer, &error), &error, return_value);
    }
    if (body) {
        zend_string_release(body);
    }
    lyger_buffer_free(&lines);
}

ZEND_FUNCTION(lyger_send_response)
{
    zend_long id;
    zval *response;
    parts parts = {0};

    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_LONG(id)
        Z_PARAM_ZVAL(response)
    ZEND_PARSE_PARAMETERS_END();

    bool read = true;
    if (Z_TYPE_P(response) == IS_OBJECT) {
        read = read_object(Z_OBJ_P(response), &parts);
    } else if (Z_TYPE_P(response) == IS_ARRAY) {
        read = read_array(Z_ARRVAL_P(response), &parts);
    } else if (Z_TYPE_P(response) == IS_STRING) {
        ZVAL_COPY(&parts.body, response);
    } else {
        zend_argument_type_error(2, "must be of type object|array|string, %s given",
                                 zend_zval_type_name(response));
        read = false;
    }
    if (read) {
        send_parts(id, &parts, return_value);
    }
    free_parts(&parts);
}

/* ---- the module's life ---- */

LYGER_AT_START void php_lyger_queue_stop(void)
{
    lyger_http_stop();
}

uint16_t php_lyger_queue_port(void)
{
    return lyger_http_port();
}

#else

static void refuse(void)
{
    zend_throw_exception(php_lyger_throwable(php_lyger_exception.server), "This build of lyger has no server",
                         0);
}

ZEND_FUNCTION(lyger_start_queue_server)
{
    (void)execute_data, (void)return_value;
    refuse();
}

ZEND_FUNCTION(lyger_next_request)
{
    (void)execute_data, (void)return_value;
    refuse();
}

ZEND_FUNCTION(lyger_send_response)
{
    (void)execute_data, (void)return_value;
    refuse();
}

void php_lyger_queue_stop(void) {}

uint16_t php_lyger_queue_port(void)
{
    return 0;
}

#endif

/* The server belongs to the script that has started it. */
const php_lyger_room php_lyger_queue_room = {.request_stop = php_lyger_queue_stop};
