--TEST--
max_execution_time ends a computation
--EXTENSIONS--
lyger
--FILE--
<?php
function processor_seconds(): float
{
    $usage = getrusage();
    return $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']
        + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
}

set_time_limit(1);
$start = processor_seconds();
register_shutdown_function(function () use ($start) {
    $took = processor_seconds() - $start;
    // The timer counts in the kernel's ticks, getrusage() does not: on a busy machine either may be ahead. How often the
    // computation looks is tests/core/test_compute.c's.
    echo $took >= 0.5 && $took <= 1.9 ? "in time\n" : "after $took s\n";
    echo lyger_heavy_computation(3) > 2 ? "and the room works on\n" : "";
});
try {
    lyger_heavy_computation(PHP_INT_MAX);
} catch (Throwable $error) {
    echo "caught ", get_class($error), "\n";
} finally {
    echo "finally\n";
}
?>
--EXPECTF--
Fatal error: Maximum execution time of 1 second exceeded in %s on line %d
in time
and the room works on
