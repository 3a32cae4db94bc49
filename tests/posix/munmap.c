/* munmap: the end of mappings. */
#define _GNU_SOURCE
#include "conform.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

static char *pages(size_t count)
{
    char *memory = mmap(NULL, count * (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED);
    return memory;
}

static void touch(void *address)
{
    *(volatile char *)address = 1;
}

CASE(munmap, "a reference to a page that was unmapped is SIGSEGV")
{
    char *memory = pages(1);

    touch(memory);
    CHECK(munmap(memory, (size_t)sysconf(_SC_PAGESIZE)) == 0);
    EQUAL(conform_signalled(conform_child(touch, memory)), SIGSEGV);
}

CASE(munmap, "an address that is no multiple of the page size is EINVAL")
{
    char *memory = pages(2);

    FAILS(munmap(memory + 1, 1), EINVAL);
    touch(memory);
}

CASE(munmap, "a length of zero is EINVAL")
{
    FAILS(munmap(pages(1), 0), EINVAL);
}

CASE(munmap, "a range without mappings is no error")
{
    char *memory = pages(1);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    CHECK(munmap(memory, page) == 0);
    CHECK(munmap(memory, page) == 0);
}
