/* SPDX-License-Identifier: MIT
 *
 * Private to the dialogs that change something: the process they are about,
 * pinned, and what makes a wrong key harmless.
 */
#ifndef UI_DIALOG_H
#define UI_DIALOG_H

#include "popup.h"

struct dialog {
	struct target *target; /* pid and start time were checked */
	char name[128];	       /* "java[48213]", printable */
	/* The newest sample and the process in it, whatever moment the screen
	 * shows; references. */
	const struct snapshot *live;
	const struct process *process;
	bool elsewhen; /* the screen shows another moment */
	bool exited;
	bool painted;
	uint64_t painted_ns; /* when it was first seen */
	struct sheet sheet;
};

/*
 * Memory for a dialog that begins with a struct dialog: the process the action
 * is about is pinned, pending input thrown away.  NULL when there is none or it
 * can't be had, which the status line then says.
 */
void *dialog_new(struct ui *ui, size_t size);
/* The close() of such a popup. */
void dialog_close(struct ui *ui);

/* Before each paint and before acting: the newest record, and whether the
 * process is still there. */
void dialog_refresh(struct ui *ui, struct dialog *dialog);

/* The first lines: who it is. */
void dialog_add_process(struct dialog *dialog, int width);

/* Draws the sheet so that its last line is always visible. */
void dialog_draw(struct ui *ui, struct dialog *dialog,
		 const struct canvas *screen, const char *title,
		 const char *footer);

/* Neither confirms nor cancels: what is no key of the user's, and whatever
 * comes so early that nobody can have read the question. */
bool dialog_ignores(const struct ui *ui, const struct dialog *dialog, int key);

/* Says why an action was refused, with the remedy. */
void dialog_refused(struct ui *ui, const struct dialog *dialog, int error,
		    const char *needs);

/* The time of the newest sample plus what has gone by since. */
char *dialog_clock(struct ui *ui, char buf[FORMAT_SIZE]);

/* Starts a job and tells how it goes; takes it. */
void errand_run(struct ui *ui, struct job *job, enum job_kind kind,
		const char *name, uint64_t bytes);

/* Watches a process that was sent a signal; takes the target. */
void outcome_watch(struct ui *ui, struct dialog *dialog, const char *signal);

#endif
