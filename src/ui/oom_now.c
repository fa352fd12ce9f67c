/* SPDX-License-Identifier: MIT
 *
 * Whom the kernel would kill, how sure that is, who overtakes him, whether one
 * kill is enough, and who acts before the kernel.  The forecast does the
 * arithmetic; here it becomes sentences.
 */
#include "oom_now.h"

#include <stdio.h>
#include <string.h>

#include "memtop/cgroup.h"
#include "memtop/forecast.h"
#include "memtop/swap.h"
#include "memtop/text.h"
#include "oom_what_if.h"

#define NOTES_MAX 3
#define NOTE_SIZE 256

/* Of the machine, made once for each sample; NULL: it can't be. */
static const struct oom_ranking *ranking_of(struct ui *ui)
{
	const struct oom_domain domain = oom_machine(ui->snapshot);

	if (ui->oom.of != ui->snapshot) {
		ui->oom.of = ui->snapshot;
		ui->oom.has_choice = false;
		ui->oom.is_known = oom_ranking_make(ui->snapshot, &domain, NULL,
						    &ui->oom.ranking) == 0;
	}
	return ui->oom.is_known ? &ui->oom.ranking : NULL;
}

/* The judge has seen more than this sample, how long that one has led: as sure
 * as the line is the pane, and no surer. */
static enum oom_sure as_judged(const struct snapshot *snapshot,
			       const struct oom_ranking *ranking)
{
	static const enum oom_sure meant[] = {
		[CERTAINTY_NONE] = OOM_CERTAIN,
		[CERTAINTY_MAYBE] = OOM_SEVERAL,
		[CERTAINTY_LIKELY] = OOM_LIKELY,
		[CERTAINTY_SURE] = OOM_CERTAIN,
	};
	enum oom_sure sure = oom_confidence(snapshot, ranking);

	for (size_t i = 0; i < VERDICT_SUBJECTS && ranking->count; i++) {
		const struct subject *subject = &snapshot->verdict.subjects[i];

		if (subject->role == SUBJECT_VICTIM &&
		    subject->pid == ranking->list[0].process->key.pid &&
		    subject->certainty < ARRAY_SIZE(meant) &&
		    meant[subject->certainty] < sure)
			sure = meant[subject->certainty];
	}
	return sure;
}

void oom_now_first(struct ui *ui, char *buf, size_t size)
{
	const struct oom_ranking *ranking = ranking_of(ui);
	uint64_t room = swap_headroom(ui->snapshot);
	char left[FORMAT_SIZE];

	if (!ranking)
		snprintf(buf, size, "RAM or swap of the machine is not known");
	else if (room != UNKNOWN && !oom_matters(ui->snapshot))
		snprintf(buf, size, "no kill is near, room for %s",
			 format_bytes(left, room, FORMAT_AUTO));
	else
		oom_say(ui->snapshot, ranking, as_judged(ui->snapshot, ranking),
			buf, size);
}

/* ---- what else is known -------------------------------------------------- */

struct notes {
	char text[NOTES_MAX][NOTE_SIZE];
	size_t count;
};

static void note_not_enough(struct ui *ui, const struct oom_ranking *ranking,
			    struct notes *notes)
{
	const struct oom_domain domain = oom_machine(ui->snapshot);
	const struct process *first = ranking->list[0].process;
	char frees[96];

	if (!oom_not_enough(ui->snapshot, &domain, first))
		return;
	what_if_frees(first, frees, sizeof(frees));
	snprintf(notes->text[notes->count++], NOTE_SIZE,
		 "One kill will not be enough%s: more would follow.", frees);
}

static void note_overtaker(struct ui *ui, const struct oom_ranking *ranking,
			   struct notes *notes)
{
	double ns;
	const struct oom_candidate *c =
		oom_overtaker(ui->snapshot, ranking, &ns);
	char name[96], first[96];

	if (!c)
		return;
	what_if_name(c->process, name, sizeof(name));
	what_if_name(ranking->list[0].process, first, sizeof(first));
	snprintf(notes->text[notes->count++], NOTE_SIZE,
		 "At this rate %s overtakes %s in %s.", name, first,
		 format_eta(ns));
}

static void note_killer(struct ui *ui, const struct oom_ranking *ranking,
			struct notes *notes)
{
	const struct killer_choice *choice = &ui->oom.choice;
	const struct text *group;
	char killer[96], name[96] = "nobody that is known";

	if (!ranking->killer)
		return;
	if (!ui->oom.has_choice)
		ui->oom.choice = killer_choice(ui->snapshot, ranking->killer);
	ui->oom.has_choice = true;
	if (choice->process) {
		what_if_name(choice->process, name, sizeof(name));
	} else if (choice->cgroup) {
		group = cgroup_title(choice->cgroup);
		text_printable(name, sizeof(name), text_str(group),
			       text_len(group), 48);
	}
	what_if_name(ranking->killer, killer, sizeof(killer));
	snprintf(notes->text[notes->count++], NOTE_SIZE,
		 "%s acts before the kernel does; its choice would be %s.",
		 killer, name);
}

static void make_notes(struct ui *ui, struct notes *ret)
{
	const struct oom_ranking *ranking = ranking_of(ui);

	ret->count = 0;
	if (!ranking || !ranking->count || !oom_matters(ui->snapshot) ||
	    oom_instead(&ui->snapshot->load, false) != OOM_CHOOSES)
		return;
	note_not_enough(ui, ranking, ret);
	note_overtaker(ui, ranking, ret);
	note_killer(ui, ranking, ret);
}

int oom_now_rows(struct ui *ui)
{
	struct notes notes;

	make_notes(ui, &notes);
	return (int)notes.count;
}

void oom_now_draw(struct ui *ui, const struct canvas *c)
{
	struct notes notes;

	make_notes(ui, &notes);
	for (size_t i = 0; i < notes.count && (int)i < c->rows; i++)
		draw_text(c, (int)i, 0, STYLE_NORMAL, notes.text[i]);
}
