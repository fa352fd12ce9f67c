/* SPDX-License-Identifier: MIT
 *
 * The processes of the scripted web server: what members of a service share
 * is one row, what a member has of its own another.
 */
#include <stdio.h>

#include "memtop/oom.h"
#include "scripted_private.h"

enum family_id {
	JAVA,
	PROMETHEUS,
	BACKEND,
	POSTMASTER,
	SESSION,
	NODE,
	CELERY,
	MASTER,
	GUNICORN,
	REDIS,
	SYSTEMD,
	JOURNALD,
	DOCKERD,
	GUARDED,
	EDITOR,
	DAEMON,
	LOGIN,
};

struct family {
	const char *comm, *command, *user, *cgroup, *unit;
	uint64_t uid;
	pid_t ppid;
	/* MiB; anon and uss are this much below the member's pss */
	double file, shmem, below_anon, below_uss, thp, hugetlb, tables;
	int adj;
	unsigned age_s;	  /* of the smaps read */
	unsigned start_s; /* after boot */
	unsigned threads;
	char state;
};

struct member {
	enum family_id family;
	pid_t pid;
	double pss, swap; /* MiB */
	double major;	  /* faults a second */
	double growth;	  /* MiB a minute */
	const char *comm; /* instead of the family's */
};

/* clang-format off */
#define SYSTEM "/system.slice/"
#define USER   "/user.slice/user-1000.slice/session-3.scope"

static const struct family families[] = {
	[JAVA] = { "java", "java -Xms30g -Xmx30g -XX:+UseG1GC "
		   "-Djava.io.tmpdir=/var/tmp -cp /usr/share/opensearch/lib/*",
		   "opensearch", SYSTEM "opensearch.service",
		   "opensearch.service", 990, 1,
		   402, 0, 205, 105, 10035, 0, 70, 0, 2, 3600, 212, 'D' },
	[PROMETHEUS] = { "prometheus", "prometheus "
		   "--storage.tsdb.path=/var/lib/prometheus",
		   "prometheus", SYSTEM "prometheus.service",
		   "prometheus.service", 118, 1,
		   142, 0, 55, 70, 921, 0, 7, 0, 2, 12, 19, 'S' },
	[BACKEND] = { "postgres", "postgres: app web 10.0.3.12 SELECT",
		   "postgres", SYSTEM "postgresql@16-main.service",
		   "postgresql@16-main.service", 117, 3301,
		   62, 2960, 140, 115, 0, 0, 9, 0, 9, 3500000, 1, 'D' },
	[POSTMASTER] = { "postgres", "postgres -D /var/lib/postgresql/16/main",
		   "postgres", SYSTEM "postgresql@16-main.service",
		   "postgresql@16-main.service", 117, 1,
		   60, 70, 98, 88, 0, 1126, 2, 0, 9, 15, 1, 'S' },
	[SESSION] = { "postgres", "postgres: app web 10.0.3.14 idle",
		   "postgres", SYSTEM "postgresql@16-main.service",
		   "postgresql@16-main.service", 117, 3301,
		   40, 600, 50, 48, 0, 0, 2, 0, 9, 3510000, 1, 'S' },
	[NODE] = { "node", "node /srv/app/dist/worker.js",
		   "node", "/docker/app-node", NULL, 1100, 911,
		   81, 0, 20, 38, 0, 0, 5, 0, 2, 7200, 11, 'S' },
	[CELERY] = { "celery", "python3 -m celery worker -Q bulk",
		   "celery", "/system.slice/celery.slice/celery.service",
		   "celery.service", 998, 52001,
		   42, 0, 8, 9, 24, 0, 2, 200, 2, 90000, 1, 'D' },
	[MASTER] = { "python3", "python3 -m celery multi start",
		   "celery", "/system.slice/celery.slice/celery.service",
		   "celery.service", 998, 1,
		   42, 0, 8, 9, 0, 0, 1, 200, 2, 89990, 2, 'S' },
	[GUNICORN] = { "gunicorn", "gunicorn: worker [app.wsgi]",
		   "www-data", SYSTEM "gunicorn.service",
		   "gunicorn.service", 33, 1,
		   96, 2.1, 31, 28, 0, 0, 2, 0, 9, 3552200, 1, 'S' },
	[REDIS] = { "redis", "redis-server *:6379", "999",
		   "/docker/redis-cache", NULL, 999, 911,
		   12, 0, 8, 7, 0, 0, 1, 0, 2, 7100, 5, 'S' },
	[SYSTEMD] = { "systemd", "/sbin/init", "root", "/init.scope",
		   "init.scope", 0, 0,
		   6, 0, 3, 4, 0, 0, .2, 0, 2, 0, 1, 'S' },
	[JOURNALD] = { "systemd-journal", "/lib/systemd/systemd-journald",
		   "root", SYSTEM "systemd-journald.service",
		   "systemd-journald.service", 0, 1,
		   28, 0, 18, 11, 0, 0, 1, -250, 2, 3, 1, 'S' },
	[DOCKERD] = { "dockerd", "/usr/bin/dockerd -H fd://", "root",
		   SYSTEM "docker.service", "docker.service", 0, 1,
		   20, 0, 10, 4, 0, 0, 1, -500, 2, 9, 41, 'S' },
	[GUARDED] = { "sshd", "sshd: /usr/sbin/sshd -D [listener]", "root",
		   SYSTEM "ssh.service", "ssh.service", 0, 1,
		   6, 0, 4, 4, 0, 0, .1, -1000, 2, 8, 1, 'S' },
	[EDITOR] = { "vim", "vim notes.md", "alice", USER, "session-3.scope",
		   ALICE, 61000,
		   12, 0, 6, 8, 0, 0, .3, 0, 2, 3549600, 1, 'S' },
	[DAEMON] = { NULL, NULL, "root", NULL, NULL, 0, 1,
		   5, 0, 2, 3, 0, 0, .1, 0, 5, 20, 1, 'S' },
	[LOGIN] = { NULL, NULL, "alice", USER, "session-3.scope", ALICE, 1,
		   4, 0, 1, 1, 0, 0, .1, 0, 5, 3540000, 1, 'S' },
};

/* Largest first: STARTING measures from the top. */
static const struct member members[] = {
	{ JAVA,       48213, 31950, 4198, 2500, 276, NULL },
	{ PROMETHEUS,  2210,  2440,  921,   41,   1, NULL },
	{ BACKEND,    31877,  1330,  112,   96,   4, NULL },
	{ NODE,       40112,   921,  387,  100,   0, NULL },
	{ NODE,       40119,   688,  289,   74,   0, NULL },
	{ NODE,       40125,   604,  254,   65,   0, NULL },
	{ NODE,       40131,   452,  190,   49,   0, NULL },
	{ CELERY,     52011,   407,  303,  263,  -1, NULL },
	{ CELERY,     52014,   405,  302,  295,  -2, NULL },
	{ CELERY,     52017,   400,  298,  343,  -2, NULL },
	{ CELERY,     52020,   391,  292,  351,  -2, NULL },
	{ CELERY,     52023,   391,  291,  343,  -2, NULL },
	{ CELERY,     52026,   391,  291,  304,  -3, NULL },
	{ CELERY,     52029,   389,  290,  353,  -2, NULL },
	{ CELERY,     52032,   388,  289,  306,  -2, NULL },
	{ CELERY,     52035,   384,  286,  317,  -2, NULL },
	{ CELERY,     52038,   383,  285,  356,  -2, NULL },
	{ CELERY,     52041,   372,  277,  313,  -1, NULL },
	{ CELERY,     52044,   372,  277,  310,  -3, NULL },
	{ CELERY,     52047,   371,  277,  298,  -2, NULL },
	{ CELERY,     52050,   370,  276,  348,  -1, NULL },
	{ CELERY,     52053,   354,  264,  332,  -3, NULL },
	{ CELERY,     52056,   335,  249,  250,  -2, NULL },
	{ REDIS,       1893,   287,   18,    2,   0, NULL },
	{ GUNICORN,   51870,   262,  139,   13,   0, NULL },
	{ GUNICORN,   51871,   240,  127,   14,   0, NULL },
	{ GUNICORN,   51872,   221,  117,   15,   0, NULL },
	{ GUNICORN,   51873,   204,  108,   16,   0, NULL },
	{ GUNICORN,   51874,   180,   95,   14,   0, NULL },
	{ GUNICORN,   51875,   162,   86,   12,   0, NULL },
	{ GUNICORN,   51876,   140,   78,   11,   0, NULL },
	{ GUNICORN,   51866,   127,   69,    9,   0, NULL },
	{ POSTMASTER,  3301,   118,   30,    0,   0, NULL },
	{ DOCKERD,      911,    80,   31,    1,   2, NULL },
	{ MASTER,     52001,    62,   10,    0,   0, NULL },
	{ JOURNALD,     620,    52,   12,    1,   0, NULL },
	{ EDITOR,     60114,    24,   12,    0,   0, NULL },
	{ SYSTEMD,        1,   9.1,    0,    0,   0, NULL },
	{ GUARDED,      812,     8,  1.1,    0,   0, NULL },
	{ GUARDED,      640,     8,  1.1,    0,   0, "auditd" },
	{ GUARDED,      655,     8,  1.1,    0,   0, "systemd-udevd" },
	{ GUARDED,      813,     8,  1.1,    0,   0, "sshd" },
};

static const char *const daemons[] = {
	"nginx", "rsyslogd", "cron", "dbus-daemon", "containerd-shim",
	"php-fpm8.2", "node_exporter", "polkitd", "chronyd", "agetty",
};
static const char *const logins[] = {
	"bash", "tmux: server", "ssh-agent", "less", "(sd-pam)", "sshd",
};
/* clang-format on */

enum { SESSIONS = 62, DAEMONS = 172, LOGINS = 36 };

static void set_names(struct process *p, const struct family *family,
		      const struct member *member)
{
	const char *comm = member->comm ? member->comm : family->comm;
	bool own = member->comm && family->comm;
	char buf[96];

	memcpy(p->comm, comm, strlen(comm) + 1);
	p->user = scripted_text(family->user);
	snprintf(buf, sizeof(buf), "/usr/sbin/%s", comm);
	p->command =
		scripted_text(!own && family->command ? family->command : buf);
	if (!own && family->cgroup) {
		p->cgroup = scripted_text(family->cgroup);
		p->unit = scripted_text(family->unit);
		return;
	}
	snprintf(buf, sizeof(buf), SYSTEM "%s.service", comm);
	p->cgroup = scripted_text(buf);
	p->unit = scripted_text(buf + strlen(SYSTEM));
}

static void set_figures(struct process *p, const struct family *family,
			const struct member *member,
			const struct scripted_knobs *knobs, unsigned step)
{
	double scale = member->family == JAVA ? knobs->java : knobs->others;
	double busy = knobs->busy ? 1 : 0;
	/* what a minute of growth amounts to after step seconds */
	double grown = busy * member->growth / 60 * step;
	double pss = member->pss * scale + (grown > 0 ? grown : 0);
	double anon = pss - family->below_anon * scale;

	p->pss = mib(pss);
	p->anon = mib(anon);
	p->uss = mib(pss - family->below_uss * scale);
	p->file = mib(family->file * scale);
	p->shmem = mib(family->shmem * scale);
	p->rss = p->anon + p->file + p->shmem;
	p->thp = mib(family->thp * scale);
	p->hugetlb = mib(family->hugetlb);
	p->page_tables = mib(family->tables);
	p->swap = mib(member->swap * knobs->swapped);
	p->major_fault_rate = member->major * busy;
	p->minor_fault_rate = member->major * busy * 28 + 3;
	p->major_faults = (uint64_t)(member->major * (busy * (867 + step)));
	p->minor_faults = 90000 + p->major_faults * 28 + 3 * step;
	p->growth_rate = member->growth * busy * (double)MIB / 60;
	p->swap_growth_rate = p->growth_rate;
	/* a fault takes 2 ms; a tenth of the wait is reclaim */
	p->delays.state = STATE_OK;
	p->wait_percent = p->major_fault_rate * 0.22;
	p->swapin_delay_ns = p->major_faults * 2 * NS_PER_MS;
	p->thrashing_delay_ns = p->swapin_delay_ns / 2;
	p->reclaim_delay_ns = p->swapin_delay_ns / 10;
	p->compact_delay_ns = 0;
	p->oom_score_adj = family->adj;
	p->threads = family->threads;
	p->files.state = p->rss < 16 * MIB ? STATE_NOT_READ : STATE_OK;
	if (p->files.state == STATE_OK)
		p->open_files = 12 + 3 * (uint64_t)family->threads;
}

/* As /proc/PID/oom_score has it. */
static uint64_t score_of(const struct snapshot *snapshot,
			 const struct process *p)
{
	struct oom_parts parts;

	if (p->key.pid == 1 || oom_parts(snapshot, p, &parts) < 0)
		return 0;
	return (uint64_t)oom_score(&parts, p->oom_score_adj);
}

/* What the viewer of this case does not get to see. */
static void hide(struct process *p, enum scripted_case which, unsigned step,
		 size_t rank)
{
	const struct process *empty;
	bool unread = which == SCRIPTED_STARTING &&
		      (step == 0 || (step == 1 && rank >= 3));
	bool denied = !scripted_knobs[which].sees_all &&
		      p->uid != scripted_knobs[which].uid;

	if (which == SCRIPTED_STARTING && step == 0)
		p->major_fault_rate = p->minor_fault_rate = p->wait_percent =
			NAN;
	if (which == SCRIPTED_STARTING)
		p->growth_rate = p->swap_growth_rate = NAN;
	if (!unread && !denied)
		return;
	empty = scripted_must(process_new());
	/* the members of struct process between the two are those of smaps */
	memcpy(&p->smaps, &empty->smaps,
	       offsetof(struct process, growth_rate) -
		       offsetof(struct process, smaps));
	process_unref(empty);
	if (denied) {
		p->smaps.state = STATE_DENIED;
		return;
	}
	text_unref(p->command);
	p->command = NULL;
	p->names = (struct block){ .state = STATE_PENDING };
}

static void add(struct snapshot *snapshot, enum scripted_case which,
		unsigned step, const struct member *member)
{
	const struct family *family = &families[member->family];
	struct process *p = scripted_must(process_new());

	p->key.pid = member->pid;
	p->key.start_ns = family->start_s * NS_PER_S +
			  (uint64_t)(member->pid % 100) * 10 * NS_PER_MS;
	p->ppid = family->ppid;
	p->uid = family->uid;
	p->state = scripted_knobs[which].busy ? family->state : 'S';
	set_names(p, family, member);
	set_figures(p, family, member, &scripted_knobs[which], step);
	p->oom_score = score_of(snapshot, p);
	scripted_finish_process(p, snapshot, family->age_s * NS_PER_S);
	hide(p, which, step, snapshot->nprocesses);
	snapshot->processes[snapshot->nprocesses++] = p;
}

/* Kernel threads own no memory: nothing of theirs applies. */
static void add_kernel_thread(struct snapshot *snapshot, pid_t pid,
			      const char *comm)
{
	struct process *p = scripted_must(process_new());
	struct block none = { .state = STATE_NOT_APPLICABLE };

	p->key.pid = pid;
	p->key.start_ns = 0;
	p->ppid = pid == 2 ? 0 : 2;
	p->uid = 0;
	p->state = 'S';
	p->kernel = true;
	strcpy(p->comm, comm);
	p->user = scripted_text("root");
	p->identity = (struct block){ .state = STATE_OK,
				      .read_ns = snapshot->monotonic_ns };
	p->names = p->group = none;
	p->statm = p->status = p->oom = p->files = p->smaps = none;
	p->stat = p->identity;
	p->minor_faults = p->major_faults = 0;
	p->minor_fault_rate = p->major_fault_rate = 0;
	snapshot->processes[snapshot->nprocesses++] = p;
}

void scripted_web_processes(struct snapshot *snapshot, enum scripted_case which,
			    unsigned step)
{
	size_t room = ARRAY_SIZE(members) + SESSIONS + DAEMONS + LOGINS + 2;

	snapshot->processes =
		scripted_must(calloc(room, sizeof(*snapshot->processes)));
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		add(snapshot, which, step, &members[i]);
	for (int i = 0; i < SESSIONS; i++)
		add(snapshot, which, step,
		    &(struct member){ SESSION, 31900 + i,
				      77.6 + (i % 9 - 4) * 1.5, 33.4, 11.5, 0,
				      NULL });
	for (int i = 0; i < DAEMONS; i++)
		add(snapshot, which, step,
		    &(struct member){ DAEMON, 1000 + 7 * i,
				      7.4 + (i % 11 - 5) * .7, 2.1, .46, 0,
				      daemons[i % (int)ARRAY_SIZE(daemons)] });
	for (int i = 0; i < LOGINS; i++)
		add(snapshot, which, step,
		    &(struct member){ LOGIN, 61000 + 3 * i,
				      7.4 + (i % 7 - 3) * .7, 2.1, .1, 0,
				      logins[i % (int)ARRAY_SIZE(logins)] });
	add_kernel_thread(snapshot, 2, "kthreadd");
	add_kernel_thread(snapshot, 97, "kswapd0");
	scripted_sort_processes(snapshot);
}
