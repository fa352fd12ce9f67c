/* SPDX-License-Identifier: MIT
 *
 * Messages on standard error.
 */
#ifndef MEMTOP_SAY_H
#define MEMTOP_SAY_H

/* "memtop: " and one line, of which a terminal obeys nothing. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
