/* Clocks and sleeping. */
#define _GNU_SOURCE
#include "conform.h"

#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BILLION 1000000000LL

static long long in_nanoseconds(struct timespec time)
{
    return time.tv_sec * BILLION + time.tv_nsec;
}

static long long now(clockid_t clock)
{
    struct timespec time;

    CHECK(clock_gettime(clock, &time) == 0);
    CHECK(time.tv_nsec >= 0 && time.tv_nsec < BILLION);
    return in_nanoseconds(time);
}

static struct timespec at(long long nanoseconds)
{
    return (struct timespec){nanoseconds / BILLION, nanoseconds % BILLION};
}

CASE(clock_gettime, "CLOCK_MONOTONIC never goes back")
{
    long long before = now(CLOCK_MONOTONIC), after;
    int round;

    for (round = 0; round < 10000; round += 1) {
        after = now(CLOCK_MONOTONIC);
        CHECK(after >= before);
        before = after;
    }
}

CASE(clock_gettime, "CLOCK_REALTIME, gettimeofday and time agree")
{
    struct timeval day;
    long long before = now(CLOCK_REALTIME), after;
    time_t seconds;

    CHECK(gettimeofday(&day, NULL) == 0);
    seconds = time(NULL);
    after = now(CLOCK_REALTIME);
    CHECK(before / 1000 <= day.tv_sec * 1000000LL + day.tv_usec);
    CHECK(day.tv_sec * 1000000LL + day.tv_usec <= after / 1000);
    CHECK(before / BILLION - 1 <= seconds && seconds <= after / BILLION);
}

CASE(clock_gettime, "processor time grows with work, and not with sleep")
{
    struct timespec pause = {0, 50000000};
    long long begin = now(CLOCK_PROCESS_CPUTIME_ID), slept;
    volatile unsigned long round;

    CHECK(nanosleep(&pause, NULL) == 0);
    slept = now(CLOCK_PROCESS_CPUTIME_ID);
    CHECK(slept - begin < 40000000);
    do
        for (round = 0; round < 100000; round += 1)
            continue;
    while (now(CLOCK_PROCESS_CPUTIME_ID) - slept < 1000000);
    CHECK(now(CLOCK_THREAD_CPUTIME_ID) > 0);
}

CASE(clock_gettime, "EINVAL: no such clock")
{
    struct timespec time;

    FAILS(clock_gettime((clockid_t)77, &time), EINVAL);
}

CASE(clock_getres, "every clock has a resolution above zero")
{
    clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
                          CLOCK_THREAD_CPUTIME_ID};
    struct timespec step;
    size_t index;

    for (index = 0; index < sizeof clocks / sizeof *clocks; index += 1) {
        CHECK(clock_getres(clocks[index], &step) == 0);
        CHECK(in_nanoseconds(step) > 0);
        CHECK(clock_getres(clocks[index], NULL) == 0);
    }
}

CASE(clock_getres, "EINVAL: no such clock")
{
    struct timespec step;

    FAILS(clock_getres((clockid_t)77, &step), EINVAL);
}

CASE(clock_settime, "EINVAL: CLOCK_MONOTONIC can't be set, nanoseconds out of range")
{
    struct timespec time = {1, 0};

    CHECK(clock_settime(CLOCK_MONOTONIC, &time) == -1);
    CHECK(errno == EINVAL || errno == EPERM);
    time.tv_nsec = -1;
    FAILS(clock_settime(CLOCK_REALTIME, &time), EINVAL);
}

static void fail_to_set(void *unused)
{
    struct timespec time;

    (void)unused;
    CHECK(setgid(65534) == 0 && setuid(65534) == 0);
    CHECK(clock_gettime(CLOCK_REALTIME, &time) == 0);
    FAILS(clock_settime(CLOCK_REALTIME, &time), EPERM);
}

CASE(clock_settime, "EPERM: only the superuser may")
{
    if (!conform_is_root())
        conform_untested("only the superuser can become somebody else");
    EQUAL(conform_exited(conform_child(fail_to_set, NULL)), 0);
}

CASE(nanosleep, "not shorter than asked for")
{
    long times[] = {1, 1000, 1000000, 20000000};
    struct timespec time = {0, 0};
    long long begin;
    size_t index;

    for (index = 0; index < sizeof times / sizeof *times; index += 1) {
        time.tv_nsec = times[index];
        begin = now(CLOCK_MONOTONIC);
        CHECK(nanosleep(&time, NULL) == 0);
        CHECK(now(CLOCK_MONOTONIC) - begin >= times[index]);
    }
}

CASE(nanosleep, "EINVAL: nanoseconds out of range, a negative time")
{
    struct timespec time = {0, BILLION};

    FAILS(nanosleep(&time, NULL), EINVAL);
    time.tv_nsec = -1;
    FAILS(nanosleep(&time, NULL), EINVAL);
    time = (struct timespec){-1, 0};
    FAILS(nanosleep(&time, NULL), EINVAL);
}

CASE(clock_nanosleep, "TIMER_ABSTIME sleeps until a moment, on both clocks")
{
    clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
    struct timespec moment;
    size_t index;

    for (index = 0; index < 2; index += 1) {
        moment = at(now(clocks[index]) + 20000000);
        RETURNS(clock_nanosleep(clocks[index], TIMER_ABSTIME, &moment, NULL), 0);
        CHECK(now(clocks[index]) >= in_nanoseconds(moment));
    }
}

CASE(clock_nanosleep, "a moment that has passed is no wait")
{
    struct timespec moment = at(now(CLOCK_MONOTONIC) / 2);

    RETURNS(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &moment, NULL), 0);
}

CASE(clock_nanosleep, "EINVAL: nanoseconds out of range, no such clock, the thread's own time")
{
    struct timespec time = {0, BILLION};

    RETURNS(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL), EINVAL);
    time.tv_nsec = 1;
    RETURNS(clock_nanosleep((clockid_t)77, 0, &time, NULL), EINVAL);
    RETURNS(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &time, NULL), EINVAL);
}

static void nothing(int signal)
{
    (void)signal;
}

CASE(clock_nanosleep, "EINTR: a signal was caught; what is left is told of relative times only")
{
    struct sigaction action = {.sa_handler = nothing};
    struct timespec time = {30, 0}, left = {-5, -5};
    pid_t parent = getpid(), child;
    int round;

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    for (round = 0; round < 2; round += 1) {
        child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            conform_until_sleeping(parent);
            kill(parent, SIGUSR1);
            _exit(0);
        }
        if (round == 0) {
            RETURNS(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &left), EINTR);
            CHECK(left.tv_sec >= 0 && left.tv_sec < 30);
        } else {
            left.tv_sec = -5;
            time = at(now(CLOCK_MONOTONIC) + 30 * BILLION);
            RETURNS(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, &left), EINTR);
            EQUAL(left.tv_sec, -5);
        }
        EQUAL(waitpid(child, NULL, 0), child);
    }
}

/* musl hands on what the system says of a clock that is none. */
CASE(clock_getcpuclockid, "the processor time of a process; ESRCH or EINVAL: there is none")
{
    clockid_t clock;
    struct timespec time;
    int result;

    RETURNS(clock_getcpuclockid(0, &clock), 0);
    CHECK(clock_gettime(clock, &time) == 0);
    result = clock_getcpuclockid(1 << 22, &clock);
    CHECK(result == ESRCH || result == EINVAL);
}
