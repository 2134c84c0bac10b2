/*
 * Bodies that come in pieces: the elements of a generator or another Traversable, and streams. Each piece is
 * on its way before the next is asked for, so that memory does not grow with the body, and a client that
 * leaves ends the work. What fails in the middle cuts the answer off.
 */
#include "php_worker.h"
#include "lyger_error.h"

#include "SAPI.h"
#include "php_output.h"
#include "php_streams.h"
#include "zend_exceptions.h"
#include "zend_interfaces.h"
#include "ext/standard/file.h"

#include <sys/stat.h>

#define PIECE ((size_t)16 << 10) /* bytes read from a stream at once; on the C stack */

/* Sends what was written until now, through the application's output buffers. */
static void flush_all(void)
{
    if (php_output_get_level() > 0) {
        php_output_flush_all();
    }
    if (!EG(exception)) {
        php_lyger_answer_flush();
    }
}

/* ---- Traversable ---- */

/* Writes an element; null writes nothing, but sends what was echoed, and notices a client that has left. */
static void send_element(zval *element)
{
    ZVAL_DEREF(element);
    bool is_text =
        Z_TYPE_P(element) == IS_STRING ||
        (Z_TYPE_P(element) == IS_OBJECT && instanceof_function(Z_OBJCE_P(element), zend_ce_stringable));
    if (is_text) {
        zend_string *text = zval_try_get_string(element);
        if (text) {
            php_output_write(ZSTR_VAL(text), ZSTR_LEN(text));
            zend_string_release(text);
        }
    } else if (Z_TYPE_P(element) != IS_NULL) {
        zend_throw_exception_ex(
            zend_ce_type_error, 0,
            "The chunks of the handler's answer must be string, Stringable or null, %s given",
            zend_zval_type_name(element));
    }
    if (!EG(exception)) {
        flush_all();
    }
}

/* A client that asked for the head only gets what is known when the first element comes. */
static void send_elements(zend_object_iterator *iterator)
{
    const zend_object_iterator_funcs *functions = iterator->funcs;
    if (functions->rewind) {
        functions->rewind(iterator);
    }
    while (!EG(exception) && functions->valid(iterator) == SUCCESS && !EG(exception) &&
           !php_lyger_current.asked_head) {
        zval *element = functions->get_current_data(iterator);
        if (EG(exception) || !element) {
            return;
        }
        send_element(element);
        if (EG(exception)) {
            return;
        }
        iterator->index++;
        functions->move_forward(iterator);
    }
}

void php_lyger_answer_chunks(zval *traversable)
{
    zend_class_entry *class_entry = Z_OBJCE_P(traversable);
    zend_object_iterator *iterator = class_entry->get_iterator(class_entry, traversable, 0);
    if (iterator && !EG(exception)) {
        iterator->index = 0;
        send_elements(iterator);
    }
    if (iterator) {
        zend_iterator_dtor(iterator);
    }
}

/* ---- streams ---- */

/* How many bytes the stream has from where it stands to its end; 0: nobody knows. /proc has regular files
 * whose size is 0 and whose text is not; a filter changes the length. */
static uint64_t bytes_left(php_stream *stream)
{
    php_stream_statbuf status;
    zend_off_t at = php_stream_tell(stream);
    if (stream->readfilters.head || php_stream_stat(stream, &status) != 0 || !S_ISREG(status.sb.st_mode) ||
        status.sb.st_size <= at) {
        return 0;
    }
    return (uint64_t)(status.sb.st_size - at);
}

static void fail(const char *why)
{
    if (!EG(exception)) {
        zend_throw_exception_ex(php_lyger_throwable(php_lyger_exception.server), 0,
                                "The handler's stream cannot be sent: %s", why);
    }
}

/* Copies up to `most` bytes to the client. A stream of unknown length, a pipe or a socket, is sent as it
 * comes. */
static void copy(php_stream *stream, uint64_t most, bool as_it_comes)
{
    char piece[PIECE];
    while (most > 0 && !EG(exception)) {
        ssize_t got = php_stream_read(stream, piece, most < sizeof piece ? (size_t)most : sizeof piece);
        if (got <= 0) {
            if (!EG(exception) && (got < 0 || !php_stream_eof(stream))) {
                fail(got < 0 ? "it cannot be read" : "it gave nothing for as long as its time limit");
            }
            return;
        }
        most -= (uint64_t)got;
        php_output_write(piece, (size_t)got);
        if (as_it_comes && !EG(exception)) {
            flush_all();
        }
        if (php_lyger_interrupt.requested(php_lyger_interrupt.context) && !EG(exception)) {
            lyger_error error = {.status = LYGER_E_INTERRUPTED};
            php_lyger_throw(&error);
            return;
        }
    }
}

static void send_stream(php_stream *stream)
{
    if (stream->flags & PHP_STREAM_FLAG_IS_DIR) {
        fail("it is a directory");
        return;
    }
    php_stream_set_option(stream, PHP_STREAM_OPTION_BLOCKING, 1, NULL);
    uint64_t len = bytes_left(stream);
    if (len > 0) {
        php_lyger_answer_will_have(len);
    }
    if (!php_lyger_current.asked_head) {
        copy(stream, len > 0 ? len : UINT64_MAX, len == 0);
    }
}

/* Closes as fclose() does, which leaves the streams that PHP needs itself open. */
static void close_stream(php_stream *stream)
{
    int how = PHP_STREAM_FREE_KEEP_RSRC |
              (stream->is_persistent ? PHP_STREAM_FREE_CLOSE_PERSISTENT : PHP_STREAM_FREE_CLOSE);
    if (!(stream->flags & PHP_STREAM_FLAG_NO_FCLOSE)) {
        php_stream_free(stream, how);
    }
}

void php_lyger_answer_stream(zval *value)
{
    php_stream *stream =
        zend_fetch_resource2(Z_RES_P(value), NULL, php_file_le_stream(), php_file_le_pstream());
    if (!stream) {
        const char *type = zend_rsrc_list_get_rsrc_type(Z_RES_P(value));
        zend_throw_exception_ex(zend_ce_type_error, 0,
                                "The handler returned a resource that is no open stream: %s",
                                type ? type : "it is closed");
        return;
    }
    send_stream(stream);
    stream = zend_fetch_resource2(Z_RES_P(value), NULL, php_file_le_stream(), php_file_le_pstream());
    if (stream) { /* code that ran meanwhile, an output callback, may have closed it */
        close_stream(stream);
    }
}
