/* SPDX-License-Identifier: MIT
 *
 * The lines for people: their layout at a width, what they say of what is not
 * known, and that nothing in them moves a cursor.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/cgroup.h"
#include "memtop/text.h"
#include "rendered.h"

static char *text_of(enum view_id view, enum scripted_case which, int width,
		     size_t top)
{
	struct output_options options = rendered_options(view);

	options.width = width;
	options.query.top = top;
	return rendered(&output_text, &options, which, 0);
}

static void assert_has(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no \"%s\" in\n%s", line, text);
}

static void assert_width(const char *text, int width)
{
	char *copy = strdup(text), *save;

	assert_non_null(copy);
	for (char *line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (text_cells(line) > width || text_cells(line) < 0)
			fail_msg("wider than %d: %s", width, line);
		assert_true(line[strlen(line) - 1] != ' ');
	}
	free(copy);
}

static void test_processes(void **state)
{
	char *text = text_of(VIEW_PROCESSES, SCRIPTED_THRASH, 80, 3);

	(void)state;
	assert_string_equal(
		text,
		"CRIT  THRASHING 14m (since 13:48): some task waits 41%, all "
		"23%\n"
		"who   java[48213] 31.2G PSS, +276M/min; celery x16 waits "
		"most\n"
		"next  OOM kill: java[48213], 45.2% of RAM+swap, would free "
		"31.1G RAM + 4.1G swap\n"
		"memtop web-07  2026-11-22 14:02:37\n"
		"RAM   62.6G  avail 1.6G 3%  anon 47.6G shm 3.2G file 2.6G "
		"slab 2.9G free 0.4G\n"
		"SWAP  16.0G  free 1.5G 9%  in 61M/s  out 66M/s\n"
		"PSI   some 41.2 33.8 19.4  full 22.7 17.1 9.6  % of time, "
		"last 10s 1m 5m\n"
		"\n"
		"    PID USER       PSSv   RSS  SWAP MAJ/s GROW/m  OOM FLAG "
		"COMMAND\n"
		"  48213 opensea+ 31.2G  31.4G  4.1G  2.5k  +276M  968 GWO  "
		"java -Xms30g -Xmx30g+\n"
		"   2210 prometh+  2.4G   2.5G  921M    41  +1.0M  694 W    "
		"prometheus --storage+\n"
		"  31877 postgres  1.3G'  4.1G  112M    96  +4.0M  702 W    "
		"postgres: app web 10+\n");
	free(text);
}

static void test_widths(void **state)
{
	(void)state;
	for (size_t view = 0; view < VIEW_COUNT; view++) {
		for (size_t which = 0; which < SCRIPTED_CASE_COUNT; which++) {
			for (int width = 20; width <= 200; width += 20) {
				char *text = text_of((enum view_id)view,
						     (enum scripted_case)which,
						     width, 20);

				assert_width(text, width);
				free(text);
			}
		}
	}
}

static void test_unlimited(void **state)
{
	char *text = text_of(VIEW_PROCESSES, SCRIPTED_THRASH, 0, 1);

	(void)state;
	assert_has(text, "all of them at once 23%\n");
	assert_has(text, "-cp /usr/share/opensearch/lib/*\n");
	free(text);
}

static void test_not_permitted(void **state)
{
	char *text = text_of(VIEW_PROCESSES, SCRIPTED_NOBODY, 100, 1);

	(void)state;
	assert_has(text, "  48213 opensea+<31.4G?     ? 31.4G");
	assert_has(text, "\n\nPSS of 37 of 312 processes, sum 288M; 275 not "
			 "permitted (?), RSS as the upper bound (<)\n");
	free(text);
}

static void test_missing_parts(void **state)
{
	char *text = text_of(VIEW_PROCESSES, SCRIPTED_NO_PSI, 80, 1);

	(void)state;
	assert_has(text, "PSI   off: boot with psi=1\n");
	free(text);
	text = text_of(VIEW_PROCESSES, SCRIPTED_NO_SWAP, 80, 1);
	assert_has(text, "SWAP  none: pressure goes straight to page cache "
			 "and OOM\n");
	free(text);
	text = text_of(VIEW_PROCESSES, SCRIPTED_STARTING, 80, 1);
	assert_has(text, "in ..  out ..\n");
	assert_has(text, "<31.4G  31.4G  4.1G    ..     ..  968 O    java\n");
	assert_has(text, "; 312 not measured yet (..)\n");
	free(text);
	/* a /proc without system files: the kernel may well have PSI */
	struct output_options options = rendered_options(VIEW_PROCESSES);
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	snapshot->memory.block.state = STATE_ABSENT;
	snapshot->pressure.memory_block.state = STATE_ABSENT;
	text = rendered_snapshot(&output_text, &options, snapshot);
	assert_has(text, "PSI   n/a\n");
	free(text);
	snapshot_unref(snapshot);
}

static void test_groups(void **state)
{
	char *text = text_of(VIEW_OVERVIEW, SCRIPTED_THRASH, 80, 2);

	(void)state;
	assert_has(text, "COMMAND     N   PSSv  SWAP GROW/m MAJ/s FLAG TOP "
			 "MEMBER\n");
	assert_has(text, "postgres   64  6.1G'  2.2G  +4.0M   809 W    "
			 "postgres[31877]\n");
	free(text);
}

static void test_tree(void **state)
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	static const uint8_t columns[] = { PROCESS_PID, PROCESS_PSS,
					   PROCESS_COMM };
	char *text;

	(void)state;
	options.query.tree = true;
	options.columns = columns;
	options.ncolumns = ARRAY_SIZE(columns);
	text = rendered(&output_text, &options, SCRIPTED_THRASH, 0);
	assert_has(text, "    PID   PSSv  PSS+  COMM\n"
			 "      1  9.1M  51.8G' systemd\n"
			 "  48213 31.2G  31.2G  |- java\n"
			 "   3301  118M'  6.1G' |- postgres\n"
			 "  31877  1.3G'  1.3G' |  |- postgres\n");
	assert_has(text, "' |  `- postgres\n");
	free(text);
}

static void test_extras(void **state)
{
	char *text = text_of(VIEW_SWAP, SCRIPTED_HOSTILE, 80, 1);

	(void)state;
	assert_has(text, "DEVICE               TYPE      PRIO  SIZE  USED"
			 "  IN/s OUT/s BUSY  AWAIT\n"
			 "/dev/zram0           zram       100  8.0G  7.9G"
			 "   22M  7.0M   4%   12us\n"
			 "/swap?[31m?\"file\",=1 partition   -2  8.0G  6.6G"
			 "   39M   59M  83%    4ms\n");
	free(text);
	text = text_of(VIEW_THP, SCRIPTED_THRASH, 80, 1);
	assert_has(text, "enabled                     always\n");
	free(text);
}

static void test_container(void **state)
{
	char *text = text_of(VIEW_PROCESSES, SCRIPTED_CONTAINER, 80, 1);

	(void)state;
	assert_has(text, "\nLIMIT 4.0G  avail 1.4G 36%  of docker "
			 "7f3a09c10123\nRAM   62.6G  avail 38.2G");
	free(text);
	/* no container: it limits memtop, not what it shows */
	text = text_of(VIEW_PROCESSES, SCRIPTED_THRASH, 80, 1);
	assert_null(strstr(text, "LIMIT"));
	free(text);
}

/* Panes without processes. */
static void test_lists(void **state)
{
	struct output_options options = rendered_options(VIEW_CGROUPS);
	static const uint8_t columns[] = { CGROUP_PATH, CGROUP_DEPTH };
	char *text = text_of(VIEW_CGROUPS, SCRIPTED_THRASH, 80, 3);

	(void)state;
	assert_has(text,
		   "last 10s 1m 5m\n\n"
		   "CGROUP                          CURRENT   MAX  ROOM   ETA"
		   "  SWAP  SOME OOMK    N\n"
		   "/                                 55.7G     -     -     -"
		   " 14.0G   41%    -  312\n"
		   "system.slice                      50.7G   max     -     -"
		   " 12.4G   40%    2  233\n"
		   "opensearch.service                31.6G   max     -     -"
		   "  4.1G   19%    0    1\n");
	assert_null(strstr(text, "init.scope"));
	assert_null(strstr(text, "COMMAND"));
	free(text);
	options.columns = columns;
	options.ncolumns = ARRAY_SIZE(columns);
	options.query.sort = CGROUP_DEPTH;
	options.query.top = 1;
	text = rendered(&output_text, &options, SCRIPTED_THRASH, 0);
	assert_has(text, "PATH                                     depth\n"
			 "/system.slice/celery.slice/celery.servi+     3\n");
	free(text);
}

/* What can't be read is said, where there is nothing else to see. */
static void test_lists_not_read(void **state)
{
	struct snapshot *snapshot = snapshot_new();
	struct output_options options = rendered_options(VIEW_KERNEL);
	struct list *slabs = list_new(ENTITY_SLAB);
	char *text;

	(void)state;
	assert_non_null(snapshot);
	slabs->block.state = STATE_DENIED;
	snapshot_set_list(snapshot, slabs);
	text = rendered_snapshot(&output_text, &options, snapshot);
	assert_has(text, "PSI   pending\n\nslabs: denied\n\n"
			 "free_blocks: pending\n");
	assert_has(text, "\n\ncounters: pending\n");
	free(text);
	options = rendered_options(VIEW_SWAP);
	text = rendered_snapshot(&output_text, &options, snapshot);
	assert_null(strstr(text, ": pending"));
	free(text);
	snapshot_unref(snapshot);
}

static void test_hostile(void **state)
{
	for (int width = 0; width <= 80; width += 40) {
		char *text =
			text_of(VIEW_PROCESSES, SCRIPTED_HOSTILE, width, 0);

		(void)state;
		for (const char *c = text; *c; c++) {
			unsigned char byte = (unsigned char)*c;
			unsigned char next = (unsigned char)c[1];

			assert_true((byte >= ' ' && byte != 0x7f) ||
				    byte == '\n');
			assert_false(byte == 0xc2 && next < 0xa0);
		}
		free(text);
	}
}

/* A tenth of a G is no unit where a G is a lot. */
static void test_small_machine(void **state)
{
	struct snapshot *s = scripted_snapshot(SCRIPTED_HEALTHY, 0);
	struct output_options options = rendered_options(VIEW_PROCESSES);
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_non_null(stream);
	s->memory.total = 512 * MIB;
	s->memory.available = 9 * MIB;
	s->memory.swap_total = GIB;
	s->memory.swap_free = 20 * MIB;
	assert_int_equal(output_text.sample(stream, &options, s), 0);
	fclose(stream);
	assert_has(text, "RAM   512M  avail 9.0M 2% ");
	assert_has(text, "SWAP  1.0G  free 20M 2% ");
	/* nothing is wrong: nobody is named above the figures */
	assert_null(strstr(text, "\nnext "));
	free(text);
	snapshot_unref(s);
}

static void test_little(void **state)
{
	struct snapshot *s = scripted_snapshot(SCRIPTED_HEALTHY, 0);
	struct output_options options = rendered_options(VIEW_PROCESSES);
	char *text;

	(void)state;
	s->memory.shmem = 9 * MIB;
	text = rendered_snapshot(&output_text, &options, s);
	assert_has(text, " shm <0.1G file ");
	free(text);
	s->memory.shmem = 0;
	text = rendered_snapshot(&output_text, &options, s);
	assert_null(strstr(text, "<0.1G"));
	free(text);
	snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_small_machine),
		cmocka_unit_test(test_little),
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_unlimited),
		cmocka_unit_test(test_not_permitted),
		cmocka_unit_test(test_missing_parts),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_extras),
		cmocka_unit_test(test_container),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_lists_not_read),
		cmocka_unit_test(test_hostile),
	};

	setenv("TZ", "UTC", 1);
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
