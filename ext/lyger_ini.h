/*
 * Every setting of lyger, registered in one table.
 */
#ifndef LYGER_INI_H
#define LYGER_INI_H

#include "php_lyger.h"

zend_result php_lyger_ini_register(int module_number);
void php_lyger_ini_unregister(int module_number);

#endif
