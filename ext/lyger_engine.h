/*
 * Lyger\Engine: a singleton per request whose methods are aliases of the lyger_* functions (see the stub).
 */
#ifndef LYGER_ENGINE_H
#define LYGER_ENGINE_H

#include "php_lyger.h"

/* Completes the class that the generated code registered; adds Lyger\Core\Engine when the INI says so. */
zend_result php_lyger_engine_register(zend_class_entry *class_entry);

/* Drops the request's instance. */
void php_lyger_engine_request_stop(void);

#endif
