/* Linux's own calls about files, as their manual pages have them. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef FALLOC_FL_KEEP_SIZE
#define FALLOC_FL_KEEP_SIZE 1
#define FALLOC_FL_PUNCH_HOLE 2
#endif
#ifndef SPLICE_F_NONBLOCK
#define SPLICE_F_NONBLOCK 2
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

struct how {
    uint64_t flags, mode, resolve;
};

enum { NO_XDEV = 1, NO_MAGICLINKS = 2, NO_SYMLINKS = 4, BENEATH = 8, IN_ROOT = 16 };

static int memory(const char *text)
{
    int file = memfd_create("conform", MFD_ALLOW_SEALING);

    CHECK(file >= 0);
    EQUAL(write(file, text, strlen(text)), strlen(text));
    return file;
}

static void expect(int file, off_t at, const char *bytes, size_t length)
{
    char found[64];

    EQUAL(pread(file, found, length, at), length);
    EQUAL(memcmp(found, bytes, length), 0);
}

CASE(fallocate, "FALLOC_FL_PUNCH_HOLE makes zeroes and keeps the length")
{
    int file = memory("abcdefgh");
    struct stat status;

    CHECK(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 3) == 0);
    expect(file, 0, "ab\0\0\0fgh", 8);
    CHECK(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 6, 100000) == 0);
    expect(file, 4, "\0f\0\0", 4);
    CHECK(fstat(file, &status) == 0);
    EQUAL(status.st_size, 8);
    FAILS(fallocate(file, FALLOC_FL_PUNCH_HOLE, 0, 1), EOPNOTSUPP);
    FAILS(fallocate(file, 0x80, 0, 1), EOPNOTSUPP);
    FAILS(fallocate(file, 0, 0, 0), EINVAL);
}

CASE(fallocate, "FALLOC_FL_KEEP_SIZE alone changes no length")
{
    int file = memory("abc");
    struct stat status;

    CHECK(fallocate(file, FALLOC_FL_KEEP_SIZE, 0, 10000) == 0);
    CHECK(fstat(file, &status) == 0);
    EQUAL(status.st_size, 3);
}

CASE(fallocate, "a hole is seen by who has mapped the file, and sealed files get none")
{
    int file = memory("abcdefgh");
    char *view;

    CHECK(ftruncate(file, 3 * 4096) == 0);
    view = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    CHECK(view != MAP_FAILED);
    view[4096] = view[8192] = 'x';
    CHECK(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 4096) == 0);
    EQUAL(view[0], 'a');
    EQUAL(view[4096], 0);
    EQUAL(view[8192], 'x');
    CHECK(munmap(view, 3 * 4096) == 0);
    CHECK(fcntl(file, F_ADD_SEALS, F_SEAL_WRITE) == 0);
    FAILS(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096), EPERM);
}

CASE(sync_file_range, "EINVAL: no such flags or range; ESPIPE: a pipe")
{
    int file = memory("abc"), ends[2];

    CHECK(pipe(ends) == 0);
    EQUAL(syscall(SYS_sync_file_range, file, 0L, 0L, 7), 0);
    FAILS(syscall(SYS_sync_file_range, file, 0L, 0L, 8), EINVAL);
    FAILS(syscall(SYS_sync_file_range, file, -1L, 1L, 2), EINVAL);
    FAILS(syscall(SYS_sync_file_range, ends[0], 0L, 0L, 2), ESPIPE);
    FAILS(syscall(SYS_sync_file_range, -1, 0L, 0L, 2), EBADF);
}

CASE(splice, "from a file to a pipe and on to a file, with offsets of its own")
{
    int from = memory("0123456789"), to = memory("abcdef"), ends[2];
    off_t in = 3, out = 1;

    CHECK(pipe(ends) == 0);
    EQUAL(splice(from, &in, ends[1], NULL, 4, 0), 4);
    EQUAL(in, 7);
    EQUAL(splice(ends[0], NULL, to, &out, 100, 0), 4);
    EQUAL(out, 5);
    expect(to, 0, "a3456f", 6);
    EQUAL(lseek(from, 0, SEEK_CUR), 10);
    CHECK(lseek(from, 8, SEEK_SET) == 8);
    EQUAL(splice(from, NULL, ends[1], NULL, 100, 0), 2);
    EQUAL(lseek(from, 0, SEEK_CUR), 10);
    EQUAL(splice(from, NULL, ends[1], NULL, 100, 0), 0);
}

CASE(splice, "EAGAIN: nothing there, with SPLICE_F_NONBLOCK; 0 at the end; EINVAL: no pipe")
{
    int file = memory("x"), ends[2], others[2];
    off_t at = 0;

    CHECK(pipe(ends) == 0 && pipe(others) == 0);
    FAILS(splice(ends[0], NULL, others[1], NULL, 5, SPLICE_F_NONBLOCK), EAGAIN);
    FAILS(splice(file, NULL, file, NULL, 5, 0), EINVAL);
    FAILS(splice(ends[0], NULL, ends[1], NULL, 5, 0), EINVAL);
    FAILS(splice(ends[0], &at, file, NULL, 5, 0), ESPIPE);
    FAILS(splice(ends[1], NULL, file, NULL, 5, 0), EBADF);
    FAILS(splice(-1, NULL, ends[1], NULL, 5, 0), EBADF);
    FAILS(splice(file, NULL, ends[1], NULL, 5, 0x10), EINVAL);
    EQUAL(write(ends[1], "abc", 3), 3);
    EQUAL(splice(ends[0], NULL, others[1], NULL, 2, 0), 2);
    CHECK(close(ends[1]) == 0);
    EQUAL(splice(ends[0], NULL, others[1], NULL, 100, 0), 1);
    EQUAL(splice(ends[0], NULL, others[1], NULL, 100, 0), 0);
    EQUAL(splice(file, NULL, others[1], NULL, 0, 0), 0);
}

CASE(splice, "between a pipe and a socket")
{
    int pair[2], ends[2];
    char text[8];

    CHECK(pipe(ends) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    EQUAL(write(pair[0], "hello", 5), 5);
    EQUAL(splice(pair[1], NULL, ends[1], NULL, 100, 0), 5);
    EQUAL(splice(ends[0], NULL, pair[1], NULL, 100, 0), 5);
    EQUAL(read(pair[0], text, sizeof text), 5);
    EQUAL(memcmp(text, "hello", 5), 0);
}

CASE(tee, "copies what is in a pipe to another one, where it stays; EAGAIN, EINVAL")
{
    int ends[2], others[2];
    char text[8];

    CHECK(pipe(ends) == 0 && pipe(others) == 0);
    FAILS(tee(ends[0], others[1], 10, SPLICE_F_NONBLOCK), EAGAIN);
    EQUAL(write(ends[1], "hello", 5), 5);
    EQUAL(tee(ends[0], others[1], 4, 0), 4);
    EQUAL(read(others[0], text, sizeof text), 4);
    EQUAL(memcmp(text, "hell", 4), 0);
    EQUAL(read(ends[0], text, sizeof text), 5);
    EQUAL(memcmp(text, "hello", 5), 0);
    FAILS(tee(ends[0], ends[1], 1, 0), EINVAL);
    FAILS(tee(memory("x"), others[1], 1, 0), EINVAL);
    FAILS(tee(ends[1], others[1], 1, 0), EBADF);
    CHECK(close(ends[1]) == 0);
    EQUAL(tee(ends[0], others[1], 1, 0), 0);
}

CASE(vmsplice, "puts a vector's bytes into a pipe")
{
    struct iovec parts[2] = {{.iov_base = "ab", .iov_len = 2}, {.iov_base = "cde", .iov_len = 3}};
    int ends[2];
    char text[8];

    CHECK(pipe(ends) == 0);
    EQUAL(vmsplice(ends[1], parts, 2, 0), 5);
    EQUAL(read(ends[0], text, sizeof text), 5);
    EQUAL(memcmp(text, "abcde", 5), 0);
    FAILS(vmsplice(memory("x"), parts, 2, 0), EBADF);
}

static int open2(int directory, const char *path, uint64_t flags, uint64_t resolve)
{
    struct how how = {.flags = flags, .resolve = resolve};

    return syscall(SYS_openat2, directory, path, &how, sizeof how);
}

CASE(openat2, "opens as openat does, and refuses what it does not know")
{
    struct how how = {.flags = O_CREAT | O_RDWR, .mode = 0600};
    struct {
        struct how known;
        uint64_t more;
    } longer = {.known = {.flags = O_RDONLY}};
    int file = syscall(SYS_openat2, AT_FDCWD, conform_path(0), &how, sizeof how);

    CHECK(file >= 0);
    EQUAL(write(file, "x", 1), 1);
    CHECK(syscall(SYS_openat2, AT_FDCWD, conform_path(0), &longer, sizeof longer) >= 0);
    longer.more = 1;
    FAILS(syscall(SYS_openat2, AT_FDCWD, conform_path(0), &longer, sizeof longer), E2BIG);
    FAILS(syscall(SYS_openat2, AT_FDCWD, conform_path(0), &how, 8), EINVAL);
    how.flags = O_RDONLY;
    FAILS(syscall(SYS_openat2, AT_FDCWD, conform_path(0), &how, sizeof how), EINVAL);
    FAILS(open2(AT_FDCWD, conform_path(0), 1ULL << 40, 0), EINVAL);
    FAILS(open2(AT_FDCWD, conform_path(0), O_RDONLY, 1 << 20), EINVAL);
    FAILS(open2(AT_FDCWD, conform_path(0), O_PATH | O_RDWR, 0), EINVAL);
    CHECK(unlink(conform_path(0)) == 0);
}

CASE(openat2, "RESOLVE_BENEATH and RESOLVE_IN_ROOT stay below the directory")
{
    char path[256];
    int directory, file;

    CHECK(mkdir(conform_path(0), 0700) == 0);
    directory = open(conform_path(0), O_RDONLY | O_DIRECTORY);
    CHECK(directory >= 0);
    CHECK(mkdirat(directory, "sub", 0700) == 0);
    file = openat(directory, "sub/file", O_CREAT | O_RDWR, 0600);
    CHECK(file >= 0);
    CHECK(symlinkat("../sub/file", directory, "sub/inside") == 0);
    CHECK(symlinkat("../../..", directory, "sub/outside") == 0);
    CHECK(symlinkat("/sub/file", directory, "absolute") == 0);
    CHECK(open2(directory, "sub/file", O_RDONLY, BENEATH) >= 0);
    CHECK(open2(directory, "sub/../sub/inside", O_RDONLY, BENEATH) >= 0);
    CHECK(open2(directory, ".", O_RDONLY, BENEATH) >= 0);
    FAILS(open2(directory, "..", O_RDONLY, BENEATH), EXDEV);
    FAILS(open2(directory, "sub/outside", O_RDONLY, BENEATH), EXDEV);
    FAILS(open2(directory, "absolute", O_RDONLY, BENEATH), EXDEV);
    FAILS(open2(directory, "/sub", O_RDONLY, BENEATH), EXDEV);
    FAILS(open2(directory, "sub/none", O_RDONLY, BENEATH), ENOENT);
    FAILS(open2(directory, "sub/file/x", O_RDONLY, BENEATH), ENOTDIR);
    CHECK(open2(directory, "absolute", O_RDONLY, IN_ROOT) >= 0);
    CHECK(open2(directory, "/sub/file", O_RDONLY, IN_ROOT) >= 0);
    CHECK(open2(directory, "../../sub/outside/sub/file", O_RDONLY, IN_ROOT) >= 0);
    FAILS(open2(directory, "sub/inside", O_RDONLY, NO_SYMLINKS), ELOOP);
    CHECK(open2(directory, "sub/file", O_RDONLY, NO_SYMLINKS) >= 0);
    FAILS(open2(AT_FDCWD, "/proc/self/exe", O_RDONLY, NO_MAGICLINKS), ELOOP);
    CHECK(unlinkat(directory, "absolute", 0) == 0);
    CHECK(unlinkat(directory, "sub/inside", 0) == 0);
    CHECK(unlinkat(directory, "sub/outside", 0) == 0);
    CHECK(unlinkat(directory, "sub/file", 0) == 0);
    strcpy(path, conform_path(0));
    strcat(path, "/sub");
    CHECK(rmdir(path) == 0 && rmdir(conform_path(0)) == 0);
}

static int ofd_lock(int file, int command, int kind)
{
    struct flock lock = {.l_type = kind, .l_whence = SEEK_SET};

    return fcntl(file, command, &lock);
}

CASE(fcntl, "F_OFD_SETLK: a lock of the open file, which a child shares and another open does not")
{
    int file, other, status;
    pid_t child;

    file = open(conform_path(0), O_CREAT | O_RDWR, 0600);
    other = open(conform_path(0), O_RDWR);
    CHECK(file >= 0 && other >= 0);
    CHECK(ofd_lock(file, F_OFD_SETLK, F_WRLCK) == 0);
    FAILS(ofd_lock(other, F_OFD_SETLK, F_RDLCK), EAGAIN);
    CHECK(close(dup(file)) == 0);
    FAILS(ofd_lock(other, F_OFD_SETLK, F_RDLCK), EAGAIN);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(ofd_lock(file, F_OFD_SETLK, F_RDLCK) == 0);
        _exit(0);
    }
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
    CHECK(ofd_lock(other, F_OFD_SETLK, F_RDLCK) == 0);
    CHECK(close(file) == 0);
    CHECK(ofd_lock(other, F_OFD_SETLK, F_WRLCK) == 0);
    CHECK(unlink(conform_path(0)) == 0);
}

CASE(openat, "O_PATH: only a place; read, write and fchmod are EBADF")
{
    int file, directory;
    struct stat status;
    char byte;

    file = open(conform_path(0), O_CREAT | O_RDWR, 0600);
    CHECK(file >= 0 && close(file) == 0);
    file = open(conform_path(0), O_PATH);
    CHECK(file >= 0);
    CHECK(fstat(file, &status) == 0);
    EQUAL(status.st_mode & 0777, 0600);
    FAILS(read(file, &byte, 1), EBADF);
    FAILS(write(file, &byte, 1), EBADF);
    FAILS(syscall(SYS_fchmod, file, 0644), EBADF);
    EQUAL(fcntl(file, F_GETFL) & O_PATH, O_PATH);
    directory = open("/tmp", O_PATH | O_DIRECTORY);
    CHECK(directory >= 0);
    CHECK(faccessat(directory, ".", F_OK, 0) == 0);
    CHECK(unlink(conform_path(0)) == 0);
}
