#include "check.h"

#include "base/cpu.h"
#include "compute/compute.h"
#include "compute/heavy.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

#include "heavy_reference.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* The path that is built for every machine takes some seconds per 1e9 terms; the others are faster. */
static const char *path_name;
static lyger_heavy_range *path;

static double bound_of(uint64_t iterations)
{
    return 1e-12 * (1.0 + sqrt((double)iterations));
}

static double difference(lyger_double_double a, lyger_double_double b)
{
    return fabs((a.high - b.high) + (a.low - b.low));
}

static void check_sum(uint64_t iterations, double sum, lyger_double_double known)
{
    /* The bound is against the exactly rounded sum, which is known.high. */
    double error = fabs(sum - known.high);
    if (!(error <= bound_of(iterations))) {
        printf("# %s: %" PRIu64 " iterations give %.17g, %.17g is right: off by %g, allowed %g\n", path_name,
               iterations, sum, known.high, error, bound_of(iterations));
        CHECK(!"within the bound");
    }
}

/* In pieces of several lengths, as the chunks of lyger_compute_heavy come. */
static lyger_double_double sum_in_pieces(uint64_t iterations, uint64_t piece)
{
    lyger_double_double sum = {0.0, 0.0};
    uint64_t first = 0;
    for (; iterations - first > piece; first += piece) {
        path(first, first + piece, &sum);
    }
    path(first, iterations, &sum);
    return sum;
}

/* Emulators compute a thousand times slower: LYGER_TEST_TERMS is how long the sums may be there. */
static bool is_too_long(uint64_t iterations)
{
    const char *most = getenv("LYGER_TEST_TERMS");
    return most && iterations > strtoull(most, NULL, 10);
}

static void known_sums_are_within_the_bound(void)
{
    for (size_t i = 0; i < COUNT_OF(heavy_sums_known); i++) {
        uint64_t iterations = heavy_sums_known[i].iterations;
        if (is_too_long(iterations)) {
            printf("left out the sum of %" PRIu64 " terms\n", iterations);
            continue;
        }
        lyger_double_double sum = sum_in_pieces(iterations, UINT64_C(1) << 19);
        check_sum(iterations, sum.high + sum.low, heavy_sums_known[i].sum);
    }
}

static void pieces_of_any_length_give_the_same_sum(void)
{
    static const uint64_t pieces[] = {1024, 3072, 1 << 16};
    for (size_t i = 0; i < COUNT_OF(heavy_sums_known); i++) {
        uint64_t iterations = heavy_sums_known[i].iterations;
        for (size_t k = 0; k < COUNT_OF(pieces) && iterations < 2000000; k++) {
            lyger_double_double sum = sum_in_pieces(iterations, pieces[k]);
            check_sum(iterations, sum.high + sum.low, heavy_sums_known[i].sum);
        }
    }
}

/* Far out one term is as large as the bound at the count is small: each range is held to what 2^-53 of its
 * terms times its length would give, which a sine or a square root without its low part misses by far. */
static void ranges_far_from_zero_are_as_exact(void)
{
    for (size_t i = 0; i < COUNT_OF(heavy_ranges_known); i++) {
        lyger_double_double sum = {0.0, 0.0};
        path(heavy_ranges_known[i].first, heavy_ranges_known[i].end, &sum);
        double error = difference(sum, heavy_ranges_known[i].sum);
        double blocks = (double)((heavy_ranges_known[i].end - heavy_ranges_known[i].first) / 1024 + 1);
        double root = sqrt((double)heavy_ranges_known[i].end);
        double partial = heavy_ranges_known[i].end % 1024 ? root * 0x1p-53 * 64 : 0.0;
        double allowed = blocks * root * 0x1p-80 + blocks * 1024 / root * 1e-12 + partial;
        if (!(error <= allowed)) {
            printf("# %s: the range from %" PRIu64 " is off by %g, allowed %g\n", path_name,
                   heavy_ranges_known[i].first, error, allowed);
            CHECK(!"within the bound");
        }
    }
}

static void small_counts_agree_with_long_double(void)
{
    /* Independent of the reference data as well: the C library's long double functions, count by count. */
    if (LDBL_MANT_DIG < 64) {
        return;
    }
    long double expected = 0.0L;
    for (unsigned n = 0; n < 5000; n++) {
        lyger_double_double sum = {0.0, 0.0};
        path(0, n, &sum);
        double error = fabs((double)((long double)sum.high + sum.low - expected));
        CHECK(error <= bound_of(n));
        expected += sqrtl(n) * sinl(n);
    }
}

static void door_computes_on_the_chosen_path(void)
{
    for (size_t i = 0; i < COUNT_OF(heavy_sums_known); i++) {
        uint64_t iterations = heavy_sums_known[i].iterations;
        double sum = -1.0;
        lyger_error error;
        if (iterations > 20000000 || is_too_long(iterations)) {
            continue;
        }
        CHECK_INT(lyger_compute_heavy(iterations, NULL, &sum, &error), LYGER_OK);
        lyger_double_double in_pieces = sum_in_pieces(iterations, UINT64_C(1) << 19);
        CHECK(sum == in_pieces.high + in_pieces.low);
    }
}

typedef struct countdown {
    unsigned left;
    unsigned asked;
} countdown;

static bool count_down(void *context)
{
    countdown *count = context;
    count->asked++;
    return count->left-- == 0;
}

static void interruption_stops_the_computation(void)
{
    double sum = 42.0;
    lyger_error error;
    lyger_error_clear(&error);
    countdown count = {3, 0};
    lyger_interrupt interrupt = {count_down, &count};
    CHECK_INT(lyger_compute_heavy(UINT64_MAX, &interrupt, &sum, &error), LYGER_E_INTERRUPTED);
    CHECK_INT(error.status, LYGER_E_INTERRUPTED);
    CHECK_STR(error.message,
              "the computation was interrupted after 2097152 of 18446744073709551615 iterations");
    CHECK_INT(count.asked, 4);
    CHECK(sum == 42.0);
}

static void interruption_that_declines_changes_nothing(void)
{
    double with = 0.0, without = 0.0;
    countdown count = {UINT32_MAX, 0};
    lyger_interrupt interrupt = {count_down, &count};
    CHECK_INT(lyger_compute_heavy(3000000, &interrupt, &with, NULL), LYGER_OK);
    CHECK_INT(lyger_compute_heavy(3000000, NULL, &without, NULL), LYGER_OK);
    CHECK(with == without);
    CHECK_INT(count.asked, 5);
}

static void environment_lowers_the_path_and_never_raises_it(void)
{
    const char *wish = getenv("LYGER_SIMD");
    lyger_simd chosen = lyger_cpu_simd();
    CHECK(chosen <= lyger_cpu_simd_available());
    CHECK(!wish || strcmp(wish, "base") != 0 || chosen == LYGER_SIMD_BASE);
    CHECK(!wish || strcmp(wish, "avx2") != 0 || chosen <= LYGER_SIMD_AVX2);
    CHECK(wish || chosen == lyger_cpu_simd_available());
    CHECK(strcmp(lyger_cpu_simd_name(LYGER_SIMD_BASE), lyger_cpu_simd_name(LYGER_SIMD_AVX2)) != 0);
}

int main(void)
{
    for (lyger_simd simd = LYGER_SIMD_BASE; simd <= lyger_cpu_simd_available(); simd++) {
        path = lyger_heavy_range_for(simd);
        path_name = lyger_cpu_simd_name(simd);
        printf("# path %s\n", path_name);
        RUN(known_sums_are_within_the_bound);
        RUN(pieces_of_any_length_give_the_same_sum);
        RUN(ranges_far_from_zero_are_as_exact);
        RUN(small_counts_agree_with_long_double);
    }
    path = lyger_heavy_range_for(lyger_cpu_simd());
    path_name = lyger_cpu_simd_name(lyger_cpu_simd());
    RUN(door_computes_on_the_chosen_path);
    RUN(interruption_stops_the_computation);
    RUN(interruption_that_declines_changes_nothing);
    RUN(environment_lowers_the_path_and_never_raises_it);
    return finish();
}
