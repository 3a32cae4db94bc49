/* mremap: mappings that become longer or shorter, or move. */
#define _GNU_SOURCE
#include "conform.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define MANY 1300

static char *map(size_t pages, int flags)
{
    char *at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

    CHECK(at != MAP_FAILED);
    return at;
}

static void mark(char *at, int pages)
{
    int page;

    for (page = 0; page < pages; page++)
        *(int *)(at + page * PAGE) = page + 1;
}

static void expect(char *at, int pages, int zeroes)
{
    int page;

    for (page = 0; page < pages + zeroes; page++)
        EQUAL(*(int *)(at + page * PAGE), page < pages ? page + 1 : 0);
}

static void touch(void *at)
{
    *(volatile char *)at = 1;
}

static void expect_gone(char *at)
{
    EQUAL(conform_signalled(conform_child(touch, at)), SIGSEGV);
}

CASE(mremap, "shrinks, and what is behind is gone")
{
    char *at = map(4, MAP_PRIVATE);

    mark(at, 4);
    CHECK(mremap(at, 4 * PAGE, 2 * PAGE, 0) == at);
    expect(at, 2, 0);
    expect_gone(at + 2 * PAGE);
    CHECK(mremap(at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE) == at);
    CHECK(mremap(at, 2 * PAGE, 100, 0) == at);
    expect_gone(at + PAGE);
}

CASE(mremap, "grows where it is when there is room, with zeroes")
{
    char *at = map(4, MAP_PRIVATE);

    mark(at, 1);
    CHECK(munmap(at + PAGE, 3 * PAGE) == 0);
    CHECK(mremap(at, PAGE, 3 * PAGE, 0) == at);
    expect(at, 1, 2);
    mark(at, 3);
    CHECK(munmap(at, 3 * PAGE) == 0);
}

CASE(mremap, "ENOMEM: no room where it is and not allowed to move; moves if it is")
{
    char *at = map(3, MAP_PRIVATE), *moved;

    mark(at, 3);
    CHECK(mprotect(at + PAGE, PAGE, PROT_READ) == 0);
    FAILS_WITH(mremap(at, PAGE, 2 * PAGE, 0), MAP_FAILED, ENOMEM);
    expect(at, 3, 0);
    moved = mremap(at, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    CHECK(moved != MAP_FAILED && moved != at);
    expect(moved, 1, 1);
    expect_gone(at);
    EQUAL(*(int *)(at + PAGE), 2);
}

CASE(mremap, "many pages keep what is in them, and their protection")
{
    char *at = map(MANY, MAP_PRIVATE), *moved;

    mark(at, MANY);
    CHECK(mprotect(at, MANY * PAGE, PROT_READ) == 0);
    moved = mremap(at, MANY * PAGE, (MANY + 5) * PAGE, MREMAP_MAYMOVE);
    CHECK(moved != MAP_FAILED);
    expect(moved, MANY, 5);
    expect_gone(moved);
    CHECK(mprotect(moved, MANY * PAGE, PROT_READ | PROT_WRITE) == 0);
    *moved = 9;
    EQUAL(*moved, 9);
    CHECK(munmap(moved, (MANY + 5) * PAGE) == 0);
}

CASE(mremap, "MREMAP_FIXED replaces what is there; a part of a mapping moves alone")
{
    char *at = map(4, MAP_PRIVATE), *target = map(4, MAP_PRIVATE);

    mark(at, 4);
    mark(target, 4);
    CHECK(mremap(at + PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target + PAGE) ==
          target + PAGE);
    EQUAL(*(int *)at, 1);
    EQUAL(*(int *)(at + 3 * PAGE), 4);
    expect(target, 4, 0);
    expect_gone(at + PAGE);
    expect_gone(at + 2 * PAGE);
    CHECK(mremap(target, 4 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + PAGE) == at + PAGE);
    EQUAL(*(int *)(at + PAGE), 1);
    expect_gone(target);
}

CASE(mremap, "EINVAL: odd addresses, no length, overlaps, unknown or wrong flags; EFAULT: nothing there")
{
    char *at = map(4, MAP_PRIVATE);
    int both = MREMAP_MAYMOVE | MREMAP_FIXED;

    FAILS_WITH(mremap(at + 1, PAGE, PAGE, 0), MAP_FAILED, EINVAL);
    FAILS_WITH(mremap(at, PAGE, 0, 0), MAP_FAILED, EINVAL);
    FAILS_WITH(mremap(at, PAGE, PAGE, 64), MAP_FAILED, EINVAL);
    FAILS_WITH(mremap(at, PAGE, PAGE, MREMAP_FIXED, at + PAGE), MAP_FAILED, EINVAL);
    FAILS_WITH(mremap(at, 2 * PAGE, 2 * PAGE, both, at + PAGE), MAP_FAILED, EINVAL);
    FAILS_WITH(mremap(at, PAGE, PAGE, both, at + PAGE + 1), MAP_FAILED, EINVAL);
    FAILS_WITH(mremap(at, 0, PAGE, MREMAP_MAYMOVE), MAP_FAILED, EINVAL);
    CHECK(munmap(at + PAGE, 3 * PAGE) == 0);
    FAILS_WITH(mremap(at + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), MAP_FAILED, EFAULT);
    FAILS_WITH(mremap(at, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE), MAP_FAILED, EFAULT);
}

CASE(mremap, "shared memory moves with its views elsewhere in step")
{
    char *at = map(3, MAP_SHARED), *moved;
    int status;
    pid_t child;

    mark(at, 3);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        moved = mremap(at, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + 0x10000000);
        CHECK(moved == at + 0x10000000);
        expect(moved, 3, 0);
        expect_gone(at);
        *(int *)moved = 77;
        _exit(0);
    }
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
    EQUAL(*(int *)at, 77);
}

CASE(mremap, "an old length of 0: one more view of shared memory")
{
    char *at = map(3, MAP_SHARED), *other;

    mark(at, 3);
    other = mremap(at, 0, 3 * PAGE, MREMAP_MAYMOVE);
    CHECK(other != MAP_FAILED && other != at);
    expect(other, 3, 0);
    *(int *)other = 55;
    EQUAL(*(int *)at, 55);
    CHECK(munmap(at, 3 * PAGE) == 0);
    EQUAL(*(int *)other, 55);
}

CASE(mremap, "a private view of a file keeps what was stored and shows the rest")
{
    int file = memfd_create("conform", 0);
    char *at, *moved;

    CHECK(ftruncate(file, 3 * PAGE) == 0);
    CHECK(pwrite(file, "file", 4, 2 * PAGE) == 4);
    at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, PAGE);
    CHECK(at != MAP_FAILED);
    strcpy(at, "own");
    EQUAL(at[PAGE], 'f');
    moved = mremap(at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + 0x10000000);
    CHECK(moved == at + 0x10000000);
    EQUAL(strcmp(moved, "own"), 0);
    EQUAL(memcmp(moved + PAGE, "file", 4), 0);
    strcpy(moved + PAGE, "changed");
    EQUAL(pread(file, at = (char[8]){0}, 4, 2 * PAGE), 4);
    EQUAL(memcmp(at, "file", 4), 0);
}

CASE(mremap, "what parent and child share by fork stays apart when one moves it")
{
    char *at = map(MANY, MAP_PRIVATE), *moved;
    int status;
    pid_t child;

    mark(at, MANY);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        moved = mremap(at, MANY * PAGE, 2 * MANY * PAGE, MREMAP_MAYMOVE);
        CHECK(moved != MAP_FAILED);
        expect(moved, MANY, 3);
        memset(moved, 0xff, MANY * PAGE);
        _exit(0);
    }
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
    expect(at, MANY, 0);
}
