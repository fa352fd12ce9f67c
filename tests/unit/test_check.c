/* SPDX-License-Identifier: MIT
 *
 * --check on recordings: the status of each severity, and that what nobody
 * knows is neither fine nor trouble.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/check.h"
#include "recorded.h"

/* What it says of the last of these samples; malloc'ed. */
static char *check(const struct recorded *recorded,
		   const struct snapshot *snapshot, enum check_status *ret)
{
	struct history_span span;
	struct replayed replayed;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	remove(recorded->path);
	recorded_write_snapshots(recorded, &snapshot, 1, NULL);
	replayed_open(&replayed, recorded->path);
	history_span(replayed.history, &span);
	assert_int_equal(check_run(replayed.source, replayed.history,
				   span.last_seq, stream, ret),
			 0);
	replayed_close(&replayed);
	fclose(stream);
	return text;
}

static void expect(const struct recorded *recorded, struct snapshot *snapshot,
		   enum check_status status, const char *begins)
{
	enum check_status found = CHECK_UNKNOWN;
	char *text;

	snapshot->seq = 1;
	text = check(recorded, snapshot, &found);
	if (strncmp(text, begins, strlen(begins)) != 0)
		fail_msg("'%s' does not begin with '%s'", text, begins);
	assert_int_equal(found, status);
	/* one line, with the figures behind the only bar */
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_non_null(strstr(text, " | available="));
	assert_ptr_equal(strchr(text, '|'), strrchr(text, '|'));
	/* whoever is woken by it reads who it is; else nobody is named */
	if (snapshot->verdict.who)
		assert_true(!strstr(text, "; who: ") !=
			    (status == CHECK_WARN || status == CHECK_CRIT));
	free(text);
}

static void each_severity(void **state)
{
	static const struct {
		enum severity severity;
		enum check_status status;
		const char *begins;
	} cases[] = {
		{ SEVERITY_OK, CHECK_OK, "MEMORY OK - " },
		{ SEVERITY_NOTE, CHECK_OK, "MEMORY OK - " },
		{ SEVERITY_WARN, CHECK_WARN, "MEMORY WARNING - " },
		{ SEVERITY_CRIT, CHECK_CRIT, "MEMORY CRITICAL - " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct snapshot *s = scripted_snapshot(SCRIPTED_THRASH, 0);

		s->verdict.severity = cases[i].severity;
		expect(*state, s, cases[i].status, cases[i].begins);
		snapshot_unref(s);
	}
}

/* Names of others may hold a bar. */
static void a_bar_in_the_text(void **state)
{
	struct snapshot *s = scripted_snapshot(SCRIPTED_THRASH, 0);

	text_unref(s->verdict.text);
	s->verdict.text = text_new("a|b", 3);
	text_unref(s->verdict.who);
	s->verdict.who = text_new("c|d", 3);
	expect(*state, s, CHECK_CRIT,
	       "MEMORY CRITICAL - a/b; who: c/d; next: ");
	snapshot_unref(s);
}

static void nobody_knows(void **state)
{
	struct snapshot *s = scripted_snapshot(SCRIPTED_THRASH, 0);

	s->verdict.rule = "R42-no-data";
	s->verdict.severity = SEVERITY_NOTE;
	expect(*state, s, CHECK_UNKNOWN, "MEMORY UNKNOWN - ");
	text_unref(s->verdict.text);
	s->verdict.text = NULL;
	s->verdict.rule = NULL;
	expect(*state, s, CHECK_UNKNOWN, "MEMORY UNKNOWN - ");
	snapshot_unref(s);
}

/* What failed is one line too, whatever is in it. */
static void failures(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_non_null(stream);
	assert_int_equal(check_unknown(stream, "a|b\nc: no such file"), 0);
	fclose(stream);
	assert_ptr_equal(strchr(text, '\n'), text + size - 1);
	assert_null(strchr(text, '|'));
	assert_non_null(strstr(text, "MEMORY UNKNOWN - a/b"));
	free(text);
	stream = fopen("/dev/full", "w");
	assert_non_null(stream);
	assert_true(check_unknown(stream, "anything") < 0);
	fclose(stream);
}

#define CASE(test) \
	cmocka_unit_test_setup_teardown(test, recorded_setup, recorded_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(each_severity),
		CASE(a_bar_in_the_text),
		CASE(nobody_knows),
		cmocka_unit_test(failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
