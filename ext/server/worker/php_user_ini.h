/*
 * Settings of a directory or a host, as PHP-FPM has them: .user.ini (user_ini.filename, user_ini.cache_ttl)
 * of the script's directory and those above it up to the root, and the sections [PATH=…] and [HOST=…] of
 * php.ini.
 */
#ifndef PHP_LYGER_USER_INI_H
#define PHP_LYGER_USER_INI_H

/* To be called while sapi_activate() runs. root: without a slash at its end; script: absolute; host: as the
 * client names it, with its port. */
void php_lyger_user_ini_activate(const char *root, const char *script, const char *host);

#endif
