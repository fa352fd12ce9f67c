/* SPDX-License-Identifier: MIT
 *
 * Keeping memtop itself in RAM, so that it still paints while the machine
 * swaps.
 */
#ifndef MEMTOP_MEMLOCK_H
#define MEMTOP_MEMLOCK_H

/* Locks what is and will be resident, when root's CAP_IPC_LOCK or an unlimited
 * RLIMIT_MEMLOCK allows it; keeps that small, locked or not: pages that only
 * starting has used are given back.  0, or -EPERM: not allowed, nothing locked;
 * -errno.
 * Main thread, before other threads start. */
int memlock(void);

/* Gives back the pages of the heap that hold nothing; memory is unlocked for
 * the instant that takes, and where it can't be locked again then, until the
 * next call.  Costs about a millisecond; nothing without glibc.  One thread at
 * a time, any. */
void memlock_trim(void);

#endif
