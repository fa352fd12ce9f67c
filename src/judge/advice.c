/* SPDX-License-Identifier: MIT
 *
 * A setting worth trying, when this machine has shown why: the reason, the
 * command, how to take it back and what it takes to apply.  Nothing is ever
 * changed here, and without the evidence nothing is said.  Knows how rows are
 * chosen and written; the settings themselves are in the files beside it.
 */
#include "advice.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/kernel.h"
#include "memtop/list.h"

static const struct advice_set *const sets[] = { &advice_swap, &advice_reclaim,
						 &advice_groups, &advice_kill };

/* ---- what is set --------------------------------------------------------- */

static bool put_word(char buf[ADVICE_VALUE], const char *word)
{
	snprintf(buf, ADVICE_VALUE, "%s", word);
	return *word;
}

static bool put_number(char buf[ADVICE_VALUE], uint64_t number)
{
	snprintf(buf, ADVICE_VALUE, "%" PRIu64, number);
	return number != UNKNOWN;
}

/* What has no row of its own among the tunables. */
static bool other_knob(const struct snapshot *s, const char *name,
		       char buf[ADVICE_VALUE])
{
	bool has_thp = s->thp.block.state == STATE_OK;
	bool has_zswap = s->zswap.block.state == STATE_OK;
	const struct {
		const char *name, *word;
		uint64_t number;
		bool known;
	} knobs[] = {
		{ "thp.enabled", s->thp.enabled, 0, has_thp },
		{ "thp.defrag", s->thp.defrag, 0, has_thp },
		{ "thp.max_ptes_none", NULL, s->thp.max_ptes_none, has_thp },
		{ "zswap.max_pool_percent", NULL, s->zswap.max_pool_percent,
		  has_zswap },
		{ "zswap.shrinker_enabled",
		  s->zswap.shrinker_enabled == 0   ? "N"
		  : s->zswap.shrinker_enabled == 1 ? "Y"
						   : "",
		  0, has_zswap },
		{ "vm.swappiness", NULL, s->load.swappiness, true },
		{ "vm.page-cluster", NULL, s->load.page_cluster, true },
		{ "vm.watermark_scale_factor", NULL,
		  s->load.watermark_scale_factor, true },
		{ "vm.panic_on_oom", NULL, s->load.panic_on_oom, true },
		{ "vm.oom_kill_allocating_task", NULL,
		  s->load.oom_kill_allocating_task, true },
		{ "vm.overcommit_memory", NULL, s->load.overcommit_memory,
		  true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(knobs); i++) {
		if (strcmp(knobs[i].name, name) != 0)
			continue;
		if (!knobs[i].known)
			return false;
		return knobs[i].word ? put_word(buf, knobs[i].word)
				     : put_number(buf, knobs[i].number);
	}
	return false;
}

/* As "vm.swappiness" is set now; false: not known. */
static bool find_knob(const struct snapshot *snapshot, const char *name,
		      char buf[ADVICE_VALUE])
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TUNABLE);

	/* those that are read in every sample are never out of date */
	if (other_knob(snapshot, name, buf))
		return true;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct tunable *row = list_row(list, i);

		if (strcmp(row->name, name) == 0)
			return put_word(buf, row->value);
	}
	return false;
}

double advice_number(const struct advising *a, const char *name)
{
	char buf[ADVICE_VALUE], *end;
	double value;

	if (!find_knob(a->judge->snapshot, name, buf))
		return NAN;
	value = strtod(buf, &end);
	return end == buf ? NAN : value;
}

void advice_set_to(struct advising *a, double value)
{
	snprintf(a->to, sizeof(a->to), "%.0f", value);
}

void advice_set_now(struct advising *a, double value)
{
	snprintf(a->now, sizeof(a->now), "%.0f", value);
}

void advice_set_it(struct advising *a, const char *text)
{
	text_printable(a->it, sizeof(a->it), text, strlen(text), 80);
}

const struct process *advice_process(const struct advising *a,
				     const struct person *person)
{
	const struct process_key key = { person->pid, person->start_ns };

	return person->is_there ? snapshot_find(a->judge->snapshot, key) : NULL;
}

bool advice_is_database(const char *comm)
{
	static const char *const names[] = {
		"postgres", "mysqld",  "mariadbd",     "mongod",
		"oracle",   "db2sysc", "redis-server", "valkey-server",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(comm, names[i]) == 0)
			return true;
	return false;
}

/* ---- the text ------------------------------------------------------------ */

/* "{to}" and the like become what they stand for. */
static size_t expand(const struct advising *a, const char *text, char *buf,
		     size_t size, size_t len)
{
	char pid[16];
	const struct {
		const char *name, *value;
	} holes[] = {
		{ "{to}", a->to },
		{ "{now}", a->now },
		{ "{it}", a->it },
		{ "{pid}", pid },
	};

	snprintf(pid, sizeof(pid), "%d", (int)a->pid);
	while (*text && len + 1 < size) {
		size_t i = 0, n;

		while (i < ARRAY_SIZE(holes) &&
		       strncmp(text, holes[i].name, strlen(holes[i].name)) != 0)
			i++;
		if (i == ARRAY_SIZE(holes)) {
			buf[len++] = *text++;
			continue;
		}
		n = strlen(holes[i].value);
		n = n < size - len ? n : size - len - 1;
		memcpy(buf + len, holes[i].value, n);
		len += n;
		text += strlen(holes[i].name);
	}
	buf[len] = '\0';
	return len;
}

static void write_row(const struct advising *a, const struct advice *row,
		      char *buf, size_t size)
{
	const char *const parts[] = { "because ",   row->because, ": ",
				      row->command, " (back: ",	  row->back,
				      "; ",	    row->effect,  ")" };
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		len = expand(a, parts[i], buf, size, len);
}

/* ---- which --------------------------------------------------------------- */

static bool is_for(const struct advice *row, const struct finding *finding)
{
	char id[4] = "";

	memcpy(id, finding->rule->name, 3);
	return strstr(row->rules, id);
}

static bool has_lasted(const struct verdict_judge *judge,
		       const struct advice *row, const struct finding *finding)
{
	unsigned number = rule_number(finding->rule->name);

	return finding->severity >= row->least &&
	       judge->standings[number].times[row->least] >= row->times &&
	       passed(judge, finding->level->since) >=
		       row->lasting_s * NS_PER_S;
}

/* Somebody will paste the command as root, and who named a mount, a unit or a
 * cgroup may have thought of that: only words that mean to a shell and to a
 * program's options what they say. */
static bool is_plain(const char *word)
{
	return *word && *word != '-' &&
	       word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789@._:/-")] == '\0';
}

static bool is_safe(const struct advising *a, const struct advice *row)
{
	bool names_it = strstr(row->command, "{it}") ||
			(row->back && strstr(row->back, "{it}"));

	return !names_it || is_plain(a->it);
}

/* true: it is written. */
static bool try_row(const struct verdict_judge *judge, const struct advice *row,
		    const struct finding *finding, char *buf, size_t size)
{
	struct advising a = { .judge = judge, .finding = finding };

	if (!is_for(row, finding) || !has_lasted(judge, row, finding))
		return false;
	if (row->knob && !find_knob(judge->snapshot, row->knob, a.now))
		return false;
	if (row->to)
		snprintf(a.to, sizeof(a.to), "%s", row->to);
	if (row->test && !row->test(&a))
		return false;
	if ((*a.to && strcmp(a.to, a.now) == 0) || !is_safe(&a, row))
		return false;
	write_row(&a, row, buf, size);
	return true;
}

static bool try_rows(const struct verdict_judge *judge,
		     const struct finding *finding, char *buf, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		for (size_t k = 0; k < sets[i]->count; k++)
			if (try_row(judge, &sets[i]->rows[k], finding, buf,
				    size))
				return true;
	return false;
}

/* For the first that has some: the line itself, then the others. */
void advice_write(const struct verdict_judge *judge,
		  const struct finding *findings, size_t count, char *buf,
		  size_t size)
{
	*buf = '\0';
	for (size_t i = 0; i < count; i++) {
		/* what is calm tells nothing beside what is not */
		if (findings[i].over || (findings[i].severity == SEVERITY_OK &&
					 findings[0].severity > SEVERITY_NOTE))
			continue;
		if (try_rows(judge, &findings[i], buf, size))
			return;
	}
}
