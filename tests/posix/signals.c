/* Signals: actions, masks, waiting and sending. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define NOBODY 65534

static volatile sig_atomic_t caught, order;
static siginfo_t told;

static void note(int signal)
{
    caught = signal;
    order = order * 10 + 1;
}

static void note_info(int signal, siginfo_t *info, void *context)
{
    caught = signal;
    told = *info;
    CHECK(context != NULL);
}

static void catch(int signal, void (*handler)(int), int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    CHECK(sigaction(signal, &action, NULL) == 0);
}

static void catch_info(int signal, int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_sigaction = note_info;
    action.sa_flags = SA_SIGINFO | flags;
    CHECK(sigaction(signal, &action, NULL) == 0);
}

static void change_mask(int how, int signal)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, signal);
    CHECK(sigprocmask(how, &set, NULL) == 0);
}

static int is_pending(int signal)
{
    sigset_t set;

    CHECK(sigpending(&set) == 0);
    return sigismember(&set, signal);
}

CASE(sigaction, "the handler gets the signal's number, before raise returns")
{
    catch(SIGUSR1, note, 0);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(caught, SIGUSR1);
}

CASE(sigaction, "the action from before is told")
{
    struct sigaction action;

    CHECK(sigaction(SIGUSR1, NULL, &action) == 0);
    CHECK(action.sa_handler == SIG_DFL);
    catch(SIGUSR1, note, SA_RESTART);
    CHECK(sigaction(SIGUSR1, NULL, &action) == 0);
    CHECK(action.sa_handler == note);
    EQUAL(action.sa_flags & SA_RESTART, SA_RESTART);
}

CASE(sigaction, "EINVAL: no signal, or one that can't be caught")
{
    struct sigaction action = {.sa_handler = note};

    FAILS(sigaction(0, &action, NULL), EINVAL);
    FAILS(sigaction(-1, &action, NULL), EINVAL);
    FAILS(sigaction(1000, &action, NULL), EINVAL);
    FAILS(sigaction(SIGKILL, &action, NULL), EINVAL);
    FAILS(sigaction(SIGSTOP, &action, NULL), EINVAL);
}

static void raise_again(int signal)
{
    order = order * 10 + 1;
    if (order == 1)
        raise(signal);
    order = order * 10 + 2;
}

CASE(sigaction, "the signal itself waits while its handler runs")
{
    catch(SIGUSR1, raise_again, 0);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(order, 1212);
}

CASE(sigaction, "SA_NODEFER: it does not")
{
    catch(SIGUSR1, raise_again, SA_NODEFER);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(order, 1122);
}

static void raise_other(int signal)
{
    order = order * 10 + 2;
    if (signal == SIGUSR1)
        raise(SIGUSR2);
    order = order * 10 + 3;
}

CASE(sigaction, "sa_mask: other signals wait while the handler runs")
{
    struct sigaction action = {.sa_handler = raise_other};

    sigemptyset(&action.sa_mask);
    sigaddset(&action.sa_mask, SIGUSR2);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    catch(SIGUSR2, note, 0);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(order, 231);
}

CASE(sigaction, "without sa_mask another signal's handler runs within the first")
{
    catch(SIGUSR1, raise_other, 0);
    catch(SIGUSR2, note, 0);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(order, 213);
}

CASE(sigaction, "the mask is restored when the handler returns")
{
    sigset_t set;

    catch(SIGUSR1, note, 0);
    CHECK(raise(SIGUSR1) == 0);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &set) == 0);
    EQUAL(sigismember(&set, SIGUSR1), 0);
}

CASE(sigaction, "SA_RESETHAND: the second one has the default action")
{
    struct sigaction action;

    catch(SIGUSR1, note, SA_RESETHAND);
    CHECK(raise(SIGUSR1) == 0);
    CHECK(sigaction(SIGUSR1, NULL, &action) == 0);
    CHECK(action.sa_handler == SIG_DFL);
}

CASE(sigaction, "SA_SIGINFO: who has sent it, and how")
{
    catch_info(SIGUSR1, 0);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    EQUAL(told.si_signo, SIGUSR1);
    EQUAL(told.si_code, SI_USER);
    EQUAL(told.si_pid, getpid());
    EQUAL(told.si_uid, getuid());
}

CASE(sigaction, "SIGCHLD: which child, and what has become of it")
{
    pid_t child;

    catch_info(SIGCHLD, SA_RESTART);
    child = fork();
    if (child == 0)
        _exit(7);
    EQUAL(waitpid(child, NULL, 0), child);
    EQUAL(caught, SIGCHLD);
    EQUAL(told.si_code, CLD_EXITED);
    EQUAL(told.si_pid, child);
    EQUAL(told.si_status, 7);
}

CASE(sigaction, "SIGCHLD: a child that was killed")
{
    pid_t child;

    catch_info(SIGCHLD, SA_RESTART);
    child = fork();
    if (child == 0)
        for (;;)
            pause();
    CHECK(kill(child, SIGTERM) == 0);
    EQUAL(waitpid(child, NULL, 0), child);
    EQUAL(told.si_code, CLD_KILLED);
    EQUAL(told.si_status, SIGTERM);
}

static int stop_and_wait(int flags)
{
    pid_t child;
    int status;

    catch_info(SIGCHLD, SA_RESTART | flags);
    child = fork();
    if (child == 0)
        for (;;)
            pause();
    CHECK(kill(child, SIGSTOP) == 0);
    EQUAL(waitpid(child, &status, WUNTRACED), child);
    CHECK(WIFSTOPPED(status));
    status = caught == SIGCHLD ? told.si_code : 0;
    CHECK(kill(child, SIGKILL) == 0);
    EQUAL(waitpid(child, NULL, 0), child);
    return status;
}

CASE(sigaction, "SIGCHLD: a child that has stopped")
{
    EQUAL(stop_and_wait(0), CLD_STOPPED);
}

CASE(sigaction, "SA_NOCLDSTOP: not of children that stop")
{
    EQUAL(stop_and_wait(SA_NOCLDSTOP), 0);
}

CASE(sigaction, "SA_NOCLDWAIT: children leave nothing to wait for")
{
    pid_t child;

    catch(SIGCHLD, SIG_DFL, SA_NOCLDWAIT);
    child = fork();
    if (child == 0)
        _exit(1);
    FAILS(waitpid(child, NULL, 0), ECHILD);
}

static char alternate[65536] __attribute__((aligned(16)));

static void note_place(int signal)
{
    char here;

    caught = signal;
    order = &here >= alternate && &here < alternate + sizeof alternate;
}

static void set_alternate(void)
{
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};

    CHECK(sigaltstack(&stack, NULL) == 0);
}

CASE(sigaltstack, "SA_ONSTACK: the handler runs on it, without the flag not")
{
    set_alternate();
    catch(SIGUSR1, note_place, SA_ONSTACK);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(order, 1);
    catch(SIGUSR1, note_place, 0);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(order, 0);
}

static sigjmp_buf back;

static void jump_back(int signal)
{
    (void)signal;
    siglongjmp(back, 1);
}

static int use_up(int depth)
{
    volatile char room[4096];

    room[0] = (char)depth;
    return depth < 0 ? room[0] : use_up(depth + 1) + room[0];
}

CASE(sigaltstack, "a stack that has overflowed can be told of on it")
{
    set_alternate();
    catch(SIGSEGV, jump_back, SA_ONSTACK);
    if (sigsetjmp(back, 1) == 0) {
        use_up(0);
        CHECK(!"the stack is endless");
    }
}

static int while_on_it;

static void change_while_on_it(int signal)
{
    stack_t other = {.ss_flags = SS_DISABLE}, now;

    (void)signal;
    while_on_it = sigaltstack(&other, &now) == -1 ? errno : 0;
    order = now.ss_flags;
}

CASE(sigaltstack, "EPERM: it is in use, as ss_flags tells")
{
    stack_t now;

    set_alternate();
    catch(SIGUSR1, change_while_on_it, SA_ONSTACK);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(while_on_it, EPERM);
    CHECK(sigaltstack(NULL, &now) == 0);
    EQUAL(now.ss_flags, 0);
    CHECK(now.ss_sp == alternate);
}

CASE(sigaltstack, "EINVAL and ENOMEM: unknown flags, too small")
{
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate, .ss_flags = 77};

    FAILS(sigaltstack(&stack, NULL), EINVAL);
    stack.ss_flags = 0;
    stack.ss_size = 100;
    FAILS(sigaltstack(&stack, NULL), ENOMEM);
}

CASE(sigprocmask, "a blocked signal waits until it is unblocked")
{
    catch(SIGUSR1, note, 0);
    change_mask(SIG_BLOCK, SIGUSR1);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(caught, 0);
    EQUAL(is_pending(SIGUSR1), 1);
    change_mask(SIG_UNBLOCK, SIGUSR1);
    EQUAL(caught, SIGUSR1);
    EQUAL(is_pending(SIGUSR1), 0);
}

CASE(sigprocmask, "KILL and STOP can't be blocked, and that is no error")
{
    sigset_t set;

    sigfillset(&set);
    CHECK(sigprocmask(SIG_SETMASK, &set, NULL) == 0);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &set) == 0);
    EQUAL(sigismember(&set, SIGKILL), 0);
    EQUAL(sigismember(&set, SIGSTOP), 0);
    EQUAL(sigismember(&set, SIGTERM), 1);
}

CASE(sigprocmask, "EINVAL: an unknown way to change it")
{
    sigset_t set;

    sigemptyset(&set);
    FAILS(sigprocmask(77, &set, NULL), EINVAL);
}

CASE(sigpending, "a standard signal is pending once, however often it was sent")
{
    order = 0;
    catch(SIGUSR1, note, 0);
    change_mask(SIG_BLOCK, SIGUSR1);
    CHECK(raise(SIGUSR1) == 0 && raise(SIGUSR1) == 0);
    change_mask(SIG_UNBLOCK, SIGUSR1);
    EQUAL(order, 1);
}

CASE(sigpending, "an ignored signal is not, and ignoring throws a pending one away")
{
    change_mask(SIG_BLOCK, SIGUSR1);
    CHECK(raise(SIGUSR1) == 0);
    EQUAL(is_pending(SIGUSR1), 1);
    catch(SIGUSR1, SIG_IGN, 0);
    EQUAL(is_pending(SIGUSR1), 0);
}

static int values[8], value_count;

static void note_value(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    if (value_count < 8)
        values[value_count++] = info->si_code == SI_QUEUE ? info->si_value.sival_int : -1;
}

static void catch_values(int signal)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};

    action.sa_sigaction = note_value;
    sigfillset(&action.sa_mask);
    CHECK(sigaction(signal, &action, NULL) == 0);
}

CASE(sigqueue, "real-time signals queue, with their values, in order")
{
    int index;

    catch_values(SIGRTMIN);
    change_mask(SIG_BLOCK, SIGRTMIN);
    for (index = 0; index < 5; index += 1)
        CHECK(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = index}) == 0);
    change_mask(SIG_UNBLOCK, SIGRTMIN);
    EQUAL(value_count, 5);
    for (index = 0; index < 5; index += 1)
        EQUAL(values[index], index);
}

CASE(sigqueue, "of several real-time signals the lowest comes first")
{
    sigset_t set;

    catch_values(SIGRTMIN);
    catch_values(SIGRTMIN + 1);
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigaddset(&set, SIGRTMIN + 1);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 2}) == 0);
    CHECK(sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = 1}) == 0);
    CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
    EQUAL(value_count, 2);
    EQUAL(values[0], 1);
    EQUAL(values[1], 2);
}

CASE(sigqueue, "EINVAL: no signal; ESRCH: no process")
{
    FAILS(sigqueue(getpid(), 1000, (union sigval){.sival_int = 0}), EINVAL);
    FAILS(sigqueue(1 << 22, SIGUSR1, (union sigval){.sival_int = 0}), ESRCH);
}

CASE(sigsuspend, "waits with another mask, and restores the one from before")
{
    sigset_t none, now;
    pid_t parent = getpid(), child;

    catch(SIGUSR1, note, 0);
    change_mask(SIG_BLOCK, SIGUSR1);
    child = fork();
    if (child == 0) {
        kill(parent, SIGUSR1);
        _exit(0);
    }
    sigemptyset(&none);
    FAILS(sigsuspend(&none), EINTR);
    EQUAL(caught, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
    EQUAL(sigismember(&now, SIGUSR1), 1);
    EQUAL(waitpid(child, NULL, 0), child);
}

CASE(pause, "EINTR after a signal was caught")
{
    pid_t parent = getpid(), child;

    catch(SIGUSR1, note, 0);
    child = fork();
    if (child == 0) {
        conform_until_sleeping(parent);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    FAILS(pause(), EINTR);
    EQUAL(caught, SIGUSR1);
}

CASE(sigwait, "takes a pending signal, whose handler is not called")
{
    sigset_t set;
    int signal;

    catch(SIGUSR1, note, 0);
    change_mask(SIG_BLOCK, SIGUSR1);
    CHECK(raise(SIGUSR1) == 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    RETURNS(sigwait(&set, &signal), 0);
    EQUAL(signal, SIGUSR1);
    EQUAL(is_pending(SIGUSR1), 0);
    EQUAL(caught, 0);
}

CASE(sigtimedwait, "gives what is known of the signal")
{
    sigset_t set;
    siginfo_t info;
    struct timespec limit = {10, 0};

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 2);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = 31}) == 0);
    EQUAL(sigtimedwait(&set, &info, &limit), SIGRTMIN + 2);
    EQUAL(info.si_value.sival_int, 31);
    EQUAL(info.si_code, SI_QUEUE);
    EQUAL(info.si_pid, getpid());
}

CASE(sigtimedwait, "EAGAIN: none came in time, which it waited for")
{
    sigset_t set;
    struct timespec limit = {0, 30000000};
    long long begin = conform_now();

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    FAILS(sigtimedwait(&set, NULL, &limit), EAGAIN);
    CHECK(conform_now() - begin >= 30000000);
}

CASE(sigtimedwait, "EINTR: another signal was caught")
{
    sigset_t set;
    struct timespec limit = {20, 0};
    pid_t parent = getpid(), child;

    catch(SIGUSR2, note, 0);
    change_mask(SIG_BLOCK, SIGUSR1);
    child = fork();
    if (child == 0) {
        conform_until_sleeping(parent);
        kill(parent, SIGUSR2);
        _exit(0);
    }
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    /* The call itself: musl's function goes on waiting. */
    FAILS(syscall(SYS_rt_sigtimedwait, &set, NULL, &limit, 8), EINTR);
    EQUAL(caught, SIGUSR2);
}

CASE(kill, "signal 0 checks and sends nothing")
{
    CHECK(kill(getpid(), 0) == 0);
    FAILS(kill(1 << 22, 0), ESRCH);
}

CASE(kill, "EINVAL: no signal")
{
    FAILS(kill(getpid(), 1000), EINVAL);
    FAILS(kill(getpid(), -1), EINVAL);
}

CASE(kill, "ESRCH: no process, no group")
{
    FAILS(kill(1 << 22, SIGTERM), ESRCH);
    FAILS(kill(-(1 << 22), SIGTERM), ESRCH);
}

static void fail_to_kill(void *process)
{
    CHECK(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
    FAILS(kill(*(pid_t *)process, SIGTERM), EPERM);
    FAILS(kill(*(pid_t *)process, 0), EPERM);
}

CASE(kill, "EPERM: another user's process")
{
    pid_t self = getpid();

    if (!conform_is_root())
        conform_untested("only the superuser can become somebody else");
    EQUAL(conform_exited(conform_child(fail_to_kill, &self)), 0);
}

CASE(kill, "0 means the caller's group, a negative number that group")
{
    pid_t child;
    int status;

    catch(SIGUSR1, note, 0);
    child = fork();
    if (child == 0) {
        signal(SIGUSR1, SIG_DFL);
        for (;;)
            pause();
    }
    conform_until_sleeping(child);
    CHECK(kill(0, SIGUSR1) == 0);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_signalled(status), SIGUSR1);
    EQUAL(caught, SIGUSR1);
    caught = 0;
    CHECK(kill(-getpgrp(), SIGUSR1) == 0);
    EQUAL(caught, SIGUSR1);
}

CASE(kill, "a stopped process acts on signals when it goes on, on KILL at once")
{
    pid_t child = fork();
    int status;

    if (child == 0)
        for (;;)
            pause();
    CHECK(kill(child, SIGSTOP) == 0);
    EQUAL(waitpid(child, &status, WUNTRACED), child);
    CHECK(kill(child, SIGTERM) == 0);
    EQUAL(waitpid(child, &status, WNOHANG), 0);
    CHECK(kill(child, SIGCONT) == 0);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_signalled(status), SIGTERM);
}

CASE(kill, "each default action: end, or nothing")
{
    int end[] = {SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGUSR1,
                 SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF,
                 SIGSYS};
    int nothing[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH};
    pid_t child;
    size_t index;
    int status;

    for (index = 0; index < sizeof end / sizeof *end; index += 1) {
        child = fork();
        if (child == 0) {
            raise(end[index]);
            _exit(0);
        }
        EQUAL(waitpid(child, &status, 0), child);
        EQUAL(conform_signalled(status), end[index]);
    }
    for (index = 0; index < sizeof nothing / sizeof *nothing; index += 1)
        CHECK(raise(nothing[index]) == 0);
}

static void fault_handler(int signal, siginfo_t *info, void *context)
{
    caught = signal;
    told = *info;
    (void)context;
    siglongjmp(back, 1);
}

static void catch_fault(int signal)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};

    action.sa_sigaction = fault_handler;
    CHECK(sigaction(signal, &action, NULL) == 0);
}

CASE(sigaction, "SIGSEGV: SEGV_MAPERR and the address where nothing is mapped")
{
    char *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED && munmap(memory, 4096) == 0);
    catch_fault(SIGSEGV);
    if (sigsetjmp(back, 1) == 0)
        *(volatile char *)(memory + 123) = 1;
    EQUAL(caught, SIGSEGV);
    EQUAL(told.si_code, SEGV_MAPERR);
    CHECK(told.si_addr == memory + 123);
}

CASE(sigaction, "SIGSEGV: SEGV_ACCERR and the address that may not be written")
{
    char *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED);
    catch_fault(SIGSEGV);
    if (sigsetjmp(back, 1) == 0)
        *(volatile char *)(memory + 5) = 1;
    EQUAL(told.si_code, SEGV_ACCERR);
    CHECK(told.si_addr == memory + 5);
}

CASE(sigaction, "SIGBUS: BUS_ADRERR and the address behind the file's end")
{
    int file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600);
    char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

    CHECK(file >= 0 && memory != MAP_FAILED);
    catch_fault(SIGBUS);
    if (sigsetjmp(back, 1) == 0)
        *(volatile char *)(memory + 9) = 1;
    EQUAL(caught, SIGBUS);
    EQUAL(told.si_code, BUS_ADRERR);
    CHECK(told.si_addr == memory + 9);
}

static void mend_and_return(int signal, siginfo_t *info, void *context)
{
    char *page = (char *)((uintptr_t)info->si_addr & ~(uintptr_t)4095);

    (void)signal;
    (void)context;
    order += 1;
    CHECK(mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0);
}

CASE(sigaction, "a handler of SIGSEGV that makes the page writable lets the store go on")
{
    char *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction action = {.sa_flags = SA_SIGINFO};

    CHECK(memory != MAP_FAILED);
    action.sa_sigaction = mend_and_return;
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    *(volatile char *)(memory + 7) = 42;
    EQUAL(memory[7], 42);
    EQUAL(order, 1);
}

static void change_registers(int signal, siginfo_t *info, void *context)
{
    ucontext_t *registers = context;

    (void)signal;
    (void)info;
#ifdef __aarch64__
    registers->uc_mcontext.regs[19] = 77;
#endif
    caught = 1;
}

#ifdef __aarch64__
CASE(sigaction, "the context that the handler gets is what goes on")
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    register long number __asm__("x8") = 129;
    register long process __asm__("x0") = getpid();
    register long signal __asm__("x1") = SIGUSR1;
    register long kept __asm__("x19") = 5;
    volatile long result, found;

    action.sa_sigaction = change_registers;
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    process = getpid();
    signal = SIGUSR1;
    number = 129;
    kept = 5;
    __asm__ volatile("svc #0" : "+r"(process), "+r"(kept) : "r"(number), "r"(signal) : "memory");
    /* Before any call uses the registers. */
    result = process;
    found = kept;
    EQUAL(found, 77);
    EQUAL(result, 0);
}

static void spoil_vectors(int signal)
{
    caught = signal;
    __asm__ volatile("movi v8.16b, #255\n\tmovi v31.16b, #255" ::: "v8", "v31");
}

CASE(sigaction, "floating-point and vector registers are what they were after the handler")
{
    double low, high;

    catch(SIGUSR1, spoil_vectors, 0);
    __asm__ volatile("fmov d8, #3.0\n\tfmov d31, #5.0\n\t"
                     "mov x8, #172\n\tsvc #0\n\tmov x1, %2\n\tmov x8, #129\n\tsvc #0\n\t"
                     "fmov %0, d8\n\tfmov %1, d31"
                     : "=&r"(*(uint64_t *)&low), "=&r"(*(uint64_t *)&high)
                     : "r"((long)SIGUSR1)
                     : "x0", "x1", "x8", "d8", "d31", "memory");
    EQUAL(caught, SIGUSR1);
    CHECK(low == 3.0 && high == 5.0);
}
#endif

static int ends[2], told_ends[2];

static void tell(int signal)
{
    caught = signal;
    CHECK(write(told_ends[1], "t", 1) == 1);
}

/* Starts a child that sends this process a signal when it sleeps. */
static pid_t disturb(void)
{
    pid_t parent = getpid(), child;

    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        conform_until_sleeping(parent);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    return child;
}

/* Starts one that does so, and writes to the pipe when this process sleeps again: after its handler
 * has told, if it has one. */
static pid_t disturb_and_write(int has_handler)
{
    pid_t parent = getpid(), child;
    char byte;

    CHECK(pipe(ends) == 0 && pipe(told_ends) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        conform_until_sleeping(parent);
        kill(parent, SIGUSR1);
        if (has_handler)
            CHECK(read(told_ends[0], &byte, 1) == 1);
        conform_until_sleeping(parent);
        CHECK(write(ends[1], "x", 1) == 1);
        _exit(0);
    }
    return child;
}

CASE(sigaction, "read() from a pipe ends with EINTR without SA_RESTART")
{
    char byte;

    CHECK(pipe(ends) == 0);
    catch(SIGUSR1, note, 0);
    disturb();
    FAILS(read(ends[0], &byte, 1), EINTR);
    EQUAL(caught, SIGUSR1);
}

CASE(sigaction, "SA_RESTART: read() from a pipe goes on")
{
    char byte;

    catch(SIGUSR1, tell, SA_RESTART);
    disturb_and_write(1);
    EQUAL(read(ends[0], &byte, 1), 1);
    EQUAL(caught, SIGUSR1);
}

CASE(sigaction, "SA_RESTART: waitpid goes on")
{
    pid_t child;

    catch(SIGUSR1, tell, SA_RESTART);
    child = disturb_and_write(1);
    EQUAL(waitpid(child, NULL, 0), child);
    EQUAL(caught, SIGUSR1);
}

CASE(sigaction, "an ignored signal interrupts nothing")
{
    char byte;

    catch(SIGUSR1, SIG_IGN, 0);
    disturb_and_write(0);
    EQUAL(read(ends[0], &byte, 1), 1);
}

CASE(nanosleep, "EINTR tells what is left, also with SA_RESTART")
{
    struct timespec time = {30, 0}, left = {0, 0};

    catch(SIGUSR1, note, SA_RESTART);
    disturb();
    FAILS(nanosleep(&time, &left), EINTR);
    CHECK(left.tv_sec > 0 && left.tv_sec < 30);
}

CASE(write, "EPIPE and SIGPIPE: nobody reads")
{
    CHECK(pipe(ends) == 0 && close(ends[0]) == 0);
    catch(SIGPIPE, note, 0);
    FAILS(write(ends[1], "x", 1), EPIPE);
    EQUAL(caught, SIGPIPE);
}

CASE(alarm, "SIGALRM comes after the time, and a second call tells what was left")
{
    long long begin = conform_now();

    catch(SIGALRM, note, 0);
    EQUAL(alarm(100) > 0, 1);
    CHECK(alarm(1) > 90);
    FAILS(pause(), EINTR);
    EQUAL(caught, SIGALRM);
    CHECK(conform_now() - begin >= 900000000);
}

CASE(setitimer, "an interval comes again and again")
{
    struct itimerval timer = {{0, 10000}, {0, 10000}}, now;
    sigset_t set;
    int count, signal;

    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
    for (count = 0; count < 5; count += 1)
        RETURNS(sigwait(&set, &signal), 0);
    memset(&timer, 0, sizeof timer);
    CHECK(setitimer(ITIMER_REAL, &timer, &now) == 0);
    EQUAL(now.it_interval.tv_usec, 10000);
    CHECK(getitimer(ITIMER_REAL, &now) == 0);
    EQUAL(now.it_value.tv_sec + now.it_value.tv_usec, 0);
}

CASE(setitimer, "EINVAL: no such timer, microseconds out of range")
{
    struct itimerval timer = {{0, 0}, {0, 1000000}};

    FAILS(setitimer(ITIMER_REAL, &timer, NULL), EINVAL);
    timer.it_value.tv_usec = 1;
    FAILS(setitimer(77, &timer, NULL), EINVAL);
}

CASE(abort, "ends with SIGABRT, also when that is ignored or blocked")
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        catch(SIGABRT, SIG_IGN, 0);
        change_mask(SIG_BLOCK, SIGABRT);
        abort();
    }
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_signalled(status), SIGABRT);
}

CASE(siglongjmp, "leaves a handler and restores the mask")
{
    sigset_t set;

    catch(SIGUSR1, jump_back, 0);
    if (sigsetjmp(back, 1) == 0)
        raise(SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &set) == 0);
    EQUAL(sigismember(&set, SIGUSR1), 0);
}
