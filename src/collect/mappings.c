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

#include "numa.h"
#include "procfile.h"
#include "scan.h"

#define NOWHERE ((size_t)-1)
#define SINGLES 2 /* the last of sums[] */

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
	{ "KSM", AT(ksm), NOWHERE },
	{ "Anonymous", AT(anon), NOWHERE },
	{ "LazyFree", AT(lazy_free), NOWHERE },
	{ "AnonHugePages", AT(thp), NOWHERE },
	{ "ShmemPmdMapped", AT(shmem_thp), NOWHERE },
	{ "FilePmdMapped", AT(file_thp), NOWHERE },
	{ "Shared_Hugetlb", AT(shared_hugetlb), NOWHERE },
	{ "Private_Hugetlb", AT(private_hugetlb), NOWHERE },
	{ "Swap", AT(swap), NOWHERE },
	{ "SwapPss", AT(swap_pss), NOWHERE },
	{ "Locked", AT(locked), NOWHERE },
	{ "KernelPageSize", AT(page_size), NOWHERE },
	{ "THPeligible", AT(thp_eligible), NOWHERE },
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

/* Few texts are new: those of late serve again. */
static const struct text *share(struct recent *recent, const char *s,
				size_t len)
{
	const struct text **oldest = &recent->texts[recent->next];
	const struct text *text;

	for (size_t i = 0; i < ARRAY_SIZE(recent->texts); i++)
		if (recent->texts[i] && text_len(recent->texts[i]) == len &&
		    !memcmp(text_str(recent->texts[i]), s, len))
			return text_ref(recent->texts[i]);
	text = text_new(s, len);
	if (!text)
		return NULL;
	text_unref(*oldest);
	*oldest = text_ref(text);
	recent->next = (recent->next + 1) % ARRAY_SIZE(recent->texts);
	return text;
}

static void recent_done(struct recent *recent)
{
	for (size_t i = 0; i < ARRAY_SIZE(recent->texts); i++)
		text_unref(recent->texts[i]);
	*recent = (struct recent){ 0 };
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
	last->page_size = last->thp_eligible = UNKNOWN;
	memcpy(last->perms, "----", sizeof(last->perms));
	list->folded = true;
	return 0;
}

static int append(struct mapping_list *list, const struct mapping *header,
		  const char *path)
{
	struct mapping *mapping;
	size_t i;
	int r;

	if (list->count == list->room) {
		r = grow(list);
		if (r < 0)
			return r;
	}
	mapping = &list->items[list->count];
	*mapping = *header;
	mapping->block = (struct block){ list->read_ns, STATE_OK };
	for (i = 0; i < ARRAY_SIZE(sums); i++)
		*(uint64_t *)((char *)mapping + sums[i].offset) = UNKNOWN;
	if (*path) {
		mapping->path = share(&list->paths, path, strlen(path));
		if (!mapping->path)
			return -ENOMEM;
	}
	list->count++;
	return 0;
}

/* Before the next mapping.  false: it is not wanted any more. */
static bool tell(struct mapping_list *list)
{
	struct reading *reading = list->reading;
	const struct mapping *last;

	if (!reading || !list->count)
		return true;
	last = &list->items[list->count - 1];
	atomic_fetch_add_explicit(&reading->steps, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&reading->count, 1, memory_order_relaxed);
	/* the last of a folded list grows: only its count goes on */
	if (last->rss != UNKNOWN && !list->folded)
		atomic_fetch_add_explicit(&reading->bytes, last->rss,
					  memory_order_relaxed);
	return !atomic_load_explicit(&reading->cancelled, memory_order_relaxed);
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
	if (!tell(list))
		return -ECANCELED;
	if (list->count < MAPPINGS_MAX)
		return append(list, &header, s);
	list->items[list->count - 1].end = header.end;
	return list->folded ? 0 : fold(list);
}

/* VmFlags: rd wr mr mw me ac sd */
static int set_flags(struct mapping_list *list, const struct kv *kv)
{
	struct mapping *last = &list->items[list->count - 1];
	const struct text *flags;

	if (list->folded || last->flags)
		return 0;
	flags = share(&list->flags, kv->rest, kv->rest_len);
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
		/* no sum of these means anything */
		if (list->folded && i >= ARRAY_SIZE(sums) - SINGLES)
			break;
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
		text_unref(list->items[i].nodes);
	}
	recent_done(&list->paths);
	recent_done(&list->flags);
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

/* Moves the list into the reply, with what follows from it. */
static void take(struct mapping_list *list, struct reply *reply)
{
	mapping_classify(list->items, list->count);
	reply->nallocators =
		allocators_find(list->items, list->count, reply->allocators);
	reply->mappings = list->items;
	reply->nmappings = list->count;
	list->items = NULL;
	list->count = 0;
}

int procfile_mappings(struct tree *tree, const char *dir,
		      struct reading *reading, struct reply *reply)
{
	struct mapping_list list = { .read_ns = tree_now(),
				     .reading = reading };
	uint64_t began = list.read_ns;
	int fd = procfile_open(tree, dir, "smaps");
	ssize_t r = fd;

	if (fd >= 0) {
		r = procfile_lines(tree, fd, mapping_list_line, &list);
		close(fd);
	}
	if (r > 0) {
		int error = numa_mappings(tree, dir, reading, list.items,
					  list.count);

		r = error < 0 ? error : r;
	}
	reply->state = state_of(tree, dir, r);
	if (r > 0)
		take(&list, reply);
	mapping_list_done(&list);
	reply->read_ns = tree_now();
	reply->took_ns = reply->read_ns - began;
	return r == -ENOMEM ? -ENOMEM : 0;
}
