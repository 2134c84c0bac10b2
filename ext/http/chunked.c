/*
 * The chunked decoder of message.h.
 */
#include "message.h"

#include "base/hex.h"

#include <string.h>

/*
 * chunk = 1*HEXDIG [ chunk-ext ] CRLF data CRLF; the last chunk has size 0 and is followed by trailer fields
 * and an empty line. chunk-ext = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] ). One byte
 * moves the decoder from one of these states to the next; a byte that no rule names is refused.
 */
enum {
    SIZE_START,
    SIZE,
    BEFORE_SEMICOLON, /* whitespace after the size or an extension: only ";" may follow */
    NAME_START,
    NAME,
    AFTER_NAME, /* whitespace after a name: "=" or ";" may follow */
    VALUE_START,
    VALUE,
    QUOTED,
    QUOTED_PAIR,
    AFTER_QUOTED,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER_START,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF,
    ENDED,
    BROKEN
};

static bool is_token(char byte)
{
    return lyger_http_is_token_byte((unsigned char)byte);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* After the size, an extension's name or its value. */
static int after_part(char byte, int blank_state)
{
    if (byte == '\r') {
        return SIZE_LF;
    }
    if (byte == ';') {
        return NAME_START;
    }
    return is_blank(byte) ? blank_state : BROKEN;
}

static int step_size(lyger_http_chunked *decoder, char byte)
{
    int digit = lyger_hex_digit(byte);
    if (digit < 0) {
        return decoder->state == SIZE ? after_part(byte, BEFORE_SEMICOLON) : BROKEN;
    }
    /* 15 digits stay far below 2^63, leading zeros included. */
    if (++decoder->digits > 15) {
        return BROKEN;
    }
    decoder->remaining = decoder->remaining * 16 + (unsigned)digit;
    return SIZE;
}

static int step_extension(int state, char byte)
{
    switch (state) {
    case BEFORE_SEMICOLON:
        return byte == ';' ? NAME_START : is_blank(byte) ? BEFORE_SEMICOLON : BROKEN;
    case NAME_START:
        return is_token(byte) ? NAME : is_blank(byte) ? NAME_START : BROKEN;
    case NAME:
        return is_token(byte) ? NAME : byte == '=' ? VALUE_START : after_part(byte, AFTER_NAME);
    case AFTER_NAME:
        return byte == '=' ? VALUE_START : byte == ';' ? NAME_START : is_blank(byte) ? AFTER_NAME : BROKEN;
    case VALUE_START:
        return is_token(byte) ? VALUE : byte == '"' ? QUOTED : is_blank(byte) ? VALUE_START : BROKEN;
    case VALUE:
        return is_token(byte) ? VALUE : after_part(byte, BEFORE_SEMICOLON);
    case QUOTED:
        if (byte == '"') {
            return AFTER_QUOTED;
        }
        return byte == '\\' ? QUOTED_PAIR : lyger_http_is_value_byte((unsigned char)byte) ? QUOTED : BROKEN;
    case QUOTED_PAIR:
        return lyger_http_is_value_byte((unsigned char)byte) ? QUOTED : BROKEN;
    default: /* AFTER_QUOTED */
        return after_part(byte, BEFORE_SEMICOLON);
    }
}

static int step_trailer(int state, char byte)
{
    switch (state) {
    case TRAILER_START:
        return byte == '\r' ? LAST_LF : is_token(byte) ? TRAILER_NAME : BROKEN;
    case TRAILER_NAME:
        return byte == ':' ? TRAILER_VALUE : is_token(byte) ? TRAILER_NAME : BROKEN;
    case TRAILER_VALUE:
        return byte == '\r'                                    ? TRAILER_LF
               : lyger_http_is_value_byte((unsigned char)byte) ? TRAILER_VALUE
                                                               : BROKEN;
    case TRAILER_LF:
        return byte == '\n' ? TRAILER_START : BROKEN;
    default: /* LAST_LF */
        return byte == '\n' ? ENDED : BROKEN;
    }
}

/* The state after one byte that is not data. */
static int step(lyger_http_chunked *decoder, char byte)
{
    int state = decoder->state;
    switch (state) {
    case SIZE_START:
    case SIZE:
        return step_size(decoder, byte);
    case SIZE_LF:
        decoder->digits = 0;
        return byte != '\n' ? BROKEN : decoder->remaining > 0 ? DATA : TRAILER_START;
    case DATA_CR:
        return byte == '\r' ? DATA_LF : BROKEN;
    case DATA_LF:
        return byte == '\n' ? SIZE_START : BROKEN;
    case ENDED:
    case BROKEN:
        return BROKEN;
    default:
        break;
    }
    if (state >= TRAILER_START) {
        return ++decoder->trailers > LYGER_HTTP_TRAILERS_MAX ? BROKEN : step_trailer(state, byte);
    }
    return ++decoder->extensions > LYGER_HTTP_CHUNK_EXTENSIONS_MAX ? BROKEN : step_extension(state, byte);
}

lyger_http_chunk lyger_http_chunked_next(lyger_http_chunked *decoder, const char *bytes, size_t len,
                                         size_t *data_at, size_t *used)
{
    size_t i = 0;
    *data_at = *used = 0;
    while (i < len) {
        if (decoder->state == DATA) {
            size_t take = len - i < decoder->remaining ? len - i : (size_t)decoder->remaining;
            decoder->remaining -= take;
            decoder->state = decoder->remaining > 0 ? DATA : DATA_CR;
            *data_at = i;
            *used = i + take;
            return LYGER_HTTP_CHUNK_DATA;
        }
        decoder->state = (uint8_t)step(decoder, bytes[i++]);
        *used = i;
        if (decoder->state == BROKEN) {
            return LYGER_HTTP_CHUNK_BAD;
        }
        if (decoder->state == ENDED) {
            return LYGER_HTTP_CHUNK_END;
        }
    }
    return decoder->state == BROKEN ? LYGER_HTTP_CHUNK_BAD : LYGER_HTTP_CHUNK_MORE;
}
