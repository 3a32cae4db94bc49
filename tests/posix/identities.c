/* Who a process is: programs that run as their owner, and the rights of all groups. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define USER 1000
#define OWNER 1001
#define GROUP 2000

/* Run by the cases below with what is to be found. */
CASE(geteuid, "a program finds who it runs as")
{
    const char *wanted = getenv("CONFORM_WHO");
    int user, effective, group, secure;
    uid_t users[3];

    if (!wanted)
        return;
    CHECK(sscanf(wanted, "%d %d %d %d", &user, &effective, &group, &secure) == 4);
    EQUAL(getuid(), user);
    EQUAL(geteuid(), effective);
    EQUAL(getegid(), group);
    EQUAL(getauxval(AT_SECURE), secure);
    EQUAL(getauxval(AT_EUID), effective);
    CHECK(getresuid(&users[0], &users[1], &users[2]) == 0);
    EQUAL(users[2], effective);
}

static void copy_program(const char *path)
{
    static char bytes[65536];
    int from = open("/proc/self/exe", O_RDONLY), to = open(path, O_CREAT | O_EXCL | O_WRONLY, 0700);
    ssize_t length;

    CHECK(from >= 0 && to >= 0);
    while ((length = read(from, bytes, sizeof bytes)) > 0)
        EQUAL(write(to, bytes, length), length);
    CHECK(close(to) == 0 && close(from) == 0);
}

/* Runs the program as the user; it has to find itself to be what is given. */
static void run(const char *path, const char *who)
{
    char *const arguments[] = {"conform", "run", "identities/geteuid", NULL};
    char variable[64];
    char *const environment[] = {variable, NULL};
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        snprintf(variable, sizeof variable, "CONFORM_WHO=%s", who);
        CHECK(setgroups(0, NULL) == 0 && setgid(USER) == 0 && setuid(USER) == 0);
        execve(path, arguments, environment);
        CHECK(!"execve returned");
    }
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
}

CASE(execve, "a program whose mode says so runs as its owner and its group")
{
    const char *path = conform_path(0);

    if (!conform_is_root())
        conform_untested("only root gives programs away");
    unlink(path);
    copy_program(path);
    CHECK(chown(path, OWNER, GROUP) == 0);
    CHECK(chmod(path, 0755) == 0);
    run(path, "1000 1000 1000 0");
    CHECK(chmod(path, 04755) == 0);
    run(path, "1000 1001 1000 1");
    CHECK(chmod(path, 02755) == 0);
    run(path, "1000 1000 2000 1");
    CHECK(chmod(path, 06755) == 0);
    run(path, "1000 1001 2000 1");
    CHECK(chmod(path, 02745) == 0);
    run(path, "1000 1000 1000 0");
    CHECK(unlink(path) == 0);
}

static int as_member(gid_t group, int (*body)(void))
{
    int status;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        CHECK(setgroups(1, &group) == 0 && setgid(USER) == 0 && setuid(USER) == 0);
        _exit(body());
    }
    EQUAL(waitpid(child, &status, 0), child);
    return conform_exited(status);
}

static int open_file(void)
{
    return open(conform_path(0), O_RDONLY) >= 0 ? 0 : errno;
}

CASE(setgroups, "a member of any group has the group's rights")
{
    const char *path = conform_path(0);
    int file;

    if (!conform_is_root())
        conform_untested("only root chooses groups");
    file = open(path, O_CREAT | O_RDWR, 0600);
    CHECK(file >= 0);
    CHECK(fchown(file, 0, GROUP) == 0 && fchmod(file, 0040) == 0);
    EQUAL(as_member(GROUP, open_file), 0);
    EQUAL(as_member(GROUP + 1, open_file), EACCES);
    CHECK(fchmod(file, 0604) == 0);
    EQUAL(as_member(GROUP, open_file), EACCES);
    EQUAL(as_member(GROUP + 1, open_file), 0);
    CHECK(unlink(path) == 0);
}

static int give_file(void)
{
    int file = open(conform_path(1), O_CREAT | O_RDWR, 0600), result;

    if (file < 0)
        return errno;
    result = fchown(file, -1, GROUP) == 0 ? 0 : errno;
    return unlink(conform_path(1)) == 0 ? result : 200;
}

CASE(fchown, "an owner gives a file to a group that he is in, and to no other")
{
    if (!conform_is_root())
        conform_untested("only root chooses groups");
    EQUAL(as_member(GROUP, give_file), 0);
    EQUAL(as_member(GROUP + 1, give_file), EPERM);
}
