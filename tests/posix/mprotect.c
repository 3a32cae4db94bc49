/* mprotect: what may be done with mapped pages. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define READ_WRITE (PROT_READ | PROT_WRITE)

static size_t page(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static char *pages(size_t count, int protection)
{
    char *memory =
        mmap(NULL, count * page(), protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED);
    return memory;
}

static void load(void *address)
{
    (void)*(volatile char *)address;
}

static void store(void *address)
{
    *(volatile char *)address = 1;
}

CASE(mprotect, "PROT_READ makes stores SIGSEGV and leaves what is there")
{
    char *memory = pages(1, READ_WRITE);

    memory[0] = 5;
    CHECK(mprotect(memory, page(), PROT_READ) == 0);
    EQUAL(memory[0], 5);
    EQUAL(conform_signalled(conform_child(store, memory)), SIGSEGV);
}

CASE(mprotect, "PROT_NONE makes every reference SIGSEGV, and PROT_READ undoes it")
{
    char *memory = pages(1, READ_WRITE);

    memory[0] = 5;
    CHECK(mprotect(memory, page(), PROT_NONE) == 0);
    EQUAL(conform_signalled(conform_child(load, memory)), SIGSEGV);
    CHECK(mprotect(memory, page(), PROT_READ) == 0);
    EQUAL(memory[0], 5);
}

CASE(mprotect, "PROT_WRITE lets stores in")
{
    char *memory = pages(1, PROT_READ);

    CHECK(mprotect(memory, page(), READ_WRITE) == 0);
    memory[0] = 1;
    EQUAL(memory[0], 1);
}

CASE(mprotect, "it counts for whole pages and for no others")
{
    char *memory = pages(3, READ_WRITE);

    CHECK(mprotect(memory + page(), 1, PROT_READ) == 0);
    EQUAL(conform_signalled(conform_child(store, memory + 2 * page() - 1)), SIGSEGV);
    EQUAL(conform_exited(conform_child(store, memory + page() - 1)), 0);
    EQUAL(conform_exited(conform_child(store, memory + 2 * page())), 0);
}

CASE(mprotect, "it is inherited by a child")
{
    char *memory = pages(1, READ_WRITE);

    CHECK(mprotect(memory, page(), PROT_READ) == 0);
    EQUAL(conform_signalled(conform_child(store, memory)), SIGSEGV);
}

static void narrow(void *address)
{
    CHECK(mprotect(address, page(), PROT_READ) == 0);
}

CASE(mprotect, "a child's change is its own")
{
    char *memory = mmap(NULL, page(), READ_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED);
    EQUAL(conform_exited(conform_child(narrow, memory)), 0);
    memory[0] = 1;
}

CASE(mprotect, "EACCES: writing what a file that is open only for reading shows")
{
    int file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600), again;
    char *memory;

    CHECK(file >= 0 && write(file, "abc", 3) == 3);
    again = open(conform_path(0), O_RDONLY);
    memory = mmap(NULL, 3, PROT_READ, MAP_SHARED, again, 0);
    CHECK(memory != MAP_FAILED);
    FAILS(mprotect(memory, page(), READ_WRITE), EACCES);
    CHECK(close(again) == 0);
    FAILS(mprotect(memory, page(), READ_WRITE), EACCES);
    CHECK(mprotect(memory, page(), PROT_NONE) == 0);
    FAILS(mprotect(memory, page(), PROT_WRITE), EACCES);
}

CASE(mprotect, "an address that does not begin a page is EINVAL, or its page is meant")
{
    if (mprotect(pages(2, PROT_READ) + 1, page() - 1, PROT_READ) != 0)
        EQUAL(errno, EINVAL);
}

CASE(mprotect, "ENOMEM: a part of the range is not mapped")
{
    char *memory = pages(2, READ_WRITE);

    CHECK(munmap(memory + page(), page()) == 0);
    FAILS(mprotect(memory, 2 * page(), PROT_READ), ENOMEM);
}

CASE(mprotect, "a length of zero changes nothing")
{
    char *memory = pages(1, READ_WRITE);

    CHECK(mprotect(memory, 0, PROT_NONE) == 0);
    memory[0] = 1;
}
