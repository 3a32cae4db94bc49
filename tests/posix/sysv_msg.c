/* msgget and its kin: System V's message queues. */
#define _GNU_SOURCE
#include "conform.h"

#include <signal.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MSG_EXCEPT
#define MSG_EXCEPT 020000
#endif

struct message {
    long type;
    char text[16];
};

static int made(void)
{
    int id = msgget(IPC_PRIVATE, 0600);

    CHECK(id >= 0);
    return id;
}

static void put(int id, long type, const char *text)
{
    struct message message = {.type = type};

    strcpy(message.text, text);
    CHECK(msgsnd(id, &message, strlen(text) + 1, IPC_NOWAIT) == 0);
}

static void take(int id, long wanted, int flags, long type, const char *text)
{
    struct message message;

    EQUAL(msgrcv(id, &message, sizeof message.text, wanted, flags), strlen(text) + 1);
    EQUAL(message.type, type);
    EQUAL(strcmp(message.text, text), 0);
}

static struct msqid_ds told(int id)
{
    struct msqid_ds status;

    CHECK(msgctl(id, IPC_STAT, &status) == 0);
    return status;
}

static void take_away(int id)
{
    CHECK(msgctl(id, IPC_RMID, NULL) == 0);
}

CASE(msgget, "a key finds the same queue; EEXIST, ENOENT")
{
    key_t key = 0x5e800000 + getpid();
    int id;

    FAILS(msgget(key, 0600), ENOENT);
    id = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    CHECK(id >= 0);
    EQUAL(msgget(key, 0), id);
    FAILS(msgget(key, IPC_CREAT | IPC_EXCL), EEXIST);
    EQUAL(told(id).msg_qbytes, 16384);
    EQUAL(told(id).msg_qnum, 0);
    take_away(id);
}

CASE(msgrcv, "the first; the first of a type; of another type; of the lowest type up to one")
{
    int id = made();

    put(id, 3, "three");
    put(id, 1, "one");
    put(id, 2, "two");
    put(id, 1, "one more");
    put(id, 5, "five");
    take(id, 2, 0, 2, "two");
    take(id, 3, MSG_EXCEPT, 1, "one");
    take(id, -4, 0, 1, "one more");
    take(id, -4, 0, 3, "three");
    take(id, 0, 0, 5, "five");
    EQUAL(told(id).msg_lspid, getpid());
    EQUAL(told(id).msg_lrpid, getpid());
    take_away(id);
}

CASE(msgrcv, "ENOMSG: none of the type; E2BIG: too long, unless MSG_NOERROR cuts it")
{
    int id = made();
    struct message message;

    FAILS(msgrcv(id, &message, 16, 0, IPC_NOWAIT), ENOMSG);
    put(id, 7, "long text");
    FAILS(msgrcv(id, &message, 16, 8, IPC_NOWAIT), ENOMSG);
    FAILS(msgrcv(id, &message, 4, 0, 0), E2BIG);
    EQUAL(told(id).msg_qnum, 1);
    EQUAL(msgrcv(id, &message, 4, 0, MSG_NOERROR), 4);
    EQUAL(memcmp(message.text, "long", 4), 0);
    EQUAL(told(id).msg_qnum, 0);
    take_away(id);
}

CASE(msgsnd, "EINVAL: no type, too long, no queue; EFAULT")
{
    int id = made();
    static struct {
        long type;
        char text[8193];
    } big = {.type = 1};

    FAILS(msgsnd(id, &big, 8193, 0), EINVAL);
    FAILS(msgsnd(id, &big, (size_t)-1, 0), EINVAL);
    CHECK(msgsnd(id, &big, 8192, 0) == 0);
    big.type = 0;
    FAILS(msgsnd(id, &big, 1, 0), EINVAL);
    big.type = -1;
    FAILS(msgsnd(id, &big, 1, 0), EINVAL);
    big.type = 1;
    FAILS(msgsnd(-1, &big, 1, 0), EINVAL);
    FAILS(msgsnd(id, (void *)8, 1, 0), EFAULT);
    FAILS(msgrcv(id, &big, (size_t)-1, 0, 0), EINVAL);
    take_away(id);
}

CASE(msgsnd, "EAGAIN: no room, with IPC_NOWAIT; an empty message is one")
{
    int id = made();
    static struct {
        long type;
        char text[8192];
    } big = {.type = 4};

    CHECK(msgsnd(id, &big, 8192, 0) == 0);
    CHECK(msgsnd(id, &big, 8192, 0) == 0);
    FAILS(msgsnd(id, &big, 1, IPC_NOWAIT), EAGAIN);
    CHECK(msgsnd(id, &big, 0, IPC_NOWAIT) == 0);
    EQUAL(told(id).msg_qnum, 3);
    EQUAL(told(id).msg_cbytes, 16384);
    take_away(id);
}

CASE(msgrcv, "waits for a message of the type")
{
    int id = made(), status;
    pid_t self = getpid(), child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        conform_until_sleeping(self);
        put(id, 1, "other");
        put(id, 2, "wanted");
        _exit(0);
    }
    take(id, 2, 0, 2, "wanted");
    EQUAL(waitpid(child, &status, 0), child);
    take(id, 0, IPC_NOWAIT, 1, "other");
    take_away(id);
}

CASE(msgsnd, "waits for room")
{
    int id = made(), status;
    struct msqid_ds small = told(id);
    struct message message = {.type = 1};
    pid_t child;

    small.msg_qbytes = 4;
    CHECK(msgctl(id, IPC_SET, &small) == 0);
    put(id, 1, "abc");
    child = fork();
    CHECK(child >= 0);
    if (child == 0)
        _exit(msgsnd(id, &message, 4, 0) == 0 ? 0 : 1);
    conform_until_sleeping(child);
    take(id, 0, 0, 1, "abc");
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
    EQUAL(told(id).msg_qnum, 1);
    take_away(id);
}

CASE(msgrcv, "EIDRM: the queue is taken away meanwhile; the number is free then")
{
    int id = made(), status;
    struct message message;
    pid_t child = fork();

    CHECK(child >= 0);
    if (child == 0) {
        FAILS(msgrcv(id, &message, 16, 0, 0), EIDRM);
        _exit(0);
    }
    conform_until_sleeping(child);
    take_away(id);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
    EQUAL(msgrcv(id, &message, 16, 0, IPC_NOWAIT), -1);
    CHECK(errno == EINVAL || errno == EIDRM);
}

static void note(int number)
{
    (void)number;
}

CASE(msgrcv, "EINTR: a signal, with SA_RESTART too")
{
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    int id = made(), status;
    struct message message;
    pid_t child;

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        FAILS(msgrcv(id, &message, 16, 0, 0), EINTR);
        _exit(0);
    }
    conform_until_sleeping(child);
    CHECK(kill(child, SIGUSR1) == 0);
    EQUAL(waitpid(child, &status, 0), child);
    EQUAL(conform_exited(status), 0);
    put(id, 1, "stays");
    EQUAL(told(id).msg_qnum, 1);
    take_away(id);
}

CASE(msgctl, "IPC_SET and permissions: EACCES, EPERM")
{
    int id = made(), status;

    if (conform_is_root()) {
        pid_t child = fork();

        CHECK(child >= 0);
        if (child == 0) {
            struct message message = {.type = 1};
            struct msqid_ds other;

            CHECK(setgid(1000) == 0 && setuid(1000) == 0);
            FAILS(msgsnd(id, &message, 1, 0), EACCES);
            FAILS(msgrcv(id, &message, 1, 0, 0), EACCES);
            FAILS(msgctl(id, IPC_STAT, &other), EACCES);
            FAILS(msgctl(id, IPC_RMID, NULL), EPERM);
            _exit(0);
        }
        EQUAL(waitpid(child, &status, 0), child);
        EQUAL(conform_exited(status), 0);
    }
    FAILS(msgctl(id, 99, NULL), EINVAL);
    FAILS(msgctl(id, IPC_STAT, (void *)8), EFAULT);
    take_away(id);
}

CASE(msgctl, "MSG_INFO, MSG_STAT and IPC_INFO tell of the table")
{
    int id = made(), highest, place, found = 0;
    struct msginfo figures;
    struct msqid_ds status;

    put(id, 1, "x");
    highest = msgctl(0, MSG_INFO, (void *)&figures);
    CHECK(highest >= 0);
    CHECK(figures.msgpool >= 1);
    CHECK(figures.msgmap >= 1);
    for (place = 0; place <= highest; place++)
        found += msgctl(place, MSG_STAT, &status) == id;
    EQUAL(found, 1);
    CHECK(msgctl(0, IPC_INFO, (void *)&figures) >= 0);
    EQUAL(figures.msgmax, 8192);
    EQUAL(figures.msgmnb, 16384);
    take_away(id);
}
