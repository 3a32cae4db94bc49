/* shmget and its kin: System V's shared memory. */
#define _GNU_SOURCE
#include "conform.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096

static int made(size_t bytes)
{
    int id = shmget(IPC_PRIVATE, bytes, 0600);

    CHECK(id >= 0);
    return id;
}

static char *attach(int id, int flags)
{
    char *address = shmat(id, NULL, flags);

    CHECK(address != (void *)-1);
    return address;
}

static struct shmid_ds told(int id)
{
    struct shmid_ds status;

    CHECK(shmctl(id, IPC_STAT, &status) == 0);
    return status;
}

static key_t key_of_case(void)
{
    return 0x5e600000 + getpid();
}

CASE(shmget, "a new segment is zero and as long as asked for")
{
    int id = made(5000);
    char *bytes = attach(id, 0);
    struct shmid_ds status = told(id);

    EQUAL(status.shm_segsz, 5000);
    EQUAL(status.shm_cpid, getpid());
    EQUAL(status.shm_lpid, getpid());
    EQUAL(status.shm_nattch, 1);
    EQUAL(status.shm_perm.mode & 0777, 0600);
    EQUAL(status.shm_perm.uid, geteuid());
    EQUAL(status.shm_perm.cuid, geteuid());
    CHECK(status.shm_ctime > 0 || time(NULL) < 100);
    EQUAL(status.shm_dtime, 0);
    EQUAL(bytes[0] + bytes[4999], 0);
    bytes[8191] = 1;
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
}

CASE(shmget, "a key finds the same segment; EEXIST, ENOENT, EINVAL: too short")
{
    key_t key = key_of_case();
    int id;

    FAILS(shmget(key, PAGE, 0600), ENOENT);
    id = shmget(key, PAGE, IPC_CREAT | IPC_EXCL | 0600);
    CHECK(id >= 0);
    EQUAL(shmget(key, PAGE, 0), id);
    EQUAL(shmget(key, 0, IPC_CREAT | 0600), id);
    FAILS(shmget(key, PAGE, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    FAILS(shmget(key, PAGE + 1, 0600), EINVAL);
    EQUAL(told(id).shm_perm.__key, key);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
    FAILS(shmget(key, PAGE, 0600), ENOENT);
    FAILS(shmget(IPC_PRIVATE, 0, 0600), EINVAL);
}

CASE(shmat, "all views show the same bytes, in a child too")
{
    int id = made(PAGE), status;
    char *one = attach(id, 0), *other = attach(id, 0);
    pid_t child;

    CHECK(one != other);
    one[17] = 'x';
    EQUAL(other[17], 'x');
    EQUAL(told(id).shm_nattch, 2);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        EQUAL(told(id).shm_nattch, 4);
        other[18] = 'y';
        _exit(0);
    }
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
    EQUAL(one[18], 'y');
    EQUAL(told(id).shm_nattch, 2);
    EQUAL(told(id).shm_lpid, child);
    CHECK(shmdt(one) == 0);
    EQUAL(told(id).shm_nattch, 1);
    EQUAL(told(id).shm_lpid, getpid());
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
    EQUAL(other[17], 'x');
}

static void write_byte(void *at)
{
    *(volatile char *)at = 1;
}

CASE(shmat, "SHM_RDONLY: a store is SIGSEGV, and mprotect does not help")
{
    int id = made(PAGE);
    char *bytes = attach(id, SHM_RDONLY);

    EQUAL(bytes[0], 0);
    EQUAL(conform_signalled(conform_child(write_byte, bytes)), SIGSEGV);
    FAILS(mprotect(bytes, PAGE, PROT_READ | PROT_WRITE), EACCES);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
}

CASE(shmat, "an address: taken, EINVAL; odd, EINVAL unless SHM_RND; SHM_REMAP replaces")
{
    int id = made(PAGE);
    char *free_place = mmap(NULL, 4 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(free_place != MAP_FAILED);
    FAILS_WITH(shmat(id, free_place, 0), (void *)-1, EINVAL);
    CHECK(shmat(id, free_place, SHM_REMAP) == free_place);
    free_place[0] = 'r';
    CHECK(shmdt(free_place) == 0);
    CHECK(munmap(free_place, 4 * PAGE) == 0);
    FAILS_WITH(shmat(id, free_place + 5, 0), (void *)-1, EINVAL);
    CHECK(shmat(id, free_place + 5, SHM_RND) == free_place);
    EQUAL(free_place[0], 'r');
    FAILS_WITH(shmat(id, NULL, SHM_REMAP), (void *)-1, EINVAL);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
}

CASE(shmat, "EINVAL: no such segment; EACCES: not allowed")
{
    int id = shmget(IPC_PRIVATE, PAGE, 0400), status;
    pid_t child;

    FAILS_WITH(shmat(-1, NULL, 0), (void *)-1, EINVAL);
    FAILS_WITH(shmat(0x7ffffff0, NULL, 0), (void *)-1, EINVAL);
    if (!conform_is_root()) {
        FAILS_WITH(shmat(id, NULL, 0), (void *)-1, EACCES);
    } else {
        child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            struct shmid_ds other;

            CHECK(setgid(1000) == 0 && setuid(1000) == 0);
            FAILS_WITH(shmat(id, NULL, SHM_RDONLY), (void *)-1, EACCES);
            FAILS(shmctl(id, IPC_STAT, &other), EACCES);
            FAILS(shmctl(id, IPC_RMID, NULL), EPERM);
            _exit(0);
        }
        EQUAL(waitpid(child, &status, 0), child);
        EQUAL(conform_exited(status), 0);
    }
    CHECK(attach(id, SHM_RDONLY) != NULL);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
}

CASE(shmdt, "EINVAL: not where a segment begins; what is left of a cut one goes too")
{
    int id = made(3 * PAGE);
    char *bytes = attach(id, 0);

    FAILS(shmdt(bytes + 1), EINVAL);
    FAILS(shmdt(bytes + PAGE), EINVAL);
    CHECK(munmap(bytes, PAGE) == 0);
    CHECK(shmdt(bytes) == 0);
    FAILS(shmdt(bytes), EINVAL);
    EQUAL(told(id).shm_nattch, 0);
    CHECK(told(id).shm_dtime > 0 || time(NULL) < 100);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
}

CASE(shmctl, "IPC_RMID: it goes with its last view, and until then it is told as SHM_DEST")
{
    int id = made(PAGE);
    char *bytes = attach(id, 0), *again;
    struct shmid_ds status;

    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
    status = told(id);
    CHECK(status.shm_perm.mode & SHM_DEST);
    EQUAL(status.shm_perm.__key, IPC_PRIVATE);
    again = attach(id, 0);
    bytes[9] = 9;
    CHECK(shmdt(bytes) == 0);
    EQUAL(again[9], 9);
    CHECK(shmdt(again) == 0);
    errno = 0;
    EQUAL(shmctl(id, IPC_STAT, &status), -1);
    CHECK(errno == EINVAL || errno == EIDRM);
}

CASE(shmctl, "a process's end lets go of what it has attached")
{
    int id = made(PAGE), status;
    struct shmid_ds after;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        attach(id, 0);
        CHECK(shmctl(id, IPC_RMID, NULL) == 0);
        raise(SIGKILL);
    }
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_signalled(status), SIGKILL);
    EQUAL(shmctl(id, IPC_STAT, &after), -1);
    CHECK(errno == EINVAL || errno == EIDRM);
}

CASE(shmctl, "IPC_SET changes owner and mode, and nothing else")
{
    int id = made(PAGE);
    struct shmid_ds status = told(id);

    status.shm_perm.mode = 0640;
    status.shm_segsz = 1;
    CHECK(shmctl(id, IPC_SET, &status) == 0);
    EQUAL(told(id).shm_perm.mode & 0777, 0640);
    EQUAL(told(id).shm_segsz, PAGE);
    FAILS(shmctl(id, 99, &status), EINVAL);
    FAILS(shmctl(id, IPC_STAT, (void *)8), EFAULT);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
    FAILS(shmctl(-1, IPC_STAT, &status), EINVAL);
}

CASE(shmctl, "SHM_INFO, SHM_STAT and IPC_INFO tell of the table")
{
    int id = made(PAGE), highest, place, found = 0;
    struct shm_info usage;
    struct shminfo limits;
    struct shmid_ds status;

    highest = shmctl(0, SHM_INFO, (void *)&usage);
    CHECK(highest >= 0);
    CHECK(usage.used_ids >= 1);
    CHECK(usage.shm_tot >= 1);
    for (place = 0; place <= highest; place++)
        found += shmctl(place, SHM_STAT, &status) == id;
    EQUAL(found, 1);
    CHECK(shmctl(0, IPC_INFO, (void *)&limits) >= 0);
    EQUAL(limits.shmmin, 1);
    CHECK(limits.shmmni >= 1);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
}

CASE(shmctl, "SHM_LOCK and SHM_UNLOCK are told in the mode")
{
    int id = made(PAGE);

    CHECK(shmctl(id, SHM_LOCK, NULL) == 0);
    CHECK(told(id).shm_perm.mode & SHM_LOCKED);
    CHECK(shmctl(id, SHM_UNLOCK, NULL) == 0);
    CHECK(!(told(id).shm_perm.mode & SHM_LOCKED));
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
}
