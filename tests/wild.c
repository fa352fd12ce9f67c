/* SPDX-License-Identifier: MIT
 *
 * See wild.h.  Knows the model only.  Memory that can't be had ends the
 * program.
 */
#include "wild.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/list.h"
#include "sample.h"

static uint64_t random_state = 1;

void wild_seed(uint64_t seed)
{
	random_state = seed;
}

static uint64_t any(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

size_t wild_below(size_t limit)
{
	return (size_t)(any() >> 16) % limit;
}

bool wild_one_in(size_t n)
{
	return wild_below(n) == 0;
}

void wild_bytes(void *at, size_t size)
{
	for (size_t i = 0; i < size; i++)
		((unsigned char *)at)[i] = (unsigned char)(any() >> 32);
}

static const struct text *any_text(void)
{
	char bytes[40];
	size_t len = wild_below(sizeof(bytes));

	if (wild_one_in(8))
		return NULL;
	wild_bytes(bytes, len);
	/* few of them, so that some come again */
	return text_new(bytes, wild_one_in(2) ? len : len % 2);
}

static void change_text(const struct text **text)
{
	text_unref(*text);
	*text = any_text();
}

static void change_number(void *at)
{
	uint64_t number;

	memcpy(&number, at, sizeof(number));
	switch (wild_below(6)) {
	case 0:
		number += wild_below(100);
		break;
	case 1:
		number -= wild_below(100) * KIB;
		break;
	case 2:
		number += wild_below(1 << 20) * 4 * KIB;
		break;
	case 3:
		number = UNKNOWN;
		break;
	case 4:
		number = 0;
		break;
	default:
		number = any() >> wild_below(64);
		break;
	}
	memcpy(at, &number, sizeof(number));
}

static void change_row(const struct entity *entity, void *row)
{
	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		void *at = (char *)row + field->offset;
		struct block *block = (void *)((char *)row + field->block);

		if (!wild_one_in(8))
			continue;
		if (field->kind == KIND_TEXT)
			change_text(at);
		else if (field->kind == KIND_DOUBLE)
			*(double *)at =
				wild_one_in(3) ? NAN : (double)any() / 3;
		else if (field->kind == KIND_CHAR || field->kind == KIND_BOOL)
			*(bool *)at = wild_one_in(2);
		else if (field->kind == KIND_U64 || field->kind == KIND_I64)
			change_number(at);
		if (field->block != NO_BLOCK) {
			block->read_ns +=
				wild_below(2) * NS_PER_S + wild_below(1000);
			block->state = (enum state)wild_below(STATE_COUNT);
		}
	}
}

static struct process *changed_process(const struct process *process)
{
	struct process_key key = process->key;
	struct process *copy = process_copy(process);

	change_row(&entities[ENTITY_PROCESS], copy);
	if (wild_one_in(4))
		snprintf(copy->comm, sizeof(copy->comm), "%u", (unsigned)any());
	if (wild_one_in(50)) /* members without a field too */
		wild_bytes(copy->comm, sizeof(copy->comm));
	copy->kernel = wild_one_in(20);
	copy->key = key;
	return copy;
}

/* Changed a little, or not; gone; another one with its pid; a new one behind
 * it. */
static void next_process(struct snapshot *snapshot,
			 const struct process *process, pid_t limit)
{
	pid_t pid = process->key.pid;
	struct process *other;

	if (wild_one_in(40)) {
		other = sample_process(pid, 1, "another");
		other->key.start_ns = any();
		sample_add(snapshot, other);
	} else if (wild_one_in(4)) {
		sample_add(snapshot, changed_process(process));
	} else if (wild_one_in(30)) { /* a copy, and no news */
		sample_add(snapshot, process_copy(process));
	} else if (!wild_one_in(50)) {
		sample_add(snapshot, process_ref(process));
	}
	if (wild_one_in(25) && pid + 1 < limit)
		sample_add(snapshot, sample_process(pid + 1, pid, "new"));
}

static void next_counters(const struct snapshot *before, struct snapshot *next)
{
	static const char *const names[] = { "pgfault", "pswpin", "oom_kill",
					     "none", "pgscan" };
	struct counter_names *list = NULL;
	size_t count;

	if (wild_one_in(30)) {
		list = counter_names_new(names,
					 wild_below(ARRAY_SIZE(names) + 1));
		next->vmstat_names = list;
	} else {
		next->vmstat_names = counter_names_ref(before->vmstat_names);
	}
	next->vmstat = NULL;
	if (next->vmstat_names == NULL || wild_one_in(40))
		return;
	count = next->vmstat_names->count;
	if (count == 0)
		return;
	next->vmstat = calloc(count, sizeof(*next->vmstat));
	if (list == NULL && before->vmstat != NULL)
		memcpy(next->vmstat, before->vmstat,
		       count * sizeof(*next->vmstat));
	for (size_t i = 0; i < count; i++) {
		if (wild_one_in(2))
			change_number(&next->vmstat[i].value);
		if (wild_one_in(2))
			next->vmstat[i].rate = (double)wild_below(1000) / 7;
	}
}

static void ref_texts(const struct entity *entity, const void *row)
{
	for (size_t i = 0; i < entity->nfields; i++)
		if (entity->fields[i].kind == KIND_TEXT)
			text_ref(*(const struct text *const
					   *)((const char *)row +
					      entity->fields[i].offset));
}

static void next_list(const struct snapshot *before, struct snapshot *next,
		      size_t index)
{
	const struct list *old = before->lists[index];
	const struct entity *entity = &entities[ENTITY_LIST_FIRST + index];
	size_t count = list_count(old);
	struct list *list;

	if (!wild_one_in(3)) {
		list_ref(old);
		return;
	}
	next->lists[index] = NULL;
	if (wild_one_in(30))
		return;
	if (wild_one_in(10))
		count = wild_below(4);
	list = list_new(ENTITY_LIST_FIRST + index);
	for (size_t i = 0; i < count && list != NULL; i++) {
		char *row = list_add(&list);

		if (row == NULL)
			abort();
		if (i < list_count(old)) {
			memcpy(row, list_row(old, i), entity->row_size);
			ref_texts(entity, row);
		}
		change_row(entity, row);
	}
	list->block.read_ns = next->monotonic_ns + wild_below(1000);
	list->block.state = (enum state)wild_below(STATE_COUNT);
	snapshot_set_list(next, list);
}

static void change_verdict(struct verdict *verdict)
{
	for (size_t i = 0; i < VERDICT_EVIDENCE; i++) {
		if (!wild_one_in(3))
			continue;
		verdict->evidence[i] = (struct evidence){ 0 };
		if (wild_one_in(4))
			continue;
		verdict->evidence[i] = (struct evidence){
			.name = "memory_some_10s",
			.unit = (uint32_t)wild_below(9),
			.comparison = (uint32_t)wild_below(3),
			.value = (double)wild_below(1000) / 8,
			.limit = wild_one_in(3) ? NAN : 10,
		};
	}
	for (size_t i = 0; i < VERDICT_SUBJECTS; i++) {
		bool named = verdict->subjects[i].name != NULL;

		verdict->subjects[i].pid = named ? (int64_t)wild_below(9) : 0;
		verdict->subjects[i].start_ns = named ? wild_below(99) : 0;
		verdict->subjects[i].role = named ? (uint32_t)wild_below(3) : 0;
		verdict->subjects[i].certainty =
			named ? (uint32_t)wild_below(4) : 0;
	}
	for (size_t i = 0; i < VERDICT_ALSO; i++) {
		bool named = verdict->also[i].text != NULL;

		verdict->also[i].rule = named ? "R04-x" : NULL;
		verdict->also[i].severity = named ? (uint32_t)wild_below(4) : 0;
		verdict->also[i].at_least = named ? (uint32_t)wild_below(2) : 0;
		verdict->also[i].since_realtime_ns =
			named ? wild_below(1000) : 0;
	}
}

struct snapshot *wild_next(const struct snapshot *before)
{
	struct snapshot *next = malloc(sizeof(*next));

	if (next == NULL)
		abort();
	memcpy(next, before, sizeof(*next));
	atomic_init(&next->refs, 1);
	next->seq = 0;
	next->monotonic_ns += NS_PER_S + wild_below(1000000);
	next->realtime_ns += NS_PER_S - wild_below(1000000);
	host_ref(next->host);
	verdict_ref_texts(&next->verdict);
	for (size_t i = 0; i < ENTITY_COUNT; i++)
		if (!entities[i].repeated)
			change_row(&entities[i],
				   (char *)next + entities[i].offset);
	for (size_t i = 0; i < VERDICT_TEXTS; i++)
		if (wild_one_in(3))
			change_text(verdict_text(&next->verdict, i));
	change_verdict(&next->verdict);
	next->verdict.severity = (enum severity)wild_below(4);
	next->verdict.rule = wild_one_in(2) ? "thrash" : NULL;
	if (wild_one_in(30)) {
		host_unref(next->host);
		next->host = wild_one_in(2) ? host_new() : NULL;
	}
	next_counters(before, next);
	for (size_t i = 0; i < LIST_COUNT; i++)
		next_list(before, next, i);
	next->processes = NULL;
	next->nprocesses = 0;
	for (size_t i = 0; i < before->nprocesses; i++)
		next_process(next, before->processes[i],
			     i + 1 < before->nprocesses
				     ? before->processes[i + 1]->key.pid
				     : 100000);
	if (next->nprocesses == 0)
		sample_add(next, sample_process(7, 1, "again"));
	return next;
}
