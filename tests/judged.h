/* SPDX-License-Identifier: MIT
 *
 * One made-up machine and what is expected of its verdict, second by second;
 * for the tests of the verdict.
 */
#ifndef TESTS_JUDGED_H
#define TESTS_JUDGED_H

#include "machine.h"

extern struct machine m;

int judged_setup(void **state);
int judged_teardown(void **state);
#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, judged_setup, judged_teardown)

const char *judged_line(void);
void assert_leads(const char *rule, enum severity severity);
void assert_part(const struct text *text, const char *part);
/* So many seconds without a warning. */
void run_silently(unsigned seconds);
/* How long until a rule is said at that severity, at most `most`. */
unsigned seconds_until(const char *rule, enum severity severity, unsigned most);
unsigned seconds_until_gone(const char *rule, unsigned most);
void set_thrash(void);

#endif
