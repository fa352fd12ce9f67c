/* SPDX-License-Identifier: MIT
 *
 * The real screen on a scripted source, without a terminal: press keys, let
 * samples come, compare what stands there with a file that a person reads.
 */
#ifndef STAGE_H
#define STAGE_H

#include "../src/ui/ui.h"
#include "scripted.h"

struct stage {
	struct history *history;
	struct source *source;
	struct ui ui;
	int rows, cols;
};

/* Opens the Processes pane with `samples` samples in the ring. */
void stage_begin(struct stage *stage, enum scripted_case which,
		 unsigned samples, int rows, int cols);
void stage_end(struct stage *stage);

/*
 * Presses keys; each is followed by a paint and comes 0.3 s after the one
 * before, as when a person types.  "<>"
 * holds the name of one without a letter: <enter> <esc> <left> <right> <up>
 * <down> <pgdn> <backspace> <f6> <f7> <f8> <resize>; <lt> is '<'.
 */
void stage_keys(struct stage *stage, const char *keys);

/* The same without a paint between them: one packet, typed ahead. */
void stage_keys_at_once(struct stage *stage, const char *keys);

/* So many more samples; then a paint. */
void stage_push(struct stage *stage, unsigned samples);

/* That sample, which becomes the stage's; then a paint. */
void stage_push_snapshot(struct stage *stage, struct snapshot *snapshot);

/* One more process, which becomes the snapshot's. */
void stage_add(struct snapshot *snapshot, struct process *process);

/* A sample without that process; then a paint. */
void stage_push_without(struct stage *stage, pid_t pid);

/* A sample in which that process has exited and nobody has waited for it;
 * then a paint. */
void stage_push_zombie(struct stage *stage, pid_t pid);

/* Does the text stand anywhere on the screen? */
bool stage_shows(const struct stage *stage, const char *text);

/*
 * What stands there is that of tests/screen/expected/NAME.txt, where UPDATE=1
 * in the environment writes it: the open popup, or the details below the head
 * and above the status line.  Only that part, so that each file has one
 * reason to change.
 */
void stage_expect_popup(const struct stage *stage, const char *name);
void stage_expect_details(const struct stage *stage, const char *name);

#endif
