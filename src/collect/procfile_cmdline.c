/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/cmdline: the arguments a process was started with, or what it has
 * put in their place.  They stand in its own pages, which reading swaps in.
 */
#include <errno.h>
#include <string.h>

#include "memtop/text.h"
#include "procfile.h"

/* What a command line may take of our memory; longer ones are cut. */
#define COMMAND_MAX 4096

static void clear_command(struct process *process)
{
	text_unref(process->command);
	process->command = NULL;
}

/*
 * sleep\0001000\0: arguments end with a zero byte, and are joined by blanks.
 * Kernel threads and zombies have none.
 */
static int take_command(char *text, size_t len, struct process *process)
{
	const struct text *command = NULL;

	while (len && text[len - 1] == '\0')
		len--;
	for (char *s = text; (s = memchr(s, '\0', len - (size_t)(s - text)));)
		*s = ' ';
	if (len) {
		command = text_new(text, len);
		if (!command)
			return -ENOMEM;
	}
	clear_command(process);
	process->command = command;
	process->names.state = STATE_OK;
	return 0;
}

int procfile_cmdline(struct tree *tree, const char *dir,
		     struct process *process)
{
	char path[PROCFILE_PATH];
	ssize_t r = procfile_path(path, dir, "cmdline");

	if (r == 0)
		r = kernfile_read(tree->proc, path, tree->buf, COMMAND_MAX + 1);
	if (r == -EFBIG)
		r = COMMAND_MAX;
	if (r >= 0)
		r = take_command(tree->buf, (size_t)r, process);
	else if (r == -ENOENT && !procfile_lives(tree, dir))
		r = -ESRCH;
	return procfile_finish((int)r, &process->names, clear_command, process);
}
