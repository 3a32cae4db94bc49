/*
 * What the examples need that have no C library: a beginning and an end, children, and a way to tell
 * what went wrong.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include "commons.h"

#define SYS_WRITE 64
#define SYS_EXIT_GROUP 94
#define SYS_GETPID 172
#define SYS_CLONE 220
#define SYS_WAIT4 260
#define SIGCHLD 17
#define SIGSEGV 11

int main(void);

static void say(const char *text)
{
    (void)commons_call(SYS_WRITE, 1, (long)text, (long)commons_length(text), 0, 0, 0);
}

static void quit(int status)
{
    for (;;) {
        (void)commons_call(SYS_EXIT_GROUP, status, 0, 0, 0, 0, 0);
    }
}

/* Writes a number before `end`, with its NUL there; gives where it begins. */
static char *digits_of(unsigned long number, char *end)
{
    *end = '\0';
    do {
        end -= 1;
        *end = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return end;
}

/* Tells a failed step with its error number, and ends the program. */
static void must(const char *step, int holds, long result)
{
    char digits[24];

    if (holds) {
        return;
    }
    say("FAILED ");
    say(step);
    say(result < 0 ? ": -" : ": ");
    say(digits_of((unsigned long)(result < 0 ? -result : result), digits + sizeof digits - 1));
    say("\n");
    quit(1);
}

/* Gives 0 to the child, and the child's number to the parent. */
static int32_t fork_child(void)
{
    long child = commons_call(SYS_CLONE, SIGCHLD, 0, 0, 0, 0, 0);

    must("fork", child >= 0, child);
    return (int32_t)child;
}

/* Waits for a child's end; gives its status, 0 for a good one. */
static int end_of(int32_t child)
{
    int status = -1;
    long result = commons_call(SYS_WAIT4, child, (long)&status, 0, 0, 0, 0);

    must("wait for a child", result == child, result);
    return status;
}

/* The kernel enters here with the stack pointer at argc, which is not used. */
__asm__(".globl _start\n"
        "_start:\n"
        "    mov x29, #0\n"
        "    mov x30, #0\n"
        "    bl main\n"
        "    mov x8, #94\n"
        "    svc #0\n");

#endif
