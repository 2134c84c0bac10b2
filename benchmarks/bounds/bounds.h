/*
 * The least that some work can cost, as C that does this and nothing else. benchmarks/run builds the library
 * and measures it through FFI, whose tenth of a microsecond does not count beside such work. Plain
 * declarations without preprocessor lines, so that FFI::cdef takes the file as it stands.
 */

/* The sum of sqrt(i) for 0 <= i < count, rounded down to a multiple of 8: the square roots of
 * lyger_heavy_computation(), with AVX2 where the machine has it. */
double bound_square_roots(unsigned long count);

/* PQexec() and PQclear() over a connection that is kept. The number of rows, -1 on failure. */
long bound_postgres(const char *uri, const char *sql);

/* Steps through the rows and reads every column in its native type. The number of rows, -1 on failure. */
long bound_sqlite(const char *file, const char *sql);
