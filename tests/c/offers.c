/*
 * Offers without a C library: pages are given to another process, listed, and taken back.
 *
 * aarch64-linux-gnu-gcc -ffreestanding -nostdlib -static -I user/include tests/c/offers.c
 */
#include "plain.h"

#define SYS_NANOSLEEP 101
#define SYS_KILL 129
#define SYS_MMAP 222
#define SIGKILL 9
#define MAP_PRIVATE_ANONYMOUS 0x22
#define PAGE 4096UL

static const struct region_time PATIENCE = {30, 0};

/* The example: who is given pages claims them. */
static void receive(void)
{
    struct vm_offer_record offer;
    uint64_t size = 0;
    void *pages = NULL;

    must("wait for an offer", vm_wait_offer(&offer, &PATIENCE) == 0, 0);
    must("claim it", vm_claim(offer.pid, (void *)offer.address, &pages, &size, 0) == 0, 0);
    must("its pages are here", size == 2 * PAGE && *(char *)pages == 'A', *(char *)pages);
}

/* The example: who gives pages away offers them. */
static void give(int32_t receiver, void *pages)
{
    must("offer", vm_offer(receiver, pages, 2 * PAGE, VMO_GRANTALL | VMO_DISOWN) == 0, 0);
    must("wait for the claim", vm_wait_claim(receiver, pages, &PATIENCE) == 0, 0);
}

static char *new_pages(void)
{
    long at = commons_call(SYS_MMAP, 0, 2 * PAGE, REGION_RIGHT_READ | REGION_RIGHT_WRITE,
                           MAP_PRIVATE_ANONYMOUS, -1, 0);

    must("pages", !commons_failed(at), at);
    *(char *)at = 'A';
    return (char *)at;
}

/* Loads from pages, in a child: gives how that ends. */
static int reading(const volatile char *pages)
{
    int32_t child = fork_child();

    if (child == 0) {
        quit(*pages == 'A' ? 0 : 1);
    }
    return end_of(child);
}

static void given_away(void)
{
    char *pages = new_pages();
    int32_t receiver = fork_child();
    int status;

    if (receiver == 0) {
        receive();
        quit(0);
    }
    give(receiver, pages);
    status = end_of(receiver);
    must("the receiver ends well", status == 0, status);
    status = reading(pages);
    must("the giver can't read them", (status & 0x7f) == SIGSEGV, status);
}

static void taken_back(void)
{
    struct vm_offer_record list[2] = {{7, 7, 7, 7, 7, 7}, {7, 7, 7, 7, 7, 7}};
    struct region_time moment = {0, 1000000};
    char *pages = new_pages();
    int32_t nobody = fork_child();
    uint64_t count = 0;
    int result;

    if (nobody == 0) {
        for (;;) {
            (void)commons_call(SYS_NANOSLEEP, (long)&PATIENCE, 0, 0, 0, 0, 0);
        }
    }
    result = vm_offer(nobody, pages, 2 * PAGE, VMO_GRANT_R);
    must("offer to read", result == 0, result);
    result = vm_offer(nobody, pages + PAGE, PAGE, VMO_GRANT_W);
    must("and a part to write", result == 0, result);
    result = vm_offer(nobody, pages + 1, PAGE, VMO_GRANT_R);
    must("whole pages only", result == -COMMONS_EINVAL, result);
    count = 1;
    result = vm_listoffer(list, &count);
    must("too short a list", result == -COMMONS_ERANGE && count == 2, result);
    must("stays as it was", list[0].pid == 7, list[0].pid);
    result = vm_listoffer(list, &count);
    must("both are listed", result == 0 && count == 2, result);
    must("with the receiver", (int32_t)list[0].pid == nobody, list[0].pid);
    must("as sent", list[0].direction == VMO_DIRECTION_SENT, list[0].direction);
    must("with their sizes", list[0].bytes + list[1].bytes == 3 * PAGE, (long)list[0].bytes);
    result = vm_offer(nobody, pages + PAGE, 0, 0);
    must("cancel one", result == 0, result);
    result = vm_offer(nobody, pages + PAGE, 0, 0);
    must("once", result == -COMMONS_ENOENT, result);
    result = vm_wait_claim(nobody, pages, &moment);
    must("nobody claims the other", result == -COMMONS_ETIMEDOUT, result);
    result = vm_offer(nobody, pages, 0, 0);
    must("cancel it, too", result == 0, result);
    count = 0;
    result = vm_listoffer(NULL, &count);
    must("none is left", result == 0 && count == 0, result);
    must("the pages are as they were", reading(pages) == 0, 0);
    (void)commons_call(SYS_KILL, nobody, SIGKILL, 0, 0, 0, 0);
    must("the other ends", end_of(nobody) == SIGKILL, 0);
}

int main(void)
{
    given_away();
    taken_back();
    say("offers: ok\n");
    return 0;
}
