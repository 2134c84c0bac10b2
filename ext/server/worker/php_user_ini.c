/*
 * The settings of each directory are read once and kept for user_ini.cache_ttl seconds, with those of the
 * directories above it already in them.
 */
#include "php_user_ini.h"

#include "php.h"
#include "php_globals.h"
#include "php_ini.h"
#include "SAPI.h"

#include <string.h>
#include <time.h>

#define DIRECTORIES_MAX 1024 /* remembered at a time; then all are forgotten */

typedef struct directory {
    time_t read_at;
    HashTable settings; /* name → persistent string */
} directory;

static HashTable directories; /* path → directory */
static bool made;

static void free_directory(zval *value)
{
    directory *one = Z_PTR_P(value);
    zend_hash_destroy(&one->settings);
    pefree(one, true);
}

/* Reads the files from root down to path[0..len): a deeper directory's settings win. */
static void read_files(directory *to, const char *root, const char *path, size_t len)
{
    char at[MAXPATHLEN];
    size_t end = strlen(root);
    zend_hash_clean(&to->settings);
    if (len < end || len >= sizeof at || memcmp(path, root, end) != 0 || (len > end && path[end] != '/')) {
        end = len; /* outside of the root: the directory's own file only */
    }
    memcpy(at, path, len);
    for (;;) {
        char next = at[end];
        at[end] = '\0';
        php_parse_user_ini_file(end ? at : "/", PG(user_ini_filename), &to->settings);
        at[end] = next;
        if (end >= len) {
            return;
        }
        do {
            end++;
        } while (end < len && at[end] != '/');
    }
}

static const directory *directory_of(const char *root, const char *path, size_t len)
{
    time_t now = (time_t)sapi_get_request_time();
    if (!made) {
        zend_hash_init(&directories, 16, NULL, free_directory, true);
        made = true;
    }
    directory *one = zend_hash_str_find_ptr(&directories, path, len);
    if (!one) {
        if (zend_hash_num_elements(&directories) >= DIRECTORIES_MAX) {
            zend_hash_clean(&directories);
        }
        one = pemalloc(sizeof *one, true);
        zend_hash_init(&one->settings, 8, NULL, config_zval_dtor, true);
        one->read_at = 0;
        zend_hash_str_add_ptr(&directories, path, len, one);
    } else if (now < one->read_at + PG(user_ini_cache_ttl)) {
        return one;
    }
    one->read_at = now;
    read_files(one, root, path, len);
    return one;
}

void php_lyger_user_ini_activate(const char *root, const char *script, const char *host)
{
    const char *slash = strrchr(script, '/');
    size_t len = slash ? (size_t)(slash - script) : 0;
    if (php_ini_has_per_dir_config()) {
        char *directory_path =
            estrndup(script, len + 1); /* with its slash: PHP looks at what is before one */
        php_ini_activate_per_dir_config(directory_path, len + 1);
        efree(directory_path);
    }
    if (php_ini_has_per_host_config()) {
        char *name = estrndup(host, strcspn(host, ":"));
        zend_str_tolower(name, strlen(name));
        php_ini_activate_per_host_config(name, strlen(name));
        efree(name);
    }
    if (PG(user_ini_filename) && *PG(user_ini_filename)) {
        const directory *one = directory_of(root, script, len);
        if (zend_hash_num_elements(&one->settings) > 0) {
            php_ini_activate_config((HashTable *)&one->settings, PHP_INI_PERDIR, PHP_INI_STAGE_HTACCESS);
        }
    }
}
