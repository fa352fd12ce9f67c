/* SPDX-License-Identifier: MIT
 *
 * The settings file: what is read, which lines are named as wrong, and that
 * saving changes what it must and nothing else.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/config.h"
#include "memtop/format.h"

static char directory[] = "/tmp/memtop-config-XXXXXX";
static char path[128];
static char complaints[4096];

static int make_directory(void **state)
{
	(void)state;
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/config", directory);
	return 0;
}

static int remove_directory(void **state)
{
	char command[160];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return system(command);
}

static void write_file(const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void assert_file(const char *expected)
{
	char text[8192];
	FILE *file = fopen(path, "r");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	assert_string_equal(text, expected);
}

static void complain(void *context, const char *message)
{
	size_t at = strlen(complaints);

	(void)context;
	/* without the directory, which differs from run to run */
	assert_memory_equal(message, path, strlen(path));
	snprintf(complaints + at, sizeof(complaints) - at, "%s\n",
		 message + strlen(path));
}

static struct config load(const char *text)
{
	struct config config;

	write_file(text);
	complaints[0] = '\0';
	assert_int_equal(config_load(path, true, &config, complain, NULL), 0);
	return config;
}

static void test_reads(void **state)
{
	struct config c = load("# mine\n"
			       "delay = 2.5\n"
			       "pane = swap ; the usual suspect\n"
			       "theme=mono\n"
			       "ASCII: yes\n"
			       "unit = m\n"
			       "\n"
			       "[Processes]\n"
			       "sort = majflt\n"
			       "reverse = on\n"
			       "columns = pid user\n"
			       "\tpss, swap\n"
			       "\tcommand\n"
			       "[oom]\n"
			       "columns = pid\n");
	const struct config_table *v = &c.views[VIEW_PROCESSES];

	(void)state;
	assert_string_equal(complaints, "");
	assert_int_equal(c.delay_ns, 2500 * NS_PER_MS);
	assert_ptr_equal(c.view, &views[VIEW_SWAP]);
	assert_true(c.has_theme && c.theme == 1);
	assert_true(c.has_ascii && c.ascii);
	assert_int_equal(c.unit, FORMAT_M);
	assert_int_equal(v->sort, PROCESS_MAJOR_FAULT_RATE);
	assert_true(v->has_reverse && v->reverse);
	assert_int_equal(v->ncolumns, 5);
	assert_int_equal(v->columns[4], PROCESS_COMMAND);
	assert_int_equal(c.views[VIEW_OOM].ncolumns, 1);
	assert_int_equal(c.views[VIEW_SWAP].ncolumns, 0);
}

/* Lists have their own fields. */
static void test_lists(void **state)
{
	struct config c = load("[Slabs]\n"
			       "sort = growth_rate\n"
			       "reverse = yes\n"
			       "columns = name size pss\n"
			       "[swaps]\n"
			       "columns = name\n"
			       "[cgroups]\n"
			       "columns = name swap.current\n"
			       "[kernel]\n"
			       "columns = name\n");
	const struct entity *slab = &entities[ENTITY_SLAB];

	(void)state;
	assert_string_equal(
		complaints,
		":4: columns: 'name size pss' has a word that is no field\n"
		/* no pane has it as a list with a cursor */
		":6: unknown setting 'columns' of swaps\n"
		":10: unknown setting 'columns' of kernel\n");
	assert_true(c.lists[ENTITY_SLAB].has_sort);
	assert_string_equal(slab->fields[c.lists[ENTITY_SLAB].sort].name,
			    "growth_rate");
	assert_true(c.lists[ENTITY_SLAB].reverse);
	assert_int_equal(c.lists[ENTITY_SLAB].ncolumns, 0);
	assert_int_equal(c.lists[ENTITY_CGROUP].ncolumns, 2);
	unlink(path);
	assert_int_equal(config_save(path, &c), 0);
	assert_file("\n[slabs]\nsort = growth_rate\nreverse = yes\n"
		    "\n[cgroups]\ncolumns = name swap.current\n");
}

static void test_wrong_lines(void **state)
{
	char text[1024], filler[300];
	struct config c;

	(void)state;
	memset(filler, 'x', sizeof(filler) - 1);
	filler[sizeof(filler) - 1] = '\0';
	snprintf(text, sizeof(text),
		 "delay = soon\n"
		 "nonsense\n"
		 "new = 1\n"
		 "%s\n"
		 "ascii = maybe\n"
		 "[processes\n"
		 "unit = Q\n"
		 "unit = G\n"
		 "[processes]\n"
		 "columns = pid nope\n"
		 "delay = 3\n"
		 "[elsewhere]\n"
		 "sort = pss\n"
		 "[cgroups]\n"
		 "sort = pss\n"
		 "last",
		 filler);
	c = load(text);
	assert_string_equal(
		complaints,
		":1: delay: 'soon' is not a number of seconds from 0.1 to "
		"3600\n"
		":2: neither [pane] nor key = value\n"
		":3: unknown setting 'new'\n"
		":4: longer than 198 characters, left out\n"
		":5: ascii: 'maybe' is neither yes nor no\n"
		":6: neither [pane] nor key = value\n"
		":7: unit: 'Q' is none of auto, K, M, G\n"
		":10: columns: 'pid nope' has a word that is no field\n"
		":11: unknown setting 'delay' of processes\n"
		":13: unknown setting 'sort' of elsewhere\n"
		":15: sort: 'pss' is no field\n"
		":16: neither [pane] nor key = value\n");
	assert_false(c.has_delay);
	assert_false(c.has_ascii);
	assert_int_equal(c.unit, FORMAT_G);
	assert_int_equal(c.views[VIEW_PROCESSES].ncolumns, 0);
}

static void test_no_file(void **state)
{
	struct config c;

	(void)state;
	assert_int_equal(config_load("/nonexistent/c", false, &c, NULL, NULL),
			 0);
	assert_false(c.has_delay);
	assert_int_equal(config_load("/dev/null/c", false, &c, NULL, NULL), 0);
	assert_int_equal(config_load("/nonexistent/c", true, &c, NULL, NULL),
			 -ENOENT);
	/* no end, and no line */
	assert_int_equal(config_load("/dev/zero", true, &c, NULL, NULL), 0);
	assert_int_equal(config_load("/dev/null", true, &c, NULL, NULL), 0);
	assert_int_equal(config_load(directory, true, &c, NULL, NULL), -EISDIR);
}

static struct config some_config(void)
{
	struct config c = { .has_delay = true, .delay_ns = 2 * NS_PER_S };
	struct config_table *v = &c.views[VIEW_PROCESSES];

	v->has_sort = true;
	v->sort = PROCESS_SWAP;
	v->columns[0] = PROCESS_PID;
	v->columns[1] = PROCESS_SWAP;
	v->ncolumns = 2;
	return c;
}

static void test_saves_new(void **state)
{
	struct config c = some_config(), back;
	char deep[160];
	struct stat st;

	(void)state;
	unlink(path);
	assert_int_equal(config_save(path, &c), 0);
	assert_file("delay = 2\n\n[processes]\nsort = swap\n"
		    "columns = pid swap\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	snprintf(deep, sizeof(deep), "%s/a/b/config", directory);
	assert_int_equal(config_save(deep, &c), 0);
	assert_int_equal(config_load(deep, true, &back, NULL, NULL), 0);
	assert_int_equal(back.views[VIEW_PROCESSES].ncolumns, 2);
}

static void test_saves_into(void **state)
{
	struct config c = some_config();
	struct stat st;

	(void)state;
	write_file("# opens the file\n"
		   "future = 7\n"
		   "delay = 1   ; slow line\n"
		   "\n"
		   "; about processes\n"
		   "[processes]\n"
		   "sort = pss\n"
		   "other = x\n"
		   "columns = pid\n"
		   "  user\n"
		   "\n"
		   "[swap]\n"
		   "sort=swap_pss");
	assert_int_equal(chmod(path, 0640), 0);
	c.has_unit = true;
	c.unit = FORMAT_K;
	c.views[VIEW_OOM].has_reverse = true;
	assert_int_equal(config_save(path, &c), 0);
	assert_file("# opens the file\n"
		    "future = 7\n"
		    "delay = 2   ; slow line\n"
		    "unit = K\n"
		    "\n"
		    "; about processes\n"
		    "[processes]\n"
		    "sort = swap\n"
		    "other = x\n"
		    "columns = pid swap\n"
		    "\n"
		    "[swap]\n"
		    "sort=swap_pss\n"
		    "\n"
		    "[oom]\n"
		    "reverse = no\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	/* what it says already is left as it is written */
	write_file("delay   =  2\n[PROCESSES]\nsort=swap\n columns\n");
	c.has_unit = false;
	c.views[VIEW_OOM].has_reverse = false;
	c.views[VIEW_PROCESSES].ncolumns = 0;
	c.views[VIEW_PROCESSES].has_sort = false;
	assert_int_equal(config_save(path, &c), 0);
	assert_file("delay   =  2\n[PROCESSES]\nsort=swap\n columns\n");
}

static void test_every_column_fits(void **state)
{
	struct config c = { 0 }, back;
	struct config_table *v = &c.views[VIEW_THP];

	(void)state;
	unlink(path);
	for (size_t i = 0; i < PROCESS_FIELD_COUNT; i++)
		v->columns[v->ncolumns++] = (uint8_t)i;
	assert_int_equal(config_save(path, &c), 0);
	complaints[0] = '\0';
	assert_int_equal(config_load(path, true, &back, complain, NULL), 0);
	assert_string_equal(complaints, "");
	assert_memory_equal(&back.views[VIEW_THP], v, sizeof(*v));
}

static void test_refuses(void **state)
{
	struct config c = some_config();
	char other[160];

	(void)state;
	/* root would replace a device by a file: a FIFO stands for one, which
	 * is nobody's loss when this goes wrong */
	unlink(path);
	snprintf(other, sizeof(other), "%s/fifo", directory);
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(config_save(path, &c), -EINVAL);
	unlink(path);
	unlink(other);

	snprintf(other, sizeof(other), "%s/other", directory);
	assert_int_equal(mkdir(other, 0755), 0);
	if (geteuid() != 0 || chown(other, 12345, 12345) < 0)
		return; /* only root can make a directory somebody else's */
	strcat(other, "/config");
	assert_int_equal(config_save(other, &c), -EPERM);
	assert_int_not_equal(access(other, F_OK), 0);
}

static void test_keeps_link(void **state)
{
	struct config c = some_config();
	char target[160];
	struct stat st;

	(void)state;
	snprintf(target, sizeof(target), "%s/dotfile", directory);
	write_file("delay = 9\n");
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(config_save(path, &c), 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_file("delay = 2\n\n[processes]\nsort = swap\n"
		    "columns = pid swap\n");
	unlink(path);
}

static void test_path(void **state)
{
	char *found;

	(void)state;
	setenv("XDG_CONFIG_HOME", "/x", 1);
	setenv("HOME", "/h", 1);
	found = config_path();
	assert_string_equal(found, "/x/memtop/config");
	free(found);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	found = config_path();
	assert_string_equal(found, "/h/.config/memtop/config");
	free(found);
	unsetenv("HOME");
	assert_null(config_path());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_wrong_lines),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_saves_new),
		cmocka_unit_test(test_saves_into),
		cmocka_unit_test(test_every_column_fits),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_keeps_link),
		cmocka_unit_test(test_path),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
