/* SPDX-License-Identifier: MIT
 *
 * What stands on the screen, and the files that a person has read:
 * tests/screen/expected/NAME.txt.
 */
#ifndef EXPECTED_H
#define EXPECTED_H

/* All rows, without the blanks at their ends; malloc'ed. */
char *expected_screen(int rows, int cols);

/* That text is the file's; UPDATE=1 in the environment writes it. */
void expected_text(const char *is, const char *name);

#endif
