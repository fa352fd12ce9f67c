/* SPDX-License-Identifier: MIT
 *
 * Pushers and victims: what makes a process one, and what is not known.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/swap_users.h"
#include "scripted.h"

/* 62.6 GiB of RAM, 9100 major faults and 61 MiB in, 66 MiB out a second. */
static struct snapshot *busy(void)
{
	return scripted_snapshot(SCRIPTED_THRASH, 0);
}

static struct process *somebody(double majors, double growth_mib_minute,
				double swap_growth)
{
	struct process *p = process_new();

	assert_non_null(p);
	p->status.state = p->stat.state = STATE_OK;
	p->swap = 100 * MIB;
	p->major_fault_rate = majors;
	p->growth_rate = growth_mib_minute * (double)MIB / 60;
	p->swap_growth_rate = swap_growth;
	return p;
}

static void has_role(double majors, double growth, double swap_growth,
		     enum swap_role expected)
{
	struct snapshot *s = busy();
	struct process *p = somebody(majors, growth, swap_growth);

	assert_string_equal(swap_role_name(swap_role(s, p)),
			    swap_role_name(expected));
	process_unref(p);
	snapshot_unref(s);
}

static void test_roles(void **state)
{
	(void)state;
	has_role(0, 0, 0, SWAP_IDLE);
	has_role(.9, 0, 0, SWAP_IDLE);
	has_role(1, 0, 0, SWAP_READER);
	has_role(19, 0, 0, SWAP_READER);
	has_role(20, 0, 0, SWAP_VICTIM); /* as its letter W says */
	has_role(460, 0, 0, SWAP_VICTIM);
	has_role(460, 640, 0, SWAP_VICTIM); /* below 1 % of RAM */
	has_role(460, 650, 0, SWAP_PUSHER);
	has_role(0, 0, 19.0 * (double)MIB, SWAP_IDLE);
	has_role(0, 0, 21.0 * (double)MIB, SWAP_PUSHER);
	/* half of all faults: 30.5 MiB of 66 come and go */
	has_role(4550, 0, 0, SWAP_PUSHER);
	has_role(NAN, NAN, NAN, SWAP_UNKNOWN);
}

static enum swap_sleep sleep_of(double mib, double anon_mib, double majors,
				double minors, char run, uint64_t quiet_s)
{
	struct process *p = somebody(majors, 0, 0);
	enum swap_sleep sleep;

	p->swap = (uint64_t)(mib * (double)MIB);
	p->anon = (uint64_t)(anon_mib * (double)MIB);
	p->minor_fault_rate = minors;
	p->state = run;
	sleep = swap_sleep(p, quiet_s * NS_PER_S);
	process_unref(p);
	return sleep;
}

/* Each condition of R36 with a figure on both sides of its limit. */
static void test_sleep(void **state)
{
	struct process *p = somebody(0, 0, 0);

	(void)state;
	assert_int_equal(sleep_of(260, 200, .9, 90, 'S', 301),
			 SWAP_SLEEP_ASLEEP);
	assert_int_equal(sleep_of(250, 200, .9, 90, 'S', 301), SWAP_SLEEP_NONE);
	assert_int_equal(sleep_of(260, 270, .9, 90, 'S', 301), SWAP_SLEEP_NONE);
	assert_int_equal(sleep_of(260, 200, 1.1, 90, 'S', 301),
			 SWAP_SLEEP_READING);
	assert_int_equal(sleep_of(260, 200, .9, 110, 'S', 301),
			 SWAP_SLEEP_READING);
	assert_int_equal(sleep_of(260, 200, .9, 90, 'D', 301),
			 SWAP_SLEEP_BLOCKED);
	assert_int_equal(sleep_of(260, 200, .9, 90, 'S', 299),
			 SWAP_SLEEP_SHORT);
	assert_int_equal(sleep_of(260, 200, 19, 90, 'S', 301),
			 SWAP_SLEEP_READING);
	assert_int_equal(sleep_of(260, 200, 21, 90, 'D', 301),
			 SWAP_SLEEP_SUFFERS);
	/* nothing is known of its memory, or for how long */
	p->swap = GIB;
	assert_int_equal(swap_sleep(p, 400 * NS_PER_S), SWAP_SLEEP_NONE);
	p->anon = MIB;
	assert_int_equal(swap_sleep(p, UNKNOWN), SWAP_SLEEP_NONE);
	/* what it does now does not ask for how long */
	p->major_fault_rate = 19;
	assert_int_equal(swap_sleep(p, UNKNOWN), SWAP_SLEEP_READING);
	p->major_fault_rate = NAN;
	assert_int_equal(swap_sleep(p, 400 * NS_PER_S), SWAP_SLEEP_NONE);
	process_unref(p);
}

static void test_estimate(void **state)
{
	struct snapshot *s = busy();
	struct process *p = somebody(910, 0, (double)MIB);
	double in = 61 * (double)MIB;

	(void)state;
	assert_true(fabs(swap_fault_share(s, p) - 10) < 1e-9);
	assert_true(fabs(swap_out_rate(s, p) - (MIB + in / 10)) < 1);
	p->swap_growth_rate = -1e12; /* read back: nothing went out */
	assert_true(swap_out_rate(s, p) == 0);
	p->major_fault_rate = 20000; /* read a moment later */
	assert_true(swap_fault_share(s, p) == 100);
	p->stat.state = STATE_DENIED;
	assert_true(isnan(swap_fault_share(s, p)));
	assert_true(isnan(swap_out_rate(s, p)));
	process_unref(p);
	snapshot_unref(s);
}

static void test_nothing_on_swap(void **state)
{
	struct snapshot *s = scripted_snapshot(SCRIPTED_HEALTHY, 0);
	struct process *p = somebody(0, 0, 0);

	(void)state;
	assert_int_equal(swap_role(s, p), SWAP_IDLE);
	p->swap = 0;
	assert_int_equal(swap_role(s, p), SWAP_NONE);
	p->major_fault_rate = 30; /* of files */
	assert_int_equal(swap_role(s, p), SWAP_NONE);
	p->major_fault_rate = 0;
	p->swap = UNKNOWN;
	assert_int_equal(swap_role(s, p), SWAP_NONE);
	p->status.state = STATE_DENIED;
	assert_int_equal(swap_role(s, p), SWAP_NONE);
	process_unref(p);
	snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_sleep),
		cmocka_unit_test(test_estimate),
		cmocka_unit_test(test_nothing_on_swap),
	};

	return cmocka_run_group_tests_name("swap users", tests, NULL, NULL);
}
