/* SPDX-License-Identifier: MIT
 *
 * The figures of several processes as those of one, by each field's
 * aggregate.  A figure of a group is known only if it is known of every
 * member that has such a thing; the one exception are rates, which a member
 * younger than two reads can not have yet.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "build.h"
#include "memtop/flags.h"
#include "model.h"

/* clang-format off */
/* Which of two states a group is in; the higher one. */
static const uint8_t state_ranks[] = {
	[STATE_NOT_APPLICABLE] = 0,
	[STATE_OK] = 1,
	[STATE_NOT_READ] = 2,
	[STATE_PENDING] = 3,
	[STATE_ABSENT] = 4,
	[STATE_STUCK] = 5,
	[STATE_DENIED] = 6,
};
static const uint16_t blocks[] = {
	offsetof(struct process, identity), offsetof(struct process, names),
	offsetof(struct process, statm), offsetof(struct process, status),
	offsetof(struct process, stat), offsetof(struct process, oom),
	offsetof(struct process, smaps),    offsetof(struct process, group),
	offsetof(struct process, delays),   offsetof(struct process, files),
	offsetof(struct process, judged),
};
/* clang-format on */
static_assert(ARRAY_SIZE(state_ranks) == STATE_COUNT, "a rank for each state");

static void add_u64(enum aggregate how, uint64_t *into, uint64_t value)
{
	if (*into == UNKNOWN || value == UNKNOWN)
		*into = UNKNOWN;
	else if (how == AGGREGATE_SUM)
		*into += value;
	else if (how == AGGREGATE_MAX)
		*into = max_u64(*into, value);
	else if (how == AGGREGATE_NONE || *into != value)
		*into = UNKNOWN;
}

static void add_double(double *into, double value)
{
	if (isnan(*into))
		*into = value;
	else if (!isnan(value))
		*into += value;
}

static void add_text(const struct text **into, const struct text *text)
{
	if (!text_equal(*into, text))
		*into = NULL;
}

static void add_field(const struct field *field, struct process *into,
		      const struct process *member)
{
	void *at = (char *)into + field->offset;
	const void *from = (const char *)member + field->offset;

	switch (field->kind) {
	case KIND_U64:
		add_u64(field->aggregate, at, *(const uint64_t *)from);
		break;
	case KIND_I64: /* oom_score_adj: that of whoever goes first */
		if (*(const int64_t *)from > *(int64_t *)at)
			*(int64_t *)at = *(const int64_t *)from;
		break;
	case KIND_PID:
		if (field->aggregate != AGGREGATE_SAME ||
		    *(const pid_t *)from != *(pid_t *)at)
			*(pid_t *)at = -1;
		break;
	case KIND_DOUBLE:
		add_double(at, *(const double *)from);
		break;
	case KIND_TEXT:
		add_text(at, *(const struct text *const *)from);
		break;
	case KIND_CHARS:
		if (field->aggregate == AGGREGATE_UNION)
			flags_add(at, from);
		else if (strcmp(at, from) != 0)
			*(char *)at = '\0';
		break;
	case KIND_CHAR:
		if (*(const char *)from != *(char *)at)
			*(char *)at = '\0';
		break;
	case KIND_BOOL:
		break;
	}
}

static void copy_field(const struct field *field, struct process *into,
		       const struct process *member)
{
	static const uint8_t sizes[] = {
		[KIND_U64] = sizeof(uint64_t), [KIND_I64] = sizeof(int64_t),
		[KIND_PID] = sizeof(pid_t),    [KIND_DOUBLE] = sizeof(double),
		[KIND_TEXT] = sizeof(char *),  [KIND_CHAR] = sizeof(char),
		[KIND_BOOL] = sizeof(bool),
	};

	memcpy((char *)into + field->offset,
	       (const char *)member + field->offset,
	       field->kind == KIND_CHARS ? field->size : sizes[field->kind]);
}

static enum state state_of(const struct process *process, uint16_t block)
{
	return ((const struct block *)((const char *)process + block))->state;
}

static void add_block(struct block *into, const struct block *block)
{
	uint64_t oldest = min_u64(into->read_ns, block->read_ns);

	if (block->state == STATE_NOT_APPLICABLE)
		return;
	/* the age of a sum is that of its oldest part */
	into->read_ns =
		into->state == STATE_NOT_APPLICABLE ? block->read_ns : oldest;
	if (state_ranks[block->state] > state_ranks[into->state])
		into->state = block->state;
}

static void add_process(struct process *into, const struct process *member)
{
	for (size_t i = 0; i < PROCESS_FIELD_COUNT; i++) {
		const struct field *field = &process_fields[i];

		if (field->block == NO_BLOCK)
			add_field(field, into, member);
		else if (state_of(member, field->block) == STATE_NOT_APPLICABLE)
			continue; /* a zombie adds nothing */
		else if (state_of(into, field->block) == STATE_NOT_APPLICABLE)
			copy_field(field, into, member);
		else
			add_field(field, into, member);
	}
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		add_block((struct block *)((char *)into + blocks[i]),
			  (const struct block *)((const char *)member +
						 blocks[i]));
}

/*
 * The largest member is so by the column that is sorted by, where that is an
 * amount; else by PSS.
 */
static double weigh(const struct rows_query *query,
		    const struct process *process)
{
	const struct field *field = &process_fields[query->sort];
	struct value value;

	if (field->aggregate != AGGREGATE_SUM &&
	    field->aggregate != AGGREGATE_MAX)
		field = &process_fields[PROCESS_PSS];
	value = field_get(&entities[ENTITY_PROCESS], field, process);
	return value_number(&value);
}

static void add_bound(struct sum *sum, const struct process *member)
{
	if (member->smaps.state == STATE_NOT_APPLICABLE)
		return;
	if (member->smaps.state == STATE_OK && member->pss != UNKNOWN) {
		sum->exact += member->pss;
	} else if (member->status.state == STATE_OK &&
		   member->anon != UNKNOWN && member->file != UNKNOWN &&
		   member->shmem != UNKNOWN) {
		sum->private_ += member->anon;
		sum->shareable += member->file + member->shmem;
	} else if (member->statm.state == STATE_OK && member->rss != UNKNOWN) {
		sum->private_ += member->rss;
	} else {
		sum->unbounded = true;
	}
}

static void add_member(struct sum *sum, const struct rows_query *query,
		       const struct process *member)
{
	double weight = weigh(query, member);

	sum->count++;
	sum->denied += member->smaps.state == STATE_DENIED;
	if (sum->largest == NULL || weight > sum->largest_weight ||
	    (isnan(sum->largest_weight) && !isnan(weight))) {
		sum->largest = member;
		sum->largest_key = member->key;
		sum->largest_weight = weight;
	}
	add_bound(sum, member);
}

void sum_begin(struct sum *sum, const struct rows_query *query,
	       const struct process *first)
{
	const size_t head = offsetof(struct process, key);

	memset(sum, 0, sizeof(*sum));
	memcpy((char *)&sum->process + head, (const char *)first + head,
	       sizeof(*first) - head);
	add_member(sum, query, first);
}

void sum_add(struct sum *sum, const struct rows_query *query,
	     const struct process *member)
{
	add_process(&sum->process, member);
	add_member(sum, query, member);
}

void sum_merge(struct sum *sum, const struct sum *other)
{
	add_process(&sum->process, &other->process);
	sum->count += other->count;
	sum->denied += other->denied;
	sum->exact += other->exact;
	sum->private_ += other->private_;
	sum->shareable += other->shareable;
	sum->unbounded |= other->unbounded;
}

void sum_finish(struct sum *sum, const struct snapshot *snapshot)
{
	/* members may all map the same pages, but no more of them than are
	 * mapped at all */
	uint64_t mapped = snapshot->memory.block.state == STATE_OK
				  ? snapshot->memory.mapped
				  : UNKNOWN;

	sum->process.pss_bound = UNKNOWN;
	if (!sum->unbounded && sum->process.smaps.state != STATE_OK &&
	    sum->process.smaps.state != STATE_NOT_APPLICABLE)
		sum->process.pss_bound = sum->exact + sum->private_ +
					 min_u64(sum->shareable, mapped);
	flags_of_sum(snapshot, &sum->process);
}
