/* SPDX-License-Identifier: MIT
 *
 * To come.
 */
#include "ui.h"

void dialog_signal(struct ui *ui, int arg)
{
	(void)arg;
	ui_message(ui, "not there yet");
}

void outcome_update(struct ui *ui)
{
	(void)ui;
}

void outcome_forget(struct ui *ui)
{
	(void)ui;
}
