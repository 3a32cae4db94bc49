/* msync, mlock, munlock, mlockall, munlockall and ftruncate. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t page(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static int file_of(off_t bytes)
{
    int file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600);

    CHECK(file >= 0);
    CHECK(ftruncate(file, bytes) == 0);
    return file;
}

static char *pages(size_t count)
{
    char *memory = mmap(NULL, count * page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                        -1, 0);

    CHECK(memory != MAP_FAILED);
    return memory;
}

CASE(msync, "after MS_SYNC read() gives what was stored")
{
    int file = file_of(10);
    char *memory = mmap(NULL, 10, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), found[10];

    CHECK(memory != MAP_FAILED);
    strcpy(memory, "stored");
    CHECK(msync(memory, 10, MS_SYNC) == 0);
    EQUAL(pread(file, found, 10, 0), 10);
    CHECK(strcmp(found, "stored") == 0);
}

CASE(msync, "MS_ASYNC and MS_INVALIDATE are taken, also for private mappings")
{
    char *memory = pages(1);

    CHECK(msync(memory, page(), MS_ASYNC) == 0);
    CHECK(msync(memory, page(), MS_SYNC | MS_INVALIDATE) == 0);
}

CASE(msync, "EINVAL: MS_SYNC and MS_ASYNC together, or unknown flags")
{
    char *memory = pages(1);

    FAILS(msync(memory, page(), MS_SYNC | MS_ASYNC), EINVAL);
    FAILS(msync(memory, page(), -1), EINVAL);
}

CASE(msync, "EINVAL: the address is no multiple of the page size")
{
    FAILS(msync(pages(1) + 1, page(), MS_SYNC), EINVAL);
}

CASE(msync, "ENOMEM: a part of the range is not mapped")
{
    char *memory = pages(2);

    CHECK(munmap(memory + page(), page()) == 0);
    FAILS(msync(memory, 2 * page(), MS_SYNC), ENOMEM);
}

CASE(mlock, "pages are locked, unlocked, and stay what they are")
{
    char *memory = pages(2);

    strcpy(memory, "kept");
    CHECK(mlock(memory, 2 * page()) == 0);
    CHECK(munlock(memory, 2 * page()) == 0);
    CHECK(strcmp(memory, "kept") == 0);
}

CASE(mlock, "a range that does not begin a page is rounded")
{
    char *memory = pages(1);

    CHECK(mlock(memory + 1, 1) == 0);
    CHECK(munlock(memory + 1, 1) == 0);
}

CASE(mlock, "ENOMEM: a part of the range is not mapped")
{
    char *memory = pages(2);

    CHECK(munmap(memory + page(), page()) == 0);
    FAILS(mlock(memory, 2 * page()), ENOMEM);
    FAILS(munlock(memory, 2 * page()), ENOMEM);
}

static void other(void *unused)
{
    struct rlimit none = {0, 0};

    (void)unused;
    CHECK(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
    CHECK(setgid(65534) == 0 && setuid(65534) == 0);
    CHECK(mlock(pages(1), page()) == -1);
    CHECK(errno == ENOMEM || errno == EPERM);
}

CASE(mlock, "ENOMEM or EPERM: who is not privileged and has no limit left")
{
    if (!conform_is_root())
        conform_untested("only the superuser can become somebody else");
    EQUAL(conform_exited(conform_child(other, NULL)), 0);
}

CASE(mlockall, "all that is mapped, and all that will be, is locked and unlocked")
{
    CHECK(mlockall(MCL_CURRENT) == 0);
    CHECK(mlockall(MCL_CURRENT | MCL_FUTURE) == 0);
    pages(1)[0] = 1;
    CHECK(munlockall() == 0);
}

CASE(mlockall, "EINVAL: no flag, or an unknown one")
{
    FAILS(mlockall(0), EINVAL);
    FAILS(mlockall(1 << 20), EINVAL);
}

CASE(ftruncate, "a file becomes shorter and loses what was behind")
{
    int file = file_of(0);
    char found[10];

    EQUAL(pwrite(file, "0123456789", 10, 0), 10);
    CHECK(ftruncate(file, 4) == 0);
    EQUAL(pread(file, found, 10, 0), 4);
    CHECK(ftruncate(file, 6) == 0);
    EQUAL(pread(file, found, 10, 0), 6);
    CHECK(memcmp(found, "0123\0\0", 6) == 0);
}

CASE(ftruncate, "the file's offset stays")
{
    int file = file_of(0);

    EQUAL(write(file, "0123456789", 10), 10);
    CHECK(ftruncate(file, 4) == 0);
    EQUAL(lseek(file, 0, SEEK_CUR), 10);
}

CASE(ftruncate, "EINVAL: a negative length")
{
    FAILS(ftruncate(file_of(0), -1), EINVAL);
}

CASE(ftruncate, "EBADF or EINVAL: the file is not open for writing")
{
    int reader;

    file_of(10);
    reader = open(conform_path(0), O_RDONLY);
    CHECK(reader >= 0);
    FAILS(ftruncate(reader, 0), EINVAL);
    CHECK(close(reader) == 0);
    FAILS(ftruncate(reader, 0), EBADF);
}

CASE(ftruncate, "EINVAL: a pipe has no length")
{
    int ends[2];

    CHECK(pipe(ends) == 0);
    FAILS(ftruncate(ends[1], 0), EINVAL);
}

CASE(ftruncate, "EFBIG or EINVAL: longer than a file can be")
{
    CHECK(ftruncate(file_of(0), LLONG_MAX) == -1);
    CHECK(errno == EFBIG || errno == EINVAL || errno == ENOSPC);
}
