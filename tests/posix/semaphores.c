/* Semaphores, with names and without. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAKE (O_CREAT | O_EXCL)
#define NOBODY 65534

static sem_t *make(unsigned which, unsigned value)
{
    sem_t *semaphore = sem_open(conform_name(which), MAKE, 0600, value);

    CHECK(semaphore != SEM_FAILED);
    return semaphore;
}

static int value_of(sem_t *semaphore)
{
    int value;

    CHECK(sem_getvalue(semaphore, &value) == 0);
    return value;
}

/* A semaphore without a name, shared with children. */
static sem_t *shared(unsigned value)
{
    sem_t *semaphore =
        mmap(NULL, sizeof *semaphore, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CHECK(semaphore != MAP_FAILED);
    CHECK(sem_init(semaphore, 1, value) == 0);
    return semaphore;
}

static pid_t fork_into(void (*body)(sem_t *), sem_t *semaphore)
{
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        body(semaphore);
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

static struct timespec in_milliseconds(long count)
{
    struct timespec at;

    CHECK(clock_gettime(CLOCK_REALTIME, &at) == 0);
    at.tv_nsec += count * 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

static void ignore(int signal)
{
    (void)signal;
}

static void wait_for(sem_t *semaphore)
{
    CHECK(sem_wait(semaphore) == 0);
}

CASE(sem_open, "a new semaphore has its value")
{
    EQUAL(value_of(make(0, 3)), 3);
}

CASE(sem_open, "a value of zero is taken")
{
    sem_t *semaphore = make(0, 0);

    EQUAL(value_of(semaphore), 0);
    FAILS(sem_trywait(semaphore), EAGAIN);
}

CASE(sem_open, "the same name in the same process gives the same address")
{
    sem_t *semaphore = make(0, 1);

    CHECK(sem_open(conform_name(0), 0) == semaphore);
    CHECK(sem_open(conform_name(0), O_CREAT, 0600, 7) == semaphore);
    EQUAL(value_of(semaphore), 1);
}

static void open_and_post(sem_t *unused)
{
    sem_t *semaphore = sem_open(conform_name(0), 0);

    (void)unused;
    CHECK(semaphore != SEM_FAILED && sem_post(semaphore) == 0);
}

CASE(sem_open, "another process that opens the name has the same semaphore")
{
    sem_t *semaphore = make(0, 0);

    EQUAL(end_of(fork_into(open_and_post, NULL)), 0);
    EQUAL(value_of(semaphore), 1);
}

CASE(sem_open, "O_CREAT has no effect where it exists")
{
    make(0, 2);
    EQUAL(value_of(sem_open(conform_name(0), O_CREAT, 0600, 9)), 2);
}

CASE(sem_open, "EEXIST: O_CREAT and O_EXCL, and the name exists")
{
    make(0, 1);
    FAILS_WITH(sem_open(conform_name(0), MAKE, 0600, 1), SEM_FAILED, EEXIST);
}

CASE(sem_open, "ENOENT: no O_CREAT, and the name does not exist")
{
    FAILS_WITH(sem_open(conform_name(0), 0), SEM_FAILED, ENOENT);
}

CASE(sem_open, "EINVAL: the value is greater than SEM_VALUE_MAX")
{
    FAILS_WITH(sem_open(conform_name(0), MAKE, 0600, (unsigned)SEM_VALUE_MAX + 1U), SEM_FAILED,
               EINVAL);
}

/* glibc answers EINVAL, before it asks the system. */
CASE(sem_open, "ENAMETOOLONG or EINVAL: the name is longer than NAME_MAX")
{
    char name[NAME_MAX + 3];

    memset(name, 'x', sizeof name);
    name[0] = '/';
    name[sizeof name - 1] = 0;
    CHECK(sem_open(name, MAKE, 0600, 1) == SEM_FAILED);
    CHECK(errno == ENAMETOOLONG || errno == EINVAL);
}

static void fail_to_open(sem_t *unused)
{
    (void)unused;
    CHECK(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
    FAILS_WITH(sem_open(conform_name(0), 0), SEM_FAILED, EACCES);
}

CASE(sem_open, "EACCES: the mode keeps this user out")
{
    if (!conform_is_root())
        conform_untested("only the superuser can become somebody else");
    CHECK(sem_close(make(0, 1)) == 0);
    EQUAL(end_of(fork_into(fail_to_open, NULL)), 0);
}

static void make_if_first(sem_t *wins)
{
    if (sem_open(conform_name(0), MAKE, 0600, 1) != SEM_FAILED)
        CHECK(sem_post(wins) == 0);
}

CASE(sem_open, "of many processes that make a name with O_EXCL one succeeds")
{
    sem_t *wins = shared(0);
    pid_t children[4];
    int index, round;

    for (round = 1; round <= 20; round += 1) {
        for (index = 0; index < 4; index += 1)
            children[index] = fork_into(make_if_first, wins);
        for (index = 0; index < 4; index += 1)
            EQUAL(end_of(children[index]), 0);
        EQUAL(value_of(wins), round);
        CHECK(sem_unlink(conform_name(0)) == 0);
    }
}

CASE(sem_close, "the value stays for who opens it next")
{
    sem_t *semaphore = make(0, 1);

    CHECK(sem_post(semaphore) == 0);
    CHECK(sem_close(semaphore) == 0);
    EQUAL(value_of(sem_open(conform_name(0), 0)), 2);
}

CASE(sem_unlink, "the name is gone at once, the semaphore when all have closed it")
{
    sem_t *semaphore = make(0, 1);

    CHECK(sem_unlink(conform_name(0)) == 0);
    FAILS_WITH(sem_open(conform_name(0), 0), SEM_FAILED, ENOENT);
    CHECK(sem_wait(semaphore) == 0 && sem_post(semaphore) == 0);
}

CASE(sem_unlink, "a name made again is another semaphore")
{
    sem_t *old = make(0, 1), *new;

    CHECK(sem_unlink(conform_name(0)) == 0);
    new = make(0, 5);
    EQUAL(value_of(new), 5);
    EQUAL(value_of(old), 1);
}

CASE(sem_unlink, "ENOENT: there is no such name")
{
    FAILS(sem_unlink(conform_name(0)), ENOENT);
}

static void fail_to_unlink(sem_t *unused)
{
    (void)unused;
    CHECK(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
    CHECK(sem_unlink(conform_name(0)) == -1);
    CHECK(errno == EACCES || errno == EPERM);
}

CASE(sem_unlink, "EACCES: who may not")
{
    if (!conform_is_root())
        conform_untested("only the superuser can become somebody else");
    make(0, 1);
    EQUAL(end_of(fork_into(fail_to_unlink, NULL)), 0);
}

CASE(sem_init, "it has its value")
{
    sem_t semaphore;

    CHECK(sem_init(&semaphore, 0, 4) == 0);
    EQUAL(value_of(&semaphore), 4);
    CHECK(sem_destroy(&semaphore) == 0);
}

CASE(sem_init, "EINVAL: the value is greater than SEM_VALUE_MAX")
{
    sem_t semaphore;

    FAILS(sem_init(&semaphore, 0, (unsigned)SEM_VALUE_MAX + 1U), EINVAL);
}

static void post(sem_t *semaphore)
{
    CHECK(sem_post(semaphore) == 0);
}

CASE(sem_init, "one that is shared between processes counts for both")
{
    sem_t *semaphore = shared(0);
    pid_t child = fork_into(post, semaphore);

    CHECK(sem_wait(semaphore) == 0);
    EQUAL(end_of(child), 0);
}

CASE(sem_wait, "takes one, and sleeps while there is none")
{
    sem_t *semaphore = shared(1);
    pid_t child;

    CHECK(sem_wait(semaphore) == 0);
    child = fork_into(wait_for, semaphore);
    conform_until_sleeping(child);
    EQUAL(waitpid(child, NULL, WNOHANG), 0);
    CHECK(sem_post(semaphore) == 0);
    EQUAL(end_of(child), 0);
    EQUAL(value_of(semaphore), 0);
}

static void be_interrupted(sem_t *semaphore)
{
    struct sigaction action = {.sa_handler = ignore};

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    FAILS(sem_wait(semaphore), EINTR);
}

CASE(sem_wait, "EINTR: a signal was caught")
{
    sem_t *semaphore = shared(0);
    pid_t child = fork_into(be_interrupted, semaphore);

    conform_until_sleeping(child);
    CHECK(kill(child, SIGUSR1) == 0);
    EQUAL(end_of(child), 0);
}

CASE(sem_wait, "a waiter that is killed has taken nothing")
{
    sem_t *semaphore = shared(0);
    pid_t child = fork_into(wait_for, semaphore);

    conform_until_sleeping(child);
    CHECK(kill(child, SIGKILL) == 0);
    EQUAL(conform_signalled(end_of(child)), SIGKILL);
    CHECK(sem_post(semaphore) == 0);
    EQUAL(value_of(semaphore), 1);
    CHECK(sem_wait(semaphore) == 0);
}

CASE(sem_trywait, "takes one if there is one")
{
    sem_t *semaphore = shared(1);

    CHECK(sem_trywait(semaphore) == 0);
    EQUAL(value_of(semaphore), 0);
}

CASE(sem_trywait, "EAGAIN: there is none, and nothing changes")
{
    sem_t *semaphore = shared(0);

    FAILS(sem_trywait(semaphore), EAGAIN);
    EQUAL(value_of(semaphore), 0);
}

CASE(sem_timedwait, "takes one at once, also when the time is over")
{
    sem_t *semaphore = shared(1);
    struct timespec past = {1, 0};

    CHECK(sem_timedwait(semaphore, &past) == 0);
    EQUAL(value_of(semaphore), 0);
}

CASE(sem_timedwait, "ETIMEDOUT: nobody posted in time, and it did not return before")
{
    sem_t *semaphore = shared(0);
    struct timespec at = in_milliseconds(30), now;

    FAILS(sem_timedwait(semaphore, &at), ETIMEDOUT);
    CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0);
    CHECK(now.tv_sec > at.tv_sec || (now.tv_sec == at.tv_sec && now.tv_nsec >= at.tv_nsec));
    EQUAL(value_of(semaphore), 0);
}

CASE(sem_timedwait, "EINVAL: the nanoseconds are out of range")
{
    sem_t *semaphore = shared(0);
    struct timespec at = in_milliseconds(1000);

    at.tv_nsec = 1000000000;
    FAILS(sem_timedwait(semaphore, &at), EINVAL);
    at.tv_nsec = -1;
    FAILS(sem_timedwait(semaphore, &at), EINVAL);
}

static void wait_with_time(sem_t *semaphore)
{
    struct timespec at = in_milliseconds(30000);

    CHECK(sem_timedwait(semaphore, &at) == 0);
}

CASE(sem_timedwait, "a post within the time ends the wait")
{
    sem_t *semaphore = shared(0);
    pid_t child = fork_into(wait_with_time, semaphore);

    conform_until_sleeping(child);
    CHECK(sem_post(semaphore) == 0);
    EQUAL(end_of(child), 0);
}

static void be_interrupted_with_time(sem_t *semaphore)
{
    struct sigaction action = {.sa_handler = ignore};
    struct timespec at = in_milliseconds(30000);

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    FAILS(sem_timedwait(semaphore, &at), EINTR);
}

CASE(sem_timedwait, "EINTR: a signal was caught")
{
    sem_t *semaphore = shared(0);
    pid_t child = fork_into(be_interrupted_with_time, semaphore);

    conform_until_sleeping(child);
    CHECK(kill(child, SIGUSR1) == 0);
    EQUAL(end_of(child), 0);
}

CASE(sem_post, "adds one when nobody waits")
{
    sem_t *semaphore = shared(0);

    CHECK(sem_post(semaphore) == 0 && sem_post(semaphore) == 0);
    EQUAL(value_of(semaphore), 2);
}

CASE(sem_post, "EOVERFLOW: it is at SEM_VALUE_MAX")
{
    sem_t *semaphore = shared(SEM_VALUE_MAX);

    FAILS(sem_post(semaphore), EOVERFLOW);
    EQUAL(value_of(semaphore), SEM_VALUE_MAX);
}

CASE(sem_post, "wakes one waiter for each post")
{
    sem_t *semaphore = shared(0);
    pid_t children[3];
    int index, ended;

    for (index = 0; index < 3; index += 1)
        children[index] = fork_into(wait_for, semaphore);
    for (index = 0; index < 3; index += 1)
        conform_until_sleeping(children[index]);
    CHECK(sem_post(semaphore) == 0);
    EQUAL(waitpid(-1, &ended, 0) > 0, 1);
    EQUAL(ended, 0);
    EQUAL(waitpid(-1, NULL, WNOHANG), 0);
    CHECK(sem_post(semaphore) == 0 && sem_post(semaphore) == 0);
    CHECK(wait(&ended) > 0 && ended == 0);
    CHECK(wait(&ended) > 0 && ended == 0);
}

static sem_t *posted_by_handler;

static void post_in_handler(int signal)
{
    (void)signal;
    sem_post(posted_by_handler);
}

CASE(sem_post, "may be called by a signal handler")
{
    struct sigaction action = {.sa_handler = post_in_handler};

    posted_by_handler = shared(0);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(value_of(posted_by_handler), 1);
}

#define ROUNDS 500

static sem_t *turn;

static void *count(void *counter)
{
    int round;

    for (round = 0; round < ROUNDS; round += 1) {
        CHECK(sem_wait(turn) == 0);
        *(volatile int *)counter += 1;
        CHECK(sem_post(turn) == 0);
    }
    return NULL;
}

CASE(sem_post, "processes and threads that take turns lose no count")
{
    int *counter = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                        -1, 0);
    pid_t children[3];
    pthread_t threads[2];
    int index;

    CHECK(counter != MAP_FAILED);
    turn = shared(1);
    for (index = 0; index < 3; index += 1) {
        children[index] = fork();
        if (children[index] == 0) {
            count(counter);
            _exit(0);
        }
    }
    for (index = 0; index < 2; index += 1)
        RETURNS(pthread_create(&threads[index], NULL, count, counter), 0);
    for (index = 0; index < 2; index += 1)
        RETURNS(pthread_join(threads[index], NULL), 0);
    for (index = 0; index < 3; index += 1)
        EQUAL(end_of(children[index]), 0);
    EQUAL(*counter, 5 * ROUNDS);
}
