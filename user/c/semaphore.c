/*
 * semaphore: a bounded buffer between producers and consumers, kept by named semaphores.
 */
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PLACES 8
#define EACH 1000
#define PRODUCERS 3
#define CONSUMERS 2

struct buffer {
    unsigned first, used;
    unsigned long long taken;
    unsigned item[PLACES];
};

static struct buffer *buffer;
static sem_t *room, *items, *turn;

static void fail(const char *step)
{
    perror(step);
    exit(1);
}

static sem_t *make(const char *name, unsigned value)
{
    sem_t *semaphore;

    sem_unlink(name);
    semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, value);
    if (semaphore == SEM_FAILED)
        fail(name);
    return semaphore;
}

static void take(sem_t *semaphore)
{
    if (sem_wait(semaphore) != 0)
        fail("sem_wait");
}

static void give(sem_t *semaphore)
{
    if (sem_post(semaphore) != 0)
        fail("sem_post");
}

static void produce(unsigned producer)
{
    unsigned index;

    for (index = 0; index < EACH; index += 1) {
        take(room);
        take(turn);
        buffer->item[(buffer->first + buffer->used) % PLACES] = producer * EACH + index;
        buffer->used += 1;
        give(turn);
        give(items);
    }
}

static void consume(unsigned count)
{
    while (count > 0) {
        take(items);
        take(turn);
        buffer->taken += buffer->item[buffer->first];
        buffer->first = (buffer->first + 1) % PLACES;
        buffer->used -= 1;
        give(turn);
        give(room);
        count -= 1;
    }
}

int main(void)
{
    const unsigned long long all = (unsigned long long)PRODUCERS * EACH;
    unsigned index;
    int status;

    buffer = mmap(NULL, sizeof *buffer, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (buffer == MAP_FAILED)
        fail("mmap");
    room = make("/c-room", PLACES);
    items = make("/c-items", 0);
    turn = make("/c-turn", 1);
    for (index = 0; index < PRODUCERS + CONSUMERS; index += 1) {
        pid_t child = fork();

        if (child < 0)
            fail("fork");
        if (child == 0) {
            if (index < PRODUCERS)
                produce(index);
            else
                consume((unsigned)all / CONSUMERS);
            _exit(0);
        }
    }
    for (index = 0; index < PRODUCERS + CONSUMERS; index += 1)
        if (wait(&status) < 0 || status != 0)
            fail("a child");
    printf("%llu items, sum %llu, expected %llu, %u left\n", all, buffer->taken,
           all * (all - 1) / 2, buffer->used);
    if (buffer->taken != all * (all - 1) / 2)
        return 1;
    sem_unlink("/c-room");
    sem_unlink("/c-items");
    sem_unlink("/c-turn");
    printf("semaphore: ok\n");
    return 0;
}
