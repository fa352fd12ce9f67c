/* SPDX-License-Identifier: MIT
 *
 * /proc/vmstat: every counter by the name the kernel gives it, so that one
 * nobody has heard of is still shown and exported.  The list of names is the
 * same at every read and is shared by the snapshots.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "memtop/counters.h"

/* More than any kernel has; a longer file is cut. */
#define COUNTERS_MAX 1024
/* Between samples closer than this one event would make a rate of dozens. */
#define RATES_AFTER_NS (80 * NS_PER_MS)

/* One "name value" line whose value is a number. */
static bool next_counter(const char **cursor, struct kv *kv)
{
	while (kv_next(cursor, kv))
		if (kv->has_value)
			return true;
	return false;
}

/* Are these the counters of text, in its order? */
static bool names_match(const struct counter_names *names, const char *text)
{
	struct kv kv;
	size_t n = 0;

	if (!names)
		return false;
	while (n < COUNTERS_MAX && next_counter(&text, &kv)) {
		if (n == names->count ||
		    strncmp(names->names[n], kv.key, kv.key_len) ||
		    names->names[n][kv.key_len])
			return false;
		n++;
	}
	return n == names->count;
}

/* Makes the names from text; it is cut into strings on the way. */
static struct counter_names *names_from(char *text)
{
	const char *names[COUNTERS_MAX], *cursor = text;
	struct counter_names *ret;
	struct kv kv;
	char *ends[COUNTERS_MAX], kept[COUNTERS_MAX];
	size_t n = 0, i;

	while (n < COUNTERS_MAX && next_counter(&cursor, &kv)) {
		names[n] = kv.key;
		ends[n] = text + (kv.key - text) + kv.key_len;
		n++;
	}
	for (i = 0; i < n; i++) {
		kept[i] = *ends[i];
		*ends[i] = '\0';
	}
	ret = counter_names_new(names, n);
	for (i = 0; i < n; i++)
		*ends[i] = kept[i];
	return ret;
}

static int fill(struct tree *tree, struct snapshot *snapshot)
{
	const char *cursor = tree->buf;
	struct counter_names *names;
	struct kv kv;
	size_t n = 0;

	if (!names_match(tree->vmstat_names, tree->buf)) {
		names = names_from(tree->buf);
		if (!names)
			return -ENOMEM;
		counter_names_unref(tree->vmstat_names);
		tree->vmstat_names = names;
	}
	if (!tree->vmstat_names->count) {
		snapshot->vmstat_block.state = STATE_ABSENT;
		return 0;
	}
	snapshot->vmstat =
		calloc(tree->vmstat_names->count, sizeof(*snapshot->vmstat));
	if (!snapshot->vmstat)
		return -ENOMEM;
	snapshot->vmstat_names = counter_names_ref(tree->vmstat_names);
	while (n < snapshot->vmstat_names->count && next_counter(&cursor, &kv))
		snapshot->vmstat[n++] = (struct counter){ kv.value, NAN };
	snapshot->vmstat_block.state = STATE_OK;
	return 0;
}

static void rates(const struct snapshot *last, struct snapshot *snapshot)
{
	const struct counter_names *names = snapshot->vmstat_names;

	if (!last || snapshot->interval_ns < RATES_AFTER_NS)
		return;
	for (size_t i = 0; names && i < names->count; i++) {
		struct counter *counter = &snapshot->vmstat[i];
		const struct counter *before = NULL;

		/* the same list of names nearly always: by position */
		if (last->vmstat_names == names)
			before = &last->vmstat[i];
		else
			before = snapshot_counter(last, names->names[i]);
		if (before)
			counter->rate = counters_rate(
				names->names[i], before->value,
				last->vmstat_block.read_ns, counter->value,
				snapshot->vmstat_block.read_ns);
	}
}

static int vmstat_read(struct tree *tree, struct snapshot *snapshot)
{
	ssize_t r = kernfile_read(tree->proc, "vmstat", tree->buf, tree->size);

	snapshot->vmstat_block.read_ns = tree_now();
	if (r < 0) {
		snapshot->vmstat_block.state = state_from_errno((int)r);
		return 0;
	}
	r = fill(tree, snapshot);
	if (r == 0)
		rates(tree->before, snapshot);
	return (int)r;
}

/* clang-format off */
const struct collector collect_vmstat = {
	.name = "vmstat",
	.files = "/proc/vmstat",
	.lane = LANE_CHEAP,
	.cost_ns = 35 * NS_PER_US,
	.read = vmstat_read,
};
/* clang-format on */
