#include "cpu.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

#define SAVES_AVX 0x06u    /* XCR0: the operating system saves the registers of SSE and AVX */
#define SAVES_AVX512 0xE6u /* and those of AVX-512 */
#define OSXSAVE (1u << 27) /* leaf 1, ECX: XGETBV may be asked */

/* What __builtin_cpu_supports() would tell. That brings a constructor of the compiler's along, which asks the
 * processor some ten times whenever PHP starts: each is an exit to the hypervisor on a virtual machine.
 * (Intel, Software Developer's Manual, volume 1, 14.3 and 15.2; the bits' names are the compiler's.) */
lyger_simd lyger_cpu_simd_available(void)
{
    unsigned eax, ebx, ecx, edx, saved, high;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & OSXSAVE) || !(ecx & bit_AVX) || !(ecx & bit_FMA)) {
        return LYGER_SIMD_BASE;
    }
    __asm__ volatile("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
    if ((saved & SAVES_AVX) != SAVES_AVX || !__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) ||
        !(ebx & bit_AVX2)) {
        return LYGER_SIMD_BASE;
    }
    return (ebx & bit_AVX512F) && (saved & SAVES_AVX512) == SAVES_AVX512 ? LYGER_SIMD_AVX512
                                                                         : LYGER_SIMD_AVX2;
}
#else
lyger_simd lyger_cpu_simd_available(void)
{
    return LYGER_SIMD_BASE;
}
#endif

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
