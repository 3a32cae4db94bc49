/* Threads as a C library makes them: each check is named, and the first that fails is told. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 8, TURNS = 2000, CROWD = 500 };

extern char **environ;

static void check(int holds, const char *name)
{
    if (!holds) {
        printf("FAILED %s (%s)\n", name, strerror(errno));
        fflush(stdout);
        _exit(1);
    }
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER;
static int count, turn;
static __thread int own = 7;

static void *add(void *argument)
{
    check(own == 7, "thread-local data begin as they should");
    own = (int)(long)argument;
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < TURNS; i++) {
        pthread_mutex_lock(&mutex);
        count++;
        pthread_mutex_unlock(&mutex);
        if (i % 16 == 0) {
            pthread_rwlock_rdlock(&table);
            pthread_rwlock_unlock(&table);
        } else if (i % 64 == 1) {
            pthread_rwlock_wrlock(&table);
            pthread_rwlock_unlock(&table);
        }
    }
    check(own == (int)(long)argument, "thread-local data are the thread's own");
    return (void *)(long)own;
}

static void locks(void)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (long i = 0; i < THREADS; i++)
        check(pthread_create(&threads[i], NULL, add, (void *)i) == 0, "threads are made");
    for (long i = 0; i < THREADS; i++) {
        void *result;
        check(pthread_join(threads[i], &result) == 0, "threads are joined");
        check((long)result == i, "a join gives what the thread returned");
    }
    check(count == THREADS * TURNS, "no turn is lost");
}

static void *take_turns(void *argument)
{
    int mine = (int)(long)argument;
    for (int i = 0; i < 200; i++) {
        pthread_mutex_lock(&mutex);
        while (turn % 4 != mine)
            pthread_cond_wait(&condition, &mutex);
        turn++;
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void conditions(void)
{
    pthread_t threads[4];
    for (long i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, take_turns, (void *)i);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    check(turn == 800, "threads take turns by a condition");
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_nsec += 20000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    pthread_mutex_lock(&mutex);
    check(pthread_cond_timedwait(&condition, &mutex, &at) == ETIMEDOUT, "a wait has an end");
    pthread_mutex_unlock(&mutex);
    pthread_mutex_lock(&mutex);
    check(pthread_mutex_timedlock(&mutex, &at) == ETIMEDOUT, "so has one for a lock");
    pthread_mutex_unlock(&mutex);
}

static void *nothing(void *argument)
{
    void *memory = malloc(100);
    memset(memory, 1, 100);
    free(memory);
    return argument;
}

static void crowd(void)
{
    static pthread_t threads[CROWD];
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < CROWD; i++)
            check(pthread_create(&threads[i], &small, nothing, NULL) == 0, "hundreds are made");
        for (int i = 0; i < CROWD; i++)
            check(pthread_join(threads[i], NULL) == 0, "hundreds are joined");
    }
    for (int i = 0; i < CROWD; i++) {
        pthread_t thread;
        check(pthread_create(&thread, &small, nothing, NULL) == 0, "detached ones are made");
        check(pthread_detach(thread) == 0, "a thread is detached");
    }
}

struct common {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    sem_t semaphore;
    int value;
};

static struct common *common(void)
{
    struct common *all = mmap(NULL, sizeof *all, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(all != MAP_FAILED, "shared memory");
    pthread_mutexattr_t lock;
    pthread_mutexattr_init(&lock);
    pthread_mutexattr_setpshared(&lock, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&lock, PTHREAD_MUTEX_ROBUST);
    check(pthread_mutex_init(&all->mutex, &lock) == 0, "a robust lock");
    pthread_condattr_t wait;
    pthread_condattr_init(&wait);
    pthread_condattr_setpshared(&wait, PTHREAD_PROCESS_SHARED);
    pthread_cond_init(&all->condition, &wait);
    sem_init(&all->semaphore, 1, 0);
    return all;
}

static void robust(int by_kill)
{
    struct common *all = common();
    pid_t child = fork();
    check(child >= 0, "a child");
    if (child == 0) {
        pthread_mutex_lock(&all->mutex);
        sem_post(&all->semaphore);
        while (by_kill)
            pause();
        _exit(0);
    }
    sem_wait(&all->semaphore);
    if (by_kill) {
        usleep(10000);
        kill(child, SIGKILL);
    }
    check(pthread_mutex_lock(&all->mutex) == EOWNERDEAD, "the holder of a lock has died");
    check(pthread_mutex_consistent(&all->mutex) == 0, "it is made good");
    check(pthread_mutex_unlock(&all->mutex) == 0, "and free");
    check(pthread_mutex_lock(&all->mutex) == 0, "and taken as always");
    pthread_mutex_unlock(&all->mutex);
    check(waitpid(child, NULL, 0) == child, "the child is waited for");
    munmap(all, sizeof *all);
}

static void spawn(void)
{
    char *words[] = {"true", NULL};
    pid_t child;
    int status;
    check(posix_spawn(&child, "/bin/true", NULL, NULL, words, environ) == 0, "a program is spawned");
    check(waitpid(child, &status, 0) == child && status == 0, "and ends well");
    check(posix_spawn(&child, "/bin/nothing", NULL, NULL, words, environ) == ENOENT,
          "one that is not there is told");
    child = vfork();
    if (child == 0)
        _exit(5);
    check(child > 0 && waitpid(child, &status, 0) == child, "vfork");
    check(WEXITSTATUS(status) == 5, "its status");
    check(system(NULL) >= 0, "system");
}

static void *fork_there(void *argument)
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(9);
    check(child > 0 && waitpid(child, &status, 0) == child, "a thread forks");
    check(WEXITSTATUS(status) == 9, "its child's status");
    return argument;
}

static void calls(void)
{
    pthread_t thread;
    char name[16];
    cpu_set_t set;
    struct rusage usage;
    clockid_t clock;
    struct timespec time;
    for (int i = 0; i < 20; i++) {
        pthread_create(&thread, NULL, fork_there, NULL);
        pthread_join(thread, NULL);
    }
    check(pthread_setname_np(pthread_self(), "renamed") == 0, "a thread is named");
    check(pthread_getname_np(pthread_self(), name, sizeof name) == 0, "its name is told");
    check(strcmp(name, "renamed") == 0, "as it is");
    check(pthread_getaffinity_np(pthread_self(), sizeof set, &set) == 0, "its cores");
    check(CPU_COUNT(&set) >= 1, "are some");
    check(sched_getscheduler(0) == SCHED_OTHER, "its policy");
    check(getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_minflt > 0, "page faults");
    check(pthread_getcpuclockid(pthread_self(), &clock) == 0, "its clock");
    check(clock_gettime(clock, &time) == 0, "goes");
    check(clock_getcpuclockid(0, &clock) == 0 && clock_gettime(clock, &time) == 0, "the process's");
    check(pthread_kill(pthread_self(), 0) == 0, "a thread is there");
}

static void *go_on(void *argument)
{
    usleep(20000);
    puts("threads: ok");
    fflush(stdout);
    exit((int)(long)argument);
}

int main(void)
{
    pthread_t thread;
    locks();
    conditions();
    crowd();
    robust(0);
    robust(1);
    spawn();
    calls();
    check(pthread_create(&thread, NULL, go_on, (void *)9L) == 0, "the last one");
    pthread_exit(NULL);
}
