/* SPDX-License-Identifier: MIT
 *
 * The knobs of transparent huge pages and what khugepaged has done, from
 * /sys/kernel/mm/transparent_hugepage; a kernel without them has no such
 * directory.
 */
#include <errno.h>
#include <stddef.h>

#include "collect.h"
#include "smallfile.h"

#define DIRECTORY "kernel/mm/transparent_hugepage/"

/* clang-format off */
static const struct {
	const char *path;
	size_t offset;
} numbers[] = {
#define NUMBER(file, member) { DIRECTORY file, offsetof(struct thp, member) }
	NUMBER("use_zero_page", use_zero_page),
	NUMBER("hpage_pmd_size", hpage_pmd_size),
	NUMBER("shrink_underused", shrink_underused),
	NUMBER("khugepaged/pages_to_scan", pages_to_scan),
	NUMBER("khugepaged/scan_sleep_millisecs", scan_sleep_ms),
	NUMBER("khugepaged/alloc_sleep_millisecs", alloc_sleep_ms),
	NUMBER("khugepaged/max_ptes_none", max_ptes_none),
	NUMBER("khugepaged/max_ptes_swap", max_ptes_swap),
	NUMBER("khugepaged/max_ptes_shared", max_ptes_shared),
	NUMBER("khugepaged/pages_collapsed", pages_collapsed),
	NUMBER("khugepaged/full_scans", full_scans),
}, words[] = {
#define WORD(file, member) { DIRECTORY file, offsetof(struct thp, member) }
	WORD("defrag", defrag),
	WORD("shmem_enabled", shmem_enabled),
	WORD("khugepaged/defrag", khugepaged_defrag),
};
/* clang-format on */

static int thp_read(struct tree *tree, struct snapshot *snapshot)
{
	struct thp *thp = &snapshot->thp;
	ssize_t r;
	size_t i;

	/* without /sys (-1) this is EBADF, which says nothing about THP */
	r = smallfile_choice(tree->sys, DIRECTORY "enabled", thp->enabled,
			     sizeof(thp->enabled));
	if (r == -EBADF)
		r = -ENOENT;
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		*(uint64_t *)((char *)thp + numbers[i].offset) =
			r < 0 ? UNKNOWN
			      : smallfile_number(tree->sys, numbers[i].path);
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		char *word = (char *)thp + words[i].offset;

		word[0] = '\0';
		if (r >= 0)
			smallfile_choice(tree->sys, words[i].path, word,
					 sizeof(thp->defrag));
	}
	thp->block.state = r < 0 ? state_from_errno((int)r) : STATE_OK;
	thp->block.read_ns = tree_now();
	return 0;
}

/* clang-format off */
const struct collector collect_thp = {
	.name = "thp",
	.files = "/sys/kernel/mm/transparent_hugepage",
	.lane = LANE_CHEAP,
	.period_ns = 5 * NS_PER_S, /* khugepaged sleeps 10 s between scans */
	.cost_ns = 80 * NS_PER_US,
	.read = thp_read,
	.gives = GIVES(ENTITY_THP),
};
/* clang-format on */
