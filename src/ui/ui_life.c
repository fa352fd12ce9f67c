/* SPDX-License-Identifier: MIT
 *
 * The state of the screen set up, from what was asked for, and torn down.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "details.h"
#include "replay.h"
#include "sparks.h"
#include "tiles.h"
#include "trends.h"

static void init_table(struct table *table, const struct view *view,
		       const struct rows_query *query,
		       const struct table_options *options)
{
	struct rows_query own;

	table_init(table, view);
	own = table->query;
	table->query = *query;
	table->query.active = own.active;
	table->query.sort = options->has_sort ? options->sort : own.sort;
	table->query.reverse = options->reverse;
	table->query.group = options->has_group ? options->group : own.group;
	if (!options->columns)
		return;
	memcpy(table->columns, options->columns, options->ncolumns);
	table->ncolumns = options->ncolumns;
}

static void init_tables(struct ui *ui, const struct ui_options *options)
{
	for (size_t i = 0; i < PANE_COUNT; i++)
		/* panes of listings never show theirs */
		init_table(&ui->tables[i],
			   &views[panes[i]->tiles ? VIEW_PROCESSES
						  : panes[i]->view],
			   &options->query, &options->tables[i]);
}

static int init_tiles(struct ui *ui, const struct ui_options *options)
{
	for (size_t i = 0; i < PANE_COUNT; i++) {
		if (!panes[i]->tiles)
			continue;
		ui->tiles[i] = tiles_new(panes[i]->tiles, panes[i]->ntiles,
					 options->lists);
		if (!ui->tiles[i])
			return -ENOMEM;
	}
	return 0;
}

static int init_filter(struct ui *ui, const struct ui_options *options)
{
	struct listing *listing = tiles_listing(ui);
	char error[96];

	if (options->query.user)
		snprintf(ui->user_filter, sizeof(ui->user_filter), "%s",
			 options->query.user);
	if (!options->filter_text)
		return 0;
	if (listing) {
		if (listing_set_filter(ui, listing, options->filter_text, error,
				       sizeof(error)) < 0)
			ui_message(ui, "filter: %s", error);
		return 0;
	}
	return find_set_filter(ui, options->filter_text, error, sizeof(error));
}

int ui_init(struct ui *ui, struct source *source, struct history *history,
	    const struct ui_options *options)
{
	const char *note;
	int r;

	memset(ui, 0, sizeof(*ui));
	ui->source = source;
	ui->history = history;
	ui->pane = options->pane;
	ui->header = -1;
	ui->ascii = options->term.ascii;
	ui->theme = options->term.theme;
	ui->unit = options->unit;
	ui->delay_ns = options->delay_ns;
	ui->save_settings = options->save_settings;
	ui->settings_data = options->settings_data;
	ui->recorder = options->recorder;
	if (source->ops->recording) {
		ui->recording = source->ops->recording(source);
		ui->paused = true;
	}
	ui->dirty = true;
	init_tables(ui, options);
	ui->sparks = sparks_new();
	r = trends_new(&ui->trends);
	if (r == 0)
		r = init_tiles(ui, options);
	if (r < 0) {
		ui_done(ui);
		return r;
	}
	r = term_start(&options->term, &note);
	if (r < 0) {
		ui_done(ui);
		return r;
	}
	r = init_filter(ui, options);
	if (r < 0) {
		ui_done(ui);
		return r;
	}
	if (note)
		ui_message(ui, "%s", note);
	ui_update(ui);
	if (ui->recording)
		replay_begin(ui, options->first_seq);
	return 0;
}

void ui_done(struct ui *ui)
{
	term_stop();
	if (ui->details)
		details_close(ui);
	ui_close_popup(ui);
	outcome_forget(ui);
	errand_forget(ui);
	for (size_t i = 0; i < PANE_COUNT; i++)
		table_done(&ui->tables[i]);
	for (size_t i = 0; i < PANE_COUNT; i++)
		tiles_free(ui->tiles[i]);
	rows_done(&ui->waiting);
	rows_done(&ui->dying);
	filter_free(ui->filter);
	free(ui->marks);
	trends_free(ui->trends);
	sparks_free(ui->sparks);
	snapshot_unref(ui->snapshot);
	memset(ui, 0, sizeof(*ui));
}
