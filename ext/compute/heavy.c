#include "compute.h"
#include "heavy.h"
#include "heavy_tables.h"

#include <inttypes.h>

/* Iterations between two looks at the interrupt hook: 0.4 ms on a processor of 2021. A multiple of the block.
 */
#define CHUNK (UINT64_C(1) << 19)

lyger_heavy_range *lyger_heavy_range_for(lyger_simd simd)
{
#if defined(__x86_64__) || defined(__i386__)
    if (simd == LYGER_SIMD_AVX512) {
        return lyger_heavy_range_avx512;
    }
    if (simd == LYGER_SIMD_AVX2) {
        return lyger_heavy_range_avx2;
    }
#endif
    (void)simd;
    return lyger_heavy_range_base;
}

lyger_status lyger_compute_heavy(uint64_t iterations, const lyger_interrupt *interrupt, double *sum,
                                 lyger_error *error)
{
    lyger_heavy_range *range = lyger_heavy_range_for(lyger_cpu_simd());
    lyger_double_double total = {0.0, 0.0};
    uint64_t first = 0;
    while (iterations - first > CHUNK) {
        range(first, first + CHUNK, &total);
        first += CHUNK;
        if (lyger_interrupted(interrupt)) {
            return lyger_fail(error, LYGER_E_INTERRUPTED,
                              "the computation was interrupted after %" PRIu64 " of %" PRIu64 " iterations",
                              first, iterations);
        }
    }
    range(first, iterations, &total);
    *sum = total.high + total.low;
    return LYGER_OK;
}
