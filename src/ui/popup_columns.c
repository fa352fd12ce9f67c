/* SPDX-License-Identifier: MIT
 *
 * To come.
 */
#include "ui.h"

void popup_columns(struct ui *ui, int arg)
{
	(void)arg;
	ui_message(ui, "not there yet");
}
