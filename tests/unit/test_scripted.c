/* SPDX-License-Identifier: MIT
 *
 * The scripted snapshots themselves: other tests check sums and states
 * against them, so theirs have to hold.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/format.h"
#include "memtop/list.h"
#include "memtop/swap.h"
#include "scripted.h"

static const struct swap *swap_at(const struct snapshot *snapshot, size_t i)
{
	return list_row(snapshot_list(snapshot, ENTITY_SWAP), i);
}

static void assert_bytes(uint64_t bytes, const char *expected)
{
	char buf[FORMAT_SIZE];

	assert_string_equal(format_bytes(buf, bytes, FORMAT_AUTO), expected);
}

static void test_sums(void **state)
{
	struct snapshot *s = scripted_snapshot(SCRIPTED_THRASH, 0);
	uint64_t swap = 0;

	(void)state;
	assert_int_equal(s->coverage.processes, 312);
	assert_int_equal(s->coverage.pss_known, 312);
	assert_bytes(s->coverage.pss_bytes, "51.8G");
	assert_bytes(s->memory.available, "1.6G");
	assert_bytes(s->memory.swap_free, "1.5G");
	for (size_t i = 0; i < s->nprocesses; i++)
		if (!s->processes[i]->kernel)
			swap += s->processes[i]->swap;
	assert_bytes(swap, "14.0G");
	assert_int_equal(swap_at(s, 0)->used + swap_at(s, 1)->used,
			 s->memory.swap_total - s->memory.swap_free);
	snapshot_unref(s);
}

/* What holds of every real process holds here, in every case. */
static void test_processes(void **state)
{
	(void)state;
	for (size_t which = 0; which < SCRIPTED_CASE_COUNT; which++) {
		struct snapshot *s =
			scripted_snapshot((enum scripted_case)which, 3);

		for (size_t i = 0; i < s->nprocesses; i++) {
			const struct process *p = s->processes[i];

			if (i)
				assert_true(s->processes[i - 1]->key.pid <
					    p->key.pid);
			if (p->status.state == STATE_OK)
				assert_int_equal(p->rss,
						 p->anon + p->file + p->shmem);
			if (p->smaps.state != STATE_OK) {
				assert_true(p->pss == UNKNOWN);
				continue;
			}
			assert_true(p->smaps_rss >= p->pss);
			assert_true(p->pss >= p->uss);
			assert_int_equal(p->uss,
					 p->private_clean + p->private_dirty);
			assert_int_equal(p->pss, p->pss_anon + p->pss_file +
							 p->pss_shmem);
		}
		snapshot_unref(s);
	}
}

static void test_time_goes_on(void **state)
{
	struct snapshot *a = scripted_snapshot(SCRIPTED_THRASH, 0);
	struct snapshot *b = scripted_snapshot(SCRIPTED_THRASH, 60);
	const struct process *before, *after;

	(void)state;
	assert_int_equal(b->realtime_ns - a->realtime_ns, 60 * NS_PER_S);
	before = snapshot_find_pid(a, SCRIPTED_JAVA);
	after = snapshot_find(b, before->key);
	assert_non_null(after);
	assert_int_equal(after->pss - before->pss, 276 * MIB);
	assert_int_equal(snapshot_counter(b, "pswpin")->value -
				 snapshot_counter(a, "pswpin")->value,
			 60 * 15616);
	snapshot_unref(a);
	snapshot_unref(b);
}

static void test_source(void **state)
{
	struct history *history;
	struct source *source;
	struct pollfd fd = { .events = POLLIN };
	struct process_key java = { SCRIPTED_JAVA, 0 };
	struct target *target;
	const struct snapshot *s;
	struct reply *reply;
	uint64_t id;

	(void)state;
	assert_int_equal(history_new(&history_default_limits, &history), 0);
	source = scripted_source_new(history, SCRIPTED_NOBODY);
	assert_int_equal(source->ops->start(source), 0);
	assert_int_equal(history_at(history, 0, &s), 0);
	assert_int_equal(source->ops->now(source), s->monotonic_ns);
	/* another process had this pid */
	assert_int_equal(source->ops->target_open(source, java, &target),
			 -ESRCH);
	java = snapshot_find_pid(s, SCRIPTED_JAVA)->key;

	fd.fd = source->ops->reply_fd(source);
	assert_int_equal(poll(&fd, 1, 0), 0);
	id = source->ops->request(source, REQUEST_MAPPINGS, java);
	assert_int_equal(poll(&fd, 1, 0), 1);
	reply = source->ops->take_reply(source);
	assert_int_equal(reply->id, id);
	assert_int_equal(reply->state, STATE_DENIED);
	reply_free(reply);
	assert_int_equal(poll(&fd, 1, 0), 0);
	source->ops->request(source, REQUEST_MAPPINGS,
			     snapshot_find_pid(s, SCRIPTED_VIM)->key);
	reply = source->ops->take_reply(source);
	assert_int_equal(reply->state, STATE_OK);
	assert_true(reply->nmappings > 0);
	reply_free(reply);

	assert_int_equal(source->ops->target_open(source, java, &target), 0);
	assert_int_equal(source->ops->target_signal(target, SIGSTOP), 0);
	scripted_source_refuse(source, -EPERM);
	assert_int_equal(source->ops->target_signal(target, SIGKILL), -EPERM);
	source->ops->target_close(target);
	assert_int_equal(scripted_source_log(source)->last_signal, SIGSTOP);
	assert_int_equal(scripted_source_log(source)->targets, 0);
	snapshot_unref(s);
	source->ops->close(source);
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_time_goes_on),
		cmocka_unit_test(test_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
