/* SPDX-License-Identifier: MIT
 *
 * Giving the terminal back when nothing else can: on a fatal signal, or when
 * the line takes no more bytes.  Everything is computed beforehand, so that a
 * signal handler may use it.
 */
#ifndef UI_RESTORE_H
#define UI_RESTORE_H

#include <stddef.h>

/* Remembers the modes of the terminal at fd; before anything changes them. */
void restore_save_modes(int fd);
/* Remembers the bytes that undo what the screen did to it. */
void restore_save_bytes(const char *bytes, size_t len);
/* Bytes and modes, without ever blocking.  Async-signal-safe. */
void restore_now(void);
/* From here on a fatal signal restores, then dies of that signal. */
int restore_on_fatal_signals(void);
/* Nothing is to be restored any more. */
void restore_forget(void);

#endif
