/* What Linux's manual pages say beyond the standard, and unmodified programs rely on. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static int new_file(unsigned which)
{
    int file = open(conform_path(which), O_RDWR | O_CREAT | O_EXCL, 0600);

    CHECK(file >= 0);
    return file;
}

CASE(mmap, "/dev/zero is new memory, shared with children or private")
{
    int zero = open("/dev/zero", O_RDWR);
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0);
    char *private = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);

    CHECK(shared != MAP_FAILED && private != MAP_FAILED && shared[0] == 0 && private[4095] == 0);
    if (fork() == 0) {
        shared[0] = 1;
        private[0] = 1;
        _exit(0);
    }
    CHECK(wait(NULL) > 0);
    EQUAL(shared[0], 1);
    EQUAL(private[0], 0);
    zero = open("/dev/zero", O_RDONLY);
    FAILS_WITH(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, zero, 0), MAP_FAILED, EACCES);
}

CASE(mmap, "MAP_SHARED_VALIDATE is a shared mapping whose flags are all known")
{
    int file = new_file(0);

    CHECK(ftruncate(file, 4096) == 0);
    CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED_VALIDATE, file, 0) != MAP_FAILED);
    FAILS_WITH(mmap(NULL, 4096, PROT_READ, MAP_SHARED_VALIDATE | 1 << 30, file, 0), MAP_FAILED,
               EOPNOTSUPP);
}

CASE(madvise, "EINVAL for unknown advice, ENOMEM for pages that are not mapped")
{
    char *memory = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED);
    EQUAL(madvise(memory, 8192, MADV_SEQUENTIAL), 0);
    FAILS(madvise(memory, 8192, 99), EINVAL);
    FAILS(madvise(memory + 1, 4096, MADV_NORMAL), EINVAL);
    CHECK(munmap(memory + 4096, 4096) == 0);
    FAILS(madvise(memory, 8192, MADV_WILLNEED), ENOMEM);
}

CASE(mlock2, "locks at once or as pages are used, and knows no other flag")
{
    char *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    EQUAL(syscall(SYS_mlock2, memory, 4096, 0), 0);
    EQUAL(syscall(SYS_mlock2, memory, 4096, 1), 0);
    FAILS(syscall(SYS_mlock2, memory, 4096, 2), EINVAL);
}

CASE(lseek, "SEEK_DATA and SEEK_HOLE find the data and the hole at the end")
{
    int file = new_file(0);

    EQUAL(write(file, "0123456789", 10), 10);
    EQUAL(lseek(file, 3, SEEK_DATA), 3);
    EQUAL(lseek(file, 0, SEEK_HOLE), 10);
    FAILS(lseek(file, 10, SEEK_DATA), ENXIO);
    FAILS(lseek(file, 11, SEEK_HOLE), ENXIO);
}

CASE(posix_fadvise, "EINVAL for unknown advice, ESPIPE for a pipe, EBADF for no descriptor")
{
    int ends[2], file = new_file(0);

    CHECK(pipe(ends) == 0);
    RETURNS(posix_fadvise(file, 0, 0, POSIX_FADV_WILLNEED), 0);
    RETURNS(posix_fadvise(file, 0, 0, 99), EINVAL);
    RETURNS(posix_fadvise(ends[0], 0, 0, POSIX_FADV_NORMAL), ESPIPE);
    RETURNS(posix_fadvise(-1, 0, 0, POSIX_FADV_NORMAL), EBADF);
}

CASE(getxattr, "ENOTSUP where files have no extended attributes, and the list is empty")
{
    char value[8];
    int file = new_file(0);

    FAILS(getxattr(conform_path(0), "user.none", value, sizeof value), ENOTSUP);
    FAILS(fsetxattr(file, "user.none", "x", 1, 0), ENOTSUP);
    EQUAL(flistxattr(file, value, sizeof value), 0);
    FAILS(listxattr(conform_path(1), value, sizeof value), ENOENT);
}

CASE(utimensat, "nothing is looked at when both times are to stay")
{
    struct timespec stay[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};

    EQUAL(utimensat(AT_FDCWD, conform_path(0), stay, 0), 0);
}

CASE(fstatat, "an empty path is ENOENT whatever the descriptor is")
{
    struct stat status;

    FAILS(fstatat(new_file(0), "", &status, 0), ENOENT);
}

CASE(chown, "the group's bit stays where the group can't execute")
{
    struct stat status;
    const char *path = conform_path(0);

    close(new_file(0));
    if (!conform_is_root())
        conform_untested("only root gives files away");
    CHECK(chmod(path, 06745) == 0 && chown(path, 1, 1) == 0 && stat(path, &status) == 0);
    EQUAL(status.st_mode & 07777, 02745);
    CHECK(chmod(path, 06755) == 0 && chown(path, 2, 2) == 0 && stat(path, &status) == 0);
    EQUAL(status.st_mode & 07777, 0755);
}

static void write_too_much(void *argument)
{
    struct rlimit limit = {100, RLIM_INFINITY};
    char bytes[150] = "";
    int file = *(int *)argument;

    signal(SIGXFSZ, SIG_IGN);
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    EQUAL(write(file, bytes, sizeof bytes), 100);
    FAILS(write(file, bytes, 1), EFBIG);
    EQUAL(pwrite(file, bytes, 20, 90), 10);
    FAILS(ftruncate(file, 101), EFBIG);
    EQUAL(ftruncate(file, 50), 0);
    signal(SIGXFSZ, SIG_DFL);
    write(file, bytes, 0);
    EQUAL(lseek(file, 0, SEEK_END), 50);
    EQUAL(write(file, bytes, sizeof bytes), 50);
    write(file, bytes, 1);
}

CASE(setrlimit, "RLIMIT_FSIZE cuts a write, and one beyond is EFBIG with SIGXFSZ")
{
    int file = new_file(0);

    EQUAL(conform_signalled(conform_child(write_too_much, &file)), SIGXFSZ);
}

CASE(setrlimit, "RLIMIT_SIGPENDING bounds the signals that wait")
{
    struct rlimit limit = {4, 4};
    union sigval value = {.sival_int = 0};
    sigset_t set;
    int queued = 0;

    CHECK(setrlimit(RLIMIT_SIGPENDING, &limit) == 0);
    CHECK(sigemptyset(&set) == 0 && sigaddset(&set, SIGRTMIN) == 0);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    while (queued < 10 && sigqueue(getpid(), SIGRTMIN, value) == 0)
        queued++;
    CHECK(queued <= 4);
    FAILS(sigqueue(getpid(), SIGRTMIN, value), EAGAIN);
}

static void make_no_child(void *argument)
{
    struct rlimit limit = {0, 0};

    (void)argument;
    CHECK(setuid(4321) == 0 && setrlimit(RLIMIT_NPROC, &limit) == 0);
    FAILS(fork(), EAGAIN);
}

CASE(setrlimit, "RLIMIT_NPROC bounds what a user has, except root")
{
    if (!conform_is_root())
        conform_untested("only root becomes another user");
    EQUAL(conform_exited(conform_child(make_no_child, NULL)), 0);
}

CASE(setpgid, "EINVAL for a process below 0 without a group")
{
    FAILS(setpgid(-1, 0), EINVAL);
}

static volatile sig_atomic_t rung;

static void ring(int number)
{
    (void)number;
    rung = 1;
}

CASE(timer_create, "counts a process's and a thread's time on processors")
{
    clockid_t clocks[2] = {CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    struct itimerspec soon = {.it_value.tv_nsec = 5000000};
    timer_t timer;

    CHECK(signal(SIGUSR1, ring) != SIG_ERR);
    for (int which = 0; which < 2; which++) {
        rung = 0;
        CHECK(timer_create(clocks[which], &event, &timer) == 0);
        CHECK(timer_settime(timer, 0, &soon, NULL) == 0);
        while (!rung)
            ;
        CHECK(timer_delete(timer) == 0);
    }
    FAILS(timer_create(CLOCK_MONOTONIC_RAW, &event, &timer), EOPNOTSUPP);
}

CASE(socket, "SO_RCVTIMEO ends a call that receives nothing with EAGAIN")
{
    struct timeval time = {0, 20000}, told;
    socklen_t size = sizeof told;
    long long before = conform_now();
    int ends[2];
    char byte;

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    EQUAL(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time), 0);
    EQUAL(getsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &told, &size), 0);
    EQUAL(told.tv_usec, 20000);
    FAILS(read(ends[0], &byte, 1), EAGAIN);
    CHECK(conform_now() - before >= 20000000);
    CHECK(write(ends[1], "x", 1) == 1);
    EQUAL(recv(ends[0], &byte, 1, 0), 1);
    time.tv_usec = 1000000;
    FAILS(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time), EDOM);
}

static void *wait_for_end(void *argument)
{
    char byte;

    CHECK(read(*(int *)argument, &byte, 1) == 0);
    return NULL;
}

CASE(pthread_setname_np, "names a thread, of which /proc/self/task tells")
{
    char name[16] = "";
    int ends[2];
    pthread_t thread;

    CHECK(pipe(ends) == 0 && pthread_create(&thread, NULL, wait_for_end, ends) == 0);
    RETURNS(pthread_setname_np(thread, "worker"), 0);
    RETURNS(pthread_getname_np(thread, name, sizeof name), 0);
    CHECK(strcmp(name, "worker") == 0);
    CHECK(access("/proc/self/task", R_OK | X_OK) == 0);
    CHECK(close(ends[1]) == 0 && pthread_join(thread, NULL) == 0);
}

CASE(system, "there is a shell that runs a command")
{
    CHECK(system(NULL) != 0);
    EQUAL(conform_exited(system("exit 3")), 3);
}
