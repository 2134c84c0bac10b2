/*
 * A directory of files for the tests of static files: public ones, hidden ones, sources, links out of it.
 */
#ifndef LYGER_TESTS_STATIC_TREE_H
#define LYGER_TESTS_STATIC_TREE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char tree[64];      /* the directory around the root */
static char tree_root[80]; /* tree/public */

static void tree_path(char *to, size_t size, const char *name)
{
    snprintf(to, size, "%s/%s", tree, name);
}

/* Writes a file, last changed at that time; 0: now. */
static void tree_file(const char *name, const char *text, time_t modified)
{
    char path[512];
    tree_path(path, sizeof path, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
        perror(path);
        abort();
    }
    struct timespec times[2] = {{modified, 5000}, {modified, 5000}};
    if (modified && futimens(fd, times) < 0) {
        abort();
    }
    close(fd);
}

static void tree_directory(const char *name)
{
    char path[512];
    tree_path(path, sizeof path, name);
    if (mkdir(path, 0755) < 0) {
        perror(path);
        abort();
    }
}

static void tree_link(const char *to, const char *name)
{
    char path[512];
    tree_path(path, sizeof path, name);
    if (symlink(to, path) < 0) {
        perror(path);
        abort();
    }
}

static void tree_remove(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", tree);
    if (system(command) != 0) {
        abort();
    }
}

#define TREE_TIME 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */

/* Sources under the names that editors and people give to their copies. */
static const char *const tree_copies[] = {
    "conf.php_old", "conf.php-bak",   "conf.phpold",     "conf.php,v",  "conf.inc_1",
    "#conf.php#",   "#conf#",         "conf~",           "conf.bak",    "conf.ORIG",
    "conf.old2",    "conf(copy).php", "conf.php(copy)",  "conf.php;1",  "conf.php.1",
    "conf.inc~",    "conf.PHPS",      "conf.php.save.1", "conf.phtml_", "conf.phar.tar.gz",
    "conf.swp",     "conf#",
};

static void tree_make(void)
{
    strcpy(tree, "/tmp/lyger-static-XXXXXX");
    if (!mkdtemp(tree)) {
        abort();
    }
    snprintf(tree_root, sizeof tree_root, "%s/public", tree);
    tree_file("secret.txt", "secret", 0);
    tree_directory("outside");
    tree_file("outside/secret.txt", "secret", 0);
    tree_directory("public");
    tree_directory("public/sub");
    tree_directory("public/bare");
    tree_directory("public/.git");
    tree_directory("public/.well-known");
    tree_directory("public/a b");
    tree_file("public/index.html", "<p>home", TREE_TIME);
    tree_file("public/hello.txt", "Hello, world", TREE_TIME);
    tree_file("public/empty.txt", "", TREE_TIME);
    tree_file("public/sub/index.html", "<p>sub", TREE_TIME);
    tree_file("public/sub/deep.txt", "deep", TREE_TIME);
    tree_file("public/a b/index.html", "<p>blank", TREE_TIME);
    tree_file("public/.git/config", "hidden", TREE_TIME);
    tree_file("public/.env", "hidden", TREE_TIME);
    tree_directory("public/sub/.well-known");
    tree_file("public/sub/.well-known/x", "hidden", TREE_TIME);
    tree_file("public/.well-known/acme", "token", TREE_TIME);
    tree_file("public/.well-known/.hidden", "hidden", TREE_TIME);
    tree_file("public/index.php", "<?php source", TREE_TIME);
    tree_file("public/Old.PHP5", "<?php source", TREE_TIME);
    tree_file("public/conf.php.bak", "<?php source", TREE_TIME);
    tree_file("public/conf.php~", "<?php source", TREE_TIME);
    for (size_t i = 0; i < sizeof tree_copies / sizeof *tree_copies; i++) {
        char path[64];
        snprintf(path, sizeof path, "public/%s", tree_copies[i]);
        tree_file(path, "<?php source", TREE_TIME);
    }
    tree_file("public/php.txt", "about php", TREE_TIME);
    tree_file("public/old.income.1", "no copy", TREE_TIME);
    tree_file("public/100%.txt", "percent", TREE_TIME);
    tree_file("public/%41.txt", "twice", TREE_TIME);
    tree_file("public/caf\xc3\xa9.txt", "accent", TREE_TIME);
    tree_file("public/app.js", "let plain = 1; // ...", TREE_TIME);
    tree_file("public/app.js.br", "BROTLI", TREE_TIME + 5);
    tree_file("public/app.js.gz", "GZIP", TREE_TIME);
    tree_file("public/app.js.zst", "ZSTD", TREE_TIME - 5); /* older: stale */
    tree_link("hello.txt", "public/inner.txt");
    tree_link("../secret.txt", "public/outer.txt");
    tree_link("../outside", "public/out");
    tree_link("/etc", "public/etc");
    tree_link("public", "current");
    char path[512];
    tree_path(path, sizeof path, "public/fifo");
    if (mkfifo(path, 0644) < 0) {
        abort();
    }
}

#endif
