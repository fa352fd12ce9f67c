/* SPDX-License-Identifier: MIT
 *
 * A listing: the rows of one entity (slab caches, zones, cgroups …) as a
 * table with a cursor, for panes that show anything but processes.  A pane
 * says what it wants in a const struct listing_spec and puts the listings
 * into boxes (tiles.h), which give them keys and room; all else is done here:
 * columns with narrowing order, sorting, search, filter, active rows, tree,
 * column chooser, `?`.
 *
 * Rows come from the list of that entity in the snapshot on screen, so a
 * listing works the same live, in the past and on a recording.  Where a row
 * is made of something else, derive() makes the list; its entity needs a
 * table of fields like any other (on_demand, when it is in no snapshot).
 *
 * A row is known by a hash of its key, the first field of its table: the
 * cursor belongs to it and never to a row number.  Names can be made to
 * collide, so nothing that changes the system may rely on it alone: an action
 * takes the row, and checks what it is about to touch.
 */
#ifndef UI_LISTING_H
#define UI_LISTING_H

#include <stdio.h>

#include "memtop/list.h"
#include "ui.h"

#define LISTING_COLUMNS_MAX 64

struct listing;

struct listing_spec {
	const char *title; /* of its box: "Slab caches" */
	const char *noun;  /* of its rows: "caches" */
	enum entity_id entity;

	/* Names of fields, each ended by NULL: the columns, the first of them
	 * takes what room is left; and which to give up when narrow, the
	 * first one first (may be NULL; then from the right).  They give way
	 * until the first column has first_min. */
	const char *const *columns;
	const char *const *drop;
	int first_min;	  /* cells of the first column; 0: a few */
	const char *sort; /* a field */
	bool reverse;	  /* smallest first */

	/* A field that must not be 0 for a row to be active; what is not
	 * known is not taken for 0.  NULL: `a` has no meaning here. */
	const char *active;
	bool active_only; /* where it begins */

	/* The rows, as a reference of the caller's own; NULL: they are not
	 * known.  Called for each sample on screen; ui->snapshot is there. */
	const struct list *(*derive)(struct ui *ui, struct listing *listing);
	/* Which of them belong here, where several listings share a list. */
	bool (*keep)(const void *row);

	/* A tree: the key of the row above it; false: it is a root.  The
	 * bytes belong to the row. */
	bool (*parent)(const void *row, const char **ret_bytes,
		       size_t *ret_len);
	/* What stands in the first column of a tree, if not its value. */
	void (*label)(const void *row, const char **ret_bytes, size_t *ret_len);

	/* The title of a column where that of its field does not do; NULL: it
	 * does.  May be NULL. */
	const char *(*heading)(const struct ui *ui, const struct field *field);
	/* A few words behind the title: "2.9G, 0.7G reclaimable". */
	void (*note)(const struct ui *ui, const struct listing *listing,
		     char *buf, size_t size);
	/* Behind the last column, in what room there is: a line of one row. */
	const char *tail_title;
	int tail_width; /* at least, else it is left out */
	/* Columns of drop give way before it is left out. */
	bool tail_first;
	/* Its title in so many cells, where it says less in few; may be
	 * NULL. */
	const char *(*tail_heading)(int cells);
	/* The name of a column that takes what the tail has beyond tail_rich,
	 * as far as its longest text needs; NULL: none does. */
	const char *wide;
	int tail_rich;
	void (*tail)(struct ui *ui, const void *row, const struct canvas *line);
	/* The glossary's name for this very row, more telling than that of
	 * the field ("vmstat.pgfault"); false: there is none. */
	bool (*topic)(const void *row, char *buf, size_t size);
	/* Enter on a row of a box that is zoomed or alone; may be NULL. */
	void (*open)(struct ui *ui, struct listing *listing);
	/* Instead of rows, when there is none: why. */
	const char *empty;
};

struct listing_row {
	const void *row; /* of the entity's struct; points into of */
	uint64_t id;	 /* hash of its key */
	size_t place;	 /* at the last sort, SIZE_MAX: it was not there */
	uint64_t rails;	 /* bit d: a tree line goes on at depth d */
	uint16_t depth;
	bool last;	   /* no younger sibling is shown */
	bool has_children; /* whether shown or not */
	bool collapsed;
};

struct listing_place {
	uint64_t id;
	size_t place;
};

struct listing {
	const struct listing_spec *spec;
	const struct entity *entity;
	const struct list *of; /* what rows point into, a reference */
	struct listing_row *rows;
	struct listing_row *spare;    /* room for arranging */
	struct listing_place *places; /* by id */
	size_t count, room, nplaces;
	size_t total, matched; /* before and after the filter */
	uint64_t sorted_ns;    /* 0: sort at the next refresh */

	uint8_t columns[LISTING_COLUMNS_MAX];
	size_t ncolumns;
	size_t column; /* under the column cursor: of columns[] */
	uint8_t sort;
	bool reverse, active, tree;

	uint64_t cursor;      /* 0: not moved yet, the first row */
	ptrdiff_t cursor_row; /* -1: it is not there */
	size_t gone_row;      /* where it was */
	size_t top, visible;
	bool show_cursor, follow;
	uint64_t *collapsed;
	size_t ncollapsed;

	char filter_text[256], search[256];
	struct filter *filter;
	uint64_t search_from;
};

void listing_init(struct listing *listing, const struct listing_spec *spec);
/* Columns and order as they were saved, or asked for. */
void listing_set_up(struct listing *listing,
		    const struct table_options *options);
void listing_done(struct listing *listing);
void listing_default_columns(struct listing *listing);
/* Are columns and order as its spec says? */
bool listing_is_default(const struct listing *listing);
/* Rows for the snapshot on screen; the cursor stays with its row. */
void listing_refresh(struct ui *ui, struct listing *listing);
/* The same in a new order, because something was asked for. */
void listing_rebuild(struct ui *ui, struct listing *listing);
/* Lets go of the rows; the next refresh brings them back. */
void listing_release(struct listing *listing);

/* The row under the cursor, or NULL. */
const void *listing_selected(const struct listing *listing);
void listing_select(struct listing *listing, ptrdiff_t row);
/* The field under the column cursor, and one by its place in the table. */
const struct field *listing_field(const struct listing *listing);
const struct field *listing_field_at(const struct listing *listing, uint8_t id);

/* Does what a key of the process tables does; false: it has no meaning for
 * rows of a list.  listing_act.c */
bool listing_act(struct ui *ui, struct listing *listing,
		 const struct action *action);
/* 0, or -EINVAL and a sentence. */
int listing_set_filter(struct ui *ui, struct listing *listing, const char *text,
		       char *ret_error, size_t size);
void listing_sort_by(struct ui *ui, struct listing *listing, uint8_t id);
/* Takes filter or search away; false: there was none. */
bool listing_clear(struct ui *ui, struct listing *listing);

/* Title row, column titles, rows; listing_draw.c.  The cursor is drawn where
 * the keys go. */
void listing_draw(struct ui *ui, struct listing *listing,
		  const struct canvas *c, bool focused);
/* Rows of the screen it could use. */
int listing_wants(const struct listing *listing);
/* All its rows as text. */
void listing_write(struct ui *ui, struct listing *listing, FILE *file);

/* Rows in the order of a tree, from rows in sorted order; listing_tree.c.
 * Without memory they stay flat. */
void listing_arrange_tree(struct listing *listing);
uint64_t listing_hash(const char *bytes, size_t len);
void listing_collapse(struct listing *listing, uint64_t id, bool collapse);

#endif
