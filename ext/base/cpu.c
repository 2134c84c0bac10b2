#include "cpu.h"

#include <stdlib.h>
#include <string.h>

lyger_simd lyger_cpu_simd_available(void)
{
#if defined(__x86_64__) || defined(__i386__)
    /* The builtin also asks whether the operating system saves the wide registers (XGETBV). */
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        return LYGER_SIMD_BASE;
    }
    return __builtin_cpu_supports("avx512f") ? LYGER_SIMD_AVX512 : LYGER_SIMD_AVX2;
#else
    return LYGER_SIMD_BASE;
#endif
}

static lyger_simd limit_from_environment(void)
{
    const char *wish = getenv("LYGER_SIMD");
    if (wish && strcmp(wish, "base") == 0) {
        return LYGER_SIMD_BASE;
    }
    if (wish && strcmp(wish, "avx2") == 0) {
        return LYGER_SIMD_AVX2;
    }
    return LYGER_SIMD_AVX512;
}

lyger_simd lyger_cpu_simd(void)
{
    static int chosen_plus_one; /* 0 until known; threads that race store the same value */
    int known = __atomic_load_n(&chosen_plus_one, __ATOMIC_RELAXED);
    if (!known) {
        lyger_simd available = lyger_cpu_simd_available();
        lyger_simd limit = limit_from_environment();
        known = 1 + (int)(limit < available ? limit : available);
        __atomic_store_n(&chosen_plus_one, known, __ATOMIC_RELAXED);
    }
    return (lyger_simd)(known - 1);
}

const char *lyger_cpu_simd_name(lyger_simd simd)
{
    switch (simd) {
    case LYGER_SIMD_AVX512:
        return "avx512f";
    case LYGER_SIMD_AVX2:
        return "avx2+fma";
    default:
#if defined(__SSE2__)
        return "sse2";
#elif defined(__aarch64__)
        return "neon";
#else
        return "plain";
#endif
    }
}
