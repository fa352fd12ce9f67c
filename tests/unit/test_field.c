/* SPDX-License-Identifier: MIT
 *
 * The tables of fields, values with their states and bounds, cells.
 */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/format.h"
#include "memtop/source.h"
#include "sample.h"

static void check_names(const struct entity *entity)
{
	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];

		assert_non_null(field->name);
		assert_non_null(field->help);
		assert_null(strchr(field->help, '\n'));
		assert_ptr_equal(field_find(entity, field->name), field);
		if (field->alias != NULL)
			assert_ptr_equal(field_find(entity, field->alias),
					 field);
		if (field->bound != NO_FIELD)
			assert_true(field->bound < entity->nfields);
		if (field->title != NULL)
			assert_true(strlen(field->title) + field->mark <=
				    field->width);
	}
}

static void test_tables(void **state)
{
	(void)state;
	for (size_t i = 0; i < ENTITY_COUNT; i++) {
		check_names(&entities[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(entities[j].name,
						entities[i].name);
	}
	assert_ptr_equal(field_find(&entities[ENTITY_PROCESS], "MajFlt"),
			 sample_field(PROCESS_MAJOR_FAULT_RATE));
	assert_ptr_equal(field_find(&entities[ENTITY_PROCESS], "cg"),
			 sample_field(PROCESS_CGROUP));
	assert_null(field_find(&entities[ENTITY_PROCESS], "ps"));
}

/* A number that no row covers would start as 0, as if it were measured: the
 * record may hold no zero bytes but in what is no number. */
static void check_all_numbers(const struct process *process)
{
	struct process *copy = process_copy(process);
	const struct entity *entity = &entities[ENTITY_PROCESS];
	unsigned char *bytes = (unsigned char *)copy;
	size_t first = offsetof(struct process, statm);
	size_t end = offsetof(struct process, judged); /* no letters */

	assert_non_null(copy);
	for (size_t i = 0; i < entity->nfields; i++)
		if (entity->fields[i].block != NO_BLOCK)
			memset(bytes + entity->fields[i].block, 1,
			       sizeof(struct block));
	copy->oom_score_adj = -1; /* of no meaning until oom is read */
	memset(copy->nodes, '0', sizeof(copy->nodes)); /* no number */
	for (size_t at = first; at + 8 <= end; at += 8)
		assert_memory_not_equal(bytes + at, "\0\0\0\0\0\0\0", 8);
	process_unref(copy);
}

static void test_reset(void **state)
{
	struct process *process = process_new();
	struct snapshot *snapshot = snapshot_new();
	const struct entity *entity = &entities[ENTITY_PROCESS];

	(void)state;
	for (size_t i = 0; i < entity->nfields; i++) {
		struct value value =
			field_get(entity, &entity->fields[i], process);

		if (i == PROCESS_FLAGS) /* nothing is the matter */
			assert_int_equal(value.text.len, 0);
		else if (i != PROCESS_PID)
			assert_true(value.state != STATE_OK);
		assert_false(value.has_bound);
	}
	check_all_numbers(process);
	for (size_t i = 0; i < ENTITY_COUNT; i++) {
		entity = &entities[i];
		for (size_t f = 0; !entity->repeated && f < entity->nfields;
		     f++)
			assert_true(field_get(entity, &entity->fields[f],
					      (char *)snapshot + entity->offset)
					    .state != STATE_OK);
	}
	snapshot_unref(snapshot);
	process_unref(process);
}

static void test_states(void **state)
{
	struct process *process = sample_process(10, 1, "sleep");
	struct value value;

	(void)state;
	value = sample_value(process, PROCESS_RSS);
	assert_int_equal(value.state, STATE_OK);
	assert_int_equal(value.u64, 0);
	assert_int_equal(value.read_ns, NS_PER_S);

	process->rss = UNKNOWN;
	assert_int_equal(sample_value(process, PROCESS_RSS).state,
			 STATE_ABSENT);
	process->growth_rate = NAN;
	assert_int_equal(sample_value(process, PROCESS_GROWTH_RATE).state,
			 STATE_PENDING);
	assert_int_equal(sample_value(process, PROCESS_UNIT).state,
			 STATE_NOT_APPLICABLE);

	/* hidepid: in /proc/1, and that is all there is to know */
	process->identity.state = STATE_DENIED;
	process->key.start_ns = 0;
	assert_int_equal(sample_value(process, PROCESS_START_TIME).state,
			 STATE_DENIED);

	process->status.state = STATE_DENIED;
	process->swap = 5; /* of an earlier read */
	value = sample_value(process, PROCESS_SWAP);
	assert_int_equal(value.state, STATE_DENIED);
	assert_true(isnan(value_number(&value)));
	process_unref(process);
}

static void test_bounds(void **state)
{
	struct process *process = sample_process(10, 1, "java");
	struct value value;

	(void)state;
	process->rss = 7 * GIB;
	process->smaps.state = STATE_DENIED;
	value = sample_value(process, PROCESS_PSS);
	assert_int_equal(value.state, STATE_DENIED);
	assert_true(value.has_bound && !value.partial);
	assert_true(value.bound == 7 * GIB);
	assert_true(value_number(&value) == (double)(7 * GIB));
	assert_false(sample_value(process, PROCESS_USS).has_bound);

	process->pss_bound = 5 * GIB;
	value = sample_value(process, PROCESS_PSS);
	assert_true(value.has_bound && value.partial);
	assert_true(value.bound == 5 * GIB);

	process->pss_bound = UNKNOWN;
	process->statm.state = STATE_PENDING;
	assert_false(sample_value(process, PROCESS_PSS).has_bound);

	process->smaps.state = STATE_NOT_APPLICABLE;
	process->statm.state = STATE_OK;
	assert_false(sample_value(process, PROCESS_PSS).has_bound);
	process_unref(process);
}

static const struct cell_context context = {
	.now_ns = 2 * NS_PER_S,
	.boottime_ns = 3601 * NS_PER_S,
	.unit = FORMAT_AUTO,
	.max_cells = 40,
};

static void check_cell(const struct process *process, enum process_field field,
		       const struct cell_context *c, const char *expected)
{
	struct value value = sample_value(process, field);
	char buf[128];
	int cells =
		value_cell(buf, sizeof(buf), sample_field(field), &value, c);

	assert_string_equal(buf, expected);
	assert_int_equal(cells, text_cells(expected));
}

static void test_cells(void **state)
{
	struct process *process = sample_process(10, 1, "a\nb");
	struct cell_context later = context, narrow = context;

	(void)state;
	process->rss = 412 * MIB;
	process->pss = 312 * GIB / 10;
	check_cell(process, PROCESS_RSS, &context, "412M");
	check_cell(process, PROCESS_SWAP, &context, "0");
	check_cell(process, PROCESS_PSS, &context, "31.2G ");
	later.now_ns = 6 * NS_PER_S + 1;
	check_cell(process, PROCESS_PSS, &later, "31.2G'");
	check_cell(process, PROCESS_RSS, &later, "412M");
	later.now_ns = 61 * NS_PER_S + 1;
	check_cell(process, PROCESS_PSS, &later, "31.2G\"");
	check_cell(process, PROCESS_START_TIME, &context, "59m");
	check_cell(process, PROCESS_COMM, &context, "a?b");
	check_cell(process, PROCESS_STATE, &context, "S");
	check_cell(process, PROCESS_THP_ENABLED, &context, "no");
	process->growth_rate = -31.0 * MIB / 60;
	check_cell(process, PROCESS_GROWTH_RATE, &context, "-31M");
	process->major_fault_rate = 2500;
	check_cell(process, PROCESS_MAJOR_FAULT_RATE, &context, "2.5k");
	process->oom_score_adj = -1000;
	check_cell(process, PROCESS_OOM_SCORE_ADJ, &context, "-1000");
	/* a forced unit gives way rather than break the column */
	narrow.unit = FORMAT_K;
	narrow.max_cells = 6;
	check_cell(process, PROCESS_RSS, &narrow, "412M");
	narrow.max_cells = 7;
	check_cell(process, PROCESS_RSS, &narrow, "421888K");
	process_unref(process);
}

static void test_cell_states(void **state)
{
	struct process *process = sample_process(10, 1, "x");

	(void)state;
	process->rss = 314 * GIB / 10;
	process->smaps.state = STATE_PENDING;
	check_cell(process, PROCESS_PSS, &context, "<31.4G ");
	check_cell(process, PROCESS_USS, &context, "..");
	process->smaps.state = STATE_DENIED;
	check_cell(process, PROCESS_PSS, &context, "<31.4G?");
	check_cell(process, PROCESS_USS, &context, "?");
	process->smaps.state = STATE_STUCK;
	check_cell(process, PROCESS_USS, &context, "?");
	process->smaps.state = STATE_ABSENT;
	check_cell(process, PROCESS_USS, &context, "n/a");
	process->smaps.state = STATE_NOT_APPLICABLE;
	check_cell(process, PROCESS_PSS, &context, "- ");
	process->smaps.state = STATE_NOT_READ;
	check_cell(process, PROCESS_USS, &context, "-");
	/* most of a group is known: say how much it can be */
	process->smaps.state = STATE_PENDING;
	process->pss_bound = GIB;
	check_cell(process, PROCESS_PSS, &context, "<1.0G ");
	process_unref(process);
}

static void test_names_that_stand_in(void **state)
{
	struct process *process = sample_process(10, 1, "kworker");

	(void)state;
	process->uid = 1000;
	assert_true(sample_value(process, PROCESS_USER).state != STATE_OK);
	check_cell(process, PROCESS_USER, &context, "1000");
	process->user = sample_text("alice");
	check_cell(process, PROCESS_USER, &context, "alice");
	check_cell(process, PROCESS_COMMAND, &context, "kworker");
	process->names.state = STATE_PENDING;
	check_cell(process, PROCESS_COMMAND, &context, "kworker");
	process->identity.state = STATE_PENDING;
	check_cell(process, PROCESS_COMMAND, &context, "..");
	process_unref(process);
}

static void test_compare(void **state)
{
	struct value big = { .state = STATE_OK, .u64 = 9 };
	struct value small = { .state = STATE_OK, .u64 = 3 };
	struct value none = { .state = STATE_DENIED };
	struct value bound = { .state = STATE_DENIED,
			       .has_bound = true,
			       .bound = 5 };
	struct value a = { .state = STATE_OK, .kind = KIND_TEXT };
	struct value ab = a, nobody = a;

	(void)state;
	assert_true(value_compare(&big, &small, false) < 0);
	assert_true(value_compare(&big, &small, true) > 0);
	assert_true(value_compare(&big, &big, false) == 0);
	assert_true(value_compare(&big, &bound, false) < 0);
	assert_true(value_compare(&bound, &small, false) < 0);
	for (int reverse = 0; reverse < 2; reverse++) {
		assert_true(value_compare(&none, &small, reverse) > 0);
		assert_true(value_compare(&small, &none, reverse) < 0);
	}
	a.text.bytes = "a";
	a.text.len = 1;
	ab.text.bytes = "ab";
	ab.text.len = 2;
	nobody.state = STATE_PENDING;
	assert_true(value_compare(&a, &ab, false) < 0);
	assert_true(value_compare(&a, &ab, true) > 0);
	assert_true(value_compare(&nobody, &ab, true) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_cell_states),
		cmocka_unit_test(test_names_that_stand_in),
		cmocka_unit_test(test_compare),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
