/*
 * Signals through the C library, unchanged from any other system: its handlers end by the kernel's
 * own trampoline, and its clocks may be the kernel's code in user mode.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t count;
static volatile sig_atomic_t last_code;
static void *volatile last_address;
static sigjmp_buf back;

static void must(int holds, const char *step)
{
    if (!holds) {
        printf("FAILED %s: %s\n", step, strerror(errno));
        exit(1);
    }
}

static void note(int number, siginfo_t *info, void *context)
{
    (void)context;
    /* The C library's own code uses vector registers. */
    char text[64];
    snprintf(text, sizeof text, "%d %f", number, count * 1.5);
    last_code = info->si_code;
    last_address = info->si_addr;
    count++;
}

static void jump(int number, siginfo_t *info, void *context)
{
    note(number, info, context);
    siglongjmp(back, 1);
}

static void handle(int number, void (*handler)(int, siginfo_t *, void *), int flags)
{
    struct sigaction action = { .sa_flags = SA_SIGINFO | flags };
    action.sa_sigaction = handler;
    sigemptyset(&action.sa_mask);
    must(sigaction(number, &action, NULL) == 0, "sigaction");
    count = 0;
}

static void raises_and_alarms(void)
{
    double sum = 0;
    handle(SIGUSR1, note, 0);
    for (int i = 0; i < 100; i++) {
        sum += i * 0.5;
        must(raise(SIGUSR1) == 0, "raise");
    }
    must(count == 100 && sum == 2475, "a hundred signals change no number");
    handle(SIGALRM, note, 0);
    struct itimerval beat = { { 0, 2000 }, { 0, 2000 } };
    must(setitimer(ITIMER_REAL, &beat, NULL) == 0, "setitimer");
    while (count < 20)
        must(pause() == -1 && errno == EINTR, "pause");
    memset(&beat, 0, sizeof beat);
    must(setitimer(ITIMER_REAL, &beat, NULL) == 0, "no setitimer");
    must(alarm(100) == 0 && alarm(0) == 100, "alarm");
}

static void faults(void)
{
    volatile int *volatile nowhere = (volatile int *)0x40;
    handle(SIGSEGV, jump, 0);
    for (volatile int i = 0; i < 10; i++)
        if (sigsetjmp(back, 1) == 0)
            *nowhere = 1;
    must(count == 10 && last_code == SEGV_MAPERR && last_address == (void *)0x40, "a fault");
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (sigsetjmp(back, 1) == 0)
        page[5] = 1;
    must(last_code == SEGV_ACCERR && last_address == page + 5, "a store that is forbidden");
    must(munmap(page, 4096) == 0, "munmap");
}

static int overflow(int depth)
{
    volatile char room[4096];
    room[depth % 4096] = 1;
    if (depth == 1 << 30)
        return 0;
    return overflow(depth + 1) + room[0];
}

static void other_stack(void)
{
    static char memory[65536];
    stack_t stack = { .ss_sp = memory, .ss_size = sizeof memory };
    must(sigaltstack(&stack, NULL) == 0, "sigaltstack");
    handle(SIGSEGV, jump, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0)
        overflow(0);
    must(count == 1, "an overflow of the stack");
    signal(SIGSEGV, SIG_DFL);
}

/* As a shell waits for its jobs. */
static void children(void)
{
    sigset_t block, before;
    handle(SIGCHLD, note, SA_RESTART);
    sigemptyset(&block);
    sigaddset(&block, SIGCHLD);
    must(sigprocmask(SIG_BLOCK, &block, &before) == 0, "sigprocmask");
    for (int i = 0; i < 5; i++)
        if (fork() == 0)
            _exit(i);
    int seen = 0, status;
    while (seen != 5) {
        sigsuspend(&before);
        while (waitpid(-1, &status, WNOHANG) > 0)
            seen++;
    }
    must(count >= 1 && waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "all children");
    must(sigprocmask(SIG_SETMASK, &before, NULL) == 0, "sigprocmask");
    pid_t child = fork();
    if (child == 0)
        for (;;)
            pause();
    must(kill(child, SIGSTOP) == 0 && waitpid(child, &status, WUNTRACED) == child, "a stop");
    must(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP, "its status");
    must(kill(child, SIGCONT) == 0 && waitpid(child, &status, WCONTINUED) == child, "going on");
    must(WIFCONTINUED(status) && kill(child, SIGTERM) == 0, "its status");
    must(waitpid(child, &status, 0) == child && WTERMSIG(status) == SIGTERM, "its end");
}

static void queues(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    must(sigprocmask(SIG_BLOCK, &set, NULL) == 0, "sigprocmask");
    for (int i = 0; i < 3; i++)
        must(sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = i }) == 0, "sigqueue");
    siginfo_t info;
    for (int i = 0; i < 3; i++)
        must(sigwaitinfo(&set, &info) == SIGRTMIN && info.si_value.sival_int == i
                 && info.si_code == SI_QUEUE && info.si_pid == getpid(), "sigwaitinfo");
    struct timespec brief = { 0, 1000000 };
    must(sigtimedwait(&set, &info, &brief) == -1 && errno == EAGAIN, "sigtimedwait");
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN };
    timer_t timer;
    must(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0, "timer_create");
    struct itimerspec soon = { { 0, 0 }, { 0, 5000000 } };
    must(timer_settime(timer, 0, &soon, NULL) == 0, "timer_settime");
    must(sigwaitinfo(&set, &info) == SIGRTMIN && info.si_code == SI_TIMER, "its signal");
    must(timer_delete(timer) == 0, "timer_delete");
}

static void clocks(void)
{
    struct timespec before, now;
    struct timeval day;
    must(clock_gettime(CLOCK_MONOTONIC, &before) == 0, "clock_gettime");
    for (int i = 0; i < 10000; i++) {
        must(clock_gettime(CLOCK_MONOTONIC, &now) == 0 && now.tv_nsec < 1000000000, "again");
        must(now.tv_sec > before.tv_sec
                 || (now.tv_sec == before.tv_sec && now.tv_nsec >= before.tv_nsec), "its order");
        before = now;
    }
    must(gettimeofday(&day, NULL) == 0 && day.tv_usec < 1000000, "gettimeofday");
    must(clock_getres(CLOCK_REALTIME, &now) == 0, "clock_getres");
    must(clock_gettime(99, &now) == -1 && errno == EINVAL, "a clock that is none");
}

int main(void)
{
    raises_and_alarms();
    faults();
    other_stack();
    children();
    queues();
    clocks();
    printf("signals: ok\n");
    return 0;
}
