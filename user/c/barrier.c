/*
 * barrier: processes and threads compute a heat equation together, each a part of the rod, and meet
 * at a barrier in shared memory after each step.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PARTS 4
#define CELLS 400
#define STEPS 200

struct rod {
    pthread_barrier_t barrier;
    double cell[2][CELLS];
};

static struct rod *rod;

static void must(int error, const char *step)
{
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", step, strerror(error));
        exit(1);
    }
}

static void *compute(void *argument)
{
    long part = (long)argument, first = part * CELLS / PARTS, last = (part + 1) * CELLS / PARTS;
    int step, error;

    for (step = 0; step < STEPS; step += 1) {
        const double *now = rod->cell[step % 2];
        double *next = rod->cell[(step + 1) % 2];
        long at;

        for (at = first; at < last; at += 1) {
            double left = at > 0 ? now[at - 1] : 100.0;
            double right = at < CELLS - 1 ? now[at + 1] : 0.0;

            next[at] = now[at] + 0.25 * (left - 2 * now[at] + right);
        }
        error = pthread_barrier_wait(&rod->barrier);
        must(error == PTHREAD_BARRIER_SERIAL_THREAD ? 0 : error, "barrier_wait");
    }
    return NULL;
}

/* The first parts by processes, the rest by threads. */
static void run(int processes, double *result)
{
    pthread_barrierattr_t attributes;
    pthread_t thread[PARTS];
    long part;
    int status;

    memset(rod, 0, sizeof *rod);
    must(pthread_barrierattr_init(&attributes), "barrierattr_init");
    must(pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), "setpshared");
    must(pthread_barrier_init(&rod->barrier, &attributes, PARTS), "barrier_init");
    for (part = 0; part < processes; part += 1) {
        pid_t child = fork();

        if (child < 0)
            must(errno, "fork");
        if (child == 0) {
            compute((void *)part);
            _exit(0);
        }
    }
    for (part = processes; part < PARTS; part += 1)
        must(pthread_create(&thread[part], NULL, compute, (void *)part), "pthread_create");
    for (part = processes; part < PARTS; part += 1)
        must(pthread_join(thread[part], NULL), "pthread_join");
    for (part = 0; part < processes; part += 1)
        if (wait(&status) < 0 || status != 0)
            must(ECHILD, "a child");
    memcpy(result, rod->cell[STEPS % 2], sizeof rod->cell[0]);
    must(pthread_barrier_destroy(&rod->barrier), "barrier_destroy");
}

int main(void)
{
    static double result[PARTS + 1][CELLS];
    int processes;

    rod = mmap(NULL, sizeof *rod, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (rod == MAP_FAILED)
        must(errno, "mmap");
    for (processes = 0; processes <= PARTS; processes += 1) {
        run(processes, result[processes]);
        printf("%d processes, %d threads: %.6f %.6f %.6f\n", processes, PARTS - processes,
               result[processes][0], result[processes][10], result[processes][30]);
        if (memcmp(result[processes], result[0], sizeof result[0]) != 0) {
            printf("not what it was before\n");
            return 1;
        }
    }
    printf("barrier: ok\n");
    return 0;
}
