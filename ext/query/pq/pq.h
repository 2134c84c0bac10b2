/*
 * Inside the query room: libpq, loaded on first use. Linking it would cost every PHP process its start-up
 * time (goals.md has the measurement), so that lyger.so only knows its header; the functions are looked up
 * once and stay loaded. Any thread may load.
 */
#ifndef LYGER_QUERY_PQ_H
#define LYGER_QUERY_PQ_H

#include "query/query.h"

#include <libpq-fe.h>

#define LYGER_PQ_TUPLES_CHUNK 12  /* PGRES_TUPLES_CHUNK, which older headers do not have */
#define LYGER_PQ_PIPELINE_SYNC 10 /* PGRES_PIPELINE_SYNC, the same */
#define LYGER_PQ_PORTION 64       /* rows that a stream asks for at a time */

typedef struct lyger_pq {
    __typeof__(&PQlibVersion) libVersion;
    __typeof__(&PQconninfoParse) conninfoParse;
    __typeof__(&PQconninfoFree) conninfoFree;
    __typeof__(&PQfreemem) freemem;
    __typeof__(&PQconnectStartParams) connectStartParams;
    __typeof__(&PQconnectPoll) connectPoll;
    __typeof__(&PQfinish) finish;
    __typeof__(&PQstatus) status;
    __typeof__(&PQtransactionStatus) transactionStatus;
    __typeof__(&PQparameterStatus) parameterStatus;
    __typeof__(&PQerrorMessage) errorMessage;
    __typeof__(&PQsocket) socket;
    __typeof__(&PQsetnonblocking) setnonblocking;
    __typeof__(&PQsetNoticeReceiver) setNoticeReceiver;
    __typeof__(&PQsendQuery) sendQuery;
    __typeof__(&PQsendQueryParams) sendQueryParams;
    __typeof__(&PQsendPrepare) sendPrepare;
    __typeof__(&PQsendQueryPrepared) sendQueryPrepared;
    __typeof__(&PQsendDescribePrepared) sendDescribePrepared;
    __typeof__(&PQnparams) nparams;
    __typeof__(&PQparamtype) paramtype;
    __typeof__(&PQbackendPID) backendPID;
    __typeof__(&PQflush) flush;
    __typeof__(&PQconsumeInput) consumeInput;
    __typeof__(&PQisBusy) isBusy;
    __typeof__(&PQgetResult) getResult;
    __typeof__(&PQnotifies) notifies;
    __typeof__(&PQgetCancel) getCancel;
    __typeof__(&PQfreeCancel) freeCancel;
    __typeof__(&PQresultStatus) resultStatus;
    __typeof__(&PQresultErrorField) resultErrorField;
    __typeof__(&PQresultErrorMessage) resultErrorMessage;
    __typeof__(&PQclear) clear;
    __typeof__(&PQntuples) ntuples;
    __typeof__(&PQnfields) nfields;
    __typeof__(&PQfname) fname;
    __typeof__(&PQftype) ftype;
    __typeof__(&PQgetvalue) getvalue;
    __typeof__(&PQgetlength) getlength;
    __typeof__(&PQgetisnull) getisnull;
    __typeof__(&PQcmdStatus) cmdStatus;
    __typeof__(&PQcmdTuples) cmdTuples;
    __typeof__(&PQsetSingleRowMode) setSingleRowMode;
    int (*enterPipelineMode)(PGconn *connection); /* libpq 14, as the next two; NULL before */
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

/* The same from a library of another name, without remembering it: for tests of what is missing or too old.
 */
lyger_status lyger_pq_load_from(const char *file, lyger_pq *pq, lyger_error *error);

/* lyger_backend.version */
const char *lyger_pq_version(lyger_query_version_of which);

#endif
