/* SPDX-License-Identifier: MIT
 *
 * Between the settings and the screen: which pane starts with what, and what
 * `W` writes back.  The screen knows no file, the settings know no screen.
 */
#include "memtop/screen.h"

#include <string.h>

#include "ui/tiles.h"

struct settings {
	struct config *config;
	const char *file;
};

static enum pane_id pane_of(const struct view *view)
{
	for (size_t i = 0; i < PANE_COUNT; i++)
		if (&views[panes[i]->view] == view)
			return (enum pane_id)i;
	return PANE_OVERVIEW;
}

/* From the file for every pane, from the command line for the first one. */
static void start_table(const struct config_table *saved,
			struct table_options *table)
{
	table->has_sort = saved->has_sort;
	table->sort = saved->sort;
	table->has_reverse = saved->has_reverse;
	table->reverse = saved->has_reverse && saved->reverse;
	if (saved->ncolumns) {
		table->columns = saved->columns;
		table->ncolumns = saved->ncolumns;
	}
}

static void ask_table(const struct options *options,
		      struct table_options *table)
{
	if (options->has_sort) {
		table->has_sort = table->has_reverse = true;
		table->sort = options->query.sort;
		table->reverse = options->query.reverse;
	}
	if (options->query.reverse)
		table->has_reverse = table->reverse = true;
	if (options->has_group) {
		table->has_group = true;
		table->group = options->query.group;
	}
	if (options->ncolumns) {
		table->columns = options->columns;
		table->ncolumns = options->ncolumns;
	}
}

static void save_table(const struct table *table, struct config_table *saved)
{
	saved->has_sort = saved->has_reverse = true;
	saved->sort = table->query.sort;
	saved->reverse = table->query.reverse;
	memcpy(saved->columns, table->columns, sizeof(saved->columns));
	saved->ncolumns = table->ncolumns;
}

/* Those that nobody has changed need no lines in the file. */
static void save_listing(const struct listing *listing,
			 struct config_table *saved)
{
	if (!saved->ncolumns && !saved->has_sort && !saved->has_reverse &&
	    listing_is_default(listing))
		return;
	saved->has_sort = saved->has_reverse = true;
	saved->sort = listing->sort;
	saved->reverse = listing->reverse;
	memcpy(saved->columns, listing->columns, listing->ncolumns);
	saved->ncolumns = listing->ncolumns;
}

static void save_pane(const struct ui *ui, size_t pane, struct config *config)
{
	const struct tiles *tiles = ui->tiles[pane];

	if (!tiles)
		save_table(&ui->tables[pane],
			   &config->views[panes[pane]->view]);
	for (size_t i = 0; tiles && i < tiles->count; i++)
		save_listing(&tiles->listings[i],
			     &config->lists[tiles->listings[i].spec->entity]);
}

static int save(void *data, const struct ui *ui)
{
	const struct settings *settings = data;
	struct config *config = settings->config;

	config->has_delay = config->has_theme = true;
	config->has_ascii = config->has_unit = true;
	config->delay_ns = ui->delay_ns;
	config->theme = (int)ui->theme;
	config->ascii = ui->ascii;
	config->unit = ui->unit;
	config->view = &views[panes[ui->pane]->view];
	for (size_t i = 0; i < PANE_COUNT; i++)
		save_pane(ui, i, config);
	return config_save(settings->file, config);
}

int screen_run(struct source *source, struct history *history,
	       const struct options *options, struct config *config,
	       const char *config_file,
	       const struct screen_recording *recording)
{
	struct settings settings = { .config = config, .file = config_file };
	struct ui_options ui = {
		.term = { .ascii = options->ascii,
			  .theme = options->no_color ? THEME_MONO
						     : options->theme },
		.pane = pane_of(options->view),
		.query = options->query,
		.filter_text = options->filter_text,
		.delay_ns = options->delay_ns,
		.first_seq = recording->first_seq,
		.recorder = { .status = recording->status,
			      .record = recording->record,
			      .data = recording->data },
		.unit = config->has_unit ? config->unit : FORMAT_AUTO,
		.save_settings = config_file ? save : NULL,
		.settings_data = &settings,
	};
	int r;

	for (size_t i = 0; i < PANE_COUNT; i++)
		start_table(&config->views[panes[i]->view], &ui.tables[i]);
	for (size_t i = 0; i < ENTITY_COUNT; i++)
		start_table(&config->lists[i], &ui.lists[i]);
	if (options->view->ncolumns)
		ask_table(options, &ui.tables[ui.pane]);
	else
		ask_table(options, &ui.lists[options->view->lists[0].entity]);
	if (!options->view->ncolumns)
		ui.query.filter = NULL; /* it is of the rows of its list */
	r = source->ops->start(source);
	return r < 0 ? r : ui_run(source, history, &ui);
}
