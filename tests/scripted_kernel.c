/* SPDX-License-Identifier: MIT
 *
 * What the kernel of the scripted machine holds and how it is set: slab
 * caches, zones and their free blocks, nodes, protocols, tunables.  Zones and
 * nodes are made of the free blocks, so they add up.
 */
#include <math.h>
#include <stdio.h>

#include "memtop/kernel.h"
#include "scripted_private.h"

#define PAGE	   (4 * KIB)
#define HUGE_ORDER 9
#define TOP_ORDER  10

/* clang-format off */
static const struct {
	const char *name;
	double mib, grow; /* a minute, in MiB */
	uint64_t objects, object_size, use; /* percent */
	int reclaimable; /* -1: /sys does not say */
} slabs[] = {
	{ "kmalloc-1k",         812,  2.1,  831488,  1024, 100, 0 },
	{ "filp",               402,  0,   1646592,   256,  99, 0 },
	{ "dentry",             318, -12,  1736704,   192,  61, 1 },
	{ "sock_inode_cache",   291,  .4,   340480,   896, 100, 0 },
	{ "ext4_inode_cache",   270, -9.8,  246400,  1144,  71, 1 },
	{ "radix_tree_node",    166, -1.1,  298816,   576,  83, 1 },
	{ "vm_area_struct",     119,  0,    640000,   192,  98, 0 },
	{ "anon_vma_chain",      97,  0,   1589248,    64,  97, 0 },
	{ "kmalloc-512",         88,  0,    180224,   512,  94, 0 },
	{ "task_struct",         84,  0,      8820,  9792,  96, 0 },
	{ "TCP",                 79,  0,     34520,  2368,  92, 0 },
	{ "kmalloc-64",          71,  0,   1163264,    64,  95, 0 },
	{ "kernfs_node_cache",   62,  0,    507904,   128, 100, 0 },
	{ "inode_cache",         58,  0,     95000,   632,  88, 0 },
	{ "bio-200",             28,  0,    114688,   256,  90, -1 },
	{ "nf_conntrack",        18,  0,     73728,   256,  99, 0 },
	{ "dma-kmalloc-512",      0,  0,         0,   512,   0, 0 },
};

/* free_blocks: of each order from 4K to 4M */
static const struct {
	const char *name;
	unsigned node;
	uint64_t blocks[TOP_ORDER + 1];
	double min, low, high, managed, protection; /* MiB */
} zones[] = {
	{ "N0 DMA", 0, { 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 3 },
	  0, 0, 0, 15, 125 },
	{ "N0 DMA32", 0, { 310, 190, 102, 71, 44, 28, 17, 9, 6, 3, 38 },
	  2, 4, 6, 2048, 117 },
	{ "N0 Normal", 0, { 5600, 2300, 500, 100, 18, 2, 0, 0, 0, 0, 0 },
	  31, 61, 90, 29990, 0 },
	{ "N1 Normal", 1, { 17238, 6700, 1500, 310, 48, 7, 1, 0, 0, 0, 0 },
	  35, 67, 100, 32050, 0 },
};

static const struct {
	const char *name;
	uint64_t sockets, memory, object_size;
} protocols[] = {
	{ "TCP", 612, 39845888, 2368 },
	{ "TCPv6", 129, 417792, 2560 },
	{ "UDP", 21, 53248, 1344 },
	{ "UNIX", 1104, UNKNOWN, 1088 },
	{ "NETLINK", 24, UNKNOWN, 1096 },
	{ "PACKET", 0, UNKNOWN, 1472 },
};

static const struct {
	const char *name, *value, *usual;
} tunables[] = {
	{ "vm.swappiness", "60", "60" },
	{ "vm.min_free_kbytes", "67584", "" },
	{ "vm.watermark_scale_factor", "10", "10" },
	{ "vm.overcommit_memory", "0", "0" },
	{ "vm.dirty_ratio", "20", "20" },
	{ "vm.vfs_cache_pressure", "100", "100" },
	{ "vm.page-cluster", "0", "3" },
	{ "vm.zone_reclaim_mode", "0", "0" },
	{ "vm.lowmem_reserve_ratio", "256 256 32 0 0", "" },
	{ "vm.max_map_count", "262144", "65530" },
	{ "vm.panic_on_oom", "0", "0" },
	{ "vm.nr_hugepages", "1024", "0" },
	{ "lru_gen.enabled", "0x0007", "" },
	{ "zswap.enabled", "N", "" },
};
/* clang-format on */

/* has_rates: a minute has gone by since the first sample. */
static void set_slabs(struct snapshot *s, bool busy, bool has_rates)
{
	struct list *list = scripted_list(s, ENTITY_SLAB);

	for (size_t i = 0; i < ARRAY_SIZE(slabs); i++) {
		struct slab *slab = scripted_must(list_add(&list));

		slab->block = list->block;
		slab->name = scripted_text(slabs[i].name);
		slab->size = mib(slabs[i].mib);
		slab->objects = slabs[i].objects;
		slab->active = slabs[i].objects * slabs[i].use / 100;
		if (slab->objects)
			slab->use_percent = (double)slabs[i].use;
		slab->object_size = slabs[i].object_size;
		if (slabs[i].reclaimable >= 0)
			slab->reclaimable = (uint64_t)slabs[i].reclaimable;
		if (has_rates)
			slab->growth_rate =
				busy ? slabs[i].grow * (double)MIB / 60 : 0;
	}
	snapshot_set_list(s, list);
}

/* What the zones above have free when busy. */
static uint64_t listed_free(void)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		for (unsigned o = 0; o <= TOP_ORDER; o++)
			bytes += (zones[i].blocks[o] << o) * PAGE;
	return bytes;
}

/* The rest of what is free is in whole blocks of the last zones. */
static void set_blocks(struct snapshot *s)
{
	uint64_t rest = sub_floor(s->memory.free, listed_free());
	struct list *list = scripted_list(s, ENTITY_BLOCKS);

	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		struct free_blocks *row = scripted_must(list_add(&list));

		row->block = list->block;
		snprintf(row->name, sizeof(row->name), "%s", zones[i].name);
		for (unsigned o = 0; o <= TOP_ORDER; o++)
			row->blocks[o] = zones[i].blocks[o];
		if (i + 2 >= ARRAY_SIZE(zones))
			row->blocks[TOP_ORDER] +=
				rest / 2 / (PAGE << TOP_ORDER);
		free_blocks_sum(row, PAGE, HUGE_ORDER);
	}
	snapshot_set_list(s, list);
}

/* A part of the last zone; nobody else may look. */
static void set_types(struct snapshot *s, bool sees_all)
{
	static const struct {
		const char *name;
		unsigned part; /* of the zone, one in so many */
	} types[] = { { "Unmovable", 16 },
		      { "Movable", 2 },
		      { "Reclaimable", 8 } };
	struct list *list = scripted_list(s, ENTITY_TYPE_BLOCKS);
	const size_t last = ARRAY_SIZE(zones) - 1;

	for (size_t i = 0; sees_all && i < ARRAY_SIZE(types); i++) {
		struct free_blocks *row = scripted_must(list_add(&list));

		row->block = list->block;
		snprintf(row->name, sizeof(row->name), "%s %s",
			 zones[last].name, types[i].name);
		for (unsigned o = 0; o <= TOP_ORDER; o++)
			row->blocks[o] = zones[last].blocks[o] / types[i].part;
		free_blocks_sum(row, PAGE, HUGE_ORDER);
	}
	if (!sees_all)
		list->block.state = STATE_DENIED;
	snapshot_set_list(s, list);
}

static void set_sites(struct snapshot *s, bool sees_all)
{
	static const struct {
		const char *name;
		double mib;
		uint64_t calls;
	} sites[] = {
		{ "mm/slub.c:2325 func:alloc_slab_page", 2900, 371200 },
		{ "arch/x86/mm/pgtable.c:33 func:__pte_alloc_one", 819,
		  209664 },
		{ "net/core/skbuff.c:606 [nf_x] func:kmalloc_reserve", 38,
		  19456 },
	};
	struct list *list = scripted_list(s, ENTITY_ALLOCATION);

	for (size_t i = 0; sees_all && i < ARRAY_SIZE(sites); i++) {
		struct allocation *row = scripted_must(list_add(&list));

		row->block = list->block;
		row->name = scripted_text(sites[i].name);
		row->bytes = mib(sites[i].mib);
		row->calls = sites[i].calls;
		row->accurate = i < 2;
	}
	if (!sees_all)
		list->block.state = STATE_DENIED;
	snapshot_set_list(s, list);
}

static const struct free_blocks *blocks_of(const struct snapshot *s, size_t i)
{
	return list_row(snapshot_list(s, ENTITY_BLOCKS), i);
}

static void set_zones(struct snapshot *s)
{
	struct list *list = scripted_list(s, ENTITY_ZONE);

	for (size_t i = 0; i < ARRAY_SIZE(zones); i++) {
		struct zone *zone = scripted_must(list_add(&list));

		zone->block = list->block;
		snprintf(zone->name, sizeof(zone->name), "%s", zones[i].name);
		zone->free = blocks_of(s, i)->free;
		zone->min = mib(zones[i].min);
		zone->low = mib(zones[i].low);
		zone->high = mib(zones[i].high);
		zone->boost = zone->cma = 0;
		zone->managed = zone->present = mib(zones[i].managed);
		zone->protection = mib(zones[i].protection);
		zone->unreclaimable = 0;
		snprintf(zone->state, sizeof(zone->state), "%s",
			 zone_words(zone));
	}
	snapshot_set_list(s, list);
}

static void set_nodes(struct snapshot *s)
{
	struct list *list = scripted_list(s, ENTITY_NODE);
	const struct memory *m = &s->memory;

	for (unsigned n = 0; n < 2; n++) {
		struct node *node = scripted_must(list_add(&list));
		double share = n ? .47 : .53;

		node->block = node->numastat = list->block;
		snprintf(node->name, sizeof(node->name), "N%u", n);
		node->total = m->total / 2;
		node->free = 0;
		for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
			if (zones[i].node == n)
				node->free += blocks_of(s, i)->free;
		node->anon = (uint64_t)((double)m->anon_pages * share);
		node->file = (uint64_t)((double)m->cached * share);
		node->shmem = (uint64_t)((double)m->shmem * share);
		node->slab = (uint64_t)((double)m->slab * share);
		node->slab_unreclaimable =
			(uint64_t)((double)m->slab_unreclaimable * share);
		node->page_tables = m->page_tables / 2;
		node->kernel_stack = m->kernel_stack / 2;
		node->anon_huge = m->anon_huge / 2;
		node->dirty = m->dirty / 2;
		node->hit = node->local = n ? 80400112345 : 91200334455;
		node->miss = n ? 412233 : 98112004;
		node->foreign = n ? 98112004 : 412233;
		node->other = n ? 1204411 : 99001100;
	}
	snapshot_set_list(s, list);
}

static void set_sockets(struct snapshot *s)
{
	struct list *list = scripted_list(s, ENTITY_PROTOCOL);

	s->sockets = (struct sockets){
		.block = list->block,
		.used = 1890,
		.tcp_inuse = 741,
		.tcp_orphan = 3,
		.tcp_timewait = 88,
		.tcp_allocated = 760,
		.tcp_memory = 39845888 + 417792,
		.udp_inuse = 21,
		.udp_memory = 53248,
		.fragment_memory = 0,
	};
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		struct protocol *row = scripted_must(list_add(&list));

		row->block = list->block;
		snprintf(row->name, sizeof(row->name), "%s", protocols[i].name);
		row->sockets = protocols[i].sockets;
		row->memory = protocols[i].memory;
		row->object_size = protocols[i].object_size;
	}
	snapshot_set_list(s, list);
}

static void set_tunables(struct snapshot *s)
{
	struct list *list = scripted_list(s, ENTITY_TUNABLE);

	for (size_t i = 0; i < ARRAY_SIZE(tunables); i++) {
		struct tunable *row = scripted_must(list_add(&list));

		row->block = list->block;
		snprintf(row->name, sizeof(row->name), "%s", tunables[i].name);
		snprintf(row->value, sizeof(row->value), "%s",
			 tunables[i].value);
		snprintf(row->usual, sizeof(row->usual), "%s",
			 tunables[i].usual);
		if (*row->usual)
			row->changed = strcmp(row->value, row->usual) != 0;
	}
	snapshot_set_list(s, list);
}

void scripted_kernel(struct snapshot *s, const struct scripted_knobs *knobs,
		     bool has_rates)
{
	set_slabs(s, knobs->busy, has_rates);
	set_blocks(s);
	set_types(s, knobs->sees_all);
	set_sites(s, knobs->sees_all);
	set_zones(s);
	set_nodes(s);
	set_sockets(s);
	set_tunables(s);
}
