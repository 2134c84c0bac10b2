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

ZEND_FUNCTION(lyger_db_transaction)
{
    zend_string *dsn;
    zend_fcall_info fn;
    zend_fcall_info_cache cache;
    HashTable *given = NULL;
    lyger_transaction_options options;

    ZEND_PARSE_PARAMETERS_START(2, 3)
        Z_PARAM_STR(dsn)
        Z_PARAM_FUNC(fn, cache)
        Z_PARAM_OPTIONAL
        Z_PARAM_ARRAY_HT(given)
    ZEND_PARSE_PARAMETERS_END();

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
