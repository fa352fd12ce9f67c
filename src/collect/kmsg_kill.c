/* SPDX-License-Identifier: MIT
 *
 * The lines of the kernel's log about OOM kills, of 4.14 and later.  Apart
 * from kmsg.c, which reads records and knows no words.  Names in them are
 * untrusted: a process may be called ") total-vm:0kB" and a cgroup
 * ",task=init", so figures are looked for from the end.
 */
#include <stdlib.h>
#include <string.h>

#include "kmsg.h"
#include "memtop/base.h"
#include "memtop/kernfile.h"

void kill_context_done(struct kill_context *context)
{
	text_unref(context->limit);
	text_unref(context->cgroup);
	*context = (struct kill_context){ .pid = UNKNOWN };
}

/* Behind a beginning of it, or NULL. */
static const char *after(const char *s, const char *beginning)
{
	size_t len = strlen(beginning);

	return strncmp(s, beginning, len) == 0 ? s + len : NULL;
}

static const char *find_last(const char *s, const char *what)
{
	const char *found = NULL;

	for (const char *p = strstr(s, what); p; p = strstr(p + 1, what))
		found = p;
	return found;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t kmsg_unescape(const char *s, size_t len, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 1 < size; i++) {
		if (i + 3 < len && s[i] == '\\' && s[i + 1] == 'x' &&
		    hex_digit(s[i + 2]) >= 0 && hex_digit(s[i + 3]) >= 0) {
			buf[n++] = (char)(hex_digit(s[i + 2]) * 16 +
					  hex_digit(s[i + 3]));
			i += 3;
		} else {
			buf[n++] = s[i];
		}
	}
	buf[n] = '\0';
	return n;
}

static const struct text *path_text(const char *s, const char *end)
{
	char buf[1024];
	size_t len;

	if (end <= s || *s != '/')
		return NULL;
	len = kmsg_unescape(s, (size_t)(end - s), buf, sizeof(buf));
	return text_new(buf, len);
}

/* ---- what is said before ------------------------------------------------- */

/* oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,
 * mems_allowed=0,oom_memcg=/box,task_memcg=/box/a,task=hog,pid=131,uid=0
 * (one line; since 5.0; "global_oom" instead of oom_memcg=) */
static bool take_choice(const char *s, struct kill_context *context)
{
	static const struct {
		const char *word, *scope;
	} scopes[] = {
		{ "CONSTRAINT_NONE,", "global" },
		{ "CONSTRAINT_MEMCG,", "cgroup" },
		{ "CONSTRAINT_CPUSET,", "cpuset" },
		{ "CONSTRAINT_MEMORY_POLICY,", "policy" },
	};
	const char *pid, *task, *cgroup, *limit, *end;

	s = after(s, "oom-kill:constraint=");
	pid = s ? find_last(s, ",pid=") : NULL;
	if (!pid)
		return false;
	kill_context_done(context);
	for (size_t i = 0; i < ARRAY_SIZE(scopes); i++)
		if (after(s, scopes[i].word))
			strcpy(context->scope, scopes[i].scope);
	if (!parse_u64(pid + 5, &end, &context->pid))
		return true;
	cgroup = strstr(s, ",task_memcg=");
	task = cgroup ? strstr(cgroup, ",task=") : NULL;
	limit = strstr(s, ",oom_memcg=");
	if (task)
		context->cgroup = path_text(cgroup + 12, task);
	if (task && limit && limit < cgroup)
		context->limit = path_text(limit + 11, cgroup);
	return true;
}

/* Task in /box/a killed as a result of limit of /box (until 4.20) */
static bool take_limit(const char *s, struct kill_context *context)
{
	static const char middle[] = " killed as a result of limit of ";
	const char *limit;

	s = after(s, "Task in ");
	limit = s ? strstr(s, middle) : NULL;
	if (!limit)
		return false;
	kill_context_done(context);
	strcpy(context->scope, "cgroup");
	context->cgroup = path_text(s, limit);
	limit += sizeof(middle) - 1;
	context->limit = path_text(limit, limit + strlen(limit));
	return true;
}

/* Out of memory: Kill process 2300 (hog) score 812 or sacrifice child
 * (until 5.1; for a limit it begins with "Memory cgroup"): no limit was hit. */
static bool take_machine(const char *s, struct kill_context *context)
{
	if (!after(s, "Out of memory: Kill process "))
		return false;
	kill_context_done(context);
	return true;
}

/* Tasks in /box/a are going to be killed due to memory.oom.group set */
static bool take_group(const char *s, struct kill_context *context)
{
	const char *end;

	s = after(s, "Tasks in ");
	end = s ? strstr(s, " are going to be killed due to memory.oom") : NULL;
	if (!end)
		return false;
	text_unref(context->cgroup);
	context->cgroup = path_text(s, end);
	context->is_group = true;
	return true;
}

/* ---- the kill ------------------------------------------------------------ */

/* The number behind a key, with its "kB"; UNKNOWN. */
static uint64_t figure(const char *s, const char *key)
{
	const char *at = strstr(s, key), *end;
	uint64_t value;

	if (!at || !parse_u64(at + strlen(key), &end, &value))
		return UNKNOWN;
	if (strncmp(end, "kB", 2) != 0)
		return value;
	return value > UINT64_MAX / KIB - 1 ? UNKNOWN : value * KIB;
}

static void take_figures(const char *s, struct log_kill *row)
{
	const char *adj = strstr(s, "oom_score_adj:");

	row->vsize = figure(s, "total-vm:");
	row->anon = figure(s, "anon-rss:");
	row->file = figure(s, "file-rss:");
	row->shmem = figure(s, "shmem-rss:");
	row->page_tables = figure(s, "pgtables:");
	row->uid = figure(s, "UID:");
	if (adj)
		row->adj = (double)strtol(adj + strlen("oom_score_adj:"), NULL,
					  10);
}

static void take_scope(struct kill_context *context, bool of_cgroup,
		       struct log_kill *row)
{
	/* old kernels say no pid in their lines before */
	bool fits = context->pid == row->pid || context->is_group ||
		    (context->pid == UNKNOWN && context->limit);

	strcpy(row->scope, of_cgroup ? "cgroup" : "global");
	if (!fits)
		return;
	if (context->scope[0])
		strcpy(row->scope, context->scope);
	if (context->is_group)
		strcpy(row->scope, "group");
	row->limit = text_ref(context->limit);
	row->cgroup = text_ref(context->cgroup);
}

/* Memory cgroup out of memory: Killed process 13122 (eat) total-vm:207280kB,
 * anon-rss:32640kB, file-rss:1072kB, shmem-rss:0kB, UID:0 pgtables:112kB
 * oom_score_adj:0
 * (one line; before 5.4 it ends behind shmem-rss, before 5.2 it begins with
 * "Killed") */
static bool take_victim(const char *s, struct kill_context *context,
			struct log_kill *row)
{
	static const char *const causes[] = {
		"Out of memory: ",
		"Memory cgroup out of memory: ",
		"Out of memory (oom_kill_allocating_task): ",
	};
	bool of_cgroup = false;
	const char *name, *end;

	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		const char *rest = after(s, causes[i]);

		if (!rest)
			continue;
		s = rest;
		of_cgroup = i == 1;
		break;
	}
	s = after(s, "Killed process ");
	if (!s || !parse_u64(s, &name, &row->pid))
		return false;
	name = after(name, " (");
	end = name ? find_last(name, ") total-vm:") : NULL;
	if (!end)
		return false;
	kmsg_unescape(name, (size_t)(end - name), row->comm, sizeof(row->comm));
	take_figures(end, row);
	take_scope(context, of_cgroup, row);
	return true;
}

enum kill_line kill_line_parse(const char *line, struct kill_context *context,
			       struct log_kill *row)
{
	if (take_victim(line, context, row))
		return KILL_LINE_VICTIM;
	if (take_group(line, context))
		return KILL_LINE_GROUP;
	if (take_choice(line, context) || take_limit(line, context) ||
	    take_machine(line, context))
		return KILL_LINE_CONTEXT;
	return KILL_LINE_OTHER;
}

/* 6,1234,5678901,-;text  or with ",caller=T123" behind the flag.  The first
 * number is 8 * facility + level, and the kernel's own facility is 0: what
 * programs write into the log never has that. */
const char *kmsg_record(const char *line, uint64_t *ret_sequence,
			uint64_t *ret_us)
{
	const char *s = line, *text = strchr(line, ';');
	uint64_t priority, sequence, us;

	if (!text || !parse_u64(s, &s, &priority) || *s != ',' ||
	    !parse_u64(s + 1, &s, &sequence) || *s != ',' ||
	    !parse_u64(s + 1, &s, &us) || *s != ',' || s > text ||
	    priority >= 8)
		return NULL;
	*ret_sequence = sequence;
	*ret_us = us;
	return text + 1;
}
