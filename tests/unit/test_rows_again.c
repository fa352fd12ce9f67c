/* SPDX-License-Identifier: MIT
 *
 * Rows that are built again and again from one sample to the next: they are
 * those that a build without a past would make, and what did not change is not
 * looked at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/rows.h"
#include "memtop/text.h"
#include "sample.h"

#define PIDS	90
#define SAMPLES 120

/* The same numbers in each run. */
static uint32_t state = 1;

static unsigned next(unsigned below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static const struct process *make(pid_t pid)
{
	static const char *const users[] = { "postgres", "root", "web" };
	char comm[16];
	struct process *p;

	/* some names of many, some of one */
	snprintf(comm, sizeof(comm), "%s%d", next(2) ? "worker" : "single",
		 next(2) ? (int)next(5) : (int)pid);
	p = sample_process(pid, (pid_t)next(8), comm);
	p->pss = next(6) * MIB; /* many are equal */
	p->rss = p->anon = next(6) * MIB;
	p->file = next(6) * MIB;
	p->swap = next(3) ? 0 : next(4) * MIB;
	p->oom_score = next(1000);
	p->oom_score_adj = next(4) ? 0 : (int64_t)next(2000) - 1000;
	p->uid = next(4);
	if (p->uid < 3)
		p->user = sample_text(users[p->uid]);
	if (next(3))
		p->cgroup = sample_text(next(2) ? "/a.slice" : "/b.slice");
	if (!next(10))
		p->smaps.state = next(2) ? STATE_DENIED : STATE_PENDING;
	p->kernel = !next(12);
	return p;
}

/* Some go, some come, some change; the others are the same records. */
static struct snapshot *follow(const struct snapshot *before, uint64_t second,
			       unsigned restless)
{
	struct snapshot *s = sample_snapshot(second);

	s->memory.total = (second / 40 + 1) * GIB;
	s->memory.swap_total = 0;
	s->memory.mapped = next(64) * MIB;
	for (pid_t pid = 1; pid <= PIDS; pid++) {
		const struct process *was =
			before ? snapshot_find_pid(before, pid) : NULL;

		if (was && next(100) >= restless)
			sample_add(s, process_ref(was));
		else if (next(5))
			sample_add(s, make(pid));
	}
	return s;
}

static void same_process(const struct process *a, const struct process *b)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];

	if (a == b)
		return;
	for (size_t i = 0; i < entity->nfields; i++) {
		struct value x = field_get(entity, &entity->fields[i], a);
		struct value y = field_get(entity, &entity->fields[i], b);

		assert_int_equal(x.state, y.state);
		assert_int_equal(x.kind, y.kind);
		assert_int_equal(x.read_ns, y.read_ns);
		assert_int_equal(x.has_bound ? x.bound : 0,
				 y.has_bound ? y.bound : 0);
		assert_int_equal(x.text.len, y.text.len);
		if (x.text.len)
			assert_memory_equal(x.text.bytes, y.text.bytes,
					    x.text.len);
		if (x.state == STATE_OK && x.kind == KIND_U64)
			assert_int_equal(x.u64, y.u64);
	}
}

static void same_rows(const struct rows *again, const struct rows *fresh,
		      const struct snapshot *s)
{
	assert_int_equal(again->count, fresh->count);
	assert_int_equal(again->total, fresh->total);
	assert_int_equal(again->matched, fresh->matched);
	for (size_t i = 0; i < fresh->count; i++) {
		const struct row *a = &again->list[i], *b = &fresh->list[i];

		assert_true(process_key_equal(a->key, b->key));
		assert_int_equal(a->count, b->count);
		assert_int_equal(a->denied, b->denied);
		assert_ptr_equal(a->largest, b->largest);
		assert_int_equal(a->depth, b->depth);
		if (b->label)
			assert_string_equal(a->label, b->label);
		else
			assert_null(a->label);
		same_process(a->process, b->process);
	}
	for (size_t i = 0; i < s->nprocesses; i++) {
		struct process_key key = s->processes[i]->key;

		assert_int_equal(rows_find(again, key), rows_find(fresh, key));
	}
}

static const struct rows_query queries[] = {
	{ .sort = PROCESS_PSS, .active = NO_FIELD },
	{ .sort = PROCESS_RSS, .active = NO_FIELD, .reverse = true },
	{ .sort = PROCESS_USER, .active = NO_FIELD },
	{ .sort = PROCESS_OOM_SCORE, .active = NO_FIELD },
	{ .sort = PROCESS_OOM_SCORE, .active = PROCESS_OOM_SCORE, .top = 9 },
	{ .sort = PROCESS_SWAP, .active = PROCESS_SWAP },
	{ .sort = PROCESS_PSS, .active = NO_FIELD, .user = "web" },
	{ .sort = PROCESS_PSS, .active = NO_FIELD, .group = GROUP_COMMAND },
	{ .sort = PROCESS_SWAP, .active = NO_FIELD, .group = GROUP_USER },
	{ .sort = PROCESS_PSS,
	  .active = NO_FIELD,
	  .group = GROUP_CGROUP,
	  .reverse = true },
	{ .sort = PROCESS_COMM, .active = NO_FIELD, .group = GROUP_COMMAND },
	{ .sort = PROCESS_STATE, .active = NO_FIELD, .group = GROUP_CGROUP },
	{ .sort = PROCESS_PSS, .active = NO_FIELD, .tree = true },
	{ .sort = PROCESS_PSS, .active = NO_FIELD, .kernel_threads = true },
};

/* Now and then another question comes in between. */
static void test_same(void **unused)
{
	(void)unused;
	for (size_t q = 0; q < ARRAY_SIZE(queries); q++) {
		struct rows again = { 0 };
		const struct snapshot *s = NULL;

		for (uint64_t i = 1; i <= SAMPLES; i++) {
			struct snapshot *fresh_s = follow(s, i, i % 3 ? 5 : 60);
			size_t which = i % 10 ? q : next(ARRAY_SIZE(queries));
			struct rows fresh = { 0 };

			snapshot_unref(s); /* the rows have their own */
			s = fresh_s;
			assert_int_equal(rows_build(s, &queries[which], &again),
					 0);
			assert_int_equal(rows_build(s, &queries[which], &fresh),
					 0);
			same_rows(&again, &fresh, s);
			rows_done(&fresh);
			if (i % 25 == 0)
				rows_done(&again);
		}
		rows_done(&again);
		snapshot_unref(s);
	}
}

/* The filter of before at the same place, with another text in it. */
static void test_user_in_place(void **unused)
{
	char user[16] = "web";
	struct rows_query query = { .sort = PROCESS_PSS,
				    .active = NO_FIELD,
				    .user = user };
	struct snapshot *s = follow(NULL, 1, 0);
	struct rows rows = { 0 };
	size_t web;

	(void)unused;
	assert_int_equal(rows_build(s, &query, &rows), 0);
	web = rows.count;
	for (size_t i = 0; i < rows.count; i++)
		assert_string_equal(text_str(rows.list[i].process->user), user);
	strcpy(user, "postgres");
	assert_int_equal(rows_build(s, &query, &rows), 0);
	for (size_t i = 0; i < rows.count; i++)
		assert_string_equal(text_str(rows.list[i].process->user), user);
	strcpy(user, "web");
	assert_int_equal(rows_build(s, &query, &rows), 0);
	assert_int_equal(rows.count, web);
	rows_done(&rows);
	snapshot_unref(s);
}

#define CROWD	 2000
#define PER_PAGE 4 /* records; they are smaller than 1 KiB */

struct crowd {
	char *memory;
	size_t size;
};

static struct process *member(const struct crowd *crowd, size_t i)
{
	return (struct process *)(crowd->memory + i * 4096 / PER_PAGE);
}

static void crowd_make(struct crowd *crowd)
{
	assert_true(sizeof(struct process) <= 4096 / PER_PAGE);
	crowd->size = (size_t)CROWD * 4096 / PER_PAGE;
	crowd->memory = mmap(NULL, crowd->size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(crowd->memory, MAP_FAILED);
	for (size_t i = 0; i < CROWD; i++) {
		char comm[16];
		struct process *p;

		snprintf(comm, sizeof(comm), "c%zu", i / 4);
		p = sample_process((pid_t)i + 1, 0, comm);
		p->pss = (i * 7919 % CROWD) * MIB;
		memcpy(member(crowd, i), p, sizeof(*p));
		process_unref(p);
	}
}

/* Nobody can read what is closed: whoever looks into it dies. */
static void crowd_protect(const struct crowd *crowd, int how)
{
	assert_int_equal(mprotect(crowd->memory, crowd->size, how), 0);
}

static void again_without_looking(const struct rows_query *query)
{
	struct crowd crowd;
	struct snapshot *first = sample_snapshot(1);
	struct snapshot *second = sample_snapshot(2);
	struct rows rows = { 0 }, fresh = { 0 };
	struct process *changed;

	crowd_make(&crowd);
	for (size_t i = 0; i < CROWD; i++) {
		struct process *p = member(&crowd, i);

		sample_add(first, process_ref(p));
		if (i != CROWD / 2) {
			sample_add(second, process_ref(p));
			continue;
		}
		/* a member of the crowd that is not closed, on a page of its
		 * own, and the record that follows it */
		process_unref(first->processes[i]);
		changed = process_copy(p);
		strcpy(changed->comm, "alone");
		first->processes[i] = changed;
		changed = process_copy(changed);
		changed->pss = 3 * MIB + 1;
		sample_add(second, changed);
	}
	assert_int_equal(rows_build(first, query, &rows), 0);
	crowd_protect(&crowd, PROT_NONE);
	assert_int_equal(rows_build(second, query, &rows), 0);
	crowd_protect(&crowd, PROT_READ | PROT_WRITE);
	assert_int_equal(rows_build(second, query, &fresh), 0);
	same_rows(&rows, &fresh, second);
	rows_done(&rows);
	rows_done(&fresh);
	snapshot_unref(first);
	snapshot_unref(second);
	munmap(crowd.memory, crowd.size);
}

static void test_not_looked_at(void **unused)
{
	(void)unused;
	again_without_looking(&(struct rows_query){ .sort = PROCESS_PSS,
						    .active = NO_FIELD });
	again_without_looking(&(struct rows_query){ .sort = PROCESS_SWAP,
						    .active = PROCESS_PSS });
	again_without_looking(&(struct rows_query){ .sort = PROCESS_PSS,
						    .active = NO_FIELD,
						    .group = GROUP_COMMAND });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_user_in_place),
		cmocka_unit_test(test_not_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
