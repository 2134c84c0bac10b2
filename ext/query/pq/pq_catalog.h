/*
 * Inside the PostgreSQL backend: the types that are not built in, looked up in the server's catalog when a
 * connection first meets them, with everything they are made of.
 *
 * A set of types belongs to one connection and is only added to; results that were made with a set hold it,
 * and it is freed with the last of them. The connection replaces a set that is out of date: after a second,
 * because another session may have altered a type, and as soon as a statement of this process may have. (A
 * function that alters a type, called by a SELECT, goes unnoticed for that second, unless the number of a
 * type's fields shows it.)
 */
#ifndef LYGER_QUERY_PQ_CATALOG_H
#define LYGER_QUERY_PQ_CATALOG_H

#include "query/limits.h"
#include "pq_json.h"
#include "pq_wire.h"

/* A type that was looked up. */
typedef struct lyger_pq_user_type {
    lyger_pq_type type; /* first member */
    lyger_pq_shape shape;
    uint32_t array_oid; /* of LYGER_PQ_CAST: the type of an array of it */
    char delimiter;     /* of an array of it */
    struct lyger_pq_user_type *next;
    char *texts; /* owned: names and keys */
    bool found;  /* false while the type is being made: a type that is made of itself is refused */
} lyger_pq_user_type;

/* Counts a reference to a set; NULL for NULL. */
lyger_pq_types *lyger_pq_types_hold(lyger_pq_types *types);

/* types may be NULL. */
void lyger_pq_types_release(lyger_pq_types *types);

/* The type, built in or of the set; NULL when the type has to be looked up first. types may be NULL. */
const lyger_pq_type *lyger_pq_types_find(const lyger_pq_types *types, uint32_t oid);

/* A statement of this process may have altered types: every set is out of date. */
void lyger_pq_types_changed(void);

/* How often lyger_pq_types_changed() was called: plans of another generation may have been made for other
 * types. */
uint64_t lyger_pq_types_generation(void);

/* The connection's set when it may still be used for a statement that was sent at that time (lyger_now_ms());
 * otherwise the set is released and NULL returned. */
lyger_pq_types *lyger_pq_types_current(pq_connection *connection, int64_t sent_at);

/* Looks up the types that the connection's set does not have; makes the set on first use. Nothing may be
 * under way on the connection. */
lyger_status lyger_pq_types_learn(pq_connection *connection, const uint32_t *oids, size_t count,
                                  const lyger_limits *limits, lyger_error *error);

/* Looks the types of the connection's set up anew, when the set is out of date. A type that fails is left to
 * lyger_pq_types_learn(). */
void lyger_pq_types_renew(pq_connection *connection, const lyger_limits *limits);

#endif
