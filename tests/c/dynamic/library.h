/* What the library and the program have of each other. */
#ifndef LIBRARY_H
#define LIBRARY_H

/* Whether its constructor has run. */
int library_is_constructed(void);
/* Counts in the library's data. */
int library_count(void);
/* Counts in the thread's own data. */
int library_mine(void);
/* A text by a relocated pointer. */
const char *library_name(int index);
/* Where those pointers are. */
const void *library_read_only(void);
/* One more than what the program answers. */
int library_asks(void);

/* In the program. */
int program_answers(void);

#endif
