/* Threads: their making, end, and what they have of their own. */
#define _GNU_SOURCE
#include "conform.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_t start(void *(*body)(void *), void *argument)
{
    pthread_t thread;

    RETURNS(pthread_create(&thread, NULL, body, argument), 0);
    return thread;
}

static void *result_of(pthread_t thread)
{
    void *result;

    RETURNS(pthread_join(thread, &result), 0);
    return result;
}

static void *add_one(void *number)
{
    return (char *)number + 1;
}

CASE(pthread_create, "the function gets its argument, and join its result")
{
    EQUAL((uintptr_t)result_of(start(add_one, (void *)41)), 42);
}

static void *own_number(void *unused)
{
    (void)unused;
    return (void *)(uintptr_t)pthread_self();
}

CASE(pthread_create, "the number it stores is the new thread's")
{
    pthread_t thread = start(own_number, NULL);

    CHECK(pthread_equal((pthread_t)(uintptr_t)result_of(thread), thread));
    CHECK(!pthread_equal(thread, pthread_self()));
}

static void *process_number(void *unused)
{
    (void)unused;
    return (void *)(uintptr_t)getpid();
}

CASE(pthread_create, "threads belong to one process")
{
    EQUAL((uintptr_t)result_of(start(process_number, NULL)), getpid());
}

static void *blocked_signals(void *set)
{
    CHECK(pthread_sigmask(SIG_BLOCK, NULL, set) == 0);
    return NULL;
}

CASE(pthread_create, "the mask of signals is inherited, pending signals are not")
{
    sigset_t set, found;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    RETURNS(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
    RETURNS(pthread_kill(pthread_self(), SIGUSR1), 0);
    result_of(start(blocked_signals, &found));
    EQUAL(sigismember(&found, SIGUSR1), 1);
}

static void *pending_signals(void *set)
{
    CHECK(sigpending(set) == 0);
    return NULL;
}

CASE(pthread_create, "a signal that is pending for one thread is not for another")
{
    sigset_t set, found;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    RETURNS(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
    RETURNS(pthread_kill(pthread_self(), SIGUSR1), 0);
    result_of(start(pending_signals, &found));
    EQUAL(sigismember(&found, SIGUSR1), 0);
    CHECK(sigpending(&found) == 0);
    EQUAL(sigismember(&found, SIGUSR1), 1);
}

static void *use_stack(void *unused)
{
    volatile char room[200000];

    (void)unused;
    room[0] = room[sizeof room - 1] = 1;
    return (void *)(uintptr_t)(room[0] + room[sizeof room - 1]);
}

CASE(pthread_create, "attributes: the size of the stack")
{
    pthread_attr_t attributes;
    pthread_t thread;

    RETURNS(pthread_attr_init(&attributes), 0);
    RETURNS(pthread_attr_setstacksize(&attributes, 262144), 0);
    RETURNS(pthread_create(&thread, &attributes, use_stack, NULL), 0);
    EQUAL((uintptr_t)result_of(thread), 2);
}

static void *recurse(void *depth)
{
    volatile char room[4096];

    room[0] = 1;
    if ((uintptr_t)depth < SIZE_MAX)
        recurse((char *)depth + room[0]);
    return (void *)(uintptr_t)room[0];
}

static void overflow_stack(void *unused)
{
    (void)unused;
    result_of(start(recurse, NULL));
}

CASE(pthread_create, "a stack that overflows is SIGSEGV: the page before it is a guard")
{
    EQUAL(conform_signalled(conform_child(overflow_stack, NULL)), SIGSEGV);
}

CASE(pthread_create, "a hundred threads at a time, five times")
{
    pthread_t threads[100];
    uintptr_t round, index;

    for (round = 0; round < 5; round += 1) {
        for (index = 0; index < 100; index += 1)
            threads[index] = start(add_one, (void *)index);
        for (index = 0; index < 100; index += 1)
            EQUAL((uintptr_t)result_of(threads[index]), index + 1);
    }
}

static void *exit_early(void *unused)
{
    (void)unused;
    pthread_exit((void *)9);
}

CASE(pthread_exit, "ends the thread with a result")
{
    EQUAL((uintptr_t)result_of(start(exit_early, NULL)), 9);
}

static int cleaned;

static void clean(void *amount)
{
    cleaned = cleaned * 10 + (int)(uintptr_t)amount;
}

static void *exit_with_handlers(void *unused)
{
    (void)unused;
    pthread_cleanup_push(clean, (void *)1);
    pthread_cleanup_push(clean, (void *)2);
    pthread_exit(NULL);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

CASE(pthread_exit, "runs the clean-up handlers, the last one first")
{
    result_of(start(exit_with_handlers, NULL));
    EQUAL(cleaned, 21);
}

static pthread_key_t key;
static int destroyed;

static void destroy(void *value)
{
    destroyed += (int)(uintptr_t)value;
}

static void *set_own(void *value)
{
    CHECK(pthread_getspecific(key) == NULL);
    RETURNS(pthread_setspecific(key, value), 0);
    sched_yield();
    CHECK(pthread_getspecific(key) == value);
    return NULL;
}

CASE(pthread_exit, "runs the destructors of the thread's own values")
{
    pthread_t one, other;

    RETURNS(pthread_key_create(&key, destroy), 0);
    one = start(set_own, (void *)30);
    other = start(set_own, (void *)12);
    result_of(one);
    result_of(other);
    EQUAL(destroyed, 42);
}

static void *exit_process(void *unused)
{
    (void)unused;
    _exit(6);
}

static void end_by_thread(void *unused)
{
    (void)unused;
    start(exit_process, NULL);
    for (;;)
        pause();
}

CASE(pthread_exit, "_exit by one thread ends all of the process")
{
    EQUAL(conform_exited(conform_child(end_by_thread, NULL)), 6);
}

static void *end_by_itself(void *unused)
{
    return unused;
}

/* By the call itself: after a fork, musl's pthread_exit of the first thread waits for its own lock. */
static void leave_first(void *unused)
{
    (void)unused;
    start(end_by_itself, NULL);
    syscall(SYS_exit, 0);
}

CASE(pthread_exit, "a process whose threads have all ended so ends with 0")
{
    EQUAL(conform_exited(conform_child(leave_first, NULL)), 0);
}

static void *wait_for_end(void *go)
{
    while (!__atomic_load_n((int *)go, __ATOMIC_ACQUIRE))
        sched_yield();
    return NULL;
}

CASE(pthread_detach, "a detached thread runs on and needs no join")
{
    int go = 0;
    pthread_t thread = start(wait_for_end, &go);

    RETURNS(pthread_detach(thread), 0);
    __atomic_store_n(&go, 1, __ATOMIC_RELEASE);
}

static int initialized;

static void initialize(void)
{
    initialized += 1;
}

static void *call_once(void *control)
{
    RETURNS(pthread_once(control, initialize), 0);
    EQUAL(initialized, 1);
    return NULL;
}

CASE(pthread_once, "of many threads one runs it, and all find it done")
{
    static pthread_once_t control = PTHREAD_ONCE_INIT;
    pthread_t threads[8];
    int index;

    for (index = 0; index < 8; index += 1)
        threads[index] = start(call_once, &control);
    for (index = 0; index < 8; index += 1)
        result_of(threads[index]);
    EQUAL(initialized, 1);
}

static void *wait_in_call(void *ends)
{
    char byte;

    pthread_cleanup_push(clean, (void *)5);
    EQUAL(read(((int *)ends)[0], &byte, 1), 0);
    pthread_cleanup_pop(0);
    return NULL;
}

CASE(pthread_cancel, "ends a thread that waits in a call, and runs its handlers")
{
    int ends[2];
    pthread_t thread;

    CHECK(pipe(ends) == 0);
    thread = start(wait_in_call, ends);
    RETURNS(pthread_cancel(thread), 0);
    CHECK(result_of(thread) == PTHREAD_CANCELED);
    EQUAL(cleaned == 5 || cleaned == 0, 1);
}

static void *forbid_cancel(void *go)
{
    int before;

    RETURNS(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before), 0);
    EQUAL(before, PTHREAD_CANCEL_ENABLE);
    __atomic_store_n((int *)go, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n((int *)go, __ATOMIC_ACQUIRE) != 2)
        sched_yield();
    pthread_testcancel();
    return (void *)3;
}

CASE(pthread_cancel, "waits while a thread has forbidden it")
{
    int go = 0;
    pthread_t thread = start(forbid_cancel, &go);

    while (__atomic_load_n(&go, __ATOMIC_ACQUIRE) != 1)
        sched_yield();
    RETURNS(pthread_cancel(thread), 0);
    __atomic_store_n(&go, 2, __ATOMIC_RELEASE);
    EQUAL((uintptr_t)result_of(thread), 3);
}

static volatile int caught_by;
static pthread_t catcher;

static void note_thread(int signal)
{
    caught_by = pthread_equal(pthread_self(), catcher) ? signal : -1;
}

static void *catch_one(void *unused)
{
    (void)unused;
    while (caught_by == 0)
        sched_yield();
    return NULL;
}

CASE(pthread_kill, "the handler runs in that thread")
{
    struct sigaction action = {.sa_handler = note_thread};

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    catcher = start(catch_one, NULL);
    RETURNS(pthread_kill(catcher, SIGUSR1), 0);
    result_of(catcher);
    EQUAL(caught_by, SIGUSR1);
}

CASE(pthread_kill, "signal 0 checks and sends nothing; EINVAL: no signal")
{
    int go = 0;
    pthread_t thread = start(wait_for_end, &go);

    RETURNS(pthread_kill(thread, 0), 0);
    RETURNS(pthread_kill(thread, 1000), EINVAL);
    __atomic_store_n(&go, 1, __ATOMIC_RELEASE);
    result_of(thread);
}

CASE(pthread_sigmask, "EINVAL: an unknown way to change it")
{
    sigset_t set;

    sigemptyset(&set);
    RETURNS(pthread_sigmask(77, &set, NULL), EINVAL);
}

static void *unblocked(void *unused)
{
    sigset_t set;

    (void)unused;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    RETURNS(pthread_sigmask(SIG_UNBLOCK, &set, NULL), 0);
    while (caught_by == 0)
        sched_yield();
    return NULL;
}

CASE(pthread_sigmask, "a signal for the process goes to a thread that does not block it")
{
    struct sigaction action = {.sa_handler = note_thread};
    sigset_t set;

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    RETURNS(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
    catcher = start(unblocked, NULL);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    result_of(catcher);
    EQUAL(caught_by, SIGUSR1);
}

static void prepare(void)
{
    cleaned = cleaned * 10 + 1;
}

static void in_parent(void)
{
    cleaned = cleaned * 10 + 2;
}

static void in_child(void)
{
    cleaned = cleaned * 10 + 3;
}

CASE(pthread_atfork, "handlers run before the fork, and after it on both sides")
{
    pid_t child;
    int status;

    RETURNS(pthread_atfork(prepare, in_parent, in_child), 0);
    child = fork();
    if (child == 0)
        _exit(cleaned);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 13);
    EQUAL(cleaned, 12);
}
