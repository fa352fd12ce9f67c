/* SPDX-License-Identifier: MIT
 *
 * Capabilities that came with the file (setcap) or with sudo, and who may use
 * them when.  Installed with file capabilities memtop must not become a way
 * around permissions: privilege_init() takes everything out of the effective
 * set before any option is parsed, and only collector threads raise it around
 * the opening of kernel files.
 */
#ifndef MEMTOP_PRIVILEGE_H
#define MEMTOP_PRIVILEGE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * First call of main(), before threads and options.  A setuid binary becomes
 * the real user for good.  With file capabilities the effective set of the
 * process is emptied, the permitted one stays.  For plain root nothing
 * changes.  0 or -errno (then the program must not go on).
 */
int privilege_init(void);

/* Effective = permitted for the calling thread only, and back.  No-ops where
 * privilege_init() had nothing to take away. */
void privilege_raise(void);
void privilege_lower(void);

/* Is the capability (CAP_* number of linux/capability.h) in the permitted
 * set? */
bool privilege_has(int cap);

#endif
