/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/smaps: every mapping of one process.  The text of a large process
 * is tens of megabytes, so that it is never held as a whole; the list is
 * bounded too.
 */
#include "mappings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "procfile.h"
#include "scan.h"

#define NOWHERE ((size_t)-1)

/* Each key is added to one or two sums, which all began as UNKNOWN. */
static const struct {
	const char *key;
	size_t offset, second;
} sums[] = {
/* clang-format off */
#define AT(member) offsetof(struct mapping, member)
	{ "Size", AT(size), NOWHERE },
	{ "Rss", AT(rss), NOWHERE },
	{ "Pss", AT(pss), NOWHERE },
	{ "Shared_Dirty", AT(dirty), NOWHERE },
	{ "Private_Clean", AT(uss), NOWHERE },
	{ "Private_Dirty", AT(uss), AT(dirty) },
	{ "Referenced", AT(referenced), NOWHERE },
	{ "Anonymous", AT(anon), NOWHERE },
	{ "AnonHugePages", AT(thp), NOWHERE },
	{ "Shared_Hugetlb", AT(shared_hugetlb), NOWHERE },
	{ "Private_Hugetlb", AT(private_hugetlb), NOWHERE },
	{ "Swap", AT(swap), NOWHERE },
	{ "SwapPss", AT(swap_pss), NOWHERE },
	{ "Locked", AT(locked), NOWHERE },
	/* clang-format on */
};

static void add(struct mapping *mapping, size_t offset, uint64_t value)
{
	uint64_t *sum;

	if (offset == NOWHERE)
		return;
	sum = (uint64_t *)((char *)mapping + offset);
	*sum = *sum == UNKNOWN ? value : *sum + value;
}

/* Neighbours often have the same path and flags: one copy serves them. */
static const struct text *share(const struct text *before, const char *s,
				size_t len)
{
	if (before && text_len(before) == len &&
	    !memcmp(text_str(before), s, len))
		return text_ref(before);
	return text_new(s, len);
}

static int grow(struct mapping_list *list)
{
	size_t room = list->room ? list->room * 2 : 64;
	struct mapping *items;

	items = realloc(list->items, room * sizeof(*items));
	if (!items)
		return -ENOMEM;
	list->items = items;
	list->room = room;
	return 0;
}

/* All that follows goes into the last entry. */
static int fold(struct mapping_list *list)
{
	static const char name[] = "[all that follow]";
	struct mapping *last = &list->items[list->count - 1];
	struct text *path = text_new(name, sizeof(name) - 1);

	if (!path)
		return -ENOMEM;
	text_unref(last->path);
	text_unref(last->flags);
	last->path = path;
	last->flags = NULL;
	memcpy(last->perms, "----", sizeof(last->perms));
	list->folded = true;
	return 0;
}

static int append(struct mapping_list *list, const struct mapping *header,
		  const char *path)
{
	const struct mapping *before;
	struct mapping *mapping;
	size_t i;
	int r;

	if (list->count == list->room) {
		r = grow(list);
		if (r < 0)
			return r;
	}
	before = list->count ? &list->items[list->count - 1] : NULL;
	mapping = &list->items[list->count];
	*mapping = *header;
	mapping->block = (struct block){ list->read_ns, STATE_OK };
	for (i = 0; i < ARRAY_SIZE(sums); i++)
		*(uint64_t *)((char *)mapping + sums[i].offset) = UNKNOWN;
	if (*path) {
		mapping->path =
			share(before ? before->path : NULL, path, strlen(path));
		if (!mapping->path)
			return -ENOMEM;
	}
	list->count++;
	return 0;
}

/*
 * 7f2040000000-7f27c0000000 rw-p 00000000 00:00 0      [heap]
 *
 * Addresses, permissions, offset, device, inode; the path may be missing and
 * may hold blanks (a newline in it is written as \012).
 */
static int parse_header(struct mapping_list *list, const char *s)
{
	struct mapping header = { 0 };
	int skip;

	if (!scan_hex(s, &s, &header.start) || *s++ != '-' ||
	    !scan_hex(s, &s, &header.end) || header.end < header.start)
		return -EINVAL;
	s = scan_blanks(s);
	if (scan_word(s) - s != sizeof(header.perms) - 1)
		return -EINVAL;
	memcpy(header.perms, s, sizeof(header.perms) - 1);
	for (skip = 0; skip < 4; skip++)
		s = scan_blanks(scan_word(s));
	if (list->count < MAPPINGS_MAX)
		return append(list, &header, s);
	list->items[list->count - 1].end = header.end;
	return list->folded ? 0 : fold(list);
}

/* VmFlags: rd wr mr mw me ac sd */
static int set_flags(struct mapping_list *list, const struct kv *kv)
{
	struct mapping *last = &list->items[list->count - 1];
	const struct text *before, *flags;

	if (list->folded || last->flags)
		return 0;
	before = list->count > 1 ? last[-1].flags : NULL;
	flags = share(before, kv->rest, kv->rest_len);
	if (!flags)
		return -ENOMEM;
	last->flags = flags;
	return 0;
}

int mapping_list_line(void *arg, const char *line)
{
	struct mapping_list *list = arg;
	struct kv kv;
	size_t i;

	/* addresses are lower-case hexadecimal, keys are capitalised */
	if ((*line >= '0' && *line <= '9') || (*line >= 'a' && *line <= 'f'))
		return parse_header(list, line);
	if (!kv_next(&line, &kv) || !list->count)
		return -EINVAL;
	if (kv.key_len == 7 && !memcmp(kv.key, "VmFlags", 7))
		return set_flags(list, &kv);
	if (!kv.has_value)
		return 0;
	for (i = 0; i < ARRAY_SIZE(sums); i++) {
		struct mapping *last = &list->items[list->count - 1];

		if (strncmp(sums[i].key, kv.key, kv.key_len) ||
		    sums[i].key[kv.key_len])
			continue;
		add(last, sums[i].offset, kv.value);
		add(last, sums[i].second, kv.value);
		break;
	}
	return 0;
}

void mapping_list_done(struct mapping_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		text_unref(list->items[i].path);
		text_unref(list->items[i].flags);
	}
	free(list->items);
	*list = (struct mapping_list){ 0 };
}

/* What a read says that gave r lines, or failed with -r. */
static enum state state_of(struct tree *tree, const char *dir, ssize_t r)
{
	if (r > 0)
		return STATE_OK;
	/* the file of what has no address space is empty */
	if (r == 0 || r == -ESRCH ||
	    (r == -ENOENT && !procfile_lives(tree, dir)))
		return STATE_NOT_APPLICABLE;
	return r == -EINVAL ? STATE_ABSENT : state_from_errno((int)r);
}

int procfile_mappings(struct tree *tree, const char *dir, struct reply *reply)
{
	struct mapping_list list = { .read_ns = tree_now() };
	uint64_t began = list.read_ns;
	int fd = procfile_open(tree, dir, "smaps");
	ssize_t r = fd;

	if (fd >= 0) {
		r = procfile_lines(tree, fd, mapping_list_line, &list);
		close(fd);
	}
	reply->state = state_of(tree, dir, r);
	if (r > 0) {
		reply->mappings = list.items;
		reply->nmappings = list.count;
	} else {
		mapping_list_done(&list);
	}
	reply->read_ns = tree_now();
	reply->took_ns = reply->read_ns - began;
	return r == -ENOMEM ? -ENOMEM : 0;
}
