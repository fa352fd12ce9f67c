/* SPDX-License-Identifier: MIT
 *
 * For tests: a compressed RAM disk of their own, where the machine lets root
 * make one.  Nothing swaps to it.
 */
#ifndef TESTS_ZRAM_H
#define TESTS_ZRAM_H

#include <stddef.h>
#include <stdint.h>

/* Makes one of 128 MiB and writes that many bytes to it, which compress to
 * about half; its number, or -1: it can't be made here. */
int zram_make(size_t bytes);
/* Takes it away again; -1 is fine. */
void zram_remove(int number);
/* What it takes of RAM: mem_used_total. */
uint64_t zram_used(int number);

#endif
