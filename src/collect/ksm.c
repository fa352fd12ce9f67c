/* SPDX-License-Identifier: MIT
 *
 * /sys/kernel/mm/ksm: equal pages that are kept once.
 */
#include <math.h>
#include <stddef.h>

#include "collect.h"
#include "scan.h"
#include "smallfile.h"

#define KSM "kernel/mm/ksm/"

/* clang-format off */
static const struct {
	const char *path;
	size_t offset;
	bool pages;
} files[] = {
	{ KSM "run", offsetof(struct ksm, run), false },
	{ KSM "pages_shared", offsetof(struct ksm, shared), true },
	{ KSM "pages_sharing", offsetof(struct ksm, sharing), true },
	{ KSM "pages_unshared", offsetof(struct ksm, unshared), true },
	{ KSM "pages_volatile", offsetof(struct ksm, volatile_), true },
	{ KSM "ksm_zero_pages", offsetof(struct ksm, zero_pages), true },
	{ KSM "full_scans", offsetof(struct ksm, full_scans), false },
};
/* clang-format on */

static int ksm_read(struct tree *tree, struct snapshot *snapshot)
{
	struct ksm *ksm = &snapshot->ksm;
	char buf[64];
	const char *end;
	ssize_t n = kernfile_read(tree->sys, KSM "run", buf, sizeof(buf));

	ksm->block = (struct block){
		.read_ns = tree_now(),
		.state = n < 0 ? state_from_errno((int)n) : STATE_OK,
	};
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		uint64_t value =
			n < 0 ? UNKNOWN
			      : smallfile_number(tree->sys, files[i].path);

		if (files[i].pages && value < UINT64_MAX / tree->page_size)
			value *= tree->page_size;
		*(uint64_t *)((char *)ksm + files[i].offset) = value;
	}
	ksm->profit = NAN;
	if (n >= 0 && kernfile_read(tree->sys, KSM "general_profit", buf,
				    sizeof(buf)) > 0) {
		int64_t profit;

		if (scan_i64(buf, &end, &profit))
			ksm->profit = (double)profit;
	}
	return 0;
}

/* clang-format off */
const struct collector collect_ksm = {
	.name = "ksm",
	.files = "/sys/" KSM "*",
	.lane = LANE_CHEAP,
	.period_ns = 10 * NS_PER_S,
	.cost_ns = 40 * NS_PER_US,
	.read = ksm_read,
	.gives = GIVES(ENTITY_KSM),
};
/* clang-format on */
