/* SPDX-License-Identifier: MIT
 *
 * Processes whose names attack: terminals, tables, CSV, JSON.  Their figures
 * are plain, so that what goes wrong is the fault of a name.
 */
#include <stdio.h>

#include "scripted_private.h"

struct hostile {
	pid_t pid, ppid;
	const char *comm, *command, *cgroup, *user;
	char state;
};

/* clang-format off */
static const struct hostile hostiles[] = {
	{ 1, 0, "systemd", "/sbin/init", "/init.scope", "root", 'S' },
	/* clears the screen, sets the title, rings the bell */
	{ 100, 1, "ev\033[2Jil\n)", "\033]0;owned\007 \033[31mred\033[0m",
	  "/a\nb\033[H", "root", 'S' },
	/* fields of stat that pretend to be others */
	{ 101, 1, "a) R 1 1 (b", "(x) Z 0\r\n0", "/0::/x\r", "root", 'R' },
	/* invalid UTF-8: stray, cut off, overlong, surrogate */
	{ 102, 1, "\xff\xfe\x80", "ok \xc3 cut\xe2\x82 \xc0\xaf \xed\xa0\x80",
	  "/\xf5\x80", "root", 'S' },
	/* C1 controls as UTF-8: CSI 2 J */
	{ 103, 1, "c1\xc2\x9b" "2J", "\xc2\x9d" "0;x\xc2\x9c", "/c1\xc2\x85",
	  "root", 'S' },
	/* wide, combining, right to left override, zero width */
	{ 104, 1, "\xe6\xbc\xa2\xe5\xad\x97",
	  "e\xcc\x81\xcc\x81\xcc\x81 \xcc\x81x \xe2\x80\xaeltr\xe2\x80\x8b",
	  "/\xe6\xbc\xa2", "root", 'S' },
	/* spreadsheets */
	{ 105, 1, "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+user", 'S' },
	{ 106, 1, "\t-2", "-2+3,\"q\"", "\r=x", "-user", 'S' },
	/* JSON and quoting */
	{ 107, 1, "\"],[{", "\\u0000\"}\n{\"a\":1}", "/</script>", "root", 'S' },
	/* no name at all */
	{ 108, 1, "", "", "/", "root", 'S' },
	/* a zombie: its memory is gone */
	{ 109, 101, "defunct", NULL, "/", "root", 'Z' },
};
static const struct hostile long_row = { 110, 1, "long", NULL, "/", "root",
					 'S' };
/* clang-format on */

static const struct text *long_command(void)
{
	char buf[4096];

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (char)(i % 97 == 96 ? '\n' : 'a' + (int)(i % 26));
	return scripted_must(text_new(buf, sizeof(buf)));
}

static struct process *new_hostile(const struct snapshot *snapshot,
				   const struct hostile *row, double size)
{
	struct process *p = scripted_must(process_new());

	p->key.pid = row->pid;
	p->key.start_ns = (100 + (uint64_t)row->pid) * NS_PER_S;
	p->ppid = row->ppid;
	p->uid = 0;
	p->state = row->state;
	snprintf(p->comm, sizeof(p->comm), "%s", row->comm);
	p->user = scripted_text(row->user);
	p->command = scripted_text(row->command);
	p->cgroup = scripted_text(row->cgroup);
	p->pss = mib(size);
	p->uss = mib(size / 2);
	p->anon = mib(size / 2);
	p->file = mib(size);
	p->shmem = 0;
	p->rss = p->anon + p->file;
	p->thp = p->hugetlb = 0;
	p->swap = mib(size / 8);
	p->page_tables = 64 * KIB;
	p->minor_faults = 1000;
	p->major_faults = 10;
	p->minor_fault_rate = 12;
	p->major_fault_rate = .2;
	p->growth_rate = p->swap_growth_rate = 0;
	p->oom_score = 667;
	p->oom_score_adj = 0;
	p->threads = 1;
	scripted_finish_process(p, snapshot, 2 * NS_PER_S);
	return p;
}

/* What the kernel still says of a zombie is its identity and its counters. */
static struct process *make_zombie(struct process *p)
{
	struct process *zombie = scripted_must(process_new());
	struct block none = { .state = STATE_NOT_APPLICABLE };

	zombie->key = p->key;
	zombie->ppid = p->ppid;
	zombie->uid = p->uid;
	zombie->state = p->state;
	memcpy(zombie->comm, p->comm, sizeof(zombie->comm));
	zombie->user = text_ref(p->user);
	zombie->cgroup = text_ref(p->cgroup);
	zombie->identity = p->identity;
	zombie->stat = p->stat;
	zombie->names = p->names;
	zombie->group = p->group;
	zombie->minor_faults = p->minor_faults;
	zombie->major_faults = p->major_faults;
	zombie->statm = zombie->status = zombie->oom = zombie->smaps = none;
	process_unref(p);
	return zombie;
}

void scripted_hostile_processes(struct snapshot *snapshot)
{
	struct process *longest;
	size_t n = 0;

	snapshot->processes = scripted_must(
		calloc(ARRAY_SIZE(hostiles) + 1, sizeof(*snapshot->processes)));
	for (size_t i = 0; i < ARRAY_SIZE(hostiles); i++) {
		struct process *p = new_hostile(snapshot, &hostiles[i],
						400 - 30 * (double)i);

		if (p->state == 'Z')
			p = make_zombie(p);
		snapshot->processes[n++] = p;
	}
	longest = new_hostile(snapshot, &long_row, 20);
	longest->command = long_command();
	snapshot->processes[n++] = longest;
	snapshot->nprocesses = n;
	scripted_sort_processes(snapshot);
}
