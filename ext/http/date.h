/*
 * Dates of HTTP (RFC 9110, section 5.6.7). Pure functions.
 */
#ifndef LYGER_HTTP_DATE_H
#define LYGER_HTTP_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define LYGER_HTTP_DATE_SIZE 30u /* "Sun, 06 Nov 1994 08:49:37 GMT" and its NUL */

/* Writes the preferred form; a time outside the years 0 to 9999 becomes the nearest one inside. */
void lyger_http_date_write(time_t time, char to[LYGER_HTTP_DATE_SIZE]);

/* Reads any of the three forms; false for anything else. now (seconds since 1970) decides the century of a
 * year of two digits. The name of the day must be a day's, but need not be the date's. */
bool lyger_http_date_read(const char *text, size_t len, time_t now, time_t *time);

#endif
