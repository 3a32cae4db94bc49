/* Pseudo-terminals: posix_openpt and its like, and what a session has of its terminal. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int master_of_new(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);

    CHECK(master >= 0);
    EQUAL(grantpt(master), 0);
    EQUAL(unlockpt(master), 0);
    return master;
}

static int open_slave(int master)
{
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);

    CHECK(slave >= 0);
    return slave;
}

/* What comes until so many bytes are there. */
static void expect(int fd, const char *wanted)
{
    char bytes[256];
    size_t length = strlen(wanted), done = 0;

    while (done < length) {
        ssize_t count = read(fd, bytes + done, length - done);
        CHECK(count > 0);
        done += (size_t)count;
    }
    CHECK(memcmp(bytes, wanted, length) == 0);
}

static void type(int master, const char *text)
{
    EQUAL(write(master, text, strlen(text)), strlen(text));
}

/* A child that leads a session whose terminal the slave is; it says so, and does as it is told. */
static pid_t lead(int master, int said, void (*act)(int slave, int said))
{
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        int slave;

        CHECK(setsid() >= 0);
        slave = open(ptsname(master), O_RDWR);
        CHECK(slave >= 0);
        EQUAL(ioctl(slave, TIOCSCTTY, 0), 0);
        close(master);
        act(slave, said);
        _exit(0);
    }
    return child;
}

static int status_of(pid_t child)
{
    int status;

    EQUAL(waitpid(child, &status, 0), child);
    return status;
}

CASE(posix_openpt, "the terminal beside it is one, with the name that ptsname tells")
{
    int master = master_of_new();
    char name[64];
    int slave;
    struct stat told, found;

    EQUAL(ptsname_r(master, name, sizeof name), 0);
    CHECK(strncmp(name, "/dev/pts/", 9) == 0);
    slave = open_slave(master);
    CHECK(isatty(slave) && isatty(master));
    EQUAL(fstat(slave, &told), 0);
    EQUAL(stat(name, &found), 0);
    CHECK(S_ISCHR(told.st_mode) && told.st_rdev == found.st_rdev);
    EQUAL(told.st_uid, getuid());
    CHECK(strcmp(ttyname(slave), name) == 0);
}

CASE(unlockpt, "before it the terminal cannot be opened")
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);

    CHECK(master >= 0);
    FAILS(open(ptsname(master), O_RDWR | O_NOCTTY), EIO);
    EQUAL(unlockpt(master), 0);
    open_slave(master);
}

CASE(posix_openpt, "each open makes another one")
{
    int one = master_of_new(), other = master_of_new();
    char name[64];

    EQUAL(ptsname_r(one, name, sizeof name), 0);
    CHECK(strcmp(name, ptsname(other)) != 0);
    type(one, "a\n");
    expect(open_slave(one), "a\n");
}

CASE(posix_openpt, "a line that is typed is echoed, edited, and read as a whole")
{
    int master = master_of_new(), slave = open_slave(master);
    struct pollfd poller = {.fd = slave, .events = POLLIN};

    type(master, "ab\x7f");
    EQUAL(poll(&poller, 1, 0), 0);
    type(master, "c\r");
    EQUAL(poll(&poller, 1, 1000), 1);
    expect(slave, "ac\n");
    expect(master, "ab\b \bc\r\n");
    EQUAL(write(slave, "x\n", 2), 2);
    expect(master, "x\r\n");
}

CASE(tcsetattr, "without lines each byte is read as it comes, and nothing is echoed")
{
    int master = master_of_new(), slave = open_slave(master);
    struct termios settings;
    struct pollfd poller = {.fd = master, .events = POLLIN};

    EQUAL(tcgetattr(slave, &settings), 0);
    cfmakeraw(&settings);
    EQUAL(tcsetattr(slave, TCSANOW, &settings), 0);
    type(master, "\x03x");
    expect(slave, "\x03x");
    EQUAL(poll(&poller, 1, 0), 0);
    EQUAL(write(slave, "\n", 1), 1);
    expect(master, "\n");
}

static void wait_for_signal(int slave, int said)
{
    sigset_t signals;
    int number;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGWINCH);
    sigaddset(&signals, SIGHUP);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    EQUAL(tcgetpgrp(slave), getpid());
    EQUAL(write(said, "!", 1), 1);
    EQUAL(sigwait(&signals, &number), 0);
    CHECK(write(said, number == SIGINT ? "I" : number == SIGWINCH ? "W" : "H", 1) == 1);
}

CASE(tcgetpgrp, "the interrupt character reaches the group in the foreground")
{
    int master = master_of_new(), said[2];
    pid_t child;

    EQUAL(pipe(said), 0);
    child = lead(master, said[1], wait_for_signal);
    expect(said[0], "!");
    type(master, "\x03");
    expect(said[0], "I");
    EQUAL(status_of(child), 0);
    expect(master, "^C");
}

CASE(ioctl, "a window has one size on both sides, and who is in the foreground is told of another one")
{
    int master = master_of_new(), said[2];
    struct winsize size = {.ws_row = 33, .ws_col = 99}, found;
    pid_t child;

    EQUAL(pipe(said), 0);
    child = lead(master, said[1], wait_for_signal);
    expect(said[0], "!");
    EQUAL(ioctl(master, TIOCSWINSZ, &size), 0);
    expect(said[0], "W");
    EQUAL(status_of(child), 0);
    EQUAL(ioctl(open_slave(master), TIOCGWINSZ, &found), 0);
    CHECK(found.ws_row == 33 && found.ws_col == 99);
}

CASE(close, "with the last master the session is hung up")
{
    int master = master_of_new(), said[2];
    pid_t child;

    EQUAL(pipe(said), 0);
    child = lead(master, said[1], wait_for_signal);
    expect(said[0], "!");
    EQUAL(close(master), 0);
    expect(said[0], "H");
    EQUAL(status_of(child), 0);
}

CASE(close, "without a master reading comes to the end and writing fails")
{
    int master = master_of_new(), slave = open_slave(master);
    char name[64], byte;
    struct pollfd poller = {.fd = slave, .events = POLLIN};

    EQUAL(ptsname_r(master, name, sizeof name), 0);
    EQUAL(close(master), 0);
    EQUAL(poll(&poller, 1, 1000), 1);
    CHECK(poller.revents & POLLHUP);
    EQUAL(read(slave, &byte, 1), 0);
    FAILS(write(slave, "x", 1), EIO);
    CHECK(open(name, O_RDWR | O_NOCTTY) == -1);
}

CASE(read, "a reader of the terminal waits no longer when its master goes")
{
    int master = master_of_new();
    pid_t child = fork();
    char byte;

    CHECK(child >= 0);
    if (child == 0) {
        int slave = open_slave(master);
        close(master);
        _exit(read(slave, &byte, 1) <= 0 ? 7 : 1);
    }
    usleep(100000);
    EQUAL(close(master), 0);
    EQUAL(WEXITSTATUS(status_of(child)), 7);
}

CASE(read, "what was written before the terminal was closed is read by the master, and then there is no more")
{
    int master = master_of_new(), slave = open_slave(master);
    struct pollfd poller = {.fd = master, .events = POLLIN};
    char byte;

    EQUAL(write(slave, "bye", 3), 3);
    EQUAL(close(slave), 0);
    expect(master, "bye");
    EQUAL(poll(&poller, 1, 1000), 1);
    CHECK(poller.revents & POLLHUP);
    FAILS(read(master, &byte, 1), EIO);
    slave = open_slave(master);
    EQUAL(write(slave, "x", 1), 1);
    expect(master, "x");
}

static void speak_by_dev_tty(int slave, int said)
{
    int terminal = open("/dev/tty", O_RDWR);

    CHECK(terminal >= 0);
    close(slave);
    EQUAL(write(terminal, "me", 2), 2);
    EQUAL(tcgetsid(terminal), getpid());
    EQUAL(write(said, "!", 1), 1);
}

CASE(open, "/dev/tty is the session's own terminal")
{
    int master = master_of_new(), said[2];
    pid_t child;

    EQUAL(pipe(said), 0);
    child = lead(master, said[1], speak_by_dev_tty);
    expect(said[0], "!");
    EQUAL(status_of(child), 0);
    expect(master, "me");
}

static void read_in_the_background(int slave, int said)
{
    pid_t child = fork();
    int status;
    char byte;

    CHECK(child >= 0);
    if (child == 0) {
        setpgid(0, 0);
        _exit(read(slave, &byte, 1) == 1 ? 0 : 1);
    }
    setpgid(child, child);
    EQUAL(waitpid(child, &status, WUNTRACED), child);
    CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN);
    EQUAL(tcsetpgrp(slave, child), 0);
    EQUAL(kill(child, SIGCONT), 0);
    EQUAL(write(said, "!", 1), 1);
    EQUAL(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

CASE(tcsetpgrp, "who reads in the background is stopped, and goes on in the foreground")
{
    int master = master_of_new(), said[2];
    pid_t child;

    EQUAL(pipe(said), 0);
    child = lead(master, said[1], read_in_the_background);
    expect(said[0], "!");
    type(master, "\n");
    EQUAL(status_of(child), 0);
}

CASE(write, "more than there is room for waits until it is read, and nothing is lost")
{
    int master = master_of_new(), slave = open_slave(master);
    struct termios settings;
    pid_t child;
    size_t total = 0;
    char bytes[1000];
    int status;

    EQUAL(tcgetattr(slave, &settings), 0);
    cfmakeraw(&settings);
    EQUAL(tcsetattr(slave, TCSANOW, &settings), 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        memset(bytes, 'y', sizeof bytes);
        for (int turn = 0; turn < 100; turn++)
            for (size_t done = 0; done < sizeof bytes;) {
                ssize_t count = write(slave, bytes + done, sizeof bytes - done);
                CHECK(count > 0);
                done += (size_t)count;
            }
        _exit(0);
    }
    close(slave);
    for (ssize_t count; (count = read(master, bytes, sizeof bytes)) > 0;)
        total += (size_t)count;
    EQUAL(total, 100 * sizeof bytes);
    status = status_of(child);
    EQUAL(WEXITSTATUS(status), 0);
}
