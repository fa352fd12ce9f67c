/* SPDX-License-Identifier: MIT
 *
 * Settings of swap worth trying: how eagerly, how much, on what, and what is
 * compressed.
 */
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "memtop/list.h"
#include "memtop/swap.h"

#define WEEK_NS (7 * 24 * 3600 * NS_PER_S)
#define STORED	(64 * (double)MIB) /* less says nothing of a ratio */
#define LASTING 300

static const struct list *swaps(const struct advising *a)
{
	return snapshot_list(a->judge->snapshot, ENTITY_SWAP);
}

static size_t count_zram(const struct advising *a)
{
	const struct list *list = swaps(a);
	size_t count = 0;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct swap *swap = list_row(list, i);

		count += strcmp(swap->type, "zram") == 0;
	}
	return count;
}

static bool has_zswap(const struct advising *a)
{
	const struct zswap *zswap = &a->judge->snapshot->zswap;

	return zswap->block.state == STATE_OK && zswap->enabled == 1;
}

/* Does every page that is swapped go to compressed RAM first? */
static bool is_compressed(const struct advising *a)
{
	size_t count = list_count(swaps(a));

	return count > 0 && (has_zswap(a) || count_zram(a) == count);
}

static bool is_disk(const struct advising *a)
{
	return list_count(swaps(a)) > 0 && count_zram(a) == 0 && !has_zswap(a);
}

static bool test_eager(struct advising *a)
{
	return is_compressed(a) && advice_number(a, "vm.swappiness") < 100;
}

/* Program memory comes back, file pages do not: it is swapped too eagerly. */
static bool test_lazy(struct advising *a)
{
	return is_disk(a) && advice_number(a, "vm.swappiness") > 30 &&
	       fact(a->judge, FACT_RETURN_FILE) < 5;
}

static bool test_database(struct advising *a)
{
	const struct person *swapped = &a->judge->people.swapped;

	if (!swapped->is_there || !advice_is_database(swapped->name) ||
	    !is_disk(a))
		return false;
	person_text(swapped, a->it, sizeof(a->it));
	return advice_number(a, "vm.swappiness") > 1 &&
	       fact(a->judge, FACT_RETURN_FILE) < 5;
}

static bool test_zero(struct advising *a)
{
	return advice_number(a, "vm.swappiness") == 0 &&
	       fact(a->judge, FACT_SWAP_TOTAL) > 0;
}

static bool test_cluster(struct advising *a)
{
	return is_compressed(a) && fact(a->judge, FACT_SWAP_IN_60) > 0;
}

/* File pages come back while cold memory of programs stays; kubelet refuses
 * to start with swap. */
static bool test_add(struct advising *a)
{
	double total = fact(a->judge, FACT_TOTAL);

	if (fact(a->judge, FACT_SWAP_TOTAL) != 0 ||
	    !advice_times(a, 9, SEVERITY_WARN) || a->judge->people.has_kubelet)
		return false;
	/* what kills for want of memory sees it coming with swap only */
	if (!a->judge->people.has_oomd)
		total /= 4;
	snprintf(a->to, sizeof(a->to), "%.0fG",
		 fmax(ceil(total / (double)GIB), 1));
	return true;
}

static double since_boot(const struct advising *a, const char *name)
{
	const struct counter *counter =
		snapshot_counter(a->judge->snapshot, name);

	return counter && counter->value != UNKNOWN ? (double)counter->value
						    : NAN;
}

static bool test_remove(struct advising *a)
{
	const struct load *load = &a->judge->snapshot->load;
	double cached = since_boot(a, "zswpout");

	return fact(a->judge, FACT_SWAP_TOTAL) > fact(a->judge, FACT_TOTAL) &&
	       since_boot(a, "pswpout") == 0 && since_boot(a, "pswpin") == 0 &&
	       !(cached > 0) && load->uptime_ns != UNKNOWN &&
	       load->uptime_ns >= WEEK_NS;
}

/* The first zram device that passes; NULL: none does. */
static const struct zram *find_zram(const struct advising *a,
				    bool (*passes)(const struct advising *a,
						   const struct zram *zram))
{
	const struct list *list =
		snapshot_list(a->judge->snapshot, ENTITY_ZRAM);

	for (size_t i = 0; i < list_count(list); i++) {
		const struct zram *zram = list_row(list, i);

		if (zram->block.state == STATE_OK && passes(a, zram))
			return zram;
	}
	return NULL;
}

static bool hardly_compresses(const struct advising *a, const struct zram *zram)
{
	(void)a;
	return zram->original != UNKNOWN && (double)zram->original >= STORED &&
	       zram->ratio < 1.5;
}

static bool test_algorithm(struct advising *a)
{
	const struct zram *zram = find_zram(a, hardly_compresses);

	if (!zram || !*zram->algorithm)
		return false;
	advice_set_it(a, text_str(zram->name));
	snprintf(a->now, sizeof(a->now), "%s", zram->algorithm);
	return true;
}

static bool test_drop(struct advising *a)
{
	const struct zram *zram = find_zram(a, hardly_compresses);

	if (!zram || strcmp(zram->algorithm, "zstd") != 0)
		return false;
	advice_set_it(a, text_str(zram->name));
	return true;
}

static bool is_too_large(const struct advising *a, const struct zram *zram)
{
	return zram->size != UNKNOWN && zram->original != UNKNOWN &&
	       (double)zram->original >= STORED &&
	       (double)zram->size > 2 * fact(a->judge, FACT_TOTAL);
}

static bool test_too_large(struct advising *a)
{
	const struct zram *zram = find_zram(a, is_too_large);

	if (!zram)
		return false;
	advice_set_it(a, text_str(zram->name));
	advice_set_now(a, (double)zram->size);
	advice_set_to(a, fact(a->judge, FACT_TOTAL));
	return true;
}

/* It may take less RAM than half of it, and that is used up. */
static bool is_kept_small(const struct advising *a, const struct zram *zram)
{
	return zram->limit != UNKNOWN && zram->limit != 0 &&
	       zram->used != UNKNOWN && zram->ratio >= 1.5 &&
	       (double)zram->original >= STORED &&
	       (double)zram->used >= .9 * (double)zram->limit &&
	       (double)zram->limit < fact(a->judge, FACT_TOTAL) / 2;
}

static bool test_limit(struct advising *a)
{
	const struct zram *zram = find_zram(a, is_kept_small);

	if (!zram)
		return false;
	advice_set_it(a, text_str(zram->name));
	advice_set_now(a, (double)zram->limit);
	advice_set_to(a, fact(a->judge, FACT_TOTAL) / 2);
	return true;
}

/* What it still holds from before shows how well that compresses here. */
static bool test_zswap(struct advising *a)
{
	const struct zswap *zswap = &a->judge->snapshot->zswap;

	return is_disk(a) && zswap->block.state == STATE_OK &&
	       zswap->enabled == 0 && zswap->stored != UNKNOWN &&
	       (double)zswap->stored >= (double)MIB && zswap->ratio >= 2 &&
	       list_count(snapshot_list(a->judge->snapshot, ENTITY_ZRAM)) ==
		       0 &&
	       fact(a->judge, FACT_SWAP_IN) > 0;
}

static bool test_shrinker(struct advising *a)
{
	return has_zswap(a) && fact(a->judge, FACT_ZSWAP_LIMIT_PERCENT) >= 90 &&
	       fact(a->judge, FACT_SWAP_IN_60) < 5;
}

static bool test_pool(struct advising *a)
{
	const struct zswap *zswap = &a->judge->snapshot->zswap;

	return has_zswap(a) && zswap->pool != UNKNOWN && zswap->ratio < 2 &&
	       (double)zswap->pool > .3 * fact(a->judge, FACT_TOTAL) &&
	       advice_number(a, "zswap.max_pool_percent") > 20;
}

#define SYSCTL(name)                                                        \
	.command = "sysctl " name "={to}", .back = "sysctl " name "={now}", \
	.effect = ADVICE_AT_ONCE
#define ZSWAP(name)                                                  \
	.command = "echo {to} > /sys/module/zswap/parameters/" name, \
	.back = "echo {now} > the same file", .effect = ADVICE_AT_ONCE

/* clang-format off */
static const struct advice rows[] = {
	{ .rules = "R07 R09", .least = SEVERITY_WARN, .lasting_s = LASTING,
	  .knob = "vm.swappiness", .to = "133", .test = test_eager,
	  .because = "what is swapped stays in compressed RAM, which is faster "
		     "than reading files again", SYSCTL("vm.swappiness") },
	{ .rules = "R07", .least = SEVERITY_WARN, .lasting_s = LASTING,
	  .knob = "vm.swappiness", .to = "1", .test = test_database,
	  .because = "{it} reads its own memory back from the disk while file "
		     "pages do not come back; never 0, with which it is "
		     "killed beside free swap", SYSCTL("vm.swappiness") },
	{ .rules = "R07", .least = SEVERITY_WARN, .lasting_s = LASTING,
	  .knob = "vm.swappiness", .to = "20", .test = test_lazy,
	  .because = "program memory comes back from the disk while file pages "
		     "do not", SYSCTL("vm.swappiness") },
	{ .rules = "R07 R09 R12", .least = SEVERITY_WARN,
	  .lasting_s = LASTING, .knob = "vm.swappiness", .to = "1",
	  .test = test_zero,
	  .because = "with 0 programs are killed while swap is free",
	  SYSCTL("vm.swappiness") },
	{ .rules = "R07 R08 R11", .knob = "vm.page-cluster", .to = "0",
	  .test = test_cluster,
	  .because = "compressed RAM has no seeks that reading ahead would "
		     "save", SYSCTL("vm.page-cluster") },
	{ .rules = "R29", .least = SEVERITY_WARN, .times = 2,
	  .test = test_add,
	  .because = "file pages are read again and again while cold program "
		     "memory cannot leave (unless it has no swap on purpose)",
	  .command = "fallocate -l {to} /swapfile; chmod 600 /swapfile; mkswap "
		     "/swapfile; swapon /swapfile",
	  .back = "swapoff /swapfile; rm /swapfile",
	  .effect = "at once; /etc/fstab keeps it; the disk has to have room" },
	{ .rules = "R01 R02 R27", .test = test_remove,
	  .because = "nothing was swapped in a week and swap is larger than RAM",
	  .command = "swapoff -a would cost nothing", .back = "swapon -a",
	  .effect = "at once; /etc/fstab brings it back" },
	{ .rules = "R11", .least = SEVERITY_WARN, .to = "zstd",
	  .test = test_algorithm,
	  .because = "what {it} holds hardly compresses with {now}",
	  .command = "echo zstd > /sys/block/{it}/comp_algorithm",
	  .back = "echo {now} > the same file",
	  .effect = "needs swapoff and a reset of the device before" },
	{ .rules = "R11", .least = SEVERITY_WARN, .test = test_drop,
	  .because = "what {it} holds does not compress even with zstd: it "
		     "takes the RAM that it gives",
	  .command = "swapoff /dev/{it}", .back = "swapon /dev/{it}",
	  .effect = "at once, when RAM has room for what it holds" },
	{ .rules = "R11", .test = test_too_large,
	  .because = "{it} is larger than twice RAM, which it cannot fill",
	  .command = "swapoff /dev/{it}; zramctl --reset /dev/{it}; zramctl "
		     "--size {to} /dev/{it}; mkswap /dev/{it}; swapon /dev/{it}",
	  .back = "the same with {now}",
	  .effect = "needs swapoff, as it stands there" },
	{ .rules = "R11", .least = SEVERITY_WARN, .test = test_limit,
	  .because = "{it} compresses well but may hold no more",
	  .command = "echo {to} > /sys/block/{it}/mem_limit",
	  .back = "echo {now} > the same file", .effect = ADVICE_AT_ONCE },
	{ .rules = "R07", .least = SEVERITY_WARN, .lasting_s = LASTING,
	  .to = "Y", .test = test_zswap,
	  .because = "pages come back from the disk, and what zswap held "
		     "compressed to less than half",
	  .command = "echo Y > /sys/module/zswap/parameters/enabled",
	  .back = "echo N > the same file", .effect = ADVICE_AT_ONCE },
	{ .rules = "R11", .knob = "zswap.shrinker_enabled", .to = "Y",
	  .test = test_shrinker,
	  .because = "the pool is full of pages that nobody asks for",
	  ZSWAP("shrinker_enabled") },
	{ .rules = "R11", .knob = "zswap.max_pool_percent", .to = "20",
	  .test = test_pool,
	  .because = "the pool takes a third of RAM and hardly compresses",
	  ZSWAP("max_pool_percent") },
};
/* clang-format on */

const struct advice_set advice_swap = { rows, ARRAY_SIZE(rows) };
