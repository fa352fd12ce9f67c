/* SPDX-License-Identifier: MIT
 *
 * Swap devices and files with what moves on them, what is behind a compressed
 * one, and the compressed cache in front of all.
 */
#include "swap_devices.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "box.h"
#include "figures.h"
#include "memtop/swap.h"
#include "memtop/text.h"

/* "/dev/zram0" is the row zram0 of the other list. */
static const struct zram *zram_of(const struct ui *ui, const struct swap *swap)
{
	const char *slash = strrchr(text_str(swap->name), '/');

	return slash ? list_find(snapshot_list(ui->snapshot, ENTITY_ZRAM),
				 slash + 1)
		     : NULL;
}

static void zram_text(const struct ui *ui, const struct zram *zram, char *buf,
		      size_t size)
{
	char original[FIGURE_SIZE], used[FIGURE_SIZE], as_is[FIGURE_SIZE];
	char ratio[16] = "";

	if (!isnan(zram->ratio))
		snprintf(ratio, sizeof(ratio), " %.1f:1", zram->ratio);
	snprintf(buf, size, "%s%s, %s in %s of RAM, %s won't shrink",
		 zram->algorithm, ratio,
		 figure_bytes(ui, original, zram->original, &zram->block),
		 figure_bytes(ui, used, zram->used, &zram->block),
		 figure_bytes(ui, as_is, zram->incompressible, &zram->block));
}

static void detail(struct ui *ui, const void *row, const struct canvas *line)
{
	const struct swap *swap = row;
	const struct zram *zram = zram_of(ui, swap);
	char text[160], shown[160];

	if (zram) {
		zram_text(ui, zram, text, sizeof(text));
		text_printable(shown, sizeof(shown), text, strlen(text),
			       line->cols);
		draw_text(line, 0, 0, STYLE_NORMAL, shown);
	} else if (swap->io_block.state == STATE_NOT_APPLICABLE) {
		draw_text(line, 0, 0, STYLE_DIM,
			  "a file has no statistics of its own");
	}
}

static void note(const struct ui *ui, const struct listing *listing, char *buf,
		 size_t size)
{
	const struct memory *m = &ui->snapshot->memory;
	char total[FIGURE_SIZE], left[FIGURE_SIZE];

	(void)listing;
	if (m->swap_total == 0)
		snprintf(buf, size, "none");
	else
		snprintf(buf, size, "%s, %s free",
			 figure_shared(total, m->swap_total, m->swap_total),
			 figure_shared(left, m->swap_free, m->swap_total));
}

/* clang-format off */
static const char *const columns[] = {
	"name", "type", "priority", "size", "used", "in_rate", "out_rate",
	"busy", "await", NULL
};
static const char *const drop[] = { "type", "priority", "await", NULL };

static const struct listing_spec devices = {
	.title = "Devices",
	.noun = "devices",
	.entity = ENTITY_SWAP,
	.columns = columns,
	.drop = drop,
	.sort = "priority",
	.note = note,
	.tail_title = "DETAIL",
	.tail_width = 36,
	.tail = detail,
	.empty = "No swap: anonymous memory stays in RAM until somebody is "
		 "killed.",
};
/* clang-format on */

static void draw_zswap(const struct ui *ui, const struct canvas *c, int row)
{
	const struct zswap *z = &ui->snapshot->zswap;
	char stored[FIGURE_SIZE], pool[FIGURE_SIZE], limit[FIGURE_SIZE];
	char back[FIGURE_SIZE], ratio[16] = "";

	draw_text(c, row, 1, STYLE_NORMAL, "zswap, the cache in front:");
	if (z->enabled == 0 && (z->stored == 0 || z->stored == UNKNOWN)) {
		draw_text(c, row, 28, STYLE_DIM, "off (enabled=N)");
		return;
	}
	if (!isnan(z->ratio))
		snprintf(ratio, sizeof(ratio), " %.1f:1", z->ratio);
	draw_format(c, row, 28, STYLE_NORMAL,
		    "%s%s, %s held in %s of RAM, limit %s, %s written back",
		    z->compressor, ratio,
		    figure_bytes(ui, stored, z->stored, &z->block),
		    figure_bytes(ui, pool, z->pool, &z->block),
		    figure_bytes(ui, limit, z->limit, &z->block),
		    figure_bytes(ui, back, z->written_back, &z->block));
}

int swap_devices_draw(struct ui *ui, const struct canvas *c, int rows)
{
	bool zswap = ui->snapshot->zswap.block.state == STATE_OK &&
		     (ui->snapshot->zswap.enabled == 1 || rows > 6) &&
		     ui->snapshot->memory.swap_total > 0;
	int taken = box_draw(ui, &devices, c, rows - zswap, false);

	if (zswap)
		draw_zswap(ui, c, taken++);
	return taken;
}
