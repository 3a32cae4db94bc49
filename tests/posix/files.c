/* Files and directories. */
#define _GNU_SOURCE
#include "conform.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAKE (O_RDWR | O_CREAT | O_EXCL)
#define NOBODY 65534

static int make(unsigned which)
{
    int file = open(conform_path(which), MAKE, 0600);

    CHECK(file >= 0);
    return file;
}

/* A file with these bytes. */
static int make_with(const char *text)
{
    int file = make(0);

    EQUAL(write(file, text, strlen(text)), strlen(text));
    EQUAL(lseek(file, 0, SEEK_SET), 0);
    return file;
}

static const char *too_long(void)
{
    static char name[NAME_MAX + 10] = "/tmp/";

    memset(name + 5, 'x', NAME_MAX + 1);
    return name;
}

static void become_nobody(void)
{
    CHECK(setgid(NOBODY) == 0 && setuid(NOBODY) == 0);
}

CASE(open, "the lowest descriptor that is free")
{
    int first = open("/dev/null", O_RDONLY), second = open("/dev/null", O_RDONLY);

    CHECK(first >= 0 && second > first);
    CHECK(close(first) == 0);
    EQUAL(open("/dev/null", O_RDONLY), first);
}

CASE(open, "O_CREAT: the mode without the process's mask, the owner the process's")
{
    struct stat status;

    umask(022);
    CHECK(open(conform_path(0), MAKE, 0666) >= 0);
    CHECK(stat(conform_path(0), &status) == 0);
    EQUAL(status.st_mode, S_IFREG | 0644);
    EQUAL(status.st_uid, geteuid());
    EQUAL(status.st_size, 0);
    EQUAL(status.st_nlink, 1);
}

CASE(open, "O_TRUNC makes it empty")
{
    struct stat status;

    make_with("text");
    CHECK(open(conform_path(0), O_WRONLY | O_TRUNC) >= 0);
    CHECK(stat(conform_path(0), &status) == 0);
    EQUAL(status.st_size, 0);
}

CASE(open, "O_APPEND: each write goes to the end")
{
    int file = make_with("one"), other = open(conform_path(0), O_WRONLY | O_APPEND);
    char text[8] = "";

    CHECK(other >= 0);
    EQUAL(lseek(other, 0, SEEK_SET), 0);
    EQUAL(write(other, "two", 3), 3);
    EQUAL(read(file, text, 7), 6);
    CHECK(strcmp(text, "onetwo") == 0);
}

CASE(open, "EEXIST: O_CREAT and O_EXCL, and it exists")
{
    make(0);
    FAILS(open(conform_path(0), MAKE, 0600), EEXIST);
}

CASE(open, "ENOENT: it does not exist, or a directory on the way; an empty path")
{
    FAILS(open(conform_path(0), O_RDONLY), ENOENT);
    FAILS(open("/nonexistent/file", O_RDWR | O_CREAT, 0600), ENOENT);
    FAILS(open("", O_RDONLY), ENOENT);
}

CASE(open, "ENOTDIR: a part of the way, or what O_DIRECTORY names, is none")
{
    char path[100];

    make(0);
    snprintf(path, sizeof path, "%s/x", conform_path(0));
    FAILS(open(path, O_RDONLY), ENOTDIR);
    FAILS(open(conform_path(0), O_RDONLY | O_DIRECTORY), ENOTDIR);
}

CASE(open, "EISDIR: a directory for writing")
{
    FAILS(open("/tmp", O_WRONLY), EISDIR);
    FAILS(open("/tmp", O_RDWR), EISDIR);
}

CASE(open, "ENAMETOOLONG: a name longer than NAME_MAX")
{
    FAILS(open(too_long(), MAKE, 0600), ENAMETOOLONG);
}

CASE(open, "ELOOP: symbolic links in a circle, or O_NOFOLLOW and one link")
{
    CHECK(symlink(conform_path(1), conform_path(0)) == 0);
    CHECK(symlink(conform_path(0), conform_path(1)) == 0);
    FAILS(open(conform_path(0), O_RDONLY), ELOOP);
    CHECK(symlink("/dev/null", conform_path(2)) == 0);
    FAILS(open(conform_path(2), O_RDONLY | O_NOFOLLOW), ELOOP);
    CHECK(open(conform_path(2), O_RDONLY) >= 0);
}

static void fail_to_open(void *unused)
{
    (void)unused;
    become_nobody();
    FAILS(open(conform_path(0), O_RDONLY), EACCES);
    FAILS(open(conform_path(0), O_WRONLY), EACCES);
}

CASE(open, "EACCES: the mode keeps this user out")
{
    make(0);
    if (!conform_is_root())
        conform_untested("only the superuser can become somebody else");
    EQUAL(conform_exited(conform_child(fail_to_open, NULL)), 0);
}

CASE(open, "EMFILE: all descriptors are in use")
{
    while (open("/dev/null", O_RDONLY) >= 0)
        continue;
    EQUAL(errno, EMFILE);
}

CASE(close, "EBADF: the descriptor is none, or was closed")
{
    int file = make(0);

    CHECK(close(file) == 0);
    FAILS(close(file), EBADF);
    FAILS(close(-1), EBADF);
}

CASE(read, "what is there, and 0 at the end")
{
    int file = make_with("abc");
    char text[8];

    EQUAL(read(file, text, 2), 2);
    EQUAL(read(file, text, 8), 1);
    EQUAL(text[0], 'c');
    EQUAL(read(file, text, 8), 0);
}

CASE(read, "EBADF: not open for reading, or no descriptor")
{
    char byte;
    int file;

    make(0);
    file = open(conform_path(0), O_WRONLY);
    FAILS(read(file, &byte, 1), EBADF);
    FAILS(read(-1, &byte, 1), EBADF);
}

CASE(read, "EISDIR: a directory")
{
    char byte;

    FAILS(read(open("/tmp", O_RDONLY), &byte, 1), EISDIR);
}

CASE(read, "EFAULT: a buffer that can't be written; a pipe keeps its bytes")
{
    int ends[2];
    char byte;

    CHECK(pipe(ends) == 0);
    EQUAL(write(ends[1], "x", 1), 1);
    FAILS(read(ends[0], (void *)8, 1), EFAULT);
    EQUAL(read(ends[0], &byte, 1), 1);
    EQUAL(byte, 'x');
}

CASE(write, "behind the end leaves zeroes between")
{
    int file = make_with("a");
    char text[4];

    EQUAL(lseek(file, 3, SEEK_SET), 3);
    EQUAL(write(file, "d", 1), 1);
    EQUAL(pread(file, text, 4, 0), 4);
    CHECK(memcmp(text, "a\0\0d", 4) == 0);
}

CASE(write, "EBADF: not open for writing")
{
    make(0);
    FAILS(write(open(conform_path(0), O_RDONLY), "x", 1), EBADF);
}

CASE(write, "EFAULT: bytes that can't be read")
{
    FAILS(write(make(0), (void *)8, 1), EFAULT);
}

CASE(pread, "reads there and leaves the offset; EINVAL, ESPIPE")
{
    int file = make_with("abcdef"), ends[2];
    char text[2];

    EQUAL(pread(file, text, 2, 3), 2);
    CHECK(memcmp(text, "de", 2) == 0);
    EQUAL(lseek(file, 0, SEEK_CUR), 0);
    FAILS(pread(file, text, 1, -1), EINVAL);
    CHECK(pipe(ends) == 0);
    FAILS(pread(ends[0], text, 1, 0), ESPIPE);
}

CASE(pwrite, "writes there and leaves the offset")
{
    int file = make_with("abcdef");
    char text[7] = "";

    EQUAL(pwrite(file, "XY", 2, 2), 2);
    EQUAL(read(file, text, 6), 6);
    CHECK(strcmp(text, "abXYef") == 0);
}

CASE(readv, "fills the buffers in order, writev takes them in order")
{
    int file = make(0);
    char first[2], second[3];
    struct iovec from[] = {{"ab", 2}, {"", 0}, {"cde", 3}};
    struct iovec to[] = {{first, 2}, {second, 3}};

    EQUAL(writev(file, from, 3), 5);
    EQUAL(lseek(file, 0, SEEK_SET), 0);
    EQUAL(readv(file, to, 2), 5);
    CHECK(memcmp(first, "ab", 2) == 0 && memcmp(second, "cde", 3) == 0);
    FAILS(readv(file, to, -1), EINVAL);
    FAILS(writev(file, from, IOV_MAX + 1), EINVAL);
}

CASE(lseek, "from the start, from here, from the end; EINVAL before the start")
{
    int file = make_with("abcdef");

    EQUAL(lseek(file, 4, SEEK_SET), 4);
    EQUAL(lseek(file, -1, SEEK_CUR), 3);
    EQUAL(lseek(file, -2, SEEK_END), 4);
    EQUAL(lseek(file, 100, SEEK_SET), 100);
    FAILS(lseek(file, -1, SEEK_SET), EINVAL);
    FAILS(lseek(file, 0, 77), EINVAL);
    EQUAL(lseek(file, 0, SEEK_CUR), 100);
}

CASE(lseek, "ESPIPE: a pipe")
{
    int ends[2];

    CHECK(pipe(ends) == 0);
    FAILS(lseek(ends[0], 0, SEEK_CUR), ESPIPE);
}

CASE(dup, "one description, another descriptor without FD_CLOEXEC")
{
    int file = make_with("abc"), copy;
    char byte;

    CHECK(fcntl(file, F_SETFD, FD_CLOEXEC) == 0);
    copy = dup(file);
    CHECK(copy >= 0 && copy != file);
    EQUAL(fcntl(copy, F_GETFD), 0);
    EQUAL(read(copy, &byte, 1), 1);
    EQUAL(lseek(file, 0, SEEK_CUR), 1);
    FAILS(dup(-1), EBADF);
}

CASE(dup2, "closes what was there, and does nothing for the same number")
{
    int file = make(0), other = open("/dev/null", O_RDONLY);

    EQUAL(dup2(file, other), other);
    EQUAL(write(other, "x", 1), 1);
    EQUAL(dup2(file, file), file);
    FAILS(dup2(-1, other), EBADF);
    FAILS(dup2(file, -1), EBADF);
    FAILS(dup2(file, 1 << 20), EBADF);
}

CASE(fcntl, "F_DUPFD gives the lowest from there on; F_DUPFD_CLOEXEC with the flag")
{
    int file = make(0), copy = fcntl(file, F_DUPFD, 50);

    CHECK(copy >= 50);
    copy = fcntl(file, F_DUPFD_CLOEXEC, 60);
    CHECK(copy >= 60);
    EQUAL(fcntl(copy, F_GETFD), FD_CLOEXEC);
    FAILS(fcntl(file, F_DUPFD, -1), EINVAL);
    FAILS(fcntl(-1, F_GETFD), EBADF);
    FAILS(fcntl(file, 7777), EINVAL);
}

static void find_lock(void *unused)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 10};
    int file = open(conform_path(0), O_RDWR);

    (void)unused;
    CHECK(fcntl(file, F_GETLK, &lock) == 0);
    EQUAL(lock.l_type, F_WRLCK);
    EQUAL(lock.l_pid, getppid());
    EQUAL(lock.l_start, 0);
    EQUAL(lock.l_len, 10);
    lock = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 10};
    CHECK(fcntl(file, F_SETLK, &lock) == -1);
    CHECK(errno == EAGAIN || errno == EACCES);
    lock.l_start = 10;
    CHECK(fcntl(file, F_SETLK, &lock) == 0);
}

CASE(fcntl, "F_SETLK keeps other processes out of a range, F_GETLK tells who has it")
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};

    CHECK(fcntl(make(0), F_SETLK, &lock) == 0);
    EQUAL(conform_exited(conform_child(find_lock, NULL)), 0);
}

static void take_lock(void *unused)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    (void)unused;
    CHECK(fcntl(open(conform_path(0), O_RDWR), F_SETLKW, &lock) == 0);
}

CASE(fcntl, "F_SETLKW waits until the range is free; closing any descriptor frees it")
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int file = make(0), status;
    pid_t child;

    CHECK(fcntl(file, F_SETLK, &lock) == 0);
    child = fork();
    if (child == 0) {
        take_lock(NULL);
        _exit(0);
    }
    conform_until_sleeping(child);
    EQUAL(waitpid(child, &status, WNOHANG), 0);
    CHECK(close(dup(file)) == 0);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(status, 0);
}

CASE(pipe, "bytes come out in order, and the end when all writers have closed")
{
    int ends[2];
    char text[8];

    CHECK(pipe(ends) == 0);
    EQUAL(write(ends[1], "abc", 3), 3);
    EQUAL(write(ends[1], "de", 2), 2);
    CHECK(close(ends[1]) == 0);
    EQUAL(read(ends[0], text, 8), 5);
    CHECK(memcmp(text, "abcde", 5) == 0);
    EQUAL(read(ends[0], text, 8), 0);
    FAILS(write(ends[0], "x", 1), EBADF);
}

CASE(pipe, "O_NONBLOCK: EAGAIN when it is empty, and when it is full")
{
    int ends[2];
    char bytes[PIPE_BUF];

    CHECK(pipe2(ends, O_NONBLOCK) == 0);
    FAILS(read(ends[0], bytes, 1), EAGAIN);
    memset(bytes, 1, sizeof bytes);
    while (write(ends[1], bytes, sizeof bytes) > 0)
        continue;
    EQUAL(errno, EAGAIN);
    EQUAL(read(ends[0], bytes, sizeof bytes), sizeof bytes);
    EQUAL(write(ends[1], bytes, sizeof bytes), sizeof bytes);
}

static void write_many(void *descriptor)
{
    char bytes[512];
    int round;

    memset(bytes, 'a' + getpid() % 26, sizeof bytes);
    for (round = 0; round < 100; round += 1)
        EQUAL(write(*(int *)descriptor, bytes, sizeof bytes), sizeof bytes);
}

CASE(pipe, "writes of up to PIPE_BUF bytes are never mixed")
{
    int ends[2], index, round;
    char bytes[512];
    size_t at, got;

    CHECK(pipe(ends) == 0);
    for (index = 0; index < 4; index += 1)
        if (fork() == 0) {
            write_many(&ends[1]);
            _exit(0);
        }
    for (round = 0; round < 400; round += 1) {
        for (got = 0; got < sizeof bytes; got += (size_t)index) {
            index = (int)read(ends[0], bytes + got, sizeof bytes - got);
            CHECK(index > 0);
        }
        for (at = 1; at < sizeof bytes; at += 1)
            EQUAL(bytes[at], bytes[0]);
    }
}

CASE(pipe, "EMFILE leaves no descriptor behind")
{
    int file = make(0), last = file, ends[2], next;

    while ((next = dup(file)) >= 0)
        last = next;
    CHECK(close(last) == 0);
    FAILS(pipe(ends), EMFILE);
    EQUAL(dup(file), last);
}

CASE(link, "another name for the same file")
{
    struct stat one, other;

    make_with("abc");
    CHECK(link(conform_path(0), conform_path(1)) == 0);
    CHECK(stat(conform_path(0), &one) == 0 && stat(conform_path(1), &other) == 0);
    EQUAL(one.st_ino, other.st_ino);
    EQUAL(one.st_nlink, 2);
    CHECK(unlink(conform_path(0)) == 0);
    CHECK(stat(conform_path(1), &other) == 0);
    EQUAL(other.st_nlink, 1);
}

CASE(link, "EEXIST, ENOENT, and EPERM for a directory")
{
    make(0);
    make(1);
    FAILS(link(conform_path(0), conform_path(1)), EEXIST);
    FAILS(link(conform_path(2), conform_path(3)), ENOENT);
    CHECK(mkdir(conform_path(4), 0700) == 0);
    FAILS(link(conform_path(4), conform_path(5)), EPERM);
}

CASE(unlink, "the file stays for who has it open")
{
    int file = make_with("abc");
    char text[3];
    struct stat status;

    CHECK(unlink(conform_path(0)) == 0);
    FAILS(open(conform_path(0), O_RDONLY), ENOENT);
    EQUAL(read(file, text, 3), 3);
    CHECK(fstat(file, &status) == 0);
    EQUAL(status.st_nlink, 0);
}

CASE(unlink, "ENOENT, ENOTDIR, and EISDIR or EPERM for a directory")
{
    char path[100];

    FAILS(unlink(conform_path(0)), ENOENT);
    make(0);
    snprintf(path, sizeof path, "%s/x", conform_path(0));
    FAILS(unlink(path), ENOTDIR);
    CHECK(mkdir(conform_path(1), 0700) == 0);
    CHECK(unlink(conform_path(1)) == -1);
    CHECK(errno == EISDIR || errno == EPERM);
}

CASE(rename, "takes the place of a file, at once")
{
    struct stat before, after;

    make_with("abc");
    make(1);
    CHECK(stat(conform_path(0), &before) == 0);
    CHECK(rename(conform_path(0), conform_path(1)) == 0);
    CHECK(stat(conform_path(1), &after) == 0);
    EQUAL(before.st_ino, after.st_ino);
    FAILS(open(conform_path(0), O_RDONLY), ENOENT);
}

CASE(rename, "two names of one file: nothing happens")
{
    make(0);
    CHECK(link(conform_path(0), conform_path(1)) == 0);
    CHECK(rename(conform_path(0), conform_path(1)) == 0);
    CHECK(access(conform_path(0), F_OK) == 0 && access(conform_path(1), F_OK) == 0);
}

CASE(rename, "EISDIR, ENOTDIR, ENOENT, and EINVAL into itself")
{
    char path[100];

    make(0);
    CHECK(mkdir(conform_path(1), 0700) == 0);
    FAILS(rename(conform_path(0), conform_path(1)), EISDIR);
    FAILS(rename(conform_path(1), conform_path(0)), ENOTDIR);
    FAILS(rename(conform_path(2), conform_path(3)), ENOENT);
    snprintf(path, sizeof path, "%s/x", conform_path(1));
    FAILS(rename(conform_path(1), path), EINVAL);
}

CASE(mkdir, "a directory with the mode, and names for itself and its parent")
{
    struct stat status;
    char path[100];

    umask(022);
    CHECK(mkdir(conform_path(0), 0777) == 0);
    CHECK(stat(conform_path(0), &status) == 0);
    EQUAL(status.st_mode & (S_IFMT | 0777), S_IFDIR | 0755);
    snprintf(path, sizeof path, "%s/.", conform_path(0));
    CHECK(stat(path, &status) == 0);
    snprintf(path, sizeof path, "%s/../%s", conform_path(0), strrchr(conform_path(0), '/') + 1);
    CHECK(stat(path, &status) == 0);
    FAILS(mkdir(conform_path(0), 0777), EEXIST);
    FAILS(mkdir("/nonexistent/x", 0777), ENOENT);
}

CASE(rmdir, "EEXIST or ENOTEMPTY: there is something in it")
{
    char path[100];

    CHECK(mkdir(conform_path(0), 0700) == 0);
    snprintf(path, sizeof path, "%s/x", conform_path(0));
    CHECK(open(path, MAKE, 0600) >= 0);
    CHECK(rmdir(conform_path(0)) == -1);
    CHECK(errno == EEXIST || errno == ENOTEMPTY);
    CHECK(unlink(path) == 0);
    CHECK(rmdir(conform_path(0)) == 0);
    FAILS(rmdir(conform_path(0)), ENOENT);
}

CASE(rmdir, "ENOTDIR: a file; EINVAL: the path ends in a dot")
{
    char path[100];

    make(0);
    FAILS(rmdir(conform_path(0)), ENOTDIR);
    CHECK(mkdir(conform_path(1), 0700) == 0);
    snprintf(path, sizeof path, "%s/.", conform_path(1));
    FAILS(rmdir(path), EINVAL);
}

CASE(readdir, "every name once, with dot and dot-dot")
{
    char path[100];
    DIR *directory;
    struct dirent *entry;
    int index, files = 0, dots = 0;

    CHECK(mkdir(conform_path(0), 0700) == 0);
    for (index = 0; index < 50; index += 1) {
        snprintf(path, sizeof path, "%s/%d", conform_path(0), index);
        CHECK(close(open(path, MAKE, 0600)) == 0);
    }
    directory = opendir(conform_path(0));
    CHECK(directory != NULL);
    while ((entry = readdir(directory)) != NULL)
        *(entry->d_name[0] == '.' ? &dots : &files) += 1;
    EQUAL(files, 50);
    EQUAL(dots, 2);
    rewinddir(directory);
    for (files = 0; readdir(directory) != NULL; files += 1)
        continue;
    EQUAL(files, 52);
    for (index = 0; index < 50; index += 1) {
        snprintf(path, sizeof path, "%s/%d", conform_path(0), index);
        CHECK(unlink(path) == 0);
    }
}

CASE(opendir, "ENOENT, ENOTDIR")
{
    FAILS_WITH(opendir(conform_path(0)), NULL, ENOENT);
    make(0);
    FAILS_WITH(opendir(conform_path(0)), NULL, ENOTDIR);
}

CASE(chdir, "paths begin there; getcwd tells where; ERANGE: too little room")
{
    char path[PATH_MAX];

    CHECK(mkdir(conform_path(0), 0700) == 0 && chdir(conform_path(0)) == 0);
    CHECK(getcwd(path, sizeof path) == path);
    CHECK(strcmp(path, conform_path(0)) == 0);
    FAILS_WITH(getcwd(path, 3), NULL, ERANGE);
    CHECK(chdir("..") == 0 && getcwd(path, sizeof path) == path);
    CHECK(strcmp(path, "/tmp") == 0);
    FAILS(chdir("/nonexistent"), ENOENT);
    make(1);
    FAILS(chdir(conform_path(1)), ENOTDIR);
}

CASE(chmod, "the mode is changed; EPERM: another user's file")
{
    struct stat status;

    make(0);
    CHECK(chmod(conform_path(0), 0751) == 0);
    CHECK(stat(conform_path(0), &status) == 0);
    EQUAL(status.st_mode & 07777, 0751);
    FAILS(chmod(conform_path(1), 0600), ENOENT);
}

static void fail_to_change(void *unused)
{
    (void)unused;
    become_nobody();
    FAILS(chmod(conform_path(0), 0666), EPERM);
    FAILS(chown(conform_path(0), NOBODY, NOBODY), EPERM);
}

CASE(chown, "EPERM: another user's file")
{
    make(0);
    if (!conform_is_root())
        conform_untested("only the superuser can become somebody else");
    EQUAL(conform_exited(conform_child(fail_to_change, NULL)), 0);
}

static void probe(void *unused)
{
    (void)unused;
    become_nobody();
    CHECK(access(conform_path(0), F_OK) == 0 && access(conform_path(0), R_OK) == 0);
    FAILS(access(conform_path(0), W_OK), EACCES);
    FAILS(access(conform_path(0), R_OK | X_OK), EACCES);
}

CASE(access, "what the user may do; ENOENT, EINVAL")
{
    make(0);
    CHECK(chmod(conform_path(0), 0644) == 0);
    FAILS(access(conform_path(1), F_OK), ENOENT);
    FAILS(access(conform_path(0), 77), EINVAL);
    if (conform_is_root())
        EQUAL(conform_exited(conform_child(probe, NULL)), 0);
}

CASE(stat, "kinds of files")
{
    struct stat status;
    int ends[2];

    CHECK(stat("/tmp", &status) == 0 && S_ISDIR(status.st_mode));
    CHECK(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode));
    CHECK(pipe(ends) == 0 && fstat(ends[0], &status) == 0 && S_ISFIFO(status.st_mode));
    FAILS(stat("", &status), ENOENT);
    FAILS(fstat(-1, &status), EBADF);
}

CASE(stat, "the time of change moves on when a file is written")
{
    struct stat before, after;
    struct timespec pause = {0, 20000000};
    int file = make(0);

    CHECK(fstat(file, &before) == 0);
    CHECK(nanosleep(&pause, NULL) == 0);
    CHECK(write(file, "x", 1) == 1 && fstat(file, &after) == 0);
    CHECK(after.st_mtim.tv_sec > before.st_mtim.tv_sec ||
          after.st_mtim.tv_nsec > before.st_mtim.tv_nsec);
    EQUAL(after.st_size, 1);
}

CASE(symlink, "readlink gives its text, lstat itself, stat what it leads to")
{
    struct stat status;
    char text[100];

    CHECK(symlink("/dev/null", conform_path(0)) == 0);
    EQUAL(readlink(conform_path(0), text, sizeof text), 9);
    CHECK(memcmp(text, "/dev/null", 9) == 0);
    EQUAL(readlink(conform_path(0), text, 4), 4);
    CHECK(lstat(conform_path(0), &status) == 0 && S_ISLNK(status.st_mode));
    CHECK(stat(conform_path(0), &status) == 0 && S_ISCHR(status.st_mode));
    FAILS(symlink("x", conform_path(0)), EEXIST);
    FAILS(readlink("/tmp", text, sizeof text), EINVAL);
}

CASE(utimensat, "sets the times; ENOENT, EINVAL")
{
    struct timespec times[2] = {{100, 5}, {200, 6}};
    struct stat status;

    make(0);
    CHECK(utimensat(AT_FDCWD, conform_path(0), times, 0) == 0);
    CHECK(stat(conform_path(0), &status) == 0);
    EQUAL(status.st_atim.tv_sec, 100);
    EQUAL(status.st_mtim.tv_sec, 200);
    times[0].tv_nsec = 1000000000;
    FAILS(utimensat(AT_FDCWD, conform_path(0), times, 0), EINVAL);
    times[0].tv_nsec = 0;
    FAILS(utimensat(AT_FDCWD, conform_path(1), times, 0), ENOENT);
}

CASE(truncate, "changes the length by name; ENOENT, EISDIR, EINVAL")
{
    struct stat status;

    make_with("abcdef");
    CHECK(truncate(conform_path(0), 2) == 0);
    CHECK(stat(conform_path(0), &status) == 0);
    EQUAL(status.st_size, 2);
    FAILS(truncate(conform_path(1), 0), ENOENT);
    FAILS(truncate("/tmp", 0), EISDIR);
    FAILS(truncate(conform_path(0), -1), EINVAL);
}

CASE(fsync, "a file can be synchronised; EBADF, EINVAL for a pipe")
{
    int ends[2];

    CHECK(fsync(make(0)) == 0);
    FAILS(fsync(-1), EBADF);
    CHECK(pipe(ends) == 0);
    FAILS(fsync(ends[0]), EINVAL);
}

CASE(umask, "gives the mask from before")
{
    umask(0123);
    EQUAL(umask(022), 0123);
    EQUAL(umask(022), 022);
}
