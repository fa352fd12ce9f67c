/* SPDX-License-Identifier: MIT
 *
 * To come.
 */
#include "ui.h"

void dialog_adj(struct ui *ui, int arg)
{
	(void)arg;
	ui_message(ui, "not there yet");
}
