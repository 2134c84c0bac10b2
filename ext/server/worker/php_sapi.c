/*
 * The SAPI hooks of a worker, and the answer they write.
 *
 * The head is composed when PHP sends its headers, but it goes to the hub with the body's first HOLD bytes,
 * or with the end of a shorter body: then its length is known and it needs no chunks. PHP does not see that:
 * to PHP headers are sent when it sends them. flush() sends what is held.
 */
#include "php_worker.h"
#include "base/sink.h"

#include "SAPI.h"
#include "php_output.h"
#include "zend_exceptions.h"
#include "ext/standard/head.h"

#include <fcntl.h>
#include <unistd.h>

#define HOLD 32768u /* bytes of body; a page larger than that is worth its chunks */
#define NO_LENGTH LYGER_HUB_LENGTH_UNKNOWN

static struct {
    bool composed; /* status and fields are set */
    bool sent;     /* the head is in the hub */
    bool over;     /* the answer is complete, or its client has gone */
    bool broken;   /* cut off */
    int status;
    uint64_t length; /* of the body, as announced or foreseen (php_lyger_answer_foresee()) */
    uint64_t given;  /* bytes of the body in the hub */
    char *fields;    /* kept from answer to answer */
    size_t fields_len, fields_room;
    size_t held;
    lyger_sink sink;
    char hold[HOLD];
} answer;

static sapi_module_struct outside; /* the hooks of the former SAPI, the command line's */

/* ---- the client has gone ---- */

/*
 * PHP's own php_handle_aborted_connection() ends the script by longjmp, after which a process is good for
 * nothing but ending. Here the script ends as exit() ends it, and the worker lives on.
 */
static void client_left(void)
{
    answer.over = true;
    PG(connection_status) = PHP_CONNECTION_ABORTED;
    php_output_set_status(PHP_OUTPUT_DISABLED);
    if (php_lyger_current.handling && !PG(ignore_user_abort) && !EG(exception) && EG(current_execute_data)) {
        zend_throw_unwind_exit();
    }
}

/* ---- to the hub ---- */

static void send_head(uint64_t length)
{
    answer.sent = true;
    if (!lyger_hub_head(php_lyger_serving.worker, answer.status, length, answer.fields, answer.fields_len)) {
        client_left();
    }
}

static void send_body(const char *bytes, size_t len)
{
    if (!answer.over && len > 0) {
        answer.given += len;
        if (!lyger_hub_data(php_lyger_serving.worker, bytes, len)) {
            client_left();
        }
    }
}

/* Sends the held bytes, and before them the head. */
static void send_held(void)
{
    if (!answer.sent) {
        send_head(answer.length);
    }
    send_body(answer.hold, answer.held);
    answer.held = 0;
}

static size_t worker_ub_write(const char *bytes, size_t len)
{
    if (!answer.composed && !answer.over) {
        sapi_send_headers();
    }
    if (answer.over) {
        return len;
    }
    if (len <= HOLD - answer.held && !answer.sent) {
        memcpy(answer.hold + answer.held, bytes, len);
        answer.held += len;
        return len;
    }
    send_held();
    send_body(bytes, len);
    return len;
}

static void worker_flush(void *context)
{
    (void)context;
    if (!php_lyger_current.hub || answer.over) {
        return;
    }
    if (answer.composed) { /* as under PHP-FPM: flush() before the first byte sends no headers */
        send_held();
        lyger_hub_flush(php_lyger_serving.worker);
    }
}

void php_lyger_answer_flush(void)
{
    if (!php_lyger_current.hub || answer.over) {
        return;
    }
    if (php_output_get_level() == 0) {
        php_header();
    }
    worker_flush(NULL);
    if (!answer.over && php_lyger_serving.worker && lyger_hub_client_gone(php_lyger_serving.worker)) {
        client_left();
    }
}

void php_lyger_answer_begin(void)
{
    answer.composed = answer.sent = answer.over = answer.broken = false;
    answer.status = 200;
    answer.length = NO_LENGTH;
    answer.given = 0;
    answer.fields_len = 0;
    answer.held = 0;
}

void php_lyger_answer_disown(void)
{
    answer.over = true;
}

bool php_lyger_answer_is_over(void)
{
    return answer.over;
}

/* With display_errors PHP has sent its headers, as far as PHP knows, before the message. An answer that is
 * partly on its way must not look complete: it is cut off. */
void php_lyger_answer_failed(void)
{
    answer.broken |= answer.sent && !answer.over;
    if (!answer.composed && SG(sapi_headers).http_response_code == 200) {
        SG(sapi_headers).http_response_code = 500;
    } else if (!answer.sent && answer.status == 200) {
        answer.status = 500;
    }
}

void php_lyger_answer_foresee(uint64_t len)
{
    if (!answer.sent && !answer.over) {
        answer.length = answer.held + len;
    }
}

void php_lyger_answer_end(bool complete)
{
    lyger_worker *worker = php_lyger_serving.worker;
    if (!answer.over) {
        if (!answer.sent && !php_lyger_current.asked_head) {
            answer.length = answer.held; /* whatever was announced: the held bytes are the whole body */
        }
        send_held();
    }
    answer.over = true;
    if (!worker) {
        return;
    }
    if (answer.broken) {
        lyger_hub_finish(worker);
    } else if (complete) {
        lyger_hub_complete(worker);
    } else {
        lyger_hub_end(worker);
    }
}

void php_lyger_answer_fail(void)
{
    answer.held = 0;
    answer.length = NO_LENGTH;
    answer.status = 500;
    answer.over = answer.broken = answer.sent;
}

static bool sink_more(lyger_sink *sink, size_t bytes)
{
    answer.held = (size_t)(sink->pos - answer.hold);
    send_held();
    sink->pos = answer.hold;
    return !answer.over && bytes <= HOLD;
}

lyger_sink *php_lyger_answer_sink(void)
{
    answer.sink = (lyger_sink){answer.hold + answer.held, answer.hold + HOLD, sink_more};
    return &answer.sink;
}

void php_lyger_answer_sunk(void)
{
    answer.held = (size_t)(answer.sink.pos - answer.hold);
}

/* ---- the head ---- */

/* Whether the front process writes the field itself, or the field concerns one connection only (RFC 9110,
 * section 7.6.1). */
static bool is_ours(const char *name, size_t len)
{
    static const char *const words[] = {"connection", "date",    "keep-alive", "transfer-encoding",
                                        "trailer",    "upgrade", "status"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (lyger_http_equals_ignoring_case(name, len, words[i])) {
            return true;
        }
    }
    return false;
}

/* Whether a field line can be sent: PHP lets control characters and lines without a colon pass. */
static bool is_field(const char *line, size_t len, size_t name_len)
{
    for (size_t i = 0; i < name_len; i++) {
        if (!lyger_http_is_token_byte((unsigned char)line[i])) {
            return false;
        }
    }
    for (size_t i = name_len + 1; i < len; i++) {
        if (!lyger_http_is_value_byte((unsigned char)line[i])) {
            return false;
        }
    }
    return name_len > 0 && name_len < len;
}

static void read_length(const char *value)
{
    char *end;
    while (*value == ' ') {
        value++;
    }
    uint64_t length = strtoull(value, &end, 10);
    if (*value >= '0' && *value <= '9' && *end == '\0') {
        answer.length = length;
    }
}

static void add_field(const char *line, size_t len)
{
    size_t wanted = answer.fields_len + len + 2;
    if (wanted > answer.fields_room) {
        answer.fields_room = wanted + wanted / 2 + 512;
        answer.fields = safe_perealloc(answer.fields, answer.fields_room, 1, 0, true);
    }
    memcpy(answer.fields + answer.fields_len, line, len);
    memcpy(answer.fields + answer.fields_len + len, "\r\n", 2);
    answer.fields_len = wanted;
}

/* Hands "HTTP/1.1 404 Not Here" to the front process as CGI writes it, "Status: 404 Not Here" (RFC 3875,
 * section 6.3.3). */
static void take_status_line(const char *line)
{
    char field[160];
    const char *status = line ? strchr(line, ' ') : NULL;
    int len = status ? snprintf(field, sizeof field, "Status:%s", status) : 0;
    if (len > 0 && (size_t)len < sizeof field && is_field(field, (size_t)len, 6)) {
        add_field(field, (size_t)len);
    }
}

static void take_header(const sapi_header_struct *header)
{
    const char *line = header->header;
    const char *colon = memchr(line, ':', header->header_len);
    size_t name_len = colon ? (size_t)(colon - line) : header->header_len;
    if (!is_field(line, header->header_len, name_len)) {
        return;
    }
    if (lyger_http_equals_ignoring_case(line, name_len, "content-length")) {
        read_length(colon + 1);
    } else if (!is_ours(line, name_len)) {
        add_field(line, header->header_len);
    } else if (lyger_http_equals_ignoring_case(line, name_len,
                                               "status")) { /* as CGI has it (RFC 3875, section 6.3.3) */
        answer.status = atoi(colon + 1);
        add_field(line, header->header_len);
    }
}

bool php_lyger_answer_interim(int status)
{
    sapi_headers_struct *headers = &SG(sapi_headers);
    zend_llist_position position;
    if (!php_lyger_current.hub || answer.over || answer.composed || SG(headers_sent)) {
        return false;
    }
    for (sapi_header_struct *header = zend_llist_get_first_ex(&headers->headers, &position); header;
         header = zend_llist_get_next_ex(&headers->headers, &position)) {
        const char *colon = memchr(header->header, ':', header->header_len);
        size_t name_len = colon ? (size_t)(colon - header->header) : header->header_len;
        if (is_field(header->header, header->header_len, name_len) && !is_ours(header->header, name_len) &&
            !lyger_http_equals_ignoring_case(header->header, name_len, "content-length")) {
            add_field(header->header, header->header_len);
        }
    }
    bool sent = lyger_hub_interim(php_lyger_serving.worker, status, answer.fields, answer.fields_len);
    answer.fields_len = 0;
    return sent;
}

/*
 * Whether the header is the Content-Type that PHP adds, as the last one, to an answer without any, and the
 * answer names a file of its own: then the front process knows the type better.
 */
static bool is_idle_type(sapi_headers_struct *headers, const sapi_header_struct *last)
{
    static const char begin[] = "Content-type: "; /* PHP writes it so, with a small t */
    zend_llist_position position;
    size_t len = sizeof begin - 1;
    if (!php_lyger_serving.config.sendfile_places || strncmp(last->header, begin, len) != 0) {
        return false;
    }
    char *type = sapi_get_default_content_type();
    bool is_default = strcmp(last->header + len, type) == 0, names_file = false;
    efree(type);
    for (sapi_header_struct *header = zend_llist_get_first_ex(&headers->headers, &position); header;
         header = zend_llist_get_next_ex(&headers->headers, &position)) {
        names_file |= strncasecmp(header->header, ZEND_STRL("X-Sendfile:")) == 0 ||
                      strncasecmp(header->header, ZEND_STRL("X-Accel-Redirect:")) == 0;
    }
    return is_default && names_file;
}

static int worker_send_headers(sapi_headers_struct *headers)
{
    zend_llist_position position;
    const sapi_header_struct *last = zend_llist_get_last_ex(&headers->headers, &position);
    if (!php_lyger_current.hub || SG(request_info).no_headers || answer.over) {
        return SAPI_HEADER_SENT_SUCCESSFULLY;
    }
    answer.status = headers->http_response_code ? headers->http_response_code : 200;
    take_status_line(headers->http_status_line);
    for (sapi_header_struct *header = zend_llist_get_first_ex(&headers->headers, &position); header;
         header = zend_llist_get_next_ex(&headers->headers, &position)) {
        if (header != last || !is_idle_type(headers, last)) {
            take_header(header);
        }
    }
    if (answer.status < 200 || answer.status > 999) {
        answer.status = 500;
    }
    answer.composed = true;
    return SAPI_HEADER_SENT_SUCCESSFULLY;
}

/* ---- the request ---- */

static size_t read_spooled(char *buffer, size_t len)
{
    php_lyger_request *current = &php_lyger_current;
    if (current->body_file < 0) {
        current->body_file = open(current->hub->body_file, O_RDONLY | O_CLOEXEC);
    }
    size_t got = 0;
    while (current->body_file >= 0 && got < len) {
        ssize_t n = pread(current->body_file, buffer + got, len - got, (off_t)(current->body_read + got));
        if (n <= 0 && !(n < 0 && errno == EINTR)) {
            break;
        }
        got += n > 0 ? (size_t)n : 0;
    }
    return got;
}

static size_t worker_read_post(char *buffer, size_t len)
{
    php_lyger_request *current = &php_lyger_current;
    if (!current->hub) {
        return 0;
    }
    uint64_t left = current->hub->body_len - current->body_read;
    len = len < left ? len : (size_t)left;
    if (current->hub->body) {
        memcpy(buffer, current->hub->body + current->body_read, len);
    } else {
        len = read_spooled(buffer, len);
    }
    current->body_read += len;
    return len;
}

static char *worker_read_cookies(void)
{
    return php_lyger_current.cookies ? ZSTR_VAL(php_lyger_current.cookies) : NULL;
}

static void worker_register_server_variables(zval *array)
{
    if (php_lyger_current.hub) {
        zval_ptr_dtor(array);
        ZVAL_ARR(array, php_lyger_data_server());
    }
}

/* getenv() for the variables of CGI that are about the request. */
static char *worker_getenv(const char *name, size_t len)
{
    static const char *const begins[] = {"HTTP_",    "REQUEST_",     "REMOTE_",   "SERVER_",   "SCRIPT_",
                                         "CONTENT_", "QUERY_STRING", "PATH_INFO", "DOCUMENT_", "GATEWAY_"};
    zval *server = &PG(http_globals)[TRACK_VARS_SERVER];
    bool of_request = false;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        of_request = of_request || strncmp(name, begins[i], strlen(begins[i])) == 0;
    }
    if (!of_request || !php_lyger_current.hub || Z_TYPE_P(server) != IS_ARRAY) {
        return NULL;
    }
    zval *value = zend_hash_str_find(Z_ARRVAL_P(server), name, len);
    return value && Z_TYPE_P(value) == IS_STRING ? Z_STRVAL_P(value) : NULL;
}

static zend_result worker_get_request_time(double *seconds)
{
    if (!php_lyger_current.hub) {
        return FAILURE;
    }
    *seconds = php_lyger_current.hub->arrived_at;
    return SUCCESS;
}

/* ---- time ---- */

static ZEND_INI_MH((*update_time_limit)); /* PHP's own */

/* Called for set_time_limit() and its setting: the time that an application gives itself holds for
 * request_timeout, too. */
static ZEND_INI_MH(on_time_limit)
{
    zend_result result = update_time_limit(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
    if (result == SUCCESS && stage == ZEND_INI_STAGE_RUNTIME && php_lyger_current.hub &&
        php_lyger_serving.worker) {
        zend_long seconds = EG(timeout_seconds);
        lyger_hub_allow(php_lyger_serving.worker, seconds > 0 ? (uint64_t)seconds * 1000000000u : UINT64_MAX);
    }
    return result;
}

static void hear_time_limit(bool hear)
{
    zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), ZEND_STRL("max_execution_time"));
    if (hear) {
        update_time_limit = entry->on_modify;
    }
    entry->on_modify = hear ? on_time_limit : update_time_limit;
}

/* ---- taking over ---- */

void php_lyger_sapi_take_over(void)
{
    outside = sapi_module;
    sapi_module.activate = NULL;
    sapi_module.deactivate = NULL;
    sapi_module.ub_write = worker_ub_write;
    sapi_module.flush = worker_flush;
    sapi_module.getenv = worker_getenv;
    sapi_module.header_handler = NULL;
    sapi_module.send_headers = worker_send_headers;
    sapi_module.send_header = NULL;
    sapi_module.read_post = worker_read_post;
    sapi_module.read_cookies = worker_read_cookies;
    sapi_module.register_server_variables = worker_register_server_variables;
    sapi_module.get_request_time = worker_get_request_time;
    sapi_module.phpinfo_as_text = 0;
    hear_time_limit(true);
}

void php_lyger_sapi_give_back(void)
{
    /* Not the whole struct is copied back: extensions may have put hooks of their own there since. */
    sapi_module.activate = outside.activate;
    sapi_module.deactivate = outside.deactivate;
    sapi_module.ub_write = outside.ub_write;
    sapi_module.flush = outside.flush;
    sapi_module.getenv = outside.getenv;
    sapi_module.header_handler = outside.header_handler;
    sapi_module.send_headers = outside.send_headers;
    sapi_module.send_header = outside.send_header;
    sapi_module.read_post = outside.read_post;
    sapi_module.read_cookies = outside.read_cookies;
    sapi_module.register_server_variables = outside.register_server_variables;
    sapi_module.get_request_time = outside.get_request_time;
    sapi_module.phpinfo_as_text = outside.phpinfo_as_text;
    hear_time_limit(false);
}
