/*
 * Fuzzes which script a path runs: what runs is a file below the root, named *.php, not hidden, and its name
 * and PATH_INFO together are the normalized path, or it is an index or the front controller.
 */
#include "server/worker/script_path.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static lyger_scripts scripts;
static char root[64];

static void demand(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void make(const char *path, bool directory)
{
    char whole[128];
    snprintf(whole, sizeof whole, "%s%s", root, path);
    int fd = directory ? mkdir(whole, 0755) : open(whole, O_CREAT | O_WRONLY, 0644);
    demand(fd >= 0);
    if (!directory) {
        close(fd);
    }
}

static void clean_up(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", root);
    demand(system(command) == 0);
}

static void set_up(void)
{
    snprintf(root, sizeof root, "/tmp/lyger-fuzz-XXXXXX");
    demand(mkdtemp(root) != NULL);
    atexit(clean_up);
    make("/a", true);
    make("/a/index.php", false);
    make("/a.php", false);
    make("/.b", true);
    make("/.b/c.php", false);
    make("/d.php", true);
    make("/d.php/e.php", false);
    make("/index.php", false);
    demand(lyger_scripts_init(&scripts, root, "index.php"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lyger_script script;
    char normal[LYGER_SCRIPT_PATH_MAX], both[4 * LYGER_SCRIPT_PATH_MAX];
    struct stat is;
    if (!root[0]) {
        set_up();
    }
    char *copy = malloc(size ? size : 1); /* its end is where ASan looks */
    memcpy(copy, data, size);
    lyger_script_kind kind = lyger_script_find(&scripts, copy, size, &script);
    bool good = lyger_script_normalize(copy, size, normal);
    free(copy);
    demand(good == (kind != LYGER_SCRIPT_BAD));
    if (good) {
        demand(normal[0] == '/' && !strstr(normal, "//") && !strstr(normal, "/../") &&
               !strstr(normal, "/./"));
        size_t len = strlen(normal);
        demand(len < 3 || strcmp(normal + len - 3, "/..") != 0);
    }
    if (kind == LYGER_SCRIPT_SLASH) {
        demand(script.name[0] == '/' && script.name[1] != '/' && !strpbrk(script.name, "\r\n \\"));
    }
    if (kind == LYGER_SCRIPT_RUN) {
        size_t len = strlen(scripts.root);
        demand(strncmp(script.file, scripts.root, len) == 0 && strcmp(script.file + len, script.name) == 0);
        demand(stat(script.file, &is) == 0 && S_ISREG(is.st_mode) && !strstr(script.name, "/.b"));
        demand(strcmp(script.name + strlen(script.name) - 4, ".php") == 0);
        snprintf(both, sizeof both, "%s%s", script.name, script.info);
        demand(strcmp(both, normal) == 0 || script.info[0] == '\0');
    }
    return 0;
}
