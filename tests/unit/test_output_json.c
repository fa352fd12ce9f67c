/* SPDX-License-Identifier: MIT
 *
 * JSON Lines, parsed back: every field is there, figures are exact, what is
 * not known is null, and no name gets out of its string.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>

#include "rendered.h"

static struct json_object *parse(const char *text)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT |
						JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, text, (int)strlen(text));
	assert_int_equal(json_tokener_get_error(tokener), json_tokener_success);
	/* one object, one line */
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	json_tokener_free(tokener);
	return object;
}

static struct json_object *sample(enum scripted_case which, unsigned step)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	char *text = rendered(&output_json, &options, which, step);
	struct json_object *object = parse(text);

	free(text);
	return object;
}

/* "memory.some.avg10"; fails when the key is not there. */
static struct json_object *at(struct json_object *object, const char *path)
{
	char copy[128], *save, *key;

	strcpy(copy, path);
	for (key = strtok_r(copy, ".", &save); key;
	     key = strtok_r(NULL, ".", &save))
		if (!json_object_object_get_ex(object, key, &object))
			fail_msg("no %s in the object", path);
	return object;
}

static struct json_object *process(struct json_object *object, int pid)
{
	struct json_object *list = at(object, "processes");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i);

		if (json_object_get_int(at(one, "pid")) == pid)
			return one;
	}
	fail_msg("no process %d", pid);
	return NULL;
}

static void test_head(void **state)
{
	struct json_object *object = sample(SCRIPTED_THRASH, 0);

	(void)state;
	assert_int_equal(json_object_get_int(at(object, "version")), 1);
	assert_string_equal(json_object_get_string(at(object, "time")),
			    "2026-11-22T14:02:37.000+00:00");
	assert_string_equal(json_object_get_string(at(object, "host")),
			    "web-07");
	assert_string_equal(json_object_to_json_string(at(object, "interval")),
			    "1");
	assert_string_equal(
		json_object_get_string(at(object, "verdict.severity")), "CRIT");
	assert_string_equal(json_object_get_string(at(object, "verdict.since")),
			    "2026-11-22T13:48:10.000+00:00");
	assert_string_equal(json_object_to_json_string(
				    at(object, "pressure.memory.some.avg10")),
			    "41.2");
	assert_int_equal(json_object_get_int64(at(object, "vmstat.pgmajfault")),
			 12700000);
	assert_int_equal(
		json_object_get_int64(at(object, "vmstat_rates.pgmajfault")),
		9100);
	assert_int_equal(json_object_array_length(at(object, "swaps")), 2);
	assert_int_equal(
		json_object_get_int64(at(object, "coverage.pss_known")), 312);
	json_object_put(object);
	/* the screen's "-" is nobody's word */
	object = sample(SCRIPTED_HEALTHY, 0);
	assert_non_null(at(object, "verdict.next"));
	assert_null(at(object, "verdict.do"));
	json_object_put(object);
}

static void test_oom_of_cgroups(void **state)
{
	struct json_object *object = sample(SCRIPTED_THRASH, 5), *list, *first;

	(void)state;
	assert_int_equal(
		json_object_get_int(at(object, "oom.global.victim.pid")),
		SCRIPTED_JAVA);
	assert_null(at(object, "oom.global.group"));
	list = at(object, "oom.cgroups");
	assert_int_equal(json_object_array_length(list), 5);
	first = json_object_array_get_idx(list, 0);
	assert_string_equal(json_object_get_string(at(first, "path")),
			    "/system.slice/celery.slice");
	assert_int_equal(json_object_get_int64(at(first, "limit")),
			 6656ll << 20);
	assert_int_equal(json_object_get_int64(at(first, "current")),
			 6246ll << 20);
	assert_true(json_object_get_int64(at(first, "headroom")) > 0);
	assert_string_equal(json_object_get_string(at(first, "victim.command")),
			    "celery");
	assert_int_equal(
		json_object_get_int(at(first, "victim.pid")),
		json_object_get_int(
			at(json_object_array_get_idx(at(first, "ranking"), 0),
			   "pid")));
	assert_true(json_object_array_length(at(first, "ranking")) > 10);
	json_object_put(object);
}

/* Whatever may not be killed is no victim, in the machine and in no group. */
static void test_oom_of_nobody(void **state)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 5);
	struct json_object *object, *list, *one;
	char *text;

	(void)state;
	scripted_exempt(snapshot);
	text = rendered_snapshot(&output_json, &options, snapshot);
	object = parse(text);
	assert_null(at(object, "oom.global.victim"));
	assert_null(at(object, "oom.global.group"));
	assert_int_equal(
		json_object_array_length(at(object, "oom.global.ranking")), 0);
	list = at(object, "oom.cgroups");
	assert_int_equal(json_object_array_length(list), 5);
	for (size_t i = 0; i < json_object_array_length(list); i++) {
		one = json_object_array_get_idx(list, i);
		assert_null(at(one, "victim"));
		assert_null(at(one, "group"));
		assert_int_equal(json_object_array_length(at(one, "ranking")),
				 0);
		assert_true(json_object_get_int64(at(one, "limit")) > 0);
	}
	json_object_put(object);
	snapshot_unref(snapshot);
	free(text);
}

/* A sample that nobody has judged, such as one of an old recording. */
static void test_no_verdict(void **state)
{
	static const char *const keys[] = { "rule", "text", "since", "who",
					    "next", "do",   "advice" };
	struct output_options options = rendered_options(VIEW_PROCESSES);
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 5);
	struct json_object *object, *verdict;
	char *text;

	(void)state;
	verdict_unref_texts(&snapshot->verdict);
	snapshot->verdict = (struct verdict){ .since_realtime_ns = UNKNOWN };
	text = rendered_snapshot(&output_json, &options, snapshot);
	object = parse(text);
	verdict = at(object, "verdict");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_null(at(verdict, keys[i]));
	assert_int_equal(json_object_object_length(at(verdict, "evidence")), 0);
	assert_int_equal(json_object_array_length(at(verdict, "subjects")), 0);
	assert_int_equal(json_object_array_length(at(verdict, "also")), 0);
	json_object_put(object);
	snapshot_unref(snapshot);
	free(text);
}

/* A new row of a field table is in the export without anybody's doing. */
static void test_every_field(void **state)
{
	struct json_object *object = sample(SCRIPTED_THRASH, 0);
	const struct entity *entity = &entities[ENTITY_PROCESS];
	struct json_object *java = process(object, SCRIPTED_JAVA);

	(void)state;
	for (size_t i = 0; i < entity->nfields; i++)
		at(java, entity->fields[i].name);
	for (size_t e = 0; e < ENTITY_COUNT; e++) {
		if (entities[e].repeated || entities[e].on_demand)
			continue;
		for (size_t i = 0; i < entities[e].nfields; i++)
			at(at(object, entities[e].name),
			   entities[e].fields[i].name);
	}
	json_object_put(object);
}

static void test_exact(void **state)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 0);
	struct json_object *object;
	char *text;

	(void)state;
	snapshot->memory.total = UINT64_MAX - 1;
	snapshot->load.load1 = INFINITY;
	snapshot->load.load5 = -1234.5678;
	text = rendered_snapshot(&output_json, &options, snapshot);
	object = parse(text);
	assert_true(json_object_get_uint64(at(object, "memory.total")) ==
		    UINT64_MAX - 1);
	assert_null(at(object, "load.load1"));
	assert_string_equal(
		json_object_to_json_string(at(object, "load.load5")),
		"-1234.568");
	assert_non_null(strstr(text, "\"growth_rate\":4823449.6,"));
	json_object_put(object);
	snapshot_unref(snapshot);
	free(text);
}

static void test_unknown_is_null(void **state)
{
	struct json_object *object = sample(SCRIPTED_NOBODY, 0);
	struct json_object *one = process(object, SCRIPTED_JAVA);

	(void)state;
	assert_null(at(one, "pss"));
	assert_null(at(one, "thp"));
	assert_null(at(one, "smaps_age_ms"));
	assert_string_equal(json_object_get_string(at(one, "smaps_state")),
			    "denied");
	assert_true(json_object_get_int64(at(one, "rss")) > 0);
	one = process(object, SCRIPTED_VIM);
	assert_true(json_object_get_int64(at(one, "pss")) > 0);
	assert_string_equal(json_object_get_string(at(one, "smaps_state")),
			    "ok");
	assert_int_equal(json_object_get_int(at(one, "smaps_age_ms")), 2000);
	json_object_put(object);

	object = sample(SCRIPTED_STARTING, 0);
	assert_null(at(object, "interval"));
	assert_null(at(object, "vmstat_rates.pswpin"));
	one = process(object, SCRIPTED_JAVA);
	assert_null(at(one, "major_fault_rate"));
	assert_null(at(one, "command"));
	assert_string_equal(json_object_get_string(at(one, "smaps_state")),
			    "pending");
	json_object_put(object);

	object = sample(SCRIPTED_NO_PSI, 0);
	assert_null(at(object, "pressure.memory.some.avg10"));
	json_object_put(object);
}

static void test_hostile(void **state)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	char *text = rendered(&output_json, &options, SCRIPTED_HOSTILE, 0);
	struct json_object *object = parse(text);
	const char *s;

	(void)state;
	for (const char *c = text; *c; c++) {
		unsigned char byte = (unsigned char)*c;
		unsigned char next = (unsigned char)c[1];

		assert_true((byte >= ' ' && byte != 0x7f) || byte == '\n');
		assert_false(byte == 0xc2 && next < 0xa0);
	}
	/* the other direction of writing: escaped, not lost */
	assert_null(strstr(text, "\xe2\x80\xae"));
	s = json_object_get_string(at(process(object, 104), "command"));
	assert_non_null(strstr(s, "\xe2\x80\xaeltr\xe2\x80\x8b"));
	s = json_object_get_string(at(process(object, 100), "comm"));
	assert_string_equal(s, "ev\033[2Jil\n)");
	s = json_object_get_string(at(process(object, 102), "comm"));
	assert_string_equal(s, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	/* cut off, overlong, a surrogate, beyond the last character */
	s = json_object_get_string(at(process(object, 102), "command"));
	assert_string_equal(s, "ok \xef\xbf\xbd cut\xef\xbf\xbd\xef\xbf\xbd "
			       "\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd"
			       "\xef\xbf\xbd\xef\xbf\xbd");
	s = json_object_get_string(at(process(object, 102), "cgroup"));
	assert_string_equal(s, "/\xef\xbf\xbd\xef\xbf\xbd");
	s = json_object_get_string(at(process(object, 103), "comm"));
	assert_string_equal(s, "c1\xc2\x9b"
			       "2J");
	s = json_object_get_string(at(process(object, 107), "command"));
	assert_string_equal(s, "\\u0000\"}\n{\"a\":1}");
	assert_int_equal(strlen(json_object_get_string(
				 at(process(object, 110), "command"))),
			 4096);
	json_object_put(object);
	free(text);
}

static void set_list(struct snapshot *snapshot, enum entity_id entity,
		     enum state list_state)
{
	struct list *list = list_new(entity);

	assert_non_null(list);
	list->block.state = list_state;
	snapshot_set_list(snapshot, list);
}

/* Without rows because it was refused is not without rows. */
static void test_unread(void **state)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 0);
	struct json_object *object, *unread, *none;
	char *text;

	(void)state;
	set_list(snapshot, ENTITY_SLAB, STATE_DENIED);
	set_list(snapshot, ENTITY_SWAP, STATE_OK);
	snapshot->ksm.block.state = STATE_ABSENT;
	text = rendered_snapshot(&output_json, &options, snapshot);
	object = parse(text);
	assert_null(at(object, "slabs"));
	assert_int_equal(json_object_array_length(at(object, "swaps")), 0);
	assert_null(at(object, "ksm.run"));
	unread = at(object, "unread");
	assert_string_equal(json_object_get_string(at(unread, "slabs")),
			    "denied");
	assert_string_equal(json_object_get_string(at(unread, "ksm")),
			    "absent");
	assert_false(json_object_object_get_ex(unread, "swaps", &none));
	assert_false(json_object_object_get_ex(unread, "memory", &none));
	json_object_put(object);
	snapshot_unref(snapshot);
	free(text);
}

static void test_query(void **state)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	const uint8_t columns[] = { PROCESS_PID, PROCESS_SWAP };
	struct json_object *object, *list, *unwanted;
	char *text;

	(void)state;
	options.columns = columns;
	options.ncolumns = ARRAY_SIZE(columns);
	options.query.sort = PROCESS_SWAP;
	options.query.top = 2;
	text = rendered(&output_json, &options, SCRIPTED_THRASH, 0);
	object = parse(text);
	list = at(object, "processes");
	assert_int_equal(json_object_array_length(list), 2);
	list = json_object_array_get_idx(list, 1);
	assert_int_equal(json_object_get_int(at(list, "pid")),
			 SCRIPTED_PROMETHEUS);
	at(list, "smaps_state");
	assert_false(json_object_object_get_ex(list, "rss", &unwanted));
	json_object_put(object);
	free(text);
}

static void test_groups(void **state)
{
	struct output_options options = rendered_options(VIEW_OVERVIEW);
	struct json_object *object, *group, *unwanted;
	char *text = rendered(&output_json, &options, SCRIPTED_THRASH, 0);

	(void)state;
	object = parse(text);
	assert_string_equal(json_object_get_string(at(object, "group_by")),
			    "command");
	assert_false(json_object_object_get_ex(object, "processes", &unwanted));
	group = json_object_array_get_idx(at(object, "groups"), 1);
	assert_string_equal(json_object_get_string(at(group, "name")),
			    "postgres");
	assert_int_equal(json_object_get_int(at(group, "count")), 64);
	assert_int_equal(json_object_get_int(at(group, "largest_pid")),
			 SCRIPTED_POSTGRES);
	assert_null(at(group, "pid"));
	json_object_put(object);
	free(text);
}

static void test_limit(void **state)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	char *text = rendered(&output_json, &options, SCRIPTED_CONTAINER, 0);
	struct json_object *object = parse(text), *limit = at(object, "limit");

	(void)state;
	assert_string_equal(json_object_get_string(at(limit, "name")),
			    "docker 7f3a09c10123");
	assert_memory_equal(json_object_get_string(at(limit, "path")),
			    "/docker/7f3a09c1", 16);
	assert_int_equal(json_object_get_int64(at(limit, "limit")),
			 INT64_C(4) << 30);
	assert_int_equal(json_object_get_int64(at(limit, "current")),
			 INT64_C(2765) << 20);
	assert_int_equal(json_object_get_int64(at(limit, "available")) >> 20,
			 1468);
	json_object_put(object);
	free(text);
	text = rendered(&output_json, &options, SCRIPTED_THRASH, 0);
	object = parse(text);
	assert_null(at(object, "limit"));
	json_object_put(object);
	free(text);
}

static void test_full_disk(void **state)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 0);
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	assert_int_equal(output_json.sample(full, &options, snapshot), -ENOSPC);
	fclose(full);
	snapshot_unref(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_oom_of_cgroups),
		cmocka_unit_test(test_oom_of_nobody),
		cmocka_unit_test(test_no_verdict),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_unknown_is_null),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_full_disk),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
