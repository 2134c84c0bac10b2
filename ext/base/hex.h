/*
 * Hexadecimal digits: of percent-encoding (RFC 3986), of JSON's \uXXXX, of the sizes of chunks.
 */
#ifndef LYGER_BASE_HEX_H
#define LYGER_BASE_HEX_H

/* The value of a digit of either case, -1 for another byte. */
static inline int lyger_hex_digit(char byte)
{
    return byte >= '0' && byte <= '9'                 ? byte - '0'
           : (byte | 32) >= 'a' && (byte | 32) <= 'f' ? (byte | 32) - 'a' + 10
                                                      : -1;
}

#endif
