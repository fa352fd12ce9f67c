/* SPDX-License-Identifier: MIT
 *
 * User names.  Looking one up can hang (a directory server that does not
 * answer), so a thread of its own does it and names are numeric until known.
 */
#ifndef COLLECT_USERS_H
#define COLLECT_USERS_H

#include <stdint.h>

#include "memtop/text.h"

struct users;

/* 0 or -errno. */
int users_new(struct users **ret);
/* A look-up that hangs keeps the memory until it comes back. */
void users_close(struct users *users);

/* The name of uid (the number as text when it has none): a new reference, or
 * NULL while nobody knows; then it is being looked up.  Any thread. */
const struct text *users_name(struct users *users, uint64_t uid);

#endif
