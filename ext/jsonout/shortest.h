/*
 * The shortest decimal that reads back as the same double. Internal to the room.
 */
#ifndef LYGER_JSONOUT_SHORTEST_H
#define LYGER_JSONOUT_SHORTEST_H

#include <stdint.h>

/* digits × 10^exponent */
typedef struct lyger_decimal {
    uint64_t digits; /* at most 17 decimal digits */
    int exponent;
} lyger_decimal;

/*
 * The shortest decimal of a value that is finite and above 0: of the shortest decimals between value's
 * neighbours the one nearest to it, of two equally near ones the even one, which is what David Gay's dtoa in
 * mode 0 (and with it PHP) gives.
 */
lyger_decimal lyger_shortest(double value);

#endif
