/*
 * A dynamically linked program: what the dynamic linker does with it, its libraries and those that it opens
 * later. It prints one line for each thing that is as it should be.
 *
 *   dynamic PATH      PATH is that of the library to open while it runs
 */
#include "library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

static int failures;

static void check(const char *what, int holds)
{
    printf("%s%s\n", holds ? "" : "FAILED ", what);
    failures += !holds;
}

int program_answers(void)
{
    return 41;
}

static void *in_thread(void *result)
{
    *(int *)result = library_mine();
    return NULL;
}

static void threads(void)
{
    pthread_t thread;
    int there = 0;
    int here = library_mine();
    check("a thread begins", pthread_create(&thread, NULL, in_thread, &there) == 0);
    pthread_join(thread, NULL);
    check("each thread has its own data of the library", here == START + 1 && there == START + 1);
}

static int status_of(void (*child)(void))
{
    int status = -1;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        child();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return status;
}

static void count_twice(void)
{
    int first = library_count();
    _exit(first == START + 2 && library_count() == START + 3 ? 7 : 1);
}

static void write_to_relocated(void)
{
    *(const char *volatile *)library_read_only() = "third";
}

static void write_to_text(void)
{
    *(volatile char *)(unsigned long)library_name = 0;
}

static int is_killed(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

static void processes(void)
{
    check("the library's data count", library_count() == START + 1);
    int status = status_of(count_twice);
    check("a child counts on", WIFEXITED(status) && WEXITSTATUS(status) == 7);
    check("its counts are its own", library_count() == START + 2);
    check("relocated pointers cannot be written", is_killed(status_of(write_to_relocated)));
    check("text cannot be written", is_killed(status_of(write_to_text)));
}

static void opens(const char *path)
{
    void *library = dlopen(path, RTLD_NOW);
    if (library == NULL) {
        printf("FAILED dlopen: %s\n", dlerror());
        failures++;
        return;
    }
    int (*count)(void) = (int (*)(void))(unsigned long)dlsym(library, "library_count");
    check("a library is opened while the program runs", count != NULL && count() > 0);
    check("it is another one", count != library_count);
    check("and closed", dlclose(library) == 0);
    check("a library that is not there is not opened", dlopen("/none.so", RTLD_NOW) == NULL);
}

int main(int count, char **words)
{
    char path[256] = "";
    check("the library is found and constructed", library_is_constructed());
    check("the library's pointers are relocated", strcmp(library_name(1), "second") == 0);
    check("the library calls the program", library_asks() == 42);
    check("the linker has a base", getauxval(AT_BASE) != 0 && getauxval(AT_BASE) % 65536 == 0);
    check("/proc/self/exe is the program", readlink("/proc/self/exe", path, sizeof path - 1) > 0 &&
          strstr(path, "dynamic") != NULL && strstr(path, "ld-") == NULL);
    char *memory = malloc(3 << 20);
    check("memory can be had", memory != NULL);
    free(memory);
    threads();
    processes();
    opens(count > 1 ? words[1] : "");
    printf("%d failed\n", failures);
    return failures != 0;
}
