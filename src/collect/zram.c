/* SPDX-License-Identifier: MIT
 *
 * /sys/block/zramN: compressed RAM disks, whether swap is on them or a file
 * system.  One that is not set up holds nothing and takes nothing: it is left
 * out, as zramctl does.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "memtop/swap.h"
#include "numbered.h"
#include "scan.h"
#include "smallfile.h"

#define DISKS_MAX 64
/* bd_stat counts in these, whatever size a page has. */
#define WRITEBACK_BLOCK (4 * KIB)

static ssize_t read_file(struct tree *tree, uint64_t number, const char *name,
			 char *text, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "block/zram%ju/%s", (uintmax_t)number,
		 name);
	return kernfile_read(tree->sys, path, text, size);
}

/* As many numbers as there are, the others UNKNOWN. */
static void columns(const char *text, uint64_t *ret, size_t max)
{
	const char *s = text;
	size_t n = 0;

	while (n < max && parse_u64(scan_blanks(s), &s, &ret[n]))
		n++;
	for (size_t i = n; i < max; i++)
		ret[i] = UNKNOWN;
}

static uint64_t times(uint64_t count, uint64_t size)
{
	uint64_t bytes;

	return count == UNKNOWN || __builtin_mul_overflow(count, size, &bytes)
		       ? UNKNOWN
		       : bytes;
}

/*
 * 12587008  6604873  6729728        0  6729728        3        0        9   9
 *
 * Bytes of data, compressed, of RAM; limit, most RAM; pages of one value,
 * compacted, incompressible (4.18), those since the beginning (5.11).
 */
static void parse_mm_stat(const struct tree *tree, const char *text,
			  struct zram *zram)
{
	uint64_t c[9];

	columns(text, c, ARRAY_SIZE(c));
	zram->original = c[0];
	zram->compressed = c[1];
	zram->used = c[2];
	zram->limit = c[3];
	zram->max_used = c[4];
	zram->same = times(c[5], tree->page_size);
	zram->compacted = c[6];
	zram->incompressible = times(c[7], tree->page_size);
	zram->incompressible_total = c[8];
	zram->ratio = compression_ratio(zram->original, zram->used);
}

/*        0        0        0       32
 *
 * Failed reads, failed writes, requests that were none (up to 6.17), pages
 * freed by swap. */
static void read_io_stat(struct tree *tree, uint64_t number, struct zram *zram)
{
	char text[256];
	uint64_t c[4];
	ssize_t r = read_file(tree, number, "io_stat", text, sizeof(text));

	zram->io_block.read_ns = tree_now();
	zram->io_block.state = r < 0 ? state_from_errno((int)r) : STATE_OK;
	if (r < 0)
		return;
	columns(text, c, ARRAY_SIZE(c));
	zram->failed_reads = c[0];
	zram->failed_writes = c[1];
	zram->freed = c[3];
}

/* "1234 7 2000": blocks there now, read, written since the beginning. */
static int read_writeback(struct tree *tree, uint64_t number, struct zram *zram)
{
	char text[512];
	uint64_t c[3];
	ssize_t r = read_file(tree, number, "bd_stat", text, sizeof(text));

	zram->writeback_block.read_ns = tree_now();
	zram->writeback_block.state =
		r < 0 ? state_from_errno((int)r) : STATE_OK;
	if (r < 0)
		return 0;
	columns(text, c, ARRAY_SIZE(c));
	zram->written_back = times(c[0], WRITEBACK_BLOCK);
	zram->writeback_read = times(c[1], WRITEBACK_BLOCK);
	zram->writeback_written = times(c[2], WRITEBACK_BLOCK);
	r = read_file(tree, number, "backing_dev", text, sizeof(text));
	if (r <= 0)
		return 0;
	zram->backing = text_new(text, strcspn(text, "\n"));
	return zram->backing ? 0 : -ENOMEM;
}

/* "lzo-rle lz4 [zstd]"; of several lines, "#1: lzo [lz4]\n#2: [zstd]", the
 * word in brackets of each. */
static void chosen_words(const char *text, char *ret, size_t size)
{
	const char *start, *end;
	size_t len = 0, word;

	ret[0] = '\0';
	while ((start = strchr(text, '[')) && (end = strchr(start, ']'))) {
		word = (size_t)(end - start) - 1;
		if (len + word + 2 > size)
			return;
		if (len)
			ret[len++] = ' ';
		memcpy(ret + len, start + 1, word);
		len += word;
		ret[len] = '\0';
		text = end;
	}
}

static void read_algorithms(struct tree *tree, uint64_t number,
			    struct zram *zram)
{
	char text[512];

	if (read_file(tree, number, "comp_algorithm", text, sizeof(text)) >= 0)
		chosen_words(text, zram->algorithm, sizeof(zram->algorithm));
	if (read_file(tree, number, "recomp_algorithm", text, sizeof(text)) >=
	    0)
		chosen_words(text, zram->recompression,
			     sizeof(zram->recompression));
}

/* 0; -ENODEV: it is not set up; -ENOMEM. */
static int read_disk(struct tree *tree, uint64_t number, struct zram *zram)
{
	char path[64], text[256];
	int len;

	snprintf(path, sizeof(path), "block/zram%ju/disksize",
		 (uintmax_t)number);
	zram->size = smallfile_number(tree->sys, path);
	if (zram->size == 0)
		return -ENODEV;
	len = snprintf(path, sizeof(path), "zram%ju", (uintmax_t)number);
	zram->name = text_new(path, (size_t)len);
	if (!zram->name)
		return -ENOMEM;
	read_algorithms(tree, number, zram);
	read_io_stat(tree, number, zram);
	if (read_writeback(tree, number, zram) < 0)
		return -ENOMEM;
	/* a file that is missing leaves its figures unknown, not the disk */
	if (read_file(tree, number, "mm_stat", text, sizeof(text)) >= 0)
		parse_mm_stat(tree, text, zram);
	zram->block =
		(struct block){ .read_ns = tree_now(), .state = STATE_OK };
	return 0;
}

static int zram_read(struct tree *tree, struct snapshot *snapshot)
{
	uint64_t numbers[DISKS_MAX];
	ssize_t n = numbered_list(tree->sys, "block", "zram", "", numbers,
				  ARRAY_SIZE(numbers));
	struct list *list = list_new(ENTITY_ZRAM);
	int r = 0;

	if (!list)
		return -ENOMEM;
	/* no /sys, no block devices: it is not known whether there are any */
	list->block = (struct block){
		.read_ns = tree_now(),
		.state = n < 0 ? STATE_ABSENT : STATE_OK,
	};
	for (ssize_t i = 0; i < n && r != -ENOMEM; i++) {
		struct zram *zram = list_add(&list);

		r = zram ? read_disk(tree, numbers[i], zram) : -ENOMEM;
		if (zram && r < 0)
			list_drop(list);
	}
	list_rates(list, tree_before(tree, ENTITY_ZRAM));
	snapshot_set_list(snapshot, list);
	return r == -ENOMEM ? r : 0;
}

/* clang-format off */
const struct collector collect_zram = {
	.name = "zram",
	.files = "/sys/block/zram*",
	.lane = LANE_CHEAP,
	.period_ns = 2 * NS_PER_S, /* pages held change with every swap */
	.cost_ns = 40 * NS_PER_US,
	.read = zram_read,
	.gives = GIVES(ENTITY_ZRAM),
};
/* clang-format on */
