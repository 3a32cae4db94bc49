/*
 * Mapping objects without a C library: a parent and its child share an object by name.
 *
 * aarch64-linux-gnu-gcc -ffreestanding -nostdlib -static -I user/include tests/c/mapping.c
 */
#include "plain.h"

static const char NAME[] = "/c-mapping";

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

static void first_user(int handle, int32_t child)
{
    struct region_record record;
    uint32_t value = 41;
    int status;
    volatile uint32_t *words;
    long result = CreateMapping(handle, REGION_RIGHT_READ | REGION_RIGHT_WRITE, 0, 0);

    must("map", !commons_failed(result), result);
    words = (volatile uint32_t *)result;
    result = MMF_Write(handle, 0, &value, sizeof value);
    must("write", result == sizeof value, result);
    must("the view sees the write", words[0] == 41, words[0]);
    status = end_of(child);
    must("the later user ends well", status == 0, status);
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
    int32_t child;
    int gone;

    must("create", handle >= 0, handle);
    child = fork_child();
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
