/*
 * The native door of the boundary room: functions in php_boundary.c, objects in php_owner.c, and frameless
 * functions, which only PHP 8.4 has, in php_frameless.c.
 */
#ifndef PHP_LYGER_BOUNDARY_H
#define PHP_LYGER_BOUNDARY_H

#include "php_lyger.h"

#include "boundary.h"

extern const php_lyger_room php_lyger_boundary_room;

/* Gives the classes their objects; called once, by MINIT. */
void php_lyger_boundary_register(zend_class_entry *owner, zend_class_entry *archive, zend_class_entry *file,
                                 zend_class_entry *rows);

/* The strings that rows and records have as keys, kept for the process; called once, by MINIT. */
void php_lyger_boundary_keep_names(void);

/* A row as the array that both lyger_probe_rows() and Lyger\ProbeRows give. */
void php_lyger_boundary_row(const lyger_probe_row *row, zval *to);

#endif
