/* SPDX-License-Identifier: MIT
 *
 * Work on a range of indices that several threads share out among themselves,
 * for the moments when somebody waits for it.
 */
#ifndef COLLECT_SHARE_H
#define COLLECT_SHARE_H

#include <stdbool.h>
#include <stddef.h>

struct share;

/*
 * Starts as many helpers as there are processors beside this one, a few at
 * most.  Each calls help, which takes parts until there are none; so does the
 * caller, and then calls share_end().  NULL: it is alone.
 */
struct share *share_begin(size_t count,
			  void (*help)(void *context, struct share *share),
			  void *context);
/* The next part; false: all have been taken. */
bool share_take(struct share *share, size_t *ret_from, size_t *ret_to);
/* Waits for what others have taken.  One that has not begun yet never does,
 * so a busy machine costs no more than being alone. */
void share_end(struct share *share);

#endif
