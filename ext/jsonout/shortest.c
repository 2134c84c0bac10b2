/*
 * Schubfach: Raffaello Giulietti, "The Schubfach way to render doubles" (2021). The section numbers below are
 * the paper's.
 *
 * A value c × 2^q is read back from every decimal in the interval whose ends lie half way to its neighbours.
 * With k chosen so that 10^k is at most the interval's length and 10^(k+1) is more, the interval holds at
 * least one multiple of 10^k and at most one of 10^(k+1) (the pigeonhole principle, "Schubfachprinzip"). So
 * four candidates are enough: the multiples just below and just above the value, of 10^(k+1) and of 10^k.
 */
#include "shortest.h"
#include "shortest_powers.h"

#include <stdbool.h>
#include <string.h>

/* floor(log2(10^n)), floor(log10(2^n)) and floor(log10(3/4 × 2^n)) by multiplication, right for every n that
 * occurs here (section 9.1 derives such constants). Shifts of negative numbers are arithmetic in GNU C. */
static inline int log2_of_power_of_10(int n)
{
    return (n * 1741647) >> 19;
}

static inline int log10_of_power_of_2(int n)
{
    return (n * 1262611) >> 22;
}

static inline int log10_of_three_quarters(int n)
{
    return (n * 1262611 - 524031) >> 22;
}

/* a × b; returns the upper half. */
static inline uint64_t multiply(uint64_t a, uint64_t b, uint64_t *low)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)a * b;
    *low = (uint64_t)product;
    return (uint64_t)(product >> 64);
#else
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t bottom = a0 * b0, middle = a1 * b0 + (bottom >> 32), other = a0 * b1 + (uint32_t)middle;
    *low = other << 32 | (uint32_t)bottom;
    return a1 * b1 + (middle >> 32) + (other >> 32);
#endif
}

/* factor × power / 2^128, its last bit set when bits were cut off ("rounding to odd", section 9.6), so that
 * comparisons with even numbers stay right. power is rounded up, which adds less than one to the middle word:
 * a middle word of 1 is no remainder. */
static inline uint64_t multiply_to_odd(const struct power *power, uint64_t factor)
{
    uint64_t ignored, middle;
    uint64_t carry = multiply(power->low, factor, &ignored);
    uint64_t high = multiply(power->high, factor, &middle);
    middle += carry;
    high += middle < carry;
    return high | (middle > 1);
}

/* digits × 10^exponent with its trailing zeros moved into the exponent. */
static lyger_decimal without_zeros(uint64_t digits, int exponent)
{
    if (digits % 100000000 == 0) {
        digits /= 100000000;
        exponent += 8;
    }
    if (digits % 10000 == 0) {
        digits /= 10000;
        exponent += 4;
    }
    if (digits % 100 == 0) {
        digits /= 100;
        exponent += 2;
    }
    while (digits % 10 == 0) {
        digits /= 10;
        exponent++;
    }
    return (lyger_decimal){digits, exponent};
}

lyger_decimal lyger_shortest(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t fraction = bits & ((1ull << 52) - 1);
    int biased = (int)(bits >> 52);
    uint64_t c = biased ? fraction | 1ull << 52 : fraction;
    int q = biased ? biased - 1075 : -1074;
    if (q <= 0 && q > -53 && (c & ((1ull << -q) - 1)) == 0) {
        return without_zeros(c >> -q, 0); /* a whole number below 2^53 */
    }

    bool closer_below = fraction == 0 && biased > 1; /* the neighbour below a power of two is half as far */
    int k = closer_below ? log10_of_three_quarters(q) : log10_of_power_of_2(q);
    int shift = q + log2_of_power_of_10(-k) + 1;
    const struct power *power = &powers[-k - FIRST_POWER];
    /* The value and the ends of its interval in quarters of 10^k. The ends belong to it when c is even, as
     * readers round to even. */
    uint64_t lower = multiply_to_odd(power, (4 * c - 2 + closer_below) << shift) + (c & 1);
    uint64_t middle = multiply_to_odd(power, (4 * c) << shift);
    uint64_t upper = multiply_to_odd(power, (4 * c + 2) << shift) - (c & 1);

    uint64_t below = middle / 4;
    if (below >= 10) {
        uint64_t tens = below / 10;
        bool below_fits = lower <= 40 * tens, above_fits = 40 * tens + 40 <= upper;
        if (below_fits != above_fits) {
            return without_zeros(tens + above_fits, k + 1);
        }
    }
    bool below_fits = lower <= 4 * below, above_fits = 4 * below + 4 <= upper;
    if (below_fits != above_fits) {
        return without_zeros(below + above_fits, k);
    }
    uint64_t half = 4 * below + 2;
    return without_zeros(below + (middle > half || (middle == half && (below & 1))), k);
}
