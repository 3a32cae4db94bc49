/*
 * POSIX shared memory and semaphores through the C library, unchanged from any other system.
 *
 *   posix               several processes count in shared memory, and keep each other out
 *   posix make NAME N   makes a semaphore of value N
 *   posix wait NAME     waits for it
 *   posix post NAME     posts it
 *   posix rm NAME       removes its name
 */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MEMORY "/c-posix-shm"
#define TURN "/c-posix-turn"
#define PROCESSES 4
#define ROUNDS 2000

struct shared {
    sem_t done;
    volatile unsigned long count;
};

static void must(int holds, const char *step)
{
    if (!holds) {
        printf("FAILED %s: %s\n", step, strerror(errno));
        exit(1);
    }
}

static void count(struct shared *shared)
{
    sem_t *turn = sem_open(TURN, 0);
    int round;

    must(turn != SEM_FAILED, "sem_open in a child");
    for (round = 0; round < ROUNDS; round += 1) {
        must(sem_wait(turn) == 0, "sem_wait");
        shared->count += 1;
        must(sem_post(turn) == 0, "sem_post");
    }
    must(sem_close(turn) == 0, "sem_close in a child");
    must(sem_post(&shared->done) == 0, "sem_post of the unnamed one");
}

static struct shared *make_memory(void)
{
    struct stat status;
    struct shared *shared;
    int fd = shm_open(MEMORY, O_RDWR | O_CREAT | O_EXCL, 0600);

    must(fd >= 0, "shm_open");
    must(shm_open(MEMORY, O_RDWR | O_CREAT | O_EXCL, 0600) < 0 && errno == EEXIST, "EEXIST");
    must(ftruncate(fd, sizeof *shared) == 0, "ftruncate");
    must(fstat(fd, &status) == 0 && status.st_size == (off_t)sizeof *shared, "fstat");
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(shared != MAP_FAILED, "mmap");
    must(close(fd) == 0, "close");
    must(sem_init(&shared->done, 1, 0) == 0, "sem_init");
    return shared;
}

static void check_semaphore(sem_t *turn)
{
    struct timespec past = {0, 0};
    int value = -1;

    must(sem_open(TURN, 0) == turn, "the same address again");
    must(sem_close(turn) == 0, "sem_close of the second");
    must(sem_getvalue(turn, &value) == 0 && value == 1, "sem_getvalue");
    must(sem_trywait(turn) == 0, "sem_trywait");
    must(sem_trywait(turn) < 0 && errno == EAGAIN, "EAGAIN");
    must(sem_timedwait(turn, &past) < 0 && errno == ETIMEDOUT, "ETIMEDOUT");
    must(sem_post(turn) == 0, "sem_post");
}

static int counters(void)
{
    struct shared *shared;
    sem_t *turn;
    int child;
    int status;

    (void)shm_unlink(MEMORY);
    (void)sem_unlink(TURN);
    shared = make_memory();
    turn = sem_open(TURN, O_CREAT | O_EXCL, 0600, 1);
    must(turn != SEM_FAILED, "sem_open");
    check_semaphore(turn);
    for (child = 0; child < PROCESSES; child += 1) {
        pid_t pid = fork();
        must(pid >= 0, "fork");
        if (pid == 0) {
            count(shared);
            _exit(0);
        }
    }
    for (child = 0; child < PROCESSES; child += 1) {
        must(sem_wait(&shared->done) == 0, "sem_wait of the unnamed one");
    }
    while (wait(&status) > 0) {
        must(status == 0, "a child");
    }
    must(shared->count == PROCESSES * ROUNDS, "nobody's counting was lost");
    must(sem_destroy(&shared->done) == 0, "sem_destroy");
    must(sem_close(turn) == 0, "sem_close");
    must(sem_unlink(TURN) == 0, "sem_unlink");
    must(shm_unlink(MEMORY) == 0, "shm_unlink");
    must(shm_open(MEMORY, O_RDWR, 0) < 0 && errno == ENOENT, "ENOENT");
    puts("posix: ok");
    return 0;
}

int main(int count, char **words)
{
    if (count == 4 && strcmp(words[1], "make") == 0) {
        unsigned value = (unsigned)strtoul(words[3], NULL, 10);
        must(sem_open(words[2], O_CREAT | O_EXCL, 0600, value) != SEM_FAILED, "make");
    } else if (count == 3 && strcmp(words[1], "rm") == 0) {
        must(sem_unlink(words[2]) == 0, "rm");
    } else if (count == 3) {
        sem_t *semaphore = sem_open(words[2], 0);
        must(semaphore != SEM_FAILED, "open");
        must((strcmp(words[1], "wait") == 0 ? sem_wait : sem_post)(semaphore) == 0, words[1]);
    } else {
        return counters();
    }
    return 0;
}
