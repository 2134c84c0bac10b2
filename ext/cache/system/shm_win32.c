/*
 * What the cache needs of Windows 8 and later. Differences that show: there are no forks, so an anonymous
 * segment is its process's (its threads share it) and only a named one is shared by processes; a thread that
 * waits for another process polls; a thread that a debugger has suspended counts as running.
 */
#define WIN32_LEAN_AND_MEAN
#include "os.h"

#include <windows.h>

#include <aclapi.h>
#include <bcrypt.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define LOOK_EVERY 2u /* ms between looks at a word that another process may change */
#define USER_ROOM 128 /* bytes of a TOKEN_USER: at most 16 and a SID of 68 */
#define LOCK_AT                                                                                              \
    0x40000000u /* the upper half of an offset no file reaches: locks on Windows keep others from reading */

uint64_t lyger_os_milliseconds(void)
{
    return GetTickCount64();
}

void lyger_os_nap(uint32_t microseconds)
{
    Sleep(microseconds / 1000 + 1);
}

/* Only threads of this process wake WaitOnAddress(), so the word is looked at again and again for other
 * processes. */
bool lyger_os_wait(_Atomic uint32_t *word, uint32_t seen, uint32_t milliseconds)
{
    uint64_t end = GetTickCount64() + milliseconds;
    while (atomic_load(word) == seen && GetTickCount64() < end) {
        WaitOnAddress((volatile void *)word, &seen, sizeof seen, LOOK_EVERY);
    }
    return true;
}

void lyger_os_wake(_Atomic uint32_t *word)
{
    WakeByAddressAll((void *)word);
}

void lyger_os_yield(void)
{
    SwitchToThread();
}

/* When the thread began: milliseconds, 31 bits of them. */
static uint32_t began(HANDLE thread)
{
    FILETIME start, other;
    if (!GetThreadTimes(thread, &start, &other, &other, &other)) {
        return 0;
    }
    return (uint32_t)(((uint64_t)start.dwHighDateTime << 32 | start.dwLowDateTime) / 10000u) & 0x7FFFFFFFu;
}

/* The thread's id, and above it when the thread began: Windows uses ids again. */
uint64_t lyger_os_thread(void)
{
    static __thread uint64_t own;
    if (!own) {
        own = (uint64_t)began(GetCurrentThread()) << 32 | GetCurrentThreadId();
    }
    return own;
}

uint64_t lyger_os_thread_space(void)
{
    return 0;
}

uint64_t lyger_os_program(void)
{
    return 0;
}

lyger_os_state lyger_os_thread_state(uint64_t name, uint64_t program)
{
    (void)program;
    if ((uint32_t)name == 0) {
        return LYGER_OS_GONE;
    }
    if ((DWORD)name == GetCurrentThreadId()) { /* asked often, of pins: spares the system call */
        return name == lyger_os_thread() ? LYGER_OS_RUNS : LYGER_OS_GONE;
    }
    HANDLE thread = OpenThread(THREAD_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, (DWORD)name);
    if (!thread) {
        return GetLastError() == ERROR_INVALID_PARAMETER ? LYGER_OS_GONE : LYGER_OS_RUNS;
    }
    /* A thread that has ended keeps its id as long as a process has a handle of it. */
    bool ended = WaitForSingleObject(thread, 0) == WAIT_OBJECT_0;
    uint32_t start = began(thread);
    CloseHandle(thread);
    return ended || (name >> 32 && start && start != name >> 32) ? LYGER_OS_GONE : LYGER_OS_RUNS;
}

uint32_t lyger_os_thread_number(uint64_t name)
{
    DWORD process = 0;
    HANDLE thread = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)name);
    if (thread) {
        process = GetProcessIdOfThread(thread);
        CloseHandle(thread);
    }
    return process;
}

void lyger_os_at_fork(void (*before)(void), void (*child)(void))
{
    (void)before;
    (void)child;
}

void lyger_os_die(const char *message)
{
    fprintf(stderr, "lyger: %s\n", message);
    abort();
}

lyger_status lyger_os_random(void *bytes, size_t size, lyger_error *error)
{
    if (BCryptGenRandom(NULL, bytes, (ULONG)size, BCRYPT_USE_SYSTEM_PREFERRED_RNG) < 0) {
        return lyger_fail(error, LYGER_E_CACHE, "no random bytes for the cache");
    }
    return LYGER_OK;
}

/* The beginning of SystemTimeOfDayInformation, of which Windows documents only that it exists. */
typedef struct time_of_day {
    LARGE_INTEGER boot, now, zone_bias;
    ULONG zone, reserved;
    ULONGLONG boot_bias, sleep_bias;
} time_of_day;

typedef LONG(WINAPI *query_system)(int what, void *to, ULONG size, ULONG *filled);

/* When the machine started, by the clock of that time: setting the clock moves boot and boot_bias alike. */
void lyger_os_boot_id(char *text, size_t size)
{
    time_of_day times;
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    /* Converted through a pointer without a type, because GetProcAddress() gives a function of another
     * type. */
    void *found = ntdll ? (void *)(uintptr_t)GetProcAddress(ntdll, "NtQuerySystemInformation") : NULL;
    query_system query = (query_system)(uintptr_t)found;
    text[0] = '\0';
    if (query && query(3, &times, sizeof times, NULL) >= 0) {
        snprintf(text, size, "%016llx", (unsigned long long)times.boot.QuadPart - times.boot_bias);
    }
}

/* "…: what Windows says of the last error" */
static lyger_status fail_with_last(lyger_error *error, const char *what, const char *path)
{
    DWORD code = GetLastError();
    char said[256];
    DWORD len = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, code,
                               MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), said, sizeof said, NULL);
    while (len > 0 && (said[len - 1] == '\r' || said[len - 1] == '\n' || said[len - 1] == '.')) {
        len--;
    }
    return lyger_fail(error, LYGER_E_CACHE, "%s \"%s\": %.*s (error %lu)", what, path, (int)len, said, code);
}

/* Pages of a mapping of the file, or of the paging file: counted against the commit limit, not in memory
 * until written. */
static lyger_status map(HANDLE file, size_t size, const char *path, void **base, lyger_error *error)
{
    uint64_t wide = size;
    HANDLE mapping = CreateFileMappingW(file, NULL, PAGE_READWRITE, (DWORD)(wide >> 32), (DWORD)wide, NULL);
    *base = mapping ? MapViewOfFile(mapping, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, size) : NULL;
    lyger_status status = *base ? LYGER_OK : fail_with_last(error, "cannot map the cache", path);
    if (mapping) {
        CloseHandle(mapping); /* the view keeps the mapping */
    }
    return status;
}

lyger_status lyger_os_map_anonymous(size_t size, void **base, lyger_error *error)
{
    return map(INVALID_HANDLE_VALUE, size, "", base, error);
}

/* The user of this process, in room; NULL when Windows does not say. */
static PSID own_user(void *room, DWORD size)
{
    HANDLE token;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
        return NULL;
    }
    BOOL told = GetTokenInformation(token, TokenUser, room, size, &size);
    CloseHandle(token);
    return told ? ((TOKEN_USER *)room)->User.Sid : NULL;
}

/* Whether an access list may name this user or group: the system and administrators reach every file
 * anyway. */
static bool may_have_it(PSID who, PSID self)
{
    return EqualSid(who, self) || IsWellKnownSid(who, WinLocalSystemSid) ||
           IsWellKnownSid(who, WinBuiltinAdministratorsSid);
}

static bool is_private(PACL list, PSID self)
{
    if (!list) {
        return false; /* no list: every user may */
    }
    for (DWORD i = 0; i < list->AceCount; i++) {
        void *found;
        if (!GetAce(list, i, &found)) {
            return false;
        }
        ACE_HEADER *entry = found;
        if (entry->AceType == ACCESS_DENIED_ACE_TYPE) {
            continue;
        }
        ACCESS_ALLOWED_ACE *allowed = found;
        if (entry->AceType != ACCESS_ALLOWED_ACE_TYPE ||
            (allowed->Mask && !may_have_it(&allowed->SidStart, self))) {
            return false;
        }
    }
    return true;
}

/* A segment is trusted memory: only its owner may be able to reach it. */
static lyger_status check_owner(HANDLE file, const char *path, PSID self, lyger_error *error)
{
    PSECURITY_DESCRIPTOR descriptor;
    PSID owner;
    PACL list;
    DWORD code = GetSecurityInfo(file, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
                                 &owner, NULL, &list, NULL, &descriptor);
    if (code != ERROR_SUCCESS) {
        SetLastError(code);
        return fail_with_last(error, "cannot see whose cache path this is:", path);
    }
    lyger_status status = LYGER_OK;
    if (!EqualSid(owner, self)) {
        status = lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\" belongs to another user", path);
    } else if (!is_private(list, self)) {
        status = lyger_fail(error, LYGER_E_CACHE, "cache path \"%s\" can be reached by other users", path);
    }
    LocalFree(descriptor);
    return status;
}

/* Refuses what is no regular file; also fills in the id that no other existing file has. */
static lyger_status check_kind(HANDLE handle, const char *path, lyger_os_file *file, lyger_error *error)
{
    BY_HANDLE_FILE_INFORMATION info;
    if (!GetFileInformationByHandle(handle, &info)) {
        return fail_with_last(error, "cache path", path);
    }
    if (info.dwFileAttributes & (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY)) {
        return lyger_fail(error, LYGER_E_CACHE,
                          "cache path \"%s\" is a directory or a link, not a regular file", path);
    }
    file->handle = (intptr_t)handle;
    file->id[0] = info.dwVolumeSerialNumber;
    file->id[1] = (uint64_t)info.nFileIndexHigh << 32 | info.nFileIndexLow;
    return LYGER_OK;
}

static lyger_status lock_and_check(HANDLE handle, const char *path, PSID self, lyger_os_file *file,
                                   lyger_error *error)
{
    OVERLAPPED at = {.OffsetHigh = LOCK_AT};
    LARGE_INTEGER size;
    lyger_status status = check_kind(handle, path, file, error);
    if (status != LYGER_OK) {
        return status;
    }
    if (!LockFileEx(handle, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &at)) {
        return fail_with_last(error, "cannot lock cache path", path);
    }
    status = check_owner(handle, path, self, error);
    if (status == LYGER_OK && !GetFileSizeEx(handle, &size)) {
        return fail_with_last(error, "cache path", path);
    }
    file->size = status == LYGER_OK ? (size_t)size.QuadPart : 0;
    return status;
}

/* Opens the file itself, not what a link points to; a new file is this user's alone from its first moment. */
static HANDLE open_own(const char *path, PSID self)
{
    WCHAR name[32768]; /* the longest path, in characters */
    union {
        ACL list;
        DWORD room[64]; /* for an ACL; DWORDs align it */
    } access;
    SECURITY_DESCRIPTOR descriptor;
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, &descriptor, FALSE};
    if (!MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, name, sizeof name / sizeof *name) ||
        !InitializeAcl(&access.list, sizeof access, ACL_REVISION) ||
        !AddAccessAllowedAce(&access.list, ACL_REVISION, FILE_ALL_ACCESS, self) ||
        !InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION) ||
        !SetSecurityDescriptorOwner(&descriptor, self, FALSE) ||
        !SetSecurityDescriptorDacl(&descriptor, TRUE, &access.list, FALSE) ||
        !SetSecurityDescriptorControl(&descriptor, SE_DACL_PROTECTED, SE_DACL_PROTECTED)) {
        return INVALID_HANDLE_VALUE;
    }
    /* With FILE_FLAG_BACKUP_SEMANTICS a directory is opened too, and refused for what it is. */
    return CreateFileW(name, GENERIC_READ | GENERIC_WRITE | READ_CONTROL,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, &attributes, OPEN_ALWAYS,
                       FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS, NULL);
}

/* Windows knows no groups of a file such as POSIX has. */
lyger_status lyger_os_group(const char *name, uint32_t *group, lyger_error *error)
{
    (void)name;
    *group = 0;
    return lyger_fail(error, LYGER_E_CACHE, "on Windows a cache path cannot be shared with a group");
}

/* The name of a dropped file is free only when no process has the file open any more; until then opening it
 * fails. */
lyger_status lyger_os_open_file(const char *path, const lyger_os_access *access, lyger_os_file *file,
                                lyger_error *error)
{
    _Alignas(TOKEN_USER) unsigned char room[USER_ROOM];
    PSID self = own_user(room, sizeof room);
    (void)access;
    if (!self) {
        return fail_with_last(error, "cannot tell the user of this process for cache path", path);
    }
    HANDLE handle = open_own(path, self);
    if (handle == INVALID_HANDLE_VALUE) {
        return fail_with_last(error, "cannot open cache path", path);
    }
    lyger_status status = lock_and_check(handle, path, self, file, error);
    if (status != LYGER_OK) {
        CloseHandle(handle); /* closing it releases the lock */
    }
    return status;
}

void lyger_os_close_file(const lyger_os_file *file)
{
    OVERLAPPED at = {.OffsetHigh = LOCK_AT};
    UnlockFileEx((HANDLE)file->handle, 0, 1, 0, &at);
    CloseHandle((HANDLE)file->handle);
}

/* The file gets no holes. */
lyger_status lyger_os_fill_file(lyger_os_file *file, const char *path, size_t size, const char begin[8],
                                lyger_error *error)
{
    FILE_END_OF_FILE_INFO end = {.EndOfFile.QuadPart = (LONGLONG)size};
    OVERLAPPED at = {0};
    DWORD written;
    if (!WriteFile((HANDLE)file->handle, begin, 8, &written, &at) ||
        !SetFileInformationByHandle((HANDLE)file->handle, FileEndOfFileInfo, &end, sizeof end)) {
        return fail_with_last(error, "cannot reserve the room for cache path", path);
    }
    file->size = size;
    return LYGER_OK;
}

lyger_status lyger_os_map_file(const lyger_os_file *file, const char *path, void **base, lyger_error *error)
{
    return map((HANDLE)file->handle, file->size, path, base, error);
}

/* Windows does not drop a file that other processes have mapped; they have to end first. */
lyger_status lyger_os_drop_file(const lyger_os_file *file, const char *path, lyger_error *error)
{
    WCHAR name[32768];
    (void)file;
    if (!MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, name, sizeof name / sizeof *name) ||
        !DeleteFileW(name)) {
        return fail_with_last(error, "cannot make anew cache path", path);
    }
    return LYGER_OK;
}

lyger_status lyger_os_own_path(const char *name, char *path, size_t size, lyger_error *error)
{
    (void)name;
    path[0] = '\0';
    (void)size;
    return lyger_fail(error, LYGER_E_CACHE, "on Windows a cache that processes share needs a path");
}

/* There are no forks, and so no pools of users. */
uint32_t lyger_os_user(void)
{
    return 0;
}

void lyger_os_unmap(void *base, size_t size)
{
    (void)size;
    UnmapViewOfFile(base);
}
