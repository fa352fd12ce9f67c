/* SPDX-License-Identifier: MIT
 *
 * Private to the details of a control group: its pages as lines of text, and
 * which of the lines have a sparkline behind them.
 */
#ifndef UI_CGROUP_PAGES_H
#define UI_CGROUP_PAGES_H

#include "cgroup_view.h"
#include "popup.h"

#define CGROUP_SPARKS 16

struct cgroup_page {
	struct sheet sheet;
	struct { /* the last two minutes of a field, at the end of a line */
		size_t line;
		uint8_t field; /* enum cgroup_field */
	} sparks[CGROUP_SPARKS];
	size_t nsparks;
	int width;
};

/* Where sparklines begin. */
#define CGROUP_SPARK_COL 34

/* The pages, in order, NULL behind the last. */
struct cgroup_page_of {
	const char *title;
	void (*build)(const struct ui *ui, struct cgroup_page *page,
		      const struct cgroup *cgroup);
};
extern const struct cgroup_page_of cgroup_pages[];
#define CGROUP_PAGES 5

#endif
