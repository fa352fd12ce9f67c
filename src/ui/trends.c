/* SPDX-License-Identifier: MIT
 *
 * Ten minutes of the history in buckets of five seconds.  Apart from the
 * panes because the head shows one of them too, and because the history is
 * asked once per sample, not once per paint.
 */
#include "trends.h"

#include <errno.h>
#include <stdlib.h>

#include "memtop/text.h"

#define BUCKET_NS (5 * NS_PER_S)
#define BUCKETS	  120
/* Samples asked for: ten minutes at four a second. */
#define POINTS_MAX 2400

struct trends {
	double buckets[TREND_COUNT][BUCKETS]; /* newest last */
	struct series_point points[POINTS_MAX];
};

/* clang-format off */
static const struct {
	enum entity_id entity;
	const char *field;
	const char *counter;
	bool from_zero;
} sources[TREND_COUNT] = {
	[TREND_AVAILABLE] = { .entity = ENTITY_MEMORY, .field = "available" },
	[TREND_SWAP_IN]	  = { .counter = "pswpin", .from_zero = true },
	[TREND_SWAP_OUT]  = { .counter = "pswpout", .from_zero = true },
	[TREND_PSI_FULL]  = { .entity = ENTITY_PRESSURE,
			      .field = "memory.full.avg10",
			      .from_zero = true },
};
/* clang-format on */

int trends_new(struct trends **ret)
{
	struct trends *trends = malloc(sizeof(*trends));

	if (!trends)
		return -ENOMEM;
	for (size_t t = 0; t < TREND_COUNT; t++)
		for (size_t i = 0; i < BUCKETS; i++)
			trends->buckets[t][i] = NAN;
	*ret = trends;
	return 0;
}

void trends_free(struct trends *trends)
{
	free(trends);
}

/* Means of the points in each bucket; a bucket without any is NAN. */
static void fill(double *buckets, const struct series_point *points,
		 size_t npoints, uint64_t now)
{
	double sum[BUCKETS] = { 0 };
	unsigned count[BUCKETS] = { 0 };

	for (size_t i = 0; i < npoints; i++) {
		uint64_t age =
			sub_floor(now, points[i].monotonic_ns) / BUCKET_NS;

		if (age >= BUCKETS || isnan(points[i].value))
			continue;
		sum[BUCKETS - 1 - age] += points[i].value;
		count[BUCKETS - 1 - age]++;
	}
	for (size_t i = 0; i < BUCKETS; i++)
		buckets[i] = count[i] ? sum[i] / count[i] : NAN;
}

void trends_update(struct ui *ui)
{
	struct trends *trends = ui->trends;
	struct series_query query = { .to_seq = ui->seq };
	uint64_t from;

	if (!trends || !ui->snapshot)
		return;
	from = sub_floor(ui->snapshot->realtime_ns, BUCKETS * BUCKET_NS);
	history_find(ui->history, from, &query.from_seq);
	for (size_t t = 0; t < TREND_COUNT; t++) {
		size_t n;

		query.entity = NULL;
		query.field = NULL;
		query.counter = sources[t].counter;
		if (sources[t].field) {
			query.entity = &entities[sources[t].entity];
			query.field =
				field_find(query.entity, sources[t].field);
			if (!query.field)
				continue;
		}
		n = history_series(ui->history, &query, trends->points,
				   POINTS_MAX);
		fill(trends->buckets[t], trends->points, n,
		     ui->snapshot->monotonic_ns);
	}
}

static unsigned buckets_per_cell(int width)
{
	unsigned inner = width > 2 ? (unsigned)width - 2 : 1;

	return (BUCKETS + inner - 1) / inner;
}

unsigned trend_cell_seconds(int width)
{
	return buckets_per_cell(width) * (unsigned)(BUCKET_NS / NS_PER_S);
}

void trend_draw(const struct ui *ui, const struct canvas *c, int row, int col,
		int width, enum trend trend)
{
	unsigned per_cell = buckets_per_cell(width);
	const double *buckets = ui->trends->buckets[trend];
	double cells[BUCKETS];
	size_t n = BUCKETS / per_cell;

	for (size_t i = 0; i < n; i++) {
		/* whole cells, counted from the newest bucket */
		const double *from = buckets + BUCKETS - (n - i) * per_cell;
		double sum = 0;
		unsigned count = 0;

		for (unsigned k = 0; k < per_cell; k++) {
			if (isnan(from[k]))
				continue;
			sum += from[k];
			count++;
		}
		cells[i] = count ? sum / count : NAN;
	}
	draw_spark(c, row, col, width, cells, n, sources[trend].from_zero);
}
