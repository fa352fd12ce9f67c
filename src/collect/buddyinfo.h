/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: what compaction is measured by.
 */
#ifndef COLLECT_BUDDYINFO_H
#define COLLECT_BUDDYINFO_H

#include "collect.h"

/* The order of a huge page; 9 is 2 MiB in pages of 4 KiB. */
unsigned buddyinfo_huge_order(const struct tree *tree);
/* Free bytes in blocks of that order and larger; UNKNOWN: text is no such
 * file. */
uint64_t buddyinfo_large(const char *text, uint64_t page_size, unsigned order);

#endif
