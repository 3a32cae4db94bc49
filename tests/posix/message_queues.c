/* mq_open and its kin: message queues, and the notices of their first message. */
#define _GNU_SOURCE
#include "conform.h"

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct mq_attr like(long messages, long bytes)
{
    return (struct mq_attr){.mq_maxmsg = messages, .mq_msgsize = bytes};
}

/* A queue without a name, for messages of up to 16 bytes. */
static mqd_t make(int flags, long messages)
{
    struct mq_attr attributes = like(messages, 16);
    mqd_t queue;

    mq_unlink(conform_name(0));
    queue = mq_open(conform_name(0), O_CREAT | O_EXCL | O_RDWR | flags, 0600, &attributes);
    CHECK(queue != (mqd_t)-1);
    CHECK(mq_unlink(conform_name(0)) == 0);
    return queue;
}

static void send_text(mqd_t queue, const char *text, unsigned priority)
{
    CHECK(mq_send(queue, text, strlen(text), priority) == 0);
}

static void receive_text(mqd_t queue, const char *text, unsigned priority)
{
    char bytes[16];
    unsigned found;

    EQUAL(mq_receive(queue, bytes, sizeof bytes, &found), strlen(text));
    EQUAL(memcmp(bytes, text, strlen(text)), 0);
    EQUAL(found, priority);
}

static struct timespec in_milliseconds(long milliseconds)
{
    struct timespec time;

    CHECK(clock_gettime(CLOCK_REALTIME, &time) == 0);
    time.tv_nsec += milliseconds * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

CASE(mq_open, "O_CREAT makes a queue of the size that is asked for")
{
    struct mq_attr told;
    mqd_t queue = make(O_NONBLOCK, 3);

    CHECK(mq_getattr(queue, &told) == 0);
    EQUAL(told.mq_maxmsg, 3);
    EQUAL(told.mq_msgsize, 16);
    EQUAL(told.mq_curmsgs, 0);
    EQUAL(told.mq_flags, O_NONBLOCK);
}

CASE(mq_open, "without attributes: 10 messages of 8192 bytes; without O_CREAT: ENOENT")
{
    struct mq_attr told;
    mqd_t queue;

    FAILS(mq_open(conform_name(0), O_RDWR), ENOENT);
    queue = mq_open(conform_name(0), O_CREAT | O_RDWR, 0600, NULL);
    CHECK(queue != (mqd_t)-1);
    CHECK(mq_getattr(queue, &told) == 0);
    EQUAL(told.mq_maxmsg, 10);
    EQUAL(told.mq_msgsize, 8192);
    FAILS(mq_open(conform_name(0), O_CREAT | O_EXCL | O_RDWR, 0600, NULL), EEXIST);
    CHECK(mq_unlink(conform_name(0)) == 0);
    FAILS(mq_unlink(conform_name(0)), ENOENT);
}

CASE(mq_open, "EINVAL: no messages, no bytes; EACCES: a slash within; ENAMETOOLONG; ENOENT: no name")
{
    struct mq_attr attributes = like(0, 16);
    char long_name[300];

    FAILS(mq_open(conform_name(0), O_CREAT | O_RDWR, 0600, &attributes), EINVAL);
    attributes = like(1, 0);
    FAILS(mq_open(conform_name(0), O_CREAT | O_RDWR, 0600, &attributes), EINVAL);
    FAILS(mq_open("/a/b", O_CREAT | O_RDWR, 0600, NULL), EACCES);
    memset(long_name, 'x', sizeof long_name);
    long_name[0] = '/';
    long_name[sizeof long_name - 1] = 0;
    FAILS(mq_open(long_name, O_CREAT | O_RDWR, 0600, NULL), ENAMETOOLONG);
    FAILS(mq_open("/", O_CREAT | O_RDWR, 0600, NULL), ENOENT);
}

CASE(mq_open, "EMFILE: more bytes than RLIMIT_MSGQUEUE has")
{
    struct mq_attr attributes = like(10, 8192);
    mqd_t queue;
    int made = 0;

    while (made < 8) {
        queue = mq_open(conform_name(made), O_CREAT | O_RDWR, 0600, &attributes);
        if (queue == (mqd_t)-1)
            break;
        made++;
    }
    if (made < 8)
        EQUAL(errno, EMFILE);
    while (made > 0)
        CHECK(mq_unlink(conform_name(--made)) == 0);
}

CASE(mq_open, "the mode and the umask say who may open")
{
    struct stat told;
    mqd_t queue;

    umask(022);
    queue = mq_open(conform_name(0), O_CREAT | O_RDWR, 0666, NULL);
    CHECK(queue != (mqd_t)-1);
    CHECK(fstat(queue, &told) == 0);
    EQUAL(told.st_mode & 0777, 0644);
    if (conform_is_root()) {
        pid_t child = fork();

        CHECK(child >= 0);
        if (child == 0) {
            CHECK(setuid(1000) == 0);
            CHECK(mq_open(conform_name(0), O_RDONLY) != (mqd_t)-1);
            FAILS(mq_open(conform_name(0), O_RDWR), EACCES);
            FAILS(mq_unlink(conform_name(0)), EACCES);
            _exit(0);
        }
        int status;
        EQUAL(waitpid(child, &status, 0), child);
        EQUAL(conform_exited(status), 0);
    }
    CHECK(mq_unlink(conform_name(0)) == 0);
}

CASE(mq_open, "the descriptor is closed at exec, and a child has it")
{
    mqd_t queue = make(0, 2);
    int status;
    pid_t child;

    EQUAL(fcntl(queue, F_GETFD), FD_CLOEXEC);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        send_text(queue, "child", 4);
        _exit(0);
    }
    EQUAL(waitpid(child, &status, 0), child);
    receive_text(queue, "child", 4);
}

CASE(mq_unlink, "the queue stays until the last descriptor is closed; the name is free")
{
    mqd_t first = mq_open(conform_name(0), O_CREAT | O_RDWR, 0600, NULL), second;
    char bytes[8192];

    send_text(first, "old", 0);
    CHECK(mq_unlink(conform_name(0)) == 0);
    second = mq_open(conform_name(0), O_CREAT | O_RDWR | O_NONBLOCK, 0600, NULL);
    FAILS(mq_receive(second, bytes, sizeof bytes, NULL), EAGAIN);
    EQUAL(mq_receive(first, bytes, sizeof bytes, NULL), 3);
    CHECK(mq_unlink(conform_name(0)) == 0);
}

CASE(mq_send, "the most urgent first, and of those the oldest")
{
    mqd_t queue = make(0, 5);

    send_text(queue, "low", 1);
    send_text(queue, "high", 9);
    send_text(queue, "low too", 1);
    send_text(queue, "highest", 32767);
    send_text(queue, "high too", 9);
    receive_text(queue, "highest", 32767);
    receive_text(queue, "high", 9);
    receive_text(queue, "high too", 9);
    receive_text(queue, "low", 1);
    receive_text(queue, "low too", 1);
}

CASE(mq_send, "EMSGSIZE: too long; EINVAL: too urgent; EBADF: no queue, or not for this")
{
    mqd_t queue = make(0, 2), other;
    char bytes[17] = "";

    FAILS(mq_send(queue, bytes, 17, 0), EMSGSIZE);
    FAILS(mq_send(queue, bytes, 1, 32768), EINVAL);
    FAILS(mq_send(-1, bytes, 1, 0), EBADF);
    FAILS(mq_send(STDOUT_FILENO, bytes, 1, 0), EBADF);
    other = mq_open(conform_name(0), O_CREAT | O_RDONLY, 0600, NULL);
    FAILS(mq_send(other, bytes, 1, 0), EBADF);
    CHECK(mq_close(other) == 0);
    other = mq_open(conform_name(0), O_WRONLY);
    FAILS(mq_receive(other, bytes, sizeof bytes, NULL), EBADF);
    CHECK(mq_unlink(conform_name(0)) == 0);
    CHECK(mq_close(other) == 0);
    FAILS(mq_close(other), EBADF);
}

CASE(mq_send, "an empty message is one")
{
    mqd_t queue = make(0, 2);

    CHECK(mq_send(queue, "", 0, 3) == 0);
    receive_text(queue, "", 3);
}

CASE(mq_send, "EAGAIN: full, with O_NONBLOCK")
{
    mqd_t queue = make(O_NONBLOCK, 1);

    send_text(queue, "x", 0);
    FAILS(mq_send(queue, "y", 1, 0), EAGAIN);
}

CASE(mq_receive, "EMSGSIZE: less room than a message may have; EAGAIN: empty, with O_NONBLOCK")
{
    mqd_t queue = make(O_NONBLOCK, 1);
    char bytes[16];

    FAILS(mq_receive(queue, bytes, 15, NULL), EMSGSIZE);
    FAILS(mq_receive(queue, bytes, 16, NULL), EAGAIN);
}

static void send_when_asleep(mqd_t queue)
{
    pid_t self = getpid(), child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        conform_until_sleeping(self);
        send_text(queue, "late", 2);
        _exit(0);
    }
}

CASE(mq_receive, "waits for a message")
{
    mqd_t queue = make(0, 1);

    send_when_asleep(queue);
    receive_text(queue, "late", 2);
}

CASE(mq_send, "waits for room")
{
    mqd_t queue = make(0, 1);
    pid_t self = getpid(), child;
    int status;

    send_text(queue, "first", 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        conform_until_sleeping(self);
        receive_text(queue, "first", 0);
        receive_text(queue, "second", 0);
        _exit(0);
    }
    send_text(queue, "second", 0);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
}

CASE(mq_timedreceive, "ETIMEDOUT at the time of day that is given; at once if that has passed")
{
    mqd_t queue = make(0, 1);
    struct timespec end = in_milliseconds(30), past = {.tv_sec = 1};
    long long before = conform_now();
    char bytes[16];

    FAILS(mq_timedreceive(queue, bytes, 16, NULL, &end), ETIMEDOUT);
    CHECK(conform_now() - before >= 29000000);
    FAILS(mq_timedreceive(queue, bytes, 16, NULL, &past), ETIMEDOUT);
    send_text(queue, "x", 0);
    FAILS(mq_timedsend(queue, "y", 1, 0, &past), ETIMEDOUT);
    EQUAL(mq_timedreceive(queue, bytes, 16, NULL, &past), 1);
}

CASE(mq_timedsend, "EINVAL: nanoseconds that make a second, even if there is room")
{
    mqd_t queue = make(0, 1);
    struct timespec wrong = {.tv_nsec = 1000000000};
    char bytes[16];

    FAILS(mq_timedsend(queue, "x", 1, 0, &wrong), EINVAL);
    wrong = (struct timespec){.tv_sec = 1, .tv_nsec = -1};
    FAILS(mq_timedreceive(queue, bytes, 16, NULL, &wrong), EINVAL);
}

static void note(int number)
{
    (void)number;
}

static void interrupt_when_asleep(int flags)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = flags};
    pid_t self = getpid(), child;

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        conform_until_sleeping(self);
        kill(self, SIGUSR1);
        _exit(0);
    }
}

CASE(mq_receive, "EINTR: a signal; begins again with SA_RESTART")
{
    mqd_t queue = make(0, 1);
    struct timespec end = in_milliseconds(200);
    char bytes[16];

    interrupt_when_asleep(0);
    FAILS(mq_receive(queue, bytes, 16, NULL), EINTR);
    while (wait(NULL) > 0)
        ;
    end = in_milliseconds(200);
    interrupt_when_asleep(SA_RESTART);
    FAILS(mq_timedreceive(queue, bytes, 16, NULL, &end), ETIMEDOUT);
}

CASE(mq_setattr, "changes O_NONBLOCK and nothing else; tells what was before")
{
    mqd_t queue = make(0, 2);
    struct mq_attr new = {.mq_flags = O_NONBLOCK, .mq_maxmsg = 7, .mq_msgsize = 7}, old;
    char bytes[16];

    send_text(queue, "x", 0);
    CHECK(mq_setattr(queue, &new, &old) == 0);
    EQUAL(old.mq_flags, 0);
    EQUAL(old.mq_curmsgs, 1);
    CHECK(mq_getattr(queue, &old) == 0);
    EQUAL(old.mq_flags, O_NONBLOCK);
    EQUAL(old.mq_maxmsg, 2);
    receive_text(queue, "x", 0);
    FAILS(mq_receive(queue, bytes, 16, NULL), EAGAIN);
    new.mq_flags = O_APPEND;
    FAILS(mq_setattr(queue, &new, NULL), EINVAL);
    FAILS(mq_getattr(-1, &old), EBADF);
}

CASE(mq_notify, "SIGEV_SIGNAL: for the first message, once, with value and sender")
{
    mqd_t queue = make(0, 4);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    struct timespec none = {0};
    siginfo_t info;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    event.sigev_value.sival_int = 4711;
    CHECK(mq_notify(queue, &event) == 0);
    FAILS(mq_notify(queue, &event), EBUSY);
    send_text(queue, "first", 0);
    EQUAL(sigtimedwait(&set, &info, &none), SIGRTMIN);
    EQUAL(info.si_code, SI_MESGQ);
    EQUAL(info.si_value.sival_int, 4711);
    EQUAL(info.si_pid, getpid());
    EQUAL(info.si_uid, getuid());
    receive_text(queue, "first", 0);
    send_text(queue, "second", 0);
    FAILS(sigtimedwait(&set, &info, &none), EAGAIN);
    /* There is a message already: the next one is not the first. */
    CHECK(mq_notify(queue, &event) == 0);
    send_text(queue, "third", 0);
    FAILS(sigtimedwait(&set, &info, &none), EAGAIN);
    CHECK(mq_notify(queue, NULL) == 0);
    CHECK(mq_notify(queue, NULL) == 0);
}

CASE(mq_notify, "nobody is told while somebody waits for the message")
{
    mqd_t queue = make(0, 4);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
    struct timespec none = {0};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(mq_notify(queue, &event) == 0);
    send_when_asleep(queue);
    receive_text(queue, "late", 2);
    FAILS(sigtimedwait(&set, NULL, &none), EAGAIN);
    send_text(queue, "now", 0);
    EQUAL(sigtimedwait(&set, NULL, &none), SIGUSR2);
}

static void ask_and_leave(void *queue)
{
    struct sigevent event = {.sigev_notify = SIGEV_NONE};

    CHECK(mq_notify(*(mqd_t *)queue, &event) == 0);
}

CASE(mq_notify, "SIGEV_NONE takes the place; it is free when the process ends or closes")
{
    mqd_t queue = make(0, 4);
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    int other;

    EQUAL(conform_exited(conform_child(ask_and_leave, &queue)), 0);
    CHECK(mq_notify(queue, &event) == 0);
    FAILS(mq_notify(queue, &event), EBUSY);
    other = dup(queue);
    CHECK(close(other) == 0);
    CHECK(mq_notify(queue, &event) == 0);
    send_text(queue, "x", 0);
    CHECK(mq_notify(queue, &event) == 0);
}

CASE(mq_notify, "EBADF: no queue; EINVAL: no such signal or way of telling")
{
    mqd_t queue = make(0, 1);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};

    FAILS(mq_notify(-1, &event), EBADF);
    FAILS(mq_notify(STDOUT_FILENO, &event), EBADF);
    event.sigev_signo = 65;
    FAILS(mq_notify(queue, &event), EINVAL);
    event = (struct sigevent){.sigev_notify = 77};
    FAILS(mq_notify(queue, &event), EINVAL);
}

CASE(poll, "a message queue is readable with a message and writable with room, for epoll too")
{
    mqd_t queue = make(0, 1);
    struct pollfd wanted = {.fd = queue, .events = POLLIN | POLLOUT};
    struct epoll_event event = {.events = EPOLLIN};
    int set = epoll_create1(0);

    EQUAL(poll(&wanted, 1, -1), 1);
    EQUAL(wanted.revents, POLLOUT);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, queue, &event) == 0);
    EQUAL(epoll_wait(set, &event, 1, 0), 0);
    send_text(queue, "x", 0);
    EQUAL(poll(&wanted, 1, -1), 1);
    EQUAL(wanted.revents, POLLIN);
    EQUAL(epoll_wait(set, &event, 1, -1), 1);
    receive_text(queue, "x", 0);
    wanted.events = POLLIN;
    send_when_asleep(queue);
    EQUAL(poll(&wanted, 1, -1), 1);
    EQUAL(wanted.revents, POLLIN);
}

CASE(mq_open, "a read tells how many bytes there are and who is told")
{
    mqd_t queue = make(0, 2);
    char text[128];
    ssize_t length;

    send_text(queue, "four", 0);
    length = read(queue, text, sizeof text - 1);
    CHECK(length > 0);
    text[length] = 0;
    EQUAL(strcmp(text, "QSIZE:4          NOTIFY:0     SIGNO:0     NOTIFY_PID:0     \n"), 0);
    FAILS(write(queue, "x", 1), EINVAL);
}
