/*
 * Fuzzes what a request's path opens. On a small tree with links out of it, whatever the bytes are: both ways
 * of opening agree; what was opened lies below the root by its real path (readlink of the descriptor), is not
 * hidden and no source; and the public parts of the answer hold no line ends that were not ours.
 */
#include "server/front/static.h"
#include "server/front/static_open.h"
#include "static_tree.h"
#include "http_limits.h"

#include <stdint.h>

static lyger_server_config config;
static lyger_static *files;
static lyger_root one_step, stepwise;
static char real_root[4096];

static void demand(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void clean_up(void)
{
    tree_remove();
}

static void set_up(void)
{
    tree_make();
    atexit(clean_up);
    config.document_root = tree_root;
    config.index = "index.html";
    config.compress = true;
    demand(lyger_static_new(&config, &files, NULL) == LYGER_OK);
    demand(lyger_root_open(&one_step, tree_root, false) && lyger_root_open(&stepwise, tree_root, false));
    stepwise.one_step = false;
    demand(realpath(tree_root, real_root) != NULL);
}

/* The real path of what is open lies below the root, and no part of it is hidden but the one that may be. */
static void check_place(int descriptor)
{
    char link[64], real[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t len = readlink(link, real, sizeof real - 1);
    demand(len > 0);
    real[len] = '\0';
    size_t root = strlen(real_root);
    demand(strncmp(real, real_root, root) == 0 && (real[root] == '/' || real[root] == '\0'));
    const char *hidden = strstr(real + root, "/.");
    demand(!hidden ||
           (hidden == real + root && strncmp(hidden, "/.well-known", 12) == 0 && !strstr(hidden + 1, "/.")));
    demand(!strstr(real + root, ".php") && !strstr(real + root, ".PHP"));
}

static void check_opening(const char *path)
{
    struct stat a, b;
    int first = lyger_root_file(&one_step, path, &a), second = lyger_root_file(&stepwise, path, &b);
    demand((first >= 0) == (second >= 0));
    if (first >= 0) {
        demand(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
        check_place(first);
        check_place(second);
        close(first);
        close(second);
    }
}

/* As a request: what the parser lets through. */
static void check_request(const char *path, size_t len)
{
    static lyger_static_plan plan;
    static char head[8192];
    lyger_http_request request;
    int head_len = snprintf(head, sizeof head, "GET %.*s HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br\r\n\r\n",
                            (int)len, path);
    lyger_http_request_init(&request);
    if (head_len >= (int)sizeof head ||
        lyger_http_parse(&request, head, (size_t)head_len, &default_limits) != LYGER_HTTP_DONE ||
        !lyger_static_decide(files, &request, head, TREE_TIME + 1000, &plan)) {
        return;
    }
    demand(plan.status == 200 || plan.status == 301);
    demand((plan.descriptor >= 0) == (plan.status == 200));
    if (plan.descriptor >= 0) {
        check_place(plan.descriptor);
        close(plan.descriptor);
    }
    for (size_t i = 0; i < plan.fields_len; i++) {
        unsigned char byte = (unsigned char)plan.fields[i];
        demand(byte >= ' ' || (byte == '\r' && plan.fields[i + 1] == '\n') ||
               (byte == '\n' && plan.fields[i - 1] == '\r'));
    }
    plan.fields[plan.fields_len] = '\0';
    const char *location = strstr(plan.fields, "Location: ");
    demand(!location || (location[10] == '/' && location[11] != '/' && location[11] != '\\'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char to[LYGER_STATIC_PATH_MAX], *copy;
    if (size > 5000) {
        return 0;
    }
    if (!files) {
        set_up();
    }
    copy = malloc(size ? size : 1); /* its end is where ASan looks */
    memcpy(copy, data, size);
    if (lyger_static_path(copy, size, to)) {
        demand(strlen(to) <= size && to[0] != '/' && !strstr(to, "//") && !strstr(to, "/../") &&
               strncmp(to, "../", 3) != 0);
        if (to[0] && to[strlen(to) - 1] != '/') { /* a directory's address is opened by its index only */
            check_opening(to);
        }
        check_request(copy, size);
    }
    free(copy);
    return 0;
}
