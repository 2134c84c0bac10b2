/*
 * The room of pure computation: the sum of sqrt(i) * sin(i), a hot path with nothing to hide behind.
 *
 * One square root is taken for every i, on purpose: the sum has an asymptotic expansion (Euler-Maclaurin,
 * Boole) that would give it in a microsecond, and a comparison of doors and languages with it would mean
 * nothing. What is saved is the sine: within a block of 1,024 consecutive integers starting at b, sin(b + j)
 * = sin b cos j + cos b sin j with tables for j, so that the loop is bound by the processor's square-root
 * unit.
 *
 * Accuracy: the result differs from the exactly rounded sum by at most 1e-12 * (1 + sqrt(iterations)), for
 * every count up to 2^53 (above it i itself is no longer a double; such a call would run for months).
 * heavy_kernel.h says where each part of the error comes from.
 *
 * No memory is owned and nothing is shared: any number of threads and processes may compute at once.
 */
#ifndef LYGER_COMPUTE_H
#define LYGER_COMPUTE_H

#include "base/error.h"

#include <stdint.h>

/*
 * *sum = the sum over 0 <= i < iterations, on the path that lyger_cpu_simd() names. interrupt (may be NULL)
 * is polled every 2^19 iterations, well below 0.1 s; when it asks to stop, the result is LYGER_E_INTERRUPTED
 * and *sum is not written.
 */
lyger_status lyger_compute_heavy(uint64_t iterations, const lyger_interrupt *interrupt, double *sum,
                                 lyger_error *error);

#endif
