/*
 * The compute room's PHP.
 */
#include "php_lyger.h"
#include "lyger_error.h"

#include "base/cpu.h"
#include "compute/compute.h"

#include "ext/standard/info.h"

ZEND_FUNCTION(lyger_heavy_computation)
{
    zend_long iterations = 1000000;

    ZEND_PARSE_PARAMETERS_START(0, 1)
        Z_PARAM_OPTIONAL
        Z_PARAM_LONG(iterations)
    ZEND_PARSE_PARAMETERS_END();

    if (iterations < 0) {
        zend_argument_value_error(1, "must be greater than or equal to 0");
        RETURN_THROWS();
    }
    double sum;
    lyger_error error;
    if (lyger_compute_heavy((uint64_t)iterations, &php_lyger_interrupt, &sum, &error) != LYGER_OK) {
        php_lyger_throw(&error);
        RETURN_THROWS();
    }
    RETURN_DOUBLE(sum);
}

static void compute_info(void)
{
    php_info_print_table_row(2, "SIMD path", lyger_cpu_simd_name(lyger_cpu_simd()));
}

const php_lyger_room php_lyger_compute_room = {.info = compute_info};
