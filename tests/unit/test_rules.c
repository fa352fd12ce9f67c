/* SPDX-License-Identifier: MIT
 *
 * Every rule is a row of legs: figures at which it holds, and for each of
 * them one at which it does not.  Then every leg is taken away, turned round
 * and moved, one at a time, and these cases have to notice.
 */
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/judge/judge.h"
#include "../../src/ui/ui.h"
#include "memtop/glossary.h"
#include "memtop/verdict.h"

#define S     (double)NS_PER_S
#define M     (double)MIB
#define G     (double)GIB
#define NEVER NAN

/* yes: it holds; no: it does not, whatever the others say; NEVER: a figure
 * that only has to be there. */
struct fixture {
	const char *rule;
	unsigned nth; /* of the rows with that name */
	enum severity severity;
	struct {
		enum fact fact;
		double yes, no;
	} figures[6];
};

#define N SEVERITY_NOTE
#define W SEVERITY_WARN
#define C SEVERITY_CRIT

/* clang-format off */
static const struct fixture fixtures[] = {
	{ "R12-out-of-memory", 0, W, { { FACT_AVAILABLE_OF_ANON, 9.5, 10.5 },
		{ FACT_SWAP_FREE_PERCENT, 9.5, 10.5 } } },
	{ "R12-out-of-memory", 0, C, { { FACT_AVAILABLE_OF_ANON, 4.8, 5.2 },
		{ FACT_SWAP_FREE_PERCENT, 4.8, 5.2 } } },
	{ "R12-out-of-memory", 1, C, { { FACT_OOM_DISTANCE, 1.9 * M, 2.1 * M },
		{ FACT_LOW_WATERMARK, M, .9 * M } } },
	{ "R12-out-of-memory", 2, W, { { FACT_ETA, 590 * S, 610 * S },
		{ FACT_AVAILABLE_PERCENT, 14.5, 15.5 } } },
	{ "R12-out-of-memory", 2, C, { { FACT_ETA, 58 * S, 62 * S },
		{ FACT_AVAILABLE_PERCENT, 14.5, 15.5 } } },
	{ "R21-filling", 0, N, { { FACT_FILL_ETA, 3500 * S, 3700 * S },
		{ FACT_FILL_PERCENT, .52, .48 },
		{ FACT_HEADROOM_PERCENT, 59, 61 } } },
	{ "R21-filling", 0, N, { { FACT_FILL_ETA, 590 * S, 610 * S },
		{ FACT_FILL_PERCENT, .52, .48 },
		{ FACT_HEADROOM_PERCENT, 90, NEVER } } },
	{ "R21-filling", 0, W, { { FACT_FILL_ETA, 590 * S, 610 * S },
		{ FACT_FILL_PERCENT, .52, .48 },
		{ FACT_HEADROOM_PERCENT, 90, NEVER } } },
	{ "R44-earlyoom", 0, W, { { FACT_EARLYOOM_WAY, 51, 49 } } },
	{ "R44-earlyoom", 0, C, { { FACT_EARLYOOM_WAY, 81, 79 } } },
	{ "R44-nohang", 0, W, { { FACT_NOHANG_WAY, 51, 49 } } },
	{ "R44-nohang", 0, C, { { FACT_NOHANG_WAY, 81, 79 } } },
	{ "R44-systemd-oomd", 0, W, { { FACT_OOMD_WAY, 51, 49 } } },
	{ "R44-systemd-oomd", 0, C, { { FACT_OOMD_WAY, 81, 79 } } },
	{ "R44-systemd-oomd", 1, W, { { FACT_OOMD_STALL_WAY, 51, 49 } } },
	{ "R44-systemd-oomd", 1, C, { { FACT_OOMD_STALL_WAY, 81, 79 } } },
	{ "R30-panic-on-oom", 0, W, { { FACT_PANIC, 1, 0 } } },
	{ "R30-nothing-to-kill", 0, W, { { FACT_KILLABLE_PERCENT, 9.5, 10.5 },
		{ FACT_USED_PERCENT, 61, 59 } } },
	{ "R30-nothing-to-kill", 0, W, { { FACT_LARGEST_PERCENT, 2.9, 3.1 },
		{ FACT_USED_PERCENT, 61, 59 } } },
	{ "R30-kills-allocating", 0, N, { { FACT_KILLS_ALLOCATING, 1, 0 } } },

	{ "R07-swap-thrash", 0, W, { { FACT_SWAP_IN, 66, 62 },
		{ FACT_SWAP_OUT, 17, 15 }, { FACT_RETURN_ANON, 31, 29 },
		{ FACT_MEM_FULL, 5.2, 4.8 } } },
	{ "R07-swap-thrash", 0, W, { { FACT_SWAP_IN, 66, 62 },
		{ FACT_SWAP_OUT, 17, 15 }, { FACT_RETURN_ANON, 31, 29 },
		{ FACT_IO_SOME, 21, 19 } } },
	{ "R07-swap-thrash", 0, C, { { FACT_SWAP_IN, 66, 62 },
		{ FACT_SWAP_OUT, 17, 15 }, { FACT_RETURN_ANON, 31, 29 },
		{ FACT_MEM_FULL, 21, 19 } } },
	{ "R07-swap-thrash", 1, C, { { FACT_SWAP_IN, 66, 62 },
		{ FACT_SWAP_OUT, 17, 15 }, { FACT_RETURN_ANON, 71, 69 },
		{ FACT_MEM_SOME, 31, 29 } } },
	{ "R07-swap-thrash", 2, W, { { FACT_NO_STALLS, 1, 0 },
		{ FACT_SWAP_IN, 66, 62 }, { FACT_SWAP_OUT, 17, 15 },
		{ FACT_RETURN_ANON, 31, 29 }, { FACT_ALLOCSTALL, 10.5, 9.5 } } },
	{ "R07-swap-thrash", 2, C, { { FACT_NO_STALLS, 1, 0 },
		{ FACT_SWAP_IN, 66, 62 }, { FACT_SWAP_OUT, 17, 15 },
		{ FACT_RETURN_ANON, 71, 69 }, { FACT_ALLOCSTALL, 105, 95 } } },
	{ "R07-swap-return", 0, N, { { FACT_SWAP_IN, 66, 62 },
		{ FACT_SWAP_OUT, 15, 17 } } },
	{ "R09-cache-thrash", 0, W, { { FACT_STEAL_FILE, 510, 490 },
		{ FACT_RETURN_FILE, 51, 49 }, { FACT_MEM_SOME, 5.2, 4.8 } } },
	{ "R09-cache-thrash", 0, W, { { FACT_STEAL_FILE, 510, 490 },
		{ FACT_RETURN_FILE, 51, 49 }, { FACT_IO_SOME, 21, 19 } } },
	{ "R09-cache-thrash", 0, W, { { FACT_STEAL_FILE, 510, 490 },
		{ FACT_RETURN_FILE, 51, 49 },
		{ FACT_THRASH_LEVEL, 31, 29 } } },
	{ "R09-cache-thrash", 0, C, { { FACT_STEAL_FILE, 510, 490 },
		{ FACT_RETURN_FILE, 71, 69 }, { FACT_MEM_FULL, 21, 19 } } },
	{ "R09-cache-thrash", 0, C, { { FACT_STEAL_FILE, 510, 490 },
		{ FACT_RETURN_FILE, 71, 69 },
		{ FACT_THRASH_LEVEL, 102, 98 } } },
	{ "R10-swap-full", 0, N, { { FACT_SWAP_USED_PERCENT, 81, 79 } } },
	{ "R10-swap-full", 0, W, { { FACT_SWAP_USED_PERCENT, 91, 89 },
		{ FACT_AVAILABLE_PERCENT, 19, 21 } } },
	{ "R10-swap-full", 0, C, { { FACT_SWAP_USED_PERCENT, 98.5, 97.5 },
		{ FACT_AVAILABLE_PERCENT, 14, 16 } } },
	{ "R11-compressed-swap-full", 0, N, { { FACT_POOL_PERCENT, 46, 44 } } },
	{ "R11-compressed-swap-full", 0, W, { { FACT_POOL_PERCENT, 56, 54 } } },
	{ "R11-compressed-swap-full", 0, C, { { FACT_POOL_PERCENT, 61, 59 } } },
	{ "R11-incompressible", 0, W, { { FACT_POOL_STORED, 260 * M, 250 * M },
		{ FACT_POOL_RATIO, 145, 155 } } },
	{ "R29-no-swap", 0, W, { { FACT_SWAP_TOTAL, 0, G },
		{ FACT_MEM_SOME_60, 5.2, 4.8 } } },
	{ "R29-no-swap", 0, W, { { FACT_SWAP_TOTAL, 0, G },
		{ FACT_LOW_NOW, 2, 1.7 } } },
	{ "R29-no-swap", 0, W, { { FACT_SWAP_TOTAL, 0, G },
		{ FACT_THRASH_NOW, 2, 1.7 } } },

	{ "R05-stall", 0, N, { { FACT_MEM_SOME, 1.05, .95 } } },
	{ "R05-stall", 0, W, { { FACT_MEM_SOME, 10.5, 9.5 },
		{ FACT_SCAN_KSWAPD, 1.1, .9 } } },
	{ "R05-stall", 0, W, { { FACT_MEM_SOME, 10.5, 9.5 },
		{ FACT_SCAN_DIRECT, 1.1, .9 } } },
	{ "R05-stall", 0, W, { { FACT_MEM_FULL, 5.2, 4.8 },
		{ FACT_RETURN_ANY, 21, 19 } } },
	{ "R05-stall", 1, C, { { FACT_MEM_SOME, 51, 49 },
		{ FACT_SCAN_KSWAPD, 1.1, .9 } } },
	{ "R05-stall", 1, C, { { FACT_MEM_SOME, 51, 49 },
		{ FACT_SCAN_DIRECT, 1.1, .9 } } },
	{ "R05-stall", 1, C, { { FACT_MEM_FULL, 21, 19 },
		{ FACT_RETURN_ANY, 21, 19 } } },
	{ "R05-stall", 2, W, { { FACT_MEM_SOME, 31, 29 },
		{ FACT_SCAN_ALL, 1.1, .9 } } },
	{ "R05-stall", 2, W, { { FACT_MEM_FULL, 21, 19 },
		{ FACT_SCAN_ALL, 1.1, .9 } } },
	{ "R04-direct-reclaim", 0, W, { { FACT_ALLOCSTALL, 10.5, 9.5 },
		{ FACT_DIRECT_SHARE, 10.5, 9.5 }, { FACT_MEM_SOME, 1.1, .9 } } },
	{ "R04-direct-reclaim", 0, W, { { FACT_ALLOCSTALL, 10.5, 9.5 },
		{ FACT_DIRECT_SHARE, 10.5, 9.5 },
		{ FACT_AVAILABLE, 1.45 * G, 1.55 * G },
		{ FACT_LOW_LIMIT, G, .9 * G } } },
	{ "R04-direct-reclaim", 0, W, { { FACT_ALLOCSTALL, 10.5, 9.5 },
		{ FACT_DIRECT_SHARE, 10.5, 9.5 },
		{ FACT_RETURN_ANY, 21, 19 } } },
	{ "R04-fruitless-reclaim", 0, W, { { FACT_EFFICIENCY, 39, 41 },
		{ FACT_SCAN_DIRECT, 1.1, .9 }, { FACT_MEM_SOME, 1.1, .9 } } },
	{ "R04-fruitless-reclaim", 0, W, { { FACT_EFFICIENCY, 39, 41 },
		{ FACT_SCAN_DIRECT, 1.1, .9 },
		{ FACT_AVAILABLE, 1.45 * G, 1.55 * G },
		{ FACT_LOW_LIMIT, G, .9 * G } } },
	{ "R04-fruitless-reclaim", 0, W, { { FACT_EFFICIENCY, 39, 41 },
		{ FACT_SCAN_DIRECT, 1.1, .9 }, { FACT_RETURN_ANY, 21, 19 } } },
	{ "R04-fruitless-reclaim", 0, C, { { FACT_EFFICIENCY, 4.8, 5.2 },
		{ FACT_SCAN_DIRECT, 1.1, .9 },
		{ FACT_AVAILABLE_PERCENT, 9.5, 10.5 } } },
	{ "R04-fruitless-reclaim", 1, W, { { FACT_MGLRU, 1, 0 },
		{ FACT_EFFICIENCY, 59, 61 }, { FACT_SCAN_DIRECT, 1.1, .9 },
		{ FACT_AVAILABLE_PERCENT, 14, 16 } } },
	{ "R04-fruitless-reclaim", 1, C, { { FACT_MGLRU, 1, 0 },
		{ FACT_EFFICIENCY, 19, 21 }, { FACT_SCAN_DIRECT, 1.1, .9 },
		{ FACT_AVAILABLE_PERCENT, 9.5, 10.5 } } },
	{ "R04-background-reclaim", 0, N, { { FACT_SCAN_KSWAPD, 1.1, .9 },
		{ FACT_KSWAPD_SECONDS, 5.1, 4.9 } } },
	{ "R03-available-low", 0, N, { { FACT_AVAILABLE, 1.45 * G, 1.55 * G },
		{ FACT_LOW_LIMIT, G, .9 * G } } },
	{ "R03-available-low", 0, W, { { FACT_AVAILABLE, .95 * G, 1.05 * G },
		{ FACT_LOW_LIMIT, G, .9 * G }, { FACT_FALL_PERCENT, .21, .19 } } },
	{ "R03-available-low", 0, W, { { FACT_AVAILABLE, .95 * G, 1.05 * G },
		{ FACT_LOW_LIMIT, G, .9 * G }, { FACT_SCAN_DIRECT, 1.1, .9 } } },
	{ "R03-available-low", 0, W, { { FACT_AVAILABLE, .95 * G, 1.05 * G },
		{ FACT_LOW_LIMIT, G, .9 * G }, { FACT_MEM_SOME_60, 1.1, .9 } } },

	{ "R12-out-of-memory", 3, C, { { FACT_UNRECLAIMABLE, 1, 0 },
		{ FACT_SCAN_DIRECT, 1.1, .9 },
		{ FACT_AVAILABLE_PERCENT, 19, 21 } } },
	{ "R12-out-of-memory", 4, W, { { FACT_MIN_TTL, 1, 0 },
		{ FACT_THRASH_NOW, 2, 1.7 }, { FACT_SCAN_KSWAPD, 1.1, .9 } } },
	{ "R11-zram-limit", 0, W, { { FACT_ZRAM_LIMIT_PERCENT, 91, 89 } } },
	{ "R11-zswap-limit", 0, N, { { FACT_ZSWAP_LIMIT_PERCENT, 91, 89 },
		{ FACT_ZSWAP_WRITTEN, .1, 0 } } },
	{ "R17-leak", 0, N, { { FACT_LEAK, 1, 0 } } },
	{ "R17-leak", 0, W, { { FACT_LEAK, 2, 1 } } },
	{ "R17-leak", 1, W, { { FACT_LEAK, 1, 0 },
		{ FACT_LEAK_ETA, 85000 * S, 88000 * S } } },
	{ "R18-cgroup-leak", 0, N, { { FACT_CGROUP_LEAK, 1, 0 } } },
	{ "R18-cgroup-leak", 0, W, { { FACT_CGROUP_LEAK, 2, 1 } } },
	{ "R18-cgroup-leak", 1, W, { { FACT_CGROUP_LEAK, 1, 0 },
		{ FACT_CGROUP_LEAK_ETA, 85000 * S, 88000 * S } } },
	{ "R24-scattered", 0, N, { { FACT_SCATTER_HUGE, 51, 49 },
		{ FACT_COMPACT_FAIL, 1.05, .95 } } },
	{ "R24-scattered", 0, W, { { FACT_SCATTER_COSTLY, 51, 49 },
		{ FACT_COMPACT_FAIL, 1.05, .95 } } },
	{ "R24-scattered", 1, W, { { FACT_SCATTER_COSTLY, 51, 49 },
		{ FACT_PAGE_FAILURES, 1.05, .95 } } },
	{ "R38-dying-cgroups", 0, W, { { FACT_DYING, 1050, 950 },
		{ FACT_DYING_RISE, 105, 95 },
		{ FACT_DYING_KERNEL, 17 * M, 15 * M } } },
	{ "R40-node-short", 0, N, { { FACT_NODE_FREE, 95, 105 },
		{ FACT_NODE_OTHER, 21, 19 },
		{ FACT_NUMA_FOREIGN_PERCENT, 10.5, 9.5 } } },
	{ "R40-node-short", 0, W, { { FACT_NODE_FREE, 95, 105 },
		{ FACT_NODE_OTHER, 21, 19 },
		{ FACT_NUMA_FOREIGN_PERCENT, 10.5, 9.5 },
		{ FACT_MEM_SOME, 5.2, 4.8 } } },
	{ "R40-node-short", 1, N, { { FACT_NODE_FREE, 95, 105 },
		{ FACT_NODE_OTHER, 21, 19 },
		{ FACT_NODE_GROWTH, 1.05 * M, .95 * M } } },
	{ "R40-node-short", 1, W, { { FACT_NODE_FREE, 95, 105 },
		{ FACT_NODE_OTHER, 21, 19 },
		{ FACT_NODE_GROWTH, 1.05 * M, .95 * M },
		{ FACT_MEM_SOME, 5.2, 4.8 } } },
	{ "R41-promised", 0, W, { { FACT_MIN_PERCENT, 81, 79 } } },
	{ "R26-mount-full", 0, W, { { FACT_MOUNT_PERCENT, 91, 89 } } },
	{ "R43-bad-ram", 0, W, { { FACT_CORRUPTED, 4096, 0 } } },
	{ "R19-slab", 0, N, { { FACT_SLAB_FIXED_PERCENT, 10.5, 9.5 } } },
	{ "R19-slab", 0, W, { { FACT_SLAB_FIXED_PERCENT, 26, 24 },
		{ FACT_SLAB_LEAK, 1, 0 } } },
	{ "R19-slab", 0, C, { { FACT_SLAB_FIXED_PERCENT, 26, 24 },
		{ FACT_SLAB_FIXED, 1.05 * G, .95 * G },
		{ FACT_LRU, G, 1.1 * G } } },
	{ "R20-unaccounted", 0, N, { { FACT_UNACCOUNTED_PERCENT, 2.1, 1.9 },
		{ FACT_UNACCOUNTED, 260 * M, 250 * M } } },
	{ "R20-unaccounted", 0, W, { { FACT_UNACCOUNTED_PERCENT, 5.2, 4.8 },
		{ FACT_UNACCOUNTED, 260 * M, 250 * M },
		{ FACT_UNACCOUNTED_LEAK, 1, 0 } } },
	{ "R26-shmem", 0, N, { { FACT_SHMEM_PERCENT, 10.5, 9.5 } } },
	{ "R26-shmem", 0, W, { { FACT_SHMEM_PERCENT, 26, 24 } } },
	{ "R26-shmem", 0, C, { { FACT_SHMEM_PERCENT, 41, 39 },
		{ FACT_AVAILABLE_PERCENT, 9.5, 10.5 } } },
	{ "R28-locked", 0, N, { { FACT_LOCKED_PERCENT, 21, 19 } } },
	{ "R28-locked", 0, W, { { FACT_LOCKED_PERCENT, 41, 39 } } },
	{ "R28-locked", 0, C, { { FACT_LOCKED_PERCENT, 41, 39 },
		{ FACT_AVAILABLE_PERCENT, 9.5, 10.5 } } },
	{ "R28-locked", 1, W, { { FACT_LOCKED_PERCENT, 21, 19 },
		{ FACT_AVAILABLE_PERCENT, 9.5, 10.5 } } },
	{ "R22-file-names", 0, N, { { FACT_SLAB_FREEABLE_PERCENT, 16, 14 } } },
	{ "R22-file-names", 0, N, { { FACT_DENTRIES, 10.5e6, 9.5e6 } } },
	{ "R22-names-of-nothing", 0, W, { { FACT_NEGATIVE_PERCENT, 81, 79 },
		{ FACT_DENTRIES, 5.1e6, 4.9e6 } } },
	{ "R22-never-dropped", 0, N, { { FACT_VFS_PRESSURE, 0, 1 } } },
	{ "R22-never-dropped", 0, W, { { FACT_VFS_PRESSURE, 0, 1 },
		{ FACT_SLAB_FREEABLE_PERCENT, 16, 14 } } },
	{ "R22-never-dropped", 0, W, { { FACT_VFS_PRESSURE, 0, 1 },
		{ FACT_DENTRIES, 10.5e6, 9.5e6 } } },
	{ "R22-file-names", 0, W, { { FACT_SLAB_FREEABLE_PERCENT, 31, 29 },
		{ FACT_MEM_SOME, 5.2, 4.8 } } },
	{ "R22-file-names", 1, W, { { FACT_SLAB_FREEABLE_PERCENT, 31, 29 },
		{ FACT_SLABS_SCANNED, 1050, 950 },
		{ FACT_EFFICIENCY, 39, 41 } } },
	{ "R22-cgroup-file-names", 0, N,
		{ { FACT_GROUP_NAMES_PERCENT, 16, 14 },
		{ FACT_GROUP_NAMES, 65 * M, 63 * M } } },
	{ "R22-cgroup-file-names", 0, W,
		{ { FACT_GROUP_NAMES_PERCENT, 31, 29 },
		{ FACT_GROUP_NAMES, 65 * M, 63 * M },
		{ FACT_GROUP_SOME, 5.2, 4.8 } } },
	{ "R25-idle-huge-pages", 0, N, { { FACT_HUGE_IDLE, 260 * M, 250 * M },
		{ FACT_HUGE_IDLE_PERCENT, 2.1, 1.9 } } },
	{ "R25-idle-huge-pages", 0, W, { { FACT_HUGE_IDLE, 260 * M, 250 * M },
		{ FACT_HUGE_IDLE_PERCENT, 2.1, 1.9 },
		{ FACT_AVAILABLE_PERCENT, 14, 16 } } },
	{ "R39-page-tables", 0, N, { { FACT_TABLES_PERCENT, 2.1, 1.9 } } },
	{ "R39-page-tables", 0, W, { { FACT_TABLES_PERCENT, 5.2, 4.8 } } },
	{ "R39-kernel-stacks", 0, N, { { FACT_STACKS_PERCENT, 1.1, .9 },
		{ FACT_STACKS, 33 * M, 31 * M } } },
	{ "R39-percpu", 0, N, { { FACT_PERCPU_PERCENT, 2.1, 1.9 } } },

	{ "R27-commit-limit", 0, W, { { FACT_OVERCOMMIT, 2, 1 },
		{ FACT_COMMIT_PERCENT, 91, 89 } } },
	{ "R27-commit-limit", 0, C, { { FACT_OVERCOMMIT, 2, 1 },
		{ FACT_COMMIT_PERCENT, 97.5, 96.5 } } },
	{ "R23-compaction", 0, N, { { FACT_COMPACT_STALL, 10.5, 9.5 },
		{ FACT_COMPACT_FAIL_PERCENT, 51, 49 } } },
	{ "R23-compaction", 0, W, { { FACT_COMPACT_STALL, 105, 95 },
		{ FACT_MEM_SOME, 5.2, 4.8 }, { FACT_ALLOCSTALL, .9, 1.1 } } },
	{ "R37-write-back", 0, N, { { FACT_DIRTY_PERCENT, 91, 89 } } },
	{ "R37-write-back", 0, W, { { FACT_DIRTY_PERCENT, 91, 89 },
		{ FACT_IO_FULL, 21, 19 } } },

	{ "R08-swapped-asleep", 0, N, { { FACT_SWAP_USED_OF_RAM, 31, 29 },
		{ FACT_SWAP_IN_60, 4.8, 5.2 },
		{ FACT_REFAULT_ANON_60, 4.8, 5.2 },
		{ FACT_MEM_SOME_60, .9, 1.1 } } },
	{ "R08-swapped-asleep", 1, N, { { FACT_NO_STALLS, 1, 0 },
		{ FACT_SWAP_USED_OF_RAM, 31, 29 },
		{ FACT_SWAP_IN_60, 4.8, 5.2 },
		{ FACT_REFAULT_ANON_60, 4.8, 5.2 },
		{ FACT_ALLOCSTALL_60, 0, .1 } } },
	{ "R08-swapped-asleep", 2, SEVERITY_OK,
		{ { FACT_SWAP_USED_PERCENT, 5.2, 4.8 },
		{ FACT_SWAP_IN_60, 4.8, 5.2 },
		{ FACT_REFAULT_ANON_60, 4.8, 5.2 },
		{ FACT_MEM_SOME_60, .9, 1.1 } } },
	{ "R08-swapped-asleep", 3, SEVERITY_OK, { { FACT_NO_STALLS, 1, 0 },
		{ FACT_SWAP_USED_PERCENT, 5.2, 4.8 },
		{ FACT_SWAP_IN_60, 4.8, 5.2 },
		{ FACT_REFAULT_ANON_60, 4.8, 5.2 },
		{ FACT_ALLOCSTALL_60, 0, .1 } } },
	{ "R02-cache-is-fine", 0, SEVERITY_OK,
		{ { FACT_FREE_PERCENT, 4.8, 5.2 },
		{ FACT_AVAILABLE_PERCENT, 21, 19 },
		{ FACT_MEM_SOME, .9, 1.1 }, { FACT_SCAN_DIRECT, 0, 1 } } },
	{ "R02-cache-is-fine", 1, SEVERITY_OK, { { FACT_NO_STALLS, 1, 0 },
		{ FACT_FREE_PERCENT, 4.8, 5.2 },
		{ FACT_AVAILABLE_PERCENT, 21, 19 },
		{ FACT_SCAN_DIRECT, 0, 1 } } },
	{ "R01-container", 0, SEVERITY_OK,
		{ { FACT_CONTAINER_LEFT, G, -1 } } },
	{ "R27-promised-is-fine", 0, SEVERITY_OK, { { FACT_OVERCOMMIT, 1, 1.1 },
		{ FACT_COMMIT_PERCENT, 101, 99 }, { FACT_AVAILABLE, G, .9 * G },
		{ FACT_LOW_LIMIT, G, 1.1 * G } } },
	{ "R01-healthy", 0, SEVERITY_OK, { { FACT_AVAILABLE, G, -1 } } },

	{ "R16-oom-kill", 0, W, { { FACT_KILL_AGO, 1790 * S, 1810 * S } } },
	{ "R16-oom-kill", 0, C, { { FACT_KILL_AGO, 298 * S, 302 * S } } },
	{ "R16-crash-loop", 0, C, { { FACT_KILLS_AGAIN, 3, 2 } } },
	{ "R16-user-kill", 0, N, { { FACT_USER_KILL_AGO, 1790 * S, 1810 * S } } },
	{ "R16-user-kill", 0, W, { { FACT_USER_KILL_AGO, 298 * S, 302 * S } } },
	{ "R31-service-first", 0, N, { { FACT_SERVICE_NEAR, 1, 0 },
		{ FACT_HEADROOM_PERCENT, 49, 51 } } },
	{ "R31-service-first", 0, W, { { FACT_SERVICE_NEAR, 1, 0 },
		{ FACT_HEADROOM_PERCENT, 49, 51 },
		{ FACT_SHORT_NOW, 2, 1.7 } } },
	{ "R42-by-hand", 0, N, { { FACT_NOTICE_AGO, 14 * S, 16 * S } } },
	{ "R32-fork", 0, N, { { FACT_FORK_AGO, 59 * S, 61 * S } } },
	{ "R32-fork", 0, W, { { FACT_FORK_AGO, 3590 * S, 3610 * S },
		{ FACT_FORK_SIZE, 81, 79 } } },
	{ "R33-adj", 0, N, { { FACT_ADJ_AGO, 59 * S, 61 * S } } },
	{ "R33-adj", 0, W, { { FACT_ADJ_AGO, 59 * S, 61 * S },
		{ FACT_ADJ_AFTER, -1000, -999 },
		{ FACT_KILLABLE_PERCENT, 9.5, 10.5 } } },
	{ "R34-exit", 0, N, { { FACT_EXIT_AGO, 59 * S, 61 * S } } },
	{ "R35-jump", 0, N, { { FACT_JUMP_AGO, 59 * S, 61 * S } } },
	{ "R42-gap", 0, N, { { FACT_GAP_AGO, 14.5 * S, 15.5 * S } } },
	{ "R42-no-data", 0, N, { { FACT_BLIND, 1, 0 } } },

	{ "R13-cgroup-out-of-memory", 0, W,
		{ { FACT_GROUP_HARD_PERCENT, 91, 89 } } },
	{ "R13-cgroup-out-of-memory", 0, C,
		{ { FACT_GROUP_HARD_PERCENT, 97.5, 96.5 } } },
	{ "R13-cgroup-out-of-memory", 1, C,
		{ { FACT_GROUP_ETA, 14.5 * S, 15.5 * S },
		{ FACT_GROUP_HARD_PERCENT, 79, NEVER } } },
	{ "R13-cgroup-out-of-memory", 1, C,
		{ { FACT_GROUP_ETA, 59 * S, 61 * S },
		{ FACT_GROUP_HARD_PERCENT, 81, 79 } } },
	{ "R06-cgroup-stall", 0, W, { { FACT_GROUP_STALL, 10.5, 9.5 },
		{ FACT_GROUP_AHEAD, .1, -.1 } } },
	{ "R06-cgroup-stall", 0, C, { { FACT_GROUP_STALL, 41, 39 },
		{ FACT_GROUP_AHEAD, .1, -.1 } } },
	{ "R14-cgroup-throttled", 0, N, { { FACT_GROUP_HIGH_RATE, .31, .29 },
		{ FACT_GROUP_OVER_PERCENT, 1, 0 } } },
	{ "R14-cgroup-throttled", 0, W, { { FACT_GROUP_HIGH_RATE, .31, .29 },
		{ FACT_GROUP_OVER_PERCENT, 1, 0 },
		{ FACT_GROUP_SOME, 10.5, 9.5 } } },
	{ "R14-cgroup-throttled", 0, C, { { FACT_GROUP_HIGH_RATE, .31, .29 },
		{ FACT_GROUP_OVER_PERCENT, 10.5, 9.5 } } },
	{ "R14-cgroup-throttled", 0, C, { { FACT_GROUP_HIGH_RATE, .31, .29 },
		{ FACT_GROUP_OVER_PERCENT, 1, 0 },
		{ FACT_GROUP_FULL, 51, 49 } } },
	{ "R15-cgroup-at-limit", 0, N, { { FACT_GROUP_MAX_RATE, 10.5, 9.5 },
		{ FACT_GROUP_HARD_PERCENT, 89, 91 } } },
	{ "R15-cgroup-at-limit", 0, W, { { FACT_GROUP_MAX_RATE, 10.5, 9.5 },
		{ FACT_GROUP_HARD_PERCENT, 89, 91 },
		{ FACT_GROUP_SOME, 10.5, 9.5 } } },
	{ "R15-cgroup-at-limit", 0, W, { { FACT_GROUP_MAX_RATE, 10.5, 9.5 },
		{ FACT_GROUP_HARD_PERCENT, 89, 91 },
		{ FACT_GROUP_RETURN, 51, 49 } } },
	{ "R41-guarantee", 0, N, { { FACT_GROUP_LOW_RATE, .1, 0 } } },
	{ "R41-guarantee", 0, W, { { FACT_GROUP_LOW_RATE, .1, 0 },
		{ FACT_GROUP_FULL, 5.2, 4.8 } } },
};

static const struct rule_set *const sets[] = {
	&rules_kernel, &rules_names, &rules_kills, &rules_facts, &rules_exhaustion, &rules_swap, &rules_pressure,
	&rules_growth, &rules_classes,
	&rules_setup, &rules_calm, &rules_groups,
};
/* clang-format on */

static void set_figures(const struct fixture *f, struct facts *facts,
			size_t except)
{
	*facts = (struct facts){ .is_bound = false };
	for (size_t i = 0; i < FACT_COUNT; i++)
		facts->value[i] = NAN;
	for (size_t i = 0; i < ARRAY_SIZE(f->figures); i++)
		if (f->figures[i].fact)
			facts->value[f->figures[i].fact] =
				i == except ? f->figures[i].no
					    : f->figures[i].yes;
}

/* Does the rule do what the fixture says? */
static bool passes(const struct rule *rule, const struct fixture *f)
{
	unsigned families = 0;
	struct facts facts;

	if (f->severity < rule->least || f->severity > rule->most)
		return false; /* nobody asks for it */
	set_figures(f, &facts, SIZE_MAX);
	if (!rule_holds(rule, &facts, f->severity, false, &families))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(f->figures); i++) {
		if (!f->figures[i].fact || isnan(f->figures[i].no))
			continue;
		set_figures(f, &facts, i);
		if (rule_holds(rule, &facts, f->severity, false, &families))
			return false;
	}
	return true;
}

static bool is_for(const struct fixture *f, const struct rule *rule,
		   unsigned nth)
{
	return f->nth == nth && strcmp(f->rule, rule->name) == 0;
}

/* All fixtures of a rule; how many there are in *ret. */
static bool all_pass(const struct rule *rule, const char *name, unsigned nth,
		     unsigned *ret)
{
	struct rule named = *rule;

	named.name = name;
	*ret = 0;
	for (size_t i = 0; i < ARRAY_SIZE(fixtures); i++) {
		if (!is_for(&fixtures[i], &named, nth))
			continue;
		++*ret;
		if (!passes(rule, &fixtures[i]))
			return false;
	}
	return true;
}

/* Nothing is between 0 and 1 of what is there or not. */
static bool is_step(enum fact fact)
{
	static const enum fact steps[] = {
		FACT_PANIC,	    FACT_OVERCOMMIT,   FACT_KILLS_ALLOCATING,
		FACT_UNRECLAIMABLE, FACT_LEAK,	       FACT_CGROUP_LEAK,
		FACT_BLIND,	    FACT_SERVICE_NEAR, FACT_KILLS_AGAIN,
		FACT_NO_STALLS,	    FACT_SLAB_LEAK,    FACT_UNACCOUNTED_LEAK,
		FACT_MGLRU,	    FACT_MIN_TTL,
	};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (steps[i] == fact)
			return true;
	return false;
}

enum mutation { DELETED, TURNED, LOWER, HIGHER, MUTATIONS };

/* false: this mutation leaves the leg as it is. */
static bool mutate(struct leg *legs, size_t *count, size_t at,
		   enum mutation mutation)
{
	double by = mutation == LOWER ? .85 : 1.15;
	struct leg *leg = &legs[at];

	if (mutation == DELETED) {
		memmove(leg, leg + 1, (--*count - at) * sizeof(*leg));
		return true;
	}
	if (mutation == TURNED) {
		leg->comparison = leg->comparison == COMPARE_AT_LEAST
					  ? COMPARE_AT_MOST
					  : COMPARE_AT_LEAST;
		return true;
	}
	if (mutation == LOWER && is_step(leg->fact))
		return false;
	/* no limit, but the least that is more than nothing */
	if (leg->note == 0 || leg->warn == 0 || leg->note == .001 ||
	    leg->warn == .001 || leg->fact == FACT_CORRUPTED)
		return false;
	leg->note *= by;
	leg->warn *= by;
	leg->crit *= by;
	return true;
}

/* Evidence besides decides nothing where two kinds are asked for anyway. */
static bool is_evidence_only(const struct rule *rule, const struct leg *leg)
{
	return leg->group == 0 &&
	       (!rule->pressure || strncmp(rule->name, "R04", 3) != 0);
}

static unsigned count_survivors(const struct rule *rule, unsigned nth,
				unsigned *made)
{
	unsigned survivors = 0, fixtures_of;

	for (size_t at = 0; at < rule->nlegs; at++) {
		if (is_evidence_only(rule, &rule->legs[at]))
			continue;
		for (int k = 0; k < MUTATIONS; k++) {
			struct leg legs[16];
			struct rule mutant = *rule;
			bool changed;

			memcpy(legs, rule->legs, rule->nlegs * sizeof(*legs));
			changed = mutate(legs, &mutant.nlegs, at,
					 (enum mutation)k);
			mutant.legs = legs;
			if (!changed)
				continue;
			++*made;
			if (!all_pass(&mutant, rule->name, nth, &fixtures_of))
				continue;
			survivors++;
			print_message("%s leg %zu mutation %d survives\n",
				      rule->name, at, k);
		}
	}
	return survivors;
}

static void test_rules(void **state)
{
	unsigned survivors = 0, mutants = 0, wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		for (size_t k = 0; k < sets[i]->count; k++) {
			const struct rule *rule = &sets[i]->rules[k];
			unsigned nth = 0, count, made = 0, left;

			for (size_t j = 0; j < k; j++)
				nth += strcmp(sets[i]->rules[j].name,
					      rule->name) == 0;
			if (!all_pass(rule, rule->name, nth, &count) ||
			    !count) {
				print_message("%s %u: %s\n", rule->name, nth,
					      count ? "a fixture fails"
						    : "no fixture");
				wrong++;
				continue;
			}
			left = count_survivors(rule, nth, &made);
			print_message("%-26s %u fixtures, %u of %u mutants "
				      "noticed\n",
				      rule->name, count, made - left, made);
			survivors += left;
			mutants += made;
		}
	}
	print_message("%u mutants, %u survivors\n", mutants, survivors);
	assert_int_equal(wrong, 0);
	assert_int_equal(survivors, 0);
}

/* Whatever leads the line can be looked up, with what it compares. */
static void test_explained(void **state)
{
	char line[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		for (size_t k = 0; k < sets[i]->count; k++) {
			const struct rule *rule = &sets[i]->rules[k];
			const struct glossary_entry *entry =
				glossary_find(rule->name);

			if (!entry || strncmp(entry->name, rule->name, 3) != 0)
				fail_msg("%s has no entry", rule->name);
			assert_int_equal(verdict_rule_limits(rule->name, 0,
							     line,
							     sizeof(line)),
					 0);
		}
	}
	assert_int_equal(verdict_rule_limits("r21", 0, line, sizeof(line)), 0);
	assert_non_null(strstr(line, "fill_per_minute >= 0.5%"));
	assert_int_equal(verdict_rule_limits("r07", 0, line, sizeof(line)), 0);
	assert_string_equal(line, "WARN swap_in >= 64/s, and swap_out >= 16/s, "
				  "and anon_return_ratio >= 30%, and "
				  "memory_full_10s >= 5% or io_some_10s >= "
				  "20%");
	assert_int_equal(verdict_rule_limits("R0", 0, line, sizeof(line)),
			 -ENOENT);
	assert_int_equal(verdict_rule_limits("", 0, line, sizeof(line)),
			 -ENOENT);
}

static bool is_column(const char *word, size_t len)
{
	static const enum entity_id shown[] = { ENTITY_PROCESS, ENTITY_CGROUP };

	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		const struct entity *entity = &entities[shown[i]];

		for (size_t k = 0; k < entity->nfields; k++) {
			const char *title = entity->fields[k].title;

			if (title && strlen(title) == len &&
			    strncmp(title, word, len) == 0)
				return true;
		}
	}
	return false;
}

/* "; o adjusts": that is what the key does. */
static void check_key(const char *key, const char *todo)
{
	static const struct {
		char key;
		const char *action;
	} known[] = {
		{ 'o', "adj" },
		{ 'K', "signal" },
		{ 'p', "zoom" },
		{ '?', "explain" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		for (size_t k = 0; k < binding_count; k++)
			if (*key == known[i].key && bindings[k].key == *key &&
			    strcmp(bindings[k].action, known[i].action) == 0)
				return;
	fail_msg("no key %c: %s", *key, todo);
}

/* "2 Processes by GROW/m": such columns, panes and keys there are. */
static void check_todo(const char *todo)
{
	static const char *const before[] = { " by ", " column " };

	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		for (const char *s = strstr(todo, before[i]); s;
		     s = strstr(s, before[i])) {
			size_t len;

			s += strlen(before[i]);
			len = strcspn(s, " :,;");
			if (!is_column(s, len))
				fail_msg("no column: %s", todo);
		}
	}
	for (const char *s = todo; *s; s++) {
		const struct pane *pane = NULL;
		bool starts = s == todo || s[-1] == ' ';

		if ((s == todo || (starts && strchr(":;", s[-2]))) &&
		    s[1] == ' ' && (isalpha((unsigned char)*s) || *s == '?'))
			check_key(s, todo);
		if (!starts || *s < '1' || *s > '9' || s[1] != ' ' ||
		    s[2] < 'A' || s[2] > 'Z' || strstr(todo, "3 History"))
			continue;
		for (int k = 0; k < PANE_COUNT; k++)
			if (panes[k]->key == *s)
				pane = panes[k];
		if (!pane ||
		    strncmp(s + 2, pane->title, strlen(pane->title)) != 0)
			fail_msg("no pane: %s", todo);
	}
}

static void test_todo(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		for (size_t k = 0; k < sets[i]->count; k++) {
			const struct rule *rule = &sets[i]->rules[k];

			if (rule->todo)
				check_todo(rule->todo);
			if (rule->todo_brief)
				check_todo(rule->todo_brief);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rules),
					    cmocka_unit_test(test_explained),
					    cmocka_unit_test(test_todo) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
