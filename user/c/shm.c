/*
 * shm: a table in POSIX shared memory, filled by one process and read by another.
 *
 *   shm write NAME    makes the object and fills it
 *   shm read NAME     prints what is in it
 *   shm rm NAME       removes the name
 *   shm               does all of that, with a child as the reader
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS 10

struct table {
    unsigned rows;
    struct {
        unsigned number, square;
        char name[16];
    } row[ROWS];
};

static void fail(const char *step)
{
    perror(step);
    exit(1);
}

static struct table *map(const char *name, int flags, int protection)
{
    struct table *table;
    int object = shm_open(name, flags, 0600);

    if (object < 0)
        fail(name);
    if (flags & O_CREAT && ftruncate(object, sizeof *table) != 0)
        fail("ftruncate");
    table = mmap(NULL, sizeof *table, protection, MAP_SHARED, object, 0);
    if (table == MAP_FAILED)
        fail("mmap");
    /* The mapping stays without it. */
    close(object);
    return table;
}

static void write_table(const char *name)
{
    struct table *table = map(name, O_RDWR | O_CREAT | O_EXCL, PROT_READ | PROT_WRITE);
    unsigned row;

    for (row = 0; row < ROWS; row += 1) {
        table->row[row].number = row;
        table->row[row].square = row * row;
        snprintf(table->row[row].name, sizeof table->row[row].name, "row %u", row);
    }
    table->rows = ROWS;
}

static void read_table(const char *name)
{
    const struct table *table = map(name, O_RDONLY, PROT_READ);
    unsigned row;

    for (row = 0; row < table->rows; row += 1)
        printf("%-6s %2u squared is %2u\n", table->row[row].name, table->row[row].number,
               table->row[row].square);
}

static void all(const char *name)
{
    pid_t reader;
    int status;

    write_table(name);
    reader = fork();
    if (reader < 0)
        fail("fork");
    if (reader == 0) {
        read_table(name);
        exit(0);
    }
    if (waitpid(reader, &status, 0) != reader || status != 0)
        fail("the reader");
    if (shm_unlink(name) != 0)
        fail("shm_unlink");
    if (shm_open(name, O_RDONLY, 0) >= 0)
        fail("the name is still there");
    printf("shm: ok\n");
}

int main(int count, char **words)
{
    if (count == 1)
        all("/c-shm");
    else if (count == 3 && strcmp(words[1], "write") == 0)
        write_table(words[2]);
    else if (count == 3 && strcmp(words[1], "read") == 0)
        read_table(words[2]);
    else if (count == 3 && strcmp(words[1], "rm") == 0) {
        if (shm_unlink(words[2]) != 0)
            fail(words[2]);
    } else {
        fprintf(stderr, "usage: shm [write|read|rm NAME]\n");
        return 2;
    }
    return 0;
}
