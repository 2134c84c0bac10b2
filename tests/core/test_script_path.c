/*
 * Which script a path runs: a tree of scripts, and what nginx and PHP-FPM would make of the same paths.
 */
#include "check.h"
#include "server/worker/script_path.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[64], root[128];
static lyger_scripts scripts;
static lyger_script found;

static void make(const char *path, bool directory)
{
    char whole[256];
    snprintf(whole, sizeof whole, "%s%s", root, path);
    if (directory) {
        CHECK(mkdir(whole, 0755) == 0);
        return;
    }
    int fd = open(whole, O_CREAT | O_WRONLY, 0644);
    CHECK(fd >= 0);
    close(fd);
}

static void make_tree(void)
{
    static const char *const directories[] = {"",     "/admin",  "/empty", "/.git", "/.well-known",
                                              "/a b", "/dir.php"};
    static const char *const files[] = {"/index.php",         "/blog.php",      "/admin/index.php",
                                        "/admin/x.php",       "/.git/x.php",    "/.hidden.php",
                                        "/.well-known/w.php", "/a b/index.php", "/style.css",
                                        "/dir.php/in.php",    "/upper.PHP",     "/front.php"};
    snprintf(base, sizeof base, "/tmp/lyger-scripts-XXXXXX");
    CHECK(mkdtemp(base) != NULL);
    snprintf(root, sizeof root, "%s/one", base);
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        make(directories[i], true);
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        make(files[i], false);
    }
    CHECK(lyger_scripts_init(&scripts, root, "index.php"));
}

static lyger_script_kind find(const char *path)
{
    return lyger_script_find(&scripts, path, strlen(path), &found);
}

static bool runs(const char *path, const char *name, const char *info)
{
    char file[2 * LYGER_SCRIPT_PATH_MAX];
    snprintf(file, sizeof file, "%s%s", scripts.root, name);
    return find(path) == LYGER_SCRIPT_RUN && strcmp(found.name, name) == 0 && strcmp(found.info, info) == 0 &&
           strcmp(found.file, file) == 0;
}

static void existing_scripts_run(void)
{
    CHECK(runs("/blog.php", "/blog.php", ""));
    CHECK(runs("/admin/x.php", "/admin/x.php", ""));
    CHECK(runs("/%62log%2ephp", "/blog.php", ""));
    CHECK(runs("/dir.php/in.php", "/dir.php/in.php", ""));
    CHECK(runs("/.well-known/w.php", "/.well-known/w.php", ""));
}

static void what_follows_is_path_info(void)
{
    CHECK(runs("/index.php/some/page", "/index.php", "/some/page"));
    CHECK(runs("/index.php/", "/index.php", "/"));
    CHECK(runs("/index.php/a%20b/c.php", "/index.php", "/a b/c.php"));
    CHECK(runs("/admin/x.php/y", "/admin/x.php", "/y"));
    CHECK(runs("/index.php//a//b", "/index.php", "/a/b"));
}

static void directories_run_their_index(void)
{
    CHECK(runs("/", "/index.php", ""));
    CHECK(runs("", "/index.php", ""));
    CHECK(runs("/admin/", "/admin/index.php", ""));
    CHECK(runs("/a%20b/", "/a b/index.php", ""));
}

static void directories_without_a_slash_get_one(void)
{
    CHECK(find("/admin") == LYGER_SCRIPT_SLASH && strcmp(found.name, "/admin/") == 0);
    CHECK(find("//admin") == LYGER_SCRIPT_SLASH && strcmp(found.name, "/admin/") == 0);
    CHECK(find("/a%20b") == LYGER_SCRIPT_SLASH && strcmp(found.name, "/a%20b/") == 0);
}

static void everything_else_is_the_front_controllers(void)
{
    CHECK(runs("/some/route", "/index.php", ""));
    CHECK(runs("/empty/", "/index.php", ""));
    CHECK(runs("/empty", "/index.php", ""));
    CHECK(runs("/style.css", "/index.php", "")); /* which the front process has not answered: a POST */
    CHECK(runs("/.env", "/index.php", ""));
    CHECK(runs("/.git/config", "/index.php", ""));
    CHECK(runs("/blog.phpx", "/index.php", ""));
    CHECK(runs("/.php", "/index.php", ""));
    CHECK(runs("/upper.PHP", "/index.php", ""));
    CHECK(runs("/dir.php", "/index.php", ""));
}

static void missing_scripts_are_not_found(void)
{
    CHECK(find("/missing.php") == LYGER_SCRIPT_NONE);
    CHECK(find("/missing.php/info") == LYGER_SCRIPT_NONE);
    CHECK(find("/.git/x.php") == LYGER_SCRIPT_NONE);
    CHECK(find("/.hidden.php") == LYGER_SCRIPT_NONE);
    CHECK(find("/admin/.well-known/w.php") == LYGER_SCRIPT_NONE);
    CHECK(find("/.well-knownx/w.php") == LYGER_SCRIPT_NONE);
}

static void bad_paths_are_refused(void)
{
    char long_path[6000];
    CHECK(find("/..") == LYGER_SCRIPT_BAD);
    CHECK(find("/../index.php") == LYGER_SCRIPT_BAD);
    CHECK(find("/%2e%2e/index.php") == LYGER_SCRIPT_BAD);
    CHECK(find("/admin/../../x") == LYGER_SCRIPT_BAD);
    CHECK(find("/index.php%00.jpg") == LYGER_SCRIPT_BAD);
    CHECK(find("/%") == LYGER_SCRIPT_BAD);
    CHECK(find("/%4") == LYGER_SCRIPT_BAD);
    CHECK(find("/%zz") == LYGER_SCRIPT_BAD);
    CHECK(find("index.php") == LYGER_SCRIPT_BAD);
    memset(long_path, 'a', sizeof long_path);
    long_path[0] = '/';
    CHECK(lyger_script_find(&scripts, long_path, sizeof long_path, &found) == LYGER_SCRIPT_BAD);
    CHECK(lyger_script_find(&scripts, long_path, LYGER_SCRIPT_PATH_MAX - 10, &found) == LYGER_SCRIPT_RUN);
}

static void dots_and_slashes_are_resolved(void)
{
    CHECK(runs("/admin/../blog.php", "/blog.php", ""));
    CHECK(runs("/./blog.php", "/blog.php", ""));
    CHECK(runs("//admin///x.php", "/admin/x.php", ""));
    CHECK(runs("/admin/.", "/admin/index.php", ""));
    CHECK(runs("/admin/x/..", "/admin/index.php", ""));
    CHECK(runs("/admin/..", "/index.php", ""));
}

static void without_a_front_controller_nothing_is_found(void)
{
    lyger_scripts bare;
    CHECK(lyger_scripts_init(&bare, root, NULL));
    CHECK(lyger_script_find(&bare, "/some/route", 11, &found) == LYGER_SCRIPT_NONE);
    CHECK(lyger_script_find(&bare, "/empty/", 7, &found) == LYGER_SCRIPT_NONE);
    CHECK(lyger_script_find(&bare, "/blog.php", 9, &found) == LYGER_SCRIPT_RUN);
    CHECK(lyger_script_find(&bare, "/", 1, &found) == LYGER_SCRIPT_RUN);
    CHECK(lyger_scripts_init(&bare, root, "/front.php"));
    CHECK(lyger_script_find(&bare, "/some/route", 11, &found) == LYGER_SCRIPT_RUN &&
          strcmp(found.name, "/front.php") == 0);
}

static void unreadable_scripts_are_forbidden(void)
{
    char path[256];
    snprintf(path, sizeof path, "%s/blog.php", root);
    if (geteuid() == 0) {
        return; /* who reads everything */
    }
    CHECK(chmod(path, 0) == 0);
    CHECK(find("/blog.php") == LYGER_SCRIPT_FORBIDDEN);
    CHECK(chmod(path, 0644) == 0);
}

static void exchanged_roots_are_seen(void)
{
    char link_path[128], other[128];
    lyger_scripts current;
    snprintf(link_path, sizeof link_path, "%s/current", base);
    snprintf(other, sizeof other, "%s/two", base);
    CHECK(mkdir(other, 0755) == 0 && symlink(root, link_path) == 0);
    CHECK(lyger_scripts_init(&current, link_path, "index.php"));
    lyger_scripts_refresh(&current, 1);
    CHECK(strcmp(current.root, scripts.root) == 0);
    CHECK(unlink(link_path) == 0);
    lyger_scripts_refresh(&current, 2);
    CHECK(strcmp(current.root, scripts.root) == 0);
    CHECK(symlink(other, link_path) == 0);
    lyger_scripts_refresh(&current, 2);
    CHECK(strcmp(current.root, scripts.root) == 0);
    lyger_scripts_refresh(&current, 3);
    CHECK(strstr(current.root, "/two") != NULL);
    CHECK(!lyger_scripts_init(&current, "/nowhere/at/all", NULL));
}

static void remove_tree(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", base);
    CHECK(system(command) == 0);
}

int main(void)
{
    make_tree();
    RUN(existing_scripts_run);
    RUN(what_follows_is_path_info);
    RUN(directories_run_their_index);
    RUN(directories_without_a_slash_get_one);
    RUN(everything_else_is_the_front_controllers);
    RUN(missing_scripts_are_not_found);
    RUN(bad_paths_are_refused);
    RUN(dots_and_slashes_are_resolved);
    RUN(without_a_front_controller_nothing_is_found);
    RUN(unreadable_scripts_are_forbidden);
    RUN(exchanged_roots_are_seen);
    remove_tree();
    return finish();
}
