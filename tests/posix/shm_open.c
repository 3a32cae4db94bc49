/* shm_open and shm_unlink: shared memory objects by name. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAKE (O_RDWR | O_CREAT | O_EXCL)
#define NOBODY 65534

static int make(unsigned which)
{
    int object = shm_open(conform_name(which), MAKE, 0600);

    CHECK(object >= 0);
    return object;
}

static char *map(int object, size_t bytes)
{
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, object, 0);

    CHECK(memory != MAP_FAILED);
    return memory;
}

CASE(shm_open, "a new object has no bytes")
{
    struct stat status;

    CHECK(fstat(make(0), &status) == 0);
    EQUAL(status.st_size, 0);
}

CASE(shm_open, "the lowest descriptor that is free is taken")
{
    int first = make(0), second = make(1);

    CHECK(second > first);
    CHECK(close(first) == 0);
    EQUAL(shm_open(conform_name(1), O_RDONLY, 0), first);
}

CASE(shm_open, "the descriptor is closed by exec")
{
    EQUAL(fcntl(make(0), F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

static void write_there(void *unused)
{
    int again = shm_open(conform_name(0), O_RDWR, 0);

    (void)unused;
    CHECK(again >= 0);
    strcpy(map(again, 10), "theirs");
}

CASE(shm_open, "two processes that open a name have the same object")
{
    char *memory;
    int object = make(0);

    CHECK(ftruncate(object, 10) == 0);
    memory = map(object, 10);
    EQUAL(conform_exited(conform_child(write_there, NULL)), 0);
    CHECK(strcmp(memory, "theirs") == 0);
}

CASE(shm_open, "each open has its own description, with its own access mode")
{
    int object = make(0), reader = shm_open(conform_name(0), O_RDONLY, 0);

    CHECK(reader >= 0);
    EQUAL(fcntl(object, F_GETFL) & O_ACCMODE, O_RDWR);
    EQUAL(fcntl(reader, F_GETFL) & O_ACCMODE, O_RDONLY);
}

CASE(shm_open, "O_RDONLY: no shared mapping for writing")
{
    int object = make(0), reader = shm_open(conform_name(0), O_RDONLY, 0);

    CHECK(ftruncate(object, 10) == 0 && reader >= 0);
    CHECK(mmap(NULL, 10, PROT_READ, MAP_SHARED, reader, 0) != MAP_FAILED);
    FAILS_WITH(mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0), MAP_FAILED, EACCES);
}

CASE(shm_open, "O_CREAT has no effect where the object exists")
{
    int object = make(0);
    struct stat status;

    CHECK(ftruncate(object, 10) == 0);
    object = shm_open(conform_name(0), O_RDWR | O_CREAT, 0);
    CHECK(object >= 0 && fstat(object, &status) == 0);
    EQUAL(status.st_size, 10);
    EQUAL(status.st_mode & 0777, 0600);
}

CASE(shm_open, "O_CREAT: owner and group are the process's")
{
    struct stat status;

    CHECK(fstat(make(0), &status) == 0);
    EQUAL(status.st_uid, geteuid());
    EQUAL(status.st_gid, getegid());
}

CASE(shm_open, "O_CREAT: the mode is what is asked for without the process's mask")
{
    struct stat status;
    int object;

    umask(027);
    object = shm_open(conform_name(0), MAKE, 0666);
    CHECK(object >= 0 && fstat(object, &status) == 0);
    EQUAL(status.st_mode & 0777, 0640);
}

CASE(shm_open, "O_CREAT: the mode does not count for the open that makes it")
{
    int object = shm_open(conform_name(0), MAKE, 0);

    CHECK(object >= 0 && ftruncate(object, 10) == 0);
    strcpy(map(object, 10), "mine");
}

CASE(shm_open, "O_TRUNC makes it empty")
{
    int object = make(0);
    struct stat status;

    CHECK(ftruncate(object, 10) == 0);
    CHECK(shm_open(conform_name(0), O_RDWR | O_TRUNC, 0) >= 0);
    CHECK(fstat(object, &status) == 0);
    EQUAL(status.st_size, 0);
}

CASE(shm_open, "state and bytes stay while nobody has it open, until the name goes")
{
    int object = make(0);

    CHECK(ftruncate(object, 10) == 0);
    strcpy(map(object, 10), "kept");
    CHECK(munmap(map(object, 10), 10) == 0 && close(object) == 0);
    object = shm_open(conform_name(0), O_RDWR, 0);
    CHECK(object >= 0 && strcmp(map(object, 10), "kept") == 0);
}

CASE(shm_open, "EEXIST: O_CREAT and O_EXCL, and the name exists")
{
    make(0);
    FAILS(shm_open(conform_name(0), MAKE, 0600), EEXIST);
}

CASE(shm_open, "of many processes that make a name with O_EXCL one succeeds")
{
    int *wins = mmap(NULL, sizeof *wins, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int round, index, status;
    pid_t child;

    CHECK(wins != MAP_FAILED);
    for (round = 0; round < 20; round += 1) {
        *wins = 0;
        for (index = 0; index < 4; index += 1) {
            child = fork();
            CHECK(child >= 0);
            if (child == 0) {
                if (shm_open(conform_name(0), MAKE, 0600) >= 0)
                    __atomic_fetch_add(wins, 1, __ATOMIC_SEQ_CST);
                _exit(0);
            }
        }
        for (index = 0; index < 4; index += 1)
            CHECK(wait(&status) > 0 && status == 0);
        EQUAL(*wins, 1);
        CHECK(shm_unlink(conform_name(0)) == 0);
    }
}

CASE(shm_open, "ENOENT: no O_CREAT, and the name does not exist")
{
    FAILS(shm_open(conform_name(0), O_RDWR, 0), ENOENT);
}

static void fail_to_open(void *unused)
{
    (void)unused;
    CHECK(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
    FAILS(shm_open(conform_name(0), O_RDONLY, 0), EACCES);
    FAILS(shm_open(conform_name(0), O_RDWR, 0), EACCES);
    FAILS(shm_open(conform_name(0), O_RDWR | O_TRUNC, 0), EACCES);
}

CASE(shm_open, "EACCES: the mode keeps this user out")
{
    int object = make(0);

    if (!conform_is_root())
        conform_untested("only the superuser can become somebody else");
    CHECK(ftruncate(object, 1) == 0);
    EQUAL(conform_exited(conform_child(fail_to_open, NULL)), 0);
}

CASE(shm_open, "EMFILE: all descriptors are in use")
{
    int object = make(0);

    while (dup(object) >= 0)
        continue;
    EQUAL(errno, EMFILE);
    FAILS(shm_open(conform_name(0), O_RDWR, 0), EMFILE);
}

CASE(shm_open, "ENAMETOOLONG: the name is longer than NAME_MAX")
{
    char name[NAME_MAX + 3];

    memset(name, 'x', sizeof name);
    name[0] = '/';
    name[sizeof name - 1] = 0;
    FAILS(shm_open(name, MAKE, 0600), ENAMETOOLONG);
}

CASE(shm_open, "EINVAL: a name that can't be an object's")
{
    FAILS(shm_open("/", MAKE, 0600), EINVAL);
    FAILS(shm_open("/a/b", MAKE, 0600), EINVAL);
}

CASE(shm_unlink, "the name is gone at once")
{
    make(0);
    CHECK(shm_unlink(conform_name(0)) == 0);
    FAILS(shm_open(conform_name(0), O_RDWR, 0), ENOENT);
}

CASE(shm_unlink, "who has the object open or mapped goes on with it")
{
    int object = make(0);
    char *memory;

    CHECK(ftruncate(object, 10) == 0);
    memory = map(object, 10);
    CHECK(shm_unlink(conform_name(0)) == 0);
    strcpy(memory, "still");
    CHECK(strcmp(map(object, 10), "still") == 0);
    CHECK(close(object) == 0);
    CHECK(strcmp(memory, "still") == 0);
}

CASE(shm_unlink, "a name made again is another object")
{
    int old = make(0), new;
    struct stat status;

    CHECK(ftruncate(old, 10) == 0);
    strcpy(map(old, 10), "old");
    CHECK(shm_unlink(conform_name(0)) == 0);
    new = make(0);
    CHECK(fstat(new, &status) == 0);
    EQUAL(status.st_size, 0);
    CHECK(ftruncate(new, 10) == 0);
    EQUAL(map(new, 10)[0], 0);
    CHECK(strcmp(map(old, 10), "old") == 0);
}

CASE(shm_unlink, "ENOENT: there is no such name")
{
    FAILS(shm_unlink(conform_name(0)), ENOENT);
}

static void fail_to_remove(void *unused)
{
    (void)unused;
    CHECK(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
    CHECK(shm_unlink(conform_name(0)) == -1);
    CHECK(errno == EACCES || errno == EPERM);
}

CASE(shm_unlink, "EACCES: who may not")
{
    make(0);
    if (!conform_is_root())
        conform_untested("only the superuser can become somebody else");
    EQUAL(conform_exited(conform_child(fail_to_remove, NULL)), 0);
    CHECK(shm_open(conform_name(0), O_RDWR, 0) >= 0);
}

CASE(shm_unlink, "ENAMETOOLONG: the name is longer than NAME_MAX")
{
    char name[NAME_MAX + 3];

    memset(name, 'x', sizeof name);
    name[0] = '/';
    name[sizeof name - 1] = 0;
    FAILS(shm_unlink(name), ENAMETOOLONG);
}
