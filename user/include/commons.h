/*
 * Commons' own calls for C programs: regions, and mapping objects over them.
 *
 * POSIX's calls (shm_open, mmap, sem_open and so on) are the C library's own, and reach the same
 * objects: the region "/demo" is the file /dev/shm/demo.
 *
 * Every function is static inline and makes one system call, so this file is all that is needed, with
 * a C library (hosted) or without (-ffreestanding -nostdlib). A result below 0 is the negated error
 * number, as in -EDQUOT; errno is neither read nor set, so that the file needs no library. Pointers
 * are results of type long; commons_failed() tells an error from an address.
 */
#ifndef COMMONS_H
#define COMMONS_H

#ifndef __aarch64__
#error "Commons runs on AArch64: compile with aarch64-linux-gnu-gcc or clang --target=aarch64-linux-gnu"
#endif

#include <stddef.h>
#include <stdint.h>

/* Numbers of the calls. */
#define COMMONS_SYS_REGION_CREATE 0x1000
#define COMMONS_SYS_REGION_OPEN 0x1001
#define COMMONS_SYS_REGION_SET_LENGTH 0x1002
#define COMMONS_SYS_REGION_MAP 0x1003
#define COMMONS_SYS_REGION_UNMAP 0x1004
#define COMMONS_SYS_REGION_UNLINK 0x1005
#define COMMONS_SYS_REGION_LIST 0x1006
#define COMMONS_SYS_REGION_STAT 0x1007
#define COMMONS_SYS_REGION_DEPARTURE_WORD 0x1008
#define COMMONS_SYS_REGION_READ 0x1009
#define COMMONS_SYS_REGION_WRITE 0x100A
#define COMMONS_SYS_REGION_SEAL 0x100B
#define COMMONS_SYS_REGION_NOTIFY 0x100C
#define COMMONS_SYS_REGION_WAIT_CHANGE 0x100D
#define COMMONS_SYS_REGION_LOCK 0x100E
#define COMMONS_SYS_REGION_UNLOCK 0x100F
#define COMMONS_SYS_REGION_WAIT_NAME 0x1013
#define COMMONS_SYS_REGION_LEAVE 0x1014
#define COMMONS_SYS_REGION_INHERIT_HANDLE 0x1015
#define COMMONS_SYS_REGION_INHERIT_VIEW 0x1016
#define COMMONS_SYS_REGION_APPROVE 0x1017
#define COMMONS_SYS_REGION_QUOTA 0x1018
#define COMMONS_SYS_REGION_HANDLES 0x1019
#define COMMONS_SYS_REGION_VIEWS 0x101A
#define COMMONS_SYS_REGION_PAGES 0x101B
#define COMMONS_SYS_VM_OFFER 0x1020
#define COMMONS_SYS_VM_CLAIM 0x1021
#define COMMONS_SYS_VM_LIST_OFFERS 0x1022
#define COMMONS_SYS_VM_WAIT_OFFER 0x1023
#define COMMONS_SYS_VM_OFFER_DESCRIPTOR 0x1024
#define COMMONS_SYS_VM_WAIT_CLAIM 0x1025
#define COMMONS_SYS_VM_OFFER_LOG 0x1026

/* Error numbers, with Linux's values; a library's <errno.h> has the same without the prefix. */
#define COMMONS_EPERM 1
#define COMMONS_ENOENT 2
#define COMMONS_ESRCH 3
#define COMMONS_EINTR 4
#define COMMONS_EBADF 9
#define COMMONS_EAGAIN 11
#define COMMONS_ENOMEM 12
#define COMMONS_EACCES 13
#define COMMONS_EFAULT 14
#define COMMONS_EBUSY 16
#define COMMONS_EEXIST 17
#define COMMONS_EINVAL 22
#define COMMONS_EMFILE 24
#define COMMONS_EFBIG 27
#define COMMONS_ENOSPC 28
#define COMMONS_ERANGE 34
#define COMMONS_EDEADLK 35
#define COMMONS_ENAMETOOLONG 36
#define COMMONS_ENOSYS 38
#define COMMONS_ETIMEDOUT 110
#define COMMONS_EDQUOT 122
#define COMMONS_EOWNERDEAD 130

/* What may be done with pages; PROT_* of <sys/mman.h>. */
#define REGION_RIGHT_READ 1
#define REGION_RIGHT_WRITE 2
#define REGION_RIGHT_EXECUTE 4

/* Flags of region_create and region_open. */
#define REGION_EXCLUSIVE 1          /* fail with EEXIST if there is one of that name */
#define REGION_READ_ONLY 2          /* a descriptor that cannot write */
#define REGION_CLOSE_ON_EXEC 4      /* close the descriptor at exec */
#define REGION_EPHEMERAL 8          /* the name goes with the last descriptor and view */
#define REGION_SINGLE_WRITER 0x10   /* one descriptor may write at a time */
#define REGION_VIEWS_READ_ONLY 0x20 /* views may only read; region_write changes data */
#define REGION_SAME_ADDRESS 0x40    /* all views of the whole region have one address */
#define REGION_SPARSE 0x80          /* no memory is set aside */

/* What can no longer be done to a region. */
#define REGION_SEAL_SEAL 1
#define REGION_SEAL_SHRINK 2
#define REGION_SEAL_GROW 4
#define REGION_SEAL_WRITE 8
#define REGION_SEAL_FUTURE_WRITE 0x10

/* What is true of a region now, in region_record.state. */
#define REGION_STATE_LOCKED 1
#define REGION_STATE_DIRTY 2

/* Flags of region_lock (TRY) and region_unlock (CONSISTENT). */
#define REGION_LOCK_TRY 1
#define REGION_LOCK_CONSISTENT 2

/* What children get of a handle or a view. */
#define REGION_INHERIT_SHARE 0
#define REGION_INHERIT_SHARE_READ_ONLY 1
#define REGION_INHERIT_COPY 2
#define REGION_INHERIT_NONE 3
#define REGION_INHERIT_ASK 4

/* Kinds of changes. */
#define REGION_CHANGE_NOTIFIED 0
#define REGION_CHANGE_WRITTEN 1
#define REGION_CHANGE_GROWN 2
#define REGION_CHANGE_SHRUNK 3
#define REGION_CHANGE_SEALED 4

/* What a quota is for. */
#define REGION_QUOTA_REGION 0
#define REGION_QUOTA_PROCESS 1
#define REGION_QUOTA_USER 2
#define REGION_QUOTA_PROCESS_DEFAULT 3
#define REGION_QUOTA_USER_DEFAULT 4
#define REGION_QUOTA_UNLIMITED UINT64_MAX

/* A duration, as struct timespec is one. */
struct region_time {
    int64_t seconds;
    int64_t nanoseconds;
};

/* What region_create is asked for. */
struct region_request {
    uint64_t bytes;    /* length */
    uint64_t maximum;  /* the length that it may grow to; 0: the length rounded up to 2 MiB */
    uint32_t flags;    /* REGION_... */
    uint32_t mode;     /* permissions; the umask is taken away */
    uint32_t seals;    /* REGION_SEAL_... from the beginning */
    uint32_t reserved; /* 0 */
};

/* One region. */
struct region_record {
    uint64_t id; /* never used again */
    uint64_t length;
    uint64_t maximum;
    uint64_t resident_pages;
    uint64_t changes; /* the number of the last change */
    uint64_t opens;
    uint64_t faults;
    uint64_t address; /* of all views, or 0 */
    uint32_t descriptors;
    uint32_t views;
    uint32_t readers; /* address spaces that map it to read */
    uint32_t writers; /* address spaces that map it to write */
    uint32_t users;   /* descriptors and views */
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint32_t flags;      /* REGION_... */
    uint32_t seals;      /* REGION_SEAL_... */
    uint32_t state;      /* REGION_STATE_... */
    uint32_t lock_owner; /* the process that holds its lock, or 0 */
    uint32_t charged_uid;
    uint32_t name_length; /* 0 without a name */
    uint8_t name[256];    /* not NUL-terminated */
};

/* One change. */
struct region_change {
    uint64_t number; /* from 1; those between the last one seen and this are forgotten */
    uint64_t offset; /* the first byte that changed, or the new length */
    uint64_t length; /* 0 where it is not known */
    uint32_t pid;    /* who made it */
    uint32_t kind;   /* REGION_CHANGE_... */
};

/* A descriptor of a region that a process has. */
struct region_handle {
    uint64_t region;
    uint64_t length;
    uint32_t fd;
    uint32_t rights;      /* REGION_RIGHT_... */
    uint32_t inheritance; /* REGION_INHERIT_... */
    uint32_t name_length;
    uint8_t name[256];
};

/* A view that a process has. */
struct region_view {
    uint64_t start;
    uint64_t bytes;
    uint64_t offset;
    uint64_t region; /* 0 for private memory */
    uint64_t resident_pages;
    uint32_t linked_units;
    uint32_t protection; /* REGION_RIGHT_... now */
    uint32_t maximum;    /* REGION_RIGHT_... that it may ever have */
    uint32_t shared;
    uint32_t inheritance; /* REGION_INHERIT_... */
    uint32_t name_length;
    uint8_t name[256];
};

/* A quota, in pages. */
struct region_quota {
    uint64_t limit; /* REGION_QUOTA_UNLIMITED for none */
    uint64_t used;
};

/* What the receiver of offered pages gets, and what the offerer loses, once they are claimed.
 * Granting W or X grants R; dropping R drops all. W and X together are refused. */
#define VMO_GRANT_R 1
#define VMO_GRANT_W 2
#define VMO_GRANT_X 4
#define VMO_DROP_R 8
#define VMO_DROP_W 16
#define VMO_DROP_X 32
#define VMO_GRANTALL 7 /* what the offerer may do now */
#define VMO_DISOWN 56  /* the pages leave the offerer */

/* Whether an offer was made by the process that lists it, or to it. */
#define VMO_DIRECTION_SENT 0
#define VMO_DIRECTION_RECEIVED 1

/* An offer that nobody has claimed yet. */
struct vm_offer_record {
    uint64_t address; /* in the offerer */
    uint64_t bytes;
    uint32_t pid;       /* the other process */
    uint32_t direction; /* VMO_DIRECTION_... */
    uint32_t flags;     /* VMO_... */
    uint32_t reserved;
};

/* What the kernel's log begins with; behind LOG_HEADER_BYTES comes a ring of lines. The byte at a
 * position lies at LOG_HEADER_BYTES + position % LOG_RING_BYTES. Load written, copy, load reserved:
 * what lies more than LOG_RING_BYTES before reserved may be torn. written is a futex, too. */
#define LOG_BYTES 65536
#define LOG_HEADER_BYTES 64
#define LOG_RING_BYTES 65472
struct log_header {
    uint64_t written;
    uint64_t reserved;
};

/* Makes any system call. */
static inline long commons_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc #0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory", "cc");
    return x0;
}

/* Whether a result is a negated error number, and not an address or a count. */
static inline int commons_failed(long result)
{
    return (unsigned long)result > (unsigned long)-4096L;
}

static inline size_t commons_length(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0') {
        length += 1;
    }
    return length;
}

/* ---- Regions: the native calls. A name begins with '/' and ends with NUL. ---- */

/* Creates a region, or opens the one of that name; "" makes one without a name. Gives a descriptor. */
static inline int region_create(const char *name, const struct region_request *request)
{
    return (int)commons_call(COMMONS_SYS_REGION_CREATE, (long)name, (long)commons_length(name),
                             (long)request, (long)sizeof *request, 0, 0);
}

/* Opens a region. Gives a descriptor. */
static inline int region_open(const char *name, uint32_t flags)
{
    return (int)commons_call(COMMONS_SYS_REGION_OPEN, (long)name, (long)commons_length(name),
                             (long)flags, 0, 0, 0);
}

/* Makes a region longer or shorter. */
static inline int region_set_length(int fd, uint64_t bytes)
{
    return (int)commons_call(COMMONS_SYS_REGION_SET_LENGTH, fd, (long)bytes, 0, 0, 0, 0);
}

/* Maps bytes of a region, or, for 0, all of it with room to grow. Gives the address. */
static inline long region_map(int fd, uint32_t rights, uint64_t offset, uint64_t bytes)
{
    return commons_call(COMMONS_SYS_REGION_MAP, fd, (long)rights, (long)offset, (long)bytes, 0, 0);
}

/* Ends the view that begins at the address. */
static inline int region_unmap(void *address)
{
    return (int)commons_call(COMMONS_SYS_REGION_UNMAP, (long)address, 0, 0, 0, 0, 0);
}

/* Removes a name. */
static inline int region_unlink(const char *name)
{
    return (int)commons_call(COMMONS_SYS_REGION_UNLINK, (long)name, (long)commons_length(name), 0, 0,
                             0, 0);
}

/* Fills as many records as fit. Gives the number of regions. */
static inline long region_list(struct region_record *records, size_t capacity)
{
    return commons_call(COMMONS_SYS_REGION_LIST, (long)records, (long)capacity, 0, 0, 0, 0);
}

/* Reads a region's record. */
static inline int region_stat(int fd, struct region_record *record)
{
    return (int)commons_call(COMMONS_SYS_REGION_STAT, fd, (long)record, 0, 0, 0, 0);
}

/* For region_departure_word: an announced word is to be left alone. */
#define COMMONS_DEPARTURE_WITHDRAW 1

/* Has the kernel add 1 to the word, in a shared view, and wake its waiters when the caller ends. */
static inline int region_departure_word(uint32_t *word)
{
    return (int)commons_call(COMMONS_SYS_REGION_DEPARTURE_WORD, (long)word, 0, 0, 0, 0, 0);
}

/* Has the kernel leave such a word alone. */
static inline int region_withdraw_departure_word(uint32_t *word)
{
    return (int)commons_call(COMMONS_SYS_REGION_DEPARTURE_WORD, (long)word, COMMONS_DEPARTURE_WITHDRAW, 0, 0, 0, 0);
}

/* Copies bytes out in one piece; fewer at the region's end. Gives how many. */
static inline long region_read(int fd, uint64_t offset, void *bytes, size_t size)
{
    return commons_call(COMMONS_SYS_REGION_READ, fd, (long)offset, (long)bytes, (long)size, 0, 0);
}

/* Copies all of the bytes in, in one piece, or fails and changes nothing. */
static inline long region_write(int fd, uint64_t offset, const void *bytes, size_t size)
{
    return commons_call(COMMONS_SYS_REGION_WRITE, fd, (long)offset, (long)bytes, (long)size, 0, 0);
}

/* Adds seals (0: none). Gives all seals. */
static inline int region_seal(int fd, uint32_t seals)
{
    return (int)commons_call(COMMONS_SYS_REGION_SEAL, fd, (long)seals, 0, 0, 0, 0);
}

/* Tells those who wait that bytes have changed. Gives the change's number. */
static inline long region_notify(int fd, uint64_t offset, uint64_t length)
{
    return commons_call(COMMONS_SYS_REGION_NOTIFY, fd, (long)offset, (long)length, 0, 0, 0);
}

/* Waits for a change later than number `seen`; timeout NULL waits for ever, change may be NULL. */
static inline long region_wait_change(int fd, uint64_t seen, const struct region_time *timeout,
                                      struct region_change *change)
{
    return commons_call(COMMONS_SYS_REGION_WAIT_CHANGE, fd, (long)seen, (long)timeout, (long)change,
                        0, 0);
}

/* Takes the region's lock. -EOWNERDEAD has taken it too: its last holder died. */
static inline int region_lock(int fd, uint32_t flags, const struct region_time *timeout)
{
    return (int)commons_call(COMMONS_SYS_REGION_LOCK, fd, (long)flags, (long)timeout, 0, 0, 0);
}

/* Gives the region's lock back. */
static inline int region_unlock(int fd, uint32_t flags)
{
    return (int)commons_call(COMMONS_SYS_REGION_UNLOCK, fd, (long)flags, 0, 0, 0, 0);
}

/* Waits until a region of that name exists. */
static inline int region_wait_name(const char *name, const struct region_time *timeout)
{
    return (int)commons_call(COMMONS_SYS_REGION_WAIT_NAME, (long)name, (long)commons_length(name),
                             (long)timeout, 0, 0, 0);
}

/* Ends all of the caller's views of the region, and closes the descriptor. */
static inline int region_leave(int fd)
{
    return (int)commons_call(COMMONS_SYS_REGION_LEAVE, fd, 0, 0, 0, 0, 0);
}

/* Sets what children get of a descriptor. Gives what it was. */
static inline int region_inherit_handle(int fd, uint32_t inheritance)
{
    return (int)commons_call(COMMONS_SYS_REGION_INHERIT_HANDLE, fd, (long)inheritance, 0, 0, 0, 0);
}

/* Sets what children get of the view at an address. Gives what it was. */
static inline int region_inherit_view(void *address, uint32_t inheritance)
{
    return (int)commons_call(COMMONS_SYS_REGION_INHERIT_VIEW, (long)address, (long)inheritance, 0, 0,
                             0, 0);
}

/* Decides what a child gets that was to be asked for; rights 0 denies. */
static inline int region_approve(int32_t pid, int fd, uint32_t rights)
{
    return (int)commons_call(COMMONS_SYS_REGION_APPROVE, pid, fd, (long)rights, 0, 0, 0);
}

/* Sets a quota (NULL: does not), and tells what it was (NULL: does not). */
static inline int region_quota(uint32_t scope, uint32_t number, const struct region_quota *set,
                               struct region_quota *old)
{
    return (int)commons_call(COMMONS_SYS_REGION_QUOTA, (long)scope, (long)number, (long)set,
                             (long)old, 0, 0);
}

/* Fills as many records as fit; pid 0 is the caller. Gives the number of descriptors of regions. */
static inline long region_handles(int32_t pid, struct region_handle *records, size_t capacity)
{
    return commons_call(COMMONS_SYS_REGION_HANDLES, pid, (long)records, (long)capacity, 0, 0, 0);
}

/* Fills as many records as fit; pid 0 is the caller. Gives the number of views. */
static inline long region_views(int32_t pid, struct region_view *records, size_t capacity)
{
    return commons_call(COMMONS_SYS_REGION_VIEWS, pid, (long)records, (long)capacity, 0, 0, 0);
}

/* Tells of each STRIDEth page from FIRST on: 0 if it has no memory yet, else a number that changes when some of its
 * bytes do. Gives how many words were filled: fewer than COUNT at the region's end. Who asks does not use the region:
 * an ephemeral one goes with its last user. */
static inline long region_pages(const char *name, uint64_t first, uint64_t stride, uint32_t *words, size_t count)
{
    return commons_call(COMMONS_SYS_REGION_PAGES, (long)name, (long)commons_length(name), (long)first,
                        (long)stride, (long)words, (long)count);
}

/* ---- Offers: pages given to one process, or shared with it, without a copy. ---- */

/* Offers whole pages to a process; nothing changes until it claims them. Length 0 cancels. */
static inline int vm_offer(int32_t pid, void *address, size_t length, uint32_t flags)
{
    return (int)commons_call(COMMONS_SYS_VM_OFFER, pid, (long)address, (long)length, (long)flags, 0,
                             0);
}

/* Takes what a process has offered at an address of its own; tells where it is here. */
static inline int vm_claim(int32_t pid, const void *remote, void **local, uint64_t *size,
                           uint32_t flags)
{
    return (int)commons_call(COMMONS_SYS_VM_CLAIM, pid, (long)remote, (long)local, (long)size,
                             (long)flags, 0);
}

/* Lists the caller's offers; *count is the room, and afterwards how many there are. If they do not
 * fit, the list stays as it was (-COMMONS_ERANGE). */
static inline int vm_listoffer(struct vm_offer_record *list, uint64_t *count)
{
    return (int)commons_call(COMMONS_SYS_VM_LIST_OFFERS, (long)list, (long)count, 0, 0, 0, 0);
}

/* Waits for an offer to the caller, at most for a time if it is not null; tells the oldest. */
static inline int vm_wait_offer(struct vm_offer_record *offer, const struct region_time *timeout)
{
    return (int)commons_call(COMMONS_SYS_VM_WAIT_OFFER, (long)offer, (long)timeout, 0, 0, 0, 0);
}

/* Waits until an offer of the caller is open no longer. */
static inline int vm_wait_claim(int32_t pid, const void *address, const struct region_time *timeout)
{
    return (int)commons_call(COMMONS_SYS_VM_WAIT_CLAIM, pid, (long)address, (long)timeout, 0, 0, 0);
}

/* A descriptor that poll() tells readable while an offer to the caller is open. read() gives records
 * of the open offers, the oldest first, and takes none away. Flags: O_CLOEXEC, O_NONBLOCK. A child
 * does not inherit it. */
static inline int vm_offer_descriptor(uint32_t flags)
{
    return (int)commons_call(COMMONS_SYS_VM_OFFER_DESCRIPTOR, (long)flags, 0, 0, 0, 0, 0);
}

/* The kernel, which is process 0, offers its log to the caller (root only). Gives the address by
 * which it is claimed: vm_claim(0, (void *)address, ...). */
static inline long vm_offer_log(void)
{
    return commons_call(COMMONS_SYS_VM_OFFER_LOG, 0, 0, 0, 0, 0, 0);
}

/* ---- Mapping objects. A handle is a descriptor, good in its own process only. ---- */

/* Flag of CreateRegion: the object stays when its last user has gone. Others: REGION_... */
#define MMF_PERSISTENT 0x80000000u

/* Makes an object, or opens the one of that name. Without flags it goes with its last user, has its
 * memory set aside, never gets shorter, and may be opened by its owner only. */
static inline int CreateRegion(const char *name, uint64_t bytes, uint32_t flags)
{
    struct region_request request = {0, 0, 0, 0, 0, 0};
    if (bytes == 0 || name[0] == '\0') {
        return -COMMONS_EINVAL;
    }
    request.bytes = bytes;
    request.flags = (flags & ~MMF_PERSISTENT) | REGION_CLOSE_ON_EXEC;
    if ((flags & MMF_PERSISTENT) == 0) {
        request.flags |= REGION_EPHEMERAL;
    }
    request.mode = 0600;
    request.seals = REGION_SEAL_SHRINK;
    return region_create(name, &request);
}

/* Gives a handle of an object that another process has made; flags: 0 or REGION_READ_ONLY. */
static inline int OpenRegion(const char *name, uint32_t flags)
{
    return region_open(name, flags | REGION_CLOSE_ON_EXEC);
}

/* Makes bytes of an object reachable; 0 for all of it, with room to grow. Gives the pointer. */
static inline long CreateMapping(int handle, uint32_t access, uint64_t offset, uint64_t bytes)
{
    return region_map(handle, access, offset, bytes);
}

/* Copies bytes out in one piece. Gives how many: fewer at the end, 0 behind it. */
static inline long MMF_Read(int handle, uint64_t offset, void *bytes, size_t size)
{
    return region_read(handle, offset, bytes, size);
}

/* Copies all of the bytes in, in one piece; -ERANGE across the end, and nothing is written. */
static inline long MMF_Write(int handle, uint64_t offset, const void *bytes, size_t size)
{
    return region_write(handle, offset, bytes, size);
}

/* Tells those who wait that bytes have changed. Gives the change's number. */
static inline long Notify(int handle, uint64_t offset, uint64_t length)
{
    return region_notify(handle, offset, length);
}

/* Waits for a change later than number `seen`. Gives the change's number. */
static inline long WaitChange(int handle, uint64_t seen, const struct region_time *timeout,
                              struct region_change *change)
{
    return region_wait_change(handle, seen, timeout, change);
}

/* Makes an object longer, up to its maximum; every view reaches what is new at once. */
static inline int Grow(int handle, uint64_t bytes)
{
    struct region_record record;
    int result = region_stat(handle, &record);
    if (result < 0 || record.length >= bytes) {
        return result;
    }
    result = region_set_length(handle, bytes);
    if (result == -COMMONS_EPERM && region_stat(handle, &record) == 0 && record.length >= bytes) {
        return 0; /* another process was faster, and made it longer than this */
    }
    return result;
}

/* Leaves: all views end, the handle is closed. The last one who does destroys the object. */
static inline int FileMappingDecRef(int handle)
{
    return region_leave(handle);
}

/* Sets what children get of a handle: REGION_INHERIT_... Gives what it was. */
static inline int SetHandleInheritance(int handle, uint32_t inheritance)
{
    return region_inherit_handle(handle, inheritance);
}

/* Sets what children get of the view at an address: REGION_INHERIT_... Gives what it was. */
static inline int SetViewInheritance(void *address, uint32_t inheritance)
{
    return region_inherit_view(address, inheritance);
}

/* Decides what a child gets that was to be asked for: REGION_RIGHT_..., or 0 to deny. */
static inline int ApproveChild(int handle, int32_t pid, uint32_t rights)
{
    return region_approve(pid, handle, rights);
}

/* Waits until an object of that name exists. */
static inline int WaitForName(const char *name, const struct region_time *timeout)
{
    return region_wait_name(name, timeout);
}

#endif
