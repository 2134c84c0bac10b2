/*
 * What the files of the query room's native door share: arguments, entering the core, results.
 *
 * While the core waits, the interrupt hook may run PHP code (a signal handler), which may free a result that
 * the core is inside of. Such a result is kept until the core has been left: php_lyger_result_free().
 */
#ifndef PHP_QUERY_H
#define PHP_QUERY_H

#include "php_lyger.h"

/* The arguments of every function that runs a statement. */
typedef struct php_lyger_query_call {
    zend_string *dsn, *sql;
    lyger_param *params; /* lists in them are from emalloc */
    uint32_t param_count;
    zend_string **texts; /* the strings that params point into, one reference each */
    size_t text_count, text_room;
    lyger_query_options options;
    uint32_t argument; /* of the PHP function that holds the parameters, from 1 */
} php_lyger_query_call;

/* Parses the arguments. False with an exception; otherwise the function that runs the call frees it. */
bool php_lyger_query_parse(INTERNAL_FUNCTION_PARAMETERS, php_lyger_query_call *call);

/* The same for rows that become PHP values: numeric is "auto" where the options do not say. */
bool php_lyger_query_parse_for_php(INTERNAL_FUNCTION_PARAMETERS, php_lyger_query_call *call);

/* The call as the core takes it; it points into the call. */
lyger_query php_lyger_query_of(const php_lyger_query_call *call);

/* Which of words[0..count) the option's value is, in that argument; -1 with an exception that lists them. */
int php_lyger_query_word(const zval *value, uint32_t argument, const char *option, const char *const *words,
                         int count);

/* Seconds of the option "timeout"; false with an exception. */
bool php_lyger_query_timeout(const zval *value, uint32_t argument, double *timeout);

/* Reads the parameters of a call: a list is positional, an array with names only is named. False with an
 * exception; the parameters read until then are freed with the call. */
bool php_lyger_params_read(HashTable *params, php_lyger_query_call *call);

/* Frees what a call holds. */
void php_lyger_params_free(php_lyger_query_call *call);

/* Completes Lyger\\Binary, which the generated code registered. */
void php_lyger_binary_register(zend_class_entry *class_entry);

typedef lyger_status (*php_lyger_query_start)(lyger_pool *pool, const lyger_query *query,
                                              lyger_result **result, lyger_error *error);

/* Runs (lyger_query_run) or sends (lyger_query_send) the call and frees it. NULL with an exception, or when
 * PHP is about to end the script. */
lyger_result *php_lyger_query_result(php_lyger_query_call *call, php_lyger_query_start start);

/* The pool, made on first use; NULL with an exception. */
lyger_pool *php_lyger_query_pool(void);

/*
 * Must be called after every entry into the core that may have called the interrupt hook: raises what stopped
 * the core. False with an exception, or when PHP is about to end the script. Frees the results that a signal
 * handler has freed meanwhile. It may leave by longjmp: the caller must have freed what it holds.
 */
bool php_lyger_query_left(lyger_status status, const lyger_error *error);

/* Whether php_lyger_query_left() will return false, or not return, although the status is LYGER_OK. */
bool php_lyger_query_is_stopped(void);

/* Between hold and release no result is freed, because the core may be inside of it. */
unsigned php_lyger_results_hold(void);
void php_lyger_results_release(unsigned held);

/* Frees a result, now or when the core has been left; NULL is allowed. */
void php_lyger_result_free(lyger_result *result);

/* Frees the results that were kept until the core has been left. */
void php_lyger_results_sweep(void);

/* Frees every result that has a handle. */
void php_lyger_results_clear(void);

/* Puts the result into the table and returns its handle as an integer; throws when there is no room. With
 * NULL, a result that was not made, it does nothing. */
void php_lyger_result_open(lyger_result *result, zval *return_value);

/* The result of a handle, waited for; NULL with an exception. A signal handler may have freed it meanwhile.
 */
lyger_result *php_lyger_result_await(zend_long handle);

/* What lyger_result_write_report() writes, as a PHP array, or an exception. */
void php_lyger_result_report(lyger_result *result, zval *return_value);

/* Completes Lyger\RowStream, which the generated code registered. */
void php_lyger_row_stream_register(zend_class_entry *class_entry);

/* The rows as a JSON string, or an exception. */
void php_lyger_result_json(lyger_result *result, zval *return_value);

/* What a Lyger\Result holds; NULL for every other object. */
lyger_result *php_lyger_result_of(zend_object *object);

/* Completes Lyger\Result, which the generated code registered. */
void php_lyger_result_register(zend_class_entry *class_entry);

#endif
