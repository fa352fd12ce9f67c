/* SPDX-License-Identifier: MIT
 *
 * The order of rows.  Every value is read once, into a key, and the keys are
 * sorted: ten thousand rows must not cost more than the sample they show.
 * The order is that of value_compare(), made total by the pid; but the order of
 * OOM kills is the forecast's, which is finer than scores, and letters have one
 * of their own.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "memtop/flags.h"
#include "memtop/forecast.h"
#include "model.h"

/*
 * As the kernel compares them; of equals the later one dies first.  One whose
 * parts are not all known stands where its score has it: the fewest points
 * that it stands for.
 */
static void set_kill_order(const struct snapshot *snapshot,
			   const struct process *process, struct sort_key *key)
{
	uint64_t total = oom_machine_pages(snapshot);
	int64_t points = oom_tie(snapshot, process);

	/* without a total there are no points of anybody */
	if (!key->known || total == 0)
		return;
	if (oom_exempt(process) || process->oom_score == 0)
		key->number = -INFINITY;
	else if (points != INT64_MIN)
		key->number = (double)points;
	else
		key->number =
			(ceil(key->number * 1.5) - 1000) * (double)total / 1000;
	key->tie = (double)process->key.start_ns;
}

struct sort_key sort_key_make(const struct build *build,
			      const struct process *process, size_t index)
{
	const struct rows_query *query = &build->query;
	const struct field *field = &process_fields[query->sort];
	struct value value =
		field_get(&entities[ENTITY_PROCESS], field, process);
	struct sort_key key = {
		.pid = process->key.pid,
		.index = (uint32_t)index,
		.reverse = query->reverse,
		.none = value.state == STATE_NOT_APPLICABLE,
	};

	if (query->sort == PROCESS_FLAGS) {
		key.number = flags_gravity(process->flags);
		key.known = value.state == STATE_OK;
	} else if (value.kind == KIND_TEXT) {
		key.is_text = true;
		key.text = value.text.bytes;
		key.len = value.text.len;
		key.known = key.text != NULL;
	} else {
		key.number = value_number(&value);
		key.known = !isnan(key.number);
	}
	/* sums of several processes have no points, only the highest score */
	if (query->sort == PROCESS_OOM_SCORE && query->group == GROUP_NONE &&
	    !query->tree)
		set_kill_order(build->snapshot, process, &key);
	return key;
}

static int compare_known(const struct sort_key *a, const struct sort_key *b)
{
	size_t len;
	int order;

	if (!a->is_text) {
		order = (a->number < b->number) - (a->number > b->number);
		return order != 0 ? order
				  : (a->tie < b->tie) - (a->tie > b->tie);
	}
	len = a->len < b->len ? a->len : b->len;
	order = memcmp(a->text, b->text, len);
	return order != 0 ? order : (a->len > b->len) - (a->len < b->len);
}

static int compare_keys(const void *left, const void *right)
{
	const struct sort_key *a = left, *b = right;
	int order;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	if (a->known != b->known)
		return a->known ? -1 : 1;
	order = a->known ? compare_known(a, b) : 0;
	if (order != 0)
		return a->reverse ? -order : order;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* Lets the key at `at` sink to where no key below it comes later. */
static void sink(struct sort_key *heap, size_t count, size_t at)
{
	struct sort_key key = heap[at];
	size_t child;

	for (; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count &&
		    compare_keys(&heap[child + 1], &heap[child]) > 0)
			child++;
		if (compare_keys(&key, &heap[child]) >= 0)
			break;
		heap[at] = heap[child];
	}
	heap[at] = key;
}

/* Leaves the first `top` in front: a heap whose root is the last of them. */
static void choose_first(struct sort_key *keys, size_t count, size_t top)
{
	for (size_t i = top / 2; i-- > 0;)
		sink(keys, top, i);
	for (size_t i = top; i < count; i++)
		if (compare_keys(&keys[i], &keys[0]) < 0) {
			keys[0] = keys[i];
			sink(keys, top, 0);
		}
}

size_t sort_keys(struct sort_key *keys, size_t count, size_t top)
{
	/* near the whole, sorting the whole is quicker */
	if (top > 0 && top < count / 4) {
		choose_first(keys, count, top);
		count = top;
	}
	qsort(keys, count, sizeof(*keys), compare_keys);
	return count;
}

bool sort_keys_last(const struct build *before, const struct build *build)
{
	if (before->nkeys == 0 || before->query.sort != build->query.sort ||
	    before->query.reverse != build->query.reverse)
		return false;
	/* points are parts of the machine */
	return build->query.sort != PROCESS_OOM_SCORE ||
	       oom_machine_pages(before->snapshot) ==
		       oom_machine_pages(build->snapshot);
}

size_t sort_merge(const struct sort_key *old, size_t nold,
		  const uint32_t *places, struct sort_key *fresh, size_t nfresh,
		  struct sort_key *ret)
{
	size_t n = 0, next = 0;

	qsort(fresh, nfresh, sizeof(*fresh), compare_keys);
	for (size_t i = 0; i < nold; i++) {
		uint32_t place = places[old[i].index];

		if (place == NO_PART)
			continue;
		while (next < nfresh && compare_keys(&fresh[next], &old[i]) < 0)
			ret[n++] = fresh[next++];
		ret[n] = old[i];
		ret[n++].index = place;
	}
	while (next < nfresh)
		ret[n++] = fresh[next++];
	return n;
}
