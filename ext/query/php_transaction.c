/*
 * The native door's transactions.
 */
#include "php_query.h"

#include "lyger_error.h"

#include "zend_exceptions.h"

static lyger_status end(const zend_string *dsn, bool keep, lyger_error *error)
{
    return lyger_transaction_end(php_lyger_query_pool(), ZSTR_VAL(dsn), ZSTR_LEN(dsn), keep, error);
}

static bool read_choice(const zval *value, const char *option, lyger_choice *choice)
{
    if (Z_TYPE_P(value) != IS_FALSE && Z_TYPE_P(value) != IS_TRUE) {
        zend_argument_type_error(3, "must have a bool for option \"%s\", %s given", option,
                                 zend_zval_type_name(value));
        return false;
    }
    *choice = Z_TYPE_P(value) == IS_TRUE ? LYGER_CHOICE_YES : LYGER_CHOICE_NO;
    return true;
}

static bool read_option(const zend_string *name, const zval *value, lyger_transaction_options *options)
{
    /* The words are in the order of their enums, each of which has a default before them. */
    static const char *const isolations[] = {"read uncommitted", "read committed", "repeatable read",
                                             "serializable"};
    static const char *const modes[] = {"deferred", "immediate", "exclusive"};
    int word;
    if (zend_string_equals_literal(name, "isolation")) {
        word = php_lyger_query_word(value, 3, "isolation", isolations, 4);
        options->isolation = (lyger_isolation)(word + 1);
    } else if (zend_string_equals_literal(name, "mode")) {
        word = php_lyger_query_word(value, 3, "mode", modes, 3);
        options->mode = (lyger_lock_mode)(word + 1);
    } else if (zend_string_equals_literal(name, "read_only")) {
        return read_choice(value, "read_only", &options->read_only);
    } else if (zend_string_equals_literal(name, "deferrable")) {
        return read_choice(value, "deferrable", &options->deferrable);
    } else if (zend_string_equals_literal(name, "timeout")) {
        return php_lyger_query_timeout(value, 3, &options->timeout);
    } else {
        zend_argument_value_error(3,
                                  "has the unknown option \"%s\"; known are isolation, read_only, "
                                  "deferrable, mode, timeout",
                                  ZSTR_VAL(name));
        return false;
    }
    return word >= 0;
}

static bool read_options(HashTable *given, lyger_transaction_options *options)
{
    zend_ulong index;
    zend_string *name;
    zval *value;
    *options = (lyger_transaction_options){.timeout = (double)LYGER_G(query).statement_timeout};
    if (!given) {
        return true;
    }
    ZEND_HASH_FOREACH_KEY_VAL(given, index, name, value)
    ZVAL_DEREF(value);
    if (!name) {
        zend_argument_value_error(3,
                                  "has the unknown option " ZEND_LONG_FMT
                                  "; known are isolation, read_only, deferrable, mode, timeout",
                                  (zend_long)index);
        return false;
    }
    if (!read_option(name, value, options)) {
        return false;
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

static bool begin_transaction(const zend_string *dsn, const lyger_transaction_options *options)
{
    lyger_error error;
    lyger_pool *pool = php_lyger_query_pool();
    if (!pool) {
        return false;
    }
    lyger_status status = lyger_transaction_begin(pool, ZSTR_VAL(dsn), ZSTR_LEN(dsn), options, &error);
    if (status == LYGER_OK && php_lyger_query_is_stopped()) {
        end(dsn, false, NULL);
    }
    return php_lyger_query_left(status, &error);
}

/* Whether it stands for exit(), or for the end of a fiber that is not resumed. */
static bool is_exit(const zend_object *exception)
{
    return zend_is_unwind_exit(exception) || zend_is_graceful_exit(exception);
}

/* Throws the exception that was put aside again, as the previous of one thrown meanwhile; exit() wins over
 * any exception. */
static void restore(zend_object *aside)
{
    zend_object *later = EG(exception);
    if (!later) {
        EG(exception) = aside;
    } else if (is_exit(aside)) {
        OBJ_RELEASE(later);
        EG(exception) = aside;
    } else if (is_exit(later)) {
        OBJ_RELEASE(aside);
    } else {
        zend_exception_set_previous(later, aside);
    }
}

/* The exception is put aside, so that signal handlers can run while the database rolls back. When rolling
 * back fails, the core closes the connection, which rolls back too; the failure is not reported, because the
 * exception that is put aside tells more. */
static void roll_back(const zend_string *dsn)
{
    zend_object *aside = EG(exception);
    EG(exception) = NULL;
    end(dsn, false, NULL);
    restore(aside);
    php_lyger_query_left(LYGER_OK, NULL);
}

static void commit(const zend_string *dsn)
{
    lyger_error error;
    lyger_status status = end(dsn, true, &error);
    php_lyger_query_left(status, &error);
}

/* Calls the function. After a fatal error the transaction is given up before shutdown functions run, so that
 * what these write stays. */
static void call(const zend_string *dsn, zend_fcall_info *fn, zend_fcall_info_cache *cache)
{
    zend_try
    {
        zend_call_function(fn, cache);
    }
    zend_catch
    {
        lyger_transaction_abandon(php_lyger_query_pool(), ZSTR_VAL(dsn), ZSTR_LEN(dsn));
        zend_bailout();
    }
    zend_end_try();
}

/* ---- statements that are known beforehand ---- */

typedef struct statements {
    php_lyger_query_call *calls;
    lyger_query *queries;
    uint32_t count;
} statements;

static bool read_statement(const zval *from, uint32_t number, php_lyger_query_call *call)
{
    zval *sql =
        Z_TYPE_P(from) == IS_ARRAY ? zend_hash_str_find_deref(Z_ARRVAL_P(from), ZEND_STRL("sql")) : NULL;
    if (!sql || Z_TYPE_P(sql) != IS_STRING) {
        zend_argument_type_error(
            2,
            "must be callable, or a list of statements, each an array whose \"sql\" is a string; "
            "number %u is not",
            number);
        return false;
    }
    call->sql = Z_STR_P(sql);
    zval *params = zend_hash_str_find_deref(Z_ARRVAL_P(from), ZEND_STRL("bindings"));
    params = params ? params : zend_hash_str_find_deref(Z_ARRVAL_P(from), ZEND_STRL("params"));
    if (!params || Z_TYPE_P(params) == IS_NULL) {
        return true;
    }
    if (Z_TYPE_P(params) != IS_ARRAY) {
        zend_argument_type_error(2, "must have an array as \"bindings\" of statement %u, %s given", number,
                                 zend_zval_type_name(params));
        return false;
    }
    return php_lyger_params_read(Z_ARRVAL_P(params), call);
}

static void free_statements(statements *all)
{
    for (uint32_t i = 0; i < all->count; i++) {
        php_lyger_params_free(&all->calls[i]);
    }
    efree(all->calls);
    efree(all->queries);
}

/* Reads the list; false with an exception. Either way the statements are to be freed. */
static bool read_statements(zend_string *dsn, HashTable *list, statements *all)
{
    uint32_t count = zend_hash_num_elements(list);
    const lyger_query_options options = {.numeric = LYGER_AUTO,
                                         .timeout = (double)LYGER_G(query).statement_timeout};
    zval *from;
    *all = (statements){ecalloc(count + 1, sizeof *all->calls), ecalloc(count + 1, sizeof *all->queries), 0};
    if (count == 0) {
        zend_argument_value_error(2, "must hold at least one statement");
        return false;
    }
    ZEND_HASH_FOREACH_VAL(list, from)
    php_lyger_query_call *one = &all->calls[all->count++];
    ZVAL_DEREF(from);
    *one = (php_lyger_query_call){.dsn = dsn, .argument = 2, .options = options};
    if (!read_statement(from, all->count, one)) {
        return false;
    }
    all->queries[all->count - 1] = php_lyger_query_of(one);
    ZEND_HASH_FOREACH_END();
    return true;
}

static void run_statements(zend_string *dsn, HashTable *list, const lyger_transaction_options *options,
                           zval *return_value)
{
    statements all;
    lyger_result *last = NULL;
    lyger_error error;
    lyger_pool *pool = php_lyger_query_pool();
    bool usable = pool && read_statements(dsn, list, &all);
    if (usable) {
        lyger_status status = lyger_transaction_run(pool, ZSTR_VAL(dsn), ZSTR_LEN(dsn), options, all.queries,
                                                    all.count, &last, &error);
        free_statements(&all);
        if (!php_lyger_query_left(status, &error)) {
            php_lyger_result_free(last);
            return;
        }
        php_lyger_result_report(last, return_value);
        php_lyger_result_free(last);
    } else if (pool) {
        free_statements(&all);
    }
}

/* A list of statements, and no pair of class and method or object and method. */
static bool is_statements(zval *work)
{
    return Z_TYPE_P(work) == IS_ARRAY && !zend_is_callable(work, 0, NULL);
}

ZEND_FUNCTION(lyger_db_transaction)
{
    zend_string *dsn;
    zval *work;
    zend_fcall_info fn;
    zend_fcall_info_cache cache;
    HashTable *given = NULL;
    lyger_transaction_options options;
    char *why = NULL;

    ZEND_PARSE_PARAMETERS_START(2, 3)
        Z_PARAM_STR(dsn)
        Z_PARAM_ZVAL(work)
        Z_PARAM_OPTIONAL
        Z_PARAM_ARRAY_HT(given)
    ZEND_PARSE_PARAMETERS_END();

    if (is_statements(work)) {
        if (read_options(given, &options)) {
            run_statements(dsn, Z_ARRVAL_P(work), &options, return_value);
        }
        return;
    }
    if (zend_fcall_info_init(work, 0, &fn, &cache, NULL, &why) != SUCCESS) {
        zend_argument_type_error(2, "must be a valid callback, %s", why ? why : "or a list of statements");
        if (why) {
            efree(why);
        }
        RETURN_THROWS();
    }
    zend_release_fcall_info_cache(&cache); /* as Z_PARAM_FUNC does: the call makes what it needs anew */
    if (!read_options(given, &options) || !begin_transaction(dsn, &options)) {
        RETURN_THROWS();
    }
    fn.retval = return_value;
    call(dsn, &fn, &cache);
    if (EG(exception)) {
        roll_back(dsn);
    } else {
        commit(dsn);
    }
    if (Z_ISREF_P(return_value)) {
        zend_unwrap_reference(return_value);
    }
    if (EG(exception)) {
        zval_ptr_dtor(return_value);
        RETVAL_NULL();
    }
}
