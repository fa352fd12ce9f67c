/* SPDX-License-Identifier: MIT
 *
 * JSON Lines: one object a sample and line, keys from the field tables.  The
 * only file that knows json-c.  The object is written member by member and
 * row by row, so that thousands of processes are never held as a tree of
 * json-c objects: memtop runs where memory is short.
 */
#include "export.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/cgroup.h"
#include "memtop/flags.h"
#include "memtop/forecast.h"
#include "memtop/format.h"
#include "memtop/ledger.h"
#include "memtop/list.h"
#include "memtop/swap_held.h"

/* Raised when a key changes its meaning or goes away. */
enum { JSON_VERSION = 1 };

static const int json_flags =
	JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;

/*
 * json-c escapes the control characters below blank.  The others are legal in
 * JSON as they are, but a terminal would obey them.
 */
static void put_escaped(FILE *stream, const char *json)
{
	const char *start = json;
	unsigned code;

	for (const char *p = json; *p;) {
		size_t n = export_control(p, &code);

		if (n) {
			fwrite(start, 1, (size_t)(p - start), stream);
			fprintf(stream, "\\u%04x", code);
			start = p + n;
		}
		p += n ? n : 1;
	}
	fputs(start, stream);
}

/* Writes and releases object; NULL: there was no memory for it. */
static int put_object(FILE *stream, struct json_object *object)
{
	const char *json =
		object ? json_object_to_json_string_ext(object, json_flags)
		       : NULL;
	int r = json ? 0 : -ENOMEM;

	if (json)
		put_escaped(stream, json);
	json_object_put(object);
	return r;
}

static struct json_object *json_text(const char *bytes, size_t len)
{
	struct export_text text = { 0 };
	struct json_object *object;

	if (export_utf8(&text, bytes, len) < 0)
		return NULL;
	object = json_object_new_string_len(text.bytes, (int)text.len);
	free(text.bytes);
	return object;
}

static struct json_object *json_double(double number)
{
	char buf[EXPORT_NUMBER_SIZE];

	return isfinite(number) ? json_object_new_double_s(
					  number, export_double(buf, number))
				: NULL;
}

/* NULL is json-c's null. */
static struct json_object *json_value(const struct value *value)
{
	if (value->state != STATE_OK)
		return NULL;
	switch (value->kind) {
	case KIND_U64:
		return json_object_new_uint64(value->u64);
	case KIND_I64:
	case KIND_PID:
		return json_object_new_int64(value->i64);
	case KIND_DOUBLE:
		return json_double(value->dbl);
	case KIND_BOOL:
		return json_object_new_boolean(value->boolean);
	case KIND_TEXT:
	case KIND_CHARS:
	case KIND_CHAR:
		return json_text(value->text.bytes, value->text.len);
	}
	return NULL;
}

static struct json_object *json_time(uint64_t realtime_ns)
{
	char time[FORMAT_SIZE];

	return json_object_new_string(format_rfc3339(time, realtime_ns));
}

/* "some.avg10" goes to {"some":{"avg10":…}}. */
static void add_path(struct json_object *object, const char *path,
		     struct json_object *value)
{
	const char *dot;

	while ((dot = strchr(path, '.'))) {
		struct json_object *inner;
		char key[32];
		size_t len = min_u64((size_t)(dot - path), sizeof(key) - 1);

		memcpy(key, path, len);
		key[len] = '\0';
		if (!json_object_object_get_ex(object, key, &inner)) {
			inner = json_object_new_object();
			json_object_object_add(object, key, inner);
		}
		if (!inner) {
			json_object_put(value);
			return;
		}
		object = inner;
		path = dot + 1;
	}
	/* path is part of a field table: json-c need not copy it */
	json_object_object_add_ex(object, path, value,
				  JSON_C_OBJECT_KEY_IS_CONSTANT);
}

static void add_field(struct json_object *object, const struct entity *entity,
		      const struct field *field, const void *row)
{
	struct value value = field_get(entity, field, row);
	struct json_object *json;

	if (field->unit == UNIT_TIME && value.state == STATE_OK)
		json = json_time(value.u64);
	else if (field->unit == UNIT_LIMIT && export_no_limit(&value))
		json = json_object_new_string("max");
	else
		json = json_value(&value);
	add_path(object, field->name, json);
}

static struct json_object *json_row(const struct entity *entity,
				    const void *row)
{
	struct json_object *object = json_object_new_object();

	for (size_t i = 0; object && i < entity->nfields; i++)
		add_field(object, entity, &entity->fields[i], row);
	return object;
}

static int put_key(FILE *stream, const char *key, struct json_object *value)
{
	fprintf(stream, ",\"%s\":", key);
	if (value)
		return put_object(stream, value);
	fputs("null", stream);
	return 0;
}

static struct json_object *json_line(const struct text *text)
{
	return text ? json_text(text_str(text), text_len(text)) : NULL;
}

/* {"swap_in":{"value":15600,"at_least":64}}: by name, in exported units */
static struct json_object *json_evidence(const struct verdict *verdict)
{
	static const char *const limits[] = { NULL, "at_least", "at_most" };
	struct json_object *object = json_object_new_object();

	for (size_t i = 0; object && i < VERDICT_EVIDENCE; i++) {
		const struct evidence *e = &verdict->evidence[i];
		struct json_object *one;

		if (!e->name)
			break;
		one = json_object_new_object();
		json_object_object_add(one, "value", json_double(e->value));
		if (e->comparison != COMPARE_NONE)
			json_object_object_add(one, limits[e->comparison],
					       json_double(e->limit));
		json_object_object_add(object, e->name, one);
	}
	return object;
}

static struct json_object *json_subject(const struct subject *subject)
{
	static const char *const roles[] = {
		[SUBJECT_CULPRIT] = "culprit",
		[SUBJECT_VICTIM] = "victim",
		[SUBJECT_WAITER] = "waiter",
	};
	static const char *const words[] = {
		[CERTAINTY_NONE] = "unknown",
		[CERTAINTY_MAYBE] = "maybe",
		[CERTAINTY_LIKELY] = "likely",
		[CERTAINTY_SURE] = "sure",
	};
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "role",
			       json_object_new_string(roles[subject->role]));
	json_object_object_add(
		object, "certainty",
		json_object_new_string(words[subject->certainty]));
	json_object_object_add(object, subject->pid ? "command" : "cgroup",
			       json_line(subject->name));
	if (!subject->pid)
		return object;
	json_object_object_add(object, "pid",
			       json_object_new_int64(subject->pid));
	json_object_object_add(
		object, "start_time",
		subject->start_ns == UNKNOWN
			? NULL
			: json_object_new_uint64(subject->start_ns));
	return object;
}

static struct json_object *json_subjects(const struct verdict *verdict)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; array && i < VERDICT_SUBJECTS; i++)
		if (verdict->subjects[i].name)
			json_object_array_add(
				array, json_subject(&verdict->subjects[i]));
	return array;
}

static struct json_object *json_since(uint64_t realtime_ns)
{
	char since[FORMAT_SIZE];

	return realtime_ns == UNKNOWN ? NULL
				      : json_object_new_string(format_rfc3339(
						since, realtime_ns));
}

static struct json_object *json_also(const struct verdict *verdict)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; array && i < VERDICT_ALSO; i++) {
		const struct also *also = &verdict->also[i];
		struct json_object *one;

		if (!also->rule)
			break;
		one = json_object_new_object();
		json_object_object_add(
			one, "severity",
			json_object_new_string(severity_name(also->severity)));
		json_object_object_add(one, "rule",
				       json_object_new_string(also->rule));
		json_object_object_add(one, "text", json_line(also->text));
		json_object_object_add(one, "since",
				       json_since(also->since_realtime_ns));
		json_object_object_add(one, "at_least",
				       json_object_new_boolean(also->at_least));
		json_object_array_add(array, one);
	}
	return array;
}

static struct json_object *json_verdict(const struct verdict *verdict)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	json_object_object_add(
		object, "severity",
		json_object_new_string(severity_name(verdict->severity)));
	json_object_object_add(
		object, "rule",
		verdict->rule ? json_object_new_string(verdict->rule) : NULL);
	json_object_object_add(object, "text", json_line(verdict->text));
	json_object_object_add(object, "since",
			       json_since(verdict->since_realtime_ns));
	json_object_object_add(object, "at_least",
			       json_object_new_boolean(verdict->at_least));
	json_object_object_add(object, "who", json_line(verdict->who));
	json_object_object_add(object, "next", json_line(verdict->next));
	json_object_object_add(object, "do", json_line(verdict->todo));
	json_object_object_add(object, "advice", json_line(verdict->advice));
	json_object_object_add(object, "evidence", json_evidence(verdict));
	json_object_object_add(object, "subjects", json_subjects(verdict));
	json_object_object_add(object, "also", json_also(verdict));
	return object;
}

static int put_head(FILE *stream, const struct snapshot *snapshot)
{
	char time[FORMAT_SIZE], seconds[EXPORT_NUMBER_SIZE];
	const char *host = snapshot->host ? snapshot->host->name : "";
	int r;

	format_rfc3339(time, snapshot->realtime_ns);
	fprintf(stream, "{\"version\":%d,\"time\":\"%s\"", JSON_VERSION, time);
	r = put_key(stream, "host", json_text(host, strlen(host)));
	if (r < 0)
		return r;
	if (snapshot->interval_ns == UNKNOWN)
		fputs(",\"interval\":null", stream);
	else
		fprintf(stream, ",\"interval\":%s",
			export_double(seconds, (double)snapshot->interval_ns /
						       (double)NS_PER_S));
	return put_key(stream, "verdict", json_verdict(&snapshot->verdict));
}

static int put_single_entities(FILE *stream, const struct snapshot *snapshot)
{
	int r = 0;

	for (size_t i = 0; i < ENTITY_COUNT && r == 0; i++) {
		const struct entity *entity = &entities[i];
		const void *row = (const char *)snapshot + entity->offset;

		if (!entity->repeated && !entity->on_demand)
			r = put_key(stream, entity->name,
				    json_row(entity, row));
	}
	return r;
}

static int put_vmstat(FILE *stream, const struct snapshot *snapshot)
{
	const struct counter_names *names = snapshot->vmstat_names;
	struct json_object *values = NULL, *rates = NULL;
	int r;

	if (snapshot->vmstat_block.state == STATE_OK) {
		values = json_object_new_object();
		rates = json_object_new_object();
		if (!values || !rates) {
			json_object_put(values);
			json_object_put(rates);
			return -ENOMEM;
		}
		for (size_t i = 0; names && i < names->count; i++) {
			const char *name = names->names[i];
			const struct counter *counter = &snapshot->vmstat[i];

			json_object_object_add(
				values, name,
				counter->value == UNKNOWN
					? NULL
					: json_object_new_uint64(
						  counter->value));
			json_object_object_add(rates, name,
					       json_double(counter->rate));
		}
	}
	r = put_key(stream, "vmstat", values);
	if (r < 0) {
		json_object_put(rates);
		return r;
	}
	return put_key(stream, "vmstat_rates", rates);
}

static int put_rows(FILE *stream, enum entity_id id, const struct list *list)
{
	int r = 0;

	if (list_state(list) != STATE_OK)
		return put_key(stream, entities[id].name, NULL);
	fprintf(stream, ",\"%s\":[", entities[id].name);
	for (size_t i = 0; i < list->count && r == 0; i++) {
		if (i)
			fputc(',', stream);
		r = put_object(stream,
			       json_row(&entities[id], list_row(list, i)));
	}
	fputc(']', stream);
	return r;
}

static int put_list(FILE *stream, const struct snapshot *snapshot,
		    enum entity_id id)
{
	return put_rows(stream, id, snapshot_list(snapshot, id));
}

static int put_swap_held(FILE *stream, const struct snapshot *snapshot)
{
	const struct list *list = swap_held_list(snapshot);
	int r = list ? put_rows(stream, ENTITY_SWAP_HELD, list) : -ENOMEM;

	list_unref(list);
	return r;
}

/* Of the control groups memtop is in: NULL where none has one. */
static struct json_object *json_own_limit(const struct snapshot *snapshot)
{
	static const uint8_t shown[] = { CGROUP_PATH, CGROUP_NAME,
					 CGROUP_CURRENT };
	const struct entity *entity = &entities[ENTITY_CGROUP];
	const struct cgroup *group = cgroup_applying(snapshot);
	struct json_object *object = group ? json_object_new_object() : NULL;
	uint64_t left;

	if (!object)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
		add_field(object, entity, &entity->fields[shown[i]], group);
	json_object_object_add(object, "limit",
			       json_object_new_uint64(group->max));
	left = cgroup_available(group, &snapshot->memory);
	json_object_object_add(object, "available",
			       left == UNKNOWN ? NULL
					       : json_object_new_uint64(left));
	return object;
}

static struct json_object *json_part(const struct ledger *ledger,
				     enum ledger_part part)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	json_object_object_add(object, "name",
			       json_object_new_string(ledger_name(part)));
	json_object_object_add(object, "bytes",
			       json_object_new_uint64(ledger->bytes[part]));
	json_object_object_add(
		object, "freeable",
		json_object_new_string(freeable_name(ledger_freeable(part))));
	return object;
}

static int put_ledger(FILE *stream, const struct snapshot *snapshot)
{
	struct ledger ledger;
	int r = ledger_make(snapshot, &ledger);

	if (r < 0)
		return put_key(stream, "ledger", NULL);
	fputs(",\"ledger\":[", stream);
	for (int i = 0; i < LEDGER_COUNT && r == 0; i++) {
		if (i)
			fputc(',', stream);
		r = put_object(stream, json_part(&ledger, (enum ledger_part)i));
	}
	fputc(']', stream);
	return r < 0 ? r
		     : put_key(stream, "ledger_excess",
			       json_object_new_uint64(ledger.excess));
}

/* NULL: it can't be had. */
static struct json_object *json_candidate(const struct oom_candidate *candidate)
{
	const struct process *p = candidate->process;
	const struct entity *entity = &entities[ENTITY_PROCESS];
	uint64_t ram = process_frees_ram(p), swap = process_frees_swap(p);
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	add_field(object, entity, &entity->fields[PROCESS_PID], p);
	add_field(object, entity, &entity->fields[PROCESS_START_TIME], p);
	json_object_object_add(object, "command",
			       json_text(p->comm, strlen(p->comm)));
	json_object_object_add(object, "points",
			       json_object_new_int64(candidate->points));
	json_object_object_add(object, "frees",
			       ram == UNKNOWN || swap == UNKNOWN
				       ? NULL
				       : json_object_new_uint64(ram + swap));
	return object;
}

/* Who dies with the victim; NULL: nobody, or it can't be had. */
static struct json_object *json_group(const struct snapshot *snapshot,
				      const struct oom_domain *domain,
				      const struct process *victim)
{
	struct json_object *object;
	struct oom_group group;
	const struct text *path;

	if (!oom_group_of(snapshot, domain, victim, &group))
		return NULL;
	object = json_object_new_object();
	if (!object)
		return NULL;
	path = group.cgroup->path;
	json_object_object_add(object, "path",
			       json_text(text_str(path), text_len(path)));
	json_object_object_add(object, "processes",
			       json_object_new_uint64(group.processes));
	json_object_object_add(object, "frees",
			       group.frees == UNKNOWN
				       ? NULL
				       : json_object_new_uint64(group.frees));
	return object;
}

/* Victim and ranking of one domain, added to object. */
static void add_ranking(struct json_object *object,
			const struct snapshot *snapshot,
			const struct oom_domain *domain)
{
	struct json_object *list = json_object_new_array();
	struct oom_ranking ranking;

	if (oom_ranking_make(snapshot, domain, NULL, &ranking) < 0)
		ranking.count = 0;
	json_object_object_add(object, "victim",
			       ranking.count ? json_candidate(&ranking.list[0])
					     : NULL);
	json_object_object_add(
		object, "group",
		ranking.count
			? json_group(snapshot, domain, ranking.list[0].process)
			: NULL);
	for (size_t i = 0; list && i < ranking.count; i++)
		json_object_array_add(list, json_candidate(&ranking.list[i]));
	json_object_object_add(object, "ranking", list);
}

/* Of a cgroup near its limit. */
static struct json_object *json_limit(const struct snapshot *snapshot,
				      const struct oom_limit *limit)
{
	static const enum cgroup_field fields[] = { CGROUP_PATH, CGROUP_CURRENT,
						    CGROUP_HEADROOM };
	const struct entity *entity = &entities[ENTITY_CGROUP];
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		add_field(object, entity, &entity->fields[fields[i]],
			  limit->cgroup);
	json_object_object_add(object, "limit",
			       json_object_new_uint64(limit->cgroup->max));
	add_ranking(object, snapshot, &limit->domain);
	return object;
}

static struct json_object *json_oom(const struct snapshot *snapshot)
{
	const struct oom_domain machine = oom_machine(snapshot);
	struct json_object *object = json_object_new_object();
	struct json_object *global = json_object_new_object();
	struct json_object *cgroups = json_object_new_array();
	struct oom_limit limits[OOM_LIMITS_MAX];
	size_t count = oom_limits(snapshot, limits);

	if (!object || !global || !cgroups) {
		json_object_put(object);
		json_object_put(global);
		json_object_put(cgroups);
		return NULL;
	}
	add_ranking(global, snapshot, &machine);
	json_object_object_add(object, "global", global);
	for (size_t i = 0; i < count; i++)
		json_object_array_add(cgroups,
				      json_limit(snapshot, &limits[i]));
	json_object_object_add(object, "cgroups", cgroups);
	return object;
}

/* How the expensive read came out, and how old it is. */
static void add_smaps(struct json_object *object, const struct process *process,
		      const struct snapshot *snapshot)
{
	const struct block *smaps = &process->smaps;
	uint64_t age = sub_floor(snapshot->monotonic_ns, smaps->read_ns);

	json_object_object_add(
		object, "smaps_state",
		json_object_new_string(state_name(smaps->state)));
	json_object_object_add(object, "smaps_age_ms",
			       smaps->state == STATE_OK && smaps->read_ns
				       ? json_object_new_uint64(age / NS_PER_MS)
				       : NULL);
}

static void add_columns(struct json_object *object,
			const struct output_options *options,
			const struct process *process)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];

	for (size_t i = 0; i < options->ncolumns; i++)
		add_field(object, entity, &entity->fields[options->columns[i]],
			  process);
}

/* What a group has that a process has not; its name comes first. */
static void add_group(struct json_object *object, const struct row *row)
{
	const char *label = row->label ? row->label : "";

	json_object_object_add(object, "name", json_text(label, strlen(label)));
	json_object_object_add(object, "count",
			       json_object_new_uint64(row->count));
	json_object_object_add(object, "denied",
			       json_object_new_uint64(row->denied));
	json_object_object_add(object, "largest_pid",
			       json_object_new_int64(row->key.pid));
}

static struct json_object *json_process(const struct output_options *options,
					const struct flags *flags,
					const struct row *row)
{
	char letters[FLAGS_SIZE];
	const struct entity *entity = &entities[ENTITY_PROCESS];
	struct json_object *object = json_object_new_object();

	if (!object)
		return NULL;
	if (options->query.group != GROUP_NONE)
		add_group(object, row);
	if (options->columns)
		add_columns(object, options, row->process);
	else
		for (size_t i = 0; i < entity->nfields; i++)
			add_field(object, entity, &entity->fields[i],
				  row->process);
	if (options->query.group == GROUP_NONE)
		add_smaps(object, row->process, flags->snapshot);
	flags_of(flags, row->process, options->query.group, letters);
	json_object_object_add(object, "flags",
			       json_object_new_string(letters));
	return object;
}

static int put_processes(FILE *stream, const struct output_options *options,
			 const struct snapshot *snapshot)
{
	struct rows rows = { 0 };
	enum group_by group = options->query.group;
	int r = rows_build(snapshot, &options->query, &rows);
	struct flags flags;

	flags_begin(snapshot, &flags);
	if (r == 0 && group != GROUP_NONE) {
		fprintf(stream, ",\"group_by\":\"%s\"", group_name(group));
		fputs(",\"groups\":[", stream);
	} else if (r == 0) {
		fprintf(stream, ",\"%s\":[", entities[ENTITY_PROCESS].name);
	}
	for (size_t i = 0; i < rows.count && r == 0; i++) {
		if (i)
			fputc(',', stream);
		r = put_object(stream,
			       json_process(options, &flags, &rows.list[i]));
		if (r == 0)
			r = export_status(stream);
	}
	fputc(']', stream);
	rows_done(&rows);
	return r;
}

static int json_sample(FILE *stream, const struct output_options *options,
		       const struct snapshot *snapshot)
{
	int r;

	errno = 0;
	r = put_head(stream, snapshot);
	if (r == 0)
		r = put_single_entities(stream, snapshot);
	if (r == 0)
		r = put_ledger(stream, snapshot);
	if (r == 0)
		r = put_swap_held(stream, snapshot);
	if (r == 0)
		r = put_vmstat(stream, snapshot);
	for (int i = ENTITY_LIST_FIRST; i < ENTITY_LIST_END && r == 0; i++)
		r = put_list(stream, snapshot, i);
	if (r == 0)
		r = put_key(stream, "limit", json_own_limit(snapshot));
	if (r == 0)
		r = put_key(stream, "oom", json_oom(snapshot));
	if (r == 0)
		r = put_processes(stream, options, snapshot);
	if (r < 0)
		return r;
	fputs("}\n", stream);
	return export_status(stream);
}

const struct output_format output_json = {
	.name = "json",
	.sample = json_sample,
};
