#include "limits.h"

#include <poll.h>
#include <time.h>
#include <unistd.h>

#define SLICE_MS 100

int64_t lyger_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

lyger_limits lyger_limits_for(const lyger_interrupt *interrupt, double seconds)
{
    lyger_limits limits = {interrupt, 0, getpid()};
    if (seconds > 0) {
        /* Longer than a year is as good as never, and keeps the sum in range. */
        double ms = seconds < 31536000.0 ? seconds * 1000.0 : 31536000000.0;
        limits.deadline = lyger_now_ms() + (int64_t)ms + 1;
    }
    return limits;
}

lyger_status lyger_limits_check(const lyger_limits *limits)
{
    if (lyger_interrupted(limits->interrupt)) {
        return LYGER_E_INTERRUPTED;
    }
    if (limits->process != getpid()) {
        return LYGER_E_QUERY;
    }
    return limits->deadline && lyger_now_ms() >= limits->deadline ? LYGER_E_TIMEOUT : LYGER_OK;
}

lyger_status lyger_limits_fail(lyger_error *error, lyger_status status, const char *what)
{
    switch (status) {
    case LYGER_E_INTERRUPTED:
        return lyger_fail(error, status, "%s was interrupted", what);
    case LYGER_E_TIMEOUT:
        return lyger_fail(error, status, "%s took longer than its time limit and was given up", what);
    default:
        return lyger_fail(error, status,
                          "%s belongs to the parent process: this process was forked meanwhile", what);
    }
}

static int slice(const lyger_limits *limits, int most)
{
    if (!limits->deadline) {
        return most;
    }
    int64_t left = limits->deadline - lyger_now_ms();
    return left < 0 ? 0 : left < most ? (int)left : most;
}

lyger_status lyger_limits_wait(const lyger_limits *limits, int fd, short events)
{
    for (;;) {
        struct pollfd entry = {.fd = fd, .events = events};
        int ready = poll(&entry, 1, slice(limits, SLICE_MS));
        lyger_status status = lyger_limits_check(limits);
        if (status != LYGER_OK) {
            return status;
        }
        if (ready > 0) {
            return LYGER_OK;
        }
    }
}

lyger_status lyger_limits_pause(const lyger_limits *limits, int ms)
{
    poll(NULL, 0, slice(limits, ms < SLICE_MS ? ms : SLICE_MS));
    return lyger_limits_check(limits);
}
