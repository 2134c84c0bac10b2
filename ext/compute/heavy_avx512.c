/* The kernel for AVX-512F: eight doubles at a time. The attribute rather than a compiler option, so that one
 * build serves every machine; rather than a pragma, because clang knows none. */
#if defined(__x86_64__) || defined(__i386__)

#include <immintrin.h>

#define HEAVY_RANGE lyger_heavy_range_avx512
#define HEAVY_TARGET __attribute__((target("avx512f,avx2,fma")))
#define HEAVY_FMA 1
#define HEAVY_LANES 8

typedef __m512d heavy_vector;

HEAVY_TARGET static inline heavy_vector vector_all(double a)
{
    return _mm512_set1_pd(a);
}

HEAVY_TARGET static inline heavy_vector vector_load(const double *from)
{
    return _mm512_loadu_pd(from);
}

HEAVY_TARGET static inline void vector_store(double *to, heavy_vector a)
{
    _mm512_storeu_pd(to, a);
}

HEAVY_TARGET static inline heavy_vector vector_add(heavy_vector a, heavy_vector b)
{
    return _mm512_add_pd(a, b);
}

HEAVY_TARGET static inline heavy_vector vector_subtract(heavy_vector a, heavy_vector b)
{
    return _mm512_sub_pd(a, b);
}

HEAVY_TARGET static inline heavy_vector vector_root(heavy_vector x)
{
    return _mm512_sqrt_pd(x);
}

HEAVY_TARGET static inline heavy_vector vector_multiply_add(heavy_vector a, heavy_vector b, heavy_vector c)
{
    return _mm512_fmadd_pd(a, b, c);
}

HEAVY_TARGET static inline heavy_vector vector_residual(heavy_vector x, heavy_vector s)
{
    return _mm512_fnmadd_pd(s, s, x);
}

#include "heavy_kernel.h"

#else
typedef int lyger_heavy_avx512_is_empty; /* an empty file is not C */
#endif
