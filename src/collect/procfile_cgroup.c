/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/cgroup: the group whose memory a process counts in, and the
 * systemd unit.  A file of the cheap lane, unlike the command line: reading it
 * needs neither a page nor a lock of the process, and whom the kernel would
 * kill in a group must be known at once.  libproc2 would open it, and others,
 * once more for each of its items.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "memtop/text.h"
#include "procfile.h"

/* Part of the text. */
struct span {
	const char *s;
	size_t len;
};

static void clear_group(struct process *process)
{
	text_unref(process->cgroup);
	text_unref(process->unit);
	process->cgroup = process->unit = NULL;
}

/*
 * The path of one hierarchy; its s is NULL where there is none.  `controller`
 * "" is v2:
 *
 *   4:memory:/system.slice/cron.service     v1 and hybrid
 *   0::/system.slice/cron.service           v2
 */
static struct span path_of(const char *text, const char *controller)
{
	size_t len = strlen(controller);
	const char *line = text, *end;

	for (; *line; line = *end ? end + 1 : end) {
		end = line + strcspn(line, "\n");

		const char *at = memchr(line, ':', (size_t)(end - line));
		const char *path =
			at ? memchr(at + 1, ':', (size_t)(end - at - 1)) : NULL;

		while (path && at < path) {
			size_t n = strcspn(++at, ",:");

			if (n == len && !memcmp(at, controller, n))
				return (struct span){
					.s = path + 1,
					.len = (size_t)(end - path - 1),
				};
			at += n;
		}
	}
	return (struct span){ 0 };
}

static bool ends_with(struct span span, const char *end)
{
	size_t n = strlen(end);

	return span.len > n && !memcmp(span.s + span.len - n, end, n);
}

/*
 * The system unit: slices nest, the first component that is none of them is
 * the unit.  s is NULL where systemd does not manage the process.
 *
 *   /system.slice/system-getty.slice/getty@tty1.service
 */
static struct span unit_in(struct span path)
{
	const char *const end = path.s ? path.s + path.len : NULL;

	while (path.s < end && *path.s == '/') {
		const char *slash;
		struct span part = { .s = path.s + 1 };

		slash = memchr(part.s, '/', (size_t)(end - part.s));
		part.len = (size_t)((slash ? slash : end) - part.s);
		if (ends_with(part, ".service") || ends_with(part, ".scope"))
			return part;
		if (!ends_with(part, ".slice"))
			break;
		path.s = part.s + part.len;
	}
	return (struct span){ 0 };
}

/* Keeps the text that is there when it is the same, so that it is shared. */
static void set_text(const struct text **text, struct span span)
{
	if (*text && span.s && text_len(*text) == span.len &&
	    !memcmp(text_str(*text), span.s, span.len))
		return;
	text_unref(*text);
	*text = span.s ? text_new(span.s, span.len) : NULL;
}

int parse_cgroup(const char *text, struct process *process)
{
	struct span v2 = path_of(text, ""), memory = path_of(text, "memory");
	struct span systemd = path_of(text, "name=systemd");

	/* without control groups in the kernel there is no such file */
	if (!strchr(text, ':'))
		return -EINVAL;
	set_text(&process->cgroup, memory.s ? memory : v2);
	set_text(&process->unit, unit_in(systemd.s ? systemd : v2));
	return 0;
}

int procfile_cgroup(struct tree *tree, const char *dir, struct process *process)
{
	ssize_t r = procfile_read(tree, dir, "cgroup");

	/* an empty file: no hierarchy is mounted; who is gone fails elsewhere
	 */
	if (r == -ESRCH)
		r = procfile_lives(tree, dir) ? -ENOENT : -ESRCH;
	if (r > 0)
		r = parse_cgroup(tree->buf, process);
	if (r == 0)
		process->group.state = STATE_OK;
	return procfile_finish((int)r, &process->group, clear_group, process);
}
