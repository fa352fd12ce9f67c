/* SPDX-License-Identifier: MIT
 *
 * /proc/PID/status: the parts of the resident set, swap, page tables, locked
 * memory, the NUMA nodes it may use, and the user.  Name and state come from
 * stat, where they are not escaped and always those of the leader.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "procfile.h"
#include "scan.h"

/* clang-format off */
#define KEY(name, member) { name, offsetof(struct process, member) }
static const struct kv_key keys[] = {
	KEY("VmLck", locked),
	KEY("VmPin", pinned),
	KEY("VmHWM", hwm),
	KEY("RssAnon", anon),
	KEY("RssFile", file),
	KEY("RssShmem", shmem),
	KEY("VmData", data),
	KEY("VmStk", stack),
	KEY("VmPTE", page_tables),
	KEY("VmSwap", swap),
	KEY("HugetlbPages", hugetlb),
	KEY("THP_enabled", thp_enabled),
	KEY("Threads", threads),
};
/* clang-format on */

static void clear_status(struct process *process)
{
	kv_fill("", keys, ARRAY_SIZE(keys), process);
	memset(process->nodes, 0, sizeof(process->nodes));
}

static bool key_is(const struct kv *kv, const char *key)
{
	return kv->key_len == strlen(key) && !memcmp(kv->key, key, kv->key_len);
}

/* Uid:	1000	1000	1000	1000: real, effective, saved, file system */
static void parse_uid(const char *s, uint64_t *ret)
{
	uint64_t real;

	if (parse_u64(s, &s, &real))
		parse_u64(scan_blanks(s), &s, ret);
}

/* Mems_allowed_list:	0-1,3: near the end, behind a mask that may be long.  A
 * name can not look like it: its line breaks are escaped. */
static void parse_nodes(const char *text, char *ret)
{
	static const char key[] = "\nMems_allowed_list:";
	const char *s = strstr(text, key);
	size_t len;

	memset(ret, 0, NODES_SIZE);
	if (!s)
		return;
	s = scan_blanks(s + strlen(key));
	len = strcspn(s, "\n");
	if (len < NODES_SIZE)
		memcpy(ret, s, len);
	else
		strcpy(ret, NODES_MANY);
}

int parse_status(const char *text, struct process *process)
{
	const char *cursor = text;
	bool memory = false;
	struct kv kv;

	if (!kv_fill(text, keys, ARRAY_SIZE(keys), process))
		return -EINVAL;
	/* VmSize:	    8844 kB: kernel threads and zombies have no Vm lines,
	 * others have them behind those of identity */
	while (!memory && kv_next(&cursor, &kv)) {
		if (key_is(&kv, "Uid"))
			parse_uid(kv.rest, &process->uid);
		else if (key_is(&kv, "Kthread") && kv.has_value && kv.value)
			process->kernel = true;
		else if (key_is(&kv, "VmSize"))
			memory = true;
	}
	parse_nodes(text, process->nodes);
	process->status.state = memory ? STATE_OK : STATE_NOT_APPLICABLE;
	return 0;
}

int procfile_status(struct tree *tree, const char *dir, struct process *process)
{
	ssize_t r = procfile_read(tree, dir, "status");

	if (r > 0)
		r = parse_status(tree->buf, process);
	return procfile_finish((int)r, &process->status, clear_status, process);
}
