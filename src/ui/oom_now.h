/* SPDX-License-Identifier: MIT
 *
 * Private to ui/: whom the kernel would kill as things are on the screen.
 */
#ifndef UI_OOM_NOW_H
#define UI_OOM_NOW_H

#include "draw.h"
#include "ui.h"

/* "java[48213] would most likely be killed"; with much room nobody is named. */
void oom_now_first(struct ui *ui, char *buf, size_t size);

/* What else is known of that kill, a row each, the weightiest first; drawn as
 * far as there are rows. */
int oom_now_rows(struct ui *ui);
void oom_now_draw(struct ui *ui, const struct canvas *c);

#endif
