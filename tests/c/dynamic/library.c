/*
 * A library with what makes libraries hard: a constructor, data of its own, thread-local data, pointers that
 * are relocated and then read-only, and a call of something that the program has.
 */
#include "library.h"

static int constructed;
static int count = START;
static __thread int mine = START;
static const char *const names[] = {"first", "second"};

__attribute__((constructor)) static void construct(void)
{
    constructed = 1;
}

int library_is_constructed(void)
{
    return constructed;
}

int library_count(void)
{
    return ++count;
}

int library_mine(void)
{
    return ++mine;
}

const char *library_name(int index)
{
    return names[index];
}

const void *library_read_only(void)
{
    return names;
}

int library_asks(void)
{
    return program_answers() + 1;
}
