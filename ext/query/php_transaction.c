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

static bool begin(const zend_string *dsn)
{
    lyger_error error;
    lyger_pool *pool = php_lyger_query_pool();
    if (!pool) {
        return false;
    }
    lyger_status status = lyger_transaction_begin(pool, ZSTR_VAL(dsn), ZSTR_LEN(dsn), &error);
    if (status == LYGER_OK && php_lyger_query_is_stopped()) {
        end(dsn, false, NULL);
    }
    return php_lyger_query_left(status, &error);
}

/* exit(), or the end of a fiber that is not resumed. */
static bool is_exit(const zend_object *exception)
{
    return zend_is_unwind_exit(exception) || zend_is_graceful_exit(exception);
}

/* Brings back what was put aside, and what was thrown meanwhile; nothing stands above exit(). */
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

/* The exception is put aside, so that signal handlers can run while the database rolls back. When it does
 * not, the core closes the connection, which rolls back too; the exception that is on its way tells more. */
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

/* After a fatal error the transaction is over before shutdown functions run: what they write is to stay. */
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

    ZEND_PARSE_PARAMETERS_START(2, 2)
        Z_PARAM_STR(dsn)
        Z_PARAM_FUNC(fn, cache)
    ZEND_PARSE_PARAMETERS_END();

    if (!begin(dsn)) {
        return;
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
