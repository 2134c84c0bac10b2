#include "check.h"

#include "base/error.h"
#include "base/handle.h"
#include "base/memory.h"
#include "base/sink.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

static int destroyed;

static void count_destroyed(void *object)
{
    (void)object;
    destroyed++;
}

static void handle_finds_its_object(void)
{
    lyger_handle_table table = LYGER_HANDLE_TABLE_EMPTY;
    int object = 7;
    unsigned long handle = lyger_handle_open(&table, &object);
    CHECK(handle > 0);
    CHECK(lyger_handle_get(&table, handle) == &object);
    CHECK(lyger_handle_close(&table, handle) == &object);
    lyger_handle_table_free(&table, count_destroyed);
}

static void closed_handle_stays_stale_when_its_slot_is_reused(void)
{
    lyger_handle_table table = LYGER_HANDLE_TABLE_EMPTY;
    int object = 7;
    unsigned long first = lyger_handle_open(&table, &object);
    lyger_handle_close(&table, first);
    unsigned long second = lyger_handle_open(&table, &object);
    CHECK(first != second);
    CHECK(lyger_handle_get(&table, first) == NULL);
    CHECK(lyger_handle_close(&table, first) == NULL);
    CHECK(lyger_handle_get(&table, second) == &object);
    lyger_handle_close(&table, second);
    lyger_handle_table_free(&table, count_destroyed);
}

static void forged_handles_are_not_live(void)
{
    lyger_handle_table table = LYGER_HANDLE_TABLE_EMPTY;
    int object = 7;
    unsigned long handle = lyger_handle_open(&table, &object);
    const unsigned long forged[] = {0,    1,        2, handle + 1, handle - 1, handle ^ (ULONG_MAX / 2 + 1),
                                    ~0ul, ~0ul >> 1};
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        CHECK(lyger_handle_get(&table, forged[i]) == NULL);
    }
    while (table.used < table.capacity) { /* behind the last slot is no memory of the table's */
        CHECK(lyger_handle_open(&table, &object) != 0);
    }
    CHECK(lyger_handle_get(&table, handle + table.used) == NULL);
    lyger_handle_close(&table, handle);
    lyger_handle_table_free(&table, count_destroyed);
}

static void slot_is_given_up_after_its_last_number(void)
{
    lyger_handle_table table = LYGER_HANDLE_TABLE_EMPTY;
    int object = 7;
    const uint32_t last = ULONG_MAX > 0xFFFFFFFFul ? 0x7FFFFFFFu : 0x7FFFu;
    lyger_handle_close(&table, lyger_handle_open(&table, &object));
    table.slots[0].generation = last - 1;
    for (int i = 0; i < 2; i++) { /* the last but one, and the last */
        unsigned long handle = lyger_handle_open(&table, &object);
        CHECK_INT(table.slots[0].generation, last - 1 + (uint32_t)i);
        CHECK(lyger_handle_close(&table, handle) == &object);
        CHECK(lyger_handle_close(&table, handle) == NULL);
        CHECK_INT(table.live, 0);
    }
    CHECK(lyger_handle_open(&table, &object) != 0);
    CHECK_INT(table.used, 2);
    lyger_handle_table_free(&table, count_destroyed);
}

static void cleared_table_destroys_what_lives_and_keeps_old_handles_stale(void)
{
    lyger_handle_table table = LYGER_HANDLE_TABLE_EMPTY;
    int objects[100];
    unsigned long handles[100];
    destroyed = 0;
    for (int i = 0; i < 100; i++) {
        handles[i] = lyger_handle_open(&table, &objects[i]);
    }
    lyger_handle_close(&table, handles[50]);
    lyger_handle_table_clear(&table, count_destroyed);
    CHECK_INT(destroyed, 99);
    CHECK_INT(table.live, 0);
    for (int i = 0; i < 100; i++) {
        unsigned long again = lyger_handle_open(&table, &objects[i]);
        CHECK(again != 0);
        CHECK(lyger_handle_get(&table, handles[i]) == NULL);
    }
    CHECK_INT(table.used, 100);
    lyger_handle_table_free(&table, count_destroyed);
    CHECK_INT(destroyed, 199);
}

static void buffer_grows_and_detaches_terminated_text(void)
{
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    for (int i = 0; i < 1000; i++) {
        CHECK(lyger_sink_put_literal(&buffer.sink, "abc"));
    }
    CHECK_INT(lyger_buffer_length(&buffer), 3000);
    char *text = lyger_buffer_detach(&buffer);
    CHECK_INT(strlen(text), 3000);
    CHECK(memcmp(text + 2997, "abc", 4) == 0);
    free(text);
    lyger_buffer_free(&buffer);
}

/* More at once than doubling would give. */
static void buffer_grows_by_as_much_as_is_asked_for(void)
{
    static char bytes[1000];
    for (size_t before = 1; before < 300; before++) {
        lyger_buffer buffer;
        lyger_buffer_init(&buffer, &lyger_malloc_allocator);
        CHECK(lyger_sink_put(&buffer.sink, bytes, before));
        size_t capacity = (size_t)(buffer.sink.end - buffer.start);
        size_t more = 2 * capacity - before / 2;
        CHECK(lyger_sink_put(&buffer.sink, bytes, more));
        CHECK_INT(lyger_buffer_length(&buffer), before + more);
        lyger_buffer_free(&buffer);
    }
}

static void *resize_once(void *context, void *pointer, size_t size)
{
    (void)context;
    return pointer ? NULL : malloc(size);
}

static void release_it(void *context, void *pointer)
{
    (void)context;
    free(pointer);
}

static void buffer_that_cannot_grow_keeps_what_it_has(void)
{
    const lyger_allocator once = {resize_once, release_it, NULL};
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &once);
    CHECK(lyger_sink_put_literal(&buffer.sink, "abc"));
    CHECK(!lyger_sink_reserve(&buffer.sink, 1000));
    CHECK_INT(lyger_buffer_length(&buffer), 3);
    CHECK(buffer.start && memcmp(buffer.start, "abc", 3) == 0);
    CHECK(lyger_sink_put_literal(&buffer.sink, "def")); /* what fits still does */
    CHECK_INT(lyger_buffer_length(&buffer), 6);
    lyger_buffer_free(&buffer);
}

static void *refuse(void *context, void *pointer, size_t size)
{
    (void)context, (void)pointer, (void)size;
    return NULL;
}

static void release_nothing(void *context, void *pointer)
{
    (void)context, (void)pointer;
}

static void buffer_reports_failed_allocation(void)
{
    lyger_allocator broke = {refuse, release_nothing, NULL};
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &broke);
    CHECK(!lyger_sink_put_literal(&buffer.sink, "abc"));
    CHECK(lyger_buffer_detach(&buffer) == NULL);
}

static void absurd_reservation_is_refused(void)
{
    lyger_buffer buffer;
    lyger_buffer_init(&buffer, &lyger_malloc_allocator);
    CHECK(!lyger_sink_reserve(&buffer.sink, SIZE_MAX - 10));
    lyger_buffer_free(&buffer);
}

static void copied_text_ends_within_its_room(void)
{
    char *room = malloc(4); /* its end is where ASan looks */
    for (size_t len = 0; len <= 5; len++) {
        lyger_copy_text(room, 4, "abcde", len);
        CHECK_INT(strlen(room), len < 3 ? len : 3);
        CHECK(memcmp(room, "abc", len < 3 ? len : 3) == 0);
    }
    lyger_copy_text(room, 1, "abc", 3);
    CHECK_STR(room, "");
    lyger_copy_text(room, 0, "abc", 3);
    free(room);
}

static void long_messages_are_cut_between_characters(void)
{
    lyger_error error;
    char text[2000];
    for (size_t i = 0; i + 2 < sizeof text; i += 2) {
        memcpy(text + i, "\xC3\xA9", 2);
    }
    text[1998] = '\0';
    CHECK_INT(lyger_fail(&error, LYGER_E_QUERY, "x%s", text), LYGER_E_QUERY);
    size_t len = strlen(error.message);
    CHECK_INT(len, LYGER_ERROR_MESSAGE_SIZE - 1);
    CHECK((unsigned char)error.message[len - 1] == 0xA9);
    lyger_fail(&error, LYGER_E_QUERY, "%s", text);
    len = strlen(error.message);
    CHECK_INT(len, LYGER_ERROR_MESSAGE_SIZE - 2);
    CHECK((unsigned char)error.message[len - 1] == 0xA9);
}

static void failing_without_a_struct_still_returns_the_status(void)
{
    CHECK_INT(lyger_fail(NULL, LYGER_E_MEMORY, "nobody reads %s", "this"), LYGER_E_MEMORY);
}

static void expected_memory_keeps_what_is_in_it(void)
{
    size_t size = 3 * LYGER_MEMORY_LARGE + 12345, wrong = 0;
    unsigned char *memory = malloc(size);
    CHECK(memory != NULL);
    for (size_t i = 0; memory && i < size; i++) {
        memory[i] = (unsigned char)(i * 7);
    }
    errno = ERANGE;
    lyger_memory_expect(memory + 1, size - 2);
    lyger_memory_expect(memory, 0);
    lyger_memory_expect(memory + 5, 1);
    lyger_memory_expect(NULL, 0);
    CHECK_INT(errno, ERANGE);
    for (size_t i = 0; memory && i < size; i++) {
        wrong += memory[i] != (unsigned char)(i * 7);
    }
    CHECK_INT(wrong, 0);
    free(memory);
}

int main(void)
{
    RUN(expected_memory_keeps_what_is_in_it);
    RUN(handle_finds_its_object);
    RUN(closed_handle_stays_stale_when_its_slot_is_reused);
    RUN(forged_handles_are_not_live);
    RUN(slot_is_given_up_after_its_last_number);
    RUN(cleared_table_destroys_what_lives_and_keeps_old_handles_stale);
    RUN(buffer_grows_and_detaches_terminated_text);
    RUN(buffer_grows_by_as_much_as_is_asked_for);
    RUN(buffer_that_cannot_grow_keeps_what_it_has);
    RUN(buffer_reports_failed_allocation);
    RUN(absurd_reservation_is_refused);
    RUN(copied_text_ends_within_its_room);
    RUN(long_messages_are_cut_between_characters);
    RUN(failing_without_a_struct_still_returns_the_status);
    return finish();
}
