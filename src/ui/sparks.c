/* SPDX-License-Identifier: MIT
 *
 * See sparks.h.  A line is known by its first counter; when there are more
 * lines than places, the one that was drawn least lately gives way.
 */
#include "sparks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "listing.h"

#define INNER_CELLS (SPARK_CELLS - 2)
#define CELL_NS	    (10 * NS_PER_S)
/* Those cells at four samples a second. */
#define POINTS_MAX (INNER_CELLS * 10 * 4)
#define PLACES	   96

/* What a line is of: counters, or a field of a row. */
struct source_of {
	const char *const *counters;
	const struct entity *entity;
	const struct field *field;
	const char *key;
};

struct spark {
	char name[64];
	uint64_t drawn;	 /* when, in lines drawn; 0: a free place */
	uint64_t to_seq; /* what is in the cells */
	struct {
		uint64_t number; /* of the stretch of time */
		double sum;
		unsigned count;
	} cells[INNER_CELLS];
};

struct sparks {
	uint64_t drawn;
	struct spark places[PLACES];
	/* scratch */
	struct series_point points[POINTS_MAX];
	double sums[POINTS_MAX];
};

struct sparks *sparks_new(void)
{
	return calloc(1, sizeof(struct sparks));
}

void sparks_free(struct sparks *sparks)
{
	free(sparks);
}

static void clear(struct spark *spark, const char *name)
{
	char kept[sizeof(spark->name)];

	snprintf(kept, sizeof(kept), "%s", name);
	*spark = (struct spark){ 0 };
	memcpy(spark->name, kept, sizeof(kept));
}

static struct spark *find(struct sparks *sparks, const char *name)
{
	struct spark *oldest = &sparks->places[0];

	for (size_t i = 0; i < PLACES; i++) {
		struct spark *spark = &sparks->places[i];

		if (spark->drawn && strcmp(spark->name, name) == 0)
			return spark;
		if (spark->drawn < oldest->drawn)
			oldest = spark;
	}
	clear(oldest, name);
	return oldest;
}

static void add(struct spark *spark, uint64_t monotonic_ns, double value)
{
	uint64_t number = monotonic_ns / CELL_NS;
	size_t at = number % INNER_CELLS;

	if (isnan(value))
		return;
	if (spark->cells[at].number != number) {
		spark->cells[at].number = number;
		spark->cells[at].sum = 0;
		spark->cells[at].count = 0;
	}
	spark->cells[at].sum += value;
	spark->cells[at].count++;
}

/* Adds what the query finds to the sums; returns how many points it left
 * behind. */
static size_t add_up(struct ui *ui, const struct series_query *query)
{
	struct sparks *sparks = ui->sparks;
	size_t n =
		history_series(ui->history, query, sparks->points, POINTS_MAX);

	for (size_t i = 0; i < n; i++) {
		const struct series_point *point = &sparks->points[i];
		double *sum = &sparks->sums[point->seq - query->from_seq];

		*sum = isnan(*sum)	     ? point->value
		       : isnan(point->value) ? *sum
					     : *sum + point->value;
	}
	return n;
}

/* Of the counters those that this kernel has. */
static size_t sum_up(struct ui *ui, const struct source_of *of,
		     struct series_query *query)
{
	size_t n = 0;

	for (size_t i = 0; i < POINTS_MAX; i++)
		ui->sparks->sums[i] = NAN;
	query->entity = of->entity;
	query->field = of->field;
	query->row = of->key;
	if (of->entity)
		return add_up(ui, query);
	for (const char *const *name = of->counters; *name; name++) {
		query->counter = *name;
		if (snapshot_counter(ui->snapshot, *name))
			n = add_up(ui, query);
	}
	return n;
}

/* Takes in the samples up to the one on screen. */
static void update(struct ui *ui, struct spark *spark,
		   const struct source_of *of)
{
	struct sparks *sparks = ui->sparks;
	struct series_query query = { .to_seq = ui->seq };
	uint64_t first = 1;
	size_t n;

	history_find(
		ui->history,
		sub_floor(ui->snapshot->realtime_ns, INNER_CELLS * CELL_NS),
		&first);
	first = max_u64(first, sub_floor(ui->seq, POINTS_MAX - 1));
	/* back in time, or far ahead: all is asked for again */
	if (ui->seq < spark->to_seq || spark->to_seq < first)
		clear(spark, spark->name);
	query.from_seq = max_u64(first, spark->to_seq + 1);
	if (query.from_seq > ui->seq)
		return;
	spark->to_seq = ui->seq;
	n = sum_up(ui, of, &query);
	for (size_t i = 0; i < n; i++)
		add(spark, sparks->points[i].monotonic_ns,
		    sparks->sums[sparks->points[i].seq - query.from_seq]);
}

static void draw(struct ui *ui, const struct canvas *c, int row, int col,
		 const char *name, const struct source_of *of)
{
	uint64_t newest;
	struct spark *spark;
	double cells[INNER_CELLS];

	if (!ui->sparks || !ui->snapshot)
		return;
	spark = find(ui->sparks, name);
	update(ui, spark, of);
	spark->drawn = ++ui->sparks->drawn;
	newest = ui->snapshot->monotonic_ns / CELL_NS;
	for (size_t i = 0; i < INNER_CELLS; i++) {
		uint64_t number = newest - (INNER_CELLS - 1 - i);
		size_t at = number % INNER_CELLS;
		bool there = spark->cells[at].number == number &&
			     spark->cells[at].count;

		cells[i] = there ? spark->cells[at].sum / spark->cells[at].count
				 : NAN;
	}
	draw_spark(c, row, col, SPARK_CELLS, cells, INNER_CELLS, true);
}

void spark_draw(struct ui *ui, const struct canvas *c, int row, int col,
		const char *const *counters)
{
	const struct source_of of = { .counters = counters };

	draw(ui, c, row, col, counters[0], &of);
}

void spark_draw_row(struct ui *ui, const struct canvas *c, int row, int col,
		    enum entity_id entity, uint8_t field, const char *key)
{
	const struct source_of of = {
		.entity = &entities[entity],
		.field = &entities[entity].fields[field],
		.key = key,
	};
	char name[64];

	snprintf(name, sizeof(name), "%d.%d %016llx", (int)entity, (int)field,
		 (unsigned long long)listing_hash(key, strlen(key)));
	draw(ui, c, row, col, name, &of);
}
