/*
 * Cases of the POSIX conformance set: one function for each behaviour, in a file for each interface.
 *
 * A case is a process of its own, the leader of its own group and with a time limit. It ends well
 * by coming to its end; the first check that does not hold ends it with a line that says where.
 */
#ifndef CONFORM_H
#define CONFORM_H

#include <errno.h>
#include <stddef.h>

struct conform_case {
    const char *file;
    const char *interface;
    const char *says;
    void (*run)(void);
};

#define CONFORM_JOIN_(a, b) a##b
#define CONFORM_JOIN(a, b) CONFORM_JOIN_(a, b)

/* CASE(interface, "what the standard says of it, in a few words") { … } */
#define CASE(of, text) CONFORM_CASE(of, text, CONFORM_JOIN(case_, __LINE__))
#define CONFORM_CASE(of, text, name)                                                             \
    static void name(void);                                                                      \
    static const struct conform_case CONFORM_JOIN(name, _entry) = {__FILE__, #of, text, name};   \
    static const struct conform_case *const CONFORM_JOIN(name, _place)                           \
        __attribute__((section("conform_cases"), used)) = &CONFORM_JOIN(name, _entry);           \
    static void name(void)

/* Ends the case unless the condition holds; errno is told. */
#define CHECK(condition) conform_check(!!(condition), #condition, __FILE__, __LINE__)

/* Two whole numbers are the same; both are told otherwise. */
#define EQUAL(found, expected)                                                                   \
    conform_equal((long long)(found), (long long)(expected), #found, __FILE__, __LINE__)

/* A call fails, by returning -1, and errno says why. */
#define FAILS(call, expected)                                                                    \
    (errno = 0, conform_fails((long long)(call), expected, #call, __FILE__, __LINE__))

/* A call returns the error number, as those of pthreads do. */
#define RETURNS(call, expected) EQUAL(call, expected)

/* For mmap, sem_open and others that return a pointer. */
#define FAILS_WITH(call, failure, expected)                                                      \
    (errno = 0, conform_fails((call) == (failure) ? -1 : 0, expected, #call, __FILE__, __LINE__))

void conform_check(int holds, const char *text, const char *file, int line);
void conform_equal(long long found, long long expected, const char *text, const char *file,
                   int line);
void conform_fails(long long result, int expected, const char *text, const char *file, int line);

/* Ends the case well although it checks nothing here: the standard leaves the matter open, and the
 * system chose otherwise. */
_Noreturn void conform_untested(const char *why);

/* Whether this is the superuser, whom no file's mode keeps out. */
int conform_is_root(void);

/* Runs `body(argument)` in a child process and returns its wait status. */
int conform_child(void (*body)(void *), void *argument);

/* The status that a child exited with; ends the case if it was ended otherwise. */
int conform_exited(int status);
/* The signal that ended a child; ends the case if it was ended otherwise. */
int conform_signalled(int status);

/* A name for a shared memory object or a semaphore that no other case uses, with a leading slash;
 * `which` tells several of one case apart. Valid until the next call with the same number (0–7). */
const char *conform_name(unsigned which);
/* A path in /tmp that no other case uses. */
const char *conform_path(unsigned which);

/* Nanoseconds since some moment. */
long long conform_now(void);
/* Yields until the process or thread of this number sleeps in a call (by /proc/PID/stat). */
void conform_until_sleeping(int pid);

#endif
