/* fork, exec, wait, waitpid, _exit and what processes are called. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* Starts a child that does this and exits with the value. */
static pid_t start(int (*body)(void))
{
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0)
        _exit(body());
    return child;
}

static int end_of(pid_t child)
{
    int status;

    EQUAL(waitpid(child, &status, 0), child);
    return status;
}

static int exit_with_7(void)
{
    return 7;
}

static _Noreturn int pause_for_ever(void)
{
    for (;;)
        pause();
}

CASE(fork, "the child has another number, and its parent's as parent")
{
    static pid_t *found;
    pid_t child;

    found = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(found != MAP_FAILED);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        found[0] = getpid();
        found[1] = getppid();
        _exit(0);
    }
    EQUAL(end_of(child), 0);
    EQUAL(found[0], child);
    EQUAL(found[1], getpid());
    CHECK(child != getpid());
}

CASE(fork, "descriptors are copies that share offset and flags")
{
    int file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600);
    pid_t child;

    CHECK(file >= 0);
    child = fork();
    if (child == 0) {
        CHECK(write(file, "child", 5) == 5);
        CHECK(fcntl(file, F_SETFL, O_APPEND) == 0);
        CHECK(close(file) == 0);
        _exit(0);
    }
    EQUAL(end_of(child), 0);
    EQUAL(lseek(file, 0, SEEK_CUR), 5);
    EQUAL(fcntl(file, F_GETFL) & O_APPEND, O_APPEND);
}

static int exec_flag_pending(void)
{
    sigset_t set;

    CHECK(sigpending(&set) == 0);
    return sigismember(&set, SIGUSR1);
}

CASE(fork, "pending signals are not inherited, blocked ones stay blocked")
{
    sigset_t set, found;
    pid_t child;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(raise(SIGUSR1) == 0);
    child = fork();
    if (child == 0) {
        CHECK(sigprocmask(SIG_BLOCK, NULL, &found) == 0);
        EQUAL(sigismember(&found, SIGUSR1), 1);
        _exit(exec_flag_pending());
    }
    EQUAL(end_of(child), 0);
    EQUAL(exec_flag_pending(), 1);
}

CASE(fork, "an alarm is not inherited")
{
    pid_t child;

    alarm(100);
    child = fork();
    if (child == 0)
        _exit(alarm(0) != 0);
    EQUAL(end_of(child), 0);
    CHECK(alarm(0) > 0);
}

CASE(fork, "times of the child begin at zero")
{
    /* A child that inherited them would have at least as much; what an emulator's host does to a child
     * that has just begun counts as the child's, so that no small figure is certain. */
    const clock_t enough = sysconf(_SC_CLK_TCK) / 2;
    pid_t child;
    struct tms parents, used;

    do {
        CHECK(times(&parents) != (clock_t)-1);
    } while (parents.tms_utime + parents.tms_stime < enough);
    child = fork();
    if (child == 0) {
        CHECK(times(&used) != (clock_t)-1);
        _exit(used.tms_utime + used.tms_stime >= enough || used.tms_cutime != 0);
    }
    EQUAL(end_of(child), 0);
}

CASE(fork, "file locks are not inherited")
{
    int file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    pid_t child;

    CHECK(file >= 0 && fcntl(file, F_SETLK, &lock) == 0);
    child = fork();
    if (child == 0) {
        lock.l_type = F_WRLCK;
        CHECK(fcntl(file, F_SETLK, &lock) == -1);
        _exit(errno != EACCES && errno != EAGAIN);
    }
    EQUAL(end_of(child), 0);
}

static _Noreturn void *pause_in_thread(void *unused)
{
    (void)unused;
    for (;;)
        pause();
}

CASE(fork, "of several threads the child has the one that called")
{
    pthread_t thread;
    pid_t child;
    int status;

    RETURNS(pthread_create(&thread, NULL, pause_in_thread, NULL), 0);
    child = fork();
    if (child == 0)
        _exit(5);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 5);
}

CASE(_exit, "the low 8 bits of the status reach the parent")
{
    pid_t child = fork();

    if (child == 0)
        _exit(0x1234);
    EQUAL(conform_exited(end_of(child)), 0x34);
}

CASE(_exit, "descriptors are closed: a pipe's reader sees its end")
{
    int ends[2];
    char byte;
    pid_t child;

    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0)
        _exit(0);
    CHECK(close(ends[1]) == 0);
    EQUAL(read(ends[0], &byte, 1), 0);
    EQUAL(end_of(child), 0);
}

CASE(_exit, "children that are left get another parent")
{
    int ends[2];
    pid_t child, middle, parent;

    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        middle = getpid();
        if (fork() == 0) {
            while (getppid() == middle)
                sched_yield();
            parent = getppid();
            CHECK(write(ends[1], &parent, sizeof parent) == sizeof parent);
            _exit(0);
        }
        _exit(0);
    }
    EQUAL(end_of(child), 0);
    EQUAL(read(ends[0], &parent, sizeof parent), sizeof parent);
    CHECK(parent != child && parent != getpid());
}

CASE(wait, "gives a child's number and status")
{
    int status;
    pid_t child = start(exit_with_7);

    EQUAL(wait(&status), child);
    CHECK(WIFEXITED(status) && !WIFSIGNALED(status) && !WIFSTOPPED(status));
    EQUAL(WEXITSTATUS(status), 7);
}

CASE(wait, "tells the signal that has ended a child")
{
    int status;
    pid_t child = start(pause_for_ever);

    CHECK(kill(child, SIGTERM) == 0);
    EQUAL(wait(&status), child);
    CHECK(WIFSIGNALED(status) && !WIFEXITED(status));
    EQUAL(WTERMSIG(status), SIGTERM);
}

CASE(wait, "ECHILD: there is no child")
{
    FAILS(wait(NULL), ECHILD);
}

CASE(wait, "a child is told once")
{
    pid_t child = start(exit_with_7);

    EQUAL(wait(NULL), child);
    FAILS(waitpid(child, NULL, 0), ECHILD);
}

CASE(wait, "ECHILD: children are ignored, and it waits until the last has ended")
{
    CHECK(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
    start(exit_with_7);
    FAILS(wait(NULL), ECHILD);
}

static void nothing(int signal)
{
    (void)signal;
}

CASE(wait, "EINTR: a signal was caught")
{
    struct sigaction action = {.sa_handler = nothing};
    pid_t parent = getpid(), child;

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    child = fork();
    if (child == 0) {
        conform_until_sleeping(parent);
        kill(parent, SIGUSR1);
        pause_for_ever();
    }
    FAILS(wait(NULL), EINTR);
    CHECK(kill(child, SIGKILL) == 0);
}

CASE(waitpid, "WNOHANG gives 0 while no child has changed")
{
    pid_t child = start(pause_for_ever);

    EQUAL(waitpid(child, NULL, WNOHANG), 0);
    EQUAL(waitpid(-1, NULL, WNOHANG), 0);
    CHECK(kill(child, SIGKILL) == 0);
    EQUAL(waitpid(child, NULL, 0), child);
}

CASE(waitpid, "one child is waited for, not another")
{
    pid_t first = start(exit_with_7), second = start(exit_with_7);

    EQUAL(waitpid(second, NULL, 0), second);
    EQUAL(waitpid(first, NULL, 0), first);
}

CASE(waitpid, "0 and less than -1 mean the children of a group")
{
    pid_t own = start(exit_with_7), other = start(pause_for_ever);

    CHECK(setpgid(other, other) == 0);
    EQUAL(waitpid(0, NULL, 0), own);
    FAILS(waitpid(0, NULL, 0), ECHILD);
    CHECK(kill(-other, SIGKILL) == 0);
    EQUAL(waitpid(-other, NULL, 0), other);
}

CASE(waitpid, "WUNTRACED tells of a child that has stopped, once")
{
    int status;
    pid_t child = start(pause_for_ever);

    CHECK(kill(child, SIGSTOP) == 0);
    EQUAL(waitpid(child, &status, WUNTRACED), child);
    CHECK(WIFSTOPPED(status));
    EQUAL(WSTOPSIG(status), SIGSTOP);
    EQUAL(waitpid(child, &status, WUNTRACED | WNOHANG), 0);
    CHECK(kill(child, SIGKILL) == 0);
    EQUAL(conform_signalled(end_of(child)), SIGKILL);
}

CASE(waitpid, "WCONTINUED tells of a child that goes on")
{
    int status;
    pid_t child = start(pause_for_ever);

    CHECK(kill(child, SIGSTOP) == 0);
    EQUAL(waitpid(child, &status, WUNTRACED), child);
    CHECK(kill(child, SIGCONT) == 0);
    EQUAL(waitpid(child, &status, WCONTINUED), child);
    CHECK(WIFCONTINUED(status));
    CHECK(kill(child, SIGKILL) == 0);
}

CASE(waitpid, "ECHILD: the process is no child")
{
    FAILS(waitpid(getpid(), NULL, 0), ECHILD);
    FAILS(waitpid(1, NULL, WNOHANG), ECHILD);
}

CASE(waitpid, "EINVAL: unknown options")
{
    FAILS(waitpid(-1, NULL, 0x1000), EINVAL);
}

CASE(waitid, "WNOWAIT leaves the child to be waited for again")
{
    siginfo_t told;
    pid_t child = start(exit_with_7);

    memset(&told, 0, sizeof told);
    CHECK(waitid(P_PID, (id_t)child, &told, WEXITED | WNOWAIT) == 0);
    EQUAL(told.si_pid, child);
    EQUAL(told.si_signo, SIGCHLD);
    EQUAL(told.si_code, CLD_EXITED);
    EQUAL(told.si_status, 7);
    EQUAL(conform_exited(end_of(child)), 7);
}

CASE(waitid, "EINVAL: nothing to wait for is said, or the kind is unknown")
{
    siginfo_t told;

    FAILS(waitid(P_ALL, 0, &told, 0), EINVAL);
    FAILS(waitid((idtype_t)77, 0, &told, WEXITED), EINVAL);
}

CASE(execve, "the new program has the words and the environment")
{
    char *words[] = {"sh", "list", "munmap/munmap: a length", NULL};
    char *names[] = {"A=1", NULL};
    int ends[2];
    char text[256];
    ssize_t length;
    pid_t child;

    CHECK(pipe(ends) == 0);
    child = fork();
    if (child == 0) {
        CHECK(dup2(ends[1], 1) == 1);
        execve("/proc/self/exe", words, names);
        _exit(99);
    }
    EQUAL(end_of(child), 0);
    length = read(ends[0], text, sizeof text - 1);
    CHECK(length > 0);
    text[length] = 0;
    CHECK(strcmp(text, "munmap/munmap: a length of zero is EINVAL\n") == 0);
}

CASE(execve, "FD_CLOEXEC closes, other descriptors stay, caught signals are default again")
{
    char *words[] = {"conform", "list", "munmap/munmap: a length", NULL};
    int ends[2];
    char byte;
    pid_t child;

    CHECK(pipe(ends) == 0);
    CHECK(fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0);
    child = fork();
    if (child == 0) {
        close(1);
        CHECK(open("/dev/null", O_WRONLY) == 1);
        execve("/proc/self/exe", words, environ);
        _exit(99);
    }
    CHECK(close(ends[1]) == 0);
    EQUAL(read(ends[0], &byte, 1), 0);
    EQUAL(end_of(child), 0);
}

CASE(execve, "ENOENT: there is no such file, or an empty path")
{
    char *words[] = {"x", NULL};

    FAILS(execve("/nonexistent/x", words, environ), ENOENT);
    FAILS(execve("", words, environ), ENOENT);
}

CASE(execve, "ENOTDIR: a part of the path is no directory")
{
    char *words[] = {"x", NULL};

    FAILS(execve("/dev/null/x", words, environ), ENOTDIR);
}

CASE(execve, "EACCES: not executable, or a directory")
{
    char *words[] = {"x", NULL};
    int file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600);

    CHECK(file >= 0 && close(file) == 0);
    FAILS(execve(conform_path(0), words, environ), EACCES);
    FAILS(execve("/", words, environ), EACCES);
}

CASE(execve, "ENOEXEC: no program's format")
{
    char *words[] = {"x", NULL};
    int file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0700);

    CHECK(file >= 0 && write(file, "neither", 7) == 7 && close(file) == 0);
    FAILS(execve(conform_path(0), words, environ), ENOEXEC);
}

CASE(execve, "E2BIG: more words than there is room for")
{
    size_t bytes = (size_t)1 << 20, index;
    char *word = malloc(bytes), **words;

    words = calloc(64, sizeof *words);
    CHECK(word != NULL && words != NULL);
    memset(word, 'x', bytes);
    word[bytes - 1] = 0;
    for (index = 0; index < 63; index += 1)
        words[index] = word;
    FAILS(execve("/proc/self/exe", words, environ), E2BIG);
}

CASE(execve, "ENAMETOOLONG: a path or a part of it is too long")
{
    char *words[] = {"x", NULL}, path[PATH_MAX + 2];

    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = 0;
    FAILS(execve(path, words, environ), ENAMETOOLONG);
    path[NAME_MAX + 2] = 0;
    FAILS(execve(path, words, environ), ENAMETOOLONG);
}

CASE(setpgid, "a child becomes the leader of a group of its own")
{
    pid_t child = start(pause_for_ever);

    CHECK(setpgid(child, 0) == 0);
    EQUAL(getpgid(child), child);
    CHECK(setpgid(child, getpgrp()) == 0);
    EQUAL(getpgid(child), getpgrp());
    CHECK(kill(child, SIGKILL) == 0);
}

CASE(setpgid, "ESRCH: neither the caller nor a child of it")
{
    FAILS(setpgid(1, 0), ESRCH);
}

CASE(setpgid, "EINVAL: a negative group")
{
    FAILS(setpgid(0, -1), EINVAL);
}

CASE(setpgid, "EPERM: a group that is not in the session, or a session's leader")
{
    pid_t child;

    FAILS(setpgid(0, 1 << 22), EPERM);
    child = fork();
    if (child == 0) {
        CHECK(setsid() == getpid());
        FAILS(setpgid(0, 0), EPERM);
        _exit(0);
    }
    EQUAL(end_of(child), 0);
}

CASE(setpgid, "EACCES: a child that has run another program")
{
    char *words[] = {"conform", "list", NULL};
    int ends[2], out[2];
    char byte;
    pid_t child;

    CHECK(pipe(ends) == 0 && pipe(out) == 0);
    CHECK(fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0);
    child = fork();
    if (child == 0) {
        /* Nobody reads: it stays in write() once the pipe is full, or sleeps behind its end. */
        dup2(out[1], 1);
        execve("/proc/self/exe", words, environ);
        _exit(99);
    }
    CHECK(close(ends[1]) == 0);
    EQUAL(read(ends[0], &byte, 1), 0);
    FAILS(setpgid(child, child), EACCES);
}

CASE(setsid, "a new session and group, led by the caller")
{
    pid_t child = fork();

    if (child == 0) {
        CHECK(setsid() == getpid());
        EQUAL(getsid(0), getpid());
        EQUAL(getpgrp(), getpid());
        FAILS(setsid(), EPERM);
        _exit(0);
    }
    EQUAL(end_of(child), 0);
}

CASE(setsid, "EPERM: a group's leader")
{
    FAILS(setsid(), EPERM);
}

CASE(getpgid, "ESRCH: there is no such process")
{
    FAILS(getpgid(1 << 22), ESRCH);
    FAILS(getsid(1 << 22), ESRCH);
}

CASE(getpriority, "what setpriority has set, for process, group and user")
{
    CHECK(setpriority(PRIO_PROCESS, 0, 5) == 0);
    errno = 0;
    EQUAL(getpriority(PRIO_PROCESS, 0), 5);
    EQUAL(getpriority(PRIO_PROCESS, (id_t)getpid()), 5);
    EQUAL(nice(2), 7);
    FAILS(getpriority(77, 0), EINVAL);
    FAILS(getpriority(PRIO_PROCESS, 1 << 22), ESRCH);
}

CASE(times, "children's times are added when they have been waited for")
{
    struct tms before, after;
    volatile unsigned long round;
    pid_t child;

    CHECK(times(&before) != (clock_t)-1);
    child = fork();
    if (child == 0) {
        struct tms used;
        do {
            for (round = 0; round < 100000; round += 1)
                continue;
            times(&used);
        } while (used.tms_utime + used.tms_stime < 5);
        _exit(0);
    }
    EQUAL(end_of(child), 0);
    CHECK(times(&after) != (clock_t)-1);
    CHECK(after.tms_cutime + after.tms_cstime >= before.tms_cutime + before.tms_cstime + 5);
}

CASE(getrusage, "times of the process; EINVAL for an unknown kind")
{
    struct rusage used;

    CHECK(getrusage(RUSAGE_SELF, &used) == 0);
    CHECK(used.ru_utime.tv_sec >= 0 && used.ru_utime.tv_usec < 1000000);
    CHECK(getrusage(RUSAGE_CHILDREN, &used) == 0);
    FAILS(getrusage(77, &used), EINVAL);
}

CASE(setrlimit, "a soft limit is at most the hard one, and is told")
{
    struct rlimit limit;

    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(limit.rlim_cur > 2 && limit.rlim_cur <= limit.rlim_max);
    limit.rlim_cur = 20;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    EQUAL(limit.rlim_cur, 20);
    EQUAL(sysconf(_SC_OPEN_MAX), 20);
    while (open("/dev/null", O_RDONLY) >= 0)
        continue;
    EQUAL(errno, EMFILE);
    limit.rlim_cur = limit.rlim_max + 1;
    if (limit.rlim_max != RLIM_INFINITY)
        FAILS(setrlimit(RLIMIT_NOFILE, &limit), EINVAL);
}

CASE(setrlimit, "EINVAL: an unknown resource")
{
    struct rlimit limit = {1, 1};

    FAILS(setrlimit(77, &limit), EINVAL);
    FAILS(getrlimit(77, &limit), EINVAL);
}
