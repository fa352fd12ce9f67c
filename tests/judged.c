/* SPDX-License-Identifier: MIT
 *
 * The steps that tests of the verdict are made of: one made-up machine that
 * goes through something, and what is expected of its line.
 */
#include "judged.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"

struct machine m;

int judged_setup(void **state)
{
	(void)state;
	machine_init(&m);
	return 0;
}

int judged_teardown(void **state)
{
	(void)state;
	machine_done(&m);
	return 0;
}

const char *judged_line(void)
{
	return text_str(m.verdict.text);
}

void assert_leads(const char *rule, enum severity severity)
{
	if (strcmp(m.verdict.rule, rule) != 0 || m.verdict.severity != severity)
		print_message("%s\n", judged_line());
	assert_string_equal(m.verdict.rule, rule);
	assert_int_equal(m.verdict.severity, severity);
}

void assert_part(const struct text *text, const char *part)
{
	if (!strstr(text_str(text), part))
		print_message("\"%s\" lacks \"%s\"\n", text_str(text), part);
	assert_non_null(strstr(text_str(text), part));
}

/* So many seconds without a warning. */
void run_silently(unsigned seconds)
{
	while (seconds-- > 0) {
		machine_step(&m, 1);
		if (m.verdict.severity >= SEVERITY_WARN)
			print_message("at %.0f s: %s\n", m.second,
				      judged_line());
		assert_true(m.verdict.severity < SEVERITY_WARN);
	}
}

/* How long until a rule is said at that severity, at most `most`. */
unsigned seconds_until(const char *rule, enum severity severity, unsigned most)
{
	for (unsigned i = 1; i <= most; i++) {
		machine_step(&m, 1);
		if (machine_says(&m, rule) >= (int)severity)
			return i;
	}
	fail_msg("%s never came: %s", rule, judged_line());
	return 0;
}

unsigned seconds_until_gone(const char *rule, unsigned most)
{
	for (unsigned i = 1; i <= most; i++) {
		machine_step(&m, 1);
		if (machine_says(&m, rule) < SEVERITY_WARN)
			return i;
	}
	fail_msg("%s never went", rule);
	return 0;
}

void set_thrash(void)
{
	m.mem_some = 41;
	m.mem_full = 23;
	m.io_some = 52;
	m.available = 1.6;
	m.swap_free = 3;
	m.flow[FLOW_SWAP_IN] = 15600;
	m.flow[FLOW_SWAP_OUT] = 16900;
	m.flow[FLOW_REFAULT_ANON] = 12900;
	m.flow[FLOW_STEAL_ANON] = 16900;
	m.flow[FLOW_SCAN_ANON] = 200000;
	m.flow[FLOW_SCAN_KSWAPD] = 210000;
	m.flow[FLOW_SCAN_DIRECT] = 88000;
	m.flow[FLOW_STEAL_KSWAPD] = 17100;
	m.flow[FLOW_STEAL_DIRECT] = 7600;
	m.flow[FLOW_ALLOCSTALL] = 412;
	m.processes[0].growth = 20;
	m.processes[1].faults = 400;
}
