/* SPDX-License-Identifier: MIT
 *
 * Look and pace: how figures and the screen are written, how often a sample is
 * taken, and keeping all that for the next time.
 */
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "head.h"
#include "tiles.h"

void act_command(struct ui *ui, int arg)
{
	(void)arg;
	ui->full_command = !ui->full_command;
}

void act_unit(struct ui *ui, int arg)
{
	static const char *const names[] = { "auto", "K", "M", "G" };

	(void)arg;
	ui->unit = (ui->unit + 1) % (int)ARRAY_SIZE(names);
	ui_message(ui, "unit: %s", names[ui->unit]);
}

void act_header(struct ui *ui, int arg)
{
	(void)arg;
	/* from what is on the screen, chosen or by its height */
	ui->header = ((int)head_wanted(ui, ui->rows) + 1) % 3;
}

void act_theme(struct ui *ui, int arg)
{
	static const char *const names[THEME_COUNT] = {
		[THEME_AUTO] = "auto",
		[THEME_MONO] = "mono",
	};

	(void)arg;
	ui->theme = (enum theme)((ui->theme + 1) % THEME_COUNT);
	term_set_theme(ui->theme);
	ui_message(ui, "theme %s", names[ui->theme]);
}

static void delay_done(struct ui *ui, const char *text)
{
	char delay[FORMAT_SIZE];
	uint64_t ns;

	if (!*text)
		return;
	if (parse_duration(text, &ns) < 0 || ns < 100 * NS_PER_MS ||
	    ns > 3600 * NS_PER_S) {
		ui_message(ui, "%s: a delay is 0.1 to 3600 seconds", text);
		return;
	}
	ui->delay_ns = ns;
	ui->source->ops->set_period(ui->source, ns);
	if (ns % NS_PER_S)
		snprintf(delay, sizeof(delay), "%.1fs",
			 (double)ns / (double)NS_PER_S);
	else
		format_duration(delay, ns);
	ui_message(ui, "a sample every %s", delay);
}

static const struct prompt delay_prompt = {
	.label = "delay in seconds: ",
	.done = delay_done,
};

void act_delay(struct ui *ui, int arg)
{
	(void)arg;
	if (ui->recording)
		ui_message(ui, "a recording has a delay of its own; x is "
			       "faster");
	else
		ui_open_prompt(ui, &delay_prompt, "");
}

void act_rescan_row(struct ui *ui, int arg)
{
	const struct process *p = ui_need_selected(ui);

	(void)arg;
	if (!p)
		return;
	if (ui->source->ops->request(ui->source, REQUEST_PROCESS, p->key))
		ui_message(ui, "measuring %.15s[%d]", p->comm, (int)p->key.pid);
	else
		ui_message(ui, "this source can't measure anew");
}

void act_save_settings(struct ui *ui, int arg)
{
	int r;

	(void)arg;
	if (!ui->save_settings) {
		ui_message(ui, "there is no file to save settings to");
		return;
	}
	r = ui->save_settings(ui->settings_data, ui);
	if (r < 0)
		ui_message(ui, "settings: %s", strerror(-r));
	else
		ui_message(ui, "settings saved");
}
