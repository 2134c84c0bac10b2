/*
 * A server that answers with too little, too much, something else, or not at all, to each statement that
 * lyger sends of its own: whatever it says, a call ends in time, with the right rows or an error that says
 * something.
 */
#include "pg_fake.h"

#include "query/limits.h"
#include "query/query.h"

#define PAIR 70000 /* OIDs of types that are not built in */
#define MONEY 70002
#define INTEGERS 1007 /* int4[] */
#define LIMIT 0.1     /* seconds */

typedef enum mutation {
    RIGHT,
    NO_COLUMNS,
    ONE_COLUMN,
    NULLS,
    EMPTY_TEXTS,
    NONSENSE,
    MORE_COLUMNS,
    TOO_MANY_ROWS,
    NO_DESCRIPTION,
    ROWS_WITHOUT_DESCRIPTION,
    ROW_OF_OTHER_WIDTH,
    ERROR,
    ERROR_WITHOUT_FIELDS,
    FATAL_AND_GONE,
    SILENCE,
    GONE,
    EMPTY_QUERY,
    COPY_OUT,
    COPY_IN,
    TWO_RESULTS,
    NOTHING_BUT_READY,
    IN_TRANSACTION,
    IN_FAILED_TRANSACTION,
    ENDLESS_MESSAGE,
    UNKNOWN_MESSAGE,
    OTHER_SETTINGS,
    NOTIFICATIONS,
    MADE_OF_ITSELF,
    ARRAY_OF_ITSELF,
    ARRAY_WITHOUT_DELIMITER,
    DOMAIN_OF_NOTHING,
    MANY_FIELDS,
    NO_PARAMETERS,
    MANY_PARAMETERS,
    MUTATIONS
} mutation;

static mutation chosen;
static const char *target; /* a part of the text that is answered so */
static char state = 'I';   /* of the transaction, in the server */

static void rows(fake *server, int columns, uint32_t oid, int count, const char *const *texts)
{
    fake_columns(server, columns, oid);
    for (int i = 0; i < count; i++) {
        fake_row(server, columns, texts + i * columns);
    }
    fake_complete(server, "SELECT 1");
}

static void one_row(fake *server, uint32_t oid, const char *text)
{
    rows(server, 1, oid, 1, &text);
}

static bool answer_rightly(fake *server, const char *sql)
{
    static const char *const types[] = {"70000", "pair",  "c", "0", "0", ",", "f", "70001", "a",  "23",
                                        "70000", "pair",  "c", "0", "0", ",", "f", "70001", "b",  "25",
                                        "70002", "money", "b", "0", "0", ",", "t", "70003", NULL, NULL};
    if (strstr(sql, "BEGIN") || strstr(sql, "COMMIT") || strstr(sql, "ROLLBACK")) {
        if (!strstr(sql, "SAVEPOINT")) {
            state = strstr(sql, "BEGIN") ? 'T' : 'I';
        }
        fake_complete(server, strstr(sql, "COMMIT") ? "COMMIT" : strstr(sql, "BEGIN") ? "BEGIN" : "ROLLBACK");
    } else if (strstr(sql, "WITH RECURSIVE needed")) {
        rows(server, 10, 25, 3, types);
    } else if (strstr(sql, "to_json")) {
        one_row(server, 25, "{\"k\":1}");
    } else if (strstr(sql, "pg_backend_pid")) {
        one_row(server, 16, "t");
    } else if (strstr(sql, "select pair")) {
        one_row(server, PAIR, "(1,x)");
    } else if (strstr(sql, "select money")) {
        one_row(server, MONEY, "5");
    } else if (strstr(sql, "select n") || strstr(sql, "select list")) {
        one_row(server, 23, "7");
    } else {
        fake_complete(server, "SET");
    }
    return true;
}

static void put_description(fake *server, int parameters)
{
    size_t at = fake_begin(server, 't');
    fake_int(server, (uint32_t)parameters, 2);
    for (int i = 0; i < parameters; i++) {
        fake_int(server, INTEGERS, 4);
    }
    fake_end(server, at);
    fake_columns(server, 1, 23);
}

static bool mutate_catalog(fake *server)
{
    static const char *const itself[] = {"70000", "pair", "c", "0", "0", ",", "f", "70001", "a", "70000"};
    static const char *const array[] = {"70000", "_pair", "b", "70000", "0", ",", "f", "0", NULL, NULL};
    static const char *const bare[] = {"70000", "_pair", "b", "23", "0", "", "f", "0", NULL, NULL};
    static const char *const domain[] = {"70000", "d", "d", "0", "99999", ",", "f", "0", NULL, NULL};
    static const char *const field[] = {"70000", "pair", "c", "0", "0", ",", "f", "70001", "a", "23"};
    switch (chosen) {
    case MADE_OF_ITSELF:
        rows(server, 10, 25, 1, itself);
        return true;
    case ARRAY_OF_ITSELF:
        rows(server, 10, 25, 1, array);
        return true;
    case ARRAY_WITHOUT_DELIMITER:
        rows(server, 10, 25, 1, bare);
        return true;
    case DOMAIN_OF_NOTHING:
        rows(server, 10, 25, 1, domain);
        return true;
    case MANY_FIELDS:
        fake_columns(server, 10, 25);
        for (int i = 0; i < 600; i++) {
            fake_row(server, 10, field);
        }
        fake_complete(server, "SELECT 600");
        return true;
    default:
        return false;
    }
}

static void copy(fake *server, char direction)
{
    size_t at = fake_begin(server, direction);
    fake_bytes(server, "", 1);
    fake_int(server, 0, 2);
    fake_end(server, at);
}

/* Answers of any statement that have rows, or should have. */
static bool mutate_rows(fake *server)
{
    static const char *const nulls[12] = {NULL};
    static const char *const empty[12] = {"", "", "", "", "", "", "", "", "", "", "", ""};
    static const char *const nonsense[12] = {
        "-1", "\xff\xfe", "?", "99999999999999", "x", "\"", "(", "{", ")", "}", ",", "\\"};
    switch (chosen) {
    case NO_COLUMNS:
        rows(server, 0, 25, 1, nulls);
        return true;
    case ONE_COLUMN:
        rows(server, 1, 25, 1, nonsense);
        return true;
    case NULLS:
        rows(server, 10, 25, 1, nulls);
        return true;
    case EMPTY_TEXTS:
        rows(server, 10, 25, 1, empty);
        return true;
    case NONSENSE:
        rows(server, 10, PAIR, 1, nonsense);
        return true;
    case MORE_COLUMNS:
        rows(server, 12, 25, 1, nonsense);
        return true;
    case TOO_MANY_ROWS:
        fake_columns(server, 1, 25);
        for (int i = 0; i < 500; i++) {
            fake_row(server, 1, nonsense);
        }
        fake_complete(server, "SELECT 500");
        return true;
    case ROWS_WITHOUT_DESCRIPTION:
        fake_row(server, 1, nonsense);
        fake_complete(server, "SELECT 1");
        return true;
    case ROW_OF_OTHER_WIDTH:
        fake_columns(server, 1, 25);
        fake_row(server, 3, nonsense);
        fake_complete(server, "SELECT 1");
        return true;
    case TWO_RESULTS:
        rows(server, 1, 25, 1, nonsense);
        rows(server, 3, 25, 1, nonsense);
        return true;
    default:
        return false;
    }
}

static void notify(fake *server)
{
    for (int i = 0; i < 100; i++) {
        size_t at = fake_begin(server, 'A');
        fake_int(server, 1, 4);
        fake_text(server, "channel");
        fake_text(server, "payload");
        fake_end(server, at);
    }
}

static bool mutate(fake *server, const char *sql)
{
    size_t at;
    switch (chosen) {
    case NO_DESCRIPTION:
        fake_complete(server, "SELECT 1");
        return true;
    case NO_PARAMETERS:
    case MANY_PARAMETERS:
        put_description(server, chosen == NO_PARAMETERS ? 0 : 1000);
        return true;
    case ERROR:
        fake_error(server, "XX000", "no", "R", "FetchPreparedStatement", NULL);
        return true;
    case ERROR_WITHOUT_FIELDS:
        at = fake_begin(server, 'E');
        fake_bytes(server, "", 1);
        fake_end(server, at);
        return true;
    case FATAL_AND_GONE:
        fake_error(server, "57P01", "terminating connection", NULL);
        fake_flush(server);
        shutdown(server->client, SHUT_RDWR);
        return false;
    case SILENCE:
        return false;
    case GONE:
        shutdown(server->client, SHUT_RDWR);
        return false;
    case EMPTY_QUERY:
        at = fake_begin(server, 'I');
        fake_end(server, at);
        return true;
    case COPY_OUT:
        copy(server, 'H');
        return true;
    case COPY_IN:
        copy(server, 'G');
        return true;
    case NOTHING_BUT_READY:
        return true;
    case IN_TRANSACTION:
    case IN_FAILED_TRANSACTION:
        answer_rightly(server, sql);
        fake_ready(server, chosen == IN_TRANSACTION ? 'T' : 'E');
        return true;
    case ENDLESS_MESSAGE:
        fake_bytes(server, "D\x7f\xff\xff\xff\0\1", 7);
        return true;
    case UNKNOWN_MESSAGE:
        at = fake_begin(server, '%');
        fake_end(server, at);
        return true;
    case OTHER_SETTINGS:
        fake_parameter(server, "client_encoding", "LATIN1");
        fake_parameter(server, "DateStyle", "");
        fake_parameter(server, "standard_conforming_strings", "perhaps");
        return answer_rightly(server, sql);
    case NOTIFICATIONS:
        notify(server);
        return answer_rightly(server, sql);
    default:
        return mutate_rows(server) || mutate_catalog(server) || answer_rightly(server, sql);
    }
}

static bool answer(fake *server, const char *sql, bool simple)
{
    bool prepares = !simple && !server->executed;
    bool meant = prepares ? strcmp(target, server->describes ? "#describe" : "#prepare") == 0
                          : strstr(sql, target) != NULL;
    if (meant) {
        bool more = mutate(server, sql);
        if (more && (chosen == IN_TRANSACTION || chosen == IN_FAILED_TRANSACTION)) {
            return true;
        }
        if (!more) {
            return false;
        }
    } else if (prepares && server->describes) {
        put_description(server, strstr(sql, "list") != NULL);
    } else if (!prepares) {
        answer_rightly(server, sql);
    }
    fake_ready(server, state);
    return true;
}

/* ---- the client ---- */

static lyger_pool *pool;
static char dsn[200];
static int timeouts; /* after two the rest would only take time */

/* Every call ends in time, with rows that are right or an error that says something. */
static void check_end(const char *sql, lyger_status status, const lyger_error *error,
                      const lyger_buffer *text, const char *expected, int64_t began)
{
    size_t len = text->start ? (size_t)(text->sink.pos - text->start) : 0;
    /* What the statement itself gives, or what a value converts to, is for the server to say. */
    bool own = strstr(sql, target) || (strcmp(target, "to_json") == 0 && chosen == ONE_COLUMN);
    bool right = status == LYGER_OK
                     ? own || (len == strlen(expected) && memcmp(text->start, expected, len) == 0)
                     : error->message[0] != '\0';
    if (!right) {
        printf("# mutation %d of \"%s\", %s: %.*s %s\n", chosen, target, sql, (int)len,
               text->start ? text->start : "", status == LYGER_OK ? "" : error->message);
    }
    CHECK(right);
    CHECK(lyger_now_ms() - began < 30000);
    timeouts += lyger_now_ms() - began >= (int64_t)(LIMIT * 1000);
}

static void ask(const char *sql, const char *expected, bool keep)
{
    const lyger_query_options options = {.timeout = LIMIT};
    const lyger_param list = {.type = LYGER_PARAM_LIST};
    size_t params = strstr(sql, "list") != NULL;
    lyger_error error;
    lyger_buffer text;
    lyger_result *result = NULL;
    int64_t began = lyger_now_ms();
    lyger_status status;
    if (timeouts >= 2) {
        return;
    }
    lyger_buffer_init(&text, &lyger_malloc_allocator);
    lyger_error_clear(&error);
    if (keep) {
        status =
            lyger_query_run(pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), &list, params, &options},
                            &result, &error);
        if (status == LYGER_OK) {
            lyger_cursor cursor = {0};
            lyger_value values[32];
            while (lyger_result_describe(result)->column_count <= 32 &&
                   lyger_result_read(result, &cursor, values)) {
            }
            status = lyger_result_write_json(result, &text.sink, &error);
        }
    } else {
        status = lyger_query_write_json(
            pool, &(lyger_query){dsn, strlen(dsn), sql, strlen(sql), &list, params, &options}, &text.sink,
            &error);
    }
    check_end(sql, status, &error, &text, expected, began);
    lyger_result_free(result);
    lyger_buffer_free(&text);
}

#define PAIRS "[{\"c\":{\"a\":1,\"b\":\"x\"}}]"
#define SEVENS "[{\"c\":7}]"
#define MONEYS "[{\"c\":{\"k\":1}}]"

typedef enum part { TYPES = 1, NAMES = 2, TRANSACTION = 4, REQUEST = 8, LISTS = 16 } part;

static void use_transaction(bool keep)
{
    const lyger_transaction_options options = {.timeout = LIMIT};
    lyger_error error;
    lyger_error_clear(&error);
    if (timeouts < 2 && lyger_transaction_begin(pool, dsn, strlen(dsn), &options, &error) == LYGER_OK) {
        ask("select pair", PAIRS, keep);
        lyger_transaction_end(pool, dsn, strlen(dsn), keep, &error);
    }
}

static void use(unsigned parts)
{
    timeouts = 0;
    pool = lyger_pool_new(&(lyger_pool_settings){2, LIMIT, NULL, NULL, 0, 0, false});
    if (parts & TRANSACTION) {
        use_transaction(false);
        use_transaction(true);
    }
    if (parts & TYPES) {
        ask("select pair", PAIRS, false);
        ask("select pair", PAIRS, true);
        ask("select money", MONEYS, true);
    }
    for (int i = 0; i < 12 && (parts & NAMES); i++) {
        ask("select n", SEVENS, i % 2);
    }
    if (parts & LISTS) {
        ask("select list $1", SEVENS, false);
        ask("select list $1", SEVENS, true);
    }
    if (parts & REQUEST) {
        ask("select n", SEVENS, true);
        lyger_pool_request_end(pool);
        ask("select n", SEVENS, false);
    }
    lyger_pool_free(pool);
}

static void every_answer_of_a_hostile_server_is_survived(void)
{
    static const struct {
        const char *text;
        unsigned parts;
    } targets[] = {
        {"WITH RECURSIVE needed", TYPES},
        {"to_json", TYPES},
        {"select pair", TYPES},
        {"SAVEPOINT lyger_types", TRANSACTION},
        {"BEGIN", TRANSACTION},
        {"COMMIT", TRANSACTION},
        {"ROLLBACK", TRANSACTION},
        {"pg_backend_pid", NAMES},
        {"#prepare", NAMES},
        {"#describe", NAMES},
        {"#describe", LISTS},
        {"select list", LISTS},
        {"select n", REQUEST},
        {"RESET ALL", REQUEST},
        {"SET client_encoding", REQUEST},
    };
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        for (chosen = RIGHT; chosen < MUTATIONS; chosen++) {
            fake server = {0};
            target = targets[i].text;
            fake_start_server(&server, answer, true, dsn, sizeof dsn);
            use(targets[i].parts);
            fake_stop(&server);
        }
    }
}

/* With the right answers all of it works: the server above is not refused for another reason. */
static void right_answers_are_right(void)
{
    fake server = {0};
    chosen = RIGHT;
    target = "nothing";
    fake_start_server(&server, answer, true, dsn, sizeof dsn);
    pool = lyger_pool_new(&(lyger_pool_settings){2, 5, NULL, NULL, 0, 0, false});
    lyger_error error;
    lyger_result *result = NULL;
    CHECK_INT(lyger_query_run(pool, &(lyger_query){dsn, strlen(dsn), "select pair", 11, NULL, 0, NULL},
                              &result, &error),
              LYGER_OK);
    lyger_result_free(result);
    const lyger_param list = {.type = LYGER_PARAM_LIST};
    CHECK_INT(lyger_query_run(pool, &(lyger_query){dsn, strlen(dsn), "select list $1", 14, &list, 1, NULL},
                              &result, &error),
              LYGER_OK);
    lyger_result_free(result);
    lyger_pool_free(pool);
    use(TYPES | NAMES | TRANSACTION | REQUEST | LISTS);
    fake_stop(&server);
}

/* Nobody takes the request to cancel, as when the postmaster is stopped. */
static void server_that_does_not_answer_is_given_up_in_time(void)
{
    fake server = {0};
    lyger_error error;
    lyger_result *result;
    const lyger_query_options options = {.timeout = LIMIT};
    chosen = SILENCE;
    target = "select n";
    fake_start_server(&server, answer, false, dsn, sizeof dsn);
    pool = lyger_pool_new(&(lyger_pool_settings){2, 5, NULL, NULL, 0, 0, false});
    int64_t began = lyger_now_ms();
    CHECK_INT(lyger_query_run(pool, &(lyger_query){dsn, strlen(dsn), "select n", 8, NULL, 0, &options},
                              &result, &error),
              LYGER_E_TIMEOUT);
    CHECK_STR(error.sqlstate, "57014");
    CHECK(lyger_now_ms() - began < 10000); /* PQcancel() would still wait */
    CHECK_INT(lyger_pool_connections(pool), 0);
    lyger_pool_free(pool);
    fake_stop(&server);
}

int main(void)
{
    RUN(right_answers_are_right);
    RUN(every_answer_of_a_hostile_server_is_survived);
    RUN(server_that_does_not_answer_is_given_up_in_time);
    return finish();
}
