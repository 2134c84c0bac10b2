/* The kernel for what the target always has: SSE2 on x86-64, NEON on arm64, plain C elsewhere. Without a
 * fused multiply-add the residual of the square root costs eight more operations; the accuracy is the same.
 */
#include <math.h>
#include <stdint.h>

#define HEAVY_RANGE lyger_heavy_range_base
#define HEAVY_TARGET

#if defined(__SSE2__)

#include <emmintrin.h>

#define HEAVY_FMA 0
#define HEAVY_LANES 2

typedef __m128d heavy_vector;

static inline heavy_vector vector_all(double a)
{
    return _mm_set1_pd(a);
}

static inline heavy_vector vector_load(const double *from)
{
    return _mm_loadu_pd(from);
}

static inline void vector_store(double *to, heavy_vector a)
{
    _mm_storeu_pd(to, a);
}

static inline heavy_vector vector_add(heavy_vector a, heavy_vector b)
{
    return _mm_add_pd(a, b);
}

static inline heavy_vector vector_subtract(heavy_vector a, heavy_vector b)
{
    return _mm_sub_pd(a, b);
}

static inline heavy_vector vector_root(heavy_vector x)
{
    return _mm_sqrt_pd(x);
}

static inline heavy_vector vector_multiply_add(heavy_vector a, heavy_vector b, heavy_vector c)
{
    return _mm_add_pd(_mm_mul_pd(a, b), c);
}

/* s = high + low with 26 and 27 bits: high^2 and high * low are exact, and so are the differences when they
 * are taken from x in turn, to within 2^-26 of the residual. */
static inline heavy_vector vector_residual(heavy_vector x, heavy_vector s)
{
    heavy_vector high = _mm_and_pd(s, _mm_castsi128_pd(_mm_set1_epi64x((long long)(UINT64_MAX << 27))));
    heavy_vector low = _mm_sub_pd(s, high);
    heavy_vector cross = _mm_mul_pd(high, low);
    heavy_vector rest = _mm_sub_pd(x, _mm_mul_pd(high, high));
    rest = _mm_sub_pd(rest, _mm_add_pd(cross, cross));
    return _mm_sub_pd(rest, _mm_mul_pd(low, low));
}

#elif defined(__aarch64__)

#include <arm_neon.h>

#define HEAVY_FMA 1
#define HEAVY_LANES 2

typedef float64x2_t heavy_vector;

static inline heavy_vector vector_all(double a)
{
    return vdupq_n_f64(a);
}

static inline heavy_vector vector_load(const double *from)
{
    return vld1q_f64(from);
}

static inline void vector_store(double *to, heavy_vector a)
{
    vst1q_f64(to, a);
}

static inline heavy_vector vector_add(heavy_vector a, heavy_vector b)
{
    return vaddq_f64(a, b);
}

static inline heavy_vector vector_subtract(heavy_vector a, heavy_vector b)
{
    return vsubq_f64(a, b);
}

static inline heavy_vector vector_root(heavy_vector x)
{
    return vsqrtq_f64(x);
}

static inline heavy_vector vector_multiply_add(heavy_vector a, heavy_vector b, heavy_vector c)
{
    return vfmaq_f64(c, a, b);
}

static inline heavy_vector vector_residual(heavy_vector x, heavy_vector s)
{
    return vfmsq_f64(x, s, s);
}

#else

/* Double-double arithmetic and the residual need every operation rounded to double: an 80-bit x87 is refused.
 */
#include <float.h>
#if FLT_EVAL_METHOD != 0
#error                                                                                                       \
    "lyger's compute room needs arithmetic in double precision: on 32-bit x86 compile with -msse2 -mfpmath=sse"
#endif

#define HEAVY_FMA 0
#define HEAVY_LANES 1

typedef double heavy_vector;

static inline heavy_vector vector_all(double a)
{
    return a;
}

static inline heavy_vector vector_load(const double *from)
{
    return *from;
}

static inline void vector_store(double *to, heavy_vector a)
{
    *to = a;
}

static inline heavy_vector vector_add(heavy_vector a, heavy_vector b)
{
    return a + b;
}

static inline heavy_vector vector_subtract(heavy_vector a, heavy_vector b)
{
    return a - b;
}

static inline heavy_vector vector_root(heavy_vector x)
{
    return sqrt(x);
}

static inline heavy_vector vector_multiply_add(heavy_vector a, heavy_vector b, heavy_vector c)
{
    return a * b + c;
}

/* A C library without a fast fma() still has a correct one. */
static inline heavy_vector vector_residual(heavy_vector x, heavy_vector s)
{
    return fma(-s, s, x);
}

#endif

#include "heavy_kernel.h"
