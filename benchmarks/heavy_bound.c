/*
 * What lyger_compute_heavy could cost at best: a loop that takes the same square roots, four at a time, and
 * does nothing else with them but add them up, measured beside it in one alternating run. benchmarks/heavy
 * builds and runs this. heavy_bound ITERATIONS ROUNDS prints one JSON object; times are nanoseconds per call
 * of the whole sum, medians over the rounds.
 */
#include "base/cpu.h"
#include "compute/compute.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Read where a sum begins: a compiler that cannot know it can neither leave a call out nor work it out
 * before. */
static volatile double start_at = 0.0;

#if defined(__x86_64__)
#include <immintrin.h>

/* Two running sums of four lanes, so that the additions never wait for each other. */
__attribute__((target("avx2,fma"), noinline)) static double avx2_square_roots(uint64_t count)
{
    __m256d x = _mm256_add_pd(_mm256_set1_pd(start_at), _mm256_setr_pd(0, 1, 2, 3)), four = _mm256_set1_pd(4);
    __m256d sum_0 = _mm256_setzero_pd(), sum_1 = sum_0;
    for (uint64_t i = 0; i + 8 <= count; i += 8) {
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

__attribute__((noinline)) static double scalar_square_roots(uint64_t count)
{
    double sums[4] = {start_at};
    for (uint64_t i = 0; i + 4 <= count; i += 4) {
        for (unsigned k = 0; k < 4; k++) {
            sums[k] += __builtin_sqrt((double)(i + k));
        }
    }
    return sums[0] + sums[1] + sums[2] + sums[3];
}

static double (*bare_square_roots)(uint64_t count) = scalar_square_roots;
static const char *bound_name = "scalar square roots";

static void choose_bound(void)
{
#if defined(__x86_64__)
    if (lyger_cpu_simd_available() >= LYGER_SIMD_AVX2) {
        bare_square_roots = avx2_square_roots;
        bound_name = "AVX2 square roots";
    }
#endif
}

static double nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times, size_t count)
{
    qsort(times, count, sizeof *times, ascending);
    return count % 2 ? times[count / 2] : (times[count / 2 - 1] + times[count / 2]) / 2;
}

static volatile double kept; /* so that no loop is left out */

static double time_bound(uint64_t iterations)
{
    double start = nanoseconds();
    kept = bare_square_roots(iterations);
    return nanoseconds() - start;
}

static double time_heavy(uint64_t iterations)
{
    double sum = 0.0, start = nanoseconds();
    if (lyger_compute_heavy(iterations, NULL, &sum, NULL) != LYGER_OK) {
        exit(EXIT_FAILURE);
    }
    kept = sum;
    return nanoseconds() - start;
}

int main(int argc, char **argv)
{
    uint64_t iterations = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (iterations == 0 || rounds == 0) {
        fprintf(stderr, "usage: heavy_bound ITERATIONS ROUNDS (both at least 1)\n");
        return EXIT_FAILURE;
    }
    double *bound = calloc(rounds, sizeof *bound), *heavy = calloc(rounds, sizeof *heavy);
    if (!bound || !heavy) {
        return EXIT_FAILURE;
    }
    choose_bound();
    time_bound(iterations), time_heavy(iterations);
    for (size_t i = 0; i < rounds; i++) { /* in turns, and who goes first changes */
        if (i % 2) {
            bound[i] = time_bound(iterations), heavy[i] = time_heavy(iterations);
        } else {
            heavy[i] = time_heavy(iterations), bound[i] = time_bound(iterations);
        }
    }
    double bound_ns = median(bound, rounds), heavy_ns = median(heavy, rounds);
    printf("{\"iterations\":%" PRIu64 ",\"rounds\":%zu,\"simd\":\"%s\",\"bound\":\"%s\",\"bound_ns\":%.0f,"
           "\"heavy_ns\":%.0f,\"ratio\":%.4f}\n",
           iterations, rounds, lyger_cpu_simd_name(lyger_cpu_simd()), bound_name, bound_ns, heavy_ns,
           heavy_ns / bound_ns);
    free(bound), free(heavy);
    return EXIT_SUCCESS;
}
