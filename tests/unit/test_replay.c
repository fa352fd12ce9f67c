/* SPDX-License-Identifier: MIT
 *
 * Reading recordings: the same samples come out that went in, at any moment
 * and in any order; and whatever a file holds, it is shown or refused.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/flags.h"
#include "recorded.h"
#include "sample.h"

enum { SAMPLES = 150 };

static void expect_sample(const struct replayed *replayed,
			  enum scripted_case which, uint64_t seq)
{
	struct snapshot *expected = scripted_snapshot(which, (unsigned)seq - 1);
	const struct snapshot *found;

	assert_int_equal(history_at(replayed->history, seq, &found), 0);
	assert_int_equal(found->seq, seq);
	recorded_same(expected, found);
	snapshot_unref(found);
	snapshot_unref(expected);
}

/* Every case, every sample, on and back and at random. */
static void test_same_samples(void **state)
{
	struct recorded *recorded = *state;

	for (int which = 0; which < SCRIPTED_CASE_COUNT; which++) {
		struct replayed replayed;
		struct history_span span;
		unsigned count = which == SCRIPTED_THRASH ? SAMPLES : 5;

		recorded_write(recorded, (enum scripted_case)which, 0, count,
			       NULL);
		replayed_open(&replayed, recorded->path);
		history_span(replayed.history, &span);
		assert_int_equal(span.first_seq, 1);
		assert_int_equal(span.last_seq, count);
		for (uint64_t seq = 1; seq <= count; seq += 7)
			expect_sample(&replayed, (enum scripted_case)which,
				      seq);
		for (uint64_t seq = count; seq >= 1; seq--)
			expect_sample(&replayed, (enum scripted_case)which,
				      seq);
		replayed_close(&replayed);
		unlink(recorded->path);
	}
}

/* ---- any course of events ------------------------------------------------ */

enum { WORLD = 48, STEPS = 250 };

struct world {
	const struct process *list[WORLD]; /* by pid - 1; NULL: nobody */
	const struct host *host;
	const struct counter_names *names;
	struct letters letters; /* which follow from all else */
	uint64_t now_ns, faults;
	unsigned seed;
};

static unsigned dice(struct world *world, unsigned sides)
{
	return (unsigned)rand_r(&world->seed) % sides;
}

static void change(struct world *world, struct process *process)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];
	const struct field *field =
		&entity->fields[dice(world, (unsigned)entity->nfields)];
	char *at = (char *)process + field->offset;
	struct block *block;

	if (field->block == NO_BLOCK || field == &entity->fields[PROCESS_FLAGS])
		return;
	block = (struct block *)((char *)process + field->block);
	block->state = (enum state)dice(world, STATE_COUNT);
	block->read_ns = dice(world, 3) ? world->now_ns - dice(world, 1000) : 0;
	if (field->kind == KIND_U64)
		*(uint64_t *)at =
			dice(world, 4) ? dice(world, 1000000) : UNKNOWN;
	else if (field->kind == KIND_DOUBLE)
		*(double *)at = dice(world, 4) ? dice(world, 1000) / 7.0 : NAN;
	else if (field->kind == KIND_I64)
		*(int64_t *)at = (int64_t)dice(world, 2001) - 1000;
	else if (field->kind == KIND_CHAR)
		*at = "RSDZ"[dice(world, 4)];
	else if (field->kind == KIND_CHARS)
		snprintf(at, sizeof(process->comm), "c%u", dice(world, 9));
	else if (field->kind == KIND_TEXT) {
		text_unref(*(const struct text **)at);
		*(const struct text **)at =
			dice(world, 3)
				? sample_text(dice(world, 2) ? "one" : "")
				: NULL;
	}
}

/* Born, changed, gone, or another one with the same pid. */
static void live(struct world *world, size_t i)
{
	struct process *next;

	if (!world->list[i]) {
		if (dice(world, 4))
			return;
		next = process_new();
		next->key.pid = (pid_t)i + 1;
		next->key.start_ns = world->now_ns;
		next->kernel = dice(world, 2);
	} else if (dice(world, 12) == 0) {
		process_unref(world->list[i]);
		world->list[i] = NULL;
		if (dice(world, 2))
			live(world, i);
		return;
	} else {
		next = process_copy(world->list[i]);
	}
	for (unsigned n = dice(world, 4); n > 0; n--)
		change(world, next);
	process_unref(world->list[i]);
	world->list[i] = next;
}

static void add_counters(struct world *world, struct snapshot *snapshot)
{
	snapshot->vmstat_block.state = STATE_OK;
	snapshot->vmstat_block.read_ns = world->now_ns;
	snapshot->vmstat_names = counter_names_ref(world->names);
	snapshot->vmstat = calloc(2, sizeof(*snapshot->vmstat));
	world->faults += dice(world, 3);
	snapshot->vmstat[0].value = world->faults;
	snapshot->vmstat[0].rate = dice(world, 2) ? NAN : 0.5;
	snapshot->vmstat[1].value = UNKNOWN;
	snapshot->vmstat[1].rate = dice(world, 2) ? NAN : -2.5;
}

static struct snapshot *tick(struct world *world)
{
	struct snapshot *snapshot;

	world->now_ns += (1 + dice(world, 30)) * NS_PER_S;
	snapshot = sample_snapshot(world->now_ns / NS_PER_S);
	snapshot->host = host_ref(world->host);
	snapshot->complete = dice(world, 2);
	for (size_t i = 0; i < WORLD; i++) {
		if (dice(world, 3) == 0)
			live(world, i);
		if (world->list[i])
			sample_add(snapshot, process_ref(world->list[i]));
	}
	add_counters(world, snapshot);
	letters_write(&world->letters, snapshot);
	return snapshot;
}

/* Long enough that keyframes come between births, changes and exits. */
static void test_any_course(void **state)
{
	static const char *const names[] = { "pgfault", "nothing" };
	struct recorded *recorded = *state;
	const struct snapshot *pushed[STEPS];
	struct world world = { .now_ns = 1000 * NS_PER_S, .seed = 3 };
	struct host *host = host_new();
	struct replayed replayed;

	strcpy(host->name, "box");
	world.host = host;
	world.names = counter_names_new(names, ARRAY_SIZE(names));
	for (size_t i = 0; i < STEPS; i++)
		pushed[i] = tick(&world);
	recorded_write_snapshots(recorded, pushed, STEPS, NULL);
	replayed_open(&replayed, recorded->path);
	for (size_t n = 0; n < 2 * STEPS; n++) {
		size_t i = n < STEPS ? n : dice(&world, STEPS);
		const struct snapshot *found;

		assert_int_equal(history_at(replayed.history, i + 1, &found),
				 0);
		recorded_same(pushed[i], found);
		snapshot_unref(found);
	}
	replayed_close(&replayed);
	for (size_t i = 0; i < STEPS; i++)
		snapshot_unref(pushed[i]);
	for (size_t i = 0; i < WORLD; i++)
		process_unref(world.list[i]);
	letters_done(&world.letters);
	host_unref(world.host);
	counter_names_unref(world.names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_same_samples, recorded_setup, recorded_teardown),
		cmocka_unit_test_setup_teardown(test_any_course, recorded_setup,
						recorded_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
