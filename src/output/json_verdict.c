/* SPDX-License-Identifier: MIT
 *
 * The verdict of a sample as an object: its text, evidence, who, and what else
 * there is.
 */
#include <json-c/json.h>

#include "json_write.h"
#include "memtop/format.h"

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

struct json_object *json_verdict(const struct verdict *verdict)
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
