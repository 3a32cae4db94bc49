/* Mutexes, condition variables, barriers, spin locks and read-write locks, in one process and
 * between several. */
#define _GNU_SOURCE
#include "conform.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 2000

/* What processes share; a page of zeroes at first. */
struct shared {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_barrier_t barrier;
    pthread_spinlock_t spin;
    pthread_rwlock_t rwlock;
    volatile int count;
    volatile int ready;
};

static struct shared *share(void)
{
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CHECK(shared != MAP_FAILED);
    return shared;
}

static pthread_t start(void *(*body)(void *), void *argument)
{
    pthread_t thread;

    RETURNS(pthread_create(&thread, NULL, body, argument), 0);
    return thread;
}

static void *join(pthread_t thread)
{
    void *result;

    RETURNS(pthread_join(thread, &result), 0);
    return result;
}

static pid_t fork_into(void *(*body)(void *), void *argument)
{
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        body(argument);
        _exit(0);
    }
    return child;
}

static int end_of(pid_t child)
{
    int status;

    EQUAL(waitpid(child, &status, 0), child);
    return status;
}

static struct timespec in_milliseconds(clockid_t clock, long count)
{
    struct timespec at;

    CHECK(clock_gettime(clock, &at) == 0);
    at.tv_nsec += count * 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

static void make_mutex(pthread_mutex_t *mutex, int type, int robust)
{
    pthread_mutexattr_t attributes;

    RETURNS(pthread_mutexattr_init(&attributes), 0);
    RETURNS(pthread_mutexattr_settype(&attributes, type), 0);
    RETURNS(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    if (robust)
        RETURNS(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), 0);
    RETURNS(pthread_mutex_init(mutex, &attributes), 0);
}

static void *count_with_mutex(void *argument)
{
    struct shared *shared = argument;
    int round;

    for (round = 0; round < ROUNDS; round += 1) {
        RETURNS(pthread_mutex_lock(&shared->mutex), 0);
        shared->count += 1;
        RETURNS(pthread_mutex_unlock(&shared->mutex), 0);
    }
    return NULL;
}

CASE(pthread_mutex_lock, "threads and processes that take turns lose no count")
{
    struct shared *shared = share();
    pthread_t threads[3];
    pid_t children[3];
    int index;

    make_mutex(&shared->mutex, PTHREAD_MUTEX_NORMAL, 0);
    for (index = 0; index < 3; index += 1)
        children[index] = fork_into(count_with_mutex, shared);
    for (index = 0; index < 3; index += 1)
        threads[index] = start(count_with_mutex, shared);
    for (index = 0; index < 3; index += 1)
        join(threads[index]);
    for (index = 0; index < 3; index += 1)
        EQUAL(end_of(children[index]), 0);
    EQUAL(shared->count, 6 * ROUNDS);
}

CASE(pthread_mutex_lock, "EDEADLK: a mutex that checks errors is the caller's already")
{
    pthread_mutex_t mutex;

    make_mutex(&mutex, PTHREAD_MUTEX_ERRORCHECK, 0);
    RETURNS(pthread_mutex_lock(&mutex), 0);
    RETURNS(pthread_mutex_lock(&mutex), EDEADLK);
    RETURNS(pthread_mutex_unlock(&mutex), 0);
}

CASE(pthread_mutex_lock, "a recursive mutex is unlocked as often as it was locked")
{
    pthread_mutex_t mutex;

    make_mutex(&mutex, PTHREAD_MUTEX_RECURSIVE, 0);
    RETURNS(pthread_mutex_lock(&mutex), 0);
    RETURNS(pthread_mutex_lock(&mutex), 0);
    RETURNS(pthread_mutex_unlock(&mutex), 0);
    RETURNS(pthread_mutex_unlock(&mutex), 0);
    RETURNS(pthread_mutex_unlock(&mutex), EPERM);
}

static void *lock_and_die(void *argument)
{
    struct shared *shared = argument;

    RETURNS(pthread_mutex_lock(&shared->mutex), 0);
    return NULL;
}

CASE(pthread_mutex_lock, "EOWNERDEAD: the owner's process has ended; consistent again after that")
{
    struct shared *shared = share();

    make_mutex(&shared->mutex, PTHREAD_MUTEX_NORMAL, 1);
    EQUAL(end_of(fork_into(lock_and_die, shared)), 0);
    RETURNS(pthread_mutex_lock(&shared->mutex), EOWNERDEAD);
    RETURNS(pthread_mutex_consistent(&shared->mutex), 0);
    RETURNS(pthread_mutex_unlock(&shared->mutex), 0);
    RETURNS(pthread_mutex_lock(&shared->mutex), 0);
}

CASE(pthread_mutex_lock, "EOWNERDEAD: the owner's thread has ended")
{
    struct shared *shared = share();

    make_mutex(&shared->mutex, PTHREAD_MUTEX_NORMAL, 1);
    join(start(lock_and_die, shared));
    RETURNS(pthread_mutex_lock(&shared->mutex), EOWNERDEAD);
}

static void *lock_and_stay(void *argument)
{
    struct shared *shared = argument;

    RETURNS(pthread_mutex_lock(&shared->mutex), 0);
    shared->ready = 1;
    for (;;)
        pause();
    return NULL;
}

static void *find_owner_dead(void *argument)
{
    struct shared *shared = argument;

    RETURNS(pthread_mutex_lock(&shared->mutex), EOWNERDEAD);
    RETURNS(pthread_mutex_consistent(&shared->mutex), 0);
    RETURNS(pthread_mutex_unlock(&shared->mutex), 0);
    return NULL;
}

CASE(pthread_mutex_lock, "EOWNERDEAD: who sleeps for it is woken when the owner is killed")
{
    struct shared *shared = share();
    pid_t owner, waiter;

    make_mutex(&shared->mutex, PTHREAD_MUTEX_NORMAL, 1);
    owner = fork_into(lock_and_stay, shared);
    while (!shared->ready)
        sched_yield();
    waiter = fork_into(find_owner_dead, shared);
    conform_until_sleeping(waiter);
    CHECK(kill(owner, SIGKILL) == 0);
    EQUAL(end_of(waiter), 0);
}

CASE(pthread_mutex_lock, "ENOTRECOVERABLE: unlocked without being made consistent")
{
    struct shared *shared = share();

    make_mutex(&shared->mutex, PTHREAD_MUTEX_NORMAL, 1);
    EQUAL(end_of(fork_into(lock_and_die, shared)), 0);
    RETURNS(pthread_mutex_lock(&shared->mutex), EOWNERDEAD);
    RETURNS(pthread_mutex_unlock(&shared->mutex), 0);
    RETURNS(pthread_mutex_lock(&shared->mutex), ENOTRECOVERABLE);
    RETURNS(pthread_mutex_trylock(&shared->mutex), ENOTRECOVERABLE);
}

CASE(pthread_mutex_trylock, "EBUSY: it is locked")
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

    RETURNS(pthread_mutex_trylock(&mutex), 0);
    RETURNS(pthread_mutex_trylock(&mutex), EBUSY);
    RETURNS(pthread_mutex_unlock(&mutex), 0);
    RETURNS(pthread_mutex_trylock(&mutex), 0);
}

CASE(pthread_mutex_trylock, "EOWNERDEAD: the owner has ended")
{
    struct shared *shared = share();

    make_mutex(&shared->mutex, PTHREAD_MUTEX_NORMAL, 1);
    EQUAL(end_of(fork_into(lock_and_die, shared)), 0);
    RETURNS(pthread_mutex_trylock(&shared->mutex), EOWNERDEAD);
}

static void *timed_lock(void *argument)
{
    struct shared *shared = argument;
    struct timespec at = in_milliseconds(CLOCK_REALTIME, 30), now;

    RETURNS(pthread_mutex_timedlock(&shared->mutex, &at), ETIMEDOUT);
    CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0);
    CHECK(now.tv_sec > at.tv_sec || (now.tv_sec == at.tv_sec && now.tv_nsec >= at.tv_nsec));
    return NULL;
}

CASE(pthread_mutex_timedlock, "ETIMEDOUT: it was not free in time, and it did not return before")
{
    struct shared *shared = share();

    make_mutex(&shared->mutex, PTHREAD_MUTEX_NORMAL, 0);
    RETURNS(pthread_mutex_lock(&shared->mutex), 0);
    join(start(timed_lock, shared));
    EQUAL(end_of(fork_into(timed_lock, shared)), 0);
}

CASE(pthread_mutex_timedlock, "EINVAL: it would have to wait, and the nanoseconds are out of range")
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    struct timespec at = {1, 1000000000};

    RETURNS(pthread_mutex_timedlock(&mutex, &at), 0);
    RETURNS(pthread_mutex_timedlock(&mutex, &at), EINVAL);
}

static void *unlock_others(void *mutex)
{
    return (void *)(uintptr_t)pthread_mutex_unlock(mutex);
}

CASE(pthread_mutex_unlock, "EPERM: a mutex that checks errors, or a robust one, is another's")
{
    pthread_mutex_t mutex;

    make_mutex(&mutex, PTHREAD_MUTEX_ERRORCHECK, 0);
    RETURNS(pthread_mutex_unlock(&mutex), EPERM);
    RETURNS(pthread_mutex_lock(&mutex), 0);
    EQUAL((uintptr_t)join(start(unlock_others, &mutex)), EPERM);
    make_mutex(&mutex, PTHREAD_MUTEX_NORMAL, 1);
    RETURNS(pthread_mutex_lock(&mutex), 0);
    EQUAL((uintptr_t)join(start(unlock_others, &mutex)), EPERM);
}

CASE(pthread_mutex_consistent, "EINVAL: the mutex is not inconsistent")
{
    struct shared *shared = share();

    make_mutex(&shared->mutex, PTHREAD_MUTEX_NORMAL, 1);
    RETURNS(pthread_mutex_consistent(&shared->mutex), EINVAL);
}

CASE(pthread_mutexattr_settype, "EINVAL: an unknown type")
{
    pthread_mutexattr_t attributes;

    RETURNS(pthread_mutexattr_init(&attributes), 0);
    RETURNS(pthread_mutexattr_settype(&attributes, 77), EINVAL);
    RETURNS(pthread_mutexattr_setpshared(&attributes, 77), EINVAL);
    RETURNS(pthread_mutexattr_setrobust(&attributes, 77), EINVAL);
}

static void make_condition(pthread_cond_t *condition, clockid_t clock)
{
    pthread_condattr_t attributes;

    RETURNS(pthread_condattr_init(&attributes), 0);
    RETURNS(pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    RETURNS(pthread_condattr_setclock(&attributes, clock), 0);
    RETURNS(pthread_cond_init(condition, &attributes), 0);
}

static struct shared *share_condition(void)
{
    struct shared *shared = share();

    make_mutex(&shared->mutex, PTHREAD_MUTEX_NORMAL, 0);
    make_condition(&shared->changed, CLOCK_REALTIME);
    return shared;
}

static void *wait_until_ready(void *argument)
{
    struct shared *shared = argument;

    RETURNS(pthread_mutex_lock(&shared->mutex), 0);
    while (!shared->ready)
        RETURNS(pthread_cond_wait(&shared->changed, &shared->mutex), 0);
    shared->count += 1;
    RETURNS(pthread_mutex_unlock(&shared->mutex), 0);
    return NULL;
}

CASE(pthread_cond_wait, "unlocks while it waits, and returns with the mutex locked")
{
    struct shared *shared = share_condition();
    pid_t child = fork_into(wait_until_ready, shared);

    conform_until_sleeping(child);
    RETURNS(pthread_mutex_lock(&shared->mutex), 0);
    shared->ready = 1;
    RETURNS(pthread_cond_signal(&shared->changed), 0);
    EQUAL(shared->count, 0);
    RETURNS(pthread_mutex_unlock(&shared->mutex), 0);
    EQUAL(end_of(child), 0);
    EQUAL(shared->count, 1);
}

CASE(pthread_cond_broadcast, "all that wait go on, threads and processes")
{
    struct shared *shared = share_condition();
    pthread_t threads[3];
    pid_t children[3];
    int index;

    for (index = 0; index < 3; index += 1)
        children[index] = fork_into(wait_until_ready, shared);
    for (index = 0; index < 3; index += 1)
        threads[index] = start(wait_until_ready, shared);
    for (index = 0; index < 3; index += 1)
        conform_until_sleeping(children[index]);
    RETURNS(pthread_mutex_lock(&shared->mutex), 0);
    shared->ready = 1;
    RETURNS(pthread_cond_broadcast(&shared->changed), 0);
    RETURNS(pthread_mutex_unlock(&shared->mutex), 0);
    for (index = 0; index < 3; index += 1)
        join(threads[index]);
    for (index = 0; index < 3; index += 1)
        EQUAL(end_of(children[index]), 0);
    EQUAL(shared->count, 6);
}

static void *ping(void *argument)
{
    struct shared *shared = argument;
    int round;

    for (round = 0; round < ROUNDS; round += 1) {
        RETURNS(pthread_mutex_lock(&shared->mutex), 0);
        while (shared->count % 2 == 0)
            RETURNS(pthread_cond_wait(&shared->changed, &shared->mutex), 0);
        shared->count += 1;
        RETURNS(pthread_cond_signal(&shared->changed), 0);
        RETURNS(pthread_mutex_unlock(&shared->mutex), 0);
    }
    return NULL;
}

CASE(pthread_cond_signal, "two processes hand a turn to and fro and lose no signal")
{
    struct shared *shared = share_condition();
    pid_t child = fork_into(ping, shared);
    int round;

    for (round = 0; round < ROUNDS; round += 1) {
        RETURNS(pthread_mutex_lock(&shared->mutex), 0);
        while (shared->count % 2 == 1)
            RETURNS(pthread_cond_wait(&shared->changed, &shared->mutex), 0);
        shared->count += 1;
        RETURNS(pthread_cond_signal(&shared->changed), 0);
        RETURNS(pthread_mutex_unlock(&shared->mutex), 0);
    }
    EQUAL(end_of(child), 0);
    EQUAL(shared->count, 2 * ROUNDS);
}

CASE(pthread_cond_signal, "without a waiter nothing is remembered")
{
    struct shared *shared = share_condition();
    struct timespec at;

    RETURNS(pthread_cond_signal(&shared->changed), 0);
    RETURNS(pthread_mutex_lock(&shared->mutex), 0);
    at = in_milliseconds(CLOCK_REALTIME, 20);
    RETURNS(pthread_cond_timedwait(&shared->changed, &shared->mutex, &at), ETIMEDOUT);
}

CASE(pthread_cond_timedwait, "ETIMEDOUT with the mutex locked, not before the time, on either clock")
{
    clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
    struct shared *shared = share();
    struct timespec at, now;
    int index;

    make_mutex(&shared->mutex, PTHREAD_MUTEX_ERRORCHECK, 0);
    for (index = 0; index < 2; index += 1) {
        make_condition(&shared->changed, clocks[index]);
        RETURNS(pthread_mutex_lock(&shared->mutex), 0);
        at = in_milliseconds(clocks[index], 30);
        RETURNS(pthread_cond_timedwait(&shared->changed, &shared->mutex, &at), ETIMEDOUT);
        CHECK(clock_gettime(clocks[index], &now) == 0);
        CHECK(now.tv_sec > at.tv_sec || (now.tv_sec == at.tv_sec && now.tv_nsec >= at.tv_nsec));
        RETURNS(pthread_mutex_unlock(&shared->mutex), 0);
    }
}

CASE(pthread_cond_timedwait, "EINVAL: the nanoseconds are out of range")
{
    struct shared *shared = share_condition();
    struct timespec at = {1, 1000000000};

    RETURNS(pthread_mutex_lock(&shared->mutex), 0);
    RETURNS(pthread_cond_timedwait(&shared->changed, &shared->mutex, &at), EINVAL);
}

CASE(pthread_condattr_setclock, "EINVAL: a clock of processor time, or none")
{
    pthread_condattr_t attributes;

    RETURNS(pthread_condattr_init(&attributes), 0);
    RETURNS(pthread_condattr_setclock(&attributes, CLOCK_PROCESS_CPUTIME_ID), EINVAL);
    RETURNS(pthread_condattr_setpshared(&attributes, 77), EINVAL);
}

static void *meet(void *argument)
{
    struct shared *shared = argument;
    int round, result, serial = 0;

    for (round = 1; round <= 50; round += 1) {
        __atomic_fetch_add(&shared->count, 1, __ATOMIC_SEQ_CST);
        result = pthread_barrier_wait(&shared->barrier);
        CHECK(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
        serial += result == PTHREAD_BARRIER_SERIAL_THREAD;
        CHECK(shared->count >= round * 4);
        pthread_barrier_wait(&shared->barrier);
    }
    __atomic_fetch_add(&shared->ready, serial, __ATOMIC_SEQ_CST);
    return NULL;
}

CASE(pthread_barrier_wait, "nobody goes on before all have come, and one is told so each time")
{
    struct shared *shared = share();
    pthread_barrierattr_t attributes;
    pthread_t threads[2];
    pid_t children[2];
    int index;

    RETURNS(pthread_barrierattr_init(&attributes), 0);
    RETURNS(pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    RETURNS(pthread_barrier_init(&shared->barrier, &attributes, 4), 0);
    for (index = 0; index < 2; index += 1)
        children[index] = fork_into(meet, shared);
    for (index = 0; index < 2; index += 1)
        threads[index] = start(meet, shared);
    for (index = 0; index < 2; index += 1)
        join(threads[index]);
    for (index = 0; index < 2; index += 1)
        EQUAL(end_of(children[index]), 0);
    EQUAL(shared->ready, 50);
}

CASE(pthread_barrier_init, "EINVAL: for nobody")
{
    pthread_barrier_t barrier;

    RETURNS(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
}

CASE(pthread_barrier_wait, "a barrier of one lets it pass as the one that is told")
{
    pthread_barrier_t barrier;

    RETURNS(pthread_barrier_init(&barrier, NULL, 1), 0);
    RETURNS(pthread_barrier_wait(&barrier), PTHREAD_BARRIER_SERIAL_THREAD);
    RETURNS(pthread_barrier_destroy(&barrier), 0);
}

static void *count_with_spin(void *argument)
{
    struct shared *shared = argument;
    int round;

    for (round = 0; round < ROUNDS; round += 1) {
        RETURNS(pthread_spin_lock(&shared->spin), 0);
        shared->count += 1;
        RETURNS(pthread_spin_unlock(&shared->spin), 0);
    }
    return NULL;
}

CASE(pthread_spin_lock, "threads and processes that take turns lose no count")
{
    struct shared *shared = share();
    pthread_t thread;
    pid_t child;

    RETURNS(pthread_spin_init(&shared->spin, PTHREAD_PROCESS_SHARED), 0);
    child = fork_into(count_with_spin, shared);
    thread = start(count_with_spin, shared);
    count_with_spin(shared);
    join(thread);
    EQUAL(end_of(child), 0);
    EQUAL(shared->count, 3 * ROUNDS);
}

CASE(pthread_spin_trylock, "EBUSY: it is locked")
{
    pthread_spinlock_t spin;

    RETURNS(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), 0);
    RETURNS(pthread_spin_trylock(&spin), 0);
    RETURNS(pthread_spin_trylock(&spin), EBUSY);
    RETURNS(pthread_spin_unlock(&spin), 0);
}

static struct shared *share_rwlock(void)
{
    struct shared *shared = share();
    pthread_rwlockattr_t attributes;

    RETURNS(pthread_rwlockattr_init(&attributes), 0);
    RETURNS(pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    RETURNS(pthread_rwlock_init(&shared->rwlock, &attributes), 0);
    return shared;
}

static void *change_both(void *argument)
{
    struct shared *shared = argument;
    int round;

    for (round = 0; round < ROUNDS; round += 1) {
        RETURNS(pthread_rwlock_wrlock(&shared->rwlock), 0);
        shared->count += 1;
        shared->ready += 1;
        RETURNS(pthread_rwlock_unlock(&shared->rwlock), 0);
    }
    return NULL;
}

static void *compare_both(void *argument)
{
    struct shared *shared = argument;
    int round;

    for (round = 0; round < ROUNDS; round += 1) {
        RETURNS(pthread_rwlock_rdlock(&shared->rwlock), 0);
        EQUAL(shared->count, shared->ready);
        RETURNS(pthread_rwlock_unlock(&shared->rwlock), 0);
    }
    return NULL;
}

CASE(pthread_rwlock_wrlock, "readers never see half of a writer's change")
{
    struct shared *shared = share_rwlock();
    pid_t writer = fork_into(change_both, shared), reader = fork_into(compare_both, shared);
    pthread_t thread = start(compare_both, shared);

    change_both(shared);
    join(thread);
    EQUAL(end_of(writer), 0);
    EQUAL(end_of(reader), 0);
    EQUAL(shared->count, 2 * ROUNDS);
}

static void *try_both(void *argument)
{
    struct shared *shared = argument;
    int read = pthread_rwlock_tryrdlock(&shared->rwlock), write;

    if (read == 0)
        RETURNS(pthread_rwlock_unlock(&shared->rwlock), 0);
    write = pthread_rwlock_trywrlock(&shared->rwlock);
    return (void *)(uintptr_t)(read * 1000 + write);
}

CASE(pthread_rwlock_rdlock, "others may read as well, and not write: EBUSY")
{
    struct shared *shared = share_rwlock();

    RETURNS(pthread_rwlock_rdlock(&shared->rwlock), 0);
    EQUAL((uintptr_t)join(start(try_both, shared)), EBUSY);
}

CASE(pthread_rwlock_trywrlock, "while one writes nobody else reads or writes: EBUSY")
{
    struct shared *shared = share_rwlock();

    RETURNS(pthread_rwlock_trywrlock(&shared->rwlock), 0);
    EQUAL((uintptr_t)join(start(try_both, shared)), EBUSY * 1000 + EBUSY);
}

static void *timed_both(void *argument)
{
    struct shared *shared = argument;
    struct timespec at = in_milliseconds(CLOCK_REALTIME, 20);

    RETURNS(pthread_rwlock_timedrdlock(&shared->rwlock, &at), ETIMEDOUT);
    RETURNS(pthread_rwlock_timedwrlock(&shared->rwlock, &at), ETIMEDOUT);
    at.tv_nsec = -1;
    RETURNS(pthread_rwlock_timedwrlock(&shared->rwlock, &at), EINVAL);
    return NULL;
}

CASE(pthread_rwlock_timedwrlock, "ETIMEDOUT, and EINVAL for nanoseconds out of range")
{
    struct shared *shared = share_rwlock();

    RETURNS(pthread_rwlock_wrlock(&shared->rwlock), 0);
    join(start(timed_both, shared));
}

CASE(pthread_rwlock_tryrdlock, "EBUSY: the caller itself writes")
{
    struct shared *shared = share_rwlock();

    RETURNS(pthread_rwlock_wrlock(&shared->rwlock), 0);
    RETURNS(pthread_rwlock_tryrdlock(&shared->rwlock), EBUSY);
}
