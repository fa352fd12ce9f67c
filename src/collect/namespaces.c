/* SPDX-License-Identifier: MIT
 *
 * Which mount namespaces there are.  Only the links of all processes tell, and
 * containers come and go much more slowly than anybody asks, so those found are
 * kept for a while: a process for each is all that has to be checked then.
 */
#include "namespaces.h"

#include <dirent.h>
#include <errno.h>
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

/* Room for one more; false: no memory. */
static bool make_room(struct namespaces *namespaces)
{
	size_t room = namespaces->room ? 2 * namespaces->room : 16;
	struct mount_namespace *list;

	if (namespaces->count < namespaces->room)
		return true;
	list = reallocarray(namespaces->list, room, sizeof(*list));
	if (!list)
		return false;
	namespaces->list = list;
	namespaces->room = room;
	return true;
}

/* 0 or -ENOMEM */
static int add(const struct tree *tree, struct namespaces *namespaces,
	       pid_t pid, const char *dir)
{
	uint64_t number = number_of(tree, dir);

	if (!number || number == namespaces->own)
		return 0;
	for (size_t i = 0; i < namespaces->count; i++)
		if (namespaces->list[i].number == number)
			return 0;
	if (!make_room(namespaces))
		return -ENOMEM;
	namespaces->list[namespaces->count++] =
		(struct mount_namespace){ .number = number, .pid = pid };
	return 0;
}

static int walk(const struct tree *tree, struct namespaces *namespaces)
{
	int fd = openat(tree->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	int r = 0;

	namespaces->count = 0;
	namespaces->own = number_of(tree, "self");
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (r == 0 && (entry = readdir(dir))) {
		char *end;
		long pid = strtol(entry->d_name, &end, 10);

		if (pid > 0 && pid <= INT32_MAX && !*end)
			r = add(tree, namespaces, (pid_t)pid, entry->d_name);
	}
	closedir(dir);
	return r;
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
		tree->namespaces->due_ns = 0; /* until it has been walked */
		if (walk(tree, tree->namespaces) < 0)
			return NULL;
		tree->namespaces->due_ns = now_ns + WALK_NS;
	}
	return tree->namespaces;
}

void namespaces_free(struct namespaces *namespaces)
{
	if (!namespaces)
		return;
	free(namespaces->list);
	free(namespaces);
}
