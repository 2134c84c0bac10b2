#include "bounds.h"

/* Read where a sum begins: a compiler that cannot know it can neither leave a call out nor work it out
 * before. */
static volatile double start_at = 0.0;

#if defined(__x86_64__)
#include <immintrin.h>

/* Two running sums of four lanes, so that the additions never wait for each other. */
__attribute__((target("avx2,fma"))) static double avx2_square_roots(unsigned long count)
{
    __m256d x = _mm256_add_pd(_mm256_set1_pd(start_at), _mm256_setr_pd(0, 1, 2, 3)), four = _mm256_set1_pd(4);
    __m256d sum_0 = _mm256_setzero_pd(), sum_1 = sum_0;
    for (unsigned long i = 0; i + 8 <= count; i += 8) {
        sum_0 = _mm256_add_pd(sum_0, _mm256_sqrt_pd(x));
        x = _mm256_add_pd(x, four);
        sum_1 = _mm256_add_pd(sum_1, _mm256_sqrt_pd(x));
        x = _mm256_add_pd(x, four);
    }
    double lanes[4];
    _mm256_storeu_pd(lanes, _mm256_add_pd(sum_0, sum_1));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3];
}
#endif

static double scalar_square_roots(unsigned long count)
{
    double sums[8] = {start_at};
    for (unsigned long i = 0; i + 8 <= count; i += 8) {
        for (unsigned k = 0; k < 8; k++) {
            sums[k] += __builtin_sqrt((double)(i + k));
        }
    }
    double sum = 0;
    for (unsigned k = 0; k < 8; k++) {
        sum += sums[k];
    }
    return sum;
}

double bound_square_roots(unsigned long count)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        return avx2_square_roots(count);
    }
#endif
    return scalar_square_roots(count);
}
