/*
 * Mapping objects without a C library: a parent and its child share an object by name.
 *
 * aarch64-linux-gnu-gcc -ffreestanding -nostdlib -static -I user/include tests/c/mapping.c
 */
#include "commons.h"

#define SYS_WRITE 64
#define SYS_EXIT_GROUP 94
#define SYS_GETPID 172
#define SYS_CLONE 220
#define SYS_WAIT4 260
#define SIGCHLD 17

static const char NAME[] = "/c-mapping";

static void say(const char *text)
{
    (void)commons_call(SYS_WRITE, 1, (long)text, (long)commons_length(text), 0, 0, 0);
}

static void quit(int status)
{
    for (;;) {
        (void)commons_call(SYS_EXIT_GROUP, status, 0, 0, 0, 0, 0);
    }
}

/* Tells a failed step with its error number, and ends the program. */
static void must(const char *step, int holds, long result)
{
    char digits[24];
    char *end = digits + sizeof digits - 1;
    unsigned long number = (unsigned long)(result < 0 ? -result : result);

    if (holds) {
        return;
    }
    *end = '\0';
    do {
        end -= 1;
        *end = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    say("FAILED ");
    say(step);
    say(result < 0 ? ": -" : ": ");
    say(end);
    say("\n");
    quit(1);
}

/* A later user: gets a handle by the name, waits for the change, and answers in the object. */
static int later_user(void)
{
    struct region_time patience = {30, 0};
    struct region_change change;
    uint32_t answer = 0;
    long result;
    int handle = OpenRegion(NAME, 0);

    must("open by name", handle >= 0, handle);
    result = WaitChange(handle, 0, &patience, &change);
    must("wait for the change", result >= 1, result);
    result = MMF_Read(handle, 0, &answer, sizeof answer);
    must("read", result == sizeof answer, result);
    answer += 1;
    result = MMF_Write(handle, 8, &answer, sizeof answer);
    must("answer", result == sizeof answer, result);
    result = FileMappingDecRef(handle);
    must("leave", result == 0, result);
    return 0;
}

static void first_user(int handle, long child)
{
    struct region_record record;
    uint32_t value = 41;
    int status = -1;
    volatile uint32_t *words;
    long result = CreateMapping(handle, REGION_RIGHT_READ | REGION_RIGHT_WRITE, 0, 0);

    must("map", !commons_failed(result), result);
    words = (volatile uint32_t *)result;
    result = MMF_Write(handle, 0, &value, sizeof value);
    must("write", result == sizeof value, result);
    must("the view sees the write", words[0] == 41, words[0]);
    result = commons_call(SYS_WAIT4, child, (long)&status, 0, 0, 0, 0);
    must("the later user ends well", result == child && status == 0, status);
    must("the view sees the answer", words[2] == 42, words[2]);

    result = MMF_Write(handle, 4998, &value, sizeof value);
    must("a write across the end is refused", result == -COMMONS_ERANGE, result);
    result = Grow(handle, 100000);
    must("grow", result == 0, result);
    words[24999] = 7;
    result = MMF_Read(handle, 99996, &value, sizeof value);
    must("what it grew by is in the view", result == sizeof value && value == 7, result);
    result = region_stat(handle, &record);
    must("the exact length is kept", result == 0 && record.length == 100000, result);
}

int main(void)
{
    int handle = CreateRegion(NAME, 5000, REGION_EXCLUSIVE);
    long child;
    int gone;

    must("create", handle >= 0, handle);
    child = commons_call(SYS_CLONE, SIGCHLD, 0, 0, 0, 0, 0);
    must("fork", child >= 0, child);
    if (child == 0) {
        return later_user();
    }
    first_user(handle, child);
    must("the last one leaves", FileMappingDecRef(handle) == 0, 0);
    gone = OpenRegion(NAME, 0);
    must("the object went with its last user", gone == -COMMONS_ENOENT, gone);
    say("mapping: ok\n");
    return 0;
}

/* The kernel enters here with the stack pointer at argc, which is not used. */
__asm__(".globl _start\n"
        "_start:\n"
        "    mov x29, #0\n"
        "    mov x30, #0\n"
        "    bl main\n"
        "    mov x8, #94\n"
        "    svc #0\n");
