/* SPDX-License-Identifier: MIT
 *
 * Which mount namespaces there are.  Only the links of all processes tell, and
 * containers come and go much more slowly than anybody asks, so those found are
 * kept for a while: a process for each is all that has to be checked then.
 */
#include "namespaces.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "memtop/base.h"

#define WALK_NS (60 * NS_PER_S)

/* The number in "mnt:[4026531841]"; 0: not permitted, or gone. */
static uint64_t number_of(const struct tree *tree, const char *dir)
{
	char name[64], target[64];
	uint64_t number;
	const char *end;
	ssize_t len;

	snprintf(name, sizeof(name), "%s/ns/mnt", dir);
	len = readlinkat(tree->proc, name, target, sizeof(target) - 1);
	if (len <= 5)
		return 0;
	target[len] = '\0';
	return parse_u64(target + 5, &end, &number) ? number : 0;
}

static void add(const struct tree *tree, struct namespaces *namespaces,
		pid_t pid, const char *dir)
{
	uint64_t number = number_of(tree, dir);

	if (!number || number == namespaces->own)
		return;
	for (size_t i = 0; i < namespaces->count; i++)
		if (namespaces->list[i].number == number)
			return;
	namespaces->list[namespaces->count++] =
		(struct mount_namespace){ .number = number, .pid = pid };
}

static void walk(const struct tree *tree, struct namespaces *namespaces)
{
	int fd = openat(tree->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	namespaces->count = 0;
	namespaces->own = number_of(tree, "self");
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while (namespaces->count < NAMESPACES_MAX && (entry = readdir(dir))) {
		char *end;
		long pid = strtol(entry->d_name, &end, 10);

		if (pid > 0 && pid <= INT32_MAX && !*end)
			add(tree, namespaces, (pid_t)pid, entry->d_name);
	}
	closedir(dir);
}

static bool still_hold(const struct tree *tree,
		       const struct namespaces *namespaces)
{
	char dir[16];

	if (number_of(tree, "self") != namespaces->own)
		return false;
	for (size_t i = 0; i < namespaces->count; i++) {
		snprintf(dir, sizeof(dir), "%d", (int)namespaces->list[i].pid);
		if (number_of(tree, dir) != namespaces->list[i].number)
			return false;
	}
	return true;
}

const struct namespaces *namespaces_get(struct tree *tree)
{
	uint64_t now_ns = tree_now();

	if (!tree->namespaces)
		tree->namespaces = calloc(1, sizeof(*tree->namespaces));
	if (!tree->namespaces)
		return NULL;
	if (now_ns >= tree->namespaces->due_ns ||
	    !still_hold(tree, tree->namespaces)) {
		walk(tree, tree->namespaces);
		tree->namespaces->due_ns = now_ns + WALK_NS;
	}
	return tree->namespaces;
}
