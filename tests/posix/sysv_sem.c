/* semget and its kin: System V's semaphores. */
#define _GNU_SOURCE
#include "conform.h"

#include <signal.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
    struct seminfo *info;
};

static int made(int count)
{
    int id = semget(IPC_PRIVATE, count, 0600);

    CHECK(id >= 0);
    return id;
}

static int operate(int id, int number, int change, int flags)
{
    struct sembuf operation = {.sem_num = number, .sem_op = change, .sem_flg = flags};

    return semop(id, &operation, 1);
}

static int value(int id, int number)
{
    return semctl(id, number, GETVAL);
}

static void set(int id, int number, int to)
{
    CHECK(semctl(id, number, SETVAL, (union semun){.val = to}) == 0);
}

static struct semid_ds told(int id)
{
    struct semid_ds status;

    CHECK(semctl(id, 0, IPC_STAT, (union semun){.buf = &status}) == 0);
    return status;
}

static void take_away(int id)
{
    CHECK(semctl(id, 0, IPC_RMID) == 0);
}

CASE(semget, "a new set is 0 throughout and was never used")
{
    int id = made(3);
    struct semid_ds status = told(id);

    EQUAL(status.sem_nsems, 3);
    EQUAL(status.sem_otime, 0);
    EQUAL(status.sem_perm.mode & 0777, 0600);
    EQUAL(value(id, 0) + value(id, 1) + value(id, 2), 0);
    EQUAL(semctl(id, 0, GETPID), 0);
    take_away(id);
}

CASE(semget, "a key finds the same set; EEXIST, ENOENT, EINVAL")
{
    key_t key = 0x5e700000 + getpid();
    int id;

    FAILS(semget(key, 1, 0600), ENOENT);
    FAILS(semget(key, 0, IPC_CREAT | 0600), EINVAL);
    FAILS(semget(key, -1, IPC_CREAT | 0600), EINVAL);
    FAILS(semget(key, 32001, IPC_CREAT | 0600), EINVAL);
    id = semget(key, 2, IPC_CREAT | IPC_EXCL | 0600);
    CHECK(id >= 0);
    EQUAL(semget(key, 1, 0600), id);
    EQUAL(semget(key, 0, 0), id);
    FAILS(semget(key, 3, 0600), EINVAL);
    FAILS(semget(key, 2, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    take_away(id);
    FAILS(semget(key, 1, 0600), ENOENT);
}

CASE(semctl, "SETVAL, SETALL and GETALL; ERANGE beyond SEMVMX; EINVAL: no such semaphore")
{
    int id = made(3);
    unsigned short values[3] = {5, 6, 7}, found[3];

    CHECK(semctl(id, 0, SETALL, (union semun){.array = values}) == 0);
    EQUAL(value(id, 1), 6);
    set(id, 1, 32767);
    EQUAL(semctl(id, 1, GETPID), getpid());
    CHECK(semctl(id, 0, GETALL, (union semun){.array = found}) == 0);
    EQUAL(found[0] * 100000000LL + found[1] * 100LL + found[2], 503276707LL);
    FAILS(semctl(id, 0, SETVAL, (union semun){.val = 32768}), ERANGE);
    FAILS(semctl(id, 0, SETVAL, (union semun){.val = -1}), ERANGE);
    values[2] = 40000;
    FAILS(semctl(id, 0, SETALL, (union semun){.array = values}), ERANGE);
    FAILS(semctl(id, 3, GETVAL), EINVAL);
    FAILS(semctl(id, -1, GETVAL), EINVAL);
    FAILS(semctl(id, 3, SETVAL, (union semun){.val = 1}), EINVAL);
    FAILS(semctl(id, 0, 99), EINVAL);
    FAILS(semctl(-1, 0, GETVAL), EINVAL);
    take_away(id);
}

CASE(semctl, "a set that was taken away: EINVAL or EIDRM")
{
    int id = made(1);

    take_away(id);
    EQUAL(value(id, 0), -1);
    CHECK(errno == EINVAL || errno == EIDRM);
}

CASE(semop, "adds, subtracts, and waits for 0; EAGAIN with IPC_NOWAIT")
{
    int id = made(1);

    CHECK(operate(id, 0, 0, 0) == 0);
    CHECK(operate(id, 0, 3, 0) == 0);
    CHECK(told(id).sem_otime > 0 || time(NULL) < 100);
    CHECK(operate(id, 0, -2, 0) == 0);
    EQUAL(value(id, 0), 1);
    FAILS(operate(id, 0, -2, IPC_NOWAIT), EAGAIN);
    FAILS(operate(id, 0, 0, IPC_NOWAIT), EAGAIN);
    FAILS(operate(id, 0, 32767, 0), ERANGE);
    EQUAL(value(id, 0), 1);
    take_away(id);
}

CASE(semop, "all operations or none")
{
    int id = made(2);
    struct sembuf operations[2] = {{0, 5, 0}, {1, -1, IPC_NOWAIT}};
    struct sembuf both[2] = {{0, 1, 0}, {0, -1, 0}};

    FAILS(semop(id, operations, 2), EAGAIN);
    EQUAL(value(id, 0), 0);
    CHECK(semop(id, both, 2) == 0);
    EQUAL(value(id, 0), 0);
    set(id, 1, 1);
    CHECK(semop(id, operations, 2) == 0);
    EQUAL(value(id, 0) * 10 + value(id, 1), 50);
    take_away(id);
}

CASE(semop, "EFBIG: no such semaphore; E2BIG: too many; EINVAL: none; EFAULT")
{
    static struct sembuf many[501];
    int id = made(1);

    FAILS(operate(id, 1, 1, 0), EFBIG);
    FAILS(semop(id, many, 501), E2BIG);
    FAILS(semop(id, many, 0), EINVAL);
    FAILS(semop(id, (struct sembuf *)8, 1), EFAULT);
    FAILS(operate(-1, 0, 1, 0), EINVAL);
    take_away(id);
}

CASE(semop, "waits until another process has made it possible, and counts as waiting")
{
    int id = made(1), status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0)
        _exit(operate(id, 0, -2, 0) == 0 ? 0 : 1);
    conform_until_sleeping(child);
    EQUAL(semctl(id, 0, GETNCNT), 1);
    EQUAL(semctl(id, 0, GETZCNT), 0);
    CHECK(operate(id, 0, 1, 0) == 0);
    EQUAL(semctl(id, 0, GETNCNT), 1);
    CHECK(operate(id, 0, 1, 0) == 0);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
    EQUAL(value(id, 0), 0);
    EQUAL(semctl(id, 0, GETPID), child);
    take_away(id);
}

CASE(semop, "waits for 0")
{
    int id = made(1), status;
    pid_t child;

    set(id, 0, 1);
    child = fork();
    CHECK(child >= 0);
    if (child == 0)
        _exit(operate(id, 0, 0, 0) == 0 ? 0 : 1);
    conform_until_sleeping(child);
    EQUAL(semctl(id, 0, GETZCNT), 1);
    CHECK(operate(id, 0, -1, 0) == 0);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
    take_away(id);
}

CASE(semop, "EIDRM: the set is taken away meanwhile")
{
    int id = made(1), status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        FAILS(operate(id, 0, -1, 0), EIDRM);
        _exit(0);
    }
    conform_until_sleeping(child);
    take_away(id);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
}

static void note(int number)
{
    (void)number;
}

CASE(semop, "EINTR: a signal, with SA_RESTART too")
{
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    int id = made(1), status;
    pid_t child;

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        FAILS(operate(id, 0, -1, 0), EINTR);
        _exit(0);
    }
    conform_until_sleeping(child);
    CHECK(kill(child, SIGUSR1) == 0);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
    EQUAL(semctl(id, 0, GETNCNT), 0);
    take_away(id);
}

CASE(semtimedop, "EAGAIN after the time; EINVAL: no such time")
{
    int id = made(1);
    struct sembuf operation = {.sem_op = -1};
    struct timespec time = {.tv_nsec = 30000000}, wrong = {.tv_nsec = 1000000000};
    long long before = conform_now();

    FAILS(semtimedop(id, &operation, 1, &time), EAGAIN);
    CHECK(conform_now() - before >= 29000000);
    FAILS(semtimedop(id, &operation, 1, &wrong), EINVAL);
    EQUAL(semctl(id, 0, GETNCNT), 0);
    set(id, 0, 1);
    CHECK(semtimedop(id, &operation, 1, &time) == 0);
    take_away(id);
}

CASE(semop, "SEM_UNDO: taken back at the process's end, however it ends")
{
    int id = made(2), status;
    pid_t child;

    set(id, 0, 5);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(operate(id, 0, -3, SEM_UNDO) == 0);
        CHECK(operate(id, 1, 2, SEM_UNDO) == 0);
        CHECK(operate(id, 1, 1, 0) == 0);
        EQUAL(value(id, 0) * 10 + value(id, 1), 23);
        raise(SIGKILL);
    }
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(value(id, 0), 5);
    EQUAL(value(id, 1), 1);
    EQUAL(semctl(id, 0, GETPID), child);
    take_away(id);
}

CASE(semop, "SEM_UNDO lets a waiting process go on")
{
    int id = made(1), status;
    pid_t holder, waiter;

    set(id, 0, 1);
    holder = fork();
    CHECK(holder >= 0);
    if (holder == 0) {
        CHECK(operate(id, 0, -1, SEM_UNDO) == 0);
        pause();
    }
    conform_until_sleeping(holder);
    waiter = fork();
    CHECK(waiter >= 0);
    if (waiter == 0)
        _exit(operate(id, 0, -1, 0) == 0 ? 0 : 1);
    conform_until_sleeping(waiter);
    CHECK(kill(holder, SIGKILL) == 0);
    EQUAL(waitpid(waiter, &status, 0), waiter);
    EQUAL(conform_exited(status), 0);
    EQUAL(waitpid(holder, &status, 0), holder);
    take_away(id);
}

CASE(semctl, "SETVAL makes processes forget what they would take back")
{
    int id = made(1), status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        CHECK(operate(id, 0, 4, SEM_UNDO) == 0);
        set(id, 0, 9);
        _exit(0);
    }
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(value(id, 0), 9);
    take_away(id);
}

CASE(semctl, "IPC_SET and permissions: EACCES, EPERM")
{
    int id = made(1), result;
    struct semid_ds status = told(id);

    status.sem_perm.mode = 0604;
    CHECK(semctl(id, 0, IPC_SET, (union semun){.buf = &status}) == 0);
    EQUAL(told(id).sem_perm.mode & 0777, 0604);
    if (conform_is_root()) {
        pid_t child = fork();

        CHECK(child >= 0);
        if (child == 0) {
            CHECK(setgid(1000) == 0 && setuid(1000) == 0);
            EQUAL(value(id, 0), 0);
            FAILS(operate(id, 0, 1, 0), EACCES);
            CHECK(operate(id, 0, 0, 0) == 0);
            FAILS(semctl(id, 0, SETVAL, (union semun){.val = 1}), EACCES);
            FAILS(semctl(id, 0, IPC_RMID), EPERM);
            _exit(0);
        }
        EQUAL(waitpid(child, &result, 0), child);
        EQUAL(conform_exited(result), 0);
    }
    take_away(id);
}

CASE(semctl, "SEM_INFO, SEM_STAT and IPC_INFO tell of the table")
{
    int id = made(2), highest, place, found = 0;
    struct seminfo figures;
    struct semid_ds status;

    highest = semctl(0, 0, SEM_INFO, (union semun){.info = &figures});
    CHECK(highest >= 0);
    CHECK(figures.semusz >= 1);
    CHECK(figures.semaem >= 2);
    for (place = 0; place <= highest; place++)
        found += semctl(place, 0, SEM_STAT, (union semun){.buf = &status}) == id;
    EQUAL(found, 1);
    CHECK(semctl(0, 0, IPC_INFO, (union semun){.info = &figures}) >= 0);
    EQUAL(figures.semvmx, 32767);
    EQUAL(figures.semopm, 500);
    take_away(id);
}
