/*
 * What the tests of the cache need of the operating system: a place for files, and other processes. A test
 * that forks is left out on Windows, by name (scripts/test-platforms); one that begins this program again
 * runs everywhere.
 */
#ifndef LYGER_TESTS_PROCESS_H
#define LYGER_TESTS_PROCESS_H

#ifdef _WIN32
#include "process_win32.h"
#else
#include "process_posix.h"
#endif

#endif
