/*
 * The PostgreSQL backend: its DSNs, and the life of a connection in the pool. Statements are in
 * pq_statement.c, results in pq_result.c, waiting and cancelling in pq_wire.c.
 *
 * libpq resolves host names inside PQconnectStartParams(), which blocks; no time limit shortens that.
 */
#include "pq_catalog.h"
#include "pq_session.h"
#include "pq_wire.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PING_AFTER_MS 5000 /* idleness after which the server is asked whether it is there */

/* ---- DSN ---- */

static bool has_prefix(const char *text, size_t len, const char *prefix)
{
    size_t prefix_len = strlen(prefix);
    return len >= prefix_len && memcmp(text, prefix, prefix_len) == 0;
}

/* A URI, or "keyword = value …" (manual 34.1.1). */
static bool pq_claims(const char *dsn, size_t len)
{
    if (has_prefix(dsn, len, "postgres://") || has_prefix(dsn, len, "postgresql://")) {
        return true;
    }
    size_t at = 0;
    while (at < len && (dsn[at] == ' ' || dsn[at] == '\t' || dsn[at] == '\n')) {
        at++;
    }
    size_t word = at;
    while (at < len && ((dsn[at] >= 'a' && dsn[at] <= 'z') || dsn[at] == '_')) {
        at++;
    }
    bool named = at > word;
    while (at < len && dsn[at] == ' ') {
        at++;
    }
    return named && at < len && dsn[at] == '=';
}

/*
 * Whether a part of the user's name or password may be taken for another part of the DSN, which messages
 * would show. In a URI libpq ends user name and password at the first '@', and looks for no '@' behind a '/'.
 */
static bool is_ambiguous_uri(const char *dsn)
{
    const char *authority = strstr(dsn, "://"), *last = NULL;
    if (!has_prefix(dsn, strlen(dsn), "postgres") || !authority) {
        return false;
    }
    authority += 3;
    for (const char *at = authority; *at && *at != '?'; at++) {
        last = *at == '@' ? at : last;
    }
    return last && strcspn(authority, "@/") < (size_t)(last - authority);
}

/* Whether a value that messages show may hold a part of another one, as a keyword string with other
 * separators, a password with '@', or a URI without a host would make of it. */
static bool is_ambiguous_value(const char *keyword, const char *value)
{
    if (strcmp(keyword, "port") == 0) {
        return value[strspn(value, "0123456789,")] != '\0';
    }
    if (strcmp(keyword, "host") == 0 || strcmp(keyword, "hostaddr") == 0) {
        /* A '@' begins the name of an abstract socket. */
        return value[strcspn(value, "=; ")] != '\0' || (*value && strchr(value + 1, '@'));
    }
    return (strcmp(keyword, "user") == 0 || strcmp(keyword, "dbname") == 0) &&
           (strchr(value, ';') || strstr(value, "password="));
}

/* Checks the DSN's form and finds its own connect_timeout. lyger's message stands in for libpq's, which would
 * quote the DSN, password and all. *options is freed with pq->conninfoFree(). */
static lyger_status check_dsn(const lyger_pq *pq, const char *dsn, double *timeout,
                              PQconninfoOption **options, lyger_error *error)
{
    char *message = NULL;
    *options = pq->conninfoParse(dsn, &message);
    pq->freemem(message);
    if (!*options) {
        return lyger_fail(
            error, LYGER_E_QUERY,
            "the DSN is not a valid PostgreSQL connection string (not shown: it may hold a password)");
    }
    bool ambiguous = is_ambiguous_uri(dsn);
    for (const PQconninfoOption *option = *options; option->keyword; option++) {
        ambiguous = ambiguous || (option->val && is_ambiguous_value(option->keyword, option->val));
        if (option->val && strcmp(option->keyword, "connect_timeout") == 0 && atoi(option->val) > 0) {
            *timeout = atoi(option->val);
        }
    }
    if (!ambiguous) {
        return LYGER_OK;
    }
    pq->conninfoFree(*options);
    *options = NULL;
    return lyger_fail(
        error, LYGER_E_QUERY,
        "the DSN can be read in two ways, and is not shown, as it may hold a password: in a URI, '@', "
        "'/' and ':' of a user name or password are written %%40, %%2F and %%3A, and a port is a "
        "number; in a keyword string spaces separate, and values with others are in single quotes");
}

/* Replaces a secret that the server repeated in its error message by "***". */
static void hide_secrets(const PQconninfoOption *options, lyger_error *error)
{
    for (const PQconninfoOption *option = options; error && option->keyword; option++) {
        size_t len = option->val ? strlen(option->val) : 0;
        bool secret = len > 3 && option->dispchar && *option->dispchar == '*';
        for (const PQconninfoOption *other = options; secret && other->keyword; other++) {
            secret = other == option || !other->val || strcmp(other->val, option->val) != 0;
        }
        char *at = secret ? strstr(error->message, option->val) : NULL;
        for (; at; at = strstr(at, option->val)) {
            memcpy(at, "***", 3);
            memmove(at + 3, at + len, strlen(at + len) + 1);
        }
    }
}

static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context, (void)notice;
}

/* ---- connecting ---- */

static lyger_status poll_connection(const pq_connection *made, const lyger_limits *limits, lyger_error *error)
{
    const lyger_pq *pq = made->pq;
    /* Until the first poll, act as if it had returned PGRES_POLLING_WRITING (manual 34.1, PQconnectPoll). */
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK && pq->status(made->server) != CONNECTION_BAD) {
        short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        lyger_status status = lyger_limits_wait(limits, pq->socket(made->server), events);
        if (status != LYGER_OK) {
            lyger_limits_fail(error, status, "connecting to the PostgreSQL server");
            return lyger_with_state(error, status, "08001");
        }
        state = pq->connectPoll(made->server);
        if (state == PGRES_POLLING_FAILED) {
            break;
        }
    }
    if (pq->status(made->server) != CONNECTION_OK) {
        return lyger_pq_fail("cannot connect: ", pq->errorMessage(made->server), "08001", error);
    }
    return LYGER_OK;
}

static void end_connection(pq_connection *connection)
{
    lyger_result_free(connection->in_flight);
    free(connection->sent);
    lyger_pq_plans_free(connection->plans);
    lyger_pq_types_release(connection->types);
    connection->pq->finish(connection->server);
    free(connection);
}

static void pq_close(lyger_connection *base)
{
    end_connection((pq_connection *)base);
}

/* The session is the parent's: the connection's socket is replaced by /dev/null, so that libpq's farewell
 * does not end the session. */
static void pq_forget(lyger_connection *base)
{
    pq_connection *connection = (pq_connection *)base;
    int server = connection->pq->socket(connection->server);
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (server >= 0 && (nowhere < 0 || dup2(nowhere, server) < 0)) {
        close(server); /* then the farewell fails too, and libpq closes a descriptor that is not open */
    }
    if (nowhere >= 0) {
        close(nowhere);
    }
    end_connection(connection);
}

static lyger_status make_usable(pq_connection *connection, const lyger_limits *limits, lyger_error *error);

static lyger_status connect_to(const lyger_pq *pq, const char *dsn, const lyger_limits *limits,
                               lyger_connection **connection, lyger_error *error)
{
    pq_connection *made = calloc(1, sizeof *made);
    if (!made) {
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a connection");
    }
    /* The DSN stands where it overrides the application's name, but not the encoding. */
    const char *const names[] = {"fallback_application_name", "dbname", "client_encoding", NULL};
    const char *const values[] = {"lyger", dsn, "UTF8", NULL};
    made->pq = pq;
    made->server = pq->connectStartParams(names, values, 1);
    if (!made->server) {
        free(made);
        return lyger_fail(error, LYGER_E_MEMORY, "out of memory for a connection");
    }
    pq->setNoticeReceiver(made->server, ignore_notice, NULL);
    lyger_status status = poll_connection(made, limits, error);
    if (status == LYGER_OK) {
        pq->setnonblocking(made->server, 1);
        status = make_usable(made, limits, error);
    }
    if (status != LYGER_OK) {
        /* A fork inside the interrupt hook: the session is the parent's. */
        limits->process == getpid() ? pq_close(&made->base) : pq_forget(&made->base);
        return status;
    }
    *connection = &made->base;
    return LYGER_OK;
}

static lyger_status pq_open(const lyger_opening *opening, lyger_connection **connection, lyger_error *error)
{
    double timeout = opening->connect_timeout;
    const lyger_pq *pq = lyger_pq_load(error);
    if (!pq) {
        return LYGER_E_QUERY;
    }
    PQconninfoOption *options;
    lyger_status status = check_dsn(pq, opening->dsn, &timeout, &options, error);
    if (status != LYGER_OK) {
        return status;
    }
    lyger_limits limits = lyger_limits_for(opening->interrupt, timeout);
    status = connect_to(pq, opening->dsn, &limits, connection, error);
    if (status == LYGER_OK) {
        ((pq_connection *)*connection)->naming =
            opening->never_prepare ? LYGER_PQ_NO_NAMES : LYGER_PQ_NAMES_UNASKED;
    } else {
        hide_secrets(options, error);
    }
    pq->conninfoFree(options);
    return status;
}

/* Restores the settings that the writer of rows relies on, which the database or an earlier statement may
 * have changed. The server reports both settings with every change, so that asking costs nothing (manual
 * 34.2, PQparameterStatus). */
static lyger_status make_usable(pq_connection *connection, const lyger_limits *limits, lyger_error *error)
{
    const char *style = connection->pq->parameterStatus(connection->server, "DateStyle");
    const char *encoding = connection->pq->parameterStatus(connection->server, "client_encoding");
    lyger_status status = LYGER_OK;
    if (!style || strncasecmp(style, "ISO", 3) != 0) {
        status = lyger_pq_command(connection, "SET datestyle TO ISO", limits, error);
    }
    if (status == LYGER_OK && (!encoding || strcasecmp(encoding, "UTF8") != 0)) {
        status = lyger_pq_command(connection, "SET client_encoding TO 'UTF8'", limits, error);
    }
    return status;
}

/* The options as PostgreSQL's BEGIN takes them (manual, BEGIN). */
static lyger_status pq_begin(lyger_connection *base, lyger_transaction_options *options,
                             char sql[LYGER_BEGIN_SIZE], lyger_error *error)
{
    static const char *const isolations[] = {
        "", " ISOLATION LEVEL READ UNCOMMITTED", " ISOLATION LEVEL READ COMMITTED",
        " ISOLATION LEVEL REPEATABLE READ", " ISOLATION LEVEL SERIALIZABLE"};
    static const char *const access[] = {"", " READ WRITE", " READ ONLY"};
    static const char *const deferrables[] = {"", " NOT DEFERRABLE", " DEFERRABLE"};
    (void)base;
    if (options->mode) {
        return lyger_fail(error, LYGER_E_ARGUMENT,
                          "the option \"mode\" is SQLite's; PostgreSQL has \"isolation\"");
    }
    snprintf(sql, LYGER_BEGIN_SIZE, "BEGIN%s%s%s", isolations[options->isolation], access[options->read_only],
             deferrables[options->deferrable]);
    return LYGER_OK;
}

/* Does what DISCARD ALL does (manual, DISCARD), but keeps the statements that lyger has prepared. */
static lyger_status clean_session(pq_connection *connection, const lyger_limits *limits)
{
    if (!connection->named_by_user) {
        return lyger_pq_command(connection,
                                "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; "
                                "SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES",
                                limits, NULL);
    }
    lyger_pq_plans_forget(connection->plans);
    connection->named_by_user = false;
    return lyger_pq_command(connection, "DISCARD ALL", limits, NULL);
}

static lyger_status pq_revive(lyger_connection *base, int64_t idle_ms, const lyger_limits *limits)
{
    pq_connection *connection = (pq_connection *)base;
    const lyger_pq *pq = connection->pq;
    struct pollfd entry = {.fd = pq->socket(connection->server), .events = POLLIN};
    lyger_status status = LYGER_OK;
    /* A server that went away has written why, or closed the socket: when something arrived while the
     * connection was idle, the server is asked whether it is there. */
    bool spoke = poll(&entry, 1, 0) > 0;
    if ((spoke && !pq->consumeInput(connection->server)) || pq->status(connection->server) != CONNECTION_OK) {
        return LYGER_E_QUERY;
    }
    if (base->needs_reset) {
        status = clean_session(connection, limits);
        base->needs_reset = status != LYGER_OK;
    } else if (spoke || idle_ms >= PING_AFTER_MS) {
        status = lyger_pq_command(connection, "", limits, NULL);
    }
    return status == LYGER_OK ? make_usable(connection, limits, NULL) : status;
}

static lyger_status pq_end_statement(lyger_connection *base, bool *usable, lyger_error *error)
{
    pq_connection *connection = (pq_connection *)base;
    const lyger_pq *pq = connection->pq;
    PGnotify *notification;
    lyger_result_free(connection->in_flight);
    connection->in_flight = NULL;
    *usable = false;
    if (connection->broken || pq->status(connection->server) != CONNECTION_OK) {
        return LYGER_OK;
    }
    while ((notification = pq->notifies(connection->server))) {
        pq->freemem(notification);
    }
    switch (pq->transactionStatus(connection->server)) {
    case PQTRANS_IDLE:
        *usable = true;
        base->in_transaction = false;
        return LYGER_OK;
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR: {
        if (base->in_transaction) {
            *usable = true;
            return LYGER_OK;
        }
        lyger_limits limits = lyger_limits_for(NULL, LYGER_PQ_CANCEL_MS / 1000.0);
        *usable = lyger_pq_command(connection, "ROLLBACK", &limits, NULL) == LYGER_OK;
        if (connection->types_altered) {
            connection->types_altered = false;
            lyger_pq_types_changed();
        }
        return lyger_fail_open_transaction(error);
    }
    default:
        return LYGER_OK;
    }
}

const lyger_backend lyger_pq_backend = {
    .library = "libpq",
    .version = lyger_pq_version,
    .probe = "SELECT 1",
    .schemes = "postgres://, postgresql://, host=… dbname=…",
    .claims = pq_claims,
    .needs_session = lyger_pq_needs_session,
    .open = pq_open,
    .revive = pq_revive,
    .run = lyger_pq_run,
    .write_json = lyger_pq_write_json,
    .send = lyger_pq_send,
    .arrived = lyger_pq_arrived,
    .descriptor = lyger_pq_descriptor,
    .receive = lyger_pq_receive,
    .cancel = lyger_pq_give_up,
    .begin = pq_begin,
    .end_statement = pq_end_statement,
    .close = pq_close,
    .forget = pq_forget,
};
