/*
 * What locks and remembering have in common, of this machine (php_hold.c) and of all (php_far_hold.c).
 */
#ifndef PHP_LYGER_HOLD_H
#define PHP_LYGER_HOLD_H

#include "php_lyger.h"

typedef enum php_lyger_waited {
    PHP_LYGER_WAITED,
    PHP_LYGER_WAITED_ENOUGH,
    PHP_LYGER_WAITED_IN_VAIN, /* with an exception */
} php_lyger_waited;

/* When a wait of so many seconds that begins now is over. */
uint64_t php_lyger_end_of_wait(double wait);

/* Waits a while until the lock or lease of key may be free. PHP's signal handlers and time limit get their
 * turn in between. */
php_lyger_waited php_lyger_wait_a_while(lyger_cache *cache, const zend_string *key, lyger_cache_kind kind,
                                        uint64_t end);

/* Throws if PHP's signal handlers or its time limit want the script to end: false then. */
bool php_lyger_may_go_on(void);

/* Calls what computes a value. */
void php_lyger_call_compute(zend_fcall_info *compute, zend_fcall_info_cache *cache, zval *return_value);

/* Rewords the exception of packing a value, which blames the argument, though it was the callback's result.
 */
void php_lyger_blame_compute(void);

/* Throws that the value was not there in so many seconds. */
void php_lyger_refuse_to_wait(const zend_string *key, double wait);

#endif
