/* poll and select: waiting for several descriptors. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2];

static void make_pipe(void)
{
    CHECK(pipe(ends) == 0);
}

static void write_when_asleep(void *reader)
{
    conform_until_sleeping(*(pid_t *)reader);
    CHECK(write(ends[1], "x", 1) == 1);
}

static pid_t write_later(void)
{
    pid_t self = getpid(), child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        write_when_asleep(&self);
        _exit(0);
    }
    return child;
}

CASE(poll, "what is ready at once, and nothing else")
{
    struct pollfd wanted[2];

    make_pipe();
    wanted[0] = (struct pollfd){.fd = ends[0], .events = POLLIN};
    wanted[1] = (struct pollfd){.fd = ends[1], .events = POLLOUT};
    EQUAL(poll(wanted, 2, -1), 1);
    EQUAL(wanted[0].revents, 0);
    EQUAL(wanted[1].revents, POLLOUT);
}

CASE(poll, "wakes when something comes")
{
    struct pollfd wanted;

    make_pipe();
    wanted = (struct pollfd){.fd = ends[0], .events = POLLIN};
    write_later();
    EQUAL(poll(&wanted, 1, -1), 1);
    EQUAL(wanted.revents, POLLIN);
}

CASE(poll, "POLLHUP and POLLERR are told without being asked for")
{
    struct pollfd wanted;

    make_pipe();
    wanted = (struct pollfd){.fd = ends[0], .events = 0};
    CHECK(close(ends[1]) == 0);
    EQUAL(poll(&wanted, 1, -1), 1);
    EQUAL(wanted.revents, POLLHUP);
    make_pipe();
    wanted = (struct pollfd){.fd = ends[1], .events = 0};
    CHECK(close(ends[0]) == 0);
    EQUAL(poll(&wanted, 1, -1), 1);
    EQUAL(wanted.revents, POLLERR);
}

CASE(poll, "POLLNVAL: no descriptor; a negative one is left out")
{
    struct pollfd wanted[2] = {{.fd = 999, .events = POLLIN}, {.fd = -1, .events = POLLIN}};

    EQUAL(poll(wanted, 2, 0), 1);
    EQUAL(wanted[0].revents, POLLNVAL);
    EQUAL(wanted[1].revents, 0);
}

CASE(poll, "the time: 0 does not wait, others are not shorter")
{
    struct pollfd wanted;
    long long begin;

    make_pipe();
    wanted = (struct pollfd){.fd = ends[0], .events = POLLIN};
    EQUAL(poll(&wanted, 1, 0), 0);
    begin = conform_now();
    EQUAL(poll(&wanted, 1, 30), 0);
    CHECK(conform_now() - begin >= 30000000);
    EQUAL(poll(NULL, 0, 1), 0);
}

static void nothing(int signal)
{
    (void)signal;
}

static void disturb(void)
{
    pid_t self = getpid(), child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        conform_until_sleeping(self);
        kill(self, SIGUSR1);
        _exit(0);
    }
}

CASE(poll, "EINTR: a signal was caught, also with SA_RESTART")
{
    struct sigaction action = {.sa_handler = nothing, .sa_flags = SA_RESTART};
    struct pollfd wanted;

    make_pipe();
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    wanted = (struct pollfd){.fd = ends[0], .events = POLLIN};
    disturb();
    FAILS(poll(&wanted, 1, -1), EINTR);
}

CASE(ppoll, "waits with another mask of signals")
{
    struct sigaction action = {.sa_handler = nothing};
    sigset_t blocked, none;
    struct pollfd wanted;

    make_pipe();
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    sigemptyset(&none);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &blocked, NULL) == 0);
    CHECK(raise(SIGUSR1) == 0);
    wanted = (struct pollfd){.fd = ends[0], .events = POLLIN};
    FAILS(ppoll(&wanted, 1, NULL, &none), EINTR);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &none) == 0);
    EQUAL(sigismember(&none, SIGUSR1), 1);
}

CASE(select, "sets keep what is ready")
{
    fd_set reading, writing;
    struct timeval none = {0, 0};

    make_pipe();
    FD_ZERO(&reading);
    FD_ZERO(&writing);
    FD_SET(ends[0], &reading);
    FD_SET(ends[1], &writing);
    EQUAL(select(ends[1] + 1, &reading, &writing, NULL, &none), 1);
    CHECK(!FD_ISSET(ends[0], &reading) && FD_ISSET(ends[1], &writing));
}

CASE(select, "wakes when something comes")
{
    fd_set reading;

    make_pipe();
    FD_ZERO(&reading);
    FD_SET(ends[0], &reading);
    write_later();
    EQUAL(select(ends[0] + 1, &reading, NULL, NULL, NULL), 1);
    CHECK(FD_ISSET(ends[0], &reading));
}

CASE(select, "EBADF: no descriptor; EINVAL: a negative number")
{
    fd_set reading;
    struct timeval none = {0, 0};

    make_pipe();
    CHECK(close(ends[0]) == 0);
    FD_ZERO(&reading);
    FD_SET(ends[0], &reading);
    FAILS(select(ends[0] + 1, &reading, NULL, NULL, &none), EBADF);
    FAILS(select(-1, &reading, NULL, NULL, &none), EINVAL);
}

CASE(socketpair, "bytes go both ways, in a stream")
{
    char text[8];

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    EQUAL(write(ends[0], "ab", 2), 2);
    EQUAL(write(ends[0], "c", 1), 1);
    EQUAL(read(ends[1], text, 8), 3);
    EQUAL(write(ends[1], "d", 1), 1);
    EQUAL(read(ends[0], text, 8), 1);
    CHECK(close(ends[1]) == 0);
    EQUAL(read(ends[0], text, 8), 0);
}

CASE(socketpair, "datagrams stay whole")
{
    char text[8];

    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
    EQUAL(send(ends[0], "abc", 3, 0), 3);
    EQUAL(send(ends[0], "de", 2, 0), 2);
    EQUAL(recv(ends[1], text, 2, 0), 2);
    EQUAL(recv(ends[1], text, 8, 0), 2);
    CHECK(memcmp(text, "de", 2) == 0);
    FAILS(recv(ends[1], text, 8, MSG_DONTWAIT), EAGAIN);
}

CASE(socketpair, "EAFNOSUPPORT, EPROTONOSUPPORT or EOPNOTSUPP: what can't be a pair")
{
    FAILS(socketpair(999, SOCK_STREAM, 0, ends), EAFNOSUPPORT);
    CHECK(socketpair(AF_UNIX, 77, 0, ends) == -1);
}

CASE(sendmsg, "SCM_RIGHTS passes an open file")
{
    int pass[2], file = open(conform_path(0), O_RDWR | O_CREAT | O_EXCL, 0600), got;
    char control[CMSG_SPACE(sizeof(int))], byte = 'x';
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *header;

    CHECK(file >= 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, pass) == 0);
    memset(control, 0, sizeof control);
    header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &file, sizeof file);
    EQUAL(sendmsg(pass[0], &message, 0), 1);
    CHECK(close(file) == 0);
    memset(control, 0, sizeof control);
    message.msg_controllen = sizeof control;
    EQUAL(recvmsg(pass[1], &message, MSG_CMSG_CLOEXEC), 1);
    header = CMSG_FIRSTHDR(&message);
    CHECK(header != NULL && header->cmsg_type == SCM_RIGHTS);
    memcpy(&got, CMSG_DATA(header), sizeof got);
    EQUAL(fcntl(got, F_GETFD), FD_CLOEXEC);
    EQUAL(write(got, "abc", 3), 3);
}
