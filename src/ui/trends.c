/* SPDX-License-Identifier: MIT
 *
 * Ten minutes of the history in buckets of five seconds.  Apart from the
 * panes because the head shows one of them too, and because the history is
 * asked once for each sample, not once per paint.
 */
#include "trends.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"

#define BUCKET_NS (5 * NS_PER_S)
/* Ten minutes at four a second. */
#define SAMPLES_MAX 2400

struct sampled {
	uint64_t seq, monotonic_ns;
	double value[TREND_COUNT]; /* NAN where unknown */
};

struct trends {
	double buckets[TREND_COUNT][TREND_BUCKETS]; /* newest last */
	/* kept from sample to sample, so that each is asked for once */
	uint64_t from_seq, to_seq;
	size_t count;
	struct sampled list[SAMPLES_MAX]; /* oldest first */
	struct series_point points[SAMPLES_MAX];
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
	trends->from_seq = trends->to_seq = 0;
	trends->count = 0;
	for (size_t t = 0; t < TREND_COUNT; t++)
		for (size_t i = 0; i < TREND_BUCKETS; i++)
			trends->buckets[t][i] = NAN;
	*ret = trends;
	return 0;
}

void trends_free(struct trends *trends)
{
	free(trends);
}

static void drop_before(struct trends *trends, uint64_t seq)
{
	size_t gone = 0;

	while (gone < trends->count && trends->list[gone].seq < seq)
		gone++;
	trends->count -= gone;
	memmove(trends->list, trends->list + gone,
		trends->count * sizeof(*trends->list));
}

static size_t ask(struct trends *trends, struct history *history,
		  struct series_query *query, enum trend trend)
{
	query->counter = sources[trend].counter;
	query->entity = NULL;
	query->field = NULL;
	if (sources[trend].field) {
		query->entity = &entities[sources[trend].entity];
		query->field = field_find(query->entity, sources[trend].field);
		if (!query->field)
			return 0;
	}
	return history_series(history, query, trends->points, SAMPLES_MAX);
}

/* What is new; it may be all.  The values go beside those of the trends
 * before. */
static void add(struct trends *trends, struct history *history,
		struct series_query *query)
{
	struct sampled *list = trends->list + trends->count;
	size_t count = 0, n;

	for (enum trend t = 0; t < TREND_COUNT; t++) {
		n = ask(trends, history, query, t);
		for (size_t i = 0; !t && i < n; i++)
			list[count++] = (struct sampled){
				.seq = trends->points[i].seq,
				.monotonic_ns = trends->points[i].monotonic_ns,
			};
		for (size_t i = 0, at = 0; i < count; i++)
			list[i].value[t] = history_series_at(trends->points, n,
							     list[i].seq, &at);
	}
	trends->count += count;
}

/* Means of the samples in each bucket; a bucket without any is NAN. */
static void fill_buckets(const struct trends *trends, enum trend trend,
			 uint64_t now, double *ret)
{
	double sum[TREND_BUCKETS] = { 0 };
	unsigned count[TREND_BUCKETS] = { 0 };

	for (size_t i = 0; i < trends->count; i++) {
		const struct sampled *sampled = &trends->list[i];
		uint64_t age =
			sub_floor(now, sampled->monotonic_ns) / BUCKET_NS;

		if (age >= TREND_BUCKETS || isnan(sampled->value[trend]))
			continue;
		sum[TREND_BUCKETS - 1 - age] += sampled->value[trend];
		count[TREND_BUCKETS - 1 - age]++;
	}
	for (size_t i = 0; i < TREND_BUCKETS; i++)
		ret[i] = count[i] ? sum[i] / count[i] : NAN;
}

void trends_update(struct ui *ui)
{
	struct trends *trends = ui->trends;
	struct series_query query = { .to_seq = ui->seq };
	uint64_t first = 1, from;

	if (!trends || !ui->snapshot)
		return;
	from = sub_floor(ui->snapshot->realtime_ns, TREND_BUCKETS * BUCKET_NS);
	history_find(ui->history, from, &first);
	/* never more than there is room for, so it fits behind the rest */
	first = max_u64(first, sub_floor(ui->seq, SAMPLES_MAX - 1));
	/* back in time all is asked for again */
	if (first < trends->from_seq || first > trends->to_seq ||
	    ui->seq < trends->to_seq) {
		trends->count = 0;
		trends->to_seq = first - 1;
	}
	drop_before(trends, first);
	trends->from_seq = first;
	query.from_seq = trends->to_seq + 1;
	trends->to_seq = ui->seq;
	if (query.from_seq <= query.to_seq)
		add(trends, ui->history, &query);
	for (enum trend t = 0; t < TREND_COUNT; t++)
		fill_buckets(trends, t, ui->snapshot->monotonic_ns,
			     trends->buckets[t]);
}

const double *trend_buckets(const struct ui *ui, enum trend trend)
{
	return ui->trends->buckets[trend];
}

static unsigned buckets_per_cell(int width)
{
	unsigned inner = width > 2 ? (unsigned)width - 2 : 1;

	return (TREND_BUCKETS + inner - 1) / inner;
}

unsigned trend_cell_seconds(int width)
{
	return buckets_per_cell(width) * (unsigned)(BUCKET_NS / NS_PER_S);
}

void trend_draw(const struct ui *ui, const struct canvas *c, int row, int col,
		int width, enum trend trend)
{
	unsigned per_cell = buckets_per_cell(width);
	const double *buckets = trend_buckets(ui, trend);
	double cells[TREND_BUCKETS];
	size_t n = TREND_BUCKETS / per_cell;

	for (size_t i = 0; i < n; i++) {
		/* whole cells, counted from the newest bucket */
		const double *from =
			buckets + TREND_BUCKETS - (n - i) * per_cell;
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
