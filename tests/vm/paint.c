/* SPDX-License-Identifier: MIT
 *
 * Does a full-screen program keep painting?  Starts it on a terminal of its
 * own and prints, in milliseconds and a line each, "gap 501.2" between two
 * refreshes, "key 3.1" from a key to its answer, and "cpu 12.3", what a refresh
 * took of the processor.
 *
 *   paint [-n REFRESHES] [-t SECONDS] [-e MS] -- PROGRAM [ARGUMENT]...
 *
 *   -n  end after so many refreshes (100), or
 *   -t  at this time (60)
 *   -e  so often the down and up arrows are typed, in turn (1300)
 *
 * Unlike the drive of the benchmarks it is locked into memory, because the
 * machine around it has none left, and it never waits for an answer: a key
 * that is late counts with all of its delay.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/drive.h"

static const char *const keys[] = { "\033[B", "\033[A" };

struct plan {
	double refreshes, seconds, key_ms;
};

static void print_series(const char *name, const struct series *series)
{
	for (size_t i = 0; i < series->count; i++)
		printf("%s %.1f\n", name, series->values[i]);
}

/* What it took of the processor for each refresh; it has ended by now. */
static void print_cost(const struct session *session)
{
	struct rusage usage;

	if (getrusage(RUSAGE_CHILDREN, &usage) || !session->gaps.count)
		return;
	printf("cpu %.1f\n",
	       ((double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
		(double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) /
			1e3) /
		       (double)session->gaps.count);
}

/* Output after a key is its answer: a refresh that falls in between makes the
 * program look better than it is, and does so for all of them. */
static void watch(struct session *session, const struct plan *plan,
		  struct series *latency)
{
	int64_t end = probe_now() + (int64_t)(plan->seconds * 1e9);
	int64_t pause = (int64_t)(plan->key_ms * 1e6);
	int64_t next = probe_now() + pause, asked = 0;
	size_t typed = 0;

	while (session->fd >= 0 && probe_now() < end &&
	       (double)session->gaps.count < plan->refreshes) {
		bool any = session_take(session, next < end ? next : end, true);

		if (any && asked) {
			series_add(latency,
				   (double)(session->last_ns - asked) / 1e6);
			asked = 0;
		}
		if (probe_now() < next)
			continue;
		next += pause;
		if (asked)
			continue;
		asked = probe_now();
		session_type(session, keys[typed % 2], strlen(keys[0]));
		typed++;
	}
	if (asked)
		series_add(latency, (double)(probe_now() - asked) / 1e6);
}

int main(int argc, char *argv[])
{
	struct plan plan = { .refreshes = 100, .seconds = 60, .key_ms = 1300 };
	struct session session = { .fd = -1 };
	struct series latency = { 0 };
	int option;

	while ((option = getopt(argc, argv, "+n:t:e:")) != -1) {
		if (option == 'n')
			plan.refreshes = probe_number(optarg);
		else if (option == 't')
			plan.seconds = probe_number(optarg);
		else if (option == 'e')
			plan.key_ms = probe_number(optarg);
		else
			return 2;
	}
	if (optind == argc)
		return 2;
	session_start(&session, 24, 80, argv + optind);
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		probe_die("mlockall");
	watch(&session, &plan, &latency);
	if (session.fd < 0) {
		session_report_end(&session);
		return EXIT_FAILURE;
	}
	print_series("gap", &session.gaps);
	print_series("key", &latency);
	session_quit(&session, "q");
	print_cost(&session);
	series_done(&latency);
	return 0;
}
