/*
 * Which instruction set of this machine the rooms may use, found once at run time.
 *
 * The environment variable LYGER_SIMD = base, avx2 or avx512 lowers the choice (tests run every path with
 * it); it never raises it above what the processor and the operating system support, and any other value is
 * ignored.
 *
 * No memory is owned. Any thread and process may ask at any time; the answer never changes within a process.
 */
#ifndef LYGER_BASE_CPU_H
#define LYGER_BASE_CPU_H

typedef enum lyger_simd {
    LYGER_SIMD_BASE,   /* what the target always has: SSE2 on x86-64, NEON on arm64, plain C elsewhere */
    LYGER_SIMD_AVX2,   /* AVX2 and FMA */
    LYGER_SIMD_AVX512, /* AVX-512F, and all of AVX2 */
    LYGER_SIMD_COUNT   /* number of paths, not a path */
} lyger_simd;

/* The path chosen: what the machine has, lowered by LYGER_SIMD. */
lyger_simd lyger_cpu_simd(void);

/* What the machine has, whatever LYGER_SIMD says. */
lyger_simd lyger_cpu_simd_available(void);

/* A path's name for messages: "avx512f", "avx2+fma", and for the base "sse2", "neon" or "plain". */
const char *lyger_cpu_simd_name(lyger_simd simd);

#endif
