/* SPDX-License-Identifier: MIT
 *
 * Private to the screens about control groups: values as cells, and all that
 * is known of one group.
 */
#ifndef UI_CGROUP_VIEW_H
#define UI_CGROUP_VIEW_H

#include "memtop/cgroup.h"
#include "ui.h"

/* The cell of a field (enum cgroup_field), as in tables; returns buf. */
#define CGROUP_CELL_SIZE 96
char *cgroup_cell(const struct ui *ui, const struct cgroup *cgroup,
		  uint8_t field, char buf[CGROUP_CELL_SIZE]);

/* Everything about one group, as long as the popup is open. */
void cgroup_popup(struct ui *ui, const struct cgroup *cgroup);

#endif
