/* SPDX-License-Identifier: MIT
 *
 * The settings file: an INI file that a person may edit.  What memtop does
 * not know in it stays as it is.  Written on demand only, and never halfway.
 * Main thread only; files are opened as the user, without any capability.
 *
 *	delay = 2
 *	pane = processes
 *
 *	[processes]
 *	sort = pss
 *	columns = pid user pss swap command
 *
 *	[slabs]
 *	columns = name size growth_rate
 */
#ifndef MEMTOP_CONFIG_H
#define MEMTOP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/options.h"
#include "memtop/rows.h"

/* What is set for one table: the processes of a pane, or a list. */
struct config_table {
	bool has_sort, has_reverse;
	uint8_t sort; /* a field of its entity: enum process_field … */
	bool reverse;
	uint8_t columns[PROCESS_FIELD_COUNT];
	size_t ncolumns; /* 0: not set */
};

struct config {
	bool has_delay, has_theme, has_ascii, has_unit;
	uint64_t delay_ns;
	const struct view *view; /* pane to start with; NULL: not set */
	int theme;		 /* enum theme */
	bool ascii;
	int unit; /* enum format_unit */
	struct config_table views[VIEW_COUNT];
	struct config_table lists[ENTITY_COUNT];
};

/* $XDG_CONFIG_HOME/memtop/config or ~/.config/memtop/config, malloc'ed; NULL:
 * there is no home, or no memory. */
char *config_path(void);

/*
 * Reads path into *ret, which starts empty.  A line that makes no sense is
 * passed to complain (may be NULL) as "FILE:LINE: what" and left out.
 * 0, also when there is no such file and it need not exist; -errno.
 */
int config_load(const char *path, bool must_exist, struct config *ret,
		void (*complain)(void *context, const char *message),
		void *context);

/*
 * Writes what is set into path: its lines are rewritten where they are,
 * comments, unknown keys and the file's mode stay, missing directories are
 * made.  A file beside it takes its place, so that a crash or a full disk
 * leaves the old one.  0; -EPERM when the directory belongs to somebody else
 * (sudo with the home of another user); -errno.
 */
int config_save(const char *path, const struct config *config);

/* What the command line left open is taken from the file; the tables of panes
 * are left to the screen. */
void config_apply(const struct config *config, struct options *options);

#endif
