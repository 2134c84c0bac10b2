/*
 * From core errors to PHP exceptions: one table, one throw function.
 */
#ifndef LYGER_ERROR_H
#define LYGER_ERROR_H

#include "php_lyger.h"

/* The classes of Lyger\Exception, registered by lyger.c. */
typedef struct php_lyger_exceptions {
    zend_class_entry *base; /* the interface Lyger\Exception */
    zend_class_entry *runtime;
    zend_class_entry *cache;
    zend_class_entry *query;
    zend_class_entry *server;
} php_lyger_exceptions;

extern php_lyger_exceptions php_lyger_exception;

/* Throws the exception that the error's status stands for; keeps an exception that is already on its way. */
void php_lyger_throw(const lyger_error *error);

/* Keeps the message for lyger_last_error(). */
void php_lyger_remember_error(const char *message);

/* The class of an exception, or SPL's in its place where disable_classes names it: PHP takes a disabled
 * class's parent away, so that its objects can be neither thrown nor caught. */
zend_class_entry *php_lyger_throwable(zend_class_entry *class_entry);

/* Makes an object of one of lyger's classes, whose objects `create` makes. False, with an Error, when
 * disable_classes names the class: PHP then makes objects of another size. */
bool php_lyger_object(zval *object, zend_class_entry *class_entry,
                      zend_object *(*create)(zend_class_entry *class_entry));

/*
 * The interrupt hook of the native door: runs pending signal handlers and PHP's own timeout, and asks the
 * core to stop when a handler threw or the time is over. After LYGER_E_INTERRUPTED call php_lyger_throw,
 * which raises the fatal error of max_execution_time only then, when the core has let go of everything.
 */
extern const lyger_interrupt php_lyger_interrupt;

#endif
