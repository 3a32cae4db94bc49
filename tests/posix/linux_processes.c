/* Linux's own calls about processes, signals and messages, as their manual pages have them. */
#define _GNU_SOURCE
#include "conform.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#define BY_PIDFD ((idtype_t)3)

static sigset_t set_of(int one, int other)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, one);
    if (other)
        sigaddset(&set, other);
    return set;
}

CASE(signalfd, "a read takes the signals that wait, in order")
{
    sigset_t set = set_of(SIGUSR1, SIGRTMIN);
    union sigval value = {.sival_int = 42};
    struct signalfd_siginfo infos[3];
    int file;

    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    file = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    CHECK(file >= 0);
    EQUAL(fcntl(file, F_GETFD), FD_CLOEXEC);
    FAILS(read(file, infos, sizeof infos), EAGAIN);
    CHECK(sigqueue(getpid(), SIGRTMIN, value) == 0);
    CHECK(raise(SIGUSR1) == 0);
    FAILS(read(file, infos, sizeof infos[0] - 1), EINVAL);
    EQUAL(read(file, infos, sizeof infos), 2 * sizeof infos[0]);
    EQUAL(infos[0].ssi_signo, SIGUSR1);
    EQUAL(infos[0].ssi_pid, getpid());
    EQUAL(infos[1].ssi_signo, SIGRTMIN);
    EQUAL(infos[1].ssi_int, 42);
    EQUAL(infos[1].ssi_code, SI_QUEUE);
    FAILS(read(file, infos, sizeof infos), EAGAIN);
}

CASE(signalfd, "poll and epoll tell of a signal, and a read waits for one")
{
    sigset_t set = set_of(SIGUSR1, 0), go = set_of(SIGUSR2, 0), both = set_of(SIGUSR1, SIGUSR2);
    struct pollfd wanted = {.events = POLLIN};
    struct epoll_event event = {.events = EPOLLIN};
    struct signalfd_siginfo info;
    pid_t self = getpid(), child;
    int queue = epoll_create1(0);

    /* The child's as well, from its beginning: no word to go on may come too early. */
    CHECK(sigprocmask(SIG_BLOCK, &both, NULL) == 0);
    wanted.fd = signalfd(-1, &set, 0);
    CHECK(wanted.fd >= 0);
    EQUAL(poll(&wanted, 1, 0), 0);
    CHECK(epoll_ctl(queue, EPOLL_CTL_ADD, wanted.fd, &event) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int time, number;

        for (time = 0; time < 3; time++) {
            conform_until_sleeping(self);
            kill(self, SIGUSR1);
            sigwait(&go, &number);
        }
        _exit(0);
    }
    EQUAL(poll(&wanted, 1, -1), 1);
    EQUAL(read(wanted.fd, &info, sizeof info), sizeof info);
    CHECK(kill(child, SIGUSR2) == 0);
    EQUAL(epoll_wait(queue, &event, 1, -1), 1);
    EQUAL(read(wanted.fd, &info, sizeof info), sizeof info);
    CHECK(kill(child, SIGUSR2) == 0);
    EQUAL(read(wanted.fd, &info, sizeof info), sizeof info);
    EQUAL(info.ssi_pid, child);
    CHECK(kill(child, SIGUSR2) == 0);
    CHECK(waitpid(child, NULL, 0) == child);
}

CASE(signalfd, "the set can be changed; EINVAL: no such file, no such flags")
{
    sigset_t one = set_of(SIGUSR1, 0), other = set_of(SIGUSR2, 0), both = set_of(SIGUSR1, SIGUSR2);
    struct signalfd_siginfo info;
    int file, ends[2];

    CHECK(sigprocmask(SIG_BLOCK, &both, NULL) == 0);
    file = signalfd(-1, &one, SFD_NONBLOCK);
    EQUAL(signalfd(file, &other, 0), file);
    CHECK(raise(SIGUSR1) == 0);
    FAILS(read(file, &info, sizeof info), EAGAIN);
    CHECK(raise(SIGUSR2) == 0);
    EQUAL(read(file, &info, sizeof info), sizeof info);
    EQUAL(info.ssi_signo, SIGUSR2);
    CHECK(pipe(ends) == 0);
    FAILS(signalfd(ends[0], &one, 0), EINVAL);
    FAILS(signalfd(-1, &one, 1), EINVAL);
    FAILS(signalfd(999, &one, 0), EBADF);
}

CASE(pidfd_open, "ready when the process has ended, and waited for by waitid")
{
    struct pollfd wanted = {.events = POLLIN};
    siginfo_t info;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        pause();
        _exit(1);
    }
    wanted.fd = syscall(SYS_pidfd_open, child, 0);
    CHECK(wanted.fd >= 0);
    EQUAL(fcntl(wanted.fd, F_GETFD), FD_CLOEXEC);
    EQUAL(poll(&wanted, 1, 0), 0);
    CHECK(syscall(SYS_pidfd_send_signal, wanted.fd, SIGTERM, NULL, 0) == 0);
    EQUAL(poll(&wanted, 1, -1), 1);
    EQUAL(wanted.revents & POLLIN, POLLIN);
    CHECK(waitid(BY_PIDFD, (id_t)wanted.fd, &info, WEXITED) == 0);
    EQUAL(info.si_pid, child);
    EQUAL(info.si_status, SIGTERM);
    FAILS(syscall(SYS_pidfd_send_signal, wanted.fd, 0, NULL, 0), ESRCH);
    FAILS(waitid(BY_PIDFD, (id_t)wanted.fd, &info, WEXITED), ECHILD);
}

CASE(pidfd_open, "ESRCH, EINVAL, EBADF; O_NONBLOCK makes waitid EAGAIN")
{
    siginfo_t info;
    int file;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        pause();
        _exit(1);
    }
    FAILS(syscall(SYS_pidfd_open, 0x3ffffff0, 0), ESRCH);
    FAILS(syscall(SYS_pidfd_open, -1, 0), EINVAL);
    FAILS(syscall(SYS_pidfd_open, child, 1), EINVAL);
    FAILS(syscall(SYS_pidfd_send_signal, STDOUT_FILENO, 0, NULL, 0), EBADF);
    file = syscall(SYS_pidfd_open, child, O_NONBLOCK);
    CHECK(file >= 0);
    FAILS(waitid(BY_PIDFD, (id_t)file, &info, WEXITED), EAGAIN);
    FAILS(syscall(SYS_pidfd_send_signal, file, 0, NULL, 1 << 20), EINVAL);
    CHECK(kill(child, SIGKILL) == 0);
    CHECK(waitpid(child, NULL, 0) == child);
}

CASE(pidfd_getfd, "a copy of another process's descriptor")
{
    int ends[2], file, copy, pair[2];
    char byte;
    pid_t child;

    CHECK(pipe(pair) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(pipe(ends) == 0);
        CHECK(dup2(ends[1], 100) == 100);
        CHECK(dup2(ends[0], 101) == 101);
        EQUAL(write(pair[1], "r", 1), 1);
        pause();
        _exit(1);
    }
    EQUAL(read(pair[0], &byte, 1), 1);
    file = syscall(SYS_pidfd_open, child, 0);
    copy = syscall(SYS_pidfd_getfd, file, 100, 0);
    CHECK(copy >= 0);
    EQUAL(write(copy, "x", 1), 1);
    copy = syscall(SYS_pidfd_getfd, file, 101, 0);
    EQUAL(read(copy, &byte, 1), 1);
    EQUAL(byte, 'x');
    FAILS(syscall(SYS_pidfd_getfd, file, 99, 0), EBADF);
    FAILS(syscall(SYS_pidfd_getfd, file, 100, 1), EINVAL);
    CHECK(kill(child, SIGKILL) == 0);
    CHECK(waitpid(child, NULL, 0) == child);
}

static int run_at(int directory, const char *path, int flags)
{
    char *const arguments[] = {"conform", "list", "no such case", NULL};
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);

        dup2(nowhere, STDOUT_FILENO);
        syscall(SYS_execveat, directory, path, arguments, environ, flags);
        _exit(100 + errno);
    }
    EQUAL(waitpid(child, &status, 0), child);
    return conform_exited(status);
}

CASE(execveat, "runs a program by a descriptor, and by a path from a directory")
{
    char path[256], *name;
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    int program, directory;

    CHECK(length > 0);
    path[length] = 0;
    program = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(program >= 0);
    EQUAL(run_at(program, "", AT_EMPTY_PATH), 0);
    EQUAL(run_at(program, "", 0), 100 + ENOENT);
    EQUAL(run_at(AT_FDCWD, path, 0), 0);
    name = strrchr(path, '/');
    *name++ = 0;
    directory = open(path[0] ? path : "/", O_RDONLY | O_DIRECTORY);
    CHECK(directory >= 0);
    EQUAL(run_at(directory, name, 0), 0);
    EQUAL(run_at(directory, "no such program", 0), 100 + ENOENT);
    EQUAL(run_at(program, name, 0), 100 + ENOTDIR);
    EQUAL(run_at(999, name, 0), 100 + EBADF);
    EQUAL(run_at(directory, name, 1 << 20), 100 + EINVAL);
    EQUAL(run_at(AT_FDCWD, "/proc/self/exe", AT_SYMLINK_NOFOLLOW), 100 + ELOOP);
}

enum { QUERY = 0, GLOBAL = 1, PRIVATE = 8, REGISTER_PRIVATE = 16 };

static int is_over;
static volatile long beats;

static void *beat(void *unused)
{
    while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED))
        beats++;
    return unused;
}

CASE(membarrier, "private barriers after registration: EPERM before; EINVAL: no such command")
{
    long known = syscall(SYS_membarrier, QUERY, 0, 0);
    pthread_t thread;
    int times;

    CHECK(known & PRIVATE);
    FAILS(syscall(SYS_membarrier, PRIVATE, 0, 0), EPERM);
    EQUAL(syscall(SYS_membarrier, REGISTER_PRIVATE, 0, 0), 0);
    EQUAL(syscall(SYS_membarrier, PRIVATE, 0, 0), 0);
    EQUAL(syscall(SYS_membarrier, GLOBAL, 0, 0), 0);
    FAILS(syscall(SYS_membarrier, 1 << 20, 0, 0), EINVAL);
    FAILS(syscall(SYS_membarrier, QUERY, 1 << 20, 0), EINVAL);
    EQUAL(pthread_create(&thread, NULL, beat, NULL), 0);
    for (times = 0; times < 20; times++)
        EQUAL(syscall(SYS_membarrier, PRIVATE, 0, 0), 0);
    __atomic_store_n(&is_over, 1, __ATOMIC_SEQ_CST);
    EQUAL(pthread_join(thread, NULL), 0);
}

CASE(process_vm_readv, "moves bytes from and to another process")
{
    static char bytes[16] = "parent's";
    char found[16] = "", *gap;
    struct iovec own[2] = {{found, 3}, {found + 3, 13}};
    struct iovec other = {bytes, sizeof bytes}, bad = {NULL, 16};
    int ends[2];
    char byte;
    pid_t child;

    CHECK(pipe(ends) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        strcpy(bytes, "child's");
        EQUAL(write(ends[1], "r", 1), 1);
        while (bytes[0] != 'C')
            sched_yield();
        _exit(strcmp(bytes, "Child's"));
    }
    EQUAL(read(ends[0], &byte, 1), 1);
    EQUAL(process_vm_readv(child, own, 2, &other, 1, 0), 16);
    EQUAL(strcmp(found, "child's"), 0);
    FAILS(process_vm_readv(child, own, 2, &bad, 1, 0), EFAULT);
    FAILS(process_vm_readv(child, own, 2, &other, 1, 1), EINVAL);
    FAILS(process_vm_readv(0x3ffffff0, own, 2, &other, 1, 0), ESRCH);
    gap = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(gap != MAP_FAILED && munmap(gap + 4096, 4096) == 0);
    strcpy(gap + 4096 - 8, "partial");
    other = (struct iovec){gap + 4096 - 8, 16};
    EQUAL(process_vm_readv(getpid(), own, 2, &other, 1, 0), 8);
    own[0] = (struct iovec){"C", 1};
    other = (struct iovec){bytes, 1};
    EQUAL(process_vm_writev(child, own, 1, &other, 1, 0), 1);
    int status;
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
}

CASE(sendmmsg, "sends several messages, and recvmmsg receives as many as there are")
{
    struct iovec parts[3] = {{"one", 3}, {"two", 3}, {"three", 5}};
    char texts[4][8];
    struct iovec rooms[4];
    struct mmsghdr out[3], in[4];
    int pair[2], index;

    memset(out, 0, sizeof out);
    memset(in, 0, sizeof in);
    for (index = 0; index < 3; index++) {
        out[index].msg_hdr.msg_iov = &parts[index];
        out[index].msg_hdr.msg_iovlen = 1;
    }
    for (index = 0; index < 4; index++) {
        rooms[index] = (struct iovec){texts[index], sizeof texts[index]};
        in[index].msg_hdr.msg_iov = &rooms[index];
        in[index].msg_hdr.msg_iovlen = 1;
    }
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
    EQUAL(sendmmsg(pair[0], out, 3, 0), 3);
    EQUAL(out[2].msg_len, 5);
    EQUAL(recvmmsg(pair[1], in, 4, MSG_DONTWAIT, NULL), 3);
    EQUAL(in[0].msg_len * 100 + in[1].msg_len * 10 + in[2].msg_len, 335);
    EQUAL(memcmp(texts[2], "three", 5), 0);
    FAILS(recvmmsg(pair[1], in, 4, MSG_DONTWAIT, NULL), EAGAIN);
    EQUAL(sendmmsg(pair[0], out, 2, 0), 2);
    EQUAL(recvmmsg(pair[1], in, 4, MSG_WAITFORONE, NULL), 2);
    FAILS(sendmmsg(-1, out, 1, 0), EBADF);
    EQUAL(sendmmsg(pair[0], out, 0, 0), 0);
}

static pthread_barrier_t all_there;

static void *wait_for_all(void *unused)
{
    prctl(PR_SET_NAME, "worker");
    pthread_barrier_wait(&all_there);
    pthread_barrier_wait(&all_there);
    return unused;
}

CASE(proc, "/proc/self/task has a directory for each thread, with its name and line")
{
    pthread_t thread;
    char path[64], text[512];
    int threads = 0, workers = 0, number;
    struct dirent *entry;
    DIR *directory;

    EQUAL(pthread_barrier_init(&all_there, NULL, 2), 0);
    EQUAL(pthread_create(&thread, NULL, wait_for_all, NULL), 0);
    pthread_barrier_wait(&all_there);
    directory = opendir("/proc/self/task");
    CHECK(directory != NULL);
    while ((entry = readdir(directory)) != NULL) {
        FILE *file;

        if (entry->d_name[0] == '.')
            continue;
        threads++;
        snprintf(path, sizeof path, "/proc/self/task/%.20s/comm", entry->d_name);
        file = fopen(path, "r");
        CHECK(file && fgets(text, sizeof text, file));
        workers += strcmp(text, "worker\n") == 0;
        fclose(file);
        snprintf(path, sizeof path, "/proc/self/task/%.20s/stat", entry->d_name);
        file = fopen(path, "r");
        CHECK(file && fscanf(file, "%d", &number) == 1);
        EQUAL(number, atoi(entry->d_name));
        fclose(file);
    }
    EQUAL(threads, 2);
    EQUAL(workers, 1);
    snprintf(path, sizeof path, "/proc/self/task/%d", getpid());
    EQUAL(access(path, F_OK), 0);
    FAILS(access("/proc/self/task/0", F_OK), ENOENT);
    pthread_barrier_wait(&all_there);
    EQUAL(pthread_join(thread, NULL), 0);
}
