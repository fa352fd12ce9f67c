/* SPDX-License-Identifier: MIT
 *
 * What the OOM pane says of programs that kill before the kernel does, and
 * what stands there when nobody could be killed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/list.h"
#include "memtop/text.h"
#include "stage.h"

#define KILLER_PID 700

/* A service of that name; uid: whose it is. */
static struct process *killer_new(const struct snapshot *snapshot,
				  const char *comm, const char *command,
				  uint64_t uid)
{
	struct process *p = process_copy(snapshot_find_pid(snapshot, 1));

	assert_non_null(p);
	p->key.pid = KILLER_PID;
	p->ppid = 1;
	p->uid = uid;
	snprintf(p->comm, sizeof(p->comm), "%s", comm);
	text_unref(p->command);
	p->command = text_new(command, strlen(command));
	return p;
}

/* The pane, with such a program on the machine. */
static void begin_with(struct stage *stage, const char *comm,
		       const char *command, uint64_t uid)
{
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 10);

	stage_add(snapshot, killer_new(snapshot, comm, command, uid));
	stage_begin(stage, SCRIPTED_THRASH, 10, 36, 120);
	stage_push_snapshot(stage, snapshot);
	stage_keys(stage, "4");
}

static void other_killers_are_named(void **state)
{
	static const struct {
		const char *comm, *command, *note;
	} killers[] = {
		{ "earlyoom", "/usr/bin/earlyoom -r 3600",
		  "earlyoom[700] acts before the kernel does; its choice "
		  "would be java[48213]." },
		{ "earlyoom", "/usr/bin/earlyoom --avoid ^java$",
		  "earlyoom[700] acts before the kernel does; its choice "
		  "would be celery[52011]." },
		{ "nohang", "/usr/bin/python3 /usr/sbin/nohang --monitor",
		  "nohang[700] acts before the kernel does; its choice "
		  "would be java[48213]." },
		{ "systemd-oomd", "/usr/lib/systemd/systemd-oomd",
		  "systemd-oomd[700] acts before the kernel does; its choice "
		  "would be celery.service." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(killers); i++) {
		struct stage stage;

		begin_with(&stage, killers[i].comm, killers[i].command, 0);
		if (!stage_shows(&stage, killers[i].note))
			fail_msg("%s: not shown: %s", killers[i].command,
				 killers[i].note);
		stage_end(&stage);
	}
}

/* Anybody may call a program earlyoom. */
static void program_of_a_person_is_none(void **state)
{
	struct stage stage;

	(void)state;
	begin_with(&stage, "earlyoom", "./earlyoom", 1000);
	assert_true(stage_shows(&stage, "Kernel kill order: "));
	assert_false(stage_shows(&stage, "acts before the kernel"));
	stage_end(&stage);
}

/* What systemd-oomd would choose is in the control groups: without them the
 * note says so, and names nobody. */
static void choice_that_is_not_known(void **state)
{
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 10);
	struct stage stage;

	(void)state;
	stage_add(snapshot, killer_new(snapshot, "systemd-oomd", "", 0));
	snapshot_set_list(snapshot, list_new(ENTITY_CGROUP));
	stage_begin(&stage, SCRIPTED_THRASH, 10, 36, 120);
	stage_push_snapshot(&stage, snapshot);
	stage_keys(&stage, "4");
	assert_true(stage_shows(&stage, "its choice would be nobody that is "
					"known."));
	stage_end(&stage);
}

/* All that could be killed are exempt: no name stands anywhere. */
static void nobody_can_be_killed(void **state)
{
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 10);
	struct stage stage;

	(void)state;
	scripted_exempt(snapshot);
	stage_begin(&stage, SCRIPTED_THRASH, 10, 36, 120);
	stage_push_snapshot(&stage, snapshot);
	stage_keys(&stage, "4");
	assert_true(stage_shows(&stage, "Kernel kill order: nothing that could "
					"be killed is known"));
	assert_true(stage_shows(&stage, "dies first  nobody known"));
	assert_true(stage_shows(&stage, "adj -1000   badness never"));
	assert_true(stage_shows(&stage, "dies first with any adj but -1000"));
	assert_false(stage_shows(&stage, "would be killed"));
	stage_end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_killers_are_named),
		cmocka_unit_test(program_of_a_person_is_none),
		cmocka_unit_test(choice_that_is_not_known),
		cmocka_unit_test(nobody_can_be_killed),
	};

	return cmocka_run_group_tests_name("the OOM pane", tests, NULL, NULL);
}
