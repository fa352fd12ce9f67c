/* SPDX-License-Identifier: MIT
 *
 * Children of a test that hold a known amount of memory of one kind until they
 * are told to end.
 */
#ifndef HOLDER_H
#define HOLDER_H

#include <stddef.h>
#include <sys/types.h>

struct holder {
	pid_t pid;
	int ready, go;
};

/* A kind of memory: returns how many bytes its rows should have more, or 0 when
 * that can't be made here. */
typedef size_t hold_memory(size_t bytes);

hold_memory hold_anonymous, hold_memfd, hold_tmpfs, hold_sysv;
hold_memory hold_file_cache, hold_stacks, hold_page_tables;

/* Returns what the child has made; it holds that until holder_end(). */
size_t holder_start(hold_memory *hold, size_t bytes, struct holder *ret);
void holder_end(struct holder *holder);

#endif
