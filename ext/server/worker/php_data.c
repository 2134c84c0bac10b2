/*
 * A request as PHP strings. Names of fields are remembered in every form that is needed, and values that
 * clients repeat (User-Agent, Accept) are kept from request to request.
 */
#include "php_worker.h"
#include "server/sendfile_places.h"

#include <unistd.h>

php_lyger_request php_lyger_current = {.body_file = -1};

/* ---- names of fields ---- */

#define NAMES_MAX 256       /* different spellings that are remembered */
#define NAME_LENGTH 64      /* bytes of a name that is remembered */
#define VALUE_KEPT_MAX 256u /* bytes */

typedef enum special { PLAIN, LEFT_OUT, HOST, COOKIE, CONTENT_TYPE, CONTENT_LENGTH, AUTHORIZATION } special;

typedef struct name {
    zend_string *lower;
    zend_string *server; /* "HTTP_…" or "CONTENT_TYPE"; NULL: not in $_SERVER */
    zend_string *value;  /* the last value, or NULL */
    special special;
} name;

static HashTable names; /* as the client spells it → name */

/* What a proxy in front would say about X-Accel-Redirect to libraries that can name files for it, and the
 * front process's own word replaces the client's: X-Accel-Mapping; NULL without the option sendfile. */
static zend_string *mapping;

/*
 * RFC 3875, section 4.1.18. The name of a field in $_SERVER, NULL when the field is left out. Two names must
 * not become one: "X_Forwarded_For" would be taken for a proxy's field, so only names of letters, digits and
 * hyphens are mapped. HTTP_PROXY is left out because programs take it for a setting (httpoxy.org).
 */
static zend_string *server_name(const zend_string *lower, bool persistent)
{
    if (zend_string_equals_literal(lower, "content-type")) {
        return zend_string_init("CONTENT_TYPE", sizeof "CONTENT_TYPE" - 1, persistent);
    }
    if (zend_string_equals_literal(lower, "content-length")) {
        return zend_string_init("CONTENT_LENGTH", sizeof "CONTENT_LENGTH" - 1, persistent);
    }
    if (zend_string_equals_literal(lower, "proxy")) {
        return NULL;
    }
    zend_string *text = zend_string_alloc(ZSTR_LEN(lower) + 5, persistent);
    char *to = ZSTR_VAL(text);
    memcpy(to, "HTTP_", 5);
    for (size_t i = 0; i < ZSTR_LEN(lower); i++) {
        char byte = ZSTR_VAL(lower)[i];
        if (byte == '-') {
            to[i + 5] = '_';
        } else if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) {
            to[i + 5] = (char)toupper(byte);
        } else {
            zend_string_free(text);
            return NULL;
        }
    }
    to[ZSTR_LEN(text)] = '\0';
    return text;
}

static special special_of(const zend_string *lower)
{
    static const struct {
        const char *name;
        special special;
    } all[] = {{"host", HOST},
               {"cookie", COOKIE},
               {"content-type", CONTENT_TYPE},
               {"content-length", CONTENT_LENGTH},
               {"authorization", AUTHORIZATION}};
    zend_ulong number;
    if (mapping && (zend_string_equals_literal(lower, "x-accel-mapping") ||
                    zend_string_equals_literal(lower, "x-sendfile-type"))) {
        return LEFT_OUT;
    }
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (strcmp(ZSTR_VAL(lower), all[i].name) == 0) {
            return all[i].special;
        }
    }
    /* A number: PHP would not find such a key again. */
    return ZEND_HANDLE_NUMERIC_STR(ZSTR_VAL(lower), ZSTR_LEN(lower), number) ? LEFT_OUT : PLAIN;
}

static void name_init(name *to, const char *text, size_t len, bool persistent)
{
    to->lower = zend_string_alloc(len, persistent);
    zend_str_tolower_copy(ZSTR_VAL(to->lower), text, len);
    to->server = server_name(to->lower, persistent);
    to->value = NULL;
    to->special = special_of(to->lower);
    zend_string_hash_val(to->lower);
    if (to->server) {
        zend_string_hash_val(to->server);
    }
}

static void name_free(name *from)
{
    zend_string_release(from->lower);
    if (from->server) {
        zend_string_release(from->server);
    }
    if (from->value) {
        zend_string_release(from->value);
    }
}

static void name_destroy(zval *zv)
{
    name_free(Z_PTR_P(zv));
    pefree(Z_PTR_P(zv), true);
}

/* A remembered name, or *scratch filled, which the caller frees. Remembered names outlive PHP's requests. */
static name *name_of(const char *text, size_t len, name *scratch)
{
    name *found = zend_hash_str_find_ptr(&names, text, len);
    if (found) {
        return found;
    }
    bool remember = len <= NAME_LENGTH && zend_hash_num_elements(&names) < NAMES_MAX;
    name_init(scratch, text, len, remember);
    return remember ? zend_hash_str_add_mem(&names, text, len, scratch, sizeof *scratch) : scratch;
}

/* Whether values may be kept for the next request: not when PHP's heap ends with each. */
static bool lasts(void)
{
    return !php_lyger_serving.scripts;
}

/* The value as a string, with one reference for the caller; the last value of the name is shared when it is
 * the same. */
static zend_string *value_of(name *of, const char *bytes, size_t len)
{
    if (of->value && ZSTR_LEN(of->value) == len && memcmp(ZSTR_VAL(of->value), bytes, len) == 0) {
        return zend_string_copy(of->value);
    }
    zend_string *value = zend_string_init_fast(bytes, len);
    if (len <= VALUE_KEPT_MAX && of->special != COOKIE && of->special != AUTHORIZATION && lasts()) {
        if (of->value) {
            zend_string_release(of->value);
        }
        of->value = zend_string_copy(value);
    }
    return value;
}

/* ---- the head ---- */

static zend_string *span_of(const lyger_hub_request *request, lyger_http_span span)
{
    return zend_string_init_fast(request->head + span.at, span.len);
}

/* RFC 9110, section 5.3: repeated fields are one list. Cookies are joined with "; " as RFC 6265 writes
 * them. */
static void join(zval *old, special special, const char *bytes, size_t len)
{
    const char *between = special == COOKIE ? "; " : ", ";
    zend_string *joined = zend_string_concat3(Z_STRVAL_P(old), Z_STRLEN_P(old), between, 2, bytes, len);
    zval_ptr_dtor(old);
    ZVAL_NEW_STR(old, joined);
}

static special read_field(const lyger_hub_request *request, const lyger_http_field *field)
{
    php_lyger_request *current = &php_lyger_current;
    name scratch;
    const char *bytes = request->head + field->value.at;
    name *name = name_of(request->head + field->name.at, field->name.len, &scratch);
    zval *old = zend_hash_find_known_hash(current->headers, name->lower);
    if (UNEXPECTED(old)) {
        /* The parser has refused a second Host or Content-Length, unless it was the same. */
        if (name->special != HOST && name->special != CONTENT_LENGTH) {
            join(old, name->special, bytes, field->value.len);
        }
    } else if (EXPECTED(name->special != LEFT_OUT)) {
        zval value;
        ZVAL_STR(&value, value_of(name, bytes, field->value.len));
        _zend_hash_append(current->headers, name->lower, &value);
        current->server_names[current->names++] = name->server ? zend_string_copy(name->server) : NULL;
    }
    special special = name->special;
    if (name == &scratch) {
        name_free(name);
    }
    return special;
}

/* The value of a special field, with one reference for the caller; `seen` says which fields the request
 * has. */
static zend_string *header(uint32_t seen, special special, const char *lower, size_t len)
{
    if (!(seen & 1u << special)) {
        return NULL;
    }
    zval *value = zend_hash_str_find(php_lyger_current.headers, lower, len);
    return value ? zend_string_copy(Z_STR_P(value)) : NULL;
}

/* Adds a field that the server itself says. */
static void add_own(const char *lower, const char *server, zend_string *text)
{
    php_lyger_request *current = &php_lyger_current;
    zval value;
    ZVAL_STR(&value, text);
    zend_hash_str_add_new(current->headers, lower, strlen(lower), &value);
    current->server_names[current->names++] = zend_string_init(server, strlen(server), false);
}

static void read_headers(const lyger_hub_request *request)
{
    php_lyger_request *current = &php_lyger_current;
    const lyger_http_request *parsed = request->parsed;
    uint32_t seen = 0;
    current->headers = zend_new_array(parsed->field_count + 1);
    zend_hash_real_init_mixed(current->headers);
    current->names = 0;
    for (uint32_t i = 0; i < parsed->field_count; i++) {
        seen |= 1u << read_field(request, &parsed->fields[i]);
    }
    if (mapping) {
        add_own("x-sendfile-type", "HTTP_X_SENDFILE_TYPE",
                zend_string_init(ZEND_STRL("X-Accel-Redirect"), false));
        add_own("x-accel-mapping", "HTTP_X_ACCEL_MAPPING", zend_string_copy(mapping));
    }
    current->cookies = header(seen, COOKIE, ZEND_STRL("cookie"));
    current->authorization = header(seen, AUTHORIZATION, ZEND_STRL("authorization"));
    current->type = header(seen, CONTENT_TYPE, ZEND_STRL("content-type"));
}

/* The target in origin form, whatever form the client sent: applications route by it. */
static zend_string *target_of(const lyger_hub_request *request)
{
    const lyger_http_request *parsed = request->parsed;
    if (parsed->form != LYGER_HTTP_ABSOLUTE) {
        return span_of(request, parsed->target);
    }
    const char *path = request->head + parsed->path.at, *query = request->head + parsed->query.at;
    if (!parsed->has_query) {
        return parsed->path.len ? zend_string_init(path, parsed->path.len, false) : ZSTR_CHAR('/');
    }
    return zend_string_concat3(parsed->path.len ? path : "/", parsed->path.len ? parsed->path.len : 1, "?", 1,
                               query, parsed->query.len);
}

static zend_string *last_method; /* of the last request */

static zend_string *method_of(const lyger_hub_request *request)
{
    lyger_http_span span = request->parsed->method_name;
    const char *bytes = request->head + span.at;
    zend_string *last = last_method;
    if (!last || ZSTR_LEN(last) != span.len || memcmp(ZSTR_VAL(last), bytes, span.len) != 0) {
        if (last) {
            zend_string_release(last);
        }
        last_method = lasts() ? zend_string_init_interned(bytes, span.len, false)
                              : zend_string_init(bytes, span.len, false);
    }
    return zend_string_copy(last_method);
}

void php_lyger_request_read(const lyger_hub_request *request)
{
    php_lyger_request *current = &php_lyger_current;
    const lyger_http_request *parsed = request->parsed;
    current->hub = request;
    current->method = method_of(request);
    current->uri = target_of(request);
    current->query = parsed->has_query ? span_of(request, parsed->query) : ZSTR_EMPTY_ALLOC();
    current->path = parsed->path.len ? span_of(request, parsed->path) : ZSTR_CHAR('/');
    current->host = request->host[0] ? zend_string_init(request->host, strlen(request->host), false)
                                     : span_of(request, parsed->authority);
    current->asked_head = parsed->method == LYGER_HTTP_HEAD;
    current->body_read = 0;
    read_headers(request);
}

void php_lyger_request_skip_body(void)
{
    if (php_lyger_current.hub) {
        php_lyger_current.body_read = php_lyger_current.hub->body_len;
    }
}

static void drop(zend_string **string)
{
    if (*string) {
        zend_string_release(*string);
        *string = NULL;
    }
}

void php_lyger_request_forget(void)
{
    php_lyger_request *current = &php_lyger_current;
    current->hub = NULL;
    drop(&current->method);
    drop(&current->uri);
    drop(&current->query);
    drop(&current->path);
    drop(&current->host);
    drop(&current->type);
    drop(&current->cookies);
    drop(&current->authorization);
    drop(&current->script_name);
    drop(&current->script_file);
    drop(&current->path_info);
    if (!lasts()) {
        drop(&last_method);
        php_lyger_arrays_forget();
    }
    for (uint32_t i = 0; i < current->names; i++) {
        drop(&current->server_names[i]);
    }
    current->names = 0;
    if (current->headers) {
        zend_array_release(current->headers);
        current->headers = NULL;
    }
    if (current->body_file >= 0) {
        close(current->body_file);
        current->body_file = -1;
    }
}

/* ---- start and stop ---- */

static bool started;

static void make_mapping(void)
{
    lyger_buffer text;
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    if (lyger_sendfile_map(php_lyger_serving.config.sendfile_places, &text.sink) &&
        lyger_buffer_length(&text) > 0) {
        mapping = php_lyger_lasting(text.start, lyger_buffer_length(&text));
    }
    lyger_buffer_free(&text);
}

void php_lyger_data_start(void)
{
    make_mapping();
    zend_hash_init(&names, 32, NULL, name_destroy, true);
    php_lyger_arrays_start();
    started = true;
}

void php_lyger_data_stop(void)
{
    if (started) {
        zend_hash_destroy(&names);
        drop(&last_method);
        php_lyger_arrays_stop();
        mapping = NULL;
        started = false;
    }
}
