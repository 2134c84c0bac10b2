/*
 * Inside the query room: libpq, loaded on first use. Linking it would cost every PHP process its start-up
 * time (goals.md has the measurement), so lyger.so is compiled with libpq's header only; the functions are
 * looked up once and stay loaded. Any thread may load.
 */
#ifndef LYGER_QUERY_PQ_H
#define LYGER_QUERY_PQ_H

#include "query/query.h"

#include <libpq-fe.h>

#define LYGER_PQ_TUPLES_CHUNK 12  /* PGRES_TUPLES_CHUNK, which older headers do not have */
#define LYGER_PQ_PIPELINE_SYNC 10 /* PGRES_PIPELINE_SYNC, as well */
#define LYGER_PQ_PORTION 64       /* rows that a stream asks for at a time */

/* The functions that every libpq from 13 on has, without "PQ"; those of later versions are fields of
 * lyger_pq. */
/* clang-format off */
#define LYGER_PQ_FUNCTIONS(X) \
    X(libVersion) X(conninfoParse) X(conninfoFree) X(freemem) X(connectStartParams) X(connectPoll) \
    X(finish) X(status) X(transactionStatus) X(parameterStatus) X(errorMessage) X(socket) \
    X(setnonblocking) X(setNoticeReceiver) X(sendQuery) X(sendQueryParams) X(sendPrepare) \
    X(sendQueryPrepared) X(sendDescribePrepared) X(nparams) X(paramtype) X(backendPID) X(flush) \
    X(consumeInput) X(isBusy) X(getResult) X(notifies) X(getCancel) X(freeCancel) X(resultStatus) \
    X(resultErrorField) X(resultErrorMessage) X(clear) X(ntuples) X(nfields) X(fname) X(ftype) \
    X(getvalue) X(getlength) X(getisnull) X(cmdStatus) X(cmdTuples) X(setSingleRowMode) \
    X(resultMemorySize)
#define LYGER_PQ_NEWER_FUNCTIONS(X) \
    X(enterPipelineMode) X(exitPipelineMode) X(pipelineSync) X(setChunkedRowsMode) X(cancelCreate) \
    X(cancelStart) X(cancelPoll) X(cancelSocket) X(cancelFinish)
/* clang-format on */

typedef struct lyger_pq {
#define X(name) __typeof__ (&PQ##name)(name);
    LYGER_PQ_FUNCTIONS(X)
#undef X
    int (*enterPipelineMode)(PGconn *connection); /* this and the next two: libpq 14; NULL before */
    int (*exitPipelineMode)(PGconn *connection);
    int (*pipelineSync)(PGconn *connection);
    /* libpq 17; NULL before. A PGcancelConn, which older headers do not have, is a void here. */
    int (*setChunkedRowsMode)(PGconn *connection, int rows);
    void *(*cancelCreate)(PGconn *connection);
    int (*cancelStart)(void *cancel);
    PostgresPollingStatusType (*cancelPoll)(void *cancel);
    int (*cancelSocket)(const void *cancel);
    void (*cancelFinish)(void *cancel);
} lyger_pq;

/* The functions, or NULL with an error that names the package. */
const lyger_pq *lyger_pq_load(lyger_error *error);

/* Fills *pq from a library of another name: for tests with a library that is missing or too old. */
lyger_status lyger_pq_load_from(const char *file, lyger_pq *pq, lyger_error *error);

/* lyger_backend.version */
const char *lyger_pq_version(lyger_query_version_of which);

#endif
