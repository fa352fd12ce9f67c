/* SPDX-License-Identifier: MIT
 *
 * A stopwatch for full-screen programs: starts one on a terminal of its own
 * and prints, as "name value" lines, how soon it painted, what it costs while
 * nobody types, how many bytes it writes, and how long a key takes to show.
 *
 *   drive [-r ROWS] [-c COLS] [-m NAME=REGEX]... [-w SECONDS] [-t SECONDS]
 *         [-i KEYS] [-k KEYS -n COUNT [-e MS]] [-b COUNT] [-q KEYS] [-o RAW]
 *         -- PROGRAM [ARGUMENT]...
 *
 *   -m  when that text was first seen: NAME_ms
 *   -i  typed once it has painted
 *   -w  what is waited before measuring, and
 *   -t  the time over which cost and bytes are measured
 *   -k  typed in turn, one key each, -n in all, -e milliseconds apart (on the
 *       average: the pauses vary); the first output after each is its paint
 *   -b  so many keys at once, as one packet: how often it paints then
 *   -q  makes it quit
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"
#include "watch.h"

/* A key that has no answer by then has none. */
#define KEY_LIMIT_NS	 (5 * NS_PER_S)
#define FIRST_LIMIT_S	 60
#define PAINT_SILENCE_NS (5 * NS_PER_MS)

struct plan {
	int rows, cols;
	double settle, seconds, key_ms;
	const char *initial, *keys, *quit;
	size_t nkeys, burst;
};

static int64_t after(double seconds)
{
	return probe_now() + (int64_t)(seconds * 1e9);
}

static void print_ms(const char *name, int64_t ns)
{
	printf("%s_ms %.2f\n", name, (double)ns / 1e6);
}

static void wait_for_first_paint(struct session *session)
{
	int64_t until = after(FIRST_LIMIT_S);

	session_take(session, until, true);
	if (!session->first_ns)
		return;
	print_ms("first", session->first_ns - session->started_ns);
}

static void print_markers(const struct session *session)
{
	for (size_t i = 0; i < session->nmarkers; i++)
		if (session->markers[i].seen_ns)
			print_ms(session->markers[i].name,
				 session->markers[i].seen_ns -
					 session->started_ns);
}

static void measure_cost(struct session *session, double seconds)
{
	struct watch before, now;
	uint64_t bytes = session->bytes;
	double cpu_ms;

	series_done(&session->gaps);
	watch_take(session->pid, &before);
	session_take(session, after(seconds), false);
	watch_take(session->pid, &now);
	if (session->fd < 0)
		return;
	watch_print(&before, &now);
	printf("bytes_per_s %.0f\n",
	       (double)(session->bytes - bytes) * 1e9 /
		       (double)(now.at_ns - before.at_ns));
	if (!session->gaps.count)
		return;
	printf("gap_p95_ms %.1f\ngap_max_ms %.1f\n",
	       series_quantile(&session->gaps, 0.95),
	       series_quantile(&session->gaps, 1));
	cpu_ms = (double)(now.cpu_ns - before.cpu_ns) / 1e6;
	printf("refresh_cpu_ms %.3f\n", cpu_ms / (double)session->gaps.count);
}

/* Between half and one and a half, so that keys meet every phase of the
 * program; the same sequence in every run. */
static double vary(double mean)
{
	return mean * (0.5 + (double)rand() / RAND_MAX);
}

static void measure_keys(struct session *session, const struct plan *plan)
{
	struct series latency = { 0 };
	size_t unanswered = 0;

	for (size_t i = 0; i < plan->nkeys && session->fd >= 0; i++) {
		int64_t typed;

		session_take(session, after(vary(plan->key_ms) / 1e3), false);
		typed = probe_now();
		session_type(session, &plan->keys[i % strlen(plan->keys)], 1);
		if (session_take(session, typed + KEY_LIMIT_NS, true))
			series_add(&latency,
				   (double)(session->last_ns - typed) / 1e6);
		else
			unanswered++;
	}
	if (latency.count)
		printf("key_p50_ms %.2f\nkey_p99_ms %.2f\nkey_max_ms %.2f\n",
		       series_quantile(&latency, 0.5),
		       series_quantile(&latency, 0.99),
		       series_quantile(&latency, 1));
	printf("keys %zu\nkeys_unanswered %zu\n", latency.count, unanswered);
	series_done(&latency);
}

/* Output after a short silence is another paint.  A periodic refresh may fall
 * into the half second. */
static void measure_burst(struct session *session, const struct plan *plan)
{
	char *keys = malloc(plan->burst);
	int64_t end = after(0.5), last = 0;
	uint64_t before = session->bytes;
	size_t paints = 0;

	if (!keys)
		probe_die("memory");
	memset(keys, plan->keys[0], plan->burst);
	session_type(session, keys, plan->burst);
	while (session_take(session, end, true)) {
		paints += session->last_ns - last > PAINT_SILENCE_NS;
		last = session->last_ns;
	}
	printf("paints_of_burst %zu\nburst_bytes %llu\n", paints,
	       (unsigned long long)(session->bytes - before));
	free(keys);
}

static bool parse_marker(struct session *session, const char *argument)
{
	if (session_mark(session, argument))
		return true;
	fprintf(stderr, "drive: not NAME=REGEX, or too many: %s\n", argument);
	return false;
}

static bool parse(int argc, char *argv[], struct plan *plan,
		  struct session *session)
{
	int option;

	while ((option = getopt(argc, argv, "+r:c:m:w:t:i:k:n:e:b:q:o:")) !=
	       -1) {
		switch (option) {
		case 'r':
			plan->rows = (int)probe_number(optarg);
			break;
		case 'c':
			plan->cols = (int)probe_number(optarg);
			break;
		case 'w':
			plan->settle = probe_number(optarg);
			break;
		case 't':
			plan->seconds = probe_number(optarg);
			break;
		case 'i':
			plan->initial = optarg;
			break;
		case 'k':
			plan->keys = optarg;
			break;
		case 'n':
			plan->nkeys = (size_t)probe_number(optarg);
			break;
		case 'e':
			plan->key_ms = probe_number(optarg);
			break;
		case 'b':
			plan->burst = (size_t)probe_number(optarg);
			break;
		case 'q':
			plan->quit = optarg;
			break;
		case 'm':
			if (!parse_marker(session, optarg))
				return false;
			break;
		case 'o':
			session->raw = fopen(optarg, "w");
			if (!session->raw)
				probe_die(optarg);
			break;
		default:
			return false;
		}
	}
	return optind < argc && (!(plan->nkeys || plan->burst) || plan->keys);
}

int main(int argc, char *argv[])
{
	struct plan plan = {
		.rows = 50, .cols = 160, .key_ms = 100, .quit = "q"
	};
	struct session session = { .fd = -1 };
	int64_t quit_ns;

	if (!parse(argc, argv, &plan, &session))
		return 2;
	probe_die_with_parent(getppid());
	session_start(&session, plan.rows, plan.cols, argv + optind);
	wait_for_first_paint(&session);
	if (plan.initial)
		session_type(&session, plan.initial, strlen(plan.initial));
	session_take(&session, after(plan.settle), false);
	print_markers(&session);
	if (plan.seconds > 0)
		measure_cost(&session, plan.seconds);
	if (plan.nkeys)
		measure_keys(&session, &plan);
	if (plan.burst)
		measure_burst(&session, &plan);
	if (session.fd < 0) {
		session_report_end(&session);
		return EXIT_FAILURE;
	}
	quit_ns = session_quit(&session, plan.quit);
	if (quit_ns >= 0)
		print_ms("quit", quit_ns);
	if (session.raw)
		fclose(session.raw);
	return 0;
}
