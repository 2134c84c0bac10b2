/*
 * The FFI door's functions that read and change in one step, and its locks with tokens of the caller's own.
 */
#include "check.h"

#include <stddef.h>

#include "abi/lyger.h"

static void check_failed(int status, const char *word)
{
    CHECK_INT(lyger_ffi_error_status(), status);
    if (!strstr(lyger_last_error(), word)) {
        CHECK_STR(lyger_last_error(), word);
    }
}

static void what_was_fetched_is_exchanged_taken_and_told(void)
{
    int type = 0;
    char *bytes = NULL;
    size_t len = 0;
    unsigned long long number = 7;
    CHECK_INT(lyger_ffi_cache_fetch_version("version", 7, &type, &bytes, &len, &number), 0);
    CHECK(number == 0 && bytes == NULL);
    CHECK_INT(lyger_ffi_cache_store("version", 7, 2, "\5\0\0\0\0\0\0\0", 8, 0), 1);
    CHECK_INT(lyger_ffi_cache_fetch_version("version", 7, &type, &bytes, &len, &number), 1);
    CHECK(type == 2 && len == 8 && bytes[0] == 5);
    lyger_free_string(bytes);
    CHECK_INT(lyger_ffi_cache_exchange("version", 7, number, 4, 4, "text", 4, 0), 0);
    CHECK_INT(lyger_ffi_cache_remove_version("version", 7, number, 4), 0);
    CHECK_INT(lyger_ffi_cache_exchange("version", 7, number, 5, 4, "text", 4, 60), 1);
    CHECK_INT(lyger_ffi_cache_exchange("version", 7, number, 5, 4, "text", 4, 60), 0);
    CHECK_INT(lyger_ffi_cache_exchange("version", 7, number, 5, 4, "text", 4, 4294967296ul), -1);
    check_failed(2, "ttl must be");
    CHECK_INT(lyger_ffi_cache_entry("version", 7, &bytes), 1);
    CHECK(bytes && strstr(bytes, "{\"type\":\"string\",\"bytes\":64,\"ttl\":") == bytes &&
          strstr(bytes, "\"hits\":0}"));
    lyger_free_string(bytes);
    CHECK_INT(lyger_ffi_cache_take("version", 7, &type, &bytes, &len), 1);
    CHECK(type == 4 && len == 4 && memcmp(bytes, "text", 5) == 0);
    lyger_free_string(bytes);
    CHECK_INT(lyger_ffi_cache_take("version", 7, &type, &bytes, &len), 0);
    CHECK_INT(lyger_ffi_cache_entry("version", 7, &bytes), 0);
    CHECK(bytes == NULL);
}

static void locks_of_a_bearer_check_what_they_are_given(void)
{
    char *owner = NULL, text[65];
    size_t len = 7;
    unsigned long long number;
    memset(text, 't', sizeof text);
    CHECK_INT(lyger_ffi_cache_lock_as("mine", 4, 60, NULL, 5), -1);
    check_failed(2, "token is NULL");
    CHECK_INT(lyger_ffi_cache_lock_as("mine", 4, 60, text, 0), -1);
    check_failed(2, "token must be 1 to 64 bytes long, 0 given");
    CHECK_INT(lyger_ffi_cache_lock_as("mine", 4, 60, text, 65), -1);
    check_failed(2, "token must be 1 to 64 bytes long, 65 given");
    CHECK_INT(lyger_ffi_cache_lock_as("mine", 4, 4294967296ul, text, 64), -1);
    check_failed(2, "ttl must be");
    CHECK_INT(lyger_ffi_cache_lock_as("mine", 4, 0, text, 64), 1);
    CHECK_INT(lyger_ffi_cache_lock_as("mine", 4, 60, text, 64), 1);
    CHECK_INT(lyger_ffi_cache_lock_as("mine", 4, 60, text, 63), 0);
    CHECK_INT(lyger_ffi_cache_lock_owner("mine", 4, NULL, &len), -1);
    check_failed(2, "token is NULL");
    CHECK_INT(lyger_ffi_cache_lock_owner("mine", 4, &owner, NULL), -1);
    check_failed(2, "token_len is NULL");
    CHECK_INT(lyger_ffi_cache_lock_owner("mine", 4, &owner, &len), 1);
    CHECK(owner && len == 64 && memcmp(owner, text, len) == 0);
    lyger_free_string(owner);
    CHECK_INT(lyger_ffi_cache_lock_extend("mine", 4, NULL, 0, 60), -1);
    check_failed(2, "token is NULL");
    CHECK_INT(lyger_ffi_cache_lock_extend("mine", 4, text, 65, 60), 0);
    CHECK_INT(lyger_ffi_cache_lock_extend("mine", 4, text, 64, 4294967296ul), -1);
    check_failed(2, "ttl must be");
    CHECK_INT(lyger_ffi_cache_lock_extend("mine", 4, text, 64, 60), 1);
    CHECK_INT(lyger_ffi_cache_unlock("mine", 4, text, 65), 0);
    CHECK_INT(lyger_ffi_cache_unlock("mine", 4, NULL, 0), 1);
    CHECK_INT(lyger_ffi_cache_unlock("mine", 4, NULL, 0), 0);
    CHECK_INT(lyger_ffi_cache_lock_owner("mine", 4, &owner, &len), 0);
    CHECK(owner == NULL && len == 0);
    CHECK_INT(lyger_ffi_cache_lock("mine", 4, 60, &number), 1);
    snprintf(text, sizeof text, "%016llx", number);
    CHECK_INT(lyger_ffi_cache_unlock("mine", 4, text, 16), 1);
}

int main(void)
{
    RUN(what_was_fetched_is_exchanged_taken_and_told);
    RUN(locks_of_a_bearer_check_what_they_are_given);
    lyger_ffi_close();
    return finish();
}
