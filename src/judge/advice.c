/* SPDX-License-Identifier: MIT
 *
 * A setting worth trying, when this machine has shown why: the reason, the
 * command, and how to take it back.  Nothing is ever changed here, and
 * without the evidence nothing is said.
 */
#include <stdio.h>
#include <string.h>

#include "memtop/list.h"
#include "memtop/swap.h"
#include "seal.h"

/* One bad minute is no reason to tune anything. */
#define LASTING_NS (300 * NS_PER_S)

struct advice {
	const char *rules; /* "R07 R09": for these */
	bool at_once;	   /* needs not have lasted */
	bool (*test)(const struct verdict_judge *judge);
	/* with the value of now for %s, where there is one */
	const char *text;
	uint64_t (*value)(const struct snapshot *snapshot);
};

/* Is all swap of that type? */
static bool swap_is(const struct verdict_judge *judge, bool zram)
{
	const struct list *list = snapshot_list(judge->snapshot, ENTITY_SWAP);

	for (size_t i = 0; i < list_count(list); i++) {
		const struct swap *swap = list_row(list, i);

		if ((strcmp(swap->type, "zram") == 0) != zram)
			return false;
	}
	return list_count(list) > 0;
}

static bool swappiness_below(const struct verdict_judge *judge, uint64_t than)
{
	uint64_t now = judge->snapshot->load.swappiness;

	return now != UNKNOWN && now < than;
}

static bool test_zram(const struct verdict_judge *judge)
{
	return swap_is(judge, true) && swappiness_below(judge, 100);
}

/* Program memory comes back, file pages do not: it is swapped too eagerly. */
static bool test_disk_swap(const struct verdict_judge *judge)
{
	return swap_is(judge, false) && !swappiness_below(judge, 31) &&
	       judge->snapshot->load.swappiness != UNKNOWN &&
	       fact(judge, FACT_RETURN_FILE) < 5;
}

static bool test_cluster(const struct verdict_judge *judge)
{
	uint64_t now = judge->snapshot->load.page_cluster;

	return swap_is(judge, true) && now != UNKNOWN && now > 0;
}

static bool test_no_swap(const struct verdict_judge *judge)
{
	return fact(judge, FACT_SWAP_TOTAL) == 0;
}

static bool test_watermark(const struct verdict_judge *judge)
{
	uint64_t now = judge->snapshot->load.watermark_scale_factor;

	return now != UNKNOWN && now < 50 &&
	       fact(judge, FACT_AVAILABLE_PERCENT) >= 20;
}

static bool test_panic(const struct verdict_judge *judge)
{
	return fact(judge, FACT_PANIC) >= 1;
}

static bool test_allocating(const struct verdict_judge *judge)
{
	return fact(judge, FACT_KILLS_ALLOCATING) >= 1;
}

static bool test_huge(const struct verdict_judge *judge)
{
	return judge->snapshot->memory.hugepages_total != UNKNOWN;
}

static bool test_defrag(const struct verdict_judge *judge)
{
	const struct thp *thp = &judge->snapshot->thp;

	return thp->block.state == STATE_OK &&
	       strcmp(thp->defrag, "always") == 0;
}

static bool test_no_psi(const struct verdict_judge *judge)
{
	return judge->snapshot->pressure.memory_block.state == STATE_ABSENT;
}

/* An arena for each of very many threads, each with memory freed in between. */
static bool test_arenas(const struct verdict_judge *judge)
{
	const struct person *p = &judge->leaker;
	const struct process *process = snapshot_find(
		judge->snapshot, (struct process_key){ p->pid, p->start_ns });

	return p->is_there && process && process->status.state == STATE_OK &&
	       process->threads != UNKNOWN && process->threads >= 1000;
}

static uint64_t swappiness(const struct snapshot *snapshot)
{
	return snapshot->load.swappiness;
}

static uint64_t page_cluster(const struct snapshot *snapshot)
{
	return snapshot->load.page_cluster;
}

static uint64_t scale_factor(const struct snapshot *snapshot)
{
	return snapshot->load.watermark_scale_factor;
}

static uint64_t huge_pages(const struct snapshot *snapshot)
{
	return snapshot->memory.hugepages_total;
}

static uint64_t panics(const struct snapshot *snapshot)
{
	return snapshot->load.panic_on_oom;
}

/* clang-format off */
static const struct advice advices[] = {
	{ "R07", false, test_zram,
	  "because all swap is zram, which is faster than reading files "
	  "again: sysctl vm.swappiness=133 (back: sysctl vm.swappiness=%s)",
	  swappiness },
	{ "R07", false, test_disk_swap,
	  "because program memory comes back from the disk while file pages "
	  "do not: sysctl vm.swappiness=20 (back: sysctl vm.swappiness=%s)",
	  swappiness },
	{ "R07", false, test_cluster,
	  "because zram has no seeks that reading ahead would save: sysctl "
	  "vm.page-cluster=0 (back: sysctl vm.page-cluster=%s)",
	  page_cluster },
	{ "R09 R29", false, test_no_swap,
	  "because file pages are read again while cold program memory stays: "
	  "add swap (swapon FILE; back: swapoff FILE), unless this machine "
	  "has none on purpose", NULL },
	{ "R04", false, test_watermark,
	  "because programs reclaim themselves while a fifth of RAM is "
	  "available: sysctl vm.watermark_scale_factor=50 (back: sysctl "
	  "vm.watermark_scale_factor=%s)", scale_factor },
	{ "R23", false, test_defrag,
	  "because programs wait for compaction: echo defer+madvise > "
	  "/sys/kernel/mm/transparent_hugepage/defrag (back: echo always > "
	  "the same file)", NULL },
	{ "R17", true, test_arenas,
	  "because it has very many threads, and glibc may keep an arena for "
	  "each: start it with MALLOC_ARENA_MAX=2 in its environment (back: "
	  "without it; it has to be started anew)", NULL },
	{ "R25", true, test_huge,
	  "because they have been idle: lower vm.nr_hugepages by most of them "
	  "(back: sysctl vm.nr_hugepages=%s, better before memory is "
	  "scattered)", huge_pages },
	{ "R30", true, test_panic,
	  "unless a cluster relies on it: sysctl vm.panic_on_oom=0 (back: "
	  "sysctl vm.panic_on_oom=%s)", panics },
	{ "R30", true, test_allocating,
	  "because the kernel then kills whoever asks, however small: sysctl "
	  "vm.oom_kill_allocating_task=0 (back: the same with 1)", NULL },
	{ "R01 R02", true, test_no_psi,
	  "because stalls cannot be seen here: boot with psi=1 (back: without "
	  "it)", NULL },
};
/* clang-format on */

void advice_write(const struct verdict_judge *judge,
		  const struct finding *finding, char *buf, size_t size)
{
	bool lasting = passed(judge, finding->level->since) >= LASTING_NS;
	char id[4] = "", value[24] = "";

	*buf = '\0';
	memcpy(id, finding->rule->name, 3);
	for (size_t i = 0; i < ARRAY_SIZE(advices); i++) {
		const struct advice *advice = &advices[i];
		const char *hole = strstr(advice->text, "%s");

		if (!strstr(advice->rules, id) ||
		    (!advice->at_once && !lasting) || !advice->test(judge))
			continue;
		if (!hole) {
			snprintf(buf, size, "%s", advice->text);
			return;
		}
		snprintf(value, sizeof(value), "%llu",
			 (unsigned long long)advice->value(judge->snapshot));
		snprintf(buf, size, "%.*s%s%s", (int)(hole - advice->text),
			 advice->text, value, hole + 2);
		return;
	}
}
