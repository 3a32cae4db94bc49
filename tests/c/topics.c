/*
 * Topics without a C library: a process publishes, and its child reads the messages where they lie.
 *
 * aarch64-linux-gnu-gcc -ffreestanding -nostdlib -static -I user/include tests/c/topics.c
 */
#include "plain.h"

#include "commons-topics.h"

#define SYS_CLOSE 57
#define SYS_PPOLL 73
#define POLL_IN 1
#define POLL_URGENT 2
#define POLL_OUT 4
#define POOL_BYTES 65536
#define DEPTH 4
#define MESSAGES 100

static const char NAME[] = "/c-topic";
static const struct region_time PATIENCE = {30, 0};

struct poll_file {
    int32_t fd;
    uint16_t events;
    uint16_t ready;
};

struct message {
    uint64_t number;
    const struct message *self; /* a pointer is good in all processes */
};

/* Sleeps until the file is ready for one of the events. Gives for which. */
static int ready(int fd, uint16_t events)
{
    struct poll_file file = {fd, events, 0};
    long result = commons_call(SYS_PPOLL, (long)&file, 1, (long)&PATIENCE, 0, 0, 0);

    must("ppoll", result == 1, result);
    return file.ready;
}

static void fill(uint8_t *to, uint64_t *length, const char *text)
{
    *length = commons_length(text);
    for (uint64_t index = 0; index < *length; index += 1) {
        to[index] = (uint8_t)text[index];
    }
}

/* The same one each time: a structure that begins as zeroes needs no library to make it so. */
static struct topic_request *ask(int pool, uint32_t flags)
{
    static struct topic_request request;

    request.depth = DEPTH;
    request.flags = flags;
    request.pool = pool;
    request.mode = 0600;
    request.type_size = sizeof(struct message);
    request.type_alignment = _Alignof(struct message);
    fill(request.name, &request.name_length, NAME);
    fill(request.type_name, &request.type_name_length, "message");
    return &request;
}

/* Makes the process's pool: "/pool@" and its number, one address, one writer, gone with it. */
static struct message *make_pool(int *fd)
{
    struct region_request pool = {0};
    char name[32] = "/pool@";
    char digits[24];
    const char *from = digits_of((unsigned long)commons_call(SYS_GETPID, 0, 0, 0, 0, 0, 0),
                                 digits + sizeof digits - 1);
    char *to = name + commons_length(name);
    long at;

    while (*from != '\0') {
        *to++ = *from++;
    }
    pool.bytes = POOL_BYTES;
    pool.mode = 0600;
    pool.flags = REGION_SAME_ADDRESS | REGION_SINGLE_WRITER | REGION_EPHEMERAL | REGION_EXCLUSIVE;
    *fd = region_create(name, &pool);
    must("make the pool", *fd >= 0, *fd);
    at = region_map(*fd, REGION_RIGHT_READ | REGION_RIGHT_WRITE, 0, 0);
    must("map it", !commons_failed(at), at);
    must("no child gets it", region_inherit_view((void *)at, REGION_INHERIT_NONE) >= 0, 0);
    return (struct message *)at;
}

static void subscriber(void)
{
    struct topic_message taken;
    int topic = topic_subscribe(ask(-1, TOPIC_SUBSCRIBE_TRANSIENT_LOCAL));
    long result;

    must("subscribe", topic >= 0, topic);
    for (uint64_t number = 1; number <= MESSAGES; number += 1) {
        const struct message *message;

        must("a message waits", (ready(topic, POLL_IN) & POLL_IN) != 0, (long)number);
        result = topic_take(topic, 0, &PATIENCE, &taken);
        must("take", result >= 0, result);
        message = (const struct message *)taken.address;
        must("it is where it was written", message->self == message, (long)number);
        must("all come, in order", message->number == number && taken.lost == 0, (long)number);
        result = topic_release(topic, taken.entry);
        must("release", result == 0, result);
        result = topic_release(topic, taken.entry);
        must("once", result == -COMMONS_EINVAL, result);
    }
    result = topic_take(topic, TOPIC_TAKE_NO_WAIT, NULL, &taken);
    must("no more", result == -COMMONS_EAGAIN, result);
    quit(0);
}

/* Publishes from places that are free: the kernel tells which are again. */
static void publish_all(int topic, struct message *pool)
{
    uint8_t used[2 * DEPTH] = {0};
    struct topic_freed freed;

    for (uint64_t number = 1; number <= MESSAGES; number += 1) {
        size_t place = 0;
        long result;

        while (used[place] != 0) {
            place += 1;
        }
        used[place] = 1;
        pool[place].number = number;
        pool[place].self = &pool[place];
        must("there is room", (ready(topic, POLL_OUT) & POLL_OUT) != 0, (long)number);
        result = topic_publish(topic, &pool[place], sizeof pool[place], &PATIENCE, &freed);
        must("publish", result >= 0, result);
        for (uint64_t index = 0; index < freed.count; index += 1) {
            used[(const struct message *)freed.addresses[index] - pool] = 0;
        }
    }
    must("reclaim what nobody needs", topic_reclaim(topic, &freed) >= 0, 0);
}

static void what_is_told(int topic)
{
    struct topic_record records[8];
    struct topic_member members[4];
    struct topic_record record;
    long result = topic_info(NAME, &record);

    must("info", result == 0 && record.publishers == 1 && record.subscribers == 1, result);
    must("the policy", record.policy == TOPIC_POLICY_WAIT, record.policy);
    result = topic_status(topic, &record);
    must("status", result == 0 && record.type_size == sizeof(struct message), result);
    result = topic_list(records, 8);
    must("list", result >= 1, result);
    result = topic_members(NAME, members, 4);
    must("two members", result == 2, result);
    must("one publishes", members[0].role == TOPIC_ROLE_PUBLISHER, members[0].role);
    must("from its pool", members[0].pool_bytes == POOL_BYTES, (long)members[0].pool_bytes);
    must("one subscribes", members[1].role == TOPIC_ROLE_SUBSCRIBER, members[1].role);
    must("with its depth", members[1].depth == DEPTH, members[1].depth);
}

int main(void)
{
    int pool_fd;
    struct message *pool = make_pool(&pool_fd);
    struct topic_request *wish = ask(pool_fd, TOPIC_POLICY_WAIT);
    struct topic_record record;
    int topic = topic_advertise(wish);
    int32_t child;
    int status;

    must("advertise", topic >= 0, topic);
    wish = ask(-1, 0);
    wish->type_size = 1;
    status = topic_subscribe(wish);
    must("another type is refused", status == -COMMONS_EPROTOTYPE, status);
    child = fork_child();
    if (child == 0) {
        subscriber();
    }
    must("a subscriber comes", (ready(topic, POLL_URGENT) & POLL_URGENT) != 0, 0);
    what_is_told(topic);
    publish_all(topic, pool);
    status = end_of(child);
    must("the subscriber ends well", status == 0, status);
    (void)commons_call(SYS_CLOSE, topic, 0, 0, 0, 0, 0);
    must("the topic goes", topic_info(NAME, &record) == -COMMONS_ENOENT, 0);
    say("topics: ok\n");
    return 0;
}
