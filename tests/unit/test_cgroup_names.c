/* SPDX-License-Identifier: MIT
 *
 * What a control group is called, what it is, and where groups are mounted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../src/collect/cgroup_mount.h"
#include "memtop/base.h"
#include "memtop/cgroup.h"

#define CONTAINER \
	"7f3a09c10123456789abcdef0123456789abcdef0123456789abcdef01234567"

/* ---- names --------------------------------------------------------------- */

static void test_names(void **state)
{
	static const struct {
		const char *path, *name, *kind;
	} cases[] = {
		{ "/", "/", "root" },
		{ "/init.scope", "init.scope", "scope" },
		{ "/system.slice/cron.service", "cron.service", "service" },
		{ "/user.slice/user-1000.slice", "user-1000.slice", "user" },
		{ "/user.slice/user-1000.slice/user@1000.service",
		  "user@1000.service", "user" },
		{ "/user.slice/user-1000.slice/session-3.scope",
		  "session-3.scope", "session" },
		{ "/system.slice/docker-" CONTAINER ".scope",
		  "docker 7f3a09c10123", "docker" },
		{ "/docker/" CONTAINER, "docker 7f3a09c10123", "docker" },
		{ "/moby/" CONTAINER, "docker 7f3a09c10123", "docker" },
		{ "/docker/" CONTAINER "/init", "init", "group" },
		{ "/kubepods.slice/kubepods-burstable.slice",
		  "kubepods-burstable.slice", "slice" },
		{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable"
		  "-pod3f1c9a80_11d2_4a52_9d37_b0c3a0b5f2aa.slice",
		  "pod 3f1c9a80", "pod" },
		{ "/kubepods/burstable/pod3f1c9a80-11d2-4a52-9d37-b0c3a0b5f2aa",
		  "pod 3f1c9a80", "pod" },
		{ "/k/cri-containerd-" CONTAINER ".scope",
		  "container 7f3a09c10123", "container" },
		{ "/k/crio-conmon-" CONTAINER ".scope",
		  "crio monitor 7f3a09c10123", "monitor" },
		{ "/system.slice/kubepods-pod1.slice:cri-containerd:" CONTAINER,
		  "container 7f3a09c10123", "container" },
		{ "/machine.slice/libpod-" CONTAINER ".scope",
		  "podman 7f3a09c10123", "podman" },
		{ "/lxc.payload.web", "lxc web", "lxc" },
		{ "/lxc/web", "lxc web", "lxc" },
		{ "/lxc.payload/web", "lxc web", "lxc" },
		{ "/machine.slice/machine-qemu\\x2d3\\x2dweb\\x2d1.scope",
		  "vm web-1", "vm" },
		{ "/machine.slice/machine-x.scope", "machine x", "machine" },
		{ "/docker-short.scope", "docker-short.scope", "scope" },
		{ "/a\\x2", "a\\x2", "group" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char name[CGROUP_NAME_SIZE], kind[12];

		cgroup_describe(cases[i].path, name, kind);
		assert_string_equal(name, cases[i].name);
		assert_string_equal(kind, cases[i].kind);
	}
}

/* What systemctl would be told; NULL: there is nothing to tell it. */
static void test_units(void **state)
{
	static const struct {
		const char *path, *unit;
		bool user;
	} cases[] = {
		{ "/system.slice/cron.service", "cron.service", false },
		{ "/system.slice/system-a\\x2db.slice", "system-a\\x2db.slice",
		  false },
		{ "/system.slice/docker-" CONTAINER ".scope",
		  "docker-" CONTAINER ".scope", false },
		{ "/user.slice/user-7.slice/user@7.service", "user@7.service",
		  false },
		{ "/user.slice/user-7.slice/user@7.service/app.slice/a.scope",
		  "a.scope", true },
		{ "/system.slice/a.service/b.scope", NULL, false },
		{ "/system.slice/a.service/workers", NULL, false },
		{ "/docker/" CONTAINER, NULL, false },
		{ "/", NULL, false },
		{ "", NULL, false },
		{ "/.slice", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *unit = NULL;
		bool user = false;

		assert_int_equal(cgroup_unit(cases[i].path, &unit, &user),
				 cases[i].unit != NULL);
		if (!cases[i].unit)
			continue;
		assert_string_equal(unit, cases[i].unit);
		assert_int_equal(user, cases[i].user);
	}
}

/* ---- where they are ------------------------------------------------------ */

static void test_mounts(void **state)
{
	static const struct {
		const char *text;
		bool found, v1;
		const char *point;
	} cases[] = {
		{ "", false, false, "" },
		{ "1 0 0:1 / /proc rw - proc proc rw\n", false, false, "" },
		{ "1 0 0:1 / /c rw - cgroup cgroup rw,cpu\n", false, false,
		  "" },
		{ "1 0 0:1 / /c rw - cgroup cgroup rw,name=memory\n", false,
		  false, "" },
		{ "1 0 0:1 / /c rw - cgroup2 none rw\n"
		  "2 0 0:1 / /m rw shared:1 master:2 - cgroup x "
		  "rw,cpu,memory\n",
		  true, true, "/m" },
		{ "2 0 0:1 / /m rw - cgroup x rw,memory\n"
		  "1 0 0:1 / /c rw - cgroup2 none rw\n",
		  true, true, "/m" },
		{ "1 0 0:1 /a /c rw - cgroup2 none rw\n"
		  "1 0 0:1 / /d rw - cgroup2 none rw\n",
		  true, false, "/d" },
		{ "1 0 0:1 / /c", false, false, "" },
		{ "-\n- - -", false, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cgroup_line line;

		assert_int_equal(cgroup_mount_find(cases[i].text, &line),
				 cases[i].found);
		if (!cases[i].found)
			continue;
		assert_int_equal(line.v1, cases[i].v1);
		assert_int_equal(line.point_len, strlen(cases[i].point));
		assert_memory_equal(line.point, cases[i].point, line.point_len);
	}
}

/* One that has no name, as a recording may say, has its path. */
static void test_titles(void **state)
{
	struct text *path = text_new("/a.slice", 8), *name = text_new("a", 1);
	const struct cgroup both = { .path = path, .name = name };
	const struct cgroup nameless = { .path = path };
	const struct cgroup neither = { .depth = 1 };

	(void)state;
	assert_ptr_equal(cgroup_title(&both), name);
	assert_ptr_equal(cgroup_title(&nameless), path);
	assert_null(cgroup_title(&neither));
	text_unref(path);
	text_unref(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_mounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
