/*
 * robot: the shared memory of a robot's runtime, as a creator and its clients use it through POSIX:
 * four blocks, and 69 named semaphores used as mutexes, which outlive the process that has made
 * them. Several clients then read inputs, write outputs and append to a log.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SUBSYSTEMS 5
#define DEVICES 32
#define CLIENTS 3
#define ROUNDS 200

struct device {
    unsigned version;
    int parameter[32];
};

struct devices {
    struct device input[DEVICES], output[DEVICES];
};
struct inputs {
    unsigned pressed[4], source;
};
struct run_state {
    unsigned mode, beats;
};
struct log_data {
    unsigned used;
    char line[CLIENTS * ROUNDS][24];
};

enum { DEV, INPUTS, RD, LOG, BLOCKS };

static const struct {
    const char *name;
    size_t bytes;
} block[BLOCKS] = {
    {"/dev-shm", sizeof(struct devices)},
    {"/inputs-shm", sizeof(struct inputs)},
    {"/rd-shm", sizeof(struct run_state)},
    {"/log-data-shm", sizeof(struct log_data)},
};

static void *memory[BLOCKS];
static sem_t *system_lock[SUBSYSTEMS], *input_lock[DEVICES], *output_lock[DEVICES];

static void fail(const char *step)
{
    perror(step);
    exit(1);
}

/* The names of all 69, in one order. */
static const char *lock_name(int index)
{
    static char name[32];

    if (index < SUBSYSTEMS)
        snprintf(name, sizeof name, "/robot-system-%d", index);
    else if (index < SUBSYSTEMS + DEVICES)
        snprintf(name, sizeof name, "/robot-input-%d", index - SUBSYSTEMS);
    else
        snprintf(name, sizeof name, "/robot-output-%d", index - SUBSYSTEMS - DEVICES);
    return name;
}

static sem_t **lock_place(int index)
{
    if (index < SUBSYSTEMS)
        return &system_lock[index];
    if (index < SUBSYSTEMS + DEVICES)
        return &input_lock[index - SUBSYSTEMS];
    return &output_lock[index - SUBSYSTEMS - DEVICES];
}

#define LOCKS (SUBSYSTEMS + 2 * DEVICES)

static void open_locks(int flags)
{
    int index;

    for (index = 0; index < LOCKS; index += 1) {
        *lock_place(index) = sem_open(lock_name(index), flags, 0660, 1);
        if (*lock_place(index) == SEM_FAILED)
            fail(lock_name(index));
    }
}

static void open_blocks(int flags)
{
    int index, object;

    for (index = 0; index < BLOCKS; index += 1) {
        object = shm_open(block[index].name, flags, 0660);
        if (object < 0)
            fail(block[index].name);
        if (flags & O_CREAT && ftruncate(object, (off_t)block[index].bytes) != 0)
            fail("ftruncate");
        memory[index] =
            mmap(NULL, block[index].bytes, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);
        if (memory[index] == MAP_FAILED)
            fail("mmap");
        close(object);
    }
}

static void close_all(void)
{
    int index;

    for (index = 0; index < LOCKS; index += 1)
        if (sem_close(*lock_place(index)) != 0)
            fail("sem_close");
    for (index = 0; index < BLOCKS; index += 1)
        if (munmap(memory[index], block[index].bytes) != 0)
            fail("munmap");
}

static void with(sem_t *lock, void (*body)(int), int argument)
{
    if (sem_wait(lock) != 0)
        fail("sem_wait");
    body(argument);
    if (sem_post(lock) != 0)
        fail("sem_post");
}

static void write_input(int device)
{
    struct device *input = &((struct devices *)memory[DEV])->input[device];
    int index;

    input->version += 1;
    for (index = 0; index < 32; index += 1)
        input->parameter[index] = (int)input->version * index;
}

static void check_input(int device)
{
    const struct device *input = &((struct devices *)memory[DEV])->input[device];
    int index;

    for (index = 0; index < 32; index += 1)
        if (input->parameter[index] != (int)input->version * index) {
            printf("device %d: a torn value\n", device);
            exit(1);
        }
}

static void append(int client)
{
    struct log_data *log = memory[LOG];

    snprintf(log->line[log->used], sizeof log->line[0], "client %d", client);
    log->used += 1;
}

static void beat(int unused)
{
    (void)unused;
    ((struct run_state *)memory[RD])->beats += 1;
}

static void client(int number)
{
    int round, device;

    if (access("/dev/shm/dev-shm", F_OK) != 0)
        fail("the creator has made nothing");
    open_locks(0);
    open_blocks(O_RDWR);
    if (atexit(close_all) != 0)
        fail("atexit");
    for (round = 0; round < ROUNDS; round += 1) {
        device = (round * 7 + number) % DEVICES;
        with(input_lock[device], write_input, device);
        with(input_lock[(device + 3) % DEVICES], check_input, (device + 3) % DEVICES);
        with(system_lock[3], append, number);
        with(system_lock[2], beat, 0);
    }
    exit(0);
}

static void creator(void)
{
    int index;

    open_locks(O_CREAT);
    open_blocks(O_RDWR | O_CREAT);
    for (index = 0; index < BLOCKS; index += 1)
        memset(memory[index], 0, block[index].bytes);
    exit(0);
}

static void start_and_wait(void)
{
    int status, index;
    pid_t child = fork();

    if (child == 0)
        creator();
    if (waitpid(child, &status, 0) != child || status != 0)
        fail("the creator");
    for (index = 0; index < CLIENTS; index += 1)
        if (fork() == 0)
            client(index);
    for (index = 0; index < CLIENTS; index += 1)
        if (wait(&status) < 0 || status != 0)
            fail("a client");
}

static void remove_all(void)
{
    int index;

    for (index = 0; index < LOCKS; index += 1)
        if (sem_unlink(lock_name(index)) != 0)
            fail("sem_unlink");
    for (index = 0; index < BLOCKS; index += 1)
        if (shm_unlink(block[index].name) != 0)
            fail("shm_unlink");
}

int main(void)
{
    unsigned versions = 0;
    int device;

    start_and_wait();
    open_locks(0);
    open_blocks(O_RDWR);
    for (device = 0; device < DEVICES; device += 1)
        versions += ((struct devices *)memory[DEV])->input[device].version;
    printf("%d semaphores, %d blocks, %d clients\n", LOCKS, BLOCKS, CLIENTS);
    printf("%u inputs written, %u beats, %u lines in the log\n", versions,
           ((struct run_state *)memory[RD])->beats, ((struct log_data *)memory[LOG])->used);
    close_all();
    remove_all();
    printf("robot: ok\n");
    return 0;
}
