/* SPDX-License-Identifier: MIT
 *
 * Any bytes in place of a kernel file: every parser of collect/ must answer
 * or refuse.  `make fuzz` lets libFuzzer choose the bytes; the mutation test
 * does the same from the kernel trees, with a fixed seed.
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/collect/collect.h"
#include "../../src/collect/mappings.h"
#include "../../src/collect/mounts.h"
#include "../../src/collect/numa.h"
#include "../../src/collect/procfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool fine)
{
	if (!fine)
		abort();
}

static void fuzz_process(const char *text, size_t size)
{
	const struct tree tree = { .page_size = 4096, .tick_ns = 10000000 };
	struct process *process = process_new();

	if (!process)
		return;
	if (parse_stat(text, size, &tree, process) == 0)
		check(process->state && process->key.pid >= 0 &&
		      memchr(process->comm, '\0', sizeof(process->comm)));
	if (parse_statm(text, &tree, process) == 0)
		check((process->rss == UNKNOWN) ==
		      (process->statm.state == STATE_NOT_APPLICABLE));
	parse_status(text, process);
	parse_cgroup(text, process);
	if (parse_smaps_rollup(text, process) == 0)
		check(process->pss != UNKNOWN);
	process_unref(process);
}

static void fuzz_lines(char *text)
{
	static uint64_t nodes[NUMA_NODES];
	struct mapping_list list = { .read_ns = 1 };
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		numa_line(nodes, line);
		if (mapping_list_line(&list, line) == 0)
			check(list.count > 0 && list.count <= list.room);
	}
	mapping_list_done(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reply reply = { 0 };
	struct proc_mount mount;
	/* a copy of just this length, so that reading past it is noticed */
	char *text = malloc(size + 1);
	uint64_t bytes;
	size_t i;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	fuzz_process(text, size);
	mounts_find_proc(text, &mount);
	parse_io(text, &bytes);
	if (parse_limits(text, &reply) == 0)
		for (i = 0; i < reply.nlimits; i++)
			check(memchr(reply.limits[i].name, '\0',
				     sizeof(reply.limits[i].name)));
	free(reply.limits);
	fuzz_lines(text);
	free(text);
	return 0;
}
