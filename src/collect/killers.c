/* SPDX-License-Identifier: MIT
 *
 * The files of programs that kill before the kernel has to: what their limits
 * are, and which units asked systemd-oomd to watch them.  Only while such a
 * program runs, and the units seldom: there are hundreds of files.
 */
#include "killers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "memtop/kernel.h"
#include "memtop/killer.h"
#include "memtop/text.h"
#include "procfile.h"

#define UNITS_MAX      32
#define UNITS_EVERY_NS (60 * NS_PER_S)
/* Made by systemd-oomd when it starts. */
#define OOMD_SOCKET   "../run/systemd/oom/io.systemd.ManagedOOM"
#define NOHANG_FOLDER "/etc/nohang/"
#define NOHANG_FILE   NOHANG_FOLDER "nohang.conf"
#define PREFIX	      "oomd"

/* Later ones count more. */
static const char *const roots[] = { "../usr/lib/systemd", "../run/systemd",
				     "../etc/systemd" };
static const char *const folders[] = { "system", "user", "transient" };

/* ---- key=value ----------------------------------------------------------- */

/* The last value of a key, "ManagedOOMSwap=kill"; false: it is not there. */
static bool find_value(const char *text, const char *key, char *buf,
		       size_t size)
{
	size_t key_len = strlen(key), len;
	bool found = false;

	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		const char *value = s + strspn(s, " \t");

		if (strncmp(value, key, key_len) != 0)
			continue;
		value += key_len;
		value += strspn(value, " \t");
		if (*value++ != '=')
			continue;
		value += strspn(value, " \t");
		len = strcspn(value, "\r\n#");
		while (len && (value[len - 1] == ' ' || value[len - 1] == '\t'))
			len--;
		if (!len || len >= size)
			continue;
		memcpy(buf, value, len);
		buf[len] = '\0';
		found = true;
	}
	return found;
}

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

/* What to do with the text of each file of a folder. */
typedef void take_fn(struct tree *tree, const char *name, void *context);

static void each_file(struct tree *tree, const char *path, const char *end,
		      take_fn *take, void *context)
{
	int fd = openat(tree->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir && fd >= 0)
		close(fd);
	while (dir && (entry = readdir(dir)))
		if (ends_with(entry->d_name, end) &&
		    kernfile_read(fd, entry->d_name, tree->buf, tree->size) >=
			    0)
			take(tree, entry->d_name, context);
	if (dir)
		closedir(dir);
}

/* ---- systemd-oomd -------------------------------------------------------- */

struct limits {
	char swap[16], stall[16], lasts[16];
};

static void take_limits(struct tree *tree, const char *name, void *context)
{
	struct limits *limits = context;

	(void)name;
	find_value(tree->buf, "SwapUsedLimit", limits->swap,
		   sizeof(limits->swap));
	find_value(tree->buf, "DefaultMemoryPressureLimit", limits->stall,
		   sizeof(limits->stall));
	find_value(tree->buf, "DefaultMemoryPressureDurationSec", limits->lasts,
		   sizeof(limits->lasts));
}

static int add_limits(struct tree *tree, struct list **list)
{
	struct limits limits = { "90%", "60%", "30s" };
	char path[64];
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		snprintf(path, sizeof(path), "%s/oomd.conf", roots[i]);
		if (kernfile_read(tree->proc, path, tree->buf, tree->size) >= 0)
			take_limits(tree, path, &limits);
	}
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		snprintf(path, sizeof(path), "%s/oomd.conf.d", roots[i]);
		each_file(tree, path, ".conf", take_limits, &limits);
	}
	r = tunables_add(list, PREFIX ".SwapUsedLimit", limits.swap, "90%");
	if (r == 0)
		r = tunables_add(list, PREFIX ".DefaultMemoryPressureLimit",
				 limits.stall, "60%");
	if (r == 0)
		r = tunables_add(list,
				 PREFIX ".DefaultMemoryPressureDurationSec",
				 limits.lasts, "30s");
	return r;
}

struct asker {
	char name[34], limit[8];
	bool stall, swap;
};

struct askers {
	struct asker list[UNITS_MAX];
	size_t count;
	const char *of; /* the unit whose drop-ins are read; NULL: files */
};

static struct asker *find_unit(struct askers *units, const char *name)
{
	struct asker *unit = units->list;

	while (unit < units->list + units->count &&
	       strcmp(unit->name, name) != 0)
		unit++;
	if (unit < units->list + units->count)
		return unit;
	if (units->count == UNITS_MAX || strlen(name) >= sizeof(unit->name))
		return NULL;
	units->count++;
	*unit = (struct asker){ .stall = false };
	strcpy(unit->name, name);
	return unit;
}

/* "ManagedOOMMemoryPressure=kill" */
static void take_unit(struct tree *tree, const char *name, void *context)
{
	struct askers *units = context;
	struct asker *unit;
	char word[16];

	if (!strstr(tree->buf, "ManagedOOM"))
		return;
	unit = find_unit(units, units->of ? units->of : name);
	if (!unit)
		return;
	if (find_value(tree->buf, "ManagedOOMMemoryPressure", word,
		       sizeof(word)))
		unit->stall = strcmp(word, "kill") == 0;
	if (find_value(tree->buf, "ManagedOOMSwap", word, sizeof(word)))
		unit->swap = strcmp(word, "kill") == 0;
	find_value(tree->buf, "ManagedOOMMemoryPressureLimit", unit->limit,
		   sizeof(unit->limit));
}

static const char *const kinds[] = { ".slice", ".service", ".scope" };

/* "user@.service.d" holds what is added to that unit. */
static void take_drop_ins(struct tree *tree, const char *path,
			  struct askers *units)
{
	int fd = openat(tree->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	char below[384], name[256];

	if (!dir && fd >= 0)
		close(fd);
	while (dir && (entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);

		if (!ends_with(entry->d_name, ".d"))
			continue;
		memcpy(name, entry->d_name, len - 2);
		name[len - 2] = '\0';
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (ends_with(name, kinds[i])) {
				units->of = name;
				each_file(tree, below, ".conf", take_unit,
					  units);
				units->of = NULL;
			}
	}
	if (dir)
		closedir(dir);
}

static void read_units(struct tree *tree, struct askers *units)
{
	char path[64];

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		for (size_t f = 0; f < ARRAY_SIZE(folders); f++)
			for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
				snprintf(path, sizeof(path), "%s/%s", roots[i],
					 folders[f]);
				each_file(tree, path, kinds[k], take_unit,
					  units);
			}
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		for (size_t f = 0; f < ARRAY_SIZE(folders); f++) {
			snprintf(path, sizeof(path), "%s/%s", roots[i],
				 folders[f]);
			take_drop_ins(tree, path, units);
		}
}

static int add_units(struct tree *tree, struct list **list)
{
	struct askers units = { .count = 0 };
	int r = 0;

	read_units(tree, &units);
	for (size_t i = 0; i < units.count && r == 0; i++) {
		const struct asker *unit = &units.list[i];
		char name[40], value[32];

		if (!unit->stall && !unit->swap)
			continue;
		snprintf(name, sizeof(name), PREFIX ": %s", unit->name);
		snprintf(value, sizeof(value), "%s%s%s%s%s",
			 unit->stall ? "stall" : "",
			 unit->stall && *unit->limit ? " " : "",
			 unit->stall ? unit->limit : "",
			 unit->stall && unit->swap ? " " : "",
			 unit->swap ? "swap" : "");
		r = tunables_add(list, name, value, NULL);
	}
	return r;
}

/* What was read lately stands; true: it does. */
static bool keep(struct tree *tree, struct list **list, int *ret)
{
	const struct list *before = tree_before(tree, ENTITY_TUNABLE);
	uint64_t now_ns = (*list)->block.read_ns;
	bool kept = false;

	*ret = 0;
	for (size_t i = 0; i < list_count(before) && *ret == 0; i++) {
		const struct tunable *row = list_row(before, i);
		struct tunable *copy;

		if (strncmp(row->name, PREFIX, strlen(PREFIX)) != 0 ||
		    row->block.read_ns + UNITS_EVERY_NS < now_ns)
			continue;
		copy = list_add(list);
		if (copy)
			*copy = *row;
		else
			*ret = -ENOMEM;
		kept = true;
	}
	return kept;
}

/* ---- nohang -------------------------------------------------------------- */

/* The prober may not have come to it yet; a reference, NULL: not known. */
static const struct text *command_of(struct tree *tree, const struct process *p)
{
	struct process *own;
	const struct text *command;
	char dir[16];

	if (p->command)
		return text_ref(p->command);
	own = process_new();
	if (!own)
		return NULL;
	snprintf(dir, sizeof(dir), "%d", (int)p->key.pid);
	procfile_cmdline(tree, dir, own);
	command = text_ref(own->command);
	process_unref(own);
	return command;
}

/* Its file, by "nohang --monitor --config /etc/nohang/x.conf". */
static bool find_file(const char *command, char *buf, size_t size)
{
	const char *file = strstr(command, "--config ");

	file = file ? file + strlen("--config ") : NOHANG_FILE;
	/* only what root put there, whatever somebody writes on his */
	if (strncmp(file, NOHANG_FOLDER, strlen(NOHANG_FOLDER)) != 0 ||
	    strstr(file, ".."))
		return false;
	snprintf(buf, size, "..%.*s", (int)strcspn(file, " "), file);
	return true;
}

static bool find_nohang(struct tree *tree, char *buf, size_t size)
{
	const struct snapshot *before = tree->before;

	for (size_t i = 0; before && i < before->nprocesses; i++) {
		const struct process *p = before->processes[i];
		const struct text *command;
		bool found;

		if (killer_kind(p) != KILLER_NOHANG)
			continue;
		command = command_of(tree, p);
		found = find_file(text_str(command), buf, size);
		text_unref(command);
		return found;
	}
	return false;
}

static int add_nohang(struct tree *tree, struct list **list)
{
	static const struct {
		const char *key, *name, *usual;
	} keys[] = {
		{ "soft_threshold_min_mem", "nohang.soft_threshold_min_mem",
		  "5 %" },
		{ "soft_threshold_min_swap", "nohang.soft_threshold_min_swap",
		  "10 %" },
	};
	char path[256], value[32];
	int r = 0;

	if (!find_nohang(tree, path, sizeof(path)) ||
	    kernfile_read(tree->proc, path, tree->buf, tree->size) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(keys) && r == 0; i++)
		if (find_value(tree->buf, keys[i].key, value, sizeof(value)))
			r = tunables_add(list, keys[i].name, value,
					 keys[i].usual);
	return r;
}

int killers_add(struct tree *tree, struct list **list)
{
	int r = add_nohang(tree, list);

	if (r < 0 || faccessat(tree->proc, OOMD_SOCKET, F_OK, 0) < 0)
		return r;
	if (keep(tree, list, &r))
		return r;
	r = add_limits(tree, list);
	return r < 0 ? r : add_units(tree, list);
}
