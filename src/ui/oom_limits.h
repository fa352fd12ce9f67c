/* SPDX-License-Identifier: MIT
 *
 * Private to ui/: the box of the OOM pane about limits of cgroups.
 */
#ifndef UI_OOM_LIMITS_H
#define UI_OOM_LIMITS_H

#include "ui.h"

/* With its heading; 0: no cgroup is near a limit. */
int oom_limits_rows(const struct ui *ui);
void oom_limits_draw(const struct ui *ui, const struct canvas *c);

#endif
