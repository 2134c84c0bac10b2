/*
 * What the module and the other servers ask of the native door's queue server. It has a thread of its own, in
 * C; one script of the process uses it.
 */
#ifndef PHP_LYGER_QUEUE_H
#define PHP_LYGER_QUEUE_H

#include "php_lyger.h"

/* Stops the server, if there is one. */
void php_lyger_queue_stop(void);

/* The port that it listens on, 0 without one. */
uint16_t php_lyger_queue_port(void);

extern const php_lyger_room php_lyger_queue_room;

#endif
