/* The work, in C without PHP: both doors call this. Replace it with yours, and my_function.php with it. */
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)
#include "my_function.h"
#pragma GCC visibility pop

int64_t my_function_core(const char *data, size_t len)
{
    int64_t changes = 0;
    for (size_t i = 1; i < len; i++) {
        changes += data[i] != data[i - 1];
    }
    return changes;
}
