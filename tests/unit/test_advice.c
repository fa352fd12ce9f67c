/* SPDX-License-Identifier: MIT
 *
 * Settings worth trying: for each row evidence with which it is said, and the
 * same without one piece of it after the other.  What goes for all of them is
 * tried on all: no rule, a lesser one, too seldom, too lately, nothing known of
 * the setting, and set to that already.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/judge/advice.h"
#include "memtop/cgroup.h"
#include "memtop/kernel.h"
#include "memtop/kill.h"
#include "memtop/list.h"
#include "memtop/ramfiles.h"
#include "memtop/swap.h"

#define G    (double)GIB
#define DAYS (24 * 3600 * NS_PER_S)

static struct snapshot *s;
static struct verdict_judge judge;
static struct rule rule;
static struct rule_state state;
static struct level level;
static struct finding finding;

static void *must(const void *pointer)
{
	assert_non_null(pointer);
	return (void *)pointer;
}

/* One more row of a list of the snapshot. */
static void *add_row(enum entity_id entity)
{
	const struct list **place = &s->lists[entity - ENTITY_LIST_FIRST];
	struct list *list = (struct list *)*place;
	void *row;

	if (!list)
		list = must(list_new(entity));
	list->block.state = STATE_OK;
	row = must(list_add(&list));
	*place = list;
	return row;
}

static const struct text *words(const char *text)
{
	return must(text_new(text, strlen(text)));
}

static const struct block ok = { .state = STATE_OK };

/* ---- pieces of evidence that are more than one figure -------------------- */

static void swap_on(const char *type)
{
	struct swap *swap = add_row(ENTITY_SWAP);

	swap->block = ok;
	swap->name = words("/dev/x");
	strcpy(swap->type, type);
}

static void on_disk(bool yes)
{
	swap_on(yes ? "partition" : "zram");
}

static void on_zram(bool yes)
{
	swap_on(yes ? "zram" : "file");
}

static struct zram *add_zram(void)
{
	struct zram *zram = add_row(ENTITY_ZRAM);

	zram->block = ok;
	zram->name = words("zram0");
	strcpy(zram->algorithm, "lzo-rle");
	zram->size = 8 * GIB;
	zram->original = 100 * MIB;
	zram->used = 80 * MIB;
	zram->ratio = 1.25;
	zram->limit = 0;
	return zram;
}

static void poor_zram(bool yes)
{
	add_zram()->ratio = yes ? 1.4 : 1.6;
}

static void little_zram(bool yes)
{
	add_zram()->original = (yes ? 65 : 63) * MIB;
}

static void best_zram(bool yes)
{
	strcpy(add_zram()->algorithm, yes ? "zstd" : "lz4");
}

static void large_zram(bool yes)
{
	add_zram()->size = (yes ? 129 : 127) * GIB;
}

static void limited_zram(bool yes)
{
	struct zram *zram = add_zram();

	zram->ratio = 3;
	zram->used = 19 * GIB;
	zram->limit = (yes ? 20 : 40) * GIB;
}

static void set_zswap(bool yes)
{
	s->zswap.block = ok;
	s->zswap.enabled = yes;
	s->zswap.shrinker_enabled = 0;
	s->zswap.max_pool_percent = 40;
	s->zswap.pool = 21 * GIB;
	s->zswap.ratio = 1.5;
}

static void rich_zswap(bool yes)
{
	set_zswap(true);
	s->zswap.ratio = yes ? 1.9 : 2.1;
}

static void small_zswap(bool yes)
{
	set_zswap(true);
	s->zswap.pool = (yes ? 20 : 19) * GIB;
}

/* Off, with something left in it. */
static void old_zswap(bool yes)
{
	set_zswap(false);
	s->zswap.stored = 2 * MIB;
	s->zswap.ratio = yes ? 2.1 : 1.9;
}

static void count(const char *name, uint64_t value, double rate)
{
	struct counter_names *names;
	size_t n = s->vmstat_names ? s->vmstat_names->count : 0;
	const char *all[16];

	for (size_t i = 0; i < n; i++)
		all[i] = s->vmstat_names->names[i];
	all[n] = name;
	names = must(counter_names_new(all, n + 1));
	counter_names_unref(s->vmstat_names);
	s->vmstat_names = names;
	s->vmstat = must(realloc(s->vmstat, (n + 1) * sizeof(*s->vmstat)));
	s->vmstat[n] = (struct counter){ value, rate };
	s->vmstat_block.state = STATE_OK;
}

static void no_swap_out(bool yes)
{
	count("pswpin", 0, 0);
	count("pswpout", yes ? 0 : 1, 0);
}

static void no_swap_in(bool yes)
{
	count("pswpin", yes ? 0 : 1, 0);
	count("pswpout", 0, 0);
}

/* 1000 pages a second reach the disk. */
static void writes(bool yes)
{
	count("nr_written", 1, yes ? 1e5 : NAN);
}

static void boosted(bool yes)
{
	struct zone *zone = add_row(ENTITY_ZONE);

	zone->block = ok;
	strcpy(zone->name, "N0 Normal");
	zone->boost = yes ? 4096 : 0;
}

static void mount_of(double size, double used)
{
	struct tmpfs *mount = add_row(ENTITY_TMPFS);

	mount->block = ok;
	mount->path = words("/dev/shm");
	strcpy(mount->type, "tmpfs");
	mount->size = (uint64_t)(size * G);
	mount->used = (uint64_t)(used * G);
}

static void wide_mount(bool yes)
{
	mount_of(yes ? 32 : 14, 10);
}

static void used_mount(bool yes)
{
	mount_of(32, yes ? 10 : 3);
}

static void thp_enabled(bool yes)
{
	s->thp.block = ok;
	strcpy(s->thp.enabled, yes ? "always" : "madvise");
	strcpy(s->thp.defrag, "defer");
	s->thp.max_ptes_none = 64;
}

static void thp_defrag(bool yes)
{
	thp_enabled(false);
	strcpy(s->thp.defrag, yes ? "madvise" : "never");
}

static void thp_empty(bool yes)
{
	thp_enabled(false);
	s->thp.max_ptes_none = yes ? 511 : 64;
	s->memory.anon_huge = 6 * GIB;
	s->memory.anon_pages = 10 * GIB;
}

static void thp_filled(bool yes)
{
	thp_empty(true);
	s->memory.anon_huge = (yes ? 6 : 4) * GIB;
}

static const char *unit_name = "x.service";

static void someone(struct person *person, const char *name, int64_t adj)
{
	static struct process *list[1];
	struct process *p = must(process_new());

	p->key = (struct process_key){ 42, NS_PER_S };
	strcpy(p->comm, name);
	p->status = p->oom = p->statm = ok;
	p->oom_score_adj = adj;
	p->threads = 2000;
	p->swap = GIB;
	p->rss = 3 * GIB;
	list[0] = p;
	free(s->processes);
	s->processes = must(malloc(sizeof(*s->processes)));
	s->processes[0] = list[0];
	s->nprocesses = 1;
	person_introduce(person, p, NAN);
	strcpy(person->unit, unit_name);
}

static void swapped_db(bool yes)
{
	someone(&judge.people.swapped, yes ? "postgres" : "java", 0);
}

static void large_db(bool yes)
{
	someone(&judge.people.largest, yes ? "mysqld" : "java", 0);
}

static void waiting_db(bool yes)
{
	someone(&judge.people.waiter, yes ? "mongod" : "java", 0);
}

static void redis(bool yes)
{
	someone(&judge.people.most[MOST_DATA].who,
		yes ? "redis-server" : "java", 0);
}

static void near_sshd(bool yes)
{
	judge.people.victims.service = SERVICE_SSH;
	someone(&judge.people.victims.important, "sshd", yes ? 0 : -950);
}

static void near_db(bool yes)
{
	judge.people.victims.service = SERVICE_DATABASE;
	someone(&judge.people.victims.important, "postgres", 0);
	if (!yes)
		strcpy(judge.people.victims.important.unit, "user.slice");
}

static void builder(bool yes)
{
	someone(&judge.people.grower, yes ? "cc1plus" : "java", 0);
}

static void build_adj(bool yes)
{
	someone(&judge.people.grower, "rustc", yes ? 0 : 300);
}

static void leaks(bool yes)
{
	someone(&judge.leaker, "java", 0);
	((struct process *)s->processes[0])->threads = yes ? 1000 : 999;
}

static void locks(bool yes)
{
	someone(&judge.people.most[MOST_LOCKED].who, "qemu", 0);
	judge.people.most[MOST_LOCKED].amount = 8 * G;
	if (!yes)
		judge.people.most[MOST_LOCKED].who.unit[0] = '\0';
}

static struct cgroup *add_group(double max)
{
	struct cgroup *row = add_row(ENTITY_CGROUP);

	row->block = row->limit = row->knobs = ok;
	row->path = words("/web.service");
	strcpy(row->kind, "service");
	row->depth = 1;
	row->max = row->high = (uint64_t)(max * G);
	row->min = 33 * GIB;
	row->processes = 3;
	row->oom_group = 0;
	return row;
}

/* It could not give back 4 GiB at one time. */
static void grown(bool yes)
{
	add_group(yes ? 5 : 6);
	state.hard_most = 4 * G;
	/* FNV-1a of "/web.service" */
	state.group = UINT64_C(0xcbf29ce484222325);
	for (const char *c = "/web.service"; *c; c++)
		state.group = (state.group ^ (unsigned char)*c) *
			      UINT64_C(0x100000001b3);
}

static void promises(bool yes)
{
	add_group(5)->depth = yes ? 1 : 2;
}

static void killed_one(bool yes)
{
	struct log_kill *kill = add_row(ENTITY_KILL);

	kill->block = ok;
	kill->cgroup = words("/web.service");
	kill->time_ns = s->realtime_ns - NS_PER_S;
	add_group(5)->oom_group = yes ? 0 : 1;
}

static void killed_last(bool yes)
{
	killed_one(true);
	((struct cgroup *)list_row(s->lists[ENTITY_CGROUP - ENTITY_LIST_FIRST],
				   0))
		->processes = yes ? 2 : 1;
}

static void killed_lately(bool yes)
{
	killed_one(false);
	((struct log_kill *)list_row(s->lists[ENTITY_KILL - ENTITY_LIST_FIRST],
				     0))
		->time_ns = s->realtime_ns - (yes ? 29 : 31) * DAYS;
}

static void crowded(bool yes)
{
	struct cgroup *row;

	killed_lately(true);
	row = add_group(5);
	strcpy(row->kind, "scope");
	row->processes = yes ? 50 : 51;
}

static void watched(bool yes)
{
	struct tunable *row = add_row(ENTITY_TUNABLE);

	row->block = ok;
	killed_lately(true);
	strcpy(row->name, yes ? "oomd: x.service" : "oomd: user@.service");
	strcpy(row->value, "stall");
}

static void no_psi(bool yes)
{
	s->pressure.memory_block.state = yes ? STATE_ABSENT : STATE_OK;
}

/* ---- the cases ----------------------------------------------------------- */

enum piece_kind { END, FACT, KNOB, NUMBER, FLAG, TIMES, CALL };

struct piece {
	enum piece_kind kind;
	size_t what; /* fact, offset in the snapshot or in people, rule */
	double yes, no;
	const char *name, *word, *other;
	void (*call)(bool yes);
};

#define A_FACT(fact, y, n)                                    \
	{                                                     \
		.kind = FACT, .what = fact, .yes = y, .no = n \
	}
#define A_KNOB(n, w, o)                                        \
	{                                                      \
		.kind = KNOB, .name = n, .word = w, .other = o \
	}
#define A_NUMBER(member, y, n)                                             \
	{                                                                  \
		.kind = NUMBER, .what = offsetof(struct snapshot, member), \
		.yes = y, .no = n                                          \
	}
#define A_FLAG(member, y)                                              \
	{                                                              \
		.kind = FLAG, .what = offsetof(struct people, member), \
		.yes = y, .no = !(y)                                   \
	}
#define A_TIMES(rule, y)                                       \
	{                                                      \
		.kind = TIMES, .what = rule, .yes = y, .no = 0 \
	}
#define A_CALL(function)                       \
	{                                      \
		.kind = CALL, .call = function \
	}

/* clang-format off */
static const struct scene {
	const char *rule;
	enum severity severity;
	const char *because, *says; /* both in the text */
	struct piece pieces[8];
} scenes[] = {
	{ "R07-x", SEVERITY_WARN, "faster than reading", "swappiness=133 (back: sysctl vm.swappiness=60",
	  { A_CALL(on_zram), A_KNOB("vm.swappiness", "60", "100") } },
	{ "R07-x", SEVERITY_WARN, "reads its own memory back", "swappiness=1 (back",
	  { A_CALL(on_disk), A_CALL(swapped_db), A_KNOB("vm.swappiness", "60", "1"),
	    A_FACT(FACT_RETURN_FILE, 4, 6) } },
	{ "R07-x", SEVERITY_WARN, "comes back from the disk while", "swappiness=20 (back",
	  { A_CALL(on_disk), A_KNOB("vm.swappiness", "31", "30"),
	    A_FACT(FACT_RETURN_FILE, 4, 6) } },
	{ "R12-x", SEVERITY_WARN, "with 0 programs", "swappiness=1 (back: sysctl vm.swappiness=0",
	  { A_KNOB("vm.swappiness", "0", "10"), A_FACT(FACT_SWAP_TOTAL, G, 0) } },
	{ "R08-x", SEVERITY_OK, "no seeks", "page-cluster=0 (back: sysctl vm.page-cluster=3",
	  { A_CALL(on_zram), A_KNOB("vm.page-cluster", "3", "0"),
	    A_FACT(FACT_SWAP_IN_60, 1, 0) } },
	{ "R29-x", SEVERITY_WARN, "cannot leave", "fallocate -l 16G",
	  { A_FACT(FACT_SWAP_TOTAL, 0, G), A_TIMES(9, 1), A_FLAG(has_kubelet, false) } },
	{ "R01-x", SEVERITY_OK, "nothing was swapped in a week", "swapoff -a",
	  { A_FACT(FACT_SWAP_TOTAL, 65 * G, 63 * G), A_CALL(no_swap_in),
	    A_NUMBER(load.uptime_ns, 8 * (double)DAYS, 6 * (double)DAYS) } },
	{ "R02-x", SEVERITY_OK, "nothing was swapped in a week", "swapoff -a",
	  { A_FACT(FACT_SWAP_TOTAL, 65 * G, 63 * G), A_CALL(no_swap_out),
	    A_NUMBER(load.uptime_ns, 8 * (double)DAYS, 6 * (double)DAYS) } },
	{ "R11-x", SEVERITY_WARN, "hardly compresses with", "echo zstd > /sys/block/zram0/comp_algorithm (back: echo lzo-rle",
	  { A_CALL(poor_zram) } },
	{ "R11-x", SEVERITY_WARN, "hardly compresses with", "zstd", { A_CALL(little_zram) } },
	{ "R11-x", SEVERITY_WARN, "even with zstd", "swapoff /dev/zram0", { A_CALL(best_zram) } },
	{ "R11-x", SEVERITY_NOTE, "larger than twice RAM", "--size 68719476736", { A_CALL(large_zram) } },
	{ "R11-x", SEVERITY_WARN, "may hold no more", "echo 34359738368 > /sys/block/zram0/mem_limit",
	  { A_CALL(limited_zram) } },
	{ "R07-x", SEVERITY_WARN, "zswap held", "echo Y",
	  { A_CALL(on_disk), A_CALL(old_zswap), A_FACT(FACT_SWAP_IN, 1, 0) } },
	{ "R11-x", SEVERITY_NOTE, "full of pages that nobody", "echo Y > /sys/module/zswap/parameters/shrinker_enabled",
	  { A_CALL(set_zswap), A_FACT(FACT_ZSWAP_LIMIT_PERCENT, 91, 89),
	    A_FACT(FACT_SWAP_IN_60, 4, 6) } },
	{ "R11-x", SEVERITY_NOTE, "a third of RAM and hardly", "echo 20", { A_CALL(rich_zswap) } },
	{ "R11-x", SEVERITY_NOTE, "a third of RAM and hardly", "echo 20", { A_CALL(small_zswap) } },

	{ "R04-x", SEVERITY_WARN, "reserve was used up", "min_free_kbytes=135168",
	  { A_KNOB("vm.min_free_kbytes", "67584", "1300000"), A_FACT(FACT_THROTTLED, .1, 0) } },
	{ "R04-x", SEVERITY_WARN, "boost of the marks", "watermark_boost_factor=0",
	  { A_KNOB("vm.watermark_boost_factor", "15000", "0"), A_CALL(boosted),
	    A_FACT(FACT_SCATTER_HUGE, 51, 49), A_FACT(FACT_TOTAL, 3 * G, 5 * G) } },
	{ "R04-x", SEVERITY_WARN, "while a fifth of RAM", "scale_factor=50 (back: sysctl vm.watermark_scale_factor=10",
	  { A_KNOB("vm.watermark_scale_factor", "10", "50"),
	    A_FACT(FACT_AVAILABLE_PERCENT, 21, 19) } },
	{ "R04-x", SEVERITY_NOTE, "as soon as it has trimmed", "scale_factor=50",
	  { A_KNOB("vm.watermark_scale_factor", "10", "50"),
	    A_FACT(FACT_AVAILABLE_PERCENT, 21, 19), A_FACT(FACT_QUICKLY, 1, .9) } },
	{ "R22-x", SEVERITY_NOTE, "rather than their contents", "vfs_cache_pressure=100",
	  { A_KNOB("vm.vfs_cache_pressure", "0", "50") } },
	{ "R22-x", SEVERITY_WARN, "go slowly", "vfs_cache_pressure=150",
	  { A_KNOB("vm.vfs_cache_pressure", "100", "150") } },
	{ "R37-x", SEVERITY_NOTE, "a part of so much", "dirty_bytes=1638400000 (back: sysctl vm.dirty_ratio=20",
	  { A_KNOB("vm.dirty_ratio", "20", NULL), A_KNOB("vm.dirty_bytes", "0", "1000"),
	    A_CALL(writes), A_FACT(FACT_TOTAL, 17 * G, 15 * G),
	    A_FACT(FACT_DIRTY, 2 * G, G) } },
	{ "R37-x", SEVERITY_NOTE, "little to lose", "dirty_background_ratio=5",
	  { A_KNOB("vm.dirty_background_ratio", "10", "5"), A_CALL(large_db) } },
	{ "R23-x", SEVERITY_NOTE, "never asked for huge", "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled (back: echo always",
	  { A_CALL(thp_enabled) } },
	{ "R32-x", SEVERITY_WARN, "copies a huge page then", "echo madvise", { A_CALL(thp_enabled) } },
	{ "R23-x", SEVERITY_WARN, "wait for compaction", "echo defer+madvise", { A_CALL(thp_defrag) } },
	{ "R32-x", SEVERITY_WARN, "nearly empty", "echo 64", { A_CALL(thp_empty) } },
	{ "R32-x", SEVERITY_WARN, "nearly empty", "echo 64", { A_CALL(thp_filled) } },
	{ "R24-x", SEVERITY_WARN, "cannot be made in time", "compaction_proactiveness=40",
	  { A_KNOB("vm.compaction_proactiveness", "20", "40") } },
	{ "R25-x", SEVERITY_NOTE, "serve nothing else", "nr_hugepages=280 (back: sysctl vm.nr_hugepages=1000",
	  { A_KNOB("vm.nr_hugepages", "1000", NULL),
	    A_NUMBER(memory.hugepages_free, 1000, 101),
	    A_NUMBER(memory.hugepages_reserved, 100, 999) } },
	{ "R09-x", SEVERITY_CRIT, "thrashed again", "echo 1000",
	  { A_KNOB("lru_gen.min_ttl_ms", "0", "1000"), A_KNOB("lru_gen.enabled", "0x0007", "0"),
	    A_FLAG(has_desktop, true), A_FLAG(has_killer, false) } },
	{ "R40-x", SEVERITY_NOTE, "another has room", "zone_reclaim_mode=0 (back: sysctl vm.zone_reclaim_mode=1",
	  { A_KNOB("vm.zone_reclaim_mode", "1", "0") } },
	{ "R26-x", SEVERITY_WARN, " take RAM, and it may grow", "remount,size=13107M /dev/shm (back: mount -o remount,size=32768M",
	  { A_CALL(wide_mount) } },
	{ "R26-x", SEVERITY_WARN, " take RAM, and it may grow", "size=", { A_CALL(used_mount) } },

	{ "R27-x", SEVERITY_CRIT, "pools of huge pages taken off", "overcommit_ratio=80 (back: sysctl vm.overcommit_ratio=50",
	  { A_KNOB("vm.overcommit_ratio", "50", "80"), A_KNOB("vm.overcommit_kbytes", "0", "9") } },
	{ "R27-x", SEVERITY_CRIT, "at most so far: sysctl vm.overcommit_kbytes", "overcommit_kbytes=50043290",
	  { A_KNOB("vm.overcommit_kbytes", "100", "99999999") } },
	{ "R27-x", SEVERITY_WARN, "forks to save", "overcommit_memory=1",
	  { A_KNOB("vm.overcommit_memory", "2", "1"), A_CALL(redis) } },
	{ "R30-x", SEVERITY_WARN, "stops the whole machine", "panic_on_oom=0 (back: sysctl vm.panic_on_oom=2",
	  { A_KNOB("vm.panic_on_oom", "2", "0") } },
	{ "R30-x", SEVERITY_NOTE, "kills whoever asks", "oom_kill_allocating_task=0",
	  { A_KNOB("vm.oom_kill_allocating_task", "1", "0") } },
	{ "R31-x", SEVERITY_NOTE, "others depend on it", "choom -n -900 -p 42 (back: choom -n 0 -p 42",
	  { A_CALL(near_sshd) } },
	{ "R31-x", SEVERITY_NOTE, "large by design", "MemoryLow=3072M", { A_CALL(near_db) } },
	{ "R12-x", SEVERITY_WARN, "can be started again", "choom -n 200 -p 42", { A_CALL(builder) } },
	{ "R03-x", SEVERITY_WARN, "can be started again", "choom -n 200 -p 42", { A_CALL(build_adj) } },
	{ "R14-x", SEVERITY_NOTE, "so much within a day", "MemoryHigh=5325M (back: systemctl set-property web.service MemoryHigh=5120M",
	  { A_CALL(grown) } },
	{ "R15-x", SEVERITY_NOTE, "so much within a day", "MemoryMax=5325M", { A_CALL(grown) } },
	{ "R41-x", SEVERITY_WARN, "can never be reclaimed", "MemoryMin=16896M",
	  { A_CALL(promises), A_FACT(FACT_MIN_PERCENT, 100, 50) } },
	{ "R16-x", SEVERITY_WARN, "the others are still there", "systemctl edit web.service", { A_CALL(killed_one) } },
	{ "R16-x", SEVERITY_WARN, "the others are still there", "OOMPolicy=kill", { A_CALL(killed_last) } },
	{ "R07-x", SEVERITY_WARN, "waits most for its own", "MemorySwapMax=0",
	  { A_CALL(waiting_db), A_FACT(FACT_AVAILABLE, 3 * G, G) } },
	{ "R01-x", SEVERITY_OK, "stalls cannot be seen", "boot with psi=1", { A_CALL(no_psi) } },
	{ "R16-x", SEVERITY_WARN, "too late for a desktop", "not both",
	  { A_CALL(killed_lately), A_FLAG(has_desktop, true), A_FLAG(has_killer, false) } },
	{ "R09-x", SEVERITY_WARN, "too late for a desktop", "not both",
	  { A_CALL(crowded), A_FLAG(has_desktop, true), A_FLAG(has_killer, false) } },
	{ "R16-x", SEVERITY_WARN, "does not watch the sessions", "Limit=40%",
	  { A_CALL(watched), A_FLAG(has_desktop, true), A_FLAG(has_oomd, true),
	    { .kind = FLAG, .what = offsetof(struct people, has_killer), .yes = 1, .no = 1 } } },
	{ "R17-x", SEVERITY_NOTE, "thousands of threads", "MALLOC_ARENA_MAX=2", { A_CALL(leaks) } },
	{ "R28-x", SEVERITY_WARN, "locks most", "LimitMEMLOCK=4096M",
	  { A_CALL(locks), A_FACT(FACT_AVAILABLE_PERCENT, 9, 11) } },
	{ "R42-x", SEVERITY_NOTE, "only hides the symptom", "leave vm.drop_caches alone",
	  { { .kind = TIMES, .what = 0, .yes = 2, .no = 1 } } },
};
/* clang-format on */

static void add_knob(const char *name, const char *value)
{
	struct tunable *row = add_row(ENTITY_TUNABLE);
	char *end;
	uint64_t number = strtoull(value, &end, 10);

	row->block = ok;
	strcpy(row->name, name);
	strcpy(row->value, value);
	/* those that every sample has */
	if (!strcmp(name, "vm.swappiness"))
		s->load.swappiness = number;
	else if (!strcmp(name, "vm.page-cluster"))
		s->load.page_cluster = number;
	else if (!strcmp(name, "vm.watermark_scale_factor"))
		s->load.watermark_scale_factor = number;
	else if (!strcmp(name, "vm.overcommit_memory"))
		s->load.overcommit_memory = number;
	else if (!strcmp(name, "vm.panic_on_oom"))
		s->load.panic_on_oom = number;
	else if (!strcmp(name, "vm.oom_kill_allocating_task"))
		s->load.oom_kill_allocating_task = number;
}

static void put_piece(const struct piece *piece, bool yes, bool has_knobs)
{
	double value = yes ? piece->yes : piece->no;

	switch (piece->kind) {
	case FACT:
		judge.facts.value[piece->what] = value;
		break;
	case KNOB:
		if (has_knobs)
			add_knob(piece->name, yes ? piece->word : piece->other);
		break;
	case NUMBER:
		*(uint64_t *)((char *)s + piece->what) = (uint64_t)value;
		break;
	case FLAG:
		*(bool *)((char *)&judge.people + piece->what) = value > 0;
		break;
	case TIMES: /* rule 0: how often caches were dropped */
		if (piece->what == 0)
			judge.notices.drops = (unsigned)value;
		else
			judge.standings[piece->what].times[SEVERITY_WARN] =
				(unsigned)value;
		break;
	case CALL:
		piece->call(yes);
		break;
	case END:
		break;
	}
}

static void tear_down_scene(void)
{
	for (size_t i = 0; i < s->nprocesses; i++)
		assert_non_null(s->processes[i]);
	snapshot_unref(s);
	s = NULL;
}

#define NOW_NS (100 * DAYS)

/* except: the piece that is not there; SIZE_MAX: all are. */
static void set_scene(const struct scene *scene, size_t except, bool has_knobs)
{
	struct host *host = must(host_new());

	s = must(snapshot_new());
	host->page_size = 4096;
	s->host = host;
	s->realtime_ns = NOW_NS;
	s->memory.block = ok;
	s->memory.total = 64 * GIB;
	s->memory.hugetlb = 4 * GIB;
	s->memory.swap_total = 0;
	memset(&judge, 0, sizeof(judge));
	for (size_t i = 0; i < FACT_COUNT; i++)
		judge.facts.value[i] = NAN;
	judge.facts.value[FACT_TOTAL] = 64 * G;
	judge.snapshot = s;
	judge.now = (struct moment){ NOW_NS, NOW_NS };
	judge.memory.committed_most = 41.5 * G;
	for (size_t i = 1; i < RULE_NUMBERS; i++)
		judge.standings[i].times[SEVERITY_OK] =
			judge.standings[i].times[SEVERITY_NOTE] = 9;
	rule = (struct rule){ .name = scene->rule };
	state = (struct rule_state){ .rule = &rule };
	level = (struct level){ .active = true };
	finding = (struct finding){
		.rule = &rule,
		.state = &state,
		.severity = scene->severity,
		.level = &level,
	};
	for (int i = 0; i <= (int)scene->severity; i++)
		judge.standings[rule_number(scene->rule)].times[i] = 9;
	for (size_t i = 0; i < ARRAY_SIZE(scene->pieces); i++)
		put_piece(&scene->pieces[i], i != except, has_knobs);
}

static bool says(const struct scene *scene, const char *what)
{
	static char text[512];

	(void)scene;
	advice_write(&judge, &finding, 1, text, sizeof(text));
	if (what && !strstr(text, what))
		return false;
	return *text;
}

static void assert_silent(const struct scene *scene, const char *why)
{
	if (says(scene, scene->because))
		fail_msg("%s: said %s", scene->because, why);
	tear_down_scene();
}

static void test_evidence(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		const struct scene *scene = &scenes[i];

		set_scene(scene, SIZE_MAX, true);
		if (!says(scene, scene->because) || !says(scene, scene->says)) {
			char text[512];

			advice_write(&judge, &finding, 1, text, sizeof(text));
			fail_msg("%s, %s: \"%s\"", scene->because, scene->says,
				 text);
		}
		assert_true(says(scene, "because "));
		assert_true(says(scene, " (back: "));
		tear_down_scene();
		for (size_t k = 0; k < ARRAY_SIZE(scene->pieces); k++) {
			const struct piece *piece = &scene->pieces[k];

			if (piece->kind == END ||
			    (piece->kind == KNOB && !piece->other) ||
			    (piece->kind == FLAG && piece->yes == piece->no))
				continue;
			set_scene(scene, k, true);
			assert_silent(scene, "without a piece of evidence");
		}
	}
}

/* The row that a scene is about. */
static const struct advice *row_of(const struct scene *scene)
{
	static const struct advice_set *const sets[] = {
		&advice_swap, &advice_reclaim, &advice_groups, &advice_kill
	};
	char id[4] = "";

	memcpy(id, scene->rule, 3);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		for (size_t k = 0; k < sets[i]->count; k++) {
			const struct advice *row = &sets[i]->rows[k];
			char all[512];

			snprintf(all, sizeof(all), "%s: %s", row->because,
				 row->command);
			if (strstr(row->rules, id) &&
			    strstr(all, scene->because))
				return row;
		}
	return NULL;
}

/* Has every row a scene? */
static void test_all(void **unused)
{
	size_t rows = advice_swap.count + advice_reclaim.count +
		      advice_groups.count + advice_kill.count;
	const struct advice *seen[128];
	size_t count = 0;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		const struct advice *row = row_of(&scenes[i]);
		size_t k = 0;

		if (!row)
			fail_msg("no row: %s", scenes[i].because);
		while (k < count && seen[k] != row)
			k++;
		if (k == count)
			seen[count++] = row;
	}
	assert_int_equal(count, rows);
}

static void test_when(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++) {
		const struct scene *scene = &scenes[i];
		const struct advice *row = row_of(scene);
		unsigned number = rule_number(scene->rule);

		assert_non_null(row);
		set_scene(scene, SIZE_MAX, true);
		rule.name = "R43-bad-ram";
		assert_silent(scene, "for another rule");
		set_scene(scene, SIZE_MAX, true);
		finding.over = true;
		assert_silent(scene, "when it is over");
		if (row->least > SEVERITY_OK) {
			set_scene(scene, SIZE_MAX, true);
			finding.severity = row->least - 1;
			assert_silent(scene, "for so little");
		}
		if (row->times) {
			set_scene(scene, SIZE_MAX, true);
			judge.standings[number].times[row->least] =
				row->times - 1;
			assert_silent(scene, "so early");
		}
		if (row->lasting_s) {
			set_scene(scene, SIZE_MAX, true);
			level.since.boottime_ns =
				NOW_NS - (row->lasting_s - 1) * NS_PER_S;
			assert_silent(scene, "so soon");
		}
		if (row->knob && strncmp(row->knob, "thp.", 4) != 0 &&
		    strncmp(row->knob, "zswap.", 6) != 0) {
			set_scene(scene, SIZE_MAX, false);
			assert_silent(scene, "without knowing the setting");
		}
	}
}

/* What a cgroup of little limit is full of is not much of RAM. */
static void test_names_of_a_group(void **unused)
{
	const struct scene *scene = NULL;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		if (strcmp(scenes[i].because, "go slowly") == 0)
			scene = &scenes[i];
	assert_non_null(scene);
	set_scene(scene, SIZE_MAX, true);
	state.group = 1;
	assert_silent(scene, "about a cgroup");
}

/* A command that is pasted does what it says, whoever named the unit. */
static void test_names_that_attack(void **unused)
{
	static const struct {
		const char *name;
		bool is_plain;
	} names[] = {
		{ "getty@tty1.service", true }, { "x;reboot.service", false },
		{ "$(reboot).service", false }, { "x reboot.service", false },
		{ "x`reboot`.service", false }, { "--now.service", false },
		{ "x\\x2d.service", false },	{ "x\nreboot.service", false },
		{ "x'.service", false },
	};
	const struct scene *scene = NULL;

	(void)unused;
	for (size_t i = 0; i < ARRAY_SIZE(scenes); i++)
		if (strcmp(scenes[i].because, "locks most") == 0)
			scene = &scenes[i];
	assert_non_null(scene);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		unit_name = names[i].name;
		set_scene(scene, SIZE_MAX, true);
		if (says(scene, scene->because) != names[i].is_plain)
			fail_msg("%s", names[i].name);
		tear_down_scene();
	}
	unit_name = "x.service";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_names_of_a_group),
		cmocka_unit_test(test_names_that_attack),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_when),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
