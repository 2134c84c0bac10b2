/*
 * The one source of the kernel. A file that includes it has chosen the instruction set:
 *     HEAVY_RANGE    the name of the function to define (a lyger_heavy_range)
 *     HEAVY_TARGET   the target attribute of every function here, or nothing
 *     HEAVY_FMA      1 when a fused multiply-add is one instruction, else 0
 *     HEAVY_LANES    doubles in a heavy_vector
 * and has defined heavy_vector with vector_all (broadcast), vector_load, vector_store, vector_add,
 * vector_subtract, vector_root, vector_multiply_add(a, b, c) = a * b + c, and vector_residual(x, s), which is
 * x - s * s without rounding error that matters.
 *
 * For a block of B = 1,024 integers from b, with s0 = sqrt(b + B/2) rounded and A the sums over j < B of
 * (sqrt(b + j) - s0) times cos j and sin j, the block's sum is
 *     sin b (s0 C + A_cos) + cos b (s0 S + A_sin),   C = sum of cos j, S = sum of sin j.
 *
 * Where the error goes, n being the count, u = 2^-53 and every bound the worst case:
 *
 * The square root. s = fl(sqrt x) is off by up to u sqrt(x), which summed up could break the bound near 1e9.
 * The residual r = x - s^2 is exact, and s + r / (2 s) right to second order. 1 / (2 s0) stands in for
 * 1 / (2 s), off by a factor of 1 + B / (4 b) at most: in total below u B sqrt(n) / 4.
 *
 * The inner loop. s - s0 is exact (Sterbenz' lemma, s0 / 2 <= s <= 2 s0) and at most B / (4 sqrt b), so that
 * rounding in the tables, the products and the accumulators costs some u B / (4 sqrt b) a term: a few
 * u B sqrt(n) / 2 in total. The first and a partial last block take s0 = 0, which costs 3 B u sqrt(n), once.
 *
 * Everything else is double-double (Dekker 1971; Knuth, TAOCP 2, 4.2.2) with about 2^-104. sin b and cos b
 * are advanced by rotation within a call and set anew from powers of two at its start, so that their error is
 * some hundred times 2^-104 for any b.
 *
 * Together some 6e-13 sqrt(n); measured, less than 3e-15 (1 + sqrt n).
 */
#include "heavy.h"

#ifdef __FAST_MATH__
#error "lyger's compute room needs IEEE arithmetic: compile it without -ffast-math"
#endif

#define HEAVY_STEP (2u * HEAVY_LANES)

HEAVY_TARGET static inline lyger_double_double two_sum(double a, double b)
{
    double high = a + b;
    double part = high - a;
    return (lyger_double_double){high, (a - (high - part)) + (b - part)};
}

/* As two_sum, for |a| >= |b|. */
HEAVY_TARGET static inline lyger_double_double quick_two_sum(double a, double b)
{
    double high = a + b;
    return (lyger_double_double){high, b - (high - a)};
}

#if HEAVY_FMA
HEAVY_TARGET static inline lyger_double_double two_product(double a, double b)
{
    double high = a * b;
    return (lyger_double_double){high, __builtin_fma(a, b, -high)};
}
#else
/* The upper 26 bits of a double; the rest has 27. */
HEAVY_TARGET static inline double upper_half(double a)
{
    union {
        double number;
        uint64_t bits;
    } half = {a};
    half.bits &= UINT64_MAX << 27;
    return half.number;
}

/* Dekker's product with a split by truncation: exact but for the last bit of the product of the lower halves.
 */
HEAVY_TARGET static inline lyger_double_double two_product(double a, double b)
{
    double high = a * b;
    double a_high = upper_half(a), a_low = a - a_high;
    double b_high = upper_half(b), b_low = b - b_high;
    return (lyger_double_double){high, ((a_high * b_high - high) + a_high * b_low + a_low * b_high) +
                                           a_low * b_low};
}
#endif

HEAVY_TARGET static inline lyger_double_double add(lyger_double_double a, lyger_double_double b)
{
    lyger_double_double high = two_sum(a.high, b.high);
    lyger_double_double low = two_sum(a.low, b.low);
    high = quick_two_sum(high.high, high.low + low.high);
    return quick_two_sum(high.high, high.low + low.low);
}

HEAVY_TARGET static inline lyger_double_double multiply(lyger_double_double a, lyger_double_double b)
{
    lyger_double_double product = two_product(a.high, b.high);
    return quick_two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

HEAVY_TARGET static inline lyger_double_double negate(lyger_double_double a)
{
    return (lyger_double_double){-a.high, -a.low};
}

/* The angle a + b. */
HEAVY_TARGET static inline lyger_angle rotate(lyger_angle a, const lyger_angle *b)
{
    return (lyger_angle){
        .sine = add(multiply(a.sine, b->cosine), multiply(a.cosine, b->sine)),
        .cosine = add(multiply(a.cosine, b->cosine), negate(multiply(a.sine, b->sine))),
    };
}

/* Sine and cosine of a multiple of the block's length. */
HEAVY_TARGET static inline lyger_angle angle_of(uint64_t multiple)
{
    lyger_angle angle = {{0.0, 0.0}, {1.0, 0.0}};
    uint64_t bits = multiple >> LYGER_HEAVY_BLOCK_BITS;
    for (const lyger_angle *power = lyger_heavy_table.powers; bits; bits >>= 1, power++) {
        if (bits & 1) {
            angle = rotate(angle, power);
        }
    }
    return angle;
}

HEAVY_TARGET static inline double sum_of_lanes(heavy_vector a)
{
    double lanes[HEAVY_LANES];
    vector_store(lanes, a);
    double sum = lanes[0];
    for (unsigned i = 1; i < HEAVY_LANES; i++) {
        sum += lanes[i];
    }
    return sum;
}

/* sqrt(x) - origin; scale is about 1 / (2 sqrt(x)). */
HEAVY_TARGET static inline heavy_vector root_from(heavy_vector x, heavy_vector origin, heavy_vector scale)
{
    heavy_vector root = vector_root(x);
    return vector_multiply_add(vector_residual(x, root), scale, vector_subtract(root, origin));
}

typedef struct heavy_sums {
    double cosine;
    double sine;
} heavy_sums;

/* The sums over 0 <= j < count of (sqrt(b + j) - origin) times cos j and sin j; count is a multiple of the
 * step. */
HEAVY_TARGET static inline heavy_sums block_sums(double b, unsigned count, double origin, double scale)
{
    static const double lane_numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    const double *cosine = lyger_heavy_table.cosine, *sine = lyger_heavy_table.sine;
    heavy_vector x = vector_add(vector_all(b), vector_load(lane_numbers));
    heavy_vector step = vector_all(HEAVY_LANES);
    heavy_vector from = vector_all(origin), scales = vector_all(scale);
    heavy_vector cosine_0 = vector_all(0.0), cosine_1 = cosine_0, sine_0 = cosine_0, sine_1 = cosine_0;
    for (unsigned j = 0; j < count; j += HEAVY_STEP) {
        heavy_vector root = root_from(x, from, scales);
        cosine_0 = vector_multiply_add(root, vector_load(cosine + j), cosine_0);
        sine_0 = vector_multiply_add(root, vector_load(sine + j), sine_0);
        x = vector_add(x, step);
        root = root_from(x, from, scales);
        cosine_1 = vector_multiply_add(root, vector_load(cosine + j + HEAVY_LANES), cosine_1);
        sine_1 = vector_multiply_add(root, vector_load(sine + j + HEAVY_LANES), sine_1);
        x = vector_add(x, step);
    }
    return (heavy_sums){sum_of_lanes(vector_add(cosine_0, cosine_1)),
                        sum_of_lanes(vector_add(sine_0, sine_1))};
}

HEAVY_TARGET static inline lyger_double_double turned(lyger_angle base, lyger_double_double cosines,
                                                      lyger_double_double sines)
{
    return add(multiply(base.sine, cosines), multiply(base.cosine, sines));
}

/* A full block, b > 0. */
HEAVY_TARGET static inline lyger_double_double whole_block(uint64_t b, lyger_angle base)
{
    double origin = __builtin_sqrt((double)b + LYGER_HEAVY_BLOCK / 2.0);
    heavy_sums sums = block_sums((double)b, LYGER_HEAVY_BLOCK, origin, 0.5 / origin);
    lyger_double_double shift = {origin, 0.0};
    const lyger_angle *table = &lyger_heavy_table.sums;
    return turned(base, add(multiply(shift, table->cosine), (lyger_double_double){sums.cosine, 0.0}),
                  add(multiply(shift, table->sine), (lyger_double_double){sums.sine, 0.0}));
}

/* The first block, or count < LYGER_HEAVY_BLOCK terms of the last: in whole vectors, then the remaining terms
 * one by one. */
HEAVY_TARGET static inline lyger_double_double plain_block(uint64_t b, unsigned count, lyger_angle base)
{
    unsigned in_vectors = count - count % HEAVY_STEP;
    double scale = 0.5 / __builtin_sqrt((double)b + LYGER_HEAVY_BLOCK / 2.0);
    heavy_sums sums = block_sums((double)b, in_vectors, 0.0, scale);
    for (unsigned j = in_vectors; j < count; j++) {
        double root = __builtin_sqrt((double)(b + j));
        sums.cosine += root * lyger_heavy_table.cosine[j];
        sums.sine += root * lyger_heavy_table.sine[j];
    }
    return turned(base, (lyger_double_double){sums.cosine, 0.0}, (lyger_double_double){sums.sine, 0.0});
}

HEAVY_TARGET void HEAVY_RANGE(uint64_t first, uint64_t end, lyger_double_double *sum)
{
    lyger_angle base = angle_of(first);
    lyger_double_double total = *sum;
    uint64_t b = first;
    if (b == 0 && end >= LYGER_HEAVY_BLOCK) {
        total = add(total, plain_block(0, LYGER_HEAVY_BLOCK, base));
        base = lyger_heavy_table.powers[0];
        b = LYGER_HEAVY_BLOCK;
    }
    for (; end - b >= LYGER_HEAVY_BLOCK; b += LYGER_HEAVY_BLOCK) {
        total = add(total, whole_block(b, base));
        base = rotate(base, &lyger_heavy_table.powers[0]);
    }
    if (b < end) {
        total = add(total, plain_block(b, (unsigned)(end - b), base));
    }
    *sum = total;
}
