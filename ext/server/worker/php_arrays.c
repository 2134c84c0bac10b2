/*
 * A request as PHP arrays, $_SERVER and the handler's $data: copies of arrays that were put together once, in
 * which each request overwrites the values that differ, by position.
 */
#include "php_worker.h"
#include "lyger_compat.h"

#include "SAPI.h"
#include "php_variables.h"
#include "ext/standard/url.h"

#include <fcntl.h>
#include <unistd.h>

/* ---- arrays with known places ---- */

enum server_place {
    SERVER_METHOD,
    SERVER_URI,
    SERVER_QUERY,
    SERVER_PROTOCOL,
    SERVER_NAME,
    SERVER_ADDR,
    SERVER_PORT,
    SERVER_REMOTE_ADDR,
    SERVER_REMOTE_PORT,
    SERVER_SELF,
    SERVER_SCRIPT,
    SERVER_FILE,
    SERVER_DOCUMENT, /* the script form's only */
    SERVER_PLACES
};

static const char *const server_keys[SERVER_PLACES] = {
    "REQUEST_METHOD", "REQUEST_URI",     "QUERY_STRING", "SERVER_PROTOCOL", "SERVER_NAME",
    "SERVER_ADDR",    "SERVER_PORT",     "REMOTE_ADDR",  "REMOTE_PORT",     "PHP_SELF",
    "SCRIPT_NAME",    "SCRIPT_FILENAME", "DOCUMENT_URI"};

enum data_place {
    DATA_QUERY,
    DATA_POST,
    DATA_FILES,
    DATA_COOKIES,
    DATA_HEADERS,
    DATA_BODY,
    DATA_BODY_FILE,
    DATA_PATH,
    DATA_QUERY_STRING,
    DATA_HOST,
    DATA_SCHEME,
    DATA_PROTOCOL,
    DATA_REMOTE_ADDR,
    DATA_REMOTE_PORT,
    DATA_SERVER_ADDR,
    DATA_SERVER_PORT,
    DATA_REQUEST_TIME,
    DATA_PLACES
};

static const char *const data_keys[DATA_PLACES] = {
    "query",       "post",        "files",        "cookies",     "headers",     "body",
    "body_file",   "path",        "query_string", "host",        "scheme",      "protocol",
    "remote_addr", "remote_port", "server_addr",  "server_port", "request_time"};

static zend_array *server_template, *data_template;
static uint32_t server_places[SERVER_PLACES], data_places[DATA_PLACES]; /* bucket numbers */
static zend_string *script_name, *protocols[2], *scheme;
static zend_string *client_address, *server_address; /* of the last request */

static zval *place(zend_array *array, uint32_t bucket)
{
    return &array->arData[bucket].val;
}

static uint32_t place_of(zend_array *array, const char *key)
{
    zval *value = zend_hash_str_find(array, key, strlen(key));
    return (uint32_t)((Bucket *)value - array->arData);
}

static zend_string **lasting_strings; /* to be freed with the module */
static size_t lasting_count, lasting_room;

zend_string *php_lyger_lasting(const char *text, size_t len)
{
    if (lasting_count == lasting_room) {
        lasting_room = lasting_room ? lasting_room * 2 : 128;
        lasting_strings = perealloc(lasting_strings, lasting_room * sizeof *lasting_strings, true);
    }
    zend_string *string = zend_string_init(text, len, true);
    zend_string_hash_val(string);
    GC_ADD_FLAGS(string, IS_STR_INTERNED | IS_STR_PERMANENT);
    lasting_strings[lasting_count++] = string;
    return string;
}

static void set_value(zend_array *array, const char *key, size_t key_len, zval *value)
{
    zend_hash_update(array, php_lyger_lasting(key, key_len), value);
}

static void set_text(zend_array *array, const char *key, const char *text, size_t len)
{
    zval value;
    ZVAL_INTERNED_STR(&value, php_lyger_lasting(text, len));
    set_value(array, key, strlen(key), &value);
}

/* Whether a variable of the environment would be taken for one of the request: one that looks like a client's
 * field, or a name of CGI that not every request has itself. Who starts a server from inside of a request (a
 * CGI program, a test) hands its own on. */
static bool is_of_a_request(const zend_string *variable)
{
    static const char *const names[] = {"AUTH_TYPE",
                                        "CONTENT_LENGTH",
                                        "CONTENT_TYPE",
                                        "DOCUMENT_URI",
                                        "HTTPS",
                                        "ORIG_PATH_INFO",
                                        "ORIG_SCRIPT_NAME",
                                        "ORIG_SCRIPT_FILENAME",
                                        "ORIG_PATH_TRANSLATED",
                                        "PATH_INFO",
                                        "PATH_TRANSLATED",
                                        "PHP_AUTH_USER",
                                        "PHP_AUTH_PW",
                                        "PHP_AUTH_DIGEST",
                                        "REDIRECT_URL",
                                        "REDIRECT_QUERY_STRING",
                                        "REMOTE_HOST",
                                        "REMOTE_IDENT",
                                        "REMOTE_USER"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(ZSTR_VAL(variable), names[i]) == 0) {
            return true;
        }
    }
    return zend_string_starts_with_literal(variable, "HTTP_");
}

/* Adds the environment to $_SERVER, as under CGI; variables that a request has itself, and those that lyger
 * sets for its server, are left out. */
static void add_environment(zend_array *array, zend_array *environment)
{
    zend_string *name;
    zval *text, value;
    ZEND_HASH_FOREACH_STR_KEY_VAL(environment, name, text)
    {
        if (name && ZSTR_VAL(name)[0] != '-' && (ZSTR_VAL(name)[0] < '0' || ZSTR_VAL(name)[0] > '9') &&
            !is_of_a_request(name) && !zend_string_equals_literal(name, "LYGER_OPTIONS")) {
            ZVAL_INTERNED_STR(&value, php_lyger_lasting(Z_STRVAL_P(text), Z_STRLEN_P(text)));
            set_value(array, ZSTR_VAL(name), ZSTR_LEN(name), &value);
        }
    }
    ZEND_HASH_FOREACH_END();
}

const char *php_lyger_script(void)
{
    zval *server = zend_hash_str_find_deref(&EG(symbol_table), ZEND_STRL("_SERVER"));
    zval *file = server && Z_TYPE_P(server) == IS_ARRAY
                     ? zend_hash_str_find_deref(Z_ARRVAL_P(server), ZEND_STRL("SCRIPT_FILENAME"))
                     : NULL;
    if (file && Z_TYPE_P(file) == IS_STRING) {
        return Z_STRVAL_P(file);
    }
    return SG(request_info).path_translated ? SG(request_info).path_translated : "";
}

/* The script form: each request has a script of its own, put_script(). */
static void add_root(zend_array *array)
{
    const char *root = php_lyger_serving.config.document_root;
    set_text(array, "DOCUMENT_ROOT", root, strlen(root));
}

static void add_script(zend_array *array)
{
    const char *root = php_lyger_serving.config.document_root;
    char script[MAXPATHLEN], directory[MAXPATHLEN];
    const char *file = php_lyger_script();
    if (!VCWD_REALPATH(file, script)) {
        snprintf(script, sizeof script, "%s", file);
    }
    const char *slash = strrchr(script, '/');
    if (root && VCWD_REALPATH(root, directory)) {
        root = directory;
    } else {
        snprintf(directory, sizeof directory, "%.*s", (int)(slash ? slash - script : 0), script);
        root = directory;
    }
    script_name = zend_strpprintf(0, "/%s", slash ? slash + 1 : script);
    set_text(array, "DOCUMENT_ROOT", root, strlen(root));
    set_text(array, "SCRIPT_FILENAME", script, strlen(script));
    set_text(array, "SCRIPT_NAME", ZSTR_VAL(script_name), ZSTR_LEN(script_name));
}

/* An array that outlives PHP's requests, to be duplicated. */
static zend_array *array_for(uint32_t size)
{
    zend_array *array = pemalloc(sizeof *array, true);
    zend_hash_init(array, size, NULL, NULL, true);
    zend_hash_real_init_mixed(array);
    return array;
}

static void free_array(zend_array *array)
{
    zend_hash_destroy(array);
    pefree(array, true);
}

static void make_server_template(void)
{
    /* PHP reads the environment: a shared library's environ is not always the program's, which may have a
     * moved copy of its own (ld's copy relocations). */
    zval environment;
    array_init(&environment);
    php_import_environment_variables(&environment);
    server_template = array_for(zend_hash_num_elements(Z_ARRVAL(environment)) + SERVER_PLACES + 32);
    add_environment(server_template, Z_ARRVAL(environment));
    zval_ptr_dtor(&environment);
    for (int i = 0; i < SERVER_PLACES - !php_lyger_serving.scripts; i++) {
        set_text(server_template, server_keys[i], "", 0);
    }
    (php_lyger_serving.scripts ? add_root : add_script)(server_template);
    set_text(server_template, "GATEWAY_INTERFACE", ZEND_STRL("CGI/1.1"));
    if (php_lyger_serving.scripts) {
        /* Applications look for nginx's name before they make paths that its try_files leads to the front
         * controller, as WordPress's permalinks. */
        set_text(server_template, "SERVER_SOFTWARE", ZEND_STRL("lyger/" LYGER_VERSION " (as nginx)"));
    } else {
        set_text(server_template, "SERVER_SOFTWARE", ZEND_STRL("lyger/" LYGER_VERSION));
    }
    set_text(server_template, "REQUEST_SCHEME", ZEND_STRL("http"));
    set_text(server_template, "REDIRECT_STATUS", ZEND_STRL("200"));
    if (LYGER_G(server).frankenphp_api && !php_lyger_serving.scripts) {
        set_text(server_template, "FRANKENPHP_WORKER", ZEND_STRL("1"));
    }
    for (int i = 0; i < SERVER_PLACES - !php_lyger_serving.scripts; i++) {
        server_places[i] = place_of(server_template, server_keys[i]);
    }
}

static void make_data_template(void)
{
    data_template = array_for(DATA_PLACES);
    for (int i = 0; i < DATA_PLACES; i++) {
        zval nothing;
        ZVAL_NULL(&nothing);
        set_value(data_template, data_keys[i], strlen(data_keys[i]), &nothing);
        data_places[i] = place_of(data_template, data_keys[i]);
    }
}

void php_lyger_data_forget(void)
{
    while (lasting_count > 0) {
        pefree(lasting_strings[--lasting_count], true);
    }
    pefree(lasting_strings, true);
    lasting_strings = NULL;
    lasting_room = 0;
}

void php_lyger_arrays_start(void)
{
    make_server_template();
    make_data_template();
    protocols[0] = php_lyger_lasting(ZEND_STRL("HTTP/1.0"));
    protocols[1] = php_lyger_lasting(ZEND_STRL("HTTP/1.1"));
    scheme = php_lyger_lasting(ZEND_STRL("http"));
}

static void drop(zend_string **string)
{
    if (*string) {
        zend_string_release(*string);
        *string = NULL;
    }
}

void php_lyger_arrays_forget(void)
{
    drop(&client_address);
    drop(&server_address);
}

void php_lyger_arrays_stop(void)
{
    free_array(server_template);
    free_array(data_template);
    drop(&script_name);
    php_lyger_arrays_forget();
    server_template = data_template = NULL;
}

/* ---- $_SERVER ---- */

/* Puts a string over the one that the template has there; takes the caller's reference. */
static void put(zend_array *array, uint32_t bucket, zend_string *string)
{
    zval *to = place(array, bucket);
    zval_ptr_dtor_nogc(to);
    ZVAL_STR(to, string);
}

/* An address as a string, which is shared with the last request's while the same client, or server, is at
 * that end. */
static zend_string *address_of(const lyger_http_address *peer, zend_string **last)
{
    size_t len = strlen(peer->address);
    if (!*last || ZSTR_LEN(*last) != len || memcmp(ZSTR_VAL(*last), peer->address, len) != 0) {
        drop(last);
        *last = zend_string_init(peer->address, len, false);
    }
    return zend_string_copy(*last);
}

static zend_string *protocol_of(const lyger_hub_request *request)
{
    return protocols[request->parsed->minor > 0];
}

/* The host without its port; an IPv6 address keeps its brackets. */
static zend_string *server_name_of_host(void)
{
    const zend_string *host = php_lyger_current.host;
    const char *colon = zend_memrchr(ZSTR_VAL(host), ':', ZSTR_LEN(host));
    size_t len = colon && !memchr(colon, ']', (size_t)(ZSTR_VAL(host) + ZSTR_LEN(host) - colon))
                     ? (size_t)(colon - ZSTR_VAL(host))
                     : ZSTR_LEN(host);
    if (len == 0) {
        return zend_string_copy(server_address);
    }
    return zend_string_init(ZSTR_VAL(host), len, false);
}

/* The variables of the script form, as nginx's fastcgi_params and FPM (cgi.fix_pathinfo) have them. */
static void put_script(zend_array *array)
{
    php_lyger_request *current = &php_lyger_current;
    zend_string *self =
        current->path_info
            ? zend_string_concat2(ZSTR_VAL(current->script_name), ZSTR_LEN(current->script_name),
                                  ZSTR_VAL(current->path_info), ZSTR_LEN(current->path_info))
            : zend_string_copy(current->script_name);
    put(array, server_places[SERVER_SCRIPT], zend_string_copy(current->script_name));
    put(array, server_places[SERVER_FILE], zend_string_copy(current->script_file));
    put(array, server_places[SERVER_DOCUMENT], zend_string_copy(current->script_name));
    put(array, server_places[SERVER_SELF], self);
    if (current->path_info) {
        zval info;
        ZVAL_STR_COPY(&info, current->path_info);
        zend_hash_str_update(array, ZEND_STRL("PATH_INFO"), &info);
    }
}

/* Adds PATH_INFO: the path after the script's own name, as in "/app.php/what/follows". */
static void add_path_info(zend_array *array)
{
    const zend_string *path = php_lyger_current.path;
    size_t len = ZSTR_LEN(script_name);
    if (EXPECTED(ZSTR_LEN(path) <= len || ZSTR_VAL(path)[len] != '/' ||
                 memcmp(ZSTR_VAL(path), ZSTR_VAL(script_name), len) != 0)) {
        put(array, server_places[SERVER_SELF], zend_string_copy(script_name));
        return;
    }
    char *decoded = estrndup(ZSTR_VAL(path) + len, ZSTR_LEN(path) - len);
    size_t decoded_len = php_raw_url_decode(decoded, ZSTR_LEN(path) - len);
    zval value;
    ZVAL_STRINGL(&value, decoded, decoded_len);
    zend_hash_str_update(array, ZEND_STRL("PATH_INFO"), &value);
    put(array, server_places[SERVER_SELF],
        zend_string_concat2(ZSTR_VAL(script_name), len, decoded, decoded_len));
    efree(decoded);
}

static void add_fields(zend_array *array)
{
    php_lyger_request *current = &php_lyger_current;
    uint32_t i = 0;
    zval *value;
    ZEND_HASH_MAP_FOREACH_VAL(current->headers, value)
    if (current->server_names[i]) {
        Z_TRY_ADDREF_P(value);
        zend_hash_update(array, current->server_names[i], value);
    }
    i++;
    ZEND_HASH_FOREACH_END();
}

/* Corrects the variables where a trusted proxy, the target or the coding of the body says more than the
 * fields. */
static void correct_fields(zend_array *array)
{
    const lyger_http_request *parsed = php_lyger_current.hub->parsed;
    bool other_host = parsed->form != LYGER_HTTP_ORIGIN || php_lyger_current.hub->host[0];
    if (UNEXPECTED(php_lyger_current.hub->scheme == LYGER_SCHEME_HTTPS)) {
        zval value;
        ZVAL_STRING(&value, "on");
        zend_hash_str_update(array, ZEND_STRL("HTTPS"), &value);
        ZVAL_STRING(&value, "https");
        zend_hash_str_update(array, ZEND_STRL("REQUEST_SCHEME"), &value);
    }
    if (UNEXPECTED(other_host && ZSTR_LEN(php_lyger_current.host) > 0)) {
        zval host;
        ZVAL_STR_COPY(&host, php_lyger_current.host);
        zend_hash_str_update(array, ZEND_STRL("HTTP_HOST"), &host);
    }
    if (UNEXPECTED(parsed->chunked)) {
        zval length;
        ZVAL_STR(&length, zend_ulong_to_str((zend_ulong)php_lyger_current.hub->body_len));
        zend_hash_str_update(array, ZEND_STRL("CONTENT_LENGTH"), &length);
    }
}

zend_array *php_lyger_data_server(void)
{
    php_lyger_request *current = &php_lyger_current;
    const lyger_hub_request *request = current->hub;
    zend_array *array = zend_array_dup(server_template);
    put(array, server_places[SERVER_METHOD], zend_string_copy(current->method));
    put(array, server_places[SERVER_URI], zend_string_copy(current->uri));
    put(array, server_places[SERVER_QUERY], zend_string_copy(current->query));
    put(array, server_places[SERVER_PROTOCOL], protocol_of(request));
    put(array, server_places[SERVER_ADDR], address_of(&request->server, &server_address));
    put(array, server_places[SERVER_NAME], server_name_of_host());
    put(array, server_places[SERVER_PORT], zend_long_to_str(request->server.port));
    put(array, server_places[SERVER_REMOTE_ADDR], address_of(&request->client, &client_address));
    put(array, server_places[SERVER_REMOTE_PORT], zend_long_to_str(request->client.port));
    (current->script_name ? put_script : add_path_info)(array);
    add_fields(array);
    correct_fields(array);
    return array;
}

/* ---- $data ---- */

void php_lyger_data_headers(zval *headers)
{
    zend_string *lower;
    zval *value;
    array_init(headers);
    if (!php_lyger_current.headers) {
        return;
    }
    ZEND_HASH_FOREACH_STR_KEY_VAL(php_lyger_current.headers, lower, value)
    zend_string *name = zend_string_init(ZSTR_VAL(lower), ZSTR_LEN(lower), false);
    for (size_t i = 0; i < ZSTR_LEN(name); i++) {
        char *byte = &ZSTR_VAL(name)[i];
        if ((i == 0 || byte[-1] == '-') && *byte >= 'a' && *byte <= 'z') {
            *byte = (char)(*byte - 'a' + 'A');
        }
    }
    Z_TRY_ADDREF_P(value);
    zend_hash_update(Z_ARRVAL_P(headers), name, value);
    zend_string_release(name);
    ZEND_HASH_FOREACH_END();
}

static void put_text(zend_array *array, enum data_place at, zend_string *string)
{
    ZVAL_STR(place(array, data_places[at]), string);
}

static void put_global(zend_array *array, enum data_place at, int track)
{
    zval *global = &PG(http_globals)[track];
    if (Z_TYPE_P(global) == IS_ARRAY) {
        ZVAL_COPY(place(array, data_places[at]), global);
    } else {
        ZVAL_EMPTY_ARRAY(place(array, data_places[at]));
    }
}

/* Whether PHP has read the body already, as a form with files; php://input is empty then too. */
static bool body_is_used(void)
{
    return SG(rfc1867_uploaded_files) != NULL;
}

/* The body that the front process has written to a file, as a string; NULL when the file cannot be read. */
static zend_string *read_spooled(const lyger_hub_request *request)
{
    int descriptor = open(request->body_file, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return NULL;
    }
    zend_string *text = zend_string_alloc((size_t)request->body_len, false);
    size_t got = 0;
    ssize_t n = 1;
    while (got < ZSTR_LEN(text) && (n > 0 || (n < 0 && errno == EINTR))) {
        n = read(descriptor, ZSTR_VAL(text) + got, ZSTR_LEN(text) - got);
        got += n > 0 ? (size_t)n : 0;
    }
    close(descriptor);
    if (got < ZSTR_LEN(text)) {
        zend_string_efree(text);
        return NULL;
    }
    ZSTR_VAL(text)[got] = '\0';
    return text;
}

/* Whether the body is within PHP's limit for a body in memory; a longer body is for applications that read it
 * piece by piece. */
static bool fits_memory(const lyger_hub_request *request)
{
    return SG(post_max_size) <= 0 || request->body_len <= (uint64_t)SG(post_max_size);
}

static void put_body(zend_array *array)
{
    const lyger_hub_request *request = php_lyger_current.hub;
    if (request->body_len == 0 || body_is_used()) {
        put_text(array, DATA_BODY, ZSTR_EMPTY_ALLOC());
    } else if (request->body) {
        put_text(array, DATA_BODY, zend_string_init_fast(request->body, request->body_len));
    } else {
        zend_string *text = fits_memory(request) ? read_spooled(request) : NULL;
        put_text(array, DATA_BODY_FILE,
                 zend_string_init(request->body_file, strlen(request->body_file), false));
        if (text) {
            put_text(array, DATA_BODY, text);
        }
    }
}

void php_lyger_data_handler(zval *data)
{
    php_lyger_request *current = &php_lyger_current;
    const lyger_hub_request *request = current->hub;
    zend_array *array = zend_array_dup(data_template);
    put_global(array, DATA_QUERY, TRACK_VARS_GET);
    put_global(array, DATA_POST, TRACK_VARS_POST);
    put_global(array, DATA_FILES, TRACK_VARS_FILES);
    put_global(array, DATA_COOKIES, TRACK_VARS_COOKIE);
    GC_ADDREF(current->headers);
    ZVAL_ARR(place(array, data_places[DATA_HEADERS]), current->headers);
    put_body(array);
    put_text(array, DATA_PATH, zend_string_copy(current->path));
    put_text(array, DATA_QUERY_STRING, zend_string_copy(current->query));
    put_text(array, DATA_HOST, zend_string_copy(current->host));
    put_text(array, DATA_SCHEME,
             request->scheme == LYGER_SCHEME_HTTPS ? ZSTR_INIT_LITERAL("https", false) : scheme);
    put_text(array, DATA_PROTOCOL, protocol_of(request));
    put_text(array, DATA_REMOTE_ADDR, address_of(&request->client, &client_address));
    ZVAL_LONG(place(array, data_places[DATA_REMOTE_PORT]), request->client.port);
    put_text(array, DATA_SERVER_ADDR, address_of(&request->server, &server_address));
    ZVAL_LONG(place(array, data_places[DATA_SERVER_PORT]), request->server.port);
    ZVAL_DOUBLE(place(array, data_places[DATA_REQUEST_TIME]), request->arrived_at);
    ZVAL_ARR(data, array);
}
