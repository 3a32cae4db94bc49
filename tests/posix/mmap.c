/* mmap: mappings of files, of shared memory and of nothing. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define READ_WRITE (PROT_READ | PROT_WRITE)

static size_t page(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

/* A file of so many bytes, open for reading and writing, without a name. */
static int file_of(off_t bytes)
{
    int file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600);

    CHECK(file >= 0);
    CHECK(unlink(conform_path(0)) == 0);
    CHECK(ftruncate(file, bytes) == 0);
    return file;
}

static char *map(int file, size_t bytes, int protection, int flags)
{
    char *memory = mmap(NULL, bytes, protection, flags, file, 0);

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

CASE(mmap, "stores to a shared mapping are seen by read()")
{
    int file = file_of(100);
    char *memory = map(file, 100, READ_WRITE, MAP_SHARED);
    char found[5];

    memcpy(memory + 10, "word", 5);
    EQUAL(pread(file, found, 5, 10), 5);
    CHECK(strcmp(found, "word") == 0);
}

CASE(mmap, "write() is seen in a shared mapping")
{
    int file = file_of(100);
    char *memory = map(file, 100, PROT_READ, MAP_SHARED);

    EQUAL(pwrite(file, "word", 5, 10), 5);
    CHECK(strcmp(memory + 10, "word") == 0);
}

CASE(mmap, "stores to a private mapping change neither the file nor other mappings")
{
    int file = file_of(100);
    char *own = map(file, 100, READ_WRITE, MAP_PRIVATE);
    char *other = map(file, 100, PROT_READ, MAP_SHARED);
    char found = 1;

    own[3] = 7;
    EQUAL(other[3], 0);
    EQUAL(pread(file, &found, 1, 3), 1);
    EQUAL(found, 0);
    EQUAL(own[3], 7);
}

CASE(mmap, "a private mapping of a file that is open only for reading may be written")
{
    int file, again;
    char *memory;

    file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600);
    CHECK(file >= 0 && write(file, "abc", 3) == 3);
    again = open(conform_path(0), O_RDONLY);
    CHECK(again >= 0);
    memory = map(again, 3, READ_WRITE, MAP_PRIVATE);
    memory[0] = 'x';
    CHECK(memcmp(memory, "xbc", 3) == 0);
}

CASE(mmap, "the mapping stays when the file is closed")
{
    int file = file_of(10);
    char *memory = map(file, 10, READ_WRITE, MAP_SHARED);

    CHECK(close(file) == 0);
    memory[9] = 1;
    EQUAL(memory[9], 1);
}

CASE(mmap, "the mapping stays when the file has lost its name")
{
    int file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600);
    char *memory;

    CHECK(file >= 0 && write(file, "abc", 3) == 3);
    memory = map(file, 3, PROT_READ, MAP_SHARED);
    CHECK(close(file) == 0 && unlink(conform_path(0)) == 0);
    CHECK(memcmp(memory, "abc", 3) == 0);
}

CASE(mmap, "the last page is zero behind the end of the file")
{
    int file = file_of(10);
    char *memory = map(file, page(), PROT_READ, MAP_SHARED);
    size_t at;

    for (at = 10; at < page(); at += 1)
        EQUAL(memory[at], 0);
}

CASE(mmap, "stores behind the end of the file are never written out")
{
    int file = file_of(10);
    char *memory = map(file, page(), READ_WRITE, MAP_SHARED);
    char found = 0;

    memory[10] = 1;
    EQUAL(lseek(file, 0, SEEK_END), 10);
    EQUAL(pread(file, &found, 1, 10), 0);
}

CASE(mmap, "a reference to a page behind the end of the file is SIGBUS")
{
    int file = file_of(10);
    char *memory = map(file, 2 * page(), READ_WRITE, MAP_SHARED);

    EQUAL(conform_signalled(conform_child(store, memory + page())), SIGBUS);
    EQUAL(conform_signalled(conform_child(load, memory + page())), SIGBUS);
}

CASE(mmap, "a store to a mapping for reading is SIGSEGV")
{
    char *memory = map(file_of(10), 10, PROT_READ, MAP_SHARED);

    EQUAL(conform_signalled(conform_child(store, memory)), SIGSEGV);
}

CASE(mmap, "any reference to a mapping with PROT_NONE is SIGSEGV")
{
    char *memory = map(file_of(10), 10, PROT_NONE, MAP_SHARED);

    EQUAL(conform_signalled(conform_child(load, memory)), SIGSEGV);
    EQUAL(conform_signalled(conform_child(store, memory)), SIGSEGV);
}

CASE(mmap, "an offset in whole pages is where the mapping begins")
{
    int file = file_of((off_t)(3 * page()));
    char *memory;

    EQUAL(pwrite(file, "second", 7, (off_t)page()), 7);
    memory = mmap(NULL, 7, PROT_READ, MAP_SHARED, file, (off_t)page());
    CHECK(memory != MAP_FAILED);
    CHECK(strcmp(memory, "second") == 0);
}

CASE(mmap, "MAP_FIXED puts it exactly there")
{
    char *place = map(-1, 2 * page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
    int file = file_of(10);

    CHECK(mmap(place, 10, READ_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == place);
    store(place);
}

CASE(mmap, "MAP_FIXED takes the place of what was mapped there, page for page")
{
    char *memory = map(-1, 3 * page(), READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    int file = file_of(10);

    memset(memory, 7, 3 * page());
    CHECK(mmap(memory + page(), 10, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0) ==
          memory + page());
    EQUAL(memory[page() - 1], 7);
    EQUAL(memory[page()], 0);
    EQUAL(memory[2 * page()], 7);
}

CASE(mmap, "an address without MAP_FIXED is only a hint: nothing mapped is replaced")
{
    char *taken = map(-1, page(), READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    char *other;

    taken[0] = 5;
    other = mmap(taken, page(), READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(other != MAP_FAILED && other != taken);
    EQUAL(taken[0], 5);
}

CASE(mmap, "an address of NULL never gives address 0, and what it gives begins a page")
{
    char *memory = map(-1, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS);

    CHECK(memory != NULL);
    EQUAL((uintptr_t)memory % page(), 0);
}

CASE(mmap, "anonymous memory is zero")
{
    unsigned char *memory =
        (unsigned char *)map(-1, 4 * page(), READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    size_t at;

    for (at = 0; at < 4 * page(); at += 1)
        EQUAL(memory[at], 0);
}

CASE(mmap, "shared anonymous memory is shared with children")
{
    char *memory = map(-1, page(), READ_WRITE, MAP_SHARED | MAP_ANONYMOUS);

    EQUAL(conform_exited(conform_child(store, memory)), 0);
    EQUAL(memory[0], 1);
}

CASE(mmap, "private memory is a child's own")
{
    char *memory = map(-1, page(), READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);

    EQUAL(conform_exited(conform_child(store, memory)), 0);
    EQUAL(memory[0], 0);
}

CASE(mmap, "one file is mapped twice and both show the same")
{
    int file = file_of(10);
    char *one = map(file, 10, READ_WRITE, MAP_SHARED);
    char *other = map(file, 10, PROT_READ, MAP_SHARED);

    CHECK(one != other);
    one[4] = 9;
    EQUAL(other[4], 9);
}

CASE(mmap, "the access time or the modification time may change, the size does not")
{
    int file = file_of(10);
    char *memory = map(file, page(), READ_WRITE, MAP_SHARED);

    memset(memory, 1, page());
    CHECK(msync(memory, page(), MS_SYNC) == 0);
    EQUAL(lseek(file, 0, SEEK_END), 10);
}

CASE(mmap, "EBADF: the descriptor is none")
{
    int file = file_of(10);

    CHECK(close(file) == 0);
    FAILS_WITH(mmap(NULL, 10, PROT_READ, MAP_SHARED, file, 0), MAP_FAILED, EBADF);
    FAILS_WITH(mmap(NULL, 10, PROT_READ, MAP_PRIVATE, -1, 0), MAP_FAILED, EBADF);
}

CASE(mmap, "EACCES: the file is not open for reading")
{
    int file = open(conform_path(0), O_WRONLY | O_CREAT | O_EXCL, 0600);

    CHECK(file >= 0 && write(file, "abc", 3) == 3);
    FAILS_WITH(mmap(NULL, 3, PROT_READ, MAP_PRIVATE, file, 0), MAP_FAILED, EACCES);
    FAILS_WITH(mmap(NULL, 3, PROT_READ, MAP_SHARED, file, 0), MAP_FAILED, EACCES);
    FAILS_WITH(mmap(NULL, 3, PROT_WRITE, MAP_SHARED, file, 0), MAP_FAILED, EACCES);
}

CASE(mmap, "EACCES: a shared mapping for writing of a file that is open only for reading")
{
    int file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600), again;

    CHECK(file >= 0 && write(file, "abc", 3) == 3);
    again = open(conform_path(0), O_RDONLY);
    CHECK(again >= 0);
    FAILS_WITH(mmap(NULL, 3, READ_WRITE, MAP_SHARED, again, 0), MAP_FAILED, EACCES);
    FAILS_WITH(mmap(NULL, 3, PROT_WRITE, MAP_SHARED, again, 0), MAP_FAILED, EACCES);
}

CASE(mmap, "EINVAL: the length is zero")
{
    FAILS_WITH(mmap(NULL, 0, PROT_READ, MAP_SHARED, file_of(10), 0), MAP_FAILED, EINVAL);
}

CASE(mmap, "EINVAL: the offset is no multiple of the page size")
{
    FAILS_WITH(mmap(NULL, 1, PROT_READ, MAP_SHARED, file_of(10), 1), MAP_FAILED, EINVAL);
}

CASE(mmap, "EINVAL: MAP_FIXED with an address that is no multiple of the page size")
{
    char *place = map(-1, 2 * page(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);

    FAILS_WITH(mmap(place + 1, 1, PROT_READ, MAP_SHARED | MAP_FIXED, file_of(10), 0), MAP_FAILED,
               EINVAL);
}

CASE(mmap, "EINVAL: neither MAP_SHARED nor MAP_PRIVATE")
{
    FAILS_WITH(mmap(NULL, 1, PROT_READ, 0, file_of(10), 0), MAP_FAILED, EINVAL);
    FAILS_WITH(mmap(NULL, 1, PROT_READ, MAP_ANONYMOUS, -1, 0), MAP_FAILED, EINVAL);
}

CASE(mmap, "ENODEV: a pipe can't be mapped")
{
    int ends[2];

    CHECK(pipe(ends) == 0);
    FAILS_WITH(mmap(NULL, 1, PROT_READ, MAP_SHARED, ends[0], 0), MAP_FAILED, ENODEV);
}

CASE(mmap, "ENOMEM: more than the address space has")
{
    FAILS_WITH(mmap(NULL, (size_t)1 << 55, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
               MAP_FAILED, ENOMEM);
    FAILS_WITH(mmap(NULL, SIZE_MAX - page(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
               MAP_FAILED, ENOMEM);
}

CASE(mmap, "EOVERFLOW: the last byte is behind the greatest offset")
{
    off_t last = (off_t)(INT64_MAX & ~(page() - 1));

    FAILS_WITH(mmap(NULL, 2 * page(), PROT_READ, MAP_SHARED, file_of(10), last), MAP_FAILED,
               EOVERFLOW);
}

CASE(mmap, "a forked child has the parent's mappings, with their protection")
{
    char *memory = map(file_of(10), 10, PROT_READ, MAP_SHARED);

    EQUAL(conform_exited(conform_child(load, memory)), 0);
    EQUAL(conform_signalled(conform_child(store, memory)), SIGSEGV);
}

CASE(mmap, "a file that grows is seen at once in the mapping")
{
    int file = file_of(10);
    char *memory = map(file, 2 * page(), READ_WRITE, MAP_SHARED);

    CHECK(ftruncate(file, (off_t)(2 * page())) == 0);
    memory[page()] = 3;
    EQUAL(memory[page()], 3);
}

CASE(mmap, "what a shrunken file has lost is SIGBUS, and zero when it grows again")
{
    int file = file_of((off_t)(2 * page()));
    char *memory = map(file, 2 * page(), READ_WRITE, MAP_SHARED);

    memset(memory, 7, 2 * page());
    CHECK(ftruncate(file, 10) == 0);
    EQUAL(conform_signalled(conform_child(load, memory + page())), SIGBUS);
    CHECK(ftruncate(file, (off_t)(2 * page())) == 0);
    EQUAL(memory[9], 7);
    EQUAL(memory[10], 0);
    EQUAL(memory[page()], 0);
}
