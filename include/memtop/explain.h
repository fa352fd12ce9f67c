/* SPDX-License-Identifier: MIT
 *
 * --explain.
 */
#ifndef MEMTOP_EXPLAIN_H
#define MEMTOP_EXPLAIN_H

#include <stdio.h>

/* The entry for name, or a line for each when name is NULL.  -ENOENT: there is
 * none; -errno: could not be written. */
int explain_print(FILE *stream, const char *name);

#endif
