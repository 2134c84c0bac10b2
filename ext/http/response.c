/*
 * The responses of connection.h: status line, fields, framing, and the end.
 */
#include "connection_state.h"

#include <stdio.h>
#include <string.h>

/* ---- heads ---- */

/* IANA, Hypertext Transfer Protocol (HTTP) Status Code Registry, without its unused and temporary entries. */
static const char phrases[][64][32] = {
    {[0] = "Continue", [1] = "Switching Protocols", [2] = "Processing", [3] = "Early Hints"},
    {[0] = "OK",
     [1] = "Created",
     [2] = "Accepted",
     [3] = "Non-Authoritative Information",
     [4] = "No Content",
     [5] = "Reset Content",
     [6] = "Partial Content",
     [7] = "Multi-Status",
     [8] = "Already Reported",
     [26] = "IM Used"},
    {[0] = "Multiple Choices",
     [1] = "Moved Permanently",
     [2] = "Found",
     [3] = "See Other",
     [4] = "Not Modified",
     [5] = "Use Proxy",
     [7] = "Temporary Redirect",
     [8] = "Permanent Redirect"},
    {[0] = "Bad Request",
     [1] = "Unauthorized",
     [2] = "Payment Required",
     [3] = "Forbidden",
     [4] = "Not Found",
     [5] = "Method Not Allowed",
     [6] = "Not Acceptable",
     [7] = "Proxy Authentication Required",
     [8] = "Request Timeout",
     [9] = "Conflict",
     [10] = "Gone",
     [11] = "Length Required",
     [12] = "Precondition Failed",
     [13] = "Content Too Large",
     [14] = "URI Too Long",
     [15] = "Unsupported Media Type",
     [16] = "Range Not Satisfiable",
     [17] = "Expectation Failed",
     [21] = "Misdirected Request",
     [22] = "Unprocessable Content",
     [23] = "Locked",
     [24] = "Failed Dependency",
     [25] = "Too Early",
     [26] = "Upgrade Required",
     [28] = "Precondition Required",
     [29] = "Too Many Requests",
     [31] = "Request Header Fields Too Large",
     [51] = "Unavailable For Legal Reasons"},
    {[0] = "Internal Server Error",
     [1] = "Not Implemented",
     [2] = "Bad Gateway",
     [3] = "Service Unavailable",
     [4] = "Gateway Timeout",
     [5] = "HTTP Version Not Supported",
     [6] = "Variant Also Negotiates",
     [7] = "Insufficient Storage",
     [8] = "Loop Detected",
     [11] = "Network Authentication Required"},
};

/* The registry's reason phrase; "" for a status that is not registered. */
static const char *phrase_of(int status)
{
    if (status < 100 || status > 599 || status % 100 > 63) {
        return "";
    }
    return phrases[status / 100 - 1][status % 100];
}

/* The Date field with IMF-fixdate (RFC 9110, section 5.6.7), whatever the process's locale is. */
static const char *date_line(lyger_http_host *host)
{
    static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    uint64_t loop_time = uv_now(host->loop);
    if (host->date[0] && loop_time == host->date_checked) {
        return host->date;
    }
    host->date_checked = loop_time;
    time_t now = time(NULL);
    struct tm tm;
    if ((now != host->date_second || !host->date[0]) && gmtime_r(&now, &tm)) {
        host->date_second = now;
        snprintf(host->date, sizeof host->date, "Date: %.3s, %02u %.3s %04u %02u:%02u:%02u GMT\r\n",
                 days + 3 * tm.tm_wday, (unsigned)tm.tm_mday % 100u, months + 3 * tm.tm_mon,
                 (unsigned)(tm.tm_year + 1900) % 10000u, (unsigned)tm.tm_hour % 100u,
                 (unsigned)tm.tm_min % 100u, (unsigned)tm.tm_sec % 100u);
    }
    return host->date;
}

static bool put_text(lyger_sink *out, const char *text)
{
    return lyger_sink_put(out, text, strlen(text));
}

static bool put_number(lyger_sink *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return lyger_sink_put(out, digits + at, sizeof digits - at);
}

static bool put_status(lyger_http_host *host, const lyger_http_turn *turn, lyger_sink *out)
{
    int status = turn->status;
    if (turn->phrase) {
        return lyger_sink_put_literal(out, "HTTP/1.1 ") && put_number(out, (uint64_t)status) &&
               lyger_sink_put_char(out, ' ') && lyger_sink_put(out, turn->phrase, turn->phrase_len) &&
               lyger_sink_put_literal(out, "\r\n") && put_text(out, date_line(host));
    }
    if (status == 200) {
        return lyger_sink_put_literal(out, "HTTP/1.1 200 OK\r\n") && put_text(out, date_line(host));
    }
    return lyger_sink_put_literal(out, "HTTP/1.1 ") && put_number(out, (uint64_t)status) &&
           lyger_sink_put_char(out, ' ') && put_text(out, phrase_of(status)) &&
           lyger_sink_put_literal(out, "\r\n") && put_text(out, date_line(host));
}

/* ---- framing ---- */

/* Bytes of a request body that are read and dropped after an early answer; when more are left, the connection
 * closes. */
#define DROP_MAX 65536u

static bool must_close(const lyger_http_connection *c)
{
    const lyger_http_turn *turn = c->turn;
    if (turn->close || c->host->draining || !turn->request.keep_alive) {
        return true;
    }
    /* A client that waits for 100 and gets a final answer may send its body or not (RFC 9110, 10.1.1). */
    return c->stage == LYGER_HTTP_IN_BODY &&
           (turn->may_wait || turn->request.chunked || turn->body_left > DROP_MAX);
}

static lyger_http_framing framing_of(const lyger_http_turn *turn, int status, uint64_t length)
{
    if (turn->request.method == LYGER_HTTP_HEAD || status == 204 || status == 205 || status == 304) {
        return BODY_NONE;
    }
    if (length != LYGER_HTTP_LENGTH_UNKNOWN) {
        return BODY_LENGTH;
    }
    return turn->request.minor > 0 ? BODY_CHUNKED : BODY_UNTIL_CLOSE;
}

/* Writes the lines that say where the body ends and whether the connection ends, and the empty line. */
static bool put_framing(const lyger_http_turn *turn, lyger_sink *out, uint64_t length)
{
    bool put = true;
    if (turn->status == 205) {
        put = lyger_sink_put_literal(out, "Content-Length: 0\r\n"); /* RFC 9110, section 15.3.6 */
    } else if (turn->status != 204 && turn->status != 304 && length != LYGER_HTTP_LENGTH_UNKNOWN) {
        put = lyger_sink_put_literal(out, "Content-Length: ") && put_number(out, length) &&
              lyger_sink_put_literal(out, "\r\n");
    } else if (turn->framing == BODY_CHUNKED) {
        put = lyger_sink_put_literal(out, "Transfer-Encoding: chunked\r\n");
    }
    if (turn->close) {
        return put && lyger_sink_put_literal(out, "Connection: close\r\n\r\n");
    }
    if (turn->request.minor == 0) {
        return put && lyger_sink_put_literal(out, "Connection: keep-alive\r\n\r\n");
    }
    return put && lyger_sink_put_literal(out, "\r\n");
}

static bool can_begin(const lyger_http_connection *c)
{
    return c->turn && c->stage < LYGER_HTTP_LAST && !c->broken && c->turn->answer == ANSWER_NONE;
}

static lyger_sink *begin_head(lyger_http_connection *c, int status, uint64_t length)
{
    lyger_http_turn *turn = c->turn;
    turn->status = status;
    turn->framing = framing_of(turn, status, length);
    turn->answer_left = turn->framing == BODY_LENGTH ? length : 0;
    turn->close = must_close(c) || turn->framing == BODY_UNTIL_CLOSE;
    turn->answer = ANSWER_BEGUN;
    return lyger_http_claim_out(c);
}

void lyger_http_set_phrase(lyger_http_connection *c, const char *phrase, size_t len)
{
    if (can_begin(c)) {
        c->turn->phrase = phrase;
        c->turn->phrase_len = len;
    }
}

void lyger_http_begin_response(lyger_http_connection *c, int status, const char *fields, size_t len,
                               uint64_t content_length)
{
    if (!can_begin(c)) {
        return;
    }
    lyger_http_cork(c->host);
    lyger_sink *out = begin_head(c, status, content_length);
    if (!put_status(c->host, c->turn, out) || !lyger_sink_put(out, fields, len) ||
        !put_framing(c->turn, out, content_length)) {
        lyger_http_break(c);
    }
    lyger_http_uncork(c->host);
}

void lyger_http_send_interim(lyger_http_connection *c, int status, const char *fields, size_t len)
{
    if (!can_begin(c) || status == 101 || c->turn->request.minor == 0 || c->queued > 0) {
        return;
    }
    lyger_http_cork(c->host);
    lyger_sink *out = lyger_http_claim_out(c);
    if (!lyger_sink_put_literal(out, "HTTP/1.1 ") || !put_number(out, (uint64_t)status) ||
        !lyger_sink_put_char(out, ' ') || !put_text(out, phrase_of(status)) ||
        !lyger_sink_put_literal(out, "\r\n") || !lyger_sink_put(out, fields, len) ||
        !lyger_sink_put_literal(out, "\r\n")) {
        lyger_http_break(c);
    }
    lyger_http_uncork(c->host);
}

/* ---- ends ---- */

static void finish(lyger_http_connection *c)
{
    lyger_http_turn *turn = c->turn;
    bool whole = turn->framing != BODY_LENGTH || turn->answer_left == 0;
    if (turn->framing == BODY_CHUNKED && !lyger_sink_put_literal(lyger_http_claim_out(c), "0\r\n\r\n")) {
        whole = false;
    }
    if (!whole) {
        lyger_http_cut_off(c);
        return;
    }
    turn->answer = ANSWER_ENDED;
    c->blocked = false;
    c->host->requests++;
    if (c->host->service->answered) {
        c->host->service->answered(c, turn->status, turn->answer_sent);
    }
    turn->kept = NULL;
    lyger_http_make_ready(c);
}

void lyger_http_file_sent(lyger_http_connection *c)
{
    if (c->turn->ending && !c->broken) {
        finish(c);
    }
}

void lyger_http_end_response(lyger_http_connection *c)
{
    lyger_http_turn *turn = c->turn;
    if (!turn || c->broken || turn->answer != ANSWER_BEGUN || turn->ending) {
        return;
    }
    turn->ending = true;
    if (turn->file < 0) {
        lyger_http_host *host = c->host;
        lyger_http_cork(host);
        finish(c);
        lyger_http_uncork(host);
    }
}

/* Whether the client has, or will have, every byte that was announced. */
static bool is_whole(const lyger_http_turn *turn)
{
    return turn->answer == ANSWER_BEGUN && !turn->ending &&
           (turn->framing == BODY_NONE || (turn->framing == BODY_LENGTH && turn->answer_left == 0));
}

void lyger_http_cut_off(lyger_http_connection *c)
{
    if (c->stage == LYGER_HTTP_CLOSED) {
        return;
    }
    /* The client may have read the answer to its end and sent the next request already, which must not be
     * lost. */
    if (c->turn && is_whole(c->turn)) {
        lyger_http_end_response(c);
        return;
    }
    /* When the body ends with the connection, only a reset tells the client that the body is cut off. */
    bool reset = c->turn && c->turn->framing == BODY_UNTIL_CLOSE;
    lyger_http_host *host = c->host;
    lyger_http_cork(host);
    if (host->writer == c) {
        lyger_http_flush(host);
    }
    c->reset = reset;
    lyger_http_break(c);
    lyger_http_uncork(host);
}

void lyger_http_respond(lyger_http_connection *c, const lyger_http_response *response)
{
    if (!can_begin(c)) {
        return;
    }
    lyger_http_host *host = c->host;
    lyger_http_cork(host);
    lyger_sink *out = begin_head(c, response->status, response->body_len);
    if (!put_status(host, c->turn, out) ||
        (response->type && !(lyger_sink_put_literal(out, "Content-Type: ") && put_text(out, response->type) &&
                             lyger_sink_put_literal(out, "\r\n"))) ||
        !put_text(out, response->fields) || !put_framing(c->turn, out, response->body_len)) {
        lyger_http_break(c);
    }
    lyger_http_send(c, response->body, response->body_len);
    lyger_http_end_response(c);
    lyger_http_uncork(host);
}
