/* SPDX-License-Identifier: MIT
 *
 * Private to tables: which columns stand where at a width, and what stands
 * in a cell.  A column is a field, or one of a few figures made of several
 * fields.
 */
#ifndef UI_LAYOUT_H
#define UI_LAYOUT_H

#include "ui.h"

#define SLOTS_MAX (PROCESS_FIELD_COUNT + 8)
#define CELL_SIZE 128

struct cell_input {
	const struct ui *ui;
	const struct table *table;
	const struct row *row;
	size_t index; /* of row */
};

struct slot {
	const struct field *field; /* NULL: made by cell */
	uint8_t field_id;	   /* NO_FIELD without one */
	const char *title;
	void (*cell)(const struct cell_input *in, char *buf, size_t size);
	int width; /* without the blank before it */
	int col;   /* where it begins */
	bool left;
	bool mark;    /* the last cell is for the age mark */
	bool subtree; /* figures of the row and all below it */
	bool hidden;  /* scrolled away at the left */
};

struct layout {
	struct slot slots[SLOTS_MAX];
	size_t count;
};

/* Figures made of several fields that a view shows behind one of them. */
struct extra {
	enum view_id view;
	uint8_t after; /* NO_FIELD: before all others */
	const char *title;
	uint8_t width;
	void (*cell)(const struct cell_input *in, char *buf, size_t size);
};
extern const struct extra extras[];
extern const size_t extra_count;

/* Lays the columns of table out in that many cells. */
void layout_make(const struct table *table, int cols, struct layout *ret);

/* "64" members of a group; "java[48213] 31.2G", the most of it. */
void cell_count(const struct cell_input *in, char *buf, size_t size);
void cell_member(const struct cell_input *in, char *buf, size_t size);

/* What stands in a cell, age mark, '<' and all. */
void layout_cell(const struct cell_input *in, const struct slot *slot,
		 char *buf, size_t size);
/* The same for one field of a record. */
void field_cell(const struct ui *ui, const struct field *field,
		const struct process *process, char *buf, size_t size);
/* Zero, refused, not there: drawn dim. */
bool cell_is_dim(const char *text);

#endif
