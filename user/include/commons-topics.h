/*
 * Commons' own calls for C programs: topics, which are messages that many publish and many read
 * where they lie.
 *
 * A publisher's pool is a region made with REGION_SAME_ADDRESS | REGION_SINGLE_WRITER, which it has
 * mapped. Results are as in commons.h.
 */
#ifndef COMMONS_TOPICS_H
#define COMMONS_TOPICS_H

#include "commons.h"

/* Numbers of the calls. */
#define COMMONS_SYS_TOPIC_ADVERTISE 0x1030
#define COMMONS_SYS_TOPIC_SUBSCRIBE 0x1031
#define COMMONS_SYS_TOPIC_PUBLISH 0x1032
#define COMMONS_SYS_TOPIC_TAKE 0x1033
#define COMMONS_SYS_TOPIC_RELEASE 0x1034
#define COMMONS_SYS_TOPIC_LIST 0x1035
#define COMMONS_SYS_TOPIC_INFO 0x1036
#define COMMONS_SYS_TOPIC_STATUS 0x1037
#define COMMONS_SYS_TOPIC_RECLAIM 0x1038
#define COMMONS_SYS_TOPIC_MEMBERS 0x1039

/* Error numbers that only these calls give. */
#define COMMONS_EPROTOTYPE 91
#define COMMONS_ENOBUFS 105

/* What becomes of a message for which a publisher's queue has no room. */
#define TOPIC_POLICY_OVERWRITE 0 /* the oldest that nobody is reading leaves */
#define TOPIC_POLICY_REFUSE 1    /* EAGAIN */
#define TOPIC_POLICY_WAIT 2      /* its publisher waits */

/* Flags of topic_subscribe. */
#define TOPIC_SUBSCRIBE_TRANSIENT_LOCAL 1 /* begin with the messages that are still there */
#define TOPIC_SUBSCRIBE_IGNORE_LOCAL 2    /* pass over messages of the same process */

/* Flags of topic_take. */
#define TOPIC_TAKE_LATEST 1  /* the newest, and not the oldest that was not taken yet */
#define TOPIC_TAKE_AGAIN 2   /* if there is no new one, the last one again */
#define TOPIC_TAKE_NO_WAIT 4 /* EAGAIN, and no waiting */

/* What a member of a topic does. */
#define TOPIC_ROLE_PUBLISHER 0
#define TOPIC_ROLE_SUBSCRIBER 1
#define TOPIC_ROLE_DEPARTED 2 /* it has gone, and what it left is still to be read */

/* What topic_advertise and topic_subscribe are asked for. */
struct topic_request {
    uint32_t depth; /* messages that stay; or how far a subscriber looks back */
    uint32_t flags; /* TOPIC_POLICY_*, or TOPIC_SUBSCRIBE_* */
    int32_t pool; /* the pool's descriptor; -1 for a subscriber */
    uint32_t mode; /* of a topic that is made: reading is subscribing, writing is publishing */
    uint64_t name_length;
    uint8_t name[256];
    uint64_t type_size; /* 0 for messages of any length */
    uint64_t type_alignment;
    uint64_t type_layout;
    uint64_t type_name_length; /* 0 for any type */
    uint8_t type_name[96];
};

/* Addresses of messages whose memory is the publisher's own again. */
struct topic_freed {
    uint64_t count;
    uint64_t addresses[15];
};

/* A message that was taken. */
struct topic_message {
    uint64_t entry; /* for topic_release */
    uint64_t address; /* where it lies, in all processes */
    uint64_t length;
    uint64_t lost; /* messages before it that the subscriber does not get */
    uint64_t time; /* nanoseconds since boot */
    uint32_t publisher;
    uint32_t pid;
};

/* A topic, as topic_list, topic_info and topic_status tell it. */
struct topic_record {
    uint64_t published;
    uint64_t bytes;
    uint64_t entries;
    uint64_t changes;
    uint32_t publishers;
    uint32_t subscribers;
    uint32_t policy;
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t member; /* topic_status: who asks; else 0 */
    uint32_t reserved;
    uint64_t name_length;
    uint8_t name[256];
    uint64_t type_size;
    uint64_t type_alignment;
    uint64_t type_layout;
    uint64_t type_name_length;
    uint8_t type_name[96];
};

/* A publisher or a subscriber of a topic. */
struct topic_member {
    uint64_t pool_address; /* of a publisher, in all processes */
    uint64_t pool_bytes;
    uint32_t member; /* its number in the topic */
    uint32_t pid;
    uint32_t role; /* TOPIC_ROLE_* */
    uint32_t depth;
    uint32_t messages; /* that wait for a subscriber; that a publisher has there */
    uint32_t held; /* by the subscriber; of the publisher */
    uint64_t passed; /* messages that it has taken; that it has published */
};

/* Begins to publish. Gives a descriptor; closing it ends that. */
static inline int topic_advertise(const struct topic_request *request)
{
    return (int)commons_call(COMMONS_SYS_TOPIC_ADVERTISE, (long)request, (long)sizeof *request, 0, 0,
                             0, 0);
}

/* Begins to subscribe. Gives a descriptor; closing it ends that. */
static inline int topic_subscribe(const struct topic_request *request)
{
    return (int)commons_call(COMMONS_SYS_TOPIC_SUBSCRIBE, (long)request, (long)sizeof *request, 0, 0,
                             0, 0);
}

/* Publishes bytes of the pool; the time is for TOPIC_POLICY_WAIT, NULL for ever. Gives a number. */
static inline long topic_publish(int fd, const void *message, size_t length,
                                 const struct region_time *timeout, struct topic_freed *freed)
{
    return commons_call(COMMONS_SYS_TOPIC_PUBLISH, fd, (long)message, (long)length, (long)timeout,
                        (long)freed, 0);
}

/* Takes a message; NULL waits for ever. Gives its number. */
static inline long topic_take(int fd, uint32_t flags, const struct region_time *timeout,
                              struct topic_message *message)
{
    return commons_call(COMMONS_SYS_TOPIC_TAKE, fd, (long)flags, (long)timeout, (long)message, 0, 0);
}

/* Gives a message back, which is not read any more. */
static inline int topic_release(int fd, uint64_t entry)
{
    return (int)commons_call(COMMONS_SYS_TOPIC_RELEASE, fd, (long)entry, 0, 0, 0, 0);
}

/* Fills in as many records as fit; gives how many topics there are. */
static inline long topic_list(struct topic_record *records, size_t capacity)
{
    return commons_call(COMMONS_SYS_TOPIC_LIST, (long)records, (long)capacity, 0, 0, 0, 0);
}

/* Tells what the topic of this name is like. */
static inline int topic_info(const char *name, struct topic_record *record)
{
    return (int)commons_call(COMMONS_SYS_TOPIC_INFO, (long)name, (long)commons_length(name),
                             (long)record, 0, 0, 0);
}

/* Fills in as many records as fit; gives how many publishers and subscribers there are. */
static inline long topic_members(const char *name, struct topic_member *records, size_t capacity)
{
    return commons_call(COMMONS_SYS_TOPIC_MEMBERS, (long)name, (long)commons_length(name),
                        (long)records, (long)capacity, 0, 0);
}

/* Tells what a member's topic is like; comings and goings up to now are no news any more. */
static inline int topic_status(int fd, struct topic_record *record)
{
    return (int)commons_call(COMMONS_SYS_TOPIC_STATUS, fd, (long)record, 0, 0, 0, 0);
}

/* Tells which messages are the publisher's own again. Gives how many. */
static inline long topic_reclaim(int fd, struct topic_freed *freed)
{
    return commons_call(COMMONS_SYS_TOPIC_RECLAIM, fd, (long)freed, 0, 0, 0, 0);
}

#endif
