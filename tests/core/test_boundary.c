#include "check.h"

#include "boundary/boundary.h"
#include "boundary_tar.h"

/* ---- strings and buffers ---- */

static void scalars_wrap_and_halve(void)
{
    CHECK_INT(lyger_boundary_double(21), 42);
    CHECK_INT(lyger_boundary_double(INT64_MAX), -2);
    CHECK(lyger_boundary_halve(3) == 1.5);
    CHECK_INT(lyger_boundary_text_in("abc", 3), 3 + 'a');
    CHECK_INT(lyger_boundary_text_in("", 0), 0);
}

static void utf8_is_what_rfc_3629_says(void)
{
    static const char *const good[] = {"",
                                       "plain ascii, longer than eight",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEF\xBF\xBF",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF",
                                       "1234567\xC3\xA9",
                                       "\xC3\xA9 12345678"};
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC2",
                                      "\xE0\x9F\xBF",
                                      "\xE2\x82",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xF0\x90\x80",
                                      "\xFF",
                                      "1234567\xC3",
                                      "\xC3 12345678",
                                      "\xE2\x28\xA1"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CHECK(lyger_boundary_utf8(good[i], strlen(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!lyger_boundary_utf8(bad[i], strlen(bad[i])));
    }
    CHECK(lyger_boundary_utf8("a\0b", 3));
}

static void digits_are_counted_in_blocks_of_any_length(void)
{
    char bytes[1000];
    size_t expected = 0;
    for (size_t len = 0; len < sizeof bytes; len++) {
        CHECK_INT(lyger_boundary_digits(bytes, len), expected);
        bytes[len] = (char)(len * 7);
        expected += bytes[len] >= '0' && bytes[len] <= '9';
    }
    memset(bytes, '0', sizeof bytes);
    CHECK_INT(lyger_boundary_digits(bytes, sizeof bytes), sizeof bytes);
}

static void threads_count_what_one_counts(void)
{
    char bytes[999];
    lyger_error error;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i * 11);
    }
    size_t expected = lyger_boundary_digits(bytes, sizeof bytes), digits = 0;
    const int counts[] = {1, 2, 8, LYGER_BOUNDARY_THREADS_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        CHECK_INT(lyger_boundary_threads(bytes, sizeof bytes, counts[i], &digits, &error), LYGER_OK);
        CHECK_INT(digits, expected);
    }
    CHECK_INT(lyger_boundary_threads(bytes, 3, 8, &digits, &error), LYGER_OK);
    CHECK_INT(lyger_boundary_threads(bytes, 3, 0, &digits, &error), LYGER_E_ARGUMENT);
    CHECK_INT(lyger_boundary_threads(bytes, 3, 65, &digits, &error), LYGER_E_ARGUMENT);
    CHECK_STR(error.message, "the number of threads must be 1 to 64, not 65");
}

static void sum_takes_any_alignment_and_wraps(void)
{
    char bytes[8 * 5 + 1];
    const int64_t numbers[] = {1, -2, INT64_MAX, INT64_MAX, 40};
    memcpy(bytes + 1, numbers, sizeof numbers);
    CHECK_INT(lyger_boundary_sum(bytes + 1, 5), 1 - 2 - 2 + 40);
    CHECK_INT(lyger_boundary_sum(bytes + 1, 0), 0);
}

static void struct_has_its_layout_and_may_be_its_own_result(void)
{
    lyger_probe_record record = {UINT32_MAX, 1.5, 0xFE};
    lyger_boundary_next(&record, &record);
    CHECK_INT(record.id, 0);
    CHECK(record.value == 3.0);
    CHECK_INT(record.flag, 0xFF);
    CHECK_INT(lyger_probe_record_layout(0), 24);
    CHECK_INT(lyger_probe_record_layout(1), 0);
    CHECK_INT(lyger_probe_record_layout(2), 8);
    CHECK_INT(lyger_probe_record_layout(3), 16);
    CHECK_INT(lyger_probe_record_layout(4), 0);
    CHECK_INT(lyger_probe_record_layout(-1), 0);
}

/* ---- owners, rows ---- */

static void freed_handle_is_refused(void)
{
    int64_t value = 0;
    uint64_t handle = lyger_probe_handle_new(41);
    CHECK(handle != 0);
    CHECK_INT(lyger_probe_handle_use(handle, &value), 1);
    CHECK_INT(value, 42);
    CHECK_INT(lyger_probe_handle_free(handle), 1);
    CHECK_INT(lyger_probe_handle_use(handle, &value), -1);
    CHECK_INT(lyger_probe_handle_free(handle), -1);
    uint64_t next = lyger_probe_handle_new(1);
    CHECK(next != handle);
    CHECK_INT(lyger_probe_handle_use(handle, &value), -1);
    lyger_probe_handle_free(next);
}

static void rows_stay_and_are_read_by_index(void)
{
    lyger_probe_rows *rows = lyger_boundary_rows_new(100);
    lyger_probe_row row;
    CHECK_INT(lyger_boundary_rows_count(rows), 100);
    CHECK(lyger_boundary_rows_read(rows, 99, &row));
    CHECK_INT(row.id, 100);
    CHECK(row.price == 25.0 && row.name_len == 7 && memcmp(row.name, "row 100", 7) == 0);
    CHECK(!lyger_boundary_rows_read(rows, 100, &row));
    CHECK(lyger_boundary_rows_total(rows) == 1262.5);
    lyger_boundary_rows_free(rows);
    CHECK(lyger_boundary_rows_new(SIZE_MAX / 2) == NULL);
}

/* ---- callbacks and errors ---- */

static bool square_until_five(void *context, int64_t value, int64_t *result)
{
    ++*(int *)context;
    *result = value * value;
    return value < 5;
}

static void callback_can_stop(void)
{
    int calls = 0;
    int64_t sum = -1;
    CHECK(lyger_boundary_each(square_until_five, &calls, 5, &sum));
    CHECK_INT(sum, 0 + 1 + 4 + 9 + 16);
    CHECK(!lyger_boundary_each(square_until_five, &calls, 100, &sum));
    CHECK_INT(calls, 5 + 6);
}

static void errors_are_status_and_message(void)
{
    CHECK_INT(lyger_probe_check(0), 0);
    CHECK_STR(lyger_probe_error(), "");
    CHECK_INT(lyger_probe_check(-3), LYGER_E_ARGUMENT);
    CHECK_STR(lyger_probe_error(), "-3 is below 0");
    CHECK_INT(lyger_probe_panic(0), 0);
    CHECK_INT(lyger_probe_panic(-1), -1);
}

/* ---- archives ---- */

static char *archive;
static size_t archive_len;

static void start(void)
{
    archive = realloc(archive, 64 * 512);
    archive_len = 0;
}

static char *add(const char *name, const char *data)
{
    char *header = archive + archive_len;
    archive_len += put_tar_file(header, name, data, strlen(data));
    return header;
}

static void end(void)
{
    memset(archive + archive_len, 0, 1024);
    archive_len += 1024;
}

static lyger_status open_archive(lyger_probe_tar **tar, lyger_error *error)
{
    char *exact = malloc(archive_len); /* so that the sanitizer sees a byte too far */
    memcpy(exact, archive, archive_len);
    lyger_status status = lyger_boundary_tar_open(exact, archive_len, tar, error);
    free(exact);
    return status;
}

static void archive_gives_its_files_by_index(void)
{
    lyger_probe_tar *tar = NULL;
    lyger_error error;
    lyger_probe_file file;
    start();
    add("one.txt", "1 and 2");
    char *directory = add("sub/", "");
    directory[156] = '5';
    set_tar_checksum(directory);
    char *prefixed = add("two.txt", "");
    memcpy(prefixed + 345, "far/away", 8);
    set_tar_checksum(prefixed);
    end();
    CHECK_INT(open_archive(&tar, &error), LYGER_OK);
    CHECK_INT(lyger_boundary_tar_count(tar), 2);
    CHECK(lyger_boundary_tar_file(tar, 0, &file));
    CHECK(file.name_len == 7 && memcmp(file.name, "one.txt", 7) == 0);
    CHECK(file.len == 7 && memcmp(file.bytes, "1 and 2", 7) == 0);
    CHECK(lyger_boundary_tar_file(tar, 1, &file));
    CHECK(file.len == 0 && file.name_len == 16 && memcmp(file.name, "far/away/two.txt", 16) == 0);
    CHECK(!lyger_boundary_tar_file(tar, 2, &file));
    lyger_boundary_tar_free(tar);
}

static void archive_of_nothing_has_no_files(void)
{
    lyger_probe_tar *tar = NULL;
    lyger_error error;
    start();
    end();
    CHECK_INT(open_archive(&tar, &error), LYGER_OK);
    CHECK_INT(lyger_boundary_tar_count(tar), 0);
    lyger_boundary_tar_free(tar);
}

static void expect_refusal(const char *reason)
{
    lyger_probe_tar *tar = NULL;
    lyger_error error;
    CHECK_INT(open_archive(&tar, &error), LYGER_E_ARGUMENT);
    CHECK(tar == NULL);
    if (!strstr(error.message, reason)) {
        CHECK_STR(error.message, reason);
    }
}

static void what_is_no_archive_is_refused_with_the_reason(void)
{
    start();
    expect_refusal("its end is missing");
    char *header = add("a", "data");
    expect_refusal("its end is missing");
    end();
    header[0] = 'b';
    expect_refusal("its checksum is wrong");
    header[156] = '2';
    set_tar_checksum(header);
    expect_refusal("neither a regular file nor a directory");
    header[156] = '0';
    header[124] = '9';
    set_tar_checksum(header);
    expect_refusal("its size is no octal number");
    memset(header + 124, '7', 12);
    set_tar_checksum(header);
    expect_refusal("its data is cut off");
    header[0] = '\0';
    set_tar_checksum(header);
    expect_refusal("it has no name");
    header[257] = 'x';
    set_tar_checksum(header);
    expect_refusal("it is not ustar");
}

static void archive_cut_anywhere_is_refused(void)
{
    start();
    add("a", "data");
    add("b", "more data");
    size_t whole = archive_len;
    end();
    for (size_t len = 0; len < whole + 512; len++) {
        archive_len = len;
        expect_refusal(len < 512 ? "its end is missing" : "");
    }
    free(archive);
    archive = NULL;
}

int main(void)
{
    RUN(scalars_wrap_and_halve);
    RUN(utf8_is_what_rfc_3629_says);
    RUN(digits_are_counted_in_blocks_of_any_length);
    RUN(threads_count_what_one_counts);
    RUN(sum_takes_any_alignment_and_wraps);
    RUN(struct_has_its_layout_and_may_be_its_own_result);
    RUN(freed_handle_is_refused);
    RUN(rows_stay_and_are_read_by_index);
    RUN(callback_can_stop);
    RUN(errors_are_status_and_message);
    RUN(archive_gives_its_files_by_index);
    RUN(archive_of_nothing_has_no_files);
    RUN(what_is_no_archive_is_refused_with_the_reason);
    RUN(archive_cut_anywhere_is_refused);
    return finish();
}
