/*
 * Every setting of lyger, registered in one table.
 */
#ifndef LYGER_INI_H
#define LYGER_INI_H

#include "php_lyger.h"

/* Bytes as people write them: 65536, "64K", "8M", "8MB", "8MiB". False for any other text. */
bool php_lyger_read_size(const zend_string *text, zend_long *bytes);

zend_result php_lyger_ini_register(int module_number);
void php_lyger_ini_unregister(int module_number);

#endif
