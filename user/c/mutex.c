/*
 * mutex: an account that processes change under a mutex in shared memory, and what becomes of the
 * mutex when its owner is killed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 4
#define TRANSFERS 5000

struct bank {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    long account[PROCESSES];
    int is_held;
};

static struct bank *bank;

static void must(int error, const char *step)
{
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", step, strerror(error));
        exit(1);
    }
}

static void make(void)
{
    pthread_mutexattr_t mutex;
    pthread_condattr_t condition;

    bank = mmap(NULL, sizeof *bank, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (bank == MAP_FAILED)
        must(errno, "mmap");
    must(pthread_mutexattr_init(&mutex), "mutexattr_init");
    must(pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED), "setpshared");
    must(pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST), "setrobust");
    must(pthread_mutex_init(&bank->mutex, &mutex), "mutex_init");
    must(pthread_condattr_init(&condition), "condattr_init");
    must(pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED), "cond setpshared");
    must(pthread_cond_init(&bank->changed, &condition), "cond_init");
}

static void transfer(int from)
{
    int round;

    for (round = 0; round < TRANSFERS; round += 1) {
        must(pthread_mutex_lock(&bank->mutex), "lock");
        bank->account[from] -= round % 100;
        bank->account[(from + 1 + round % (PROCESSES - 1)) % PROCESSES] += round % 100;
        must(pthread_mutex_unlock(&bank->mutex), "unlock");
    }
}

static void hold_for_ever(void)
{
    must(pthread_mutex_lock(&bank->mutex), "lock");
    bank->is_held = 1;
    /* Woken before it has let go of the mutex: who waits for the condition gets on only when the
     * owner is dead. */
    must(pthread_cond_broadcast(&bank->changed), "broadcast");
    for (;;)
        pause();
}

static pid_t start(void (*body)(int), int argument)
{
    pid_t child = fork();

    if (child < 0)
        must(errno, "fork");
    if (child == 0) {
        body(argument);
        _exit(0);
    }
    return child;
}

static void hold(int unused)
{
    (void)unused;
    hold_for_ever();
}

int main(void)
{
    pid_t owner;
    long sum = 0;
    int index, status, error;

    make();
    for (index = 0; index < PROCESSES; index += 1)
        start(transfer, index);
    for (index = 0; index < PROCESSES; index += 1)
        if (wait(&status) < 0 || status != 0)
            must(ECHILD, "a child");
    for (index = 0; index < PROCESSES; index += 1)
        sum += bank->account[index];
    printf("%d transfers by %d processes: the accounts sum to %ld\n", PROCESSES * TRANSFERS,
           PROCESSES, sum);
    owner = start(hold, 0);
    while (!__atomic_load_n(&bank->is_held, __ATOMIC_ACQUIRE))
        usleep(1000);
    error = pthread_mutex_trylock(&bank->mutex);
    printf("while the owner lives: %s\n", error == EBUSY ? "EBUSY" : strerror(error));
    kill(owner, SIGKILL);
    waitpid(owner, &status, 0);
    error = pthread_mutex_lock(&bank->mutex);
    printf("after it was killed: %s\n", error == EOWNERDEAD ? "EOWNERDEAD" : strerror(error));
    must(pthread_mutex_consistent(&bank->mutex), "consistent");
    must(pthread_mutex_unlock(&bank->mutex), "unlock");
    must(pthread_mutex_lock(&bank->mutex), "lock again");
    must(pthread_mutex_unlock(&bank->mutex), "unlock again");
    printf("mutex: ok\n");
    return sum != 0;
}
