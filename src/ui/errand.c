/* SPDX-License-Identifier: MIT
 *
 * A job that takes a while: looked at with each sample until it is done, and
 * told in the status line, with what it has changed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"

#define TELL_AFTER (3 * NS_PER_S)

struct errand {
	struct job *job;
	enum job_kind kind;
	char name[96]; /* of the group */
	uint64_t bytes;
	uint64_t started_ns, told_ns;
};

void errand_forget(struct ui *ui)
{
	if (!ui->errand)
		return;
	ui->source->ops->job_close(ui->errand->job);
	free(ui->errand);
	ui->errand = NULL;
}

void errand_run(struct ui *ui, struct job *job, enum job_kind kind,
		const char *name, uint64_t bytes)
{
	struct errand *errand = popup_memory(ui, sizeof(*errand));
	char size[FORMAT_SIZE];
	int error;

	if (!errand) {
		ui->source->ops->job_close(job);
		return;
	}
	*errand = (struct errand){
		.job = job,
		.kind = kind,
		.bytes = bytes,
		.started_ns = ui_now(ui),
		.told_ns = ui_now(ui),
	};
	snprintf(errand->name, sizeof(errand->name), "%s", name);
	error = ui->source->ops->job_start(job, bytes);
	ui->errand = errand;
	if (error < 0) {
		ui_message(ui, "nothing was begun: %s", strerror(-error));
		errand_forget(ui);
	} else if (kind == JOB_RECLAIM) {
		ui_message(ui, "reclaiming %s from %s",
			   format_bytes(size, bytes, FORMAT_AUTO), name);
	} else {
		ui_message(ui, "compacting memory");
	}
}

/* "; 2.0G before, 1.5G now": what there is to tell. */
static void change_text(const struct job_result *result, char *buf, size_t size)
{
	char before[FORMAT_SIZE], after[FORMAT_SIZE];

	buf[0] = '\0';
	if (result->before != UNKNOWN && result->after != UNKNOWN)
		snprintf(buf, size, "; %s before, %s now",
			 format_bytes(before, result->before, FORMAT_AUTO),
			 format_bytes(after, result->after, FORMAT_AUTO));
}

static void tell(struct ui *ui, const struct errand *errand,
		 const struct job_result *result)
{
	char took[FORMAT_SIZE], size[FORMAT_SIZE], change[48];

	change_text(result, change, sizeof(change));
	format_duration(took, result->took_ns);
	format_bytes(size, errand->bytes, FORMAT_AUTO);
	if (errand->kind == JOB_COMPACT && result->error == 0)
		ui_message(ui, "compacted in %s; free for huge pages: %s", took,
			   *change ? change + 2 : "not known");
	else if (errand->kind == JOB_COMPACT)
		ui_message(ui, "compaction: %s", strerror(-result->error));
	else if (result->error == 0)
		ui_message(ui, "%s: %s reclaimed in %s%s", errand->name, size,
			   took, change);
	else if (result->error == -EAGAIN)
		ui_message(ui, "%s: less than %s could be reclaimed in %s%s",
			   errand->name, size, took, change);
	else if (result->error == -ENODEV)
		ui_message(ui, "%s was removed; nothing was reclaimed",
			   errand->name);
	else
		ui_message(ui, "%s: %s%s", errand->name,
			   strerror(-result->error), change);
}

void errand_update(struct ui *ui)
{
	struct errand *errand = ui->errand;
	struct job_result result;
	char since[FORMAT_SIZE];
	uint64_t now = ui_now(ui);

	if (!errand)
		return;
	if (ui->source->ops->job_finished(errand->job, &result)) {
		tell(ui, errand, &result);
		errand_forget(ui);
	} else if (sub_floor(now, errand->told_ns) >= TELL_AFTER) {
		errand->told_ns = now;
		format_duration(since, sub_floor(now, errand->started_ns));
		ui_message(ui, "%s %s: %s so far",
			   errand->kind == JOB_RECLAIM ? "reclaiming from"
						       : "compacting",
			   errand->kind == JOB_RECLAIM ? errand->name
						       : "memory",
			   since);
	}
}
