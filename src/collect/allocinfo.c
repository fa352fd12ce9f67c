/* SPDX-License-Identifier: MIT
 *
 * /proc/allocinfo: how much memory each line of the kernel's source has
 * allocated (Linux 6.10, built and booted with memory allocation profiling).
 * Thousands of lines, of which the largest are kept.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "memtop/kernel.h"
#include "scan.h"

enum { KEPT = 100 };
#define ALLOCINFO_MAX (16 * MIB)

struct site {
	const char *tag;
	size_t len;
	uint64_t bytes, calls;
};

/*
 *    <size>  <calls> <tag info>
 *   2097152      512 mm/filemap.c:1951 func:__filemap_get_folio
 *     16384        4 net/x/y.c:12 [y] func:y_alloc accurate:no
 *
 * Lines end in a blank.
 */
static bool parse_line(const char *s, struct site *ret)
{
	const char *end;

	if (!parse_u64(scan_blanks(s), &s, &ret->bytes) ||
	    !parse_u64(scan_blanks(s), &s, &ret->calls))
		return false;
	ret->tag = scan_blanks(s);
	end = ret->tag + strcspn(ret->tag, "\n");
	while (end > ret->tag && end[-1] == ' ')
		end--;
	ret->len = (size_t)(end - ret->tag);
	return ret->len > 0;
}

static int by_size(const void *a, const void *b)
{
	const struct site *x = a, *y = b;

	return x->bytes > y->bytes ? -1 : x->bytes < y->bytes;
}

static int by_tag(const void *a, const void *b)
{
	const struct site *x = a, *y = b;
	int order = memcmp(x->tag, y->tag, x->len < y->len ? x->len : y->len);

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* What a header allocates has a line for each file that includes it.  Returns
 * how many are left. */
static size_t merge(struct site *sites, size_t count)
{
	size_t n = 0;

	qsort(sites, count, sizeof(*sites), by_tag);
	for (size_t i = 0; i < count; i++) {
		if (n && by_tag(&sites[n - 1], &sites[i]) == 0) {
			sites[n - 1].bytes += sites[i].bytes;
			sites[n - 1].calls += sites[i].calls;
		} else {
			sites[n++] = sites[i];
		}
	}
	return n;
}

/* All that hold anything, the largest first.  NULL: none, or no memory. */
static struct site *find_sites(const char *text, size_t *ret_count)
{
	size_t room = 0, count = 0;
	struct site *sites;

	for (const char *s = text; *s; s = scan_line(s))
		room++;
	sites = calloc(room + 1, sizeof(*sites));
	for (const char *s = text; sites && *s; s = scan_line(s))
		if (parse_line(s, &sites[count]) && sites[count].bytes)
			count++;
	if (sites && count) {
		count = merge(sites, count);
		qsort(sites, count, sizeof(*sites), by_size);
	}
	*ret_count = count;
	return sites;
}

static bool ends_in(const struct site *site, const char *word)
{
	size_t len = strlen(word);

	return site->len > len &&
	       !memcmp(site->tag + site->len - len, word, len);
}

static int add(struct site *site, struct list **list)
{
	static const char inaccurate[] = " accurate:no";
	struct allocation *row = list_add(list);

	if (!row)
		return -ENOMEM;
	row->block = (*list)->block;
	row->bytes = site->bytes;
	row->calls = site->calls;
	row->accurate = !ends_in(site, inaccurate);
	if (!row->accurate)
		site->len -= sizeof(inaccurate) - 1;
	row->name = text_new(site->tag, site->len);
	return row->name ? 0 : -ENOMEM;
}

static int allocinfo_read(struct tree *tree, struct snapshot *snapshot)
{
	ssize_t n = growbuf_read(&tree->grow, tree->proc, "allocinfo",
				 ALLOCINFO_MAX);
	struct list *list = collect_list(ENTITY_ALLOCATION, n);
	struct site *sites = NULL;
	size_t count = 0;
	int r = 0;

	if (!list)
		return -ENOMEM;
	if (n > 0)
		sites = find_sites(tree->grow.data, &count);
	for (size_t i = 0; i < count && i < KEPT && r == 0; i++)
		r = add(&sites[i], &list);
	free(sites);
	snapshot_set_list(snapshot, list);
	return r;
}

/* clang-format off */
const struct collector collect_allocinfo = {
	.name = "allocinfo",
	.files = "/proc/allocinfo",
	.lane = LANE_EXPENSIVE,
	.on_demand = true,
	.period_ns = 10 * NS_PER_S,
	.cost_ns = 10 * NS_PER_MS, /* 1 us where there is none */
	.read = allocinfo_read,
	.gives = GIVES(ENTITY_ALLOCATION),
};
/* clang-format on */
