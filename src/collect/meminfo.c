/* SPDX-License-Identifier: MIT
 *
 * /proc/meminfo.  Keys that a kernel lacks stay UNKNOWN; under "subset=pid"
 * the whole file is absent.
 */
#include <stddef.h>

#include "collect.h"

/* clang-format off */
#define KEY(name, member) { name, offsetof(struct memory, member) }
static const struct kv_key keys[] = {
	KEY("MemTotal", total),
	KEY("MemFree", free),
	KEY("MemAvailable", available),
	KEY("Buffers", buffers),
	KEY("Cached", cached),
	KEY("SwapCached", swap_cached),
	KEY("Active(anon)", active_anon),
	KEY("Inactive(anon)", inactive_anon),
	KEY("Active(file)", active_file),
	KEY("Inactive(file)", inactive_file),
	KEY("Unevictable", unevictable),
	KEY("Mlocked", mlocked),
	KEY("SwapTotal", swap_total),
	KEY("SwapFree", swap_free),
	KEY("Zswap", zswap),
	KEY("Zswapped", zswapped),
	KEY("Dirty", dirty),
	KEY("Writeback", writeback),
	KEY("AnonPages", anon_pages),
	KEY("Mapped", mapped),
	KEY("Shmem", shmem),
	KEY("KReclaimable", kreclaimable),
	KEY("Slab", slab),
	KEY("SReclaimable", slab_reclaimable),
	KEY("SUnreclaim", slab_unreclaimable),
	KEY("KernelStack", kernel_stack),
	KEY("ShadowCallStack", shadow_stack),
	KEY("PageTables", page_tables),
	KEY("SecPageTables", sec_page_tables),
	KEY("CommitLimit", commit_limit),
	KEY("Committed_AS", committed),
	KEY("VmallocUsed", vmalloc_used),
	KEY("Percpu", percpu),
	KEY("HardwareCorrupted", hardware_corrupted),
	KEY("AnonHugePages", anon_huge),
	KEY("ShmemHugePages", shmem_huge),
	KEY("ShmemPmdMapped", shmem_pmd),
	KEY("FileHugePages", file_huge),
	KEY("FilePmdMapped", file_pmd),
	KEY("CmaTotal", cma_total),
	KEY("CmaFree", cma_free),
	KEY("Unaccepted", unaccepted),
	KEY("Balloon", balloon),
	KEY("GPUActive", gpu_active),
	KEY("GPUReclaim", gpu_reclaim),
	KEY("HugePages_Total", hugepages_total),
	KEY("HugePages_Free", hugepages_free),
	KEY("HugePages_Rsvd", hugepages_reserved),
	KEY("HugePages_Surp", hugepages_surplus),
	KEY("Hugepagesize", hugepage_size),
	KEY("Hugetlb", hugetlb),
};
/* clang-format on */

static int meminfo_read(struct tree *tree, struct snapshot *snapshot)
{
	struct memory *memory = &snapshot->memory;
	ssize_t r = kernfile_read(tree->proc, "meminfo", tree->buf, tree->size);

	/* without a text every key becomes UNKNOWN, and none is found */
	if (kv_fill(r < 0 ? "" : tree->buf, keys, ARRAY_SIZE(keys), memory))
		memory->block.state = STATE_OK;
	else
		memory->block.state =
			r < 0 ? state_from_errno((int)r) : STATE_ABSENT;
	memory->block.read_ns = tree_now();
	return 0;
}

/* clang-format off */
const struct collector collect_meminfo = {
	.name = "meminfo",
	.files = "/proc/meminfo",
	.lane = LANE_CHEAP,
	.cost_ns = 12 * NS_PER_US,
	.read = meminfo_read,
	.gives = GIVES(ENTITY_MEMORY),
};
/* clang-format on */
