#include "pq_catalog.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define FRESH_MS 1000
#define DEEPEST 64
#define OID_ARRAY 1028 /* oid[] */

struct lyger_pq_types {
    _Atomic unsigned references; /* by the connection and by results, which another thread may free */
    uint64_t generation;
    int64_t made_at;
    lyger_pq_user_type *first;
};

/* Counts the times that a statement of this process may have altered types, on any database and in any
 * thread. */
static uint64_t generation;

/* ---- sets ---- */

lyger_pq_types *lyger_pq_types_hold(lyger_pq_types *types)
{
    if (types) {
        atomic_fetch_add_explicit(&types->references, 1, memory_order_relaxed);
    }
    return types;
}

static void free_user_type(lyger_pq_user_type *user)
{
    free((void *)user->shape.fields);
    free(user->texts);
    free(user);
}

void lyger_pq_types_release(lyger_pq_types *types)
{
    if (!types || atomic_fetch_sub_explicit(&types->references, 1, memory_order_acq_rel) > 1) {
        return;
    }
    for (lyger_pq_user_type *at = types->first, *next; at; at = next) {
        next = at->next;
        free_user_type(at);
    }
    free(types);
}

static lyger_pq_user_type *find_user_type(const lyger_pq_types *types, uint32_t oid)
{
    for (lyger_pq_user_type *at = types ? types->first : NULL; at; at = at->next) {
        if (at->type.oid == oid) {
            return at;
        }
    }
    return NULL;
}

const lyger_pq_type *lyger_pq_types_find(const lyger_pq_types *types, uint32_t oid)
{
    const lyger_pq_type *type = lyger_pq_type_of(oid);
    if (!type->oid) {
        const lyger_pq_user_type *user = find_user_type(types, oid);
        type = user ? &user->type : NULL;
    }
    return type;
}

void lyger_pq_types_changed(void)
{
    __atomic_add_fetch(&generation, 1, __ATOMIC_RELAXED);
}

uint64_t lyger_pq_types_generation(void)
{
    return __atomic_load_n(&generation, __ATOMIC_RELAXED);
}

lyger_pq_types *lyger_pq_types_current(pq_connection *connection, int64_t sent_at)
{
    lyger_pq_types *types = connection->types;
    if (types && (types->generation != __atomic_load_n(&generation, __ATOMIC_RELAXED) ||
                  types->made_at + FRESH_MS <= sent_at)) {
        connection->types = NULL;
        lyger_pq_types_release(types);
    }
    return connection->types;
}

/* ---- the catalog ---- */

#define EQ " OPERATOR(pg_catalog.=) "
#define NE " OPERATOR(pg_catalog.<>) "

/*
 * The types and what they are made of: the elements of arrays (typlen tells them from types of a fixed length
 * with subscripts), the types under domains, the fields of composites. One row for a type, for a composite
 * one for each field. Every name and operator says where it is from, whatever the session's search_path. A
 * cast to json counts when a function does it (the server's json_categorize_type), and for a type of users
 * only.
 */
static const char LOOK_UP[] =
    "WITH RECURSIVE needed (oid) AS ("
    "SELECT pg_catalog.unnest($1)"
    " UNION "
    "SELECT part.oid FROM needed JOIN pg_catalog.pg_type t ON t.oid" EQ "needed.oid CROSS JOIN LATERAL ("
    "SELECT t.typelem WHERE t.typlen" EQ "'-1'"
    " UNION ALL SELECT t.typbasetype"
    " UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE t.typtype" EQ "'c' AND a.attrelid" EQ
    "t.typrelid AND a.attnum OPERATOR(pg_catalog.>) '0' AND NOT a.attisdropped"
    ") AS part (oid) WHERE part.oid" NE "'0') "
    "SELECT t.oid, t.typname, t.typtype, CASE WHEN t.typlen" EQ "'-1' THEN t.typelem ELSE '0' END,"
    " t.typbasetype, t.typdelim, t.oid OPERATOR(pg_catalog.>=) '16384' AND EXISTS (SELECT FROM"
    " pg_catalog.pg_cast c WHERE c.castsource" EQ "t.oid AND c.casttarget" EQ "'114' AND c.castmethod" EQ
    "'f'),"
    " t.typarray,"
    " a.attname, a.atttypid "
    "FROM needed JOIN pg_catalog.pg_type t ON t.oid" EQ "needed.oid LEFT JOIN pg_catalog.pg_attribute a ON"
    " t.typtype" EQ "'c' AND a.attrelid" EQ "t.typrelid AND a.attnum OPERATOR(pg_catalog.>) '0' AND NOT"
    " a.attisdropped ORDER BY t.oid, a.attnum";

enum { OID, NAME, TYPTYPE, ELEMENT, BASE, DELIMITER, CAST, ARRAY, FIELD, FIELD_TYPE };

/* The server's answer, and what is needed to make types of it. */
typedef struct answer {
    const lyger_pq *pq;
    PGresult *rows;
    lyger_pq_types *types;
    lyger_error *error;
} answer;

static const char *text_of(const answer *answer, int row, int column)
{
    return answer->pq->getvalue(answer->rows, row, column);
}

static uint32_t oid_of(const answer *answer, int row, int column)
{
    return (uint32_t)strtoul(text_of(answer, row, column), NULL, 10);
}

/* The first row of a type, -1 when there is none; *end is behind its last. */
static int find_rows(const answer *answer, uint32_t oid, int *end)
{
    int count = answer->pq->ntuples(answer->rows), row = 0;
    while (row < count && oid_of(answer, row, OID) != oid) {
        row++;
    }
    *end = row;
    while (*end < count && oid_of(answer, *end, OID) == oid) {
        ++*end;
    }
    return row < count ? row : -1;
}

static const lyger_pq_type *no_memory(const answer *answer)
{
    lyger_fail(answer->error, LYGER_E_MEMORY, "out of memory for a type");
    return NULL;
}

static const lyger_pq_type *make(answer *answer, uint32_t oid, int depth);

/* The JSON keys of a composite's fields, one after the other, and how long each is. */
static bool put_keys(const answer *answer, int row, int end, lyger_sink *keys, lyger_pq_field *fields)
{
    for (; row < end; row++, fields++) {
        const char *name = text_of(answer, row, FIELD);
        lyger_buffer *buffer = (lyger_buffer *)keys;
        size_t start = lyger_buffer_length(buffer), bad;
        lyger_json_outcome outcome = lyger_json_put_string(keys, name, strlen(name), &bad);
        if (outcome == LYGER_JSON_BAD_UTF8) {
            lyger_fail(answer->error, LYGER_E_QUERY, "the name of a field of type \"%.200s\" is not UTF-8",
                       text_of(answer, row, NAME));
            lyger_with_state(answer->error, LYGER_E_QUERY, "22021");
            return false;
        }
        if (outcome != LYGER_JSON_OK || !lyger_sink_put_char(keys, ':')) {
            no_memory(answer);
            return false;
        }
        fields->key_len = lyger_buffer_length(buffer) - start;
    }
    return true;
}

static const lyger_pq_type *make_composite(answer *answer, lyger_pq_user_type *user, int row, int end,
                                           int depth)
{
    size_t count = answer->pq->getisnull(answer->rows, row, FIELD) ? 0 : (size_t)(end - row);
    lyger_pq_field *fields = calloc(count + 1, sizeof *fields);
    lyger_buffer keys;
    lyger_buffer_init(&keys, &lyger_malloc_allocator);
    user->shape = (lyger_pq_shape){.fields = fields, .field_count = count};
    if (!fields) {
        return no_memory(answer);
    }
    if (!put_keys(answer, row, row + (int)count, &keys.sink, fields)) {
        lyger_buffer_free(&keys);
        return NULL;
    }
    size_t name_size = strlen(user->type.name) + 1, used = name_size;
    char *texts = realloc(user->texts, name_size + lyger_buffer_length(&keys));
    if (texts) {
        user->texts = texts;
        user->type.name = texts;
        if (count > 0) {
            memcpy(texts + name_size, keys.start, lyger_buffer_length(&keys));
        }
    }
    lyger_buffer_free(&keys);
    if (!texts) {
        return no_memory(answer);
    }
    for (size_t i = 0; i < count; i++) {
        fields[i].key = texts + used;
        used += fields[i].key_len;
        fields[i].type = make(answer, oid_of(answer, row + (int)i, FIELD_TYPE), depth + 1);
        if (!fields[i].type) {
            return NULL;
        }
    }
    user->type.kind = LYGER_PQ_COMPOSITE;
    user->type.shape = &user->shape;
    return &user->type;
}

/* Makes an array type. It is named as its element with "[]", unless it was created under a name of its
 * own. */
static const lyger_pq_type *make_array(answer *answer, lyger_pq_user_type *user, int row, int depth)
{
    const lyger_pq_type *element = make(answer, oid_of(answer, row, ELEMENT), depth + 1);
    if (!element) {
        return NULL;
    }
    user->type.delimiter = *text_of(answer, row, DELIMITER);
    user->type.kind = element->kind;
    if (element->delimiter || (element->kind >= LYGER_PQ_COMPOSITE && element->kind != LYGER_PQ_UNKNOWABLE)) {
        user->shape.element = element;
        user->type.shape = &user->shape;
    }
    if (*user->type.name == '_') {
        size_t len = strlen(element->name);
        char *name = malloc(len + 3);
        if (!name) {
            return no_memory(answer);
        }
        memcpy(name, element->name, len);
        memcpy(name + len, "[]", 3);
        free(user->texts);
        user->texts = name;
        user->type.name = name;
    }
    return &user->type;
}

static const lyger_pq_type *make_scalar(answer *answer, lyger_pq_user_type *user, int row)
{
    user->type.kind = LYGER_PQ_TEXT;
    user->delimiter = *text_of(answer, row, DELIMITER);
    if (*text_of(answer, row, CAST) == 't') {
        user->type.kind = LYGER_PQ_CAST;
        user->array_oid = oid_of(answer, row, ARRAY);
    }
    return &user->type;
}

static const lyger_pq_type *make_domain(answer *answer, lyger_pq_user_type *user, int row, int depth)
{
    const lyger_pq_type *base = make(answer, oid_of(answer, row, BASE), depth + 1);
    const lyger_pq_user_type *cast =
        base && base->kind == LYGER_PQ_CAST ? (const lyger_pq_user_type *)base : NULL;
    if (!base) {
        return NULL;
    }
    user->type.kind = base->kind;
    user->type.delimiter = base->delimiter;
    user->type.shape = base->shape;
    if (cast && !base->delimiter) { /* values are sent to the server under the type that has the cast */
        user->array_oid = cast->array_oid;
        user->delimiter = cast->delimiter;
    }
    return &user->type;
}

static const lyger_pq_type *make_user_type(answer *answer, lyger_pq_user_type *user, int depth)
{
    int end, row = find_rows(answer, user->type.oid, &end);
    if (row < 0) {
        lyger_fail(answer->error, LYGER_E_QUERY,
                   "the type with OID %u of a column is not in the server's catalog any more",
                   user->type.oid);
        lyger_with_state(answer->error, LYGER_E_QUERY, "42704");
        return NULL;
    }
    user->texts = strdup(text_of(answer, row, NAME));
    user->type.name = user->texts;
    if (!user->texts) {
        return no_memory(answer);
    }
    switch (*text_of(answer, row, TYPTYPE)) {
    case 'c':
        return make_composite(answer, user, row, end, depth);
    case 'd':
        return make_domain(answer, user, row, depth);
    default:
        return oid_of(answer, row, ELEMENT) ? make_array(answer, user, row, depth)
                                            : make_scalar(answer, user, row);
    }
}

/* The type with that OID: built in, in the set, or made now from the answer. NULL with an error. */
static const lyger_pq_type *make(answer *answer, uint32_t oid, int depth)
{
    const lyger_pq_type *type = lyger_pq_type_of(oid);
    lyger_pq_user_type *user = type->oid ? NULL : find_user_type(answer->types, oid);
    if (type->oid || (user && user->found)) {
        return type->oid ? type : &user->type;
    }
    if (user || depth > DEEPEST) { /* the server refuses to make such types */
        lyger_fail(answer->error, LYGER_E_QUERY,
                   "the type with OID %u is made of itself, or of too many others", oid);
        return NULL;
    }
    user = calloc(1, sizeof *user);
    if (!user) {
        return no_memory(answer);
    }
    user->type = (lyger_pq_type){.oid = oid, .name = ""};
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): make() is not called without a set */
    user->next = answer->types->first;
    answer->types->first = user;
    type = make_user_type(answer, user, depth);
    user->found = type != NULL;
    return type;
}

/* Frees the types that a failure left half made. */
static void remove_unfinished(lyger_pq_types *types)
{
    lyger_pq_user_type **at = &types->first;
    while (*at) {
        lyger_pq_user_type *user = *at;
        if (user->found) {
            at = &user->next;
        } else {
            *at = user->next;
            free_user_type(user);
        }
    }
}

static lyger_pq_types *set_of(pq_connection *connection)
{
    if (!connection->types && (connection->types = calloc(1, sizeof *connection->types))) {
        atomic_init(&connection->types->references, 1);
        connection->types->generation = __atomic_load_n(&generation, __ATOMIC_RELAXED);
        connection->types->made_at = lyger_now_ms();
    }
    return connection->types;
}

/* Writes {1,2,3}, the OIDs of the types that are to be looked up; nothing when all are known. */
static bool list_unknown(const lyger_pq_types *types, const uint32_t *oids, size_t count, lyger_buffer *list)
{
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        char number[16];
        if (!lyger_pq_types_find(types, oids[i])) {
            int len = snprintf(number, sizeof number, "%c%u", list->start ? ',' : '{', oids[i]);
            ok = lyger_sink_put(&list->sink, number, (size_t)len);
        }
    }
    return ok && (!list->start || lyger_sink_put(&list->sink, "}", 2));
}

/* Checks that the answer has the columns and values of LOOK_UP, on which making types relies. */
static lyger_status check_answer(const answer *answer)
{
    const lyger_pq *pq = answer->pq;
    bool right = pq->nfields(answer->rows) == FIELD_TYPE + 1;
    for (int row = 0; right && row < pq->ntuples(answer->rows); row++) {
        for (int column = OID; column <= ARRAY; column++) {
            right &= pq->getlength(answer->rows, row, column) > 0;
        }
        right &= pq->getisnull(answer->rows, row, FIELD) == pq->getisnull(answer->rows, row, FIELD_TYPE);
    }
    if (right) {
        return LYGER_OK;
    }
    lyger_fail(answer->error, LYGER_E_QUERY, "the server's answer about the types of columns makes no sense");
    return lyger_with_state(answer->error, LYGER_E_QUERY, "08P01");
}

lyger_status lyger_pq_types_learn(pq_connection *connection, const uint32_t *oids, size_t count,
                                  const lyger_limits *limits, lyger_error *error)
{
    lyger_error own;
    lyger_error_clear(&own);
    answer answer = {connection->pq, NULL, lyger_pq_types_hold(set_of(connection)), &own};
    lyger_buffer list;
    lyger_buffer_init(&list, &lyger_malloc_allocator);
    lyger_status status = LYGER_OK;
    if (!answer.types || !list_unknown(answer.types, oids, count, &list)) {
        status = lyger_fail(&own, LYGER_E_MEMORY, "out of memory for types");
    } else if (list.start) {
        status = lyger_pq_ask(connection, LOOK_UP, OID_ARRAY, list.start, limits, &answer.rows, &own);
        status = status == LYGER_OK ? check_answer(&answer) : status;
    }
    if (status == LYGER_OK && list.start) {
        for (size_t i = 0; i < count; i++) { /* goes on when one type is gone */
            status = make(&answer, oids[i], 0) ? status : own.status;
        }
    }
    if (answer.types) {
        remove_unfinished(answer.types);
    }
    connection->pq->clear(answer.rows);
    lyger_buffer_free(&list);
    lyger_pq_types_release(answer.types);
    if (status != LYGER_OK && error) {
        *error = own;
    }
    return status;
}

void lyger_pq_types_renew(pq_connection *connection, const lyger_limits *limits)
{
    lyger_pq_types *old = lyger_pq_types_hold(connection->types);
    size_t count = 0;
    if (!lyger_pq_types_current(connection, lyger_now_ms())) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): this function holds `old` */
        for (const lyger_pq_user_type *at = old ? old->first : NULL; at; at = at->next) {
            count++;
        }
        uint32_t *oids = count > 0 ? malloc(count * sizeof *oids) : NULL;
        if (oids) {
            count = 0;
            for (const lyger_pq_user_type *at = old->first; at; at = at->next) {
                oids[count++] = at->type.oid;
            }
            lyger_pq_types_learn(connection, oids, count, limits, NULL);
        }
        free(oids);
    }
    lyger_pq_types_release(old);
}
