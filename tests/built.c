/* SPDX-License-Identifier: MIT
 *
 * See built.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "built.h"
#include "sample.h"

const char *built_pids(const struct rows *rows)
{
	static char text[256];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < rows->count && i < 20; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%d",
					i > 0 ? " " : "",
					rows->list[i].key.pid);
	return text;
}

const char *built(const struct snapshot *snapshot,
		  const struct rows_query *query, struct rows *rows)
{
	assert_int_equal(rows_build(snapshot, query, rows), 0);
	return built_pids(rows);
}

struct process *built_add(struct snapshot *snapshot, pid_t pid, pid_t ppid,
			  const char *comm, uint64_t pss)
{
	struct process *process = sample_process(pid, ppid, comm);

	process->pss = pss;
	process->rss = pss;
	sample_add(snapshot, process);
	return process;
}
