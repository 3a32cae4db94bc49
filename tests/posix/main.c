/*
 * conform: runs the cases.
 *
 *   conform list [PREFIX]     their names: SUBJECT/INTERFACE: TEXT, the subject being the file's name
 *   conform run [PREFIX]      runs those whose name begins so; the last line is the sum
 */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_SECONDS 60
#define NAMES 8
#define NAME_BYTES 64

extern const struct conform_case *const __start_conform_cases[];
extern const struct conform_case *const __stop_conform_cases[];

/* The number of the case that runs: part of the names that it uses. */
static unsigned current;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One write for each line, so that lines of several processes stay whole. */
static void say(const char *format, ...)
{
    char line[512];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 1)
        length = sizeof line - 1;
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        _exit(3);
}

void conform_check(int holds, const char *text, const char *file, int line)
{
    int number = errno;

    if (!holds) {
        say("  %s:%d: not so: %s (errno: %s)\n", file, line, text, strerror(number));
        _exit(1);
    }
}

void conform_equal(long long found, long long expected, const char *text, const char *file,
                   int line)
{
    if (found != expected) {
        say("  %s:%d: %s is %lld (%s), expected %lld (%s)\n", file, line, text, found,
            found > 0 ? strerror((int)found) : "-", expected,
            expected > 0 ? strerror((int)expected) : "-");
        _exit(1);
    }
}

void conform_fails(long long result, int expected, const char *text, const char *file, int line)
{
    int number = errno;

    if (result != -1) {
        say("  %s:%d: %s gives %lld, expected failure: %s\n", file, line, text, result,
            strerror(expected));
        _exit(1);
    }
    if (number != expected) {
        say("  %s:%d: %s fails: %s, expected: %s\n", file, line, text, strerror(number),
            strerror(expected));
        _exit(1);
    }
}

_Noreturn void conform_untested(const char *why)
{
    say("  not tested: %s\n", why);
    _exit(0);
}

int conform_is_root(void)
{
    return geteuid() == 0;
}

int conform_child(void (*body)(void *), void *argument)
{
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        body(argument);
        _exit(0);
    }
    EQUAL(waitpid(child, &status, 0), child);
    return status;
}

int conform_exited(int status)
{
    if (!WIFEXITED(status))
        say("  the child was ended by signal %d\n", WTERMSIG(status));
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

int conform_signalled(int status)
{
    if (WIFEXITED(status))
        say("  the child exited with %d\n", WEXITSTATUS(status));
    CHECK(WIFSIGNALED(status));
    return WTERMSIG(status);
}

static const char *name_below(const char *where, unsigned which)
{
    static char names[2][NAMES][NAME_BYTES];
    char *name = names[*where != 0][which % NAMES];

    snprintf(name, NAME_BYTES, "%s/conform-%u-%u", where, current, which);
    return name;
}

const char *conform_name(unsigned which)
{
    return name_below("", which);
}

const char *conform_path(unsigned which)
{
    return name_below("/tmp", which);
}

long long conform_now(void)
{
    struct timespec now;

    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

void conform_until_sleeping(int pid)
{
    char path[64], text[256];
    char *state;
    ssize_t length;
    int file;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    for (;;) {
        file = open(path, O_RDONLY);
        CHECK(file >= 0);
        length = read(file, text, sizeof text - 1);
        CHECK(length > 0);
        close(file);
        text[length] = 0;
        state = strrchr(text, ')');
        CHECK(state != NULL);
        if (state[2] == 'S')
            return;
        sched_yield();
    }
}

/* What a case may have left behind. */
static void sweep(void)
{
    unsigned which;

    for (which = 0; which < NAMES; which += 1) {
        shm_unlink(conform_name(which));
        sem_unlink(conform_name(which));
        unlink(conform_path(which));
        rmdir(conform_path(which));
    }
}

static const char *name_of(const struct conform_case *one)
{
    static char name[256];
    const char *file = strrchr(one->file, '/');

    file = file == NULL ? one->file : file + 1;
    snprintf(name, sizeof name, "%.*s/%s: %s", (int)strcspn(file, "."), file, one->interface,
             one->says);
    return name;
}

static int run(const struct conform_case *one)
{
    int status;
    pid_t child;

    sweep();
    child = fork();
    if (child < 0) {
        say("fork: %s\n", strerror(errno));
        return 0;
    }
    if (child == 0) {
        setpgid(0, 0);
        alarm(LIMIT_SECONDS);
        one->run();
        _exit(0);
    }
    setpgid(child, child);
    if (waitpid(child, &status, 0) != child)
        status = -1;
    /* Children that it has left behind. */
    kill(-child, SIGKILL);
    sweep();
    if (status == 0) {
        say("ok %s\n", name_of(one));
        return 1;
    }
    if (WIFSIGNALED(status))
        say("  ended by signal %d\n", WTERMSIG(status));
    say("FAILED %s\n", name_of(one));
    return 0;
}

int main(int count, char **words)
{
    const char *prefix = count > 2 ? words[2] : "";
    int passed = 0, failed = 0, runs = count > 1 && strcmp(words[1], "run") == 0;
    const struct conform_case *const *one;

    if (!runs && (count < 2 || strcmp(words[1], "list") != 0)) {
        say("usage: conform list|run [PREFIX]\n");
        return 2;
    }
    for (one = __start_conform_cases; one < __stop_conform_cases; one += 1) {
        current += 1;
        if (strncmp(name_of(*one), prefix, strlen(prefix)) != 0)
            continue;
        if (!runs)
            say("%s\n", name_of(*one));
        else if (run(*one))
            passed += 1;
        else
            failed += 1;
    }
    if (runs)
        say("conform: %d passed, %d failed\n", passed, failed);
    return failed != 0 || (runs && passed == 0);
}
