/*
 * The probes of the boundary report, as liblyger.so exports them in builds with --enable-lyger-boundary, and
 * as the Rust library of benchmarks/rust does. Plain declarations without preprocessor lines, so that
 * FFI::cdef takes the file as it stands; C includes it through boundary.h.
 *
 * Strings. Arguments are only read during the call; those without a length are NUL-terminated. A char * that
 * is returned is a NUL-terminated copy for the caller to give to lyger_probe_free().
 *
 * Pointers that a function named …_new or …_open returned are given back once to the …_free of the same name.
 * Nothing checks them: using one after that is undefined, which is one of the things that the report is
 * about. NULL is returned when there is no memory, and is allowed for …_free only.
 */

/* ---- scalars ---- */

void lyger_probe_nothing(void);

/* Twice value, wrapping. */
int64_t lyger_probe_double(int64_t value);

/* Half of value. */
double lyger_probe_halve(double value);

/* ---- what is taken and not looked at: what it costs to hand it over, and nothing else ----
 *
 * These functions return 0, because to return nothing costs more: PHP's FFI makes an object of the type void.
 */

int64_t lyger_probe_take_nothing(void);
int64_t lyger_probe_take(int64_t value);
int64_t lyger_probe_take_float(double value);
int64_t lyger_probe_take_text(const char *text);
int64_t lyger_probe_take_bytes(const void *bytes, size_t len);

/* ---- strings ---- */

/* len plus the first byte, and nothing else is read: what it costs that a string crosses. */
int64_t lyger_probe_text_in(const char *text, size_t len);

/* The bytes before the first NUL: what C strings make every receiver do. */
size_t lyger_probe_nul_scan(const char *text);

/* 1 when it is UTF-8 as RFC 3629 defines it, else 0: what Rust's &str makes every receiver do. */
int lyger_probe_utf8(const char *text, size_t len);

/* len times "x". */
char *lyger_probe_text_out(size_t len);

/* The bytes of text in reverse. */
char *lyger_probe_reverse(const char *text);

void lyger_probe_free(void *memory);

/* ---- borrowed buffers ---- */

/* How many of the bytes are ASCII digits. */
size_t lyger_probe_digits(const char *bytes, size_t len);

/* The sum, wrapping, of count integers of 64 bits in the machine's byte order; any alignment. (void *, so
 * that FFI takes both an array of its own and what pack('q*', …) gave.) */
int64_t lyger_probe_sum(const void *packed, size_t count);

/* ---- a struct with padding ---- */

typedef struct lyger_probe_record {
    uint32_t id;  /* at 0 */
    double value; /* at 8 */
    uint8_t flag; /* at 16; the size is 24 */
} lyger_probe_record;

/* id + 1 (wrapping), value * 2, and the lowest bit of flag turned over. The two may be one. */
void lyger_probe_record_next(const lyger_probe_record *in, lyger_probe_record *out);

/* The compiler's layout of the struct: part 0 is the size, 1 to 3 the offsets of id, value and flag. */
size_t lyger_probe_record_layout(int part);

/* ---- an owner ---- */

typedef struct lyger_probe_owner lyger_probe_owner;

lyger_probe_owner *lyger_probe_owner_new(int64_t value);

/* Adds one to the value and returns it. */
int64_t lyger_probe_owner_use(lyger_probe_owner *owner);

void lyger_probe_owner_free(lyger_probe_owner *owner);

/* An owner behind a number that is checked on every use, instead of an address. One thread at a time. 0 when
 * there is no memory. */
uint64_t lyger_probe_handle_new(int64_t value);

/* 1 and the value, -1 for a handle that is not live. */
int lyger_probe_handle_use(uint64_t handle, int64_t *value);

/* 1, or -1 for a handle that is not live. */
int lyger_probe_handle_free(uint64_t handle);

/* ---- views into an owner ---- */

typedef struct lyger_probe_tar lyger_probe_tar;

/* A file of an archive. Both pointers are into the archive and valid as long as it. They are void *, because
 * PHP copies what a const char * of a struct points to, up to a NUL, whenever the member is read. */
typedef struct lyger_probe_file {
    const void *name;
    size_t name_len;
    const void *bytes;
    size_t len;
} lyger_probe_file;

/* Copies the bytes of a ustar archive and reads its directory. NULL when the bytes are none:
 * lyger_probe_error() says why. */
lyger_probe_tar *lyger_probe_tar_open(const char *bytes, size_t len);

size_t lyger_probe_tar_count(const lyger_probe_tar *tar);

/* 1, or 0 when there is no such file. */
int lyger_probe_tar_file(const lyger_probe_tar *tar, size_t index, lyger_probe_file *file);

void lyger_probe_tar_free(lyger_probe_tar *tar);

/* ---- callbacks ---- */

/* The sum, wrapping, of the callback's results for 0 to count - 1. */
int64_t lyger_probe_each(int64_t (*callback)(int64_t), size_t count);

/* ---- errors ---- */

/* 0 for a value of 0 or more, else 2 and the reason in lyger_probe_error(). */
int lyger_probe_check(int64_t value);

/* Why this thread's last check or open failed; valid until its next one. */
const char *lyger_probe_error(void);

/* 0 for a value of 0 or more, else -1. In Rust a panic makes it -1, caught where the library ends; in C,
 * which has none, the callee returns it. */
int lyger_probe_panic(int64_t value);

/* ---- threads ---- */

/* lyger_probe_digits() by 1 to 64 threads that start and end within the call; -1 for another number. */
int64_t lyger_probe_threads(const char *bytes, size_t len, int threads);

/* ---- rows that stay ---- */

typedef struct lyger_probe_rows lyger_probe_rows;

/* Row n (from 1) is n, n / 4, "row n". */
typedef struct lyger_probe_row {
    int64_t id;
    double price;
    const void *name; /* valid as long as the rows */
    size_t name_len;
} lyger_probe_row;

lyger_probe_rows *lyger_probe_rows_new(size_t count);

size_t lyger_probe_rows_count(const lyger_probe_rows *rows);

/* Row number index from 0 on: 1, or 0 when there is no such row. */
int lyger_probe_rows_read(const lyger_probe_rows *rows, size_t index, lyger_probe_row *row);

/* The sum of all prices: an answer for which no row has to cross. */
double lyger_probe_rows_total(const lyger_probe_rows *rows);

void lyger_probe_rows_free(lyger_probe_rows *rows);
